/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.c - the report to look at: verdict, scope, counts, where, failures, what does not gate,
 * everything else, where it comes from. Each level can be the last one read.
 */
#include "reports/html.h"

#include <string.h>

static bool is_gate(const struct result *r)
{
	return text_same(r->section, SECTION_SANITY);
}

static bool gate_is_broken(const struct results *rs)
{
	return results_count(rs, SECTION_SANITY).by[SHADE_BROKEN] > 0;
}

/* Entries of these shades; what waits behind a broken gate is not told one by one. */
static size_t entries(struct page *p, const struct result **worst, size_t n, unsigned shades,
		      bool gates, size_t open)
{
	size_t written = 0;

	for (size_t i = 0; i < n; i++) {
		enum shade s = result_shade(p->rs, worst[i]);

		if (!(shades & 1u << s) || is_gate(worst[i]) != gates)
			continue;
		if (s == SHADE_BROKEN && !gates && gate_is_broken(p->rs))
			continue;
		page_entry(p, worst[i], written++ < open);
	}
	return written;
}

static void stopped(struct page *p, const struct result **worst, size_t n)
{
	if (!gate_is_broken(p->rs))
		return;
	page_str(
		p,
		"<section class=\"trouble\"><h2>What stopped the run</h2><div class=\"list\">");
	entries(p, worst, n, 1u << SHADE_BROKEN, true, PAGE_OPEN);
	page_str(p, "</div></section>\n");
}

static void not_tried(struct page *p)
{
	size_t n = p->rs->n_missing;

	if (!n)
		return;
	page_printf(
		p,
		"<section><h2>Not tried</h2><div class=\"list\"><details><summary>%zu %s of "
		"the plan %s no result</summary><ul>",
		n, n == 1 ? "promise" : "promises", n == 1 ? "has" : "have");
	for (size_t i = 0; i < n; i++) {
		page_str(p, "<li><code>");
		page_text(p, p->rs->missing[i]);
		page_str(p, "</code></li>");
	}
	page_str(p, "</ul></details></div></section>\n");
}

static void where(struct page *p)
{
	bool none = gate_is_broken(p->rs);

	if (!results_count(p->rs, NULL).total)
		return;
	page_printf(
		p, "<section class=\"where\"><h2>%s</h2><p>%s</p>\n",
		none ? "What was not tried" : "Where",
		none ? "Stages run in order: the target starts, it answers, a good day works. "
		       "Until all three hold, every other result would be an accident."
		     : "Rows are sections of the documentation. A number is how many promises "
		       "of "
		       "that section were tried there; \xe2\x80\x9c"
		       "any\xe2\x80\x9d is what does not depend on the provider.");
	page_map(p);
	page_str(p, "</section>\n");
}

static void failures(struct page *p, const struct result **worst, size_t n)
{
	size_t before = p->b.n;

	page_str(p,
		 "<section class=\"trouble\" id=\"failures\"><h2>Failures</h2><p>Worst first. "
		 "Each can be run again alone with the command it shows.</p>");
	if (entries(p, worst, n, 1u << SHADE_FAILED | 1u << SHADE_BROKEN, false, PAGE_OPEN)) {
		page_str(p, "</section>\n");
		return;
	}
	p->b.n = before;
	page_str(p, "<div id=\"failures\"></div>");
}

static void exceptions(struct page *p, const struct result **worst, size_t n)
{
	size_t before = p->b.n;
	unsigned shades =
		1u << SHADE_WARNING | 1u << SHADE_KNOWN | 1u << SHADE_FLAKY | 1u << SHADE_OK;

	page_printf(p, "<section><h2>Warnings and known failures</h2><p>%s</p>",
		    p->rs->strict
			    ? "This run was strict: known failures and retries count."
			    : "These do not change the verdict. <code>--strict</code> makes "
			      "them count.");
	if (!entries(p, worst, n, shades, false, 0)) {
		p->b.n = before;
		return;
	}
	page_str(p, "</section>\n");
}

/* One table row a result: small enough for thousands. */
static void rows(struct page *p, const struct section *s, unsigned shades)
{
	bool first = true;

	for (size_t i = 0; i < p->rs->n; i++) {
		const struct result *r = &p->rs->items[i];

		if (!(shades & 1u << result_shade(p->rs, r)) ||
		    !text_same(r->section, s->name) || r->known_fixed)
			continue;
		if (first) {
			page_str(p, "<h3 class=\"of\">");
			page_text(p, s->title ? s->title : s->name);
			page_str(p, "</h3><table class=\"rows\"><tbody>");
		}
		first = false;
		page_str(p, "<tr");
		page_anchor(p, r->id);
		page_str(p, "><td><code>");
		page_text(p, r->id);
		page_str(p, "</code></td><td class=\"wide-only\">");
		page_text(p,
			  text_line(p->arena, r->verdict == PASSED ? r->title : r->reason, 90));
		page_printf(p, "</td><td>%s</td></tr>\n",
			    text_seconds(p->arena, r->took_us, 3));
	}
	page_str(p, first ? "" : "</tbody></table>");
}

static void fold(struct page *p, enum shade s, const char *line, const char *meta,
		 unsigned shades)
{
	struct section *sections;
	size_t n = results_sections(p->arena, p->rs, &sections);

	page_printf(p, "<details class=\"entry\"><summary><span class=\"sign is-%s\">",
		    page_class(s));
	page_glyph(p, page_class(s));
	page_str(p, "</span><span>");
	page_text(p, line);
	page_str(p, "</span>");
	if (meta) {
		page_str(p, "<span class=\"meta\">");
		page_text(p, meta);
		page_str(p, "</span>");
	}
	page_str(p, "</summary><div class=\"body\">");
	for (size_t i = 0; i < n; i++) {
		if (!text_same(sections[i].name, SECTION_SANITY) || s == SHADE_OK)
			rows(p, &sections[i], shades);
	}
	page_str(p, "</div></details>\n");
}

static char *skip_line(struct page *p, size_t total)
{
	struct reason *list;
	size_t n = results_reasons(p->arena, p->rs, &list);
	AUTO_BUF b = { 0 };

	buf_printf(&b, "%zu skipped", total);
	for (size_t i = 0; i < n && i < 4; i++)
		buf_printf(&b, "%s %s (%zu)", i ? ";" : ":",
			   text_line(p->arena, list[i].text, 90), list[i].n);
	if (n > 4)
		buf_printf(&b, "; and %zu more reasons", n - 4);
	return arena_dup(p->arena, b.p, b.n);
}

static char *slowest(struct page *p)
{
	const struct result *r = NULL;

	for (size_t i = 0; i < p->rs->n; i++) {
		if (!is_gate(&p->rs->items[i]) && (!r || p->rs->items[i].took_us > r->took_us))
			r = &p->rs->items[i];
	}
	return r ? arena_printf(p->arena, "slowest: %s %s", r->id,
				text_seconds(p->arena, r->took_us, 3))
		 : NULL;
}

static void everything_else(struct page *p)
{
	struct counts c = results_count(p->rs, NULL);

	if (!p->rs->n)
		return;
	page_str(p, c.by[SHADE_OK] == c.total
			    ? "<section><h2>Evidence</h2><p>Every hop of every scenario was "
			      "recorded "
			      "by the parts around the target.</p><div class=\"list\">"
			    : "<section><h2>Everything else</h2><div class=\"list\">");
	if (c.by[SHADE_BROKEN] && gate_is_broken(p->rs))
		fold(p, SHADE_BROKEN,
		     arena_printf(p->arena, "%zu not tried, by section", c.by[SHADE_BROKEN]),
		     NULL, 1u << SHADE_BROKEN);
	if (c.by[SHADE_SKIPPED])
		fold(p, SHADE_SKIPPED, skip_line(p, c.by[SHADE_SKIPPED]), NULL,
		     1u << SHADE_SKIPPED);
	if (c.by[SHADE_OK])
		fold(p, SHADE_OK,
		     arena_printf(p->arena, "%s passed, by section",
				  text_count(p->arena, c.by[SHADE_OK])),
		     slowest(p), 1u << SHADE_OK);
	page_str(p, "</div></section>\n");
}

static void fact(struct page *p, const char *label, const char *value)
{
	if (!value)
		return;
	page_str(p, "<div><dt>");
	page_text(p, label);
	page_str(p, "</dt><dd>");
	page_text(p, value);
	page_str(p, "</dd></div>");
}

/* "scenario_set_digest" reads "scenario set digest". */
static const char *spoken(struct page *p, const char *key)
{
	char *s = text_line(p->arena, key, 40);

	for (char *c = s; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	return s;
}

static void footer(struct page *p)
{
	static const char *const codes[] = { "all passed", "something FAILED", "", "no verdict",
					     "nothing tried" };
	const struct results *rs = p->rs;
	int code = results_exit_code(rs);
	const char *key;
	json_t *value;

	page_str(p, "</main>\n<footer><h2 class=\"unseen\">Provenance</h2><dl>");
	fact(p, "edition", rs->edition);
	fact(p, "providers", rs->providers);
	fact(p, "profile", rs->profile);
	fact(p, "seed",
	     arena_printf(p->arena, "%llu \xc2\xb7 every id and key is reproducible",
			  (unsigned long long)rs->seed));
	fact(p, "exit code", arena_printf(p->arena, "%d (%s)", code, codes[code]));
	json_object_foreach(rs->provenance, key, value) {
		if (strcmp(key, "edition") != 0 && strcmp(key, "seed") != 0) /* see above */
			fact(p, spoken(p, key), results_fact(p->arena, rs, key));
	}
	fact(p, "secrets", "tokens decoded, every signature cut");
	if (p->cut)
		fact(p, "left out",
		     "hops of some results, to keep the page small: see the JSON report");
	page_str(p, "</dl></footer>\n</body></html>\n");
}

static bool write_html(const struct results *rs, FILE *out, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new();
	struct page p = { .rs = rs, .arena = arena };
	const struct result **worst;
	size_t n = results_worst_first(arena, rs, &worst);
	bool ok;

	page_top(&p);
	stopped(&p, worst, n);
	where(&p);
	failures(&p, worst, n);
	exceptions(&p, worst, n);
	not_tried(&p);
	everything_else(&p);
	footer(&p);
	ok = write_buf(&p.b, out, err);
	buf_done(&p.b);
	return ok;
}

const struct report_format report_html = {
	.name = "html",
	.extension = "html",
	.help = "one page to look at: no network, no script",
	.write = write_html,
};
