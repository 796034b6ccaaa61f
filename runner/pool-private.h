/* SPDX-License-Identifier: Apache-2.0 */
/* pool-private.h - what pool.c and choose.c share. */
#pragma once

#include "runner/crew.h"

enum state { WAITING, PLAYED_NOW, DONE };

/* What something took so far, on the average. */
struct cost {
	int64_t ms;
	unsigned n;
};

struct pool {
	struct pool_options o;
	struct arena *arena;
	enum state *states;
	int *attempts;
	const char **earlier; /* what the attempts before came to, or NULL */
	struct result **results;
	size_t finished, left;
	struct crew crew;
	enum pool_end end;
	int64_t started_ms, ticked_ms;
	struct cost lab, row; /* to bring one up; to play in one that stands */
	size_t *left_in;      /* by lab, what waits to be played */
};

/* The item that this worker shall play now, NO_ITEM when there is none; slots_free: may it be
 * one that does not wait? (choose.c) */
long pool_choose(const struct pool *p, const struct worker *w, bool slots_free);
size_t pool_slots_taken(const struct pool *p);
/* Is it played beside the slots? A wait is not worth a lab that takes longer to bring up. */
bool pool_waits(const struct pool *p, size_t i);
int pool_wait_of(const struct pool *p, size_t i); /* seconds that its row declares */
