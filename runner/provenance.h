/* SPDX-License-Identifier: Apache-2.0 */
/* provenance.h - which build ran what against which target, for a published result. */
#pragma once

#include "runner/record.h"

/* A flat object of strings and numbers; new reference. */
json_t *provenance_of(const struct plan *plan, const struct about_run *about);
/* Digest of the ids and promises of all rows: two runs with one digest tried the same. */
void scenario_set_digest(char ret[17]);
