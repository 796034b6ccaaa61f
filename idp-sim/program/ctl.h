/* SPDX-License-Identifier: Apache-2.0 */
/* ctl.h - the commands of `idp-sim ctl`, for its test and for `serve --fail`. */
#pragma once

#include "idp-sim/base/conf.h"

#define DEFAULT_PORT 8480
#define DEFAULT_TLS_PORT 8483
#define DEFAULT_CONTROL_PORT 8489
#define CTL_DEFAULT_CONTROL "http://127.0.0.1:8489"

struct ctl_row {
	const char *name;	   /* one word or two */
	const char *method, *path; /* "{}" takes an operand */
	const char *operands[3];   /* in capitals: of the path, or JSON, the body; else members;
				    * "[x]" may be left out */
	const char *fixed;	   /* members that this command always sends */
	const char *shown;	   /* print this member of the answer only */
	bool compact;		   /* the operand is CODE@client,next=N */
};

extern const struct ctl_row ctl_rows[]; /* name NULL ends it */

struct route;
/* The control route of a row; NULL when there is none, which a test excludes. */
const struct route *ctl_route(const struct ctl_row *row);
/* Adds the members of "CODE@client,next=N" to a trouble. */
bool ctl_compact(json_t *body, const char *text, struct err *err) MUST_CHECK;
