/* SPDX-License-Identifier: Apache-2.0 */
/* A ring of JSON texts, already without secrets, that are parsed when somebody reads them. */
#include "idp-sim/journal.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/redact.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { DEFAULT_LIMIT = 1000, BODY_LIMIT = 16 << 10 };

struct entry {
	int64_t seq; /* from 1; 0: empty */
	char *text;  /* one JSON object */
};

struct journal {
	struct journal_options o;
	pthread_mutex_t lock;
	pthread_cond_t grown; /* on the monotonic clock */
	pthread_cond_t left;
	struct entry *ring;
	int64_t last; /* seq of the newest */
	int waiting;
	bool closed;
};

struct journal *journal_new(const struct journal_options *o)
{
	struct journal *j = calloc(1, sizeof(*j));
	pthread_condattr_t attr;

	if (!j)
		abort();
	j->o = *o;
	if (!j->o.limit)
		j->o.limit = DEFAULT_LIMIT;
	j->ring = calloc(j->o.limit, sizeof(*j->ring));
	if (!j->ring)
		abort();
	pthread_mutex_init(&j->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&j->grown, &attr);
	pthread_cond_init(&j->left, &attr);
	pthread_condattr_destroy(&attr);
	return j;
}

void journal_close(struct journal *j)
{
	pthread_mutex_lock(&j->lock);
	j->closed = true;
	pthread_cond_broadcast(&j->grown);
	while (j->waiting)
		pthread_cond_wait(&j->left, &j->lock);
	pthread_mutex_unlock(&j->lock);
}

void journal_reset(struct journal *j)
{
	pthread_mutex_lock(&j->lock);
	for (size_t i = 0; i < j->o.limit; i++) {
		free(j->ring[i].text);
		j->ring[i] = (struct entry) { 0 };
	}
	pthread_mutex_unlock(&j->lock);
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	journal_close(j);
	journal_reset(j);
	pthread_cond_destroy(&j->grown);
	pthread_cond_destroy(&j->left);
	pthread_mutex_destroy(&j->lock);
	free(j->ring);
	free(j);
}

/* ---- writing ---- */

static const struct {
	const char *name;
	size_t at;
} members[] = {
	{ "provider", offsetof(struct facts, provider) },
	{ "tenant", offsetof(struct facts, tenant) },
	{ "endpoint", offsetof(struct facts, endpoint) },
	{ "grant", offsetof(struct facts, grant) },
	{ "client_id", offsetof(struct facts, client_id) },
	{ "user", offsetof(struct facts, user) },
	{ "situation", offsetof(struct facts, situation) },
};

static const char *fact(const struct facts *f, size_t i)
{
	return *(const char *const *)((const char *)f + members[i].at);
}

static void put(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(out, ",\"%s\":", name);
	buf_json(out, value, strlen(value));
}

struct headers {
	struct buf *out;
	bool more;
};

static void put_header(void *ctx, const char *name, const char *value)
{
	struct headers *h = ctx;
	AUTO_BUF safe = { 0 };

	redact_header(name, value, &safe);
	if (h->more)
		buf_char(h->out, ',');
	h->more = true;
	buf_json(h->out, name, strlen(name));
	buf_char(h->out, ':');
	buf_json(h->out, safe.p ? safe.p : "", safe.n);
}

static void put_request(struct buf *out, const struct web_request *rq)
{
	struct headers headers = { out, false };
	const char *type = web_header(rq, "Content-Type");

	put(out, "method", rq->method);
	put(out, "path", rq->path);
	if (rq->query) {
		buf_str(out, ",\"query\":");
		redact_form(rq->query, strlen(rq->query), out);
	}
	buf_str(out, ",\"headers\":{");
	web_headers(rq, put_header, &headers);
	buf_char(out, '}');
	if (!rq->body_len)
		return;
	if (type && !strncasecmp(type, "application/x-www-form-urlencoded", 33)) {
		buf_str(out, ",\"form\":");
		redact_form(rq->body, rq->body_len, out);
	} else {
		buf_printf(out, ",\"body_bytes\":%zu", rq->body_len);
	}
}

static void put_reply(struct buf *out, const struct web_reply *rp)
{
	AUTO_BUF safe = { 0 };

	buf_printf(out, ",\"status\":%d", rp->status);
	if (!rp->body_len)
		return;
	if (*rp->body != '{' || rp->body_len > BODY_LIMIT) {
		buf_printf(out, ",\"answer_bytes\":%zu", rp->body_len);
		return;
	}
	redact_json(rp->body, rp->body_len, &safe);
	buf_str(out, ",\"answer\":");
	buf_json(out, safe.p, safe.n);
}

static const char *const faults[] = {
	[WEB_FAULT_RESET] = "reset", [WEB_FAULT_TRUNCATE] = "truncate"
};

static char *write_entry(const struct journal *j, const struct facts *f,
			 const struct web_request *rq, const struct web_reply *rp,
			 int64_t took_us)
{
	AUTO_BUF out = { 0 };

	buf_printf(&out, "{\"time_ms\":%lld,\"took_us\":%lld", (long long)clk_now_ms(j->o.clk),
		   (long long)took_us);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		put(&out, members[i].name, fact(f, i));
	put_request(&out, rq);
	put_reply(&out, rp);
	put(&out, "fault", faults[rp->fault]);
	buf_char(&out, '}');
	return buf_take(&out);
}

/* "09:14:24.003  azure     400  invalid_scope        token  cli": for a terminal. */
static void tell(const struct journal *j, const struct facts *f, const struct web_reply *rp)
{
	int64_t now = clk_now_ms(j->o.clk);
	int64_t day = (now / 1000) % 86400;
	const char *what = f->situation ? f->situation : f->endpoint ? f->endpoint : "";
	const char *of = f->situation && f->endpoint ? f->endpoint : "";
	AUTO_BUF line = { 0 };

	buf_printf(&line, "%02d:%02d:%02d.%03d  %-9s %3d  %-22s %s%s%s%s%s", (int)(day / 3600),
		   (int)(day / 60 % 60), (int)(day % 60), (int)(now % 1000),
		   f->provider ? f->provider : "-", rp->status, what, of, *of ? " " : "",
		   f->grant ? f->grant : "", f->grant ? " " : "",
		   f->client_id ? f->client_id : "");
	while (line.n && line.p[line.n - 1] == ' ')
		line.p[--line.n] = 0;
	j->o.on_line(j->o.ctx, line.p);
}

void journal_add(struct journal *j, const struct facts *f, const struct web_request *rq,
		 const struct web_reply *rp, int64_t took_us)
{
	char *text = write_entry(j, f, rq, rp, took_us);

	pthread_mutex_lock(&j->lock);
	struct entry *e = &j->ring[++j->last % (int64_t)j->o.limit];
	char *old = e->text;
	e->seq = j->last;
	e->text = text;
	if (j->waiting)
		pthread_cond_broadcast(&j->grown);
	pthread_mutex_unlock(&j->lock);
	free(old);
	if (j->o.on_line)
		tell(j, f, rp);
}

/* ---- reading ---- */

static bool matches(const json_t *entry, const struct facts *filter)
{
	for (size_t i = 0; filter && i < ARRAY_LEN(members); i++) {
		const char *want = fact(filter, i);
		if (want && strcmp(conf_str(entry, members[i].name, ""), want) != 0)
			return false;
	}
	return true;
}

/* Appends what came after `since` and matches; the lock is held. Returns the newest seq. */
static int64_t collect(struct journal *j, int64_t since, const struct facts *filter,
		       json_t *list)
{
	int64_t oldest = j->last - (int64_t)j->o.limit + 1;

	for (int64_t seq = since + 1 > oldest ? since + 1 : oldest; seq <= j->last; seq++) {
		const struct entry *e = seq > 0 ? &j->ring[seq % (int64_t)j->o.limit] : NULL;
		if (!e || e->seq != seq)
			continue;
		AUTO(json_t) json_t *o = json_loads(e->text, 0, NULL);
		if (!o || !matches(o, filter))
			continue;
		json_object_set_new(o, "seq", json_integer(seq));
		json_array_append(list, o);
	}
	return j->last;
}

json_t *journal_read(struct journal *j, int64_t since, const struct facts *filter)
{
	return journal_wait(j, since, filter, 0, 0);
}

json_t *journal_wait(struct journal *j, int64_t since, const struct facts *filter, size_t count,
		     int64_t wait_ms)
{
	int64_t due = clk_mono_ms() + wait_ms + 1, seen = since;
	struct timespec until = { .tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000 };
	json_t *list = json_array();

	pthread_mutex_lock(&j->lock);
	j->waiting++;
	for (;;) {
		seen = collect(j, seen, filter, list);
		if (json_array_size(list) >= count || j->closed || clk_mono_ms() >= due)
			break;
		pthread_cond_timedwait(&j->grown, &j->lock, &until);
	}
	if (!--j->waiting)
		pthread_cond_broadcast(&j->left);
	pthread_mutex_unlock(&j->lock);
	return json_pack("{s:o, s:I}", "entries", list, "next", (json_int_t)seen);
}
