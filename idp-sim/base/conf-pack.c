/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf-pack.c - a tree as bytes that are read back without looking for anything: a letter for the
 * kind, then a number or a length in eight bytes, then the text with a NUL.
 */
#include "idp-sim/base/conf.h"

#include "idp-sim/base/buf.h"

#include <stdint.h>
#include <string.h>

/* ---- packing ---- */

static void put_number(struct buf *out, char kind, uint64_t u)
{
	unsigned char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(u >> (8 * i));
	buf_char(out, kind);
	buf_add(out, bytes, sizeof(bytes));
}

static void put_text(struct buf *out, const char *s, size_t n)
{
	put_number(out, 's', n);
	buf_add(out, s, n);
	buf_char(out, '\0');
}

bool conf_pack(const json_t *tree, struct buf *out)
{
	const char *name;
	json_t *value;
	bool good = true;
	size_t i;

	switch (json_typeof(tree)) {
	case JSON_OBJECT:
		put_number(out, 'o', json_object_size(tree));
		json_object_foreach((json_t *)(uintptr_t)tree, name, value) {
			put_text(out, name, strlen(name));
			good = good && conf_pack(value, out);
		}
		return good;
	case JSON_ARRAY:
		put_number(out, 'a', json_array_size(tree));
		json_array_foreach(tree, i, value)
			good = good && conf_pack(value, out);
		return good;
	case JSON_STRING:
		put_text(out, json_string_value(tree), json_string_length(tree));
		return true;
	case JSON_INTEGER:
		put_number(out, 'i', (uint64_t)json_integer_value(tree));
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		put_number(out, 'b', json_is_true(tree));
		return true;
	case JSON_NULL:
		put_number(out, 'n', 0);
		return true;
	case JSON_REAL:
		break; /* no file has one */
	}
	return false;
}

/* ---- unpacking ---- */

static uint64_t take_number(const char **at)
{
	const unsigned char *p = (const unsigned char *)*at + 1;
	uint64_t u = 0;

	for (int i = 0; i < 8; i++)
		u |= (uint64_t)p[i] << (8 * i);
	*at += 9;
	return u;
}

static const char *take_text(const char **at, size_t *ret_n)
{
	size_t n = (size_t)take_number(at);
	const char *s = *at;

	*at += n + 1;
	*ret_n = n;
	return s;
}

static json_t *take(const char **at);

static json_t *take_object(const char **at)
{
	json_t *o = json_object();

	for (uint64_t left = take_number(at); left; left--) {
		size_t n;
		const char *name = take_text(at, &n);
		json_object_setn_new_nocheck(o, name, n, take(at));
	}
	return o;
}

static json_t *take_array(const char **at)
{
	json_t *list = json_array();

	for (uint64_t left = take_number(at); left; left--)
		json_array_append_new(list, take(at));
	return list;
}

static json_t *take(const char **at)
{
	size_t n;
	const char *s;

	switch (**at) {
	case 'o':
		return take_object(at);
	case 'a':
		return take_array(at);
	case 's':
		s = take_text(at, &n);
		return json_stringn_nocheck(s, n);
	case 'i':
		return json_integer((json_int_t)take_number(at));
	case 'b':
		return json_boolean(take_number(at));
	default:
		take_number(at);
		return json_null();
	}
}

json_t *conf_unpack(const char *packed)
{
	return take(&packed);
}
