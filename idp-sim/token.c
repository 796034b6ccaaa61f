/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/token.h"
#include "idp-sim/scope.h"

#include <string.h>

static void (*const grants[GRANT_N])(struct exchange *x) = {
	[GRANT_PASSWORD] = grant_password,
	[GRANT_CLIENT_CREDENTIALS] = grant_client_credentials,
	[GRANT_DEVICE_CODE] = grant_device,
	[GRANT_REFRESH_TOKEN] = grant_refresh,
	[GRANT_AUTHORIZATION_CODE] = grant_code,
	[GRANT_TOKEN_EXCHANGE] = grant_exchange,
	[GRANT_JWT_BEARER] = NULL,
};

/* Entra's v1 documentation spells the device grant so. */
static const char old_device_code[] = "device_code";

static enum grant grant_of(const char *type)
{
	for (int g = 1; g < GRANT_N; g++)
		if (!strcmp(grant_types[g], type) && grants[g])
			return (enum grant)g;
	return !strcmp(type, old_device_code) ? GRANT_DEVICE_CODE : GRANT_NONE;
}

static bool judge_grant_type(struct exchange *x)
{
	const char *type = form_get(&x->form, "grant_type");

	if (!type || !*type) {
		x->parameter = "grant_type";
		return refuse(x, S_missing_grant_type);
	}
	x->grant = grant_of(type);
	if (x->grant == GRANT_NONE)
		return refuse_word(x, S_unsupported_grant_type, type);
	if (x->grant == GRANT_TOKEN_EXCHANGE &&
	    !conf_bool(x->provider->source, "behaviours.token_exchange", false))
		return refuse_word(x, S_unsupported_grant_type, type);
	x->facts.grant = grant_names[x->grant];
	return true;
}

static bool judge_duplicates(struct exchange *x)
{
	const char *twice = form_duplicate(&x->form);

	if (!twice || !x->provider->behaviours.duplicates_refused)
		return true;
	x->parameter = twice;
	return refuse(x, S_duplicate_parameter);
}

/* Okta: an access policy has rules by grant; no rule that matches is the famous refusal. */
static bool policy_allows(struct exchange *x)
{
	const json_t *allowed = json_object_get(x->client->source, "policy_grants");
	const json_t *item;
	size_t i;

	if (!allowed)
		return true;
	json_array_foreach(allowed, i, item)
		if (json_is_string(item) &&
		    !strcmp(json_string_value(item), grant_names[x->grant]))
			return true;
	return refuse(x, S_policy_denied);
}

/* Entra: a page in a browser is registered as one, or it gets nothing. */
static bool may_cross(struct exchange *x)
{
	const char *origin = web_header(x->rq, "Origin");

	if (!origin || cors_allows(x, origin) ||
	    !provider_has_error(x->provider, S_cross_origin_refused))
		return true;
	return refuse_word(x, S_cross_origin_refused, origin);
}

static bool grant_allowed(struct exchange *x)
{
	const struct client *c = x->client;

	if (x->grant == GRANT_CLIENT_CREDENTIALS && c->is_public)
		return refuse(x, S_public_client_credentials);
	if (c->grants & 1u << x->grant)
		return policy_allows(x);
	if (x->grant == GRANT_REFRESH_TOKEN && !json_object_get(c->source, "grants"))
		return true;
	return refuse(x, x->grant == GRANT_DEVICE_CODE ? S_device_flow_disabled
						       : S_grant_not_allowed);
}

void serve_token(struct exchange *x)
{
	bool first = x->provider->behaviours.grant_type_first;

	if (!judge_duplicates(x))
		return;
	if (first && !judge_grant_type(x))
		return;
	if (!authenticate_client(x) || !rate_allows(x))
		return;
	if (!first && !judge_grant_type(x))
		return;
	if (!trouble_passes(x, MOMENT_CLIENT) || !grant_allowed(x) || !may_cross(x))
		return;
	grants[x->grant](x);
}

bool is_foreign(const struct user *u, const struct tenant *t)
{
	return u->tenant && t && !t->any && !u->guest && strcmp(u->tenant, t->id) != 0;
}

bool person_back(struct exchange *x, const char *user, const struct tenant *t)
{
	x->user = provider_user(x->provider, user);
	x->facts.user = user;
	if (!x->user || x->user->disabled)
		return refuse(x, S_user_disabled);
	if (is_foreign(x->user, x->tenant))
		return refuse(x, S_guest_not_in_tenant);
	if (x->tenant->any)
		x->tenant = t;
	go_home(x);
	return true;
}

bool groups_fit(struct exchange *x, const struct scopes *scopes)
{
	int64_t most = x->provider->behaviours.groups_limit;

	if (!most || !x->user || !scopes->openid || !scopes_have(scopes, "groups") ||
	    x->user->groups.n <= (size_t)most)
		return true;
	return refuse(x, S_groups_too_many);
}

void issue_first(struct exchange *x, const struct scopes *scopes, const char *sid,
		 int64_t auth_time, const char *nonce)
{
	struct session *s;

	if (!groups_fit(x, scopes))
		return;
	issue_begin(x, scopes)->auth_time = auth_time;
	s = session_start(x, sid, auth_time, nonce);
	exchange_keep(x, &s->record);
	issue_answer(x, s, 1, s->issued_ms);
}

/* Okta names the policy that a password meets. */
static enum situation policy_words(const struct exchange *x)
{
	bool named =
		x->grant == GRANT_PASSWORD && provider_has_error(x->provider, S_sign_on_policy);

	return named ? S_sign_on_policy : S_conditional_access;
}

bool person_may(struct exchange *x)
{
	const struct client *c = x->client;
	const struct user *u = x->user;
	bool assigned = !c->assignment || words_have(&c->users, u->name);

	for (size_t i = 0; c->assignment && i < u->groups.n; i++)
		assigned |= words_have(&c->groups, u->groups.v[i]);
	if (!assigned)
		return refuse(x, S_user_not_assigned);
	if (conf_bool(u->source, "blocked", false) || conf_bool(c->source, "blocked", false))
		return refuse(x, policy_words(x));
	if (!c->consented)
		return refuse(x, S_consent_missing);
	return trouble_passes(x, MOMENT_GRANT);
}

/* Entra: an API that has roles wants one of them assigned to the client. */
bool roles_assigned(struct exchange *x, const struct scopes *s)
{
	const struct attr *roles = attr_find(&x->client->attrs, "roles");

	if (!s->resource || !s->resource->roles.n)
		return true;
	if (roles && roles->value.kind == VALUE_JSON && roles->value.n > 2)
		return true;
	return refuse_word(x, S_role_not_assigned, s->resource->uri);
}

/* Okta: the org's own server wants a key, not a secret. */
static bool proof_suffices(struct exchange *x)
{
	if (!tenant_flag(x->tenant, "org") || form_get(&x->form, "client_assertion"))
		return true;
	return refuse(x, S_needs_private_key_jwt);
}

void grant_client_credentials(struct exchange *x)
{
	struct scopes scopes;

	if (x->tenant->any && provider_has_error(x->provider, S_missing_tenant)) {
		refuse(x, S_missing_tenant); /* nobody signs in who would lead to one */
		return;
	}
	if (!proof_suffices(x))
		return;
	if (!scopes_judge(x, form_get(&x->form, "scope"), &scopes))
		return;
	if (!x->client->consented) {
		refuse(x, S_consent_missing);
		return;
	}
	if (!roles_assigned(x, &scopes) || !trouble_passes(x, MOMENT_GRANT))
		return;
	issue_begin(x, &scopes);
	issue_answer(x, NULL, 0, 0);
}
