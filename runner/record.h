/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - from a pool's results to the plain data that reports are written from.
 */
#pragma once

#include "reports/result.h"
#include "runner/pool.h"

struct known;

/* What was run, besides the plan. */
struct about_run {
	const struct options *options;
	const struct target *target; /* NULL: the reference platform */
	const char *target_digest;   /* of its file, or NULL */
	const char *kind;	     /* "gateway", or NULL */
	const struct known *known;   /* NULL: none */
	const char *const *required; /* ids of a profile, NULL-ended, or NULL */
	const char *profile;
	const char *const *secrets; /* values never shown, NULL-ended, or NULL */
	int64_t started_at;	    /* Unix seconds */
	int64_t took_us;
	unsigned jobs;
	bool gated;
};

/* Caller owns it: results_free(). Its strings live until the pool and the plan are freed. pool
 * NULL: nothing was played yet (the head of a live screen). */
struct results *record_make(const struct plan *plan, const struct pool *pool,
			    const struct about_run *about);
/* The exit code of design 5: 0 1 3 4, or 124 130 143 from how the pool ended. */
int record_exit_code(const struct results *rs, const struct pool *pool);
