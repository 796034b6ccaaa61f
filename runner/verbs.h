/* SPDX-License-Identifier: Apache-2.0 */
/* verbs.h - what gauntlet can be told to do; each returns the exit code of design 5. */
#pragma once

#include "runner/options.h"

enum {
	EXIT_OK = 0,
	EXIT_FOUND = 1,	  /* something FAILED, a mutant survived, a regression */
	EXIT_USAGE = 2,	  /* an option or a file makes no sense */
	EXIT_NO_TRY = 3,  /* something BROKEN, or a report could not be written */
	EXIT_NOTHING = 4, /* nothing was selected */
	EXIT_OVERTIME = 124,
};

/* The program: suites and play come from whoever links it. */
int gauntlet_main(int argc, char **argv);

extern const struct verb_row verb_rows[]; /* name NULL ends it */

int verb_run(const struct options *o);
int verb_list(const struct options *o);
int verb_explain(const struct options *o);
int verb_prove(const struct options *o);
int verb_doctor(const struct options *o);
int verb_init(const struct options *o);
int verb_report(const struct options *o);
int verb_merge(const struct options *o);
int verb_compare(const struct options *o);
int verb_known(const struct options *o);
int verb_gate(const struct options *o);
int verb_lab(const struct options *o);
int verb_install(const struct options *o);
int verb_completion(const struct options *o);

/* "gauntlet: TEXT" on standard error; the exit code of that kind of failure. */
struct err;
int complain(const struct err *err);
/* Colours? A terminal, no NO_COLOR, no --no-color, TERM not dumb. */
bool colour_wanted(const struct options *o, int fd);
