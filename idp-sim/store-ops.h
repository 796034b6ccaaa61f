/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store-ops.h - a store whose records are kept outside of this process, for whoever keeps them.
 *
 * An operation that could not be done has the answer "there is none" or "no", and whoever keeps
 * the records remembers for the thread that it was so (redis_lost()): the request is answered
 * with the provider's 5xx in the end, whatever was made of that.
 */
#pragma once

#include "idp-sim/record.h"

struct far;

struct store_ops {
	bool (*add)(const struct far *f, struct record *r);
	struct record *(*get)(const struct far *f, const char *key);
	bool (*change)(const struct far *f, struct record *r,
		       void (*change)(void *ctx, struct record *r), void *ctx);
	int64_t (*count)(const struct far *f, const char *key, int64_t expires_ms);
	void (*each)(const struct far *f, bool (*each)(void *ctx, struct record *r), void *ctx);
	void (*clear)(const struct far *f);
};

struct far {
	const struct store_ops *ops;
	void *where; /* a struct redis */
	const struct record_kind *kind;
	const struct idp *idp; /* where providers and tenants are found by name */
	const struct clk *clk;
	size_t limit;
};

struct store *store_new_far(const struct far *f);
