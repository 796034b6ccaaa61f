/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - `gauntlet list`: what would be played, one id a line, or the
 * catalogue page. */
#include "idp-sim/base/conf.h"
#include "runner/catalogue.h"
#include "runner/session.h"
#include "runner/verbs.h"

#include <string.h>

static json_t *item_json(const struct item *it)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", it->id, "section",
			      it->suite->section, "title", it->row->title, "surface",
			      surface_word(it->surface), "provider", it->provider, "edition",
			      it->edition, "level", level_word(it->row->level));

	if (it->skip)
		json_object_set_new(o, "skipped", json_string(it->skip));
	return o;
}

static bool print_json(const struct plan *p, FILE *out)
{
	AUTO(json_t) json_t *list = json_array();

	for (size_t i = 0; i < p->n; i++) {
		if (p->items[i].row)
			json_array_append_new(list, item_json(&p->items[i]));
	}
	return !json_dumpf(list, out, JSON_INDENT(1)) && fputc('\n', out) != EOF;
}

static bool print_ids(const struct plan *p, FILE *out)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->items[i].row)
			fprintf(out, "%s\n", p->items[i].id);
	}
	return !ferror(out);
}

static bool print_rows(const struct plan *p, FILE *out)
{
	AUTO(json_t) json_t *list = catalogue_json(p);

	return !json_dumpf(list, out, JSON_INDENT(1)) && fputc('\n', out) != EOF;
}

static bool (*find_format(const char *name))(const struct plan *p, FILE *out)
{
	static const struct {
		const char *name;
		bool (*write)(const struct plan *p, FILE *out);
	} formats[] = { { "text", print_ids },	    { "json", print_json },
			{ "rows", print_rows },	    { "markdown", catalogue_markdown },
			{ "html", catalogue_html }, { "profile", catalogue_profile } };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (!strcmp(formats[i].name, name))
			return formats[i].write;
	}
	return NULL;
}

static int print(const struct options *o, const struct plan *p)
{
	const char *format = o->format ? o->format : "text";
	AUTO(FILE) FILE *file = o->output ? fopen(o->output, "we") : NULL;
	FILE *out = file ? file : stdout;
	bool (*write)(const struct plan *p, FILE *out);
	struct err err = { 0 };
	bool ok;

	if (o->output && !file) {
		fail_errno(&err, "%s", o->output);
		return complain(&err);
	}
	write = find_format(format);
	if (!write) {
		fail(&err, ERR_INPUT,
		     "--format %s: expected text, json, rows, markdown, html or profile",
		     format);
		return complain(&err);
	}
	ok = write(p, out);
	if (!ok || fflush(out)) {
		fail_errno(&err, "cannot write the list");
		return complain(&err);
	}
	return EXIT_OK;
}

int verb_list(const struct options *o)
{
	struct session s = { 0 };
	struct plan plan = { 0 };
	struct plan_for f;
	struct err err = { 0 };
	int code;

	if (!session_open(&s, o, &err)) {
		code = complain(&err);
	} else {
		s.own.keep = false;
		f = session_plan_for(&s, false);
		code = !plan_make(&plan, &f, &err) ? complain(&err)
		       : !plan.n		   ? EXIT_NOTHING
						   : print(o, &plan);
		if (code == EXIT_NOTHING)
			fprintf(stderr, "gauntlet: %s; gauntlet list names what there is\n",
				options_selection(o, s.arena));
	}
	plan_done(&plan);
	session_close(&s);
	return code;
}
