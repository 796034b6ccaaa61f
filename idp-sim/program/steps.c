/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done on the way to a situation; see recipes.h. */
#include "idp-sim/program/recipes.h"

#include <string.h>

typedef bool step(struct play *p, const char *arg, struct err *err);

static bool patch(struct play *p, const char *kind, const char *id, const char *json,
		  struct err *err)
{
	const char *pr = p->provider->name;

	return play_control(p, "PATCH",
			    arena_printf(p->arena, "/_sim/providers/%s/%ss/%s", pr, kind, id),
			    json_loads(json, 0, NULL),
			    arena_printf(p->arena, "%s %s %s '%s'", kind, pr, id, json), err);
}

/* Before a flow there is no client yet: the one that the flow would take is changed. */
bool step_client(struct play *p, const char *arg, struct err *err)
{
	if (!p->client)
		return fail(err, ERR_INPUT, "no client to change");
	const char *id = p->client->id;
	if (!patch(p, "client", id, arg, err))
		return false;
	p->client = provider_client(p->provider, id);
	return true;
}

static bool patch_user_now(struct play *p, const char *arg, struct err *err)
{
	const char *name = p->user ? p->user->name : NULL;

	if (!name)
		return fail(err, ERR_INPUT, "no user to change");
	if (!patch(p, "user", name, arg, err))
		return false;
	p->user = provider_user(p->provider, name);
	return true;
}

static bool step_pending(struct play *p, const char *arg, struct err *err)
{
	p->pending = true;
	return true;
}

static bool step_deny(struct play *p, const char *arg, struct err *err)
{
	p->deny = true;
	return true;
}

static bool step_scope(struct play *p, const char *arg, struct err *err)
{
	p->scope = arg;
	return true;
}

static bool step_set(struct play *p, const char *arg, struct err *err)
{
	const char *equals = strchr(arg, '=');

	ask_set(&p->ask, arena_dup(p->arena, arg, (size_t)(equals - arg)), equals + 1);
	return true;
}

static bool step_drop(struct play *p, const char *arg, struct err *err)
{
	ask_set(&p->ask, arg, NULL);
	return true;
}

static bool step_twice(struct play *p, const char *arg, struct err *err)
{
	const char *value = ask_get(&p->ask, arg);

	if (p->ask.n_fields < MAX_FIELDS)
		p->ask.fields[p->ask.n_fields++] = (struct field) { arg, value ? value : "x" };
	return true;
}

static bool step_method(struct play *p, const char *arg, struct err *err)
{
	p->ask.method = arg;
	return true;
}

static bool step_type(struct play *p, const char *arg, struct err *err)
{
	p->ask.type = arg;
	return true;
}

static bool step_body(struct play *p, const char *arg, struct err *err)
{
	p->ask.body = arg;
	return true;
}

static bool step_auth(struct play *p, const char *arg, struct err *err)
{
	p->ask.authorization = *arg ? arg : NULL;
	return true;
}

static bool step_origin(struct play *p, const char *arg, struct err *err)
{
	p->ask.origin = arg;
	return true;
}

static bool step_basic(struct play *p, const char *arg, struct err *err)
{
	AUTO_BUF pair = { 0 };
	AUTO_BUF text = { 0 };

	if (strcmp(arg, "same") != 0) {
		p->ask.authorization = arena_printf(p->arena, "Basic %s", arg);
		return true;
	}
	buf_printf(&pair, "%s:%s", p->client->id, p->client->secret ? p->client->secret : "");
	buf_b64(&text, pair.p, pair.n);
	p->ask.authorization = arena_printf(p->arena, "Basic %s", text.p);
	return true;
}

/* The same path under another tenant. */
static bool step_tenant(struct play *p, const char *arg, struct err *err)
{
	const char *at = strstr(p->ask.url, p->tenant->id);

	if (!at)
		return fail(err, ERR_INPUT, "no tenant in the path");
	p->ask.url = arena_printf(p->arena, "%.*s%s%s", (int)(at - p->ask.url), p->ask.url, arg,
				  at + strlen(p->tenant->id));
	return true;
}

/* A path below that of the endpoint. */
static bool step_under(struct play *p, const char *arg, struct err *err)
{
	p->ask.url = arena_printf(p->arena, "%s%s", p->ask.url, arg);
	return true;
}

/* Whatever the page calls the field. */
static bool step_wrong_password(struct play *p, const char *arg, struct err *err)
{
	for (size_t i = 0; i < p->ask.n_fields; i++)
		if (!strcmp(p->ask.fields[i].value, p->user->password))
			p->ask.fields[i].value = "wrong";
	return true;
}

static bool step_path(struct play *p, const char *arg, struct err *err)
{
	p->ask.url =
		arena_printf(p->arena, "%s%s%s", idp_origin(p->idp), p->provider->prefix, arg);
	return true;
}

static int64_t lifetime(struct play *p, const char *name)
{
	static const char *const names[LIFE_N] = { "access", "id",	 "refresh", "session",
						   "device", "interval", "code" };

	for (int i = 0; i < LIFE_N; i++)
		if (!strcmp(names[i], name)) {
			int64_t own = p->client ? p->client->life_ms[i] : -1;
			return (own >= 0 ? own : p->provider->life_ms[i]) / 1000;
		}
	return strtoll(name, NULL, 10);
}

/* A little longer than the lifetime: a token may be dated back, or live a while longer than
 * it says. */
static bool step_advance(struct play *p, const char *arg, struct err *err)
{
	int64_t s = lifetime(p, arg) + (strspn(arg, "0123456789") ? 0 : 1);

	if (!strcmp(arg, "access"))
		s += p->provider->behaviours.skew_s + 1;
	return play_control(p, "POST", "/_sim/clock/advance",
			    json_pack("{s:I}", "seconds", (json_int_t)s),
			    arena_printf(p->arena, "clock advance %llds", (long long)s), err);
}

static bool send_once(struct play *p, const char **ret_refresh, struct err *err)
{
	AUTO_ANSWER answer = { 0 };
	AUTO_BUF curl = { 0 };

	ask_curl(&p->ask, &curl);
	buf_printf(&p->notes, "%s\n", curl.p);
	if (!play_send(p, &answer, err))
		return false;
	AUTO(json_t) json_t *o = json_loads(answer.body ? answer.body : "", 0, NULL);
	if (ret_refresh)
		*ret_refresh = arena_str(p->arena, conf_str(o, "refresh_token", NULL));
	return true;
}

/* The browser that sends the request has signed in before. */
static bool step_signed_in(struct play *p, const char *arg, struct err *err)
{
	struct ask ask = p->ask;
	const char *code;

	p->user = play_user(p);
	if (!p->user)
		return fail(err, ERR_INPUT, "nobody can sign in");
	if (!play_browse(p, NULL, &code, err))
		return false;
	ask.cookie = p->ask.cookie;
	p->ask = ask;
	return true;
}

static bool step_again(struct play *p, const char *arg, struct err *err)
{
	return send_once(p, NULL, err);
}

/* An old refresh token comes back, then the good one is tried. */
static bool step_successor(struct play *p, const char *arg, struct err *err)
{
	const char *good = NULL;

	if (!send_once(p, &good, err) || !send_once(p, NULL, err))
		return false;
	if (!good)
		return fail(err, ERR_INPUT, "no second refresh token came");
	ask_set(&p->ask, "refresh_token", good);
	return true;
}

static bool end_families(struct play *p, const char *word, struct err *err)
{
	return play_control(
		p, "POST", arena_printf(p->arena, "/_sim/refresh/%s", word),
		json_pack("{s:s}", "provider", p->provider->name),
		arena_printf(p->arena, "%s refresh --provider %s", word, p->provider->name),
		err);
}

static bool step_expire(struct play *p, const char *arg, struct err *err)
{
	return end_families(p, "expire", err);
}

static bool step_revoke(struct play *p, const char *arg, struct err *err)
{
	return end_families(p, "revoke", err);
}

/* The request as another client would send it. */
static bool step_other_client(struct play *p, const char *arg, struct err *err)
{
	const char *id = "another-client";
	const char *grants = "{\"id\": \"another-client\", \"public\": true, \"grants\": "
			     "[\"password\", \"device_code\", \"refresh_token\", "
			     "\"authorization_code\"], \"redirect_uris\": "
			     "[\"http://127.0.0.1:9999/callback\"]}";

	if (!patch(p, "client", id, grants, err))
		return false;
	p->client = provider_client(p->provider, id);
	ask_set(&p->ask, "client_secret", NULL);
	play_prove(p, &p->ask);
	return true;
}

static bool step_public_client(struct play *p, const char *arg, struct err *err)
{
	p->client = play_client(p, GRANT_PASSWORD, true);
	if (!p->client)
		return fail(err, ERR_INPUT, "no public client");
	ask_set(&p->ask, "client_secret", NULL);
	play_prove(p, &p->ask);
	return true;
}

static bool step_set_client(struct play *p, const char *arg, struct err *err)
{
	const struct client *c = play_client(p, GRANT_AUTHORIZATION_CODE, true);

	if (c)
		ask_set(&p->ask, "client_id", c->id);
	return true;
}

/* The same path in another tenant of the same provider. */
static bool step_other_tenant(struct play *p, const char *arg, struct err *err)
{
	const char *id = "another-tenant";

	return play_control(p, "POST", "/_sim/tenants",
			    json_pack("{s:s, s:s}", "provider", p->provider->name, "id", id),
			    arena_printf(p->arena, "tenant %s --id %s", p->provider->name, id),
			    err) &&
	       step_tenant(p, id, err);
}

static bool step_query(struct play *p, const char *arg, struct err *err)
{
	p->ask.url = arena_printf(p->arena, "%s?%s", p->ask.url, arg);
	return true;
}

/* An added tenant that is switched off, so that the others go on. */
static bool step_tenant_off(struct play *p, const char *arg, struct err *err)
{
	if (!play_control(p, "POST", "/_sim/tenants",
			  json_pack("{s:s, s:s, s:b}", "provider", p->provider->name, "id",
				    "switched-off", "disabled", 1),
			  arena_printf(p->arena, "tenant %s --id switched-off --disabled true",
				       p->provider->name),
			  err))
		return false;
	return step_tenant(p, "switched-off", err);
}

/* Those marked early come before the flow, the others between it and the last request. */
static const struct {
	const char *name;
	bool early;
	step *act;
} steps[] = {
	{ "client", true, step_client },
	{ "user", true, patch_user_now },
	{ "pending", true, step_pending },
	{ "deny", true, step_deny },
	{ "scope", true, step_scope },
	{ "then-client", false, step_client },
	{ "then-user", false, patch_user_now },
	{ "set", false, step_set },
	{ "drop", false, step_drop },
	{ "twice", false, step_twice },
	{ "method", false, step_method },
	{ "type", false, step_type },
	{ "body", false, step_body },
	{ "auth", false, step_auth },
	{ "basic", false, step_basic },
	{ "tenant", false, step_tenant },
	{ "path", false, step_path },
	{ "advance", false, step_advance },
	{ "again", false, step_again },
	{ "signed-in", false, step_signed_in },
	{ "successor", false, step_successor },
	{ "expire", false, step_expire },
	{ "revoke", false, step_revoke },
	{ "other-client", false, step_other_client },
	{ "public-client", false, step_public_client },
	{ "set-client", false, step_set_client },
	{ "tenant-off", false, step_tenant_off },
	{ "under", false, step_under },
	{ "other-tenant", false, step_other_tenant },
	{ "query", false, step_query },
	{ "wrong-password", false, step_wrong_password },
	{ "assert", false, step_assert },
	{ "origin", false, step_origin },
};

static bool act(struct play *p, const char *text, bool early, struct err *err)
{
	size_t n = strcspn(text, ":");

	if (!n)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (strlen(steps[i].name) == n && !memcmp(steps[i].name, text, n))
			return steps[i].early != early ||
			       steps[i].act(p, text[n] ? text + n + 1 : "", err);
	return fail(err, ERR_INPUT, "no step '%s'", text);
}

bool steps_act(struct play *p, const struct recipe *r, bool early, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(r->steps) && r->steps[i]; i++)
		if (!act(p, r->steps[i], early, err))
			return false;
	return true;
}
