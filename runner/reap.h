/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reap.h - nobody stays behind.
 *
 * The parent is a subreaper: whoever loses its father becomes the parent's child, and a child
 * that is no worker is a stray. Linux only (/proc, prctl).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

void reap_become_subreaper(void);
/* Kills children of this process that are not in keep (n of them), and theirs, until none is
 * left; reaps them. Returns how many. */
size_t reap_strays(const pid_t *keep, size_t n);
/* In a worker: when its father dies or it is told to end, its descendants go first. */
void reap_die_with_father(pid_t father);
