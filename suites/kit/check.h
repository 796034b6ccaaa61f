/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h - what a row found: named checks with want and got.
 *
 * A check records and returns whether it held; it never jumps. `what` reads after the part's
 * name: "stores no token", "answers 401". A control is a check about ourselves or about the
 * good request of a negative row: when it does not hold the row is BROKEN, not FAILED.
 */
#pragma once

#include "suites/kit/door.h"
#include "suites/kit/run.h"

/* want is a phrase: "stderr contains \"AADSTS70011\""; got is formatted and cut to one line. */
bool check_that(struct run *run, bool held, const char *what, const char *want, const char *got,
		...) PRINTF(5, 6);
/* The positive control: "the same request with a good token reaches the service". */
bool control_that(struct run *run, bool held, const char *what, const char *got, ...)
	PRINTF(4, 5);

/* statuses: "401", or several that will do: "403 404". */
bool check_status(struct run *run, const char *what, const struct answer *a,
		  const char *statuses);
/* The same as a control. */
bool control_status(struct run *run, const char *what, const struct answer *a,
		    const char *statuses);
/* Text contains one of the words, separated by '|': "AADSTS70011|invalid_scope". */
bool check_contains(struct run *run, const char *what, const char *text, const char *words);
/* Text contains none of the words, as above: forged values. */
bool check_lacks(struct run *run, const char *what, const char *text, const char *words);
/* Text does not contain the secret, which no report names. */
bool check_keeps(struct run *run, const char *what, const char *text, const char *secret);
bool check_equal(struct run *run, const char *what, const char *got, const char *want);
bool check_count(struct run *run, const char *what, size_t got, size_t want);

/* From here on, until guards(run, NULL): checks that no defect of ours turns red, and why. They count
 * like the others; a proof excuses them. */
void guards(struct run *run, const char *reason);

/* What a promise about time took, beside its bound: reported whether it is kept or not. */
void measured(struct run *run, const char *fmt, ...) PRINTF(2, 3);

/* Front door. Refused with one of the statuses, and nothing reached what stands behind: at a
 * gateway the upstream saw no request, at a service no success came back. */
bool check_refused(struct run *run, const char *who, const struct answer *a,
		   const char *statuses);
/* Allowed: 2xx, and at a gateway the request reached the upstream. */
bool check_allowed(struct run *run, const char *who, const struct answer *a);
/* The same as a positive control. */
bool control_allowed(struct run *run, const char *who, const struct answer *a);

/* CLI door. Exit status 0, or not 0 by itself (no signal, no time-out, no flood). */
bool check_succeeds(struct run *run, const char *what, const struct ran *r);
bool check_fails(struct run *run, const char *what, const struct ran *r);
bool control_succeeds(struct run *run, const char *what, const struct ran *r);

/* Decision door. */
bool check_decision(struct run *run, const char *what, const struct decision *d, bool allowed);
bool control_decision(struct run *run, const char *what, const struct decision *d,
		      bool allowed);

/* Marks the last message from -> to of the transcript until now as the offending one; call it
 * when a check did not hold. to may be NULL. The first mark stays. */
void mark(struct run *run, const char *from, const char *to, const char *remark);
