/* SPDX-License-Identifier: Apache-2.0 */
/* front.c - the front door: requests of a client, and what they brought to the upstream. */
#include "suites/kit/door.h"
#include "suites/kit/lab.h"

#include "idp-sim/base/url.h"
#include "idp-sim/base/wire.h"
#include "suites/kit/hand.h"
#include "suites/kit/names.h"
#include "suites/kit/owned.h"
#include "suites/kit/reach.h"
#include "suites/kit/transcript.h"

#include <string.h>

enum { MAX_LINES = 256, TIMEOUT_MS = 15000 };

const char *ws_path(struct run *run, const char *workspace)
{
	return run_printf(run, "%s/%s", edition_path(run->edition, "workspaces"),
			  workspace ? workspace : "ml-team");
}

const char *members_path(struct run *run, const char *workspace, const char *principal)
{
	return run_printf(run, "%s/members%s%s", ws_path(run, workspace), principal ? "/" : "",
			  principal ? principal : "");
}

const char *header_name(struct run *run, const char *word)
{
	return edition_header(run->edition, word);
}

char *header_line(struct run *run, const char *word, const char *value)
{
	return run_printf(run, "%s: %s", header_name(run, word), value);
}

/* "gateway" or "service": how the transcript calls who faces the client. */
static const char *facing(const struct run *run)
{
	return run->surface == GATEWAY ? "gateway" : run->surface == PDP ? "pdp" : "service";
}

static void hop_message(struct run *run, const char *from, const char *to, bool answer,
			const void *bytes, size_t n)
{
	if (bytes && n)
		hops_message(run->lab, from, to, answer, bytes, n);
	else
		hops_add(run->lab, from, to, answer, "(closes without an answer)", NULL);
}

static const struct answer *finish(struct run *run, struct wire_answer *w, const char *from,
				   const char *to, size_t before)
{
	struct answer *a = arena_alloc(run->arena, sizeof(*a));

	own_answer(run, w);
	hop_message(run, to, from, true, w->raw, w->raw_len);
	a->raw = w;
	a->status = w->status;
	a->body = w->body ? w->body : "";
	a->body_len = w->body_len;
	if (w->body && run->lab->target->run_prefix) {
		a->body = names_in(run->lab, run->arena, w->body);
		a->body_len = strlen(a->body);
	}
	a->timed_out = w->timed_out;
	a->truncated = w->truncated;
	a->took_us = w->took_us;
	a->by = to;
	a->came_us = hops_now(run->lab);
	a->reached = upstream_count(run) - before;
	if (a->body_len && (*a->body == '{' || *a->body == '['))
		a->json = own_json(run, json_loadb(a->body, a->body_len, 0, NULL));
	return a;
}

/* Is that URL the target's own? What else is asked belongs to the lab. */
static bool is_target(const struct run *run, const char *base)
{
	const char *front = lab_front(run->lab);

	return front && strcmp(front, base) == 0;
}

/* How long one request may take, unless the row says. While the parts around the target are
 * made to be slow it is never less than usual. */
static int patience(const struct run *run)
{
	int stated = run->lab->target->reach.timeout_ms;

	return stated > TIMEOUT_MS || (stated && !run->lab->now.misled) ? stated : TIMEOUT_MS;
}

/* What a Host line says: the name that the target is asked for by. */
static const char *authority_of(struct run *run, const char *base, const struct url *url)
{
	const char *sni = is_target(run, base) ? run->lab->target->reach.sni : NULL;

	return run_printf(run, "%s:%d", sni ? sni : url->host, url->port);
}

/* The bytes as wire_request() would send them, so that the transcript and a raw request are
 * the same thing. */
static void compose(struct buf *b, const struct ask *ask, const char *path,
		    const char *authority)
{
	buf_printf(b, "%s %s HTTP/1.1\r\nHost: %s\r\n", ask->method ? ask->method : "GET", path,
		   authority);
	if (ask->authorization)
		buf_printf(b, "Authorization: %s\r\n", ask->authorization);
	else if (ask->token)
		buf_printf(b, "Authorization: Bearer %s\r\n", ask->token);
	for (size_t i = 0; ask->headers && ask->headers[i] && i < MAX_LINES; i++)
		buf_printf(b, "%s\r\n", ask->headers[i]);
	if (ask->body)
		buf_printf(b, "Content-Type: %s\r\nContent-Length: %zu\r\n",
			   ask->type ? ask->type : "application/json", strlen(ask->body));
	buf_printf(b, "Connection: close\r\n\r\n%s", ask->body ? ask->body : "");
}

static struct wire_to reach_of(const struct run *run, const struct wire_to *options)
{
	struct wire_to to = run->lab->target->reach;

	to.timeout_ms = options->timeout_ms;
	to.no_body = options->no_body;
	to.to_the_end = options->to_the_end;
	return to;
}

static const struct answer *no_connection(struct run *run, const char *base, const char *why)
{
	struct answer *a = arena_alloc(run->arena, sizeof(*a));

	if (is_target(run, base))
		reach_doubt(run, why);
	*a = (struct answer) { .body = "", .timed_out = true };
	a->refusal = arena_str(run->arena, why);
	return a;
}

static const struct answer *exchange(struct run *run, const char *base, const char *from,
				     const char *to, const struct wire_to *options,
				     const void *bytes, size_t n)
{
	static const struct answer nothing = { .body = "", .timed_out = true };
	struct wire_answer *w = arena_alloc(run->arena, sizeof(*w));
	struct wire_to where = *options;
	struct url url;
	struct err err = { 0 };
	size_t before = upstream_count(run);

	if (run->broken)
		return &nothing;
	if (!base || !url_parse(base, &url, &err)) {
		run_broken(run, "there is no %s to ask", to);
		return &nothing;
	}
	if (is_target(run, base))
		where = reach_of(run, options);
	where.host = url.host;
	where.port = url.port;
	where.tls = url.tls;
	hop_message(run, from, to, false, bytes, n);
	if (!wire_exchange(&where, bytes, n, w, &err)) {
		if (to[0] == 'p' && run->surface != PDP)
			run_broken(run, "%s", err.text);
		hops_add(run->lab, to, from, true, err.text, NULL);
		wire_answer_done(w);
		return no_connection(run, base, err.text);
	}
	if (w->timed_out && !w->raw_len && is_target(run, base))
		reach_doubt(run, NULL);
	return finish(run, w, from, to, before);
}

static const struct answer *ask_at(struct run *run, const char *base, const char *to,
				   const struct ask *ask)
{
	const char *path = ask->path ? ask->path : ws_path(run, NULL);
	struct wire_to options = {
		.timeout_ms = ask->timeout_ms ? ask->timeout_ms : patience(run),
		.no_body = ask->method && strcmp(ask->method, "HEAD") == 0,
	};
	const struct answer *a;
	AUTO_BUF b = { 0 };
	struct url url;
	struct err err = { 0 };

	if (ask->method && strcmp(ask->method, "GET") != 0)
		run->lab->now.dirty = true;
	struct ask named = *ask;

	if (base && is_target(run, base)) {
		path = names_out(run->lab, run->arena, path);
		named.body = names_out(run->lab, run->arena, ask->body);
		ask = &named;
	}
	if (base && url_parse(base, &url, &err))
		compose(&b, ask, path, authority_of(run, base, &url));
	a = exchange(run, base, ask->from ? ask->from : "client", to, &options, b.p, b.n);
	/* A 5xx, or none in time, may have made it all the same. */
	if (base && is_target(run, base) && (a->status < 400 || a->status > 499))
		names_note(run->lab, ask->method ? ask->method : "GET", path, ask->body);
	return a;
}

static void by_hand(struct run *run, const char *at, const struct ask *ask)
{
	hand_request(run, at, ask, ask->path ? ask->path : ws_path(run, NULL));
}

const struct answer *request(struct run *run, const struct ask *ask)
{
	by_hand(run, "AT", ask);
	return ask_at(run, lab_front(run->lab), facing(run), ask);
}

const struct answer *request_pdp(struct run *run, const struct ask *ask)
{
	by_hand(run, run->surface == PDP ? "AT" : "PDP", ask);
	return ask_at(run, lab_pdp(run->lab), "pdp", ask);
}

const struct answer *request_platform(struct run *run, const struct ask *ask)
{
	by_hand(run, "AT", ask);
	return ask_at(run, run->lab->now.urls.platform, "platform", ask);
}

const struct answer *request_raw(struct run *run, const struct raw *raw)
{
	struct wire_to options = {
		.timeout_ms = raw->timeout_ms ? raw->timeout_ms : patience(run),
		.no_body = raw->head,
		.to_the_end = raw->to_the_end,
	};

	const char *bytes = raw->bytes;
	bool text = strnlen(bytes, raw->n) == raw->n && !memmem(bytes, raw->n, "ength:", 6);
	size_t n = raw->n;

	/* A prefix in a body would need another length: such a request leaves as it is. */
	if (text && run->lab->target->run_prefix) {
		bytes = names_out(run->lab, run->arena, arena_dup(run->arena, bytes, n));
		n = strlen(bytes);
	}
	run->lab->now.dirty |= run->surface != GATEWAY;
	hand_raw(run, bytes, n);
	return exchange(run, lab_front(run->lab), "client", facing(run), &options, bytes, n);
}

const char *answer_header(const struct answer *a, const char *name)
{
	return a->raw ? wire_header(a->raw, name) : NULL;
}

const char *front_scheme(struct run *run)
{
	const char *base = lab_front(run->lab);

	return base && strncmp(base, "https:", 6) == 0 ? "https" : "http";
}

const char *front_authority(struct run *run)
{
	const char *base = lab_front(run->lab);
	struct url url;
	struct err err = { 0 };

	if (!base || !url_parse(base, &url, &err))
		return "gateway";
	return authority_of(run, base, &url);
}

/* ---- what reached the upstream ---- */

size_t upstream_count(struct run *run)
{
	struct recorder *r = run->lab->now.upstream;

	return r ? recorder_count(r) : 0;
}

const struct recorded *upstream_request(struct run *run, size_t index)
{
	struct recorder *r = run->lab->now.upstream;

	return r ? recorder_find(r, index) : NULL;
}

const char *upstream_header(struct run *run, size_t index, const char *name)
{
	const struct recorded *q = upstream_request(run, index);
	char *all = NULL;

	for (size_t i = 0; q && i < q->n_lines; i++) {
		if (strcasecmp(q->lines[i].name, name) != 0)
			continue;
		all = all ? run_printf(run, "%s | %s", all, q->lines[i].value)
			  : arena_str(run->arena, q->lines[i].value);
	}
	return all;
}

const char *upstream_raw(struct run *run, size_t index)
{
	const struct recorded *q = upstream_request(run, index);

	return q ? q->raw : "";
}
