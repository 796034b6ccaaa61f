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
 *	    set: {workers: "2"}
 */
#include "idp-sim/base/conf.h"
#include "runner/played.h"
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
	size_t n, done;
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
	o.report = (struct words) { 0 };
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

static bool has_id(const struct results *rs, const char *id)
{
	for (size_t i = 0; i < rs->n; i++) {
		if (!strcmp(rs->items[i].id, id))
			return true;
	}
	return false;
}

/* An id is unique in a report: the second target with that row carries its name. */
static void add_results(struct results *to, const struct results *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct result *r = &to->items[to->n];

		*r = from->items[i];
		if (has_id(to, r->id))
			r->id = arena_printf(to->arena, "%s (%s)", r->id, r->target);
		to->n++;
	}
	to->planned += from->planned;
	to->took_us += from->took_us;
	to->stopped = to->stopped ? to->stopped : from->stopped;
}

/* The first part's results become the whole's. */
static struct results *join(struct gate *g)
{
	struct results *rs = g->played[0].rs;
	const char *name = conf_str(conf_root(g->conf), "release", "");
	struct result *items;
	size_t room = 0;

	for (size_t i = 0; i < g->done; i++)
		room += g->played[i].rs->n;
	items = arena_alloc(rs->arena, (room + 1) * sizeof *items);
	memcpy(items, rs->items, rs->n * sizeof *items);
	rs->items = items;
	rs->target = arena_printf(rs->arena, "release %s: %s", name, rs->target);
	for (size_t i = 1; i < g->done; i++) {
		rs->target =
			arena_printf(rs->arena, "%s, %s", rs->target, g->played[i].rs->target);
		add_results(rs, g->played[i].rs);
	}
	rs->parts = NULL;
	rs->n_parts = 0;
	json_object_set_new(rs->provenance, "release", json_string(name));
	json_object_set_new(rs->provenance, "target", json_string(rs->target));
	return rs;
}

/* One after the other; an interruption or a file that cannot be read ends the row of them. */
static int play(struct gate *g)
{
	for (; g->done < g->n; g->done++) {
		struct played *p = &g->played[g->done];

		g->parts[g->done] = part_options(g, json_array_get(g->targets, g->done));
		played_make(p, &g->parts[g->done], true);
		if (!p->rs || p->code > EXIT_NOTHING)
			break;
	}
	if (g->done < g->n && !g->played[g->done].rs)
		return g->played[g->done].code;
	g->done += g->done < g->n;
	return EXIT_OK;
}

int verb_gate(const struct options *o)
{
	struct gate g = { .o = o, .arena = arena_new() };
	struct err err = { 0 };
	struct results *rs;
	int code;

	if (o->operands.n != 1)
		fail(&err, ERR_INPUT, "gate: which release? gauntlet gate release.yaml");
	if (o->operands.n != 1 || !reports_check(o, &err) ||
	    !load(&g, o->operands.items[0], &err)) {
		code = complain(&err);
	} else {
		code = play(&g);
		if (code == EXIT_OK) {
			int last = g.played[g.done - 1].code;

			rs = join(&g);
			code = last > EXIT_NOTHING ? last : results_exit_code(rs);
			code = played_report(o, rs, false, code);
		} else {
			g.done++;
		}
	}
	for (size_t i = 0; i < g.done; i++)
		played_done(&g.played[i]);
	conf_free(g.conf);
	arena_free(g.arena);
	return code;
}
