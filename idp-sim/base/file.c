/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/file.h"

#include "idp-sim/base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static bool read_all(int fd, const char *path, size_t limit, char **ret_text, size_t *ret_n,
		     struct err *err)
{
	size_t cap = 4096, n = 0;
	char *text = malloc(cap + 1);

	while (text) {
		ssize_t got = read(fd, text + n, cap - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(text);
			return fail_errno(err, "%s: read", path);
		}
		if (!got)
			break;
		n += (size_t)got;
		if (n > limit) {
			free(text);
			return fail(err, ERR_INPUT, "%s: larger than %zu bytes", path, limit);
		}
		if (n == cap) {
			cap *= 2;
			char *more = realloc(text, cap + 1);
			if (!more)
				free(text);
			text = more;
		}
	}
	if (!text)
		return fail(err, ERR_SYSTEM, "%s: out of memory", path);
	text[n] = 0;
	*ret_text = text;
	if (ret_n)
		*ret_n = n;
	return true;
}

bool file_read(const char *path, size_t limit, char **ret_text, size_t *ret_n, struct err *err)
{
	AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC);

	/* Whoever names a file that is not there has mistyped it; the system is well. */
	if (fd < 0 && errno == ENOENT)
		return fail(err, ERR_INPUT, "%s: No such file or directory", path);
	if (fd < 0)
		return fail_errno(err, "%s", path);
	return read_all(fd, path, limit, ret_text, ret_n, err);
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

/* A device or a pipe is written to; a rename would put a file in its place. */
static bool write_through(const char *path, const void *p, size_t n, struct err *err)
{
	AUTO(fd) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || !write_all(fd, p, n))
		return fail_errno(err, "%s", path);
	return true;
}

bool file_write(const char *path, const void *p, size_t n, unsigned mode, struct err *err)
{
	char temp[PATH_MAX];
	struct stat st;

	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return write_through(path, p, n, err);
	if (snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >= (int)sizeof(temp))
		return fail(err, ERR_INPUT, "%s: path too long", path);
	AUTO(fd) int fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return fail_errno(err, "%s", path);
	if (fchmod(fd, mode) || !write_all(fd, p, n) || fsync(fd) || rename(temp, path)) {
		fail_errno(err, "%s", path);
		unlink(temp);
		return false;
	}
	return true;
}

bool file_mkdirs(const char *path, unsigned mode, struct err *err)
{
	char part[PATH_MAX];

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return fail(err, ERR_INPUT, "%s: path too long", path);
	for (char *p = part + 1;; p++) {
		if (*p && *p != '/')
			continue;
		char kept = *p;
		*p = 0;
		if (mkdir(part, mode) && errno != EEXIST)
			return fail_errno(err, "%s", part);
		*p = kept;
		if (!kept)
			return true;
	}
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
	(void)st, (void)kind, (void)walk;
	remove(path);
	return 0;
}

void file_remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void file_digest(const void *p, size_t n, char ret[DIGEST_SIZE])
{
	unsigned char hash[SHA256_BYTES];

	hash_sha256(p, n, hash);
	snprintf(ret, DIGEST_SIZE, "sha256:");
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(ret + 7 + i * 2, 3, "%02x", hash[i]);
}

const struct embedded *embedded_find(const struct embedded *table, const char *name)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name))
			return table;
	return NULL;
}
