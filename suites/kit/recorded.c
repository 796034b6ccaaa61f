/* SPDX-License-Identifier: Apache-2.0 */
/* recorded.c - where a request ends, and what it says; see recorded.h. */
#include "suites/kit/recorded.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

struct span {
	const char *p;
	size_t n;
};

/* The next line without its end; *at moves behind it. False when no line feed is left. */
static bool next_line(const char *p, size_t n, size_t *at, struct span *ret)
{
	const char *lf = *at < n ? memchr(p + *at, '\n', n - *at) : NULL;

	if (!lf)
		return false;
	*ret = (struct span) { p + *at, (size_t)(lf - p) - *at };
	*at = (size_t)(lf - p) + 1;
	if (ret->n > 0 && ret->p[ret->n - 1] == '\r')
		ret->n--;
	return true;
}

/* Length of the head with its empty line, 0 when it is not complete. Empty lines before the
 * request line are part of it (RFC 9112, 2.2). */
static size_t head_length(const char *p, size_t n)
{
	struct span line;
	size_t at = 0;
	bool begun = false;

	while (next_line(p, n, &at, &line)) {
		if (line.n == 0 && begun)
			return at;
		begun = begun || line.n > 0;
	}
	return 0;
}

static struct span field_value(struct span line)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct span v = { line.p + line.n, 0 };

	if (!colon)
		return v;
	v.p = colon + 1;
	v.n = line.n - (size_t)(v.p - line.p);
	while (v.n > 0 && (*v.p == ' ' || *v.p == '\t')) {
		v.p++;
		v.n--;
	}
	while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t'))
		v.n--;
	return v;
}

static bool name_is(struct span line, const char *name)
{
	size_t n = strlen(name);

	return line.n > n && line.p[n] == ':' && strncasecmp(line.p, name, n) == 0;
}

enum framing { NO_BODY, BY_LENGTH, BY_CHUNKS, UNREADABLE };

static bool all_digits(struct span v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!isdigit((unsigned char)v.p[i]))
			return false;
	return v.n > 0 && v.n < 12;
}

/* Chunks win over a length (RFC 9112, 6.3). */
static enum framing body_framing(const char *head, size_t n, size_t *ret_length)
{
	enum framing found = NO_BODY;
	struct span line;
	size_t at = 0;

	while (next_line(head, n, &at, &line)) {
		struct span v = field_value(line);

		if (name_is(line, "Transfer-Encoding")) {
			if (v.n == 7 && strncasecmp(v.p, "chunked", 7) == 0)
				return BY_CHUNKS;
			found = UNREADABLE;
		}
		if (name_is(line, "Content-Length") && found != UNREADABLE) {
			if (!all_digits(v))
				return UNREADABLE;
			found = BY_LENGTH;
			*ret_length = strtoul(v.p, NULL, 10);
		}
	}
	return found;
}

/* Walks over chunks from `at`; data goes to each() when it is not NULL. */
static enum recorded_state scan_chunks(const char *p, size_t n, size_t *at,
				       void (*each)(void *ctx, const char *p, size_t n),
				       void *ctx, size_t *ret_trailers)
{
	struct span line;

	for (;;) {
		unsigned long size;
		char *end;

		if (!next_line(p, n, at, &line))
			return RECORDED_MORE;
		if (line.n == 0 || !isxdigit((unsigned char)line.p[0]))
			return RECORDED_BAD;
		size = strtoul(line.p, &end, 16);
		if (size > (1UL << 30))
			return RECORDED_BAD;
		if (size == 0)
			break;
		if (n - *at < size + 2)
			return RECORDED_MORE;
		if (each)
			each(ctx, p + *at, size);
		*at += size;
		if (!next_line(p, n, at, &line))
			return RECORDED_MORE;
		if (line.n != 0)
			return RECORDED_BAD;
	}
	*ret_trailers = *at;
	while (next_line(p, n, at, &line))
		if (line.n == 0)
			return RECORDED_DONE;
	return RECORDED_MORE;
}

static bool is_request_line(const char *p, size_t n)
{
	struct span line = { p, 0 };
	size_t at = 0;

	while (next_line(p, n, &at, &line) && line.n == 0)
		;
	return line.n > 9 && memmem(line.p, line.n, " HTTP/1.", 8) != NULL;
}

enum recorded_state recorded_scan(const char *p, size_t n, size_t *ret_head, size_t *ret_len)
{
	size_t head = head_length(p, n), length = 0, at = head, trailers;

	*ret_head = head;
	*ret_len = n;
	if (head == 0)
		return RECORDED_MORE;
	if (!is_request_line(p, head))
		return RECORDED_BAD;
	switch (body_framing(p, head, &length)) {
	case UNREADABLE:
		return RECORDED_BAD;
	case NO_BODY:
	case BY_LENGTH:
		*ret_len = head + length;
		return n >= *ret_len ? RECORDED_DONE : RECORDED_MORE;
	case BY_CHUNKS:
		break;
	}
	enum recorded_state state = scan_chunks(p, n, &at, NULL, NULL, &trailers);
	if (state == RECORDED_DONE)
		*ret_len = at;
	return state;
}

struct growing {
	char *p;
	size_t n;
};

static void append(void *ctx, const char *p, size_t n)
{
	struct growing *g = ctx;

	memcpy(g->p + g->n, p, n);
	g->n += n;
}

static struct recorded_line *fill_lines(struct arena *a, const char *p, size_t n, size_t *ret_n)
{
	struct recorded_line *lines;
	struct span line;
	size_t at = 0, count = 0;

	while (next_line(p, n, &at, &line) && line.n > 0)
		count++;
	lines = arena_alloc(a, (count + 1) * sizeof(*lines));
	at = *ret_n = 0;
	while (next_line(p, n, &at, &line) && line.n > 0) {
		struct recorded_line *l = &lines[(*ret_n)++];
		const char *colon = memchr(line.p, ':', line.n);
		struct span v = field_value(line);

		l->raw = arena_dup(a, line.p, line.n);
		l->raw_len = line.n;
		l->name = arena_dup(a, line.p, colon ? (size_t)(colon - line.p) : line.n);
		l->value = arena_dup(a, v.p, v.n);
	}
	return lines;
}

static void fill_request_line(struct arena *a, struct span line, struct recorded *q)
{
	const char *first = memchr(line.p, ' ', line.n);
	const char *last = memrchr(line.p, ' ', line.n);

	if (!first || first == last) {
		q->malformed = true;
		q->target = arena_dup(a, line.p, line.n);
		return;
	}
	q->method = arena_dup(a, line.p, (size_t)(first - line.p));
	q->target = arena_dup(a, first + 1, (size_t)(last - first - 1));
	q->version = arena_dup(a, last + 1, line.n - (size_t)(last + 1 - line.p));
}

static void fill_body(struct arena *a, const char *p, size_t n, struct recorded *q)
{
	size_t length = 0, at = q->head_len, trailers = n;
	struct growing body = { arena_alloc(a, n + 1), 0 };

	if (body_framing(p, q->head_len, &length) == BY_CHUNKS) {
		enum recorded_state s = scan_chunks(p, n, &at, append, &body, &trailers);

		q->complete = s == RECORDED_DONE;
		q->trailers = fill_lines(a, p + trailers, n - trailers, &q->n_trailers);
	} else {
		append(&body, p + q->head_len, n - q->head_len);
		q->complete = body.n >= length;
	}
	q->body = body.p;
	q->body_len = body.n;
}

void recorded_fill(struct arena *a, const char *p, size_t n, struct recorded *ret)
{
	struct recorded q = { .method = "", .target = "", .version = "", .body = "" };
	struct span line = { p, 0 };
	size_t at = 0, len, head;

	q.raw = arena_dup(a, p, n);
	q.raw_len = n;
	q.malformed = recorded_scan(p, n, &head, &len) == RECORDED_BAD || head == 0;
	q.head_len = head;
	while (next_line(p, n, &at, &line) && line.n == 0)
		;
	if (at == 0)
		line.n = n;
	fill_request_line(a, line, &q);
	if (head > at)
		q.lines = fill_lines(a, p + at, head - at, &q.n_lines);
	if (head > 0)
		fill_body(a, p, n, &q);
	*ret = q;
}

const char *recorded_header(const struct recorded *q, const char *name)
{
	for (size_t i = 0; i < q->n_lines; i++)
		if (strcasecmp(q->lines[i].name, name) == 0)
			return q->lines[i].value;
	return NULL;
}

size_t recorded_count(const struct recorded *q, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n_lines; i++)
		n += strcasecmp(q->lines[i].name, name) == 0;
	return n;
}

/* Compares letters and digits only; `whole`: both must end together, else b may be longer. */
static bool folds_to(const char *b, const char *a, bool whole)
{
	for (;; a++, b++) {
		while (*a && !isalnum((unsigned char)*a))
			a++;
		while (*b && !isalnum((unsigned char)*b))
			b++;
		if (!*a)
			return !whole || !*b;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
	}
}

static const struct recorded_line *nth_folding(const struct recorded *q, const char *name,
					       bool whole, size_t n)
{
	for (size_t i = 0; i < q->n_lines + q->n_trailers; i++) {
		const struct recorded_line *l =
			i < q->n_lines ? &q->lines[i] : &q->trailers[i - q->n_lines];

		if (folds_to(l->name, name, whole) && n-- == 0)
			return l;
	}
	return NULL;
}

const struct recorded_line *recorded_alias(const struct recorded *q, const char *name, size_t n)
{
	return nth_folding(q, name, true, n);
}

const struct recorded_line *recorded_family(const struct recorded *q, const char *prefix,
					    size_t n)
{
	return nth_folding(q, prefix, false, n);
}

bool recorded_holds(const struct recorded *q, const char *bytes)
{
	return memmem(q->raw, q->raw_len, bytes, strlen(bytes)) != NULL;
}

bool recorded_list_has(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; p && *p; p += strcspn(p, ","), p += *p == ',') {
		p += strspn(p, " \t");
		if (strncasecmp(p, word, n) == 0 && strchr(" \t,", p[n]))
			return true;
	}
	return false;
}
