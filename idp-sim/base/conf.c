/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/conf.h"

#include "idp-sim/base/conf-private.h"
#include "idp-sim/base/file.h"

#include <errno.h>
#include <libfyaml.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { FILE_LIMIT = 16 << 20, DEPTH_LIMIT = 64 };

struct conf {
	char *name;
	json_t *root;
	struct place {
		char *pointer;
		int line, column; /* of the key, or of a list item; from 1 */
	} * places;
	size_t n, cap;
};

static void remember(struct conf *c, const struct buf *pointer, struct fy_node *at)
{
	struct fy_token *token = at ? fy_node_get_scalar_token(at) : NULL;
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;

	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 64;
		c->places = realloc(c->places, c->cap * sizeof(*c->places));
		if (!c->places)
			abort();
	}
	struct place *p = &c->places[c->n++];
	p->pointer = strdup(pointer->p ? pointer->p : "");
	p->line = mark ? mark->line + 1 : 0;
	p->column = mark ? mark->column + 1 : 0;
	if (!mark && c->n > 1) {
		p->line = c->places[c->n - 2].line;
		p->column = c->places[c->n - 2].column;
	}
}

static bool is_word(const char *s, size_t n, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == n && !memcmp(*words, s, n))
			return true;
	return false;
}

static json_t *number(const char *text)
{
	char *end;

	if (!strncmp(text, "0x", 2) || !strncmp(text, "0o", 2)) {
		long long v = strtoll(text + 2, &end, text[1] == 'x' ? 16 : 8);
		return *end || !text[2] ? NULL : json_integer(v);
	}
	if (!strspn(text, "+-.0123456789") || strspn(text, "+-.0123456789eE") != strlen(text))
		return NULL;
	errno = 0;
	long long i = strtoll(text, &end, 10);
	if (!*end && !errno)
		return json_integer(i);
	double d = strtod(text, &end);
	return *end || !isfinite(d) || !strpbrk(text, "0123456789") ? NULL : json_real(d);
}

/* The YAML 1.2 core schema (10.3.2), for plain scalars. */
static json_t *plain(const char *s, size_t n)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const yes[] = { "true", "True", "TRUE", NULL };
	static const char *const no[] = { "false", "False", "FALSE", NULL };

	if (is_word(s, n, nulls))
		return json_null();
	if (is_word(s, n, yes))
		return json_true();
	if (is_word(s, n, no))
		return json_false();
	AUTO(char) char *text = strndup(s, n);
	json_t *value = text ? number(text) : NULL;
	return value ? value : json_stringn(s, n);
}

static json_t *convert(struct conf *c, struct fy_node *node, struct buf *pointer, int depth);

static void pointer_add(struct buf *pointer, const char *s, size_t n)
{
	buf_char(pointer, '/');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '~' || s[i] == '/')
			buf_str(pointer, s[i] == '~' ? "~0" : "~1");
		else
			buf_char(pointer, s[i]);
	}
}

static void pointer_cut(struct buf *pointer, size_t n)
{
	pointer->n = n;
	if (pointer->p)
		pointer->p[n] = 0;
}

static json_t *convert_map(struct conf *c, struct fy_node *node, struct buf *pointer, int depth)
{
	json_t *o = json_object();
	struct fy_node_pair *pair;
	void *at = NULL;

	while ((pair = fy_node_mapping_iterate(node, &at))) {
		size_t n, before = pointer->n;
		const char *key = fy_node_get_scalar(fy_node_pair_key(pair), &n);

		if (!key)
			continue;
		pointer_add(pointer, key, n);
		remember(c, pointer, fy_node_pair_key(pair));
		json_object_setn_new(o, key, n,
				     convert(c, fy_node_pair_value(pair), pointer, depth));
		pointer_cut(pointer, before);
	}
	return o;
}

static json_t *convert_list(struct conf *c, struct fy_node *node, struct buf *pointer,
			    int depth)
{
	json_t *list = json_array();
	struct fy_node *item;
	void *at = NULL;

	while ((item = fy_node_sequence_iterate(node, &at))) {
		size_t before = pointer->n;

		buf_printf(pointer, "/%zu", json_array_size(list));
		struct fy_node *first = item;
		while (first && !fy_node_is_scalar(first)) {
			struct fy_node_pair *pair =
				fy_node_is_mapping(first)
					? fy_node_mapping_get_by_index(first, 0)
					: NULL;
			first = pair ? fy_node_pair_key(pair)
				: fy_node_is_sequence(first)
					? fy_node_sequence_get_by_index(first, 0)
					: NULL;
		}
		remember(c, pointer, first);
		json_array_append_new(list, convert(c, item, pointer, depth));
		pointer_cut(pointer, before);
	}
	return list;
}

static json_t *convert(struct conf *c, struct fy_node *node, struct buf *pointer, int depth)
{
	size_t n = 0;

	if (!node || depth > DEPTH_LIMIT)
		return json_null();
	if (fy_node_is_mapping(node))
		return convert_map(c, node, pointer, depth + 1);
	if (fy_node_is_sequence(node))
		return convert_list(c, node, pointer, depth + 1);
	const char *text = fy_node_get_scalar(node, &n);
	json_t *value = fy_node_get_style(node) == FYNS_PLAIN
				? plain(text ? text : "", n)
				: json_stringn(text ? text : "", n);
	return value ? value : json_string("");
}

static void first_complaint(struct fy_diag *diag, const char *name, struct err *err)
{
	void *at = NULL;
	struct fy_diag_error *e = fy_diag_errors_iterate(diag, &at);

	if (e)
		fail(err, ERR_INPUT, "%s:%d:%d: %s", name, e->line, e->column, e->msg);
	else
		fail(err, ERR_INPUT, "%s: not a YAML document", name);
}

static struct fy_document *parse(const char *name, const char *text, size_t n, struct err *err)
{
	struct fy_diag_cfg diag_cfg;

	if (strspn(text, " \t\r\n") >= n) {
		fail(err, ERR_INPUT, "%s: the file is empty", name);
		return NULL;
	}
	fy_diag_cfg_default(&diag_cfg);
	struct fy_diag *diag = fy_diag_create(&diag_cfg);
	fy_diag_set_collect_errors(diag, true);
	struct fy_parse_cfg cfg = { .flags = FYPCF_RESOLVE_DOCUMENT, .diag = diag };
	struct fy_document *doc = fy_document_build_from_string(&cfg, text, n);

	if (!doc)
		first_complaint(diag, name, err);
	fy_diag_destroy(diag);
	return doc;
}

static struct conf *conf_new(const char *name)
{
	struct conf *c = calloc(1, sizeof(*c));
	const struct buf whole = { 0 };

	if (!c)
		abort();
	c->name = strdup(name);
	remember(c, &whole, NULL);
	c->places[0].line = c->places[0].column = 1;
	return c;
}

struct conf *conf_of_packed(const char *name, const char *packed)
{
	struct conf *c = conf_new(name);

	c->root = conf_unpack(packed);
	return c;
}

struct conf *conf_parse(const char *name, const char *text, size_t n, struct err *err)
{
	struct fy_document *doc = parse(name, text, n, err);

	if (!doc)
		return NULL;
	struct conf *c = conf_new(name);
	AUTO_BUF pointer = { 0 };
	c->root = convert(c, fy_document_root(doc), &pointer, 0);
	fy_document_destroy(doc);
	return c;
}

struct conf *conf_load(const char *path, struct err *err)
{
	AUTO(char) char *text = NULL;
	size_t n;
	const char *slash = strrchr(path, '/');

	if (!file_read(path, FILE_LIMIT, &text, &n, err))
		return NULL;
	return conf_parse(slash ? slash + 1 : path, text, n, err);
}

void conf_free(struct conf *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		free(c->places[i].pointer);
	free(c->places);
	free(c->name);
	json_decref(c->root);
	free(c);
}

json_t *conf_root(struct conf *c)
{
	return c->root;
}

void conf_where(const struct conf *c, const char *pointer, struct buf *ret)
{
	const struct place *best = &c->places[0];

	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->places[i].pointer, pointer))
			best = &c->places[i];
	buf_printf(ret, "%s:%d:%d", c->name, best->line, best->column);
}

bool conf_fail(struct conf *c, const char *pointer, struct err *err, const char *fmt, ...)
{
	AUTO_BUF text = { 0 };
	va_list ap;

	conf_where(c, pointer, &text);
	buf_str(&text, ": ");
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	return fail(err, ERR_INPUT, "%s", text.p);
}
