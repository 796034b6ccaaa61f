/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fits together in a recorded answer fits together in the simulator's: an id that two tokens
 * share, a code that an address repeats, the seconds between two times.
 */
#include "idp-sim/program/replay-differ.h"

#include <string.h>

enum { MAX_FACTS = 160, SHORTEST = 8, EARLIEST = 100000000, TOLERANCE_S = 1 };

struct fact {
	const char *path, *name;
	const char *text, *got_text; /* NULL: a number */
	json_int_t number, got_number;
};

struct facts {
	struct arena *arena;
	struct fact v[MAX_FACTS];
	size_t n;
};

static void gather(struct facts *f, const char *path, const char *name, const json_t *g,
		   const json_t *x);

/* Members that both answers have. */
static void gather_all(struct facts *f, const char *path, const json_t *g, const json_t *x)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)g, key, value)
		gather(f, arena_printf(f->arena, "%s.%s", path, key), arena_str(f->arena, key),
		       value, json_object_get(x, key));
}

static bool gather_token(struct facts *f, const char *path, const char *g, const char *x)
{
	AUTO(json_t) json_t *header = NULL;
	AUTO(json_t) json_t *claims = NULL;
	AUTO(json_t) json_t *got_header = NULL;
	AUTO(json_t) json_t *got_claims = NULL;

	if (!read_token(g, &header, &claims) || !read_token(x, &got_header, &got_claims))
		return false;
	gather_all(f, arena_printf(f->arena, "%s claims", path), claims, got_claims);
	return true;
}

static void gather(struct facts *f, const char *path, const char *name, const json_t *g,
		   const json_t *x)
{
	struct fact fact = { .path = path, .name = name };

	if (!x || json_typeof(g) != json_typeof(x) || f->n == MAX_FACTS)
		return;
	if (json_is_object(g)) {
		gather_all(f, path, g, x);
		return;
	}
	fact.number = json_integer_value(g);
	fact.got_number = json_integer_value(x);
	fact.text = arena_str(f->arena, json_string_value(g));
	fact.got_text = arena_str(f->arena, json_string_value(x));
	if (fact.text && gather_token(f, path, fact.text, fact.got_text))
		return;
	if (fact.text ? strlen(fact.text) >= SHORTEST : json_is_integer(g))
		f->v[f->n++] = fact;
}

static void gather_headers(struct facts *f, const json_t *recording,
			   const struct wire_answer *answer)
{
	static const char *const names[] = { "Location", "x-ms-request-id" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *g = recorded_header(recording, names[i]);
		const char *x = wire_header(answer, names[i]);
		if (g && x && f->n < MAX_FACTS)
			f->v[f->n++] = (struct fact) { .path = names[i],
						       .name = names[i],
						       .text = arena_str(f->arena, g),
						       .got_text = arena_str(f->arena, x) };
	}
}

/* `part` is what `whole` repeats in the recording. */
static void relate_texts(struct comparison *c, const struct fact *part,
			 const struct fact *whole)
{
	/* What is the same in all answers is compared by itself; cut texts repeat nothing. */
	if (!strcmp(part->text, part->got_text) || strstr(part->text, "…") ||
	    !strstr(whole->text, part->text) || strstr(whole->got_text, part->got_text))
		return;
	differ(c, "relation: %s is in %s, got '%.60s' and '%.200s'", part->path, whole->path,
	       part->got_text, whole->got_text);
}

static void relate_times(struct comparison *c, const struct fact *a, const struct fact *b)
{
	static const char *const names[] = { "exp", "iat", "nbf", NULL };
	json_int_t want = a->number - b->number;
	json_int_t got = a->got_number - b->got_number;

	if (!among(a->name, names) || !among(b->name, names) || b->number < EARLIEST ||
	    a->number < EARLIEST)
		return;
	if (want - got > TOLERANCE_S || got - want > TOLERANCE_S)
		differ(c, "relation: %s - %s: %lld s, got %lld s", a->path, b->path,
		       (long long)want, (long long)got);
}

void compare_relations(struct comparison *c, const json_t *recording, const json_t *body,
		       const json_t *got, const struct wire_answer *answer)
{
	AUTO(arena) struct arena *arena = arena_new();
	struct facts *f = arena_alloc(arena, sizeof(*f));

	f->arena = arena;
	gather_all(f, "body", body, got);
	gather_headers(f, recording, answer);
	for (size_t i = 0; i < f->n; i++)
		for (size_t k = 0; k < f->n; k++) {
			const struct fact *a = &f->v[i], *b = &f->v[k];
			if (i != k && a->text && b->text)
				relate_texts(c, a, b);
			else if (i < k && !a->text && !b->text)
				relate_times(c, a, b);
		}
}
