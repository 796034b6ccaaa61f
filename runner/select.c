/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/select.h"

#include "idp-sim/base/conf.h"
#include "runner/rows.h"

#include <fnmatch.h>
#include <string.h>

bool word_listed(const char *const *list, const char *word)
{
	for (; list && *list; list++) {
		if (!strcmp(*list, word))
			return true;
	}
	return false;
}

long plan_shard(const char *id, long n)
{
	uint64_t h = 14695981039346656037u;

	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * 1099511628211u;
	return (long)(h % (uint64_t)n) + 1;
}

/* A glob without '@' is also held against the id without its expansion. */
static bool glob_matches(const char *glob, const char *id, const char *row)
{
	return !fnmatch(glob, id, 0) || !fnmatch(glob, row, 0);
}

static bool any_glob(const struct words *w, const char *id, const char *row)
{
	for (size_t i = 0; i < w->n; i++) {
		if (glob_matches(w->items[i], id, row))
			return true;
	}
	return false;
}

/* "intrusive" wants the tag, "!slow" refuses it; one wanted tag is enough. */
static bool tags_match(const struct words *w, const char *tags)
{
	bool asked = false, found = false;

	for (size_t i = 0; i < w->n; i++) {
		const char *tag = w->items[i];

		if (*tag == '!' && has_word(tags, tag + 1))
			return false;
		asked = asked || *tag != '!';
		found = found || (*tag != '!' && has_word(tags, tag));
	}
	return found || !asked;
}

static bool only_has(const struct words *w, const char *id, const char *row)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!strcmp(w->items[i], id) || !strcmp(w->items[i], row))
			return true;
	}
	return false;
}

bool select_row(const struct options *o, const struct suite *s, const struct scenario *row)
{
	return (!o->section.n || words_include(&o->section, s->section)) &&
	       (!o->level.n || words_include(&o->level, level_word(row->level))) &&
	       tags_match(&o->tag, row->tags);
}

bool select_id(const struct plan_for *f, const char *id, const char *row)
{
	const struct options *o = f->options;

	return (!o->only.n || only_has(&o->only, id, row)) &&
	       (!o->filter.n || any_glob(&o->filter, id, row)) &&
	       !any_glob(&o->exclude, id, row) &&
	       (!f->ids || word_listed(f->ids, id) || word_listed(f->ids, row));
}

static bool check_sections(const struct options *o, struct err *err)
{
	const char *known[64] = { 0 };
	size_t n = 0;

	for (; suites[n] && n + 1 < ARRAY_LEN(known); n++)
		known[n] = suites[n]->section;
	for (size_t i = 0; i < o->section.n; i++) {
		if (!word_listed(known, o->section.items[i]))
			return word_refused("section", o->section.items[i], known, err);
	}
	return true;
}

static bool check_only(const struct options *o, struct err *err)
{
	struct found_row found;

	for (size_t i = 0; i < o->only.n; i++) {
		if (!row_find(o->only.items[i], &found, err))
			return err_note(err, "--only");
	}
	return true;
}

static bool some_row_has(const char *tag)
{
	for (size_t i = 0; suites[i]; i++) {
		for (size_t k = 0; k < suites[i]->n; k++) {
			if (has_word(suites[i]->rows[k].tags, tag))
				return true;
		}
	}
	return false;
}

static bool check_tags(const struct options *o, struct err *err)
{
	for (size_t i = 0; i < o->tag.n; i++) {
		const char *tag = o->tag.items[i] + (o->tag.items[i][0] == '!');

		if (!some_row_has(tag))
			return fail(err, ERR_INPUT, "--tag %s: no scenario has that tag", tag);
	}
	return true;
}

bool select_check(const struct options *o, struct err *err)
{
	return check_sections(o, err) && check_only(o, err) && check_tags(o, err);
}
