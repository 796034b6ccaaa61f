/* SPDX-License-Identifier: Apache-2.0 */
/* One recording: what is learned from an answer, and what is written of it. */
#include "idp-sim/base/form.h"
#include "idp-sim/program/record.h"
#include "idp-sim/program/replay-text.h"

#include <string.h>
#include <strings.h>

/* ---- what belongs to somebody ---- */

/* Members of bodies, claims, forms and redirects whose values are keys to something. */
static const char *const codes[] = {
	"access_token",	 "refresh_token", "id_token",
	"device_code",	 "user_code",	  "code",
	"session_state", "sid",		  "jti",
	"uti",		 "aio",		  "rh",
	"token",	 "id_token_hint", "session_code",
	"tab_id",	 "sign_in",	  "client_assertion",
	"assertion",
};

struct lesson {
	struct scrub *scrub;
	const json_t *person;
	json_t *placeholders;
};

static void learn_members(struct scrub *s, const json_t *o)
{
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		scrub_code(s, json_string_value(json_object_get(o, codes[i])));
}

static void learn_claims(void *ctx, const json_t *claims)
{
	struct lesson *l = ctx;

	learn_members(l->scrub, claims);
	scrub_person(l->scrub, claims, l->person, l->placeholders);
}

static void learn_query(struct scrub *s, const char *url)
{
	AUTO(arena) struct arena *arena = arena_new();
	size_t n = strcspn(url, "?#");
	const char *text = url[n] ? url + n + 1 : "";
	struct form f = form_parse(arena, text, strlen(text));

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		scrub_code(s, form_get(&f, codes[i]));
}

static void learn_cookie(struct scrub *s, const char *cookie)
{
	AUTO(arena) struct arena *arena = arena_new();
	const char *value = strchr(cookie, '=');

	if (value)
		scrub_code(s, arena_dup(arena, value + 1, strcspn(value + 1, ";")));
}

static void learn(struct lesson *l, const json_t *bound, const json_t *request,
		  const struct wire_answer *answer)
{
	static const char *const urls[] = { "location", "action", "verification_uri_complete" };
	AUTO(char) char *known = json_dumps(bound, JSON_COMPACT);
	AUTO(json_t)
	json_t *body = json_loadb(answer->body ? answer->body : "", answer->body_len, 0, NULL);
	AUTO(char) char *sent = json_dumps(request, JSON_COMPACT);

	learn_members(l->scrub, bound);
	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		learn_query(l->scrub, conf_str(bound, urls[i], ""));
	tokens_in(known ? known : "", learn_claims, l);
	tokens_in(sent ? sent : "", learn_claims, l);
	learn_claims(l, body);
	tokens_in(answer->body ? answer->body : "", learn_claims, l);
	for (size_t i = 0; i < answer->n_headers; i++) {
		const struct wire_header *h = &answer->headers[i];
		if (!strcasecmp(h->name, "Set-Cookie"))
			learn_cookie(l->scrub, h->value);
		if (!strcasecmp(h->name, "Location"))
			learn_query(l->scrub, h->value);
	}
}

/* ---- what is written ---- */

/* Of the connection, not of the answer. */
static bool is_of_the_wire(const char *name)
{
	static const char *const names[] = { "Date", "Connection", "Transfer-Encoding",
					     "Keep-Alive", "Content-Length" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcasecmp(name, names[i]))
			return true;
	return false;
}

static json_t *headers_of(const struct wire_answer *answer, json_t *order)
{
	json_t *o = json_object();

	for (size_t i = 0; i < answer->n_headers; i++) {
		const struct wire_header *h = &answer->headers[i];
		json_t *before = json_object_get(o, h->name);
		if (is_of_the_wire(h->name))
			continue;
		json_array_append_new(order, json_string(h->name));
		if (json_is_array(before))
			json_array_append_new(before, json_string(h->value));
		else if (before || !strcasecmp(h->name, "Set-Cookie"))
			json_object_set_new(o, h->name,
					    before ? json_pack("[O, s]", before, h->value)
						   : json_pack("[s]", h->value));
		else
			json_object_set_new(o, h->name, json_string(h->value));
	}
	return o;
}

/* What a person reads in the element that `mark` is in; null when there is none. */
static json_t *text_at(const char *html, const char *mark)
{
	AUTO_BUF text = { 0 };
	AUTO(char) char *piece = NULL;
	const char *at = strstr(html, mark);

	at = at ? strchr(at, '>') : NULL;
	if (!at)
		return json_null();
	const char *end = strstr(at, "</");
	piece = strndup(at + 1, end ? (size_t)(end - at - 1) : 0);
	put_page_text(&text, piece);
	while (text.n && text.p[text.n - 1] == ' ')
		text.p[--text.n] = 0;
	const char *first = text.p ? text.p + strspn(text.p, " ") : "";
	return *first ? json_string(first) : json_null();
}

/* A page is kept as what a person reads: its markup holds session codes. */
static void put_page(json_t *response, const json_t *pages, const char *html)
{
	const char *member;
	json_t *marks, *mark;
	size_t i;

	json_object_set_new(response, "body",
			    json_sprintf("… [HTML page, %zu bytes]", strlen(html)));
	json_object_foreach((json_t *)pages, member, marks) {
		json_object_set_new(response, member, json_null());
		json_array_foreach(marks, i, mark)
			if (json_is_null(json_object_get(response, member)))
				json_object_set_new(response, member,
						    text_at(html, json_string_value(mark)));
	}
}

static json_t *response_of(const json_t *plan, const struct wire_answer *answer)
{
	const char *type = wire_header(answer, "Content-Type");
	const char *body = answer->body ? answer->body : "";
	json_t *order = json_array();
	json_t *o = json_pack("{s:i, s:o}", "status", answer->status, "headers",
			      headers_of(answer, order));

	json_object_set_new(o, "header_order", order);
	if (type && strstr(type, "html") && *body)
		put_page(o, json_object_get(plan, "pages"), body);
	else
		json_object_set_new(o, "body", json_string(body));
	return o;
}

/* "/token" of "https://host/token". */
static void drop_origin(json_t *request)
{
	const char *path = conf_str(request, "path", "/");
	const char *host = strstr(path, "://");

	if (host && strstr(path, "http") == path) {
		const char *at = strchr(host + 3, '/');
		json_object_set_new(request, "path", json_string(at ? at : "/"));
	}
}

json_t *recording_make(struct scrub *s, const json_t *plan, const struct journey *j,
		       const struct wire_answer *answer)
{
	const char *grant = conf_str(j->request, "form.grant_type", "");
	bool itself = !strcmp(grant, "client_credentials");
	struct lesson l = { .scrub = s,
			    .person = json_object_get(plan, itself ? "service" : "person"),
			    .placeholders = json_array() };
	AUTO(json_t) json_t *raw = response_of(plan, answer);

	learn(&l, j->bound, j->request, answer);
	json_t *sent = scrub_tree(s, j->request);
	json_t *response = scrub_tree(s, raw);
	json_t *parsed = json_loads(conf_str(response, "body", ""), 0, NULL);
	if (parsed)
		json_object_set_new(response, "body_json", parsed);
	drop_origin(sent);
	json_t *o = json_pack("{s:s, s:o, s:o}", "base", conf_str(plan, "cast.origin", ""),
			      "request", sent, "response", response);
	if (json_array_size(l.placeholders))
		json_object_set(o, "placeholders", l.placeholders);
	json_decref(l.placeholders);
	return o;
}
