/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client-assertion.c - a client proves itself with a JWT that it signed (RFC 7523, 3).
 */
#include "idp-sim/jwt.h"
#include "idp-sim/registry.h"

#include <string.h>

static const json_t *keys_of(const struct client *c)
{
	return json_is_object(c->jwks) ? json_object_get(c->jwks, "keys") : c->jwks;
}

/* "B5C1A5..." of a thumbprint in base64. */
static const char *in_hex(struct arena *a, const char *thumbprint)
{
	size_t n = strcspn(thumbprint, "=");
	unsigned char *raw = arena_alloc(a, n + 4);
	long len = b64_decode(thumbprint, n, raw);
	AUTO_BUF b = { .arena = a };

	for (long i = 0; i < len; i++)
		buf_printf(&b, "%02X", raw[i]);
	return buf_keep(&b);
}

/* What the header calls its key; "" when it does not. */
static const char *key_name(struct exchange *x, const struct jwt *jwt)
{
	static const char *const thumbprints[] = { "x5t", "x5t#S256" };
	const char *kid = conf_str(jwt->header_json, "kid", NULL);

	for (size_t i = 0; !kid && i < ARRAY_LEN(thumbprints); i++) {
		const char *text = conf_str(jwt->header_json, thumbprints[i], NULL);

		if (text)
			return in_hex(x->arena, text);
	}
	return kid ? arena_str(x->arena, kid) : "";
}

/* By the key that kid names, or by any when the header or the key has none. */
static enum situation judge_signature(struct exchange *x, const char *text,
				      const struct jwt *jwt)
{
	const char *kid = conf_str(jwt->header_json, "kid", NULL);
	const json_t *keys = keys_of(x->client), *key;
	enum situation why = S_assertion_unknown_key;
	size_t i;

	if (!json_array_size(keys))
		return S_assertion_no_keys;
	json_array_foreach(keys, i, key) {
		const char *name = conf_str(key, "kid", NULL);
		AUTO_JWT verified = { 0 };

		if (kid && name && strcmp(kid, name) != 0)
			continue;
		if (jwt_verify_jwk(x->arena, key, text, strlen(text), &verified))
			return S_none;
		why = S_assertion_bad_signature;
	}
	return why;
}

static bool is_ours(const struct exchange *x, const json_t *aud)
{
	return json_is_string(aud) &&
	       !strncmp(json_string_value(aud), x->origin, strlen(x->origin));
}

/* Any URL of this server: the issuer, the token endpoint, or the one that was invoked. */
static bool is_meant_for_us(const struct exchange *x, const json_t *aud)
{
	const json_t *item;
	size_t i;

	json_array_foreach(aud, i, item)
		if (is_ours(x, item))
			return true;
	return is_ours(x, aud);
}

static const char *audience(struct exchange *x, const json_t *aud)
{
	const json_t *one = json_is_array(aud) ? json_array_get(aud, 0) : aud;

	return arena_str(x->arena, json_is_string(one) ? json_string_value(one) : "");
}

/* Remembers its id until it expires; false: it came before. */
static bool is_new(struct exchange *x, const char *id, int64_t expires_s)
{
	int64_t least = x->now_ms + 10000, until = expires_s * 1000;
	const char *key =
		arena_printf(x->arena, "%s/jti/%s/%s", x->provider->name, x->client->id, id);

	return store_count(x->idp->rates, key, until > least ? until : least) == 1;
}

static enum situation judge_claims(struct exchange *x, const json_t *claims)
{
	const char *id = conf_str(claims, "jti", NULL);
	const json_t *aud = json_object_get(claims, "aud");

	if (!is_meant_for_us(x, aud)) {
		x->word = audience(x, aud);
		return S_assertion_wrong_audience;
	}
	if (x->assertion_until_s <= x->now_ms / 1000)
		return S_assertion_expired;
	if (!id && provider_has_error(x->provider, S_assertion_no_id))
		return S_assertion_no_id;
	if (id && provider_has_error(x->provider, S_assertion_used) &&
	    !is_new(x, id, x->assertion_until_s))
		return S_assertion_used;
	return S_none;
}

/* A time that a person can read, 0 to the year 9999; MSAL for Python sends fractions. */
static int64_t seconds(const json_t *claims, const char *name, int64_t otherwise)
{
	const json_t *v = json_object_get(claims, name);
	double s = json_is_number(v) ? json_number_value(v) : (double)otherwise;

	return s < 0 ? 0 : s > 253402300799.0 ? 253402300799 : (int64_t)s;
}

static enum situation judge(struct exchange *x, const char *text, const struct jwt *jwt)
{
	const json_t *claims = jwt->claims;
	enum situation why;

	x->word = key_name(x, jwt);
	x->assertion_from_s = seconds(claims, "nbf", seconds(claims, "iat", 0));
	x->assertion_until_s = seconds(claims, "exp", 0);
	if (strcmp(conf_str(claims, "sub", ""), x->client->id) != 0 ||
	    strcmp(conf_str(claims, "iss", ""), x->client->id) != 0)
		return S_assertion_wrong_issuer;
	why = judge_signature(x, text, jwt);
	return why ? why : judge_claims(x, claims);
}

bool check_assertion(struct exchange *x, const char *text)
{
	AUTO_JWT jwt = { 0 };
	enum situation why = S_assertion_malformed;

	if (jwt_read(x->arena, text, strlen(text), &jwt))
		why = judge(x, text, &jwt);
	return why ? refuse(x, why) : true;
}
