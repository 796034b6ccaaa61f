/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/folder.h"

#include "idp-sim/base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char prefix[] = "gauntlet-", mark[] = ".gauntlet-run";

enum { RANDOM = 6, LONGEST_TMP = 30 }; /* mkdtemp()'s letters; paths of sockets are short */

AUTO_KIND(dir, DIR, closedir);

static int open_dir(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool is_name(const char *name)
{
	size_t n = sizeof prefix - 1;

	return !strncmp(name, prefix, n) && strlen(name + n) == RANDOM;
}

/* Of this user, marked, and locked by nobody. The lock is held until the folder is gone. */
static void sweep_one(int tmp, const char *tmp_path, const char *name)
{
	__attribute__((cleanup(auto_fd))) int fd = open_dir(tmp, name);
	char path[LONGEST_TMP + sizeof prefix + RANDOM + 2];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || st.st_uid != geteuid() ||
	    faccessat(fd, mark, F_OK, 0) || flock(fd, LOCK_EX | LOCK_NB))
		return;
	if (snprintf(path, sizeof path, "%s/%s", tmp_path, name) < (int)sizeof path)
		file_remove_tree(path);
}

static void sweep(const char *tmp)
{
	AUTO(dir) DIR *all = opendir(tmp);
	const struct dirent *e;

	while (all && (e = readdir(all))) {
		if (is_name(e->d_name))
			sweep_one(dirfd(all), tmp, e->d_name);
	}
}

/* First the lock, then the mark: a sweeper never sees a marked folder that waits for its lock. */
static bool claim(struct folder *f, struct err *err)
{
	int fd;

	f->lock = open_dir(AT_FDCWD, f->path);
	if (f->lock < 0 || flock(f->lock, LOCK_EX | LOCK_NB))
		return fail_errno(err, "%s", f->path);
	fd = openat(f->lock, mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail_errno(err, "%s/%s", f->path, mark);
	close(fd);
	return true;
}

bool folder_make(struct folder *f, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	if (!tmp || strlen(tmp) > LONGEST_TMP)
		tmp = "/tmp";
	sweep(tmp);
	f->lock = -1;
	snprintf(f->path, sizeof f->path, "%s/%sXXXXXX", tmp, prefix);
	if (!mkdtemp(f->path)) {
		fail_errno(err, "%s", f->path);
		*f->path = '\0';
		return false;
	}
	return claim(f, err);
}

void folder_done(struct folder *f, bool keep)
{
	if (!*f->path)
		return;
	if (keep) {
		unlinkat(f->lock, mark, 0);
		fprintf(stderr, "kept: %s\n", f->path);
	} else {
		file_remove_tree(f->path);
	}
	if (f->lock >= 0)
		close(f->lock);
	*f->path = '\0';
	f->lock = -1;
}
