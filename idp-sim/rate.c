/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rate.c - requests of one client, or sign-ins of one person, in one minute.
 */
#include "idp-sim/record.h"
#include "idp-sim/serve.h"

static const struct record_field no_fields[] = { { 0 } };

/* A count, not a record: PREFIX:rate:PROVIDER/CLIENT/MINUTE. */
const struct record_kind rate_kind = { "rate", sizeof(struct record), NULL, no_fields };

static bool is_within(struct exchange *x, int64_t limit, const char *who)
{
	int64_t minute = x->now_ms / 60000;
	const char *key;

	if (!limit)
		return true;
	key = arena_printf(x->arena, "%s/%s/%lld", x->provider->name, who, (long long)minute);
	return store_count(x->idp->rates, key, (minute + 1) * 60000) <= limit;
}

bool rate_allows(struct exchange *x)
{
	int64_t limit =
		attr_int(&x->client->attrs, "rate_limit", x->provider->behaviours.rate_limit);

	return is_within(x, limit, x->client->id) || refuse(x, S_rate_limited);
}

bool user_rate_allows(struct exchange *x, const struct user *u)
{
	int64_t limit = attr_int(&u->attrs, "rate_limit", 0);

	return is_within(x, limit, arena_printf(x->arena, "user/%s", u->name));
}
