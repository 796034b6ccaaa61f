/* SPDX-License-Identifier: Apache-2.0 */
/*
 * render.c - writes a hand-written set for the foreign tools: render SET FORMAT FILE.
 * "render --sets" and "render --formats" list the words.
 */
#include "reports/report.h"
#include "reports/tests/sets.h"

#include <string.h>

static int list(bool sets)
{
	for (size_t i = 0; sets && set_names[i]; i++)
		puts(set_names[i]);
	for (size_t i = 0; !sets && report_formats[i]; i++)
		puts(report_formats[i]->name);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct results *rs;
	bool ok;

	if (argc == 2)
		return list(strcmp(argv[1], "--sets") == 0);
	if (argc != 4)
		return 2;
	rs = set_make(argv[1]);
	ok = rs && report_write(argv[2], argv[3], rs, &err);
	if (!ok)
		fprintf(stderr, "%s\n", rs ? err.text : "no such set");
	results_free(rs);
	return ok ? 0 : 3;
}
