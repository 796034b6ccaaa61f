/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html-entry.c - one result, foldable, in the order of every report: promise, source, checks,
 * want and got, remedy, how to run it again, who said what, the raw message that proves it.
 */
#include "reports/html.h"

#include <string.h>

enum { HELD_SHOWN = 20, PAIRS_SHOWN = 5 };

static void fact_open(struct page *p, const char *label)
{
	page_printf(p, "<dt>%s</dt><dd>", label);
}

static void fact(struct page *p, const char *label, const char *text)
{
	if (!text)
		return;
	fact_open(p, label);
	page_text(p, text);
	page_str(p, "</dd>");
}

/* Words between backticks, and words that look like a header or a switch, stay as they are
 * written; a page that the section has is a link. */
static void source(struct page *p, const struct result *r)
{
	struct section s = results_section(p->rs, r->section);

	if (!r->page && !r->source)
		return;
	fact_open(p, "source");
	if (page_url_ok(s.url)) {
		page_str(p, "<a rel=\"noreferrer\" href=\"");
		page_text(p, s.url);
		page_str(p, "\">");
	}
	page_text(p, r->page ? r->page : s.title);
	page_str(p, page_url_ok(s.url) ? "</a>" : "");
	if (r->source) {
		page_str(p, ". ");
		page_text(p, r->source);
	}
	page_str(p, "</dd>");
}

static void one_check(struct page *p, const struct check *c, const char *bad)
{
	bool control = c->control && strncmp(c->what, "control", 7) != 0;

	page_printf(p, "<li><span class=\"is-%s\">", c->held ? "passed" : bad);
	page_glyph(p, c->held ? "passed" : bad);
	page_printf(p, "</span><span class=\"what\">%s%s", c->held ? "" : "<b>",
		    control ? "control: " : "");
	page_text(p, c->what);
	page_str(p, c->held ? "" : "</b>");
	page_printf(p, "<span class=\"unseen\">, %s</span>", c->held ? "held" : "broken");
	if (!c->held && (c->want || c->got))
		page_str(p, " <span>see below</span>");
	if (c->held && c->want && c->got) {
		page_str(p, " <span>want ");
		page_text(p, text_line(p->arena, c->want, 120));
		page_str(p, ", got ");
		page_text(p, text_line(p->arena, c->got, 120));
		page_str(p, "</span>");
	}
	page_str(p, "</span></li>");
}

/* Held checks tell as much as the broken one: all are shown, of very many the first ones. */
static void checks(struct page *p, const struct result *r)
{
	const char *bad = r->verdict == BROKEN ? "broken" : "failed";
	size_t held = 0;

	if (!r->n_checks)
		return;
	fact_open(p, "checks");
	page_str(p, "<ul class=\"checks\">");
	for (size_t i = 0; i < r->n_checks; i++) {
		held += r->checks[i].held;
		if (!r->checks[i].held || held <= HELD_SHOWN)
			one_check(p, &r->checks[i], bad);
	}
	page_str(p, "</ul>");
	if (held > HELD_SHOWN)
		page_printf(p, "<p class=\"is-passed\">%zu more held</p>", held - HELD_SHOWN);
	page_str(p, "</dd>");
}

static void again(struct page *p, const struct result *r)
{
	char *copy = text_clean(p->arena, r->again), *rest = NULL;

	if (!copy || !*copy)
		return;
	fact_open(p, r->verdict == BROKEN ? "look first" : "run it again");
	for (char *line = strtok_r(copy, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		page_str(p, "<pre class=\"again\">");
		page_text(p, line);
		page_str(p, "</pre>");
	}
	page_str(p, "</dd>");
}

static void known(struct page *p, const struct result *r)
{
	if (!r->known)
		return;
	fact_open(p, "known");
	page_text(p, r->known);
	if (r->known_disputed)
		page_str(p, " <b>Disputed</b> by the owner of the target.");
	if (r->known_fixed)
		page_str(p, " <b>Now kept</b>: remove it from the known failures.");
	if (r->known_until) {
		page_str(p, r->known_expired ? " <b>Expired</b> on " : " Until ");
		page_text(p, r->known_until);
		page_str(p, ".");
	}
	page_str(p, "</dd>");
	fact(p, "owner", r->known_owner);
	if (page_url_ok(r->known_link)) {
		fact_open(p, "link");
		page_str(p, "<a rel=\"noreferrer\" href=\"");
		page_text(p, r->known_link);
		page_str(p, "\">");
		page_text(p, r->known_link);
		page_str(p, "</a></dd>");
	}
}

/* One pair for the broken checks that follow each other with the same words; beyond the first
 * ones folded, because fifty spellings of one path are one fault. */
static void pairs(struct page *p, const struct result *r)
{
	size_t broken = 0, told = 0, shown = 0;

	for (size_t i = 0; i < r->n_checks; i++)
		broken += check_speaks(&r->checks[i]);
	for (size_t i = 0; i < r->n_checks; i++) {
		const struct check *c = &r->checks[i];
		const char *what = broken > 1 ? c->what : NULL;

		if (!check_speaks(c))
			continue;
		if (shown++ == PAIRS_SHOWN)
			page_printf(
				p,
				"<details class=\"raw more\"><summary>%zu more broken checks"
				"</summary><div>",
				broken - told);
		for (told++; check_repeated(r, i); told++)
			what = arena_printf(p->arena, "%s; %s", what, r->checks[++i].what);
		page_pair(p, c, what);
	}
	page_str(p, shown > PAIRS_SHOWN ? "</div></details>\n" : "");
}

static size_t marked_hop(const struct result *r)
{
	for (size_t i = 0; i < r->n_hops; i++) {
		if (r->hops[i].marked)
			return i;
	}
	return r->n_hops;
}

/* What the guilty part had been told right before, when that is what the remark is about. */
static size_t told_before(const struct result *r, size_t marked)
{
	for (size_t i = marked; i-- > 0;) {
		if (r->hops[i].detail && text_same(r->hops[i].to, r->hops[marked].from))
			return i;
	}
	return r->n_hops;
}

/* The two that prove it are open; the others of those that are drawn lie in one fold. */
static void raw_messages(struct page *p, const struct result *r)
{
	size_t marked = marked_hop(r), n, others = 0;
	size_t before = marked < r->n_hops ? told_before(r, marked) : r->n_hops;
	struct said *list;
	bool open = before < r->n_hops || (marked < r->n_hops && r->hops[marked].detail);

	n = talk_shown(p->arena, r, &list);
	if (before < r->n_hops)
		page_raw(p, r, before, true);
	if (marked < r->n_hops && r->hops[marked].detail)
		page_raw(p, r, marked, true);
	for (size_t i = 0; i < n; i++) {
		size_t hop = list[i].hop;

		if (list[i].left_out || hop == before || hop == marked || !r->hops[hop].detail)
			continue;
		if (!others++)
			page_printf(
				p,
				"<details class=\"raw more\"><summary>the %smessages, as they "
				"were recorded</summary><div>",
				open ? "other " : "");
		page_raw(p, r, hop, false);
	}
	page_str(p, others ? "</div></details>\n" : "");
}

static bool has_transcript(const struct page *p, const struct result *r)
{
	return r->n_hops && p->b.n < PAGE_FULL &&
	       (result_shade(p->rs, r) == SHADE_FAILED || p->transcripts < PAGE_TRANSCRIPTS);
}

static void story(struct page *p, const struct result *r)
{
	bool broken = r->verdict == BROKEN && r->reason;

	page_str(p, "<div class=\"body\"><h3>");
	/* What could not be tried speaks of us, not of the promise. */
	page_text(p, broken ? r->reason : r->promise ? r->promise : r->title);
	page_str(p, "</h3><dl class=\"facts\">");
	fact(p, "not tried", broken ? r->promise : NULL);
	source(p, r);
	fact(p, "reason", broken ? NULL : r->reason);
	fact(p, "measured", r->measured);
	known(p, r);
	if (r->attempts > 1)
		fact(p, "attempts", result_attempts(p->arena, r));
	checks(p, r);
	page_str(p, "</dl>");
	pairs(p, r);
	page_str(p, "<dl class=\"facts\">");
	fact(p, "remedy", r->verdict == PASSED ? NULL : r->remedy);
	again(p, r);
	page_str(p, "</dl>");
	if (has_transcript(p, r)) {
		const struct result *marked = result_marked(p->arena, r);

		p->transcripts++;
		page_sequence(p, marked);
		raw_messages(p, marked);
	} else if (r->n_hops) {
		p->cut = true;
		page_str(p,
			 "<p class=\"about\">Its messages are in the JSON report; this page is "
			 "kept small.</p>");
	}
	page_str(p, "</div>");
}

static void meta(struct page *p, const struct result *r)
{
	page_str(p, "<span class=\"meta\">");
	page_text(p, r->surface);
	if (r->level != LEVEL_DOCUMENTED || r->verdict == FAILED)
		page_printf(p, " \xc2\xb7 %s", level_word(r->level));
	page_printf(p, " \xc2\xb7 %s</span>", text_seconds(p->arena, r->took_us, 3));
}

/* Of the thousandth failure the id and the promise are enough on a page. */
static void one_line(struct page *p, const struct result *r, enum shade s)
{
	p->cut = true;
	page_printf(p, "<div class=\"entry line %s\"", page_class(s));
	page_anchor(p, r->id);
	page_printf(p, "><b class=\"is-%s\">%s</b> <code>", page_class(s), page_word(s));
	page_text(p, r->id);
	page_str(p, "</code></div>\n");
}

/* What a folded entry says beside its id. */
static const char *in_short(struct page *p, const struct result *r, enum shade s)
{
	const struct check *c = result_offence(r);

	switch (s) {
	case SHADE_OK:
		return "now kept: remove it from the known failures";
	case SHADE_KNOWN:
		if (r->known_expired)
			return arena_printf(p->arena, "expired: %s", r->known);
		return r->known_disputed ? arena_printf(p->arena, "disputed: %s", r->known)
					 : r->known;
	case SHADE_FLAKY:
		return arena_printf(p->arena, "passed on attempt %s",
				    result_attempts(p->arena, r));
	case SHADE_WARNING:
		return c ? c->what : r->title;
	case SHADE_BROKEN:
		return r->reason;
	default:
		return r->promise ? r->promise : r->title;
	}
}

void page_entry(struct page *p, const struct result *r, bool open)
{
	enum shade s = result_shade(p->rs, r);
	const char *word = s == SHADE_OK ? "fixed" : page_word(s);

	if (p->b.n > PAGE_SHORT) {
		one_line(p, r, s);
		return;
	}
	page_printf(p, "<details class=\"entry %s\"%s", page_class(s), open ? " open" : "");
	page_anchor(p, r->id);
	page_printf(p, "><summary><span class=\"sign is-%s\">", page_class(s));
	page_glyph(p, page_class(s));
	page_printf(p, "</span><span class=\"word is-%s\">%s</span><code>", page_class(s),
		    word);
	page_text(p, r->id);
	page_str(p, "</code><span class=\"what\">");
	page_text(p, in_short(p, r, s));
	page_str(p, "</span>");
	meta(p, r);
	page_str(p, "</summary>");
	story(p, r);
	page_str(p, "</details>\n");
}
