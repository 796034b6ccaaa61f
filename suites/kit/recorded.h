/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recorded.h - reads HTTP/1.x requests as leniently as the worst server would, for the
 * recorder: a bare LF ends a line, an odd name is a name.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "suites/kit/recorder.h"

enum recorded_state {
	RECORDED_MORE, /* the request is not complete yet */
	RECORDED_DONE, /* complete: the first *ret_len bytes are it */
	RECORDED_BAD,  /* no request, or framing that cannot be followed: all bytes are it */
};

/* Looks where the first request in p ends. *ret_head is the length of its head, 0 until it is
 * complete. */
enum recorded_state recorded_scan(const char *p, size_t n, size_t *ret_head, size_t *ret_len);
/* Fills a record from the bytes of one request, complete or not; all from the arena. */
void recorded_fill(struct arena *a, const char *p, size_t n, struct recorded *ret);
/* Does the list in a header ("keep-alive, close") hold that word, any letter case? */
bool recorded_list_has(const char *list, const char *word);
