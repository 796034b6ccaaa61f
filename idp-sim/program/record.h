/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - what a real provider answers, written down as fixtures/golden/ has it.
 *
 * A plan (idp-sim/record/PROVIDER.yaml) lists the cases in the steps of replay.h, so the steps
 * that recorded a case are the steps that play it back.
 */
#pragma once

#include "idp-sim/program/record-scrub.h"
#include "idp-sim/program/replay.h"

/* ---- the person at the terminal ---- */

struct seat {
	bool walks;	     /* fills the pages in with the user's name and password */
	bool absent;	     /* nobody is asked */
	int64_t patience;    /* seconds that one wait may take */
	const char *control; /* of a simulator, whose clock moves instead; NULL: real time */
};

/* The person of a journey; s is borrowed. */
struct person seat_person(struct seat *s);

/* ---- a recording ---- */

/* The case that a journey has come to, as a recording without anything that belongs to
 * somebody. New reference. */
json_t *recording_make(struct scrub *s, const json_t *plan, const struct journey *j,
		       const struct wire_answer *answer);

/* ---- a session of recording ---- */

struct recorder {
	json_t *plan;
	json_t *real;  /* the words of this tenant: bindings */
	json_t *stage; /* the built-in tenant's, for the steps that play it back */
	json_t *cases; /* name -> steps, of what was recorded */
	struct scrub *scrub;
	struct wire_to wire;
	struct person person;
	const char *issuer, *origin;
	int recorded, skipped;
};

/* Reads the discovery document into r->real, and settles what becomes of each word of the
 * tenant. */
bool record_words(struct recorder *r, struct err *err) MUST_CHECK;
