/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-init.c - a vendor's first minutes: init, doctor, run. argv: gauntlet, reference-platform.
 */
#include "runner/tests/outside.h"

#include <CUnit/Basic.h>

static const char *const kinds[] = { "cli", "gateway", "pdp", "service", "sdk", "platform" };

enum { PLATFORM = ARRAY_LEN(kinds) - 1 }; /* the service once more, in another file */

static void doctor_accepts_what_init_writes(void)
{
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

/* The stand-in keeps the promises that the embedded part keeps, all of them, as it is written. */
static void the_stand_in_conforms(void)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		char command[200];

		snprintf(command, sizeof command,
			 "$G run --target %s.yaml -p keycloak --quiet%s", kinds[i],
			 i == PLATFORM ? " -s sanity -s admin -s hardening" : "");
		CU_ASSERT(outside_ends(NULL, command, 0));
	}
}

/* What a row wants to be configured and the file hands to nobody was not tried. */
static void what_cannot_be_configured_is_skipped(void)
{
	static const char without[] =
		"sed '/UNSIGNED/d; /ACCESS_KEYS/d; /ISSUERS/d; /^tells/d' service.yaml > "
		"bare.yaml; "
		"$G run --target bare.yaml -p keycloak --quiet --section %s > bare.log; "
		"echo $? >> bare.log; cat bare.log";
	static const char *const seen[][2] = {
		{ "401", "needs configuration additional-issuer" },
		{ "quickstart", "needs configuration unsigned" },
		{ "hardening", "needs configuration access-keys" },
		{ "propagation", "needs service.tells: not claimed by" },
	};

	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		char command[400];

		snprintf(command, sizeof command, without, seen[i][0]);
		CU_ASSERT(outside_says(NULL, command, seen[i][1]));
		CU_ASSERT(outside_ends(NULL, "! grep -E '^(FAILED|BROKEN) ' bare.log", 0));
	}
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
	{ "the stand in conforms", the_stand_in_conforms },
	{ "what cannot be configured is skipped", what_cannot_be_configured_is_skipped },
	{ "explain tells how it is seen", explain_tells_how_it_is_seen },
	{ 0 },
};

int main(int argc, char **argv)
{
	return outside_main(argc, argv, "init", tests);
}
