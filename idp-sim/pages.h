/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages.h - what a person sees: sign-in, consent, device code entry.
 */
#pragma once

#include "idp-sim/serve.h"

/* What the authorization endpoint hands to the pages. Strings are copied. */
struct sign_in_request {
	const char *scope, *redirect_uri, *state, *response_mode, *nonce;
	const char *challenge, *challenge_method, *device_code;
	bool wants_consent;
	const char *user; /* who is signed in already; NULL: nobody */
	int64_t auth_time;
};

/* Remembers the request under a new id; x->sign_in holds the reference until the exchange
 * ends. */
void sign_in_start(struct exchange *x, const struct sign_in_request *r);
void show_sign_in(struct exchange *x);
/* The person of the request needs no page: straight to consent, or to the application. */
void sign_in_silently(struct exchange *x);
/* To the application, with a code. */
void finish_sign_in(struct exchange *x);
/* Puts the style and the line "Simulated by idp-sim" into a reply that is a whole page. */
void dress_page(struct exchange *x);
