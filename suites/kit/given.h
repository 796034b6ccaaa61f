/* SPDX-License-Identifier: Apache-2.0 */
/*
 * given.h - arranges what a row's `given` says: troubles of the provider, a policy decision
 * point that misbehaves, an API that answers something else, workspaces and members; and
 * what the lab's parts saw. All of it is undone after the row.
 */
#pragma once

#include "suites/kit/run.h"

/* The provider misbehaves: members of a trouble, as json_pack() takes them; provider is added.
 *
 *	trouble(run, "{s:s, s:s}", "endpoint", "token", "error", "invalid_scope");
 */
void trouble(struct run *run, const char *fmt, ...);
void troubles_end(struct run *run);
/* A call of the simulator's control API; the row is BROKEN when it fails. Borrowed by the run. */
json_t *sim(struct run *run, const char *method, const char *path, json_t *stolen_body);
/* Requests that the provider saw in this row: endpoint "token" "device_authorization" "discovery"
 * "jwks" ..., NULL: any. */
size_t provider_saw(struct run *run, const char *endpoint);
/* Form field of the index-th such request, NULL when absent. */
const char *provider_field(struct run *run, const char *endpoint, size_t index,
			   const char *field);
/* Member of its JSON answer, secrets cut; NULL when absent. */
const char *provider_answer(struct run *run, const char *endpoint, size_t index,
			    const char *member);
/* Header of it, secrets cut; NULL when absent. */
const char *provider_header(struct run *run, const char *endpoint, size_t index,
			    const char *name);
/* When it came, in microseconds since the start of the row; -1 when there was none. */
int64_t provider_at_us(struct run *run, const char *endpoint, size_t index);
/* Waits until n of them came; false when the time is over. */
bool provider_wait(struct run *run, const char *endpoint, size_t n, int timeout_ms);

/* What a CLI's base URL answers (the face of the platform): canned answers for requests whose
 * path prefix matches, until cleared: one for discovery, one for the rest. */
struct canned {
	const char *
		path; /* prefix; a word of the edition when without '/': "discovery" "workspaces";
				    NULL: everything but discovery */
	int status;   /* 0: close the connection without an answer */
	const char *type; /* NULL: application/json */
	const char *body;
	const char *location; /* header, NULL: none */
	int delay_ms;
	int times; /* 0: until cleared */
};
void api_answers(struct run *run, const struct canned *c);
/* The discovery document as it is, with a JSON merge patch laid over it; stolen. */
void api_discovery(struct run *run, json_t *patch);
void api_clear(struct run *run);
/* Requests that the platform's face saw in this row; path as in struct canned, NULL: any but discovery. */
size_t api_saw(struct run *run, const char *method, const char *path);
const char *api_header(struct run *run, const char *path, size_t index, const char *name);
const char *api_target(struct run *run, const char *path, size_t index);

/* A host that is nobody's: what it answers, and every byte that was sent to it. */
const char *stranger_url(struct run *run);
void stranger_says(struct run *run, int status, const char *json);
const char *stranger_saw(struct run *run);
size_t stranger_count(struct run *run);
int64_t stranger_at_us(struct run *run, size_t index); /* -1: nothing came */

/* Files of the CLI's home. */
const char *home_path(struct run *run, const char *name);
const char *file_text(struct run *run, const char *path); /* "" when there is none */
/* A program for BROWSER that leaves what it is given in the file `log`; its path. */
const char *browser_made(struct run *run, const char *log);

/* The policy decision point lies to the target: names of kit/liar.h; NULL: the truth again. */
void pdp_lies(struct run *run, const char *lie);
size_t pdp_saw(struct run *run); /* questions the target asked in this row */
/* It answers every question with this; NULL: the truth again. */
struct recorder_answer;
void pdp_says(struct run *run, const struct recorder_answer *a);
/* It says yes to everything, in the name of LIAR_PRINCIPAL: what is refused then was refused by
 * the gateway. */
void pdp_says_yes(struct run *run);
struct recorded;
/* The index-th question of this row as it came, see recorder.h; NULL when there were fewer. */
const struct recorded *pdp_question(struct run *run, size_t index);
/* What stands behind a gateway answers this; NULL: an empty 200. */
void upstream_says(struct run *run, const struct recorder_answer *a);

/* Workspaces and members beyond those of token.h, as reference_seed() takes them; stolen. The decision
 * point knows them when this returns. */
void platform_state(struct run *run, json_t *state);
/* The same, and nobody tells the decision point: it finds out by its interval. NULL: as at the start. */
void platform_changes(struct run *run, json_t *state);
/* The entity store and the bundle, where a decision point gets its bindings, refuse connections, or
 * serve again. */
void entities_down(struct run *run, bool down);
/* Starts a decision point anew that cannot load its data. Does it call itself ready all the same, by
 * what its target file waits for? One that does not is gone until the next row. */
bool pdp_blind(struct run *run);
/* The same with its data. */
void pdp_anew(struct run *run);
/* What the target wrote into its log in this row. */
const char *target_log(struct run *run);
/* Makes an expired access token and a good refresh token the CLI's login. */
void login_given(struct run *run, const char *person, int64_t expires_in_s, bool refreshable);
