/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/reap.h"

#include "idp-sim/base/own.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { MAX_CHILDREN = 512, ROUNDS = 200 };

void reap_become_subreaper(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Appends the decimal digits of n; used in a signal handler, where printf is not allowed. */
static char *put_number(char *p, long n)
{
	char digits[24];
	int k = 0;

	do
		digits[k++] = (char)('0' + n % 10);
	while (n /= 10);
	while (k)
		*p++ = digits[--k];
	return p;
}

/* Children of a process's first thread. Only async-signal-safe calls. */
static size_t children_of(pid_t pid, pid_t *ret, size_t max)
{
	char path[96] = "/proc/", text[4096], *p = path + 6;
	ssize_t got, have = 0;
	size_t n = 0;
	long value = 0;
	int fd;

	p = put_number(p, pid);
	memcpy(p, "/task/", 6);
	p = put_number(p + 6, pid);
	memcpy(p, "/children", 10);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	/* Where one more would have fitted there is no more. */
	do {
		got = read(fd, text + have, sizeof text - (size_t)have);
		have += got > 0 ? got : 0;
	} while (got > 0 && have > (ssize_t)sizeof text - 64 && have < (ssize_t)sizeof text);
	close(fd);
	for (ssize_t i = 0; i < have && n < max; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			value = value * 10 + (text[i] - '0');
		} else if (value) {
			ret[n++] = (pid_t)value;
			value = 0;
		}
	}
	return n;
}

/* Depth first, so that nobody is handed to somebody else before being seen. */
static void kill_tree(pid_t pid, int depth)
{
	pid_t children[64];
	size_t n = depth < 8 ? children_of(pid, children, 64) : 0;

	kill(pid, SIGSTOP);
	for (size_t i = 0; i < n; i++)
		kill_tree(children[i], depth + 1);
	kill(pid, SIGKILL);
}

static bool kept(const pid_t *keep, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++) {
		if (keep[i] == pid)
			return true;
	}
	return false;
}

size_t reap_strays(const pid_t *keep, size_t n)
{
	pid_t children[MAX_CHILDREN];
	size_t killed = 0;

	for (int round = 0; round < ROUNDS; round++) {
		size_t found = children_of(getpid(), children, MAX_CHILDREN), strays = 0;

		for (size_t i = 0; i < found; i++) {
			if (kept(keep, n, children[i]))
				continue;
			strays++;
			if (waitpid(children[i], NULL, WNOHANG) == children[i])
				continue;
			if (!round)
				killed++;
			kill_tree(children[i], 0);
		}
		if (!strays)
			break;
		if (round)
			poll(NULL, 0, round < 20 ? 1 : 10);
	}
	return killed;
}

static void end_with_descendants(int sig)
{
	pid_t children[64];
	size_t n = children_of(getpid(), children, 64);

	for (size_t i = 0; i < n; i++)
		kill_tree(children[i], 0);
	_exit(128 + sig);
}

void reap_die_with_father(pid_t father)
{
	struct sigaction act = { .sa_handler = end_with_descendants };

	sigfillset(&act.sa_mask);
	sigaction(SIGTERM, &act, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != father)
		_exit(128 + SIGTERM);
}
