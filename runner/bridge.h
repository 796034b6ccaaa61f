/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bridge.h - CUnit plays the rows: the only door to it.
 *
 * A row is played as the one test of a CUnit suite, its section; its checks become CUnit
 * assertions after it was played. Totals are our own: CUnit forgets them at every run.
 */
#pragma once

#include "runner/plan.h"

/* Gives back what CUnit holds. */
void bridge_close(void);
/* Plays one item as a CUnit test. What CUnit counted and the result never differ: when they do,
 * the result is BROKEN. */
void bridge_play(struct lab *lab, const struct item *item, struct arena *arena,
		 struct result *ret);
