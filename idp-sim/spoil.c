/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/spoil.h"
#include "idp-sim/jwt.h"

#include <string.h>

/* Replaces the text by the tree's, members in their order. */
static void reprint(struct buf *text, const json_t *tree)
{
	AUTO(char) char *s = json_dumps(tree, JSON_COMPACT);

	buf_reset(text);
	buf_str(text, s ? s : "{}");
}

static const char *const times[] = { "exp", "nbf", "iat", "auth_time" };

/* value as the claim's own type: numbers for times. */
static json_t *claim_value(const char *claim, const char *value)
{
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (!strcmp(claim, times[i]))
			return json_integer(atoll(value));
	return json_string(value);
}

static void spoil_member(struct buf *text, const char *name, const char *value, bool drop)
{
	AUTO(json_t) json_t *tree = json_loadb(text->p, text->n, 0, NULL);

	if (!tree)
		return;
	if (drop)
		json_object_del(tree, name);
	else
		json_object_set_new(tree, name, claim_value(name, value));
	reprint(text, tree);
}

static const char *usual_value(struct exchange *x, const char *what)
{
	if (!strcmp(what, "iss"))
		return "https://issuer.evil.test";
	if (!strcmp(what, "aud"))
		return "somebody-else";
	if (!strcmp(what, "exp"))
		return arena_printf(x->arena, "%lld", (long long)(x->now_ms / 1000 - 60));
	if (!strcmp(what, "nbf") || !strcmp(what, "iat"))
		return arena_printf(x->arena, "%lld", (long long)(x->now_ms / 1000 + 3600));
	return "wrong";
}

/* header.claims. with the signature of nothing. */
static void put_unsigned(struct buf *out, const struct buf *header, const struct buf *claims)
{
	buf_b64url(out, header->p, header->n);
	buf_char(out, '.');
	buf_b64url(out, claims->p, claims->n);
	buf_char(out, '.');
}

/* Signed with HMAC, the public key as the secret: RFC 8725, 2.1. */
static void put_confused(struct exchange *x, struct buf *out, struct buf *header,
			 struct buf *claims)
{
	spoil_member(header, "alg", "HS256", false);
	jwt_sign(out, keys_current(x->tenant->keys, "HS256"), header->p, header->n, claims->p,
		 claims->n);
}

static void put_wrong_signature(struct exchange *x, struct buf *out, struct buf *header,
				struct buf *claims)
{
	size_t at;

	jwt_sign(out, x->key, header->p, header->n, claims->p, claims->n);
	at = out->n > 20 ? out->n - 20 : 0;
	if (out->p)
		out->p[at] = out->p[at] == 'A' ? 'B' : 'A';
}

bool spoil_token(struct exchange *x, const char *kind, struct buf *header, struct buf *claims,
		 struct buf *out)
{
	struct trouble t;
	const char *value;

	if (!trouble_take(x->idp->troubles, TROUBLE_TOKEN, &x->facts, NULL, NULL, &t))
		return false;
	value = *t.value ? t.value : usual_value(x, t.what);
	if (!strcmp(t.what, "alg-none")) {
		spoil_member(header, "alg", "none", false);
		put_unsigned(out, header, claims);
	} else if (!strcmp(t.what, "alg-hs256")) {
		put_confused(x, out, header, claims);
	} else if (!strcmp(t.what, "signature") || !strcmp(t.what, "key")) {
		put_wrong_signature(x, out, header, claims);
	} else {
		if (!strcmp(t.what, "kid"))
			spoil_member(header, "kid", value, false);
		else if (!strcmp(t.what, "drop"))
			spoil_member(claims, t.value, "", true);
		else
			spoil_member(claims, t.what, value, false);
		jwt_sign(out, x->key, header->p, header->n, claims->p, claims->n);
	}
	return true;
}

bool spoil_document(struct exchange *x, struct trouble *ret)
{
	return trouble_take(x->idp->troubles, TROUBLE_DOCUMENT, &x->facts, NULL, NULL, ret);
}
