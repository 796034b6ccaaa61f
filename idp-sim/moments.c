/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moments.c - where in an exchange an armed error strikes: at the step where the real
 * provider gives it.
 */
#include "idp-sim/serve.h"
#include "idp-sim/text.h"

#include <string.h>

/* Situations by the beginning of their names; the first row that fits counts. */
static const struct {
	const char *prefix;
	enum moment moment;
	const char *grants; /* only for these, blank separated; NULL: for all */
} rows[] = {
	{ "refresh_", MOMENT_GRANT, "refresh_token" },
	{ "code_", MOMENT_GRANT, "authorization_code" },
	{ "pkce_m", MOMENT_GRANT, "authorization_code device_code" },
	{ "redirect_uri_mismatch", MOMENT_GRANT, "authorization_code" },
	{ "device_flow_disabled", MOMENT_CLIENT, "device_code" },
	{ "device_", MOMENT_POLL, NULL },
	{ "authorization_pending", MOMENT_POLL, NULL },
	{ "slow_down", MOMENT_POLL, NULL },
	{ "wrong_password", MOMENT_GRANT, "password" },
	{ "unknown_user", MOMENT_GRANT, "password" },
	{ "user_disabled", MOMENT_GRANT, "password" },
	{ "user_locked", MOMENT_GRANT, "password" },
	{ "password_expired", MOMENT_GRANT, "password" },
	{ "must_change_password", MOMENT_GRANT, "password" },
	{ "consent_missing", MOMENT_GRANT, NULL },
	{ "user_", MOMENT_GRANT, NULL },
	{ "role_not_assigned", MOMENT_GRANT, "client_credentials" },
	{ "policy_", MOMENT_GRANT, NULL },
	{ "conditional_access", MOMENT_GRANT, NULL },
	{ "mfa_", MOMENT_GRANT, NULL },
	{ "guest_", MOMENT_GRANT, NULL },
	{ "sign_on_policy", MOMENT_GRANT, "password" },
	{ "access_denied", MOMENT_GRANT, NULL },
	{ "invalid_grant", MOMENT_GRANT, NULL },
	{ "other_tenant", MOMENT_GRANT, "refresh_token authorization_code" },
	{ "invalid_token", MOMENT_GRANT, NULL },
	{ "token_", MOMENT_GRANT, NULL },
	{ "session_ended", MOMENT_GRANT, NULL },
	{ "insufficient_scope", MOMENT_GRANT, NULL },
	{ "too_many_user_codes", MOMENT_CLIENT, "device" },
	{ "invalid_client", MOMENT_CLIENT, NULL },
	{ "unknown_client", MOMENT_CLIENT, NULL },
	{ "client_", MOMENT_CLIENT, NULL },
	{ "missing_secret", MOMENT_CLIENT, NULL },
	{ "wrong_", MOMENT_CLIENT, NULL },
	{ "secret_", MOMENT_CLIENT, NULL },
	{ "unauthorized_client", MOMENT_CLIENT, NULL },
	{ "grant_not_allowed", MOMENT_CLIENT, NULL },
	{ "invalid_scope", MOMENT_CLIENT,
	  "device password client_credentials refresh_token "
	  "authorize" },
	{ "malformed_scope", MOMENT_CLIENT, "device password client_credentials authorize" },
	{ "unknown_", MOMENT_CLIENT, NULL },
	{ "missing_scope", MOMENT_CLIENT,
	  "device password client_credentials authorization_code authorize" },
	{ "resource_", MOMENT_CLIENT, "device password client_credentials authorize" },
	{ "openid_scope_", MOMENT_CLIENT, "client_credentials" },
	{ "custom_scope_", MOMENT_CLIENT, "device password client_credentials authorize" },
};

struct question {
	const struct exchange *x;
	enum moment moment;
};

static bool applies(void *ctx, const char *what)
{
	const struct question *q = ctx;
	const char *here = q->x->facts.grant ? q->x->facts.grant : q->x->facts.endpoint;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strncmp(what, rows[i].prefix, strlen(rows[i].prefix)))
			return rows[i].moment == q->moment &&
			       (!rows[i].grants || text_lists(rows[i].grants, here));
	return q->moment == MOMENT_START;
}

/* What the text of an armed error quotes: what was said, else what the request has there. */
static const char *quoted_word(struct exchange *x, const struct trouble *t)
{
	const char *name = strstr(t->what, "scope")	   ? "scope"
			   : strstr(t->what, "redirect")   ? "redirect_uri"
			   : strstr(t->what, "client")	   ? "client_id"
			   : strstr(t->what, "grant_type") ? "grant_type"
							   : NULL;
	const char *value = name ? form_get(&x->form, name) : NULL;

	if (*t->value)
		return arena_str(x->arena, t->value);
	return value || !name ? value : form_get(&x->query, name);
}

bool trouble_passes(struct exchange *x, enum moment m)
{
	struct question q = { .x = x, .moment = m };
	struct trouble t;
	enum situation s;

	if (!trouble_take(x->idp->troubles, TROUBLE_ERROR, &x->facts, applies, &q, &t))
		return true;
	s = situation_find(t.what);
	if (!x->word)
		x->word = quoted_word(x, &t);
	const struct oauth_error *e = *t.code ? provider_find_error(x->provider, t.code) : NULL;
	if (e)
		return refuse_with(x, e->situation, e);
	return refuse(x, s ? s : S_server_error);
}
