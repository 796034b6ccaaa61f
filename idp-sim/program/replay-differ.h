/* SPDX-License-Identifier: Apache-2.0 */
/* replay-differ.h - what the comparisons of bodies and of headers share. */
#pragma once

#include "idp-sim/program/replay.h"

/* Counts a difference, and prints it unless the comparison is quiet. */
void differ(struct comparison *c, const char *fmt, ...) PRINTF(2, 3);
/* Is the word one of the NULL-ended names, in any letter case? */
bool among(const char *name, const char *const *names);
/* One value: exactly, or by shape where `name` is volatile. `path` is what lines call it. */
void compare_text(struct comparison *c, const char *path, const char *name, const char *g,
		  const char *x);
/* The members of two objects, their order, types and values. */
void compare_members(struct comparison *c, const char *path, const json_t *g, const json_t *x);

/* Header and claims of a JWT, new references (one may be set on failure). */
bool read_token(const char *token, json_t **ret_header, json_t **ret_claims);

/* What fits together in the recording must fit together in the answer. */
void compare_relations(struct comparison *c, const json_t *recording, const json_t *body,
		       const json_t *got, const struct wire_answer *answer);

/* First value of a recorded header, in any letter case, or NULL. */
const char *recorded_header(const json_t *recording, const char *name);
void compare_headers(struct comparison *c, const json_t *recording,
		     const struct wire_answer *answer);
