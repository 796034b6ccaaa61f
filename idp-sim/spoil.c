/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/spoil.h"
#include "idp-sim/text.h"
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
			return json_integer(strtoll(value, NULL, 10));
	return json_string(value);
}

void spoil_member(struct buf *text, const char *name, const char *value)
{
	AUTO(json_t) json_t *tree = json_loadb(text->p, text->n, 0, NULL);

	if (!tree)
		return;
	if (value)
		json_object_set_new(tree, name, claim_value(name, value));
	else
		json_object_del(tree, name);
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

static void sign_as(struct exchange *x, const struct key *key, struct buf *header,
		    struct buf *claims, struct buf *out)
{
	(void)x;
	jwt_sign(out, key, header->p, header->n, claims->p, claims->n);
}

static void spoil_none(struct exchange *x, const struct trouble *t, struct buf *header,
		       struct buf *claims, struct buf *out)
{
	spoil_member(header, "alg", "none");
	sign_as(x, NULL, header, claims, out);
}

/* Signed with HMAC, the public key as the secret: RFC 8725, 2.1. */
static void spoil_hs256(struct exchange *x, const struct trouble *t, struct buf *header,
			struct buf *claims, struct buf *out)
{
	spoil_member(header, "alg", "HS256");
	sign_as(x, keys_trick(x->tenant->keys, KEY_HS256_PUBLIC), header, claims, out);
}

/* A stranger's key under the kid of the provider's. */
static void spoil_key(struct exchange *x, const struct trouble *t, struct buf *header,
		      struct buf *claims, struct buf *out)
{
	sign_as(x, keys_trick(x->tenant->keys, KEY_OTHER), header, claims, out);
}

static void spoil_signature(struct exchange *x, const struct trouble *t, struct buf *header,
			    struct buf *claims, struct buf *out)
{
	sign_as(x, x->key, header, claims, out);
	size_t at = out->n > 20 ? out->n - 20 : 0;
	if (out->p)
		out->p[at] = out->p[at] == 'A' ? 'B' : 'A';
}

static void spoil_kid(struct exchange *x, const struct trouble *t, struct buf *header,
		      struct buf *claims, struct buf *out)
{
	spoil_member(header, "kid", *t->value ? t->value : usual_value(x, "kid"));
	sign_as(x, x->key, header, claims, out);
}

static void spoil_drop(struct exchange *x, const struct trouble *t, struct buf *header,
		       struct buf *claims, struct buf *out)
{
	spoil_member(claims, t->value, NULL);
	sign_as(x, x->key, header, claims, out);
}

static void spoil_claim(struct exchange *x, const struct trouble *t, struct buf *header,
			struct buf *claims, struct buf *out)
{
	spoil_member(claims, t->what, *t->value ? t->value : usual_value(x, t->what));
	sign_as(x, x->key, header, claims, out);
}

static const struct {
	const char *what; /* NULL: any claim */
	void (*spoil)(struct exchange *x, const struct trouble *t, struct buf *header,
		      struct buf *claims, struct buf *out);
} rows[] = {
	{ "alg-none", spoil_none }, { "alg-hs256", spoil_hs256 },
	{ "key", spoil_key },	    { "signature", spoil_signature },
	{ "kid", spoil_kid },	    { "drop", spoil_drop },
	{ NULL, spoil_claim },
};

/* All tokens of one answer are spoilt by one use of a trouble. */
static bool spoilt(struct exchange *x)
{
	if (!x->asked_spoil)
		x->spoils = trouble_take(x->idp->troubles, TROUBLE_TOKEN, &x->facts, NULL, NULL,
					 &x->spoil);
	x->asked_spoil = true;
	return x->spoils;
}

bool spoil_token(struct exchange *x, const char *kind, struct buf *header, struct buf *claims,
		 struct buf *out)
{
	size_t i = 0;

	/* Only ID tokens have a nonce. */
	if (!spoilt(x) || (!strcmp(x->spoil.what, "nonce") && strcmp(kind, "id") != 0))
		return false;
	while (rows[i].what && strcmp(rows[i].what, x->spoil.what) != 0)
		i++;
	rows[i].spoil(x, &x->spoil, header, claims, out);
	return true;
}

/* Without an endpoint a trouble strikes the document that it makes sense for. */
static bool of_jwks(void *ctx, const struct trouble *t)
{
	return text_lists("empty stale unreachable", t->what);
}

static bool of_discovery(void *ctx, const struct trouble *t)
{
	return !of_jwks(ctx, t) || !strcmp(t->what, "unreachable");
}

bool spoil_document(struct exchange *x, struct trouble *ret)
{
	return trouble_take(x->idp->troubles, TROUBLE_DOCUMENT, &x->facts,
			    x->endpoint->kind == EP_JWKS ? of_jwks : of_discovery, NULL, ret);
}
