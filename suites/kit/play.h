/* SPDX-License-Identifier: Apache-2.0 */
/*
 * play.h - plays rows: the door of the suites to the runner.
 *
 * A lab is the platform in miniature around one target: simulator, auth service, service,
 * gateway and recorder on one loopback address, with the target in the place of ours. One lab
 * serves many rows one after the other; its state is reset between them. A lab is made in the
 * process that uses it, after fork.
 */
#pragma once

#include "suites/kit/scenario.h"
#include "suites/kit/target.h"

struct lab;

/* Where a listener of the lab stands, for a target that runs somewhere else already. */
struct lab_place {
	const char *part;      /* "idp" "pdp" "upstream" "entities"; NULL ends a list */
	const char *listen;    /* "10.0.0.1:9001"; NULL: any free port */
	const char *advertise; /* URL under which the target sees it; NULL: listen as a URL */
	/* TLS: with a certificate of one's own, or with one that the lab has made and keeps in
	 * tls_dir (idp-sim/tls.h). All NULL: plain HTTP. */
	const char *cert_file, *key_file;
	const char *tls_dir;
};

struct lab_options {
	const struct target *target;	/* NULL: the reference platform, all surfaces */
	const char *edition;		/* name or path of an edition file */
	const struct lab_place *places; /* NULL: any free ports of address */
	const char *address;		/* loopback address of this worker: "127.0.3.1" */
	const char *home;		/* directory of this worker, exists */
	const char *reference_cli;	/* path of the reference-platform program */
	const char *const *mutants;	/* NULL-ended names, for `prove`; NULL: none */
	uint64_t seed;
	bool keep;    /* leave homes behind */
	bool by_hand; /* keep each step of a row as a line for a shell, see hand.h */
	bool control; /* the simulator's control API also listens */
	/* Called for each message that the lab's recorders see, by their threads; NULL: nobody. */
	void (*on_hop)(const struct hop *h);
};

struct lab *lab_new(const struct lab_options *o, struct err *err) MUST_CHECK;
void lab_free(struct lab *l); /* stops everything it started; takes NULL */
/* Brings the parts up for that door and provider without playing anything; `gauntlet lab`. row: as
 * it would find them; NULL: as most do. */
bool lab_open(struct lab *l, enum surface surface, const char *provider,
	      const struct scenario *row, struct err *err) MUST_CHECK;
/* What a person at the door asks, and the simulator's control API; NULL where there is none. */
const char *lab_door(const struct lab *l);
const char *lab_control(const struct lab *l);
/* Where they are, as the target sees them; lives until the lab changes. */
const struct lab_urls *lab_places(const struct lab *l);
/* The names of all configuration groups, NULL-ended, "default" first. */
const char *const *lab_configurations(void);
/* The settings that a group changes, by the names that target files have for them, blanks between;
 * NULL: none that is documented. */
const char *lab_configuration_keys(const char *name);

struct buf;
/* Of an attached service, see names.h: removes what paths (NULL-ended, as noted) name, last
 * first, as the admin. Returns how many are gone; what could not be removed is told in left, a
 * line each. */
size_t lab_remove(struct lab *l, const char *const *paths, struct buf *left);

/* Plays one expansion of a row. Everything in ret lives in arena. Never fails: what could
 * not be tried is BROKEN with the reason. provider is a real one ("keycloak"), never "any". */
void play_row(struct lab *l, const struct suite *suite, const struct scenario *row,
	      enum surface surface, const char *provider, struct arena *arena,
	      struct result *ret);

/* What the row that was played last has sent, got or typed and no report may show: passwords,
 * codes, tokens, cookies as the simulator saw them. NULL-ended, in the arena of that row. */
const char *const *lab_secrets(const struct lab *l);

/* The sanity gate for one surface and provider: the target starts, answers, and a good day
 * works. A result like any other, id "sanity/target-starts@PROVIDER:SURFACE". */
void play_sanity(struct lab *l, enum surface surface, const char *provider, struct arena *arena,
		 struct result *ret);

/* "login/invalid-scope-stops@azure"; ":gateway" is appended when the row has several surfaces,
 * ":nmp" when the edition is not nemo. "any" rows carry the provider word "any". */
char *scenario_id(struct arena *a, const struct suite *s, const struct scenario *row,
		  enum surface surface, const char *provider, const char *edition);
const char *surface_word(enum surface s);
