/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate.c - `gauntlet gate release.yaml`: several targets, one verdict, one report.
 *
 *	release: "2026.2"
 *	targets:
 *	  - target: targets/nemo-cli.yaml       # beside this file
 *	    profile: profiles/nemo-cli.txt      # what it must pass; "? ID" may be unclaimed
 *	    known: known/nemo-cli.yaml
 *	    providers: [azure, okta]
 *	    set: {workers: "2", key: "${env:KEY}"}
 */
#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"
#include "runner/release.h"
#include "runner/verbs.h"

#include <string.h>

static const struct conf_key word[] = { { .type = CONF_STRING } };
static const struct conf_key part_keys[] = {
	{ "target", CONF_STRING, .help = "Target file; absent: the reference platform." },
	{ "profile", CONF_STRING, .help = "Rows it must pass, and may." },
	{ "known", CONF_STRING, .help = "Its known failures." },
	{ "edition", CONF_STRING, .help = "Contract edition." },
	{ "providers", CONF_LIST, .items = word, .help = "Only these providers." },
	{ "surfaces", CONF_LIST, .items = word, .help = "Only at these doors." },
	{ "set", CONF_DICT, .items = word, .help = "Settings of the target file." },
	{ 0 },
};
static const struct conf_key part_row[] = { { .type = CONF_MAP, .keys = part_keys } };
static const struct conf_key release_keys[] = {
	{ "release", CONF_STRING, .required = true, .help = "Name of the release." },
	{ "targets", CONF_LIST, .required = true, .items = part_row,
	  .help = "What it is made of." },
	{ 0 },
};

struct gate {
	const struct options *o;
	struct conf *conf;
	const json_t *targets;
	struct arena *arena;
	const char *dir; /* of the release file */
	struct options *parts;
	struct played *played;
	size_t n, done; /* done: of played */
	size_t tried;
	int64_t started_ms;
};

static const char *beside(struct gate *g, const char *path)
{
	return !path || *path == '/' ? path : arena_printf(g->arena, "%s/%s", g->dir, path);
}

static struct words words_of(struct gate *g, const json_t *list)
{
	struct words w = { arena_alloc(g->arena, (json_array_size(list) + 1) * sizeof *w.items),
			   0 };
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		w.items[w.n++] = json_string_value(item);
	return w;
}

static struct words settings_of(struct gate *g, json_t *set)
{
	struct words w = { arena_alloc(g->arena, (json_object_size(set) + 1) * sizeof *w.items),
			   0 };
	const char *key;
	json_t *value;

	json_object_foreach(set, key, value)
		w.items[w.n++] = arena_printf(g->arena, "%s=%s", key, json_string_value(value));
	return w;
}

/* The command line holds for all; a part's own words come over it. */
static struct options part_options(struct gate *g, const json_t *part)
{
	struct options o = *g->o;
	const char *edition = conf_str(part, "edition", NULL);

	o.target = beside(g, conf_str(part, "target", NULL));
	o.profile = beside(g, conf_str(part, "profile", NULL));
	o.known_file = beside(g, conf_str(part, "known", NULL));
	o.set = settings_of(g, json_object_get(part, "set"));
	if (json_object_get(part, "providers"))
		o.provider = words_of(g, json_object_get(part, "providers"));
	if (json_object_get(part, "surfaces"))
		o.surface = words_of(g, json_object_get(part, "surfaces"));
	if (edition) {
		const char **one = arena_alloc(g->arena, 2 * sizeof *one);

		one[0] = edition;
		o.edition = (struct words) { one, 1 };
	}
	return o;
}

static bool load(struct gate *g, const char *path, struct err *err)
{
	char *dir = arena_str(g->arena, path), *slash = strrchr(dir, '/');

	g->conf = conf_load(path, err);
	if (!g->conf || !conf_check(g->conf, release_keys, NULL, err))
		return false;
	if (slash)
		*slash = '\0';
	g->dir = slash ? dir : ".";
	g->targets = json_object_get(conf_root(g->conf), "targets");
	g->n = json_array_size(g->targets);
	g->parts = arena_alloc(g->arena, (g->n + 1) * sizeof *g->parts);
	g->played = arena_alloc(g->arena, (g->n + 1) * sizeof *g->played);
	return g->n || conf_fail(g->conf, "/targets", err, "names no target");
}

/* All files are read before anything is played: the last one's typing error is told at once. */
static bool check(struct gate *g, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; i < g->n && ok; i++) {
		struct session s = { 0 };

		g->parts[i] = part_options(g, json_array_get(g->targets, i));
		ok = session_open(&s, &g->parts[i], err);
		s.own.keep = false;
		session_close(&s);
	}
	return ok;
}

/* A filter on the command line may leave nothing of one target; a release file may not. */
static bool may_be_empty(const struct options *o)
{
	return o->filter.n || o->exclude.n || o->only.n || o->tag.n || o->section.n ||
	       o->surface.n || o->provider.n || o->edition.n || o->level.n;
}

/* --run-timeout is of the whole release; false when nothing of it is left. */
static bool take_time(const struct gate *g, struct options *part)
{
	if (!g->o->run_timeout_ms)
		return true;
	part->run_timeout_ms = g->o->run_timeout_ms - (clk_mono_ms() - g->started_ms);
	return part->run_timeout_ms > 0;
}

/* One target after the other. What ends the row of them before its end is in *ret_code. */
static void play(struct gate *g, int *ret_code)
{
	for (g->tried = 0; g->tried < g->n; g->tried++) {
		struct played *p = &g->played[g->done];

		if (!take_time(g, &g->parts[g->tried])) {
			*ret_code = EXIT_OVERTIME;
			return;
		}
		played_make(p, &g->parts[g->tried], true);
		if (!p->rs && p->code == EXIT_NOTHING && may_be_empty(g->o)) {
			played_done(p);
			continue;
		}
		g->done++;
		if (!p->rs || p->code > EXIT_NOTHING ||
		    (g->o->fail_fast && p->code == EXIT_FOUND)) {
			*ret_code = p->code;
			g->tried += p->rs != NULL;
			return;
		}
	}
	*ret_code = g->done ? EXIT_OK : EXIT_NOTHING;
}

/* "interrupted; not tried: opa.yaml, service.yaml" */
static void say_missing(const struct gate *g, struct results *rs)
{
	const char *text = rs->stopped;

	for (size_t i = g->tried; i < g->n; i++) {
		const char *path = g->parts[i].target,
			   *slash = path ? strrchr(path, '/') : NULL;
		const char *lead = i > g->tried ? ", " : text ? "; not tried: " : "not tried: ";

		text = arena_printf(rs->arena, "%s%s%s", text ? text : "", lead,
				    slash  ? slash + 1
				    : path ? path
					   : "reference platform");
	}
	rs->stopped = text;
}

static int report(struct gate *g, int code)
{
	struct results *rs;
	size_t n = g->done;

	if (n && !g->played[n - 1].rs)
		n--; /* what it could not do has been said */
	if (!n)
		return code;
	rs = release_join(g->played, n, conf_str(conf_root(g->conf), "release", ""),
			  g->o->operands.items[0]);
	say_missing(g, rs);
	if (code <= EXIT_FOUND)
		code = results_exit_code(rs);
	return played_report(g->o, rs, false, code);
}

int verb_gate(const struct options *o)
{
	struct gate g = { .o = o, .arena = arena_new(), .started_ms = clk_mono_ms() };
	struct err err = { 0 };
	int code;

	if (o->operands.n != 1)
		fail(&err, ERR_INPUT, "gate: which release? gauntlet gate release.yaml");
	if (o->operands.n != 1 || !reports_check(o, &err) ||
	    !load(&g, o->operands.items[0], &err) || !check(&g, &err)) {
		code = complain(&err);
	} else {
		play(&g, &code);
		code = report(&g, code);
	}
	for (size_t i = 0; i < g.done; i++)
		played_done(&g.played[i]);
	conf_free(g.conf);
	arena_free(g.arena);
	return code;
}
