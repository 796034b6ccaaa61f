/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page-dress.c - what every page of every dialect wears: the style, and the line that says that it
 * is simulated. The line cannot be switched off: a page that asks for a password and resembles
 * one that people know must say so first.
 */
#include "idp-sim/base/file.h"
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

void dress_page(struct exchange *x)
{
	static const char doctype[] = "<!DOCTYPE html>";
	struct web_reply *rp = x->rp;
	bool page = rp->body_len > sizeof(doctype) &&
		    !strncmp(rp->body, doctype, sizeof(doctype) - 1);
	const char *head = page ? strstr(rp->body, "</head>") : NULL;
	const char *body = head ? strstr(head, "<body") : NULL;
	AUTO_BUF b = { 0 };

	body = body ? strchr(body, '>') : NULL;
	if (!body)
		return;
	buf_add(&b, rp->body, (size_t)(head - rp->body));
	put_style(&b, x);
	buf_add(&b, head, (size_t)(body + 1 - head));
	buf_str(&b, line);
	buf_str(&b, body + 1);
	rp->body = arena_dup(x->arena, b.p, b.n);
	rp->body_len = b.n;
}
