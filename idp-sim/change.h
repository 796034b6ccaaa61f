/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change.h - how often has anything changed that documents are made of: providers, tenants,
 * clients, users, keys. Whoever keeps a made document compares the count.
 *
 * One count for the process: several simulators in it only cost each other a second making.
 */
#pragma once

#include <stdint.h>

/* Called after the change. Thread-safe. */
void change_note(void);
/* Taken before anything is looked up. Never 0. */
uint64_t change_count(void);
