/* SPDX-License-Identifier: Apache-2.0 */
/* liar.c - the lies, and how they are put into bytes; see liar.h. */
#include "suites/kit/liar.h"

#include "fixtures/reference/reference.h"
#include "idp-sim/base/buf.h"

#include <string.h>

#define RESULT(allowed) "{\"result\":{\"allowed\":" allowed "}}"

/* clang-format off */
const struct lie liar_lies[] = {
	{ .name = "hangs", .what = "takes the request and never answers",
	  .reads = LIE_WIRE, .slow = true, .wire = { .hang = true } },
	{ .name = "closes", .what = "closes the connection without an answer",
	  .reads = LIE_WIRE, .wire = { .silent = true } },
	{ .name = "resets", .what = "resets the connection without an answer",
	  .reads = LIE_WIRE, .wire = { .silent = true, .reset = true } },
	{ .name = "stops-in-the-head", .what = "closes in the middle of its header section",
	  .reads = LIE_WIRE, .wire = { .cut = 30 } },
	{ .name = "is-not-http", .what = "answers with bytes that are no HTTP",
	  .reads = LIE_WIRE, .wire = { .raw = "\x16\x03\x01 allowed: true\r\n\r\n" } },
	{ .name = "says-only-continue", .what = "answers 100 Continue and closes",
	  .reads = LIE_WIRE, .wire = { .raw = "HTTP/1.1 100 Continue\r\n\r\n" } },
	{ .name = "hints-only", .what = "answers 103 with the identity and closes",
	  .reads = LIE_WIRE, .wire = { .status = 103, .close = true } },

	{ .name = "status-500", .what = "answers 500", .reads = LIE_STATUS,
	  .wire = { .status = 500 } },
	{ .name = "status-503", .what = "answers 503", .reads = LIE_STATUS,
	  .wire = { .status = 503 } },
	{ .name = "status-404", .what = "answers 404", .reads = LIE_STATUS,
	  .wire = { .status = 404 } },
	{ .name = "status-429", .what = "answers 429", .reads = LIE_STATUS,
	  .wire = { .status = 429 } },
	{ .name = "status-302", .what = "redirects elsewhere", .reads = LIE_STATUS,
	  .lines = "Location: /health/live\r\n", .wire = { .status = 302 } },
	{ .name = "status-304", .what = "answers 304", .reads = LIE_STATUS,
	  .wire = { .status = 304 } },
	{ .name = "status-204", .what = "answers 204", .reads = LIE_STATUS, .harmless = true,
	  .wire = { .status = 204 } },

	{ .name = "authorized-is-false", .what = "answers 200 and denies in its header",
	  .reads = LIE_HEADERS, .decides = true, .authorized = "false",
	  .body = RESULT("false") },
	{ .name = "authorized-is-absent", .what = "answers 200 without vouching",
	  .reads = LIE_HEADERS, .decides = true, .authorized = "" },
	{ .name = "authorized-is-yes", .what = "vouches with \"yes\"",
	  .reads = LIE_HEADERS, .decides = true, .authorized = "yes" },
	{ .name = "authorized-is-contradictory", .what = "vouches with true and false",
	  .reads = LIE_TWICE, .decides = true, .authorized_again = "false" },
	{ .name = "principal-is-absent", .what = "answers 200 and names nobody",
	  .reads = LIE_HEADERS, .principal = "" },
	{ .name = "principal-is-empty", .what = "names an empty principal",
	  .reads = LIE_HEADERS, .principal = " " },
	{ .name = "principal-is-twofold", .what = "names two principals",
	  .reads = LIE_TWICE, .principal_again = "u-second" },
	{ .name = "principal-has-controls", .what = "names a principal with a carriage return",
	  .reads = LIE_HEADERS, .principal = "u-alice\rX-Injected: 1" },
	{ .name = "connection-names-identity", .what = "lists the identity as hop-by-hop",
	  .reads = LIE_HEADERS, .harmless = true,
	  .lines = "Connection: close, X-NMP-Principal-Id, X-NMP-Authorized\r\n" },

	{ .name = "allowed-is-false", .what = "vouches in its headers and denies in its body",
	  .reads = LIE_BODY, .decides = true, .body = RESULT("false") },
	{ .name = "allowed-is-a-string", .what = "answers \"allowed\": \"false\"",
	  .reads = LIE_BODY, .decides = true, .body = RESULT("\"false\"") },
	{ .name = "allowed-is-a-number", .what = "answers \"allowed\": 1",
	  .reads = LIE_BODY, .decides = true, .body = RESULT("1") },
	{ .name = "allowed-is-null", .what = "answers \"allowed\": null",
	  .reads = LIE_BODY, .decides = true, .body = RESULT("null") },
	{ .name = "allowed-is-twofold", .what = "answers allowed false and allowed true",
	  .reads = LIE_BODY, .decides = true,
	  .body = "{\"result\":{\"allowed\":false,\"allowed\":true}}" },
	{ .name = "allowed-is-absent", .what = "answers an empty result",
	  .reads = LIE_BODY, .decides = true, .body = "{\"result\":{}}" },
	{ .name = "result-is-null", .what = "answers \"result\": null",
	  .reads = LIE_BODY, .decides = true, .body = "{\"result\":null}" },
	{ .name = "result-is-absent", .what = "answers {}: the decision is undefined",
	  .reads = LIE_BODY, .decides = true, .body = "{}" },
	{ .name = "body-is-a-list", .what = "answers []",
	  .reads = LIE_BODY, .decides = true, .body = "[]" },
	{ .name = "body-is-text", .what = "answers with a page",
	  .reads = LIE_BODY, .decides = true, .body = "<html>allowed: true</html>" },
	{ .name = "body-is-empty", .what = "answers without a body",
	  .reads = LIE_BODY, .decides = true, .body = "" },
	{ .name = "body-is-half", .what = "closes in the middle of its body",
	  .reads = LIE_BODY, .decides = true, .lines = "Content-Length: 4000\r\n",
	  .body = RESULT("true"), .wire = { .close = true } },
};
/* clang-format on */
const size_t n_liar_lies = ARRAY_LEN(liar_lies);

static void add_line(struct buf *b, const struct edition *e, const char *name,
		     const char *value, const char *honest)
{
	if (!value)
		value = honest;
	if (value && value[0])
		buf_printf(b, "%s: %s\r\n", edition_header(e, name), value);
}

void liar_say(struct recorder *r, const struct edition *e, const struct recorder_answer *a)
{
	struct recorder_answer copy;
	AUTO_BUF only = { 0 };

	if (!a) {
		recorder_say(r, NULL);
		return;
	}
	buf_printf(&only, "%s %s", edition_path(e, "decision"), edition_path(e, "callout"));
	buf_printf(&only, " %s", edition_path(e, "allow"));
	copy = *a;
	copy.only = only.p;
	recorder_say(r, &copy);
}

static void tell(struct recorder *r, const struct edition *e, const struct lie *l)
{
	struct recorder_answer a = l->wire;
	bool callout = edition_is_callout(e);
	AUTO_BUF headers = { 0 };

	add_line(&headers, e, "authorized", l->authorized, callout ? NULL : "true");
	add_line(&headers, e, "authorized", l->authorized_again, NULL);
	add_line(&headers, e, "principal_id", l->principal, LIAR_PRINCIPAL);
	add_line(&headers, e, "principal_id", l->principal_again, NULL);
	buf_str(&headers, "Content-Type: application/json\r\n");
	buf_str(&headers, l->lines);
	a.headers = headers.p;
	a.body = l->body ? l->body : callout ? "" : RESULT("true");
	if (!a.status)
		a.status = 200;
	if (l->wire.cut || l->wire.raw || l->wire.silent)
		a.close = true;
	liar_say(r, e, &a);
}

void liar_say_yes(struct recorder *r, const struct edition *e)
{
	static const struct lie none = { .name = "yes" };

	tell(r, e, &none);
}

bool liar_tell(struct recorder *r, const struct edition *e, const char *lie, struct err *err)
{
	for (size_t i = 0; i < n_liar_lies; i++) {
		if (strcmp(liar_lies[i].name, lie) == 0) {
			tell(r, e, &liar_lies[i]);
			return true;
		}
	}
	return fail(err, ERR_INPUT, "the liar knows no '%s'", lie);
}
