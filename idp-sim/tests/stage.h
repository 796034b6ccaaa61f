/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stage.h - a simulator on a free port and a client that talks to it, for the tests.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/wire.h"
#include "idp-sim/idp.h"

struct stage {
	struct idp *idp;
	struct arena *arena;
	struct wire_answer answer; /* the last one */
	json_t *json;		   /* its body; NULL when it is no JSON */
	const char *origin;	   /* of the page that posts; NULL: no browser */
};

/* How each dialect spells the same things. */
struct dialect {
	const char *name;
	const char *token, *device, *authorize, *userinfo; /* paths */
	const char *client, *service; /* client_id of platform-cli and platform-svc */
	const char *scope;	      /* with a refresh token, for the platform's API */
	const char *service_scope;
	const char *redirect_uri;
};
extern const struct dialect dialects[3]; /* azure, okta, keycloak */
const struct dialect *dialect_of(const char *name);

/* options NULL: the three providers, everything by default, a fixed seed. */
void stage_open(struct stage *s, const struct idp_options *options);
void stage_close(struct stage *s);

/* main() of a test: a stage for all tests of one suite, opened when it is not; the exit status. */
struct CU_TestInfo;
int stage_run(struct stage *s, const char *name, struct CU_TestInfo *tests);

/* Requests; the status is returned, the answer stays in s. path begins with '/' or "http". */
int get(struct stage *s, const char *path, const char *bearer);
int post(struct stage *s, const char *path, const char *fmt, ...) PRINTF(3, 4);
/* A call of the control API; body is JSON text or NULL. */
int control(struct stage *s, const char *method, const char *path, const char *fmt, ...)
	PRINTF(4, 5);
void advance(struct stage *s, int64_t seconds);

/* Of the last answer: "" when there is no such thing. Copies live in the stage's arena. */
const char *member(struct stage *s, const char *name);
const char *header(struct stage *s, const char *name);
bool says(struct stage *s, const char *text); /* is it in the body? */
/* The claims of a token; new reference. */
json_t *claims_of(struct stage *s, const char *token);
/* text form-encoded, in the arena. */
const char *coded(struct stage *s, const char *text);
/* The parameter of a URL, decoded; "". */
const char *url_param(struct stage *s, const char *url, const char *name);
/* Action and hidden fields of the first form of the last page: "NAME=VALUE&...". */
const char *form_action(struct stage *s);
const char *form_fields(struct stage *s);
