/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session-list.c - what the control API shows of refresh families, and how it ends them.
 */
#include "idp-sim/session.h"

#include <string.h>

struct listing {
	struct idp *idp;
	json_t *list;
};

/* The limits of the token that was issued last, as grant-refresh.c has them. */
static bool is_over(const struct idp *idp, const struct session *s)
{
	const struct client *c = provider_client(s->provider, s->client_id);
	int64_t most = c && c->life_ms[LIFE_SESSION] >= 0 ? c->life_ms[LIFE_SESSION]
							  : s->provider->life_ms[LIFE_SESSION];
	int64_t from = s->provider->behaviours.refresh_inherits ? s->started_ms : s->issued_ms;
	int64_t now = clk_now_ms(&idp->clk);

	if (s->idle_ms && from + s->idle_ms <= now)
		return true;
	return most && !s->offline && s->started_ms + most <= now;
}

static const char *status_of(const struct idp *idp, const struct session *s)
{
	if (s->reused)
		return "reused";
	if (s->revoked)
		return "revoked";
	return s->expired || is_over(idp, s) ? "expired" : "active";
}

static bool list_one(void *ctx, struct record *r)
{
	struct listing *l = ctx;
	struct session *s = (struct session *)r;

	pthread_mutex_lock(&r->lock);
	json_array_append_new(
		l->list,
		json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s, s:s, s:i, s:I, s:I}", "id", r->key,
			  "provider", s->provider->name, "tenant", s->tenant->id, "user",
			  s->user, "client_id", s->client_id, "scope", s->scope, "status",
			  status_of(l->idp, s), "refreshes", (int)s->generation - 1, "started",
			  (json_int_t)(s->started_ms / 1000), "refreshed",
			  (json_int_t)(s->issued_ms / 1000)));
	pthread_mutex_unlock(&r->lock);
	return json_array_size(l->list) < MOST_SESSIONS;
}

json_t *sessions_list(struct idp *s)
{
	struct listing l = { .idp = s, .list = json_array() };

	store_each(s->sessions, list_one, &l);
	return l.list;
}

/* ---- ending them ---- */

struct ending {
	struct idp *idp;
	const struct facts *which;
	bool revoke;
	int n;
};

static bool matches(const char *want, const char *have)
{
	return !want || (have && !strcmp(want, have));
}

static void end(void *ctx, struct record *r)
{
	struct session *s = (struct session *)r;

	if (((struct ending *)ctx)->revoke)
		s->revoked = true;
	else
		s->expired = true;
}

static bool end_one(void *ctx, struct record *r)
{
	struct ending *e = ctx;
	struct session *s = (struct session *)r;
	const struct facts *w = e->which;
	const struct client *c = provider_client(s->provider, w->client_id);

	if (!matches(w->provider, s->provider->name) || !matches(w->tenant, s->tenant->id) ||
	    !matches(w->user, s->user) || !matches(c ? c->id : w->client_id, s->client_id))
		return true;
	e->n += store_change(e->idp->sessions, r, end, e);
	return true;
}

int sessions_end(struct idp *s, const struct facts *which, bool revoke)
{
	struct ending e = { .idp = s, .which = which, .revoke = revoke };

	store_each(s->sessions, end_one, &e);
	return e.n;
}
