/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/standing.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/file.h"

#include <string.h>

enum { LEDGER_LIMIT = 4 << 20, MOST = 4000 };

/* The target as the lab sees it before it is there: nothing is started or waited for. */
static bool start_nothing(void *ctx, const struct lab_urls *urls, void **ret, struct err *err)
{
	*ret = ctx;
	return true;
}

static void stop_nothing(void *ctx, void *instance)
{
}

static const char *no_url(void *ctx, void *instance)
{
	return conf_str(target_file_of(ctx)->root, "attach.url", "");
}

struct target standing_target(const struct session *s)
{
	struct target t = *s->target;

	t.ctx = s->loaded;
	t.start = start_nothing;
	t.stop = stop_nothing;
	t.url = no_url;
	t.push = NULL;
	t.alive = NULL;
	return t;
}

static enum surface door_of(unsigned surfaces)
{
	return surfaces & GATEWAY ? GATEWAY : surfaces & SERVICE ? SERVICE : PDP;
}

struct lab *standing_lab(const struct session *s, const struct target *t, struct err *err)
{
	const char *address = target_file_of(s->loaded)->address;
	const char *provider = s->own.provider.n   ? s->own.provider.items[0]
			       : s->providers_only ? s->providers_only[0]
						   : "keycloak";
	const struct lab_options o = {
		.target = t,
		.edition = s->own.edition.n ? s->own.edition.items[0]
			   : t->edition	    ? t->edition
					    : "nemo",
		.address = address ? address : "127.0.0.1",
		.places = target_places(s->loaded),
		.home = s->folder.path,
		.reference_cli = s->reference_cli,
		.seed = s->own.seed,
	};
	struct lab *l = lab_new(&o, err);

	if (!l || lab_open(l, door_of(t->surfaces), provider, NULL, err))
		return l;
	lab_free(l);
	return NULL;
}

/* Lines of the ledger, each once; points into text. */
static size_t read_lines(char *text, const char **ret)
{
	size_t n = 0;

	for (char *save = NULL, *p = strtok_r(text, "\n", &save); p && n < MOST;
	     p = strtok_r(NULL, "\n", &save)) {
		size_t k = 0;

		while (k < n && strcmp(ret[k], p) != 0)
			k++;
		ret[k] = p;
		n += k == n;
	}
	ret[n] = NULL;
	return n;
}

/* The workspaces among them: the shortest paths, all others are in one. */
static json_t *workspaces_of(const char *const *paths)
{
	json_t *names = json_array();

	for (; *paths; paths++) {
		const char *name = strrchr(*paths, '/');
		bool inside = false;

		for (const char *p = *paths; p < name; p++)
			inside |= strstr(p, "-team/") != NULL;
		if (name && !inside)
			json_array_append_new(names, json_string(name + 1));
	}
	return json_pack("{s:o}", "workspaces", names);
}

/* The file's own way, for what holds things that only its push command knows. */
static void remove_pushed(const struct session *s, const char *const *paths)
{
	AUTO(json_t) json_t *names = workspaces_of(paths);
	struct err err = { 0 };

	if (!target_remove(s->loaded, names, &err))
		fprintf(stderr, "%s\n", err.text);
}

/* Of a decision point that was pushed to: no workspace is ours there, but what holds them is. */
static void remove_document(const struct session *s)
{
	static const char *const none[] = { NULL };

	remove_pushed(s, none);
}

static void remove_paths(const struct session *s, const char *const *paths, size_t n,
			 const char *whose)
{
	struct target t = standing_target(s);
	struct err err = { 0 };
	AUTO_BUF left = { 0 };
	size_t gone = 0;
	struct lab *l;

	t.run_prefix = NULL; /* the paths have one */
	l = standing_lab(s, &t, &err);
	if (l) {
		(void)lab_remove(l, paths, &left); /* what is in something else, too */
		buf_reset(&left);
		remove_pushed(s, paths);
		gone = lab_remove(l, paths, &left);
	}
	fprintf(stderr, "removed: %zu of %zu things that %s\n", gone, n, whose);
	if (!l)
		fprintf(stderr, "left behind at %s: %s\n", t.url(t.ctx, NULL), err.text);
	else if (left.n)
		fprintf(stderr, "left behind at %s:\n%s", t.url(t.ctx, NULL), left.p);
	lab_free(l);
}

/* Whatever is left was told; nobody tries again. */
static void settle(const struct session *s, const char *whose)
{
	const char *ledger = s->target->ledger;
	const char **paths;
	AUTO(char) char *text = NULL;
	struct err err = { 0 };
	size_t n;

	if (!ledger || access(ledger, F_OK) ||
	    !file_read(ledger, LEDGER_LIMIT, &text, &n, &err))
		return;
	paths = calloc(MOST + 1, sizeof *paths);
	n = paths ? read_lines(text, paths) : 0;
	if (n && s->own.keep)
		fprintf(stderr, "kept: %zu things that %s\n", n, whose);
	else if (n)
		remove_paths(s, paths, n, whose);
	free(paths);
	if (n && truncate(ledger, 0))
		fprintf(stderr, "%s: cannot be emptied\n", ledger);
}

void leftovers_remove(const struct session *s)
{
	AUTO_BUF whose = { 0 };

	if (s->target && !s->target->ledger)
		remove_document(s);
	if (!s->target || !s->target->ledger)
		return;
	buf_printf(&whose, "this run made (prefix %s)", s->target->run_prefix);
	settle(s, whose.p);
}

void leftovers_of_killed(const struct session *s)
{
	settle(s, "a run made that was killed");
}
