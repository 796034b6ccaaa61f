/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bridge.h - CUnit plays the rows: the only door to it.
 *
 * Every section is a CUnit suite and every row a CUnit test; a row's checks become CUnit
 * assertions after it was played. Totals are our own: CUnit forgets them at every run.
 */
#pragma once

#include "runner/plan.h"

/* Registers all suites. False with err when CUnit has no memory or refuses a name. */
bool bridge_open(struct err *err) MUST_CHECK;
void bridge_close(void);
/* Plays one item as a CUnit test. What CUnit counted and the result never differ: when they do,
 * the result is BROKEN. */
void bridge_play(struct lab *lab, const struct item *item, struct arena *arena,
		 struct result *ret);
