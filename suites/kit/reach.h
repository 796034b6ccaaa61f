/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reach.h - does a target that runs somewhere else reach the lab? Proved by a request that has
 * gone through it: each part that it must have asked says whether it was.
 */
#pragma once

#include "suites/kit/door.h"

/* After a first good request, a being its answer (NULL: a decision was asked for). Records a
 * check for every part that was reached. When one was not, the row is BROKEN, and the reason
 * says under which URL the target should have found it. True when nothing is missing, and for
 * a target that we have started. */
bool reach_proved(struct run *run, const struct answer *a);
/* The target did not get ready: adds to err what the lab saw of it, if it is attached. Always
 * false. */
struct lab;
bool reach_explain(struct lab *l, struct err *err);
/* A request of the row got no connection (why), or no answer in time (NULL): perhaps the target
 * is gone. When it is, the row is BROKEN, and the next one waits for it anew. */
void reach_doubt(struct run *run, const char *why);
void reach_after_row(struct run *run);
