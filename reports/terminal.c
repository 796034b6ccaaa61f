/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal.c - the person's report: 100 columns, ASCII, nothing wraps by itself. Column 3 is
 * the verdict word, 11 the section, 29 the title, 96 the right edge of the count; the label of
 * a failure stands in column 4, its text in column 14. `grep '^ >'` finds the offending hops.
 */
#include "reports/write.h"

#include <string.h>

enum {
	WIDTH = 100,
	COUNT_EDGE = 96,
	TEXT_AT = 13,
	HOP_AT = 31,
	FULL_BLOCKS = 20,
	EVIDENCE_LINES = 6
};

/* Colours of the user's theme; never RGB, never a background. */
enum ink { PLAIN, RED, MAGENTA, YELLOW, GREEN, BLUE, DIM, BOLD, N_INKS };
static const char *const inks[N_INKS] = {
	"",	    "\033[1;31m", "\033[1;35m", "\033[33m",
	"\033[32m", "\033[34m",	  "\033[2m",	"\033[1m",
};
static const enum ink shade_inks[N_SHADES] = {
	[SHADE_OK] = GREEN,	 [SHADE_FAILED] = RED,	   [SHADE_BROKEN] = MAGENTA,
	[SHADE_SKIPPED] = PLAIN, [SHADE_WARNING] = YELLOW, [SHADE_KNOWN] = PLAIN,
	[SHADE_FLAKY] = YELLOW,
};

struct term {
	const struct results *rs;
	struct arena *arena;
	FILE *out;
	bool colour;
};

/* s padded to width with the ink around the letters only. */
static void put(struct term *t, enum ink ink, const char *s, int width)
{
	bool coloured = t->colour && ink != PLAIN && *s;
	int pad = width - (int)strlen(s);

	fprintf(t->out, "%s%s%s%*s", coloured ? inks[ink] : "", s, coloured ? "\033[0m" : "",
		pad > 0 ? pad : 0, "");
}

static const char *ascii(struct term *t, const char *s)
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
static void wrap(struct term *t, enum ink ink, const char *s, int at, int more,
		 const char *glue)
{
	int indent = at;

	for (;;) {
		size_t room = (size_t)(WIDTH - indent) - strlen(glue);
		size_t n = line_end(s, room);

		put(t, ink, arena_dup(t->arena, s, n), 0);
		s += n + strspn(s + n, " ");
		if (!*s)
			break;
		indent = at + more;
		fprintf(t->out, "%s\n%*s", glue, indent, "");
	}
	fputc('\n', t->out);
}

static void label(struct term *t, const char *name, enum ink ink, const char *s,
		  const char *glue)
{
	if (!s || !*s)
		return;
	fputs("   ", t->out);
	put(t, DIM, name, TEXT_AT - 3);
	wrap(t, ink, ascii(t, s), TEXT_AT, *glue ? 4 : 0, glue);
}

/* What was wanted or got, in its own lines: a flood is evidence enough in its beginning. */
static void evidence(struct term *t, const char *name, enum ink ink, const char *s)
{
	char *copy = text_clean(t->arena, s), *rest = NULL;
	int lines = 0;

	if (!s)
		return;
	for (char *line = strtok_r(copy, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (++lines > EVIDENCE_LINES) {
			label(t, "", DIM, "...", "");
			return;
		}
		label(t, lines == 1 ? name : "", ink, text_line(t->arena, line, 240), "");
	}
	if (!lines)
		label(t, name, ink, "\"\"", "");
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
		put(&t, BOLD, arena_printf(arena, "$ %s", ascii(&t, o->title)), 0);
		fputc('\n', out);
	}
	if (rs->edition)
		target = arena_printf(arena, "%s, edition %s", target, rs->edition);
	put(&t, DIM, "target", 10);
	wrap(&t, PLAIN,
	     ascii(&t, two_columns(&t, target,
				   rs->providers
					   ? arena_printf(arena, "providers %s", rs->providers)
					   : NULL)),
	     10, 0, "");
	put(&t, DIM, "plan", 10);
	wrap(&t, PLAIN, ascii(&t, plan_line(&t)), 10, 0, "");
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
	const char *title = text_line(t->arena, ascii(t, s->title ? s->title : s->name),
				      COUNT_EDGE - 30 - strlen(count));

	fputs("  ", t->out);
	put(t, shade_inks[worst], shade_word(worst), 8);
	put(t, PLAIN, text_line(t->arena, ascii(t, s->name), 17), 18);
	fprintf(t->out, "%s%*s%s\n", title,
		(int)(COUNT_EDGE - 28 - strlen(title) - strlen(count)), "", count);
}

void terminal_section(const struct results *rs, const struct section *s, bool colour, FILE *out)
{
	AUTO(arena) struct arena *arena = arena_new();
	struct term t = { rs, arena, out, colour };

	section_line(&t, s);
}

static void hop(struct term *t, const struct hop *h)
{
	const char *text = h->text ? h->text : "";

	if (h->remark)
		text = arena_printf(t->arena, "%s%s%s", text, *text ? ": " : "", h->remark);
	fprintf(t->out, " %c ", h->marked ? '>' : ' ');
	put(t, h->marked ? RED : DIM,
	    arena_printf(t->arena, "+%lld.%03lld", (long long)(h->at_us / 1000000),
			 (long long)(h->at_us / 1000 % 1000)),
	    8);
	put(t, h->marked ? RED : DIM, ascii(t, h->from), 8);
	fputc(' ', t->out);
	put(t, h->marked ? RED : DIM, ascii(t, h->to), 8);
	fputs("  ", t->out);
	wrap(t, h->marked ? RED : PLAIN, ascii(t, text_line(t->arena, text, 200)), HOP_AT - 1,
	     0, "");
}

/* With many hops the first ones, the last ones and those around the mark are enough. */
static bool shown(const struct result *r, size_t i, size_t marked)
{
	if (r->n_hops <= 24)
		return true;
	return i < 4 || i + 12 >= r->n_hops || (i + 3 >= marked && i <= marked + 3);
}

static void hops(struct term *t, const struct result *r)
{
	size_t marked = SIZE_MAX - 4, left_out = 0;

	for (size_t i = 0; i < r->n_hops; i++) {
		if (r->hops[i].marked)
			marked = i;
	}
	if (r->n_hops)
		fputc('\n', t->out);
	for (size_t i = 0; i < r->n_hops; i++) {
		if (!shown(r, i, marked)) {
			left_out++;
			continue;
		}
		if (left_out)
			fprintf(t->out, "   ...      %zu more messages\n", left_out);
		left_out = 0;
		hop(t, &r->hops[i]);
	}
}

static void checks(struct term *t, const struct result *r)
{
	for (size_t i = 0; i < r->n_checks; i++) {
		const struct check *c = &r->checks[i];

		if (c->held)
			continue;
		label(t, c->control ? "control" : "check", BOLD, c->what, "");
		evidence(t, "want", PLAIN, c->want);
		evidence(t, "got", RED, c->got);
	}
}

static void block(struct term *t, const struct result *r)
{
	enum shade s = result_shade(t->rs, r);

	fputc('\n', t->out);
	put(t, shade_inks[s], shade_word(s), 8);
	put(t, BOLD, ascii(t, r->id), 0);
	fputs("\n\n", t->out);
	label(t, "promise", PLAIN, r->promise, "");
	label(t, "source", PLAIN, result_source(t->arena, r), "");
	label(t, "reason", PLAIN, r->reason, "");
	checks(t, r);
	label(t, "held", PLAIN, result_held(t->arena, r), "");
	label(t, "remedy", PLAIN, r->remedy, "");
	label(t, "again", BLUE, r->again, " \\");
	hops(t, r);
}

/* One line for a result that does not change the verdict, or is one of too many. */
static void short_line(struct term *t, const char *word, enum ink ink, const struct result *r,
		       const char *why)
{
	put(t, ink, word, 10);
	wrap(t, PLAIN,
	     ascii(t, text_line(t->arena,
				arena_printf(t->arena, "%s  %s", r->id, why ? why : ""), 180)),
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
		return arena_printf(t->arena, "passed on attempt %d", r->attempts);
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
			block(t, r);
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
		put(t, PLAIN, i ? "" : "skip", 10);
		wrap(t, PLAIN,
		     ascii(t, arena_printf(t->arena, "%zu: %s", reasons[i].n, reasons[i].text)),
		     10, 4, "");
	}
}

static void last_lines(struct term *t, const struct terminal_options *o)
{
	static const enum ink outcome_inks[] = {
		[CONFORMS] = GREEN,	[CONFORMS_IN_PART] = YELLOW,  [DOES_NOT_CONFORM] = RED,
		[NO_VERDICT] = MAGENTA, [NOTHING_SELECTED] = MAGENTA,
	};
	const char *s = ascii(t, results_sentence(t->arena, t->rs));
	size_t verdict = strcspn(s, ".:");
	int code = o->exit_code ? o->exit_code : results_exit_code(t->rs);
	const char *report =
		o->reports ? arena_printf(t->arena, "Report: %s", ascii(t, o->reports)) : "";

	fputc('\n', t->out);
	put(t, outcome_inks[results_outcome(t->rs)], arena_dup(t->arena, s, verdict), 0);
	fprintf(t->out, "%s\n", s + verdict);
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
