/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map.h - names to pointers that live as long as the map, for many readers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct map;

struct map *map_new(void);
void map_free(struct map *m); /* takes NULL; values are the caller's */
/* Sets or replaces; name is copied. Names are compared without regard to ASCII case. */
void map_set(struct map *m, const char *name, void *value);
void *map_get(struct map *m, const char *name); /* NULL: none */
/* Every distinct value that was set under its own name first, in the order of insertion. */
void map_each(struct map *m, bool (*each)(void *ctx, const char *name, void *value), void *ctx);
void map_clear(struct map *m);
