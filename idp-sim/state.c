/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.c - what the control API shows of a provider, and tokens without a sign-in.
 */
#include "idp-sim/doors.h"
#include "idp-sim/issue.h"
#include "idp-sim/map.h"
#include "idp-sim/scope.h"

#include <string.h>

/* ---- description ---- */

static json_t *without_secrets(const json_t *source)
{
	json_t *o = json_copy((json_t *)source);

	json_object_del(o, "password");
	json_object_del(o, "secret");
	return o;
}

static bool add_client(void *ctx, const char *name, void *value)
{
	json_array_append_new(ctx, without_secrets(((struct client *)value)->source));
	return true;
}

static bool add_user(void *ctx, const char *name, void *value)
{
	json_array_append_new(ctx, without_secrets(((struct user *)value)->source));
	return true;
}

struct tenants {
	struct idp *s;
	const struct provider *p;
	struct arena *a;
	json_t *list;
};

static bool add_tenant_row(void *ctx, const char *name, void *value)
{
	struct tenants *t = ctx;
	const struct tenant *one = value;

	json_array_append_new(t->list,
			      json_pack("{s:s, s:s, s:s}", "id", one->id, "name", one->name,
					"issuer", tenant_issuer(t->s, t->p, one, t->a)));
	return true;
}

/* The path of an endpoint with the first tenant in it. */
static char *endpoint_url(struct idp *s, const struct provider *p, const struct endpoint *ep,
			  struct arena *a)
{
	const char *brace = strstr(ep->path, "{tenant}");
	const struct tenant *first = provider_tenant(p, p->first_tenant);
	const char *own = s->doors ? doors_origin(s, NULL, p, first) : NULL;
	const char *origin = own ? own : idp_origin(s);

	if (!brace)
		return arena_printf(a, "%s%s", origin, ep->path);
	return arena_printf(a, "%s%.*s%s%s", origin, (int)(brace - ep->path), ep->path,
			    p->first_tenant, brace + 8);
}

json_t *describe_provider(struct idp *s, const struct provider *p)
{
	AUTO(arena) struct arena *a = arena_new();
	json_t *endpoints = json_object();
	struct tenants t = { .s = s, .p = p, .a = a, .list = json_array() };
	json_t *clients = json_array(), *users = json_array();

	for (size_t i = 0; i < p->n_endpoints; i++)
		if (!json_object_get(endpoints, p->endpoints[i].name))
			json_object_set_new(
				endpoints, p->endpoints[i].name,
				json_string(endpoint_url(s, p, &p->endpoints[i], a)));
	map_each(p->tenants, add_tenant_row, &t);
	map_each(p->clients, add_client, clients);
	map_each(p->users, add_user, users);
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "name", p->name, "title",
			 p->title, "issuer", idp_issuer(s, p->name), "endpoints", endpoints,
			 "tenants", t.list, "clients", clients, "users", users);
}

/* ---- minting ---- */

static bool first_client(void *ctx, const char *name, void *value)
{
	*(const struct client **)ctx = value;
	return false;
}

static void fill(struct exchange *x, const struct mint_request *m)
{
	x->user = m->user;
	x->client = m->client;
	if (!x->client)
		map_each(x->provider->clients, first_client, &x->client);
	x->version = m->version;
	if (m->origin)
		x->origin = m->origin;
	x->grant = m->user ? GRANT_PASSWORD : GRANT_CLIENT_CREDENTIALS;
	x->facts.grant = grant_names[x->grant];
}

static bool put_texts(struct exchange *x, const char *kind, struct buf *header,
		      struct buf *claims, struct err *err)
{
	const struct provider *p = x->provider;

	if (!strcmp(kind, "access"))
		issue_access_texts(x, header, claims);
	else if (!strcmp(kind, "id") && p->texts[TXT_id_claims])
		issue_id_texts(x, header, claims);
	else if (!strcmp(kind, "refresh") && p->behaviours.refresh_is_jwt) {
		x->key = keys_current(x->tenant->keys, "HS512");
		x->issue->refresh_exp =
			x->issue->iat + provider_life_ms(x, LIFE_REFRESH) / 1000;
		x->issue->exp = x->issue->refresh_exp;
		x->issue->refresh_id = refresh_token_id(x, x->issue->sid, 1);
		template_put(p->texts[TXT_refresh_header], x, header);
		template_put(p->texts[TXT_refresh_claims], x, claims);
	} else {
		return fail(err, ERR_INPUT, "%s has no '%s' tokens with claims", p->name, kind);
	}
	return true;
}

bool mint_texts(struct idp *s, const struct mint_request *m, struct buf *header,
		struct buf *claims, const struct key **ret_key, struct err *err)
{
	AUTO(arena) struct arena *a = arena_new();
	const struct provider *p = m->provider;
	const struct tenant *t = m->tenant ? m->tenant : provider_tenant(p, p->first_tenant);
	struct exchange x;
	struct scopes scopes;
	struct issue *i;

	exchange_init(&x, s, p, t, a);
	fill(&x, m);
	if (!x.client)
		return fail(err, ERR_INPUT, "%s has no client", p->name);
	scopes_lenient(&x, m->scope, &scopes);
	if (m->scope && p->behaviours.resources)
		scopes_parse(&x, m->scope, &scopes);
	i = issue_begin(&x, &scopes);
	i->nonce = m->nonce;
	/* A session of its own: without one the token would count as signed out. */
	i->sid = m->user ? session_new_id(&x) : NULL;
	if (m->version)
		i->version = m->version;
	if (i->sid && !strcmp(m->kind, "access"))
		session_unref(session_start(&x, i->sid, 0, NULL));
	if (!put_texts(&x, m->kind, header, claims, err))
		return false;
	*ret_key = x.key;
	return true;
}
