/* SPDX-License-Identifier: Apache-2.0 */
/* The rows as data: whole, unique, and tied to mutants and catalogue entries that exist. */
#include "fixtures/reference/reference.h"
#include "idp-sim/base/file.h"
#include "suites/kit/play.h"

#include <CUnit/Basic.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void each_row(void (*check)(const struct suite *s, const struct scenario *row))
{
	for (size_t i = 0; suites[i]; i++)
		for (size_t k = 0; k < suites[i]->n; k++)
			check(suites[i], &suites[i]->rows[k]);
}

/* Says which row, because an assertion only says which line. */
static void expect(bool held, const struct suite *s, const struct scenario *row,
		   const char *what, const char *word)
{
	CU_ASSERT_TRUE(held);
	if (!held)
		printf("\n    %s/%s: %s%s%s", s->section, row->name, what, word ? " " : "",
		       word ? word : "");
}

static bool given(const char *text)
{
	return text && *text;
}

static void whole(const struct suite *s, const struct scenario *row)
{
	expect(given(row->name), s, row, "no name", NULL);
	expect(given(row->title), s, row, "no title", NULL);
	expect(given(row->promise), s, row, "no promise", NULL);
	expect(given(row->page), s, row, "no page", NULL);
	expect(given(row->source), s, row, "no source", NULL);
	expect(given(row->remedy), s, row, "no remedy", NULL);
	expect(row->play != NULL, s, row, "no function", NULL);
	expect(row->surfaces != 0, s, row, "no surface", NULL);
	expect(given(row->mutants) || given(row->guard), s, row, "neither mutant nor guard",
	       NULL);
	expect(row->wait_s >= 0 && row->wait_s <= 30, s, row, "waits too long", NULL);
}

static void test_whole(void)
{
	each_row(whole);
}

/* "no-role": lower case, digits and single dashes; "present tense, without should". */
static void well_named(const struct suite *s, const struct scenario *row)
{
	for (const char *p = row->name; *p; p++)
		expect(islower((unsigned char)*p) || isdigit((unsigned char)*p) || *p == '-', s,
		       row, "not a name", NULL);
	expect(!strstr(row->promise, "should"), s, row, "a promise does not say should", NULL);
	expect(row->promise[strlen(row->promise) - 1] == '.', s, row, "a promise is a sentence",
	       NULL);
}

static void test_names(void)
{
	each_row(well_named);
	for (size_t i = 0; suites[i]; i++)
		for (size_t k = 0; k < suites[i]->n; k++)
			for (size_t m = 0; m < k; m++)
				expect(strcmp(suites[i]->rows[k].name,
					      suites[i]->rows[m].name) != 0,
				       suites[i], &suites[i]->rows[k], "named twice", NULL);
}

static void test_promises_differ(void)
{
	for (size_t i = 0; suites[i]; i++)
		for (size_t k = 0; k < suites[i]->n; k++)
			for (size_t m = 0; m < k; m++)
				expect(strcmp(suites[i]->rows[k].promise,
					      suites[i]->rows[m].promise) != 0,
				       suites[i], &suites[i]->rows[k],
				       "promises what another does", suites[i]->rows[m].name);
}

static void each_word(const struct suite *s, const struct scenario *row, const char *words,
		      bool (*known)(const char *word), const char *complaint)
{
	char word[100];

	while (words && *words) {
		size_t n = strcspn(words, " ");

		snprintf(word, sizeof(word), "%.*s", (int)n, words);
		if (n)
			expect(known(word), s, row, complaint, word);
		words += n + (words[n] == ' ');
	}
}

static bool is_mutant(const char *word)
{
	for (size_t i = 0; i < n_mutant_rows; i++)
		if (strcmp(mutant_rows[i].name, word) == 0)
			return true;
	return false;
}

static bool is_configuration(const char *word)
{
	for (const char *const *g = lab_configurations(); *g; g++)
		if (strcmp(*g, word) == 0)
			return true;
	return false;
}

static const char *catalogue; /* one entry a line */
static const char *pages;     /* "our words|page|heading|release", one a line */

static bool has_line(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += n)
		if ((p == text || p[-1] == '\n') && p[n] == '\n')
			return true;
	return false;
}

static bool is_entry(const char *word)
{
	return has_line(catalogue, word);
}

static void known_words(const struct suite *s, const struct scenario *row)
{
	each_word(s, row, row->mutants, is_mutant, "no such mutant:");
	each_word(s, row, row->configuration, is_configuration, "no such configuration:");
	each_word(s, row, row->catalogue, is_entry, "no such catalogue entry:");
}

static void test_words(void)
{
	each_row(known_words);
}

static bool is_covered(const char *entry, size_t n)
{
	for (size_t i = 0; suites[i]; i++)
		for (size_t k = 0; k < suites[i]->n; k++) {
			const char *of = suites[i]->rows[k].catalogue, *p = of;

			for (; p && (p = memmem(p, strlen(p), entry, n)); p += n)
				if ((p == of || p[-1] == ' ') && (!p[n] || p[n] == ' '))
					return true;
		}
	return false;
}

/* Does a row have this entry and no other? */
static bool has_its_own_row(const char *entry, size_t n)
{
	for (size_t i = 0; suites[i]; i++)
		for (size_t k = 0; k < suites[i]->n; k++) {
			const char *of = suites[i]->rows[k].catalogue;

			if (of && strlen(of) == n && !strncmp(of, entry, n))
				return true;
		}
	return false;
}

/* Nothing that the documentation promises is left without a row. */
static void test_catalogue(void)
{
	size_t entries = 0, own = 0, none = 0;

	for (const char *p = catalogue; *p; p += strcspn(p, "\n") + 1) {
		size_t n = strcspn(p, "\n");
		bool covered = is_covered(p, n);

		CU_ASSERT_TRUE(covered);
		if (!covered)
			printf("\n    no row covers %.*s", (int)n, p);
		entries++;
		none += !covered;
		own += has_its_own_row(p, n);
	}
	printf("\n    %zu entries: %zu with a row of their own, %zu merged into a row of "
	       "several, "
	       "%zu not tested\n",
	       entries, own, entries - own - none, none);
}

static bool is_page(const char *words)
{
	size_t n = strlen(words);

	for (const char *p = pages; (p = strstr(p, words)); p += n)
		if ((p == pages || p[-1] == '\n') && p[n] == '|')
			return true;
	return false;
}

static void known_page(const struct suite *s, const struct scenario *row)
{
	expect(row->page && is_page(row->page), s, row, "no such section:", row->page);
}

/* suites/tests/pages.py looks for their headings in the documentation itself. */
static void test_pages(void)
{
	each_row(known_page);
}

static void test_sections(void)
{
	static const char *const order[] = { "sanity",
					     "401",
					     "403",
					     "decisions",
					     "login",
					     "delete",
					     "gateway",
					     "gateway-headers",
					     "gateway-paths",
					     "gateway-requests",
					     "gateway-answers",
					     "gateway-http2",
					     "vouching",
					     "propagation",
					     "admin",
					     "help",
					     "tokens",
					     "refresh",
					     "config",
					     "quickstart",
					     "hardening",
					     NULL };
	size_t at = 0;

	for (size_t i = 0; suites[i]; i++) {
		while (order[at] && strcmp(order[at], suites[i]->section) != 0)
			at++;
		CU_ASSERT_PTR_NOT_NULL(order[at]);
	}
}

static void test_ids(void)
{
	AUTO(arena) struct arena *a = arena_new();
	const struct scenario one = { .name = "x", .surfaces = CLI, .providers = AZURE_ONLY };
	const struct scenario two = { .name = "x", .surfaces = GATEWAY | PDP };
	const struct suite s = { .section = "login" };

	CU_ASSERT_STRING_EQUAL(scenario_id(a, &s, &one, CLI, "azure", "nemo"), "login/x@azure");
	CU_ASSERT_STRING_EQUAL(scenario_id(a, &s, &two, PDP, "okta", "nemo"),
			       "login/x@any:pdp");
	CU_ASSERT_STRING_EQUAL(scenario_id(a, &s, &one, CLI, "azure", "nmp"),
			       "login/x@azure:nmp");
}

int main(int argc, char **argv)
{
	AUTO(char) char *entries = NULL;
	AUTO(char) char *sections = NULL;
	struct err err = { 0 };
	unsigned failed;
	CU_pSuite s;
	size_t n;

	if (argc < 3 || !file_read(argv[1], 1 << 20, &entries, &n, &err) ||
	    !file_read(argv[2], 1 << 20, &sections, &n, &err) ||
	    CU_initialize_registry() != CUE_SUCCESS)
		return 2;
	catalogue = entries;
	pages = sections;
	s = CU_add_suite("rows", NULL, NULL);
	CU_add_test(s, "every row is whole", test_whole);
	CU_add_test(s, "names", test_names);
	CU_add_test(s, "no promise is made twice", test_promises_differ);
	CU_add_test(s, "mutants, configurations and catalogue entries exist", test_words);
	CU_add_test(s, "every entry of the catalogue has a row", test_catalogue);
	CU_add_test(s, "every row stands on a section of the documentation", test_pages);
	CU_add_test(s, "sections are in the order of the documentation", test_sections);
	CU_add_test(s, "ids", test_ids);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
