/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.h - foreign programs: commands that end, and servers that do not.
 *
 * A child leads a process group of its own and has nothing of ours open but the three
 * standard streams. A thread of its own reads both outputs, so a child never blocks on
 * us; it also keeps the time. What is left of the group when the leader is gone, or when
 * time is over, or when a command floods, is killed; everything is reaped.
 */
#pragma once

#include "idp-sim/base/err.h"
#include "suites/kit/target.h"

#include <sys/types.h>

struct child; /* one started program */

struct child_options {
	const char *const *argv; /* NULL-ended; [0] without '/' is searched in our PATH */
	const char *const *env;  /* "NAME=value", NULL-ended: the whole environment; NULL: empty */
	const char *dir;         /* working directory; NULL: ours */
	const char *input;       /* text on its standard input; NULL: none */
	int timeout_ms;          /* a command's time; 0: 30 s, -1: none, for a server */
	size_t limit;            /* of each output; 0: 1 MiB. A command that passes it is killed,
				    of a server the last half is kept */
};

/* NULL with err only for our own failure. A program that does not exist or cannot be
 * executed gives a child whose ran says not_started. */
struct child *child_start(const struct child_options *o, struct err *err) MUST_CHECK;

/* Waits until the command ended or its time is over; frees c. The caller owns the texts in
 * ret: ran_done(). */
void child_finish(struct child *c, struct ran *ret);

/* Ends a server: TERM to its group, KILL after grace_ms; frees c. ret may be NULL. */
void child_stop(struct child *c, int grace_ms, struct ran *ret);

bool child_alive(const struct child *c);
pid_t child_pid(const struct child *c); /* 0 when not started; also the process group */
/* What it wrote to standard error until now; the caller frees it. Never NULL. */
char *child_words(struct child *c);

void ran_done(struct ran *r);
