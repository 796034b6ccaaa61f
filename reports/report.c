/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.c - finds a writer, and puts its report where it is wanted.
 */
#include "reports/report.h"

#include "idp-sim/base/conf.h" /* AUTO(json_t) */
#include "idp-sim/base/file.h"

#include <string.h>

const struct report_format *report_find(const char *name)
{
	for (size_t i = 0; report_formats[i]; i++) {
		if (strcmp(report_formats[i]->name, name) == 0)
			return report_formats[i];
	}
	return NULL;
}

static bool to_stdout(const struct report_format *f, const struct results *rs, struct err *err)
{
	if (!f->write(rs, stdout, err))
		return false;
	if (fflush(stdout) != 0 || ferror(stdout))
		return fail_errno(err, "cannot write to standard output");
	return true;
}

/* The whole report in memory: a writer that fails half-way leaves no half report. */
static bool to_memory(const struct report_format *f, const struct results *rs, char **ret,
		      size_t *ret_n, struct err *err)
{
	AUTO(char) char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	bool ok;

	if (!out)
		return fail_errno(err, "no memory for the report");
	ok = f->write(rs, out, err);
	if (fclose(out) != 0 && ok)
		ok = fail_errno(err, "no memory for the report");
	if (!ok)
		return false;
	*ret = MOVE(text);
	*ret_n = n;
	return true;
}

bool report_write(const char *format, const char *path, const struct results *rs,
		  struct err *err)
{
	const struct report_format *f = report_find(format);
	AUTO(char) char *text = NULL;
	size_t n = 0;

	if (!f)
		return fail(err, ERR_INPUT, "unknown report format '%s'", format);
	if (strcmp(path, "-") == 0)
		return to_stdout(f, rs, err) || err_note(err, "%s report", format);
	if (!to_memory(f, rs, &text, &n, err) || !file_write(path, text, n, 0644, err))
		return err_note(err, "%s report", format);
	return true;
}

enum { REPORT_LIMIT = 512 * 1024 * 1024 };

struct results *report_read(const char *path, struct err *err)
{
	AUTO(char) char *text = NULL;
	AUTO(json_t) json_t *o = NULL;
	struct results *rs;
	json_error_t why;
	size_t n;

	if (!file_read(path, REPORT_LIMIT, &text, &n, err))
		return NULL;
	if (strspn(text, " \t\r\n") >= n) {
		fail(err, ERR_INPUT,
		     "%s: the file is empty; a run writes one by --report json=%s", path, path);
		return NULL;
	}
	o = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
	if (!o) {
		fail(err, ERR_INPUT, "%s:%d:%d: not a JSON report of gauntlet: %s", path,
		     why.line, why.column, why.text);
		return NULL;
	}
	rs = results_from_json(o, err);
	if (!rs)
		err_note(err, "%s", path);
	return rs;
}
