/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command.h - the subcommands of idp-sim and their flags.
 *
 * A flag's value goes where its row points to: each subcommand has static variables for its
 * own. A program runs one subcommand once.
 */
#pragma once

#include "idp-sim/base/err.h"
#include "idp-sim/idp.h"

#include <stdint.h>
#include <stdio.h>

enum { EXIT_FINE = 0, EXIT_SAYS_NO = 1, EXIT_USAGE = 2, EXIT_TROUBLE = 3 };

enum flag_kind {
	FLAG_SWITCH, /* bool */
	FLAG_TEXT,   /* const char * */
	FLAG_NUMBER, /* int64_t */
	FLAG_LIST,   /* struct texts */
};

struct texts {
	const char *v[65]; /* NULL-ended */
	size_t n;
};

struct flag {
	const char *name; /* without the dashes; NULL ends a table */
	enum flag_kind kind;
	void *to;
	const char *arg; /* what --help calls the value; NULL for a switch */
	const char *help;
};

struct command {
	const char *name, *operands, *summary;
	int (*run)(int argc, char **argv); /* operands only; argv[argc] is NULL */
	const struct flag *flags;	   /* NULL: none */
	bool raw; /* run() gets everything after the name: it parses flags of its own */
};

extern const struct command command_serve, command_ctl, command_errors, command_explain,
	command_reproduce, command_mint, command_decode, command_init, command_validate,
	command_schema, command_record, command_replay;

/* Stores flags, moves operands to the front of argv, and returns how many there are; -1 with
 * err for a mistake. "--" ends the flags. */
int flags_parse(const struct flag *flags, int argc, char **argv, struct err *err);
/* The nearest flag for a typing mistake, or NULL. */
const char *flags_nearest(const struct flag *flags, const char *name);

/* "idp-sim: text" on stderr; returns exit code `code`. */
int complain(int code, const char *fmt, ...) PRINTF(2, 3);
int complain_err(const struct err *err);

/* ---- a terminal ---- */

enum ink { INK_PLAIN, INK_BOLD, INK_DIM, INK_RED, INK_GREEN, INK_YELLOW, INK_BLUE };
/* The escape sequence, or "" where there is no colour: NO_COLOR, --no-color, TERM=dumb, not a
 * terminal. */
const char *ink(enum ink which);
void ink_forbid(void);

/* Starts a simulator for one command: no control listener, any port, quiet. */
struct idp *quiet_idp(const char *const *providers, const char *public_url,
		      struct err *err) MUST_CHECK;
