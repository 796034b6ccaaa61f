/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control.h - the control API: one table of routes, served over HTTP, called by idp_call(),
 * and published as /_sim/openapi.json.
 */
#pragma once

#include "idp-sim/sim.h"

/* One call while it is answered. A handler returns the answer (new reference; NULL is {}), or
 * what call_refuse() gives. */
struct call {
	struct idp *idp;
	struct arena *arena;
	const json_t *body; /* NULL: none */
	struct form query;
	const char *args[2]; /* what stood for {...} in the path */
	int status;	     /* 200 unless the handler changes it */
};

/* An error answer with its remedy, which may be NULL. */
json_t *call_refuse(struct call *c, int status, const char *remedy, const char *fmt, ...)
	PRINTF(4, 5);

/* The provider that a member or a part of the path names; NULL after filling *ret_refused. */
struct provider *call_provider(struct call *c, const char *name, json_t **ret_refused);
/* 400 for a mistake of the caller, 500 for ours. */
json_t *call_error(struct call *c, const struct err *err);

struct route {
	const char *method;
	const char *path; /* "/_sim/devices/{user_code}/approve" */
	json_t *(*handle)(struct call *c);
	const char *summary;	      /* one sentence */
	const struct conf_key *body;  /* members of the request; NULL: none is read */
	const struct conf_key *query; /* parameters; NULL: none */
	bool free_body;		      /* members outside of `body` are welcome */
};

extern const struct route control_routes[]; /* ends with method NULL */

/* The OpenAPI 3.1 document of the table; new reference. */
json_t *control_openapi(void);

/* The web_handler of the control listener, which has a thread a connection because a wait
 * blocks; ctx is the struct idp. */
void control_handle(void *ctx, struct web_request *rq, struct web_reply *rp);
