/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moments.c - where in an exchange an armed error strikes: at the step where the real
 * provider gives it.
 */
#include "idp-sim/serve.h"
#include "idp-sim/text.h"

#include <string.h>

#define TOKEN_GRANTS                                                                           \
	"password client_credentials device_code refresh_token authorization_code "            \
	"token_exchange jwt_bearer introspect revoke"
#define SCOPED "device password client_credentials authorize"
#define ANYWHERE "*"
/* Where something is done; documents and pages are not. */
#define USUAL "token device authorize userinfo introspect revoke logout authn api " TOKEN_GRANTS

/* Situations by the beginning of their names; the first row that fits counts, and those after it
 * with the same beginning. */
static const struct {
	const char *prefix;
	enum moment moment;
	const char *places; /* grants or endpoints, blank separated; NULL: the usual ones */
} rows[] = {
	{ "refresh_", MOMENT_GRANT, "refresh_token" },
	{ "code_", MOMENT_GRANT, "authorization_code" },
	{ "pkce_method", MOMENT_CLIENT, "authorize" },
	{ "pkce_required", MOMENT_CLIENT, "authorize" },
	{ "pkce_m", MOMENT_GRANT, "authorization_code device_code" },
	{ "redirect_uri_mismatch", MOMENT_GRANT, "authorization_code" },
	{ "bad_redirect", MOMENT_START, "authorize" },
	{ "missing_redirect", MOMENT_START, "authorize" },
	{ "missing_response_type", MOMENT_CLIENT, "authorize" },
	{ "unsupported_response", MOMENT_CLIENT, "authorize" },
	{ "login_required", MOMENT_CLIENT, "authorize" },
	{ "interaction_required", MOMENT_CLIENT, "authorize" },
	{ "session_expired", MOMENT_START, "sign_in consent" },
	{ "consent_denied", MOMENT_PAGE, NULL },
	{ "device_flow_disabled", MOMENT_CLIENT, "device_code" },
	{ "device_flow_disabled", MOMENT_CLIENT, "device" },
	{ "device_", MOMENT_POLL, NULL },
	{ "authorization_pending", MOMENT_POLL, NULL },
	{ "slow_down", MOMENT_POLL, NULL },
	{ "missing_username", MOMENT_CLIENT, "password" },
	{ "missing_password", MOMENT_GRANT, "password" },
	{ "wrong_password", MOMENT_GRANT, "password" },
	{ "wrong_password", MOMENT_PAGE, "sign_in" },
	{ "unknown_user", MOMENT_GRANT, "password" },
	{ "unknown_user", MOMENT_PAGE, "sign_in" },
	{ "user_disabled", MOMENT_GRANT, "password userinfo" },
	{ "user_disabled", MOMENT_PAGE, "sign_in" },
	{ "user_locked", MOMENT_GRANT, "password" },
	{ "user_locked", MOMENT_PAGE, "sign_in" },
	{ "password_expired", MOMENT_GRANT, "password" },
	{ "must_change_password", MOMENT_GRANT, "password" },
	{ "user_not_assigned", MOMENT_GRANT, NULL },
	{ "user_not_assigned", MOMENT_PAGE, "sign_in" },
	{ "user_code_invalid", MOMENT_START, "device_page" },
	{ "groups_", MOMENT_GRANT, NULL },
	{ "user_rate", MOMENT_START, NULL },
	{ "user_", MOMENT_GRANT, NULL },
	{ "authentication_failed", MOMENT_START, "authn api" },
	{ "consent_missing", MOMENT_GRANT, NULL },
	{ "role_not_assigned", MOMENT_GRANT, "client_credentials" },
	{ "policy_", MOMENT_GRANT, NULL },
	{ "conditional_access", MOMENT_GRANT, NULL },
	{ "mfa_", MOMENT_GRANT, NULL },
	{ "guest_", MOMENT_GRANT, NULL },
	{ "sign_on_policy", MOMENT_GRANT, "password" },
	{ "access_denied", MOMENT_GRANT, NULL },
	{ "invalid_grant", MOMENT_GRANT, NULL },
	{ "other_tenant", MOMENT_GRANT, "refresh_token authorization_code" },
	{ "subject_token", MOMENT_CLIENT, "token_exchange" },
	{ "missing_token", MOMENT_START, "userinfo" },
	{ "invalid_token", MOMENT_GRANT, "userinfo" },
	{ "token_", MOMENT_GRANT, "userinfo" },
	{ "session_ended", MOMENT_GRANT, "userinfo" },
	{ "insufficient_scope", MOMENT_GRANT, "userinfo" },
	{ "introspect_", MOMENT_START, "introspect" },
	{ "revoke_", MOMENT_START, "revoke" },
	{ "logout_", MOMENT_START, "logout" },
	{ "not_found", MOMENT_START, ANYWHERE },
	{ "wrong_method", MOMENT_START, ANYWHERE },
	{ "unknown_tenant", MOMENT_START, ANYWHERE },
	{ "malformed_tenant", MOMENT_START, ANYWHERE },
	{ "unknown_instance", MOMENT_START, "instance" },
	{ "missing_grant_type", MOMENT_START, "token" },
	{ "unsupported_grant_type", MOMENT_START, "token" },
	{ "wrong_content_type", MOMENT_START, "token device introspect revoke" },
	{ "too_many_user_codes", MOMENT_CLIENT, "device" },
	{ "invalid_client", MOMENT_CLIENT, NULL },
	{ "unknown_client", MOMENT_CLIENT, NULL },
	{ "client_", MOMENT_CLIENT, NULL },
	{ "public_client", MOMENT_CLIENT, "client_credentials" },
	{ "missing_secret", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "wrong_secret", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "wrong_auth_method", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "secret_", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "invalid_assertion", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "missing_assertion", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "cross_origin_", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "assertion_", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "malformed_basic", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "multiple_credentials", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "needs_private_key_jwt", MOMENT_CLIENT, TOKEN_GRANTS },
	{ "unauthorized_client", MOMENT_CLIENT, NULL },
	{ "grant_not_allowed", MOMENT_CLIENT, NULL },
	{ "invalid_scope", MOMENT_CLIENT, SCOPED " refresh_token" },
	{ "malformed_scope", MOMENT_CLIENT, SCOPED },
	{ "missing_scope", MOMENT_CLIENT, SCOPED " authorization_code" },
	{ "resource_", MOMENT_CLIENT, SCOPED },
	{ "openid_scope_", MOMENT_CLIENT, "client_credentials" },
	{ "custom_scope_", MOMENT_CLIENT, SCOPED },
	{ "unknown_", MOMENT_CLIENT, SCOPED " refresh_token" },
	{ "", MOMENT_START, NULL },
};

/* Dialects that let every client begin a device login judge its grants when it polls. */
static bool judged_here(const struct exchange *x, const char *what, const char *here)
{
	return strcmp(here, "device") != 0 || x->provider->behaviours.device_checks_grant ||
	       (strcmp(what, "device_flow_disabled") != 0 &&
		strcmp(what, "grant_not_allowed") != 0);
}

static bool fits(const struct exchange *x, enum moment m, const char *what)
{
	const char *here = x->facts.grant ? x->facts.grant : x->facts.endpoint;
	size_t i = 0;

	while (strncmp(what, rows[i].prefix, strlen(rows[i].prefix)) != 0)
		i++;
	for (size_t j = i; j < ARRAY_LEN(rows) && !strcmp(rows[j].prefix, rows[i].prefix);
	     j++) {
		const char *places = rows[j].places	? rows[j].places
				     : m == MOMENT_PAGE ? "sign_in"
							: USUAL;
		if (rows[j].moment == m &&
		    (!strcmp(places, ANYWHERE) || text_lists(places, here)))
			return judged_here(x, what, here);
	}
	return false;
}

/* A code of several errors means the one for silence only where silence is asked for. */
static bool is_beside_the_point(const struct exchange *x, const struct oauth_error *e)
{
	const char *prompt = form_get(&x->query, "prompt");

	return e->situation == S_interaction_required &&
	       !(prompt && text_lists(prompt, "none"));
}

static enum situation armed(const struct trouble *t)
{
	enum situation s = situation_find(t->what);

	return s ? s : S_server_error;
}

/* The error that an armed one is here and now; NULL: none. Several errors can share a code: the
 * one that the dialect would give at this place is meant. Where it would give another code the
 * one that was asked for is given at the token endpoint, in its own words. */
static const struct oauth_error *error_now(const struct exchange *x, enum moment m,
					   const struct trouble *t)
{
	const struct provider *p = x->provider;
	const struct oauth_error *plain = NULL;

	if (!*t->code)
		return fits(x, m, t->what) ? provider_error(p, armed(t), &x->facts, x->version)
					   : NULL;
	for (size_t i = 0; i < p->n_errors; i++) {
		const struct oauth_error *e = &p->errors[i];
		if (!e->code || strcmp(e->code, t->code) != 0 || is_beside_the_point(x, e) ||
		    !fits(x, m, situation_names[e->situation]))
			continue;
		if (provider_error(p, e->situation, &x->facts, x->version) == e)
			return e;
		if (!plain && !e->variant && x->facts.grant)
			plain = e;
	}
	return plain;
}

struct question {
	const struct exchange *x;
	enum moment moment;
};

static bool applies(void *ctx, const struct trouble *t)
{
	const struct question *q = ctx;

	return error_now(q->x, q->moment, t) != NULL;
}

/* The name of a parameter that a missing one can be: what was said, else the first that is
 * needed here. */
static const char *parameter_here(const struct exchange *x, const struct trouble *t,
				  enum situation s)
{
	static const struct {
		const char *place, *name;
	} needed[] = {
		{ "device_code", "device_code" },
		{ "refresh_token", "refresh_token" },
		{ "authorization_code", "code" },
		{ "password", "username" },
		{ "client_credentials", "scope" },
		{ "introspect", "token" },
		{ "revoke", "token" },
	};
	const char *here = x->facts.grant ? x->facts.grant : x->facts.endpoint;

	if (*t->value)
		return arena_str(x->arena, t->value);
	if (s == S_missing_grant_type || !strcmp(here, "token"))
		return "grant_type";
	for (size_t i = 0; s == S_missing_parameter && i < ARRAY_LEN(needed); i++)
		if (!strcmp(needed[i].place, here))
			return needed[i].name;
	return s == S_missing_scope ? "scope" : "client_id";
}

/* "api://platform" of "openid api://platform/read". */
static const char *resource_of(struct exchange *x, const char *scope)
{
	const char *at = scope ? strstr(scope, "://") : NULL;
	const char *begin = at, *end;

	if (!at)
		return scope;
	while (begin > scope && begin[-1] != ' ')
		begin--;
	end = at + 3 + strcspn(at + 3, "/ ");
	return arena_dup(x->arena, begin, (size_t)(end - begin));
}

/* What the text of an armed error quotes: what was said, else what the request has there. */
static const char *quoted_word(struct exchange *x, const struct trouble *t)
{
	static const struct {
		const char *part, *name;
	} quoted[] = { { "scope", "scope" },
		       { "resource", "scope" },
		       { "redirect", "redirect_uri" },
		       { "client", "client_id" },
		       { "grant_type", "grant_type" },
		       { "response_type", "response_type" },
		       { "pkce_method", "code_challenge_method" } };
	const char *name = NULL, *value;

	if (*t->value)
		return arena_str(x->arena, t->value);
	if (strstr(t->what, "tenant"))
		return x->tenant_word;
	for (size_t i = 0; !name && i < ARRAY_LEN(quoted); i++)
		if (strstr(t->what, quoted[i].part))
			name = quoted[i].name;
	value = name ? form_get(&x->form, name) : NULL;
	if (!value && name)
		value = form_get(&x->query, name);
	return strstr(t->what, "resource") ? resource_of(x, value) : value;
}

const struct oauth_error *trouble_met(struct exchange *x, enum moment m, enum situation *ret)
{
	struct question q = { .x = x, .moment = m };
	const struct oauth_error *e;
	struct trouble t;

	if (!trouble_take(x->idp->troubles, TROUBLE_ERROR, &x->facts, applies, &q, &t))
		return NULL;
	e = error_now(x, m, &t);
	*ret = *t.code ? e->situation : armed(&t);
	if (!x->word)
		x->word = quoted_word(x, &t);
	if (!x->parameter)
		x->parameter = parameter_here(x, &t, *ret);
	return e;
}

bool trouble_passes(struct exchange *x, enum moment m)
{
	enum situation s;
	const struct oauth_error *e = trouble_met(x, m, &s);

	return !e || refuse_with(x, s, e);
}
