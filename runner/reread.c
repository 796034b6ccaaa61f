/* SPDX-License-Identifier: Apache-2.0 */
/* reread.c - `gauntlet report` and `gauntlet known`: from a JSON report that was kept. */
#include "reports/report.h"
#include "runner/known.h"
#include "runner/session.h"
#include "runner/verbs.h"

#include <string.h>

/* --from, or the one operand. */
static struct results *read_from(const struct options *o, struct err *err)
{
	const char *path = o->from ? o->from : o->operands.n == 1 ? o->operands.items[0] : NULL;

	if (path)
		return report_read(path, err);
	fail(err, ERR_INPUT, "%s: which report? --from RESULTS.json", o->verb->name);
	return NULL;
}

int verb_report(const struct options *o)
{
	struct err err = { 0 };
	struct terminal_options t = { .colour = colour_wanted(o, STDOUT_FILENO) };
	struct results *rs = reports_check(o, &err) ? read_from(o, &err) : NULL;
	int code;

	if (!rs)
		return complain(&err);
	rs->strict = rs->strict || o->strict;
	code = results_exit_code(rs);
	if (!reports_write(o, rs, &t.reports, &err) ||
	    (!o->report.n && !report_terminal(rs, &t, stdout, &err)))
		code = complain(&err);
	results_free(rs);
	return code;
}

int verb_known(const struct options *o)
{
	struct err err = { 0 };
	struct results *rs = read_from(o, &err);
	FILE *out = stdout;
	int code = EXIT_OK;

	if (rs && o->output && !(out = fopen(o->output, "we")))
		fail_errno(&err, "%s", o->output);
	if (!rs || !out || !known_write(rs, o->owner, out, &err))
		code = complain(&err);
	if (out && out != stdout)
		fclose(out);
	results_free(rs);
	return code;
}
