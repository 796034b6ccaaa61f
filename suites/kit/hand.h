/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hand.h - a row as a person would play it at a shell, for `gauntlet explain`.
 *
 * Where it was asked for (lab_options.by_hand) each step that a row takes is kept as a line: of
 * `idp-sim ctl` for the provider, of curl for a request, of the CLI for a command. They are
 * hops from HAND. $AT is the front door and IDP_SIM_CONTROL the provider; `gauntlet lab ID`
 * prints both. Tokens are variables, made by a line of their own before they are first used.
 */
#pragma once

#include "suites/kit/door.h"

#define HAND "hand"

/* A call of the control API, answered. */
void hand_sim(struct run *run, const char *method, const char *path, const json_t *body,
	      const json_t *answer);
/* at: "AT", or another variable that the lab prints. */
void hand_request(struct run *run, const char *at, const struct ask *ask, const char *path);
/* The same over HTTP/2 without TLS. */
void hand_http2(struct run *run, const struct ask *ask, const char *path);
void hand_raw(struct run *run, const char *bytes, size_t n);
void hand_question(struct run *run, const char *entrypoint, const json_t *input);
/* "$ nemo auth login"; goes on: the next lines are typed while it runs. */
void hand_typed(struct run *run, const char *line, bool goes_on);
/* What a shell cannot arrange, as a comment. */
void hand_note(struct run *run, const char *fmt, ...) PRINTF(2, 3);
