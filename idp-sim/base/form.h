/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form.h - application/x-www-form-urlencoded, as query or body (WHATWG URL, 5.1).
 *
 * Order and duplicates are kept, because providers answer a duplicate parameter with an
 * error of their own. Values may hold NUL bytes; value_len is the truth.
 */
#pragma once

#include "idp-sim/base/arena.h"

#include <stdbool.h>

struct form_field {
	const char *name;
	const char *value; /* NUL-terminated */
	size_t value_len;
};

struct form {
	struct form_field *fields;
	size_t n;
	bool too_many; /* more than FORM_MAX_FIELDS: the rest was dropped */
	bool has_nul;  /* a name or a value goes on after a NUL */
};

enum { FORM_MAX_FIELDS = 1000 };

/* Everything is taken from the arena. text may be NULL when n is 0. */
struct form form_parse(struct arena *a, const char *text, size_t n);
/* The first value of that name, or NULL. */
const char *form_get(const struct form *f, const char *name);
size_t form_count(const struct form *f, const char *name);
/* A name that occurs twice, or NULL (RFC 6749, 3.2: parameters MUST NOT be included twice). */
const char *form_duplicate(const struct form *f);
/* Decodes %XX in place of one path segment; NULL when malformed. */
char *percent_decode(struct arena *a, const char *s, size_t n);
