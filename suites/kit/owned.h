/* SPDX-License-Identifier: Apache-2.0 */
/*
 * owned.h - things with a release function of their own that live as long as the row.
 */
#pragma once

#include "suites/kit/run.h"

struct wire_answer;

/* Releases them when the row is over; NULL stays NULL. Returns what it was given. */
json_t *own_json(struct run *run, json_t *o);
void own_answer(struct run *run, struct wire_answer *w);
void own_text(struct run *run, char *text); /* free() */
void release_owned(struct run *run);
