/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

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

bool signals_catch(struct err *err)
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

void signals_release(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	close(wake_pipe[0]);
	close(wake_pipe[1]);
}

int signals_fd(void)
{
	return wake_pipe[0];
}

int signals_told(void)
{
	return told_to_end;
}
