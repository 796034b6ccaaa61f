/* SPDX-License-Identifier: Apache-2.0 */
/*
 * liar.h - ways in which a policy decision point lets its gateway down.
 *
 * A liar is a recorder in front of the real auth service: honest until told otherwise. Each
 * lie is a row with a name; it is told on the decision paths only, so that discovery and keys
 * keep working. The right answer of a gateway to every lie: nothing is forwarded, status 403
 * or 5xx - except where `harmless` says that forwarding the true identity is right as well.
 */
#pragma once

#include "suites/kit/recorder.h"

struct edition;

/* What a gateway must read in order to notice. */
enum lie_reads {
	LIE_WIRE,    /* the connection or the framing of the answer is broken */
	LIE_STATUS,  /* the status is none of 200, 401, 403 */
	LIE_HEADERS, /* status 200 whose headers do not vouch for a principal */
	LIE_TWICE,   /* a header comes twice and differs: for targets that claim
		      * gateway.counts_headers */
	LIE_BODY,    /* status and headers are fine, the JSON body says otherwise: for targets
		      * that claim gateway.reads_body */
};

struct lie {
	const char *name; /* "allowed-is-a-string" */
	const char *what; /* "answers \"allowed\": \"false\"" */
	enum lie_reads reads;
	bool harmless; /* forwarding with exactly the identity in the answer is right too */
	bool slow;     /* only a time-out of the gateway (5 s documented) ends it */
	bool decides;  /* makes no sense where the callout only names a principal */
	/* How it is told: "" means absent, NULL the honest value. */
	const char *authorized, *authorized_again;
	const char *principal, *principal_again;
	const char *lines;
	const char *body;
	struct recorder_answer wire; /* status 0: 200 */
};
/* The principal that lies name, so that a row can tell where an identity came from. */
#define LIAR_PRINCIPAL "u-named-by-liar"
extern const struct lie liar_lies[];
extern const size_t n_liar_lies;

/* Tells a lie until recorder_say(r, NULL) or recorder_reset(r). `e` gives header names and
 * paths; false when no lie has that name. */
bool liar_tell(struct recorder *r, const struct edition *e, const char *lie,
	       struct err *err) MUST_CHECK;
/* Answers every question with this; NULL: the truth again. */
void liar_say(struct recorder *r, const struct edition *e, const struct recorder_answer *a);
/* Says yes to everything, in the name of LIAR_PRINCIPAL. */
void liar_say_yes(struct recorder *r, const struct edition *e);
