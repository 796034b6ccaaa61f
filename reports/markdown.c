/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown.c - GitHub-flavoured Markdown: for a page, and, within the limit of one step
 * (1 MiB), for $GITHUB_STEP_SUMMARY. Same order as everywhere: verdict, counts, where, the
 * failures, what does not gate, where it comes from.
 */
#include "reports/write.h"

#include <string.h>

enum { SUMMARY_LIMIT = 1000 * 1000, FULL_LIMIT = 60 * 1024 * 1024, NOTE_ROOM = 400 };

struct markdown {
	const struct results *rs;
	struct arena *arena;
	struct buf b;
	size_t limit;
};

/* Nothing in others' words is markup: every sign that could be is an entity. */
static void words(struct markdown *m, const char *s)
{
	static const char special[] = "\\`*_{}[]()<>#+-.!|&~:@$\"'";

	for (const char *p = text_line(m->arena, s, 2000); *p; p++) {
		if (strchr(special, *p))
			buf_printf(&m->b, "&#%d;", *p);
		else
			buf_char(&m->b, *p);
	}
}

/* A fence longer than any run of its sign within. */
static void code(struct markdown *m, const char *s)
{
	char *clean = text_clean(m->arena, s);
	size_t run = 0, longest = 2;

	for (const char *p = clean; *p; p++) {
		run = *p == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		buf_char(&m->b, '`');
	buf_printf(&m->b, "text\n%s\n", clean);
	for (size_t i = 0; i <= longest; i++)
		buf_char(&m->b, '`');
	buf_str(&m->b, "\n\n");
}

static void head(struct markdown *m)
{
	const struct results *rs = m->rs;

	buf_str(&m->b, "# ");
	words(m, results_headline(m->arena, rs));
	buf_str(&m->b, "\n\n");
	if (rs->target)
		words(m, rs->target);
	if (rs->edition) {
		buf_str(&m->b, ", edition ");
		words(m, rs->edition);
	}
	buf_str(&m->b, ", ");
	words(m, text_date(m->arena, rs->started_at));
	buf_str(&m->b, ", ");
	words(m, text_seconds(m->arena, rs->took_us, 1));
	buf_str(&m->b, "\n\n");
}

static void tally(struct markdown *m)
{
	struct counts c = results_count(m->rs, NULL);

	buf_printf(&m->b,
		   "| passed | FAILED | BROKEN | warnings | known | skipped |\n"
		   "|---:|---:|---:|---:|---:|---:|\n"
		   "| %zu | %zu | %zu | %zu | %zu | %zu |\n\n",
		   c.by[SHADE_OK] + c.by[SHADE_FLAKY], c.by[SHADE_FAILED], c.by[SHADE_BROKEN],
		   c.by[SHADE_WARNING], c.by[SHADE_KNOWN], c.by[SHADE_SKIPPED]);
	if (c.by[SHADE_FLAKY])
		buf_printf(&m->b, "%zu of those that passed did so on a retry (flaky).\n\n",
			   c.by[SHADE_FLAKY]);
}

static void where(struct markdown *m)
{
	struct section *sections;
	size_t n = results_sections(m->arena, m->rs, &sections);

	if (!n)
		return;
	buf_str(&m->b, "## Where\n\n| section | verdict | of |\n|---|---|---:|\n");
	for (size_t i = 0; i < n; i++) {
		struct counts c = results_count(m->rs, sections[i].name);
		enum shade worst = counts_worst(&c);

		buf_str(&m->b, "| ");
		words(m, sections[i].title ? sections[i].title : sections[i].name);
		buf_str(&m->b,
			worst == SHADE_FAILED || worst == SHADE_BROKEN ? " | **" : " | ");
		if (worst != SHADE_OK)
			buf_printf(&m->b, "%zu ", c.by[worst]);
		buf_str(&m->b, shade_word(worst));
		buf_str(&m->b, worst == SHADE_FAILED || worst == SHADE_BROKEN ? "**" : "");
		buf_printf(&m->b, " | %zu |\n", c.total);
	}
	buf_char(&m->b, '\n');
}

static void failure(struct markdown *m, const struct result *r)
{
	AUTO_BUF story = { 0 };

	result_story(&story, m->arena, r);
	buf_printf(&m->b, "<details><summary><b>%s</b> <code>",
		   shade_word(result_shade(m->rs, r)));
	words(m, r->id);
	buf_str(&m->b, "</code> ");
	words(m, r->promise ? r->promise : r->title);
	buf_str(&m->b, "</summary>\n\n");
	code(m, story.p ? story.p : "");
	buf_str(&m->b, "</details>\n\n");
}

/* A report that says how much it leaves out is still true. */
static bool room(struct markdown *m, size_t left)
{
	if (m->b.n + NOTE_ROOM < m->limit)
		return true;
	buf_printf(&m->b, "\n... and %zu more: see the full report.\n\n", left);
	return false;
}

static void failures(struct markdown *m, const struct result **worst, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum shade s = result_shade(m->rs, worst[i]);
		size_t before = m->b.n;

		if (s != SHADE_FAILED && s != SHADE_BROKEN)
			return;
		if (!i)
			buf_str(&m->b, "## Failures\n\n");
		failure(m, worst[i]);
		if (m->b.n + NOTE_ROOM < m->limit)
			continue;
		m->b.n = before;
		buf_printf(&m->b, "\n... and %zu more: see the full report.\n\n", n - i);
		return;
	}
}

static void exceptions(struct markdown *m, const struct result **worst, size_t n)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		enum shade s = result_shade(m->rs, worst[i]);

		if (s == SHADE_FAILED || s == SHADE_BROKEN || s == SHADE_SKIPPED)
			continue;
		if (first)
			buf_str(&m->b, "## Warnings, known failures and retries\n\n");
		first = false;
		if (!room(m, n - i))
			return;
		buf_printf(&m->b, "- %s <code>", s == SHADE_OK ? "fixed" : shade_word(s));
		words(m, worst[i]->id);
		buf_str(&m->b, "</code> ");
		words(m, worst[i]->known	 ? result_exception(m->arena, worst[i])
			 : worst[i]->known_fixed ? "now kept: remove it from the known failures"
						 : result_message(m->arena, worst[i]));
		buf_char(&m->b, '\n');
	}
	if (!first)
		buf_char(&m->b, '\n');
}

static void skipped(struct markdown *m)
{
	struct reason *reasons;
	size_t n = results_reasons(m->arena, m->rs, &reasons);

	if (n)
		buf_str(&m->b, "## Skipped\n\n");
	for (size_t i = 0; i < n && room(m, n - i); i++) {
		buf_printf(&m->b, "- %zu: ", reasons[i].n);
		words(m, reasons[i].text);
		buf_char(&m->b, '\n');
	}
	if (n)
		buf_char(&m->b, '\n');
}

static void not_tried(struct markdown *m)
{
	size_t n = m->rs->n_missing;

	if (n)
		buf_str(&m->b, "## Not tried\n\n");
	for (size_t i = 0; i < n && room(m, n - i); i++) {
		buf_str(&m->b, "- <code>");
		words(m, m->rs->missing[i]);
		buf_str(&m->b, "</code>\n");
	}
	if (n)
		buf_char(&m->b, '\n');
}

static void provenance(struct markdown *m)
{
	const char *key;
	json_t *value;

	buf_str(&m->b, "## Provenance\n\n| | |\n|---|---|\n| seed | ");
	buf_printf(&m->b, "%llu |\n", (unsigned long long)m->rs->seed);
	json_object_foreach(m->rs->provenance, key, value) {
		const char *fact = results_fact(m->arena, m->rs, key);

		if (!fact || !room(m, 1))
			continue;
		buf_str(&m->b, "| ");
		words(m, key);
		buf_str(&m->b, " | ");
		words(m, fact);
		buf_str(&m->b, " |\n");
	}
}

static bool write_limited(const struct results *rs, size_t limit, FILE *out, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new();
	struct markdown m = { rs, arena, { .limit = FULL_LIMIT * 2 }, limit };
	const struct result **worst;
	size_t n = results_worst_first(arena, rs, &worst);
	bool ok;

	head(&m);
	tally(&m);
	where(&m);
	failures(&m, worst, n);
	exceptions(&m, worst, n);
	skipped(&m);
	not_tried(&m);
	provenance(&m);
	ok = write_buf(&m.b, out, err);
	buf_done(&m.b);
	return ok;
}

static bool write_markdown(const struct results *rs, FILE *out, struct err *err)
{
	return write_limited(rs, FULL_LIMIT, out, err);
}

static bool write_summary(const struct results *rs, FILE *out, struct err *err)
{
	return write_limited(rs, SUMMARY_LIMIT, out, err);
}

const struct report_format report_markdown = {
	.name = "markdown",
	.extension = "md",
	.help = "a page of Markdown",
	.write = write_markdown,
};

const struct report_format report_summary = {
	.name = "summary",
	.extension = "md",
	.help = "Markdown within the limit of a GitHub step summary",
	.write = write_summary,
};
