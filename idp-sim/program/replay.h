/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.h - plays recordings of real providers against a simulator and says what differs.
 *
 * A recording is {"case", "provider", "request": {method, path, headers, form, body},
 * "response": {status, headers, body}, "decoded": {NAME: {header, claims}}, "placeholders":
 * [NAME]}. How a case is reached stands in steps.yaml beside the recordings.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/base/wire.h"
#include "idp-sim/idp.h"

/* ---- the steps to a case ---- */

struct journey;

/* Who acts where no program can. */
struct person {
	bool (*wait)(void *ctx, int64_t seconds, struct err *err);
	bool (*browse)(void *ctx, struct journey *j, const char *url, bool refuses,
		       struct err *err);
	void *ctx;
};

/* What one case has come to; made anew for each. */
struct journey {
	struct idp *s; /* NULL: a real provider, which `sim` and `trouble` cannot steer */
	const char *origin;
	const struct wire_to *wire;  /* how it is reached; NULL: plainly */
	const struct person *person; /* NULL: the steps do it all */
	const json_t *scenes;
	struct arena *arena;
	json_t *bound;	 /* name -> text, from the answers of earlier steps */
	json_t *cookies; /* name -> value, one browser */
	json_t *request; /* a copy of the recorded one, which steps change */
};

void journey_init(struct journey *j, const char *origin, const json_t *scenes,
		  const json_t *recording);
void journey_done(struct journey *j);
/*
 * Walks a list of steps, each an object with one member:
 *
 *	scene: NAME                          the steps of that scene
 *	ask: [METHOD, PATH, FORM, HEADERS]   a request; members of its JSON answer, of its
 *	                                     redirect and of its page's form become bindings
 *	sim: [METHOD, PATH, BODY]            a control call; its answer binds as well
 *	browse: [URL, accept | refuse, QUERY]
 *	                                     a person at the pages from there on: the bindings
 *	                                     user, password and user_code are typed in
 *	advance: 10m                         the clock
 *	trouble: SITUATION                   an error armed for the next request
 *	bind: {NAME: TEXT}                   a binding
 *	request: [METHOD, PATH, FORM]        in place of the recorded request
 *	form, header: {NAME: TEXT}, path, body, basic: "ID:SECRET"
 *	                                     changes of the recorded request; null takes out
 *
 * "{name}" in a text is replaced by the binding. False with err when a step has failed.
 */
bool journey_walk(struct journey *j, const json_t *steps, struct err *err) MUST_CHECK;
/* The pages behind url, walked as `browse` says. */
bool journey_browse(struct journey *j, const char *url, bool refuses,
		    struct err *err) MUST_CHECK;
/* All texts of a tree with their bindings; a new reference. */
json_t *journey_fill(struct journey *j, const json_t *v);
/* The URL with its bindings and the members of form, which may be NULL, as its query. */
const char *journey_url(struct journey *j, const char *url, const json_t *form);
/* Binds the members of a redirect. */
void journey_bind_location(struct journey *j, const char *location);
/* Sends the recorded request as the steps have left it. */
bool journey_ask(struct journey *j, struct wire_answer *ret, struct err *err) MUST_CHECK;

/* ---- comparing ---- */

struct comparison {
	const char *case_name;
	const char *origin; /* of the simulator */
	int differences;
	bool quiet;			  /* count only */
	const json_t *placeholders;	  /* members compared by type alone; may be NULL */
	const char *recorded_code, *code; /* user codes, which other members repeat */
};

/* Prints one line for each member of the answer that is not like the recorded one. */
void compare_answer(struct comparison *c, const json_t *recording,
		    const struct wire_answer *answer);
