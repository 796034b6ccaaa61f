/* SPDX-License-Identifier: Apache-2.0 */
/* gateway-raw.c - requests in raw bytes: tables, and how they are sent and judged. */
#include "suites/gateway.h"
#include "suites/kit/lab.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/url.h"

#include <string.h>

#define GET(target) "GET " target " HTTP/1.1\r\n{host}{token}{end}"
#define ADMIN(target) "GET " target " HTTP/1.1\r\n{host}{admin}{end}"
#define WITH(lines) "GET {ws} HTTP/1.1\r\n{host}" lines "{token}{end}"
#define OPEN(target)                                                                           \
	"GET " target " HTTP/1.1\r\n{host}{P}Principal-Id: evil\r\n{P}Authorized: "            \
	"true\r\n{end}"
#define POST(lines, body) "POST {ws}/projects HTTP/1.1\r\n{host}{token}" lines "\r\n" body
#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: x\r\n{P}Principal-Id: evil\r\n\r\n"
#define END                                                                                    \
	{                                                                                      \
		NULL, NULL, 0                                                                  \
	}

/* clang-format off */
const struct bytes raw_case[] = {
	BYTES("lower case", WITH("x-nmp-authorized: evil\r\nx-nmp-principal-id: evil\r\n")),
	BYTES("mixed case", WITH("X-nMp-PrInCiPaL-iD: evil\r\nx-NMP-aUTHORIZED: evil\r\n")),
	BYTES("upper case", WITH("X-NMP-PRINCIPAL-ON-BEHALF-OF: evil\r\n")),
	END
};
const struct bytes raw_twice[] = {
	BYTES("a header sent twice", WITH("{P}Principal-Id: evil1\r\n{P}Principal-Id: evil2\r\n")),
	BYTES("two headers sent twice", WITH("{P}Authorized: evil\r\n{P}Scopes: evil\r\n{P}Authorized: evil\r\n{P}Scopes: evil\r\n")),
	BYTES("a header with a list", WITH("{P}Principal-Groups: evil, evil\r\n")),
	END
};
const struct bytes raw_alias[] = {
	BYTES("underscores", WITH("X_NMP_Authorized: evil\r\nx_nmp_principal_id: evil\r\nX-NMP_Principal-Groups: evil\r\n")),
	BYTES("dots", WITH("X.NMP.Principal.Id: evil\r\n")),
	END
};
const struct bytes raw_unknown[] = {
	BYTES("names of the family that nobody listed", WITH("{P}Principal-Roles: evil\r\n{P}Foo: evil\r\n")),
	END
};
const struct bytes raw_odd_names[] = {
	BYTES("a blank before the colon", WITH("{P}Principal-Id : evil\r\n")),
	BYTES("a tab before the colon", WITH("{P}Principal-Id\t: evil\r\n")),
	BYTES("a line that goes on", WITH("X-Foo: a\r\n {P}Principal-Id: evil\r\n")),
	BYTES("a blank at the first line", "GET {ws} HTTP/1.1\r\n {P}Principal-Id: evil\r\n{host}{token}{end}"),
	BYTES("a zero in the name", WITH("X-NMP-Principal-Id\0: evil\r\n")),
	BYTES("no colon", WITH("{P}Principal-Id evil\r\n")),
	END
};
const struct bytes raw_line_breaks[] = {
	BYTES("a bare line feed", WITH("X-Foo: a\n{P}Principal-Id: evil\r\n")),
	BYTES("a bare carriage return", WITH("X-Foo: a\r{P}Principal-Id: evil\r\n")),
	END
};
const struct bytes raw_connection[] = {
	BYTES("Connection lists the identity", "GET {ws} HTTP/1.1\r\n{host}{token}Connection: close, {P}Authorized, {P}Principal-Id, {P}Scopes\r\n\r\n"),
	BYTES("Connection lists one of the spoofed", "GET {ws} HTTP/1.1\r\n{host}{spoof}{token}Connection: close, {P}Principal-On-Behalf-Of\r\n\r\n"),
	BYTES("Proxy-Connection lists the identity", WITH("Proxy-Connection: {P}Authorized\r\nKeep-Alive: x\r\nTE: trailers\r\n")),
	END
};
const struct bytes raw_trailers[] = {
	BYTES("identity in the trailer section", POST("Transfer-Encoding: chunked\r\nTrailer: {P}Principal-Id\r\nConnection: close\r\n", "3\r\nabc\r\n0\r\n{P}Principal-Id: evil\r\n{P}Authorized: evil\r\n\r\n")),
	END
};
const struct bytes raw_upgrade[] = {
	BYTES("an upgrade to HTTP/2", "GET {ws} HTTP/1.1\r\n{host}{token}Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n"),
	END
};
const struct bytes raw_tunnel[] = {
	BYTES("a WebSocket without a token", "GET {ws} HTTP/1.1\r\n{host}{spoof}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"),
	END
};
const struct bytes raw_many_lines[] = {
	BYTES("identity behind ninety other headers", WITH("{many}{spoof}")),
	END
};
const struct bytes raw_internal[] = {
	BYTES("/internal", ADMIN("/internal")),
	BYTES("/internal/", ADMIN("/internal/")),
	BYTES("the bundle below /internal", ADMIN("/internal/iam/opa-bundle.tar.gz")),
	BYTES("/internal with a query", ADMIN("/internal?x=1")),
	END
};
const struct bytes raw_internal_spelled[] = {
	BYTES("//internal/x", ADMIN("//internal/x")),
	BYTES("///internal/x", ADMIN("///internal/x")),
	BYTES("/./internal/x", ADMIN("/./internal/x")),
	BYTES("/apis/../internal/x", ADMIN("/apis/../internal/x")),
	BYTES("/x/../../internal/x", ADMIN("/x/../../internal/x")),
	BYTES("/apis/x/..//internal/x", ADMIN("/apis/x/..//internal/x")),
	BYTES("/health/../internal/x", ADMIN("/health/../internal/x")),
	BYTES("/apis/%2e%2e/internal/x", ADMIN("/apis/%2e%2e/internal/x")),
	BYTES("/apis/.%2e/internal/x", ADMIN("/apis/.%2e/internal/x")),
	BYTES("/apis/..%2finternal/x", ADMIN("/apis/..%2finternal/x")),
	BYTES("/studio/..%2finternal/x", ADMIN("/studio/..%2finternal/x")),
	BYTES("/%2finternal/x", ADMIN("/%2finternal/x")),
	BYTES("/internal%2fx", ADMIN("/internal%2fx")),
	BYTES("/%69nternal/x", ADMIN("/%69nternal/x")),
	BYTES("every letter coded", ADMIN("/%69%6e%74%65%72%6e%61%6c/x")),
	BYTES("/INTERNAL/x", ADMIN("/INTERNAL/x")),
	BYTES("/Internal/x", ADMIN("/Internal/x")),
	BYTES("/internal;a=b/x", ADMIN("/internal;a=b/x")),
	BYTES("/;/internal/x", ADMIN("/;/internal/x")),
	BYTES("/apis/..;/internal/x", ADMIN("/apis/..;/internal/x")),
	BYTES("/apis/;/../internal/x", ADMIN("/apis/;/../internal/x")),
	BYTES("/apis/..\\internal/x", ADMIN("/apis/..\\internal/x")),
	BYTES("/\\internal/x", ADMIN("/\\internal/x")),
	BYTES("/%5cinternal/x", ADMIN("/%5cinternal/x")),
	BYTES("/internal%00/x", ADMIN("/internal%00/x")),
	BYTES("/internal%3fx", ADMIN("/internal%3fx")),
	BYTES("/internal%23x", ADMIN("/internal%23x")),
	BYTES("/%252e%252e/internal/x", ADMIN("/%252e%252e/internal/x")),
	BYTES("/apis/%252e%252e/internal/x", ADMIN("/apis/%252e%252e/internal/x")),
	BYTES("/apis/%252e%252e%252finternal/x", ADMIN("/apis/%252e%252e%252finternal/x")),
	BYTES("/apis/%c0%ae%c0%ae/internal/x", ADMIN("/apis/%c0%ae%c0%ae/internal/x")),
	BYTES("/apis/%u002e%u002e/internal/x", ADMIN("/apis/%u002e%u002e/internal/x")),
	BYTES("/internal%20/x", ADMIN("/internal%20/x")),
	BYTES("/internal%09/x", ADMIN("/internal%09/x")),
	BYTES("/internal./x", ADMIN("/internal./x")),
	BYTES("/internal//x", ADMIN("/internal//x")),
	BYTES("/internal%/x", ADMIN("/internal%/x")),
	BYTES("an absolute target", ADMIN("http://gw.example.test/internal/x")),
	BYTES("a number sign before dots", ADMIN("/apis/x#/../../internal/x")),
	BYTES("a target without a slash", ADMIN("internal/x")),
	BYTES("a target with an at sign", ADMIN("@internal/x")),
	BYTES("overlong UTF-8", ADMIN("/\xc0\xaf../internal/x")),
	BYTES("HTTP/1.0", "GET /internal/x HTTP/1.0\r\n{admin}{end}"),
	END
};
const struct bytes raw_open_confused[] = {
	BYTES("/health/../apis", OPEN("/health/../apis/entities/v2/workspaces")),
	BYTES("/health/..%2fapis", OPEN("/health/..%2fapis/entities/v2/workspaces")),
	BYTES("/studio/../apis", OPEN("/studio/../apis/x")),
	BYTES("/studio/%2e%2e/apis", OPEN("/studio/%2e%2e/apis/x")),
	BYTES("/studio/..;/apis", OPEN("/studio/..;/apis/x")),
	BYTES("/studio/.%2e/apis", OPEN("/studio/.%2e/apis/x")),
	BYTES("/studio with backslashes", OPEN("/studio\\..\\apis\\x")),
	BYTES("/studio//../apis", OPEN("/studio//../apis/x")),
	BYTES("/metrics/../apis", OPEN("/metrics/../apis/x")),
	BYTES("/health/live/../../apis", OPEN("/health/live/../../apis/x")),
	BYTES("discovery/../../entities", OPEN("/apis/auth/discovery/../../entities/v2/workspaces")),
	BYTES("discovery/%2e%2e/%2e%2e/entities", OPEN("/apis/auth/discovery/%2e%2e/%2e%2e/entities/v2/x")),
	BYTES("discovery%2f..%2f..%2fx", OPEN("/apis/auth/discovery%2f..%2f..%2fx")),
	BYTES("discoveryX", OPEN("/apis/auth/discoveryX")),
	BYTES("discovery/x", OPEN("/apis/auth/discovery/x")),
	BYTES("/healthzzz", OPEN("/healthzzz")),
	BYTES("/metricsfoo", OPEN("/metricsfoo")),
	BYTES("/studioevil/x", OPEN("/studioevil/x")),
	BYTES("//apis/x", OPEN("//apis/x")),
	BYTES("/./apis/x", OPEN("/./apis/x")),
	BYTES("/%61pis/x", OPEN("/%61pis/x")),
	BYTES("an open path in the query", OPEN("{ws}?/health/ready")),
	BYTES("an open path behind a number sign", OPEN("/apis/x#/health")),
	BYTES("an open path as a parameter", OPEN("/apis/x;/health/ready")),
	BYTES("an open path behind a coded question mark", OPEN("/apis/x%3f/health/ready")),
	BYTES("the callout itself", OPEN("/apis/auth/ext-authz/apis/x")),
	BYTES("an absolute target", OPEN("http://gw.example.test/health/../apis/x")),
	END
};
const struct bytes raw_hosts[] = {
	BYTES("two Host headers", "GET {ws} HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n{token}{end}"),
	BYTES("no Host header", "GET {ws} HTTP/1.1\r\n{token}{end}"),
	END
};
const struct bytes raw_methods[] = {
	BYTES("TRACE", "TRACE {ws} HTTP/1.1\r\n{host}{token}{end}"),
	BYTES("CONNECT", "CONNECT 127.0.0.1:80 HTTP/1.1\r\n{host}{token}{end}"),
	BYTES("a method nobody knows", "FOO {ws} HTTP/1.1\r\n{host}{token}{end}"),
	BYTES("a method in lower case", "get {ws} HTTP/1.1\r\n{host}{token}{end}"),
	END
};
const struct bytes raw_preflight[] = {
	BYTES("OPTIONS without a token", "OPTIONS {ws} HTTP/1.1\r\n{host}Origin: https://evil.example\r\nAccess-Control-Request-Method: DELETE\r\n{end}"),
	END
};
const struct bytes raw_tokens[] = {
	BYTES("a bad token before a good one", "GET {ws} HTTP/1.1\r\n{host}Authorization: Bearer evil\r\n{token}{end}"),
	BYTES("a bad token after a good one", "GET {ws} HTTP/1.1\r\n{host}{token}Authorization: Bearer evil\r\n{end}"),
	END
};
const struct bytes raw_framing[] = {
	BYTES("length and chunks", POST("Content-Length: 66\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" SMUGGLED)),
	BYTES("chunks and a short length", POST("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "3d\r\n" SMUGGLED "\r\n0\r\n\r\n")),
	BYTES("an unknown coding", POST("Content-Length: 66\r\nTransfer-Encoding: xchunked\r\n", "0\r\n\r\n" SMUGGLED)),
	BYTES("a coding behind a vertical tab", POST("Content-Length: 66\r\nTransfer-Encoding:\x0b" "chunked\r\n", "0\r\n\r\n" SMUGGLED)),
	BYTES("chunked and then identity", POST("Content-Length: 66\r\nTransfer-Encoding: chunked, identity\r\n", "0\r\n\r\n" SMUGGLED)),
	BYTES("two codings", POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: 66\r\n", "0\r\n\r\n" SMUGGLED)),
	BYTES("two lengths", POST("Content-Length: 0\r\nContent-Length: 61\r\n", SMUGGLED)),
	BYTES("a length with a sign", POST("Content-Length: +61\r\n", SMUGGLED)),
	BYTES("a list of lengths", POST("Content-Length: 0, 61\r\n", SMUGGLED)),
	BYTES("a length below zero", POST("Content-Length: -1\r\n", SMUGGLED)),
	BYTES("a length with an underscore", POST("Content-Length: 1_0\r\n", SMUGGLED)),
	BYTES("a chunk size with 0x", POST("Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n" SMUGGLED)),
	BYTES("a coding with an underscore", POST("Transfer_Encoding: chunked\r\nContent-Length: 66\r\n", "0\r\n\r\n" SMUGGLED)),
	BYTES("chunks in HTTP/1.0", "POST {ws}/projects HTTP/1.0\r\n{token}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 66\r\n\r\n0\r\n\r\n" SMUGGLED),
	BYTES("a second request without a token", "GET {ws} HTTP/1.1\r\n{host}{token}\r\nGET /smuggled HTTP/1.1\r\n{host}{end}"),
	END
};
/* clang-format on */

/* ---- sending ---- */

static const char *const identity_words[] = {
	"authorized",	"principal_id",	      "principal_email",     "principal_groups",
	"on_behalf_of", "on_behalf_of_email", "on_behalf_of_groups", "scopes",
};

static void put_host(struct run *run, struct buf *b)
{
	struct url url = { .host = "gateway" };
	struct err err = { 0 };
	const char *base = lab_front(run->lab);

	if (base && url_parse(base, &url, &err))
		buf_printf(b, "Host: %s:%d\r\n", url.host, url.port);
}

static void put_spoof(struct run *run, struct buf *b)
{
	for (size_t i = 0; i < ARRAY_LEN(identity_words); i++)
		buf_printf(b, "%s: evil\r\n", header_name(run, identity_words[i]));
}

static void put_word(struct run *run, struct buf *b, const char *word, size_t n)
{
	if (strncmp(word, "host", n) == 0)
		put_host(run, b);
	else if (strncmp(word, "token", n) == 0)
		buf_printf(b, "Authorization: Bearer %s\r\n", token_for(run, "alice"));
	else if (strncmp(word, "admin", n) == 0)
		buf_printf(b, "Authorization: Bearer %s\r\n", token_for(run, "admin"));
	else if (strncmp(word, "end", n) == 0)
		buf_str(b, "Connection: close\r\n\r\n");
	else if (strncmp(word, "ws", n) == 0)
		buf_str(b, ws_path(run, NULL));
	else if (strncmp(word, "P", n) == 0)
		buf_printf(b, "%.*s", (int)strcspn(header_name(run, "scopes"), "S"),
			   header_name(run, "scopes"));
	else if (strncmp(word, "spoof", n) == 0)
		put_spoof(run, b);
	else
		for (int i = 0; i < 90; i++)
			buf_printf(b, "X-P%d: a\r\n", i);
}

const struct answer *send_bytes(struct run *run, const struct bytes *t)
{
	const char *p = t->text, *end = t->text + (t->n ? t->n : strlen(t->text));
	AUTO_BUF b = { 0 };

	while (p < end) {
		const char *close = *p == '{' ? memchr(p, '}', (size_t)(end - p)) : NULL;

		if (close) {
			put_word(run, &b, p + 1, (size_t)(close - p - 1));
			p = close + 1;
		} else {
			buf_char(&b, *p++);
		}
	}
	return request_raw(run, b.p, b.n);
}

/* ---- judging ---- */

void good_request_reaches(struct run *run)
{
	control_allowed(run, "a good request",
			request(run, &(struct ask) { .token = token_for(run, "alice") }));
}

void check_kept_out(struct run *run, const char *what, const struct answer *a)
{
	bool refused = a->status == 0 || (a->status >= 400 && a->status < 500);

	if (!check_that(run, a->reached == 0 && refused, run_printf(run, "keeps out %s", what),
			"a status 4xx, and nothing reaches the upstream", "%d%s%.200s",
			a->status, a->reached ? ", forwarded as " : "",
			a->reached ? upstream_raw(run, upstream_count(run) - 1) : ""))
		mark(run, "gateway", a->reached ? "upstream" : NULL, "this must not pass");
}

/* Is a name an identity header of the edition? */
static size_t identity_lines(struct run *run, const struct recorded *q, const char *word)
{
	return recorded_count(q, header_name(run, word));
}

/* What is wrong with a forwarded request, or NULL. */
static const char *identity_fault(struct run *run, const struct recorded *q)
{
	const char *id = recorded_header(q, header_name(run, "principal_id"));
	bool decides = !edition_is_callout(run->edition);

	if (recorded_holds(q, "evil"))
		return "it has what the client sent";
	if (!id || identity_lines(run, q, "principal_id") != 1)
		return "it does not name one principal";
	if (strcmp(id, person_subject(run, "alice")) != 0)
		return run_printf(run, "it names %s", id);
	if (decides && identity_lines(run, q, "authorized") != 1)
		return "it is not vouched for once";
	return NULL;
}

void check_identity(struct run *run, const char *what, const struct answer *a,
		    bool must_forward)
{
	size_t n = upstream_count(run);
	const char *fault = NULL;

	if (!a->reached) {
		check_that(
			run, !must_forward && (a->status >= 400 || a->status == 0),
			run_printf(run, "%s %s", must_forward ? "forwards" : "refuses", what),
			must_forward ? "forwarded with the true identity"
				     : "a status 4xx, or forwarded with the true identity",
			"%d, not forwarded", a->status);
		return;
	}
	for (size_t i = n - a->reached; i < n && !fault; i++)
		fault = identity_fault(run, upstream_request(run, i));
	if (!check_that(run, !fault, run_printf(run, "passes the true identity with %s", what),
			"the identity that the decision point named, nothing of the client's",
			"%s", fault ? fault : ""))
		mark(run, "gateway", "upstream", fault);
}

/* ---- functions of rows ---- */

void play_kept_out(struct run *run)
{
	good_request_reaches(run);
	for (const struct bytes *b = run->arg; b->what; b++)
		check_kept_out(run, b->what, send_bytes(run, b));
}

static void each_identity(struct run *run, bool must_forward)
{
	good_request_reaches(run);
	for (const struct bytes *b = run->arg; b->what; b++)
		check_identity(run, b->what, send_bytes(run, b), must_forward);
}

void play_identity(struct run *run)
{
	each_identity(run, false);
}

void play_forwarded(struct run *run)
{
	each_identity(run, true);
}

/* One framing that the recorder can follow, and no request behind the first. */
static bool is_single(struct run *run, size_t before)
{
	size_t n = upstream_count(run);

	for (size_t i = before; i < n; i++) {
		const struct recorded *q = upstream_request(run, i);
		size_t lengths = recorded_count(q, "Content-Length");

		if (q->malformed || strstr(q->target, "smuggled") || lengths > 1 ||
		    (lengths && recorded_count(q, "Transfer-Encoding")))
			return false;
	}
	return n - before <= 1;
}

void play_one_request(struct run *run)
{
	good_request_reaches(run);
	for (const struct bytes *b = run->arg; b->what; b++) {
		size_t before = upstream_count(run);

		send_bytes(run, b);
		if (!check_that(run, is_single(run, before),
				run_printf(run, "one request at most comes of %s", b->what),
				"at most one request, with one framing",
				"%zu reached the upstream: %.300s",
				upstream_count(run) - before,
				upstream_raw(run, upstream_count(run) - 1)))
			mark(run, "gateway", "upstream", "two requests in one");
	}
}
