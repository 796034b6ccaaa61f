/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values-token.c - words of templates: the tokens that are being issued, and the keys.
 */
#include "idp-sim/scope.h"
#include "idp-sim/session.h"
#include "idp-sim/values.h"

#include <string.h>

/* ---- tokens ---- */

static bool get_sid(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_str(v, x->issue->sid);
}

static bool get_nonce(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_str(v, x->issue->nonce);
}

static bool get_at_hash(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_str(v, x->issue->at_hash);
}

static bool get_refresh_id(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_str(v, x->issue->refresh_id);
}

/* What all refresh tokens of a family share. */
static bool get_reuse_id(struct exchange *x, const char *arg, struct value *v)
{
	const struct issue *i = x->issue;
	const char *key = i && i->session ? i->session->record.key : i ? i->sid : NULL;

	return key && set_str(v, derived_uuid(x, key));
}

static bool get_rotates(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, refresh_rotates(x));
}

/* ${scope} is the text of the answer; ${if scope:NAME} whether it was granted. */
static bool get_scope(struct exchange *x, const char *arg, struct value *v)
{
	if (!x->issue)
		return false;
	if (arg)
		return set_bool(v, scopes_have(&x->issue->scopes, arg));
	if (!x->issue->shown)
		x->issue->shown = scopes_text(x, &x->issue->scopes, SCOPES_SHOWN);
	return set_str(v, x->issue->shown);
}

static bool get_scope_all(struct exchange *x, const char *arg, struct value *v)
{
	if (x->issue && x->issue->session) /* a refresh token keeps what was granted first */
		return set_str(v, x->issue->session->scope);
	return x->issue && set_str(v, scopes_text(x, &x->issue->scopes, SCOPES_ALL));
}

/* Scopes of the API alone, without its name before them: Entra's scp. */
static bool get_scp(struct exchange *x, const char *arg, struct value *v)
{
	const char *text;

	if (!x->issue)
		return false;
	text = scopes_text(x, &x->issue->scopes, SCOPES_SHORT);
	return *text && set_str(v, text);
}

static bool get_scopes(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue &&
	       set_json(v, json_list(x, x->issue->scopes.v, x->issue->scopes.n), NULL);
}

static bool get_aud(struct exchange *x, const char *arg, struct value *v)
{
	const char *aud[MAX_SCOPES];
	size_t n;

	if (!x->issue)
		return false;
	n = scopes_audience(x, &x->issue->scopes, x->issue->version, aud);
	if (n == 1)
		return set_str(v, aud[0]);
	return n && set_json(v, json_list(x, aud, n), aud[0]);
}

static bool get_resource(struct exchange *x, const char *arg, struct value *v)
{
	const struct resource *r = x->issue ? x->issue->scopes.resource : NULL;

	if (!r)
		r = x->resource;
	if (!r)
		return set_str(v, x->word);
	return set_str(v, arg && !strcmp(arg, "id") ? r->id : r->uri);
}

static bool get_private(struct exchange *x, const char *arg, struct value *v)
{
	const struct resource *r = x->issue ? x->issue->scopes.resource : NULL;

	return set_bool(v, r && r->is_private);
}

static bool get_access_token(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_token(v, x->issue->access_token);
}

static bool get_id_token(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_token(v, x->issue->id_token);
}

static bool get_refresh_token(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_str(v, x->issue->refresh_token);
}

static bool get_person(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->user != NULL);
}

static bool get_grant(struct exchange *x, const char *arg, struct value *v)
{
	if (arg)
		return set_bool(v, !strcmp(arg, grant_names[x->grant]));
	return set_str(v, grant_names[x->grant]);
}

static bool get_grant_type(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, form_get(&x->form, "grant_type"));
}

static bool get_version(struct exchange *x, const char *arg, struct value *v)
{
	if (arg)
		return set_bool(v, x->version && !strcmp(arg, x->version));
	return set_str(v, x->version);
}

static bool get_offline(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->issue && x->issue->scopes.offline);
}

static bool get_client_info(struct exchange *x, const char *arg, struct value *v)
{
	const char *wanted = form_get(&x->form, "client_info");
	AUTO_BUF json = { 0 };
	AUTO_BUF text = { 0 };
	const struct attr *oid = x->user ? attr_find(&x->user->attrs, "oid") : NULL;

	if (!wanted || !oid || !x->tenant)
		return false;
	buf_printf(&json, "{\"uid\":\"%s\",\"utid\":\"%s\"}", oid->value.s,
		   x->tenant->home ? x->tenant->home : x->tenant->id);
	buf_b64url(&text, json.p, json.n);
	return set_str(v, arena_dup(x->arena, text.p, text.n));
}

/* ---- keys ---- */

/* The one that signs, or that stands in a JWKS just now; most documents need none. */
static const struct key *key_of(struct exchange *x)
{
	if (!x->key && x->tenant)
		x->key = keys_current(x->tenant->keys, NULL);
	return x->key;
}

static bool get_alg(struct exchange *x, const char *arg, struct value *v)
{
	return key_of(x) && set_str(v, key_of(x)->alg);
}

static bool get_kid(struct exchange *x, const char *arg, struct value *v)
{
	return key_of(x) && set_str(v, key_of(x)->kid);
}

static bool get_key(struct exchange *x, const char *arg, struct value *v)
{
	const struct key *k = arg ? key_of(x) : NULL;

	if (!k)
		return false;
	const struct key_certificate *c =
		strncmp(arg, "x5", 2) ? &(struct key_certificate) { 0 } : key_certificate(k);
	const struct {
		const char *name, *value;
	} members[] = {
		{ "kty", k->kty }, { "use", k->use },		{ "n", k->n },
		{ "e", k->e },	   { "crv", k->crv },		{ "x", k->x },
		{ "y", k->y },	   { "x5c", c->x5c },		{ "x5t", c->x5t },
		{ "pem", k->pem }, { "x5t_s256", c->x5t_s256 },
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (!strcmp(arg, members[i].name))
			return set_str(v, members[i].value);
	return false;
}

static bool get_keys(struct exchange *x, const char *arg, struct value *v)
{
	return set_json(v, exchange_jwks(x), NULL);
}

static bool get_public_key(struct exchange *x, const char *arg, struct value *v)
{
	const struct key *k = x->tenant ? keys_current(x->tenant->keys, NULL) : NULL;

	return k && set_str(v, k->pem);
}

const struct slot token_slots[] = {
	{ "access_token", get_access_token },
	{ "alg", get_alg },
	{ "at_hash", get_at_hash },
	{ "aud", get_aud },
	{ "client_info", get_client_info },
	{ "grant", get_grant },
	{ "grant_type", get_grant_type },
	{ "id_token", get_id_token },
	{ "key", get_key },
	{ "keys", get_keys },
	{ "kid", get_kid },
	{ "nonce", get_nonce },
	{ "offline", get_offline },
	{ "person", get_person },
	{ "private", get_private },
	{ "public_key", get_public_key },
	{ "refresh_id", get_refresh_id },
	{ "refresh_token", get_refresh_token },
	{ "resource", get_resource },
	{ "reuse_id", get_reuse_id },
	{ "rotates", get_rotates },
	{ "scope", get_scope },
	{ "scope_all", get_scope_all },
	{ "scopes", get_scopes },
	{ "scp", get_scp },
	{ "sid", get_sid },
	{ "version", get_version },
	{ 0 },
};
