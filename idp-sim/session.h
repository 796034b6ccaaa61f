/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.h - refresh families: one sign-in and the refresh tokens that came from it.
 *
 * A refresh token names its session, its generation and when it was issued, and cannot be
 * forged; nothing is stored per token.
 */
#pragma once

#include "idp-sim/serve.h"

/* A session for x->user (or the client itself) with the scopes of x->issue; a reference. */
struct session *session_start(struct exchange *x, const char *sid, int64_t auth_time,
			      const char *nonce);
void session_unref(struct session *s); /* takes NULL */
struct session *session_get(struct idp *s, const char *sid);
/* Signed out: no refresh token of the family is good any more. NULL is ignored. */
void session_revoke(struct idp *s, struct session *one);

/* ---- the families of one sign-in (session-family.c) ---- */

/* What tokens call it: its key without the number of the family. In the arena. */
const char *session_visible_id(struct arena *a, const char *key);
unsigned session_family(const char *key); /* 0: the first */
/* Adds a new session to the store, under the next free key of its session id. */
void session_place(struct exchange *x, struct session *s);
/* A client's family, one that has not ended if there is any; client_id NULL: anybody's. A
 * reference, or NULL. */
struct session *session_of_client(struct exchange *x, const char *sid, const char *client_id);
/* Ends the families of a client, or with NULL the whole sign-in. */
void session_end(struct exchange *x, const char *sid, const char *client_id);
/* Has every family been revoked? False while there is none. */
bool session_is_over(struct exchange *x, const char *sid);
/* Ends what the client of one session has of its person, wherever they signed in. */
void session_revoke_client(struct exchange *x, struct session *like);

/* [{"id", "provider", "tenant", "user", "client_id", "scope", "status", "refreshes", "started",
 * "refreshed"}], MOST_SESSIONS of them at most. */
enum { MOST_SESSIONS = 1000 };
json_t *sessions_list(struct idp *s);

/* Id of a new session, in the exchange's arena. */
const char *session_new_id(struct exchange *x);

/* Writes x->issue->refresh_token (and refresh_id, refresh_exp) for the generation. */
void refresh_token_make(struct exchange *x, struct session *s, unsigned generation,
			int64_t issued_ms);

/* Is an exchanged refresh token void? The client says, else the tenant, else the provider. */
bool refresh_rotates(const struct exchange *x);

struct refresh_claim {
	const char *sid;     /* key of the session */
	unsigned generation; /* 0: not the current one, when jwt */
	int64_t issued_ms;
	int64_t expires_s;     /* as the token says; 0: it does not */
	const char *client_id; /* NULL: the token does not say */
};

/* Reads a token that this simulator made for this tenant's keys. False: it did not. */
bool refresh_token_read(struct exchange *x, const char *token, struct refresh_claim *ret);
/* The id (jti) that a generation has. */
const char *refresh_token_id(struct exchange *x, const char *key, unsigned generation);
/* The UUID that 16 bytes make. */
const char *uuid_of(struct arena *a, const unsigned char bytes[16]);
/* A UUID that stays the same for the same text. */
const char *derived_uuid(struct exchange *x, const char *text);
