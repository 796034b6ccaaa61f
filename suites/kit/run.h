/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.h - one row being played: what its function is given.
 *
 * A function plays a person through a door (door.h), gets its tokens from token.h, arranges
 * the simulator and the platform (given.h), and records checks (check.h). Everything those
 * four return lives in run->arena, so a row frees nothing. When our own side fails in the
 * middle (the simulator says no, a listener is gone) the row becomes BROKEN with that reason
 * and everything that follows is quiet and returns something harmless; rows do not test it.
 */
#pragma once

#include "fixtures/reference/reference.h"
#include "idp-sim/idp.h"
#include "suites/kit/scenario.h"
#include "suites/kit/target.h"

struct lab;

/* A token that the row was given, and the line for a shell that makes one like it; kit/hand.h. */
struct hand_token {
	const char *token, *spec, *line;
	size_t number; /* of its variable */
	bool said, stale;
};

struct run {
	struct lab *lab;
	struct arena *arena;
	const struct scenario *row;
	const void *arg;      /* of the row */
	enum surface surface; /* the door that the row is played at now */
	const char *provider; /* "azure" "okta" "keycloak" */
	const struct edition *edition;
	enum edition_bit edition_bit;
	struct idp *idp;
	const struct platform_config
		*config;       /* of the auth service and the service around the target */
	int64_t started_us;    /* monotonic */
	int64_t started_ms;    /* by the simulator's clock */
	bool broken;	       /* our side failed: run_broken() said why */
	bool skipped;	       /* it cannot be played in this lab: run_skipped() */
	struct result *result; /* filled by check.h and the transcript */
	const char *mark_from, *mark_to, *mark_remark; /* see mark() */
	int64_t mark_us;			       /* the message is not later */
	int64_t failed_us; /* when the first check did not hold, since the row began; or 0 */
	const char *guard; /* of the checks that follow: see guards() */
	size_t cap_checks;
	struct hand_token hand[24];
	size_t n_hand;
	json_t *people;	     /* claims by person, as far as asked for; NULL: none yet */
	struct owned *owned; /* see owned.h */
};

/* Our own side failed. The first reason stays. Always false. */
bool run_broken(struct run *run, const char *fmt, ...) PRINTF(2, 3);

/* The row cannot be played in this lab: SKIPPED with that reason, unless a check has failed
 * already. Everything that follows is quiet. Always false. */
bool run_skipped(struct run *run, const char *fmt, ...) PRINTF(2, 3);

/* Does the target claim that word ("cli.scope_option")? True for the reference platform. */
bool run_claims(const struct run *run, const char *word);

/* The time-out that a command of ms really has: a foreign program may need many seconds to start. */
int patience_ms(const struct run *run, int ms);

char *run_printf(struct run *run, const char *fmt, ...) PRINTF(2, 3);
