/* SPDX-License-Identifier: Apache-2.0 */
/* played.h - one target played to its end; `run` has one, `gate` several. */
#pragma once

#include "runner/session.h"

struct played {
	struct session s;
	struct plan plan;
	struct pool *pool;
	struct results *rs; /* NULL: nothing was played, and code says why */
	int code;	    /* of design 5 */
	bool live;	    /* head and sections are on the screen already */
};

/* Loads, plans and plays; complains on standard error when it cannot. Always to be ended with
 * played_done(). gated: required rows that are not claimed count. */
void played_make(struct played *p, const struct options *o, bool gated);
void played_done(struct played *p);
/* Writes the reports and the person's; returns the exit code: that of the run, or 3 when a
 * report could not be written. */
int played_report(const struct options *o, const struct results *rs, bool live, int code);
