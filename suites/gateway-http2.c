/* SPDX-License-Identifier: Apache-2.0 */
/* gateway-http2.c - what HTTP/2 can say that HTTP/1.1 cannot, and the other way round. */
#include "suites/attempt.h"
#include "suites/kit/given.h"
#include "suites/kit/http2.h"
#include "suites/kit/liar.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include <string.h>

enum { MAX_MORE = 9, MAX_FIELDS = 20 };

struct frames {
	const char *what; /* NULL ends a table */
	enum must must;
	bool anonymous;	   /* without a token */
	const char *guard; /* see guards() */
	bool second;	   /* behind a good one on the same connection */
	const char *path;  /* NULL: the workspace */
	const char *method;
	struct http2_field more[MAX_MORE]; /* behind the usual ones */
	const char *body;
	struct http2_field trailers[3];
};

#define FORGED(name)                                                                           \
	{                                                                                      \
		name, "forged", 0                                                              \
	}

static const struct frames stripped[] = {
	{ "identity in HTTP/2", NOT_LEAK,
	  .more = { FORGED("x-nmp-authorized"), FORGED("x-nmp-principal-id"),
		    FORGED("x-nmp-principal-email"), FORGED("x-nmp-principal-on-behalf-of"),
		    FORGED("x-nmp-principal-on-behalf-of-email"), FORGED("x-nmp-scopes") } },
	{ "underscores in HTTP/2", NOT_LEAK, .more = { FORGED("x_nmp_principal_id") } },
	{ "identity without a token in HTTP/2", NOT_PASS, .anonymous = true,
	  .guard = "the token decides, in each protocol; gateway/bad-token-is-401 turns red",
	  .more = { FORGED("x-nmp-authorized"), FORGED("x-nmp-principal-id") } },
	{ 0 }
};

static const struct frames malformed[] = {
	{ "a name in upper case", NOT_LEAK, .more = { FORGED("X-NMP-Principal-Id") } },
	{ "CR LF in a value", NOT_LEAK,
	  .more = { { "x-bar", "a\r\nx-nmp-principal-id: forged", 0 } } },
	{ "LF in a value", NOT_LEAK,
	  .more = { { "x-bar", "a\nx-nmp-principal-id: forged", 0 } } },
	{ "a zero byte in a value", NOT_LEAK, .more = { { "x-bar", "a\0forged", 8 } } },
	{ "CR LF in a name", NOT_LEAK, .more = { FORGED("x-bar: a\r\nx-nmp-principal-id") } },
	{ "a colon in a name", NOT_LEAK, .more = { FORGED("x-nmp-principal-id:") } },
	{ "a blank before a name", NOT_LEAK, .more = { FORGED(" x-nmp-principal-id") } },
	{ "a pseudo-field behind a field", NOT_LEAK,
	  .more = { { "x-bar", "a", 0 }, { ":path", "/internal/forged", 0 } },
	  .guard = "the path that is forwarded is the path that was compared" },
	{ 0 }
};

static const struct frames framing[] = {
	{ "Transfer-Encoding in HTTP/2", NOT_LEAK, .method = "POST",
	  .more = { { "transfer-encoding", "chunked", 0 } },
	  .body = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n" },
	{ "a length that is not the body's", NOT_PASS, .method = "POST",
	  .more = { { "content-length", "0", 0 } },
	  .body = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n" },
	{ "a Host that is not the authority", NOT_LEAK, .more = { FORGED("host") },
	  .guard = "the library gives one of the two" },
	{ "Connection in HTTP/2", NOT_LEAK, .more = { { "connection", "x-nmp-scopes", 0 } },
	  .guard = "gateway-headers has the defect in HTTP/1.1" },
	{ "a blank and a version in the method", NOT_PASS,
	  .method = "GET /smuggled HTTP/1.1\r\nx: y\r\n\r\nGET",
	  .guard = "what comes of it is decided, too" },
	{ "CR LF in the path", NOT_PASS, .path = "/x HTTP/1.1\r\nx: forged\r\n\r\nGET /y",
	  .guard = "what comes of it is decided, too" },
	{ 0 }
};

static const struct frames targets[] = {
	{ "/internal in HTTP/2", NOT_THERE, .path = "/internal/x" },
	{ "/apis/../internal in HTTP/2", NOT_THERE, .path = "/apis/../internal/x" },
	{ "/apis/..%2finternal in HTTP/2", NOT_THERE, .path = "/apis/..%2finternal/x" },
	{ "internal without a slash in HTTP/2", NOT_THERE, .path = "internal/x",
	  .guard = "no target of HTTP/1.1 either" },
	{ "two paths", NOT_THERE, .more = { { ":path", "/internal/x", 0 } },
	  .guard = "the path that is forwarded is the path that was compared" },
	{ 0 }
};

static const struct frames trailers[] = {
	{ "identity in HTTP/2 trailers", NOT_LEAK, .method = "POST", .body = "abc",
	  .trailers = { FORGED("x-nmp-principal-id"), FORGED("x-nmp-authorized") } },
	{ 0 }
};

static const struct frames streams[] = {
	{ "a second stream without a token", NOT_PASS, .anonymous = true, .second = true },
	{ "two tokens in HTTP/2", NOT_PASS,
	  .more = { { "authorization", "Bearer forged", 0 } } },
	{ "CONNECT for a websocket without a token", NOT_PASS, .anonymous = true,
	  .method = "CONNECT", .more = { { ":protocol", "websocket", 0 } },
	  .guard = "no server takes it that was not told to" },
	{ 0 }
};

static const char *filled(struct run *run, const char *text)
{
	size_t n;

	return text ? attempt_bytes(run, text, &n) : NULL;
}

static const char *path_of(struct run *run, const struct frames *f)
{
	if (f->path)
		return f->path;
	return f->body ? run_printf(run, "%s/projects", ws_path(run, NULL))
		       : ws_path(run, NULL);
}

enum { TAIL = 3 };

/* The fields of a request, into fields[MAX_FIELDS] and tail[TAIL]. */
static struct http2_ask ask_of(struct run *run, const struct frames *f,
			       struct http2_field *fields, struct http2_field *tail)
{
	size_t n = 0;

	fields[n++] = (struct http2_field) { ":method", f->method ? f->method : "GET", 0 };
	fields[n++] = (struct http2_field) { ":scheme", front_scheme(run), 0 };
	fields[n++] = (struct http2_field) { ":authority", front_authority(run), 0 };
	fields[n++] = (struct http2_field) { ":path", path_of(run, f), 0 };
	if (!f->anonymous)
		fields[n++] = (struct http2_field) { "authorization",
						     filled(run, "Bearer ${token}"), 0 };
	for (size_t i = 0; i < MAX_MORE && f->more[i].name; i++) {
		fields[n] = f->more[i];
		fields[n++].name = filled(run, f->more[i].name);
	}
	for (size_t i = 0; i < TAIL - 1 && f->trailers[i].name; i++) {
		tail[i] = f->trailers[i];
		tail[i].name = filled(run, f->trailers[i].name);
	}
	return (struct http2_ask) { .fields = fields,
				    .body = f->body,
				    .trailers = tail[0].name ? tail : NULL };
}

static const struct answer *send_frames(struct run *run, const struct frames *f)
{
	static const struct frames good = { .what = "a good GET" };
	struct http2_field fields[2][MAX_FIELDS] = { 0 }, tail[2][TAIL] = { 0 };
	struct http2_ask first = ask_of(run, &good, fields[0], tail[0]);
	struct http2_ask ask = ask_of(run, f, fields[1], tail[1]);

	ask.first = f->second ? &first : NULL;
	return request_http2(run, &ask);
}

static const char *wrong_with(struct run *run, const struct frames *f, const struct answer *a,
			      const char *who)
{
	const char *wrong = NULL;
	size_t n = upstream_count(run);

	for (size_t i = n - a->reached + f->second; i < n && !wrong; i++) {
		const char *target = upstream_request(run, i)->target;

		if (f->must == NOT_PASS || strstr(target, "internal") ||
		    strstr(target, "smuggled"))
			wrong = target;
		else
			wrong = forwarded_wrong(run, i, who);
	}
	return wrong;
}

static void control_frames(struct run *run, const struct frames *good)
{
	const struct answer *a = send_frames(run, good);

	control_that(run, a->status == 200 && a->reached == 1,
		     run_printf(run, "forwards %s in HTTP/2", good->what),
		     "status %d, %zu forwarded", a->status, a->reached);
}

static void play_as(struct run *run, const char *who)
{
	static const struct frames get = { .what = "a good GET" };
	static const struct frames post = { .what = "a good POST",
					    .method = "POST",
					    .body = "{}" };
	const struct answer *a;

	control_frames(run, &get);
	control_frames(run, &post);
	for (const struct frames *f = run->arg; f->what; f++) {
		const char *wrong;

		guards(run, f->guard);
		a = send_frames(run, f);
		wrong = wrong_with(run, f, a, who);
		if (!check_that(run, !wrong, run_printf(run, "cleans or refuses %s", f->what),
				"a refusal, or the token's principal and nothing forged",
				"status %d, the upstream saw %s", a->status, wrong))
			mark(run, "gateway", a->reached ? "upstream" : NULL, f->what);
	}
}

static void play_frames(struct run *run)
{
	play_as(run, person_subject(run, "alice"));
}

static void internal_in_frames(struct run *run)
{
	pdp_says_yes(run);
	play_as(run, LIAR_PRINCIPAL);
}

static const struct scenario rows[] = {
	{
		.name = "identity-is-stripped",
		.title = "identity headers in HTTP/2",
		.promise = "Identity headers are stripped in HTTP/2 as well.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9113, 8.2; Deployment, Gateway",
		.given = "alice's token, HTTP/2",
		.when = "send x-nmp-principal-id and its like",
		.remedy = "Strip before the protocol of the client matters.",
		.consequence = "lets a client act in another person's name",
		.catalogue = "AUTH-GW-STRIP-CASE",
		.needs = "http2",
		.tags = "raw-bytes",
		.mutants = "gateway-strips-case-sensitively gateway-keeps-underscores",
		.overlaps = "gateway/strips-any-case; here another protocol",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_frames,
		.arg = stripped,
	},
	{
		.name = "malformed-fields",
		.title = "upper case, CR LF, NUL, colons in HTTP/2 fields",
		.promise = "Fields that HTTP/1.1 cannot carry become no header lines.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9113, 8.2.1",
		.given = "alice's token, HTTP/2",
		.when = "send names and values with control characters",
		.remedy = "Reset the stream of a malformed request.",
		.consequence = "lets a value write headers of its own",
		.needs = "http2",
		.tags = "raw-bytes",
		.mutants = "gateway-passes-http2-fields-raw",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_frames,
		.arg = malformed,
	},
	{
		.name = "framing",
		.title = "lengths, codings and requests in HTTP/2",
		.promise = "A request in HTTP/2 becomes one request in HTTP/1.1.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9113, 8.1.1 and 8.2.2; PortSwigger, HTTP/2: the sequel is "
			  "always worse, 2021",
		.given = "alice's token, HTTP/2",
		.when = "send Transfer-Encoding, a wrong length, a method with a line "
			"break",
		.remedy = "Reset the stream of a malformed request.",
		.consequence = "lets a client smuggle requests past every decision",
		.needs = "http2",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-passes-http2-fields-raw",
		.overlaps = "gateway-http2/malformed-fields; here what ends a request",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_frames,
		.arg = framing,
	},
	{
		.name = "internal-is-blocked",
		.title = "/internal in HTTP/2",
		.promise = "/internal cannot be reached in HTTP/2.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway; RFC 9113, 8.3.1",
		.given = "a decision point that says yes to everything",
		.when = "send :path /internal/x and its spellings",
		.remedy = "Compare the path once, for every protocol.",
		.consequence = "serves internal endpoints to the world",
		.catalogue = "AUTH-GW-INTERNAL",
		.needs = "http2",
		.tags = "raw-bytes",
		.mutants = "gateway-leaves-internal-open gateway-keeps-dot-segments "
			   "gateway-reads-paths-as-they-are",
		.overlaps = "gateway/internal-is-blocked; here another protocol",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = internal_in_frames,
		.arg = targets,
	},
	{
		.name = "each-stream-is-decided",
		.title = "streams of one connection",
		.promise =
			"Each stream of a connection is decided by itself, by its one token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9113, 5; RFC 8441; RFC 9110, 11.6.2",
		.given = "a connection on which alice's token was good",
		.when = "send another stream without a token, with two tokens, as CONNECT",
		.remedy = "Keep nothing of a decision on the connection.",
		.consequence = "lets whoever shares a connection act as somebody else",
		.needs = "http2",
		.tags = "raw-bytes",
		.mutants =
			"gateway-decides-once-a-connection gateway-asks-with-the-first-token",
		.overlaps = "gateway-requests/each-request-is-decided; here another protocol",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_frames,
		.arg = streams,
	},
	{
		.name = "trailers",
		.title = "identity in HTTP/2 trailers",
		.promise = "Trailers with an identity do not reach the service.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9113, 8.1",
		.given = "alice's token, HTTP/2",
		.when = "POST a body with trailers",
		.remedy = "Drop trailers.",
		.consequence = "passes forged identity in trailers",
		.needs = "http2",
		.tags = "raw-bytes",
		.mutants = "gateway-forwards-trailers",
		.overlaps = "gateway-requests/trailers; here another protocol",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_frames,
		.arg = trailers,
	},
};

const struct suite suite_gateway_http2 = {
	.section = "gateway-http2",
	.title = "Gateway: HTTP/2",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
