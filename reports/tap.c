/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tap.c - TAP 14 (testanything.org). A known failure and a warning are `not ok # TODO`, which
 * does not fail a harness; a gate that did not pass, or a run cut short, bails out.
 */
#include "reports/write.h"

struct tap {
	const struct results *rs;
	struct arena *arena;
	FILE *out;
};

/* One line with `\` and `#` escaped, so that nothing in it is a directive. */
static void description(struct tap *t, const char *s)
{
	for (const char *p = text_line(t->arena, s, 300); *p; p++) {
		if (*p == '\\' || *p == '#')
			fputc('\\', t->out);
		fputc(*p, t->out);
	}
}

static void directive(struct tap *t, const char *word, const char *why)
{
	fprintf(t->out, " # %s ", word);
	description(t, why);
}

/* A JSON string is a YAML double-quoted scalar (YAML 1.2, 1.3). */
static void member(struct tap *t, int indent, const char *key, const char *value)
{
	AUTO_BUF b = { 0 };
	char *clean = text_clean(t->arena, value);

	if (!value)
		return;
	for (const char *p = clean; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_char(&b, '\\');
		if (*p == '\n')
			buf_str(&b, "\\n");
		else if (*p == '\t')
			buf_str(&b, "\\t");
		else
			buf_char(&b, *p);
	}
	fprintf(t->out, "%*s%s: \"%s\"\n", indent, "", key, b.p ? b.p : "");
}

static void diagnosis(struct tap *t, const struct result *r, enum shade s)
{
	fputs("  ---\n", t->out);
	member(t, 2, "severity", s == SHADE_FAILED ? "fail" : shade_word(s));
	member(t, 2, "message", result_message(t->arena, r));
	member(t, 2, "promise", r->promise);
	member(t, 2, "source", result_source(t->arena, r));
	member(t, 2, "remedy", r->remedy);
	member(t, 2, "again", r->again);
	member(t, 2, "file", r->file);
	for (size_t i = 0, first = 1; i < r->n_checks; i++) {
		if (r->checks[i].held)
			continue;
		if (first)
			fputs("  checks:\n", t->out);
		first = 0;
		member(t, 4, "- what", r->checks[i].what);
		member(t, 6, "wanted", r->checks[i].want);
		member(t, 6, "found", r->checks[i].got);
	}
	fprintf(t->out, "  duration_ms: %lld\n  ...\n", (long long)(r->took_us / 1000));
}

static void line(struct tap *t, size_t number, const struct result *r)
{
	enum shade s = result_shade(t->rs, r);
	bool ok = s == SHADE_OK || s == SHADE_FLAKY || s == SHADE_SKIPPED;

	fprintf(t->out, "%sok %zu - ", ok ? "" : "not ", number);
	description(t, r->title ? arena_printf(t->arena, "%s %s", r->id, r->title) : r->id);
	if (s == SHADE_SKIPPED)
		directive(t, "SKIP", r->reason);
	if (s == SHADE_KNOWN)
		directive(t, "TODO known failure:", r->known);
	if (s == SHADE_WARNING)
		directive(t, "TODO advice, does not gate:", result_message(t->arena, r));
	fputc('\n', t->out);
	if (!ok)
		diagnosis(t, r, s);
	if (s == SHADE_FLAKY)
		fprintf(t->out, "# flaky: passed on attempt %s\n",
			result_attempts(t->arena, r));
	if (r->known_fixed)
		fputs("# now kept: remove it from the known failures\n", t->out);
}

static bool write_tap(const struct results *rs, FILE *out, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new();
	struct tap t = { rs, arena, out };
	size_t n = results_count(rs, NULL).total, number = 0;

	fputs("TAP version 14\n", out);
	fprintf(out, "1..%zu", rs->planned > n ? rs->planned : n);
	if (!n && !rs->planned)
		fputs(" # SKIP nothing was selected", out);
	fprintf(out, "\n# seed %llu\n", (unsigned long long)rs->seed);
	for (size_t i = 0; i < rs->n; i++) {
		if (!text_same(rs->items[i].section, SECTION_SANITY))
			line(&t, ++number, &rs->items[i]);
	}
	for (size_t i = 0; i < rs->n_missing; i++)
		fprintf(out, "# not tried: %s\n", text_line(arena, rs->missing[i], 300));
	if (results_outcome(rs) == NO_VERDICT || rs->stopped)
		fprintf(out, "Bail out! %s\n",
			text_line(arena, results_headline(arena, rs), 300));
	return write_done(out, err);
}

const struct report_format report_tap = {
	.name = "tap",
	.extension = "tap",
	.help = "Test Anything Protocol 14",
	.write = write_tap,
};
