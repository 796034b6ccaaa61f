/* SPDX-License-Identifier: Apache-2.0 */
/* select.h - which rows and ids the options ask for. */
#pragma once

#include "runner/plan.h"

bool select_row(const struct options *o, const struct suite *s, const struct scenario *row);
/* id: of an expansion, row: "section/name". Shards are not looked at. */
bool select_id(const struct plan_for *f, const char *id, const char *row);
/* Do the named sections and rows exist? */
bool select_check(const struct options *o, struct err *err) MUST_CHECK;
bool word_listed(const char *const *list, const char *word); /* NULL-ended, or NULL */
