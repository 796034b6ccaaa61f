/* SPDX-License-Identifier: Apache-2.0 */
/*
 * people.h - the people of token.h as data: registered with every provider, and bound to the
 * workspaces of the platform. Private to the kit.
 */
#pragma once

#include "suites/kit/lab.h"

#define PASSWORD "password"

struct person {
	const char *name;
	const char *groups; /* space separated, NULL: none */
};
extern const struct person people[]; /* ends with name NULL */

/* Makes sure that every provider knows them. */
bool people_register(struct lab *l, struct err *err) MUST_CHECK;
/* Workspaces and members of token.h, as reference_seed() takes them; new reference. */
json_t *people_state(void);
