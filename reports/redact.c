/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redact.c - what must not leave is taken out of every string.
 */
#include "reports/redact.h"

#include "reports/redact-look.h"

#include <ctype.h>
#include <string.h>

enum { SHORTEST = 4, HEADS = 65536 };

struct needle {
	char *p;
	size_t n;
	size_t next; /* of those that begin with the same two bytes; 0 ends */
};

/* Needles are found by their first two bytes; place 0 is unused. */
struct redactor {
	struct needle *needles;
	size_t n, cap;
	size_t heads[HEADS];
};

static size_t head_of(const char *p)
{
	return (size_t)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

struct redactor *redactor_new(void)
{
	struct redactor *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->n = 1;
	return r;
}

void redactor_free(struct redactor *r)
{
	for (size_t i = 1; r && i < r->n; i++)
		free(r->needles[i].p);
	if (r)
		free(r->needles);
	free(r);
}

static bool is_known(const struct redactor *r, const char *p, size_t n)
{
	for (size_t i = r->heads[head_of(p)]; i; i = r->needles[i].next) {
		if (r->needles[i].n == n && memcmp(r->needles[i].p, p, n) == 0)
			return true;
	}
	return false;
}

static void add_needle(struct redactor *r, const char *p, size_t n)
{
	struct buf copy = { 0 };

	if (n < SHORTEST || is_known(r, p, n))
		return;
	if (r->n >= r->cap) {
		r->cap = r->cap ? r->cap * 2 : 64;
		r->needles = realloc(r->needles, r->cap * sizeof(*r->needles));
		if (!r->needles)
			abort();
	}
	buf_add(&copy, p, n);
	r->needles[r->n] = (struct needle) { buf_take(&copy), n, r->heads[head_of(p)] };
	r->heads[head_of(p)] = r->n++;
}

static void lower_escapes(struct buf *b)
{
	for (size_t i = 0; i + 2 < b->n; i++) {
		if (b->p[i] != '%')
			continue;
		b->p[i + 1] = (char)tolower((unsigned char)b->p[i + 1]);
		b->p[i + 2] = (char)tolower((unsigned char)b->p[i + 2]);
	}
}

/* Every byte percent-encoded, as who wants to be sure does. */
static void add_all_percent(struct redactor *r, const char *p, size_t n)
{
	AUTO_BUF b = { 0 };

	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%%%02X", (unsigned char)p[i]);
	add_needle(r, b.p, b.n);
	lower_escapes(&b);
	add_needle(r, b.p, b.n);
}

/* Percent-encoded, with either case of the digits; also as a form, where space is '+'. */
static void add_percent(struct redactor *r, const char *p, size_t n)
{
	AUTO_BUF percent = { 0 };
	AUTO_BUF form = { 0 };

	buf_percent(&percent, p, n);
	buf_form(&form, p, n);
	add_needle(r, percent.p, percent.n);
	add_needle(r, form.p, form.n);
	lower_escapes(&percent);
	lower_escapes(&form);
	add_needle(r, percent.p, percent.n);
	add_needle(r, form.p, form.n);
}

/* The letters of base64 that depend on the secret alone when `offset` bytes stand before it:
 * the first ones share bits with what is before, the last one with what is after. */
static void add_base64(struct redactor *r, const char *secret, size_t n, size_t offset)
{
	static const size_t skip[] = { 0, 2, 3 };
	AUTO_BUF plain = { 0 };
	AUTO_BUF b64 = { 0 };
	AUTO_BUF url = { 0 };
	size_t end = (offset + n) * 8 / 6;

	buf_add(&plain, "\0\0", offset);
	buf_add(&plain, secret, n);
	buf_b64(&b64, plain.p, plain.n);
	buf_b64url(&url, plain.p, plain.n);
	add_needle(r, b64.p + skip[offset], end - skip[offset]);
	add_needle(r, url.p + skip[offset], end - skip[offset]);
	add_percent(r, b64.p + skip[offset], end - skip[offset]);
	if (!offset)
		add_needle(r, b64.p, b64.n);
}

static void add_hex(struct redactor *r, const char *secret, size_t n)
{
	AUTO_BUF hex = { 0 };

	buf_hex(&hex, secret, n);
	add_needle(r, hex.p, hex.n);
	for (size_t i = 0; i < hex.n; i++)
		hex.p[i] = (char)toupper((unsigned char)hex.p[i]);
	add_needle(r, hex.p, hex.n);
}

/* Some write \u00F6, others \u00f6. */
static void lower_unicode(char *text)
{
	for (char *p = strstr(text, "\\u"); p; p = strstr(p + 2, "\\u")) {
		for (size_t i = 2; i < 6 && p[i]; i++)
			p[i] = (char)tolower((unsigned char)p[i]);
	}
}

/* As it stands within a JSON string; some writers escape the slash, some all but ASCII. */
static void add_json(struct redactor *r, const char *secret)
{
	static const size_t flags[] = { 0, JSON_ENSURE_ASCII, JSON_ESCAPE_SLASH,
					JSON_ENSURE_ASCII | JSON_ESCAPE_SLASH };
	json_t *s = json_string(secret);

	for (size_t i = 0; s && i < ARRAY_LEN(flags); i++) {
		char *text = json_dumps(s, JSON_ENCODE_ANY | flags[i]);

		if (text) {
			add_needle(r, text + 1, strlen(text) - 2);
			lower_unicode(text);
			add_needle(r, text + 1, strlen(text) - 2);
		}
		free(text);
	}
	json_decref(s);
}

void redactor_add(struct redactor *r, const char *secret)
{
	size_t end, from = secret ? secret_jwt(secret, &end) : 0;
	size_t n;

	if (!secret)
		return;
	secret += from;
	n = strlen(secret);
	if (n < SHORTEST)
		return;
	add_needle(r, secret, n);
	add_percent(r, secret, n);
	add_all_percent(r, secret, n);
	add_hex(r, secret, n);
	add_json(r, secret);
	for (size_t offset = 0; offset < 3; offset++)
		add_base64(r, secret, n, offset);
}

/* The longest needle at s, 0 when none. */
static size_t needle_at(const struct redactor *r, const char *s)
{
	size_t longest = 0;

	for (size_t i = s[0] ? r->heads[head_of(s)] : 0; i; i = r->needles[i].next) {
		const struct needle *k = &r->needles[i];

		if (k->n > longest && strncmp(s, k->p, k->n) == 0)
			longest = k->n;
	}
	return longest;
}

/* Takes one step over s: what is safe goes to b. Returns the length read; *hit says that
 * something was taken out. */
static size_t step(const struct redactor *r, struct buf *b, const char *start, const char *s,
		   bool *hit)
{
	size_t n = needle_at(r, s), len = 0, end = 0;

	*hit = true;
	if (n) {
		buf_str(b, REDACTED);
		return n;
	}
	n = secret_jwt(s, &end);
	if (n && end > n) {
		buf_add(b, s, n);
		buf_str(b, "\xe2\x80\xa6");
		return end;
	}
	n = secret_header(start, s);
	if (n)
		return secret_header_line(b, s, n);
	n = secret_value(start, s, &len);
	if (n && strncmp(s + n, REDACTED, len) != 0) {
		buf_add(b, s, n);
		buf_str(b, REDACTED);
		return n + len;
	}
	*hit = false;
	buf_char(b, *s);
	return 1;
}

const char *redact_text(const struct redactor *r, struct arena *a, const char *s)
{
	AUTO_BUF b = { 0 };
	bool any = false, hit;

	if (!s)
		return NULL;
	for (const char *p = s; *p;) {
		p += step(r, &b, s, p, &hit);
		any |= hit;
	}
	return any ? arena_dup(a, b.p, b.n) : s;
}

static void redact_at(const struct redactor *r, struct arena *a, const char **s)
{
	*s = redact_text(r, a, *s);
}

static void *copy_of(struct arena *a, const void *p, size_t n)
{
	void *copy = arena_alloc(a, n + 1);

	if (n)
		memcpy(copy, p, n);
	return copy;
}

void redact_result(const struct redactor *r, struct arena *a, struct result *res)
{
	res->checks = copy_of(a, res->checks, res->n_checks * sizeof(*res->checks));
	res->hops = copy_of(a, res->hops, res->n_hops * sizeof(*res->hops));
	redact_at(r, a, &res->title);
	redact_at(r, a, &res->reason);
	redact_at(r, a, &res->earlier);
	redact_at(r, a, &res->remedy);
	redact_at(r, a, &res->again);
	redact_at(r, a, &res->known);
	for (size_t i = 0; i < res->n_checks; i++) {
		redact_at(r, a, &res->checks[i].what);
		redact_at(r, a, &res->checks[i].want);
		redact_at(r, a, &res->checks[i].got);
	}
	for (size_t i = 0; i < res->n_hops; i++) {
		redact_at(r, a, &res->hops[i].text);
		redact_at(r, a, &res->hops[i].detail);
		redact_at(r, a, &res->hops[i].remark);
	}
}

void redact_results(const struct redactor *r, struct results *rs)
{
	const char *key;
	json_t *value;

	for (size_t i = 0; i < rs->n; i++)
		redact_result(r, rs->arena, &rs->items[i]);
	redact_at(r, rs->arena, &rs->target);
	redact_at(r, rs->arena, &rs->stopped);
	json_object_foreach(rs->provenance, key, value) {
		if (json_is_string(value))
			json_string_set(value,
					redact_text(r, rs->arena, json_string_value(value)));
	}
}
