/* SPDX-License-Identifier: Apache-2.0 */
/* gateway-requests.c - one request or two: methods, connections, framing, upgrades. */
#include "suites/attempt.h"
#include "suites/kit/given.h"
#include "suites/kit/liar.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include <string.h>

/* clang-format off */
static const struct attempt method_list[] = {
	{ "TRACE", "TRACE ${ws} HTTP/1.1\r\n" HOST TOKEN CLOSE, NOT_PASS },
	{ "a method that nobody knows", "FOO ${ws} HTTP/1.1\r\n" HOST TOKEN CLOSE, NOT_PASS },
	{ "a method in lower case", "get ${ws} HTTP/1.1\r\n" HOST TOKEN CLOSE, NOT_PASS },
	{ 0 }
};
static const struct attempts methods = { .yes = true, .list = method_list };

static const struct attempt preflight_list[] = {
	{ "OPTIONS without a token", "OPTIONS ${ws} HTTP/1.1\r\n" HOST CLOSE, NOT_PASS },
	{ "a CORS preflight",
	  "OPTIONS ${ws} HTTP/1.1\r\n" HOST "Origin: https://other.example\r\n"
	  "Access-Control-Request-Method: DELETE\r\n" CLOSE, NOT_PASS },
	{ 0 }
};
static const struct attempts preflight = { .list = preflight_list };

#define SECOND(path) "GET " path " HTTP/1.1\r\n" HOST CLOSE
static const struct attempt second_list[] = {
	{ "a second request without a token",
	  "GET ${ws} HTTP/1.1\r\n" HOST TOKEN "\r\n" SECOND("${ws}?second"), ONE_ONLY },
	{ "a second request with a forged principal",
	  "GET ${ws} HTTP/1.1\r\n" HOST TOKEN "\r\nGET ${ws}?second HTTP/1.1\r\n" HOST
	  "X-NMP-Authorized: true\r\nX-NMP-Principal-Id: forged\r\n" CLOSE, ONE_ONLY },
	{ "a request without a token behind an open one",
	  "GET /health/ready HTTP/1.1\r\n" HOST "\r\n" SECOND("${ws}?second"), ONE_ONLY },
	{ 0 }
};
static const struct attempts second = { .to_the_end = true, .list = second_list };

static const struct attempt host_list[] = {
	{ "two Host lines",
	  "GET ${ws} HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n" TOKEN CLOSE, NOT_PASS },
	{ "no Host line", "GET ${ws} HTTP/1.1\r\n" TOKEN CLOSE, NOT_PASS },
	{ 0 }
};
static const struct attempts hosts = { .yes = true, .list = host_list };

static const struct attempt version_list[] = {
	{ "a second target in the request line", "GET ${ws} /x HTTP/1.1\r\n" HOST TOKEN CLOSE,
	  NOT_PASS },
	{ "a word behind the version", "GET ${ws} HTTP/1.1 x\r\n" HOST TOKEN CLOSE, NOT_PASS },
	{ 0 }
};
static const struct attempts versions = { .yes = true, .list = version_list };

/* Behind each body a request that must not be taken for one. It closes, so that every reading
 * of the bytes comes to an end. */
#define POST(lines) "POST ${ws}/projects HTTP/1.1\r\n" HOST TOKEN lines "\r\n"
#define SMUGGLED                                                                               \
	"GET /smuggled HTTP/1.1\r\nHost: x\r\nX-NMP-Principal-Id: forged\r\n"                  \
	"Connection: close\r\n\r\n"
static const struct attempt both_list[] = {
	{ "a length beside chunks",
	  POST("Content-Length: 87\r\nTransfer-Encoding: chunked\r\n") "0\r\n\r\n" SMUGGLED,
	  ONE_ONLY },
	{ "a short length beside chunks",
	  POST("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") "52\r\n" SMUGGLED "\r\n0\r\n\r\n",
	  ONE_ONLY },
	{ "chunks in HTTP/1.0",
	  "POST ${ws}/projects HTTP/1.0\r\n" TOKEN "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n"
	  "Content-Length: 87\r\n\r\n0\r\n\r\n" SMUGGLED, ONE_ONLY },
	{ 0 }
};
static const struct attempts both = { .to_the_end = true, .list = both_list };

static const struct attempt coding_list[] = {
	{ "xchunked",
	  POST("Content-Length: 87\r\nTransfer-Encoding: xchunked\r\n") "0\r\n\r\n" SMUGGLED, ONE_ONLY },
	{ "chunked, identity",
	  POST("Content-Length: 87\r\nTransfer-Encoding: chunked, identity\r\n") "0\r\n\r\n" SMUGGLED,
	  ONE_ONLY },
	{ "chunked, chunked",
	  POST("Content-Length: 87\r\nTransfer-Encoding: chunked, chunked\r\n") "0\r\n\r\n" SMUGGLED,
	  ONE_ONLY },
	{ "chunked with a parameter",
	  POST("Content-Length: 87\r\nTransfer-Encoding: chunked;q=1\r\n") "0\r\n\r\n" SMUGGLED,
	  ONE_ONLY },
	{ "chunked and identity in two lines",
	  POST("Content-Length: 87\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n")
	  "0\r\n\r\n" SMUGGLED, ONE_ONLY },
	{ 0 }
};
static const struct attempts codings = { .to_the_end = true, .list = coding_list };

static const struct attempt disguised_list[] = {
	{ "Transfer_Encoding",
	  POST("Transfer_Encoding: chunked\r\nContent-Length: 5\r\n") "0\r\n\r\n", NOT_LEAK },
	{ 0 }
};
static const struct attempts disguised = { .list = disguised_list };

static const struct attempt length_list[] = {
	{ "two lengths", POST("Content-Length: 0\r\nContent-Length: 82\r\n") SMUGGLED, ONE_ONLY },
	{ 0 }
};
static const struct attempts lengths = { .to_the_end = true, .list = length_list };

static const struct attempt odd_length_list[] = {
	{ "a length with a plus", POST("Content-Length: +82\r\n") SMUGGLED, ONE_ONLY },
	{ "a length below zero", POST("Content-Length: -1\r\n") SMUGGLED, ONE_ONLY },
	{ "a length with an underscore", POST("Content-Length: 1_0\r\n") SMUGGLED, ONE_ONLY },
	{ "a list of lengths", POST("Content-Length: 0, 82\r\n") SMUGGLED, ONE_ONLY },
	{ "an empty length", POST("Content-Length:\r\n") SMUGGLED, ONE_ONLY },
	{ "a length with a blank within", POST("Content-Length: 8 2\r\n") SMUGGLED, ONE_ONLY },
	{ "a length in hexadecimal", POST("Content-Length: 0x52\r\n") SMUGGLED, ONE_ONLY },
	{ 0 }
};
static const struct attempts odd_lengths = { .to_the_end = true,
					     .list = odd_length_list };

static const struct attempt number_list[] = {
	{ "a length beyond 64 bits", POST("Content-Length: 18446744073709551698\r\n") SMUGGLED,
	  ONE_ONLY },
	{ "a coding on a folded line",
	  POST("Content-Length: 87\r\nTransfer-Encoding:\r\n chunked\r\n") "0\r\n\r\n" SMUGGLED,
	  ONE_ONLY },
	{ "a chunk beyond 64 bits",
	  POST("Transfer-Encoding: chunked\r\n") "10000000000000005\r\nhello\r\n0\r\n\r\n" SMUGGLED,
	  ONE_ONLY },
	{ "a chunk whose size is below zero",
	  POST("Transfer-Encoding: chunked\r\n") "-5\r\nhello\r\n0\r\n\r\n" SMUGGLED, ONE_ONLY },
	{ 0 }
};
static const struct attempts numbers = { .to_the_end = true, .list = number_list };
/* clang-format on */

/* ---- upgrades ---- */

#define UPGRADE                                                                                \
	"Upgrade: websocket\r\nConnection: Upgrade\r\n"                                        \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

static void websocket(struct run *run)
{
	static const struct recorder_answer switching = {
		.status = 101,
		.headers = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
			   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
		.close = true,
	};
	const struct answer *a;
	const char *wrong;

	good_request_reaches(run);
	upstream_says(run, &switching);
	a = attempt_send(run, "GET ${ws} HTTP/1.1\r\n" HOST FORGED_FAMILY UPGRADE, false);
	check_refused(run, "a WebSocket without a token", a, "401 403");
	a = attempt_send(run, "GET ${ws} HTTP/1.1\r\n" HOST TOKEN FORGED_FAMILY UPGRADE, false);
	wrong = a->reached ? forwarded_wrong(run, 1, person_subject(run, "alice")) : NULL;
	check_that(run, !wrong, "opens a WebSocket in the name of the token",
		   "refused, or the token's principal alone", "the upstream saw %s", wrong);
}

static void no_other_upgrade(struct run *run)
{
	static const char *const names[] = { "Upgrade", "HTTP2-Settings" };
	const struct answer *a;

	good_request_reaches(run);
	a = attempt_send(run,
			 "GET ${ws} HTTP/1.1\r\n" HOST TOKEN
			 "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
			 "Connection: Upgrade, HTTP2-Settings\r\n\r\n",
			 false);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *seen = a->reached ? upstream_header(run, 1, names[i]) : NULL;

		check_that(run, !seen, run_printf(run, "does not forward %s", names[i]),
			   "absent", "%s: %s", names[i], seen);
	}
}

/* ---- bodies ---- */

static void body_arrives(struct run *run)
{
	static const char json[] = "{\"name\": \"a b\\u00e9 \\\\ %2f &\"}";
	const char *path = run_printf(run, "%s/projects", ws_path(run, NULL));
	const struct recorded *q;

	control_allowed(run, "a good POST",
			request(run, &(struct ask) { .method = "POST",
						     .path = path,
						     .token = token_for(run, "alice"),
						     .body = json }));
	q = upstream_request(run, 0);
	check_equal(run, "forwards a body byte by byte", q ? q->body : NULL, json);
	attempt_send(run,
		     "POST ${ws}/projects HTTP/1.1\r\n" HOST TOKEN
		     "Transfer-Encoding: chunked\r\n" CLOSE
		     "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
		     false);
	q = upstream_request(run, 1);
	check_equal(run, "forwards what is in the chunks", q ? q->body : NULL, "hello world");
}

static const struct scenario rows[] = {
	{
		.name = "odd-methods",
		.title = "TRACE, FOO, get",
		.promise = "Methods that the platform does not have are not forwarded.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 9.1 and 9.3.8",
		.given = "a decision point that says yes to everything",
		.when = "send TRACE, FOO and get",
		.remedy = "List the methods that pass, and answer 405 to others.",
		.consequence = "forwards methods that nobody decided to have",
		.tags = "raw-bytes",
		.mutants = "gateway-takes-any-method",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &methods,
	},
	{
		.name = "preflights",
		.title = "OPTIONS without a token",
		.promise = "A preflight is not forwarded without a decision.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 9.3.7; Fetch, CORS protocol",
		.when = "send OPTIONS without a token",
		.remedy = "Answer preflights at the gateway, or ask about them.",
		.consequence = "forwards what only claims to be a preflight",
		.tags = "raw-bytes",
		.mutants = "gateway-trusts-preflights",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &preflight,
	},
	{
		.name = "each-request-is-decided",
		.title = "a second request on a connection",
		.promise = "Each request on a connection is decided about.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 9.3",
		.given = "alice's token",
		.when = "send a request with a token and one without behind it",
		.remedy = "Decide about requests, not about connections.",
		.consequence = "decides once for all that follows on a connection",
		.catalogue = "AUTH-401-NOCRED",
		.tags = "raw-bytes",
		.mutants = "gateway-decides-once-a-connection",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &second,
	},
	{
		.name = "websocket-is-decided",
		.title = "a WebSocket without a token, and with one",
		.promise = "A WebSocket is opened for who may, in the name of the token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 6455, 4.1",
		.given = "a service that speaks WebSocket",
		.when = "ask for one without a token, then with one and forged identity",
		.remedy = "Decide about the upgrade like about any request, and strip it "
			  "as well.",
		.consequence = "opens tunnels to who may not",
		.catalogue = "AUTH-GW-401",
		.tags = "raw-bytes",
		.mutants = "gateway-tunnels-without-asking gateway-strips-after-deciding",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = websocket,
	},
	{
		.name = "no-other-upgrade",
		.title = "Upgrade: h2c",
		.promise = "An upgrade to cleartext HTTP/2 is not forwarded.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9113, 3.1; h2c smuggling, Bishop Fox 2020",
		.given = "alice's token",
		.when = "send Upgrade: h2c",
		.remedy = "Drop Upgrade and HTTP2-Settings unless it is a WebSocket.",
		.consequence = "lets a client tunnel past every decision",
		.tags = "raw-bytes",
		.mutants = "gateway-forwards-upgrades",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = no_other_upgrade,
	},
	{
		.name = "one-host",
		.title = "two Host lines, or none",
		.promise = "A request without exactly one Host is refused.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 3.2",
		.given = "a decision point that says yes to everything",
		.when = "send two Host lines, then none",
		.remedy = "Answer 400.",
		.tags = "raw-bytes",
		.mutants = "gateway-takes-any-number-of-hosts",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &hosts,
	},
	{
		.name = "one-request-line",
		.title = "a request line with four words",
		.promise = "A request line that has more than three words is refused.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 3",
		.given = "a decision point that says yes to everything",
		.when = "send such request lines",
		.remedy = "Answer 400.",
		.tags = "raw-bytes",
		.mutants = "gateway-takes-any-version",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &versions,
	},
	{
		.name = "length-beside-chunks",
		.title = "Content-Length beside Transfer-Encoding",
		.promise = "A body with a length and chunks has one reading at the "
			   "service.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 6.1 and 6.3; HTTP desync attacks, 2019",
		.given = "alice's token",
		.when = "POST both, with a request hidden in the body",
		.remedy = "Answer 400 to such a request, or drop the length and close.",
		.consequence = "lets a client smuggle requests past every decision",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-believes-length-over-chunks",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &both,
	},
	{
		.name = "unknown-codings",
		.title = "Transfer-Encoding: xchunked",
		.promise = "A coding that is not exactly chunked is refused.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 6.1 and 7; CVE-2019-16869",
		.given = "alice's token",
		.when = "POST such codings beside a length, with a request hidden in "
			"the body",
		.remedy = "Answer 400 or 501.",
		.consequence = "lets a client smuggle requests past every decision",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-ignores-unknown-codings",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &codings,
	},
	{
		.name = "coding-in-disguise",
		.title = "Transfer_Encoding: chunked",
		.promise = "A coding in disguise does not reach the service.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 3875, 4.1.18: underscores are read as dashes",
		.given = "alice's token",
		.when = "POST it beside a length",
		.remedy = "Drop or refuse header names with underscores.",
		.consequence = "lets a client smuggle requests past every decision",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-keeps-underscores",
		.overlaps = "gateway-requests/length-beside-chunks; here codings that parsers "
			    "read differently",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &disguised,
	},
	{
		.name = "two-lengths",
		.title = "two Content-Length lines",
		.promise = "A body with two lengths is refused.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 6.3; CVE-2021-40346",
		.given = "alice's token",
		.when = "POST both, with a request hidden in the body",
		.remedy = "Answer 400.",
		.consequence = "lets a client smuggle requests past every decision",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-takes-the-first-of-two-lengths",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &lengths,
	},
	{
		.name = "odd-lengths",
		.title = "Content-Length: +82, -1, 1_0, 0x52",
		.promise = "A length that is not digits alone is refused.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 8.6; CVE-2023-40225",
		.given = "alice's token",
		.when = "POST such lengths, with a request hidden in the body",
		.remedy = "Answer 400.",
		.consequence = "lets a client smuggle requests past every decision",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-accepts-odd-lengths",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &odd_lengths,
	},
	{
		.name = "numbers-without-end",
		.title = "lengths beyond 64 bits, chunks below zero, a folded coding",
		.promise =
			"A length that does not fit, or is on another line, hides no request.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 5.2, 6.3 and 7.1; CWE-190",
		.given = "alice's token",
		.when = "POST such lengths and chunks, with a request behind them",
		.remedy = "Answer 400 to numbers that do not fit, and to folded lines.",
		.consequence = "lets a client smuggle requests past every decision",
		.tags = "raw-bytes intrusive",
		.guard = "the reference's numbers do not wrap around, and it has no folded "
			 "lines",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &numbers,
	},
	{
		.name = "body-arrives",
		.title = "a body, whole and in chunks",
		.promise = "The body of an allowed request arrives byte by byte.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 6",
		.given = "alice's token",
		.when = "POST JSON, then chunks",
		.remedy = "Forward the body as it is, framed anew.",
		.tags = "raw-bytes",
		.mutants = "gateway-forgets-bodies",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = body_arrives,
	},
};

const struct suite suite_gateway_requests = {
	.section = "gateway-requests",
	.title = "Gateway: requests with two readings",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
