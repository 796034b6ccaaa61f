/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page-dress.c - what every page of every dialect wears: the style, and the line that says that it
 * is simulated. The line cannot be switched off: a page that asks for a password and resembles
 * one that people know must say so first.
 */
#include "idp-sim/base/file.h"
#include "idp-sim/console-page.h"
#include "idp-sim/pages.h"

#include <string.h>

extern const struct embedded console_assets[];

static const char line[] =
	"<p class=\"simulated\" role=\"note\"><b>Simulated by idp-sim.</b> Not a real sign-in. "
	"Never type a real password here.</p>";

static void put_style(struct buf *b, const struct exchange *x)
{
	const struct embedded *css = embedded_find(console_assets, "pages.css");
	const struct template *own = x->provider->texts[TXT_page_style];

	buf_str(b, "<meta name=\"viewport\" "
		   "content=\"width=device-width,initial-scale=1\"><style>");
	buf_add(b, css->text, css->n);
	if (own)
		buf_str(b, template_text(own, (struct exchange *)x, x->arena));
	buf_str(b, "</style>");
}

static bool is_loopback(const char *origin)
{
	const char *host = strstr(origin, "://");

	return host && (!strncmp(host + 3, "127.", 4) || !strncmp(host + 3, "localhost", 9) ||
			!strncmp(host + 3, "[::1]", 5));
}

/* Where a person types the code: the same page for the phone in the other hand. */
static void put_qr(struct buf *b, struct exchange *x)
{
	bool form = x->endpoint->kind == EP_DEVICE_PAGE && x->rp->status == 200;
	AUTO_BUF qr = { 0 };

	if (form)
		page_qr(&qr, arena_printf(x->arena, "%s%s", x->origin, x->rq->target));
	if (!qr.n)
		return;
	buf_str(b, "<figure class=\"phone\">");
	buf_add(b, qr.p, qr.n);
	buf_str(b, "<figcaption>Open this page on a phone");
	buf_str(b, is_loopback(x->origin)
			   ? "; as it is served now, only this machine reaches it"
			   : "");
	buf_str(b, ".</figcaption></figure>\n");
}

void dress_page(struct exchange *x)
{
	static const char doctype[] = "<!DOCTYPE html>";
	struct web_reply *rp = x->rp;
	bool page = rp->body_len > sizeof(doctype) &&
		    !strncmp(rp->body, doctype, sizeof(doctype) - 1);
	const char *head = page ? strstr(rp->body, "</head>") : NULL;
	const char *body = head ? strstr(head, "<body") : NULL;
	const char *end = body ? strstr(body, "</body>") : NULL;
	AUTO_BUF b = { 0 };

	body = end ? strchr(body, '>') : NULL;
	if (!body)
		return;
	buf_add(&b, rp->body, (size_t)(head - rp->body));
	put_style(&b, x);
	buf_add(&b, head, (size_t)(body + 1 - head));
	buf_str(&b, line);
	buf_add(&b, body + 1, (size_t)(end - body - 1));
	put_qr(&b, x);
	buf_str(&b, end);
	rp->body = arena_dup(x->arena, b.p, b.n);
	rp->body_len = b.n;
}
