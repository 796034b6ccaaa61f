/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/same-as.h"

#include "idp-sim/base/buf.h"
#include "reports/report.h"
#include "reports/write.h"
#include "runner/rows.h"
#include "runner/select.h"

#include <string.h>

static bool is_gate(const struct result *r)
{
	return r->section && !strcmp(r->section, SECTION_SANITY);
}

const char **ids_of_results(struct arena *a, const struct results *rs, bool failed_only,
			    struct err *err)
{
	const char **ids = arena_alloc(a, (rs->n + rs->n_missing + 1) * sizeof *ids);
	struct found_row found;
	size_t n = 0;

	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];

		if (is_gate(r) || (failed_only && r->verdict != FAILED && r->verdict != BROKEN))
			continue;
		if (!row_find(r->id, &found, err))
			return NULL;
		ids[n++] = arena_str(a, r->id);
	}
	for (size_t i = 0; i < rs->n_missing; i++) {
		if (!row_find(rs->missing[i], &found, err))
			return NULL;
		ids[n++] = arena_str(a, rs->missing[i]);
	}
	ids[n] = NULL;
	return ids;
}

/* The distinct words that `of` takes from the results, in their order. */
static struct words distinct(struct arena *a, const struct results *rs,
			     const char *(*of)(const struct result *r))
{
	struct words w = { arena_alloc(a, (rs->n + 1) * sizeof *w.items), 0 };

	for (size_t i = 0; i < rs->n; i++) {
		const char *word = of(&rs->items[i]);

		if (word && !words_include(&w, word))
			w.items[w.n++] = arena_str(a, word);
	}
	return w;
}

static const char *edition_of(const struct result *r)
{
	return r->edition;
}

static const char *provider_of(const struct result *r)
{
	return r->provider;
}

/* Where the file of the published run is now: as it was named then. */
static bool find_target(struct session *s, const struct results *rs, struct err *err)
{
	const char *path = results_fact(s->arena, rs, "target_file");

	if (s->own.target || !path)
		return true;
	if (access(path, R_OK))
		return fail(err, ERR_INPUT,
			    "that run had the target file %s, which is not here: --target",
			    path);
	s->own.target = arena_str(s->arena, path);
	return true;
}

static bool take(struct session *s, const struct results *rs, struct err *err)
{
	if (results_fact(s->arena, rs, "release_digest"))
		return fail(err, ERR_INPUT, "is of a release: gauntlet gate RELEASE");
	s->ids = ids_of_results(s->arena, rs, false, err);
	if (!s->ids || !find_target(s, rs, err))
		return false;
	if (!s->own.seeded)
		s->own.seed = rs->seed;
	if (!s->own.edition.n)
		s->own.edition = distinct(s->arena, rs, edition_of);
	if (!s->own.provider.n)
		s->own.provider = distinct(s->arena, rs, provider_of);
	s->own.strict = s->own.strict || rs->strict;
	s->before = json_incref(rs->provenance);
	return true;
}

bool same_as_read(struct session *s, struct err *err)
{
	struct results *rs;
	bool ok;

	if (!s->own.same_as)
		return true;
	rs = report_read(s->own.same_as, err);
	ok = rs && take(s, rs, err);
	results_free(rs);
	return ok || err_note(err, "--same-as %s", s->own.same_as);
}

/* Facts that need not be the same: when, where, and by which words. */
static bool is_free(const char *key)
{
	static const char *const keys[] = { "started", "stopped",    "command",	   "system",
					    "kernel",  "machine",    "shard",	   "shards",
					    "same_as", "processors", "target_file" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!strcmp(keys[i], key))
			return true;
	}
	return false;
}

static void tell_fact(const struct session *s, struct buf *b, const char *key,
		      const json_t *before, const json_t *now)
{
	AUTO(char)
	char *was = before ? json_dumps(before, JSON_ENCODE_ANY) : strdup("not there");
	AUTO(char) char *is = now ? json_dumps(now, JSON_ENCODE_ANY) : strdup("not there");

	fprintf(stderr, "gauntlet: --same-as %s: %s was %s and is %s\n", s->own.same_as, key,
		was, is);
	buf_printf(b, "%s%s", b->n ? ", " : "", key);
}

static bool planned(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (!strcmp(plan->items[i].id, id))
			return true;
	}
	return false;
}

void same_as_tell(const struct session *s, const struct plan *plan, struct results *rs)
{
	AUTO_BUF b = { 0 };
	const char *key;
	json_t *before, *now;
	size_t lost = 0;

	if (!s->before)
		return;
	json_object_foreach(s->before, key, before) {
		now = json_object_get(rs->provenance, key);
		if (!is_free(key) && !json_equal(before, now))
			tell_fact(s, &b, key, before, now);
	}
	json_object_foreach(rs->provenance, key, now) {
		if (!is_free(key) && !json_object_get(s->before, key))
			tell_fact(s, &b, key, NULL, now);
	}
	for (const char **id = s->ids; !s->own.shards && *id; id++) {
		if (planned(plan, *id))
			continue;
		lost++;
		fprintf(stderr, "gauntlet: --same-as %s: %s is not played\n", s->own.same_as,
			*id);
	}
	if (lost)
		buf_printf(&b, "%s%zu scenarios not played", b.n ? ", " : "", lost);
	json_object_set_new(rs->provenance, "same_as",
			    json_sprintf("%s%s%s", s->own.same_as,
					 b.n ? "; differs: " : ", nothing differs",
					 b.n ? b.p : ""));
}
