/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - one writer a format. A new format is one file and its word in meson.build.
 */
#pragma once

#include "reports/result.h"

struct report_format {
	const char *name;      /* "junit": as in --report junit=FILE */
	const char *extension; /* "xml" */
	const char *help;
	/* Writes the whole report. False with err when out fails. Same results, same bytes. */
	bool (*write)(const struct results *rs, FILE *out, struct err *err);
};

enum { REPORT_VERSION = 1 }; /* of the JSON report */

/* NULL-ended, made from the list in meson.build. */
extern const struct report_format *const report_formats[];
const struct report_format *report_find(const char *name);
/* Writes through a temporary name; an old report survives a full disk. "-" is standard output.
 */
bool report_write(const char *format, const char *path, const struct results *rs,
		  struct err *err) MUST_CHECK;
/* Reads a JSON report back. The results own everything. */
struct results *report_read(const char *path, struct err *err) MUST_CHECK;

struct terminal_options {
	bool colour;
	const char *title;   /* the command line, shown first when not NULL */
	const char *reports; /* "report.html, junit.xml": what was written; NULL: nothing */
	int exit_code;	     /* 0: results_exit_code(); the runner knows 124, 130 and 143 */
	bool tail;	     /* the head and the section lines are on the screen already */
};
/* The person's report: 100 columns, ASCII. Quiet when well; on failure promise, source, want,
 * got, remedy, how to run it again, then who said what. */
bool report_terminal(const struct results *rs, const struct terminal_options *o, FILE *out,
		     struct err *err) MUST_CHECK;
/* For a live screen: the two lines on top, and the line of one finished section. */
void terminal_head(const struct results *rs, const struct terminal_options *o, FILE *out);
void terminal_section(const struct results *rs, const struct section *s, bool colour,
		      FILE *out);
