/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-result.c - shades, counts, verdicts and the way through JSON.
 */
#include "reports/report.h"
#include "reports/tests/sets.h"
#include "reports/text.h"

#include <CUnit/Basic.h>
#include <string.h>

static void outcomes_and_codes(void)
{
	static const struct {
		const char *set;
		enum outcome outcome;
		int code;
		const char *sentence;
	} rows[] = {
		{ "passed", CONFORMS, 0,
		  "Conforms. 81 passed, 0 failed, 0 broken, 0 skipped in 4.8 s" },
		{ "failed", DOES_NOT_CONFORM, 1,
		  "Does not conform. 282 passed, 3 failed, 0 broken, 12 skipped, 2 known, "
		  "3 warnings in 38.4 s" },
		{ "broken", NO_VERDICT, 3,
		  "No verdict. The target did not start: 81 scenarios not tried, nothing is "
		  "known "
		  "about it." },
		{ "interrupted", NO_VERDICT, 3,
		  "No verdict. Stopped by Ctrl-C after 40 of 81. 40 passed, 0 failed, 0 "
		  "broken, "
		  "0 skipped in 4.8 s" },
		{ "empty", NOTHING_SELECTED, 4, "Nothing was selected." },
		{ "skipped", NOTHING_SELECTED, 4,
		  "Nothing was tried: all 81 selected scenarios were skipped." },
		{ "waivers", CONFORMS_IN_PART, 1,
		  "Conforms in part: 1 required not claimed. 77 passed, 0 failed, 0 broken, "
		  "1 skipped, 2 known, 1 flaky in 4.8 s" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct results *rs = set_make(rows[i].set);

		CU_ASSERT_EQUAL(results_outcome(rs), rows[i].outcome);
		CU_ASSERT_EQUAL(results_exit_code(rs), rows[i].code);
		CU_ASSERT_STRING_EQUAL(results_sentence(rs->arena, rs), rows[i].sentence);
		results_free(rs);
	}
}

static void strict_changes_the_verdict(void)
{
	struct results *rs = set_make("waivers");
	struct counts c;

	rs->strict = true;
	CU_ASSERT_EQUAL(results_outcome(rs), DOES_NOT_CONFORM);
	results_free(rs);
	rs = set_make("failed");
	rs->strict = true;
	c = results_count(rs, NULL);
	CU_ASSERT_EQUAL(c.by[SHADE_FAILED], 6);
	CU_ASSERT_EQUAL(c.by[SHADE_WARNING], 0);
	results_free(rs);
}

static void every_shade(void)
{
	static const struct {
		struct result r;
		bool strict;
		enum shade shade;
	} rows[] = {
		{ { .verdict = PASSED }, false, SHADE_OK },
		{ { .verdict = PASSED, .flaky = true }, false, SHADE_FLAKY },
		{ { .verdict = PASSED, .known = "x", .known_fixed = true }, false, SHADE_OK },
		{ { .verdict = FAILED }, false, SHADE_FAILED },
		{ { .verdict = FAILED, .level = LEVEL_EXTENDED }, false, SHADE_FAILED },
		{ { .verdict = FAILED, .level = LEVEL_ADVICE }, false, SHADE_WARNING },
		{ { .verdict = FAILED, .level = LEVEL_ADVICE }, true, SHADE_FAILED },
		{ { .verdict = FAILED, .known = "x" }, true, SHADE_KNOWN },
		{ { .verdict = FAILED, .section = SECTION_SANITY }, false, SHADE_BROKEN },
		{ { .verdict = SKIPPED, .known = "x" }, false, SHADE_SKIPPED },
		{ { .verdict = BROKEN, .known = "x", .level = LEVEL_ADVICE },
		  false,
		  SHADE_BROKEN },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct results rs = { .strict = rows[i].strict };

		CU_ASSERT_EQUAL(result_shade(&rs, &rows[i].r), rows[i].shade);
	}
}

/* Twice through JSON gives the same bytes, for every set. */
static void json_and_back(void)
{
	for (size_t i = 0; set_names[i]; i++) {
		struct results *rs = set_make(set_names[i]);
		json_t *first = results_to_json(rs);
		struct err err = { 0 };
		struct results *again = results_from_json(first, &err);
		json_t *second = again ? results_to_json(again) : NULL;
		char *a = json_dumps(first, 0), *b = second ? json_dumps(second, 0) : NULL;

		CU_ASSERT_STRING_EQUAL(err.text, "");
		CU_ASSERT(a && b && strcmp(a, b) == 0);
		free(a);
		free(b);
		json_decref(first);
		json_decref(second);
		results_free(rs);
		results_free(again);
	}
}

static void bad_json_is_named(void)
{
	static const struct {
		const char *text, *complaint;
	} rows[] = {
		{ "[]", "not a JSON report of gauntlet: no 'format'" },
		{ "{\"format\":\"gauntlet-results\",\"version\":9}",
		  "version 9 of the report, this program reads 1" },
		{ "{\"format\":\"gauntlet-results\",\"version\":1,\"target\":1}",
		  "'target': expected a string" },
		{ "{\"format\":\"gauntlet-results\",\"version\":1}",
		  "'results': expected a list" },
		{ "{\"format\":\"gauntlet-results\",\"version\":1,\"results\":[{\"id\":\"a@b\","
		  "\"verdict\":\"WON\"}]}",
		  "results[0]: a@b: 'verdict': 'WON' is none of its words" },
		{ "{\"format\":\"gauntlet-results\",\"version\":1,\"results\":[{}]}",
		  "results[0]: a result without an id" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_t *o = json_loads(rows[i].text, 0, NULL);
		struct err err = { 0 };

		CU_ASSERT_PTR_NULL(results_from_json(o, &err));
		CU_ASSERT_STRING_EQUAL(err.text, rows[i].complaint);
		json_decref(o);
	}
}

static void fingerprint_is_of_the_fault(void)
{
	struct arena *a = arena_new();
	struct check one[] = { { .what = "names the error", .want = "x",
				 .got = "http://127.0.0.1:41873/" } };
	struct check two[] = { { .what = "names the error", .want = "x",
				 .got = "http://127.0.0.1:9/" } };
	struct check other[] = { { .what = "names the error", .want = "x", .got = "nothing" } };
	struct result r = { .row = "login/a", .checks = one, .n_checks = 1 };
	char *first = result_fingerprint(a, &r);

	r.checks = two;
	CU_ASSERT_STRING_EQUAL(first, result_fingerprint(a, &r));
	r.checks = other;
	CU_ASSERT_STRING_NOT_EQUAL(first, result_fingerprint(a, &r));
	arena_free(a);
}

static void text_is_made_safe(void)
{
	struct arena *a = arena_new();

	CU_ASSERT_STRING_EQUAL(text_clean(a, "a\r\nb\x01\xff\033[1;31mc\033[0m"),
			       "a\nb\xef\xbf\xbd\xef\xbf\xbd"
			       "c");
	CU_ASSERT_STRING_EQUAL(text_clean(a, "\xed\xa0\x80"),
			       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	CU_ASSERT_STRING_EQUAL(text_ascii(a, "S\xc3\xb6hne\xe2\x80\xa6\n"), "S?hne... ");
	CU_ASSERT_STRING_EQUAL(text_line(a, "0123456789", 8), "01234...");
	CU_ASSERT_STRING_EQUAL(text_middle(a, "/azure/1111-2222/oauth2/v2.0/devicecode", 20),
			       "/azure\xe2\x80\xa6.0/devicecode");
	CU_ASSERT_STRING_EQUAL(text_seconds(a, 61499, 3), "0.061 s");
	CU_ASSERT_STRING_EQUAL(text_seconds(a, 59950000, 1), "60.0 s");
	CU_ASSERT_STRING_EQUAL(text_date(a, 1771087320), "Sat 14 Feb 2026 16:42 UTC");
	CU_ASSERT_STRING_EQUAL(text_count(a, 1234567), "1,234,567");
	arena_free(a);
}

/* A provider of its own column: the word of the id, whatever it was tried with. */
static void provider_of_a_result(void)
{
	struct arena *a = arena_new();
	struct result r = { .id = "gateway/x@any:service:nmp", .provider = "keycloak" };

	CU_ASSERT_STRING_EQUAL(result_provider(a, &r), "any");
	r.id = "gateway/x@azure";
	CU_ASSERT_STRING_EQUAL(result_provider(a, &r), "azure");
	arena_free(a);
}

int main(void)
{
	static const CU_TestInfo tests[] = {
		{ "outcomes, exit codes and sentences", outcomes_and_codes },
		{ "strict changes the verdict", strict_changes_the_verdict },
		{ "every shade", every_shade },
		{ "JSON and back", json_and_back },
		{ "bad JSON is named", bad_json_is_named },
		{ "a fingerprint is of the fault", fingerprint_is_of_the_fault },
		{ "text is made safe", text_is_made_safe },
		{ "provider of a result", provider_of_a_result },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = { { .pName = "result", .pTests = (CU_TestInfo *)tests },
				  CU_SUITE_INFO_NULL };
	unsigned failures;

	CU_initialize_registry();
	CU_register_suites(suites);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures ? 1 : 0;
}
