/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bearer.h - access tokens that come back (RFC 6750): userinfo, introspection, revocation.
 */
#pragma once

#include "idp-sim/jwt.h"
#include "idp-sim/serve.h"

/* What is known of a token; done with bearer_done(). */
struct bearer {
	struct jwt jwt;
	struct session *session; /* NULL: none any more, or a client's own token */
	bool has_session;	 /* the token names one */
	const char *token;
};

/* Verifies that the tenant issued it and that it still counts. S_none: it does. */
enum situation bearer_judge(struct exchange *x, const char *token, struct bearer *ret);
void bearer_done(struct bearer *b);
/* Is it remembered as revoked? The id is its jti or, without one, its signature. */
const char *bearer_id(struct exchange *x, const struct bearer *b);
/* Puts person, client and scopes of a good token into the exchange. */
void bearer_adopt(struct exchange *x, struct bearer *b);
