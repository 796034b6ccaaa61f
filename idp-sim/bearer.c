/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/bearer.h"
#include "idp-sim/issue.h"
#include "idp-sim/nonce.h"
#include "idp-sim/scope.h"

#include <string.h>

const char *bearer_id(struct exchange *x, const struct bearer *b)
{
	const char *dot = strrchr(b->token, '.');

	return arena_printf(x->arena, "%s/%s", x->provider->name, dot ? dot + 1 : b->token);
}

/* Okta's "AT.ID.REFRESH": the last part leads to the session. */
static const char *session_in_jti(const char *jti)
{
	const char *last = strrchr(jti, '.');

	return last && !strncmp(jti, "AT.", 3) && last > jti + 2 ? last + 1 : NULL;
}

/* Tokens carry the session under the name the dialect has for it. */
static const char *session_of(const json_t *claims)
{
	static const char *const names[] = { "sid", "xms_sid", "sim_sid" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *sid = conf_str(claims, names[i], NULL);

		if (sid)
			return sid;
	}
	return session_in_jti(conf_str(claims, "jti", ""));
}

/* So do they the client. */
static const char *client_of(const json_t *claims)
{
	static const char *const names[] = { "azp", "appid", "cid", "client_id" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (conf_str(claims, names[i], NULL))
			return conf_str(claims, names[i], NULL);
	return NULL;
}

static enum situation judge_session(struct exchange *x, struct bearer *b)
{
	const char *sid = session_of(b->jwt.claims);
	enum situation why = S_none;

	b->has_session = sid != NULL;
	if (!sid)
		return S_none;
	b->session = session_of_client(x, sid, client_of(b->jwt.claims));
	if (!b->session)
		return S_session_ended;
	pthread_mutex_lock(&b->session->record.lock);
	if (b->session->revoked || b->session->reused)
		why = S_session_ended;
	pthread_mutex_unlock(&b->session->record.lock);
	return why;
}

static bool is_access_token(const json_t *claims)
{
	const char *typ = conf_str(claims, "typ", "Bearer");

	return !strcmp(typ, "Bearer");
}

/* What comes after the host: the same tenant may be reached by http and https. */
static const char *after_host(const char *url)
{
	const char *p = strstr(url, "://");

	return p ? p + 3 + strcspn(p + 3, "/") : url;
}

/* Tenants may share keys, so the issuer has to be the tenant's too. */
static bool issued_here(struct exchange *x, const json_t *claims)
{
	const char *iss = conf_str(claims, "iss", "");
	const struct template *v1 = x->provider->texts[TXT_issuer_v1];

	if (!strcmp(after_host(iss), after_host(exchange_issuer(x))))
		return true;
	return v1 && !strcmp(iss, template_text(v1, x, x->arena));
}

/* By one of the tenant's keys, over the header or over what the header hides. */
static bool is_signed(struct exchange *x, const char *token, struct jwt *ret)
{
	struct keys *keys = x->tenant->keys;
	const char *hashed;
	AUTO_JWT shown = { 0 };

	if (jwt_verify(x->arena, keys, token, strlen(token), ret))
		return true;
	if (!jwt_read(x->arena, token, strlen(token), &shown))
		return false;
	hashed = nonce_hashed(x->arena, shown.header);
	if (!hashed)
		return false;
	token = token_with_header(x->arena, token, hashed);
	return jwt_verify(x->arena, keys, token, strlen(token), ret);
}

enum situation bearer_judge(struct exchange *x, const char *token, struct bearer *ret)
{
	struct record *revoked;

	ret->token = token;
	if (!x->tenant || !is_signed(x, token, &ret->jwt) ||
	    !is_access_token(ret->jwt.claims) || !issued_here(x, ret->jwt.claims))
		return S_invalid_token;
	if (conf_int(ret->jwt.claims, "exp", 0) <= x->now_ms / 1000)
		return S_token_expired;
	revoked = store_get(x->idp->revoked, bearer_id(x, ret));
	record_unref(revoked);
	if (revoked)
		return S_token_revoked;
	return judge_session(x, ret);
}

void bearer_done(struct bearer *b)
{
	jwt_done(&b->jwt);
	session_unref(b->session);
}

/* The person a token is about: by the session, else by what the token says. */
static const struct user *person_of(struct exchange *x, const struct bearer *b)
{
	static const char *const claims[] = { "preferred_username", "upn", "unique_name", "sub",
					      "email" };

	if (b->session && b->session->user)
		return provider_user(x->provider, b->session->user);
	for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
		const struct user *u =
			provider_user(x->provider, conf_str(b->jwt.claims, claims[i], NULL));

		if (u)
			return u;
	}
	return NULL;
}

static const char *scopes_of(struct exchange *x, const struct bearer *b)
{
	const char *scope = conf_str(b->jwt.claims, "scope", NULL);
	const json_t *scp = json_object_get(b->jwt.claims, "scp");
	AUTO_BUF text = { 0 };
	const json_t *item;
	size_t i;

	if (scope)
		return scope;
	if (json_is_string(scp))
		return json_string_value(scp);
	json_array_foreach(scp, i, item)
		buf_printf(&text, "%s%s", i ? " " : "", json_string_value(item));
	return text.p ? arena_dup(x->arena, text.p, text.n) : "";
}

void bearer_adopt(struct exchange *x, struct bearer *b)
{
	struct scopes scopes;
	struct issue *i;

	x->user = person_of(x, b);
	x->facts.user = x->user ? x->user->name : NULL;
	if (!x->client)
		x->client = provider_client(x->provider, client_of(b->jwt.claims));
	scopes_parse(x, scopes_of(x, b), &scopes);
	i = issue_begin(x, &scopes);
	i->iat = conf_int(b->jwt.claims, "iat", 0);
	i->exp = conf_int(b->jwt.claims, "exp", 0);
	i->auth_time = conf_int(b->jwt.claims, "auth_time", 0);
	x->token_jti = arena_str(x->arena, conf_str(b->jwt.claims, "jti", NULL));
	i->sid = arena_str(x->arena, session_of(b->jwt.claims));
}
