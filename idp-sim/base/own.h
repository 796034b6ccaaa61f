/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own.h - who owns what, and what the compiler should watch.
 *
 * A foreign handle is declared `AUTO(json_t) json_t *x = NULL;` and released when its
 * scope ends, unless MOVE(x) hands it on. Kinds are declared with AUTO_KIND beside the type.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* AUTO_KIND(name, type, release) makes AUTO(name) release a `type *` that is not NULL. */
#define AUTO_KIND(name, type, release)                                                           \
	static inline void auto_##name(type **p)                                                 \
	{                                                                                        \
		if (*p)                                                                          \
			release(*p);                                                             \
	}                                                                                        \
	struct auto_kind_##name##_ends_with_a_semicolon
#define AUTO(name) __attribute__((cleanup(auto_##name)))

/* MOVE(x) yields x and leaves NULL behind: ownership has gone elsewhere. */
#define MOVE(x)                                                                                  \
	__extension__({                                                                                     \
		__typeof__(x) moved_ = (x);                                                      \
		(x) = NULL;                                                                      \
		moved_;                                                                          \
	})

AUTO_KIND(char, char, free);
AUTO_KIND(FILE, FILE, fclose);

static inline void auto_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
