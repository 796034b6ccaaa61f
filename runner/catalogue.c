/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/catalogue.h"

#include "idp-sim/base/buf.h"

#include <string.h>

static const char *const provider_words[] = { [ANY_PROVIDER] = "any",
					      [EACH_PROVIDER] = "azure okta keycloak",
					      [AZURE_ONLY] = "azure",
					      [OKTA_ONLY] = "okta",
					      [KEYCLOAK_ONLY] = "keycloak" };

static size_t expansions(const struct plan *p, const struct scenario *row)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->items[i].row == row;
	return n;
}

/* "a b" as a list; NULL gives an empty one. */
static json_t *list_of(const char *words)
{
	json_t *list = json_array();

	for (const char *p = words ? words : ""; *p;) {
		size_t n = strcspn(p, " ");

		if (n)
			json_array_append_new(list, json_stringn(p, n));
		p += n + (p[n] == ' ');
	}
	return list;
}

static json_t *bits_of(unsigned bits, const char *const *words)
{
	json_t *list = json_array();

	for (unsigned i = 0; words[i]; i++) {
		if (bits & (1u << i))
			json_array_append_new(list, json_string(words[i]));
	}
	return list;
}

static json_t *row_json(const struct plan *p, const struct suite *s, const struct scenario *row)
{
	static const char *const doors[] = { "cli", "gateway", "pdp", "service", "sdk", NULL };
	static const char *const editions[] = { "nmp", "nemo", "nemo-callout", NULL };
	unsigned held = row->editions ? row->editions : ALL_EDITIONS;

	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s?, s:s?, s:s, s:o, s:o, s:o, s:o, s:o, s:o, "
		"s:s?, s:s?, s:i, s:i}",
		"row", row_id(p->arena, s, row), "section", s->section, "title", row->title,
		"promise", row->promise, "page", row->page, "source", row->source, "level",
		level_word(row->level), "surfaces", bits_of(row->surfaces, doors), "providers",
		list_of(provider_words[row->providers]), "editions", bits_of(held, editions),
		"mutants", list_of(row->mutants), "catalogue", list_of(row->catalogue), "needs",
		list_of(row->needs), "configuration", row->configuration, "guard", row->guard,
		"wait_s", row->wait_s, "expansions", (int)expansions(p, row));
}

json_t *catalogue_json(const struct plan *p)
{
	json_t *list = json_array();

	for (size_t i = 0; suites[i]; i++) {
		for (size_t k = 0; k < suites[i]->n; k++) {
			const struct scenario *row = &suites[i]->rows[k];

			if (expansions(p, row))
				json_array_append_new(list, row_json(p, suites[i], row));
		}
	}
	return list;
}

static void put_joined(const json_t *list, const char *between, FILE *out)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		fprintf(out, "%s%s", i ? between : "", json_string_value(item));
}

/* A bar would end the cell. */
static void put_cell(const char *text, FILE *out)
{
	for (; text && *text; text++)
		fprintf(out, *text == '|' ? "\\|" : "%c", *text);
}

static void markdown_row(const json_t *r, FILE *out)
{
	const char *guard = conf_str(r, "guard", NULL);

	fprintf(out, "| `%s` | ", conf_str(r, "row", ""));
	put_cell(conf_str(r, "promise", ""), out);
	fprintf(out, " | ");
	put_cell(conf_str(r, "page", ""), out);
	fprintf(out, " | %s | ", conf_str(r, "level", ""));
	put_joined(json_object_get(r, "surfaces"), ", ", out);
	fprintf(out, " | ");
	put_joined(json_object_get(r, "providers"), ", ", out);
	fprintf(out, " | ");
	put_joined(json_object_get(r, "mutants"), ", ", out);
	if (guard) {
		fprintf(out, "guard: ");
		put_cell(guard, out);
	}
	fprintf(out, " |\n");
}

bool catalogue_markdown(const struct plan *p, FILE *out)
{
	AUTO(json_t) json_t *rows = catalogue_json(p);
	const char *section = "";
	const json_t *r;
	size_t i;

	fprintf(out,
		"# What Gauntlet promises\n\nMade by `gauntlet list --edition "
		"nemo,nmp,nemo-callout --format "
		"markdown`: %zu "
		"rows, %zu scenarios.\n",
		json_array_size(rows), plan_rows(p));
	json_array_foreach(rows, i, r) {
		const char *here = conf_str(r, "section", "");

		if (strcmp(section, here) != 0) {
			for (size_t k = 0; suites[k]; k++) {
				if (!strcmp(suites[k]->section, here))
					fprintf(out, "\n## %s\n\n", suites[k]->title);
			}
			fprintf(out, "| Row | Promise | Page | Level | Surfaces | Providers | "
				     "Caught mutants |\n|---|---|---|---|---|---|---|\n");
		}
		section = here;
		markdown_row(r, out);
	}
	return !ferror(out);
}

bool catalogue_profile(const struct plan *p, FILE *out)
{
	AUTO(json_t) json_t *rows = catalogue_json(p);
	const json_t *r;
	size_t i;

	fprintf(out, "# What a release must pass. An id is never renamed or reused; \"?\" "
		     "marks what "
		     "need not be claimed.\n");
	json_array_foreach(rows, i, r) {
		bool required = !strcmp(conf_str(r, "level", ""), level_word(LEVEL_DOCUMENTED));

		fprintf(out, "%s%s\n", required ? "" : "? ", conf_str(r, "row", ""));
	}
	return !ferror(out);
}

static void put_html(const char *text, FILE *out)
{
	for (; text && *text; text++)
		fprintf(out, strchr("<>&\"'", *text) ? "&#%d;" : "%c", *text);
}

static void html_cell(const json_t *list, FILE *out)
{
	fputs("<td>", out);
	put_joined(list, " ", out);
}

bool catalogue_html(const struct plan *p, FILE *out)
{
	AUTO(json_t) json_t *rows = catalogue_json(p);
	const json_t *r;
	size_t i;

	fprintf(out,
		"<!doctype html><html lang=en><meta charset=utf-8><title>What Gauntlet "
		"promises</title><meta name=viewport content='width=device-width'><style>"
		"body{font:16px/1.5 system-ui;margin:2em;color-scheme:light dark}table{border-"
		"collapse:collapse}td,th{padding:.3em .6em;border-bottom:1px solid #8884;text-"
		"align:left;vertical-align:top}</style><h1>What Gauntlet promises</h1><p>%zu "
		"rows, %zu scenarios<table><tr><th>row<th>promise<th>page<th>level<th>surfaces"
		"<th>providers<th>mutants</tr>\n",
		json_array_size(rows), plan_rows(p));
	json_array_foreach(rows, i, r) {
		fprintf(out, "<tr id='%s'><td>%s<td>", conf_str(r, "row", ""),
			conf_str(r, "row", ""));
		put_html(conf_str(r, "promise", ""), out);
		fputs("<td>", out);
		put_html(conf_str(r, "page", ""), out);
		fprintf(out, "<td>%s", conf_str(r, "level", ""));
		html_cell(json_object_get(r, "surfaces"), out);
		html_cell(json_object_get(r, "providers"), out);
		html_cell(json_object_get(r, "mutants"), out);
		fputs("</tr>\n", out);
	}
	fputs("</table></html>\n", out);
	return !ferror(out);
}
