/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/child.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { COMMAND_MS = 30000, LIMIT = 1024 * 1024, LOOK_MS = 50, DRAIN_MS = 200 };
enum { OUT, ERRORS, N_STREAMS };

struct child {
	pid_t pid;
	int timeout_ms;
	size_t limit;
	int64_t started_us;
	int from[N_STREAMS];
	int input;
	char *input_text;
	pthread_t reader;
	pthread_mutex_t lock; /* of text and flooded */
	struct buf text[N_STREAMS];
	bool flooded;
	bool timed_out;
	bool not_started;
	int status; /* of waitpid */
	int64_t took_us;
	atomic_bool ended;
	atomic_bool stop;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Keeps a command's first bytes; of a server, the last ones. */
static void keep(struct child *c, int stream, const char *p, size_t n)
{
	struct buf *b = &c->text[stream];

	pthread_mutex_lock(&c->lock);
	if (c->timeout_ms < 0 && b->n + n > c->limit) {
		size_t drop = b->n - b->n / 2;

		memmove(b->p, b->p + drop, b->n - drop);
		b->n -= drop;
	}
	if (b->n + n > c->limit) {
		n = c->limit > b->n ? c->limit - b->n : 0;
		c->flooded = true;
	}
	buf_add(b, p, n);
	pthread_mutex_unlock(&c->lock);
}

static void read_stream(struct child *c, int stream)
{
	char chunk[16384];
	ssize_t n = read(c->from[stream], chunk, sizeof(chunk));

	if (n > 0)
		keep(c, stream, chunk, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(&c->from[stream]);
}

static void read_streams(struct child *c, int pidfd, int wait_ms)
{
	struct pollfd fds[N_STREAMS + 1] = {
		{ .fd = c->from[OUT], .events = POLLIN },
		{ .fd = c->from[ERRORS], .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};

	if (poll(fds, N_STREAMS + 1, wait_ms) <= 0)
		return;
	for (int i = 0; i < N_STREAMS; i++)
		if (fds[i].revents)
			read_stream(c, i);
}

/* The leader is gone or must go: nobody of its group stays, what was written is read. */
static void end_group(struct child *c)
{
	int64_t until = clk_mono_ms() + DRAIN_MS;

	kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	while ((c->from[OUT] >= 0 || c->from[ERRORS] >= 0) && clk_mono_ms() < until)
		read_streams(c, -1, LOOK_MS);
}

static bool leader_gone(const struct child *c)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == c->pid;
}

static void *read_and_watch(void *arg)
{
	struct child *c = arg;
	int64_t deadline = c->started_us / 1000 + c->timeout_ms;
	int pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);

	while (!leader_gone(c) && !atomic_load(&c->stop)) {
		int64_t left = c->timeout_ms < 0 ? LOOK_MS : deadline - clk_mono_ms();

		if (left <= 0 || (c->flooded && c->timeout_ms >= 0)) {
			c->timed_out = left <= 0;
			break;
		}
		read_streams(c, pidfd, left < LOOK_MS ? (int)left : LOOK_MS);
	}
	close_fd(&pidfd);
	end_group(c);
	c->took_us = clk_mono_us() - c->started_us;
	atomic_store(&c->ended, true);
	return NULL;
}

static bool open_pipes(struct child *c, int theirs[3], struct err *err)
{
	int p[2];

	for (int i = 0; i < 3; i++)
		theirs[i] = -1;
	for (int i = 0; i < 3; i++) {
		if (pipe2(p, O_CLOEXEC) < 0)
			return fail_errno(err, "cannot make a pipe");
		theirs[i] = p[i == 0 ? 0 : 1];
		if (i == 0)
			c->input = p[1];
		else
			c->from[i - 1] = p[0];
	}
	for (int i = 0; i < N_STREAMS; i++)
		fcntl(c->from[i], F_SETFL, O_NONBLOCK);
	return true;
}

/* Returns the error number of posix_spawn. */
static int spawn(struct child *c, const struct child_options *o, const int theirs[3])
{
	static const char *const nothing[] = { NULL };
	const char *const *env = o->env ? o->env : nothing;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, defaults;
	int rc;

	sigemptyset(&none);
	sigfillset(&defaults);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&files, theirs[i], i);
	if (o->dir)
		posix_spawn_file_actions_addchdir_np(&files, o->dir);
	rc = posix_spawnp(&c->pid, o->argv[0], &files, &attr, (char *const *)(uintptr_t)o->argv,
			  (char *const *)(uintptr_t)env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return rc;
}

/* A program that does not read its input must not stop us: what does not fit is left out. */
static void give_input(struct child *c, const char *text)
{
	if (text) {
		fcntl(c->input, F_SETFL, O_NONBLOCK);
		if (write(c->input, text, strlen(text)) < 0)
			keep(c, ERRORS, "", 0);
	}
	close_fd(&c->input);
}

static void free_child(struct child *c)
{
	for (int i = 0; i < N_STREAMS; i++) {
		close_fd(&c->from[i]);
		buf_done(&c->text[i]);
	}
	close_fd(&c->input);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static struct child *new_child(const struct child_options *o)
{
	struct child *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->from[OUT] = c->from[ERRORS] = c->input = -1;
	c->timeout_ms = o->timeout_ms ? o->timeout_ms : COMMAND_MS;
	c->limit = o->limit ? o->limit : LIMIT;
	c->started_us = clk_mono_us();
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

struct child *child_start(const struct child_options *o, struct err *err)
{
	struct child *c = new_child(o);
	int theirs[3], rc = 0;
	bool piped = open_pipes(c, theirs, err);

	if (piped)
		rc = spawn(c, o, theirs);
	for (int i = 0; i < 3; i++)
		close_fd(&theirs[i]);
	if (!piped) {
		free_child(c);
		return NULL;
	}
	if (rc) {
		c->pid = 0;
		c->not_started = true;
		buf_printf(&c->text[ERRORS], "%s: %s", o->argv[0], strerror(rc));
		atomic_store(&c->ended, true);
		return c;
	}
	give_input(c, o->input);
	if (pthread_create(&c->reader, NULL, read_and_watch, c)) {
		end_group(c);
		free_child(c);
		fail(err, ERR_SYSTEM, "cannot start a thread");
		return NULL;
	}
	return c;
}

/* Takes the text, with U+FFFD in the place of binary zeros. */
static char *take_text(struct buf *b, size_t *ret_n)
{
	struct buf clean = { .limit = b->limit };
	const char *p = b->p, *end = b->p ? b->p + b->n : NULL;

	if (!p || !memchr(p, 0, b->n)) {
		*ret_n = b->n;
		return buf_take(b);
	}
	for (; p < end; p++)
		buf_add(&clean, *p ? p : "\xef\xbf\xbd", *p ? 1 : 3);
	*ret_n = clean.n;
	buf_done(b);
	return buf_take(&clean);
}

static void join(struct child *c, struct ran *ret)
{
	struct ran ran = { .exit_code = -1 };

	if (!c->not_started)
		pthread_join(c->reader, NULL);
	if (!c->not_started && WIFEXITED(c->status))
		ran.exit_code = WEXITSTATUS(c->status);
	if (!c->not_started && WIFSIGNALED(c->status))
		ran.signal = WTERMSIG(c->status);
	ran.timed_out = c->timed_out;
	ran.flooded = c->flooded;
	ran.not_started = c->not_started;
	ran.took_us = c->took_us;
	ran.out = take_text(&c->text[OUT], &ran.out_len);
	ran.err = take_text(&c->text[ERRORS], &ran.err_len);
	free_child(c);
	if (ret)
		*ret = ran;
	else
		ran_done(&ran);
}

void child_finish(struct child *c, struct ran *ret)
{
	join(c, ret);
}

void child_stop(struct child *c, int grace_ms, struct ran *ret)
{
	int64_t until = clk_mono_ms() + grace_ms;

	if (!c)
		return;
	if (!atomic_load(&c->ended))
		kill(-c->pid, SIGTERM);
	while (!atomic_load(&c->ended) && clk_mono_ms() < until)
		poll(NULL, 0, 2);
	atomic_store(&c->stop, true);
	join(c, ret);
}

bool child_alive(const struct child *c)
{
	return !atomic_load(&c->ended);
}

pid_t child_pid(const struct child *c)
{
	return c->pid;
}

char *child_words(struct child *c)
{
	struct buf copy = { 0 };

	pthread_mutex_lock(&c->lock);
	buf_add(&copy, c->text[ERRORS].p, c->text[ERRORS].n);
	pthread_mutex_unlock(&c->lock);
	return buf_take(&copy);
}

void ran_done(struct ran *r)
{
	free(r->out);
	free(r->err);
	r->out = r->err = NULL;
}
