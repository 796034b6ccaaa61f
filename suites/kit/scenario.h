/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scenario.h - a scenario is a row and one function.
 *
 * The row is the promise; the function plays a person through a door (kit/door.h) and records
 * checks (kit/check.h). It always returns, owns nothing, and never sees CUnit or a product.
 * To add one: a function and a row in the file of its section. Ids are never renamed or reused.
 */
#pragma once

#include "reports/result.h"

struct run; /* one row being played: kit/run.h */

enum surface { CLI = 1, GATEWAY = 2, PDP = 4, SERVICE = 8, SDK = 16 };

/* Over which providers a row is expanded. */
enum providers {
	ANY_PROVIDER,  /* the wire does not differ: one, keycloak by default */
	EACH_PROVIDER, /* azure, okta, keycloak */
	AZURE_ONLY,
	OKTA_ONLY,
	KEYCLOAK_ONLY,
};

enum edition_bit { NMP = 1, NEMO = 2, CALLOUT = 4, ALL_EDITIONS = 7 };

struct scenario {
	const char *name;    /* "invalid-scope-stops": unique in its section */
	const char *title;   /* half a line, for lists */
	const char *promise; /* one present-tense sentence without "should" */
	const char *page; /* documentation section: "Troubleshooting, \"403 despite access\"" */
	const char *source; /* RFC, provider page, or the contract's evidence */
	const char *given;  /* for `gauntlet explain`: the departure from a good day, or NULL */
	const char *when;   /* what the person does */
	const char *remedy; /* imperative, to the owner of the part */
	const char *consequence; /* of a break, after "The gateway ...": "lets anybody forge a
				  * token"; NULL when there is none to fear */
	const char *reproduce;	 /* idp-sim and curl lines for `explain`, or NULL */
	const char
		*catalogue;  /* ids of the catalogue it covers: "AUTH-LOGIN-AADSTS70011 ..." */
	const char *needs;   /* words a target must claim: "cli.login cli.scope_option" */
	const char *tags;    /* "intrusive raw-bytes slow" */
	const char *mutants; /* who must be caught by it: "cli-ignores-device-error ..." */
	const char *
		overlaps; /* which row catches its mutants too, and why this one stays; NULL: none */
	const char *guard; /* not NULL: reason why no mutant can turn it red */
	const char *
		configuration; /* the configuration group it needs, NULL: the default one (kit/lab.h) */
	int wait_s;	       /* longest real wait it declares; 0: none */
	enum level level;
	unsigned surfaces; /* of enum surface; one expansion each */
	unsigned editions; /* of enum edition_bit; 0: all */
	bool decided; /* about a decision: not at a gateway that only asks whose token it is,
				  so not at that surface in edition nemo-callout */
	enum providers providers;
	void (*play)(struct run *run);
	const void *arg; /* rows that share a function and differ in constants: run->arg */
};

/* Does the row hold at that surface in that edition (of enum edition_bit)? */
static inline bool row_holds(const struct scenario *row, enum surface surface, unsigned edition)
{
	unsigned editions = row->editions ? row->editions : ALL_EDITIONS;

	if (row->decided && surface == GATEWAY)
		editions &= ~(unsigned)CALLOUT;
	return editions & edition;
}

struct suite {
	const char *section; /* "login" */
	const char *title;   /* "auth login fails with an IdP error" */
	const struct scenario *rows;
	size_t n;
};

/* NULL-ended, in the order of the documentation; made from the list in suites/meson.build. */
extern const struct suite *const suites[];
extern const struct suite suite_sanity; /* the gate, also the first of suites[] */
