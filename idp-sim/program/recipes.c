/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipes - how each situation comes about for its natural reason: a flow, and steps that
 * change what is registered, what a person does, the time, or the request.
 */
#include "idp-sim/program/play.h"

#include <string.h>

/* One situation may have several recipes; the first whose answer is the wanted error wins.
 * `flow` is used unless the error itself names a grant or an endpoint. Steps: see below. */
static const struct recipe {
	const char *situation, *flow;
	const char *steps[4];
} recipes[] = {
	{ "not_found", "discovery", { "path:/no/such/page" } },
	{ "wrong_method", "password", { "method:GET" } },
	{ "wrong_method", "password", { "method:PUT" } },
	{ "wrong_content_type", "device", { "type:application/json", "body:{}" } },
	{ "wrong_content_type", "password", { "type:application/json", "body:{}" } },
	{ "unknown_tenant", "password", { "tenant:no-such-tenant.test" } },
	{ "unknown_tenant", "discovery", { "tenant:no-such-tenant.test" } },
	{ "malformed_tenant", "password", { "tenant:invalid_tenant" } },
	{ "missing_tenant", "password", { "tenant:common" } },
	{ "duplicate_parameter", "password", { "twice:scope" } },
	{ "missing_parameter", "device_code", { "drop:device_code" } },
	{ "missing_parameter", "password", { "drop:client_id" } },
	{ "missing_parameter", "refresh_token", { "drop:refresh_token" } },
	{ "missing_parameter", "authorization_code", { "drop:code" } },
	{ "missing_parameter", "authorize", { "drop:client_id" } },
	{ "missing_parameter", "device", { "drop:client_id" } },
	{ "missing_parameter", "password", { "drop:username" } },
	{ "missing_parameter", "introspect", { "drop:token" } },
	{ "missing_grant_type", "password", { "drop:grant_type" } },
	{ "unsupported_grant_type", "password", { "set:grant_type=foo" } },
	{ "missing_client", "password", { "drop:client_id" } },
	{ "missing_client", "device", { "drop:client_id" } },
	{ "missing_client", "authorize", { "drop:client_id" } },
	{ "invalid_client", "client_credentials", { "set:client_secret=wrong" } },
	{ "unknown_client",
	  "password",
	  { "set:client_id=66666666-7777-8888-9999-aaaaaaaaaaaa" } },
	{ "unknown_client",
	  "device",
	  { "set:client_id=66666666-7777-8888-9999-aaaaaaaaaaaa" } },
	{ "client_disabled", "password", { "client:{\"disabled\": true}" } },
	{ "client_bearer_only", "client_credentials", { "client:{\"bearer_only\": true}" } },
	{ "missing_secret", "client_credentials", { "drop:client_secret" } },
	{ "wrong_secret", "client_credentials", { "set:client_secret=wrong" } },
	{ "secret_for_public_client", "password", { "set:client_secret=needless" } },
	{ "malformed_basic",
	  "client_credentials",
	  { "drop:client_id", "drop:client_secret", "basic:!!" } },
	{ "multiple_credentials", "client_credentials", { "basic:same" } },
	{ "wrong_auth_method",
	  "client_credentials",
	  { "client:{\"token_endpoint_auth_method\": \"private_key_jwt\"}" } },
	{ "needs_private_key_jwt",
	  "client_credentials",
	  { "client:{\"token_endpoint_auth_method\": \"private_key_jwt\"}" } },
	{ "invalid_assertion",
	  "client_credentials",
	  { "drop:client_secret",
	    "set:client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
	    "set:client_assertion=e30.e30.e30" } },
	{ "grant_not_allowed",
	  "password",
	  { "client:{\"grants\": [\"refresh_token\", \"device_code\"]}" } },
	{ "grant_not_allowed",
	  "client_credentials",
	  { "client:{\"grants\": [\"password\"]}" } },
	{ "grant_not_allowed", "device", { "client:{\"grants\": [\"password\"]}" } },
	{ "unauthorized_client", "password", { "client:{\"grants\": [\"refresh_token\"]}" } },
	{ "device_flow_disabled", "device", { "client:{\"grants\": [\"password\"]}" } },
	{ "device_flow_disabled",
	  "device_code",
	  { "then-client:{\"grants\": [\"password\"]}" } },
	{ "device_flow_disabled", "device_code", { "client:{\"grants\": [\"password\"]}" } },
	{ "public_client_credentials", "password", { "set:grant_type=client_credentials" } },
	{ "invalid_scope", "device", { "scope:api://platform/nope" } },
	{ "invalid_scope", "password", { "scope:openid platform:nope" } },
	{ "invalid_scope", "password", { "scope:api://platform/nope" } },
	{ "malformed_scope", "device", { "scope:api://platform//" } },
	{ "malformed_scope", "password", { "scope:\"" } },
	{ "unknown_scope", "password", { "scope:openid platform:nope" } },
	{ "missing_scope", "client_credentials", { "drop:scope" } },
	{ "missing_scope", "device", { "drop:scope" } },
	{ "missing_scope", "password", { "drop:scope" } },
	{ "openid_scope_for_client", "client_credentials", { "set:scope=openid" } },
	{ "custom_scope_refused", "client_credentials", { "set:scope=platform:read" } },
	{ "unknown_resource", "password", { "scope:api://no-such-api/.default" } },
	{ "unknown_resource",
	  "client_credentials",
	  { "set:scope=api://no-such-api/.default" } },
	{ "consent_missing", "password", { "client:{\"consented\": false}" } },
	{ "consent_missing", "refresh_token", { "then-client:{\"consented\": false}" } },
	{ "user_consent_missing", "password", { "client:{\"consent_required\": true}" } },
	{ "user_not_assigned",
	  "password",
	  { "client:{\"assignment_required\": true, \"users\": [], \"groups\": []}" } },
	{ "authorization_pending", "device_code", { "pending" } },
	{ "slow_down", "device_code", { "pending", "again" } },
	{ "device_code_expired", "device_code", { "pending", "advance:device" } },
	{ "device_code_invalid", "device_code", { "set:device_code=garbage" } },
	{ "device_code_used", "device_code", { "again" } },
	{ "device_code_other_client", "device_code", { "other-client" } },
	{ "device_declined", "device_code", { "deny" } },
	{ "missing_username", "password", { "drop:username" } },
	{ "wrong_password", "password", { "set:password=wrong" } },
	{ "missing_password", "password", { "drop:password" } },
	{ "unknown_user", "password", { "set:username=nobody@example.test" } },
	{ "user_disabled", "password", { "user:{\"disabled\": true}" } },
	{ "user_disabled", "userinfo", { "then-user:{\"disabled\": true}" } },
	{ "user_locked", "password", { "user:{\"locked\": true}" } },
	{ "password_expired", "password", { "user:{\"password_expired\": true}" } },
	{ "must_change_password", "password", { "user:{\"must_change_password\": true}" } },
	{ "mfa_required", "password", { "user:{\"mfa_required\": true}" } },
	{ "guest_not_in_tenant", "password", { "user:{\"guest\": true}" } },
	{ "refresh_token_invalid", "refresh_token", { "set:refresh_token=garbage" } },
	{ "refresh_token_expired", "refresh_token", { "advance:refresh" } },
	{ "refresh_token_expired", "refresh_token", { "expire" } },
	{ "refresh_token_revoked", "refresh_token", { "revoke" } },
	{ "refresh_token_reused", "refresh_token", { "again", "advance:120", "again" } },
	{ "refresh_token_reused", "refresh_token", { "again" } },
	{ "refresh_successor_of_reused", "refresh_token", { "successor" } },
	{ "refresh_token_other_client", "refresh_token", { "other-client" } },
	{ "refresh_user_disabled", "refresh_token", { "then-user:{\"disabled\": true}" } },
	{ "refresh_scope_denied", "refresh_token", { "set:scope=openid platform:nope" } },
	{ "code_invalid", "authorization_code", { "set:code=garbage" } },
	{ "code_expired", "authorization_code", { "advance:code" } },
	{ "code_used", "authorization_code", { "again" } },
	{ "code_other_client", "authorization_code", { "other-client" } },
	{ "redirect_uri_mismatch",
	  "authorization_code",
	  { "set:redirect_uri=http://127.0.0.1:9999/elsewhere" } },
	{ "pkce_mismatch",
	  "authorization_code",
	  { "set:code_verifier=wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong" } },
	{ "pkce_malformed", "authorization_code", { "set:code_verifier=short" } },
	{ "pkce_missing", "authorization_code", { "drop:code_verifier" } },
	{ "pkce_required",
	  "authorize",
	  { "client:{\"pkce\": \"S256\"}", "drop:code_challenge",
	    "drop:code_challenge_method" } },
	{ "pkce_method_refused",
	  "authorize",
	  { "client:{\"pkce\": \"S256\"}", "set:code_challenge_method=plain" } },
	{ "bad_redirect_uri", "authorize", { "set:redirect_uri=https://evil.test/" } },
	{ "missing_redirect_uri", "authorize", { "drop:redirect_uri" } },
	{ "missing_response_type", "authorize", { "drop:response_type" } },
	{ "unsupported_response_type", "authorize", { "set:response_type=foo" } },
	{ "login_required", "authorize", { "set:prompt=none" } },
	{ "missing_token", "userinfo", { "auth:" } },
	{ "invalid_token", "userinfo", { "auth:Bearer garbage" } },
	{ "token_expired", "userinfo", { "advance:access" } },
	{ "token_revoked", "userinfo", { "revoke" } },
	{ "session_ended", "userinfo", { "revoke" } },
	{ "introspect_unauthenticated",
	  "introspect",
	  { "drop:client_id", "drop:client_secret" } },
	{ "introspect_public_client", "introspect", { "public-client" } },
	{ "introspect_missing_token", "introspect", { "drop:token" } },
	{ "revoke_missing_token", "revoke", { "drop:token" } },
	{ "revoke_garbage", "revoke", { "set:token=garbage" } },
	{ "revoke_other_client", "revoke", { "other-client" } },
	{ "logout_bad_redirect_uri",
	  "logout",
	  { "set:post_logout_redirect_uri=https://evil.test/", "set-client" } },
	{ "logout_bad_hint", "logout", { "set:id_token_hint=garbage" } },
	{ "unknown_instance",
	  "instance",
	  { "set:authorization_endpoint=https://login.evil.test/common/oauth2/v2.0/"
	    "authorize" } },
	{ "authentication_failed",
	  "authn",
	  { "body:{\"username\":\"alice\",\"password\":\"wrong\"}" } },
	{ "tenant_disabled", "password", { "tenant-off" } },
	{ "not_found", "discovery", { "under:/no-such-page" } },
	{ "wrong_password", "sign_in", { "wrong-password" } },
	{ "session_expired", "sign_in", { "advance:86400" } },
	{ "user_disabled", "sign_in", { "user:{\"disabled\": true}" } },
	{ "grant_not_allowed", "authorize", { "set:response_type=token" } },
	{ "pkce_method_unknown", "authorize", { "set:code_challenge_method=S512" } },
	{ "consent_denied", "consent", { "client:{\"consent_required\": true}", "deny" } },
	{ "user_code_invalid", "device_page", { "" } },
	{ "insufficient_scope", "userinfo", { "scope:email" } },
	{ "logout_missing_hint",
	  "logout",
	  { "set:post_logout_redirect_uri=https://app.test/" } },
	{ "invalid_client", "introspect", { "set:client_secret=wrong" } },
	{ "invalid_client", "introspect", { "set:client_id=nobody" } },
	{ "missing_tenant", "client_credentials", { "tenant:common" } },
	{ "missing_tenant", "password", { "tenant:organizations" } },
	{ "secret_expired", "client_credentials", { "client:{\"secret_expired\": true}" } },
	{ "conditional_access", "password", { "user:{\"blocked\": true}" } },
	{ "policy_denied", "password", { "client:{\"policy_grants\": [\"device_code\"]}" } },
	{ "guest_not_in_tenant", "password", { "user:{\"tenant\": \"other.test\"}" } },
	{ "refresh_token_expired_spa",
	  "refresh_token",
	  { "client:{\"spa\": true}", "advance:86400" } },
	{ "refresh_sign_in_frequency",
	  "refresh_token",
	  { "client:{\"sign_in_frequency\": \"9h\"}", "advance:32400" } },
	{ "rate_limited", "password", { "client:{\"rate_limit\": 1}", "again" } },
	{ "sign_on_policy", "password", { "user:{\"mfa_required\": true}" } },
	{ "needs_private_key_jwt",
	  "client_credentials",
	  { "set:scope=okta.users.read", "path:/oauth2/v1/token" } },
	{ "custom_scope_refused",
	  "password",
	  { "set:scope=platform.read", "path:/oauth2/v1/token" } },
	{ "unknown_scope", "password", { "set:scope=nope", "path:/oauth2/v1/token" } },
	{ "malformed_scope", "password", { "set:scope=a\"b", "path:/oauth2/v1/token" } },
	{ "malformed_scope", "device", { "set:scope=a\"b" } },
	{ "role_not_assigned", "client_credentials", { "client:{\"roles\": []}" } },
	{ "role_not_assigned", "client_credentials", { "client:{\"granted_scopes\": []}" } },
	{ "resource_not_registered", "client_credentials", { "client:{\"resources\": []}" } },
	{ "other_tenant", "refresh_token", { "other-tenant" } },
	{ "refresh_scope_denied", "refresh_token", { "set:scope=openid platform:write" } },
	{ "refresh_scope_denied", "refresh_token", { "set:scope=openid email" } },
	{ "credentials_in_query",
	  "client_credentials",
	  { "query:client_secret=in-the-query" } },
	{ "too_many_user_codes", "device", { "again", "again", "again", "again" } },
	{ "subject_token_invalid",
	  "password",
	  { "client:{\"grants\": [\"password\", \"token_exchange\"]}",
	    "set:grant_type=urn:ietf:params:oauth:grant-type:token-exchange",
	    "set:subject_token=garbage",
	    "set:subject_token_type=urn:ietf:params:oauth:token-type:access_token" } },
	{ "access_denied", "consent", { "client:{\"consent_required\": true}", "deny" } },
	{ "consent_denied",
	  "consent",
	  { "client:{\"consent_required\": true, \"consented\": false}", "deny" } },
	{ "missing_scope", "authorization_code", { "set:scope=" } },
};

/* ---- steps ---- */

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
static bool patch_client_now(struct play *p, const char *arg, struct err *err)
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
	{ "client", true, patch_client_now },
	{ "user", true, patch_user_now },
	{ "pending", true, step_pending },
	{ "deny", true, step_deny },
	{ "scope", true, step_scope },
	{ "then-client", false, patch_client_now },
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

static bool act_all(struct play *p, const struct recipe *r, bool early, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(r->steps) && r->steps[i]; i++)
		if (!act(p, r->steps[i], early, err))
			return false;
	return true;
}

/* ---- one error ---- */

static bool is_version(const char *variant)
{
	return *variant >= '0' && *variant <= '9';
}

/* The first client that the flow would take, so that early steps can change it. */
static void choose_client(struct play *p, const char *flow)
{
	static const struct {
		const char *flow;
		enum grant grant;
		bool is_public;
	} rows[] = { { "client_credentials", GRANT_CLIENT_CREDENTIALS, false },
		     { "device", GRANT_DEVICE_CODE, true },
		     { "device_code", GRANT_DEVICE_CODE, true },
		     { "authorize", GRANT_AUTHORIZATION_CODE, true },
		     { "authorization_code", GRANT_AUTHORIZATION_CODE, true } };
	enum grant grant = GRANT_PASSWORD;
	bool is_public = true;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].flow, flow)) {
			grant = rows[i].grant;
			is_public = rows[i].is_public;
		}
	p->client = play_client(p, grant, is_public);
	if (!p->client)
		p->client = play_client(p, grant, !is_public);
}

/* As before anything happened. */
static bool afresh(struct play *p, struct err *err)
{
	int status;

	json_decref(idp_call(p->idp, "POST", "/_sim/reset", NULL, &status));
	if (status >= 300)
		return fail(err, ERR_INPUT, "cannot reset");
	buf_reset(&p->notes);
	p->ask = (struct ask) { 0 };
	p->client = NULL;
	p->scope = p->redirect_uri = NULL;
	p->pending = p->deny = false;
	p->user = play_user(p);
	p->version =
		p->error->variant && is_version(p->error->variant) ? p->error->variant : NULL;
	return true;
}

/* Whether the last answer was the wanted error: a more special situation may have been met
 * for which the dialect has no words of its own. */
static bool was_it(struct play *p)
{
	int status;
	AUTO(json_t) json_t *answer = idp_call(p->idp, "GET", "/_sim/journal", NULL, &status);
	const json_t *entries = json_object_get(answer, "entries");
	const json_t *last = json_array_get(entries, json_array_size(entries) - 1);
	enum situation met = situation_find(conf_str(last, "situation", ""));
	struct facts f = { .endpoint = conf_str(last, "endpoint", NULL),
			   .grant = conf_str(last, "grant", NULL) };

	return met == p->error->situation ||
	       (met && provider_error(p->provider, met, &f, p->version) == p->error);
}

/* Status, error and code as the table has them; where they are said depends on the dialect. */
static bool agrees(const struct play *p, const struct wire_answer *answer)
{
	const struct oauth_error *e = p->error;
	const char *location = wire_header(answer, "Location");
	const char *challenge = wire_header(answer, "WWW-Authenticate");
	const char *body = answer->body ? answer->body : "";

	if (location)
		return !e->error || strstr(location, e->error);
	if (answer->status != e->status)
		return false;
	if (e->code && !strstr(body, e->code))
		return false;
	return !e->error || e->page || strstr(body, e->error) ||
	       (challenge && strstr(challenge, e->error)) || *body != '{';
}

static bool finish(struct play *p, enum way way, struct outcome *ret, struct err *err)
{
	AUTO_BUF curl = { 0 };

	wire_answer_done(&ret->answer);
	ask_curl(&p->ask, &curl);
	if (!play_send(p, &ret->answer, err))
		return false;
	ret->way = way;
	ret->curl = arena_str(p->arena, curl.p);
	ret->notes = arena_str(p->arena, p->notes.p ? p->notes.p : "");
	ret->agrees = was_it(p) && agrees(p, &ret->answer);
	return true;
}

static bool try_recipe(struct play *p, const struct recipe *r, struct outcome *ret)
{
	const char *variant = p->error->variant;
	const char *flow = variant && !is_version(variant) && strcmp(variant, "token") != 0
				   ? variant
				   : r->flow;
	struct err err = { 0 };

	if (!afresh(p, &err))
		return false;
	choose_client(p, flow);
	return act_all(p, r, true, &err) && play_flow(p, flow, &err) &&
	       act_all(p, r, false, &err) && finish(p, WAY_NATURE, ret, &err) && ret->agrees;
}

/* Where an armed error may strike, the likeliest first. */
static const char *const trouble_flows[] = {
	"password",	      "device_code", "device",	 "refresh_token",
	"client_credentials", "authorize",   "userinfo", "authorization_code",
	"introspect",	      "revoke",	     "logout",	 "authn",
	"discovery",	      "instance",
};

static bool try_trouble(struct play *p, const char *flow, struct outcome *ret)
{
	const struct oauth_error *e = p->error;
	/* Two situations can share a code: then the situation says which. */
	bool unique = e->code && provider_find_error(p->provider, e->code) == e;
	const char *word = unique ? e->code : situation_names[e->situation];
	struct err err = { 0 };

	if (!afresh(p, &err) || !play_flow(p, flow, &err))
		return false;
	json_t *body = json_pack("{s:s, s:s, s:i}", "error", word, "provider",
				 p->provider->name, "next", 1);
	return play_control(p, "POST", "/_sim/troubles", body,
			    arena_printf(p->arena, "fail %s,provider=%s,next=1", word,
					 p->provider->name),
			    &err) &&
	       finish(p, WAY_TROUBLE, ret, &err) && ret->agrees;
}

bool reproduce(struct play *p, struct outcome *ret, struct err *err)
{
	const char *name = situation_names[p->error->situation];
	const char *variant = p->error->variant;

	for (size_t i = 0; i < ARRAY_LEN(recipes); i++)
		if (!strcmp(recipes[i].situation, name) && try_recipe(p, &recipes[i], ret))
			return true;
	if (variant && !is_version(variant) && try_trouble(p, variant, ret))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(trouble_flows); i++)
		if (try_trouble(p, trouble_flows[i], ret))
			return true;
	ret->way = WAY_NONE;
	return fail(err, ERR_INPUT, "neither nature nor trouble leads to '%s'", name);
}
