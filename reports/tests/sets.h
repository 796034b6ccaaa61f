/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sets.h - hand-written results for the tests of the reports. They say what a run in this
 * domain really says; the hostile ones carry what no report may let through as it stands.
 */
#pragma once

#include "reports/result.h"

/* "passed" "failed" "broken" "interrupted" "empty" "skipped" "waivers" "hostile" "many"
 * (5,000 results) or "bad" (5,000, 400 of them FAILED). NULL when there is no such set. */
struct results *set_make(const char *name);
extern const char *const set_names[]; /* NULL-ended */
