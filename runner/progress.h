/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress.h - what is said while a run goes on (look/term-run-progress.txt).
 *
 * On a terminal finished sections scroll up and a few lines below them are redrawn; in a pipe
 * one line every half minute tells a CI system that the run lives.
 */
#pragma once

#include "reports/report.h"
#include "runner/pool.h"

enum progress_kind { PROGRESS_NONE, PROGRESS_LIVE, PROGRESS_HEARTBEAT };

struct progress;

/* head: target, edition, plan, sections; borrowed. */
struct progress *progress_new(enum progress_kind kind, const struct results *head, bool colour,
			      const char *title);
void progress_free(struct progress *g); /* takes NULL */
void progress_result(struct progress *g, const struct pool *p, size_t index);
void progress_tick(struct progress *g, const struct pool *p);
/* Takes the redrawn lines away; the sections that were printed stay. */
void progress_end(struct progress *g, const struct pool *p);
