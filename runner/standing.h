/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing.h - a lab that stands by itself around an attached target, without a row being
 * played: for `gauntlet lab`, and to remove what a run has made there.
 */
#pragma once

#include "runner/session.h"
#include "suites/kit/play.h"

/* The session's target, of which nothing is started, configured or waited for. Lives with s. */
struct target standing_target(const struct session *s);
struct lab *standing_lab(const struct session *s, const struct target *t,
			 struct err *err) MUST_CHECK;

/* After an attached run: removes what its ledger names, and says what is left. */
void leftovers_remove(const struct session *s);
/* Before it: the same with what the ledger has of a run that was killed. */
void leftovers_of_killed(const struct session *s);
