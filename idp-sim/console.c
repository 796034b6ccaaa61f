/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/console.h"

#include "idp-sim/base/file.h"
#include "idp-sim/console-page.h"

#include <string.h>

extern const struct embedded console_assets[];

/* ---- reading ---- */

/* The list `member` of a control answer; never NULL. */
static json_t *list_of(struct idp *s, const char *path, const char *member)
{
	AUTO(json_t) json_t *answer = idp_call(s, "GET", path, NULL, NULL);
	json_t *list = json_object_get(answer, member);

	return json_is_array(list) ? json_incref(list) : json_array();
}

static bool is_loopback(const struct web_request *rq)
{
	const char *host = web_header(rq, "Host");

	return !host || !strncmp(host, "127.", 4) || !strncmp(host, "localhost", 9) ||
	       !strncmp(host, "[::1]", 5);
}

static const char *known_provider(const struct idp *s, const char *name)
{
	const struct provider *p = idp_provider(s, name);

	return p ? p->name : NULL;
}

/* Drops what is of other providers. */
static void only(const struct page *p, json_t *list)
{
	for (size_t i = json_array_size(list); p->only && i > 0; i--)
		if (strcmp(conf_str(json_array_get(list, i - 1), "provider", ""), p->only) != 0)
			json_array_remove(list, i - 1);
}

void page_entry_link(const struct page *p, int64_t entry, struct buf *b)
{
	buf_str(b, "/?");
	if (p->only)
		buf_printf(b, "provider=%s&amp;", p->only);
	buf_printf(b, "entry=%lld", (long long)entry);
}

static void page_read(struct page *p, struct idp *s, struct web_request *rq)
{
	struct form query = form_parse(rq->arena, rq->query, rq->query ? strlen(rq->query) : 0);
	const char *chosen = form_get(&query, "entry");

	p->idp = s;
	p->only = known_provider(s, form_get(&query, "provider"));
	p->providers = list_of(s, "/_sim/providers", "providers");
	p->devices = list_of(s, "/_sim/devices", "devices");
	p->sessions = list_of(s, "/_sim/sessions", "sessions");
	p->troubles = list_of(s, "/_sim/troubles", "troubles");
	p->keys = list_of(s, "/_sim/keys", "keys");
	p->entries = list_of(s, "/_sim/journal?wait=0", "entries");
	only(p, p->devices);
	only(p, p->sessions);
	only(p, p->keys);
	only(p, p->entries);
	p->chosen = chosen ? strtoll(chosen, NULL, 10) : 0;
	p->reachable = !is_loopback(rq);
	p->out.limit = 8 << 20;
}

static void page_done(struct page *p)
{
	json_t **lists[] = { &p->providers, &p->devices, &p->sessions,
			     &p->troubles,  &p->keys,	 &p->entries };

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		json_decref(*lists[i]);
	buf_done(&p->out);
}

/* ---- the page ---- */

static void section(struct page *p, const char *id, void (*render)(struct page *p))
{
	buf_printf(&p->out, "<section id=\"%s\">", id);
	render(p);
	buf_str(&p->out, "</section>\n");
}

static void render(struct page *p)
{
	struct buf *b = &p->out;

	buf_str(b,
		"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
		"<title>idp-sim console</title>"
		"<link rel=\"stylesheet\" href=\"/console.css\">"
		"<link rel=\"icon\" href=\"data:,\">"
		"<script src=\"/console.js\" defer></script></head><body>\n"
		"<h1 class=\"hidden\">idp-sim console</h1>\n<header id=\"bar\" class=\"bar\">");
	page_bar(p);
	buf_str(b, "</header>\n<div id=\"banner\" role=\"status\">");
	page_banner(p);
	buf_str(b, "</div>\n<main>\n<div>");
	section(p, "waiting", page_waiting);
	section(p, "clock", page_clock);
	section(p, "keys", page_keys);
	buf_str(b, "</div>\n<div>");
	section(p, "journal", page_journal);
	section(p, "tokens", page_tokens);
	section(p, "sessions", page_sessions);
	buf_str(b, "</div>\n<div>");
	section(p, "request", page_request);
	section(p, "troubles", page_troubles);
	buf_str(b, "</div>\n</main></body></html>\n");
}

static void send_page(struct idp *s, struct web_request *rq, struct web_reply *rp)
{
	struct page p = { 0 };

	page_read(&p, s, rq);
	render(&p);
	web_set(rq, rp, "Cache-Control", "no-store");
	web_set(rq, rp, "Content-Security-Policy",
		"default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; "
		"connect-src 'self'; img-src data:; form-action 'self'; frame-ancestors "
		"'none'");
	web_text(rq, rp, 200, "text/html; charset=utf-8", p.out.p, p.out.n);
	page_done(&p);
}

static void send_asset(struct web_request *rq, struct web_reply *rp, const char *name,
		       const char *type)
{
	const struct embedded *e = embedded_find(console_assets, name);

	web_set(rq, rp, "Cache-Control", "no-cache");
	web_set(rq, rp, "Content-Type", "%s", type);
	rp->status = 200;
	rp->body = e->text;
	rp->body_len = e->n;
}

/* ---- what a form does ---- */

static void call(struct idp *s, const char *method, const char *path, json_t *body)
{
	json_decref(idp_call(s, method, path, body, NULL));
	json_decref(body);
}

static void post_device(struct idp *s, const struct form *f, struct arena *a)
{
	const char *code = form_get(f, "user_code"), *user = form_get(f, "user");
	bool approve = form_get(f, "approve") != NULL;
	AUTO_BUF path = { 0 };

	(void)a;
	if (!code)
		return;
	buf_str(&path, "/_sim/devices/");
	buf_percent(&path, code, strlen(code));
	buf_str(&path, approve ? "/approve" : "/deny");
	call(s, "POST", path.p, approve && user ? json_pack("{s:s}", "user", user) : NULL);
}

static void post_clock(struct idp *s, const struct form *f, struct arena *a)
{
	const char *by = form_get(f, "for"), *frozen = form_get(f, "frozen");

	(void)a;
	if (by)
		call(s, "POST", "/_sim/clock/advance", json_pack("{s:s}", "for", by));
	if (frozen)
		call(s, "PUT", "/_sim/clock",
		     json_pack("{s:b}", "frozen", !strcmp(frozen, "yes")));
}

static void post_keys(struct idp *s, const struct form *f, struct arena *a)
{
	const char *provider = form_get(f, "provider");

	(void)a;
	call(s, "POST", "/_sim/keys/rotate",
	     provider && *provider ? json_pack("{s:s}", "provider", provider) : NULL);
}

static void post_session(struct idp *s, const struct form *f, struct arena *a)
{
	const char *id = form_get(f, "end");
	AUTO_BUF path = { 0 };

	(void)a;
	if (!id)
		return;
	buf_str(&path, "/_sim/sessions/");
	buf_percent(&path, id, strlen(id));
	buf_str(&path, "/end");
	call(s, "POST", path.p, NULL);
}

static json_t *typed_trouble(const struct form *f)
{
	const char *what = form_get(f, "what"), *provider = form_get(f, "provider");
	const char *next = form_get(f, "next");
	json_t *o = json_object();

	json_object_set_new(o, "error", json_string(what));
	if (provider && *provider)
		json_object_set_new(o, "provider", json_string(provider));
	if (next && *next)
		json_object_set_new(o, "next", json_integer(strtoll(next, NULL, 10)));
	return o;
}

static void post_trouble(struct idp *s, const struct form *f, struct arena *a)
{
	const char *clear = form_get(f, "clear"), *preset = form_get(f, "preset");
	const char *what = form_get(f, "what");

	if (clear && !strcmp(clear, "all"))
		call(s, "DELETE", "/_sim/troubles", NULL);
	else if (clear)
		call(s, "DELETE",
		     arena_printf(a, "/_sim/troubles/%lld", strtoll(clear, NULL, 10)), NULL);
	for (const struct preset *p = console_presets; preset && p->name; p++)
		if (!strcmp(p->name, preset))
			call(s, "POST", "/_sim/troubles", json_loads(p->spec, 0, NULL));
	if (what && *what)
		call(s, "POST", "/_sim/troubles", typed_trouble(f));
}

static const struct action {
	const char *path;
	void (*act)(struct idp *s, const struct form *f, struct arena *a);
} actions[] = {
	{ "/console/devices", post_device },   { "/console/clock", post_clock },
	{ "/console/keys", post_keys },	       { "/console/sessions", post_session },
	{ "/console/troubles", post_trouble },
};

/* Back to the page that the form was on: of all providers, or of one. */
static const char *way_back(const struct idp *s, const struct web_request *rq)
{
	const char *from = web_header(rq, "Referer");
	const char *query = from ? strchr(from, '?') : NULL;
	struct form f =
		form_parse(rq->arena, query ? query + 1 : NULL, query ? strlen(query + 1) : 0);
	const char *provider = known_provider(s, form_get(&f, "provider"));

	return provider ? arena_printf(rq->arena, "/?provider=%s", provider) : "/";
}

static bool act(struct idp *s, struct web_request *rq, struct web_reply *rp)
{
	struct form f = form_parse(rq->arena, rq->body, rq->body_len);

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (strcmp(actions[i].path, rq->path))
			continue;
		actions[i].act(s, &f, rq->arena);
		rp->status = 303;
		web_set(rq, rp, "Location", "%s", way_back(s, rq));
		return true;
	}
	return false;
}

/* ---- server-sent events ---- */

enum { BEAT_MS = 10000 };

struct feed {
	struct idp *idp;
	int64_t seen;
};

/* Blocks until the journal grew, or says that it is still there. */
static long feed_more(void *ctx, char *p, size_t max)
{
	struct feed *f = ctx;
	AUTO(json_t) json_t *news = journal_wait(f->idp->journal, f->seen, NULL, 1, BEAT_MS);
	int64_t next = conf_int(news, "next", f->seen);
	bool grown = next != f->seen;

	f->seen = next;
	return snprintf(p, max, grown ? "event: change\ndata: %lld\n\n" : ": %lld\n\n",
			(long long)next);
}

static void send_events(struct idp *s, struct web_request *rq, struct web_reply *rp)
{
	struct feed *f = arena_alloc(rq->arena, sizeof(*f));
	AUTO(json_t) json_t *now = journal_read(s->journal, INT64_MAX - 1, NULL);

	f->idp = s;
	f->seen = conf_int(now, "next", 0);
	rp->status = 200;
	web_set(rq, rp, "Content-Type", "text/event-stream");
	web_set(rq, rp, "Cache-Control", "no-store");
	rp->stream = feed_more;
	rp->stream_ctx = f;
}

bool console_handle(struct idp *s, struct web_request *rq, struct web_reply *rp)
{
	bool get = !strcmp(rq->method, "GET");

	if (get && !strcmp(rq->path, "/"))
		send_page(s, rq, rp);
	else if (get && !strcmp(rq->path, "/console.css"))
		send_asset(rq, rp, "console.css", "text/css; charset=utf-8");
	else if (get && !strcmp(rq->path, "/console.js"))
		send_asset(rq, rp, "console.js", "text/javascript; charset=utf-8");
	else if (get && !strcmp(rq->path, "/console/events"))
		send_events(s, rq, rp);
	else if (!strcmp(rq->method, "POST"))
		return act(s, rq, rp);
	else
		return false;
	return true;
}
