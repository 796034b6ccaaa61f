/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare.c - what changed between two runs.
 */
#include "reports/compare.h"

#include "reports/write.h"

#include <string.h>

static const struct {
	const char *word, *title;
} changes[N_CHANGES] = {
	[REGRESSED] = { "regressed", "Regressed: FAILED now" },
	[LOST] = { "lost", "Lost: could not be tried any more" },
	[ALTERED] = { "altered", "Altered: FAILED in another way" },
	[FIXED] = { "fixed", "Fixed" },
	[APPEARED] = { "new", "New" },
	[GONE] = { "gone", "Gone" },
	[SHIFTED] = { "shifted", "Shown otherwise" },
};

const char *change_word(enum change c)
{
	return changes[c].word;
}

static bool well(enum shade s)
{
	return s == SHADE_OK || s == SHADE_FLAKY;
}

/* N_CHANGES: nothing did. */
static enum change change_of(struct arena *a, const struct comparison *c,
			     const struct changed *p)
{
	enum shade was, is;

	if (!p->before)
		return APPEARED;
	if (!p->after)
		return GONE;
	was = result_shade(c->before, p->before);
	is = result_shade(c->after, p->after);
	if (was == is) {
		if (is == SHADE_FAILED && strcmp(result_fingerprint(a, p->before),
						 result_fingerprint(a, p->after)) != 0)
			return ALTERED;
		return N_CHANGES;
	}
	if (is == SHADE_FAILED)
		return REGRESSED;
	if (is == SHADE_BROKEN)
		return LOST;
	if (well(is) && !well(was) && was != SHADE_SKIPPED)
		return FIXED;
	return SHIFTED;
}

struct place {
	const struct result *r;
	size_t at;
};

static int by_id(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;

	return strcmp(a->r->id, b->r->id);
}

static struct place *index_of(struct arena *a, const struct results *rs)
{
	struct place *list = arena_alloc(a, (rs->n + 1) * sizeof(*list));

	for (size_t i = 0; i < rs->n; i++)
		list[i] = (struct place) { &rs->items[i], i };
	qsort(list, rs->n, sizeof(*list), by_id);
	return list;
}

static void note(struct arena *a, struct comparison *c, struct changed pair)
{
	enum change change = change_of(a, c, &pair);

	if (change == N_CHANGES) {
		c->same++;
		return;
	}
	pair.change = change;
	c->items[c->n++] = pair;
	c->by[change]++;
}

/* By change, otherwise as they came: the plan's order. */
static void sort_by_change(struct arena *a, struct comparison *c)
{
	struct changed *sorted = arena_alloc(a, (c->n + 1) * sizeof(*sorted));
	size_t n = 0;

	for (enum change k = REGRESSED; k < N_CHANGES; k++) {
		for (size_t i = 0; i < c->n; i++) {
			if (c->items[i].change == k)
				sorted[n++] = c->items[i];
		}
	}
	c->items = sorted;
}

struct comparison results_compare(struct arena *a, const struct results *before,
				  const struct results *after)
{
	struct comparison c = { before, after };
	struct place *old = index_of(a, before), *new = index_of(a, after);

	c.items = arena_alloc(a, (before->n + after->n + 1) * sizeof(*c.items));
	for (size_t i = 0; i < after->n; i++) {
		struct place key = { &after->items[i] };
		struct place *was =
			before->n ? bsearch(&key, old, before->n, sizeof(*old), by_id) : NULL;

		note(a, &c, (struct changed) { .before = was ? was->r : NULL, .after = key.r });
	}
	for (size_t i = 0; i < before->n; i++) {
		struct place key = { &before->items[i] };

		if (!after->n || !bsearch(&key, new, after->n, sizeof(*new), by_id))
			note(a, &c, (struct changed) { .before = key.r });
	}
	sort_by_change(a, &c);
	return c;
}

int comparison_exit_code(const struct comparison *c)
{
	return c->by[REGRESSED] ? 1 : c->by[LOST] ? 3 : 0;
}

char *comparison_sentence(struct arena *a, const struct comparison *c)
{
	AUTO_BUF b = { 0 };

	if (c->by[REGRESSED])
		buf_printf(&b, "%zu regressed.", c->by[REGRESSED]);
	else
		buf_str(&b, "No regression.");
	for (enum change k = LOST; k < N_CHANGES; k++) {
		if (c->by[k])
			buf_printf(&b, " %zu %s,", c->by[k], changes[k].word);
	}
	buf_printf(&b, " %zu unchanged", c->same);
	return arena_dup(a, b.p, b.n);
}

static void run_line(struct arena *a, const char *word, const struct results *rs, FILE *out)
{
	const char *set = results_fact(a, rs, "scenario_set");

	fprintf(out, "%-10s%s, edition %s%s%s, %s\n", word,
		text_ascii(a, rs->target ? rs->target : "reference platform"),
		rs->edition ? rs->edition : "none", set ? ", scenario set " : "",
		set ? set : "", text_date(a, rs->started_at));
}

static void evidence(struct arena *a, const struct result *r, FILE *out)
{
	const struct check *c = result_offence(r);

	if (r->verdict == BROKEN && r->reason)
		fprintf(out, "              reason  %s\n",
			text_ascii(a, text_line(a, r->reason, 78)));
	if (r->verdict != FAILED || !c)
		return;
	fprintf(out, "              check   %s\n", text_ascii(a, text_line(a, c->what, 78)));
	if (c->want)
		fprintf(out, "              want    %s\n",
			text_ascii(a, text_line(a, c->want, 78)));
	if (c->got)
		fprintf(out, "              got     %s\n",
			text_ascii(a, text_line(a, c->got, 78)));
	if (r->again)
		fprintf(out, "              again   %s\n", text_ascii(a, r->again));
}

static void changed_line(struct arena *a, const struct comparison *c, const struct changed *p,
			 FILE *out)
{
	const struct result *r = p->after ? p->after : p->before;
	const char *was = p->before ? shade_word(result_shade(c->before, p->before)) : "-";
	const char *is = p->after ? shade_word(result_shade(c->after, p->after)) : "-";

	fprintf(out, "  %-6s -> %-6s  %s\n", was, is, text_ascii(a, text_line(a, r->id, 78)));
	if (p->change == REGRESSED || p->change == LOST || p->change == ALTERED)
		evidence(a, r, out);
}

bool comparison_write(const struct comparison *c, FILE *out, struct err *err)
{
	AUTO(arena) struct arena *a = arena_new();

	run_line(a, "old", c->before, out);
	run_line(a, "new", c->after, out);
	for (size_t i = 0; i < c->n; i++) {
		if (!i || c->items[i].change != c->items[i - 1].change)
			fprintf(out, "\n%s\n", changes[c->items[i].change].title);
		changed_line(a, c, &c->items[i], out);
	}
	fprintf(out, "\n%s\n", comparison_sentence(a, c));
	return write_done(out, err);
}

json_t *comparison_to_json(const struct comparison *c)
{
	AUTO(arena) struct arena *a = arena_new();
	json_t *list = json_array(), *by = json_object();

	for (enum change k = REGRESSED; k < N_CHANGES; k++)
		json_object_set_new(by, changes[k].word, json_integer((json_int_t)c->by[k]));
	json_object_set_new(by, "unchanged", json_integer((json_int_t)c->same));
	for (size_t i = 0; i < c->n; i++) {
		const struct changed *p = &c->items[i];
		json_t *o = json_pack("{s:s,s:o}", "change", changes[p->change].word, "id",
				      write_string(a, (p->after ? p->after : p->before)->id));

		if (p->before)
			json_object_set_new(
				o, "before",
				json_string(shade_word(result_shade(c->before, p->before))));
		if (p->after)
			json_object_set_new(
				o, "after",
				json_string(shade_word(result_shade(c->after, p->after))));
		json_array_append_new(list, o);
	}
	return json_pack("{s:s,s:i,s:i,s:s,s:o,s:o}", "format", "gauntlet-comparison",
			 "version", REPORT_VERSION, "exit_code", comparison_exit_code(c),
			 "sentence", comparison_sentence(a, c), "counts", by, "changes", list);
}
