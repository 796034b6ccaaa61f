/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/browser.h"
#include "idp-sim/record.h"
#include "idp-sim/serve.h"
#include "idp-sim/session.h"
#include "idp-sim/text.h"
#include "idp-sim/token.h"

#include <string.h>

enum { COOKIE_LENGTH = 200, LIFE_MS = 86400000 };

static void release(struct record *r)
{
	struct browser *b = (struct browser *)r;

	free(b->user);
	free(b->session_id);
	free(b);
}

static const struct record_field browser_fields[] = {
	{ "provider", FIELD_PROVIDER, offsetof(struct browser, provider), false },
	{ "tenant", FIELD_TENANT, offsetof(struct browser, tenant), false },
	{ "user", FIELD_TEXT, offsetof(struct browser, user), false },
	{ "session_id", FIELD_TEXT, offsetof(struct browser, session_id), false },
	{ "auth_time", FIELD_INT64, offsetof(struct browser, auth_time), false },
	{ "ended", FIELD_BOOL, offsetof(struct browser, ended), true },
	{ 0 },
};

const struct record_kind browser_kind = { "browser", sizeof(struct browser), release,
					  browser_fields };

/* ---- the cookie ---- */

static const json_t *manners(const struct exchange *x)
{
	return conf_get(x->provider->source, "behaviours.authorize");
}

/* "NAME; path=/; ...": the name, and what follows it. NULL: the dialect has no cookie. */
static const char *cookie_name(struct exchange *x, const char **ret_attributes)
{
	const char *text = conf_str(manners(x), "session_cookie", NULL);
	size_t n = text ? strcspn(text, ";") : 0;

	if (!text)
		return NULL;
	*ret_attributes = text + n;
	return arena_dup(x->arena, text, n);
}

static const char *cookie_value(struct exchange *x, const char *name)
{
	const char *at = web_header(x->rq, "Cookie");
	size_t n = strlen(name);

	for (; at && *at; at += strcspn(at, ";"), at += *at == ';') {
		at += strspn(at, " ");
		if (!strncmp(at, name, n) && at[n] == '=')
			return arena_dup(x->arena, at + n + 1, strcspn(at + n + 1, ";"));
	}
	return NULL;
}

/* "{tenant}" in the attributes is the tenant's id. */
static const char *cookie_text(struct exchange *x, const char *name, const char *value,
			       const char *attributes, const char *more)
{
	const char *at = strstr(attributes, "{tenant}");
	int before = at ? (int)(at - attributes) : (int)strlen(attributes);

	return arena_printf(x->arena, "%s=%s%.*s%s%s%s", name, value, before, attributes,
			    at ? x->tenant->id : "", at ? at + strlen("{tenant}") : "", more);
}

/* ---- the session ---- */

static bool still_holds(struct exchange *x, struct browser *b)
{
	const struct user *u = provider_user(x->provider, b->user);
	bool over = session_is_over(x, b->session_id);
	bool foreign = u && is_foreign(u, x->tenant);
	bool elsewhere = conf_bool(manners(x), "session_of_tenant", false) &&
			 strcmp(b->tenant->id, x->tenant->id) != 0;

	return b->provider == x->provider && !b->ended && u && !u->disabled && !over &&
	       !foreign && !elsewhere &&
	       b->auth_time * 1000 >= u->state->valid_from_ms / 1000 * 1000;
}

static struct browser *find(struct exchange *x)
{
	const char *attributes, *name = cookie_name(x, &attributes);
	const char *value = name ? cookie_value(x, name) : NULL;
	struct browser *b = value ? (struct browser *)store_get(x->idp->browsers, value) : NULL;

	if (b)
		exchange_keep(x, &b->record);
	return b;
}

struct browser *browser_known(struct exchange *x)
{
	struct browser *b = find(x);

	return b && still_holds(x, b) ? b : NULL;
}

const char *browser_session(struct exchange *x)
{
	struct browser *b = x->provider->behaviours.refresh_is_jwt ? browser_known(x) : NULL;
	const struct sign_in *in = x->sign_in;

	return b && !strcmp(b->user, in->user) ? b->session_id : in->session_id;
}

void browser_remember(struct exchange *x)
{
	const char *attributes, *name = cookie_name(x, &attributes);
	struct browser *b = name ? browser_known(x) : NULL;
	char id[COOKIE_LENGTH + 1];

	if (!name)
		return;
	if (b && !strcmp(b->user, x->sign_in->user) && b->auth_time >= x->sign_in->auth_time) {
		x->browser_cookie = cookie_text(x, name, b->record.key, attributes, "");
		return;
	}
	b = calloc(1, sizeof(*b));
	if (!b)
		abort();
	rng_text(&x->idp->rng,
		 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
		 COOKIE_LENGTH, id);
	b->provider = x->provider;
	b->tenant = x->tenant;
	b->user = strdup(x->sign_in->user);
	b->session_id = strdup(x->session_id);
	b->auth_time = x->sign_in->auth_time;
	record_init(&b->record, id,
		    x->now_ms +
			    conf_duration_ms(conf_get(manners(x), "session_life"), LIFE_MS));
	b->record.release = release;
	store_add(x->idp->browsers, &b->record);
	x->browser_cookie = cookie_text(x, name, id, attributes, "");
	record_unref(&b->record);
}

/* What is left of the attributes for a cookie that goes: all before "secure". */
static const char *path_of(struct exchange *x, const char *attributes)
{
	const char *at = strcasestr(attributes, "secure");
	size_t n = at ? (size_t)(at - attributes) : strlen(attributes);

	while (at && n && (attributes[n - 1] == ' ' || attributes[n - 1] == ';'))
		n--;
	return arena_dup(x->arena, attributes, n);
}

static void end(void *ctx, struct record *r)
{
	((struct browser *)r)->ended = true;
	(void)ctx;
}

void browser_forget(struct exchange *x)
{
	const char *attributes, *name = cookie_name(x, &attributes);
	struct browser *b = name ? find(x) : NULL;

	if (!b || !store_change(x->idp->browsers, &b->record, end, NULL))
		return;
	if (x->provider->behaviours.refresh_is_jwt)
		session_end(x, b->session_id, NULL);
	x->browser_ends = true;
	x->browser_cookie = cookie_text(x, name, "", path_of(x, attributes), ";Max-Age=0");
}

void browser_hand_over(struct exchange *x)
{
	if (x->browser_cookie && !x->browser_cookie_placed)
		web_put(x->rq, x->rp, "Set-Cookie", x->browser_cookie);
}
