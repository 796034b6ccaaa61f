/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.h - people and their tokens.
 *
 * The people of every row, at every provider (e-mail NAME@example.com, password "password"):
 *
 *	admin     PlatformAdmin by admin_email
 *	alice     Admin of workspace ml-team
 *	erin      Editor of ml-team
 *	victor    Viewer of ml-team
 *	grace     member of group "ml-ops", which is Editor of ml-team; nothing by name
 *	mallory   authenticated, no binding anywhere but the wildcard ones
 *
 * Workspaces: ml-team (3 projects, 5 datasets), empty-team (alice Admin, nothing in it),
 * other-team (bob Admin), and the seeded default and system.
 */
#pragma once

#include "suites/kit/run.h"

/* A valid access token, just issued, with the platform scopes. */
const char *token_for(struct run *run, const char *person);

struct token_ask {
	const char *person;    /* NULL: alice */
	const char *scope;     /* NULL: platform:read platform:write and the OIDC ones; "": no scope claim */
	int64_t age_s;         /* issued that long ago */
	int64_t lifetime_s;    /* exp - iat; 0: an hour */
	const char *forge;     /* a defect by name, see idp-sim/mint.h: "alg-none" "wrong-key" ...; NULL: valid */
	json_t *claims;        /* laid over the claims; null removes one; stolen */
	json_t *header;        /* the same for the JOSE header; stolen */
};
const char *token_made(struct run *run, const struct token_ask *ask);

/* Access and refresh token of a fresh session at the provider (password grant). */
struct session {
	const char *access_token;
	const char *refresh_token;
};
struct session session_for(struct run *run, const char *person);

/* The person as this provider names them. */
const char *person_subject(struct run *run, const char *person);
const char *person_email(struct run *run, const char *person);
const char *person_groups(struct run *run, const char *person); /* space separated, NULL: none */
/* Claims of a token, freed with the run; NULL when it is no JWT. */
json_t *token_claims(struct run *run, const char *token);
/* The token with its signature cut: what may appear in reports. */
char *token_shown(struct arena *a, const char *token);
