/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - `gauntlet compare OLD NEW`: what got worse, better, came and went. */
#include "idp-sim/base/conf.h"
#include "reports/compare.h"
#include "reports/report.h"
#include "runner/verbs.h"

#include <string.h>

static int compare(const struct options *o, const struct results *before,
		   const struct results *after, struct err *err)
{
	AUTO(arena) struct arena *a = arena_new();
	struct comparison c = results_compare(a, before, after);

	if (!o->format || strcmp(o->format, "json") != 0)
		return comparison_write(&c, stdout, err) ? comparison_exit_code(&c)
							 : complain(err);
	AUTO(json_t) json_t *json = comparison_to_json(&c);

	json_dumpf(json, stdout, JSON_INDENT(1));
	putchar('\n');
	return comparison_exit_code(&c);
}

int verb_compare(const struct options *o)
{
	struct results *before = NULL, *after = NULL;
	struct err err = { 0 };
	bool ok = o->operands.n == 2;
	int code;

	if (!ok)
		fail(&err, ERR_INPUT, "compare: expected two reports, OLD and NEW");
	ok = ok && (before = report_read(o->operands.items[0], &err)) &&
	     (after = report_read(o->operands.items[1], &err));
	code = ok ? compare(o, before, after, &err) : complain(&err);
	results_free(before);
	results_free(after);
	return code;
}
