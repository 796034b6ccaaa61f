/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rate.c - requests of one client in one minute.
 */
#include "idp-sim/serve.h"

struct rate {
	struct record record; /* key: provider/client/minute */
	_Atomic int64_t n;
};

static struct rate *rate_of(struct exchange *x, int64_t minute)
{
	const char *key = arena_printf(x->arena, "%s/%s/%lld", x->provider->name, x->client->id,
				       (long long)minute);
	struct rate *r = (struct rate *)store_get(x->idp->rates, key);

	if (r)
		return r;
	r = calloc(1, sizeof(*r));
	if (!r)
		abort();
	record_init(&r->record, key, (minute + 1) * 60000);
	store_add(x->idp->rates, &r->record);
	return r;
}

bool rate_allows(struct exchange *x)
{
	int64_t limit =
		attr_int(&x->client->attrs, "rate_limit", x->provider->behaviours.rate_limit);
	struct rate *r;
	bool few;

	if (!limit)
		return true;
	r = rate_of(x, x->now_ms / 60000);
	few = ++r->n <= limit;
	record_unref(&r->record);
	return few ? true : refuse(x, S_rate_limited);
}
