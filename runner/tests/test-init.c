/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-init.c - a vendor's first minutes: init, doctor, one row. argv: gauntlet, reference-platform.
 */
#include "runner/tests/outside.h"

#include <CUnit/Basic.h>

static void doctor_accepts_what_init_writes(void)
{
	static const char *const kinds[] = { "cli",	"gateway", "pdp",
					     "service", "sdk",	   "platform" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		char command[200];

		snprintf(command, sizeof command,
			 "$G init %s -o %s.yaml && $G doctor --target %s.yaml -p keycloak",
			 kinds[i], kinds[i], kinds[i]);
		CU_ASSERT(outside_ends(NULL, command, 0));
	}
	CU_ASSERT(outside_ends(NULL, "$G init cli -o cli.yaml", 2));
	CU_ASSERT(outside_says(NULL, "$G init gatway", "expected one of cli, gateway"));
}

/* The stand-in keeps the promises that the embedded part keeps. */
static void the_stand_in_runs(void)
{
	CU_ASSERT(outside_ends(
		NULL, "$G run --target gateway.yaml --section gateway -p keycloak", 0));
}

static void explain_tells_how_it_is_seen(void)
{
	static const char *const parts[] = { "AADSTS70011", "then      1  exits with an error",
					     "caught    by", "HTTP 400",
					     "gauntlet run --only login/invalid-scope-stops" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		CU_ASSERT(outside_says(NULL, "$G explain login/invalid-scope-stops@azure",
				       parts[i]));
}

static const struct outside_test tests[] = {
	{ "doctor accepts what init writes", doctor_accepts_what_init_writes },
	{ "the stand in runs", the_stand_in_runs },
	{ "explain tells how it is seen", explain_tells_how_it_is_seen },
	{ 0 },
};

int main(int argc, char **argv)
{
	return outside_main(argc, argv, "init", tests);
}
