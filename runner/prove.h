/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prove.h - does the suite catch what it claims to catch?
 *
 * Every mutant of the reference platform is played against the rows that name it; a row that
 * FAILS has killed it (BROKEN has not: we could not try). The platform without a defect must
 * pass the same rows. What no mutant turns red proves nothing.
 */
#pragma once

#include "runner/session.h"

struct proof_play { /* one row played against one mutant, or against none */
	const struct item *item;
	const struct result *result; /* NULL: the run was cut short */
	long mutant; /* index into mutants; NO_MUTANT: the platform without a defect */
};

struct proof_mutant {
	const char *name, *part, *defect;
	size_t claimed; /* rows that name it */
	size_t killers; /* plays that FAILED */
	size_t broken;	/* plays that were BROKEN */
};

struct proof_check { /* a named check of a row, over all its expansions */
	const struct suite *suite;
	const struct scenario *row;
	const char *what;
	bool control;
	const char *guard; /* of the check itself */
	size_t reds;	   /* plays in which it did not hold */
};

struct proof_overlap { /* a row without which no mutant would survive */
	const char *row;
	const char *with; /* the row that catches the same, NULL: it catches nothing */
	const char *why;  /* it stays: "another door"; NULL: nobody can say */
};

struct proof {
	struct arena *arena;
	struct proof_mutant *mutants;
	size_t n_mutants;
	struct proof_play *plays;
	size_t n_plays;
	struct proof_check *checks;
	size_t n_checks;
	size_t unharmed_bad; /* plays of the platform without a defect that did not pass */
	size_t survivors, never_red, misses, unexplained;
	struct proof_overlap *overlaps;
	size_t n_overlaps;
	int64_t took_us;
	bool complete;
};

enum { NO_MUTANT = -1 };

/* Counts what the plays say. */
void proof_judge(struct proof *p);
/* A row caught it in any play. */
bool proof_killed(const struct proof_mutant *m);
/* Would a mutant survive without this row? */
bool proof_needs(const struct proof *p, const struct suite *s, const struct scenario *row);
/* Rows of a section that killed the mutant. */
size_t proof_kills_in(const struct proof *p, long mutant, const char *section);
/* Does the row's guard, or its being a control, excuse a check that never turns red? */
bool check_excused(const struct proof_check *c);

/* look/term-prove.txt; 100 columns. */
void proof_print(const struct proof *p, bool colour, FILE *out);
json_t *proof_json(const struct proof *p); /* new reference */
bool proof_html(const struct proof *p, FILE *out);
