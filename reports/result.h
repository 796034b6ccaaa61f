/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result.h - what a run found, as plain data. Writers of reports know nothing else.
 *
 * Strings are owned by the results' arena; NULL means absent unless said otherwise.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/err.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* Four verdicts, never mixed. WARNED, KNOWN and FLAKY are shades of how one is shown. */
enum verdict {
	PASSED,
	FAILED,	 /* the target broke a promise */
	SKIPPED, /* not claimed, or not selected by the target's configuration: `reason` says
		    why */
	BROKEN,	 /* we could not try: `reason` says why; nothing is known about the promise */
};

enum level { LEVEL_DOCUMENTED, LEVEL_EXTENDED, LEVEL_ADVICE };

struct check {
	const char *what; /* "stores no token" */
	bool held;
	bool control; /* a positive control or precondition: when it does not hold the row is
			 BROKEN */
	const char *want; /* the same grammar on both sides; may be NULL when held */
	const char *got;
	const char *guard; /* why no defect of the reference platform turns it red, or NULL */
};

/* One message or event, as recorded at our own listeners. */
struct hop {
	int64_t at_us; /* since the start of the scenario */
	const char
		*from; /* "person" "cli" "client" "gateway" "idp" "pdp" "service" "upstream" */
	const char *to;
	const char
		*text; /* one line: "POST /azure/.../devicecode  scope=api://platform/nope" */
	const char *detail; /* the raw message with secrets removed, or NULL */
	bool answer;	    /* an answer goes back over a dashed line */
	bool marked;	    /* the offending message: at most one in a result */
	const char *remark; /* what is wrong with it, when marked */
};

struct result {
	const char *id;	     /* "login/invalid-scope-stops@azure": unique in a run */
	const char *row;     /* "login/invalid-scope-stops" */
	const char *section; /* "login" */
	const char *title;
	const char *promise;	 /* present tense, true or false */
	const char *page;	 /* documentation section the promise stands in */
	const char *source;	 /* RFC or provider page */
	const char *remedy;	 /* imperative, to the owner of the part */
	const char *consequence; /* of a break, present tense, in words a release manager owns:
				  * "lets a client act in another person's name"; may be NULL */
	const char *file; /* of the scenario, from the root: "suites/login/login.c"; or NULL */
	int line;
	const char *surface;  /* "cli" "gateway" "pdp" "service" */
	const char *provider; /* "azure" ..., "any" is resolved to a real one; see
				 result_provider() */
	const char *edition;
	const char *target; /* name of the target that was driven */
	const char *tags;   /* space separated */
	enum level level;
	enum verdict verdict;
	bool flaky;	   /* passed on a retry */
	const char *known; /* reason of the known failure or waiver that covers it */
	const char *known_owner, *known_link;
	const char *known_until; /* "2026-06-30", or NULL */
	bool known_disputed;	 /* the owner of the target does not agree with the promise */
	bool known_intermittent; /* it fails now and then */
	bool known_expired;	 /* past known_until: announced, gates with strict */
	bool known_fixed; /* a known failure that now passes: announced, gates with strict */
	bool required; /* by the profile: unclaimed it leaves the verdict "in part" when gated
			*/
	const char *reason;   /* why SKIPPED or BROKEN */
	const char *measured; /* what a promise about time took, beside its bound, or NULL */
	const char *again;    /* the command that runs it again */
	int64_t took_us;
	int attempts;
	const char *earlier; /* what each attempt before this one came to, or NULL */
	int order; /* place in the whole plan, before filters of shards; merge sorts by it */
	struct check *checks;
	size_t n_checks;
	struct hop *hops; /* kept for FAILED, BROKEN and warnings */
	size_t n_hops;
};

/* The section whose results gate the run: they are shown, and not counted as promises. */
#define SECTION_SANITY "sanity"

struct section {
	const char *name;  /* "login" */
	const char *title; /* "auth login fails with an IdP error" */
	const char *group; /* page: "Troubleshooting", "Using authentication"; NULL: "Other
			      pages" */
	const char *url;   /* of the section in the documentation, or NULL */
};

/* One part of the platform in miniature, in the order client/cli, idp, gateway, pdp, service.
 */
struct part {
	const char *name; /* "gateway" */
	const char *who;  /* "envoy 1.40.0", "ours", "idp-sim: azure, okta" */
	bool under_test;
};

struct results {
	struct arena *arena;
	struct section *sections; /* in the order of the documentation */
	size_t n_sections;
	struct part *parts; /* may be none: writers then make them from the results */
	size_t n_parts;
	struct result *items; /* in the order of the plan */
	size_t n;
	size_t planned; /* promises, without sanity; more than there are results when cut short
			 */
	const char *stopped;  /* why it was cut short, or NULL */
	const char **missing; /* ids of the plan that have no result, in its order */
	size_t n_missing;     /* those of a shard that is missing itself are not known */
	const char *target;   /* "envoy 1.40.0 (gateway)" */
	const char *edition;
	const char *providers; /* "azure, okta, keycloak" */
	const char *profile;
	json_t *provenance; /* flat object of strings and numbers; owned */
	int64_t started_at; /* Unix seconds */
	int64_t took_us;
	unsigned jobs;
	uint64_t seed;
	bool strict;
	bool gated; /* a required promise that is not claimed counts against the verdict */
};

enum shade {
	SHADE_OK,
	SHADE_FAILED,
	SHADE_BROKEN,
	SHADE_SKIPPED,
	SHADE_WARNING,
	SHADE_KNOWN,
	SHADE_FLAKY,
	N_SHADES,
};

struct counts {
	size_t by[N_SHADES];
	size_t total;
};

/* What the whole run says. */
enum outcome {
	CONFORMS,	  /* exit status 0 */
	CONFORMS_IN_PART, /* 1: nothing broken, a required promise is not claimed; with strict: any
			     was not tried */
	DOES_NOT_CONFORM, /* 1 */
	NO_VERDICT,	  /* 3: something could not be tried, nothing is broken */
	NOTHING_SELECTED, /* 4: nothing was tried at all */
};

/* How a result is shown and counted; the one place that decides it. A FAILED at level advice
 * is a warning unless strict; a FAILED with `known` is known; a gate that does not pass is
 * BROKEN, because nothing after it means anything. */
enum shade result_shade(const struct results *rs, const struct result *r);
/* Of one section, or of all but sanity when section is NULL. */
struct counts results_count(const struct results *rs, const char *section);
/* The state that a group of results is shown with: FAILED > BROKEN > warning > known > flaky >
 * skipped > passed. */
enum shade counts_worst(const struct counts *c);
enum outcome results_outcome(const struct results *rs);
/* 0, 1, 3 or 4 as design 5 has them, from the results alone. */
int results_exit_code(const struct results *rs);
const char *outcome_word(enum outcome o); /* "does-not-conform" */
const char *shade_word(enum shade s); /* "ok" "FAILED" "BROKEN" "skip" "warn" "known" "flaky" */
const char *level_word(enum level l);
const char *verdict_word(enum verdict v);
/* "any" for a promise that does not depend on the provider, whichever one it was tried with:
 * the word after '@' in the id; without one the result's own provider. */
const char *result_provider(struct arena *a, const struct result *r);
/* The first check that does not hold and is no control, else the first that does not hold,
 * else NULL. */
const struct check *result_offence(const struct result *r);
/* Its consequence, when most of what was checked (controls aside) is broken: a gateway that
 * refuses with the wrong status does not "serve requests without credentials". Or NULL. */
const char *result_consequence(const struct result *r);
/* What fails and how, independent of ports, times and run: 16 hexadecimal digits. A waiver
 * holds one, so that a promise that breaks in a new way is not covered. */
char *result_fingerprint(struct arena *a, const struct result *r);
/* "2; attempt 1 FAILED: ..." */
char *result_attempts(struct arena *a, const struct result *r);
/* It did not hold, and says what was wanted or what came. */
bool check_speaks(const struct check *c);
/* The next check did not hold either, and says the same: they are told together. */
bool check_repeated(const struct result *r, size_t i);
/* "Conforms. 302 passed, 0 failed, ... in 4.8 s": the last line of the terminal. */
char *results_sentence(struct arena *a, const struct results *rs);
/* "Does not conform: 3 promises are broken.": the first line of a page. */
char *results_headline(struct arena *a, const struct results *rs);
/* "87 passed, 1 failed, 0 broken, 7 skipped, 1 known": the other words only when they count. */
char *counts_text(struct arena *a, const struct counts *c);

/* One result as one line of JSON and back: what workers send to the parent, and the `results`
 * of the JSON report. New reference; bytes that are no UTF-8 become U+FFFD. */
json_t *result_to_json(const struct result *r);
bool result_from_json(struct arena *a, const json_t *o, struct result *ret,
		      struct err *err) MUST_CHECK;
/* All of it: the JSON report (reports/schema/results.schema.json). */
json_t *results_to_json(const struct results *rs);
/* The results own their arena: results_free(). NULL with err. */
struct results *results_from_json(const json_t *o, struct err *err) MUST_CHECK;
void results_free(struct results *rs); /* takes NULL */
