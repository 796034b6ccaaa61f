/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/map.h"

#include <ctype.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct entry {
	char *name;
	void *value;
	struct entry *chain;
	struct entry *later; /* in order of insertion */
};

enum { BUCKETS = 256 };

struct map {
	pthread_rwlock_t lock;
	struct entry *buckets[BUCKETS];
	struct entry *first, **end;
};

static unsigned hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (uint32_t)tolower((unsigned char)*s)) * 16777619u;
	return h % BUCKETS;
}

struct map *map_new(void)
{
	struct map *m = calloc(1, sizeof(*m));

	if (!m)
		abort();
	pthread_rwlock_init(&m->lock, NULL);
	m->end = &m->first;
	return m;
}

static void forget(struct map *m)
{
	struct entry *e = m->first;

	while (e) {
		struct entry *later = e->later;

		free(e->name);
		free(e);
		e = later;
	}
	memset(m->buckets, 0, sizeof(m->buckets));
	m->first = NULL;
	m->end = &m->first;
}

void map_clear(struct map *m)
{
	pthread_rwlock_wrlock(&m->lock);
	forget(m);
	pthread_rwlock_unlock(&m->lock);
}

void map_free(struct map *m)
{
	if (!m)
		return;
	forget(m);
	pthread_rwlock_destroy(&m->lock);
	free(m);
}

static struct entry *find(struct map *m, const char *name)
{
	for (struct entry *e = m->buckets[hash(name)]; e; e = e->chain)
		if (!strcasecmp(e->name, name))
			return e;
	return NULL;
}

static struct entry *insert(struct map *m, const char *name)
{
	struct entry *e = calloc(1, sizeof(*e));
	unsigned h = hash(name);

	if (!e || !(e->name = strdup(name)))
		abort();
	e->chain = m->buckets[h];
	m->buckets[h] = e;
	*m->end = e;
	m->end = &e->later;
	return e;
}

void map_set(struct map *m, const char *name, void *value)
{
	struct entry *e;

	pthread_rwlock_wrlock(&m->lock);
	e = find(m, name);
	if (!e)
		e = insert(m, name);
	e->value = value;
	pthread_rwlock_unlock(&m->lock);
}

void *map_get(struct map *m, const char *name)
{
	struct entry *e;
	void *value;

	pthread_rwlock_rdlock(&m->lock);
	e = find(m, name);
	value = e ? e->value : NULL;
	pthread_rwlock_unlock(&m->lock);
	return value;
}

/* Was the value seen under an earlier name? Aliases come after the name they stand for. */
static bool is_alias(const struct map *m, const struct entry *e)
{
	for (const struct entry *f = m->first; f != e; f = f->later)
		if (f->value == e->value)
			return true;
	return false;
}

void map_each(struct map *m, bool (*each)(void *ctx, const char *name, void *value), void *ctx)
{
	pthread_rwlock_rdlock(&m->lock);
	for (struct entry *e = m->first; e; e = e->later)
		if (!is_alias(m, e) && !each(ctx, e->name, e->value))
			break;
	pthread_rwlock_unlock(&m->lock);
}
