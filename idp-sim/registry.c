/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/registry.h"
#include "idp-sim/load.h"
#include "idp-sim/map.h"
#include "idp-sim/change.h"
#include "idp-sim/schema.h"

#include <string.h>

static void change_end(struct idp *s)
{
	pthread_mutex_unlock(&s->change);
	change_note();
}

static struct loader loader_of(struct provider *p, struct err *err)
{
	return (struct loader) { .p = p, .a = p->arena, .err = err };
}

/* What is replaced stays until the provider goes: a handler may hold it. */
static void retire(struct provider *p, json_t *source)
{
	json_array_append_new(p->retired, source);
}

/* ---- keys ---- */

static struct keys *make_keys(struct idp *s, struct provider *p, const char *name,
			      struct err *err)
{
	struct keys_options o = {
		.name = name,
		.file = s->options.keys,
		.kid = p->kid,
		.alg = s->options.alg ? s->options.alg : conf_str(p->source, "keys.alg", NULL),
		.encryption_key = p->encryption_key,
		.rng = &s->rng,
	};
	struct keys *k = keys_new(&o, err);
	struct keys **all;

	if (!k)
		return NULL;
	all = realloc(p->keys, (p->n_keys + 1) * sizeof(*all));
	if (!all)
		abort();
	p->keys = all;
	p->keys[p->n_keys++] = k;
	return k;
}

static bool give_keys(struct idp *s, struct provider *p, struct tenant *t, struct err *err)
{
	if (t->keys)
		return true;
	if (p->keys_shared && p->n_keys)
		t->keys = p->keys[0];
	else
		t->keys = make_keys(s, p,
				    p->keys_shared
					    ? p->name
					    : arena_printf(p->arena, "%s/%s", p->name, t->id),
				    err);
	return t->keys != NULL;
}

struct key_walk {
	struct idp *s;
	struct provider *p;
	struct err *err;
	bool ok;
};

static bool each_tenant(void *ctx, const char *name, void *value)
{
	struct key_walk *w = ctx;

	w->ok = give_keys(w->s, w->p, value, w->err);
	return w->ok;
}

bool registry_keys(struct idp *s, struct provider *p, struct err *err)
{
	struct key_walk w = { .s = s, .p = p, .err = err, .ok = true };

	map_each(p->tenants, each_tenant, &w);
	return w.ok;
}

/* ---- putting one in its place ---- */

static void put_client(struct provider *p, struct client *c)
{
	struct client *old = map_get(p->clients, c->id);

	map_set(p->clients, c->id, c);
	if (strcmp(c->name, c->id) != 0)
		map_set(p->clients, c->name, c);
	if (old)
		retire(p, old->source);
}

static void put_user(struct provider *p, struct user *u)
{
	struct user *old = map_get(p->users, u->name);

	for (size_t i = 0; i < u->logins.n; i++)
		map_set(p->users, u->logins.v[i], u);
	if (old) {
		/* A login name that went must not lead to the old record. */
		for (size_t i = 0; i < old->logins.n; i++)
			if (map_get(p->users, old->logins.v[i]) == old)
				map_set(p->users, old->logins.v[i], u);
		retire(p, old->source);
	}
}

static void put_tenant(struct provider *p, struct tenant *t)
{
	struct tenant *old = map_get(p->tenants, t->id);

	map_set(p->tenants, t->id, t);
	for (size_t i = 0; i < t->aliases.n; i++)
		map_set(p->tenants, t->aliases.v[i], t);
	if (old)
		retire(p, old->source);
}

/* RFC 7396. */
static void merge(json_t *into, const json_t *patch)
{
	const char *key;
	json_t *value, *there;

	json_object_foreach((json_t *)patch, key, value) {
		there = json_object_get(into, key);
		if (json_is_null(value))
			json_object_del(into, key);
		else if (json_is_object(value) && json_is_object(there))
			merge(there, value);
		else
			json_object_set_new(into, key, json_deep_copy(value));
	}
}

static json_t *merged(const json_t *old, const char *key, const char *id, const json_t *patch)
{
	json_t *o = old ? json_deep_copy(old) : json_object();

	if (!old)
		json_object_set_new(o, key, json_string(id));
	merge(o, patch);
	return o;
}

/* The same rules as in a file. The place in a request of one line helps nobody. */
static bool is_well_typed(const char *list, const char *key, const char *id,
			  const json_t *patch, struct err *err)
{
	json_t *o = json_pack("{s:s}", key, id ? id : "x");
	AUTO(json_t) json_t *all = json_pack("{s:[o]}", list, o);
	const char *name;
	json_t *value;
	char *at;

	json_object_foreach((json_t *)(uintptr_t)patch, name, value)
		if (!json_is_null(value) && strcmp(name, key) != 0)
			json_object_set(o, name, value);
	AUTO(char) char *text = json_dumps(all, JSON_COMPACT);
	if (!text)
		return true;
	AUTO(conf) struct conf *conf = conf_parse("request", text, strlen(text), err);
	if (conf && conf_check(conf, record_schema, NULL, err))
		return true;
	at = strstr(err->text, ": ");
	if (at)
		memmove(err->text, at + 2, strlen(at + 2) + 1);
	return false;
}

bool patch_client(struct idp *s, struct provider *p, const char *id, const json_t *patch,
		  struct err *err)
{
	struct loader l = loader_of(p, err);
	struct client *old, *c;
	json_t *o;

	if (!is_well_typed("clients", "id", id, patch, err))
		return false;
	pthread_mutex_lock(&s->change);
	old = map_get(p->clients, id);
	o = merged(old ? old->source : NULL, "id", id, patch);
	c = load_client(&l, "", o);
	if (c)
		put_client(p, c);
	json_decref(o);
	change_end(s);
	return c != NULL;
}

/* A new password or a lock ends what was given before. */
static void mark_change(struct idp *s, const struct user *old, struct user *u)
{
	bool password =
		old && old->password && u->password && strcmp(old->password, u->password) != 0;

	if (password)
		u->state->valid_from_ms = clk_now_ms(&s->clk);
	if (old && old->locked && !u->locked)
		u->state->failures = 0;
}

bool patch_user(struct idp *s, struct provider *p, const char *name, const json_t *patch,
		struct err *err)
{
	struct loader l = loader_of(p, err);
	struct user *old, *u;
	json_t *o;

	if (!is_well_typed("users", "name", name, patch, err))
		return false;
	pthread_mutex_lock(&s->change);
	old = map_get(p->users, name);
	o = merged(old ? old->source : NULL, "name", name, patch);
	u = load_user(&l, "", o, old ? old->state : NULL);
	if (u) {
		mark_change(s, old, u);
		put_user(p, u);
	}
	json_decref(o);
	change_end(s);
	return u != NULL;
}

static const struct tenant *put_new_tenant(struct idp *s, struct provider *p, json_t *o,
					   struct err *err)
{
	struct loader l = loader_of(p, err);
	struct tenant *t = load_tenant(&l, "", o);
	struct tenant *old;

	if (!t)
		return NULL;
	old = map_get(p->tenants, t->id);
	if (old)
		t->keys = old->keys;
	if (!give_keys(s, p, t, err)) {
		json_decref(t->source);
		return NULL;
	}
	put_tenant(p, t);
	return t;
}

bool patch_tenant(struct idp *s, struct provider *p, const char *id, const json_t *patch,
		  struct err *err)
{
	const struct tenant *t;
	struct tenant *old;
	json_t *o;

	if (!is_well_typed("tenants", "id", id, patch, err))
		return false;
	pthread_mutex_lock(&s->change);
	old = map_get(p->tenants, id);
	o = merged(old ? old->source : NULL, "id", id, patch);
	t = put_new_tenant(s, p, o, err);
	json_decref(o);
	change_end(s);
	return t != NULL;
}

/* A new tenant is like the first one, under its own name. */
static json_t *tenant_spec(struct idp *s, struct provider *p, const json_t *spec)
{
	const struct tenant *first = provider_tenant(p, p->first_tenant);
	json_t *o = json_deep_copy(first->source);
	char id[UUID_LEN + 1];

	rng_uuid(&s->rng, id);
	json_object_set_new(o, "id", json_string(id));
	json_object_del(o, "aliases");
	json_object_del(o, "any");
	if (spec)
		merge(o, spec);
	return o;
}

const struct tenant *add_tenant(struct idp *s, struct provider *p, const json_t *spec,
				struct err *err)
{
	const char *id = conf_str(spec, "id", "");
	const struct tenant *t = NULL;
	json_t *o;

	if (id[strcspn(id, "/?#% ")]) {
		fail(err, ERR_INPUT, "'%s' is no tenant: it has to fit into a path", id);
		return NULL;
	}
	if (!is_well_typed("tenants", "id", NULL, spec, err))
		return NULL;
	pthread_mutex_lock(&s->change);
	o = tenant_spec(s, p, spec);
	if (provider_tenant(p, conf_str(o, "id", "")))
		fail(err, ERR_INPUT, "tenant '%s' exists", conf_str(o, "id", ""));
	else
		t = put_new_tenant(s, p, o, err);
	json_decref(o);
	change_end(s);
	return t;
}

/* ---- as at start ---- */

static bool retire_client(void *ctx, const char *name, void *value)
{
	retire(ctx, ((struct client *)value)->source);
	return true;
}

static bool retire_tenant(void *ctx, const char *name, void *value)
{
	retire(ctx, ((struct tenant *)value)->source);
	return true;
}

static bool remember_tenant(void *ctx, const char *name, void *value)
{
	map_set(ctx, ((struct tenant *)value)->id, value);
	return true;
}

/* A handler may still hold the old record, and through it this. */
static void free_later(struct provider *p, struct user_state *state)
{
	p->old_states = realloc(p->old_states, (p->n_old_states + 1) * sizeof(*p->old_states));
	if (!p->old_states)
		abort();
	p->old_states[p->n_old_states++] = state;
}

static bool retire_user(void *ctx, const char *name, void *value)
{
	struct user *u = value;

	retire(ctx, u->source);
	free_later(ctx, u->state);
	return true;
}

/* The tenants of the file as it has them, with the keys they have; others are gone. */
static bool reset_tenants(struct provider *p, struct loader *l)
{
	struct map *old = map_new();
	json_t *o;
	size_t i;
	bool ok = true;

	map_each(p->tenants, remember_tenant, old);
	map_each(p->tenants, retire_tenant, p);
	map_clear(p->tenants);
	json_array_foreach(json_object_get(p->source, "tenants"), i, o) {
		struct tenant *t = load_tenant(l, "", o);
		const struct tenant *before = t ? map_get(old, t->id) : NULL;

		ok = ok && t && before;
		if (!ok)
			break;
		t->keys = before->keys;
		put_tenant(p, t);
	}
	map_free(old);
	return ok;
}

bool registry_reset(struct idp *s, struct provider *p, struct err *err)
{
	bool ok;
	struct loader l = loader_of(p, err);
	json_t *clients = json_object_get(p->source, "clients");
	json_t *users = json_object_get(p->source, "users");

	pthread_mutex_lock(&s->change);
	map_each(p->clients, retire_client, p);
	map_clear(p->clients);
	ok = load_clients(&l, clients);
	map_each(p->users, retire_user, p);
	map_clear(p->users);
	ok = ok && load_users(&l, users) && reset_tenants(p, &l);
	change_end(s);
	return ok;
}
