/* SPDX-License-Identifier: Apache-2.0 */
/* Every error that a provider's table lists can be brought about, and is what the table says.
 */
#include "idp-sim/program/play.h"
#include "idp-sim/program/table.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

static const char *const *names;

static bool play_one(struct idp *s, const struct provider *p, const struct oauth_error *e,
		     unsigned ways[3])
{
	__attribute__((cleanup(play_done))) struct play play = { 0 };
	struct outcome got = { 0 };
	struct err err = { 0 };

	play_init(&play, s, p);
	play.error = e;
	bool good = reproduce(&play, &got, &err) && got.agrees;
	ways[good ? got.way : WAY_NONE]++;
	if (!good)
		printf("\n    %s: %s%s%s: %s; last answer %d %.300s", p->name, error_code(e),
		       e->variant ? "@" : "", e->variant ? e->variant : "", err.text,
		       got.answer.status, got.answer.body ? got.answer.body : "");
	else if (getenv("SHOW_WAYS") && got.way == WAY_TROUBLE)
		printf("\n    %s: %s%s%s: by trouble", p->name, error_code(e),
		       e->variant ? "@" : "", e->variant ? e->variant : "");
	wire_answer_done(&got.answer);
	return good;
}

static void every_listed_error_can_be_reproduced(void)
{
	struct err err = { 0 };
	struct idp *s = idp_start(
		&(struct idp_options) {
			.providers = names, .control_port = -1, .threads = 1, .seed = 7 },
		&err);

	CU_ASSERT_PTR_NOT_NULL(s);
	for (size_t i = 0; s && i < s->n_providers; i++) {
		const struct provider *p = s->providers[i];
		unsigned ways[3] = { 0 };
		for (size_t k = 0; k < p->n_errors; k++)
			CU_ASSERT(play_one(s, p, &p->errors[k], ways));
		printf("\n    %s: %u for their natural reason, %u by trouble, %u not ", p->name,
		       ways[WAY_NATURE], ways[WAY_TROUBLE], ways[WAY_NONE]);
	}
	idp_stop(s);
}

int main(int argc, char **argv)
{
	names = argc > 1 ? (const char *const *)argv + 1 : NULL;
	CU_initialize_registry();
	CU_pSuite suite = CU_add_suite("errors", NULL, NULL);
	CU_add_test(suite, "every listed error can be reproduced",
		    every_listed_error_can_be_reproduced);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
