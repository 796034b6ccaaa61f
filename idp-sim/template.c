/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/template.h"

#include <stdlib.h>
#include <string.h>

enum op_kind {
	OP_LINE, /* what is left out as one begins; `next` is where the following one does */
	OP_TEXT,
	OP_VALUE,
	OP_IF,
	OP_UNLESS,
};

struct op {
	enum op_kind kind;
	bool optional; /* VALUE: absent leaves out the line */
	bool quoted;   /* VALUE: stands between the quotes of a JSON string */
	bool closes;   /* LINE: begins with } or ] */
	const char *s; /* TEXT; else the argument of the slot */
	size_t n, next;
	const struct slot *slot;
};

struct template
{
	enum text_kind kind;
	struct op *ops;
	size_t n;
	const char *literal; /* the whole text, when it is always the same; NULL: it is not */
};

/* ---- compiling ---- */

struct compiler {
	struct arena *arena;
	struct template *t;
	const char *at;
	size_t cap;
	bool quoted;
	struct err *err;
};

static struct op *add_op(struct compiler *c, enum op_kind kind)
{
	struct template *t = c->t;

	if (t->n == c->cap) {
		c->cap = c->cap ? 2 * c->cap : 16;
		t->ops = realloc(t->ops, c->cap * sizeof(*t->ops));
		if (!t->ops)
			abort();
	}
	t->ops[t->n] = (struct op) { .kind = kind };
	return &t->ops[t->n++];
}

/* Follows the quotes of JSON over literal text. */
static void follow_quotes(struct compiler *c, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\' && c->quoted)
			i++;
		else if (s[i] == '"')
			c->quoted = !c->quoted;
	}
}

static void add_text(struct compiler *c, const char *end)
{
	struct op *op;

	if (end == c->at)
		return;
	op = add_op(c, OP_TEXT);
	op->s = c->at;
	op->n = (size_t)(end - c->at);
	if (c->t->kind == TEXT_JSON)
		follow_quotes(c, op->s, op->n);
	c->at = end;
}

/* One placeholder; c->at stands behind its "${". */
static bool add_value(struct compiler *c)
{
	const char *end = strchr(c->at, '}');
	enum op_kind kind = OP_VALUE;
	const char *name = c->at;
	struct op *op;
	size_t n;

	if (!end)
		return fail(c->err, ERR_INPUT, "'${' without '}'");
	n = (size_t)(end - name);
	if (n > 3 && !strncmp(name, "if ", 3))
		kind = OP_IF, name += 3, n -= 3;
	else if (n > 7 && !strncmp(name, "unless ", 7))
		kind = OP_UNLESS, name += 7, n -= 7;
	op = add_op(c, kind);
	op->optional = n && name[n - 1] == '?';
	if (op->optional)
		n--;
	op->quoted = c->quoted;
	op->slot = slot_find(name, n, &op->s);
	if (!op->slot)
		return fail(c->err, ERR_INPUT, "unknown placeholder '${%.*s}'", (int)n, name);
	if (op->s)
		op->s = arena_dup(c->arena, op->s, n - (size_t)(op->s - name));
	c->at = end + 1;
	return true;
}

static bool compile_line(struct compiler *c, const char *end)
{
	while (c->at < end) {
		const char *brace = memmem(c->at, (size_t)(end - c->at), "${", 2);

		add_text(c, brace ? brace : end);
		if (!brace)
			break;
		c->at += 2;
		if (!add_value(c))
			return false;
	}
	return true;
}

static bool compile(struct compiler *c)
{
	bool joined = c->t->kind == TEXT_JSON || c->t->kind == TEXT_QUERY;
	size_t line, last = SIZE_MAX;

	while (*c->at) {
		const char *end = strchr(c->at, '\n');
		const char *next = end ? end + 1 : c->at + strlen(c->at);

		if (joined)
			c->at += strspn(c->at, " \t");
		if (!end || !joined)
			end = next;
		line = c->t->n;
		add_op(c, OP_LINE);
		c->t->ops[line].closes = *c->at == '}' || *c->at == ']';
		if (!compile_line(c, end))
			return false;
		if (last != SIZE_MAX)
			c->t->ops[last].next = line;
		last = line;
		c->at = next;
	}
	if (last != SIZE_MAX)
		c->t->ops[last].next = c->t->n;
	return true;
}

/* ---- merging: what is asked once for a line and the next is not asked twice ---- */

static bool is_condition(const struct op *op)
{
	return op->kind == OP_IF || op->kind == OP_UNLESS;
}

/* How many conditions stand before anything else of the line. */
static size_t conditions(const struct op *line, const struct op *end)
{
	size_t n = 0;

	while (line + 1 + n < end && is_condition(&line[1 + n]))
		n++;
	return n;
}

/* Does nothing but its first conditions leave it out? */
static bool is_whole(const struct op *first, const struct op *end)
{
	for (; first < end; first++)
		if (is_condition(first) || first->optional)
			return false;
	return true;
}

static bool same_conditions(const struct op *line, const struct op *other, size_t n)
{
	for (size_t i = 1; i <= n; i++) {
		const struct op *a = &line[i], *b = &other[i];

		if (a->kind != b->kind || a->slot != b->slot || a->optional != b->optional ||
		    strcmp(a->s ? a->s : "", b->s ? b->s : "") != 0)
			return false;
	}
	return true;
}

/* Makes one text of several. */
static void join_texts(struct arena *a, struct op *first, const struct op *end)
{
	size_t n = 0;

	for (const struct op *op = first; op < end; op++)
		n += op->n;
	char *text = arena_alloc(a, n + 1), *to = text;
	for (const struct op *op = first; op < end; op++) {
		memcpy(to, op->s, op->n);
		to += op->n;
	}
	first->s = text;
	first->n = n;
}

/* Texts have come to stand side by side. Returns how many ops are left. */
static size_t join_all_texts(struct arena *a, struct op *ops, size_t n)
{
	size_t to = 0;

	for (size_t i = 0, end; i < n; i = end, to++) {
		end = i + 1;
		while (ops[i].kind == OP_TEXT && end < n && ops[end].kind == OP_TEXT)
			end++;
		if (end > i + 1)
			join_texts(a, &ops[i], &ops[end]);
		ops[to] = ops[i];
	}
	return to;
}

static void point_to_next(struct op *ops, size_t n)
{
	size_t next = n;

	while (n--)
		if (ops[n].kind == OP_LINE) {
			ops[n].next = next;
			next = n;
		}
}

static void merge(struct arena *a, struct template *t)
{
	size_t to = 0, last_n = 0;
	struct op *last = NULL; /* the line that others may join, with last_n conditions */

	for (size_t i = 0, next; i < t->n; i = next) {
		const struct op *line = &t->ops[i], *end = &t->ops[line->next];
		size_t n = conditions(line, end);
		bool whole = is_whole(line + 1 + n, end);

		next = line->next;
		if (last && whole && !line->closes && n == last_n &&
		    same_conditions(line, last, n))
			i += 1 + n;
		else
			last = whole ? &t->ops[to] : NULL;
		last_n = n;
		memmove(&t->ops[to], &t->ops[i], (next - i) * sizeof(*t->ops));
		to += next - i;
	}
	t->n = join_all_texts(a, t->ops, to);
	point_to_next(t->ops, t->n);
}

struct template *template_new(struct arena *a, const char *text, enum text_kind kind,
			      struct err *err)
{
	struct template *t = arena_alloc(a, sizeof(*t));
	struct compiler c = { .arena = a, .t = t, .at = arena_str(a, text), .err = err };
	size_t n = strlen(text);

	t->kind = kind;
	/* A literal block of YAML ends with a line break that is not meant. */
	if (kind != TEXT_HTML && n && text[n - 1] == '\n')
		((char *)c.at)[n - 1] = '\0';
	bool good = compile(&c);
	if (good)
		merge(a, t);
	struct op *ops = t->ops;
	t->ops = arena_alloc(a, t->n * sizeof(*ops));
	if (t->n)
		memcpy(t->ops, ops, t->n * sizeof(*ops));
	free(ops);
	if (!good)
		return NULL;
	if (t->n == 2 && t->ops[1].kind == OP_TEXT && !t->ops[1].s[t->ops[1].n])
		t->literal = t->ops[1].s;
	return t;
}

/* ---- rendering ---- */

static void put_string(enum text_kind kind, bool quoted, const char *s, size_t n,
		       struct buf *out)
{
	if (kind == TEXT_JSON && quoted)
		buf_json_text(out, s, n);
	else if (kind == TEXT_JSON)
		buf_json(out, s, n);
	else if (kind == TEXT_HTML)
		buf_html(out, s);
	else if (kind == TEXT_QUERY)
		buf_form(out, s, n);
	else
		buf_add(out, s, n);
}

static void put_value(enum text_kind kind, bool quoted, const struct value *v, struct buf *out)
{
	switch (v->kind) {
	case VALUE_INT:
		buf_int(out, v->i);
		break;
	case VALUE_BOOL:
		buf_str(out, v->i ? "true" : "false");
		break;
	case VALUE_JSON:
		if (kind == TEXT_JSON && !quoted)
			buf_add(out, v->s, v->n);
		else if (kind == TEXT_HTML && !v->text) /* ready-made markup */
			buf_add(out, v->s, v->n);
		else
			put_string(kind, quoted, v->text ? v->text : v->s,
				   v->text ? strlen(v->text) : v->n, out);
		break;
	case VALUE_STRING:
		if (v->plain && (quoted || kind != TEXT_JSON))
			buf_add(out, v->s, v->n);
		else
			put_string(kind, quoted, v->s, v->n, out);
	}
}

static bool truthy(const struct value *v)
{
	switch (v->kind) {
	case VALUE_INT:
	case VALUE_BOOL:
		return v->i != 0;
	case VALUE_STRING:
		return v->n > 0;
	case VALUE_JSON:
		break;
	}
	return v->n > 0 && strcmp(v->s, "null") != 0 && strcmp(v->s, "false") != 0;
}

/* False: the line is to be left out. */
static bool put_op(const struct template *t, const struct op *op, struct exchange *x,
		   struct buf *out)
{
	struct value v = { 0 };
	bool there;

	if (op->kind == OP_TEXT) {
		buf_add(out, op->s, op->n);
		return true;
	}
	there = op->slot->get(x, op->s, &v);
	if (op->kind == OP_IF)
		return there && truthy(&v);
	if (op->kind == OP_UNLESS)
		return !(there && truthy(&v));
	if (there)
		put_value(t->kind, op->quoted, &v, out);
	else if (op->optional)
		return false;
	else if (t->kind == TEXT_JSON && !op->quoted)
		buf_str(out, "null");
	return true;
}

static void cut(struct buf *out, size_t n)
{
	out->n = n;
	if (out->p)
		out->p[n] = '\0';
}

void template_put(const struct template *t, struct exchange *x, struct buf *out)
{
	size_t start = out->n;
	size_t next = 0;

	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++) {
		const struct op *op = &t->ops[i];

		if (op->kind == OP_LINE) {
			start = out->n;
			next = op->next;
			if (op->closes && t->kind == TEXT_JSON && start &&
			    out->p[start - 1] == ',')
				cut(out, --start);
		} else if (!put_op(t, op, x, out)) {
			cut(out, start);
			i = next - 1;
		}
	}
}

const char *template_text(const struct template *t, struct exchange *x, struct arena *a)
{
	AUTO_BUF b = { .arena = a };

	if (t && t->literal)
		return t->literal;
	template_put(t, x, &b);
	return buf_keep(&b);
}

bool template_is_fixed(const struct template *t)
{
	for (size_t i = 0; t && i < t->n; i++)
		if (t->ops[i].slot && !slot_is_fixed(t->ops[i].slot))
			return false;
	return true;
}
