/* SPDX-License-Identifier: Apache-2.0 */
/* prove-print.c - the kill matrix for people, programs and pages. */
#include "runner/prove.h"

#include "idp-sim/base/buf.h"

#include <string.h>

enum { NAME = 36, SPAN = 42, EDGE = 100, LISTED = 20, SHORT = 6 };

struct columns {
	const struct suite *sections[64];
	int width[64];
	size_t n;
	int name; /* where the names of mutants end */
	bool fit;
};

static int widest_name(const struct proof *p)
{
	int widest = NAME;

	for (size_t m = 0; m < p->n_mutants; m++) {
		int n = (int)strlen(p->mutants[m].name) + 4;

		widest = n > widest ? n : widest;
	}
	return widest;
}

static struct columns columns_of(const struct proof *p)
{
	struct columns c = { .name = widest_name(p) };
	int total = c.name + 9;

	for (size_t i = 0; suites[i] && c.n < ARRAY_LEN(c.sections); i++) {
		bool used = false;

		for (size_t y = 0; y < p->n_plays && !used; y++)
			used = p->plays[y].mutant != NO_MUTANT &&
			       p->plays[y].item->suite == suites[i];
		if (!used)
			continue;
		c.sections[c.n] = suites[i];
		c.width[c.n] = (int)strlen(suites[i]->section);
		c.width[c.n] = c.width[c.n] > SHORT ? SHORT
			       : c.width[c.n] < 3   ? 3
						    : c.width[c.n];
		total += c.width[c.n++] + 2;
	}
	c.fit = total <= EDGE;
	return c;
}

static void print_head(const struct columns *c, FILE *out)
{
	if (!c->fit)
		return;
	fprintf(out, "%*s", c->name, "");
	for (size_t i = 0; i < c->n; i++)
		fprintf(out, "%-*.*s  ", c->width[i], c->width[i], c->sections[i]->section);
	fputc('\n', out);
}

static void print_cells(const struct proof *p, const struct columns *c, long m, FILE *out)
{
	for (size_t i = 0; i < c->n; i++) {
		size_t kills = proof_kills_in(p, m, c->sections[i]->section);
		char text[24] = ".";

		if (kills)
			snprintf(text, sizeof text, "%zu", kills);
		fprintf(out, "%-*s  ", c->width[i], text);
	}
}

/* When the matrix is wider than the page: "login 3, refresh 1". */
static void add_list(const struct proof *p, const struct columns *c, long m, struct buf *b)
{

	for (size_t i = 0; i < c->n; i++) {
		size_t kills = proof_kills_in(p, m, c->sections[i]->section);

		if (kills)
			buf_printf(b, "%s%s %zu", b->n ? ", " : "", c->sections[i]->section,
				   kills);
	}
	if (!b->n)
		buf_str(b, ".");
}

/* Bytes of the list that go on one line. */
static size_t fitting(const char *list)
{
	size_t whole = 0;

	for (size_t n = 0; list[n]; n++)
		if (n < SPAN && list[n] == ',')
			whole = n + 1;
	return strlen(list) <= SPAN || !whole ? strlen(list) : whole;
}

static void print_mutant(const struct proof *p, const struct columns *c, size_t m, bool colour,
			 FILE *out)
{
	const struct proof_mutant *mutant = &p->mutants[m];
	bool killed = proof_killed(mutant);
	const char *ink = !colour ? "" : killed ? "\033[32m" : "\033[31m";

	AUTO_BUF list = { 0 };
	const char *rest = "";

	fprintf(out, "  %-*s", c->name - 2, mutant->name);
	if (c->fit) {
		print_cells(p, c, (long)m, out);
	} else {
		add_list(p, c, (long)m, &list);
		rest = list.p + fitting(list.p);
		fprintf(out, "%-*.*s  ", SPAN, (int)fitting(list.p), list.p);
	}
	fprintf(out, "%s%s%s\n", ink, killed ? "killed" : "SURVIVED", colour ? "\033[0m" : "");
	for (; *rest; rest += fitting(rest))
		fprintf(out, "%*s%.*s\n", c->name - 1, "", (int)fitting(rest), rest);
}

static void print_matrix(const struct proof *p, bool colour, FILE *out)
{
	const struct columns c = columns_of(p);
	const char *part = "";

	print_head(&c, out);
	for (size_t m = 0; m < p->n_mutants; m++) {
		if (strcmp(part, p->mutants[m].part) != 0)
			fprintf(out, " %s\n", p->mutants[m].part);
		part = p->mutants[m].part;
		print_mutant(p, &c, m, colour, out);
	}
	fprintf(out, "\n %-*s", c.name - 1, "none (platform without a defect)");
	if (p->unharmed_bad)
		fprintf(out, "%zu FAILED or BROKEN\n", p->unharmed_bad);
	else
		fprintf(out, "passes\n");
}

static void print_survivors(const struct proof *p, FILE *out)
{
	for (size_t m = 0; m < p->n_mutants; m++) {
		const struct proof_mutant *mutant = &p->mutants[m];

		if (proof_killed(mutant))
			continue;
		fprintf(out, "\nSURVIVED  %s: %s\n", mutant->name, mutant->defect);
		if (!mutant->claimed)
			fprintf(out, "          No row names it. Write the missing one.\n");
		for (size_t i = 0; i < p->n_plays; i++) {
			const struct proof_play *y = &p->plays[i];

			if (y->mutant == (long)m && y->result)
				fprintf(out, "          %s: %s%s%.60s\n", y->result->id,
					verdict_word(y->result->verdict),
					y->result->reason ? ", " : "",
					y->result->reason ? y->result->reason : "");
		}
	}
}

static bool unharmed_bad(const struct proof_play *y)
{
	return y->mutant == NO_MUTANT && y->result &&
	       (y->result->verdict == FAILED || y->result->verdict == BROKEN);
}

static void print_unharmed(const struct proof *p, FILE *out)
{
	size_t said = 0;

	for (size_t i = 0; i < p->n_plays; i++) {
		const struct result *r = p->plays[i].result;
		const struct check *c;

		if (!unharmed_bad(&p->plays[i]) || said++ >= LISTED)
			continue;
		c = result_offence(r);
		fprintf(out, "\n%-8s  %s without a defect: %.200s\n", verdict_word(r->verdict),
			r->id,
			r->reason ? r->reason
			: c	  ? c->what
				  : "");
		if (c && c->want && c->got)
			fprintf(out, "          want %.200s\n          got  %.200s\n", c->want,
				c->got);
	}
}

static void print_never_red(const struct proof *p, FILE *out)
{
	size_t said = 0;

	if (!p->never_red)
		return;
	fprintf(out, "\n%zu checks that no mutant turns red and no guard excuses:\n",
		p->never_red);
	for (size_t i = 0; i < p->n_checks && said < LISTED; i++) {
		const struct proof_check *c = &p->checks[i];

		if (c->reds || check_excused(c))
			continue;
		fprintf(out, "  %s/%s: %s\n", c->suite->section, c->row->name, c->what);
		said++;
	}
	if (p->never_red > said)
		fprintf(out, "  ... and %zu more: --format json\n", p->never_red - said);
}

static void print_unexplained(const struct proof *p, FILE *out)
{
	size_t said = 0;

	for (size_t i = 0; i < p->n_overlaps && said < LISTED; i++) {
		const struct proof_overlap *o = &p->overlaps[i];

		if (o->why)
			continue;
		if (!said++)
			fprintf(out, "\nRows that no mutant needs, and nothing explains:\n");
		fprintf(out, "  %s%s%s\n", o->row,
			o->with ? ", as good as " : " catches nothing", o->with ? o->with : "");
	}
}

void proof_print(const struct proof *p, bool colour, FILE *out)
{
	size_t killed = p->n_mutants - p->survivors;

	fprintf(out,
		"Each mutant is the reference platform with one defect. A suite is worth its "
		"name if each is caught,\nand if the platform without a defect passes.\n\n");
	print_matrix(p, colour, out);
	print_survivors(p, out);
	print_unharmed(p, out);
	print_never_red(p, out);
	print_unexplained(p, out);
	if (p->misses)
		fprintf(out,
			"\n%zu times a row names a mutant and does not catch it: --format "
			"json\n",
			p->misses);
	fprintf(out,
		"\n%s %zu of %zu mutants killed, %zu survived; %zu checks, %zu never red; %zu "
		"rows overlap, %zu unexplained. %.1f s\n",
		p->survivors || p->unharmed_bad || !p->complete ? "Not proved." : "Proved.",
		killed, p->n_mutants, p->survivors, p->n_checks, p->never_red, p->n_overlaps,
		p->unexplained, (double)p->took_us / 1e6);
}

static json_t *play_json(const struct proof_play *y)
{
	json_t *red = json_array();
	const struct result *r = y->result;

	for (size_t i = 0; r && i < r->n_checks; i++) {
		if (!r->checks[i].held)
			json_array_append_new(red, json_string(r->checks[i].what));
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "row", y->item->row->name, "section",
			 y->item->suite->section, "id", y->item->id, "verdict",
			 r ? verdict_word(r->verdict) : "none", "red", red);
}

static json_t *mutants_json(const struct proof *p)
{
	json_t *list = json_array();

	for (size_t m = 0; m < p->n_mutants; m++) {
		const struct proof_mutant *mutant = &p->mutants[m];
		json_t *plays = json_array();

		for (size_t i = 0; i < p->n_plays; i++) {
			if (p->plays[i].mutant == (long)m)
				json_array_append_new(plays, play_json(&p->plays[i]));
		}
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b, s:o}", "name",
						      mutant->name, "part", mutant->part,
						      "defect", mutant->defect, "killed",
						      proof_killed(mutant), "plays", plays));
	}
	return list;
}

static json_t *checks_json(const struct proof *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_checks; i++) {
		const struct proof_check *c = &p->checks[i];

		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s, s:i, s:b, s:s?}", "section",
					c->suite->section, "row", c->row->name, "check",
					c->what, "reds", (int)c->reds, "control", c->control,
					"guard", c->guard ? c->guard : c->row->guard));
	}
	return list;
}

static json_t *overlaps_json(const struct proof *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_overlaps; i++) {
		const struct proof_overlap *o = &p->overlaps[i];

		json_array_append_new(list, json_pack("{s:s, s:s?, s:s?}", "row", o->row,
						      "with", o->with, "stays", o->why));
	}
	return list;
}

/* In full, for there is no other report of them. */
static json_t *unharmed_json(const struct proof *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_plays; i++) {
		if (unharmed_bad(&p->plays[i]))
			json_array_append_new(list, result_to_json(p->plays[i].result));
	}
	return list;
}

json_t *proof_json(const struct proof *p)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:o, s:o, s:o, s:o}", "mutants",
			 (int)p->n_mutants, "survivors", (int)p->survivors, "never_red",
			 (int)p->never_red, "misses", (int)p->misses, "unharmed_bad",
			 (int)p->unharmed_bad, "unharmed", unharmed_json(p), "matrix",
			 mutants_json(p), "checks", checks_json(p), "overlaps",
			 overlaps_json(p));
}

static void html_text(const char *text, FILE *out)
{
	for (; text && *text; text++) {
		if (strchr("<>&\"", *text))
			fprintf(out, "&#%d;", *text);
		else
			fputc(*text, out);
	}
}

bool proof_html(const struct proof *p, FILE *out)
{
	const struct columns c = columns_of(p);

	fprintf(out,
		"<!doctype html><html lang=en><meta charset=utf-8><title>Kill matrix</title>"
		"<meta name=viewport content='width=device-width'><style>body{font:16px/1.5 "
		"system-ui;margin:2em;color-scheme:light dark}table{border-collapse:collapse}"
		"td,th{padding:.2em .6em;border-bottom:1px solid #8884;text-align:left}"
		".no{color:#b00020;font-weight:700}</style><h1>Kill matrix</h1>"
		"<p>%zu mutants, %zu survived.</p><table><tr><th>mutant<th>defect",
		p->n_mutants, p->survivors);
	for (size_t i = 0; i < c.n; i++)
		fprintf(out, "<th>%s", c.sections[i]->section);
	fprintf(out, "<th>verdict</tr>\n");
	for (size_t m = 0; m < p->n_mutants; m++) {
		bool killed = proof_killed(&p->mutants[m]);

		fprintf(out, "<tr><td>%s<td>", p->mutants[m].name);
		html_text(p->mutants[m].defect, out);
		for (size_t i = 0; i < c.n; i++) {
			size_t kills = proof_kills_in(p, (long)m, c.sections[i]->section);

			fprintf(out, kills ? "<td>%zu" : "<td>", kills);
		}
		fprintf(out, "<td%s>%s</tr>\n", killed ? "" : " class=no",
			killed ? "killed" : "SURVIVED");
	}
	fprintf(out, "</table></html>\n");
	return !ferror(out);
}
