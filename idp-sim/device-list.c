/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device-list.c - what the control API shows of device sign-ins, and how it decides them.
 */
#include "idp-sim/device.h"

#include <string.h>

static const char *status_word(const struct idp *s, const struct device_code *d)
{
	static const char *const words[] = { "pending", "approved", "denied", "redeemed" };

	if (d->status == DEVICE_PENDING && d->expires_ms <= clk_now_ms(&s->clk))
		return "expired";
	return words[d->status];
}

struct listing {
	struct idp *s;
	json_t *list;
};

static bool list_one(void *ctx, struct record *r)
{
	struct listing *l = ctx;
	struct device_code *d = (struct device_code *)r;

	pthread_mutex_lock(&r->lock);
	json_array_append_new(
		l->list,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:i, s:I, s:I, s:I}",
			  "provider", d->provider->name, "tenant", d->tenant->id, "user_code",
			  d->user_code, "device_code", r->key, "client_id", d->client_id,
			  "scope", d->scope, "status", status_word(l->s, d), "user", d->user,
			  "polls", d->polls, "interval", (json_int_t)d->interval_s, "created",
			  (json_int_t)(d->created_ms / 1000), "expires",
			  (json_int_t)(d->expires_ms / 1000)));
	pthread_mutex_unlock(&r->lock);
	return true;
}

json_t *devices_list(struct idp *s)
{
	struct listing l = { .s = s, .list = json_array() };

	store_each(s->devices, list_one, &l);
	return l.list;
}

enum decide device_decide(struct idp *s, const char *user_code, const char *user)
{
	struct device_code *d = NULL;
	enum decide result = DECIDE_OK;
	const struct user *u;

	for (size_t i = 0; i < s->n_providers && !d; i++)
		d = device_by_user_code(s, idp_nth(s, i), user_code);
	if (!d)
		return DECIDE_UNKNOWN_CODE;
	u = user ? provider_user(d->provider, user) : NULL;
	if (user && !u)
		result = DECIDE_UNKNOWN_USER;
	else if (!device_settle(s, d, u ? u->name : NULL, NULL))
		result = DECIDE_TOO_LATE;
	device_unref(d);
	return result;
}
