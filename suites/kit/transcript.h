/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transcript.h - the transcript of a row, for the kit's own files.
 */
#pragma once

#include "suites/kit/run.h"

/* at_us counts from the start of the row; texts are copied. */
void hops_add_at(struct lab *l, int64_t at_us, const struct hop *h);
/* Microseconds since the row began. */
int64_t hops_now(const struct lab *l);
/* Adds the simulator's journal of this row. */
void provider_hops(struct run *run);
/* Sets the row's mark on the finished list. */
void marks_apply(struct run *run);
/* What the simulator saw until now is not part of the row. */
void journal_skip(struct run *run);
