/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/crew.h"

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

enum { WORDS_LIMIT = 16 << 10, LEAVE_MS = 3000 };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static size_t all_pids(const struct crew *c, pid_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < MAX_WORKERS; i++) {
		if (c->workers[i].pid)
			ret[n++] = c->workers[i].pid;
	}
	return n;
}

void crew_sweep(const struct crew *c)
{
	pid_t keep[MAX_WORKERS];

	reap_strays(keep, all_pids(c, keep));
}

/* An address of its own in 127.0.0.0/8: 17 bits of the run's process id, then the worker. */
static const char *address_of(struct crew *c, size_t slot)
{
	unsigned pid = (unsigned)getpid();

	if (c->o->address)
		return c->o->address;
	return arena_printf(c->arena, "127.%u.%u.%zu", 64 + (pid >> 11 & 63), pid >> 3 & 255,
			    (size_t)(pid & 7) << 5 | (slot + 1));
}

static void become_worker(struct crew *c, size_t slot, pid_t father, int orders, int results,
			  int words)
{
	struct worker_setup s = {
		.plan = c->o->plan,
		.options = c->o->options,
		.target = c->o->target,
		.reference_cli = c->o->reference_cli,
		.places = c->o->places,
		.address = address_of(c, slot),
		.home = arena_printf(c->arena, "%s/worker-%zu", c->o->dir, slot + 1),
		.orders = orders,
		.results = results,
	};
	struct err err = { 0 };
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	reap_die_with_father(father);
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		close_fd(&c->workers[i].orders);
		close_fd(&c->workers[i].results);
		close_fd(&c->workers[i].words);
	}
	dup2(nothing, STDIN_FILENO);
	dup2(words, STDOUT_FILENO);
	dup2(words, STDERR_FILENO);
	if (!c->o->options->keep) /* a lost worker's sessions are not the next one's */
		file_remove_tree(s.home);
	if (!file_mkdirs(s.home, 0700, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(3);
	}
	worker_main(&s);
}

bool crew_start(struct crew *c, size_t slot)
{
	struct worker *w = &c->workers[slot];
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
		become_worker(c, slot, father, orders[0], results[1], words[1]);
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

/* The last words of a worker as one line, for a reason. */
static const char *last_words(struct crew *c, const struct worker *w)
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
	text = arena_str(c->arena, from);
	n = strlen(text);
	if (n > 300)
		text[n = 300] = '\0';
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < ' ')
			text[i] = ' ';
	}
	return n ? arena_printf(c->arena, "; its last words: %s", text) : "";
}

void crew_read_words(struct worker *w)
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

static const char *how_it_died(struct crew *c, int status)
{
	if (WIFSIGNALED(status))
		return arena_printf(c->arena, "was killed by signal %d (%s)", WTERMSIG(status),
				    strsignal(WTERMSIG(status)));
	return arena_printf(c->arena, "ended with exit status %d", WEXITSTATUS(status));
}

/* Ends a worker and everything it started; returns its status. */
int crew_bury(struct crew *c, struct worker *w)
{
	pid_t pid = w->pid;
	int status = 0;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	if (w->words >= 0)
		crew_read_words(w);
	close_fd(&w->orders);
	close_fd(&w->results);
	close_fd(&w->words);
	crew_sweep(c);
	return status;
}

/* An idle worker stops when its orders end; what it says then, a leak, is told. */
void crew_dismiss(struct crew *c)
{
	int64_t until = clk_mono_ms() + LEAVE_MS;
	bool some = true;

	for (size_t i = 0; i < MAX_WORKERS; i++) {
		if (c->workers[i].pid && c->workers[i].item != NO_ITEM)
			crew_bury(c, &c->workers[i]);
		close_fd(&c->workers[i].orders);
	}
	while (some && clk_mono_ms() < until) {
		some = false;
		for (size_t i = 0; i < MAX_WORKERS; i++) {
			struct worker *w = &c->workers[i];
			int status = 0;

			if (!w->pid)
				continue;
			if (w->words >= 0)
				crew_read_words(w);
			if (waitpid(w->pid, &status, WNOHANG) != w->pid) {
				some = true;
				continue;
			}
			w->pid = 0;
			if (w->words >= 0)
				crew_read_words(w);
			if (status)
				buf_printf(&c->complaints, "a worker %s%s\n",
					   how_it_died(c, status), last_words(c, w));
		}
		if (some)
			poll(NULL, 0, 2);
	}
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		if (c->workers[i].pid)
			crew_bury(c, &c->workers[i]);
		close_fd(&c->workers[i].results);
		close_fd(&c->workers[i].words);
	}
	crew_sweep(c);
}

const char *crew_obituary(struct crew *c, const struct worker *w, int status)
{
	return arena_printf(c->arena, "%s%s", how_it_died(c, status), last_words(c, w));
}

void crew_init(struct crew *c, const struct pool_options *o, struct arena *a, unsigned n)
{
	memset(c, 0, sizeof *c);
	c->o = o;
	c->arena = a;
	c->n = n > MAX_WORKERS ? MAX_WORKERS : n;
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		struct worker *w = &c->workers[i];

		w->orders = w->results = w->words = -1;
		w->item = NO_ITEM;
		w->lab = NO_LAB;
	}
}

void crew_done(struct crew *c)
{
	for (size_t i = 0; i < MAX_WORKERS; i++) {
		buf_done(&c->workers[i].line);
		buf_done(&c->workers[i].said);
	}
	buf_done(&c->complaints);
}
