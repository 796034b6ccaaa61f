/* SPDX-License-Identifier: Apache-2.0 */
/* The steps to a case: requests, control calls, time, and changes of the recorded request. */
#include "idp-sim/program/replay-journey.h"

#include <string.h>

static bool browse(struct journey *j, const json_t *step, struct err *err)
{
	const char *url = json_string_value(json_array_get(step, 0));
	const char *answer = json_string_value(json_array_get(step, 1));
	bool refuses = answer && !strcmp(answer, "refuse");

	if (!url || !answer || (!refuses && strcmp(answer, "accept") != 0))
		return fail(err, ERR_INPUT,
			    "browse takes a URL, accept or refuse, and a query");
	url = journey_url(j, url, json_array_get(step, 2));
	return j->person ? j->person->browse(j->person->ctx, j, url, refuses, err)
			 : journey_browse(j, url, refuses, err);
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
		json_object_set_new(headers, "Content-Type", json_string(FORM_TYPE));
	}
	json_object_set_new(request, "headers", headers);
	for (int hop = 0; hop < MAX_HOPS; hop++) {
		AUTO_ANSWER answer = { 0 };
		if (!journey_exchange(j, request, &answer, err))
			return false;
		const char *to = wire_header(&answer, "Location");
		journey_bind_json(j, &answer);
		journey_bind_page(j, &answer);
		if (to)
			journey_bind_location(j, to);
		if (!journey_leads_here(j, to))
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
	return journey_exchange(j, j->request, ret, err);
}

/* ---- steps ---- */

static bool control(struct journey *j, const json_t *step, struct err *err)
{
	const char *method = json_string_value(json_array_get(step, 0));
	const char *path = json_string_value(json_array_get(step, 1));
	const json_t *given = json_array_get(step, 2);
	AUTO(json_t) json_t *body = given ? journey_fill(j, given) : NULL;
	int status = 0;

	if (!method || !path)
		return fail(err, ERR_INPUT, "sim takes a method and a path");
	if (!j->s)
		return fail(err, ERR_INPUT, "%s is for a simulator", path);
	AUTO(json_t)
	json_t *answer = idp_call(j->s, method, journey_text(j, path), body, &status);
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
	AUTO(json_t) json_t *o = json_pack("{s:s}", "Content-Type", FORM_TYPE);

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
	AUTO(json_t) json_t *filled = journey_fill(j, time);
	int64_t seconds = conf_duration_ms(filled, 0) / 1000;
	AUTO(json_t)
	json_t *step = json_pack("[s, s, {s:I}]", "POST", "/_sim/clock/advance", "seconds",
				 (json_int_t)seconds);

	if (!seconds)
		return fail(err, ERR_INPUT, "advance takes a time such as 10m");
	if (j->person)
		return j->person->wait(j->person->ctx, seconds, err);

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
			journey_bind(j, key, journey_text(j, json_string_value(value)));
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
	if (!strcmp(what, "browse"))
		return browse(j, v, err);
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
		return prove(j, journey_text(j, json_string_value(v)));
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
