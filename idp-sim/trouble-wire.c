/* SPDX-License-Identifier: Apache-2.0 */
/* What a wire trouble does to an answer. */
#include "idp-sim/trouble.h"

#include "idp-sim/base/buf.h"

#include <string.h>

enum { DEFAULT_DELAY_MS = 1000, DEFAULT_RETRY_S = 30 };

static void say(const struct web_request *rq, struct web_reply *rp, int status,
		const char *title)
{
	AUTO_BUF page = { 0 };

	buf_printf(&page,
		   "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1>"
		   "</center>\r\n</body>\r\n</html>\r\n",
		   title, title);
	rp->headers = NULL;
	web_text(rq, rp, status, "text/html", page.p, page.n);
}

static void replace_type(const struct web_request *rq, struct web_reply *rp, const char *type)
{
	web_unset(rp, "Content-Type");
	web_set(rq, rp, "Content-Type", "%s", type);
}

static void wire_delay(const struct trouble *t, const struct web_request *rq,
		       struct web_reply *rp)
{
	rp->delay_ms = t->number >= 0 ? t->number : DEFAULT_DELAY_MS;
}

static void wire_reset(const struct trouble *t, const struct web_request *rq,
		       struct web_reply *rp)
{
	rp->fault = WEB_FAULT_RESET;
}

static void wire_truncate(const struct trouble *t, const struct web_request *rq,
			  struct web_reply *rp)
{
	rp->fault = WEB_FAULT_TRUNCATE;
	rp->fault_bytes = t->number >= 0 ? (size_t)t->number : rp->body_len / 2;
	if (rp->fault_bytes >= rp->body_len)
		rp->fault_bytes = rp->body_len ? rp->body_len - 1 : 0;
}

/* The last byte of a JSON text is its closing brace: what is left parses nowhere. */
static void wire_bad_json(const struct trouble *t, const struct web_request *rq,
			  struct web_reply *rp)
{
	if (rp->body_len)
		rp->body_len--;
}

static void wire_html(const struct trouble *t, const struct web_request *rq,
		      struct web_reply *rp)
{
	say(rq, rp, rp->status, *t->value ? t->value : "Sign in to the network");
}

static void wire_content_type(const struct trouble *t, const struct web_request *rq,
			      struct web_reply *rp)
{
	replace_type(rq, rp, *t->value ? t->value : "text/plain");
}

static void wire_status(const struct trouble *t, const struct web_request *rq,
			struct web_reply *rp)
{
	static const struct {
		const char *what, *title;
		int status;
	} rows[] = { { "429", "429 Too Many Requests", 429 },
		     { "500", "500 Internal Server Error", 500 },
		     { "502", "502 Bad Gateway", 502 },
		     { "503", "503 Service Unavailable", 503 },
		     { "504", "504 Gateway Time-out", 504 } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].what, t->what))
			say(rq, rp, rows[i].status, rows[i].title);
	if (!strcmp(t->what, "429") || t->number >= 0)
		web_set(rq, rp, "Retry-After", "%d",
			(int)(t->number >= 0 ? t->number : DEFAULT_RETRY_S));
}

/* In the order in which they are done to a reply. */
static const struct {
	const char *what;
	void (*apply)(const struct trouble *t, const struct web_request *rq,
		      struct web_reply *rp);
} wires[] = {
	{ "429", wire_status },	       { "500", wire_status },
	{ "502", wire_status },	       { "503", wire_status },
	{ "504", wire_status },	       { "html", wire_html },
	{ "bad-json", wire_bad_json }, { "content-type", wire_content_type },
	{ "truncate", wire_truncate }, { "reset", wire_reset },
	{ "delay", wire_delay },
};

static bool is_word(void *ctx, const struct trouble *t)
{
	return !strcmp(ctx, t->what);
}

static bool is_status(void *ctx, const struct trouble *t)
{
	return *t->what >= '1' && *t->what <= '9';
}

void trouble_wire(struct troubles *t, const struct facts *f, const struct web_request *rq,
		  struct web_reply *rp)
{
	struct trouble got;

	for (size_t i = 0; troubles_armed(t) && i < ARRAY_LEN(wires); i++)
		if (trouble_take(t, TROUBLE_WIRE, f, is_word, (void *)(uintptr_t)wires[i].what,
				 &got))
			wires[i].apply(&got, rq, rp);
}

bool trouble_gate(struct troubles *t, const struct facts *f, const struct web_request *rq,
		  struct web_reply *rp)
{
	struct trouble got;

	if (!trouble_take(t, TROUBLE_WIRE, f, is_status, NULL, &got))
		return false;
	wire_status(&got, rq, rp);
	return true;
}
