/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html-verdict.c - the first screen: what was tested, the verdict as a sentence and in words a
 * release manager owns, the scope, the counts.
 */
#include "reports/html.h"

#include "idp-sim/base/file.h"

#include <string.h>

extern const struct embedded report_html_css[];

enum { TOLD = 3 }; /* consequences in the headline */

/* Status glyphs as symbols: shape first, colour is the text's. */
static const char symbols[] =
	"<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\">"
	"<symbol id=\"g-passed\" viewBox=\"0 0 16 16\"><path d=\"M2.5 8.6l3.6 3.7 7.4-8.1\" "
	"fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.2\"/></symbol>"
	"<symbol id=\"g-failed\" viewBox=\"0 0 16 16\"><path fill=\"currentColor\" "
	"fill-rule=\"evenodd\" d=\"M2.5 1h11A1.5 1.5 0 0 1 15 2.5v11a1.5 1.5 0 0 1-1.5 "
	"1.5h-11A1.5 "
	"1.5 0 0 1 1 13.5v-11A1.5 1.5 0 0 1 2.5 1zM5.4 3.9 3.9 5.4 6.5 8 3.9 10.6 "
	"5.4 12.1 8 9.5 10.6 12.1 12.1 10.6 9.5 8 12.1 5.4 10.6 3.9 8 "
	"6.500z\"/></symbol>"
	"<symbol id=\"g-cross\" viewBox=\"0 0 16 16\"><path d=\"M4 4l8 8M12 4l-8 8\" "
	"fill=\"none\" "
	"stroke=\"currentColor\" stroke-width=\"2.4\"/></symbol>"
	"<symbol id=\"g-broken\" viewBox=\"0 0 16 16\"><path fill=\"currentColor\" "
	"fill-rule=\"evenodd\" d=\"M8 .5 15.5 8 8 15.5.5 8zM7 4h2v4.800H7zM7 "
	"10.200h2v2H7z\"/></symbol>"
	"<symbol id=\"g-skipped\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"6.3\" "
	"fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/><path d=\"M5 8h6\" "
	"stroke=\"currentColor\" stroke-width=\"1.6\"/></symbol>"
	"<symbol id=\"g-warning\" viewBox=\"0 0 16 16\"><path d=\"M8 1.8 15 14.200H1z\" "
	"fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" "
	"stroke-linejoin=\"round\"/><path d=\"M8 6v4.200M8 11.400v1.5\" "
	"stroke=\"currentColor\" "
	"stroke-width=\"1.5\"/></symbol>"
	"<symbol id=\"g-known\" viewBox=\"0 0 16 16\"><rect x=\"1.5\" y=\"1.5\" width=\"13\" "
	"height=\"13\" rx=\"2\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" "
	"stroke-dasharray=\"2.5 1.8\"/><path d=\"M5.5 5.500l5 5M10.5 5.500l-5 5\" "
	"stroke=\"currentColor\" stroke-width=\"1.6\"/></symbol>"
	"<symbol id=\"g-flaky\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"6.5\" "
	"fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.4\" stroke-dasharray=\"2.5 "
	"1.8\"/><path d=\"M4.8 8.300l2.3 2.3 4.3-4.9\" fill=\"none\" "
	"stroke=\"currentColor\" stroke-width=\"1.7\"/></symbol></svg>";

static const enum shade outcome_shades[] = {
	[CONFORMS] = SHADE_OK,
	[CONFORMS_IN_PART] = SHADE_WARNING,
	[DOES_NOT_CONFORM] = SHADE_FAILED,
	[NO_VERDICT] = SHADE_BROKEN,
	[NOTHING_SELECTED] = SHADE_BROKEN,
};

static void head(struct page *p)
{
	const struct results *rs = p->rs;

	page_str(p,
		 "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "style-src 'unsafe-inline'\"><meta name=\"color-scheme\" content=\"light "
		 "dark\">"
		 "<meta name=\"referrer\" content=\"no-referrer\"><title>");
	page_text(p, results_headline(p->arena, rs));
	page_str(p, " ");
	page_text(p, rs->target);
	page_str(p, "</title>\n<style>\n");
	page_str(p, report_html_css[0].text);
	page_str(p, "</style></head>\n<body>\n<a class=\"skip\" href=\"#failures\">Skip to the "
		    "failures</a>\n");
	page_str(p, symbols);
	page_str(
		p,
		"\n<header class=\"top\"><span><b>Gauntlet</b>conformance report</span><span>");
	page_text(p, rs->target ? rs->target : "reference platform");
	page_printf(p, " \xc2\xb7 %s \xc2\xb7 %s</span></header>\n<main>\n",
		    text_date(p->arena, rs->started_at),
		    text_seconds(p->arena, rs->took_us, 1));
}

static const char *in_prose(const char *surface)
{
	static const char *const words[][2] = { { "cli", "CLI" },
						{ "pdp", "PDP" },
						{ "sdk", "SDK" } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (text_same(words[i][0], surface))
			return words[i][1];
	}
	return surface ? surface : "platform";
}

/* Was the same said of the same part by one before? */
static bool is_told(const struct result **worst, size_t i, const char *text)
{
	while (i-- > 0) {
		if (text_same(result_consequence(worst[i]), text))
			return true;
	}
	return false;
}

/* The worst consequences in words a release manager owns. */
static void consequences(struct page *p)
{
	const struct result **worst;
	size_t n = results_worst_first(p->arena, p->rs, &worst), told = 0, failed, known;
	struct counts c = results_count(p->rs, NULL);

	failed = c.by[SHADE_FAILED];
	known = c.by[SHADE_KNOWN];
	for (size_t i = 0; i < n && told < TOLD; i++) {
		const char *text = result_consequence(worst[i]);

		if (result_shade(p->rs, worst[i]) != SHADE_FAILED || !text)
			break;
		if (is_told(worst, i, text))
			continue;
		page_str(p, told ? "; the " : "The ");
		page_text(p, in_prose(worst[i]->surface));
		page_str(p, " ");
		page_text(p, text);
		told++;
	}
	if (told)
		page_str(p, ". ");
	if (!told && failed) {
		page_str(p, "Broken first: \xe2\x80\x9c");
		page_text(p, worst[0]->promise ? worst[0]->promise : worst[0]->title);
		page_str(p, "\xe2\x80\x9d ");
	}
	if (failed > (told ? told : 1))
		page_printf(p, "%s more below. ",
			    text_count(p->arena, failed - (told ? told : 1)));
	page_str(p, "Every other promise that was tried was kept");
	if (known)
		page_printf(p, ", beyond %zu already known", known);
	if (c.by[SHADE_WARNING])
		page_printf(p, "%s %zu %s", known ? " and" : ", beyond", c.by[SHADE_WARNING],
			    c.by[SHADE_WARNING] == 1 ? "piece of advice not followed"
						     : "pieces of advice not followed");
	page_str(p, ".");
}

static size_t controlled(const struct results *rs)
{
	size_t n = 0;

	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];
		bool has = false;

		for (size_t k = 0; k < r->n_checks; k++)
			has |= r->checks[k].control;
		n += has && r->verdict == PASSED && !text_same(r->section, SECTION_SANITY);
	}
	return n;
}

static void all_well(struct page *p)
{
	struct counts c = results_count(p->rs, NULL);
	size_t passed = c.by[SHADE_OK] + c.by[SHADE_FLAKY], n = controlled(p->rs);

	if (passed == c.total)
		page_printf(p, "All %zu promises were tried and passed, none was skipped.",
			    passed);
	else
		page_printf(p, "%zu of %zu promises were tried and passed.", passed, c.total);
	if (c.by[SHADE_FLAKY])
		page_printf(p, " %zu of them only on a retry.", c.by[SHADE_FLAKY]);
	if (n)
		page_printf(p,
			    " %zu %s counted only after a positive control: the matching good "
			    "request had worked.",
			    n, n == 1 ? "was" : "were");
}

static void no_verdict(struct page *p)
{
	struct counts c = results_count(p->rs, NULL);

	if (c.total < p->rs->planned) {
		page_printf(p,
			    "%zu of %zu promises have a result, shown below; nothing is known "
			    "about the other %zu.",
			    c.total, p->rs->planned, p->rs->planned - c.total);
	} else if (c.by[SHADE_BROKEN] == c.total && c.total) {
		page_str(p, "Nothing is known about ");
		page_text(p, p->rs->target ? p->rs->target : "the target");
		page_printf(p,
			    ". %zu %s could not be tried; none of them counts as kept or as "
			    "broken.",
			    c.total, c.total == 1 ? "promise" : "promises");
	} else {
		page_printf(p,
			    "%zu could not be tried and count neither as kept nor as broken; "
			    "none of the others is broken.",
			    c.by[SHADE_BROKEN]);
	}
}

static void verdict(struct page *p)
{
	enum outcome outcome = results_outcome(p->rs);
	enum shade s = outcome_shades[outcome];

	page_printf(p, "<div class=\"verdict\"><span class=\"is-%s\">", page_class(s));
	page_glyph(p, page_class(s));
	page_str(p, "</span><h1>");
	page_text(p, results_headline(p->arena, p->rs));
	page_str(p, "</h1><p>");
	switch (outcome) {
	case DOES_NOT_CONFORM:
		consequences(p);
		break;
	case CONFORMS:
	case CONFORMS_IN_PART:
		all_well(p);
		break;
	case NO_VERDICT:
		no_verdict(p);
		break;
	case NOTHING_SELECTED:
		page_str(p, "No promise was tried, so nothing is known. It was asked for by "
			    "<code>");
		page_text(p, results_fact(p->arena, p->rs, "command"));
		page_str(p, "</code>");
		break;
	}
	page_str(p, "</p></div>\n");
}

static void parts(struct page *p)
{
	const struct part *list;
	size_t n = page_parts(p, &list);

	page_str(p, "<ul class=\"parts\">");
	for (size_t i = 0; i < n; i++) {
		page_printf(p, "<li%s><b>", list[i].under_test ? " class=\"tested\"" : "");
		page_text(p, list[i].name);
		page_str(p, "</b> ");
		page_text(p, list[i].who);
		page_str(p, list[i].under_test ? " \xc2\xb7 under test</li>" : "</li>");
	}
	page_str(p, "</ul>\n");
}

static void counts(struct page *p)
{
	static const struct {
		enum shade shade;
		const char *none, *some;
	} boxes[] = {
		{ SHADE_OK, "passed", "passed" },
		{ SHADE_FAILED, "failed", "FAILED" },
		{ SHADE_BROKEN, "broken", "BROKEN" },
		{ SHADE_WARNING, "warnings", "warnings (advice)" },
		{ SHADE_KNOWN, "known", "known failures" },
		{ SHADE_SKIPPED, "skipped", "skipped" },
	};
	struct counts c = results_count(p->rs, NULL);
	size_t flaky = c.by[SHADE_FLAKY];

	c.by[SHADE_OK] += flaky;
	page_str(p, "<ul class=\"counts\">");
	for (size_t i = 0; i < ARRAY_LEN(boxes); i++) {
		size_t n = c.by[boxes[i].shade];
		const char *class = page_class(boxes[i].shade);

		page_printf(p, "<li class=\"%s\"><b>%s</b> <span><span class=\"is-%s\">",
			    n ? class : "zero", text_count(p->arena, n), n ? class : "none");
		page_glyph(p, class);
		page_printf(p, "</span>%s</span>", n ? boxes[i].some : boxes[i].none);
		if (!i && flaky)
			page_printf(p, "<small>%zu on a retry (flaky)</small>", flaky);
		page_str(p, "</li>");
	}
	page_str(p, "</ul>\n");
}

void page_top(struct page *p)
{
	head(p);
	verdict(p);
	parts(p);
	counts(p);
}
