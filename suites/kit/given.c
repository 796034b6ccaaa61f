/* SPDX-License-Identifier: Apache-2.0 */
/* given.c - what a row arranges, and what the lab's parts saw. */
#include "suites/kit/given.h"

#include "suites/kit/caches.h"
#include "suites/kit/door.h"
#include "suites/kit/hand.h"
#include "suites/kit/lab.h"
#include "suites/kit/owned.h"
#include "suites/kit/tenant.h"
#include "suites/kit/token.h"
#include "suites/kit/transcript.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/base/wire.h"

#include <stdarg.h>
#include <string.h>

/* ---- the simulator ---- */

static json_t *call(struct run *run, const char *method, const char *path, json_t *stolen_body,
		    int *ret_status)
{
	json_t *answer = idp_call(run->idp, method, path, stolen_body, ret_status);

	json_decref(stolen_body);
	return own_json(run, answer);
}

json_t *sim(struct run *run, const char *method, const char *path, json_t *stolen_body)
{
	int status = 0;
	json_t *answer;

	if (tenant_is_there(run) && strncmp(path, "/_sim/journal", 13) != 0)
		run_skipped(run, "needs the lab's own identity provider");
	if (run->broken) {
		json_decref(stolen_body);
		return NULL;
	}
	if (strcmp(method, "GET") != 0 && strcmp(path, "/_sim/mint") != 0)
		run->lab->troubled = true;
	if (strncmp(path, "/_sim/keys", 10) == 0)
		run->lab->now.spoiled = true;
	json_incref(stolen_body);
	answer = call(run, method, path, stolen_body, &status);
	hand_sim(run, method, path, stolen_body, answer);
	json_decref(stolen_body);
	if (!strcmp(path, "/_sim/mint")) /* no message that the simulator saw has it */
		secret_note(run, conf_str(answer, "token", ""));
	if (status >= 300)
		run_broken(run, "simulator: %s %s: %s", method, path,
			   conf_str(answer, "error", "failed"));
	if (strncmp(path, "/_sim/keys", 10) == 0)
		caches_keys(run);
	return answer;
}

void trouble(struct run *run, const char *fmt, ...)
{
	json_error_t where;
	json_t *o;
	va_list ap;

	va_start(ap, fmt);
	o = json_vpack_ex(&where, 0, fmt, ap);
	va_end(ap);
	if (!o) {
		run_broken(run, "trouble: %s", where.text);
		return;
	}
	if (!json_object_get(o, "provider"))
		json_object_set_new(o, "provider", json_string(run->provider));
	sim(run, "POST", "/_sim/troubles", o);
}

void troubles_end(struct run *run)
{
	sim(run, "DELETE", "/_sim/troubles", NULL);
}

static json_t *journal(struct run *run, const char *endpoint, size_t n, double wait_s)
{
	const char *path =
		run_printf(run, "/_sim/journal?since=%lld&provider=%s%s%s&n=%zu&wait=%.3f",
			   (long long)run->lab->journal_from, run->provider,
			   endpoint ? "&endpoint=" : "", endpoint ? endpoint : "", n, wait_s);

	if (tenant_is_there(run))
		run_skipped(run, "needs to see what the identity provider is asked");
	return json_object_get(sim(run, "GET", path, NULL), "entries");
}

void journal_skip(struct run *run)
{
	json_t *answer = sim(run, "GET", "/_sim/journal?wait=0", NULL);

	run->lab->journal_from = conf_int(answer, "next", run->lab->journal_from);
}

size_t provider_saw(struct run *run, const char *endpoint)
{
	return json_array_size(journal(run, endpoint, 1, 0));
}

bool provider_wait(struct run *run, const char *endpoint, size_t n, int timeout_ms)
{
	return json_array_size(journal(run, endpoint, n, timeout_ms / 1000.0)) >= n;
}

const char *provider_field(struct run *run, const char *endpoint, size_t index,
			   const char *field)
{
	json_t *e = json_array_get(journal(run, endpoint, 1, 0), index);
	json_t *v = json_object_get(json_object_get(e, "form"), field);

	if (json_is_array(v))
		v = json_array_get(v, 0);
	return arena_str(run->arena, json_string_value(v));
}

const char *provider_answer(struct run *run, const char *endpoint, size_t index,
			    const char *member)
{
	json_t *e = json_array_get(journal(run, endpoint, 1, 0), index);
	json_t *body = own_json(run, json_loads(conf_str(e, "answer", ""), 0, NULL));

	return arena_str(run->arena, conf_str(body, member, NULL));
}

const char *provider_header(struct run *run, const char *endpoint, size_t index,
			    const char *name)
{
	json_t *e = json_array_get(journal(run, endpoint, 1, 0), index);
	const char *key;
	json_t *v;

	json_object_foreach(json_object_get(e, "headers"), key, v)
		if (strcasecmp(key, name) == 0)
			return arena_str(run->arena, json_string_value(v));
	return NULL;
}

/* When the request came: entries have the time at which they were answered. */
static int64_t came_us(struct run *run, json_t *e)
{
	return (conf_int(e, "time_ms", 0) - run->started_ms) * 1000 - conf_int(e, "took_us", 0);
}

int64_t provider_at_us(struct run *run, const char *endpoint, size_t index)
{
	json_t *e = json_array_get(journal(run, endpoint, 1, 0), index);

	return e ? came_us(run, e) : -1;
}

/* A line for the transcript: the form of a request, the error of an answer. */
static char *form_line(struct run *run, json_t *e)
{
	static const char *const shown[] = { "grant_type", "client_id", "scope", "username" };
	json_t *form = json_object_get(e, "form");
	AUTO_BUF b = { 0 };

	buf_printf(&b, "%s %s", conf_str(e, "method", "?"), conf_str(e, "path", "?"));
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		if (conf_str(form, shown[i], NULL))
			buf_printf(&b, "  %s=%s", shown[i], conf_str(form, shown[i], ""));
	return arena_str(run->arena, b.p);
}

/* "400 invalid_scope  AADSTS70011: The provided value ..." */
static char *answer_line(struct run *run, json_t *e)
{
	const char *text = conf_str(e, "answer", "");
	json_t *body = own_json(run, json_loads(text, 0, NULL));
	const char *error = conf_str(body, "error", conf_str(body, "errorCode", ""));
	const char *why =
		conf_str(body, "error_description", conf_str(body, "errorSummary", ""));

	return run_printf(run, "%d %s%s%s", (int)conf_int(e, "status", 0), error,
			  *why ? "  " : "", why);
}

void provider_hops(struct run *run)
{
	const char *who = run->surface & CLI ? "cli" : surface_word(run->surface);
	const char *path = run_printf(run, "/_sim/journal?since=%lld&provider=%s",
				      (long long)run->lab->journal_from, run->provider);
	int status = 0;
	json_t *e, *journal_now = call(run, "GET", path, NULL, &status);
	size_t i;

	if (tenant_is_there(run))
		return;
	json_array_foreach(json_object_get(journal_now, "entries"), i, e) {
		int64_t at = came_us(run, e);
		struct hop ask = { .from = who, .to = "idp", .text = form_line(run, e) };
		struct hop answer = { .from = "idp",
				      .to = who,
				      .answer = true,
				      .text = answer_line(run, e),
				      .detail = conf_str(e, "answer", NULL) };

		hops_add_at(run->lab, at, &ask);
		hops_add_at(run->lab, at + conf_int(e, "took_us", 0), &answer);
	}
}

/* ---- the face of the platform ---- */

static const char *path_of(struct run *run, const char *word)
{
	return !word || *word == '/' ? word : edition_path(run->edition, word);
}

void api_answers(struct run *run, const struct canned *c)
{
	struct assembly *s = &run->lab->now;
	bool discovery = c->path && strcmp(c->path, "discovery") == 0;
	struct recorder *r = discovery ? s->face : s->api;
	struct recorder_answer a = {
		.status = c->status,
		.body = c->body ? c->body : "",
		.delay_ms = c->delay_ms,
		.next = c->times,
		.only = path_of(run, c->path),
		.silent = c->status == 0,
	};

	a.headers = run_printf(run, "Content-Type: %s\r\n%s%s%s",
			       c->type ? c->type : "application/json",
			       c->location ? "Location: " : "", c->location ? c->location : "",
			       c->location ? "\r\n" : "");
	if (!c->status)
		a.status = 200;
	hand_note(run, "here %s answers %d%s%.200s", discovery ? "discovery" : "the platform",
		  a.status, *a.body ? " " : "", a.body);
	if (r)
		recorder_say(r, &a);
}

void api_discovery(struct run *run, json_t *patch)
{
	AUTO_ANSWER a = { 0 };
	AUTO(json_t) json_t *doc = NULL;
	const char *url = run_printf(run, "%s%s", lab_pdp(run->lab),
				     edition_path(run->edition, "discovery"));
	struct err err = { 0 };
	char *text;

	if (!run->broken &&
	    wire_request("GET", url, NULL, NULL, 0, &(struct wire_to) { 0 }, &a, &err))
		doc = json_loadb(a.body, a.body_len, 0, NULL);
	if (!doc)
		run_broken(run, "no discovery document of the platform: %s", err.text);
	else if (json_object_update_recursive(doc, patch) < 0)
		run_broken(run, "cannot change the discovery document");
	json_decref(patch);
	if (!doc)
		return;
	text = json_dumps(doc, JSON_COMPACT);
	api_answers(run, &(struct canned) { .path = "discovery", .status = 200, .body = text });
	own_text(run, text);
}

void api_clear(struct run *run)
{
	if (run->lab->now.face)
		recorder_say(run->lab->now.face, NULL);
	if (run->lab->now.api)
		recorder_say(run->lab->now.api, NULL);
}

static bool matches(struct run *run, const struct recorded *q, const char *method,
		    const char *path)
{
	const char *discovery = edition_path(run->edition, "discovery");

	if (method && strcmp(q->method, method) != 0)
		return false;
	if (!path)
		return strncmp(q->target, discovery, strlen(discovery)) != 0;
	path = path_of(run, path);
	return strncmp(q->target, path, strlen(path)) == 0;
}

static const struct recorded *api_find(struct run *run, const char *method, const char *path,
				       size_t index)
{
	const struct recorded *q;

	if (!run->lab->now.face)
		return NULL;
	for (size_t i = 0; (q = recorder_find(run->lab->now.face, i)); i++)
		if (matches(run, q, method, path) && index-- == 0)
			return q;
	return NULL;
}

size_t api_saw(struct run *run, const char *method, const char *path)
{
	size_t n = 0;

	while (api_find(run, method, path, n))
		n++;
	return n;
}

const char *api_header(struct run *run, const char *path, size_t index, const char *name)
{
	const struct recorded *q = api_find(run, NULL, path, index);

	return q ? recorded_header(q, name) : NULL;
}

const char *api_target(struct run *run, const char *path, size_t index)
{
	const struct recorded *q = api_find(run, NULL, path, index);

	return q ? q->target : NULL;
}

/* ---- the platform ---- */

static void hand_state(struct run *run, const char *does, const json_t *state)
{
	char *text = state ? json_dumps(state, JSON_COMPACT) : NULL;

	hand_note(run, "here the platform %s %s", does, text ? text : "what it had");
	free(text);
}

void platform_state(struct run *run, json_t *state)
{
	struct err err = { 0 };

	run->lab->now.dirty = true;
	hand_state(run, "knows", state);
	if (!run->broken && !lab_seed(run->lab, state, &err))
		run_broken(run, "%s", err.text);
	caches_decisions(run);
	json_decref(state);
}

void platform_changes(struct run *run, json_t *state)
{
	struct err err = { 0 };

	run->lab->now.dirty = true;
	hand_state(run, "has, and nobody is told,", state);
	if (!run->broken && !lab_store(run->lab, state, &err))
		run_broken(run, "%s", err.text);
	json_decref(state);
}

const char *target_log(struct run *run)
{
	const struct target *t = run->lab->target;
	char *text;

	if (!run->lab->embedded)
		return arena_str(run->arena, t->last_words(t->ctx, run->lab->now.instance));
	pthread_mutex_lock(&run->lab->hops.lock);
	text = arena_str(run->arena, run->lab->log);
	pthread_mutex_unlock(&run->lab->hops.lock);
	return text;
}

void login_given(struct run *run, const char *person, int64_t expires_in_s, bool refreshable)
{
	enum { LIFETIME_S = 3600 };
	struct session s = { "", NULL };
	const char *token = token_made(run, &(struct token_ask) {
						    .person = person,
						    .lifetime_s = LIFETIME_S,
						    .age_s = LIFETIME_S - expires_in_s,
					    });

	hand_note(run, "here %s is logged in, with a token that %s %lld s%s", person,
		  expires_in_s < 0 ? "ended" : "ends in",
		  (long long)(expires_in_s < 0 ? -expires_in_s : expires_in_s),
		  expires_in_s < 0 ? " ago" : "");
	if (refreshable)
		s = session_for(run, person);
	config_give(run, token, s.refresh_token);
}
