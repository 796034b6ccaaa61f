/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err.h - our own failures, in words.
 *
 * A struct err says that *we* could not do our work: a file is missing, a port is taken,
 * an option makes no sense. What a target does wrong is a check (reports/result.h); what
 * the simulator refuses on purpose is an answer of its dialect. Neither is ever an err.
 *
 * A function that can fail returns bool (or a pointer, NULL on failure) and takes
 * `struct err *` last. Output parameters are untouched on failure. Raise with fail(), add
 * where you were with err_note() while passing it up:
 *
 *	if (!file_read(path, LIMIT, &text, &n, err))
 *		return err_note(err, "provider '%s'", name);
 *
 * The caller owns the struct; nothing in it is allocated; library code never prints it.
 */
#pragma once

#include "idp-sim/base/own.h"

#include <stdbool.h>

enum err_kind {
	ERR_NONE,
	ERR_SYSTEM,  /* the operating system said no */
	ERR_INPUT,   /* a file or an option of the user makes no sense */
	ERR_NETWORK, /* somebody could not be reached, or did not answer */
	ERR_CRYPTO,  /* a key or a signature could not be made or read */
};

struct err {
	enum err_kind kind;
	char text[1000]; /* "outermost: ...: innermost", no newline at the end */
};

/* Sets the text. Always false, so that `return fail(...)` reads as it acts. */
bool fail(struct err *err, enum err_kind kind, const char *fmt, ...) PRINTF(3, 4);
/* As fail(), and appends strerror(errno). Kind ERR_SYSTEM. */
bool fail_errno(struct err *err, const char *fmt, ...) PRINTF(2, 3);
/* Puts "fmt: " before the text. Always false. */
bool err_note(struct err *err, const char *fmt, ...) PRINTF(2, 3);
