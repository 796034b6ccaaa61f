/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ring of what was said, kept as it came and made JSON without secrets when somebody reads it:
 * a request costs a copy into memory that its slot already has. Nothing leaves but through
 * entry_write(), which takes the secrets out.
 *
 * Threads do not wait for each other: each takes the next number and fills the slot of that
 * number under a lock that few slots share. A reader stops before a number whose slot is not filled
 * yet.
 */
#include "idp-sim/journal-private.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum { DEFAULT_LIMIT = 1000, BODY_LIMIT = 16 << 10, LOCKS = 16 };

struct journal {
	struct journal_options o;
	pthread_mutex_t lock;
	pthread_cond_t grown; /* on the monotonic clock */
	pthread_cond_t left;
	struct entry *ring;
	pthread_mutex_t locks[LOCKS]; /* of the slots, by turns */
	_Atomic int64_t last;	      /* seq of the newest */
	_Atomic int waiting;
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
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_init(&j->locks[i], NULL);
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

static struct entry *slot_of(struct journal *j, int64_t seq)
{
	return &j->ring[seq % (int64_t)j->o.limit];
}

/* The same for all numbers that share a slot. */
static pthread_mutex_t *lock_of(struct journal *j, int64_t seq)
{
	return &j->locks[seq % (int64_t)j->o.limit % LOCKS];
}

static void entry_empty(struct entry *e)
{
	buf_done(&e->raw);
	web_ready_unref(e->ready);
	e->ready = NULL;
	e->empty = true;
}

void journal_reset(struct journal *j)
{
	for (size_t i = 0; i < j->o.limit; i++) {
		pthread_mutex_lock(lock_of(j, (int64_t)i));
		if (j->ring[i].seq)
			entry_empty(&j->ring[i]);
		pthread_mutex_unlock(lock_of(j, (int64_t)i));
	}
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	journal_close(j);
	for (size_t i = 0; i < j->o.limit; i++)
		entry_empty(&j->ring[i]);
	for (size_t i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&j->locks[i]);
	pthread_cond_destroy(&j->grown);
	pthread_cond_destroy(&j->left);
	pthread_mutex_destroy(&j->lock);
	free(j->ring);
	free(j);
}

/* ---- keeping ---- */

static void keep(struct entry *e, enum part part, const char *text, size_t n)
{
	e->parts[part] = (struct span) { (uint32_t)e->raw.n, text ? (uint32_t)n : ABSENT };
	if (text)
		buf_add(&e->raw, text, n);
}

static void keep_text(struct entry *e, enum part part, const char *text)
{
	keep(e, part, text, text ? strlen(text) : 0);
}

static void keep_header(void *ctx, const char *name, const char *value)
{
	struct buf *raw = ctx;

	buf_add(raw, name, strlen(name) + 1);
	buf_add(raw, value, strlen(value) + 1);
}

static void keep_exchange(struct entry *e, const struct facts *f, const struct web_request *rq,
			  const struct web_reply *rp)
{
	bool whole = rp->body_len && *rp->body == '{' && rp->body_len <= BODY_LIMIT;

	buf_reset(&e->raw);
	for (size_t i = 0; i < (size_t)N_FACTS; i++)
		keep_text(e, (enum part)i, fact(f, i));
	keep_text(e, PART_METHOD, rq->method);
	keep_text(e, PART_PATH, rq->path);
	keep_text(e, PART_QUERY, rq->query);
	keep_text(e, PART_TYPE, web_header(rq, "Content-Type"));
	keep(e, PART_BODY, rq->body, rq->body_len <= BODY_LIMIT ? rq->body_len : 0);
	web_ready_unref(e->ready);
	e->ready = whole ? web_ready_ref(rp->ready) : NULL;
	keep(e, PART_ANSWER, whole && !e->ready ? rp->body : NULL, rp->body_len);
	e->headers_at = (uint32_t)e->raw.n;
	web_headers(rq, keep_header, &e->raw);
	e->status = rp->status;
	e->fault = rp->fault;
	e->body_len = rq->body_len;
	e->answer_len = rp->body_len;
}

/* "09:14:24.003  azure     400  AADSTS70011            invalid_scope at device for cli" */
static void tell(const struct journal *j, const struct facts *f, const struct web_reply *rp)
{
	int64_t now = clk_now_ms(j->o.clk);
	int64_t day = (now / 1000) % 86400;
	const char *where = f->grant ? f->grant : f->endpoint ? f->endpoint : "";
	const char *what = f->code ? f->code : f->situation ? f->situation : where;
	AUTO_BUF line = { 0 };

	buf_printf(&line, "%02d:%02d:%02d.%03d  %-9s %3d  %-22s", (int)(day / 3600),
		   (int)(day / 60 % 60), (int)(day % 60), (int)(now % 1000),
		   f->provider ? f->provider : "-", rp->status, what);
	if (f->code && f->situation)
		buf_printf(&line, " %s", f->situation);
	if (what != where && *where)
		buf_printf(&line, " at %s", where);
	if (f->user)
		buf_printf(&line, " %s", f->user);
	if (f->client_id)
		buf_printf(&line, " for %s", f->client_id);
	j->o.on_line(j->o.ctx, line.p);
}

void journal_add(struct journal *j, const struct facts *f, const struct web_request *rq,
		 const struct web_reply *rp, int64_t took_us)
{
	int64_t seq = ++j->last;
	struct entry *e = slot_of(j, seq);

	pthread_mutex_lock(lock_of(j, seq));
	if (e->seq < seq) { /* else others were a whole ring faster */
		keep_exchange(e, f, rq, rp);
		e->seq = seq;
		e->empty = false;
		e->time_ms = clk_now_ms(j->o.clk);
		e->took_us = took_us;
	}
	pthread_mutex_unlock(lock_of(j, seq));
	if (j->waiting) {
		pthread_mutex_lock(&j->lock);
		pthread_cond_broadcast(&j->grown);
		pthread_mutex_unlock(&j->lock);
	}
	if (j->o.on_line)
		tell(j, f, rp);
}

/* ---- reading ---- */

static bool matches(const struct entry *e, const struct facts *filter)
{
	for (size_t i = 0; filter && i < (size_t)N_FACTS; i++) {
		const char *want = fact(filter, i);
		size_t n = 0;
		const char *is = entry_part(e, (enum part)i, &n);

		if (want && (!is || strlen(want) != n || memcmp(is, want, n) != 0))
			return false;
	}
	return true;
}

/* Appends the entry when it is still there and matches; false: it is not filled yet. */
static bool collect_one(struct journal *j, int64_t seq, const struct facts *filter,
			json_t *list)
{
	struct entry *e = slot_of(j, seq);
	bool filled;

	pthread_mutex_lock(lock_of(j, seq));
	filled = e->seq >= seq;
	if (e->seq == seq && !e->empty && matches(e, filter))
		json_array_append_new(list, entry_write(e));
	pthread_mutex_unlock(lock_of(j, seq));
	return filled;
}

/* Appends what came after `since` and matches. Returns the newest seq that was looked at. */
static int64_t collect(struct journal *j, int64_t since, const struct facts *filter,
		       json_t *list)
{
	int64_t last = j->last, oldest = last - (int64_t)j->o.limit + 1;
	int64_t seq = since + 1 > oldest ? since + 1 : oldest;

	if (seq < 1)
		seq = 1;
	while (seq <= last && collect_one(j, seq, filter, list))
		seq++;
	return seq > last ? last : seq - 1;
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
