/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grant-password.c - a name and a password, at the token endpoint and on the sign-in page.
 */
#include "idp-sim/scope.h"
#include "idp-sim/token.h"
#include "idp-sim/totp.h"
#include "idp-sim/text.h"

#include <string.h>

static bool is_locked(const struct exchange *x, const struct user *u)
{
	return u->locked || u->state->locked_until_ms > x->now_ms;
}

/* Counts a wrong password; many lock the account for a while. */
static void count_failure(struct exchange *x, const struct user *u)
{
	const struct behaviours *b = &x->provider->behaviours;
	int64_t after =
		attr_int(x->tenant ? &x->tenant->attrs : NULL, "lock_after", b->lock_after);

	if (after && ++u->state->failures >= after) {
		u->state->locked_until_ms = x->now_ms + b->lock_for_ms;
		u->state->failures = 0;
	}
}

static bool otp_right(struct exchange *x, const struct user *u)
{
	const char *given = form_get(&x->form, "totp");

	if (!given)
		given = form_get(&x->form, "otp");
	return given &&
	       (text_same(given, u->otp) || totp_matches(u->otp, given, x->now_ms / 1000));
}

static enum situation judge_account(const struct exchange *x, const struct user *u)
{
	if (u->disabled)
		return S_user_disabled;
	return is_locked(x, u) ? S_user_locked : S_none;
}

static enum situation judge_secret(struct exchange *x, const struct user *u,
				   const char *password)
{
	if (!u->password || !text_same(u->password, password)) {
		count_failure(x, u);
		return S_wrong_password;
	}
	return S_none;
}

enum situation judge_password(struct exchange *x, const char *login, const char *password)
{
	bool first = x->provider->behaviours.state_first;
	const struct user *u = provider_user(x->provider, login);
	const struct user *foreigner = NULL;
	enum situation why = S_none;

	if (u && is_foreign(u, x->tenant))
		foreigner = u, u = NULL;
	x->user = u;
	x->facts.user = u ? u->name : login;
	x->word = login;
	if (u && !user_rate_allows(x, u))
		return S_user_rate_limited;
	if (!u)
		return foreigner ? S_guest_not_in_tenant : S_unknown_user;
	if (first)
		why = judge_account(x, u);
	if (!why)
		why = judge_secret(x, u, password);
	if (!why && !first)
		why = judge_account(x, u);
	if (!why && u->otp && !otp_right(x, u)) {
		count_failure(x, u);
		why = S_wrong_password;
	}
	if (!why)
		u->state->failures = 0;
	return why;
}

enum situation judge_readiness(const struct user *u)
{
	if (u->password_expired)
		return S_password_expired;
	if (u->must_change_password)
		return S_must_change_password;
	return u->mfa_required ? S_mfa_required : S_none;
}

/* common and organizations lead to the person's own tenant. */
void go_home(struct exchange *x)
{
	const struct tenant *home;

	if (!x->tenant || !x->tenant->any)
		return;
	home = provider_tenant(x->provider,
			       x->user && x->user->tenant ? x->user->tenant : x->tenant->home);
	if (home && !home->any) {
		x->tenant = home;
		x->facts.tenant = home->id;
	}
}

void grant_password(struct exchange *x)
{
	const char *login = form_get(&x->form, "username");
	const char *password = form_get(&x->form, "password");
	enum situation why;
	struct scopes scopes;

	if (!login || !*login) {
		x->parameter = "username";
		refuse(x, S_missing_username);
		return;
	}
	if (!scopes_judge(x, form_get(&x->form, "scope"), &scopes))
		return;
	if (x->client->consent_required) {
		refuse(x, S_user_consent_missing);
		return;
	}
	if (!password || !*password) {
		x->parameter = "password";
		refuse(x, S_missing_password);
		return;
	}
	why = judge_password(x, login, password);
	if (!why)
		why = judge_readiness(x->user);
	if (why) {
		refuse(x, why);
		return;
	}
	go_home(x);
	if (!person_may(x))
		return;
	issue_first(x, &scopes, session_new_id(x), 0, NULL);
}
