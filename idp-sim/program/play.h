/* SPDX-License-Identifier: Apache-2.0 */
/*
 * play.h - leads a simulator into a situation, as a client and a person would.
 *
 * A flow leaves the one request in `ask` whose answer is the point; whatever had to be sent
 * before it is noted, so that a reader can do the same with curl and `idp-sim ctl`.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "idp-sim/base/wire.h"
#include "idp-sim/sim.h"

enum { MAX_FIELDS = 32 };

struct field {
	const char *name, *value;
};

struct ask {
	const char *method, *url;	 /* url without the query */
	struct field fields[MAX_FIELDS]; /* the form of a POST, the query of a GET */
	size_t n_fields;
	const char *authorization; /* header value, NULL: none */
	const char *type;	   /* content type in place of the form's; NULL: form */
	const char *body;	   /* in place of the fields; NULL: none */
	const char *cookie;
	const char *origin; /* of the page that asks; NULL: no browser */
};

struct play {
	struct idp *idp;
	const struct provider *provider;
	const struct tenant *tenant;
	const struct client *client;
	const struct user *user;
	const struct oauth_error *error; /* what is to be reproduced */
	const char *version;		 /* of the endpoints; NULL: the first that fit */
	const char *scope;		 /* asked for; NULL: what fits the provider */
	const char *redirect_uri;	 /* of the authorization code flow */
	bool pending, deny;		 /* nobody, or a no, at the device page */
	struct arena *arena;
	struct ask ask;
	struct buf notes; /* lines to type before: ctl and curl */
};

void play_init(struct play *p, struct idp *s, const struct provider *provider);
void play_done(struct play *p);

/* Prepares the request of a flow: a grant ("password") or an endpoint ("device"). */
bool play_flow(struct play *p, const char *flow, struct err *err) MUST_CHECK;
/* Sends the request; its answer is the caller's. */
bool play_send(struct play *p, struct wire_answer *ret, struct err *err) MUST_CHECK;

/* Calls the control API and notes the command that does the same. ctl is its text. */
bool play_control(struct play *p, const char *method, const char *path, json_t *stolen_body,
		  const char *ctl, struct err *err) MUST_CHECK;

/* Sets or, with value NULL, takes out a field. */
void ask_set(struct ask *a, const char *name, const char *value);
const char *ask_get(const struct ask *a, const char *name);
/* "curl -s ..." of a request. */
void ask_curl(const struct ask *a, struct buf *out);

/* URL of an endpoint of the play's provider, version and tenant; NULL when it has none. */
const char *play_url(struct play *p, const char *endpoint);
/* A client that may use the grant, with all its papers in order; NULL: none. */
const struct client *play_client(struct play *p, enum grant grant, bool is_public);
const struct user *play_user(struct play *p);
/* What `client` sends as proof: a secret in the form, or nothing. */
void play_prove(struct play *p, struct ask *a);
const char *play_scope(struct play *p, enum grant grant);

/* What the person types as the login name. */
const char *play_login(const struct user *u);
/* Fills the first form of a page in: names, passwords, and yes (no with p->deny). False: the page
 * has none. base is the page's URL. */
bool play_fill_form(struct play *p, const char *base, const char *html, struct ask *a);
/* Goes from page to page until the next URL contains `stop`, which p->ask then asks for, or until
 * the browser is sent back to the client; then *ret_code is the code and p->ask has the browser's
 * cookies. */
bool play_browse(struct play *p, const char *stop, const char **ret_code,
		 struct err *err) MUST_CHECK;
/* Fetches the page that p->ask asks for and makes p->ask its filled form. */
bool play_next_page(struct play *p, struct err *err) MUST_CHECK;
/* Signs the person in over the pages and gives the authorization code; NULL with err. */
const char *play_code(struct play *p, struct err *err);

/* Sends a request on the way, notes it, and returns a member of the JSON answer; NULL with
 * err. */
const char *play_step(struct play *p, const struct ask *a, const char *member, struct err *err);

/* How an error of the table came about. */
enum way { WAY_NATURE, WAY_TROUBLE, WAY_NONE };

struct outcome {
	enum way way;
	bool agrees;	  /* status, error name and code are those of the table */
	const char *curl; /* of the last request; in the play's arena */
	const char *notes;
	struct wire_answer answer;
};

/* Reproduces p->error: for its natural reason when there is a recipe, else by a trouble. */
bool reproduce(struct play *p, struct outcome *ret, struct err *err) MUST_CHECK;
/* The flows in which p->error has a natural cause; how many. */
size_t natural_flows(struct play *p, const char **ret, size_t max);
/* Arms p->error by its code, as `--fail` does, and plays a flow in which nothing else is wrong.
 * The grant or endpoint where the error came; NULL: nowhere, which err may explain. */
const char *arm_and_play(struct play *p, const char *flow, struct outcome *ret,
			 struct err *err);
