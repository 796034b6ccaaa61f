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
	FAILED,  /* the target broke a promise */
	SKIPPED, /* not claimed, or not selected by the target's configuration: `reason` says why */
	BROKEN,  /* we could not try: `reason` says why; nothing is known about the promise */
};

enum level { LEVEL_DOCUMENTED, LEVEL_EXTENDED, LEVEL_ADVICE };

struct check {
	const char *what;   /* "stores no token" */
	bool held;
	bool control;       /* a positive control or precondition: when it does not hold the row is BROKEN */
	const char *want;   /* NULL when held */
	const char *got;    /* NULL when held */
};

/* One message or event, as recorded at our own listeners. */
struct hop {
	int64_t at_us;       /* since the start of the scenario */
	const char *from;    /* "person" "cli" "client" "gateway" "idp" "pdp" "service" "upstream" */
	const char *to;
	const char *text;    /* one line: "POST /azure/.../devicecode  scope=api://platform/nope" */
	const char *detail;  /* the raw message with secrets removed, or NULL */
	bool answer;         /* an answer goes back over a dashed line */
	bool marked;         /* the offending message: at most one in a result */
	const char *remark;  /* what is wrong with it, when marked */
};

struct result {
	const char *id;       /* "login/invalid-scope-stops@azure": unique in a run */
	const char *row;      /* "login/invalid-scope-stops" */
	const char *section;  /* "login" */
	const char *title;
	const char *promise;  /* present tense, true or false */
	const char *page;     /* documentation section the promise stands in */
	const char *source;   /* RFC or provider page */
	const char *remedy;   /* imperative, to the owner of the part */
	const char *surface;  /* "cli" "gateway" "pdp" "service" */
	const char *provider; /* "azure" ..., "any" is resolved to a real one */
	const char *edition;
	const char *target;   /* name of the target that was driven */
	const char *tags;     /* space separated */
	enum level level;
	enum verdict verdict;
	bool flaky;           /* passed on a retry */
	const char *known;    /* reason of the known failure or waiver that covers it */
	bool known_fixed;     /* a known failure that now passes */
	const char *reason;   /* why SKIPPED or BROKEN */
	const char *again;    /* the command that runs it again */
	int64_t took_us;
	int attempts;
	struct check *checks;
	size_t n_checks;
	struct hop *hops;     /* kept for FAILED, BROKEN and warnings */
	size_t n_hops;
};

struct section {
	const char *name;    /* "login" */
	const char *title;   /* "auth login fails with an IdP error" */
};

struct results {
	struct arena *arena;
	struct section *sections; /* in the order of the documentation */
	size_t n_sections;
	struct result *items;     /* in the order of the plan */
	size_t n;
	size_t planned;           /* > n when the run was cut short */
	const char *stopped;      /* why it was cut short, or NULL */
	const char *target;       /* "envoy 1.40.0 (gateway)" */
	const char *edition;
	const char *providers;    /* "azure, okta, keycloak" */
	const char *profile;
	json_t *provenance;       /* flat object of strings and numbers; owned */
	int64_t started_at;       /* Unix seconds */
	int64_t took_us;
	unsigned jobs;
	uint64_t seed;
	bool strict;
};

enum shade { SHADE_OK, SHADE_FAILED, SHADE_BROKEN, SHADE_SKIPPED, SHADE_WARNING, SHADE_KNOWN, SHADE_FLAKY, N_SHADES };

struct counts {
	size_t by[N_SHADES];
	size_t total;
};

/* How a result is shown and counted; the one place that decides it. A FAILED at level advice
 * is a warning unless strict; a FAILED with `known` is known. */
enum shade result_shade(const struct results *rs, const struct result *r);
struct counts results_count(const struct results *rs, const char *section); /* NULL: all */
/* 0, 1, 3 or 4 as design 5 has them, from the results alone. */
int results_exit_code(const struct results *rs);
const char *shade_word(enum shade s); /* "ok" "FAILED" "BROKEN" "skip" "warn" "known" "flaky" */
const char *level_word(enum level l);
const char *verdict_word(enum verdict v);
/* "Conforms. 302 passed, 0 failed, ..." : the last line of the terminal and the head of others. */
char *results_sentence(struct arena *a, const struct results *rs);

/* One result as one line of JSON and back: what workers send to the parent, and the `results`
 * of the JSON report. New reference; NULL with err. */
json_t *result_to_json(const struct result *r);
bool result_from_json(struct arena *a, const json_t *o, struct result *ret, struct err *err) MUST_CHECK;
