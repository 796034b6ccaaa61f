/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

struct chunk {
	struct chunk *next;
	size_t size, used;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct chunk *chunks; /* the newest first; the last one is kept by a reset */
};

enum { CHUNK = 4096 - sizeof(struct chunk) };

static struct chunk *chunk_new(size_t size, struct chunk *next)
{
	struct chunk *c = malloc(sizeof(*c) + size);

	if (!c)
		abort();
	c->next = next;
	c->size = size;
	c->used = 0;
	return c;
}

struct arena *arena_sized(size_t first)
{
	struct arena *a = malloc(sizeof(*a));

	if (!a)
		abort();
	a->chunks = chunk_new(first, NULL);
	return a;
}

struct arena *arena_new(void)
{
	return arena_sized(CHUNK);
}

void arena_reset(struct arena *a)
{
	while (a->chunks->next) {
		struct chunk *next = a->chunks->next;
		free(a->chunks);
		a->chunks = next;
	}
	a->chunks->used = 0;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_reset(a);
	free(a->chunks);
	free(a);
}

static size_t rounded(size_t n)
{
	return (n + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

static void *take(struct arena *a, size_t n)
{
	size_t need = rounded(n);

	if (a->chunks->size - a->chunks->used < need) {
		size_t size = a->chunks->size * 2;
		a->chunks = chunk_new(need > size ? need : size, a->chunks);
	}
	void *p = a->chunks->bytes + a->chunks->used;
	a->chunks->used += need;
	return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
	return memset(take(a, n), 0, n);
}

char *arena_dup(struct arena *a, const char *s, size_t n)
{
	char *p = take(a, n + 1);

	if (n)
		memcpy(p, s, n);
	p[n] = 0;
	return p;
}

void *arena_resize(struct arena *a, void *p, size_t have, size_t want)
{
	struct chunk *c = a->chunks;
	char *at = p;

	if (p && at + rounded(have) == c->bytes + c->used &&
	    rounded(want) <= c->size - (size_t)(at - c->bytes)) {
		c->used = (size_t)(at - c->bytes) + rounded(want);
		return p;
	}
	if (p && want <= have)
		return p;
	at = take(a, want);
	if (have)
		memcpy(at, p, have);
	return at;
}

char *arena_str(struct arena *a, const char *s)
{
	return s ? arena_dup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	char *p = arena_alloc(a, n < 0 ? 1 : (size_t)n + 1);
	if (n > 0)
		vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}
