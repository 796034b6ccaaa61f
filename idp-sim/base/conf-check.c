/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf-private.h"
#include "idp-sim/base/conf.h"

#include <string.h>

struct checking {
	struct conf *conf;
	struct buf *all; /* can be NULL */
	struct err *err;
	struct buf pointer;
	bool clean;
};

static const struct {
	const char *word, *schema;
} types[] = {
	[CONF_ANY] = { "anything", NULL },
	[CONF_STRING] = { "a string", "string" },
	[CONF_INT] = { "an integer", "integer" },
	[CONF_NUMBER] = { "a number", "number" },
	[CONF_BOOL] = { "true or false", "boolean" },
	[CONF_LIST] = { "a list", "array" },
	[CONF_MAP] = { "a mapping", "object" },
	[CONF_DICT] = { "a mapping", "object" },
	[CONF_DURATION] = { "a duration such as 90d, 15m, 10s or 250ms", NULL },
};

static void complain(struct checking *k, const char *fmt, ...) PRINTF(2, 3);
static void complain(struct checking *k, const char *fmt, ...)
{
	AUTO_BUF text = { 0 };
	va_list ap;

	conf_where(k->conf, k->pointer.p ? k->pointer.p : "", &text);
	buf_str(&text, ": ");
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (k->clean)
		fail(k->err, ERR_INPUT, "%s", text.p);
	k->clean = false;
	if (k->all)
		buf_printf(k->all, "%s\n", text.p);
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein distance; words over 63 bytes are far from everything. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], na = strlen(a), nb = strlen(b);

	if (na > 63 || nb > 63)
		return 99;
	for (size_t k = 0; k <= nb; k++)
		row[k] = k;
	for (size_t i = 1; i <= na; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t k = 1; k <= nb; k++) {
			size_t up = row[k];
			row[k] = min3(up + 1, row[k - 1] + 1, corner + (a[i - 1] != b[k - 1]));
			corner = up;
		}
	}
	return row[nb];
}

const char *conf_nearest(const char *word, const char *const *allowed)
{
	const char *best = NULL;
	size_t least = 3;

	for (; *allowed; allowed++) {
		size_t d = distance(word, *allowed);
		if (d < least) {
			least = d;
			best = *allowed;
		}
	}
	return best;
}

static void words(struct buf *to, const char *const *allowed)
{
	for (size_t i = 0; allowed[i]; i++)
		buf_printf(to, "%s%s", i ? ", " : "", allowed[i]);
}

static void unknown(struct checking *k, const char *what, const char *word,
		    const char *const *allowed)
{
	AUTO_BUF list = { 0 };
	const char *near = conf_nearest(word, allowed);

	words(&list, allowed);
	complain(k, "unknown %s '%s'%s%s%s allowed: %s", what, word,
		 near ? ": did you mean '" : ";", near ? near : "", near ? "'?" : "",
		 list.p ? list.p : "(none)");
}

static void push(struct checking *k, const char *name)
{
	buf_char(&k->pointer, '/');
	for (; *name; name++) {
		if (*name == '~' || *name == '/')
			buf_str(&k->pointer, *name == '~' ? "~0" : "~1");
		else
			buf_char(&k->pointer, *name);
	}
}

static void pop(struct checking *k, size_t n)
{
	k->pointer.n = n;
	k->pointer.p[n] = 0;
}

static void check_value(struct checking *k, const struct conf_key *key, json_t *value);

static const struct conf_key *key_named(const struct conf_key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	return NULL;
}

enum { MOST_KEYS = 96 };

/* open: other members than the known ones are welcome. */
static void check_map(struct checking *k, const struct conf_key *keys, json_t *o, bool open)
{
	const char *names[MOST_KEYS + 1] = { 0 }, *name;
	json_t *value;

	for (size_t i = 0; keys[i].name && i < MOST_KEYS; i++)
		names[i] = keys[i].name;
	json_object_foreach(o, name, value) {
		const struct conf_key *key = key_named(keys, name);
		size_t before = k->pointer.n;

		push(k, name);
		if (key)
			check_value(k, key, value);
		else if (!open)
			unknown(k, "key", name, names);
		pop(k, before);
	}
	for (const struct conf_key *key = keys; key->name; key++)
		if (key->required && !json_object_get(o, key->name))
			complain(k, "missing key '%s': %s", key->name,
				 key->help ? key->help : types[key->type].word);
}

static void check_items(struct checking *k, const struct conf_key *items, json_t *value)
{
	const char *name;
	json_t *item;
	size_t i;

	if (!items)
		return;
	json_array_foreach(value, i, item) {
		size_t before = k->pointer.n;
		buf_printf(&k->pointer, "/%zu", i);
		check_value(k, items, item);
		pop(k, before);
	}
	json_object_foreach(value, name, item) {
		size_t before = k->pointer.n;
		push(k, name);
		check_value(k, items, item);
		pop(k, before);
	}
}

static bool is_duration(const json_t *value)
{
	return json_is_integer(value) ? json_integer_value(value) >= 0
				      : conf_duration_ms(value, -1) >= 0;
}

static bool fits(enum conf_type type, const json_t *value)
{
	switch (type) {
	case CONF_ANY:
		return true;
	case CONF_STRING:
		return json_is_string(value);
	case CONF_INT:
		return json_is_integer(value);
	case CONF_NUMBER:
		return json_is_number(value);
	case CONF_BOOL:
		return json_is_boolean(value);
	case CONF_LIST:
		return json_is_array(value);
	case CONF_MAP:
	case CONF_DICT:
		return json_is_object(value);
	case CONF_DURATION:
		return is_duration(value);
	}
	return false;
}

static const char *kind_of(const json_t *value)
{
	static const char *const kinds[] = { "a mapping", "a list", "a string", "an integer",
					     "a number",  "true",   "false",	"nothing" };

	return kinds[json_typeof(value)];
}

static void check_value(struct checking *k, const struct conf_key *key, json_t *value)
{
	if (!fits(key->type, value)) {
		bool quote = key->type == CONF_STRING &&
			     (json_is_number(value) || json_is_boolean(value));
		complain(k, "%s%s%s must be %s, not %s%s", key->name ? "'" : "the item",
			 key->name ? key->name : "", key->name ? "'" : "",
			 types[key->type].word, kind_of(value),
			 quote ? ": put it in quotes" : "");
		return;
	}
	if (key->allowed && json_is_string(value)) {
		const char *word = json_string_value(value);
		const char *const *a = key->allowed;
		while (*a && strcmp(*a, word))
			a++;
		if (!*a)
			unknown(k, "value", word, key->allowed);
	}
	if (key->keys)
		check_map(k, key->keys, value, key->type == CONF_DICT);
	if (key->type == CONF_LIST || key->type == CONF_DICT)
		check_items(k, key->items, value);
}

bool conf_check(struct conf *c, const struct conf_key *keys, struct buf *all, struct err *err)
{
	struct checking k = { .conf = c, .all = all, .err = err, .clean = true };
	const struct conf_key whole = { .name = "file", .type = CONF_MAP, .keys = keys };

	buf_str(&k.pointer, "");
	check_value(&k, &whole, conf_root(c));
	buf_done(&k.pointer);
	return k.clean;
}

static json_t *schema_of(const struct conf_key *key);

static json_t *schema_map(const struct conf_key *keys)
{
	json_t *properties = json_object(), *required = json_array();

	for (; keys->name; keys++) {
		json_object_set_new(properties, keys->name, schema_of(keys));
		if (keys->required)
			json_array_append_new(required, json_string(keys->name));
	}
	return json_pack("{s:s, s:b, s:o, s:o}", "type", "object", "additionalProperties", 0,
			 "properties", properties, "required", required);
}

static json_t *schema_duration(void)
{
	return json_pack("{s:[{s:s,s:s},{s:s,s:i}]}", "anyOf", "type", "string", "pattern",
			 "^[0-9]+(ms|s|m|h|d)$", "type", "integer", "minimum", 0);
}

static json_t *schema_of(const struct conf_key *key)
{
	json_t *o = key->keys			 ? schema_map(key->keys)
		    : key->type == CONF_DURATION ? schema_duration()
						 : json_object();

	if (key->keys && key->type == CONF_DICT)
		json_object_set_new(o, "additionalProperties", json_true());
	if (types[key->type].schema)
		json_object_set_new(o, "type", json_string(types[key->type].schema));
	if (key->help)
		json_object_set_new(o, "description", json_string(key->help));
	if (key->items)
		json_object_set_new(o,
				    key->type == CONF_LIST ? "items" : "additionalProperties",
				    schema_of(key->items));
	if (key->allowed) {
		json_t *list = json_array();
		for (const char *const *a = key->allowed; *a; a++)
			json_array_append_new(list, json_string(*a));
		json_object_set_new(o, "enum", list);
	}
	return o;
}

json_t *conf_schema(const struct conf_key *keys, const char *id, const char *title)
{
	json_t *o = schema_map(keys);

	json_object_set_new(o, "$schema",
			    json_string("https://json-schema.org/draft/2020-12/schema"));
	json_object_set_new(o, "$id", json_string(id));
	json_object_set_new(o, "title", json_string(title));
	return o;
}
