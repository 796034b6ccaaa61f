/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/program/record-scrub.h"

#include "idp-sim/base/arena.h"
#include "idp-sim/base/rng.h"

#include <ctype.h>
#include <string.h>

#define B64URL "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

enum { SHORTEST_CODE = 4, SHORTEST_SECRET = 6, UNMISTAKABLE = 8 };

struct pair {
	const char *member; /* "email": only as the value of that JSON member; NULL: anywhere */
	const char *from, *to;
	size_t n;
	bool secret, whole; /* whole: a word */
};

struct scrub {
	struct arena *arena;
	struct pair *pairs; /* the longest first */
	size_t n;
	struct rng rng;
};

struct scrub *scrub_new(void)
{
	struct scrub *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->arena = arena_new();
	return s;
}

void scrub_free(struct scrub *s)
{
	if (!s)
		return;
	arena_free(s->arena);
	free(s->pairs);
	free(s);
}

/* ---- what is replaced ---- */

static void add(struct scrub *s, struct pair p)
{
	size_t at = 0;

	p.n = strlen(p.from);
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->pairs[i].from, p.from) && !s->pairs[i].member == !p.member &&
		    (!p.member || !strcmp(s->pairs[i].member, p.member)))
			return;
	s->pairs = realloc(s->pairs, (s->n + 1) * sizeof(*s->pairs));
	if (!s->pairs)
		abort();
	while (at < s->n && s->pairs[at].n >= p.n)
		at++;
	memmove(s->pairs + at + 1, s->pairs + at, (s->n - at) * sizeof(*s->pairs));
	p.from = arena_str(s->arena, p.from);
	p.to = arena_str(s->arena, p.to);
	s->pairs[at] = p;
	s->n++;
}

/* As it stands, and as it stands in a URL. */
static void add_all(struct scrub *s, struct pair p)
{
	static void (*const encodings[])(struct buf *, const char *, size_t) = { buf_form,
										 buf_percent };
	struct pair encoded = p;

	add(s, p);
	for (size_t i = 0; i < ARRAY_LEN(encodings); i++) {
		AUTO_BUF from = { 0 };
		AUTO_BUF to = { 0 };
		encodings[i](&from, p.from, strlen(p.from));
		encodings[i](&to, p.to, strlen(p.to));
		encoded.from = from.p;
		encoded.to = to.p ? to.p : "";
		add(s, encoded);
	}
}

void scrub_word(struct scrub *s, const char *word, const char *other, bool secret)
{
	if (word && *word && other && strcmp(word, other) != 0)
		add_all(s,
			(struct pair) { .from = word,
					.to = other,
					.secret = secret,
					.whole = !secret || strlen(word) < SHORTEST_SECRET });
}

/* One of the same alphabet and length. */
static const char *alike(struct scrub *s, const char *text)
{
	static const char *const kinds[] = { "0123456789", "abcdefghijklmnopqrstuvwxyz",
					     "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789abcdef" };
	char *other = arena_str(s->arena, text);
	size_t n = strlen(text);
	bool hex = n >= 16 && !text[strspn(text, "0123456789abcdef-.")];

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		char drawn[2];
		if (!isalnum(c))
			continue;
		rng_text(&s->rng,
			 kinds[hex	    ? 3
			       : isdigit(c) ? 0
			       : islower(c) ? 1
					    : 2],
			 1, drawn);
		other[i] = *drawn;
	}
	return other;
}

void scrub_code(struct scrub *s, const char *code)
{
	if (!code || strlen(code) < SHORTEST_CODE || !strncmp(code, "eyJ", 3))
		return;
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->pairs[i].from, code) || !strcmp(s->pairs[i].to, code))
			return;
	add_all(s, (struct pair) { .from = code, .to = alike(s, code), .secret = true });
}

/* Has the word a meaning of its own already? A subject may be an id or a login name. */
static bool is_known(const struct scrub *s, const char *word)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->pairs[i].member && !strcmp(s->pairs[i].from, word))
			return true;
	return false;
}

/* A list, of groups perhaps, tells of the organisation too. */
static void scrub_list(struct scrub *s, const char *name, const json_t *list, json_t *ret)
{
	json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
		if (json_is_string(item))
			scrub_word(s, json_string_value(item),
				   alike(s, json_string_value(item)), false);
	json_array_append_new(ret, json_string(name));
}

void scrub_person(struct scrub *s, const json_t *claims, const json_t *person, json_t *ret)
{
	const char *name;
	json_t *instead;

	json_object_foreach((json_t *)person, name, instead) {
		const char *value = json_string_value(json_object_get(claims, name));
		const char *other = json_string_value(instead);
		if (json_is_array(json_object_get(claims, name)))
			scrub_list(s, name, json_object_get(claims, name), ret);
		if (value && !other)
			json_array_append_new(ret, json_string(name));
		if (!value || (other && !strcmp(value, other)) || is_known(s, value))
			continue;
		if (!other)
			other = alike(s, value);
		add(s, (struct pair) { .member = arena_str(s->arena, name),
				       .from = value,
				       .to = other });
		if (strchr(value, '@') || strlen(value) >= UNMISTAKABLE)
			scrub_word(s, value, other, false);
	}
}

/* ---- replacing ---- */

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* "%2Fplatform" begins a word behind the escape. */
static bool begins_word(const char *text, const char *at)
{
	return at == text || !in_word(at[-1]) ||
	       (at - text >= 3 && at[-3] == '%' && isxdigit((unsigned char)at[-2]) &&
		isxdigit((unsigned char)at[-1]));
}

/* The length of `"member" : "` at `at`, or 0. */
static size_t opens_member(const char *at, const char *member)
{
	size_t n = strlen(member);
	const char *p = at;

	if (*p++ != '"' || strncmp(p, member, n) != 0 || p[n] != '"')
		return 0;
	p += n + 1;
	p += strspn(p, " :");
	return *p == '"' ? (size_t)(p - at) + 1 : 0;
}

/* Writes what stands in place of the text at `at`; returns how much of it is done. */
static size_t put_pair(const struct scrub *s, struct buf *out, const char *text, const char *at)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct pair *p = &s->pairs[i];
		size_t skip = p->member ? opens_member(at, p->member) : 0;
		const char *end = at + skip + p->n;
		if (p->member && !skip)
			continue;
		if (strncmp(at + skip, p->from, p->n) != 0 || (p->member && *end != '"') ||
		    (p->whole && (!begins_word(text, at) || in_word(*end))))
			continue;
		buf_add(out, at, skip);
		buf_str(out, p->to);
		return skip + p->n;
	}
	return 0;
}

/* The text of a part of a JWT when it is a JSON object; the caller frees it. */
static char *part_text(const char *part, size_t n)
{
	char *text = malloc(n + 4);
	long size = text ? b64_decode(part, n, (unsigned char *)text) : -1;

	if (size > 0 && *text == '{') {
		text[size] = 0;
		return text;
	}
	free(text);
	return NULL;
}

/* "eyJ...": header and claims stay, what proves them does not. */
static size_t put_token(struct scrub *s, struct buf *out, const char *token)
{
	size_t total = 0;

	for (int part = 0;; part++) {
		const char *at = token + total;
		size_t n = strspn(at, B64URL);
		AUTO(char) char *text = part < 2 ? part_text(at, n) : NULL;
		AUTO_BUF plain = { 0 };
		if (text) {
			scrub_put(s, &plain, text);
			buf_b64url(out, plain.p, plain.n);
		} else {
			const char *piece = arena_dup(s->arena, at, n);
			scrub_code(s, piece);
			if (!put_pair(s, out, piece, piece))
				buf_str(out, piece);
		}
		total += n;
		if (token[total] != '.')
			return total;
		buf_char(out, token[total++]);
	}
}

void scrub_put(struct scrub *s, struct buf *out, const char *text)
{
	for (const char *at = text; *at;) {
		bool token = !strncmp(at, "eyJ", 3) &&
			     (at == text || !in_word(at[-1]) || begins_word(text, at));
		size_t n = token ? put_token(s, out, at) : put_pair(s, out, text, at);
		if (!n)
			buf_char(out, *at);
		at += n ? n : 1;
	}
}

/* "Basic ...": the pair inside. */
static json_t *scrub_basic(struct scrub *s, const char *pair)
{
	AUTO(char) char *text = calloc(1, strlen(pair) + 4);
	AUTO_BUF plain = { 0 };
	AUTO_BUF out = { 0 };

	if (!text || b64_decode(pair, strlen(pair), (unsigned char *)text) <= 0)
		return json_sprintf("Basic %s", pair);
	scrub_put(s, &plain, text);
	buf_str(&out, "Basic ");
	buf_b64(&out, plain.p, plain.n);
	return json_string(out.p);
}

json_t *scrub_tree(struct scrub *s, const json_t *v)
{
	const char *key, *text = json_string_value(v);
	json_t *value;
	size_t i;

	if (text && !strncmp(text, "Basic ", 6))
		return scrub_basic(s, text + 6);
	if (text) {
		AUTO_BUF out = { 0 };
		scrub_put(s, &out, text);
		return json_string(out.p ? out.p : "");
	}
	json_t *copy = json_deep_copy(v);
	if (json_is_object(copy))
		json_object_foreach(copy, key, value)
			json_object_set_new(copy, key, scrub_tree(s, value));
	json_array_foreach(copy, i, value)
		json_array_set_new(copy, i, scrub_tree(s, value));
	return copy;
}

const char *scrub_leak(const struct scrub *s, const char *text)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->pairs[i].secret && s->pairs[i].n >= SHORTEST_SECRET &&
		    strstr(text, s->pairs[i].from))
			return s->pairs[i].from;
	return NULL;
}

void tokens_in(const char *text, void (*see)(void *ctx, const json_t *claims), void *ctx)
{
	for (const char *at = text; (at = strstr(at, "eyJ"));) {
		const char *dot = at + strspn(at, B64URL);
		size_t n = *dot == '.' ? strspn(dot + 1, B64URL) : 0;
		AUTO(char) char *claims = n ? part_text(dot + 1, n) : NULL;
		AUTO(json_t) json_t *o = claims ? json_loads(claims, 0, NULL) : NULL;
		if (o)
			see(ctx, o);
		at = dot + n;
	}
}
