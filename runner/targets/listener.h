/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listener.h - who listens on a port (Linux: /proc/net/tcp and the sockets of /proc/PID/fd).
 *
 * A port that answers proves nothing when somebody else's server has it.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Does leader, a member of its process group or a descendant listen on host:port? True as
 * well when that cannot be known (no /proc, another user's process). *ret_other: a process
 * that does instead, 0 when nobody was found. */
bool listener_is_ours(pid_t leader, const char *host, int port, pid_t *ret_other);
