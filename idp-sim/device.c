/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/device.h"
#include "idp-sim/record.h"
#include "idp-sim/scope.h"
#include "idp-sim/token.h"
#include "idp-sim/text.h"

#include <ctype.h>
#include <string.h>

/* ---- records ---- */

/* Leads from what a person types to the device code. */
struct user_code {
	struct record record; /* key: provider/CODE */
	char *device_code;
};

static void release_device(struct record *r)
{
	struct device_code *d = (struct device_code *)r;

	free(d->client_id);
	free(d->user_code);
	free(d->scope);
	free(d->nonce);
	free(d->challenge);
	free(d->challenge_method);
	free(d->user);
	free(d->session_id);
	free(d);
}

static void release_user_code(struct record *r)
{
	free(((struct user_code *)r)->device_code);
	free(r);
}

static const struct record_field device_fields[] = {
	{ "provider", FIELD_PROVIDER, offsetof(struct device_code, provider), false },
	{ "tenant", FIELD_TENANT, offsetof(struct device_code, tenant), false },
	{ "client_id", FIELD_TEXT, offsetof(struct device_code, client_id), false },
	{ "user_code", FIELD_TEXT, offsetof(struct device_code, user_code), false },
	{ "scope", FIELD_TEXT, offsetof(struct device_code, scope), false },
	{ "nonce", FIELD_TEXT, offsetof(struct device_code, nonce), false },
	{ "challenge", FIELD_TEXT, offsetof(struct device_code, challenge), false },
	{ "challenge_method", FIELD_TEXT, offsetof(struct device_code, challenge_method),
	  false },
	{ "version", FIELD_VERSION, offsetof(struct device_code, version), false },
	{ "created_ms", FIELD_INT64, offsetof(struct device_code, created_ms), false },
	{ "expires_ms", FIELD_INT64, offsetof(struct device_code, expires_ms), false },
	{ "status", FIELD_INT, offsetof(struct device_code, status), true },
	{ "user", FIELD_TEXT, offsetof(struct device_code, user), true },
	{ "session_id", FIELD_TEXT, offsetof(struct device_code, session_id), true },
	{ "auth_time", FIELD_INT64, offsetof(struct device_code, auth_time), true },
	{ "polled_ms", FIELD_INT64, offsetof(struct device_code, polled_ms), true },
	{ "interval_s", FIELD_INT64, offsetof(struct device_code, interval_s), true },
	{ "polls", FIELD_INT, offsetof(struct device_code, polls), true },
	{ 0 },
};

const struct record_kind device_kind = { "device", sizeof(struct device_code), release_device,
					 device_fields };

static const struct record_field user_code_fields[] = {
	{ "device_code", FIELD_TEXT, offsetof(struct user_code, device_code), false },
	{ 0 },
};

const struct record_kind user_code_kind = { "user-code", sizeof(struct user_code),
					    release_user_code, user_code_fields };

void device_unref(struct device_code *d)
{
	record_unref(d ? &d->record : NULL);
}

static void user_code_key(const char *provider, const char *code, char *ret, size_t size)
{
	size_t n = (size_t)snprintf(ret, size, "%s/", provider);

	for (; *code && n + 1 < size; code++)
		if (isalnum((unsigned char)*code))
			ret[n++] = (char)toupper((unsigned char)*code);
	ret[n < size ? n : size - 1] = '\0';
}

struct device_code *device_by_code(struct idp *s, const char *device_code)
{
	return (struct device_code *)store_get(s->devices, device_code);
}

struct device_code *device_by_user_code(struct idp *s, const struct provider *p,
					const char *user_code)
{
	char key[256];
	struct record *r;
	struct device_code *d;

	user_code_key(p->name, user_code, key, sizeof(key));
	r = store_get(s->user_codes, key);
	if (!r)
		return NULL;
	d = device_by_code(s, ((struct user_code *)r)->device_code);
	record_unref(r);
	return d;
}

struct settling {
	const char *user, *session_id;
	int64_t now;
	bool pending;
};

static void settle(void *ctx, struct record *r)
{
	struct settling *s = ctx;
	struct device_code *d = (struct device_code *)r;

	s->pending = d->status == DEVICE_PENDING && d->expires_ms > s->now;
	if (!s->pending)
		return;
	d->status = s->user ? DEVICE_APPROVED : DEVICE_DENIED;
	d->user = text_copy(s->user);
	d->session_id = text_copy(s->session_id);
	d->auth_time = s->now / 1000;
}

bool device_settle(struct idp *s, struct device_code *d, const char *user,
		   const char *session_id)
{
	struct settling one = { .user = user,
				.session_id = session_id,
				.now = clk_now_ms(&s->clk) };

	return store_change(s->devices, &d->record, settle, &one) && one.pending;
}

/* ---- the device authorization endpoint ---- */

static void store_user_code(struct exchange *x, struct device_code *d)
{
	struct user_code *u = calloc(1, sizeof(*u));
	char key[256];

	if (!u)
		abort();
	user_code_key(x->provider->name, d->user_code, key, sizeof(key));
	u->device_code = strdup(d->record.key);
	record_init(&u->record, key, d->expires_ms);
	u->record.release = release_user_code;
	store_add(x->idp->user_codes, &u->record);
	record_unref(&u->record);
}

static struct device_code *new_code(struct exchange *x, const struct scopes *scopes)
{
	struct device_code *d = calloc(1, sizeof(*d));
	const char *code = template_text(x->provider->texts[TXT_device_code], x, x->arena);
	const char *user_code = template_text(x->provider->texts[TXT_user_code], x, x->arena);

	if (!d)
		abort();
	d->provider = x->provider;
	d->tenant = x->tenant;
	d->client_id = strdup(x->client->id);
	d->user_code = strdup(user_code);
	d->scope = strdup(scopes_text(x, scopes, SCOPES_ALL));
	d->nonce = text_copy(form_get(&x->form, "nonce"));
	d->challenge = text_copy(form_get(&x->form, "code_challenge"));
	d->challenge_method = text_copy(form_get(&x->form, "code_challenge_method"));
	d->version = x->version;
	d->created_ms = x->now_ms;
	d->expires_ms = x->now_ms + provider_life_ms(x, LIFE_DEVICE);
	d->interval_s = provider_life_ms(x, LIFE_INTERVAL) / 1000;
	record_init(&d->record, code, d->expires_ms + x->provider->behaviours.device_linger_ms);
	d->record.release = release_device;
	store_add(x->idp->devices, &d->record);
	store_user_code(x, d);
	return d;
}

struct count {
	const struct exchange *x;
	int64_t n;
};

static bool count_pending(void *ctx, struct record *r)
{
	struct count *c = ctx;
	const struct device_code *d = (const struct device_code *)r;

	if (same_provider(d->provider, c->x->provider) && d->status == DEVICE_PENDING &&
	    d->expires_ms > c->x->now_ms && !strcmp(d->client_id, c->x->client->id))
		c->n++;
	return true;
}

static bool few_codes(struct exchange *x)
{
	struct count c = { .x = x };
	int64_t most = attr_int(x->tenant ? &x->tenant->attrs : NULL, "pending_codes",
				x->provider->behaviours.pending_codes);

	if (!most)
		return true;
	store_each(x->idp->devices, count_pending, &c);
	return (int64_t)c.n < most ? true : refuse(x, S_too_many_user_codes);
}

/* Keycloak: a browser at this endpoint gets the device page. */
static void go_to_page(struct exchange *x)
{
	for (size_t i = 0; i < x->provider->n_endpoints; i++)
		if (x->provider->endpoints[i].kind == EP_DEVICE_PAGE)
			x->endpoint = &x->provider->endpoints[i];
}

void serve_device(struct exchange *x)
{
	const struct behaviours *b = &x->provider->behaviours;
	const char *asked;
	struct scopes scopes;

	if (strcmp(x->rq->method, "POST") != 0) {
		go_to_page(x);
		serve_device_page(x);
		return;
	}
	if (!authenticate_client(x) || !trouble_passes(x, MOMENT_CLIENT))
		return;
	if (b->device_checks_grant && !(x->client->grants & 1u << GRANT_DEVICE_CODE)) {
		refuse(x, S_device_flow_disabled);
		return;
	}
	asked = form_get(&x->form, "scope");
	if (!b->device_checks_scope)
		scopes_lenient(x, asked, &scopes);
	else if (!scopes_judge(x, asked, &scopes))
		return;
	if (!few_codes(x))
		return;
	x->device = new_code(x, &scopes);
	answer(x, 200, x->endpoint->body);
}

/* ---- the token endpoint ---- */

/* A timer may go off a little early, and the request be quicker than the one before. */
enum { EARLY_MS = 20 };

/* Polls faster than the interval, counted from the last one that was accepted. */
static bool too_fast(struct exchange *x, struct device_code *d)
{
	if (!x->provider->behaviours.device_slow_down)
		return false;
	if (!d->polled_ms || x->now_ms - d->polled_ms >= 1000 * d->interval_s - EARLY_MS)
		return false;
	d->interval_s += x->provider->behaviours.device_slow_down_adds;
	return true;
}

static enum situation judge_poll(struct exchange *x, struct device_code *d)
{
	d->polls++;
	if (d->status == DEVICE_REDEEMED)
		return x->provider->behaviours.device_code_remembered ? S_device_code_used
								      : S_device_code_invalid;
	if (d->status == DEVICE_DENIED)
		return S_device_declined;
	if (d->expires_ms <= x->now_ms)
		return S_device_code_expired;
	if (too_fast(x, d))
		return S_slow_down;
	d->polled_ms = x->now_ms;
	if (d->status == DEVICE_PENDING)
		return S_authorization_pending;
	d->status = DEVICE_REDEEMED; /* of two equal polls one wins */
	return S_none;
}

struct polling {
	struct exchange *x;
	enum situation why;
};

static void poll_once(void *ctx, struct record *r)
{
	struct polling *p = ctx;

	p->why = judge_poll(p->x, (struct device_code *)r);
}

static void give_back(void *ctx, struct record *r)
{
	((struct device_code *)r)->status = DEVICE_APPROVED;
}

static void redeem(struct exchange *x, struct device_code *d)
{
	struct scopes scopes;

	if (person_back(x, d->user, d->tenant) && scopes_redeem(x, d->scope, &scopes) &&
	    person_may(x)) {
		issue_first(x, &scopes, d->session_id ? d->session_id : session_new_id(x),
			    d->auth_time, d->nonce);
		return;
	}
	/* Refused: the code is still good. */
	(void)!store_change(x->idp->devices, &d->record, give_back, NULL);
}

static enum situation judge_owner(const struct exchange *x, const struct device_code *d)
{
	if (!same_provider(d->provider, x->provider))
		return S_device_code_invalid;
	if (strcmp(d->tenant->id, x->tenant->id) != 0 && !d->tenant->any && !x->tenant->any)
		return S_device_code_invalid;
	return strcmp(d->client_id, x->client->id) != 0 ? S_device_code_other_client : S_none;
}

void grant_device(struct exchange *x)
{
	const char *code = form_get(&x->form, "device_code");
	struct polling p = { .x = x };
	enum situation why;

	if (!code) /* Entra's v1 documentation calls it so */
		code = form_get(&x->form, "code");
	if (!code && !(code = need(x, "device_code")))
		return;
	x->device = device_by_code(x->idp, code);
	if (!x->device) {
		refuse(x, S_device_code_invalid);
		return;
	}
	why = judge_owner(x, x->device);
	if (why) {
		refuse(x, why);
		return;
	}
	if (!check_verifier(x, x->device->challenge, x->device->challenge_method) ||
	    !trouble_passes(x, MOMENT_POLL))
		return;
	if (!store_change(x->idp->devices, &x->device->record, poll_once, &p))
		return;
	if (p.why)
		refuse(x, p.why);
	else
		redeem(x, x->device);
}
