/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - memory that lives as long as one request or one scenario, freed at once.
 */
#pragma once

#include "idp-sim/base/own.h"

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* takes NULL */
/* Forgets everything but keeps the first chunk, for the next request. */
void arena_reset(struct arena *a);
void *arena_alloc(struct arena *a, size_t n); /* zeroed, never NULL */
char *arena_dup(struct arena *a, const char *s, size_t n); /* NUL added */
char *arena_str(struct arena *a, const char *s);           /* NULL gives NULL */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

AUTO_KIND(arena, struct arena, arena_free);
