/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/bearer.h"
#include "idp-sim/scope.h"

#include <string.h>
#include <strings.h>

static const char *bearer_token(struct exchange *x)
{
	if (x->authorization && !strncasecmp(x->authorization, "Bearer ", 7))
		return x->authorization + 7;
	return form_get(&x->form, "access_token");
}

/* Userinfo of a path without tenant (Microsoft Graph): the token says whose it is. */
static void find_tenant_of(struct exchange *x, const char *token)
{
	AUTO_JWT jwt = { 0 };

	if (x->tenant)
		return;
	if (jwt_read(x->arena, token, strlen(token), &jwt))
		x->tenant = provider_tenant(x->provider, conf_str(jwt.claims, "tid", NULL));
	if (!x->tenant)
		x->tenant = provider_tenant(x->provider, x->provider->first_tenant);
}

static void show_person(struct exchange *x, struct bearer *b)
{
	bearer_adopt(x, b);
	if (x->user && x->user->disabled) {
		refuse(x, S_user_disabled);
		return;
	}
	if (x->provider->behaviours.userinfo_needs_openid && !x->issue->scopes.openid) {
		refuse(x, S_insufficient_scope);
		return;
	}
	if (trouble_passes(x, MOMENT_GRANT))
		answer(x, 200, x->endpoint->body);
}

void serve_userinfo(struct exchange *x)
{
	const char *token = bearer_token(x);
	struct bearer b = { 0 };
	enum situation why;

	if (!token || !*token) {
		refuse(x, S_missing_token);
		return;
	}
	find_tenant_of(x, token);
	why = bearer_judge(x, token, &b);
	if (why)
		refuse(x, why);
	else
		show_person(x, &b);
	bearer_done(&b);
}
