/* SPDX-License-Identifier: Apache-2.0 */
/* merge.c - `gauntlet merge`: the reports of shards as one. */
#include "reports/merge.h"
#include "reports/report.h"
#include "runner/order.h"
#include "runner/session.h"
#include "runner/verbs.h"

#include <string.h>

/* "azure, okta" and "okta, keycloak" of shards that saw different ones. */
static void name_providers(struct results *rs)
{
	static const char *const order[] = { "azure", "okta", "keycloak" };
	const char *text = NULL;

	for (size_t k = 0; k < ARRAY_LEN(order); k++) {
		for (size_t i = 0; i < rs->n; i++) {
			if (!rs->items[i].provider ||
			    strcmp(rs->items[i].provider, order[k]) != 0)
				continue;
			text = arena_printf(rs->arena, "%s%s%s", text ? text : "",
					    text ? ", " : "", order[k]);
			break;
		}
	}
	rs->providers = text ? text : rs->providers;
}

static int write_merged(const struct options *o, struct results *rs)
{
	struct terminal_options t = { .colour = colour_wanted(o, STDOUT_FILENO) };
	struct err err = { 0 };
	int code = results_exit_code(rs);

	if (o->output && !report_write("json", o->output, rs, &err))
		return complain(&err);
	if (!reports_write(o, rs, &t.reports, &err))
		return complain(&err);
	if (!reports_take_stdout(o) && !report_terminal(rs, &t, stdout, &err))
		return complain(&err);
	return code;
}

static struct results *merge_all(struct results **all, const struct options *o, struct err *err)
{
	for (size_t i = 0; i < o->operands.n; i++) {
		all[i] = report_read(o->operands.items[i], err);
		if (!all[i])
			return NULL;
	}
	return results_merge((const struct results *const *)all, o->operands.items,
			     o->operands.n, err);
}

int verb_merge(const struct options *o)
{
	struct results **all = calloc(o->operands.n + 1, sizeof *all), *merged = NULL;
	struct err err = { 0 };
	bool ok = o->operands.n > 0 && reports_check(o, &err);
	int code;

	if (!o->operands.n)
		fail(&err, ERR_INPUT, "merge: which reports?");
	if (ok)
		merged = merge_all(all, o, &err);
	if (merged) {
		results_sort(merged);
		name_providers(merged);
	}
	code = merged ? write_merged(o, merged) : complain(&err);
	for (size_t i = 0; i < o->operands.n; i++)
		results_free(all[i]);
	results_free(merged);
	free(all);
	return code;
}
