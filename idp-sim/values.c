/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values.c - the words that templates know, and what they are worth in an exchange.
 */
#include "idp-sim/sim.h"
#include "idp-sim/scope.h"
#include "idp-sim/serve.h"
#include "idp-sim/session.h"

#include <openssl/sha.h>
#include <string.h>
#include <time.h>

static bool set_text(struct value *v, const char *s, size_t n)
{
	if (!s)
		return false;
	*v = (struct value) { .kind = VALUE_STRING, .s = s, .n = n };
	return true;
}

static bool set_str(struct value *v, const char *s)
{
	return s && set_text(v, s, strlen(s));
}

static bool set_int(struct value *v, int64_t i)
{
	*v = (struct value) { .kind = VALUE_INT, .i = i };
	return true;
}

static bool set_bool(struct value *v, bool b)
{
	*v = (struct value) { .kind = VALUE_BOOL, .i = b };
	return true;
}

static bool set_json(struct value *v, const char *json, const char *text)
{
	*v = (struct value) { .kind = VALUE_JSON, .s = json, .n = strlen(json), .text = text };
	return true;
}

/* ["a","b"] of words, in the exchange's arena. */
static const char *json_list(struct exchange *x, const char *const *words, size_t n)
{
	AUTO_BUF b = { 0 };

	buf_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&b, ',');
		buf_json(&b, words[i], strlen(words[i]));
	}
	buf_char(&b, ']');
	return arena_dup(x->arena, b.p, b.n);
}

static bool from_attrs(const struct attrs *a, const char *name, struct value *v)
{
	const struct attr *at = attr_find(a, name);

	if (!at)
		return false;
	*v = at->value;
	return true;
}

/* ---- who and where ---- */

static bool get_origin(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->origin);
}

static bool get_base(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, arena_printf(x->arena, "%s%s", x->origin, x->provider->prefix));
}

static bool get_host(struct exchange *x, const char *arg, struct value *v)
{
	const char *p = strstr(x->origin, "://");

	return set_str(v, p ? p + 3 : x->origin);
}

static bool get_issuer(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, exchange_issuer(x));
}

static bool get_tenant(struct exchange *x, const char *arg, struct value *v)
{
	if (!x->tenant)
		return false;
	if (!arg || !strcmp(arg, "id"))
		return set_str(v, x->tenant->id);
	if (!strcmp(arg, "name"))
		return set_str(v, x->tenant->name);
	if (!strcmp(arg, "guid"))
		return set_str(v, x->tenant->any ? "{tenantid}" : x->tenant->id);
	if (!strcmp(arg, "any"))
		return set_bool(v, x->tenant->any);
	if (!strcmp(arg, "word"))
		return set_str(v, x->tenant_word);
	return from_attrs(&x->tenant->attrs, arg, v);
}

static bool get_tenant_word(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->tenant_word);
}

static bool get_client(struct exchange *x, const char *arg, struct value *v)
{
	if (!x->client)
		return false;
	if (!arg)
		return set_bool(v, true);
	if (!strcmp(arg, "id"))
		return set_str(v, x->client->id);
	if (!strcmp(arg, "name"))
		return set_str(v, x->client->name);
	if (!strcmp(arg, "public"))
		return set_bool(v, x->client->is_public);
	if (!strcmp(arg, "origins"))
		return set_json(v, json_list(x, x->client->origins.v, x->client->origins.n),
				NULL);
	return from_attrs(&x->client->attrs, arg, v);
}

static bool get_client_id(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->client ? x->client->id : x->facts.client_id);
}

/* How the client proved itself, as Entra counts: 0 not at all, 1 secret, 2 key. */
static bool get_client_proof(struct exchange *x, const char *arg, struct value *v)
{
	if (form_get(&x->form, "client_assertion"))
		return set_str(v, "2");
	return set_str(v, x->client && !x->client->is_public ? "1" : "0");
}

/* In the order of the alphabet. */
static bool get_client_grants(struct exchange *x, const char *arg, struct value *v)
{
	static const enum grant order[] = { GRANT_AUTHORIZATION_CODE, GRANT_CLIENT_CREDENTIALS,
					    GRANT_DEVICE_CODE, GRANT_PASSWORD,
					    GRANT_REFRESH_TOKEN };
	AUTO_BUF b = { 0 };

	for (size_t i = 0; x->client && i < ARRAY_LEN(order); i++)
		if (x->client->grants & 1u << order[i])
			buf_printf(&b, "%s%s", b.n ? ", " : "", grant_names[order[i]]);
	return set_str(v, b.p ? arena_dup(x->arena, b.p, b.n) : "");
}

/* What a person has although nobody wrote it down. */
static bool usual_attr(struct exchange *x, const char *name, struct value *v)
{
	const struct attrs *a = &x->user->attrs;
	const struct template *id = x->provider->texts[TXT_user_id];

	if (!strcmp(name, "id"))
		return set_str(v, id ? template_text(id, x, x->arena)
				     : derived_uuid(x, x->user->name));
	if (!strcmp(name, "login"))
		return from_attrs(a, "upn", v) || from_attrs(a, "email", v) ||
		       set_str(v, x->user->name);
	if (!strcmp(name, "full_name") && attr_find(a, "given_name") &&
	    attr_find(a, "family_name"))
		return set_str(v, arena_printf(x->arena, "%s %s",
					       attr_find(a, "given_name")->value.s,
					       attr_find(a, "family_name")->value.s));
	if (!strcmp(name, "email_verified") && attr_find(a, "email"))
		return set_bool(v, true);
	return false;
}

static bool get_user(struct exchange *x, const char *arg, struct value *v)
{
	if (!x->user)
		return false;
	if (!arg)
		return set_bool(v, true);
	return from_attrs(&x->user->attrs, arg, v) || usual_attr(x, arg, v);
}

static bool get_words(struct exchange *x, const struct words *w, struct value *v)
{
	return w->n && set_json(v, json_list(x, w->v, w->n), NULL);
}

static bool get_groups(struct exchange *x, const char *arg, struct value *v)
{
	return x->user && get_words(x, &x->user->groups, v);
}

static bool get_group_count(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->user && x->user->groups.n > (size_t)atoll(arg ? arg : "0"));
}

/* Roles of the person, or those granted to a client of its own. */
static bool get_roles(struct exchange *x, const char *arg, struct value *v)
{
	if (x->user)
		return get_words(x, &x->user->roles, v);
	return x->client && from_attrs(&x->client->attrs, "roles", v) && v->n > 2;
}

static bool get_method(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->rq ? x->rq->method : "POST");
}

static bool get_peer(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->rq ? x->rq->peer : "127.0.0.1");
}

/* ---- time ---- */

static bool get_now(struct exchange *x, const char *arg, struct value *v)
{
	return set_int(v, x->now_ms / 1000 + (arg ? atoll(arg) : 0));
}

static bool get_iat(struct exchange *x, const char *arg, struct value *v)
{
	return set_int(v, x->issue ? x->issue->iat : x->now_ms / 1000);
}

static bool get_exp(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && x->issue->exp && set_int(v, x->issue->exp);
}

static bool get_auth_time(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && x->issue->auth_time && set_int(v, x->issue->auth_time);
}

static bool get_auth_time_or_iat(struct exchange *x, const char *arg, struct value *v)
{
	return get_auth_time(x, arg, v) || get_iat(x, arg, v);
}

static bool get_expires_in(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_int(v, x->issue->access_life_s);
}

static bool get_expires_on(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_int(v, x->issue->iat + x->issue->access_life_s +
					      x->provider->behaviours.skew_s);
}

static bool get_refresh_expires_in(struct exchange *x, const char *arg, struct value *v)
{
	int64_t exp = x->issue ? x->issue->refresh_exp : 0;

	return set_int(v, exp ? exp - x->now_ms / 1000 : 0);
}

/* "2025-04-25 09:05:06Z", Entra's way. */
static bool get_timestamp(struct exchange *x, const char *arg, struct value *v)
{
	char iso[32];

	clk_iso(x->now_ms / 1000, iso);
	if (!arg)
		iso[10] = ' ';
	else if (!strcmp(arg, "plain"))
		iso[19] = '\0';
	return set_str(v, arena_str(x->arena, iso));
}

static const char *ticks(struct exchange *x, int64_t ms)
{
	char iso[32];

	clk_iso(ms / 1000, iso);
	iso[19] = '\0';
	return arena_printf(x->arena, "%s.%03d0000Z", iso, (int)(ms % 1000));
}

static bool get_issued_at(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, ticks(x, x->token_issued_ms ? x->token_issued_ms : x->now_ms));
}

static bool get_valid_from(struct exchange *x, const char *arg, struct value *v)
{
	int64_t ms = x->user ? x->user->state->valid_from_ms : 0;

	return set_str(v, ticks(x, ms ? ms : x->now_ms));
}

/* "90.00:00:00": the idle time that a refresh token may have. */
static bool get_idle_life(struct exchange *x, const char *arg, struct value *v)
{
	int64_t s = provider_life_ms(x, LIFE_REFRESH) / 1000;

	if (arg)
		return set_int(v, s);
	return set_str(v,
		       arena_printf(x->arena, "%d.%02d:%02d:%02d", (int)(s / 86400),
				    (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60)));
}

/* ---- ids ---- */

static bool get_uuid(struct exchange *x, const char *arg, struct value *v)
{
	char id[UUID_LEN + 1];

	rng_uuid(&x->idp->rng, id);
	return set_str(v, arena_str(x->arena, id));
}

static const struct {
	const char *name, *letters;
} alphabets[] = {
	{ "upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
	{ "consonants", "BCDFGHJKLMNPQRSTVWXZ" },
	{ "upnum", "ABCDEFGHJKLMNPQRSTUVWXYZ23456789" },
	{ "alnum", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" },
	{ "b64url", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" },
	{ "hex", "0123456789abcdef" },
	{ "digits", "0123456789" },
};

/* ${random.upper:4} */
static bool get_random(struct exchange *x, const char *arg, struct value *v)
{
	const char *colon = arg ? strchr(arg, ':') : NULL;
	size_t n = colon ? (size_t)atoll(colon + 1) : 0;
	char *text;

	if (!n || n > 4096)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(alphabets); i++) {
		if (strncmp(arg, alphabets[i].name, (size_t)(colon - arg)) != 0 ||
		    alphabets[i].name[colon - arg])
			continue;
		text = arena_alloc(x->arena, n + 1);
		rng_text(&x->idp->rng, alphabets[i].letters, n, text);
		return set_text(v, text, n);
	}
	return false;
}

/* A name that stays the same for the same words: ${stable.pairwise}, ${stable.aio}. */
static bool get_stable(struct exchange *x, const char *arg, struct value *v)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	const char *text;
	AUTO_BUF b = { 0 };

	text = arena_printf(x->arena, "%s|%s|%s|%s", arg ? arg : "", x->provider->name,
			    x->user ? x->user->name : "", x->client ? x->client->id : "");
	SHA256((const unsigned char *)text, strlen(text), hash);
	buf_b64url(&b, hash, sizeof(hash));
	return set_str(v, arena_dup(x->arena, b.p, b.n));
}

/* As ${stable}, of the person alone: ${derived.uuid}, ${derived.alnum:17}. */
static bool get_derived(struct exchange *x, const char *arg, struct value *v)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	const char *text = arena_printf(x->arena, "%s|%s", x->provider->name,
					x->user ? x->user->name : "");
	const char *colon = arg ? strchr(arg, ':') : NULL;
	unsigned char hash[SHA256_DIGEST_LENGTH];
	size_t n = colon ? (size_t)atoll(colon + 1) : 0;
	char *s = arena_alloc(x->arena, sizeof(hash) + 1);

	SHA256((const unsigned char *)text, strlen(text), hash);
	if (!colon)
		return set_str(v, uuid_of(x->arena, hash));
	for (size_t i = 0; i < n && i < sizeof(hash); i++)
		s[i] = letters[hash[i] % (sizeof(letters) - 1)];
	return set_str(v, s);
}

static bool get_trace_id(struct exchange *x, const char *arg, struct value *v)
{
	if (!x->trace_id[0]) {
		rng_uuid(&x->idp->rng, x->trace_id);
		memcpy(x->trace_id + UUID_LEN - 2, "00", 2); /* small in all recordings */
	}
	return set_str(v, x->trace_id);
}

static bool is_guid(const char *s)
{
	size_t n = strspn(s, "0123456789abcdefABCDEF-");

	return n == UUID_LEN && !s[n] && s[8] == '-' && s[13] == '-' && s[18] == '-' &&
	       s[23] == '-';
}

static bool get_correlation_id(struct exchange *x, const char *arg, struct value *v)
{
	const char *asked = x->rq ? web_header(x->rq, "client-request-id") : NULL;

	if (!x->correlation_id[0] && asked && is_guid(asked))
		memcpy(x->correlation_id, asked, UUID_LEN);
	if (!x->correlation_id[0])
		rng_uuid(&x->idp->rng, x->correlation_id);
	return set_str(v, x->correlation_id);
}

/* The caller's client-request-id, when it wants it back. */
static bool get_echoed_id(struct exchange *x, const char *arg, struct value *v)
{
	const char *wanted = web_header(x->rq, "return-client-request-id");

	return wanted && !strcmp(wanted, "true") &&
	       set_str(v, web_header(x->rq, "client-request-id"));
}

static bool get_header(struct exchange *x, const char *arg, struct value *v)
{
	return arg && set_str(v, web_header(x->rq, arg));
}

/* Origin of a browser, when the client has it registered. */
static bool get_cors_origin(struct exchange *x, const char *arg, struct value *v)
{
	const char *origin = web_header(x->rq, "Origin");

	if (!origin)
		return false;
	if (x->client && !words_have(&x->client->origins, origin) &&
	    !words_have(&x->client->origins, "*"))
		return false;
	if (!x->client && strcmp(x->rq->method, "OPTIONS") != 0)
		return false;
	return set_str(v, origin);
}

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

/* What all refresh tokens of a sign-in share. */
static bool get_reuse_id(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && x->issue->sid && set_str(v, derived_uuid(x, x->issue->sid));
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
	return set_str(v, scopes_text(x, &x->issue->scopes, SCOPES_SHOWN));
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
		return set_str(v, x->word);
	return set_str(v, arg && !strcmp(arg, "id") ? r->id : r->uri);
}

static bool get_access_token(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_str(v, x->issue->access_token);
}

static bool get_id_token(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_str(v, x->issue->id_token);
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

static bool get_alg(struct exchange *x, const char *arg, struct value *v)
{
	return x->key && set_str(v, x->key->alg);
}

static bool get_kid(struct exchange *x, const char *arg, struct value *v)
{
	return x->key && set_str(v, x->key->kid);
}

static bool get_key(struct exchange *x, const char *arg, struct value *v)
{
	const struct key *k = x->key;
	const struct {
		const char *name, *value;
	} members[] = {
		{ "kty", k ? k->kty : NULL }, { "use", k ? k->use : NULL },
		{ "n", k ? k->n : NULL },     { "e", k ? k->e : NULL },
		{ "crv", k ? k->crv : NULL }, { "x", k ? k->x : NULL },
		{ "y", k ? k->y : NULL },     { "x5c", k ? k->x5c : NULL },
		{ "x5t", k ? k->x5t : NULL }, { "x5t_s256", k ? k->x5t_s256 : NULL },
		{ "pem", k ? k->pem : NULL },
	};

	for (size_t i = 0; arg && i < ARRAY_LEN(members); i++)
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

/* ---- requests, codes and errors ---- */

static bool get_param(struct exchange *x, const char *arg, struct value *v)
{
	const char *s = arg ? form_get(&x->form, arg) : NULL;

	if (!s && arg)
		s = form_get(&x->query, arg);
	return set_str(v, s);
}

static bool get_device_code(struct exchange *x, const char *arg, struct value *v)
{
	return x->device && set_str(v, x->device->record.key);
}

static bool get_user_code(struct exchange *x, const char *arg, struct value *v)
{
	return x->device && set_str(v, x->device->user_code);
}

static bool get_device_expires_in(struct exchange *x, const char *arg, struct value *v)
{
	return x->device && set_int(v, (x->device->expires_ms - x->device->created_ms) / 1000);
}

static bool get_interval(struct exchange *x, const char *arg, struct value *v)
{
	return x->device && set_int(v, x->device->interval_s);
}

static bool get_error(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && x->error->error && *x->error->error && set_str(v, x->error->error);
}

static bool get_error_description(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && x->error->description &&
	       set_str(v, template_text(x->error->description, x, x->arena));
}

static bool get_error_number(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && x->error->number ? set_int(v, x->error->number) : false;
}

static bool get_error_no_uri(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->error && x->error->no_uri);
}

/* A rate limit that nobody reaches. */
static bool get_rate_remaining(struct exchange *x, const char *arg, struct value *v)
{
	return set_int(v, 1199 - (int64_t)rng_below(&x->idp->rng, 10));
}

static bool get_token_jti(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->token_jti);
}

/* The number, or 0 for a success: Entra's x-ms-clitelem. */
static bool get_error_or_zero(struct exchange *x, const char *arg, struct value *v)
{
	return set_int(v, x->error ? x->error->number : 0);
}

static bool get_error_code(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && set_str(v, x->error->code);
}

static bool get_suberror(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && set_str(v, x->error->suberror);
}

static bool get_error_claims(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && x->error->claims &&
	       set_str(v, template_text(x->error->claims, x, x->arena));
}

static bool get_parameter(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->parameter);
}

static bool get_word(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->word);
}

static bool get_state(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->state);
}

static bool get_code(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->code);
}

static bool get_sign_in(struct exchange *x, const char *arg, struct value *v)
{
	return x->sign_in && set_str(v, exchange_sign_in_id(x));
}

static bool get_sign_in_ends(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->sign_in_ends);
}

static bool get_signed_in(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->signed_in);
}

static bool get_sign_in_session(struct exchange *x, const char *arg, struct value *v)
{
	return x->sign_in && set_str(v, x->sign_in->session_id);
}

static bool get_page_title(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->page_title);
}

static bool get_page_message(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->page_message);
}

/* base64url of a JSON object as Keycloak's client_data has it. */
static bool get_client_data(struct exchange *x, const char *arg, struct value *v)
{
	const char *uri = x->sign_in ? x->sign_in->redirect_uri : x->redirect_uri;
	const char *state = x->sign_in ? x->sign_in->state : x->state;
	AUTO_BUF json = { 0 };
	AUTO_BUF text = { 0 };

	if (uri) {
		buf_str(&json, "{\"ru\":");
		buf_json(&json, uri, strlen(uri));
		buf_str(&json, ",\"rt\":\"code\"");
		if (state) {
			buf_str(&json, ",\"st\":");
			buf_json(&json, state, strlen(state));
		}
		buf_char(&json, '}');
	} else {
		buf_str(&json, "{}");
	}
	buf_b64url(&text, json.p, json.n);
	return set_str(v, arena_dup(x->arena, text.p, text.n));
}

static const struct slot slots[] = {
	{ "access_token", get_access_token },
	{ "alg", get_alg },
	{ "at_hash", get_at_hash },
	{ "aud", get_aud },
	{ "auth_time", get_auth_time },
	{ "auth_time_or_iat", get_auth_time_or_iat },
	{ "base", get_base },
	{ "client", get_client },
	{ "client_data", get_client_data },
	{ "client_grants", get_client_grants },
	{ "client_id", get_client_id },
	{ "client_info", get_client_info },
	{ "client_proof", get_client_proof },
	{ "code", get_code },
	{ "correlation_id", get_correlation_id },
	{ "cors_origin", get_cors_origin },
	{ "derived", get_derived },
	{ "device_code", get_device_code },
	{ "device_expires_in", get_device_expires_in },
	{ "echoed_id", get_echoed_id },
	{ "error", get_error },
	{ "error_claims", get_error_claims },
	{ "error_code", get_error_code },
	{ "error_description", get_error_description },
	{ "error_no_uri", get_error_no_uri },
	{ "error_number", get_error_number },
	{ "error_or_zero", get_error_or_zero },
	{ "exp", get_exp },
	{ "expires_in", get_expires_in },
	{ "expires_on", get_expires_on },
	{ "grant", get_grant },
	{ "grant_type", get_grant_type },
	{ "groups", get_groups },
	{ "groups_over", get_group_count },
	{ "header", get_header },
	{ "host", get_host },
	{ "iat", get_iat },
	{ "id_token", get_id_token },
	{ "idle_life", get_idle_life },
	{ "interval", get_interval },
	{ "issued_at", get_issued_at },
	{ "issuer", get_issuer },
	{ "key", get_key },
	{ "keys", get_keys },
	{ "kid", get_kid },
	{ "method", get_method },
	{ "nonce", get_nonce },
	{ "now", get_now },
	{ "offline", get_offline },
	{ "origin", get_origin },
	{ "page_message", get_page_message },
	{ "page_title", get_page_title },
	{ "param", get_param },
	{ "parameter", get_parameter },
	{ "peer", get_peer },
	{ "person", get_person },
	{ "public_key", get_public_key },
	{ "random", get_random },
	{ "rate_remaining", get_rate_remaining },
	{ "refresh_expires_in", get_refresh_expires_in },
	{ "refresh_id", get_refresh_id },
	{ "refresh_token", get_refresh_token },
	{ "resource", get_resource },
	{ "reuse_id", get_reuse_id },
	{ "roles", get_roles },
	{ "rotates", get_rotates },
	{ "scope", get_scope },
	{ "scope_all", get_scope_all },
	{ "scopes", get_scopes },
	{ "scp", get_scp },
	{ "sid", get_sid },
	{ "sign_in", get_sign_in },
	{ "sign_in_ends", get_sign_in_ends },
	{ "sign_in_session", get_sign_in_session },
	{ "signed_in", get_signed_in },
	{ "stable", get_stable },
	{ "state", get_state },
	{ "suberror", get_suberror },
	{ "tenant", get_tenant },
	{ "tenant_word", get_tenant_word },
	{ "timestamp", get_timestamp },
	{ "token_jti", get_token_jti },
	{ "trace_id", get_trace_id },
	{ "user", get_user },
	{ "user_code", get_user_code },
	{ "uuid", get_uuid },
	{ "valid_from", get_valid_from },
	{ "version", get_version },
	{ "word", get_word },
};

const struct slot *slot_find(const char *name, size_t n, const char **ret_arg)
{
	size_t word = 0;

	while (word < n && name[word] != '.' && name[word] != ':')
		word++;
	*ret_arg = word < n ? name + word + 1 : NULL;
	for (size_t i = 0; i < ARRAY_LEN(slots); i++)
		if (!strncmp(slots[i].name, name, word) && !slots[i].name[word])
			return &slots[i];
	return NULL;
}
