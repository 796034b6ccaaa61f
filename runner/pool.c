/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/pool.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "idp-sim/base/file.h"
#include "runner/reap.h"
#include "runner/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

enum {
	MAX_WORKERS = 30, /* of which those beyond --jobs only wait */
	LINE_LIMIT = 16 << 20,
	WORDS_LIMIT = 16 << 10,
	TICK_MS = 100,
	LEAVE_MS = 3000,
	NO_ITEM = -1,
	NO_LAB = -1,
};

enum state { WAITING, PLAYED_NOW, DONE };

struct worker {
	pid_t pid;		    /* 0: not started */
	int orders, results, words; /* -1: closed */
	long item;
	long lab;
	int64_t since_ms, deadline_ms;
	struct buf line; /* what came of a result */
	struct buf said; /* standard output and error */
	bool slow;	 /* its item waits: it holds no slot */
};

struct pool {
	struct pool_options o;
	struct arena *arena;
	enum state *states;
	int *attempts;
	bool *failed_before;
	struct result **results;
	size_t finished, left;
	struct worker workers[MAX_WORKERS];
	unsigned n_workers;
	enum pool_end end;
	int64_t started_ms, ticked_ms;
	struct buf complaints;
};

static volatile sig_atomic_t told_to_end; /* the signal */
static int wake_pipe[2] = { -1, -1 };

static void remember_signal(int sig)
{
	int kept = errno;

	told_to_end = sig;
	if (write(wake_pipe[1], "", 1) < 0)
		errno = kept;
	errno = kept;
}

static bool catch_signals(struct err *err)
{
	struct sigaction act = { .sa_handler = remember_signal };

	told_to_end = 0;
	if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK))
		return fail_errno(err, "pipe");
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	return true;
}

static void release_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	close(wake_pipe[0]);
	close(wake_pipe[1]);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static size_t all_pids(const struct pool *p, pid_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < MAX_WORKERS; i++) {
		if (p->workers[i].pid)
			ret[n++] = p->workers[i].pid;
	}
	return n;
}

static void sweep(const struct pool *p)
{
	pid_t keep[MAX_WORKERS];

	reap_strays(keep, all_pids(p, keep));
}

/* Starting a worker. ------------------------------------------------------------------- */

/* An address of its own in 127.0.0.0/8: 17 bits of the run's process id, then the worker. */
static const char *address_of(struct pool *p, size_t slot)
{
	unsigned pid = (unsigned)getpid();

	if (p->o.address)
		return p->o.address;
	return arena_printf(p->arena, "127.%u.%u.%zu", 64 + (pid >> 11 & 63), pid >> 3 & 255,
			    (size_t)(pid & 7) << 5 | (slot + 1));
}

static void become_worker(struct pool *p, size_t slot, pid_t father, int orders, int results,
			  int words)
{
	struct worker_setup s = {
		.plan = p->o.plan,
		.options = p->o.options,
		.target = p->o.target,
		.reference_cli = p->o.reference_cli,
		.address = address_of(p, slot),
		.home = arena_printf(p->arena, "%s/worker-%zu", p->o.dir, slot + 1),
		.orders = orders,
		.results = results,
	};
	struct err err = { 0 };
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	release_signals();
	reap_die_with_father(father);
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		close_fd(&p->workers[i].orders);
		close_fd(&p->workers[i].results);
		close_fd(&p->workers[i].words);
	}
	dup2(nothing, STDIN_FILENO);
	dup2(words, STDOUT_FILENO);
	dup2(words, STDERR_FILENO);
	if (!file_mkdirs(s.home, 0700, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(3);
	}
	worker_main(&s);
}

static bool start_worker(struct pool *p, size_t slot)
{
	struct worker *w = &p->workers[slot];
	int orders[2], results[2], words[2];
	pid_t father = getpid();

	if (pipe2(orders, O_CLOEXEC) || pipe2(results, O_CLOEXEC) || pipe2(words, O_CLOEXEC))
		return false;
	w->orders = orders[1];
	w->results = results[0];
	w->words = words[0];
	fflush(NULL);
	w->pid = fork();
	if (!w->pid)
		become_worker(p, slot, father, orders[0], results[1], words[1]);
	close(orders[0]);
	close(results[1]);
	close(words[1]);
	fcntl(w->results, F_SETFL, O_NONBLOCK);
	fcntl(w->words, F_SETFL, O_NONBLOCK);
	w->item = NO_ITEM;
	w->lab = NO_LAB;
	buf_reset(&w->line);
	buf_reset(&w->said);
	if (w->pid < 0)
		w->pid = 0;
	return w->pid != 0;
}

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
	r->tags = row->tags;
	r->level = row->level;
}

static void broken_behind(struct pool *p, size_t gate);

/* The item has its final result. */
static void settle(struct pool *p, size_t index, struct result *r)
{
	const struct item *it = &p->o.plan->items[index];

	fill_from_row(p, it, r);
	r->attempts = p->attempts[index];
	r->flaky = r->verdict == PASSED && p->failed_before[index];
	if (!r->again && it->row)
		r->again = it->id;
	p->results[index] = r;
	p->states[index] = DONE;
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
		p->failed_before[index] = true;
		p->states[index] = WAITING;
		return;
	}
	settle(p, index, r);
}

static void take_line(struct pool *p, struct worker *w, char *line)
{
	struct result *r = arena_alloc(p->arena, sizeof *r);
	struct err err = { 0 };
	char *json = NULL;
	long index = strtol(line, &json, 10);
	json_t *o = json_loads(json, 0, NULL);

	if (index != w->item || w->item == NO_ITEM || !result_from_json(p->arena, o, r, &err)) {
		json_decref(o);
		return;
	}
	json_decref(o);
	w->item = NO_ITEM;
	take_result(p, (size_t)index, r);
	sweep(p);
}

/* The last words of a worker as one line, for a reason. */
static const char *last_words(struct pool *p, const struct worker *w)
{
	const char *from = w->said.p ? w->said.p : "";
	const char *crash = strstr(from, "ERROR: AddressSanitizer");
	const char *runtime = strstr(from, "runtime error:");
	size_t n;
	char *text;

	if (crash)
		from = crash;
	else if (runtime)
		from = runtime;
	else if (strlen(from) > 300)
		from += strlen(from) - 300;
	text = arena_str(p->arena, from);
	n = strlen(text);
	if (n > 300)
		text[n = 300] = '\0';
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	}
	return n ? arena_printf(p->arena, "; its last words: %s", text) : "";
}

static void read_words(struct worker *w)
{
	char part[8192];
	ssize_t n;

	while ((n = read(w->words, part, sizeof part)) > 0) {
		if (w->said.n + (size_t)n > WORDS_LIMIT)
			buf_reset(&w->said);
		buf_add(&w->said, part, (size_t)n);
	}
	if (!n)
		close_fd(&w->words);
}

static const char *how_it_died(struct pool *p, int status)
{
	if (WIFSIGNALED(status))
		return arena_printf(p->arena, "was killed by signal %d (%s)", WTERMSIG(status),
				    strsignal(WTERMSIG(status)));
	return arena_printf(p->arena, "ended with exit status %d", WEXITSTATUS(status));
}

/* Ends a worker and everything it started; returns its status. */
static int bury(struct pool *p, struct worker *w)
{
	pid_t pid = w->pid;
	int status = 0;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	if (w->words >= 0)
		read_words(w);
	close_fd(&w->orders);
	close_fd(&w->results);
	close_fd(&w->words);
	sweep(p);
	return status;
}

/* It crashed, hung or flooded: its item is BROKEN, the rest goes on. why NULL: it died. */
static void lose_worker(struct pool *p, struct worker *w, const char *why)
{
	long item = w->item;
	int status = bury(p, w);
	struct result *r;

	if (item == NO_ITEM) {
		buf_printf(&p->complaints, "a worker %s%s\n", how_it_died(p, status),
			   last_words(p, w));
		return;
	}
	r = arena_alloc(p->arena, sizeof *r);
	r->verdict = BROKEN;
	r->took_us = (clk_mono_ms() - w->since_ms) * 1000;
	r->reason = why ? why
			: arena_printf(p->arena, "the process that played it %s%s",
				       how_it_died(p, status), last_words(p, w));
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

static bool ready(const struct pool *p, size_t i)
{
	const struct item *it = &p->o.plan->items[i];

	return p->states[i] == WAITING && (it->gate == i || p->states[it->gate] == DONE);
}

static int wait_of(const struct pool *p, size_t i)
{
	const struct scenario *row = p->o.plan->items[i].row;

	return row ? row->wait_s : 0;
}

struct choice {
	long item;
	bool same_lab;
	int wait;
	size_t busy; /* workers in that lab */
};

static size_t busy_in(const struct pool *p, long lab)
{
	size_t n = 0;

	for (size_t i = 0; i < MAX_WORKERS; i++)
		n += p->workers[i].pid && p->workers[i].lab == lab &&
		     p->workers[i].item != NO_ITEM;
	return n;
}

/* Long waits first, then the lab that stands already, then the lab with the fewest at work. */
static bool better(const struct choice *a, const struct choice *b)
{
	if (b->item == NO_ITEM || a->wait != b->wait)
		return b->item == NO_ITEM || a->wait > b->wait;
	if (a->same_lab != b->same_lab)
		return a->same_lab;
	return a->busy < b->busy;
}

static long choose(const struct pool *p, const struct worker *w, bool slots_free)
{
	struct choice best = { .item = NO_ITEM };
	long last_lab = NO_LAB;

	for (size_t i = 0; i < p->o.plan->n; i++) {
		struct choice c = { .item = (long)i, .wait = wait_of(p, i) };
		long lab = p->o.plan->items[i].lab;

		if (!ready(p, i) || (!slots_free && !c.wait))
			continue;
		if (lab == last_lab && !c.wait)
			continue; /* no better than its neighbour */
		last_lab = c.wait ? NO_LAB : lab;
		c.same_lab = lab == w->lab;
		c.busy = busy_in(p, lab);
		if (better(&c, &best))
			best = c;
	}
	return best.item;
}

static size_t slots_taken(const struct pool *p)
{
	size_t n = 0;

	for (size_t i = 0; i < MAX_WORKERS; i++)
		n += p->workers[i].pid && p->workers[i].item != NO_ITEM && !p->workers[i].slow;
	return n;
}

static bool order(struct pool *p, struct worker *w, size_t index)
{
	uint32_t number = (uint32_t)index;

	if (write(w->orders, &number, sizeof number) != (ssize_t)sizeof number)
		return false;
	p->states[index] = PLAYED_NOW;
	p->attempts[index]++;
	w->item = (long)index;
	w->lab = p->o.plan->items[index].lab;
	w->slow = wait_of(p, index) > 0;
	w->since_ms = clk_mono_ms();
	w->deadline_ms = w->since_ms + p->o.options->timeout_ms + wait_of(p, index) * 1000;
	return true;
}

static bool hand_out_one(struct pool *p, size_t slot)
{
	struct worker *w = &p->workers[slot];
	bool slots_free = slots_taken(p) < p->o.jobs;
	long item = choose(p, w, slots_free);

	if (item == NO_ITEM)
		return false;
	if (!w->pid && !start_worker(p, slot)) {
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
	for (size_t i = 0; i < p->n_workers && p->end == POOL_DONE; i++) {
		if (p->workers[i].item == NO_ITEM || !p->workers[i].pid)
			hand_out_one(p, i);
	}
}

/* Time. -------------------------------------------------------------------------------- */

static void look_at_the_clock(struct pool *p)
{
	int64_t now = clk_mono_ms();

	for (size_t i = 0; i < p->n_workers; i++) {
		struct worker *w = &p->workers[i];

		if (w->pid && w->item != NO_ITEM && now > w->deadline_ms)
			lose_worker(
				p, w,
				arena_printf(p->arena, "no verdict within %.0f s",
					     (double)(w->deadline_ms - w->since_ms) / 1000));
	}
	if (p->o.options->run_timeout_ms && now - p->started_ms > p->o.options->run_timeout_ms)
		p->end = POOL_TIMED_OUT;
	if (p->o.on_tick && now - p->ticked_ms >= TICK_MS) {
		p->ticked_ms = now;
		p->o.on_tick(p->o.ctx, p);
	}
	if (told_to_end)
		p->end = told_to_end == SIGINT ? POOL_INTERRUPTED : POOL_TERMINATED;
}

static void wait_for_news(struct pool *p)
{
	struct pollfd fds[1 + 2 * MAX_WORKERS] = { { .fd = wake_pipe[0], .events = POLLIN } };

	for (size_t i = 0; i < MAX_WORKERS; i++) {
		struct worker *w = &p->workers[i];

		fds[1 + 2 * i] =
			(struct pollfd) { .fd = w->pid ? w->results : -1, .events = POLLIN };
		fds[2 + 2 * i] =
			(struct pollfd) { .fd = w->pid ? w->words : -1, .events = POLLIN };
	}
	if (poll(fds, ARRAY_LEN(fds), TICK_MS) <= 0)
		return;
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		struct worker *w = &p->workers[i];

		if (fds[2 + 2 * i].revents && w->words >= 0)
			read_words(w);
		if (fds[1 + 2 * i].revents && w->pid)
			read_results(p, w);
	}
}

/* Ending. ------------------------------------------------------------------------------ */

/* An idle worker stops when its orders end; what it says then, a leak, is told. */
static void dismiss(struct pool *p)
{
	int64_t until = clk_mono_ms() + LEAVE_MS;
	bool some = true;

	for (size_t i = 0; i < MAX_WORKERS; i++) {
		if (p->workers[i].pid && p->workers[i].item != NO_ITEM)
			bury(p, &p->workers[i]);
		close_fd(&p->workers[i].orders);
	}
	while (some && clk_mono_ms() < until) {
		some = false;
		for (size_t i = 0; i < MAX_WORKERS; i++) {
			struct worker *w = &p->workers[i];
			int status = 0;

			if (!w->pid)
				continue;
			if (w->words >= 0)
				read_words(w);
			if (waitpid(w->pid, &status, WNOHANG) != w->pid) {
				some = true;
				continue;
			}
			w->pid = 0;
			if (w->words >= 0)
				read_words(w);
			if (status)
				buf_printf(&p->complaints, "a worker %s%s\n",
					   how_it_died(p, status), last_words(p, w));
		}
		if (some)
			poll(NULL, 0, 2);
	}
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		if (p->workers[i].pid)
			bury(p, &p->workers[i]);
		close_fd(&p->workers[i].results);
		close_fd(&p->workers[i].words);
	}
	sweep(p);
}

static struct pool *pool_new(const struct pool_options *o)
{
	struct pool *p = calloc(1, sizeof *p);
	size_t n = o->plan->n, waiting = 0;

	p->o = *o;
	p->arena = arena_new();
	p->states = arena_alloc(p->arena, (n + 1) * sizeof *p->states);
	p->attempts = arena_alloc(p->arena, (n + 1) * sizeof *p->attempts);
	p->failed_before = arena_alloc(p->arena, (n + 1) * sizeof *p->failed_before);
	p->results = arena_alloc(p->arena, (n + 1) * sizeof *p->results);
	p->left = n;
	p->started_ms = clk_mono_ms();
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		p->workers[i].orders = p->workers[i].results = p->workers[i].words = -1;
		p->workers[i].item = NO_ITEM;
		p->workers[i].lab = NO_LAB;
	}
	for (size_t i = 0; i < n; i++)
		waiting += wait_of(p, i) > 0;
	p->n_workers = o->jobs + (unsigned)(waiting > 20 ? 20 : waiting);
	if (p->n_workers > MAX_WORKERS)
		p->n_workers = MAX_WORKERS;
	if (o->address)
		p->n_workers = p->o.jobs = 1;
	return p;
}

struct pool *pool_run(const struct pool_options *o, struct err *err)
{
	struct pool *p = pool_new(o);

	if (!catch_signals(err)) {
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
	dismiss(p);
	release_signals();
	return p;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		buf_done(&p->workers[i].line);
		buf_done(&p->workers[i].said);
	}
	buf_done(&p->complaints);
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
		const struct worker *w = &p->workers[i];
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
	return p->complaints.p ? p->complaints.p : "";
}
