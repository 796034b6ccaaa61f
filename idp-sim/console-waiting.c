/* SPDX-License-Identifier: Apache-2.0 */
/* Device sign-ins that wait for a person, and how to start one. */
#include "idp-sim/console-page.h"

#include "idp-sim/base/conf.h"

#include <inttypes.h>
#include <string.h>

static void put_people(struct page *p, const char *provider)
{
	json_t *one, *user;
	size_t i, k;

	buf_str(&p->out, "<select name=\"user\" aria-label=\"as whom\">");
	json_array_foreach(p->providers, i, one) {
		if (strcmp(conf_str(one, "name", ""), provider))
			continue;
		json_array_foreach(json_object_get(one, "users"), k, user) {
			buf_str(&p->out, "<option value=\"");
			buf_html(&p->out, conf_str(user, "name", ""));
			buf_str(&p->out, "\">as ");
			buf_html(&p->out, conf_str(user, "name", ""));
			buf_str(&p->out, "</option>");
		}
	}
	buf_str(&p->out, "</select>");
}

static void put_life(struct page *p, const json_t *d)
{
	int64_t now = clk_now(&p->idp->clk), ends = conf_int(d, "expires", now);
	int64_t all = ends - conf_int(d, "created", now), left = ends > now ? ends - now : 0;

	buf_printf(&p->out, "<div class=\"life\"><i style=\"width:%d%%\"></i></div>",
		   all ? (int)(left * 100 / all) : 0);
	buf_str(&p->out, "<p class=\"small\">expires in ");
	page_span(&p->out, left);
	buf_str(&p->out, " of simulated time</p>");
}

/* The answer that gave the code, from the journal: it says where the code is entered. New
 * reference, or NULL. */
static json_t *device_answer(const struct page *p, const json_t *d)
{
	for (size_t i = json_array_size(p->entries); i > 0; i--) {
		const json_t *e = json_array_get(p->entries, i - 1);
		const char *answer = conf_str(e, "answer", NULL);

		if (answer && page_same(e, d, "provider") && page_same(e, d, "tenant") &&
		    !strcmp(conf_str(e, "endpoint", ""), "device") &&
		    conf_int(e, "status", 0) == 200)
			return json_loads(answer, 0, NULL);
	}
	return NULL;
}

static void put_where(struct page *p, const json_t *d)
{
	struct buf *b = &p->out;
	AUTO(json_t) json_t *answer = device_answer(p, d);
	const char *page = conf_str(answer, "verification_uri",
				    conf_str(answer, "verification_url", NULL));
	bool complete = json_object_get(answer, "verification_uri_complete") != NULL;
	AUTO_BUF uri = { 0 };

	if (!page)
		return;
	buf_str(&uri, page);
	if (complete)
		buf_printf(&uri, "?user_code=%s", conf_str(d, "user_code", ""));
	if (p->reachable)
		page_qr(b, uri.p);
	buf_str(b, "<p class=\"small\"><a href=\"");
	buf_html(b, uri.p);
	buf_str(b, complete ? "\">open its page</a></p>"
			    : "\">open its page</a> and type the code</p>");
}

static void put_sign_in(struct page *p, const json_t *d)
{
	struct buf *b = &p->out;
	const char *code = conf_str(d, "user_code", ""),
		   *provider = conf_str(d, "provider", "");

	buf_str(b, "<div class=\"card\"><div class=\"code\">");
	buf_html(b, code);
	buf_str(b, "</div><p class=\"small\">");
	buf_html(b, provider);
	buf_str(b, " · ");
	buf_html(b, conf_str(d, "tenant", ""));
	buf_str(b, "</p>");
	put_where(p, d);
	buf_str(b, "<dl><dt>client</dt><dd>");
	buf_html(b, page_client(p, d));
	buf_str(b, "</dd><dt>asks for</dt><dd>");
	buf_html(b, conf_str(d, "scope", ""));
	buf_printf(b, "</dd><dt>polls</dt><dd>%" PRId64 "</dd></dl>", conf_int(d, "polls", 0));
	buf_str(b, "<form class=\"row\" method=\"post\" action=\"/console/devices\">"
		   "<input type=\"hidden\" name=\"user_code\" value=\"");
	buf_html(b, code);
	buf_str(b, "\">");
	put_people(p, provider);
	buf_printf(b, "<button class=\"go\" name=\"approve\" value=\"yes\">Approve</button>"
		      "<button name=\"deny\" value=\"yes\">Deny</button></form>");
	put_life(p, d);
	buf_str(b, "</div>");
}

const char *page_client(const struct page *p, const json_t *of)
{
	const char *id = conf_str(of, "client_id", NULL);
	const struct provider *at = idp_provider(p->idp, conf_str(of, "provider", NULL));
	const struct client *c = at ? provider_client(at, id) : NULL;

	return c ? c->name : id;
}

const json_t *page_provider(const struct page *p)
{
	json_t *one;
	size_t i;

	json_array_foreach(p->providers, i, one)
		if (p->only && !strcmp(conf_str(one, "name", ""), p->only))
			return one;
	return json_array_get(p->providers, 0);
}

static void put_no_sign_in(struct page *p)
{
	const json_t *first = page_provider(p);
	const json_t *clients = json_object_get(first, "clients");
	const char *client = "platform-cli";
	json_t *c;
	size_t i;

	json_array_foreach(clients, i, c)
		if (conf_bool(c, "public", false)) {
			client = conf_str(c, "id", client);
			break;
		}

	buf_str(&p->out,
		"<div class=\"empty\"><p>When a CLI asks for a device code, it waits here for "
		"you to approve or deny it.</p><p style=\"margin-top:12px\">Start one:</p><pre>"
		"curl -d scope=openid -d client_id=");
	buf_html(&p->out, client);
	buf_char(&p->out, ' ');
	buf_html(&p->out, conf_str(first, "endpoints.device", ""));
	buf_str(&p->out, "</pre></div>");
}

void page_waiting(struct page *p)
{
	size_t i, n = 0;
	json_t *d;

	json_array_foreach(p->devices, i, d)
		n += !strcmp(conf_str(d, "status", ""), "pending");
	buf_str(&p->out, "<header><h2>Sign-ins waiting<small>");
	if (n)
		buf_printf(&p->out, "%zu", n);
	else
		buf_str(&p->out, "none");
	buf_str(&p->out, "</small></h2></header>");
	json_array_foreach(p->devices, i, d)
		if (!strcmp(conf_str(d, "status", ""), "pending"))
			put_sign_in(p, d);
	if (!n)
		put_no_sign_in(p);
}
