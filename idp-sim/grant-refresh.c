/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grant-refresh.c - a refresh token is exchanged: rotation, reuse, expiry.
 */
#include "idp-sim/scope.h"
#include "idp-sim/token.h"

#include <string.h>

/* Entra: a single page app has to sign in every day, and a policy may want more. The client
 * says true for the usual limit, or a duration; 0: no limit. */
static int64_t own_limit(const struct exchange *x, const char *name, int64_t usual_ms)
{
	const json_t *v = json_object_get(x->client->source, name);

	if (json_is_boolean(v))
		return json_is_true(v) ? usual_ms : 0;
	return conf_duration_ms(v, 0);
}

/* What the session says, whatever the token. Called with its lock held. */
static enum situation judge_session(struct exchange *x, const struct session *s,
				    const struct refresh_claim *c)
{
	int64_t most = s->offline ? 0 : provider_life_ms(x, LIFE_SESSION);
	int64_t from = x->provider->behaviours.refresh_inherits ? s->started_ms : c->issued_ms;

	int64_t ends = own_limit(x, "spa", 86400000);
	int64_t frequency = own_limit(x, "sign_in_frequency", 0);

	if (s->reused)
		return S_refresh_successor_of_reused;
	if (s->revoked)
		return S_refresh_token_revoked;
	if (s->expired || (c->expires_s && c->expires_s <= x->now_ms / 1000))
		return S_refresh_token_expired;
	if (s->idle_ms && from + s->idle_ms <= x->now_ms)
		return S_refresh_token_expired;
	if (most && s->started_ms + most <= x->now_ms)
		return S_refresh_token_expired;
	if (ends && s->started_ms + ends <= x->now_ms)
		return S_refresh_token_expired_spa;
	if (frequency && s->started_ms + frequency <= x->now_ms)
		return S_refresh_sign_in_frequency;
	return S_none;
}

static bool is_current(struct exchange *x, const struct session *s,
		       const struct refresh_claim *c)
{
	if (!x->provider->behaviours.refresh_is_jwt)
		return c->generation == s->generation;
	return !strcmp(x->refresh_jti, refresh_token_id(x, s->record.key, s->generation));
}

static bool is_previous(struct exchange *x, const struct session *s,
			const struct refresh_claim *c)
{
	if (!x->provider->behaviours.refresh_is_jwt)
		return c->generation + 1 == s->generation;
	return !strcmp(x->refresh_jti, refresh_token_id(x, s->record.key, s->generation - 1));
}

/* An old token came back. */
static enum situation judge_reuse(struct exchange *x, struct session *s,
				  const struct refresh_claim *c)
{
	const struct behaviours *b = &x->provider->behaviours;

	if (b->refresh_reuse == REUSE_KEEP)
		return S_none;
	if (is_previous(x, s, c) && x->now_ms - s->rotated_ms < b->refresh_grace_ms)
		return S_none;
	if (b->refresh_reuse == REUSE_REVOKE)
		s->reused = true;
	return S_refresh_token_reused;
}

/* One exchange: what is given, and what came of it. */
struct rotation {
	struct exchange *x;
	const struct refresh_claim *claim;
	enum situation why;
	unsigned generation;
	int64_t issued_ms;
};

static void move_on(struct exchange *x, struct session *s, const struct refresh_claim *c,
		    bool rotates)
{
	if (rotates) {
		s->generation++;
		s->rotated_ms = x->now_ms;
	}
	if (rotates || x->provider->behaviours.refresh_is_jwt)
		s->issued_ms = x->now_ms;
	if (!x->provider->behaviours.refresh_inherits)
		s->record.expires_ms += x->now_ms - c->issued_ms;
}

/* Decides and, when all is well, moves the session on: one step, so that of two equal
 * requests one wins. */
static void exchange_token(void *ctx, struct record *r)
{
	struct rotation *n = ctx;
	struct session *s = (struct session *)r;
	bool rotates = refresh_rotates(n->x);
	bool old = rotates && !is_current(n->x, s, n->claim);

	n->why = judge_session(n->x, s, n->claim);
	if (!n->why && old)
		n->why = judge_reuse(n->x, s, n->claim);
	/* Whoever comes late, but in time, is given the token that took its place. */
	if (old && n->x->provider->behaviours.refresh_reuse != REUSE_KEEP)
		rotates = false;
	if (!n->why)
		move_on(n->x, s, n->claim, rotates);
	n->generation = s->generation;
	n->issued_ms = s->issued_ms;
}

static enum situation judge_person(struct exchange *x, const struct session *s,
				   const struct refresh_claim *c)
{
	if (!s->user)
		return S_none;
	x->user = provider_user(x->provider, s->user);
	x->facts.user = s->user;
	if (!x->user || x->user->disabled)
		return S_refresh_user_disabled;
	if (is_foreign(x->user, x->tenant))
		return S_guest_not_in_tenant;
	if (c->issued_ms / 1000 < x->user->state->valid_from_ms / 1000)
		return S_refresh_token_revoked;
	return S_none;
}

static enum situation judge_owner(struct exchange *x, const struct session *s)
{
	const struct tenant *home = provider_tenant(x->provider, s->tenant->id);

	if (!same_provider(s->provider, x->provider) || !home)
		return S_refresh_token_invalid;
	if (x->tenant->any || s->tenant == x->tenant)
		x->tenant = home;
	else if (strcmp(s->tenant->id, x->tenant->id) != 0)
		return S_other_tenant;
	if (strcmp(s->client_id, x->client->id) != 0)
		return S_refresh_token_other_client;
	return S_none;
}

/* The asked scopes, or those of the sign-in. False after answering. */
static bool choose_scopes(struct exchange *x, const struct session *s, struct scopes *ret)
{
	const char *asked = form_get(&x->form, "scope");
	bool v1 = form_get(&x->form, "resource") && x->provider->behaviours.resources;
	struct scopes granted;

	scopes_parse(x, s->scope, &granted);
	if ((!asked || !*asked) && !v1) {
		*ret = granted;
		return true;
	}
	if (!scopes_judge(x, asked, ret))
		return false;
	if (x->provider->behaviours.refresh_widens) {
		ret->openid |= granted.openid;
		return true;
	}
	for (size_t i = 0; i < ret->n; i++)
		if (!scopes_have(&granted, ret->v[i]) &&
		    provider_has_error(x->provider, S_refresh_scope_denied))
			return refuse_word(x, S_refresh_scope_denied, ret->v[i]);
	scopes_narrow(x, ret, &granted);
	return true;
}

static struct session *find_session(struct exchange *x, const char *token,
				    struct refresh_claim *c)
{
	struct session *s;

	if (!refresh_token_read(x, token, c)) {
		refuse(x, S_refresh_token_invalid);
		return NULL;
	}
	x->token_issued_ms = c->issued_ms;
	s = session_get(x->idp, c->sid);
	if (s)
		return s;
	if (c->client_id && strcmp(c->client_id, x->client->id) != 0)
		refuse(x, S_refresh_token_other_client);
	else if (c->expires_s && c->expires_s <= x->now_ms / 1000)
		refuse(x, S_refresh_token_expired);
	else
		refuse(x, S_refresh_token_revoked);
	return NULL;
}

static void refresh(struct exchange *x, struct session *s, const struct refresh_claim *c)
{
	enum situation why = judge_owner(x, s);
	struct rotation n = { .x = x, .claim = c };
	struct scopes scopes;

	if (!why)
		why = judge_person(x, s, c);
	if (why == S_refresh_user_disabled && (s->revoked || s->reused))
		why = S_refresh_token_revoked;
	if (why) {
		refuse(x, why);
		return;
	}
	if (!choose_scopes(x, s, &scopes))
		return;
	if ((s->user && !person_may(x)) || !groups_fit(x, &scopes))
		return;
	if (!store_change(x->idp->sessions, &s->record, exchange_token, &n))
		return;
	if (n.why) {
		refuse(x, n.why);
		return;
	}
	issue_begin(x, &scopes);
	x->issue->auth_time =
		conf_bool(x->provider->source, "behaviours.refresh.auth_time", false)
			? s->auth_time
			: 0;
	issue_answer(x, s, n.generation, n.issued_ms);
}

void grant_refresh(struct exchange *x)
{
	const char *token = need(x, "refresh_token");
	struct refresh_claim c = { 0 };
	struct session *s = token ? find_session(x, token, &c) : NULL;

	if (!s)
		return;
	exchange_keep(x, &s->record);
	refresh(x, s, &c);
}
