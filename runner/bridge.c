/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/bridge.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <CUnit/TestRun.h>
#include <string.h>

/* What the test function plays: CUnit's take no argument. */
static struct {
	struct lab *lab;
	const struct item *item;
	struct arena *arena;
	struct result *result;
} now;

static const char *sentence(const struct check *c)
{
	if (c->held)
		return c->what;
	return arena_printf(now.arena, "%s: want %s, got %s", c->what, c->want ? c->want : "?",
			    c->got ? c->got : "?");
}

static void hand_on_checks(void)
{
	const struct result *r = now.result;

	if (r->verdict == SKIPPED || r->verdict == BROKEN)
		return;
	for (size_t i = 0; i < r->n_checks; i++)
		CU_assertImplementation(r->checks[i].held, 0, sentence(&r->checks[i]), r->row,
					r->id, CU_FALSE);
}

static void play_current(void)
{
	const struct item *it = now.item;

	if (it->row)
		play_row(now.lab, it->suite, it->row, it->surface, it->provider, now.arena,
			 now.result);
	else
		play_sanity(now.lab, it->surface, it->provider, now.arena, now.result);
	hand_on_checks();
}

/* A registry of this one row: CUnit compares the names of a registry pairwise, which for a thousand
 * rows costs more than to play them. */
static CU_pTest enrol(const char *section, const char *name, CU_pSuite *ret)
{
	if (CU_initialize_registry() != CUE_SUCCESS)
		return NULL;
	CU_set_error_action(CUEA_IGNORE);
	*ret = CU_add_suite(section, NULL, NULL);
	return *ret ? CU_add_test(*ret, name, play_current) : NULL;
}

void bridge_close(void)
{
	CU_cleanup_registry();
}

/* A check that is not held is a CUnit failure, and nothing else is. */
static void compare_totals(struct result *r)
{
	unsigned want = 0, got = CU_get_number_of_failures();

	for (size_t i = 0; i < r->n_checks; i++)
		want += !r->checks[i].held;
	if (r->verdict == SKIPPED || r->verdict == BROKEN || want == got)
		return;
	r->verdict = BROKEN;
	r->reason = arena_printf(now.arena, "CUnit counted %u failed checks, the result has %u",
				 got, want);
}

void bridge_play(struct lab *lab, const struct item *item, struct arena *arena,
		 struct result *ret)
{
	const char *section = item->suite ? item->suite->section : SECTION_SANITY;
	const char *name = item->row ? item->row->name : "target-starts";
	CU_pSuite s = NULL;
	CU_pTest t = enrol(section, name, &s);

	now.lab = lab;
	now.item = item;
	now.arena = arena;
	now.result = ret;
	if (t && CU_run_test(s, t) == CUE_SUCCESS) {
		compare_totals(ret);
		return;
	}
	ret->verdict = BROKEN;
	ret->reason = arena_printf(arena, "CUnit did not run it: %s", CU_get_error_msg());
}
