/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html-page.c - markup of our own and words of others, kept apart.
 */
#include "reports/html.h"

#include <string.h>

static const char *const classes[N_SHADES] = {
	[SHADE_OK] = "passed",	     [SHADE_FAILED] = "failed",	  [SHADE_BROKEN] = "broken",
	[SHADE_SKIPPED] = "skipped", [SHADE_WARNING] = "warning", [SHADE_KNOWN] = "known",
	[SHADE_FLAKY] = "flaky",
};
static const char *const words[N_SHADES] = {
	[SHADE_OK] = "passed",	     [SHADE_FAILED] = "FAILED",	  [SHADE_BROKEN] = "BROKEN",
	[SHADE_SKIPPED] = "skipped", [SHADE_WARNING] = "warning", [SHADE_KNOWN] = "known",
	[SHADE_FLAKY] = "flaky",
};

const char *page_class(enum shade s)
{
	return classes[s];
}

const char *page_word(enum shade s)
{
	return words[s];
}

void page_str(struct page *p, const char *markup)
{
	buf_str(&p->b, markup);
}

void page_printf(struct page *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&p->b, fmt, ap);
	va_end(ap);
}

void page_text(struct page *p, const char *foreign)
{
	text_html(&p->b, p->arena, foreign);
}

void page_link(struct page *p, const char *id)
{
	page_str(p, " href=\"#");
	for (const char *c = text_clean(p->arena, id); *c; c++) {
		if (strchr("/-._~@:", *c) || (*c >= '0' && *c <= '9') ||
		    (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
			buf_char(&p->b, *c);
		else
			buf_percent(&p->b, c, 1);
	}
	page_str(p, "\"");
}

void page_anchor(struct page *p, const char *id)
{
	page_str(p, " id=\"");
	page_text(p, id);
	page_str(p, "\"");
}

void page_glyph(struct page *p, const char *name)
{
	page_printf(p,
		    "<svg class=\"g\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">"
		    "<use href=\"#g-%s\"/></svg>",
		    name);
}

bool page_url_ok(const char *url)
{
	return url && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0);
}

/* The parts that a run does not list: those that have results are the target's. */
static const char *const usual[] = { "cli", "idp", "gateway", "pdp", "service" };

static bool has_surface(const struct results *rs, const char *surface)
{
	for (size_t i = 0; i < rs->n; i++) {
		if (text_same(rs->items[i].surface, surface))
			return true;
	}
	return false;
}

size_t page_parts(struct page *p, const struct part **ret)
{
	const struct results *rs = p->rs;
	bool ours = !rs->target || strncmp(rs->target, "reference", 9) == 0;
	struct part *list;

	if (rs->n_parts) {
		*ret = rs->parts;
		return rs->n_parts;
	}
	list = arena_alloc(p->arena, sizeof(*list) * ARRAY_LEN(usual));
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		bool tested = has_surface(rs, usual[i]);

		list[i].name = usual[i];
		list[i].under_test = tested && !ours;
		list[i].who = list[i].under_test ? rs->target : "ours";
		if (i == 1)
			list[i].who = rs->providers ? arena_printf(p->arena, "idp-sim: %s",
								   rs->providers)
						    : "idp-sim";
	}
	*ret = list;
	return ARRAY_LEN(usual);
}
