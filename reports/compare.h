/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare.h - what changed between two runs, by the id of the scenario.
 */
#pragma once

#include "reports/result.h"

enum change {
	REGRESSED, /* FAILED now, not FAILED before: exit status 1 */
	LOST,	   /* BROKEN now: nothing is known any more; exit status 3 */
	ALTERED,   /* FAILED in both, in another way (result_fingerprint) */
	FIXED,	   /* ok now, FAILED or BROKEN or excused before */
	APPEARED,  /* not in the old run */
	GONE,	   /* not in the new run */
	SHIFTED,   /* between ok, skipped, warning, known and flaky */
	N_CHANGES,
};

struct changed {
	enum change change;
	const struct result *before, *after; /* NULL when it was not there */
};

struct comparison {
	const struct results *before, *after; /* borrowed, as the results are */
	struct changed *items;		      /* by change, then in the order of the plan */
	size_t n;
	size_t by[N_CHANGES];
	size_t same;
};

/* Lives in the arena. Runs of different scenario sets can be compared; of different targets
 * too: that is the use. */
struct comparison results_compare(struct arena *a, const struct results *before,
				  const struct results *after);
int comparison_exit_code(const struct comparison *c); /* 0, 1 or 3 */
const char *change_word(enum change c);		      /* "regressed" */
/* "No regression. 2 fixed, 1 new, 299 unchanged" */
char *comparison_sentence(struct arena *a, const struct comparison *c);
/* For a person: 100 columns, ASCII; what is FAILED now comes with want and got. */
bool comparison_write(const struct comparison *c, FILE *out, struct err *err) MUST_CHECK;
/* The same as data; new reference. */
json_t *comparison_to_json(const struct comparison *c);
