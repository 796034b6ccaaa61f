/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser.h - who is signed in at a browser, so that a second application need not ask again.
 *
 * The cookie, its attributes and how long it is good are the dialect's
 * (behaviours.authorize.session_*). It holds as long as the person is there and the session that
 * it began with has not been ended.
 */
#pragma once

#include "idp-sim/sim.h"

struct browser {
	struct record record; /* key: the cookie's value */
	const struct provider *provider;
	const struct tenant *tenant;
	char *user, *session_id;
	int64_t auth_time; /* seconds: when the password was typed */
	/* Below: guarded by record.lock. */
	bool ended;
};

/* Whose cookie the request has, kept until the exchange ends; NULL: nobody's that still holds. */
struct browser *browser_known(struct exchange *x);
/* Id of the session that x->sign_in belongs to: where one holds for all applications of a
 * browser (Keycloak), that which the person has there already. */
const char *browser_session(struct exchange *x);
/* x->sign_in has come to its end: x->browser_cookie is for the answer. */
void browser_remember(struct exchange *x);
/* At the end-session endpoint: the cookie is void, and x->browser_cookie takes it back. */
void browser_forget(struct exchange *x);
/* Puts the cookie into the answer, unless the dialect's headers have placed it. */
void browser_hand_over(struct exchange *x);
