/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lab.h - the platform in miniature around one target. Private to the kit.
 *
 * What stands around the target depends on the surface:
 *
 *	cli      target -> face -> api -> gateway -> liar -> pdp; gateway -> service
 *	gateway  client -> target -> liar -> pdp; target -> upstream
 *	service  client -> target -> liar -> pdp
 *	pdp      asker -> target -> entities -> service; pdp (bundle) beside it
 *
 * face, api, liar and upstream are recorders: face answers for the discovery document, api for
 * the rest of a platform whose answers a row wants to choose. Parts are started anew
 * when surface, provider or configuration group change; between rows only state is reset.
 */
#pragma once

#include "idp-sim/tls.h"
#include "suites/kit/play.h"
#include "suites/kit/recorder.h"
#include "suites/kit/run.h"

#include <pthread.h>

struct hop_list {
	pthread_mutex_t lock; /* recorders add from their own threads */
	struct arena *arena;
	struct hop *items;
	size_t n, cap;
	int64_t zero_us;
	bool open; /* a row is being played */
};

/* The parts of one surface, provider and configuration group. */
struct assembly {
	bool up;
	enum surface surface;
	const char *provider;
	const char *configuration;
	struct arena *arena;
	struct platform_config config;
	struct lab_urls urls;
	json_t *settings;
	struct reference *pdp, *service, *gateway;
	struct recorder *face, *api, *stranger, *liar, *upstream, *entities;
	struct relay *relays[2]; /* kit/relay.h: before liar, and before upstream or entities */
	struct imposter *imposter; /* kit/imposter.h; NULL: no row asked for one */
	const char *trust_file;	   /* authorities that parts of ours trust; NULL: the system's */
	void *instance;		   /* of the target */
	struct reference *
		instance_part; /* the same, when the target is a part of the reference platform */
	char home[512];
	bool dirty;   /* a row may have changed workspaces or members */
	bool doubted; /* a request got no answer: somebody must look after the target */
	bool lost;    /* an attached target does not answer any more */
	bool misled;  /* the target may remember a decision that the row made up */
	bool blind;   /* the target was started without its data */
	bool spoiled; /* the parts remember what the row did: start them anew */
};

struct lab {
	struct lab_options o;
	struct arena *arena;
	struct mutants mutants;
	struct edition *edition;
	enum edition_bit edition_bit;
	struct idp *idp;
	struct relay *idp_relay; /* NULL: it speaks no TLS */
	struct tls tls;		 /* the lab's own certificate, see kit/places.h */
	const struct target *target;
	struct target *embedded; /* when no target was given */
	struct assembly now;
	struct hop_list hops;
	json_t *tokens; /* of a real tenant: "USER SCOPE" to token; NULL: none yet */
	char *made[32]; /* what the row made at an attached service; owned */
	size_t n_made;
	int64_t journal_from; /* of the simulator, where the row began */
	int64_t secrets_from; /* the journal where the last row began */
	const char **secrets; /* of the last row, see lab_secrets() */
	size_t n_secrets;
	unsigned homes;
	bool troubled;	 /* the simulator must be reset after the row */
	char log[16384]; /* of the target, since the row began; guarded by the hops' lock */
	size_t log_n;
};

/* A value that lab_secrets() tells, besides those that the simulator saw. */
void secret_note(struct run *run, const char *value);
/* A line that a part of the reference platform, as target, wrote into its log: thread-safe. */
void log_add(struct lab *l, const char *line);
/* A decision point anew; blind: its entity store refuses connections. */
bool lab_again(struct lab *l, bool blind, struct err *err) MUST_CHECK;

/* Brings the parts up, unless they stand already; resets what the last row left. */
bool lab_arrange(struct lab *l, enum surface surface, const char *provider,
		 const char *configuration, struct err *err) MUST_CHECK;
/* The parts of l->now, which has its configuration; what was started stays when false. */
bool lab_start_parts(struct lab *l, struct err *err) MUST_CHECK;
void lab_clear(struct lab *l); /* stops the parts, keeps the simulator */
/* Undoes what a row arranged. */
bool lab_reset(struct lab *l, struct err *err) MUST_CHECK;
/* Workspaces and members of token.h, with `more` merged over it; the decision point knows. */
bool lab_seed(struct lab *l, const json_t *more, struct err *err) MUST_CHECK;

/* The same, and the decision point is not told. */
bool lab_store(struct lab *l, const json_t *more, struct err *err) MUST_CHECK;

/* Where the front door is: the target's URL, or NULL for a CLI. */
const char *lab_front(const struct lab *l);
const char *lab_pdp(const struct lab *l);

/* The documented configuration for that provider, with the changes of the group laid over it. ERR_INPUT for an
 * unknown group. Strings live in a. */
bool config_make(struct lab *l, struct arena *a, const char *provider, const char *group,
		 struct platform_config *ret, struct err *err) MUST_CHECK;
json_t *config_json(const struct platform_config *c); /* new reference, the documented keys */

/* The reference platform as a target: all surfaces. */
struct target *embedded_target_new(struct lab *l);
void embedded_target_free(struct target *t);

/* transcript.c: thread-safe. */
void hops_begin(struct lab *l, struct arena *a);
void hops_add(struct lab *l, const char *from, const char *to, bool answer, const char *text,
	      const char *detail);
/* First line of an HTTP message as a hop. */
void hops_message(struct lab *l, const char *from, const char *to, bool answer,
		  const char *bytes, size_t n);
/* Adds what the simulator's journal has, orders by time, closes the list, hands it over. */
void hops_end(struct run *run);
/* Signatures, passwords and refresh tokens cut, origins replaced by the parts' names. */
char *text_shown(struct lab *l, struct arena *a, const char *text, size_t n);
