/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write.c - what the writers share.
 */
#include "reports/write.h"

#include <string.h>

enum { HELD_TOLD = 8 }; /* of the checks that held; their number says the rest */

bool write_done(FILE *out, struct err *err)
{
	if (fflush(out) != 0 || ferror(out))
		return fail_errno(err, "cannot write the report");
	return true;
}

bool write_buf(const struct buf *b, FILE *out, struct err *err)
{
	if (b->overflow)
		return fail(err, ERR_SYSTEM, "the report is larger than its limit");
	if (b->n)
		fwrite(b->p, 1, b->n, out);
	return write_done(out, err);
}

bool write_json_text(const json_t *o, FILE *out, struct err *err)
{
	if (json_dumpf(o, out, JSON_INDENT(1)) != 0)
		return fail_errno(err, "cannot write the report");
	fputc('\n', out);
	return write_done(out, err);
}

json_t *write_string(struct arena *a, const char *s)
{
	return json_string(text_clean(a, s ? s : ""));
}

void write_member(struct arena *a, json_t *o, const char *key, const char *s)
{
	if (s)
		json_object_set_new(o, key, write_string(a, s));
}

char *result_held(struct arena *a, const struct result *r)
{
	AUTO_BUF b = { 0 };
	size_t held = 0;

	for (size_t i = 0; i < r->n_checks; i++) {
		if (r->checks[i].held && ++held <= HELD_TOLD)
			buf_printf(&b, "%s%s", b.n ? "; " : "", r->checks[i].what);
	}
	if (held > HELD_TOLD)
		buf_printf(&b, "; and %zu more", held - HELD_TOLD);
	return b.n ? arena_dup(a, b.p, b.n) : NULL;
}

char *result_source(struct arena *a, const struct result *r)
{
	if (!r->page || !r->source)
		return arena_str(a, r->page ? r->page : r->source);
	return arena_printf(a, "%s; %s", r->page, r->source);
}

char *result_message(struct arena *a, const struct result *r)
{
	const struct check *c = result_offence(r);

	if (r->verdict == SKIPPED || r->verdict == BROKEN || !c)
		return text_line(a, r->reason ? r->reason : r->title, 400);
	return arena_printf(a, "%s: want %s; got %s", text_line(a, c->what, 120),
			    text_line(a, c->want ? c->want : "it to hold", 200),
			    text_line(a, c->got ? c->got : "it does not", 200));
}

char *results_missing(struct arena *a, const struct results *rs, size_t most)
{
	AUTO_BUF b = { 0 };

	for (size_t i = 0; i < rs->n_missing && i < most; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", rs->missing[i]);
	if (rs->n_missing > most)
		buf_printf(&b, " and %zu more", rs->n_missing - most);
	return b.n ? arena_dup(a, b.p, b.n) : NULL;
}

char *result_exception(struct arena *a, const struct result *r)
{
	const struct {
		const char *label, *value;
	} rows[] = { { "owner", r->known_owner },
		     { r->known_expired ? "expired" : "until", r->known_until },
		     { "link", r->known_link } };
	char *text = arena_printf(a, "%s%s", r->known, r->known_disputed ? " (disputed)" : "");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].value)
			text = arena_printf(a, "%s; %s %s", text, rows[i].label, rows[i].value);
	}
	return text;
}

static void story_line(struct buf *b, struct arena *a, const char *label, const char *text)
{
	if (!text)
		return;
	buf_printf(b, "%-9s ", label);
	for (const char *p = text_clean(a, text); *p; p++) {
		buf_char(b, *p);
		if (*p == '\n')
			buf_str(b, "          ");
	}
	buf_char(b, '\n');
}

static void story_hops(struct buf *b, struct arena *a, const struct result *r)
{
	for (size_t i = 0; i < r->n_hops; i++) {
		const struct hop *h = &r->hops[i];

		buf_printf(b, "%c +%lld.%03lld %-8s %-8s %s%s%s\n", h->marked ? '>' : ' ',
			   (long long)(h->at_us / 1000000), (long long)(h->at_us / 1000 % 1000),
			   h->from ? h->from : "", h->to ? h->to : "",
			   text_line(a, h->text, 400), h->remark ? ": " : "",
			   h->remark ? text_clean(a, h->remark) : "");
	}
}

void result_story(struct buf *b, struct arena *a, const struct result *r)
{
	story_line(b, a, "promise", r->promise);
	story_line(b, a, "source", result_source(a, r));
	story_line(b, a, "reason", r->reason);
	for (size_t i = 0; i < r->n_checks; i++) {
		if (r->checks[i].held)
			continue;
		story_line(b, a, "check", r->checks[i].what);
		story_line(b, a, "want", r->checks[i].want);
		story_line(b, a, "got", r->checks[i].got);
	}
	story_line(b, a, "held", result_held(a, r));
	story_line(b, a, "remedy", r->remedy);
	story_line(b, a, "again", r->again);
	if (r->attempts > 1)
		story_line(b, a, "attempts", result_attempts(a, r));
	story_hops(b, a, result_marked(a, r));
}

struct section results_section(const struct results *rs, const char *name)
{
	for (size_t i = 0; i < rs->n_sections; i++) {
		if (text_same(rs->sections[i].name, name))
			return rs->sections[i];
	}
	if (text_same(name, SECTION_SANITY))
		return (struct section) { name, "target starts, answers, a good day works" };
	return (struct section) { name ? name : "none", name ? name : "none" };
}

static bool has_section(const struct section *list, size_t n, const char *name)
{
	while (n--) {
		if (text_same(list[n].name, name))
			return true;
	}
	return false;
}

size_t results_sections(struct arena *a, const struct results *rs, struct section **ret)
{
	struct section *list = arena_alloc(a, (rs->n_sections + rs->n + 1) * sizeof(*list));
	size_t n = 0;

	if (results_count(rs, SECTION_SANITY).total)
		list[n++] = results_section(rs, SECTION_SANITY);
	for (size_t i = 0; i < rs->n_sections; i++) {
		if (!has_section(list, n, rs->sections[i].name) &&
		    results_count(rs, rs->sections[i].name).total)
			list[n++] = rs->sections[i];
	}
	for (size_t i = 0; i < rs->n; i++) {
		struct section s = results_section(rs, rs->items[i].section);

		if (!has_section(list, n, s.name))
			list[n++] = s;
	}
	*ret = list;
	return n;
}

/* A place in the list of what to look at: the lower the sooner. */
struct ranked {
	const struct result *r;
	size_t plan;
	int shade, dumb;
};

static int compare_ranked(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;

	if (a->shade != b->shade)
		return a->shade < b->shade ? -1 : 1;
	if (a->dumb != b->dumb)
		return a->dumb < b->dumb ? -1 : 1;
	if (a->r->level != b->r->level)
		return a->r->level < b->r->level ? -1 : 1;
	return a->plan < b->plan ? -1 : a->plan > b->plan;
}

size_t results_worst_first(struct arena *a, const struct results *rs,
			   const struct result ***ret)
{
	static const int rank[N_SHADES] = {
		[SHADE_FAILED] = 1, [SHADE_BROKEN] = 2, [SHADE_WARNING] = 3,
		[SHADE_KNOWN] = 4,  [SHADE_FLAKY] = 5,	[SHADE_SKIPPED] = 6,
	};
	struct ranked *all = arena_alloc(a, (rs->n + 1) * sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];
		enum shade s = result_shade(rs, r);

		if (s == SHADE_OK && !r->known_fixed)
			continue;
		all[n++] = (struct ranked) { r, i, s == SHADE_OK ? 5 : rank[s],
					     !result_consequence(r) };
	}
	qsort(all, n, sizeof(*all), compare_ranked);
	*ret = arena_alloc(a, (n + 1) * sizeof(**ret));
	for (size_t i = 0; i < n; i++)
		(*ret)[i] = all[i].r;
	return n;
}

static int more_frequent(const void *pa, const void *pb)
{
	const struct reason *a = pa, *b = pb;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return strcmp(a->text, b->text);
}

size_t results_reasons(struct arena *a, const struct results *rs, struct reason **ret)
{
	struct reason *list = arena_alloc(a, (rs->n + 1) * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];
		const char *why = r->reason ? r->reason : "no reason given";
		size_t k = 0;

		if (result_shade(rs, r) != SHADE_SKIPPED)
			continue;
		while (k < n && strcmp(list[k].text, why) != 0)
			k++;
		list[k].text = why;
		list[k].n++;
		n += k == n;
	}
	qsort(list, n, sizeof(*list), more_frequent);
	*ret = list;
	return n;
}

const char *results_fact(struct arena *a, const struct results *rs, const char *key)
{
	const json_t *v = rs->provenance ? json_object_get(rs->provenance, key) : NULL;

	if (json_is_string(v))
		return json_string_value(v);
	if (json_is_integer(v))
		return arena_printf(a, "%lld", (long long)json_integer_value(v));
	if (json_is_real(v))
		return arena_printf(a, "%g", json_real_value(v));
	return json_is_boolean(v) ? (json_is_true(v) ? "yes" : "no") : NULL;
}
