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

int main(int argc, char **argv)
{
	CU_pSuite s;
	unsigned failed;

	if (argc < 3 || !outside_open(argv[1], argv[2]) ||
	    CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite("init", NULL, NULL);
	CU_ADD_TEST(s, doctor_accepts_what_init_writes);
	CU_ADD_TEST(s, the_stand_in_runs);
	CU_ADD_TEST(s, explain_tells_how_it_is_seen);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	outside_close();
	return failed != 0;
}
