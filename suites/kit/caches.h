/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caches.h - what a target may remember, as its file states it (`caches`): keys of the
 * provider, decisions of the decision point. A row that changes one of them waits that long,
 * in real time, for the target's clock is its own. Parts of ours remember nothing here: their
 * caches are moved by the clock, or configured short.
 */
#pragma once

#include "suites/kit/run.h"

void caches_keys(struct run *run);	/* the provider's keys have changed */
void caches_decisions(struct run *run); /* the decision point says something else from now on */
/* What the target's file adds to every documented delay of a decision: `caches.decisions`. */
int64_t caches_stated_ms(const struct run *run);
/* After the row: what it made the decision point say may still be remembered. */
void caches_after_row(struct lab *l);
