/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.c - the results of shards as those of one run.
 */
#include "reports/merge.h"

#include "idp-sim/base/buf.h"
#include "reports/write.h"

#include <string.h>

struct merge {
	const struct results *const *shards;
	const char *const *names;
	size_t n;
	struct results *out;
	struct err *err;
};

static bool differ(struct merge *m, size_t i, const char *what, const char *a, const char *b)
{
	if (text_same(a, b))
		return false;
	fail(m->err, ERR_INPUT, "%s and %s cannot be merged: %s '%s' and '%s'", m->names[0],
	     m->names[i], what, a ? a : "none", b ? b : "none");
	return true;
}

/* Facts that must be the same in all shards; the others are of the machine. */
static const char *const same_facts[] = {
	"scenario_set",	  "scenario_set_digest", "target",
	"target_version", "target_digest",	 "gauntlet",
};

static bool compatible(struct merge *m, size_t i)
{
	const struct results *a = m->shards[0], *b = m->shards[i];
	struct arena *arena = m->out->arena;

	for (size_t k = 0; k < ARRAY_LEN(same_facts); k++) {
		const char *before = results_fact(arena, a, same_facts[k]);

		if (differ(m, i, same_facts[k], before, results_fact(arena, b, same_facts[k])))
			return false;
	}
	if (differ(m, i, "target", a->target, b->target) ||
	    differ(m, i, "edition", a->edition, b->edition) ||
	    differ(m, i, "profile", a->profile, b->profile))
		return false;
	if (a->seed != b->seed)
		return fail(m->err, ERR_INPUT, "%s and %s cannot be merged: seed %llu and %llu",
			    m->names[0], m->names[i], (unsigned long long)a->seed,
			    (unsigned long long)b->seed);
	if (a->strict != b->strict || a->gated != b->gated)
		return fail(m->err, ERR_INPUT, "%s and %s cannot be merged: one is %s",
			    m->names[0], m->names[i],
			    a->strict != b->strict ? "strict" : "gated");
	return true;
}

struct origin {
	const struct result *r;
	size_t shard;
};

static bool is_gate(const struct result *r)
{
	return text_same(r->section, SECTION_SANITY);
}

static int by_id(const void *pa, const void *pb)
{
	const struct origin *a = pa, *b = pb;
	int d = strcmp(a->r->id, b->r->id);

	if (d)
		return d;
	/* Of a gate that several shards had, the one that did not pass stays. */
	if ((a->r->verdict == PASSED) != (b->r->verdict == PASSED))
		return a->r->verdict == PASSED ? 1 : -1;
	return a->shard < b->shard ? -1 : 1;
}

static int by_order(const void *pa, const void *pb)
{
	const struct result *a = pa, *b = pb;

	if (is_gate(a) != is_gate(b))
		return is_gate(a) ? -1 : 1;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return strcmp(a->id, b->id);
}

static bool join_items(struct merge *m)
{
	struct results *out = m->out;
	struct origin *all;
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->shards[i]->n;
	all = arena_alloc(out->arena, (n + 1) * sizeof(*all));
	out->items = arena_alloc(out->arena, (n + 1) * sizeof(*out->items));
	n = 0;
	for (size_t i = 0; i < m->n; i++) {
		for (size_t k = 0; k < m->shards[i]->n; k++)
			all[n++] = (struct origin) { &m->shards[i]->items[k], i };
	}
	qsort(all, n, sizeof(*all), by_id);
	for (size_t i = 0; i < n; i++) {
		bool again = i && strcmp(all[i].r->id, all[i - 1].r->id) == 0;

		if (again && !is_gate(all[i].r))
			return fail(m->err, ERR_INPUT,
				    "%s is in %s and in %s: give each part once", all[i].r->id,
				    m->names[all[i - 1].shard], m->names[all[i].shard]);
		if (!again)
			out->items[out->n++] = *all[i].r;
	}
	qsort(out->items, out->n, sizeof(*out->items), by_order);
	return true;
}

/* Sections in the order of the documentation: every shard lists all of them. */
static void join_sections(struct merge *m)
{
	const struct results *widest = m->shards[0];

	for (size_t i = 1; i < m->n; i++) {
		if (m->shards[i]->n_sections > widest->n_sections)
			widest = m->shards[i];
	}
	m->out->sections = widest->sections;
	m->out->n_sections = widest->n_sections;
}

/* One reason after the other; the same one once. */
static const char *also(struct merge *m, const char *said, const char *more)
{
	if (!said || !more)
		return said ? said : more;
	return strstr(said, more) ? said : arena_printf(m->out->arena, "%s; %s", said, more);
}

/* What each shard left out, one after the other. */
static void join_missing(struct merge *m)
{
	struct results *out = m->out;
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->shards[i]->n_missing;
	out->missing = arena_alloc(out->arena, (n + 1) * sizeof(*out->missing));
	out->n_missing = 0;
	for (size_t i = 0; i < m->n; i++) {
		for (size_t k = 0; k < m->shards[i]->n_missing; k++)
			out->missing[out->n_missing++] = m->shards[i]->missing[k];
	}
}

static void join_times(struct merge *m)
{
	struct results *out = m->out;

	out->started_at = m->shards[0]->started_at;
	for (size_t i = 0; i < m->n; i++) {
		const struct results *s = m->shards[i];

		out->planned += s->planned;
		if (s->started_at < out->started_at)
			out->started_at = s->started_at;
		if (s->took_us > out->took_us)
			out->took_us = s->took_us;
		out->stopped = also(m, out->stopped, s->stopped);
	}
}

/* "2/7" of the provenance; false when the run was not sharded. */
static bool shard_of(struct merge *m, size_t i, unsigned *ret, unsigned *ret_of)
{
	const char *fact = results_fact(m->out->arena, m->shards[i], "shard");

	return fact && sscanf(fact, "%u/%u", ret, ret_of) == 2 && *ret >= 1 && *ret <= *ret_of;
}

/* "shards 2/7, 5/7 and 6/7 are missing", every one of them; NULL when none is. */
static const char *missing_shards(struct arena *a, const bool *seen, unsigned of)
{
	AUTO_BUF b = { 0 };
	unsigned missing = 0, told = 0;

	for (unsigned k = 1; k <= of; k++)
		missing += !seen[k];
	for (unsigned k = 1; k <= of; k++) {
		if (seen[k])
			continue;
		told++;
		buf_printf(&b, "%s%u/%u",
			   told == 1	     ? ""
			   : told == missing ? " and "
					     : ", ",
			   k, of);
	}
	if (!missing)
		return NULL;
	return arena_printf(a, missing == 1 ? "shard %s is missing" : "shards %s are missing",
			    b.p);
}

/* Which shards there are; what is missing stops the merged run. */
static bool join_shards(struct merge *m)
{
	struct arena *a = m->out->arena;
	unsigned of = 0, count = 0;
	bool *seen = NULL;
	const char *missing;

	for (size_t i = 0; i < m->n; i++) {
		unsigned k, n;

		if (!shard_of(m, i, &k, &n))
			continue;
		if (!seen)
			seen = arena_alloc(a, (of = n) + 1);
		if (n != of)
			return fail(m->err, ERR_INPUT, "%s is one of %u shards, others of %u",
				    m->names[i], n, of);
		count += !seen[k];
		seen[k] = true;
	}
	if (!seen)
		return true;
	missing = missing_shards(a, seen, of);
	m->out->stopped = also(m, m->out->stopped, missing);
	json_object_set_new(m->out->provenance, "shards",
			    json_string(arena_printf(a, "%u of %u merged%s", count, of,
						     missing ? "" : ", nothing missing")));
	return true;
}

static void join_provenance(struct merge *m)
{
	static const char *const own[] = { "shard", "started", "stopped", "command" };

	m->out->provenance = m->shards[0]->provenance ? json_deep_copy(m->shards[0]->provenance)
						      : json_object();
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		json_object_del(m->out->provenance, own[i]);
}

/* A copy that owns all its strings, by way of JSON. */
static struct results *settle(struct results *rs, struct err *err)
{
	json_t *o = results_to_json(rs);
	struct results *copy = results_from_json(o, err);

	json_decref(o);
	results_free(rs);
	return copy;
}

struct results *results_merge(const struct results *const *shards, const char *const *names,
			      size_t n, struct err *err)
{
	struct arena *a;
	struct results *out;
	struct merge m = { shards, names, n, NULL, err };
	bool ok = true;

	if (!n) {
		fail(err, ERR_INPUT, "nothing to merge");
		return NULL;
	}
	a = arena_new();
	m.out = out = arena_alloc(a, sizeof(*out));
	*out = *shards[0];
	out->arena = a;
	out->items = NULL;
	out->n = out->planned = 0;
	out->stopped = NULL;
	out->took_us = 0;
	join_provenance(&m);
	for (size_t i = 1; ok && i < n; i++)
		ok = compatible(&m, i);
	join_times(&m);
	join_sections(&m);
	join_missing(&m);
	if (ok && join_shards(&m) && join_items(&m))
		return settle(out, err);
	results_free(out);
	return NULL;
}
