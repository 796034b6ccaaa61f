/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of a journey: bindings filled in, cookies kept, pages walked. */
#include "idp-sim/program/replay-journey.h"
#include "idp-sim/base/form.h"
#include "idp-sim/program/page-form.h"

#include <string.h>
#include <strings.h>

enum { MAX_HEADERS = 16 };

void journey_init(struct journey *j, const char *origin, const json_t *scenes,
		  const json_t *recording)
{
	*j = (struct journey) { .origin = origin, .scenes = scenes, .arena = arena_new() };
	j->bound = json_object();
	j->cookies = json_object();
	j->request = json_deep_copy(json_object_get(recording, "request"));
	json_object_set_new(j->bound, "origin", json_string(origin));
	json_object_set(j->bound, "provider", json_object_get(recording, "provider"));
}

void journey_done(struct journey *j)
{
	json_decref(j->bound);
	json_decref(j->cookies);
	json_decref(j->request);
	arena_free(j->arena);
}

/* ---- bindings ---- */

void journey_bind(struct journey *j, const char *name, const char *value)
{
	json_object_set_new(j->bound, name, json_string(value));
}

const char *journey_text(struct journey *j, const char *text)
{
	AUTO_BUF out = { 0 };

	while (text && *text) {
		size_t n = *text == '{' ? strcspn(text, "}") : 0;
		const char *name = n ? arena_dup(j->arena, text + 1, n - 1) : "";
		const json_t *value = json_object_get(j->bound, name);
		if (json_is_string(value))
			buf_str(&out, json_string_value(value));
		else if (json_is_integer(value))
			buf_printf(&out, "%lld", (long long)json_integer_value(value));
		else
			n = 0, buf_char(&out, *text);
		text += n + 1;
	}
	return arena_str(j->arena, out.p ? out.p : "");
}

json_t *journey_fill(struct journey *j, const json_t *v)
{
	const char *key;
	json_t *value;

	if (json_is_string(v)) {
		const char *text = json_string_value(v);
		size_t n = strcspn(text, "}");
		/* "{keys}" alone stands for the whole value, a list perhaps. */
		json_t *whole = *text == '{' && text[n] && !text[n + 1]
					? json_object_getn(j->bound, text + 1, n - 1)
					: NULL;
		return whole ? json_deep_copy(whole) : json_string(journey_text(j, text));
	}
	json_t *copy = json_deep_copy(v);
	if (json_is_object(copy))
		json_object_foreach(copy, key, value)
			json_object_set_new(copy, key, journey_fill(j, value));
	return copy;
}

void journey_bind_json(struct journey *j, const struct wire_answer *a)
{
	AUTO(json_t) json_t *o = json_loadb(a->body ? a->body : "", a->body_len, 0, NULL);

	json_object_update(j->bound, o);
}

void journey_bind_page(struct journey *j, const struct wire_answer *a)
{
	const char *form = a->body ? strstr(a->body, "<form") : NULL;
	const char *action = form ? page_attribute(j->arena, form, "action") : NULL;

	if (!action)
		return;
	journey_bind(j, "action", action);
	for (const char *in = strstr(form, "<input"); in; in = strstr(in + 1, "<input")) {
		const char *name = page_attribute(j->arena, in, "name");
		const char *value = page_attribute(j->arena, in, "value");
		const char *type = page_attribute(j->arena, in, "type");
		if (name && value && type && !strcmp(type, "hidden"))
			journey_bind(j, name, value);
	}
}

void journey_bind_location(struct journey *j, const char *location)
{
	size_t n = strcspn(location, "?#");
	const char *text = location[n] ? location + n + 1 : "";
	struct form f = form_parse(j->arena, text, strlen(text));

	journey_bind(j, "location", location);
	for (size_t i = 0; i < f.n; i++)
		journey_bind(j, f.fields[i].name, f.fields[i].value);
}

static void keep_cookies(struct journey *j, const struct wire_answer *a)
{
	for (size_t i = 0; i < a->n_headers; i++) {
		const char *v = a->headers[i].value;
		size_t n = strcspn(v, "=;");
		size_t m = strcspn(v, ";");
		if (strcasecmp(a->headers[i].name, "Set-Cookie") != 0 || v[n] != '=')
			continue;
		const char *name = arena_dup(j->arena, v, n);
		if (m == n + 1 || strstr(v, "Max-Age=0"))
			json_object_del(j->cookies, name);
		else
			json_object_set_new(j->cookies, name,
					    json_stringn(v + n + 1, m - n - 1));
	}
}

/* ---- requests ---- */

static void put_form(struct journey *j, struct buf *out, const json_t *form)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)form, key, value) {
		const char *text = json_string_value(value);
		if (!text)
			continue;
		if (out->n)
			buf_char(out, '&');
		text = journey_text(j, text);
		buf_form(out, key, strlen(key));
		buf_char(out, '=');
		buf_form(out, text, strlen(text));
	}
}

static size_t put_headers(struct journey *j, const json_t *from, const char **headers)
{
	AUTO_BUF cookie = { 0 };
	const char *key;
	json_t *value;
	size_t n = 0;

	json_object_foreach((json_t *)from, key, value)
		if (json_is_string(value) && n < MAX_HEADERS - 3)
			headers[n++] = arena_printf(j->arena, "%s: %s", key,
						    journey_text(j, json_string_value(value)));
	json_object_foreach(j->cookies, key, value)
		buf_printf(&cookie, "%s%s=%s", cookie.n ? "; " : "", key,
			   json_string_value(value));
	if (cookie.n)
		headers[n++] = arena_printf(j->arena, "Cookie: %s", cookie.p);
	return n;
}

static const char *with_query(struct journey *j, const char *url, const char *query)
{
	return arena_printf(j->arena, "%s%c%s", url, strchr(url, '?') ? '&' : '?', query);
}

const char *journey_url(struct journey *j, const char *url, const json_t *form)
{
	AUTO_BUF fields = { 0 };

	put_form(j, &fields, form);
	url = journey_text(j, url);
	return fields.n ? with_query(j, url, fields.p) : url;
}

static const char *absolute(struct journey *j, const char *path)
{
	return *path == '/' ? arena_printf(j->arena, "%s%s", j->origin, path) : path;
}

bool journey_exchange(struct journey *j, const json_t *request, struct wire_answer *ret,
		      struct err *err)
{
	const char *method = conf_str(request, "method", "GET");
	const char *url = absolute(j, journey_text(j, conf_str(request, "path", "/")));
	const json_t *form = json_object_get(request, "form");
	const char *body = conf_str(request, "body", NULL);
	const char *headers[MAX_HEADERS] = { 0 };
	AUTO_BUF fields = { 0 };

	put_form(j, &fields, form);
	put_headers(j, json_object_get(request, "headers"), headers);
	if (!strcmp(method, "GET") && fields.n) {
		url = with_query(j, url, fields.p);
		buf_reset(&fields);
	}
	if (!body && (json_is_object(form) || !strcmp(method, "POST")))
		body = fields.p ? fields.p : "";
	body = body && strcmp(method, "GET") != 0 ? journey_text(j, body) : NULL;
	if (!wire_request(method, url, headers, body, body ? strlen(body) : 0, j->wire, ret,
			  err))
		return false;
	keep_cookies(j, ret);
	return true;
}

bool journey_leads_here(struct journey *j, const char *location)
{
	return location &&
	       (*location == '/' || !strncmp(location, j->origin, strlen(j->origin)));
}

static void put_typed(void *ctx, const char *name, const char *value)
{
	json_object_set_new(ctx, name, json_string(value));
}

/* The request that comes after a page: its form, filled in. NULL: the page has none. */
static json_t *next_of(struct journey *j, const char *html, bool refuses, bool *ret_refused)
{
	const struct typist typist = { .login = conf_str(j->bound, "user", ""),
				       .password = conf_str(j->bound, "password", ""),
				       .user_code = conf_str(j->bound, "user_code", NULL),
				       .refuses = refuses,
				       .has_refused = ret_refused };
	AUTO(json_t) json_t *fields = json_object();
	const char *action = page_fill(j->arena, html, &typist, put_typed, fields);

	return action ? json_pack("{s:s, s:s, s:O, s:{s:s}}", "method", "POST", "path", action,
				  "form", fields, "headers", "Content-Type", FORM_TYPE)
		      : NULL;
}

static bool finished(const struct wire_answer *last, bool as_wanted, struct err *err)
{
	if (last->status >= 400)
		return fail(err, ERR_INPUT, "a page answered %d", last->status);
	return as_wanted || fail(err, ERR_INPUT, "no page asked for consent");
}

bool journey_browse(struct journey *j, const char *url, bool refuses, struct err *err)
{
	AUTO(json_t) json_t *next = json_pack("{s:s, s:s}", "method", "GET", "path", url);
	bool refused = false;

	for (int hop = 0; hop < MAX_HOPS; hop++) {
		AUTO_ANSWER answer = { 0 };
		if (!journey_exchange(j, next, &answer, err))
			return false;
		const char *to = wire_header(&answer, "Location");
		if (to)
			journey_bind_location(j, to);
		if (to && !journey_leads_here(j, to))
			return finished(&answer, refuses == refused, err);
		json_decref(next);
		next = to ? json_pack("{s:s, s:s}", "method", "GET", "path", to)
			  : next_of(j, answer.body, refuses, &refused);
		if (!next)
			return finished(&answer, refuses == refused, err);
	}
	return fail(err, ERR_INPUT, "the pages never came to an end: is the password right?");
}
