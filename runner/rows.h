/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h - a row by its id. */
#pragma once

#include "runner/plan.h"

struct found_row {
	const struct suite *suite;
	const struct scenario *row;
};

/* "login/x", "login/x@azure:cli" or "x": what stands before the '@' names it. ERR_INPUT with the nearest. */
bool row_find(const char *id, struct found_row *ret, struct err *err) MUST_CHECK;
