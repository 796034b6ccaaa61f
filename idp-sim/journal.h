/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.h - what was asked and answered, secrets removed, that can be waited on.
 *
 * Bounded: the oldest entries go. Thread-safe. Passwords, client secrets, codes and the
 * signatures of tokens never enter it.
 */
#pragma once

#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/base/web.h"
#include "idp-sim/facts.h"

struct journal;

struct journal_options {
	const struct clk *clk;
	size_t limit;				      /* entries kept; 0: 1000 */
	void (*on_line)(void *ctx, const char *line); /* called for each entry; may be NULL */
	void *ctx;
};

struct journal *journal_new(const struct journal_options *o);
void journal_free(struct journal *j); /* takes NULL; ends every wait first */
/* Ends every wait, now and later: for whoever stops the threads that wait. */
void journal_close(struct journal *j);
void journal_reset(struct journal *j);
/* One finished exchange. The request and the reply are read, not kept. */
void journal_add(struct journal *j, const struct facts *f, const struct web_request *rq,
		 const struct web_reply *rp, int64_t took_us);
/*
 * {"entries": [...], "next": SEQ}; filter facts NULL match all. New reference. An entry has
 * seq, time_ms, took_us, the facts that were known, method, path, query, headers, form,
 * status, answer (JSON text), or answer_bytes, and fault.
 */
json_t *journal_read(struct journal *j, int64_t since, const struct facts *filter);
/* The same after waiting until `count` entries match or wait_ms of real time went by. */
json_t *journal_wait(struct journal *j, int64_t since, const struct facts *filter, size_t count,
		     int64_t wait_ms);
