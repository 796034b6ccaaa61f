/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve.h - from a request to the endpoint of a dialect, and from what it found back to
 * bytes.
 */
#pragma once

#include "idp-sim/sim.h"

/* The web_handler of the simulated surface; ctx is the struct idp. */
void serve(void *ctx, struct web_request *rq, struct web_reply *rp);
/* An exchange without HTTP, for minting and for issuer texts. */
void exchange_init(struct exchange *x, struct idp *s, const struct provider *p,
		   const struct tenant *t, struct arena *a);

/* What issuers begin with, as rq reached us; NULL rq: as the listener is called. */
const char *exchange_origin(struct idp *s, const struct web_request *rq, struct arena *a);
/* The issuer in this exchange, in its arena. */
const char *exchange_issuer(struct exchange *x);
/* The array of a JWKS document. */
const char *exchange_jwks(struct exchange *x);
/* Lifetime of the client, else of the provider. */
int64_t provider_life_ms(const struct exchange *x, enum lifetime which);
const char *exchange_sign_in_id(const struct exchange *x);

/* Sends a template with the success headers of the endpoint. NULL body: an empty one. */
void answer(struct exchange *x, int status, const struct template *body);
void answer_text(struct exchange *x, int status, const char *body, size_t n);
/* Sends the browser to a URL. */
void redirect(struct exchange *x, const char *location);
/* To the application's redirect URI, in the response mode that it asked for. */
void answer_application(struct exchange *x, const char *uri, const char *query);
/* Sets the headers of a set, in order; those whose value is empty are left out. */
void put_headers(struct exchange *x, const struct header_set *h);
/* A parameter of the body; answers missing_parameter and returns NULL when it is absent. */
const char *need(struct exchange *x, const char *name);

/* Takes over a reference until the exchange is done: what it answers and what the journal is
 * told may point into the record. */
void exchange_keep(struct exchange *x, struct record *r);
/* Releases what the exchange holds of the stores. */
void exchange_done(struct exchange *x);

/* When armed errors strike: see moments.c. */
enum moment {
	MOMENT_START,  /* before anything is looked at */
	MOMENT_CLIENT, /* the client is known */
	MOMENT_POLL,   /* a device code was found */
	MOMENT_GRANT,  /* everything is right: tokens would be issued */
	MOMENT_PAGE,   /* a person has proved who they are, on a page */
};
/* False after answering an error that somebody armed. */
bool trouble_passes(struct exchange *x, enum moment m);
/* That error, not answered yet; NULL: none. */
const struct oauth_error *trouble_met(struct exchange *x, enum moment m, enum situation *ret);

/* Handlers, by kind of endpoint. */
void serve_document(struct exchange *x);
void serve_token(struct exchange *x);
void serve_device(struct exchange *x);
void serve_authorize(struct exchange *x);
void serve_userinfo(struct exchange *x);
void serve_introspect(struct exchange *x);
void serve_revoke(struct exchange *x);
void serve_logout(struct exchange *x);
void serve_device_page(struct exchange *x);
void serve_sign_in(struct exchange *x);
void serve_consent(struct exchange *x);
void serve_status(struct exchange *x);
void serve_instance(struct exchange *x);
void serve_authn(struct exchange *x);

/* Counts the request against the client's limit in this minute; false after answering. */
bool rate_allows(struct exchange *x);
bool user_rate_allows(struct exchange *x,
		      const struct user *u); /* sign-ins with the password */
/* May pages of that origin read what the client is answered? Those registered, and where a
 * single page app is sent back to. */
bool cors_allows(const struct exchange *x, const char *origin);
/* Identifies and authenticates the client of the request into x->client. False after
 * answering. */
bool authenticate_client(struct exchange *x);
/* The signed assertion of x->client (RFC 7523). False after answering. */
bool check_assertion(struct exchange *x, const char *text);
/* Finds it without proof, for the authorization endpoint; adopts an unknown one if told. */
const struct client *find_client(struct exchange *x, const char *id);
