/* SPDX-License-Identifier: Apache-2.0 */
/* What the control API can do: one function a route, and their table. */
#include "idp-sim/control.h"
#include "idp-sim/mint.h"
#include "idp-sim/overlay.h"

#include <string.h>

enum { MAX_WAIT_MS = 300000 };

/* The provider that a member or a part of the path names; NULL after answering. */
static struct provider *provider_of(struct call *c, const char *name, json_t **ret_refused)
{
	struct provider *p = name ? idp_provider(c->idp, name) : NULL;

	*ret_refused = p ? NULL
			 : call_refuse(c, 404, "GET /_sim/providers lists them",
				       "there is no provider '%s'", name ? name : "");
	return p;
}

static json_t *from_err(struct call *c, const struct err *err)
{
	return call_refuse(c, err->kind == ERR_INPUT ? 400 : 500, NULL, "%s", err->text);
}

/* ---- about the simulator ---- */

static json_t *health(struct call *c)
{
	return json_pack("{s:s, s:s, s:s*, s:s*, s:I}", "status", "ok", "origin",
			 c->idp->origin, "tls_origin", c->idp->tls_origin, "ca_file",
			 c->idp->ca_file, "now", (json_int_t)clk_now(&c->idp->clk));
}

static json_t *openapi(struct call *c)
{
	return control_openapi();
}

static json_t *providers(struct call *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->idp->n_providers; i++)
		json_array_append_new(list, describe_provider(c->idp, c->idp->providers[i]));
	return json_pack("{s:o}", "providers", list);
}

static json_t *one_provider(struct call *c)
{
	json_t *refused;
	struct provider *p = provider_of(c, c->args[0], &refused);

	return p ? describe_provider(c->idp, p) : refused;
}

static json_t *describe_error(const struct oauth_error *e)
{
	return json_pack("{s:s, s:s*, s:i, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}",
			 "situation", situation_names[e->situation], "code", e->code, "status",
			 e->status, "error", e->error, "when", e->when, "sure", e->confidence,
			 "means", e->meaning, "happens", e->causes, "fix", e->fix, "source",
			 e->source);
}

static json_t *errors(struct call *c)
{
	json_t *refused, *list = NULL;
	const struct provider *p = provider_of(c, c->args[0], &refused);

	if (!p)
		return refused;
	list = json_array();
	for (size_t i = 0; i < p->n_errors; i++)
		json_array_append_new(list, describe_error(&p->errors[i]));
	return json_pack("{s:o}", "errors", list);
}

static json_t *reset(struct call *c)
{
	idp_reset(c->idp);
	return NULL;
}

static json_t *reload(struct call *c)
{
	struct err err = { 0 };

	return overlay_reload(c->idp, &err) ? NULL : from_err(c, &err);
}

/* ---- the clock ---- */

static json_t *show_clock(struct call *c)
{
	int64_t now = clk_now_ms(&c->idp->clk);
	char iso[32];

	clk_iso(now / 1000, iso);
	return json_pack("{s:I, s:I, s:s, s:b}", "now", (json_int_t)(now / 1000), "now_ms",
			 (json_int_t)now, "time", iso, "frozen", c->idp->clk.frozen_ms != 0);
}

static json_t *set_clock(struct call *c)
{
	const json_t *frozen = json_object_get(c->body, "frozen");
	const json_t *now = json_object_get(c->body, "now");

	if (json_is_integer(now))
		clk_set_ms(&c->idp->clk, json_integer_value(now) * 1000);
	if (json_is_boolean(frozen))
		clk_freeze(&c->idp->clk, json_is_true(frozen));
	return show_clock(c);
}

static json_t *advance_clock(struct call *c)
{
	const json_t *seconds = json_object_get(c->body, "seconds");
	int64_t ms = json_is_number(seconds)
			     ? (int64_t)(json_number_value(seconds) * 1000)
			     : conf_duration_ms(json_object_get(c->body, "for"), 0);

	if (!ms)
		return call_refuse(c, 400, "for example {\"for\": \"90d\"}",
				   "neither 'seconds' nor 'for' is given");
	clk_advance_ms(&c->idp->clk, ms);
	return show_clock(c);
}

/* ---- sign-ins ---- */

static json_t *devices(struct call *c)
{
	return json_pack("{s:o}", "devices", devices_list(c->idp));
}

static json_t *decided(struct call *c, enum decide how)
{
	switch (how) {
	case DECIDE_OK:
		return NULL;
	case DECIDE_UNKNOWN_CODE:
		return call_refuse(c, 404, "GET /_sim/devices lists the sign-ins",
				   "no sign-in has the user code '%s'", c->args[0]);
	case DECIDE_UNKNOWN_USER:
		return call_refuse(c, 400, "GET /_sim/providers lists the users",
				   "there is no user '%s'", conf_str(c->body, "user", ""));
	case DECIDE_TOO_LATE:
		break;
	}
	return call_refuse(c, 409, "begin a new sign-in",
			   "the sign-in '%s' is over: approved, declined or expired",
			   c->args[0]);
}

static json_t *approve(struct call *c)
{
	return decided(c,
		       device_decide(c->idp, c->args[0], conf_str(c->body, "user", "alice")));
}

static json_t *deny(struct call *c)
{
	return decided(c, device_decide(c->idp, c->args[0], NULL));
}

/* ---- troubles ---- */

static json_t *troubles(struct call *c)
{
	return json_pack("{s:o}", "troubles", troubles_list(c->idp->troubles));
}

/* The provider that has an error of that name; the one asked for when there is one. */
static const struct oauth_error *find_error(struct call *c, const struct provider **p,
					    const char *word)
{
	const struct oauth_error *e = *p ? provider_find_error(*p, word) : NULL;

	for (size_t i = 0; !*p && !e && i < c->idp->n_providers; i++) {
		e = provider_find_error(c->idp->providers[i], word);
		if (e && situation_find(word) == S_none)
			*p = c->idp->providers[i];
	}
	return e;
}

/* "AADSTS70011" becomes the situation, and the provider that says so. */
static json_t *resolve_error(struct call *c, json_t *spec, const struct provider *p)
{
	const char *given = conf_str(spec, "error", NULL);

	if (!given && !strcmp(conf_str(spec, "kind", ""), "error"))
		given = conf_str(spec, "what", NULL);
	if (!given)
		return NULL;
	AUTO(char) char *word = strdup(given); /* spec is about to change */
	const struct oauth_error *e = find_error(c, &p, word);
	if (!e && situation_find(word) == S_none)
		return call_refuse(c, 400, "idp-sim errors lists them",
				   "no provider gives the error '%s'", word);
	json_object_del(spec, "error");
	json_object_set_new(spec, "kind", json_string("error"));
	json_object_set_new(spec, "what",
			    json_string(e ? situation_names[e->situation] : word));
	if (e && e->code && situation_find(word) == S_none)
		json_object_set_new(spec, "code", json_string(e->code));
	if (p)
		json_object_set_new(spec, "provider", json_string(p->name));
	return NULL;
}

/* Names that people use become the ids that requests have. */
static void resolve_parties(json_t *spec, const struct provider *p)
{
	const char *client = conf_str(spec, "client_id", NULL);
	const char *user = conf_str(spec, "user", NULL);
	const char *tenant = conf_str(spec, "tenant", NULL);
	const struct client *cl = p && client ? provider_client(p, client) : NULL;
	const struct user *u = p && user ? provider_user(p, user) : NULL;
	const struct tenant *t = p && tenant ? provider_tenant(p, tenant) : NULL;

	if (cl)
		json_object_set_new(spec, "client_id", json_string(cl->id));
	if (u)
		json_object_set_new(spec, "user", json_string(u->name));
	if (t)
		json_object_set_new(spec, "tenant", json_string(t->id));
}

static json_t *arm(struct call *c)
{
	AUTO(json_t) json_t *spec = json_deep_copy(c->body);
	const char *name = conf_str(c->body, "provider", NULL);
	const struct provider *p = NULL;
	json_t *refused = NULL;
	struct err err = { 0 };
	int id;

	if (!spec)
		spec = json_object();
	if (name && !(p = provider_of(c, name, &refused)))
		return refused;
	refused = resolve_error(c, spec, p);
	if (refused)
		return refused;
	if (!p && conf_str(spec, "provider", NULL))
		p = idp_provider(c->idp, conf_str(spec, "provider", NULL));
	resolve_parties(spec, p);
	if (!troubles_arm(c->idp->troubles, spec, &id, &err))
		return from_err(c, &err);
	return json_pack("{s:i}", "id", id);
}

static json_t *clear_troubles(struct call *c)
{
	troubles_clear(c->idp->troubles, 0);
	return NULL;
}

static json_t *clear_trouble(struct call *c)
{
	int id = (int)strtol(c->args[0], NULL, 10);

	if (id > 0 && troubles_clear(c->idp->troubles, id))
		return NULL;
	return call_refuse(c, 404, "GET /_sim/troubles lists them", "there is no trouble '%s'",
			   c->args[0]);
}

/* ---- tokens and keys ---- */

static json_t *mint_token(struct call *c)
{
	struct err err = { 0 };
	json_t *answer = mint(c->idp, c->body, &err);

	return answer ? answer : from_err(c, &err);
}

static json_t *rotate_one(struct call *c, const struct provider *p, const char *tenant,
			  struct err *err)
{
	const struct tenant *t = provider_tenant(p, tenant ? tenant : p->first_tenant);
	const struct key *key;

	if (!t) {
		fail(err, ERR_INPUT, "%s has no tenant '%s'", p->name, tenant);
		return NULL;
	}
	key = keys_rotate(t->keys, conf_bool(c->body, "publish", true), err);
	if (!key)
		return NULL;
	if (conf_bool(c->body, "retire", false))
		keys_retire_old(t->keys);
	return json_pack("{s:s, s:s, s:s, s:s, s:b}", "provider", p->name, "tenant", t->id,
			 "kid", key->kid, "alg", key->alg, "published", key->published);
}

static json_t *rotate(struct call *c)
{
	const char *name = conf_str(c->body, "provider", NULL);
	const char *tenant = conf_str(c->body, "tenant", NULL);
	AUTO(json_t) json_t *list = json_array();
	json_t *refused = NULL;

	if (name && !provider_of(c, name, &refused))
		return refused;
	for (size_t i = 0; i < c->idp->n_providers; i++) {
		struct err err = { 0 };
		if (name && strcmp(c->idp->providers[i]->name, name) != 0)
			continue;
		json_t *one = rotate_one(c, c->idp->providers[i], tenant, &err);
		if (!one)
			return from_err(c, &err);
		json_array_append_new(list, one);
	}
	return json_pack("{s:O}", "keys", list);
}

static void describe_keys(const struct provider *p, const struct tenant *t, json_t *list)
{
	const struct key *current = keys_current(t->keys, NULL);

	for (const struct key *k = keys_first(t->keys); k; k = k->next)
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b}",
						"provider", p->name, "tenant", t->id, "kid",
						k->kid, "alg", k->alg, "use", k->use, "signs",
						k == current, "published", k->published));
}

static json_t *list_keys(struct call *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->idp->n_providers; i++) {
		const struct provider *p = c->idp->providers[i];
		const struct tenant *t = provider_tenant(p, p->first_tenant);
		if (t)
			describe_keys(p, t, list);
	}
	return json_pack("{s:o}", "keys", list);
}

static json_t *end_sessions(struct call *c, bool revoke)
{
	const char *name = conf_str(c->body, "provider", NULL);
	const char *user = conf_str(c->body, "user", NULL);
	const char *client = conf_str(c->body, "client_id", NULL);
	const struct provider *p = NULL;
	json_t *refused = NULL;

	if (name && !(p = provider_of(c, name, &refused)))
		return refused;
	const struct user *u = p && user ? provider_user(p, user) : NULL;
	const struct client *cl = p && client ? provider_client(p, client) : NULL;
	struct facts which = { .provider = name,
			       .tenant = conf_str(c->body, "tenant", NULL),
			       .user = u ? u->name : user,
			       .client_id = cl ? cl->id : client };
	return json_pack("{s:i}", "ended", sessions_end(c->idp, &which, revoke));
}

static json_t *expire_families(struct call *c)
{
	return end_sessions(c, false);
}

static json_t *revoke_families(struct call *c)
{
	return end_sessions(c, true);
}

/* ---- the journal ---- */

static int64_t number(struct call *c, const char *name, int64_t fallback)
{
	const char *text = form_get(&c->query, name);

	return text ? strtoll(text, NULL, 10) : fallback;
}

static json_t *read_journal(struct call *c)
{
	const char *wait = form_get(&c->query, "wait");
	double seconds = wait ? strtod(wait, NULL) : 0;
	int64_t ms = seconds > 0 ? (int64_t)(seconds * 1000) : 0;
	struct facts filter = { .provider = form_get(&c->query, "provider"),
				.tenant = form_get(&c->query, "tenant"),
				.endpoint = form_get(&c->query, "endpoint"),
				.grant = form_get(&c->query, "grant"),
				.client_id = form_get(&c->query, "client_id"),
				.user = form_get(&c->query, "user"),
				.situation = form_get(&c->query, "situation") };
	int64_t count = number(c, "n", 1);

	return journal_wait(c->idp->journal, number(c, "since", 0), &filter,
			    count > 0 ? (size_t)count : 0, ms < MAX_WAIT_MS ? ms : MAX_WAIT_MS);
}

/* ---- clients, users, tenants ---- */

static json_t *patch(struct call *c,
		     bool (*apply)(struct idp *s, struct provider *p, const char *id,
				   const json_t *patch, struct err *err))
{
	json_t *refused;
	struct provider *p = provider_of(c, c->args[0], &refused);
	struct err err = { 0 };

	if (!p)
		return refused;
	if (!c->body)
		return call_refuse(c, 400,
				   "send a JSON merge patch, for example {\"disabled\": true}",
				   "the body is missing");
	return apply(c->idp, p, c->args[1], c->body, &err) ? NULL : from_err(c, &err);
}

static json_t *change_client(struct call *c)
{
	return patch(c, patch_client);
}

static json_t *change_user(struct call *c)
{
	return patch(c, patch_user);
}

static json_t *change_tenant(struct call *c)
{
	return patch(c, patch_tenant);
}

static json_t *new_tenant(struct call *c)
{
	const char *name = conf_str(c->body, "provider", NULL);
	json_t *refused = NULL;
	struct provider *p = provider_of(c, name, &refused);
	struct err err = { 0 };

	if (!p)
		return refused;
	AUTO(json_t) json_t *spec = json_deep_copy(c->body);
	json_object_del(spec, "provider");
	const struct tenant *t = add_tenant(c->idp, p, spec, &err);
	if (!t)
		return from_err(c, &err);
	c->status = 201;
	return json_pack("{s:s, s:s, s:s}", "provider", p->name, "tenant", t->id, "issuer",
			 tenant_issuer(c->idp, p, t, c->arena));
}

/* ---- the table ---- */

static const struct conf_key clock_body[] = {
	{ "now", CONF_INT, .help = "Unix time in seconds." },
	{ "frozen", CONF_BOOL, .help = "Whether the clock stands still." },
	{ 0 },
};
static const struct conf_key advance_body[] = {
	{ "seconds", CONF_NUMBER, .help = "How far, in seconds; negative goes back." },
	{ "for", CONF_DURATION, .help = "How far: \"90d\", \"15m\"." },
	{ 0 },
};
static const struct conf_key approve_body[] = {
	{ "user", CONF_STRING, .help = "Who signs in; alice when absent." },
	{ 0 },
};
static const char *const trouble_kinds[] = { "error", "token", "document", "wire", NULL };
static const struct conf_key trouble_body[] = {
	{ "kind", CONF_STRING, .allowed = trouble_kinds,
	  .help = "What goes wrong; follows from 'what' when absent." },
	{ "what", CONF_STRING,
	  .help = "Which: a situation, or a word of its kind (trouble.h)." },
	{ "error", CONF_STRING,
	  .help = "In place of kind and what: AADSTS70011, E0000047, invalid_scope." },
	{ "code", CONF_STRING, .help = "The one error of that situation." },
	{ "value", CONF_STRING, .help = "What instead, where that makes sense." },
	{ "number", CONF_INT, .help = "Milliseconds, bytes, or seconds of Retry-After." },
	{ "next", CONF_INT,
	  .help = "For so many matching requests; until cleared when absent." },
	{ "provider", CONF_STRING, .help = "Only there." },
	{ "tenant", CONF_STRING, .help = "Only in that tenant." },
	{ "endpoint", CONF_STRING, .help = "Only there: device, token, discovery, jwks, ..." },
	{ "grant", CONF_STRING,
	  .help = "Only for that grant: device_code, refresh_token, ..." },
	{ "client_id", CONF_STRING, .help = "Only for that client, by id or name." },
	{ "user", CONF_STRING, .help = "Only for that user." },
	{ 0 },
};
static const struct conf_key mint_body[] = {
	{ "provider", CONF_STRING, .help = "Whose token; the first provider when absent." },
	{ "tenant", CONF_STRING, .help = "Its first one when absent." },
	{ "client_id", CONF_STRING, .help = "Id or name; the first one when absent." },
	{ "user", CONF_STRING, .help = "Name; absent: the client's own token." },
	{ "token", CONF_STRING, .help = "access, id or refresh." },
	{ "version", CONF_STRING, .help = "1.0 or 2.0 where a provider has two." },
	{ "scope", CONF_STRING, .help = "Blank separated; \"\" for no scope claim." },
	{ "nonce", CONF_STRING, .help = "Of an ID token." },
	{ "age", CONF_ANY, .help = "It was issued that long ago: \"2h\" or seconds." },
	{ "lifetime", CONF_ANY, .help = "From then to its expiry." },
	{ "claims", CONF_DICT, .help = "Laid over the claims; null takes one out." },
	{ "header", CONF_DICT, .help = "Laid over the JOSE header." },
	{ "alg", CONF_STRING, .help = "RS256 or ES256." },
	{ "forge", CONF_STRING, .allowed = mint_forges, .help = "One defect; see mint.h." },
	{ 0 },
};
static const struct conf_key rotate_body[] = {
	{ "provider", CONF_STRING, .help = "All when absent." },
	{ "tenant", CONF_STRING, .help = "The first one when absent." },
	{ "publish", CONF_BOOL,
	  .help = "Whether the JWKS gets the new key; true when absent." },
	{ "retire", CONF_BOOL, .help = "Whether the old keys leave the JWKS." },
	{ 0 },
};
static const struct conf_key family_body[] = {
	{ "provider", CONF_STRING, .help = "Only there." },
	{ "tenant", CONF_STRING, .help = "Only in that tenant." },
	{ "user", CONF_STRING, .help = "Only of that user." },
	{ "client_id", CONF_STRING, .help = "Only of that client." },
	{ 0 },
};
static const struct conf_key tenant_body[] = {
	{ "provider", CONF_STRING, true, .help = "Where." },
	{ "id", CONF_STRING, .help = "Its id; made up when absent." },
	{ "name", CONF_STRING, .help = "Its display name." },
	{ 0 },
};
static const struct conf_key journal_query[] = {
	{ "since", CONF_INT, .help = "Entries after this number." },
	{ "wait", CONF_NUMBER, .help = "Wait so many seconds for n matching entries." },
	{ "n", CONF_INT, .help = "How many to wait for; 1 when absent." },
	{ "provider", CONF_STRING, .help = "Only there." },
	{ "tenant", CONF_STRING, .help = "Only in that tenant." },
	{ "endpoint", CONF_STRING, .help = "Only there." },
	{ "grant", CONF_STRING, .help = "Only that grant." },
	{ "client_id", CONF_STRING, .help = "Only of that client." },
	{ "user", CONF_STRING, .help = "Only of that user." },
	{ "situation", CONF_STRING, .help = "Only that error." },
	{ 0 },
};

const struct route control_routes[] = {
	{ "GET", "/_sim/health", health, "Whether it runs, and where." },
	{ "GET", "/_sim/openapi.json", openapi, "This API." },
	{ "GET", "/_sim/providers", providers, "Providers with issuers, clients and users." },
	{ "GET", "/_sim/providers/{provider}", one_provider, "One of them." },
	{ "GET", "/_sim/providers/{provider}/errors", errors, "The errors it can give." },
	{ "POST", "/_sim/reset", reset, "State, troubles, journal and clock as at start." },
	{ "POST", "/_sim/reload", reload, "Read the configuration again; sessions go on." },
	{ "GET", "/_sim/clock", show_clock, "The virtual time." },
	{ "PUT", "/_sim/clock", set_clock, "Set or freeze it.", clock_body },
	{ "POST", "/_sim/clock/advance", advance_clock, "Move it.", advance_body },
	{ "GET", "/_sim/devices", devices, "Device sign-ins and how they stand." },
	{ "POST", "/_sim/devices/{user_code}/approve", approve, "A person signs in.",
	  approve_body },
	{ "POST", "/_sim/devices/{user_code}/deny", deny, "The person declines." },
	{ "GET", "/_sim/troubles", troubles, "What is armed." },
	{ "POST", "/_sim/troubles", arm, "Arm a trouble.", trouble_body },
	{ "DELETE", "/_sim/troubles", clear_troubles, "Clear all." },
	{ "DELETE", "/_sim/troubles/{id}", clear_trouble, "Clear one." },
	{ "POST", "/_sim/mint", mint_token, "Any token, valid or forged.", mint_body },
	{ "GET", "/_sim/journal", read_journal, "Requests and answers, without secrets.",
	  .query = journal_query },
	{ "GET", "/_sim/keys", list_keys, "Signing keys, newest first, of each provider." },
	{ "POST", "/_sim/keys/rotate", rotate, "A new signing key.", rotate_body },
	{ "POST", "/_sim/refresh/expire", expire_families, "Refresh tokens expire now.",
	  family_body },
	{ "POST", "/_sim/refresh/revoke", revoke_families, "Refresh tokens are revoked.",
	  family_body },
	{ "PATCH", "/_sim/providers/{provider}/clients/{client}", change_client,
	  "Merge patch of a client.", .free_body = true },
	{ "PATCH", "/_sim/providers/{provider}/users/{user}", change_user,
	  "Merge patch of a user.", .free_body = true },
	{ "PATCH", "/_sim/providers/{provider}/tenants/{tenant}", change_tenant,
	  "Merge patch of a tenant: disabled, rotates, lock_after, ...", .free_body = true },
	{ "POST", "/_sim/tenants", new_tenant, "An issuer of one's own.", tenant_body,
	  .free_body = true },
	{ 0 },
};
