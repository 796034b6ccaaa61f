/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - the command line: one table yields parsing, --help and shell completion.
 *
 * Values point into argv or into the options' arena.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/err.h"

#include <stdint.h>
#include <stdio.h>

struct words {
	const char **items; /* NULL-ended when n > 0 */
	size_t n;
};

enum verb_bit {
	RUN = 1 << 0,
	LIST = 1 << 1,
	EXPLAIN = 1 << 2,
	PROVE = 1 << 3,
	DOCTOR = 1 << 4,
	INIT = 1 << 5,
	REPORT = 1 << 6,
	MERGE = 1 << 7,
	COMPARE = 1 << 8,
	KNOWN_VERB = 1 << 9,
	GATE = 1 << 10,
	LAB = 1 << 11,
	INSTALL = 1 << 12,
	COMPLETION = 1 << 13,
	EVERY_VERB = (1 << 14) - 1,
};

struct options {
	struct arena *arena;
	int argc;
	char **argv; /* as given, for provenance */
	const struct verb_row *verb;
	struct words operands;
	/* what to play */
	const char *target;
	struct words filter, exclude, only, tag, section, surface, provider, edition, level,
		set;
	const char *profile, *failed, *same_as, *scenario_set;
	long shard, shards; /* 1-based; shards 0: all */
	bool intrusive;
	/* how */
	long jobs, retries;
	uint64_t seed;
	bool seeded;
	int64_t timeout_ms, run_timeout_ms;
	bool fail_fast, strict, keep, list;
	const char *known_file;
	/* what to say */
	struct words report;
	const char *format, *output, *from, *owner;
	bool quiet, no_color, plain, help, version;
	bool by_hand; /* rows keep their steps as lines for a shell: explain's own */
};

/* The operands of a verb that judges one target: a word there is its --target. */
#define TARGET_OPERAND "[TARGET]"

struct verb_row {
	const char *name, *operands, *help;
	enum verb_bit bit;
	int (*act)(const struct options *o); /* the exit code */
	const char *const *words;	     /* what its operand may be, NULL-ended, or NULL */
};

enum option_kind {
	FLAG,
	TEXT,
	TEXTS, /* may be given several times */
	WORDS, /* and with commas */
	COUNT,
	SEED,
	DURATION, /* 90, 90s, 2m, 1500ms */
	SHARD,	  /* I/N */
};

struct option_row {
	const char *name; /* without dashes */
	char letter;
	enum option_kind kind;
	const char *value; /* "GLOB", NULL for a flag */
	unsigned verbs;
	size_t offset;		  /* in struct options */
	const char *const *words; /* what value may be, NULL-ended, or NULL: anything */
	bool file;		  /* value is a path, for completion */
	const char *help;
};
extern const struct option_row option_rows[]; /* name NULL ends it */

/* Reads argv. verbs: NULL-ended by name. False with a sentence that names the nearest word. */
bool options_parse(struct options *o, const struct verb_row *verbs, int argc, char **argv,
		   struct err *err) MUST_CHECK;
void options_done(struct options *o);
/* Are the words of the fields that have a list of them on it, or files? For what other files
 * than the command line say. */
bool options_check_words(const struct options *o, struct err *err) MUST_CHECK;
/* "nothing was selected by --tag fast, --surface pdp", in a. */
char *options_selection(const struct options *o, struct arena *a);
/* "--NAME WORD: unknown", with the nearest and all of allowed. Always false. */
bool word_refused(const char *name, const char *word, const char *const *allowed,
		  struct err *err);
/* --help of one verb, or of the program when verb is NULL. */
void options_help(const struct verb_row *verbs, const struct verb_row *verb, FILE *out);
/* The completion script for "bash", "zsh" or "fish"; false when shell is none of them. */
bool options_completion(const struct verb_row *verbs, const char *shell, FILE *out);
bool words_include(const struct words *w, const char *word);
