/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool.h - the parent: hands items to workers, keeps their time, takes their results.
 *
 * Nothing that a scenario or a target does ends the run: a worker that crashes, hangs or
 * floods is killed with all its descendants, its item is BROKEN, and the next one gets a new
 * worker. An item that declares a real wait takes a worker but no slot of --jobs.
 */
#pragma once

#include "runner/plan.h"

struct pool;

struct pool_options {
	const struct plan *plan;
	const struct options *options;
	const struct target *target;
	const struct lab_place *places; /* where the lab's listeners stand; NULL: anywhere */
	const char *address; /* of an attached target's lab: one worker; NULL: any number */
	const char *reference_cli; /* path of the reference-platform program */
	const char *dir;	   /* for homes, exists */
	unsigned jobs;
	int64_t start_ms; /* what a scenario may take besides, for the target to be started */
	void (*on_result)(void *ctx, const struct pool *p, size_t index);
	void (*on_tick)(void *ctx, const struct pool *p); /* ten times a second, at most */
	void *ctx;
};

/* Why a run ended before its plan. */
enum pool_end {
	POOL_DONE,
	POOL_INTERRUPTED,
	POOL_TERMINATED,
	POOL_TIMED_OUT,
	POOL_FAILED_FAST
};

struct running {
	size_t index;
	int64_t for_ms;
};

/* Plays all. Results stay in the pool until pool_free(). */
struct pool *pool_run(const struct pool_options *o, struct err *err) MUST_CHECK;
void pool_free(struct pool *p); /* takes NULL */
enum pool_end pool_ended(const struct pool *p);
/* The result of an item, NULL when it has none (yet). */
const struct result *pool_result(const struct pool *p, size_t index);
size_t pool_finished(const struct pool *p); /* items with a result */
/* What runs now, longest first; returns how many were put into ret. */
size_t pool_running(const struct pool *p, struct running *ret, size_t max);
const struct pool_options *pool_asked(const struct pool *p);
/* Further words that workers said on their way out: leaks, aborts. "" when well. */
const char *pool_complaints(const struct pool *p);
