/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write.h - what the writers share, and nobody else needs.
 */
#pragma once

#include "reports/report.h"
#include "reports/text.h"

/* True when everything written so far went through; takes a full disk for an answer. */
bool write_done(FILE *out, struct err *err) MUST_CHECK;
bool write_buf(const struct buf *b, FILE *out, struct err *err) MUST_CHECK;
/* Indented, with a newline at the end. */
bool write_json_text(const json_t *o, FILE *out, struct err *err) MUST_CHECK;
/* A clean string for jansson; NULL gives "". New reference. */
json_t *write_string(struct arena *a, const char *s);
/* The same under key; left out when NULL. */
void write_member(struct arena *a, json_t *o, const char *key, const char *s);

/* One line that says what is wrong: 'want ...; got ...', or the reason. Never NULL. */
char *result_message(struct arena *a, const struct result *r);
enum { MISSING_TOLD = 12 }; /* where room is short */
/* "login/x@azure, login/y@okta and 31 more" of what was not tried; NULL when all was. */
char *results_missing(struct arena *a, const struct results *rs, size_t most);
/* A known failure in one line: the reason, disputed or not, owner, until when, link. */
char *result_exception(struct arena *a, const struct result *r);
/* The whole story as plain text in the fixed order: promise, source, want, got, held, remedy,
 * again, who said what. */
void result_story(struct buf *b, struct arena *a, const struct result *r);
/* "exits with an error; stores no token", or NULL. */
char *result_held(struct arena *a, const struct result *r);
/* "Troubleshooting, "401 on every request"; RFC 6750, 3.1", or NULL. */
char *result_source(struct arena *a, const struct result *r);
/* Section of a result; a stand-in with the bare name when the run does not list it. */
struct section results_section(const struct results *rs, const char *name);
/* The sections that have results, in the order of the documentation; sanity is first. The
 * list lives in the arena. */
size_t results_sections(struct arena *a, const struct results *rs, struct section **ret);

/* Results that are not simply well, worst first: FAILED before BROKEN before the others, then
 * stated consequence, documented before extended before advice, order of the plan. n pointers
 * from the arena, sanity included. */
size_t results_worst_first(struct arena *a, const struct results *rs,
			   const struct result ***ret);

/* "5 need quickstart mode": skipped results grouped by reason, most frequent first. */
struct reason {
	const char *text;
	size_t n;
};
size_t results_reasons(struct arena *a, const struct results *rs, struct reason **ret);
/* Who said what, as it is shown: a message, one that came several times, or a gap. */
struct said {
	size_t hop;
	size_t times;	 /* 1: once */
	size_t left_out; /* > 0: so many messages are not shown here */
};
/* The first 4, the last 12 and those around the offending one; polls that differ only in ids
 * and times are one each way. From the arena. */
size_t talk_shown(struct arena *a, const struct result *r, struct said **ret);

/* The same result with an offending message marked when none is: the first one of the target
 * that holds, word for word, what a broken check got. From the arena, or r itself. */
const struct result *result_marked(struct arena *a, const struct result *r);

/* A provenance value as text, or NULL. */
const char *results_fact(struct arena *a, const struct results *rs, const char *key);
