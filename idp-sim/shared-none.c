/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared-none.c - the same where hiredis is missing: every copy is an issuer of its own.
 */
#include "idp-sim/shared.h"

bool shared_open(struct idp *s, const char *url, struct err *err)
{
	return fail(
		err, ERR_INPUT,
		"state: this build has no hiredis; install libhiredis-dev and build again, or "
		"leave state out");
}

bool shared_join(struct idp *s, struct err *err)
{
	return true;
}

void shared_close(struct idp *s)
{
}

struct store *shared_store(struct idp *s, const struct record_kind *kind, size_t limit)
{
	return store_new(&s->clk, limit);
}

bool shared_needed(const struct endpoint *ep)
{
	return false;
}

bool shared_begin(struct idp *s)
{
	return true;
}

void shared_forgive(const struct idp *s)
{
}

bool shared_lost(const struct idp *s)
{
	return false;
}

void shared_end(struct exchange *x)
{
}

const char *shared_where(const struct idp *s)
{
	return NULL;
}

void shared_clock(struct idp *s)
{
}

void shared_rotated(struct idp *s, struct keys *k, bool publish, bool retire)
{
}
