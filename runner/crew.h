/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew.h - the worker processes of a pool: started when first needed, buried with all their
 * descendants, replaced.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "runner/pool.h"

enum {
	MAX_WORKERS = 30, /* of which those beyond --jobs only wait */
	NO_ITEM = -1,
	NO_LAB = -1,
};

struct worker {
	pid_t pid;		    /* 0: not started */
	int orders, results, words; /* -1: closed */
	long item;
	long lab;
	int64_t since_ms, deadline_ms;
	struct buf line; /* what came of a result */
	struct buf said; /* standard output and error, the last of it */
	bool slow;	 /* its item waits: it holds no slot */
	bool starts;	 /* its item had to bring its lab up */
};

struct crew {
	const struct pool_options *o; /* borrowed */
	struct arena *arena;	      /* borrowed */
	struct worker workers[MAX_WORKERS];
	unsigned n; /* of them that may be used */
	struct buf complaints;
};

void crew_init(struct crew *c, const struct pool_options *o, struct arena *a, unsigned n);
void crew_done(struct crew *c);
bool crew_start(struct crew *c, size_t slot);
/* Takes in what it wrote; the last 16 KiB are kept. */
void crew_read_words(struct worker *w);
/* Ends a worker and everything it started; returns its status. */
int crew_bury(struct crew *c, struct worker *w);
/* "was killed by signal 11 (...); its last words: ..." */
const char *crew_obituary(struct crew *c, const struct worker *w, int status);
/* Kills what no worker answers for. */
void crew_sweep(const struct crew *c);
/* The end: busy ones are buried, idle ones leave by themselves within 3 s. */
void crew_dismiss(struct crew *c);
