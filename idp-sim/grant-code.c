/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grant-code.c - authorization codes and PKCE (RFC 6749, 4.1; RFC 7636).
 */
#include "idp-sim/code.h"
#include "idp-sim/record.h"
#include "idp-sim/scope.h"
#include "idp-sim/session.h"
#include "idp-sim/token.h"
#include "idp-sim/text.h"

#include "idp-sim/base/hash.h"

#include <string.h>

static void release(struct record *r)
{
	struct auth_code *c = (struct auth_code *)r;

	free(c->client_id);
	free(c->user);
	free(c->redirect_uri);
	free(c->scope);
	free(c->nonce);
	free(c->challenge);
	free(c->challenge_method);
	free(c->session_id);
	free(c);
}

static const struct record_field code_fields[] = {
	{ "provider", FIELD_PROVIDER, offsetof(struct auth_code, provider), false },
	{ "tenant", FIELD_TENANT, offsetof(struct auth_code, tenant), false },
	{ "client_id", FIELD_TEXT, offsetof(struct auth_code, client_id), false },
	{ "user", FIELD_TEXT, offsetof(struct auth_code, user), false },
	{ "redirect_uri", FIELD_TEXT, offsetof(struct auth_code, redirect_uri), false },
	{ "scope", FIELD_TEXT, offsetof(struct auth_code, scope), false },
	{ "nonce", FIELD_TEXT, offsetof(struct auth_code, nonce), false },
	{ "challenge", FIELD_TEXT, offsetof(struct auth_code, challenge), false },
	{ "challenge_method", FIELD_TEXT, offsetof(struct auth_code, challenge_method), false },
	{ "session_id", FIELD_TEXT, offsetof(struct auth_code, session_id), false },
	{ "version", FIELD_VERSION, offsetof(struct auth_code, version), false },
	{ "auth_time", FIELD_INT64, offsetof(struct auth_code, auth_time), false },
	{ "created_ms", FIELD_INT64, offsetof(struct auth_code, created_ms), false },
	{ "expires_ms", FIELD_INT64, offsetof(struct auth_code, expires_ms), false },
	{ "used", FIELD_BOOL, offsetof(struct auth_code, used), true },
	{ 0 },
};

const struct record_kind code_kind = { "code", sizeof(struct auth_code), release, code_fields };

void code_make(struct exchange *x, const struct sign_in *in)
{
	struct auth_code *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->provider = in->provider;
	c->tenant = in->tenant;
	c->client_id = strdup(in->client_id);
	c->user = strdup(in->user);
	c->redirect_uri = strdup(in->redirect_uri);
	c->scope = strdup(in->scope);
	c->nonce = text_copy(in->nonce);
	c->challenge = text_copy(in->challenge);
	c->challenge_method = text_copy(in->challenge_method);
	c->session_id = strdup(x->session_id);
	c->version = in->version;
	c->auth_time = in->auth_time;
	c->created_ms = x->now_ms;
	c->expires_ms = x->now_ms + provider_life_ms(x, LIFE_CODE);
	x->code = template_text(x->provider->texts[TXT_code], x, x->arena);
	/* A used or expired code is told from an unknown one for a while. */
	record_init(&c->record, x->code, c->expires_ms + 600000);
	c->record.release = release;
	store_add(x->idp->codes, &c->record);
	record_unref(&c->record);
}

/* RFC 7636, 4.1. */
static bool is_verifier(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			     "0123456789-._~");

	return !s[n] && n >= 43 && n <= 128;
}

static bool verifier_matches(struct exchange *x, const char *verifier, const char *challenge,
			     const char *method)
{
	unsigned char h[SHA256_BYTES];
	AUTO_BUF b = { 0 };

	if (!method || !strcmp(method, "plain"))
		return !strcmp(verifier, challenge);
	hash_sha256(verifier, strlen(verifier), h);
	buf_b64url(&b, h, sizeof(h));
	return !strcmp(b.p, challenge);
}

bool check_verifier(struct exchange *x, const char *challenge, const char *method)
{
	const char *verifier = form_get(&x->form, "code_verifier");

	if (!challenge)
		return true;
	if (!verifier || !*verifier) {
		x->parameter = "code_verifier";
		return refuse(x, S_pkce_missing);
	}
	if (!is_verifier(verifier))
		return refuse(x, S_pkce_malformed);
	return verifier_matches(x, verifier, challenge, method) ? true
								: refuse(x, S_pkce_mismatch);
}

struct use {
	int64_t now_ms;
	enum situation why;
};

static void use_up(void *ctx, struct record *r)
{
	struct use *u = ctx;
	struct auth_code *c = (struct auth_code *)r;

	u->why = S_none;
	if (c->used)
		u->why = S_code_used;
	else if (c->expires_ms <= u->now_ms)
		u->why = S_code_expired;
	else
		c->used = true;
}

static bool is_for_us(struct exchange *x, struct auth_code *c)
{
	const char *uri = form_get(&x->form, "redirect_uri");
	struct use u = { .now_ms = x->now_ms };

	/* What is none of theirs nobody else uses up. */
	if (!same_provider(c->provider, x->provider))
		return refuse(x, S_code_invalid);
	if (strcmp(c->tenant->id, x->tenant->id) != 0 && !x->tenant->any && !c->tenant->any)
		return refuse(x, S_other_tenant);
	if (!store_change(x->idp->codes, &c->record, use_up, &u))
		return false;
	/* A code that comes twice ends what the first one gave (RFC 6749, 4.1.2). */
	if (u.why == S_code_used)
		session_end(x, c->session_id, c->client_id);
	if (u.why)
		return refuse(x, u.why);
	if (!uri || strcmp(uri, c->redirect_uri) != 0)
		return refuse(x, S_redirect_uri_mismatch);
	if (strcmp(c->client_id, x->client->id) != 0)
		return refuse(x, S_code_other_client);
	return check_verifier(x, c->challenge, c->challenge_method);
}

static void redeem(struct exchange *x, struct auth_code *c)
{
	struct scopes scopes;

	if (person_back(x, c->user, c->tenant) && scopes_redeem(x, c->scope, &scopes) &&
	    person_may(x))
		issue_first(x, &scopes, c->session_id, c->auth_time, c->nonce);
}

void grant_code(struct exchange *x)
{
	const char *code = need(x, "code");
	struct auth_code *c;

	if (!code)
		return;
	c = (struct auth_code *)store_get(x->idp->codes, code);
	if (!c) {
		refuse(x, S_code_invalid);
		return;
	}
	exchange_keep(x, &c->record);
	if (is_for_us(x, c))
		redeem(x, c);
}
