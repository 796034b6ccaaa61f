/* SPDX-License-Identifier: Apache-2.0 */
/* recorder.c - keeps what came, answers as told; see recorder.h. */
#include "suites/kit/recorder.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/sock.h"
#include "suites/kit/recorded.h"
#include "suites/kit/recorder-answer.h"

#include <pthread.h>
#include <string.h>

enum {
	REQUEST_LIMIT = 8 << 20,
	IDLE_MS = 60000,   /* of a kept-alive connection */
	STALLED_MS = 5000, /* an incomplete request is recorded as it is after that */
	STEP_MS = 20,
};

struct recorder {
	struct sock_server *server;
	void (*on_message)(void *ctx, bool answer, const char *bytes, size_t n);
	void *ctx;
	char *forward_at_start;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct arena *arena; /* what was recorded since the last reset */
	struct recorded **requests;
	size_t n_requests, cap_requests;
	size_t arriving; /* requests of which some bytes came */
	unsigned connections;
	unsigned said;		       /* counts recorder_say(): a hanging request watches it */
	struct recorder_answer answer; /* strings are owned */
	int left;		       /* requests that `next` still holds for */
	char *forward;
};

/* One connection being served. */
struct talk {
	struct recorder *r;
	int fd;
	unsigned connection;
	struct buf in; /* bytes received and not yet part of a recorded request */
	bool last;     /* close after this request */
	bool arriving; /* counted in r->arriving */
};

static char *copy_str(const char *s)
{
	char *p = s ? strdup(s) : NULL;

	if (s && !p)
		abort();
	return p;
}

/* Called with the lock held. */
static void mark_arriving(struct talk *t, bool arriving)
{
	if (arriving != t->arriving)
		t->r->arriving += arriving ? 1 : (size_t)-1;
	t->arriving = arriving;
}

static void keep(struct talk *t, size_t n, int64_t at_us)
{
	struct recorder *r = t->r;
	struct recorded *q;

	pthread_mutex_lock(&r->lock);
	q = arena_alloc(r->arena, sizeof(*q));
	recorded_fill(r->arena, t->in.p, n, q);
	q->connection = t->connection;
	q->at_us = at_us;
	if (r->n_requests == r->cap_requests) {
		r->cap_requests = r->cap_requests * 2 + 16;
		r->requests = realloc(r->requests, r->cap_requests * sizeof(*r->requests));
		if (!r->requests)
			abort();
	}
	r->requests[r->n_requests++] = q;
	mark_arriving(t, false);
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

/* Reads one request; false when the connection ended without another byte. */
static bool receive(struct talk *t, size_t *ret_n, int64_t *ret_at_us)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	char chunk[16384];
	bool told = false;

	*ret_at_us = 0;
	for (;;) {
		size_t head = 0;
		enum recorded_state s = RECORDED_MORE;
		long got;

		if (t->in.n > 0) {
			pthread_mutex_lock(&t->r->lock);
			mark_arriving(t, true);
			pthread_mutex_unlock(&t->r->lock);
			s = recorded_scan(t->in.p, t->in.n, &head, ret_n);
		}
		if (head > 0 && *ret_at_us == 0)
			*ret_at_us = clk_mono_us();
		t->last = s == RECORDED_BAD;
		if (s != RECORDED_MORE)
			return true;
		if (head > 0 && !told &&
		    memmem(t->in.p, head, "100-continue", strlen("100-continue"))) {
			sock_write(t->fd, go_on, sizeof(go_on) - 1);
			told = true;
		}
		got = sock_read(t->fd, chunk, sizeof(chunk), t->in.n ? STALLED_MS : IDLE_MS);
		if (got <= 0 || t->in.n + (size_t)got > REQUEST_LIMIT) {
			t->last = true;
			*ret_n = t->in.n;
			return t->in.n > 0;
		}
		buf_add(&t->in, chunk, (size_t)got);
	}
}

static bool is_meant(const char *only, const char *target)
{
	for (const char *p = only; p && *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (strncmp(target, p, n) == 0)
			return true;
		p += n;
	}
	return !only;
}

/* The answer that holds for a request, copied; and where to forward it, or NULL. */
static struct recorder_answer pick(struct recorder *r, const struct recorded *q,
				   char **ret_forward, unsigned *ret_said)
{
	struct recorder_answer a = { 0 };

	pthread_mutex_lock(&r->lock);
	*ret_forward = copy_str(r->forward);
	*ret_said = r->said;
	if (r->left != 0 && is_meant(r->answer.only, q->target)) {
		recorder_answer_copy(&a, &r->answer);
		if (r->left > 0)
			r->left--;
	}
	pthread_mutex_unlock(&r->lock);
	return a;
}

/* Holds the request until the peer goes, the recorder stops or something else is said. */
static void hang(struct talk *t, unsigned said)
{
	char byte;

	for (;;) {
		bool same;

		pthread_mutex_lock(&t->r->lock);
		same = t->r->said == said;
		pthread_mutex_unlock(&t->r->lock);
		if (!same || !sock_pause(t->r->server, STEP_MS))
			return;
		if (sock_read(t->fd, &byte, 1, 0) == 0)
			return;
	}
}

/* After 101 the bytes belong to another protocol: they are sent back as they came. */
static void echo(struct talk *t)
{
	char chunk[4096];
	long got;

	sock_write(t->fd, t->in.p, t->in.n);
	while ((got = sock_read(t->fd, chunk, sizeof(chunk), IDLE_MS)) > 0)
		sock_write(t->fd, chunk, (size_t)got);
}

static void say_answer(struct talk *t, const struct recorder_answer *a, const struct buf *out)
{
	size_t n = out->n;

	if (a->cut && a->cut < n)
		n = a->cut;
	if (a->cut || a->close || a->raw)
		t->last = true;
	if (t->r->on_message)
		t->r->on_message(t->r->ctx, true, out->p, n);
	if (!sock_write(t->fd, out->p, n))
		t->last = true;
	if (a->reset)
		sock_reset_on_close(t->fd);
	if (a->status == 101) {
		echo(t);
		t->last = true;
	}
}

static void answer(struct talk *t, const struct recorded *q)
{
	AUTO(char) char *forward = NULL;
	AUTO_BUF out = { 0 };
	unsigned said;
	struct recorder_answer a = pick(t->r, q, &forward, &said);

	if (a.delay_ms > 0)
		sock_pause(t->r->server, a.delay_ms);
	if (a.hang || a.silent) {
		t->last = true;
		if (a.hang)
			hang(t, said);
		if (a.reset)
			sock_reset_on_close(t->fd);
	} else {
		if (a.status || a.raw || !forward || q->malformed)
			recorder_answer_canned(&a, q, &out);
		else
			recorder_answer_forwarded(q, forward, &out);
		say_answer(t, &a, &out);
	}
	recorder_answer_done(&a);
}

static bool peer_closes(const struct recorded *q)
{
	return q->malformed || strcmp(q->version, "HTTP/1.1") != 0 ||
	       recorded_list_has(recorded_header(q, "Connection"), "close");
}

static void serve(void *ctx, int fd)
{
	struct recorder *r = ctx;
	AUTO(arena) struct arena *mine = arena_new(); /* outlives a recorder_reset() */
	struct talk t = { .r = r, .fd = fd };
	int64_t at_us;
	size_t n;

	pthread_mutex_lock(&r->lock);
	t.connection = ++r->connections;
	pthread_mutex_unlock(&r->lock);
	while (!t.last && receive(&t, &n, &at_us)) {
		struct recorded q;

		keep(&t, n, at_us);
		recorded_fill(mine, t.in.p, n, &q);
		if (r->on_message)
			r->on_message(r->ctx, false, q.raw, q.raw_len);
		memmove(t.in.p, t.in.p + n, t.in.n - n);
		t.in.n -= n;
		t.last = t.last || peer_closes(&q);
		answer(&t, &q);
		arena_reset(mine);
	}
	pthread_mutex_lock(&r->lock);
	mark_arriving(&t, false);
	pthread_mutex_unlock(&r->lock);
	buf_done(&t.in);
}

struct recorder *recorder_start(const struct recorder_options *o, struct err *err)
{
	struct recorder *r = calloc(1, sizeof(*r));
	pthread_condattr_t monotonic;

	if (!r)
		abort();
	r->on_message = o->on_message;
	r->ctx = o->ctx;
	r->forward_at_start = copy_str(o->forward);
	r->forward = copy_str(o->forward);
	r->arena = arena_new();
	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&r->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	r->server = sock_serve(o->listen, serve, r, err);
	if (!r->server) {
		recorder_stop(r);
		return NULL;
	}
	return r;
}

void recorder_stop(struct recorder *r)
{
	if (!r)
		return;
	sock_stop(r->server);
	recorder_answer_done(&r->answer);
	free(r->forward);
	free(r->forward_at_start);
	free(r->requests);
	arena_free(r->arena);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

const char *recorder_url(const struct recorder *r)
{
	return sock_origin(r->server);
}

void recorder_reset(struct recorder *r)
{
	recorder_say(r, NULL);
	recorder_forward(r, r->forward_at_start);
	pthread_mutex_lock(&r->lock);
	r->n_requests = 0;
	arena_reset(r->arena);
	pthread_mutex_unlock(&r->lock);
}

void recorder_say(struct recorder *r, const struct recorder_answer *a)
{
	pthread_mutex_lock(&r->lock);
	recorder_answer_done(&r->answer);
	r->left = 0;
	if (a) {
		recorder_answer_copy(&r->answer, a);
		r->left = a->next ? a->next : -1;
	}
	r->said++;
	pthread_mutex_unlock(&r->lock);
}

void recorder_forward(struct recorder *r, const char *url)
{
	char *new = copy_str(url);

	pthread_mutex_lock(&r->lock);
	free(r->forward);
	r->forward = new;
	pthread_mutex_unlock(&r->lock);
}

bool recorder_refuse(struct recorder *r, bool refuse, struct err *err)
{
	return sock_refuse(r->server, refuse, err);
}

size_t recorder_count(struct recorder *r)
{
	size_t n;

	pthread_mutex_lock(&r->lock);
	n = r->n_requests + r->arriving;
	pthread_mutex_unlock(&r->lock);
	return n;
}

size_t recorder_wait(struct recorder *r, size_t n, int timeout_ms)
{
	int64_t ms = clk_mono_ms() + timeout_ms;
	struct timespec end = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	size_t have;

	pthread_mutex_lock(&r->lock);
	while (r->n_requests < n && pthread_cond_timedwait(&r->changed, &r->lock, &end) == 0)
		;
	have = r->n_requests + r->arriving;
	pthread_mutex_unlock(&r->lock);
	return have;
}

const struct recorded *recorder_find(struct recorder *r, size_t n)
{
	const struct recorded *q;

	if (n < recorder_count(r))
		recorder_wait(r, n + 1, STALLED_MS);
	pthread_mutex_lock(&r->lock);
	q = n < r->n_requests ? r->requests[n] : NULL;
	pthread_mutex_unlock(&r->lock);
	return q;
}

size_t recorder_count_of(struct recorder *r, const char *prefix)
{
	size_t n = 0;

	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->n_requests; i++)
		n += strncmp(r->requests[i]->target, prefix, strlen(prefix)) == 0;
	pthread_mutex_unlock(&r->lock);
	return n;
}
