/* SPDX-License-Identifier: Apache-2.0 */
/* The middle column - journal and tokens - and the request that was chosen. */
#include "idp-sim/console-page.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { MOST_LINES = 60, MOST_TOKENS = 20 };

static void put_clock_time(struct buf *b, const json_t *e)
{
	int64_t s = conf_int(e, "time_ms", 0) / 1000 % 86400;

	buf_printf(b, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static const char *class_of(const json_t *e)
{
	int64_t status = conf_int(e, "status", 0);

	if (conf_str(e, "trouble", NULL) || conf_str(e, "fault", NULL))
		return "warn";
	if (!strcmp(conf_str(e, "situation", ""), "authorization_pending"))
		return "quiet";
	return status >= 400 ? "no" : "ok";
}

/* The provider's own word for what it answered: AADSTS70011 before invalid_scope. */
static void put_answer(struct buf *b, const json_t *e)
{
	const char *answer = conf_str(e, "answer", ""), *code = strstr(answer, "AADSTS");
	AUTO(json_t) json_t *body = json_loads(answer, 0, NULL);
	const char *error = conf_str(body, "errorCode", conf_str(body, "error", NULL));

	buf_str(b,
		conf_str(e, "trouble", NULL) || conf_str(e, "fault", NULL) ? "&#9650; " : "");
	if (code)
		buf_add(b, code, strspn(code + 6, "0123456789") + 6);
	else if (error)
		buf_html(b, error);
	else if (conf_str(e, "situation", NULL))
		buf_html(b, conf_str(e, "situation", NULL));
	else
		buf_html(b, conf_str(e, "grant", conf_str(e, "endpoint", "")));
}

/* The last two segments: "…/v2.0/token". */
static void put_path(struct buf *b, const char *path)
{
	const char *cut = path + strlen(path);

	for (int slashes = 0; cut > path; cut--)
		if (cut[-1] == '/' && ++slashes == 2)
			break;
	buf_str(b, cut > path + 1 ? "&#8230;/" : "/");
	buf_html(b, cut > path + 1 ? cut : path + (*path == '/'));
}

static void put_about(struct page *p, const json_t *e)
{
	const char *user = conf_str(e, "user", NULL), *client = page_client(p, e);
	struct buf *b = &p->out;

	buf_html(b, user);
	buf_str(b, user && client ? ", " : "");
	buf_html(b, client);
}

static bool same_poll(const json_t *a, const json_t *b)
{
	return !strcmp(conf_str(a, "situation", ""), "authorization_pending") &&
	       !strcmp(conf_str(b, "situation", ""), "authorization_pending") &&
	       !strcmp(conf_str(a, "client_id", ""), conf_str(b, "client_id", "")) &&
	       !strcmp(conf_str(a, "provider", ""), conf_str(b, "provider", ""));
}

static void put_line(struct page *p, const json_t *e, int polls)
{
	struct buf *b = &p->out;
	int64_t seq = conf_int(e, "seq", 0);
	const char *colour = class_of(e);

	buf_printf(b, "<tr%s><td class=\"mono\"><a href=\"",
		   seq == p->chosen ? " class=\"chosen\"" : "");
	page_entry_link(p, seq, b);
	buf_str(b, "#request\">");
	put_clock_time(b, e);
	buf_str(b, "</a></td><td class=\"mono wide\">");
	buf_html(b, conf_str(e, "provider", ""));
	buf_str(b, "</td><td class=\"mono fit\">");
	buf_html(b, conf_str(e, "method", ""));
	buf_char(b, ' ');
	put_path(b, conf_str(e, "path", ""));
	buf_printf(b,
		   "</td><td class=\"mono num %s\">%" PRId64 "</td><td class=\"mono fit %s\">",
		   colour, conf_int(e, "status", 0), strcmp(colour, "ok") ? colour : "");
	put_answer(b, e);
	buf_str(b, "</td><td class=\"fit wide\">");
	put_about(p, e);
	if (polls > 1)
		buf_printf(b, ", polls &#215; %d", polls);
	buf_str(b, "</td></tr>");
}

static void put_reload(struct page *p)
{
	buf_str(&p->out, p->only ? "<a href=\"/?provider=" : "<a href=\"/");
	buf_html(&p->out, p->only);
	buf_str(&p->out, "\">reload</a>");
}

static void put_way(struct page *p, const char *provider)
{
	bool here = provider ? p->only && !strcmp(provider, p->only) : !p->only;

	buf_str(&p->out, here ? "<a aria-current=\"page\" href=\"/" : "<a href=\"/");
	buf_str(&p->out, provider ? "?provider=" : "");
	buf_html(&p->out, provider);
	buf_str(&p->out, "\">");
	buf_html(&p->out, provider ? provider : "all");
	buf_str(&p->out, "</a> ");
}

/* All providers, or one: for the whole page. */
static void put_choice(struct page *p)
{
	json_t *provider;
	size_t i;

	if (json_array_size(p->providers) < 2)
		return;
	buf_str(&p->out, "<nav class=\"ways\" aria-label=\"whose sign-ins, sessions, keys and "
			 "requests\">");
	put_way(p, NULL);
	json_array_foreach(p->providers, i, provider)
		put_way(p, conf_str(provider, "name", ""));
	buf_str(&p->out, "</nav>");
}

void page_journal(struct page *p)
{
	struct buf *b = &p->out;
	size_t n = json_array_size(p->entries), lines = 0;

	buf_str(b, "<header><h2>Journal<small>");
	if (n)
		buf_printf(b, "%zu request%s", n, n == 1 ? "" : "s");
	else
		buf_str(b, "no request yet");
	buf_str(b, "</small></h2><span class=\"quiet\">newest first<span id=\"news\" "
		   "aria-live=\"polite\"></span> ");
	put_reload(p);
	buf_str(b, "</span></header>");
	put_choice(p);
	if (!n) {
		page_manual(p);
		return;
	}
	buf_str(b,
		"<table><thead><tr><th scope=\"col\">time</th><th scope=\"col\" class=\"wide\">"
		"provider</th><th scope=\"col\">request</th><th scope=\"col\"><span "
		"class=\"hidden\">"
		"status</span></th><th scope=\"col\">answer</th><th scope=\"col\" "
		"class=\"wide\">about"
		"</th></tr></thead><tbody>");
	for (size_t i = n; i > 0 && lines < MOST_LINES; lines++) {
		const json_t *e = json_array_get(p->entries, --i);
		int polls = 1;
		while (i > 0 && same_poll(e, json_array_get(p->entries, i - 1))) {
			polls++;
			i--;
		}
		put_line(p, e, polls);
	}
	buf_str(b,
		"</tbody></table><p class=\"small\" style=\"margin-top:8px\">Secrets are "
		"removed before "
		"anything is written here: passwords, codes, client secrets, signatures.</p>");
}

/* ---- tokens ---- */

/* The decoded part of a token whose signature was cut; NULL when it is no JWT. New reference.
 */
static json_t *part_of(const char *token, int index)
{
	while (index-- > 0) {
		token = strchr(token, '.');
		if (!token)
			return NULL;
		token++;
	}
	size_t n = strcspn(token, ".");
	unsigned char *text = malloc(n + 3);
	long len = text ? b64_decode(token, n, text) : -1;
	json_t *part = len > 0 ? json_loadb((char *)text, (size_t)len, 0, NULL) : NULL;

	free(text);
	return part;
}

/* The access token of an answer, new reference of the answer in *ret_answer. */
static const char *token_of(const json_t *e, json_t **ret_answer)
{
	const char *answer = conf_str(e, "answer", NULL);

	*ret_answer = answer ? json_loads(answer, 0, NULL) : NULL;
	return conf_str(*ret_answer, "access_token", NULL);
}

static void put_token_line(struct page *p, const json_t *e, const json_t *claims)
{
	struct buf *b = &p->out;
	int64_t left = conf_int(claims, "exp", 0) - clk_now(&p->idp->clk);
	int64_t seq = conf_int(e, "seq", 0);
	const json_t *scp = json_object_get(claims, "scp");
	json_t *word;
	size_t i;

	buf_printf(b, "<tr%s><td class=\"mono\"><a href=\"",
		   seq == p->chosen ? " class=\"chosen\"" : "");
	page_entry_link(p, seq, b);
	buf_str(b, "#request\">");
	put_clock_time(b, e);
	buf_str(b, "</a></td><td class=\"mono fit\">");
	buf_html(b, conf_str(e, "user", page_client(p, e)));
	buf_str(b, "</td><td class=\"mono fit wide\">");
	buf_html(b, page_client(p, e));
	buf_str(b, "</td><td class=\"mono fit\">");
	buf_html(b, conf_str(e, "grant", ""));
	buf_str(b, "</td><td class=\"mono fit wide\">");
	buf_html(b,
		 json_is_string(scp) ? json_string_value(scp) : conf_str(claims, "scope", ""));
	json_array_foreach(scp, i, word) {
		buf_html(b, json_string_value(word));
		buf_char(b, ' ');
	}
	if (left > 0)
		buf_printf(b, "</td><td class=\"mono\">%" PRId64 " min</td></tr>",
			   (left + 59) / 60);
	else
		buf_str(b, "</td><td class=\"mono quiet\">expired</td></tr>");
}

void page_tokens(struct page *p)
{
	struct buf *b = &p->out;
	size_t shown = 0;

	for (size_t i = json_array_size(p->entries); i > 0 && shown < MOST_TOKENS; i--) {
		const json_t *e = json_array_get(p->entries, i - 1);
		AUTO(json_t) json_t *answer = NULL;
		const char *token = token_of(e, &answer);
		AUTO(json_t) json_t *claims = token ? part_of(token, 1) : NULL;

		if (!claims)
			continue;
		if (!shown++)
			buf_str(b, "<header><h2>Tokens issued</h2></header><table><thead><tr>"
				   "<th scope=\"col\">time</th><th scope=\"col\">for</th>"
				   "<th scope=\"col\" class=\"wide\">client</th><th "
				   "scope=\"col\">grant</th>"
				   "<th scope=\"col\" class=\"wide\">scopes</th><th "
				   "scope=\"col\">ends in</th>"
				   "</tr></thead><tbody>");
		put_token_line(p, e, claims);
	}
	if (shown)
		buf_str(b, "</tbody></table>");
}

/* ---- the request ---- */

static void put_json(struct buf *b, const char *title, const json_t *o)
{
	AUTO(char) char *text = o ? json_dumps(o, JSON_INDENT(2)) : NULL;

	if (!text)
		return;
	buf_printf(b, "<p class=\"small\">%s</p><pre tabindex=\"0\">", title);
	buf_html(b, text);
	buf_str(b, "</pre>");
}

/* "in 59 min", "now", "5 s ago", on the simulated clock. */
static void put_when(struct page *p, int64_t unix_s)
{
	int64_t left = unix_s - clk_now(&p->idp->clk);

	buf_str(&p->out, left > 0 ? " <i>in " : left ? " <i>" : " <i>now");
	if (left)
		page_span(&p->out, left < 0 ? -left : left);
	buf_str(&p->out, left < 0 ? " ago</i>" : "</i>");
}

/* The claims that are times (RFC 7519, 4.1; OpenID Connect Core, 2) say when that is. */
static void put_claims(struct page *p, const json_t *claims)
{
	static const char *const times[] = { "iat", "nbf", "exp", "auth_time" };
	AUTO(char) char *text = claims ? json_dumps(claims, JSON_INDENT(2)) : NULL;
	char *rest = text, *line;

	if (!text)
		return;
	buf_str(&p->out, "<p class=\"small\">token, claims; its signature is not shown</p>"
			 "<pre tabindex=\"0\">");
	while ((line = strsep(&rest, "\n"))) {
		char name[16] = "";
		long long at = 0;

		buf_html(&p->out, line);
		sscanf(line, "  \"%15[a-z_]\": %lld", name, &at);
		for (size_t i = 0; at && i < ARRAY_LEN(times); i++)
			if (!strcmp(name, times[i]))
				put_when(p, at);
		buf_char(&p->out, '\n');
	}
	buf_str(&p->out, "</pre>");
}

static void put_curl(struct page *p, const json_t *e)
{
	struct buf *b = &p->out;
	const char *name;
	json_t *value;

	buf_str(b, "<p class=\"small\">the same as a command</p><pre tabindex=\"0\">curl");
	json_object_foreach(json_object_get(e, "form"), name, value) {
		buf_str(b, " \\\n  --data-urlencode ");
		buf_html(b, name);
		buf_str(b, "='");
		buf_html(b, json_string_value(value));
		buf_char(b, '\'');
	}
	buf_str(b, " \\\n  ");
	buf_html(b, idp_origin(p->idp));
	buf_html(b, conf_str(e, "path", ""));
	buf_str(b, "</pre>");
}

static void put_entry(struct page *p, const json_t *e)
{
	AUTO(json_t) json_t *answer = NULL;
	const char *token = token_of(e, &answer);
	AUTO(json_t) json_t *header = token ? part_of(token, 0) : NULL;
	AUTO(json_t) json_t *claims = token ? part_of(token, 1) : NULL;

	put_json(&p->out, "token, header", header);
	put_claims(p, claims);
	if (!token)
		put_json(&p->out, "answer", answer);
	put_json(&p->out, "form", json_object_get(e, "form"));
	put_json(&p->out, "headers", json_object_get(e, "headers"));
	put_curl(p, e);
}

void page_request(struct page *p)
{
	struct buf *b = &p->out;
	json_t *e, *chosen = NULL;
	size_t i;

	json_array_foreach(p->entries, i, e)
		if (conf_int(e, "seq", 0) == p->chosen)
			chosen = e;
	buf_str(b, "<header><h2>Request<small>");
	if (chosen) {
		put_clock_time(b, chosen);
		buf_str(b, ", ");
		buf_html(b, conf_str(chosen, "provider", ""));
	}
	buf_str(b, "</small></h2></header>");
	if (chosen)
		put_entry(p, chosen);
	else
		buf_str(b, "<div class=\"empty\">Choose a line of the journal to see the "
			   "request, the "
			   "answer, the token decoded, and the same as a curl command.</div>");
}
