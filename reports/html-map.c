/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html-map.c - where: sections of the documentation by surface and provider.
 *
 * The fill of a cell is its worst state, the number is the amount; there is no gradient.
 * Surfaces without results are not drawn. On a narrow screen the providers of a surface are
 * one cell.
 */
#include "reports/html.h"

#include <string.h>

enum { MOST_COLUMNS = 64 };

struct column {
	const char *surface, *provider; /* provider NULL: all */
	bool opens;			/* the first of its surface */
};

struct map {
	struct page *p;
	struct section *sections;
	size_t n_sections;
	struct column columns[MOST_COLUMNS];
	size_t n_columns, n_surfaces;
	struct counts *cells;	     /* n_sections x n_columns */
	const struct result **worst; /* the result a cell links to */
};

static const char *const surface_order[] = { "cli", "sdk", "gateway", "pdp", "service" };
static const char *const provider_order[] = { "azure", "okta", "keycloak" };

static const char *surface_of(const struct result *r)
{
	return r->surface ? r->surface : "platform";
}

static bool is_promise(const struct result *r)
{
	return !text_same(r->section, SECTION_SANITY);
}

/* Adds a word once; false when there is no room. */
static void add_word(const char **list, size_t *n, const char *word)
{
	for (size_t i = 0; i < *n; i++) {
		if (strcmp(list[i], word) == 0)
			return;
	}
	if (*n < MOST_COLUMNS / 4)
		list[(*n)++] = word;
}

/* The words that occur, known ones first in their order, "any" last. */
static size_t words_of(struct map *m, const char **list, bool providers)
{
	const struct results *rs = m->p->rs;
	const char *seen[MOST_COLUMNS], *ordered[MOST_COLUMNS];
	const char *const *order = providers ? provider_order : surface_order;
	size_t known = providers ? ARRAY_LEN(provider_order) : ARRAY_LEN(surface_order);
	size_t n = 0, k = 0, kept = 0;

	for (size_t i = 0; i < rs->n; i++) {
		if (is_promise(&rs->items[i]))
			add_word(seen, &n,
				 providers ? result_provider(m->p->arena, &rs->items[i])
					   : surface_of(&rs->items[i]));
	}
	for (size_t i = 0; i < known; i++)
		ordered[k++] = order[i];
	for (size_t i = 0; i < n; i++) {
		if (strcmp(seen[i], "any") != 0)
			add_word(ordered, &k, seen[i]);
	}
	ordered[k++] = "any";
	for (size_t i = 0; i < k; i++) {
		for (size_t s = 0; s < n; s++) {
			if (strcmp(ordered[i], seen[s]) == 0)
				list[kept++] = ordered[i];
		}
	}
	return kept;
}

static void make_columns(struct map *m, bool by_provider)
{
	const char *surfaces[MOST_COLUMNS], *providers[MOST_COLUMNS];
	size_t n = words_of(m, surfaces, false);
	size_t each = by_provider ? words_of(m, providers, true) : 1;

	m->n_surfaces = n;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < each && m->n_columns < MOST_COLUMNS; k++)
			m->columns[m->n_columns++] =
				(struct column) { surfaces[i],
						  by_provider ? providers[k] : NULL, k == 0 };
	}
}

static size_t section_of(const struct map *m, const struct result *r)
{
	size_t i = 0;

	while (i < m->n_sections && !text_same(m->sections[i].name, r->section))
		i++;
	return i;
}

static void fill_cells(struct map *m)
{
	const struct results *rs = m->p->rs;
	size_t n = m->n_sections * m->n_columns + 1;

	m->cells = arena_alloc(m->p->arena, n * sizeof(*m->cells));
	m->worst = arena_alloc(m->p->arena, n * sizeof(const struct result *));
	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];
		size_t row = section_of(m, r);
		const char *provider = result_provider(m->p->arena, r);

		for (size_t c = 0; c < m->n_columns && row < m->n_sections; c++) {
			struct counts *cell = &m->cells[row * m->n_columns + c];
			const struct result **worst = &m->worst[row * m->n_columns + c];

			if (!text_same(m->columns[c].surface, surface_of(r)) ||
			    (m->columns[c].provider &&
			     strcmp(m->columns[c].provider, provider)))
				continue;
			cell->by[result_shade(rs, r)]++;
			cell->total++;
			if (!*worst || counts_worst(cell) != result_shade(rs, *worst))
				*worst = r;
		}
	}
}

/* "1/7", or the number alone when all are of the state. A reader of text hears where, and
 * "1 of 7 FAILED": the same words in the same order as are seen (WCAG 2.2, 2.5.3). */
static void amount(struct page *p, const struct section *s, const struct column *c,
		   const struct counts *n, enum shade worst)
{
	page_str(p, "<span class=\"unseen\">");
	page_text(p, c->surface);
	if (c->provider) {
		page_str(p, ", ");
		page_text(p, c->provider);
	}
	page_str(p, ", ");
	page_text(p, s->title ? s->title : s->name);
	page_str(p, ": </span>");
	if (worst == SHADE_OK || n->by[worst] == n->total)
		page_printf(p, "%zu", n->total);
	else
		page_printf(p,
			    "<span>%zu<span class=\"unseen\"> of </span><span "
			    "aria-hidden=\"true\">/"
			    "</span>%zu</span>",
			    n->by[worst], n->total);
	page_printf(p, "<span class=\"unseen\"> %s</span>", page_word(worst));
}

static void cell(struct map *m, size_t row, size_t c)
{
	struct page *p = m->p;
	const struct counts *n = &m->cells[row * m->n_columns + c];
	enum shade worst = counts_worst(n);

	if (m->columns[c].opens && c)
		page_str(p, "<td class=\"gap\"></td>");
	if (!n->total) {
		page_str(p, "<td>\xc2\xb7</td>");
		return;
	}
	page_printf(p, "<td><a class=\"cell %s\"", page_class(worst));
	page_link(p, m->worst[row * m->n_columns + c]->id);
	page_str(p, ">");
	if (worst != SHADE_OK)
		page_glyph(p, worst == SHADE_FAILED ? "cross" : page_class(worst));
	amount(p, &m->sections[row], &m->columns[c], n, worst);
	page_str(p, "</a></td>");
}

static void heads(struct map *m, bool by_provider)
{
	struct page *p = m->p;
	size_t each = m->n_surfaces ? m->n_columns / m->n_surfaces : 0;

	page_str(p, "<colgroup><col class=\"names\">");
	for (size_t c = 0; c < m->n_columns; c++)
		page_printf(p, "%s<col class=\"slot\">",
			    m->columns[c].opens && c ? "<col class=\"gap\">" : "");
	page_str(p, "</colgroup><thead><tr><td></td>");
	for (size_t c = 0; c < m->n_columns; c += each) {
		page_printf(p, "%s<th class=\"surface\" colspan=\"%zu\" scope=\"colgroup\">",
			    c ? "<td class=\"gap\"></td>" : "", each);
		page_text(p, m->columns[c].surface);
		page_str(p, "</th>");
	}
	page_str(p, "</tr>");
	if (by_provider)
		page_str(p, "<tr><td></td>");
	for (size_t c = 0; by_provider && c < m->n_columns; c++) {
		page_printf(p, "%s<th scope=\"col\">",
			    m->columns[c].opens && c ? "<td class=\"gap\"></td>" : "");
		page_text(p, m->columns[c].provider);
		page_str(p, "</th>");
	}
	page_str(p, by_provider ? "</tr></thead>" : "</thead>");
}

static const char *group_of(const struct section *s)
{
	return s->group ? s->group : "Other pages";
}

static bool same_group(const struct map *m, size_t i, size_t k)
{
	return !strcmp(group_of(&m->sections[i]), group_of(&m->sections[k]));
}

static bool opens_group(const struct map *m, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (same_group(m, k, i))
			return false;
	}
	return true;
}

static void section_row(struct map *m, size_t i)
{
	const struct section *s = &m->sections[i];

	page_str(m->p, "<tr><th scope=\"row\">");
	page_text(m->p, s->title ? s->title : s->name);
	page_str(m->p, "</th>");
	for (size_t c = 0; c < m->n_columns; c++)
		cell(m, i, c);
	page_str(m->p, "</tr>\n");
}

/* A page of the documentation is one group, wherever its sections stand in the run. */
static void body(struct map *m)
{
	size_t width = 1 + m->n_columns + (m->n_surfaces ? m->n_surfaces - 1 : 0);

	for (size_t i = 0; i < m->n_sections; i++) {
		if (!opens_group(m, i))
			continue;
		page_printf(m->p,
			    "<tbody><tr class=\"group\"><th colspan=\"%zu\" "
			    "scope=\"rowgroup\">",
			    width);
		page_text(m->p, group_of(&m->sections[i]));
		page_str(m->p, "</th></tr>");
		for (size_t k = i; k < m->n_sections; k++) {
			if (same_group(m, i, k))
				section_row(m, k);
		}
		page_str(m->p, "</tbody>");
	}
}

static void table(struct page *p, struct section *sections, size_t n, bool by_provider)
{
	struct map m = { .p = p, .sections = sections, .n_sections = n };

	make_columns(&m, by_provider);
	fill_cells(&m);
	page_printf(p,
		    "<table class=\"map %s%s\"><caption class=\"unseen\">Results by section%s"
		    "</caption>",
		    by_provider ? "wide" : "narrow",
		    m.n_surfaces < 3   ? " few"
		    : m.n_columns > 16 ? " many"
				       : "",
		    by_provider ? ", surface and provider" : " and surface");
	heads(&m, by_provider);
	body(&m);
	page_str(p, "</table>\n");
}

/* Only the states that occur. */
static void legend(struct page *p)
{
	static const struct {
		enum shade shade;
		const char *sample, *text;
	} rows[] = {
		{ SHADE_OK, "12", "12 passed" },
		{ SHADE_FAILED, "1/7", "1 of 7 FAILED" },
		{ SHADE_BROKEN, "6", "6 BROKEN: could not be tried" },
		{ SHADE_WARNING, "1/4", "advice not followed, does not gate" },
		{ SHADE_KNOWN, "1/6", "failure already known" },
		{ SHADE_FLAKY, "1/6", "passed on a retry" },
		{ SHADE_SKIPPED, "5", "skipped, reason given" },
	};
	struct counts c = results_count(p->rs, NULL);

	page_str(p, "<ul class=\"legend\">");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!c.by[rows[i].shade])
			continue;
		page_printf(p, "<li><span class=\"cell %s\">", page_class(rows[i].shade));
		if (rows[i].shade != SHADE_OK)
			page_glyph(p, rows[i].shade == SHADE_FAILED
					      ? "cross"
					      : page_class(rows[i].shade));
		page_printf(p, "%s</span>%s</li>", rows[i].sample, rows[i].text);
	}
	page_str(p, "<li><span>\xc2\xb7</span>no promise here</li></ul>\n");
}

void page_map(struct page *p)
{
	struct section *sections;
	size_t n = results_sections(p->arena, p->rs, &sections);

	if (n && text_same(sections[0].name, SECTION_SANITY)) {
		sections++;
		n--;
	}
	if (!n)
		return;
	table(p, sections, n, true);
	table(p, sections, n, false);
	legend(p);
}
