/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trial.h - may somebody do something: one table for three doors.
 *
 * At a gateway or a service a trial is a request with the person's token; at a decision point
 * it is the question that such a request leads to.
 */
#pragma once

#include "suites/kit/check.h"
#include "suites/kit/token.h"

struct trial {
	const char *what;   /* "a Viewer who writes"; NULL ends a table */
	const char *person; /* NULL: nobody */
	const char *method; /* NULL: GET */
	const char *path;   /* below the workspace, or "/apis/..." with MLTEAM; NULL: the workspace */
	const char *workspace; /* NULL: ml-team */
	const char *scopes; /* as the token has them; NULL: platform:read platform:write; "-": none */
	bool allowed;
	const char *body;   /* JSON; NULL: {} where the method has one */
	bool control;       /* not what the row is about: without it the others say nothing */
	const char *guard;  /* see guards() */
};

/* Plays run->arg, a table of trials. */
void play_trials(struct run *run);
bool play_trial(struct run *run, const struct trial *t);
/* Claims that say these scopes as the provider would; "-" takes them out. New reference. */
json_t *scope_claims(struct run *run, const char *scopes);
