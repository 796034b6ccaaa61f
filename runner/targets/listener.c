/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/targets/listener.h"

#include "idp-sim/base/own.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

AUTO_KIND(DIR, DIR, closedir);

enum { MAX_INODES = 16, LISTENING = 0x0a, MAX_DEPTH = 16 };

struct sockets {
	unsigned long inodes[MAX_INODES];
	size_t n;
};

/* IPv4 listeners of that port on that address or on every address. */
static void find_sockets(const char *host, int port, struct sockets *ret)
{
	AUTO(FILE) FILE *f = fopen("/proc/net/tcp", "re");
	struct in_addr want = { 0 };
	char line[512];

	inet_pton(AF_INET, host, &want);
	while (f && ret->n < MAX_INODES && fgets(line, sizeof line, f)) {
		unsigned address, at, state;
		unsigned long inode;

		if (sscanf(line, " %*d: %x:%x %*x:%*x %x %*x:%*x %*x:%*x %*x %*d %*d %lu",
			   &address, &at, &state, &inode) == 4 &&
		    state == LISTENING && (int)at == port &&
		    (address == want.s_addr || !address || !want.s_addr))
			ret->inodes[ret->n++] = inode;
	}
}

static bool holds(pid_t pid, const struct sockets *s, bool *ret_seen)
{
	char path[64], link[64];
	AUTO(DIR) DIR *d = NULL;
	struct dirent *e;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	d = opendir(path);
	*ret_seen = d != NULL;
	while (d && (e = readdir(d))) {
		ssize_t n = readlinkat(dirfd(d), e->d_name, link, sizeof link - 1);
		unsigned long inode;

		if (n <= 0)
			continue;
		link[n] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) != 1)
			continue;
		for (size_t i = 0; i < s->n; i++) {
			if (s->inodes[i] == inode)
				return true;
		}
	}
	return false;
}

static bool parent_and_group(pid_t pid, pid_t *parent, pid_t *group)
{
	char path[64], text[512], *p;
	AUTO(FILE) FILE *f = NULL;
	int pp, pg;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f || !fgets(text, sizeof text, f))
		return false;
	p = strrchr(text, ')');
	if (!p || sscanf(p + 1, " %*c %d %d", &pp, &pg) != 2)
		return false;
	*parent = pp;
	*group = pg;
	return true;
}

static bool belongs_to(pid_t pid, pid_t leader)
{
	pid_t parent, group;

	for (int depth = 0; depth < MAX_DEPTH && pid > 1; depth++) {
		if (pid == leader)
			return true;
		if (!parent_and_group(pid, &parent, &group))
			return false;
		if (group == leader)
			return true;
		pid = parent;
	}
	return false;
}

bool listener_is_ours(pid_t leader, const char *host, int port, pid_t *ret_other)
{
	AUTO(DIR) DIR *proc = opendir("/proc");
	struct sockets s = { 0 };
	struct dirent *e;
	bool all_seen = true;

	*ret_other = 0;
	find_sockets(host, port, &s);
	if (!proc || !s.n)
		return true;
	while ((e = readdir(proc))) {
		pid_t pid = isdigit((unsigned char)*e->d_name) ? (pid_t)strtol(e->d_name, NULL, 10) : 0;
		bool seen;

		if (!pid)
			continue;
		if (holds(pid, &s, &seen)) {
			if (belongs_to(pid, leader))
				return true;
			*ret_other = pid;
		}
		all_seen = all_seen && seen;
	}
	return !*ret_other && !all_seen;
}
