/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - memory that lives as long as one request or one scenario, freed at once.
 */
#pragma once

#include "idp-sim/base/own.h"

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
struct arena *arena_sized(size_t first); /* whose first chunk holds so many bytes */
void arena_free(struct arena *a);	 /* takes NULL */
/* Forgets everything but keeps the first chunk, for the next request. */
void arena_reset(struct arena *a);
void *arena_alloc(struct arena *a, size_t n);		   /* zeroed, never NULL */
char *arena_dup(struct arena *a, const char *s, size_t n); /* NUL added */
/* Makes p (NULL, or `have` bytes of this arena) `want` bytes long, larger or smaller; in place
 * when p is what was taken last. New bytes are not zeroed. */
void *arena_resize(struct arena *a, void *p, size_t have, size_t want);
char *arena_str(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

AUTO_KIND(arena, struct arena, arena_free);
