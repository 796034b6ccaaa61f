/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong on purpose, tokens and keys, and who is registered. */
#include "idp-sim/mint.h"
#include "idp-sim/routes.h"
#include "idp-sim/shared.h"

#include <string.h>

/* ---- troubles ---- */

json_t *route_troubles(struct call *c)
{
	return json_pack("{s:o}", "troubles", troubles_list(c->idp->troubles));
}

/* The provider that has an error of that name; the one asked for when there is one. */
static const struct oauth_error *find_error(struct call *c, const struct provider **p,
					    const char *word)
{
	const struct oauth_error *e = *p ? provider_find_error(*p, word) : NULL;

	for (size_t i = 0; !*p && !e && i < c->idp->n_providers; i++) {
		e = provider_find_error(idp_nth(c->idp, i), word);
		if (e && situation_find(word) == S_none)
			*p = idp_nth(c->idp, i);
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

json_t *route_arm(struct call *c)
{
	AUTO(json_t) json_t *spec = json_deep_copy(c->body);
	const char *name = conf_str(c->body, "provider", NULL);
	const struct provider *p = NULL;
	json_t *refused = NULL;
	struct err err = { 0 };
	int id;

	if (!spec)
		spec = json_object();
	if (name && !(p = call_provider(c, name, &refused)))
		return refused;
	refused = resolve_error(c, spec, p);
	if (refused)
		return refused;
	if (!p && conf_str(spec, "provider", NULL))
		p = idp_provider(c->idp, conf_str(spec, "provider", NULL));
	resolve_parties(spec, p);
	if (!troubles_arm(c->idp->troubles, spec, &id, &err))
		return call_error(c, &err);
	return json_pack("{s:i}", "id", id);
}

json_t *route_clear_troubles(struct call *c)
{
	troubles_clear(c->idp->troubles, 0);
	return NULL;
}

json_t *route_clear_trouble(struct call *c)
{
	int id = (int)strtol(c->args[0], NULL, 10);

	if (id > 0 && troubles_clear(c->idp->troubles, id))
		return NULL;
	return call_refuse(c, 404, "GET /_sim/troubles lists them", "there is no trouble '%s'",
			   c->args[0]);
}

/* ---- tokens and keys ---- */

json_t *route_mint_token(struct call *c)
{
	struct err err = { 0 };
	json_t *answer = mint(c->idp, c->body, &err);

	return answer ? answer : call_error(c, &err);
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
	bool publish = conf_bool(c->body, "publish", true);
	bool retire = conf_bool(c->body, "retire", false);
	key = keys_rotate(t->keys, publish, err);
	if (!key)
		return NULL;
	if (retire)
		keys_retire_old(t->keys);
	shared_rotated(c->idp, t->keys, publish, retire);
	return json_pack("{s:s, s:s, s:s, s:s, s:b}", "provider", p->name, "tenant", t->id,
			 "kid", key->kid, "alg", key->alg, "published", key->published);
}

json_t *route_rotate(struct call *c)
{
	const char *name = conf_str(c->body, "provider", NULL);
	const char *tenant = conf_str(c->body, "tenant", NULL);
	AUTO(json_t) json_t *list = json_array();
	json_t *refused = NULL;

	if (name && !call_provider(c, name, &refused))
		return refused;
	for (size_t i = 0; i < c->idp->n_providers; i++) {
		struct err err = { 0 };
		if (name && strcmp(idp_nth(c->idp, i)->name, name) != 0)
			continue;
		json_t *one = rotate_one(c, idp_nth(c->idp, i), tenant, &err);
		if (!one)
			return call_error(c, &err);
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

json_t *route_list_keys(struct call *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->idp->n_providers; i++) {
		const struct provider *p = idp_nth(c->idp, i);
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

	if (name && !(p = call_provider(c, name, &refused)))
		return refused;
	const struct user *u = p && user ? provider_user(p, user) : NULL;
	const struct client *cl = p && client ? provider_client(p, client) : NULL;
	struct facts which = { .provider = name,
			       .tenant = conf_str(c->body, "tenant", NULL),
			       .user = u ? u->name : user,
			       .client_id = cl ? cl->id : client };
	return json_pack("{s:i}", "ended", sessions_end(c->idp, &which, revoke));
}

json_t *route_expire_families(struct call *c)
{
	return end_sessions(c, false);
}

json_t *route_revoke_families(struct call *c)
{
	return end_sessions(c, true);
}

/* ---- clients, users, tenants ---- */

static json_t *patch(struct call *c,
		     bool (*apply)(struct idp *s, struct provider *p, const char *id,
				   const json_t *patch, struct err *err))
{
	json_t *refused;
	struct provider *p = call_provider(c, c->args[0], &refused);
	struct err err = { 0 };

	if (!p)
		return refused;
	if (!c->body)
		return call_refuse(c, 400,
				   "send a JSON merge patch, for example {\"disabled\": true}",
				   "the body is missing");
	return apply(c->idp, p, c->args[1], c->body, &err) ? NULL : call_error(c, &err);
}

json_t *route_change_client(struct call *c)
{
	return patch(c, patch_client);
}

json_t *route_change_user(struct call *c)
{
	return patch(c, patch_user);
}

json_t *route_change_tenant(struct call *c)
{
	return patch(c, patch_tenant);
}

json_t *route_new_tenant(struct call *c)
{
	const char *name = conf_str(c->body, "provider", NULL);
	json_t *refused = NULL;
	struct provider *p = call_provider(c, name, &refused);
	struct err err = { 0 };

	if (!p)
		return refused;
	AUTO(json_t) json_t *spec = json_deep_copy(c->body);
	json_object_del(spec, "provider");
	const struct tenant *t = add_tenant(c->idp, p, spec, &err);
	if (!t)
		return call_error(c, &err);
	c->status = 201;
	return json_pack("{s:s, s:s, s:s}", "provider", p->name, "tenant", t->id, "issuer",
			 tenant_issuer(c->idp, p, t, c->arena));
}
