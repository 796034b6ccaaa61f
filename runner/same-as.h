/* SPDX-License-Identifier: Apache-2.0 */
/*
 * same-as.h - `run --same-as RESULTS`: plays a published run again, and says what is not the
 * same any more.
 *
 * Of the report come the scenarios, the seed, the editions, the providers, --strict and the
 * target file; what is on the command line too comes over it. Values of --set are secrets, so
 * no report has them: they must be given again.
 */
#pragma once

#include "runner/session.h"

/* Ids of an earlier report without the gates: all, or what was FAILED, BROKEN or not tried at
 * all because the run was cut short. NULL with err
 * when it names a scenario that is no more: not playing it would look like a pass. */
const char **ids_of_results(struct arena *a, const struct results *rs, bool failed_only,
			    struct err *err) MUST_CHECK;
/* Fills s->own and s->ids, before the target is loaded. */
bool same_as_read(struct session *s, struct err *err) MUST_CHECK;
/* Names on standard error what differs: the build, the target, a file's digest, a scenario
 * that is not in the plan. Notes it in the provenance of rs, the run of now. */
void same_as_tell(const struct session *s, const struct plan *plan, struct results *rs);
