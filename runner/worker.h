/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.h - a process that plays items one after the other, in a lab of its own.
 *
 * Orders come as item numbers in a pipe, results go back as lines "NUMBER JSON". It ends
 * when the orders end.
 */
#pragma once

#include "runner/plan.h"

struct worker_setup {
	const struct plan *plan;
	const struct options *options;
	const struct target *target;
	const char *reference_cli;
	const struct lab_place *places;
	const char *address; /* of its own: "127.66.3.2" */
	const char *home;    /* exists */
	int orders, results; /* file descriptors */
};

/* Never returns. Called in the child, right after fork and before any thread. */
void worker_main(const struct worker_setup *s) __attribute__((noreturn));
