/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>

enum { STEPS = 1000, STEP_MS = 10 };

void handover_init(struct handover *h, const char *key)
{
	uint64_t hash = 14695981039346656037u;
	const char *tmp = getenv("TMPDIR");

	if (!tmp || strlen(tmp) > 60)
		tmp = "/tmp";
	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211u;
	h->lab = h->run = -1;
	snprintf(h->lab_path, sizeof h->lab_path, "%s/gauntlet-lab-%016llx", tmp,
		 (unsigned long long)hash);
	snprintf(h->run_path, sizeof h->run_path, "%s/gauntlet-run-%016llx", tmp,
		 (unsigned long long)hash);
}

static bool lock(int *fd, const char *path, bool wait, struct err *err)
{
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return fail_errno(err, "%s", path);
	while (flock(*fd, LOCK_EX | (wait ? 0 : LOCK_NB)) < 0) {
		if (errno == EINTR)
			continue;
		close(*fd);
		*fd = -1;
		return fail_errno(err, "%s", path);
	}
	return true;
}

static void unlock(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The lab wrote its process id into its file. */
static bool ask_lab(const char *path)
{
	char text[24] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
	pid_t pid = n > 0 ? (pid_t)strtol(text, NULL, 10) : 0;

	if (fd >= 0)
		close(fd);
	return pid > 1 && kill(pid, SIGUSR1) == 0;
}

bool handover_take(struct handover *h, struct err *err)
{
	struct err busy = { 0 };

	if (!lock(&h->run, h->run_path, false, err))
		return err_note(err, "another run has this target's lab");
	if (lock(&h->lab, h->lab_path, false, &busy))
		return true;
	if (!ask_lab(h->lab_path))
		return fail(err, ERR_SYSTEM, "the lab of this target cannot be asked: %s",
			    busy.text);
	for (int i = 0; i < STEPS; i++) {
		if (lock(&h->lab, h->lab_path, false, &busy))
			return true;
		poll(NULL, 0, STEP_MS);
	}
	return fail(err, ERR_SYSTEM, "the lab of this target does not step aside");
}

void handover_give_back(struct handover *h)
{
	unlock(&h->lab);
	unlock(&h->run);
}

bool handover_keep(struct handover *h, struct err *err)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%d\n", (int)getpid());

	if (!lock(&h->lab, h->lab_path, false, err))
		return err_note(err, "a lab or a run of this target stands already");
	if (ftruncate(h->lab, 0) || pwrite(h->lab, text, (size_t)n, 0) != n)
		return fail_errno(err, "%s", h->lab_path);
	return true;
}

bool handover_step_aside(struct handover *h, struct err *err)
{
	unlock(&h->lab);
	if (!lock(&h->run, h->run_path, true, err))
		return false;
	unlock(&h->run);
	return handover_keep(h, err);
}
