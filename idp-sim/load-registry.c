/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load-registry.c - scopes, resources, tenants, clients and users.
 */
#include "idp-sim/load.h"
#include "idp-sim/base/rng.h"
#include "idp-sim/map.h"

#include <string.h>

enum { MAX_GROUPS = 10000 };

const char *const grant_names[GRANT_N] = {
	"",
	"password",
	"client_credentials",
	"device_code",
	"refresh_token",
	"authorization_code",
	"token_exchange",
	"jwt_bearer",
};
const char *const grant_types[GRANT_N] = {
	"",
	"password",
	"client_credentials",
	"urn:ietf:params:oauth:grant-type:device_code",
	"refresh_token",
	"authorization_code",
	"urn:ietf:params:oauth:grant-type:token-exchange",
	"urn:ietf:params:oauth:grant-type:jwt-bearer",
};

/* ---- clients ---- */

static bool load_grants(struct loader *l, const char *at, const json_t *list, unsigned *ret)
{
	const json_t *item;
	size_t i;

	*ret = 1u << GRANT_REFRESH_TOKEN | 1u << GRANT_AUTHORIZATION_CODE;
	if (!list)
		return true;
	*ret = 0;
	json_array_foreach(list, i, item) {
		const char *word = json_string_value(item);
		int g = 1;

		while (g < GRANT_N && word && strcmp(grant_names[g], word) != 0 &&
		       strcmp(grant_types[g], word) != 0)
			g++;
		if (!word || g == GRANT_N)
			return load_fail(l, at, "no such grant: '%s'", word ? word : "?");
		*ret |= 1u << g;
	}
	return true;
}

static void load_client_flags(const json_t *o, struct client *c)
{
	c->is_public = conf_bool(o, "public", !c->secret && !json_object_get(o, "jwks"));
	c->disabled = conf_bool(o, "disabled", false);
	c->bearer_only = conf_bool(o, "bearer_only", false);
	c->consent_required = conf_bool(o, "consent_required", false);
	c->consented = conf_bool(o, "consented", true);
	c->assignment = conf_bool(o, "assignment_required", false);
	c->adopted = conf_bool(o, "adopted", false);
	c->jwks = json_object_get(o, "jwks");
	if (json_is_boolean(json_object_get(o, "rotates")))
		c->rotates = conf_bool(o, "rotates", false) ? "true" : "false";
}

struct client *load_client(struct loader *l, const char *at, json_t *o)
{
	struct client *c = arena_alloc(l->a, sizeof(*c));

	c->id = load_str(l->a, o, "id");
	c->name = load_str(l->a, o, "name");
	if (!c->id) {
		load_fail(l, at, "a client needs an id");
		return NULL;
	}
	if (!c->name)
		c->name = c->id;
	c->secret = load_str(l->a, o, "secret");
	c->tenant = load_str(l->a, o, "tenant");
	c->pkce = load_str(l->a, o, "pkce");
	c->auth = load_str(l->a, o, "token_endpoint_auth_method");
	c->scopes = load_words(l->a, json_object_get(o, "scopes"));
	c->default_scopes = load_words(l->a, json_object_get(o, "default_scopes"));
	c->redirect_uris = load_words(l->a, json_object_get(o, "redirect_uris"));
	c->logout_uris = load_words(l->a, json_object_get(o, "logout_redirect_uris"));
	c->origins = load_words(l->a, json_object_get(o, "origins"));
	c->users = load_words(l->a, json_object_get(o, "users"));
	c->groups = load_words(l->a, json_object_get(o, "groups"));
	if (!load_grants(l, at, json_object_get(o, "grants"), &c->grants))
		return NULL;
	for (int i = 0; i < LIFE_N; i++)
		c->life_ms[i] = -1;
	load_lifetimes(json_object_get(o, "lifetimes"), c->life_ms);
	load_client_flags(o, c);
	load_attrs(l->a, o, &c->attrs);
	c->source = json_incref(o);
	return c;
}

/* ---- users ---- */

/* Everything a person may type as the login name. */
static struct words logins_of(struct loader *l, const json_t *o)
{
	static const char *const members[] = { "name", "email", "upn", "preferred_username",
					       "login" };
	const char **v = arena_alloc(l->a, (ARRAY_LEN(members) + 1) * sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const char *s = load_str(l->a, o, members[i]);

		if (s)
			v[n++] = s;
	}
	return (struct words) { .v = v, .n = n };
}

/* `group_count: 201` adds so many groups with ids that are made up, the same in every run. Returns
 * a reference. */
static json_t *with_groups(json_t *o)
{
	int64_t n = conf_int(o, "group_count", 0);
	json_t *copy, *groups;

	if (n <= 0)
		return json_incref(o);
	copy = json_copy(o);
	groups = json_deep_copy(json_object_get(o, "groups"));
	if (!json_is_array(groups)) {
		json_decref(groups);
		groups = json_array();
	}
	for (int64_t i = 1; i <= n && i <= MAX_GROUPS; i++) {
		json_array_append_new(
			groups, json_sprintf("00000000-0000-4000-8000-%012d", (int)i));
	}
	json_object_set_new(copy, "groups", groups);
	json_object_del(copy, "group_count");
	return copy;
}

struct user *load_user(struct loader *l, const char *at, json_t *o, struct user_state *state)
{
	struct user *u = arena_alloc(l->a, sizeof(*u));

	u->name = load_str(l->a, o, "name");
	if (!u->name) {
		load_fail(l, at, "a user needs a name");
		return NULL;
	}
	u->source = with_groups(o);
	u->password = load_str(l->a, o, "password");
	u->otp = load_str(l->a, o, "otp");
	u->tenant = load_str(l->a, o, "tenant");
	u->disabled = conf_bool(o, "disabled", false);
	u->locked = conf_bool(o, "locked", false);
	u->must_change_password = conf_bool(o, "must_change_password", false);
	u->password_expired = conf_bool(o, "password_expired", false);
	u->mfa_required = conf_bool(o, "mfa_required", false);
	u->guest = conf_bool(o, "guest", false);
	u->logins = logins_of(l, o);
	u->groups = load_words(l->a, json_object_get(u->source, "groups"));
	u->roles = load_words(l->a, json_object_get(o, "roles"));
	load_attrs(l->a, u->source, &u->attrs);
	u->state = state ? state : calloc(1, sizeof(*u->state));
	if (!u->state)
		abort();
	return u;
}

/* ---- tenants ---- */

struct tenant *load_tenant(struct loader *l, const char *at, json_t *o)
{
	struct tenant *t = arena_alloc(l->a, sizeof(*t));

	t->id = load_str(l->a, o, "id");
	t->name = load_str(l->a, o, "name");
	if (!t->id) {
		load_fail(l, at, "a tenant needs an id");
		return NULL;
	}
	if (!t->name)
		t->name = t->id;
	t->home = load_str(l->a, o, "home");
	t->any = conf_bool(o, "any", false);
	t->disabled = conf_bool(o, "disabled", false);
	t->aliases = load_words(l->a, json_object_get(o, "aliases"));
	load_attrs(l->a, o, &t->attrs);
	t->source = json_incref(o);
	return t;
}

bool tenant_flag_or(const struct tenant *t, const char *name, bool fallback)
{
	const struct attr *a = t ? attr_find(&t->attrs, name) : NULL;

	return a && a->value.kind == VALUE_BOOL ? a->value.i != 0 : fallback;
}

bool tenant_flag(const struct tenant *t, const char *name)
{
	return tenant_flag_or(t, name, false);
}

int64_t attr_int(const struct attrs *a, const char *name, int64_t fallback)
{
	const struct attr *at = a ? attr_find(a, name) : NULL;

	return at && at->value.kind == VALUE_INT ? at->value.i : fallback;
}

/* ---- scopes and resources ---- */

static bool load_scopes(struct loader *l, const json_t *list)
{
	const json_t *o;
	size_t i;

	l->p->n_scopes = json_array_size(list);
	l->p->scopes = arena_alloc(l->a, (l->p->n_scopes + 1) * sizeof(*l->p->scopes));
	json_array_foreach(list, i, o) {
		struct scope *s = &l->p->scopes[i];

		s->name = load_str(l->a, o, "name");
		if (!s->name)
			return load_fail(l, arena_printf(l->a, "/scopes/%zu", i),
					 "a scope needs a name");
		s->is_default = conf_bool(o, "default", false);
		s->hidden = conf_bool(o, "hidden", false);
		s->openid = conf_bool(o, "openid", false);
		s->consent = conf_bool(o, "consent", false);
		s->audience = load_str(l->a, o, "audience");
	}
	return true;
}

static bool load_resources(struct loader *l, const json_t *list)
{
	const json_t *o;
	size_t i;

	l->p->n_resources = json_array_size(list);
	l->p->resources = arena_alloc(l->a, (l->p->n_resources + 1) * sizeof(*l->p->resources));
	json_array_foreach(list, i, o) {
		struct resource *r = &l->p->resources[i];

		r->uri = load_str(l->a, o, "uri");
		r->id = load_str(l->a, o, "id");
		r->version = load_str(l->a, o, "version");
		r->is_default = conf_bool(o, "default", false);
		r->is_private = conf_bool(o, "private", false);
		r->scopes = load_words(l->a, json_object_get(o, "scopes"));
		r->roles = load_words(l->a, json_object_get(o, "roles"));
		r->aliases = load_words(l->a, json_object_get(o, "aliases"));
		if (!r->uri || !r->id)
			return load_fail(l, arena_printf(l->a, "/resources/%zu", i),
					 "a resource needs uri and id");
	}
	return true;
}

/* ---- lists of records ---- */

bool load_clients(struct loader *l, json_t *list)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		struct client *c = load_client(l, arena_printf(l->a, "/clients/%zu", i), o);

		if (!c)
			return false;
		map_set(l->p->clients, c->id, c);
		map_set(l->p->clients, c->name, c);
	}
	return true;
}

bool load_users(struct loader *l, json_t *list)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		struct user *u = load_user(l, arena_printf(l->a, "/users/%zu", i), o, NULL);

		if (!u)
			return false;
		for (size_t j = 0; j < u->logins.n; j++)
			map_set(l->p->users, u->logins.v[j], u);
	}
	return true;
}

static bool load_tenants(struct loader *l, json_t *list)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		struct tenant *t = load_tenant(l, arena_printf(l->a, "/tenants/%zu", i), o);

		if (!t)
			return false;
		if (!l->p->first_tenant)
			l->p->first_tenant = t->id;
		map_set(l->p->tenants, t->id, t);
		for (size_t j = 0; j < t->aliases.n; j++)
			map_set(l->p->tenants, t->aliases.v[j], t);
	}
	return l->p->first_tenant ? true : load_fail(l, "/tenants", "needs one tenant");
}

bool load_registry(struct loader *l, json_t *root)
{
	return load_scopes(l, json_object_get(root, "scopes")) &&
	       load_resources(l, json_object_get(root, "resources")) &&
	       load_tenants(l, json_object_get(root, "tenants")) &&
	       load_clients(l, json_object_get(root, "clients")) &&
	       load_users(l, json_object_get(root, "users"));
}

const struct tenant *provider_tenant(const struct provider *p, const char *word)
{
	return word ? map_get(p->tenants, word) : NULL;
}

const struct client *provider_client(const struct provider *p, const char *word)
{
	return word ? map_get(p->clients, word) : NULL;
}

const struct user *provider_user(const struct provider *p, const char *login)
{
	return login ? map_get(p->users, login) : NULL;
}
