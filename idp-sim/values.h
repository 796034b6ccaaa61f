/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values.h - between the files that know the words of templates.
 */
#pragma once

#include "idp-sim/serve.h"

#include <string.h>

/* Tables that end with name NULL; together they are all the words there are. */
extern const struct slot who_slots[], time_slots[], token_slots[], answer_slots[];

/* ["a","b"] of words, in the exchange's arena. */
const char *json_list(struct exchange *x, const char *const *words, size_t n);
/* A member of a record of the provider file; false when it has none of that name. */
bool from_attrs(const struct attrs *a, const char *name, struct value *v);

/* Each sets the value and returns true; false for a NULL text. */
static inline bool set_text(struct value *v, const char *s, size_t n)
{
	if (!s)
		return false;
	*v = (struct value) { .kind = VALUE_STRING, .s = s, .n = n };
	return true;
}

static inline bool set_str(struct value *v, const char *s)
{
	return s && set_text(v, s, strlen(s));
}

/* Letters, digits, dots, dashes and underscores only: a JWT. */
static inline bool set_token(struct value *v, const char *s)
{
	if (!set_str(v, s))
		return false;
	v->plain = true;
	return true;
}

static inline bool set_int(struct value *v, int64_t i)
{
	*v = (struct value) { .kind = VALUE_INT, .i = i };
	return true;
}

static inline bool set_bool(struct value *v, bool b)
{
	*v = (struct value) { .kind = VALUE_BOOL, .i = b };
	return true;
}

static inline bool set_json(struct value *v, const char *json, const char *text)
{
	*v = (struct value) { .kind = VALUE_JSON, .s = json, .n = strlen(json), .text = text };
	return true;
}
