/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session-family.c - the families of one sign-in at a browser: each application that signs in
 * there has its own refresh tokens, and all have one session id (Keycloak).
 *
 * The first family's key is the session id, that of the others "ID~1", "ID~2", ... Which one a
 * refresh token is of is in the last two bytes of its jti, hidden by bytes that follow from the
 * session id.
 */
#include "idp-sim/session.h"
#include "idp-sim/record.h"

#include <string.h>

enum { MOST_FAMILIES = 1000 };

static const char *key_of(struct arena *a, const char *sid, unsigned n)
{
	return n ? arena_printf(a, "%s~%u", sid, n) : sid;
}

const char *session_visible_id(struct arena *a, const char *key)
{
	return arena_dup(a, key, strcspn(key, "~"));
}

unsigned session_family(const char *key)
{
	const char *at = strchr(key, '~');

	return at ? (unsigned)strtoul(at + 1, NULL, 10) : 0;
}

/* Gives s the first free key of its session id. */
void session_place(struct exchange *x, struct session *s)
{
	const char *sid = session_visible_id(x->arena, s->record.key);

	for (unsigned n = 1; !store_add(x->idp->sessions, &s->record); n++) {
		struct session *other = session_get(x->idp, s->record.key);

		session_unref(other);
		if (!other || n == MOST_FAMILIES)
			return;
		free(s->record.key);
		s->record.key = strdup(key_of(x->arena, sid, n));
	}
}

/* The n-th family. The first may be gone while a later one is still there. */
static struct session *family(struct exchange *x, const char *sid, unsigned n, bool *ret_more)
{
	struct session *s = session_get(x->idp, key_of(x->arena, sid, n));

	*ret_more = (s || !n) && x->provider->behaviours.refresh_is_jwt;
	return s;
}

static bool is_ended(struct session *s)
{
	bool ended;

	pthread_mutex_lock(&s->record.lock);
	ended = s->revoked || s->reused;
	pthread_mutex_unlock(&s->record.lock);
	return ended;
}

struct session *session_of_client(struct exchange *x, const char *sid, const char *client_id)
{
	struct session *found = NULL;
	bool more = true;

	for (unsigned n = 0; more; n++) {
		struct session *s = family(x, sid, n, &more);

		if (!s || (client_id && strcmp(s->client_id, client_id) != 0)) {
			session_unref(s);
			continue;
		}
		session_unref(found);
		found = s;
		if (!is_ended(s))
			return s;
	}
	return found;
}

void session_end(struct exchange *x, const char *sid, const char *client_id)
{
	bool more = true;

	for (unsigned n = 0; more; n++) {
		struct session *s = family(x, sid, n, &more);

		if (s && (!client_id || !strcmp(s->client_id, client_id)))
			session_revoke(x->idp, s);
		session_unref(s);
	}
}

bool session_is_over(struct exchange *x, const char *sid)
{
	unsigned ended = 0, alive = 0;
	bool more = true;

	for (unsigned n = 0; more && !alive; n++) {
		struct session *s = family(x, sid, n, &more);

		if (s)
			*(s->revoked ? &ended : &alive) += 1;
		session_unref(s);
	}
	return ended && !alive;
}

/* ---- all that one client has of one person ---- */

struct ending {
	struct exchange *x;
	const struct session *like;
};

static bool end_alike(void *ctx, struct record *r)
{
	const struct ending *e = ctx;
	const struct session *like = e->like;
	struct session *s = (struct session *)r;

	if (same_provider(s->provider, like->provider) && s->user && like->user &&
	    !strcmp(s->tenant->id, like->tenant->id) && !strcmp(s->user, like->user) &&
	    !strcmp(s->client_id, like->client_id) && (!s->offline || like->offline))
		session_revoke(e->x->idp, s);
	return true;
}

void session_revoke_client(struct exchange *x, struct session *like)
{
	struct ending e = { .x = x, .like = like };

	session_revoke(x->idp, like);
	store_each(x->idp->sessions, end_alike, &e);
}
