/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-writers.c - what every report keeps: the same bytes for the same results, its limits,
 * and nobody else's words as its own.
 */
#include "idp-sim/base/file.h"
#include "reports/report.h"
#include "reports/tests/sets.h"
#include "reports/text.h"

#include <CUnit/Basic.h>
#include <string.h>
#include <time.h>

struct text {
	char *p;
	size_t n;
};

static struct text render(const struct results *rs, const char *format)
{
	struct text t = { 0 };
	FILE *out = open_memstream(&t.p, &t.n);
	struct err err = { 0 };

	CU_ASSERT_TRUE(report_find(format)->write(rs, out, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "");
	fclose(out);
	return t;
}

static struct text render_set(const char *set, const char *format)
{
	struct results *rs = set_make(set);
	struct text t = render(rs, format);

	results_free(rs);
	return t;
}

static size_t times(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		n++;
	return n;
}

static void same_results_same_bytes(void)
{
	for (size_t i = 0; set_names[i]; i++) {
		if (strcmp(set_names[i], "many") == 0)
			continue;
		for (size_t k = 0; report_formats[k]; k++) {
			struct text a = render_set(set_names[i], report_formats[k]->name);
			struct text b = render_set(set_names[i], report_formats[k]->name);

			CU_ASSERT(a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
			free(a.p);
			free(b.p);
		}
	}
}

/* A report made from the JSON report is the report. */
static void by_way_of_json(void)
{
	for (size_t i = 0; set_names[i] && strcmp(set_names[i], "many") != 0; i++) {
		struct results *rs = set_make(set_names[i]);
		json_t *o = results_to_json(rs);
		struct err err = { 0 };
		struct results *again = results_from_json(o, &err);

		for (size_t k = 0; again && report_formats[k]; k++) {
			struct text a = render(rs, report_formats[k]->name);
			struct text b = render(again, report_formats[k]->name);

			CU_ASSERT(a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
			free(a.p);
			free(b.p);
		}
		json_decref(o);
		results_free(again);
		results_free(rs);
	}
}

/* Processor time, because the machine may be busy with other tests; with the sanitizers. */
static void thousands_are_quick_and_small(void)
{
	static const char *const sets[] = { "many", "bad" };

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct results *rs = set_make(sets[i]);

		CU_ASSERT_EQUAL(rs->n, 5000);
		for (size_t k = 0; report_formats[k]; k++) {
			clock_t begun = clock();
			struct text t = render(rs, report_formats[k]->name);

			CU_ASSERT_TRUE(clock() - begun < 2 * CLOCKS_PER_SEC);
			CU_ASSERT_TRUE(t.n < 5000000);
			free(t.p);
		}
		results_free(rs);
	}
}

/* All 5,000 broken, each with its messages: still a page, and it says what it left out. */
static void all_broken_is_still_a_page(void)
{
	struct results *rs = set_make("bad");
	const struct result *model = NULL;
	struct text t;

	for (size_t i = 0; !model && i < rs->n; i++) {
		if (rs->items[i].verdict == FAILED && rs->items[i].n_hops)
			model = &rs->items[i];
	}
	for (size_t i = 1; i < rs->n; i++) {
		rs->items[i].verdict = FAILED;
		rs->items[i].level = LEVEL_DOCUMENTED;
		rs->items[i].known = NULL;
		rs->items[i].checks = model->checks;
		rs->items[i].n_checks = model->n_checks;
		rs->items[i].hops = model->hops;
		rs->items[i].n_hops = model->n_hops;
	}
	t = render(rs, "html");
	CU_ASSERT_TRUE(t.n < 5000000);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "to keep the page small"));
	free(t.p);
	t = render(rs, "summary");
	CU_ASSERT_TRUE(t.n < 1024 * 1024);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "more: see the full report"));
	free(t.p);
	results_free(rs);
}

static void html_lets_no_markup_through(void)
{
	static const char *const never[] = { "<script",	     "<img",
					     "<b>else",	     "<i>%0A",
					     "<Forbidden",   "href=\"javascript",
					     "\xe2\x80\xae", "http-equiv=\"refresh" };
	struct text t = render_set("hostile", "html");

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		CU_ASSERT_PTR_NULL(strstr(t.p, never[i]));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "&lt;script&gt;alert(1)"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "default-src 'none'"));
	free(t.p);
}

static void html_draws_what_was_said(void)
{
	struct text t = render_set("failed", "html");

	CU_ASSERT_EQUAL(times(t.p, "<svg class=\"seq\""), 2);
	CU_ASSERT_EQUAL(times(t.p, "class=\"band\""), 2);
	CU_ASSERT_EQUAL(times(t.p, "<ol class=\"hops\">"), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "&quot;kid&quot;: &quot;k1&quot;"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "\xc3\x97 forged header forwarded"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "The gateway lets a client act in another person"));
	/* One check of four says little about the others. */
	CU_ASSERT_PTR_NULL(strstr(t.p, "CLI hides the provider"));
	free(t.p);
}

/* Nine waiting polls are one row each way, and a long talk keeps its mark. */
static void polls_are_one_row(void)
{
	struct results *rs = set_make("failed");
	struct hop hops[60] = { 0 };
	struct text t;

	for (size_t i = 0; i < 18; i += 2) {
		hops[i] = (struct hop) { 0, "cli", "idp", "POST /token" };
		hops[i + 1] = (struct hop) { 0,	   "idp", "cli", "400 authorization_pending",
					     NULL, true };
	}
	for (size_t i = 18; i < 60; i++)
		hops[i] = (struct hop) { 0, "cli", "gateway",
					 arena_printf(rs->arena, "GET /%zu", i) };
	hops[30].marked = true;
	hops[30].remark = "this one";
	for (size_t i = 0; i < rs->n; i++) {
		if (rs->items[i].n_hops != 8)
			continue;
		rs->items[i].hops = hops;
		rs->items[i].n_hops = 60;
		break;
	}
	t = render(rs, "html");
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "400 authorization_pending \xc3\x97 9"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "more messages"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "\xc3\x97 this one"));
	CU_ASSERT_PTR_NULL(strstr(t.p, "GET /24"));
	free(t.p);
	results_free(rs);
}

static void terminal_is_100_columns_of_ascii(void)
{
	for (size_t i = 0; set_names[i]; i++) {
		struct text t = render_set(set_names[i], "text");
		size_t column = 0, widest = 0, strange = 0;

		for (size_t k = 0; k < t.n; k++) {
			column = t.p[k] == '\n' ? 0 : column + 1;
			widest = column > widest ? column : widest;
			strange += t.p[k] != '\n' && (t.p[k] < ' ' || t.p[k] > '~');
		}
		CU_ASSERT_TRUE(widest <= 100);
		CU_ASSERT_EQUAL(strange, 0);
		free(t.p);
	}
}

static void terminal_marks_the_offending_line(void)
{
	struct results *rs = set_make("failed");
	struct terminal_options o = { .title = "gauntlet run",
				      .reports = "r.html",
				      .colour = true };
	struct text t = { 0 };
	FILE *out = open_memstream(&t.p, &t.n);
	struct err err = { 0 };

	CU_ASSERT_TRUE(report_terminal(rs, &o, out, &err));
	fclose(out);
	CU_ASSERT_EQUAL(times(t.p, "\n > "), 2);
	CU_ASSERT_EQUAL(strncmp(t.p, "\033[1m$ gauntlet run\033[0m\n", 23), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "\033[1;31mDoes not conform\033[0m. 282 passed"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "Report: r.html"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "exit status 1\n"));
	free(t.p);
	results_free(rs);
}

static void github_keeps_its_limits(void)
{
	struct text t = render_set("bad", "github");
	struct text h = render_set("hostile", "github");

	CU_ASSERT_EQUAL(times(t.p, "::error "), 10);
	CU_ASSERT_TRUE(times(t.p, "::warning ") <= 10);
	CU_ASSERT_TRUE(times(t.p, "::notice ") <= 10);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.p, "::error title=gauntlet::and 419 more"));
	CU_ASSERT_PTR_NOT_NULL(strstr(h.p, "file=suites/403/a%2Cb%3Ac.c,line=1,title="));
	CU_ASSERT_EQUAL(times(h.p, "\n::error"), 0); /* none but the first line */
	free(t.p);
	free(h.p);
}

static void a_full_disk_is_said(void)
{
	for (size_t i = 0; report_formats[i]; i++) {
		struct results *rs = set_make("failed");
		struct err err = { 0 };
		FILE *out = fopen("/dev/full", "w");

		CU_ASSERT_FALSE(report_formats[i]->write(rs, out, &err));
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "No space left on device"));
		fclose(out);
		results_free(rs);
	}
}

static void an_old_report_survives(void)
{
	struct results *rs = set_make("passed");
	char dir[] = "/tmp/reports-XXXXXX", *text = NULL;
	struct err err = { 0 };
	size_t n;

	CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
	CU_ASSERT_FALSE(report_write("junit", "/nowhere/x.xml", rs, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "junit report: "));
	CU_ASSERT_FALSE(report_write("word", dir, rs, &err));
	CU_ASSERT_STRING_EQUAL(err.text, "unknown report format 'word'");
	CU_ASSERT_TRUE(
		report_write("json", arena_printf(rs->arena, "%s/r.json", dir), rs, &err));
	CU_ASSERT_TRUE(
		file_read(arena_printf(rs->arena, "%s/r.json", dir), 1 << 24, &text, &n, &err));
	CU_ASSERT_EQUAL(text[0], '{');
	free(text);
	file_remove_tree(dir);
	results_free(rs);
}

int main(void)
{
	static const CU_TestInfo tests[] = {
		{ "same results, same bytes", same_results_same_bytes },
		{ "by way of JSON", by_way_of_json },
		{ "thousands are quick and small", thousands_are_quick_and_small },
		{ "all broken is still a page", all_broken_is_still_a_page },
		{ "HTML lets no markup through", html_lets_no_markup_through },
		{ "HTML draws what was said", html_draws_what_was_said },
		{ "polls are one row", polls_are_one_row },
		{ "terminal is 100 columns of ASCII", terminal_is_100_columns_of_ascii },
		{ "terminal marks the offending line", terminal_marks_the_offending_line },
		{ "GitHub keeps its limits", github_keeps_its_limits },
		{ "a full disk is said", a_full_disk_is_said },
		{ "an old report survives", an_old_report_survives },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = { { .pName = "writers", .pTests = (CU_TestInfo *)tests },
				  CU_SUITE_INFO_NULL };
	unsigned failures;

	CU_initialize_registry();
	CU_register_suites(suites);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures ? 1 : 0;
}
