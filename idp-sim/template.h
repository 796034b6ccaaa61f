/* SPDX-License-Identifier: Apache-2.0 */
/*
 * template.h - texts of a provider file with placeholders, compiled when loaded.
 *
 *	{
 *	"exp":${exp},
 *	"auth_time":${auth_time?},
 *	${if scope:email}"email":"${user.email?}",
 *	"scope":"${scope}"
 *	}
 *
 * - ${name} is a value. In a JSON text it is typed by its place: between quotes it is string
 *   content, elsewhere a JSON value of the kind it has. HTML, query and header texts escape as
 *   they must.
 * - ${name?} is optional: when the value is absent the whole line is left out.
 * - ${if FLAG} and ${unless FLAG} have no width: the line is left out when the flag is not (is)
 *   set.
 * - A JSON or query text loses its line breaks and the blanks that begin a line, nothing else;
 *a comma left hanging before } or ] by an omitted line is dropped.
 *
 * Names are listed in values.c; an unknown one is refused when the file is loaded.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/buf.h"
#include "idp-sim/base/err.h"

#include <stdint.h>

struct exchange;

enum text_kind {
	TEXT_PLAIN,
	TEXT_JSON,
	TEXT_HTML,
	TEXT_QUERY, /* values are form-encoded */
};

enum value_kind { VALUE_STRING, VALUE_INT, VALUE_BOOL, VALUE_JSON };

struct value {
	enum value_kind kind;
	const char *s; /* STRING; JSON: the text of it */
	size_t n;
	int64_t i;  /* INT and BOOL */
	bool plain; /* STRING that nothing escapes and that stands between quotes: a token */
	const char *text; /* JSON only: what stands between quotes, e.g. "a b" of ["a","b"] */
};

/* One word that templates know. get() returns false when the value is absent now. arg is what
 * follows the colon or the dot of the name: "4" of random.upper:4. */
struct slot {
	const char *name;
	bool (*get)(struct exchange *x, const char *arg, struct value *ret);
};

/* Finds the slot of a name and its argument; NULL when there is none. In values.c. */
const struct slot *slot_find(const char *name, size_t n, const char **ret_arg);

/* Does its value depend on nothing but path, configuration and keys? In values.c. */
bool slot_is_fixed(const struct slot *slot);

struct template;

/* Compiles into the arena, which also keeps a copy of the text. NULL with err (ERR_INPUT, no
 * place: the caller knows it) for an unknown name or a brace that never ends. */
struct template *template_new(struct arena *a, const char *text, enum text_kind kind,
			      struct err *err) MUST_CHECK;
/* Appends the text for this exchange. t may be NULL: nothing. */
void template_put(const struct template *t, struct exchange *x, struct buf *out);
/* The text, in the arena or of the template. */
const char *template_text(const struct template *t, struct exchange *x, struct arena *a);
/* Is it the same for all requests to one path, until configuration or keys change? */
bool template_is_fixed(const struct template *t);
