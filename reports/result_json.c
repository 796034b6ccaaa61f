/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result_json.c - results as JSON and back. Tables say which member is which field.
 */
#include "idp-sim/base/conf.h"
#include "reports/report.h"
#include "reports/text.h"

#include <stddef.h>
#include <string.h>

enum field_type { WORD, FLAG, NUMBER, TIME, SIZE };

struct field {
	const char *key;
	enum field_type type;
	size_t at;
};

#define RESULT(name, type)                                                                     \
	{                                                                                      \
#name, type, offsetof(struct result, name)                                     \
	}
static const struct field result_fields[] = {
	RESULT(id, WORD),
	RESULT(row, WORD),
	RESULT(section, WORD),
	RESULT(title, WORD),
	RESULT(promise, WORD),
	RESULT(page, WORD),
	RESULT(source, WORD),
	RESULT(remedy, WORD),
	RESULT(consequence, WORD),
	RESULT(file, WORD),
	RESULT(line, NUMBER),
	RESULT(surface, WORD),
	RESULT(provider, WORD),
	RESULT(edition, WORD),
	RESULT(target, WORD),
	RESULT(tags, WORD),
	RESULT(flaky, FLAG),
	RESULT(known, WORD),
	RESULT(known_owner, WORD),
	RESULT(known_link, WORD),
	RESULT(known_until, WORD),
	RESULT(known_disputed, FLAG),
	RESULT(known_intermittent, FLAG),
	RESULT(known_expired, FLAG),
	RESULT(known_fixed, FLAG),
	RESULT(required, FLAG),
	RESULT(reason, WORD),
	RESULT(measured, WORD),
	RESULT(again, WORD),
	RESULT(took_us, TIME),
	RESULT(attempts, NUMBER),
	RESULT(earlier, WORD),
	RESULT(order, NUMBER),
	{ 0 },
};

#define CHECK(name, type)                                                                      \
	{                                                                                      \
#name, type, offsetof(struct check, name)                                      \
	}
static const struct field check_fields[] = {
	CHECK(what, WORD),
	CHECK(held, FLAG),
	CHECK(control, FLAG),
	CHECK(guard, WORD),
	CHECK(want, WORD),
	CHECK(got, WORD),
	{ 0 },
};

#define HOP(name, type)                                                                        \
	{                                                                                      \
#name, type, offsetof(struct hop, name)                                        \
	}
static const struct field hop_fields[] = {
	HOP(at_us, TIME),  HOP(from, WORD),   HOP(to, WORD),
	HOP(text, WORD),   HOP(detail, WORD), HOP(answer, FLAG),
	HOP(marked, FLAG), HOP(remark, WORD), { 0 },
};

#define SECTION(name, type)                                                                    \
	{                                                                                      \
#name, type, offsetof(struct section, name)                                    \
	}
static const struct field section_fields[] = {
	SECTION(name, WORD),
	SECTION(title, WORD),
	SECTION(group, WORD),
	SECTION(url, WORD),
	{ 0 },
};

#define PART(name, type)                                                                       \
	{                                                                                      \
#name, type, offsetof(struct part, name)                                       \
	}
static const struct field part_fields[] = {
	PART(name, WORD),
	PART(who, WORD),
	PART(under_test, FLAG),
	{ 0 },
};

#define RUN(name, type)                                                                        \
	{                                                                                      \
#name, type, offsetof(struct results, name)                                    \
	}
static const struct field run_fields[] = {
	RUN(target, WORD),  RUN(edition, WORD), RUN(providers, WORD),  RUN(profile, WORD),
	RUN(planned, SIZE), RUN(stopped, WORD), RUN(started_at, TIME), RUN(took_us, TIME),
	RUN(jobs, NUMBER),  RUN(strict, FLAG),	RUN(gated, FLAG),      { 0 },
};

static void put(struct arena *a, json_t *o, const struct field *f, const void *p)
{
	const char *word = NULL;

	switch (f->type) {
	case WORD:
		word = *(const char *const *)p;
		if (word)
			json_object_set_new(o, f->key, json_string(text_clean(a, word)));
		break;
	case FLAG:
		if (*(const bool *)p)
			json_object_set_new(o, f->key, json_true());
		break;
	case NUMBER:
		if (*(const int *)p)
			json_object_set_new(o, f->key, json_integer(*(const int *)p));
		break;
	case TIME:
		json_object_set_new(o, f->key, json_integer(*(const int64_t *)p));
		break;
	case SIZE:
		json_object_set_new(o, f->key, json_integer((json_int_t) * (const size_t *)p));
		break;
	}
}

static json_t *record(struct arena *a, const struct field *fields, const void *p)
{
	json_t *o = json_object();

	for (; fields->key; fields++)
		put(a, o, fields, (const char *)p + fields->at);
	return o;
}

static json_t *records(struct arena *a, const struct field *fields, const void *p, size_t n,
		       size_t size)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, record(a, fields, (const char *)p + i * size));
	return list;
}

static bool get(struct arena *a, const json_t *o, const struct field *f, void *p,
		struct err *err)
{
	const json_t *v = json_object_get(o, f->key);

	if (!v || json_is_null(v))
		return true;
	switch (f->type) {
	case WORD:
		if (!json_is_string(v))
			return fail(err, ERR_INPUT, "'%s': expected a string", f->key);
		*(const char **)p = arena_str(a, json_string_value(v));
		return true;
	case FLAG:
		if (!json_is_boolean(v))
			return fail(err, ERR_INPUT, "'%s': expected true or false", f->key);
		*(bool *)p = json_is_true(v);
		return true;
	case NUMBER:
	case TIME:
	case SIZE:
		break;
	}
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return fail(err, ERR_INPUT, "'%s': expected an integer from 0", f->key);
	if (f->type == NUMBER)
		*(int *)p = (int)json_integer_value(v);
	else if (f->type == TIME)
		*(int64_t *)p = json_integer_value(v);
	else
		*(size_t *)p = (size_t)json_integer_value(v);
	return true;
}

static bool fill(struct arena *a, const json_t *o, const struct field *fields, void *p,
		 struct err *err)
{
	if (!json_is_object(o))
		return fail(err, ERR_INPUT, "expected an object");
	for (; fields->key; fields++) {
		if (!get(a, o, fields, (char *)p + fields->at, err))
			return false;
	}
	return true;
}

/* The list under key; absent is empty. */
static bool fill_all(struct arena *a, const json_t *o, const char *key,
		     const struct field *fields, size_t size, void **ret, size_t *ret_n,
		     struct err *err)
{
	const json_t *list = json_object_get(o, key);
	size_t n = json_array_size(list);
	char *all = n ? arena_alloc(a, n * size) : NULL;

	if (list && !json_is_array(list))
		return fail(err, ERR_INPUT, "'%s': expected a list", key);
	for (size_t i = 0; i < n; i++) {
		if (!fill(a, json_array_get(list, i), fields, all + i * size, err))
			return err_note(err, "%s[%zu]", key, i);
	}
	*ret = all;
	*ret_n = n;
	return true;
}

static bool one_of(const json_t *o, const char *key, const char *(*word)(int), int n, int *ret,
		   struct err *err)
{
	const char *text = json_string_value(json_object_get(o, key));

	for (int i = 0; i < n; i++) {
		if (text && strcmp(text, word(i)) == 0) {
			*ret = i;
			return true;
		}
	}
	return fail(err, ERR_INPUT, "'%s': '%s' is none of its words", key, text ? text : "");
}

static const char *nth_verdict(int i)
{
	return verdict_word((enum verdict)i);
}

static const char *nth_level(int i)
{
	return level_word((enum level)i);
}

json_t *result_to_json(const struct result *r)
{
	AUTO(arena) struct arena *a = arena_new();
	json_t *o = record(a, result_fields, r);

	json_object_set_new(o, "verdict", json_string(verdict_word(r->verdict)));
	json_object_set_new(o, "level", json_string(level_word(r->level)));
	if (r->n_checks)
		json_object_set_new(
			o, "checks",
			records(a, check_fields, r->checks, r->n_checks, sizeof(*r->checks)));
	if (r->n_hops)
		json_object_set_new(
			o, "hops",
			records(a, hop_fields, r->hops, r->n_hops, sizeof(*r->hops)));
	return o;
}

bool result_from_json(struct arena *a, const json_t *o, struct result *ret, struct err *err)
{
	struct result r = { 0 };
	int verdict = 0, level = 0;

	if (!fill(a, o, result_fields, &r, err))
		return false;
	if (!r.id || !*r.id)
		return fail(err, ERR_INPUT, "a result without an id");
	if (!one_of(o, "verdict", nth_verdict, BROKEN + 1, &verdict, err) ||
	    !one_of(o, "level", nth_level, LEVEL_ADVICE + 1, &level, err) ||
	    !fill_all(a, o, "checks", check_fields, sizeof(*r.checks), (void **)&r.checks,
		      &r.n_checks, err) ||
	    !fill_all(a, o, "hops", hop_fields, sizeof(*r.hops), (void **)&r.hops, &r.n_hops,
		      err))
		return err_note(err, "%s", r.id);
	r.verdict = (enum verdict)verdict;
	r.level = (enum level)level;
	*ret = r;
	return true;
}

static json_t *counts_to_json(const struct results *rs)
{
	struct counts c = results_count(rs, NULL);

	return json_pack(
		"{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "total", (json_int_t)c.total, "passed",
		(json_int_t)c.by[SHADE_OK], "failed", (json_int_t)c.by[SHADE_FAILED], "broken",
		(json_int_t)c.by[SHADE_BROKEN], "skipped", (json_int_t)c.by[SHADE_SKIPPED],
		"warnings", (json_int_t)c.by[SHADE_WARNING], "known",
		(json_int_t)c.by[SHADE_KNOWN], "flaky", (json_int_t)c.by[SHADE_FLAKY]);
}

static json_t *missing_to_json(struct arena *a, const struct results *rs)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rs->n_missing; i++)
		json_array_append_new(list, json_string(text_clean(a, rs->missing[i])));
	return list;
}

json_t *results_to_json(const struct results *rs)
{
	AUTO(arena) struct arena *a = arena_new();
	json_t *o =
		json_pack("{s:s,s:i,s:s,s:i,s:s,s:o}", "format", "gauntlet-results", "version",
			  REPORT_VERSION, "outcome", outcome_word(results_outcome(rs)),
			  "exit_code", results_exit_code(rs), "sentence",
			  text_clean(a, results_sentence(a, rs)), "counts", counts_to_json(rs));
	AUTO(json_t) json_t *run = record(a, run_fields, rs);
	json_t *list = json_array();

	json_object_update(o, run);
	/* A string: the numbers of many readers of JSON end at 2^53. */
	json_object_set_new(o, "seed",
			    json_string(arena_printf(a, "%llu", (unsigned long long)rs->seed)));
	if (rs->provenance)
		json_object_set(o, "provenance", rs->provenance);
	if (rs->n_missing)
		json_object_set_new(o, "missing", missing_to_json(a, rs));
	json_object_set_new(
		o, "parts",
		records(a, part_fields, rs->parts, rs->n_parts, sizeof(*rs->parts)));
	json_object_set_new(o, "sections",
			    records(a, section_fields, rs->sections, rs->n_sections,
				    sizeof(*rs->sections)));
	for (size_t i = 0; i < rs->n; i++) {
		struct result r = rs->items[i];

		if (result_shade(rs, &r) == SHADE_OK) /* who said what is evidence of trouble */
			r.n_hops = 0;
		json_array_append_new(list, result_to_json(&r));
	}
	json_object_set_new(o, "results", list);
	return o;
}

static bool read_items(const json_t *o, struct results *rs, struct err *err)
{
	const json_t *list = json_object_get(o, "results");

	if (!json_is_array(list))
		return fail(err, ERR_INPUT, "'results': expected a list");
	rs->n = json_array_size(list);
	rs->items = arena_alloc(rs->arena, (rs->n + 1) * sizeof(*rs->items));
	for (size_t i = 0; i < rs->n; i++) {
		if (!result_from_json(rs->arena, json_array_get(list, i), &rs->items[i], err))
			return err_note(err, "results[%zu]", i);
	}
	return true;
}

static bool read_missing(const json_t *o, struct results *rs, struct err *err)
{
	const json_t *list = json_object_get(o, "missing");

	rs->missing =
		arena_alloc(rs->arena, (json_array_size(list) + 1) * sizeof(*rs->missing));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *id = json_string_value(json_array_get(list, i));

		if (!id)
			return fail(err, ERR_INPUT, "'missing': expected ids");
		rs->missing[rs->n_missing++] = arena_str(rs->arena, id);
	}
	return true;
}

static bool read_run(const json_t *o, struct results *rs, struct err *err)
{
	const char *format = json_string_value(json_object_get(o, "format"));
	json_int_t version = json_integer_value(json_object_get(o, "version"));
	const char *seed = json_string_value(json_object_get(o, "seed"));

	if (!format || strcmp(format, "gauntlet-results") != 0)
		return fail(err, ERR_INPUT, "not a JSON report of gauntlet: no 'format'");
	if (version != REPORT_VERSION)
		return fail(err, ERR_INPUT, "version %lld of the report, this program reads %d",
			    (long long)version, REPORT_VERSION);
	if (!fill(rs->arena, o, run_fields, rs, err))
		return false;
	rs->seed = seed ? strtoull(seed, NULL, 10) : 0;
	rs->provenance = json_deep_copy(json_object_get(o, "provenance"));
	return fill_all(rs->arena, o, "parts", part_fields, sizeof(*rs->parts),
			(void **)&rs->parts, &rs->n_parts, err) &&
	       fill_all(rs->arena, o, "sections", section_fields, sizeof(*rs->sections),
			(void **)&rs->sections, &rs->n_sections, err) &&
	       read_missing(o, rs, err) && read_items(o, rs, err);
}

struct results *results_from_json(const json_t *o, struct err *err)
{
	struct arena *a = arena_new();
	struct results *rs = arena_alloc(a, sizeof(*rs));

	rs->arena = a;
	if (read_run(o, rs, err))
		return rs;
	results_free(rs);
	return NULL;
}

void results_free(struct results *rs)
{
	if (!rs)
		return;
	json_decref(rs->provenance);
	arena_free(rs->arena);
}
