/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - `gauntlet run`: plan, play, report, say how it ended. */
#include "runner/played.h"
#include "runner/verbs.h"

int verb_run(const struct options *o)
{
	struct played p;
	int code;

	if (o->list)
		return verb_list(o);
	played_make(&p, o, false);
	code = p.rs ? played_report(o, p.rs, p.live, p.code) : p.code;
	played_done(&p);
	return code;
}
