/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal-block.c - one failure: promise, source, want, got, held, remedy, how to run it
 * again, then who said what, the offending line with '>' in column 2.
 */
#include "reports/terminal.h"

#include <string.h>

static void label(struct term *t, const char *name, enum ink ink, const char *s,
		  const char *glue)
{
	if (!s || !*s)
		return;
	fputs("   ", t->out);
	term_put(t, DIM, name, TEXT_AT - 3);
	term_wrap(t, ink, term_ascii(t, s), TEXT_AT, *glue ? 4 : 0, glue);
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

static void hop(struct term *t, const struct hop *h, size_t times)
{
	const char *text = text_line(t->arena, h->text, HOP_LETTERS);

	if (times > 1)
		text = arena_printf(t->arena, "%s  (%zu times)", text, times);
	if (h->remark)
		text = arena_printf(t->arena, "%s%s%s", text, *text ? ": " : "", h->remark);
	fprintf(t->out, " %c ", h->marked ? '>' : ' ');
	term_put(t, h->marked ? RED : DIM,
		 arena_printf(t->arena, "+%lld.%03lld", (long long)(h->at_us / 1000000),
			      (long long)(h->at_us / 1000 % 1000)),
		 8);
	term_put(t, h->marked ? RED : DIM, term_ascii(t, h->from), 8);
	fputc(' ', t->out);
	term_put(t, h->marked ? RED : DIM, term_ascii(t, h->to), 8);
	fputs("  ", t->out);
	term_wrap(t, h->marked ? RED : PLAIN, term_ascii(t, text), HOP_AT - 1, 0, "");
}

static void hops(struct term *t, const struct result *r)
{
	struct said *list;
	size_t n = talk_shown(t->arena, r, &list);

	if (n)
		fputc('\n', t->out);
	for (size_t i = 0; i < n; i++) {
		if (list[i].left_out)
			fprintf(t->out, "   ...      %zu more messages\n", list[i].left_out);
		else
			hop(t, &r->hops[list[i].hop], list[i].times);
	}
}

static void checks(struct term *t, const struct result *r)
{
	size_t shown = 0, left_out = 0;

	for (size_t i = 0; i < r->n_checks; i++) {
		const struct check *c = &r->checks[i];

		if (c->held)
			continue;
		if (++shown > CHECKS_SHOWN) {
			left_out++;
			continue;
		}
		label(t, c->control ? "control" : "check", BOLD, c->what, "");
		if (shown < CHECKS_SHOWN && check_repeated(r, i))
			continue;
		evidence(t, "want", PLAIN, c->want);
		evidence(t, "got", RED, c->got);
	}
	if (left_out)
		label(t, "...", DIM, arena_printf(t->arena, "%zu more broken checks", left_out),
		      "");
}

void term_block(struct term *t, const struct result *r)
{
	enum shade s = result_shade(t->rs, r);

	fputc('\n', t->out);
	term_put(t, term_ink(s), shade_word(s), 8);
	term_put(t, BOLD, term_ascii(t, r->id), 0);
	fputs("\n\n", t->out);
	label(t, "promise", PLAIN, r->promise, "");
	label(t, "source", PLAIN, result_source(t->arena, r), "");
	label(t, "reason", PLAIN, r->reason, "");
	checks(t, r);
	label(t, "held", PLAIN, result_held(t->arena, r), "");
	label(t, "remedy", PLAIN, r->remedy, "");
	label(t, "again", BLUE, r->again, " \\");
	hops(t, result_marked(t->arena, r));
}
