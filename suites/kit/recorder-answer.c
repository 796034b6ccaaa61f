/* SPDX-License-Identifier: Apache-2.0 */
/* recorder-answer.c - see recorder-answer.h. */
#include "suites/kit/recorder-answer.h"

#include "idp-sim/base/url.h"
#include "idp-sim/base/wire.h"

#include <string.h>

enum { FORWARD_MS = 30000 };

static char *copy(const char *s, size_t n)
{
	char *p = s ? malloc(n + 1) : NULL;

	if (s && !p)
		abort();
	if (p) {
		memcpy(p, s, n);
		p[n] = 0;
	}
	return p;
}

static char *copy_str(const char *s)
{
	return copy(s, s ? strlen(s) : 0);
}

void recorder_answer_copy(struct recorder_answer *to, const struct recorder_answer *from)
{
	*to = *from;
	if (from->raw && !from->raw_len)
		to->raw_len = strlen(from->raw);
	to->headers = copy_str(from->headers);
	to->body = copy_str(from->body);
	to->raw = copy(from->raw, to->raw_len);
	to->only = copy_str(from->only);
}

void recorder_answer_done(struct recorder_answer *a)
{
	free((char *)a->headers);
	free((char *)a->body);
	free((char *)a->raw);
	free((char *)a->only);
	*a = (struct recorder_answer) { 0 };
}

static bool has_field(const char *lines, const char *name)
{
	return lines && strcasestr(lines, name) != NULL;
}

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} known[] = {
		{ 101, "Switching Protocols" }, { 200, "OK" },
		{ 204, "No Content" },		{ 302, "Found" },
		{ 304, "Not Modified" },	{ 401, "Unauthorized" },
		{ 403, "Forbidden" },		{ 404, "Not Found" },
		{ 429, "Too Many Requests" },	{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].status == status)
			return known[i].reason;
	return "Status";
}

void recorder_answer_canned(const struct recorder_answer *a, const struct recorded *q,
			    struct buf *out)
{
	int status = a->status ? a->status : 200;
	size_t n = a->body ? strlen(a->body) : 0;

	if (a->raw) {
		buf_add(out, a->raw, a->raw_len);
		return;
	}
	buf_printf(out, "HTTP/1.1 %d %s\r\n", status, reason(status));
	bool may_have_body = status >= 200 && status != 204 && status != 304;
	if (may_have_body && !has_field(a->headers, "Content-Length:") &&
	    !has_field(a->headers, "Transfer-Encoding:"))
		buf_printf(out, "Content-Length: %zu\r\n", n);
	buf_str(out, a->headers);
	buf_str(out, "\r\n");
	if (may_have_body && strcmp(q->method, "HEAD") != 0)
		buf_str(out, a->body);
}

void recorder_answer_forwarded(const struct recorded *q, const char *forward, struct buf *out)
{
	AUTO_ANSWER answer = { 0 };
	struct err err = { 0 };
	struct url url;
	struct wire_to to = { .timeout_ms = FORWARD_MS,
			      .no_body = strcmp(q->method, "HEAD") == 0 };

	if (url_parse(forward, &url, &err)) {
		to.host = url.host;
		to.port = url.port;
		if (wire_exchange(&to, q->raw, q->raw_len, &answer, &err) && answer.status) {
			buf_add(out, answer.raw, answer.raw_len);
			return;
		}
	}
	buf_printf(out, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: %zu\r\n\r\nrecorder: %s",
		   strlen(err.text) + strlen("recorder: "), err.text);
}
