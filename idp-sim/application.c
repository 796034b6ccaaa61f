/* SPDX-License-Identifier: Apache-2.0 */
/*
 * application.c - back to the application: in the query, in the fragment (OAuth 2.0 Multiple
 * Response Types, 2.1), or as a page that posts itself (OAuth 2.0 Form Post Response Mode).
 */
#include "idp-sim/serve.h"

#include <string.h>

static void put_field(struct buf *b, const struct form_field *f)
{
	buf_str(b, "<input type=\"hidden\" name=\"");
	buf_html(b, f->name);
	buf_str(b, "\" value=\"");
	buf_html(b, f->value);
	buf_str(b, "\">\n");
}

static void post_itself(struct exchange *x, const char *uri, const char *query)
{
	struct form f = form_parse(x->arena, query, strlen(query));
	AUTO_BUF b = { 0 };

	buf_str(&b, "<!DOCTYPE html>\n<html><head><title>");
	buf_html(&b, conf_str(x->provider->source, "pages.form_post.title", "Working..."));
	buf_str(&b, "</title></head><body onload=\"document.forms[0].submit()\">\n"
		    "<form method=\"post\" action=\"");
	buf_html(&b, uri);
	buf_str(&b, "\">\n");
	for (size_t i = 0; i < f.n; i++)
		put_field(&b, &f.fields[i]);
	buf_str(&b, "<noscript><button>Continue</button></noscript></form></body></html>\n");
	answer_text(x, 200, arena_dup(x->arena, b.p, b.n), b.n);
}

void answer_application(struct exchange *x, const char *uri, const char *query)
{
	const char *mode = x->response_mode ? x->response_mode : "query";
	char sign = !strcmp(mode, "fragment") ? '#' : strchr(uri, '?') ? '&' : '?';

	query += *query == '&';
	if (!strcmp(mode, "form_post"))
		post_itself(x, uri, query);
	else
		redirect(x, arena_printf(x->arena, "%s%c%s", uri, sign, query));
}
