/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values-who.c - words of templates: who asks whom: tenant, client, person, origin.
 */
#include "idp-sim/session.h"
#include "idp-sim/token.h"
#include "idp-sim/values.h"

#include <string.h>

static bool get_origin(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->origin);
}

static bool get_base(struct exchange *x, const char *arg, struct value *v)
{
	const char *prefix = x->provider->prefix;

	return set_str(v, *prefix ? arena_printf(x->arena, "%s%s", x->origin, prefix)
				  : x->origin);
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

/* What is left to do after the password, as Okta's own sign-in API says it. */
static bool get_authn_status(struct exchange *x, const char *arg, struct value *v)
{
	enum situation left = x->user ? judge_readiness(x->user) : S_none;

	if (arg)
		return set_bool(v, left == S_none);
	return set_str(v, left == S_none	   ? "SUCCESS"
			  : left == S_mfa_required ? "MFA_REQUIRED"
						   : "PASSWORD_EXPIRED");
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
	return set_str(v, x->rq ? web_peer(x->rq) : "127.0.0.1");
}

const struct slot who_slots[] = {
	{ "authn_status", get_authn_status },
	{ "base", get_base },
	{ "client", get_client },
	{ "client_grants", get_client_grants },
	{ "client_id", get_client_id },
	{ "client_proof", get_client_proof },
	{ "groups", get_groups },
	{ "groups_over", get_group_count },
	{ "host", get_host },
	{ "issuer", get_issuer },
	{ "method", get_method },
	{ "origin", get_origin },
	{ "peer", get_peer },
	{ "roles", get_roles },
	{ "tenant", get_tenant },
	{ "tenant_word", get_tenant_word },
	{ "user", get_user },
	{ 0 },
};
