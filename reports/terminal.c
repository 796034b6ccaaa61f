/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal.c - the person's report: 100 columns, ASCII, nothing wraps by itself. Column 3 is
 * the verdict word, 11 the section, 29 the title, 96 the right edge of the count; the label of
 * a failure stands in column 4, its text in column 14. `grep '^ >'` finds the offending hops.
 */
#include "reports/terminal.h"

#include <string.h>

static const char *const inks[N_INKS] = {
	"",	    "\033[1;31m", "\033[1;35m", "\033[33m",
	"\033[32m", "\033[34m",	  "\033[2m",	"\033[1m",
};
static const enum ink shade_inks[N_SHADES] = {
	[SHADE_OK] = GREEN,	 [SHADE_FAILED] = RED,	   [SHADE_BROKEN] = MAGENTA,
	[SHADE_SKIPPED] = PLAIN, [SHADE_WARNING] = YELLOW, [SHADE_KNOWN] = PLAIN,
	[SHADE_FLAKY] = YELLOW,
};

enum ink term_ink(enum shade s)
{
	return shade_inks[s];
}

/* s padded to width with the ink around the letters only. */
void term_put(struct term *t, enum ink ink, const char *s, int width)
{
	bool coloured = t->colour && ink != PLAIN && *s;
	int pad = width - (int)strlen(s);

	fprintf(t->out, "%s%s%s%*s", coloured ? inks[ink] : "", s, coloured ? "\033[0m" : "",
		pad > 0 ? pad : 0, "");
}

const char *term_ascii(struct term *t, const char *s)
{
	return text_ascii(t->arena, s ? s : "");
}

/* Where a line of at most room bytes ends: at the last space, in a word that is longer than
 * the line after a slash, or anywhere. */
static size_t line_end(const char *s, size_t room)
{
	size_t n = strlen(s);

	if (n <= room)
		return n;
	for (size_t i = room; i > room / 3; i--) {
		if (s[i] == ' ')
			return i;
	}
	for (size_t i = room; i > room / 2; i--) {
		if (s[i - 1] == '/')
			return i;
	}
	return room;
}

/* Wraps s at WIDTH; the first line begins at column `at`, the next ones too, with `more`
 * further in; `glue` ends a line that goes on. */
void term_wrap(struct term *t, enum ink ink, const char *s, int at, int more, const char *glue)
{
	int indent = at;

	for (;;) {
		size_t room = (size_t)(WIDTH - indent) - strlen(glue);
		size_t n = line_end(s, room);

		term_put(t, ink, arena_dup(t->arena, s, n), 0);
		s += n + strspn(s + n, " ");
		if (!*s)
			break;
		indent = at + more;
		fprintf(t->out, "%s\n%*s", glue, indent, "");
	}
	fputc('\n', t->out);
}

static const char *two_columns(struct term *t, const char *left, const char *right)
{
	return right ? arena_printf(t->arena, "%-37s  %s", left, right) : left;
}

static const char *plan_line(struct term *t)
{
	const struct results *rs = t->rs;
	const char *version = results_fact(t->arena, rs, "gauntlet");
	const char *set = results_fact(t->arena, rs, "scenario_set");
	size_t n = rs->planned;
	char *plan = arena_printf(
		t->arena, "%zu %s, %u %s, seed %llu", n, n == 1 ? "scenario" : "scenarios",
		rs->jobs, rs->jobs == 1 ? "worker" : "workers", (unsigned long long)rs->seed);

	if (!version)
		return plan;
	return two_columns(t, plan,
			   arena_printf(t->arena, "gauntlet %s%s%s", version,
					set ? ", scenario set " : "", set ? set : ""));
}

void terminal_head(const struct results *rs, const struct terminal_options *o, FILE *out)
{
	AUTO(arena) struct arena *arena = arena_new();
	struct term t = { rs, arena, out, o->colour };
	const char *target = rs->target ? rs->target : "reference platform";

	if (o->title) {
		term_put(&t, BOLD, arena_printf(arena, "$ %s", term_ascii(&t, o->title)), 0);
		fputc('\n', out);
	}
	if (rs->edition)
		target = arena_printf(arena, "%s, edition %s", target, rs->edition);
	term_put(&t, DIM, "target", 10);
	term_wrap(&t, PLAIN,
		  term_ascii(&t, two_columns(&t, target,
					     rs->providers ? arena_printf(arena, "providers %s",
									  rs->providers)
							   : NULL)),
		  10, 0, "");
	term_put(&t, DIM, "plan", 10);
	term_wrap(&t, PLAIN, term_ascii(&t, plan_line(&t)), 10, 0, "");
	fputc('\n', out);
}

static const char *count_column(struct term *t, const struct section *s, const struct counts *c,
				enum shade worst)
{
	if (strcmp(s->name, SECTION_SANITY) == 0)
		return "gate";
	if (worst == SHADE_OK)
		return arena_printf(t->arena, "%zu", c->total);
	return arena_printf(t->arena, "%zu of %3zu", c->by[worst], c->total);
}

static void section_line(struct term *t, const struct section *s)
{
	struct counts c = results_count(t->rs, s->name);
	enum shade worst = counts_worst(&c);
	const char *count = count_column(t, s, &c, worst);
	const char *title = text_line(t->arena, term_ascii(t, s->title ? s->title : s->name),
				      COUNT_EDGE - 30 - strlen(count));

	fputs("  ", t->out);
	term_put(t, shade_inks[worst], shade_word(worst), 8);
	term_put(t, PLAIN, text_line(t->arena, term_ascii(t, s->name), 17), 18);
	fprintf(t->out, "%s%*s%s\n", title,
		(int)(COUNT_EDGE - 28 - strlen(title) - strlen(count)), "", count);
}

void terminal_section(const struct results *rs, const struct section *s, bool colour, FILE *out)
{
	AUTO(arena) struct arena *arena = arena_new();
	struct term t = { rs, arena, out, colour };

	section_line(&t, s);
}

/* One line for a result that does not change the verdict, or is one of too many. */
static void short_line(struct term *t, const char *word, enum ink ink, const struct result *r,
		       const char *why)
{
	term_put(t, ink, word, 10);
	term_wrap(
		t, PLAIN,
		term_ascii(t, text_line(t->arena,
					arena_printf(t->arena, "%s  %s", r->id, why ? why : ""),
					180)),
		10, 4, "");
}

static const char *why_short(struct term *t, const struct result *r)
{
	const struct check *c = result_offence(r);

	switch (result_shade(t->rs, r)) {
	case SHADE_KNOWN:
		return arena_printf(t->arena, "%s%s", r->known,
				    r->known_expired	? " (the exception has expired)"
				    : r->known_disputed ? " (disputed)"
							: "");
	case SHADE_WARNING:
		return arena_printf(t->arena, "advice: %s", c ? c->what : r->title);
	case SHADE_FLAKY:
		return arena_printf(t->arena, "passed on attempt %s",
				    result_attempts(t->arena, r));
	default:
		return r->known_fixed ? "now kept: remove it from the known failures"
				      : result_message(t->arena, r);
	}
}

/* A gate that does not pass explains all the BROKEN ones behind it. */
static bool behind_gate(struct term *t, const struct result *r)
{
	struct counts gate = results_count(t->rs, SECTION_SANITY);

	return gate.by[SHADE_BROKEN] && result_shade(t->rs, r) == SHADE_BROKEN &&
	       !text_same(r->section, SECTION_SANITY);
}

static void failures(struct term *t, const struct result **worst, size_t n)
{
	size_t blocks = 0;

	for (size_t i = 0; i < n; i++) {
		const struct result *r = worst[i];
		enum shade s = result_shade(t->rs, r);

		if ((s != SHADE_FAILED && s != SHADE_BROKEN) || behind_gate(t, r))
			continue;
		if (blocks == FULL_BLOCKS)
			fputc('\n', t->out);
		if (++blocks <= FULL_BLOCKS)
			term_block(t, r);
		else
			short_line(t, shade_word(s), shade_inks[s], r, why_short(t, r));
	}
}

static void exceptions(struct term *t, const struct result **worst, size_t n)
{
	struct reason *reasons;
	size_t n_reasons = results_reasons(t->arena, t->rs, &reasons);
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		enum shade s = result_shade(t->rs, worst[i]);

		if (s == SHADE_FAILED || s == SHADE_BROKEN || s == SHADE_SKIPPED)
			continue;
		if (first)
			fputc('\n', t->out);
		first = false;
		short_line(t, s == SHADE_OK ? "fixed" : shade_word(s), shade_inks[s], worst[i],
			   why_short(t, worst[i]));
	}
	for (size_t i = 0; i < n_reasons; i++) {
		if (first)
			fputc('\n', t->out);
		first = false;
		term_put(t, PLAIN, i ? "" : "skip", 10);
		term_wrap(t, PLAIN,
			  term_ascii(t, arena_printf(t->arena, "%zu: %s", reasons[i].n,
						     reasons[i].text)),
			  10, 4, "");
	}
}

/* What promises about time took: a number that is told, kept or not. */
static void measured(struct term *t)
{
	bool first = true;

	for (size_t i = 0; i < t->rs->n; i++) {
		const struct result *r = &t->rs->items[i];

		if (!r->measured)
			continue;
		if (first)
			fputc('\n', t->out);
		term_put(t, PLAIN, first ? "measured" : "", 10);
		term_wrap(t, PLAIN,
			  term_ascii(t, arena_printf(t->arena, "%s: %s", r->id, r->measured)),
			  10, 4, "");
		first = false;
	}
}

static void not_tried(struct term *t)
{
	char *ids = results_missing(t->arena, t->rs, MISSING_TOLD);

	if (!ids)
		return;
	fputc('\n', t->out);
	term_put(t, PLAIN, "not tried", 10);
	term_wrap(t, PLAIN, term_ascii(t, ids), 10, 4, "");
}

static void last_lines(struct term *t, const struct terminal_options *o)
{
	static const enum ink outcome_inks[] = {
		[CONFORMS] = GREEN,	[CONFORMS_IN_PART] = YELLOW,  [DOES_NOT_CONFORM] = RED,
		[NO_VERDICT] = MAGENTA, [NOTHING_SELECTED] = MAGENTA,
	};
	const char *s = term_ascii(t, results_sentence(t->arena, t->rs));
	size_t verdict = strcspn(s, ".:");
	int code = o->exit_code ? o->exit_code : results_exit_code(t->rs);
	const char *report =
		o->reports ? arena_printf(t->arena, "Report: %s", term_ascii(t, o->reports))
			   : "";

	fputc('\n', t->out);
	term_put(t, outcome_inks[results_outcome(t->rs)], arena_dup(t->arena, s, verdict), 0);
	if (strlen(s) > WIDTH && strstr(s, ". ")) { /* the counts on a line of their own */
		const char *counts = strstr(s, ". ") + 2;

		fprintf(t->out, "%.*s\n", (int)(counts - 1 - s - (long)verdict), s + verdict);
		term_wrap(t, PLAIN, counts, 0, 0, "");
	} else {
		fprintf(t->out, "%s\n", s + verdict);
	}
	if (code)
		fprintf(t->out, "%s%*sexit status %d\n", report,
			strlen(report) < 84 ? 85 - (int)strlen(report) : 2, "", code);
	else if (*report)
		fprintf(t->out, "%s\n", report);
}

bool report_terminal(const struct results *rs, const struct terminal_options *o, FILE *out,
		     struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new();
	struct term t = { rs, arena, out, o->colour };
	const struct result **worst;
	struct section *sections;
	size_t n = results_sections(arena, rs, &sections);

	if (!o->tail) {
		terminal_head(rs, o, out);
		for (size_t i = 0; i < n; i++)
			section_line(&t, &sections[i]);
	}
	n = results_worst_first(arena, rs, &worst);
	failures(&t, worst, n);
	exceptions(&t, worst, n);
	measured(&t);
	not_tried(&t);
	last_lines(&t, o);
	return write_done(out, err);
}

static bool write_text(const struct results *rs, FILE *out, struct err *err)
{
	const struct terminal_options o = { 0 };

	return report_terminal(rs, &o, out, err);
}

const struct report_format report_text = {
	.name = "text",
	.extension = "txt",
	.help = "what a terminal shows, without colour",
	.write = write_text,
};
