/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctrf.c - Common Test Report Format (ctrf.io). Times are in milliseconds. BROKEN is "other";
 * a known failure and a warning are "skipped", because neither gates; `rawStatus` has our word.
 */
#include "idp-sim/base/conf.h"
#include "reports/write.h"

#include <string.h>

#define CTRF_VERSION "0.0.0"

static const char *const statuses[N_SHADES] = {
	[SHADE_OK] = "passed",	     [SHADE_FAILED] = "failed",	  [SHADE_BROKEN] = "other",
	[SHADE_SKIPPED] = "skipped", [SHADE_WARNING] = "skipped", [SHADE_KNOWN] = "skipped",
	[SHADE_FLAKY] = "passed",
};

static json_int_t milliseconds(int64_t us)
{
	return (json_int_t)((us + 500) / 1000);
}

static json_t *tags(struct arena *a, const struct result *r)
{
	json_t *list = json_array();
	char *copy = text_clean(a, r->tags ? r->tags : ""), *rest = NULL;

	json_array_append_new(list, json_string(level_word(r->level)));
	for (char *w = strtok_r(copy, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
		json_array_append_new(list, json_string(w));
	return list;
}

static json_t *parameters(struct arena *a, const struct result *r)
{
	json_t *o = json_object();

	write_member(a, o, "surface", r->surface);
	write_member(a, o, "provider", r->provider);
	write_member(a, o, "edition", r->edition);
	return o;
}

static void evidence(struct arena *a, json_t *o, const struct result *r)
{
	AUTO_BUF b = { 0 };

	result_story(&b, a, r);
	write_member(a, o, "message", result_message(a, r));
	write_member(a, o, "trace", b.p);
}

static json_t *test_of(struct arena *a, const struct results *rs, const struct result *r)
{
	enum shade s = result_shade(rs, r);
	json_t *o = json_object();

	write_member(a, o, "name", r->id);
	json_object_set_new(o, "status", json_string(statuses[s]));
	json_object_set_new(o, "rawStatus", json_string(shade_word(s)));
	json_object_set_new(o, "duration", json_integer(milliseconds(r->took_us)));
	json_object_set_new(o, "suite",
			    json_pack("[o,o]", write_string(a, r->section),
				      write_string(a, r->surface ? r->surface : "platform")));
	json_object_set_new(o, "tags", tags(a, r));
	json_object_set_new(o, "parameters", parameters(a, r));
	write_member(a, o, "filePath", r->file);
	if (r->line > 0)
		json_object_set_new(o, "line", json_integer(r->line));
	if (r->attempts > 1)
		json_object_set_new(o, "retries", json_integer(r->attempts - 1));
	if (s == SHADE_FLAKY) {
		json_object_set_new(o, "flaky", json_true());
		write_member(a, o, "message", r->earlier);
	}
	if (s != SHADE_OK && s != SHADE_FLAKY)
		evidence(a, o, r);
	return o;
}

static json_t *summary(struct arena *a, const struct results *rs)
{
	struct counts c = results_count(rs, NULL);
	json_int_t start = (json_int_t)rs->started_at * 1000;
	struct section *sections;
	json_int_t quiet =
		(json_int_t)(c.by[SHADE_SKIPPED] + c.by[SHADE_KNOWN] + c.by[SHADE_WARNING]);
	json_t *o = json_pack(
		"{s:I,s:I,s:I,s:I,s:i,s:I,s:I,s:I,s:I,s:I}", "tests", (json_int_t)c.total,
		"passed", (json_int_t)(c.by[SHADE_OK] + c.by[SHADE_FLAKY]), "failed",
		(json_int_t)c.by[SHADE_FAILED], "skipped", quiet, "pending", 0, "other",
		(json_int_t)c.by[SHADE_BROKEN], "flaky", (json_int_t)c.by[SHADE_FLAKY],
		"suites", (json_int_t)results_sections(a, rs, &sections), "start", start,
		"stop", start + milliseconds(rs->took_us));

	json_object_set_new(o, "extra",
			    json_pack("{s:s,s:I,s:o}", "outcome",
				      outcome_word(results_outcome(rs)), "planned",
				      (json_int_t)rs->planned, "sentence",
				      write_string(a, results_sentence(a, rs))));
	if (rs->n_missing)
		write_member(a, json_object_get(o, "extra"), "missing",
			     results_missing(a, rs, rs->n_missing));
	return o;
}

static json_t *environment(struct arena *a, const struct results *rs)
{
	json_t *o = json_object(), *extra = json_object();

	write_member(a, o, "appName", rs->target);
	write_member(a, o, "commit", results_fact(a, rs, "commit"));
	write_member(a, o, "osPlatform", results_fact(a, rs, "system"));
	write_member(a, o, "osRelease", results_fact(a, rs, "kernel"));
	write_member(a, o, "shardId", results_fact(a, rs, "shard"));
	write_member(a, extra, "edition", rs->edition);
	write_member(a, extra, "providers", rs->providers);
	write_member(a, extra, "profile", rs->profile);
	json_object_set_new(extra, "seed",
			    json_string(arena_printf(a, "%llu", (unsigned long long)rs->seed)));
	if (rs->provenance)
		json_object_set(extra, "provenance", rs->provenance);
	json_object_set_new(o, "extra", extra);
	return o;
}

static bool write_ctrf(const struct results *rs, FILE *out, struct err *err)
{
	AUTO(arena) struct arena *a = arena_new();
	json_t *tool = json_pack("{s:s}", "name", "gauntlet");
	json_t *tests = json_array();
	AUTO(json_t) json_t *o = NULL;

	write_member(a, tool, "version", results_fact(a, rs, "gauntlet"));
	for (size_t i = 0; i < rs->n; i++) {
		if (!text_same(rs->items[i].section, SECTION_SANITY))
			json_array_append_new(tests, test_of(a, rs, &rs->items[i]));
	}
	o = json_pack("{s:s,s:s,s:s,s:{s:o,s:o,s:o,s:o}}", "reportFormat", "CTRF",
		      "specVersion", CTRF_VERSION, "generatedBy", "gauntlet", "results", "tool",
		      tool, "summary", summary(a, rs), "tests", tests, "environment",
		      environment(a, rs));
	return write_json_text(o, out, err);
}

const struct report_format report_ctrf = {
	.name = "ctrf",
	.extension = "json",
	.help = "Common Test Report Format, JSON",
	.write = write_ctrf,
};
