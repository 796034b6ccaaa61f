/* SPDX-License-Identifier: Apache-2.0 */
/* gateway-paths.c - paths that mean one thing to the gateway and another to the service. */
#include "suites/attempt.h"
#include "suites/pages.h"

/* clang-format off */
static const struct attempt case_list[] = {
	{ "/INTERNAL", GET("/INTERNAL/x"), NOT_THERE },
	{ "/Internal", GET("/Internal/x"), NOT_THERE },
	{ "/internal.", GET("/internal./x"), NOT_THERE },
	{ "/internal%20", GET("/internal%20/x"), NOT_THERE },
	{ 0 }
};
static const struct attempts other_case = { .yes = true, .list = case_list };

static const struct attempt segment_list[] = {
	{ "///internal", GET("///internal/x"), NOT_THERE },
	{ "/x/..//internal", GET("/x/..//internal/x"), NOT_THERE },
	{ "/./internal", GET("/./internal/x"), NOT_THERE },
	{ "/x/../../internal", GET("/x/../../internal/x"), NOT_THERE },
	{ "/health/../internal", GET("/health/../internal/x"), NOT_THERE },
	{ "/apis/%2e%2e/internal", GET("/apis/%2e%2e/internal/x"), NOT_THERE },
	{ "/apis/.%2e/internal", GET("/apis/.%2e/internal/x"), NOT_THERE },
	{ "/apis/..%2finternal", GET("/apis/..%2finternal/x"), NOT_THERE },
	{ "/studio/..%2finternal", GET("/studio/..%2finternal/x"), NOT_THERE },
	{ "/%2finternal", GET("/%2finternal/x"), NOT_THERE },
	{ "/studio/%2e%2e%2Finternal", GET("/studio/%2e%2e%2Finternal/x"), NOT_THERE },
	{ 0 }
};
static const struct attempts segments = { .yes = true, .list = segment_list };

static const struct attempt foreign_list[] = {
	{ "/internal;a=b", GET("/internal;a=b/x"), NOT_THERE },
	{ "/;/internal", GET("/;/internal/x"), NOT_THERE },
	{ "/apis/..;/internal", GET("/apis/..;/internal/x"), NOT_THERE },
	{ "/apis/;/../internal", GET("/apis/;/../internal/x"), NOT_THERE },
	{ "/apis/..%3binternal", GET("/apis/..%3b/internal/x"), NOT_THERE },
	{ "/apis/..\\internal", GET("/apis/..\\internal/x"), NOT_THERE },
	{ "/\\internal", GET("/\\internal/x"), NOT_THERE },
	{ "/%5cinternal", GET("/%5cinternal/x"), NOT_THERE },
	{ "/apis/..%5cinternal", GET("/apis/..%5cinternal/x"), NOT_THERE },
	{ 0 }
};
static const struct attempts foreign = { .yes = true, .list = foreign_list };

static const struct attempt twice_list[] = {
	{ "/%252e%252e/internal", GET("/%252e%252e/internal/x"), NOT_THERE },
	{ "/apis/%252e%252e/internal", GET("/apis/%252e%252e/internal/x"), NOT_THERE },
	{ "/apis/%252e%252e%252finternal", GET("/apis/%252e%252e%252finternal/x"), NOT_THERE },
	{ "/%2569nternal", GET("/%2569nternal/x"), NOT_THERE },
	{ 0 }
};
static const struct attempts encoded_twice = { .yes = true, .list = twice_list };

static const struct attempt broken_list[] = {
	{ "/internal%00", GET("/internal%00/x"), NOT_THERE },
	{ "/internal%09", GET("/internal%09/x"), NOT_THERE },
	{ "/internal%3f", GET("/internal%3fx"), NOT_THERE },
	{ "/internal%23", GET("/internal%23x"), NOT_THERE },
	{ "/apis/%c0%ae%c0%ae/internal", GET("/apis/%c0%ae%c0%ae/internal/x"), NOT_THERE },
	{ "/apis/%u002e%u002e/internal", GET("/apis/%u002e%u002e/internal/x"), NOT_THERE },
	{ "/internal%/x", GET("/internal%/x"), NOT_THERE },
	{ "a zero byte between dots", GET("/apis/.%00./internal/x"), NOT_THERE },
	{ "a blank behind dots", GET("/apis/..%20/internal/x"), NOT_THERE },
	{ "a carriage return behind dots", GET("/apis/..%0d/internal/x"), NOT_THERE },
	{ "overlong UTF-8 as it is", GET("/\xc0\xaf../internal/x"), NOT_THERE },
	{ 0 }
};
static const struct attempts broken = { .yes = true, .list = broken_list };

static const struct attempt form_list[] = {
	{ "http://HOST/internal", GET("http://${host}/internal/x"), NOT_THERE },
	{ "http://USER@HOST/internal", GET("http://user@${host}/internal/x"), NOT_THERE },
	{ "https://HOST/internal", GET("https://${host}/internal/x"), NOT_THERE },
	{ "//other.example/internal", GET("//other.example/internal/x"), NOT_THERE },
	{ "http://other.example/internal", GET("http://other.example/internal/x"), NOT_THERE },
	{ "a number sign", GET("${ws}#x"), NOT_THERE },
	{ "a number sign before dots", GET("/apis/x#/../../internal/x"), NOT_THERE },
	{ "internal without a slash", GET("internal/x"), NOT_THERE },
	{ "@internal", GET("@internal/x"), NOT_THERE },
	{ 0 }
};
static const struct attempts forms = { .yes = true, .list = form_list };

/* Without a token; what is forged would be believed by a service that trusts its gateway. */
#define OPEN(target) ANON(target, "X-NMP-Principal-Id: forged\r\nX-NMP-Authorized: true\r\n")
static const struct attempt longer_list[] = {
	{ "/healthzzz", OPEN("/healthzzz"), NOT_THERE },
	{ "/health/secrets", OPEN("/health/secrets"), NOT_THERE },
	{ "/metricsfoo", OPEN("/metricsfoo"), NOT_THERE },
	{ "/readyx", OPEN("/readyx"), NOT_THERE },
	{ "/studioevil", OPEN("/studioevil/x"), NOT_THERE },
	{ "/apis/auth/discoveryX", OPEN("/apis/auth/discoveryX"), NOT_THERE },
	{ "/apis/auth/discovery/x", OPEN("/apis/auth/discovery/x"), NOT_THERE },
	{ 0 }
};
static const struct attempts longer = { .list = longer_list };

static const struct attempt behind_list[] = {
	{ "/health/../apis", OPEN("/health/..${ws}"), NOT_THERE },
	{ "/health/..%2fapis", OPEN("/health/..%2fapis/entities/v2/workspaces"), NOT_THERE },
	{ "/health/live/../../apis", OPEN("/health/live/../..${ws}"), NOT_THERE },
	{ "/metrics/../apis", OPEN("/metrics/..${ws}"), NOT_THERE },
	{ "/studio/../apis", OPEN("/studio/..${ws}"), NOT_THERE },
	{ "/studio/%2e%2e/apis", OPEN("/studio/%2e%2e${ws}"), NOT_THERE },
	{ "/studio/.%2e/apis", OPEN("/studio/.%2e${ws}"), NOT_THERE },
	{ "/studio//../apis", OPEN("/studio//..${ws}"), NOT_THERE },
	{ "/studio/..%2fapis", OPEN("/studio/..%2fapis/entities/v2/workspaces"), NOT_THERE },
	{ "/studio/..;/apis", OPEN("/studio/..;${ws}"), NOT_THERE },
	{ "/studio/..\\apis", OPEN("/studio\\..\\apis\\entities\\v2\\workspaces"), NOT_THERE },
	{ "/studio/%252e%252e/apis", OPEN("/studio/%252e%252e${ws}"), NOT_THERE },
	{ "/apis/auth/discovery/../../entities", OPEN("/apis/auth/discovery/../..${ws}"), NOT_THERE },
	{ "/apis/auth/discovery%2f..", OPEN("/apis/auth/discovery%2f..%2f..%2fx"), NOT_THERE },
	{ 0 }
};
static const struct attempts behind = { .list = behind_list };
/* clang-format on */

static const struct scenario rows[] = {
	{
		.name = "other-case",
		.title = "/INTERNAL",
		.promise = "/internal is blocked in any letter case, and with dots or "
			   "blanks behind it.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "file systems and frameworks that ignore case; Deployment, "
			  "Gateway",
		.given = "a decision point that says yes to everything",
		.when = "GET /INTERNAL and /internal.",
		.remedy = "Compare without regard to case, and refuse whatever only "
			  "begins so.",
		.consequence = "serves internal endpoints by odd spelling",
		.catalogue = "AUTH-GW-INTERNAL",
		.tags = "raw-bytes",
		.mutants = "gateway-blocks-case-sensitively gateway-leaves-internal-open",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &other_case,
	},
	{
		.name = "other-segments",
		.title = "empty, dot and encoded segments before internal",
		.promise = "No empty, dot or encoded segments lead to /internal.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "CVE-2019-9901, CVE-2021-29492; RFC 3986, 5.2.4 and 6.2.2",
		.given = "a decision point that says yes to everything",
		.when = "GET //internal, /apis/%2e%2e/internal, /apis/..%2finternal",
		.remedy = "Resolve or refuse such segments before paths are compared, and "
			  "forward what was compared.",
		.consequence = "serves internal endpoints by odd spelling",
		.catalogue = "AUTH-GW-INTERNAL",
		.tags = "raw-bytes",
		.mutants = "gateway-keeps-double-slashes gateway-keeps-dot-segments "
			   "gateway-keeps-encoded-dots gateway-keeps-encoded-slashes "
			   "gateway-reads-paths-as-they-are",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &segments,
	},
	{
		.name = "parameters-and-backslashes",
		.title = "/apis/..;/internal, /apis/..\\internal",
		.promise = "No path parameters or backslashes lead to /internal.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Orange Tsai, Breaking Parser Logic, 2018; RFC 3986, 3.3",
		.given = "a decision point that says yes to everything",
		.when = "GET paths with ; and \\ in them",
		.remedy = "Answer 400 to ; and \\ in a path, encoded or not.",
		.consequence = "serves internal endpoints by odd spelling",
		.catalogue = "AUTH-GW-INTERNAL",
		.tags = "raw-bytes",
		.mutants = "gateway-keeps-path-parameters gateway-keeps-backslashes "
			   "gateway-reads-paths-as-they-are",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &foreign,
	},
	{
		.name = "encoded-twice",
		.title = "/%252e%252e/internal",
		.promise = "What a second decoder makes of a path does not lead to "
			   "/internal.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 3986, 2.4: do not decode twice",
		.given = "a decision point that says yes to everything",
		.when = "GET /apis/%252e%252e/internal",
		.remedy = "Answer 400 to %25 in a path.",
		.consequence = "serves internal endpoints by odd spelling",
		.catalogue = "AUTH-GW-INTERNAL",
		.tags = "raw-bytes",
		.mutants = "gateway-keeps-double-encoding gateway-reads-paths-as-they-are",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &encoded_twice,
	},
	{
		.name = "broken-encodings",
		.title = "%00, %c0%ae, %u002e",
		.promise = "Zero bytes, overlong UTF-8 and what is no encoding do not lead "
			   "to /internal.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 3986, 2.1; RFC 3629, 3",
		.given = "a decision point that says yes to everything",
		.when = "GET /internal%00, /apis/%c0%ae%c0%ae/internal",
		.remedy = "Answer 400 to control characters and broken encodings.",
		.consequence = "serves internal endpoints by odd spelling",
		.catalogue = "AUTH-GW-INTERNAL",
		.tags = "raw-bytes",
		.mutants = "gateway-reads-paths-as-they-are",
		.overlaps =
			"gateway-paths/encoded-twice; here encodings that no decoder agrees on",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &broken,
	},
	{
		.name = "other-forms",
		.title = "a target with scheme and host, or a number sign",
		.promise = "No other form of the request target leads to /internal.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 3.2; CVE-2021-32779, CVE-2021-39156",
		.given = "a decision point that says yes to everything",
		.when = "GET http://HOST/internal, /apis/x#/../../internal",
		.remedy = "Take the path out of an absolute target; refuse number signs.",
		.consequence = "serves internal endpoints by odd spelling",
		.catalogue = "AUTH-GW-INTERNAL",
		.tags = "raw-bytes",
		.mutants = "gateway-takes-absolute-form gateway-keeps-fragments "
			   "gateway-reads-paths-as-they-are",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &forms,
	},
	{
		.name = "open-is-exact",
		.title = "/healthzzz, /studioevil",
		.promise = "What only begins like an open path needs a token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: the open paths are exact",
		.when = "GET them without a token",
		.remedy = "Compare whole paths; end a prefix at a slash.",
		.consequence = "lets closed paths pass as open ones",
		.catalogue = "AUTH-GW-BYPASS-NOT-PREFIX",
		.tags = "raw-bytes",
		.mutants = "gateway-opens-by-prefix gateway-reads-paths-as-they-are",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &longer,
	},
	{
		.name = "open-hides-nothing",
		.title = "/studio/../apis without a token",
		.promise = "A protected path cannot be reached through an open one.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "CVE-2021-29492; path confusion on a public prefix",
		.when = "GET /studio/../apis/... and its spellings without a token",
		.remedy = "Decide about the path that is forwarded, in one spelling.",
		.consequence = "lets closed paths pass as open ones",
		.catalogue = "AUTH-GW-BYPASS-NOT-PREFIX",
		.tags = "raw-bytes",
		.mutants = "gateway-reads-paths-as-they-are gateway-keeps-dot-segments "
			   "gateway-keeps-encoded-dots",
		.overlaps = "gateway-paths/open-is-exact; here what hides behind an open path",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &behind,
	},
};

const struct suite suite_gateway_paths = {
	.section = "gateway-paths",
	.title = "Gateway: paths with two readings",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
