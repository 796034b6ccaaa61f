/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outside.h - a program of ours as a person meets it: through a shell, in a folder of its own.
 * $G is the program, $R the reference platform.
 */
#pragma once

#include "suites/kit/child.h"

extern char outside_dir[]; /* made by outside_open(), removed by outside_close() */

bool outside_open(const char *program, const char *reference);
void outside_close(void);
/* more_env: one further NAME=value, or NULL. */
struct child *outside_start(const char *more_env, const char *command);
struct ran outside_run(const char *more_env, const char *command);
/* Does it end with that code? What was said is printed when it is another. */
bool outside_ends(const char *more_env, const char *command, int code);
/* Is part in what it printed? */
bool outside_says(const char *more_env, const char *command, const char *part);
/* Free ports of an address that nobody else takes ports on: host gets "127.NET..." of this
 * process; net is of the test, 50 apart from another test's. */
void outside_ports(unsigned net, char *host, size_t size, int *ports, size_t n);
bool outside_put(const char *name, const char *text);
/* Waits until the file holds a number. */
bool outside_wait_for(const char *name, long *ret_number);
/* Waits until the file holds that text so many times. */
bool outside_wait_text(const char *name, const char *text, size_t times);
bool outside_gone(long pid); /* waits until that process is no more */

struct outside_test {
	const char *name; /* NULL ends a table */
	void (*test)(void);
};
/* Runs a table as a CUnit suite on the programs in argv; what main() returns. */
int outside_main(int argc, char **argv, const char *name, const struct outside_test *tests);
