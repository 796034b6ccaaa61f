/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/jwt.h"

#include "idp-sim/keys-private.h"

#include <string.h>

enum { MAX_SIGNATURE = 512 };

/* Where the parts of a compact JWS are. */
struct parts {
	const char *p[3];
	size_t n[3];
};

void jwt_sign(struct buf *out, const struct key *key, const char *header, size_t header_n,
	      const char *payload, size_t payload_n)
{
	size_t start = out->n;

	buf_reserve(out, (header_n + payload_n + MAX_SIGNATURE) * 4 / 3 + 8);
	buf_b64url(out, header, header_n);
	buf_char(out, '.');
	buf_b64url(out, payload, payload_n);
	size_t end = out->n;
	buf_char(out, '.');
	if (key)
		key_sign(key, out->p + start, end - start, out);
}

static bool cut(const char *token, size_t n, struct parts *ret)
{
	const char *end = token + n;

	for (int i = 0; i < 3; i++) {
		const char *dot = i < 2 ? memchr(token, '.', (size_t)(end - token)) : end;
		if (!dot)
			return false;
		ret->p[i] = token;
		ret->n[i] = (size_t)(dot - token);
		token = dot + 1;
	}
	return !memchr(ret->p[2], '.', ret->n[2]);
}

/* A decoded part with a NUL added, in the arena; NULL when it is no base64. */
static unsigned char *decode(struct arena *a, const char *p, size_t n, size_t *ret_n)
{
	unsigned char *raw = arena_alloc(a, n * 3 / 4 + 4);
	long len = b64_decode(p, n, raw);

	if (len < 0)
		return NULL;
	raw[len] = 0;
	*ret_n = (size_t)len;
	return raw;
}

static json_t *object(const unsigned char *text, size_t n)
{
	json_t *o =
		text ? json_loadb((const char *)text, n, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

bool jwt_read(struct arena *a, const char *token, size_t n, struct jwt *ret)
{
	struct parts at;
	size_t header_n = 0, payload_n = 0;

	if (!cut(token, n, &at))
		return false;
	unsigned char *header = decode(a, at.p[0], at.n[0], &header_n);
	unsigned char *payload = decode(a, at.p[1], at.n[1], &payload_n);
	AUTO(json_t) json_t *header_json = object(header, header_n);
	AUTO(json_t) json_t *claims = object(payload, payload_n);
	if (!header_json || !claims)
		return false;
	ret->header = (const char *)header;
	ret->payload = (const char *)payload;
	ret->header_json = MOVE(header_json);
	ret->claims = MOVE(claims);
	return true;
}

void jwt_done(struct jwt *j)
{
	json_decref(j->header_json);
	json_decref(j->claims);
	*j = (struct jwt) { 0 };
}

/* Whether key signed it, with the one alg that the key has. */
static bool signed_by(struct arena *a, const struct key *key, const struct parts *at,
		      const struct jwt *t)
{
	size_t n = 0;
	unsigned char *sig = decode(a, at->p[2], at->n[2], &n);

	return sig && n && !strcmp(conf_str(t->header_json, "alg", ""), key->alg) &&
	       key_verify(key, at->p[0], at->n[0] + 1 + at->n[1], sig, n);
}

static bool signed_by_any(struct arena *a, struct keys *k, const struct parts *at,
			  const struct jwt *t)
{
	const char *kid = conf_str(t->header_json, "kid", NULL);

	for (const struct key *key = keys_first(k); key; key = key->next)
		if ((!kid || !strcmp(kid, key->kid)) && strcmp(key->use, "enc") != 0 &&
		    signed_by(a, key, at, t))
			return true;
	return false;
}

bool jwt_verify(struct arena *a, struct keys *k, const char *token, size_t n, struct jwt *ret)
{
	AUTO_JWT t = { 0 };
	struct parts at;

	if (!jwt_read(a, token, n, &t) || !cut(token, n, &at) || !signed_by_any(a, k, &at, &t))
		return false;
	*ret = t;
	t = (struct jwt) { 0 };
	return true;
}

bool jwt_verify_jwk(struct arena *a, const json_t *jwk, const char *token, size_t n,
		    struct jwt *ret)
{
	AUTO(EVP_PKEY) EVP_PKEY *pkey = jwk_public(jwk);
	AUTO_JWT t = { 0 };
	struct parts at;
	size_t sig_n = 0;

	if (!pkey || !jwt_read(a, token, n, &t) || !cut(token, n, &at))
		return false;
	unsigned char *sig = decode(a, at.p[2], at.n[2], &sig_n);
	if (!sig || !pkey_verify(pkey, conf_str(t.header_json, "alg", ""), at.p[0],
				 at.n[0] + 1 + at.n[1], sig, sig_n))
		return false;
	*ret = t;
	t = (struct jwt) { 0 };
	return true;
}
