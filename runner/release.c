/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/release.h"

#include "idp-sim/base/file.h"
#include "reports/redact.h"
#include "reports/write.h"

#include <string.h>

enum { RELEASE_LIMIT = 4 << 20 };

static bool has_id(const struct results *rs, const char *id)
{
	for (size_t i = 0; i < rs->n; i++) {
		if (!strcmp(rs->items[i].id, id))
			return true;
	}
	return false;
}

static void add_results(struct results *to, const struct results *from)
{
	const char **missing;

	for (size_t i = 0; i < from->n; i++) {
		struct result *r = &to->items[to->n];

		*r = from->items[i];
		if (has_id(to, r->id))
			r->id = arena_printf(to->arena, "%s (%s)", r->id, r->target);
		to->n++;
	}
	missing =
		arena_alloc(to->arena, (to->n_missing + from->n_missing + 1) * sizeof *missing);
	if (to->n_missing)
		memcpy(missing, to->missing, to->n_missing * sizeof *missing);
	for (size_t i = 0; i < from->n_missing; i++)
		missing[to->n_missing++] = from->missing[i];
	to->missing = missing;
	to->planned += from->planned;
	to->took_us += from->took_us;
	to->stopped = to->stopped ? to->stopped : from->stopped;
}

/* "azure, okta" and "okta, keycloak" are "azure, okta, keycloak". */
static const char *join_words(struct arena *a, const char *said, const char *more)
{
	if (!said || !more)
		return said ? said : more;
	while (*more) {
		size_t n = strcspn(more, ",");
		const char *word = arena_dup(a, more, n);

		if (!strstr(said, word))
			said = *said ? arena_printf(a, "%s, %s", said, word) : word;
		more += n + strspn(more + n, ", ");
	}
	return said;
}

/* A part that any of them has under test is under test; the target then says who it is. */
static void join_parts(struct results *rs, const struct results *from)
{
	struct part *all =
		arena_alloc(rs->arena, (rs->n_parts + from->n_parts + 1) * sizeof *all);

	memcpy(all, rs->parts, rs->n_parts * sizeof *all);
	for (size_t i = 0; i < from->n_parts; i++) {
		const struct part *p = &from->parts[i];
		size_t k = 0;

		while (k < rs->n_parts && strcmp(all[k].name, p->name) != 0)
			k++;
		if (k == rs->n_parts)
			all[rs->n_parts++] = *p;
		else if (p->under_test && all[k].under_test)
			all[k].who = join_words(rs->arena, all[k].who, p->who);
		else if (p->under_test || !strcmp(p->name, "idp"))
			all[k].who = p->under_test
					     ? p->who
					     : join_words(rs->arena, all[k].who,
							  p->who + strcspn(p->who, ":") + 2);
		all[k].under_test = all[k].under_test || p->under_test;
	}
	rs->parts = all;
}

/* "nginx 1.22.1, nginx.yaml, sha256:...": one fact a target. */
static void note_target(struct results *rs, const struct results *from, size_t number)
{
	static const char *const facts[] = { "target_version", "target_file", "target_digest" };
	struct arena *a = rs->arena;
	const char *text = results_fact(a, from, "target");
	char key[40];

	for (size_t i = 0; text && i < ARRAY_LEN(facts); i++) {
		const char *fact = results_fact(a, from, facts[i]);

		if (fact)
			text = arena_printf(a, "%s%s%s", text, i ? ", " : " ", fact);
	}
	snprintf(key, sizeof key, "target_%zu", number);
	json_object_set_new(rs->provenance, key, json_string(text ? text : "?"));
}

static void note_providers(struct results *rs, const struct results *from)
{
	const char *key;
	json_t *value;

	json_object_foreach(from->provenance, key, value) {
		if (!strncmp(key, "provider_", 9))
			json_object_set(rs->provenance, key, value);
	}
}

static void note_release(struct results *rs, const char *name, const char *file)
{
	static const char *const own[] = { "target", "target_version", "target_file",
					   "target_digest" };
	AUTO(char) char *text = NULL;
	char digest[DIGEST_SIZE];
	struct err err = { 0 };
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		json_object_del(rs->provenance, own[i]);
	json_object_set_new(rs->provenance, "release", json_string(name));
	if (file_read(file, RELEASE_LIMIT, &text, &n, &err)) {
		file_digest(text, n, digest);
		json_object_set_new(rs->provenance, "release_digest", json_string(digest));
	}
}

/* What is a secret of one target is one in the words of all. */
static void remove_secrets(struct results *rs, const struct played *played, size_t n)
{
	AUTO(redactor) struct redactor *redactor = redactor_new();

	for (size_t i = 0; i < n; i++) {
		for (const char **p = played[i].s.secrets; p && *p; p++)
			redactor_add(redactor, *p);
	}
	redact_results(redactor, rs);
}

static void take(struct results *rs, const struct results *from, size_t number)
{
	struct arena *a = rs->arena;

	rs->target = arena_printf(a, "%s, %s", rs->target, from->target);
	rs->providers = join_words(a, rs->providers, from->providers);
	rs->edition = join_words(a, rs->edition, from->edition);
	rs->profile = join_words(a, rs->profile, from->profile);
	join_parts(rs, from);
	note_target(rs, from, number);
	note_providers(rs, from);
	json_object_set(rs->provenance, "stopped",
			json_object_get(from->provenance, "stopped"));
	add_results(rs, from);
}

struct results *release_join(struct played *played, size_t n, const char *name,
			     const char *file)
{
	struct results *rs = played[0].rs;
	struct result *items;
	size_t room = 0;

	for (size_t i = 0; i < n; i++)
		room += played[i].rs->n;
	items = arena_alloc(rs->arena, (room + 1) * sizeof *items);
	memcpy(items, rs->items, rs->n * sizeof *items);
	rs->items = items;
	note_target(rs, rs, 1);
	rs->target = arena_printf(rs->arena, "release %s: %s", name, rs->target);
	for (size_t i = 1; i < n; i++)
		take(rs, played[i].rs, i + 1);
	note_release(rs, name, file);
	json_object_set_new(rs->provenance, "edition", json_string(rs->edition));
	remove_secrets(rs, played, n);
	return rs;
}
