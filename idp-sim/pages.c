/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/pages.h"
#include "idp-sim/browser.h"
#include "idp-sim/code.h"
#include "idp-sim/device.h"
#include "idp-sim/issue.h"
#include "idp-sim/record.h"
#include "idp-sim/scope.h"
#include "idp-sim/session.h"
#include "idp-sim/token.h"
#include "idp-sim/text.h"

#include <string.h>

enum { SIGN_IN_MS = 1800000 };

static void release(struct record *r)
{
	struct sign_in *in = (struct sign_in *)r;

	free(in->client_id);
	free(in->scope);
	free(in->redirect_uri);
	free(in->state);
	free(in->response_mode);
	free(in->nonce);
	free(in->challenge);
	free(in->challenge_method);
	free(in->device_code);
	free(in->session_id);
	free(in->user);
	free(in);
}

static const struct record_field sign_in_fields[] = {
	{ "provider", FIELD_PROVIDER, offsetof(struct sign_in, provider), false },
	{ "tenant", FIELD_TENANT, offsetof(struct sign_in, tenant), false },
	{ "client_id", FIELD_TEXT, offsetof(struct sign_in, client_id), false },
	{ "scope", FIELD_TEXT, offsetof(struct sign_in, scope), false },
	{ "redirect_uri", FIELD_TEXT, offsetof(struct sign_in, redirect_uri), false },
	{ "state", FIELD_TEXT, offsetof(struct sign_in, state), false },
	{ "response_mode", FIELD_TEXT, offsetof(struct sign_in, response_mode), false },
	{ "nonce", FIELD_TEXT, offsetof(struct sign_in, nonce), false },
	{ "challenge", FIELD_TEXT, offsetof(struct sign_in, challenge), false },
	{ "challenge_method", FIELD_TEXT, offsetof(struct sign_in, challenge_method), false },
	{ "device_code", FIELD_TEXT, offsetof(struct sign_in, device_code), false },
	{ "session_id", FIELD_TEXT, offsetof(struct sign_in, session_id), false },
	{ "version", FIELD_VERSION, offsetof(struct sign_in, version), false },
	{ "wants_consent", FIELD_BOOL, offsetof(struct sign_in, wants_consent), false },
	{ "user", FIELD_TEXT, offsetof(struct sign_in, user), true },
	{ "auth_time", FIELD_INT64, offsetof(struct sign_in, auth_time), true },
	{ 0 },
};

const struct record_kind sign_in_kind = { "sign-in", sizeof(struct sign_in), release,
					  sign_in_fields };

void sign_in_start(struct exchange *x, const struct sign_in_request *r)
{
	struct sign_in *in = calloc(1, sizeof(*in));
	char id[12];

	if (!in)
		abort();
	rng_text(&x->idp->rng,
		 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 11, id);
	in->provider = x->provider;
	in->tenant = x->tenant;
	in->client_id = strdup(x->client->id);
	in->scope = strdup(r->scope);
	in->redirect_uri = text_copy(r->redirect_uri);
	in->state = text_copy(r->state);
	in->response_mode = text_copy(r->response_mode);
	in->nonce = text_copy(r->nonce);
	in->challenge = text_copy(r->challenge);
	in->challenge_method = text_copy(r->challenge_method);
	in->device_code = text_copy(r->device_code);
	in->session_id = strdup(session_new_id(x));
	in->version = x->version;
	in->wants_consent = r->wants_consent;
	in->user = text_copy(r->user);
	in->auth_time = r->auth_time;
	record_init(&in->record, id, x->now_ms + SIGN_IN_MS);
	in->record.release = release;
	store_add(x->idp->sign_ins, &in->record);
	x->sign_in = in;
}

const char *exchange_sign_in_id(const struct exchange *x)
{
	return x->sign_in->record.key;
}

/* Finds the sign-in that the page or the form belongs to. False after answering. */
static bool resume(struct exchange *x)
{
	static const char *const names[] = { "sign_in", "tab_id" };
	const char *id = NULL;

	for (size_t i = 0; i < ARRAY_LEN(names) && !id; i++) {
		id = form_get(&x->form, names[i]);
		if (!id)
			id = form_get(&x->query, names[i]);
	}
	x->sign_in = id ? (struct sign_in *)store_get(x->idp->sign_ins, id) : NULL;
	if (!x->sign_in || !same_provider(x->sign_in->provider, x->provider))
		return refuse(x, S_session_expired);
	x->tenant = x->sign_in->tenant;
	x->facts.tenant = x->tenant->id;
	x->client = provider_client(x->provider, x->sign_in->client_id);
	if (!x->client)
		return refuse(x, S_session_expired);
	x->facts.client_id = x->client->id;
	x->version = x->sign_in->version;
	return true;
}

/* From here on errors go to the application. */
static void aim_at_client(struct exchange *x)
{
	x->redirect_uri = x->sign_in->redirect_uri;
	x->state = x->sign_in->state;
	x->response_mode = x->sign_in->response_mode;
}

static void show(struct exchange *x, enum text page)
{
	struct scopes scopes;

	scopes_parse(x, x->sign_in ? x->sign_in->scope : "", &scopes);
	issue_begin(x, &scopes);
	answer(x, 200, x->provider->texts[page]);
}

void show_sign_in(struct exchange *x)
{
	show(x, TXT_page_sign_in);
}

/* ---- after the password ---- */

static const char *location(struct exchange *x, enum text which)
{
	return template_text(x->provider->texts[which], x, x->arena);
}

static void send_code(struct exchange *x)
{
	struct sign_in *in = x->sign_in;
	struct scopes scopes;

	scopes_parse(x, in->scope, &scopes);
	issue_begin(x, &scopes)->sid = x->session_id;
	code_make(x, in);
	aim_at_client(x);
	answer_application(x, in->redirect_uri, location(x, TXT_redirect));
}

static void settle_device(struct exchange *x, const char *user)
{
	struct device_code *d = device_by_code(x->idp, x->sign_in->device_code);
	const char *to = location(x, TXT_status_location);

	if (!d || !device_settle(x->idp, d, user, x->session_id))
		refuse(x, S_user_code_invalid);
	else
		redirect(x, user ? to
				 : arena_printf(x->arena, "%s%cerror=access_denied", to,
						strchr(to, '?') ? '&' : '?'));
	device_unref(d);
}

static bool is_assigned(struct exchange *x)
{
	const struct client *c = x->client;

	if (!c->assignment || words_have(&c->users, x->user->name))
		return true;
	for (size_t i = 0; i < x->user->groups.n; i++)
		if (words_have(&c->groups, x->user->groups.v[i]))
			return true;
	return false;
}

void finish_sign_in(struct exchange *x)
{
	x->sign_in_ends = true;
	x->signed_in = true;
	x->session_id = browser_session(x);
	browser_remember(x);
	if (x->sign_in->device_code)
		settle_device(x, x->sign_in->user);
	else
		send_code(x);
	browser_hand_over(x);
}

void sign_in_silently(struct exchange *x)
{
	x->user = provider_user(x->provider, x->sign_in->user);
	x->facts.user = x->sign_in->user;
	if (!is_assigned(x)) {
		aim_at_client(x);
		refuse(x, S_user_not_assigned);
	} else if (x->sign_in->wants_consent) {
		redirect(x, location(x, TXT_consent_location));
	} else {
		finish_sign_in(x);
	}
}

static void remember(void *ctx, struct record *r)
{
	const struct exchange *x = ctx;
	struct sign_in *in = (struct sign_in *)r;

	free(in->user);
	in->user = strdup(x->user->name);
	in->auth_time = x->now_ms / 1000;
}

/* The page again, with the reason in the dialect's words. */
static void ask_again(struct exchange *x, enum situation why)
{
	const struct oauth_error *e = provider_error(x->provider, why, &x->facts, x->version);

	x->error = e;
	x->facts.situation = situation_names[why];
	x->page_message = e->description ? template_text(e->description, x, x->arena)
					 : "Invalid username or password.";
	show_sign_in(x);
}

/* An armed error: the page again, or back to the client. A device login has no client to go back
 * to; there the errors come when it polls. False after answering. */
static bool page_passes(struct exchange *x, enum situation *ret_why)
{
	enum situation s;
	const struct oauth_error *e =
		x->sign_in->device_code ? NULL : trouble_met(x, MOMENT_PAGE, &s);

	if (!e)
		return true;
	if (s != S_consent_denied && s != S_user_not_assigned) {
		*ret_why = s;
		return true;
	}
	aim_at_client(x);
	return refuse_with(x, s, e);
}

void serve_sign_in(struct exchange *x)
{
	const char *login = form_get(&x->form, "username");
	const char *password = form_get(&x->form, "password");
	enum situation why;

	if (!resume(x))
		return;
	if (strcmp(x->rq->method, "POST") != 0) {
		show_sign_in(x);
		return;
	}
	why = judge_password(x, login ? login : "", password ? password : "");
	if (!why && !page_passes(x, &why))
		return;
	if (why) {
		ask_again(x, why);
		return;
	}
	if (x->user->must_change_password || x->user->password_expired) {
		redirect(x, location(x, TXT_update_password_location));
		return;
	}
	if (!store_change(x->idp->sign_ins, &x->sign_in->record, remember, x))
		return;
	if (!x->sign_in->device_code && !is_assigned(x)) {
		aim_at_client(x);
		refuse(x, S_user_not_assigned);
		return;
	}
	if (x->sign_in->wants_consent)
		redirect(x, location(x, TXT_consent_location));
	else
		finish_sign_in(x);
}

/* ---- consent ---- */

static void decline(struct exchange *x)
{
	x->sign_in_ends = true;
	if (x->sign_in->device_code) {
		settle_device(x, NULL);
		return;
	}
	aim_at_client(x);
	refuse(x, S_consent_denied);
}

void serve_consent(struct exchange *x)
{
	bool declined = form_get(&x->form, "cancel") != NULL;

	if (!resume(x))
		return;
	if (!x->sign_in->user) {
		show_sign_in(x);
		return;
	}
	x->user = provider_user(x->provider, x->sign_in->user);
	if (!x->user) {
		refuse(x, S_session_expired);
		return;
	}
	x->facts.user = x->sign_in->user;
	if (strcmp(x->rq->method, "POST") != 0) {
		const char *execution = form_get(&x->query, "execution");
		bool update = execution && !strcmp(execution, "UPDATE_PASSWORD");

		show(x, update ? TXT_page_update_password : TXT_page_consent);
	} else if (declined) {
		decline(x);
	} else {
		finish_sign_in(x);
	}
}

/* ---- the device page ---- */

static void ask_for_code(struct exchange *x, const char *message)
{
	x->page_message = message;
	show(x, TXT_page_device);
}

static void start_device_sign_in(struct exchange *x, const struct device_code *d)
{
	struct sign_in_request r = { .scope = d->scope, .device_code = d->record.key };
	const struct browser *b;

	x->tenant = d->tenant;
	x->facts.tenant = d->tenant->id;
	x->client = provider_client(x->provider, d->client_id);
	x->version = d->version;
	if (!x->client) {
		refuse(x, S_user_code_invalid);
		return;
	}
	x->facts.client_id = x->client->id;
	r.wants_consent = x->provider->behaviours.device_consent || x->client->consent_required;
	/* Whoever is signed in here is asked for the consent only. */
	b = r.wants_consent ? browser_known(x) : NULL;
	r.user = b ? b->user : NULL;
	r.auth_time = b ? b->auth_time : 0;
	sign_in_start(x, &r);
	redirect(x, location(x, b ? TXT_consent_location : TXT_sign_in_location));
}

static bool is_open(struct exchange *x, struct device_code *d)
{
	bool pending;

	if (!d || (x->tenant && strcmp(x->tenant->id, d->tenant->id) != 0))
		return false;
	pthread_mutex_lock(&d->record.lock);
	pending = d->status == DEVICE_PENDING;
	pthread_mutex_unlock(&d->record.lock);
	return pending && d->expires_ms > x->now_ms;
}

void serve_device_page(struct exchange *x)
{
	static const char *const names[] = { "user_code", "device_user_code", "otc" };
	const char *code = NULL;
	struct device_code *d;

	for (size_t i = 0; i < ARRAY_LEN(names) && !code; i++) {
		code = form_get(&x->form, names[i]);
		if (!code)
			code = form_get(&x->query, names[i]);
	}
	if (!code || !*code) {
		ask_for_code(x, NULL);
		return;
	}
	d = device_by_user_code(x->idp, x->provider, code);
	if (is_open(x, d))
		start_device_sign_in(x, d);
	else if (provider_has_error(x->provider, S_user_code_invalid) &&
		 !strcmp(x->rq->method, "POST"))
		refuse(x, S_user_code_invalid);
	else
		ask_for_code(x, "Invalid code, please try again.");
	device_unref(d);
}

/* How it ended: the browser's last page. */
void serve_status(struct exchange *x)
{
	bool denied = form_get(&x->query, "error") != NULL;

	x->page_title = conf_str(x->provider->source,
				 denied ? "pages.denied.title" : "pages.approved.title", "");
	x->page_message =
		conf_str(x->provider->source,
			 denied ? "pages.denied.message" : "pages.approved.message", "");
	show(x, TXT_page_message);
}
