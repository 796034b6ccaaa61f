/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/pool-private.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "idp-sim/base/file.h"
#include "reports/write.h"
#include "runner/reap.h"
#include "runner/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

enum { LINE_LIMIT = 16 << 20, TICK_MS = 100 };

/* Results. ----------------------------------------------------------------------------- */

static void fill_from_row(struct pool *p, const struct item *it, struct result *r)
{
	const struct scenario *row = it->row;

	r->id = it->id;
	r->surface = surface_word(it->surface);
	r->provider = it->provider;
	r->edition = it->edition;
	if (!row) {
		r->row = SECTION_SANITY "/target-starts";
		r->section = SECTION_SANITY;
		if (!r->title)
			r->title = "target starts";
		if (!r->promise)
			r->promise = "The target starts, answers, and a good day works.";
		return;
	}
	r->row = row_id(p->arena, it->suite, row);
	r->section = it->suite->section;
	r->title = row->title;
	r->promise = row->promise;
	r->page = row->page;
	r->source = row->source;
	r->remedy = row->remedy;
	r->consequence = row->consequence;
	r->tags = row->tags;
	r->level = row->level;
}

static void become(struct pool *p, size_t index, enum state state)
{
	size_t *left = &p->left_in[p->o.plan->items[index].lab];

	*left -= p->states[index] == WAITING;
	*left += state == WAITING;
	p->states[index] = state;
}

static void broken_behind(struct pool *p, size_t gate);

/* The item has its final result. */
static void settle(struct pool *p, size_t index, struct result *r)
{
	const struct item *it = &p->o.plan->items[index];

	fill_from_row(p, it, r);
	r->attempts = p->attempts[index];
	r->flaky = r->verdict == PASSED && p->earlier[index];
	r->earlier = p->earlier[index];
	if (!r->again && it->row)
		r->again = it->id;
	p->results[index] = r;
	become(p, index, DONE);
	p->finished++;
	p->left--;
	if (p->o.on_result)
		p->o.on_result(p->o.ctx, p, index);
	if (p->o.options->fail_fast && it->row && r->verdict == FAILED &&
	    r->level != LEVEL_ADVICE)
		p->end = POOL_FAILED_FAST;
	if (!it->row && r->verdict != PASSED)
		broken_behind(p, index);
}

static void settle_untried(struct pool *p, size_t index, enum verdict v, const char *reason)
{
	struct result *r = arena_alloc(p->arena, sizeof *r);

	r->verdict = v;
	r->reason = reason;
	settle(p, index, r);
}

static void broken_behind(struct pool *p, size_t gate)
{
	const struct plan *plan = p->o.plan;

	for (size_t i = 0; i < plan->n; i++) {
		if (plan->items[i].gate == gate && i != gate && p->states[i] == WAITING)
			settle_untried(p, i, BROKEN,
				       arena_printf(p->arena, "not tried: %s did not pass",
						    plan->items[gate].id));
	}
}

/* A failure that may be tried again is no result yet. */
static void take_result(struct pool *p, size_t index, struct result *r)
{
	bool again = r->verdict == FAILED || r->verdict == BROKEN;

	if (again && p->attempts[index] <= p->o.options->retries && p->end == POOL_DONE) {
		p->earlier[index] =
			arena_printf(p->arena, "%s%sattempt %d %s: %s",
				     p->earlier[index] ? p->earlier[index] : "",
				     p->earlier[index] ? "; " : "", p->attempts[index],
				     verdict_word(r->verdict), result_message(p->arena, r));
		become(p, index, WAITING);
		return;
	}
	settle(p, index, r);
}

static void add_cost(struct cost *c, int64_t ms)
{
	c->ms += (ms - c->ms) / ++c->n;
}

/* What choose.c weighs: a result tells its own time, the rest went into its lab. */
static void learn_cost(struct pool *p, const struct worker *w, const struct result *r)
{
	int64_t all_ms = clk_mono_ms() - w->since_ms;

	if (w->starts)
		add_cost(&p->lab, all_ms - r->took_us / 1000);
	else if (!w->slow)
		add_cost(&p->row, all_ms);
}

static void take_line(struct pool *p, struct worker *w, char *line)
{
	struct result *r = arena_alloc(p->arena, sizeof *r);
	struct err err = { 0 };
	char *json = NULL;
	long index = strtol(line, &json, 10);
	json_t *o = json_loads(json, 0, NULL);
	bool read = result_from_json(p->arena, o, r, &err);

	json_decref(o);
	if (index != w->item || w->item == NO_ITEM)
		return;
	if (!read) {
		*r = (struct result) { .verdict = BROKEN };
		r->reason = arena_printf(p->arena, "its result cannot be read: %s", err.text);
	}
	learn_cost(p, w, r);
	w->item = NO_ITEM;
	take_result(p, (size_t)index, r);
	crew_sweep(&p->crew);
}

/* It crashed, hung or flooded: its item is BROKEN, the rest goes on. why NULL: it died. */
static void lose_worker(struct pool *p, struct worker *w, const char *why)
{
	long item = w->item;
	int status = crew_bury(&p->crew, w);
	struct result *r;

	if (item == NO_ITEM) {
		buf_printf(&p->crew.complaints, "a worker %s\n",
			   crew_obituary(&p->crew, w, status));
		return;
	}
	r = arena_alloc(p->arena, sizeof *r);
	r->verdict = BROKEN;
	r->took_us = (clk_mono_ms() - w->since_ms) * 1000;
	r->reason = why ? why
			: arena_printf(p->arena, "the process that played it %s",
				       crew_obituary(&p->crew, w, status));
	take_result(p, (size_t)item, r);
}

static void read_results(struct pool *p, struct worker *w)
{
	char part[65536];
	ssize_t n = read(w->results, part, sizeof part);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lose_worker(p, w, NULL);
		return;
	}
	while (n > 0) {
		char *end = memchr(part, '\n', (size_t)n);
		size_t take = end ? (size_t)(end - part) : (size_t)n;

		buf_add(&w->line, part, take);
		if (end) {
			take_line(p, w, w->line.p ? w->line.p : part);
			buf_reset(&w->line);
			take++;
		}
		n -= (ssize_t)take;
		memmove(part, part + take, (size_t)n);
	}
	if (w->line.n > LINE_LIMIT)
		lose_worker(p, w, "its result passed 16 MiB");
}

/* Handing out. ------------------------------------------------------------------------- */

static bool order(struct pool *p, struct worker *w, size_t index)
{
	uint32_t number = (uint32_t)index;

	if (write(w->orders, &number, sizeof number) != (ssize_t)sizeof number)
		return false;
	become(p, index, PLAYED_NOW);
	p->attempts[index]++;
	w->item = (long)index;
	w->starts = w->lab != p->o.plan->items[index].lab;
	w->lab = p->o.plan->items[index].lab;
	w->slow = pool_waits(p, index);
	w->since_ms = clk_mono_ms();
	w->deadline_ms = w->since_ms + p->o.options->timeout_ms + p->o.start_ms +
			 pool_wait_of(p, index) * 1000;
	return true;
}

static bool hand_out_one(struct pool *p, size_t slot)
{
	struct worker *w = &p->crew.workers[slot];
	bool slots_free = pool_slots_taken(p) < p->o.jobs;
	long item = pool_choose(p, w, slots_free);

	if (item == NO_ITEM)
		return false;
	if (!w->pid && !crew_start(&p->crew, slot)) {
		settle_untried(p, (size_t)item, BROKEN, "no process could be started for it");
		return true;
	}
	if (!order(p, w, (size_t)item))
		lose_worker(p, w, NULL);
	return true;
}

/* Idle workers first, in the order of their slots; new ones only when all are busy. */
static void hand_out(struct pool *p)
{
	for (size_t i = 0; i < p->crew.n && p->end == POOL_DONE; i++) {
		if (p->crew.workers[i].item == NO_ITEM || !p->crew.workers[i].pid)
			hand_out_one(p, i);
	}
}

/* Time. -------------------------------------------------------------------------------- */

static void look_at_the_clock(struct pool *p)
{
	int64_t now = clk_mono_ms();

	for (size_t i = 0; i < p->crew.n; i++) {
		struct worker *w = &p->crew.workers[i];

		if (w->pid && w->item != NO_ITEM && now > w->deadline_ms)
			lose_worker(
				p, w,
				arena_printf(p->arena, "no verdict within %g s",
					     (double)(w->deadline_ms - w->since_ms) / 1000));
	}
	if (p->o.options->run_timeout_ms && now - p->started_ms > p->o.options->run_timeout_ms)
		p->end = POOL_TIMED_OUT;
	if (p->o.on_tick && now - p->ticked_ms >= TICK_MS) {
		p->ticked_ms = now;
		p->o.on_tick(p->o.ctx, p);
	}
	if (signals_told())
		p->end = signals_told() == SIGINT ? POOL_INTERRUPTED : POOL_TERMINATED;
}

static void wait_for_news(struct pool *p)
{
	struct pollfd fds[1 + 2 * MAX_WORKERS] = { { .fd = signals_fd(), .events = POLLIN } };

	for (size_t i = 0; i < MAX_WORKERS; i++) {
		struct worker *w = &p->crew.workers[i];

		fds[1 + 2 * i] =
			(struct pollfd) { .fd = w->pid ? w->results : -1, .events = POLLIN };
		fds[2 + 2 * i] =
			(struct pollfd) { .fd = w->pid ? w->words : -1, .events = POLLIN };
	}
	if (poll(fds, ARRAY_LEN(fds), TICK_MS) <= 0)
		return;
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		struct worker *w = &p->crew.workers[i];

		if (fds[2 + 2 * i].revents && w->words >= 0)
			crew_read_words(w);
		if (fds[1 + 2 * i].revents && w->pid)
			read_results(p, w);
	}
}

/* Ending. ------------------------------------------------------------------------------ */

static struct pool *pool_new(const struct pool_options *o)
{
	struct pool *p = calloc(1, sizeof *p);
	size_t n = o->plan->n, waiting = 0;
	size_t most = o->target ? o->jobs : 20; /* a foreign one is not idle before it waits */

	p->o = *o;
	p->arena = arena_new();
	p->states = arena_alloc(p->arena, (n + 1) * sizeof *p->states);
	p->attempts = arena_alloc(p->arena, (n + 1) * sizeof *p->attempts);
	p->earlier = arena_alloc(p->arena, (n + 1) * sizeof *p->earlier);
	p->results = arena_alloc(p->arena, (n + 1) * sizeof *p->results);
	p->left_in = arena_alloc(p->arena, (o->plan->labs + 1) * sizeof *p->left_in);
	p->left = n;
	p->started_ms = clk_mono_ms();
	for (size_t i = 0; i < n; i++) {
		waiting += pool_wait_of(p, i) > 0;
		p->left_in[o->plan->items[i].lab]++;
	}
	if (waiting > most)
		waiting = most;
	crew_init(&p->crew, &p->o, p->arena, o->jobs + (unsigned)waiting);
	if (o->address)
		p->crew.n = p->o.jobs = 1;
	return p;
}

struct pool *pool_run(const struct pool_options *o, struct err *err)
{
	struct pool *p = pool_new(o);

	if (!signals_catch(err)) {
		pool_free(p);
		return NULL;
	}
	reap_become_subreaper();
	for (size_t i = 0; i < o->plan->n; i++) {
		if (o->plan->items[i].skip)
			settle_untried(p, i, SKIPPED, o->plan->items[i].skip);
	}
	while (p->left && p->end == POOL_DONE) {
		hand_out(p);
		wait_for_news(p);
		look_at_the_clock(p);
	}
	crew_dismiss(&p->crew);
	signals_release();
	return p;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	crew_done(&p->crew);
	arena_free(p->arena);
	free(p);
}

enum pool_end pool_ended(const struct pool *p)
{
	return p->end;
}

const struct result *pool_result(const struct pool *p, size_t index)
{
	return p->results[index];
}

size_t pool_finished(const struct pool *p)
{
	return p->finished;
}

size_t pool_running(const struct pool *p, struct running *ret, size_t max)
{
	int64_t now = clk_mono_ms();
	size_t n = 0;

	for (size_t i = 0; i < MAX_WORKERS; i++) {
		const struct worker *w = &p->crew.workers[i];
		struct running r = { (size_t)w->item, now - w->since_ms };
		size_t at = n;

		if (!w->pid || w->item == NO_ITEM)
			continue;
		while (at && ret[at - 1].for_ms < r.for_ms) {
			if (at < max)
				ret[at] = ret[at - 1];
			at--;
		}
		if (at < max)
			ret[at] = r;
		n += n < max;
	}
	return n;
}

const struct pool_options *pool_asked(const struct pool *p)
{
	return &p->o;
}

const char *pool_complaints(const struct pool *p)
{
	return p->crew.complaints.p ? p->crew.complaints.p : "";
}
