/* SPDX-License-Identifier: Apache-2.0 */
/* pool-private.h - what pool.c and choose.c share. */
#pragma once

#include "runner/crew.h"

enum state { WAITING, PLAYED_NOW, DONE };

struct pool {
	struct pool_options o;
	struct arena *arena;
	enum state *states;
	int *attempts;
	bool *failed_before;
	struct result **results;
	size_t finished, left;
	struct crew crew;
	enum pool_end end;
	int64_t started_ms, ticked_ms;
};

/* The item that this worker shall play now, NO_ITEM when there is none; slots_free: may it be
 * one that does not wait? (choose.c) */
long pool_choose(const struct pool *p, const struct worker *w, bool slots_free);
size_t pool_slots_taken(const struct pool *p);
int pool_wait_of(const struct pool *p, size_t i); /* seconds that its row declares */
