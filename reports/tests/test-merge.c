/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-merge.c - shards become one run again, and two runs are told apart.
 */
#include "reports/compare.h"
#include "reports/merge.h"
#include "reports/report.h"
#include "reports/tests/sets.h"

#include <CUnit/Basic.h>
#include <string.h>

enum { SHARDS = 7 };

static struct results *whole(void)
{
	struct results *rs = set_make("failed");

	for (size_t i = 0; i < rs->n; i++)
		rs->items[i].order = (int)i;
	return rs;
}

/* Shard k of SHARDS: every SHARDSth promise, backwards, and the gate. */
static struct results *shard(unsigned k)
{
	struct results *rs = whole();
	struct result *all = rs->items;
	size_t n = rs->n;

	rs->items = arena_alloc(rs->arena, n * sizeof(*all));
	rs->items[0] = all[0];
	rs->n = 1;
	for (size_t i = n - 1; i > 0; i--) {
		if (i % SHARDS == k - 1)
			rs->items[rs->n++] = all[i];
	}
	rs->planned = rs->n - 1;
	rs->took_us = 1000 * k;
	json_object_set_new(rs->provenance, "shard", json_sprintf("%u/%d", k, SHARDS));
	return rs;
}

struct shards {
	struct results *rs[SHARDS];
	const char *names[SHARDS];
};

static struct shards all_shards(void)
{
	static const char *const names[] = { "1.json", "2.json", "3.json", "4.json",
					     "5.json", "6.json", "7.json" };
	struct shards s;

	for (unsigned k = 0; k < SHARDS; k++) {
		s.rs[k] = shard(k + 1);
		s.names[k] = names[k];
	}
	return s;
}

static struct results *merge(struct shards *s, size_t n, struct err *err)
{
	return results_merge((const struct results *const *)s->rs, s->names, n, err);
}

static void free_shards(struct shards *s)
{
	for (size_t i = 0; i < SHARDS; i++)
		results_free(s->rs[i]);
}

/* The bytes of the JSON report but for what only a merged run says. */
static char *bytes(struct results *rs)
{
	json_t *o;
	char *text;

	rs->took_us = 1;
	json_object_del(rs->provenance, "shards");
	json_object_del(rs->provenance, "command");
	o = results_to_json(rs);
	text = json_dumps(o, 0);
	json_decref(o);
	return text;
}

static void merged_equals_whole(void)
{
	struct shards s = all_shards();
	struct results *one = whole();
	struct err err = { 0 };
	struct results *merged = merge(&s, SHARDS, &err);
	char *a, *b;

	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(merged->provenance, "shards")),
			       "7 of 7 merged, nothing missing");
	a = bytes(one);
	b = bytes(merged);
	CU_ASSERT_STRING_EQUAL(a, b);
	free(a);
	free(b);
	results_free(one);
	results_free(merged);
	free_shards(&s);
}

/* Every one of them is named, after what stopped those that are there. */
static void missing_shards_are_said(void)
{
	static const struct {
		size_t given[SHARDS], n;
		const char *stopped, *fact;
	} rows[] = {
		{ { 0, 1, 2, 3, 4, 5 }, 6, "shard 7/7 is missing", "6 of 7 merged" },
		{ { 1, 2, 3, 4, 6 }, 5, "shards 1/7 and 6/7 are missing", "5 of 7 merged" },
		{ { 3 },
		  1,
		  "shards 1/7, 2/7, 3/7, 5/7, 6/7 and 7/7 are missing",
		  "1 of 7 merged" },
		{ { 0, 1, 2, 3, 5, 6 },
		  6,
		  "interrupted; terminated; shard 5/7 is missing",
		  "6 of 7 merged" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct shards all = all_shards(), some = { 0 };
		struct err err = { 0 };
		struct results *merged;

		if (i == ARRAY_LEN(rows) - 1) {
			all.rs[0]->stopped = all.rs[2]->stopped = "interrupted";
			all.rs[3]->stopped = "terminated";
		}
		for (size_t k = 0; k < rows[i].n; k++) {
			some.rs[k] = all.rs[rows[i].given[k]];
			some.names[k] = all.names[rows[i].given[k]];
		}
		merged = merge(&some, rows[i].n, &err);
		CU_ASSERT_STRING_EQUAL(merged->stopped, rows[i].stopped);
		CU_ASSERT_STRING_EQUAL(
			json_string_value(json_object_get(merged->provenance, "shards")),
			rows[i].fact);
		CU_ASSERT_NOT_EQUAL(results_exit_code(merged), 0);
		results_free(merged);
		free_shards(&all);
	}
}

static void change_set(struct results *rs)
{
	json_object_set_new(rs->provenance, "scenario_set_digest", json_string("sha256:else"));
}

static void change_seed(struct results *rs)
{
	rs->seed = 7;
}

static void change_edition(struct results *rs)
{
	rs->edition = "nmp";
}

static void change_item(struct results *rs)
{
	struct results *other = shard(1);

	rs->items[1].id = arena_str(rs->arena, other->items[1].id);
	results_free(other);
}

static void strangers_are_refused(void)
{
	static const struct {
		void (*change)(struct results *rs);
		const char *text;
	} rows[] = {
		{ change_set, "1.json and 2.json cannot be merged: scenario_set_digest "
			      "'sha256:8c1f0a4e2b7d' and 'sha256:else'" },
		{ change_seed, "1.json and 2.json cannot be merged: seed 42 and 7" },
		{ change_edition,
		  "1.json and 2.json cannot be merged: edition 'nemo' and 'nmp'" },
		{ change_item,
		  "hardening/promise-service-3@any is in 1.json and in 2.json: give each "
		  "part once" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct shards s = all_shards();
		struct err err = { 0 };

		rows[i].change(s.rs[1]);
		CU_ASSERT_PTR_NULL(merge(&s, SHARDS, &err));
		CU_ASSERT_STRING_EQUAL(err.text, rows[i].text);
		free_shards(&s);
	}
}

/* Of a gate that shards share, the one that did not pass stays. */
static void a_broken_gate_stays(void)
{
	struct shards s = all_shards();
	struct err err = { 0 };
	struct results *merged;

	s.rs[3]->items[0].verdict = BROKEN;
	merged = merge(&s, SHARDS, &err);
	CU_ASSERT_EQUAL(results_count(merged, SECTION_SANITY).by[SHADE_BROKEN], 1);
	CU_ASSERT_EQUAL(results_count(merged, SECTION_SANITY).total, 1);
	results_free(merged);
	free_shards(&s);
}

static void every_change_is_named(void)
{
	AUTO(arena) struct arena *a = arena_new();
	struct results *before = whole(), *after = whole();
	struct check other = { "other", false, false, "a", "b" };
	struct comparison c;

	after->items[5].verdict = FAILED;     /* regressed */
	after->items[6].verdict = BROKEN;     /* lost */
	before->items[7].verdict = FAILED;    /* fixed */
	before->items[8].id = "401/gone@any"; /* gone, and 8 is new */
	after->items[9].verdict = SKIPPED;    /* shifted */
	for (size_t i = 0; i < after->n; i++) {
		if (after->items[i].verdict == FAILED && after->items[i].n_checks == 4) {
			after->items[i].checks = &other; /* altered */
			after->items[i].n_checks = 1;
		}
	}
	c = results_compare(a, before, after);
	for (enum change k = REGRESSED; k < N_CHANGES; k++) {
		CU_ASSERT_EQUAL(c.by[k], 1);
		CU_ASSERT_EQUAL(c.items[k].change, k);
	}
	CU_ASSERT_EQUAL(comparison_exit_code(&c), 1);
	CU_ASSERT_STRING_EQUAL(
		comparison_sentence(a, &c),
		"1 regressed. 1 lost, 1 altered, 1 fixed, 1 new, 1 gone, 1 shifted, "
		"297 unchanged");
	results_free(before);
	results_free(after);
}

static void the_same_run_is_unchanged(void)
{
	AUTO(arena) struct arena *a = arena_new();
	struct results *rs = whole(), *none = set_make("empty");
	struct comparison c = results_compare(a, rs, rs);

	CU_ASSERT_EQUAL(comparison_exit_code(&c), 0);
	CU_ASSERT_EQUAL(c.n, 0);
	c = results_compare(a, none, rs);
	CU_ASSERT_EQUAL(c.by[APPEARED], rs->n);
	c = results_compare(a, rs, none);
	CU_ASSERT_EQUAL(c.by[GONE], rs->n);
	results_free(rs);
	results_free(none);
}

int main(void)
{
	static const CU_TestInfo tests[] = {
		{ "merged equals whole", merged_equals_whole },
		{ "missing shards are said", missing_shards_are_said },
		{ "strangers are refused", strangers_are_refused },
		{ "a broken gate stays", a_broken_gate_stays },
		{ "every change is named", every_change_is_named },
		{ "the same run is unchanged", the_same_run_is_unchanged },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = { { .pName = "merge", .pTests = (CU_TestInfo *)tests },
				  CU_SUITE_INFO_NULL };
	unsigned failures;

	CU_initialize_registry();
	CU_register_suites(suites);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures ? 1 : 0;
}
