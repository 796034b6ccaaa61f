/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.h - whole files, and the files compiled into the program.
 */
#pragma once

#include "idp-sim/base/err.h"

#include <stddef.h>

/* Reads all of path (at most limit bytes) into a NUL-terminated string that the caller frees. */
bool file_read(const char *path, size_t limit, char **ret_text, size_t *ret_n,
	       struct err *err) MUST_CHECK;
/* Writes to a temporary name beside path, syncs, and renames: old or new, never half. */
bool file_write(const char *path, const void *p, size_t n, unsigned mode,
		struct err *err) MUST_CHECK;
/* mkdir -p with mode for the parts that are made. */
bool file_mkdirs(const char *path, unsigned mode, struct err *err) MUST_CHECK;
/* rm -r; silent when it is not there. */
void file_remove_tree(const char *path);

/* "sha256:" and 64 hexadecimal digits: what `sha256sum` says of the same bytes. */
enum { DIGEST_SIZE = 72 };
void file_digest(const void *p, size_t n, char ret[DIGEST_SIZE]);

/* A file compiled in by embed.py; a table ends with name NULL. */
struct embedded {
	const char *name; /* "keycloak.yaml": the base name */
	const char *text; /* NUL-terminated */
	size_t n;
};
const struct embedded *embedded_find(const struct embedded *table, const char *name);
