/* SPDX-License-Identifier: Apache-2.0 */
/* Who is signed in, and the button that ends it. */
#include "idp-sim/console-page.h"

#include "idp-sim/base/conf.h"

#include <inttypes.h>
#include <string.h>

enum { SHOWN = 20 };

static void put_status(struct buf *b, const json_t *s)
{
	const char *status = conf_str(s, "status", "");
	int64_t n = conf_int(s, "refreshes", 0);

	buf_printf(b, "<td class=\"%s\">%s", strcmp(status, "active") ? "quiet" : "ok", status);
	if (n)
		buf_printf(b, "<span class=\"quiet\">, refreshed &#215; %" PRId64 "</span>", n);
	buf_str(b, "</td>");
}

static void put_end(struct buf *b, const json_t *s)
{
	const char *who = conf_str(s, "user", conf_str(s, "client_id", ""));

	if (strcmp(conf_str(s, "status", ""), "active") != 0) {
		buf_str(b, "<td></td></tr>");
		return;
	}
	buf_str(b, "<td class=\"act\"><form method=\"post\" action=\"/console/sessions\">"
		   "<button name=\"end\" value=\"");
	buf_html(b, conf_str(s, "id", ""));
	buf_str(b, "\" aria-label=\"end the session of ");
	buf_html(b, who);
	buf_str(b, "\">end</button></form></td></tr>");
}

static void put_session(struct page *p, const json_t *s)
{
	struct buf *b = &p->out;

	buf_str(b, "<tr><td class=\"mono\">");
	page_time(b, conf_int(s, "started", 0), "%H:%M:%S");
	buf_str(b, "</td><td class=\"mono\">");
	buf_html(b, conf_str(s, "user", "(the client itself)"));
	buf_str(b, "</td><td class=\"mono\">");
	buf_html(b, conf_str(s, "provider", ""));
	buf_str(b, "</td><td class=\"mono fit wide\">");
	buf_html(b, page_client(p, s));
	buf_str(b, "</td>");
	put_status(b, s);
	put_end(b, s);
}

static int by_age(const void *a, const void *b)
{
	int64_t left = conf_int(*(json_t *const *)a, "started", 0);
	int64_t right = conf_int(*(json_t *const *)b, "started", 0);

	return (left < right) - (left > right);
}

void page_sessions(struct page *p)
{
	size_t n = json_array_size(p->sessions), i;
	const json_t **all = calloc(n + 1, sizeof(*all));
	struct buf *b = &p->out;
	json_t *s;

	if (!all)
		abort();
	json_array_foreach(p->sessions, i, s)
		all[i] = s;
	qsort(all, n, sizeof(*all), by_age);
	if (n)
		buf_printf(
			b,
			"<header><h2>Sessions<small>%zu%s</small></h2></header><table><thead>"
			"<tr><th scope=\"col\">since</th><th scope=\"col\">who</th>"
			"<th scope=\"col\">provider</th>"
			"<th scope=\"col\" class=\"wide\">client</th>"
			"<th scope=\"col\">state</th><th><span class=\"hidden\">end it</span>"
			"</th></tr></thead><tbody>",
			n, n > SHOWN ? ", the newest" : "");
	for (i = 0; i < n && i < SHOWN; i++)
		put_session(p, all[i]);
	if (n)
		buf_str(b, "</tbody></table>");
	free(all);
}
