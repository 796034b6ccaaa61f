/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - what a run creates at a service that is somebody's, and how it goes away again.
 *
 * Rows say "ml-team". An attached service is somebody else's too: there every workspace of ours
 * carries the run's prefix, put in where a request leaves and taken out where an answer comes,
 * so that rows and reports stay as they are. All that was made is noted in a file (the ledger),
 * and removed by the runner at the end, however the run ended. Without a prefix (struct
 * target) none of this happens.
 */
#pragma once

#include "suites/kit/run.h"

/* With the prefix at each workspace name of ours ("...-team"); the text itself without one. */
const char *names_out(const struct lab *l, struct arena *a, const char *text);
/* Without the prefix, wherever it is. */
const char *names_in(const struct lab *l, struct arena *a, const char *text);
/* names_out() on every string and key; stolen. */
json_t *names_out_json(const struct lab *l, json_t *stolen);

/* A request with that target and body was not refused: notes what it made. */
void names_note(struct lab *l, const char *method, const char *target, const char *body);
/* The row is over: what it made is removed, so that the next one finds the state it expects. */
void names_after_row(struct lab *l);
/* Workspaces that are about to be pushed: {"workspaces": {NAME: ...}}, prefixed. */
void names_note_state(const struct lab *l, const json_t *state);
