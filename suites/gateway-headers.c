/* SPDX-License-Identifier: Apache-2.0 */
/* gateway-headers.c - ways in which an identity header gets past the one who strips it. */
#include "suites/attempt.h"
#include "suites/kit/given.h"
#include "suites/kit/liar.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include <string.h>

/* clang-format off */
static const struct attempt family_list[] = {
	{ "a name that no list has", WITH("X-NMP-Roles: forged\r\n"), NOT_LEAK },
	{ "a longer name of a list", WITH("X-NMP-Principal-Id-Type: forged\r\n"), NOT_LEAK },
	{ 0 }
};
static const struct attempts family = { .list = family_list };

static const struct attempt underscore_list[] = {
	{ "underscores for all dashes",
	  WITH("X_NMP_Principal_Id: forged\r\nx_nmp_authorized: forged\r\n"), NOT_LEAK },
	{ "an underscore for one dash",
	  WITH("X-NMP_Principal-Groups: forged\r\nX-NMP-Principal_Email: forged\r\n"), NOT_LEAK },
	{ 0 }
};
static const struct attempts underscores = { .list = underscore_list };

static const struct attempt dot_list[] = {
	{ "dots for dashes", WITH("X.NMP.Principal.Id: forged\r\n"), NOT_LEAK },
	{ "a dot within a name that is stripped", WITH("X-NMP-Principal.Id: forged\r\n"), NOT_LEAK },
	{ 0 }
};
static const struct attempts dots = { .list = dot_list };

static const struct attempt empty_list[] = {
	{ "an empty identity",
	  "GET ${ws} HTTP/1.1\r\n" HOST TOKEN "X-NMP-Principal-Groups:\r\nX-NMP-Authorized:\r\n"
	  "X-NMP-Principal-Id: \r\n" CLOSE, NOT_LEAK },
	{ "an empty line before a forged one",
	  WITH("X-NMP-Principal-Id:\r\nX-NMP-Principal-Id: forged\r\n"), NOT_LEAK },
	{ 0 }
};
static const struct attempts empty = { .list = empty_list };

static const struct attempt odd_name_list[] = {
	{ "a blank before the colon", WITH("X-NMP-Principal-Id : forged\r\n"), NOT_LEAK },
	{ "a tab before the colon", WITH("X-NMP-Principal-Id\t: forged\r\n"), NOT_LEAK },
	{ "a blank before the name",
	  "GET ${ws} HTTP/1.1\r\n X-NMP-Principal-Id: forged\r\n" HOST TOKEN CLOSE, NOT_LEAK },
	{ "a folded line", WITH("X-Foo: a\r\n X-NMP-Principal-Id: forged\r\n"), NOT_LEAK },
	{ "a folded value", WITH("X-Foo:\r\n X-NMP-Authorized: forged\r\n"), NOT_LEAK },
	{ 0 }
};
static const struct attempts odd_names = { .list = odd_name_list };

static const struct attempt line_end_list[] = {
	{ "a bare line feed", WITH("X-Foo: a\nX-NMP-Principal-Id: forged\r\n"), NOT_LEAK },
	{ "a bare carriage return", WITH("X-Foo: a\rX-NMP-Principal-Id: forged\r\n"), NOT_LEAK },
	{ 0 }
};
static const struct attempts line_ends = { .list = line_end_list };

static const struct attempt hop_list[] = {
	{ "Connection that lists the identity",
	  "GET ${ws} HTTP/1.1\r\n" HOST TOKEN "Connection: close, X-NMP-Authorized, "
	  "X-NMP-Principal-Id, X-NMP-Principal-Groups, X-NMP-Scopes\r\n\r\n", NOT_LEAK },
	{ "Connection that lists it in lower case",
	  "GET ${ws} HTTP/1.1\r\n" HOST TOKEN "Connection: close, x-nmp-authorized\r\n"
	  "Connection: x-nmp-principal-id\r\n\r\n", NOT_LEAK },
	{ "Connection that lists the scopes",
	  "GET ${ws} HTTP/1.1\r\n" HOST TOKEN "Connection: close, X-NMP-Scopes\r\n\r\n", NOT_LEAK },
	{ 0 }
};
static const struct attempts hops = { .list = hop_list };

#define CHUNKED "POST ${ws} HTTP/1.1\r\n" HOST TOKEN "Transfer-Encoding: chunked\r\n"
static const struct attempt trailer_list[] = {
	{ "trailers that name an identity",
	  CHUNKED "Trailer: X-NMP-Principal-Id\r\n" CLOSE
	  "3\r\nabc\r\n0\r\nX-NMP-Principal-Id: forged\r\nX-NMP-Authorized: forged\r\n\r\n", NOT_LEAK },
	{ "trailers that were not announced",
	  CHUNKED CLOSE "3\r\nabc\r\n0\r\nX-NMP-Scopes: forged\r\n\r\n", NOT_LEAK },
	{ 0 }
};
static const struct attempts trailers = { .yes = true, .list = trailer_list };

static const struct attempt override_list[] = {
	{ "X-HTTP-Method-Override", WITH("X-HTTP-Method-Override: forged\r\n"), NOT_LEAK },
	{ "X-Method-Override", WITH("X-Method-Override: forged\r\n"), NOT_LEAK },
	{ "X-Original-URI", WITH("X-Original-URI: /forged\r\n"), NOT_LEAK },
	{ "X-Original-URL and X-Original-Method",
	  WITH("X-Original-URL: /forged\r\nX-Original-Method: forged\r\n"), NOT_LEAK },
	{ "X-Rewrite-URL", WITH("X-Rewrite-URL: /forged\r\n"), NOT_LEAK },
	{ "X-Forwarded-Uri and X-Forwarded-Method",
	  WITH("X-Forwarded-Uri: /forged\r\nX-Forwarded-Method: forged\r\n"), NOT_LEAK },
	{ "X-Forwarded-Prefix", WITH("X-Forwarded-Prefix: /forged\r\n"), NOT_LEAK },
	{ "X-Envoy-Original-Path", WITH("X-Envoy-Original-Path: /forged\r\n"), NOT_LEAK },
	{ 0 }
};
static const struct attempts overrides = { .list = override_list };

#define MANY_4 "X-Pad: a\r\nX-Pad: b\r\nX-Pad: c\r\nX-Pad: d\r\n"
#define MANY_20 MANY_4 MANY_4 MANY_4 MANY_4 MANY_4
#define MANY_100 MANY_20 MANY_20 MANY_20 MANY_20 MANY_20
#define LONG_50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_500 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50 LONG_50
#define LONG_4K LONG_500 LONG_500 LONG_500 LONG_500 LONG_500 LONG_500 LONG_500 LONG_500
#define LONG_20K LONG_4K LONG_4K LONG_4K LONG_4K LONG_4K
static const struct attempt limit_list[] = {
	{ "identity behind a hundred lines", WITH(MANY_100 FORGED_FAMILY), NOT_LEAK },
	{ "identity behind three hundred lines", WITH(MANY_100 MANY_100 MANY_100 FORGED_FAMILY),
	  NOT_LEAK },
	{ "identity behind a line of 20 kB",
	  WITH("X-Big: " LONG_20K "\r\nX-NMP-Principal-Id: forged\r\n"), NOT_LEAK },
	{ "identity behind two lines of 20 kB",
	  WITH("X-Big: " LONG_20K "\r\nX-Big: " LONG_20K "\r\nX-NMP-Principal-Id: forged\r\n"),
	  NOT_LEAK },
	{ 0 }
};
static const struct attempts limits = { .list = limit_list };

static const struct attempt other_list[] = {
	{ "a zero byte within the name", WITH("X-NMP-Principal-Id${nul}: forged\r\n"), NOT_LEAK },
	{ "a carriage return before the line's end",
	  WITH("X-Foo: a\r\r\nX-NMP-Scopes: forged\r\n"), NOT_LEAK },
	{ "a vertical tab before the name", WITH("\vX-NMP-Principal-Id: forged\r\n"), NOT_LEAK },
	{ "a Unicode hyphen for a dash", WITH("X\u2010NMP\u2010Principal\u2010Id: forged\r\n"),
	  NOT_LEAK },
	{ "a name in quotes", WITH("\"X-NMP-Principal-Id\": forged\r\n"), NOT_LEAK },
	{ "a line without a colon", WITH("X-NMP-Principal-Id forged\r\n"), NOT_LEAK },
	{ "Connection that lists the token",
	  "GET ${ws} HTTP/1.1\r\n" HOST TOKEN "Connection: close, Authorization\r\n\r\n", NOT_LEAK },
	{ "Proxy-Connection, Keep-Alive and TE that list the identity",
	  WITH("Proxy-Connection: X-NMP-Authorized\r\nKeep-Alive: X-NMP-Principal-Id\r\n"
	       "TE: trailers\r\n"), NOT_LEAK },
	{ "identity behind a line of 80 kB",
	  WITH("X-Big: " LONG_20K LONG_20K LONG_20K LONG_20K "\r\nX-NMP-Principal-Id: forged\r\n"),
	  NOT_LEAK },
	{ 0 }
};
static const struct attempts others = { .list = other_list };
/* clang-format on */

/* ---- what the decision point gets to see ---- */

static const struct recorded *question_with(struct run *run, const char *const *lines)
{
	size_t before = pdp_saw(run);

	request(run, &(struct ask) { .method = "DELETE",
				     .token = token_for(run, "alice"),
				     .headers = lines });
	return pdp_question(run, before);
}

static const char *forged_in(const struct recorded *q)
{
	for (size_t i = 0; q && i < q->n_lines; i++)
		if (strstr(q->lines[i].raw, "forged"))
			return q->lines[i].raw;
	return NULL;
}

static void asks_without_client_headers(struct run *run)
{
	static const char *const words[] = { "principal_id", "authorized", "scopes",
					     "on_behalf_of" };
	const char *lines[ARRAY_LEN(words) + 1] = { 0 };
	const struct recorded *q;

	good_request_reaches(run);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		lines[i] = header_line(run, words[i], "forged");
	q = question_with(run, lines);
	control_that(run, q != NULL, "asks the decision point", "it was not asked");
	check_that(run, !forged_in(q), "hands no identity of the client to the decision point",
		   "no forged line in the question", "%s", forged_in(q));
}

static void asks_about_the_true_request(struct run *run)
{
	static const char *const method[] = { "X-HTTP-Method-Override: GET",
					      "X-Method-Override: GET",
					      "X-Original-Method: GET",
					      "X-Forwarded-Method: GET", NULL };
	static const char *const target[] = { "X-Original-URI: /health/live",
					      "X-Original-URL: /health/live",
					      "X-Rewrite-URL: /health/live",
					      "X-Forwarded-Uri: /health/live", NULL };
	const struct recorded *q;

	good_request_reaches(run);
	q = question_with(run, method);
	check_equal(run, "asks about the method of the request line", q ? q->method : NULL,
		    "DELETE");
	q = question_with(run, target);
	check_that(run, q && !strstr(q->target, "/health/live"),
		   "asks about the target of the request line", ws_path(run, NULL), "%s",
		   q ? q->target : "nothing");
}

/* Two Authorization lines: refused, or the decision point and the service see the same one. */
static void two_tokens(struct run *run)
{
	const char *good = token_for(run, "alice");
	const char *second =
		run_printf(run, "Authorization: Bearer %s", token_for(run, "mallory"));
	const char *lines[] = { second, NULL };
	const struct recorded *asked;
	const char *passed;
	const struct answer *a;

	pdp_says_yes(run);
	good_request_reaches(run);
	a = request(run, &(struct ask) { .token = good, .headers = lines });
	asked = pdp_question(run, 1);
	passed = upstream_header(run, 1, "Authorization");
	check_that(run,
		   a->reached == 0 ||
			   (asked && passed && recorded_count(asked, "Authorization") == 1 &&
			    !strcmp(passed, recorded_header(asked, "Authorization"))),
		   "does not forward a token that was not decided about",
		   "refused, or one and the same token for PDP and service",
		   "the upstream saw %s",
		   passed && strstr(passed, " | ") ? "both tokens" : "another token");
}

static const struct scenario rows[] = {
	{
		.name = "whole-family",
		.title = "X-NMP- names that no list has",
		.promise = "Whatever begins with X-NMP- is stripped, known or not.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: the headers are the gateway's to set",
		.given = "alice's token",
		.when = "send X-NMP-Roles: forged",
		.remedy = "Strip by prefix, not by a list of names.",
		.consequence = "lets a client say what only the gateway may say",
		.tags = "raw-bytes",
		.mutants = "gateway-strips-only-documented-names",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &family,
	},
	{
		.name = "underscores",
		.title = "X_NMP_Principal_Id",
		.promise = "A name with underscores does not reach the service as an "
			   "alias.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "CVE-2025-64484, GHSA-x677-9fxg-v5c5; RFC 3875, 4.1.18: CGI "
			  "folds dashes into underscores",
		.given = "alice's token",
		.when = "send X_NMP_Principal_Id: forged",
		.remedy = "Drop or refuse header names with underscores.",
		.consequence = "lets a client act in another person's name by an alias",
		.catalogue = "AUTH-GW-STRIP-UNDERSCORE",
		.tags = "raw-bytes",
		.mutants = "gateway-keeps-underscores",
		.overlaps = "gateway-headers/dots; here the alias that real servers fold",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &underscores,
	},
	{
		.name = "dots",
		.title = "X.NMP.Principal.Id",
		.promise = "A name with dots does not reach the service as an alias.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "PHP and some frameworks fold dots as they do dashes",
		.given = "alice's token",
		.when = "send X.NMP.Principal.Id: forged",
		.remedy = "Drop header names that are not letters, digits and dashes.",
		.consequence = "lets a client act in another person's name by an alias",
		.catalogue = "AUTH-GW-STRIP-UNDERSCORE",
		.tags = "raw-bytes",
		.mutants = "gateway-keeps-dots",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &dots,
	},
	{
		.name = "empty-values",
		.title = "an identity header without a value",
		.promise = "An empty identity header is stripped like a full one.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 5.5: an empty value is a value",
		.given = "alice's token",
		.when = "send X-NMP-Principal-Id: and nothing",
		.remedy = "Remove the line, whatever its value is.",
		.catalogue = "AUTH-GW-STRIP-DUP",
		.tags = "raw-bytes",
		.mutants = "gateway-keeps-empty-values",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &empty,
	},
	{
		.name = "odd-names",
		.title = "blanks around the name, folded lines",
		.promise = "A line that another parser reads as an identity header is "
			   "refused or stripped.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 5.1 and 5.2; CVE-2019-16276, CVE-2019-16869",
		.given = "alice's token",
		.when = "send \"X-NMP-Principal-Id : forged\" and folded lines",
		.remedy = "Answer 400 to blanks before the colon and to folded lines.",
		.consequence = "lets a client act in another person's name by odd spelling",
		.catalogue = "AUTH-GW-STRIP-DUP",
		.tags = "raw-bytes",
		.mutants = "gateway-lets-odd-names-through",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &odd_names,
	},
	{
		.name = "line-ends",
		.title = "bare LF, bare CR, NUL",
		.promise = "A bare LF, CR or NUL does not start a header line of its own.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 2.2; RFC 9110, 5.5; CVE-2019-9900",
		.given = "alice's token",
		.when = "send an identity header behind a bare LF or CR",
		.remedy = "Answer 400 to control characters in the header section.",
		.consequence = "lets a value write headers of its own",
		.tags = "raw-bytes",
		.mutants = "gateway-lets-line-feeds-through",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &line_ends,
	},
	{
		.name = "hop-by-hop",
		.title = "Connection: X-NMP-Principal-Id",
		.promise = "A client cannot have the identity removed as a hop-by-hop "
			   "header.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 7.6.1; CVE-2022-31813, CVE-2024-45410, "
			  "CVE-2025-48865",
		.given = "alice's token",
		.when = "send Connection: close, X-NMP-Scopes",
		.remedy = "Remove what Connection lists before the identity is set, not "
			  "afterwards.",
		.consequence = "lets a client switch off scopes and identity",
		.tags = "raw-bytes",
		.mutants = "gateway-obeys-connection-last",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &hops,
	},
	{
		.name = "trailers",
		.title = "identity in the trailer section",
		.promise = "Trailer fields with an identity do not reach the service.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 6.5.1; RFC 9112, 7.1.2",
		.given = "alice's token",
		.when = "POST a chunked body whose trailers name a principal",
		.remedy = "Drop trailers, or refuse requests that have some.",
		.consequence = "passes forged identity in trailers",
		.tags = "raw-bytes",
		.mutants = "gateway-forwards-trailers",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &trailers,
	},
	{
		.name = "overrides",
		.title = "X-HTTP-Method-Override, X-Original-URL and their like",
		.promise = "Headers that name another method or target do not reach the "
			   "service.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "X-Original-URL and X-Rewrite-URL are read by IIS, Symfony and "
			  "others",
		.given = "alice's token",
		.when = "send headers that override method or target",
		.remedy = "Drop them: the decision was about the request line.",
		.consequence = "lets a client disguise what it does",
		.tags = "raw-bytes",
		.mutants = "gateway-keeps-overrides",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &overrides,
	},
	{
		.name = "limits",
		.title = "identity behind many or long lines",
		.promise = "An identity header behind many or long lines is stripped, or "
			   "the request is refused.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 6585, 5",
		.given = "alice's token",
		.when = "send 300 lines, or 40 kB, before it",
		.remedy = "Answer 431 beyond a limit; never stop reading and forward the "
			  "rest.",
		.consequence = "lets a client act in another person's name behind a long "
			       "header",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-strips-only-sixty-lines "
			   "gateway-strips-only-eight-kilobytes",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &limits,
	},
	{
		.name = "other-disguises",
		.title = "zero bytes, lines without a colon, 80 kB",
		.promise = "Header lines that are cut, joined or too long name nobody.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "CVE-2019-9900; RFC 9112, 2.2 and 5; RFC 9110, 7.6.1",
		.given = "alice's token",
		.when = "send such lines",
		.remedy = "Answer 400 or 431.",
		.consequence = "lets a client act in another person's name by odd spelling",
		.tags = "raw-bytes intrusive",
		.guard = "the reference reads lines of C strings and cannot have these "
			 "defects; gateways in other languages can",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &others,
	},
	{
		.name = "pdp-sees-no-client-identity",
		.title = "identity headers in the question",
		.promise = "The decision point is asked without the client's identity "
			   "headers.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "the policy reads x-nmp-principal-id from the input of an Envoy "
			  "filter",
		.given = "alice's token",
		.when = "send forged identity headers",
		.remedy = "Strip before asking, or name the headers that are handed on.",
		.consequence = "lets a client sway the decision",
		.mutants = "gateway-sends-client-headers-to-the-pdp",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = asks_without_client_headers,
	},
	{
		.name = "pdp-sees-the-true-request",
		.title = "the decision is about the request line",
		.promise = "Method and target of the question are those of the request "
			   "line.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "CVE-2026-35051; X-Original-URL class",
		.given = "alice's token",
		.when = "send X-HTTP-Method-Override: GET and X-Original-URI: "
			"/health/live with a DELETE",
		.remedy = "Take method and target from the request line only.",
		.consequence = "lets a client disguise what it does",
		.mutants = "gateway-asks-for-the-override-method "
			   "gateway-asks-for-the-original-uri",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = asks_about_the_true_request,
	},
	{
		.name = "two-tokens",
		.title = "two Authorization lines",
		.promise = "The token that is decided about is the token that the service "
			   "sees.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 5.3; CVE-2021-32777",
		.given = "alice's token and mallory's",
		.when = "send both",
		.remedy = "Answer 400 to a second Authorization line.",
		.consequence = "decides about one token and forwards another",
		.mutants = "gateway-asks-with-the-first-token",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = two_tokens,
	},
};

const struct suite suite_gateway_headers = {
	.section = "gateway-headers",
	.title = "Gateway: identity headers in disguise",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
