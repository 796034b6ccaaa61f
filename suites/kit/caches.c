/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/caches.h"

#include "suites/kit/lab.h"

#include <poll.h>

static void wait_for(int64_t ms)
{
	if (ms > 0)
		poll(NULL, 0, (int)ms);
}

void caches_keys(struct run *run)
{
	if (!run->broken)
		wait_for(run->lab->target->jwks_ms);
}

void caches_decisions(struct run *run)
{
	if (run->broken || run->surface == PDP)
		return;
	run->lab->now.misled = true;
	wait_for(run->lab->target->decisions_ms);
}

int64_t caches_stated_ms(const struct run *run)
{
	return run->lab->target->decisions_ms;
}

void caches_after_row(struct lab *l)
{
	if (l->now.misled)
		wait_for(l->target->decisions_ms);
	l->now.misled = false;
}
