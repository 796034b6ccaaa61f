/* SPDX-License-Identifier: Apache-2.0 */
/* The steps to a case: requests, control calls, time, and changes of the recorded request. */
#include "idp-sim/base/form.h"
#include "idp-sim/program/replay-text.h"
#include "idp-sim/program/replay.h"

#include <string.h>
#include <strings.h>

enum { MAX_HEADERS = 16, MAX_HOPS = 6 };

void journey_init(struct journey *j, struct idp *s, const json_t *scenes,
		  const json_t *recording)
{
	*j = (struct journey) { .s = s, .scenes = scenes, .arena = arena_new() };
	j->bound = json_object();
	j->cookies = json_object();
	j->request = json_deep_copy(json_object_get(recording, "request"));
	json_object_set_new(j->bound, "origin", json_string(idp_origin(s)));
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

static void bind(struct journey *j, const char *name, const char *value)
{
	json_object_set_new(j->bound, name, json_string(value));
}

static const char *fill(struct journey *j, const char *text)
{
	AUTO_BUF out = { 0 };

	while (text && *text) {
		size_t n = *text == '{' ? strcspn(text, "}") : 0;
		const char *name = n ? arena_dup(j->arena, text + 1, n - 1) : "";
		const char *value = json_string_value(json_object_get(j->bound, name));
		if (value) {
			buf_str(&out, value);
			text += n + 1;
			continue;
		}
		buf_char(&out, *text++);
	}
	return arena_str(j->arena, out.p ? out.p : "");
}

/* All texts of a tree filled; a new reference. */
static json_t *fill_all(struct journey *j, const json_t *v)
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
		return whole ? json_deep_copy(whole) : json_string(fill(j, text));
	}
	json_t *copy = json_deep_copy(v);
	if (json_is_object(copy))
		json_object_foreach(copy, key, value)
			json_object_set_new(copy, key, fill_all(j, value));
	return copy;
}

static void bind_json(struct journey *j, const struct wire_answer *a)
{
	AUTO(json_t) json_t *o = json_loadb(a->body ? a->body : "", a->body_len, 0, NULL);

	json_object_update(j->bound, o);
}

/* The value of an attribute behind `from`, without entities. */
static const char *attribute(struct journey *j, const char *from, const char *name)
{
	AUTO_BUF mark = { 0 };
	AUTO_BUF out = { 0 };

	buf_printf(&mark, " %s=\"", name);
	const char *at = from ? strstr(from, mark.p) : NULL;
	const char *end = from ? strchr(from, '>') : NULL;
	if (!at || !end || at > end)
		return NULL;
	at += mark.n;
	put_page_text(&out, arena_dup(j->arena, at, strcspn(at, "\"")));
	return arena_str(j->arena, out.p ? out.p : "");
}

static void bind_page(struct journey *j, const struct wire_answer *a)
{
	const char *form = a->body ? strstr(a->body, "<form") : NULL;
	const char *action = attribute(j, form, "action");

	if (!action)
		return;
	bind(j, "action", action);
	for (const char *in = strstr(form, "<input"); in; in = strstr(in + 1, "<input")) {
		const char *name = attribute(j, in, "name");
		const char *value = attribute(j, in, "value");
		const char *type = attribute(j, in, "type");
		if (name && value && type && !strcmp(type, "hidden"))
			bind(j, name, value);
	}
}

static void bind_location(struct journey *j, const char *location)
{
	size_t n = strcspn(location, "?#");
	const char *text = location[n] ? location + n + 1 : "";
	struct form f = form_parse(j->arena, text, strlen(text));

	bind(j, "location", location);
	for (size_t i = 0; i < f.n; i++)
		bind(j, f.fields[i].name, f.fields[i].value);
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
		text = fill(j, text);
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
						    fill(j, json_string_value(value)));
	json_object_foreach(j->cookies, key, value)
		buf_printf(&cookie, "%s%s=%s", cookie.n ? "; " : "", key,
			   json_string_value(value));
	if (cookie.n)
		headers[n++] = arena_printf(j->arena, "Cookie: %s", cookie.p);
	return n;
}

static const char *absolute(struct journey *j, const char *path)
{
	return *path == '/' ? arena_printf(j->arena, "%s%s", idp_origin(j->s), path) : path;
}

static bool exchange(struct journey *j, const json_t *request, struct wire_answer *ret,
		     struct err *err)
{
	const char *method = conf_str(request, "method", "GET");
	const char *url = absolute(j, fill(j, conf_str(request, "path", "/")));
	const json_t *form = json_object_get(request, "form");
	const char *body = conf_str(request, "body", NULL);
	struct wire_to options = { .no_body = !strcmp(method, "HEAD") };
	const char *headers[MAX_HEADERS] = { 0 };
	AUTO_BUF fields = { 0 };

	put_form(j, &fields, form);
	put_headers(j, json_object_get(request, "headers"), headers);
	if (!strcmp(method, "GET") && fields.n) {
		url = arena_printf(j->arena, "%s%c%s", url, strchr(url, '?') ? '&' : '?',
				   fields.p);
		buf_reset(&fields);
	}
	if (!body && (json_is_object(form) || !strcmp(method, "POST")))
		body = fields.p ? fields.p : "";
	body = body && strcmp(method, "GET") != 0 ? fill(j, body) : NULL;
	if (!wire_request(method, url, headers, body, body ? strlen(body) : 0, &options, ret,
			  err))
		return false;
	keep_cookies(j, ret);
	return true;
}

static const char *const urlencoded = "application/x-www-form-urlencoded";

static bool leads_here(struct journey *j, const char *location)
{
	const char *origin = idp_origin(j->s);

	return location && (*location == '/' || !strncmp(location, origin, strlen(origin)));
}

/* Follows redirects on this server, as a browser does. */
static bool ask(struct journey *j, const json_t *step, struct err *err)
{
	AUTO(json_t)
	json_t *request = json_pack("{s:O, s:O}", "method", json_array_get(step, 0), "path",
				    json_array_get(step, 1));
	json_t *headers = json_array_size(step) > 3 ? json_deep_copy(json_array_get(step, 3))
						    : json_object();

	if (!request)
		return fail(err, ERR_INPUT, "ask takes a method and a path");
	if (json_array_size(step) > 2) {
		json_object_set(request, "form", json_array_get(step, 2));
		json_object_set_new(headers, "Content-Type", json_string(urlencoded));
	}
	json_object_set_new(request, "headers", headers);
	for (int hop = 0; hop < MAX_HOPS; hop++) {
		AUTO_ANSWER answer = { 0 };
		if (!exchange(j, request, &answer, err))
			return false;
		const char *to = wire_header(&answer, "Location");
		bind_json(j, &answer);
		bind_page(j, &answer);
		if (to)
			bind_location(j, to);
		if (!leads_here(j, to))
			return answer.status < 500 ||
			       fail(err, ERR_INPUT, "a step answered %d", answer.status);
		json_object_set_new(request, "method", json_string("GET"));
		json_object_set_new(request, "path", json_string(to));
		json_object_del(request, "form");
	}
	return fail(err, ERR_INPUT, "redirects without end");
}

bool journey_ask(struct journey *j, struct wire_answer *ret, struct err *err)
{
	static const char *const bindable[] = { "device_code", "refresh_token", "code", "token",
						"user_code" };
	json_t *form = json_object_get(j->request, "form");
	const json_t *token = json_object_get(j->bound, "access_token");
	const char *proof = conf_str(j->request, "headers.Authorization", "");

	for (size_t i = 0; i < ARRAY_LEN(bindable); i++) {
		json_t *value = json_object_get(j->bound, bindable[i]);
		const char *now = conf_str(form, bindable[i], NULL);
		if (value && now && *now != '{')
			json_object_set(form, bindable[i], value);
	}
	if (token && !strncmp(proof, "Bearer eyJ", 10))
		json_object_set_new(json_object_get(j->request, "headers"), "Authorization",
				    json_string("Bearer {access_token}"));
	AUTO(char) char *text = json_dumps(j->request, JSON_COMPACT);
	if (text && strstr(text, "…"))
		return fail(err, ERR_INPUT, "the recorded request is shortened");
	return exchange(j, j->request, ret, err);
}

/* ---- steps ---- */

static bool control(struct journey *j, const json_t *step, struct err *err)
{
	const char *method = json_string_value(json_array_get(step, 0));
	const char *path = json_string_value(json_array_get(step, 1));
	const json_t *given = json_array_get(step, 2);
	AUTO(json_t) json_t *body = given ? fill_all(j, given) : NULL;
	int status = 0;

	if (!method || !path)
		return fail(err, ERR_INPUT, "sim takes a method and a path");
	AUTO(json_t) json_t *answer = idp_call(j->s, method, fill(j, path), body, &status);
	if (status < 300 && json_is_object(answer))
		json_object_update(j->bound, answer);
	return status < 300 || fail(err, ERR_INPUT, "%s %s: %s", method, path,
				    conf_str(answer, "error", "refused"));
}

/* Fields of the recorded request replaced or, with null, taken out. */
static bool change(struct journey *j, const char *member, const json_t *change)
{
	json_t *o = json_object_get(j->request, member);
	const char *key;
	json_t *value;

	if (!json_is_object(o)) {
		o = json_object();
		json_object_set_new(j->request, member, o);
	}
	json_object_foreach((json_t *)change, key, value) {
		if (json_is_null(value)) {
			json_object_del(o, key);
			continue;
		}
		json_object_set(o, key, value);
	}
	return true;
}

static bool mark_form(struct journey *j)
{
	AUTO(json_t) json_t *o = json_pack("{s:s}", "Content-Type", urlencoded);

	return change(j, "headers", o);
}

static bool prove(struct journey *j, const char *pair)
{
	AUTO_BUF value = { 0 };
	AUTO(json_t) json_t *o = NULL;

	buf_str(&value, "Basic ");
	buf_b64(&value, pair, strlen(pair));
	o = json_pack("{s:s}", "Authorization", value.p);
	return change(j, "headers", o);
}

static bool advance(struct journey *j, const json_t *time, struct err *err)
{
	AUTO(json_t)
	json_t *step = json_pack("[s, s, {s:I}]", "POST", "/_sim/clock/advance", "seconds",
				 (json_int_t)(conf_duration_ms(time, 0) / 1000));

	return control(j, step, err);
}

static bool arm(struct journey *j, const json_t *error, struct err *err)
{
	AUTO(json_t)
	json_t *step = json_pack("[s, s, {s:O, s:s, s:i}]", "POST", "/_sim/troubles", "error",
				 error, "provider", "{provider}", "next", 1);

	return control(j, step, err);
}

/* Another request than the recorded one, which was shortened. */
static bool replace(struct journey *j, const json_t *step)
{
	static const char *const members[] = { "method", "path", "form" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (json_array_size(step) > i)
			json_object_set(j->request, members[i], json_array_get(step, i));
	return mark_form(j);
}

static bool bind_all(struct journey *j, const json_t *names)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)names, key, value)
		if (json_is_string(value))
			bind(j, key, fill(j, json_string_value(value)));
	return true;
}

static bool act(struct journey *j, const char *what, const json_t *v, struct err *err)
{
	if (!strcmp(what, "scene")) {
		const json_t *scene = json_object_get(j->scenes, json_string_value(v));
		return scene ? journey_walk(j, scene, err)
			     : fail(err, ERR_INPUT, "no scene '%s'", json_string_value(v));
	}
	if (!strcmp(what, "ask"))
		return ask(j, v, err);
	if (!strcmp(what, "sim"))
		return control(j, v, err);
	if (!strcmp(what, "advance"))
		return advance(j, v, err);
	if (!strcmp(what, "trouble"))
		return arm(j, v, err);
	if (!strcmp(what, "request"))
		return replace(j, v);
	if (!strcmp(what, "bind"))
		return bind_all(j, v);
	if (!strcmp(what, "form"))
		return change(j, "form", v);
	if (!strcmp(what, "header"))
		return change(j, "headers", v);
	if (!strcmp(what, "basic"))
		return prove(j, json_string_value(v));
	if (!strcmp(what, "path") || !strcmp(what, "body"))
		return !json_object_set(j->request, what, (json_t *)v);
	return fail(err, ERR_INPUT, "unknown step '%s'", what);
}

bool journey_walk(struct journey *j, const json_t *steps, struct err *err)
{
	const char *key;
	json_t *value;

	for (size_t i = 0; i < json_array_size(steps); i++)
		json_object_foreach(json_array_get(steps, i), key, value)
			if (!act(j, key, value, err))
				return false;
	return true;
}
