/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.h - what a run plays: rows x surfaces x providers x editions, chosen and ordered.
 *
 * The order is that of the documentation, so a list reads like its pages; who plays what
 * and when is the pool's business. A gate (sanity) stands before the items that it guards.
 */
#pragma once

#include "runner/options.h"
#include "suites/kit/play.h"

struct item {
	const struct suite *suite;  /* NULL: a gate */
	const struct scenario *row; /* NULL: a gate */
	const char *id;
	enum surface surface;
	const char *provider; /* a real one */
	const char *edition;
	const char *configuration;  /* group, NULL: default */
	const char *skip;	    /* reason why it is not played, or NULL */
	const char *const *mutants; /* NULL-ended, for prove; or NULL */
	size_t gate;		    /* index of the gate that guards it, or itself */
	unsigned lab;		    /* items of one lab have one number */
};

struct plan {
	struct arena *arena;
	struct item *items;
	size_t n, n_gates;
	unsigned labs;		/* how many lab numbers there are */
	const char **providers; /* that occur, NULL-ended; also those of other shards */
	const char *editions;	/* "nemo, nmp": that were asked for */
};

/* What the plan is made for. */
struct plan_for {
	const struct options *options;
	const struct target *target;	   /* NULL: the reference platform */
	const char *const *providers_only; /* of an attached target, NULL-ended; NULL: all */
	bool attached;
	bool gates;		/* put a gate before each surface x provider x edition */
	const char *const *ids; /* only these, NULL-ended (--failed, --profile); NULL: all */
};

/* False when an option names something that does not exist: a section, an id, an edition. */
bool plan_make(struct plan *p, const struct plan_for *f, struct err *err) MUST_CHECK;
void plan_done(struct plan *p);
/* Rows among the items: without gates. */
size_t plan_rows(const struct plan *p);
/* The providers an expansion goes over: real names, NULL-ended, in the plan's arena. */
const char **plan_providers(struct arena *a, const struct scenario *row,
			    const struct plan_for *f);
/* 1 .. n by the hash of the id (FNV-1a): adding a row moves no other. */
long plan_shard(const char *id, long n);
/* "azure, okta, keycloak" of what the plan plays. */
const char *plan_providers_text(const struct plan *p);
/* "login/invalid-scope-stops" */
const char *row_id(struct arena *a, const struct suite *s, const struct scenario *row);
bool has_word(const char *words, const char *word); /* of a space separated list, or NULL */
enum edition_bit edition_bit_of(const char *edition);
