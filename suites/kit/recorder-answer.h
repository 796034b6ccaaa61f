/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recorder-answer.h - what a recorder sends back: canned bytes, or those of the real part.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "suites/kit/recorder.h"

/* Copies with strings of its own, which recorder_answer_done() frees. */
void recorder_answer_copy(struct recorder_answer *to, const struct recorder_answer *from);
void recorder_answer_done(struct recorder_answer *a);
/* The bytes of a canned answer to q. */
void recorder_answer_canned(const struct recorder_answer *a, const struct recorded *q,
			    struct buf *out);
/* Sends the request on as it came and gives the answer as it came; 502 when there is none. */
void recorder_answer_forwarded(const struct recorded *q, const char *forward, struct buf *out);
