/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal-private.h - an entry, between journal.c, which keeps it, and journal-write.c, which
 * writes it down without its secrets.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "idp-sim/journal.h"

enum part {
	PART_METHOD = N_FACTS, /* the facts come first */
	PART_PATH,
	PART_QUERY,
	PART_TYPE,
	PART_BODY,
	PART_ANSWER,
	N_PARTS
};

/* One exchange, as it came. `raw` holds its parts and then its headers, each a name and a value; the first
 * parts are the facts. */
struct entry {
	int64_t seq; /* from 1; 0: never filled */
	bool empty;  /* since a reset */
	int64_t time_ms, took_us;
	int status;
	enum web_fault fault;
	struct buf raw;
	struct span {
		uint32_t at, n; /* n ABSENT: NULL */
	} parts[N_PARTS];
	uint32_t headers_at;
	size_t body_len, answer_len; /* in full; a part that is too long is left out */
	struct web_ready *ready; /* the answer, when it was kept ready; NULL: it is in raw */
};

#define ABSENT UINT32_MAX

/* NULL when the part is absent; `ret_n` may be NULL. Not NUL-terminated. */
const char *entry_part(const struct entry *e, enum part part, size_t *ret_n);
/* The entry as a JSON object, without its secrets. New reference. */
json_t *entry_write(const struct entry *e);
