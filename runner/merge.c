/* SPDX-License-Identifier: Apache-2.0 */
/* merge.c - `gauntlet merge`: the reports of shards as one. */
#include "idp-sim/base/conf.h"
#include "reports/report.h"
#include "runner/order.h"
#include "runner/session.h"
#include "runner/verbs.h"

#include <string.h>

static const char *mark(const struct results *rs, const char *key)
{
	return conf_str(rs->provenance, key, "");
}

/* What two shards of one run have in common. */
static bool same_run(const struct results *a, const struct results *b, const char *path,
		     struct err *err)
{
	static const char *const keys[] = { "scenario_set", "target", "target_version",
					    "target_digest", "edition" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(mark(a, keys[i]), mark(b, keys[i])) != 0)
			return fail(err, ERR_INPUT, "%s: another %s: '%s', not '%s'", path,
				    keys[i], mark(b, keys[i]), mark(a, keys[i]));
	}
	if (a->seed != b->seed)
		return fail(err, ERR_INPUT, "%s: another seed", path);
	return true;
}

static struct result *find(const struct results *rs, const char *id)
{
	for (size_t i = 0; i < rs->n; i++) {
		if (!strcmp(rs->items[i].id, id))
			return &rs->items[i];
	}
	return NULL;
}

/* A gate is in several shards: the worst of them counts. */
static bool add_result(struct results *to, const struct result *r, const char *path,
		       struct err *err)
{
	struct result *there = find(to, r->id);

	if (!there) {
		to->items[to->n++] = *r;
		return true;
	}
	if (strcmp(r->section, SECTION_SANITY) != 0)
		return fail(err, ERR_INPUT, "%s: %s is in another report already", path, r->id);
	if (there->verdict == PASSED && r->verdict != PASSED)
		*there = *r;
	return true;
}

static bool add_report(struct results *to, const struct results *from, const char *path,
		       struct err *err)
{
	int64_t end = to->started_at * 1000000 + to->took_us;
	int64_t other = from->started_at * 1000000 + from->took_us;

	if (!same_run(to, from, path, err))
		return false;
	for (size_t i = 0; i < from->n; i++) {
		if (!add_result(to, &from->items[i], path, err))
			return false;
	}
	to->planned += from->planned;
	to->jobs = to->jobs > from->jobs ? to->jobs : from->jobs;
	to->started_at = to->started_at < from->started_at ? to->started_at : from->started_at;
	to->took_us = (end > other ? end : other) - to->started_at * 1000000;
	to->stopped = to->stopped ? to->stopped : from->stopped;
	return true;
}

/* "azure, okta" and "okta, keycloak" of shards that saw different ones. */
static void name_providers(struct results *rs)
{
	static const char *const order[] = { "azure", "okta", "keycloak" };
	const char *text = NULL;

	for (size_t k = 0; k < ARRAY_LEN(order); k++) {
		for (size_t i = 0; i < rs->n; i++) {
			if (!rs->items[i].provider ||
			    strcmp(rs->items[i].provider, order[k]) != 0)
				continue;
			text = arena_printf(rs->arena, "%s%s%s", text ? text : "",
					    text ? ", " : "", order[k]);
			break;
		}
	}
	rs->providers = text ? text : rs->providers;
}

static bool room(struct results *to, struct results *const *all, size_t n)
{
	size_t total = 0;
	struct result *items;

	for (size_t i = 0; i < n; i++)
		total += all[i]->n;
	items = arena_alloc(to->arena, (total + 1) * sizeof *items);
	memcpy(items, to->items, to->n * sizeof *items);
	to->items = items;
	return true;
}

static int write_merged(const struct options *o, struct results *rs)
{
	struct terminal_options t = { .colour = colour_wanted(o, STDOUT_FILENO) };
	struct err err = { 0 };
	int code = results_exit_code(rs);

	if (o->output && !report_write("json", o->output, rs, &err))
		return complain(&err);
	if (!reports_write(o, rs, &t.reports, &err))
		return complain(&err);
	if (!reports_take_stdout(o) && !report_terminal(rs, &t, stdout, &err))
		return complain(&err);
	return code;
}

int verb_merge(const struct options *o)
{
	struct results **all = calloc(o->operands.n + 1, sizeof *all);
	struct err err = { 0 };
	bool ok = o->operands.n > 0 && reports_check(o, &err);
	int code;

	if (!o->operands.n)
		fail(&err, ERR_INPUT, "merge: which reports?");
	for (size_t i = 0; ok && i < o->operands.n; i++)
		ok = (all[i] = report_read(o->operands.items[i], &err)) != NULL;
	ok = ok && room(all[0], all, o->operands.n);
	for (size_t i = 1; ok && i < o->operands.n; i++)
		ok = add_report(all[0], all[i], o->operands.items[i], &err);
	if (ok) {
		results_sort(all[0]);
		name_providers(all[0]);
	}
	code = ok ? write_merged(o, all[0]) : complain(&err);
	for (size_t i = 0; i < o->operands.n; i++)
		results_free(all[i]);
	free(all);
	return code;
}
