/* SPDX-License-Identifier: Apache-2.0 */
/*
 * introspect.c - introspection (RFC 7662), revocation (RFC 7009) and logout.
 */
#include "idp-sim/bearer.h"
#include "idp-sim/browser.h"
#include "idp-sim/record.h"
#include "idp-sim/session.h"

#include <string.h>

/* ---- introspection ---- */

/* The claims of the token, and what RFC 7662 adds after them. */
static void put_active(struct exchange *x, struct bearer *b, struct buf *out)
{
	bool all = conf_bool(x->provider->source, "behaviours.introspect.all_claims", false);

	if (all) {
		AUTO(char) char *claims = json_dumps(b->jwt.claims, JSON_COMPACT);

		buf_add(out, claims, strlen(claims) - 1);
		buf_char(out, ',');
	}
	template_put(x->endpoint->body, x, out);
}

static void answer_inactive(struct exchange *x)
{
	static const char inactive[] = "{\"active\":false}";

	answer_text(x, 200, inactive, sizeof(inactive) - 1);
}

static void answer_active(struct exchange *x, struct bearer *b)
{
	AUTO_BUF out = { 0 };

	x->client = NULL;
	bearer_adopt(x, b);
	put_active(x, b, &out);
	answer_text(x, 200, arena_dup(x->arena, out.p, out.n), out.n);
}

/* Tenants may share clients and keys, so a family has to be of this one. */
static bool is_here(const struct exchange *x, const struct session *s)
{
	return s && same_provider(s->provider, x->provider) &&
	       !strcmp(s->tenant->id, x->tenant->id);
}

/* A refresh token is active while its family is. */
static bool refresh_active(struct exchange *x, const char *token, struct bearer *b)
{
	struct refresh_claim c;
	bool good = false;

	if (!refresh_token_read(x, token, &c))
		return false;
	b->session = session_get(x->idp, c.sid);
	if (is_here(x, b->session)) {
		pthread_mutex_lock(&b->session->record.lock);
		good = !b->session->revoked && !b->session->reused && !b->session->expired;
		pthread_mutex_unlock(&b->session->record.lock);
	}
	if (good && x->provider->behaviours.refresh_is_jwt) {
		b->token = token;
		good = jwt_read(x->arena, token, strlen(token), &b->jwt) &&
		       (!c.expires_s || c.expires_s > x->now_ms / 1000);
	} else {
		good = false; /* an opaque one has no claims to show */
	}
	return good;
}

/* Introspection words its refusals in its own way. */
static bool authenticated(struct exchange *x)
{
	bool anonymous = !x->authorization && !form_get(&x->form, "client_id");
	const char *ours =
		conf_str(x->provider->source, "behaviours.introspect.public", "allow");

	if (anonymous && provider_has_error(x->provider, S_introspect_unauthenticated))
		return refuse(x, S_introspect_unauthenticated);
	if (!authenticate_client(x) || !trouble_passes(x, MOMENT_CLIENT))
		return false;
	if (x->client->is_public && !strcmp(ours, "refuse"))
		return refuse(x, S_introspect_public_client);
	return true;
}

void serve_introspect(struct exchange *x)
{
	struct bearer b = { 0 };
	const char *token;

	if (!authenticated(x))
		return;
	token = form_get(&x->form, "token");
	if (!token || !*token) {
		x->parameter = "token";
		refuse(x, S_introspect_missing_token);
		return;
	}
	if (!bearer_judge(x, token, &b))
		answer_active(x, &b);
	else if (bearer_done(&b), b = (struct bearer) { 0 }, refresh_active(x, token, &b))
		answer_active(x, &b);
	else
		answer_inactive(x);
	bearer_done(&b);
}

/* ---- revocation ---- */

static const struct record_field no_fields[] = { { 0 } };

const struct record_kind revoked_kind = { "revoked", sizeof(struct record), NULL, no_fields };

/* Remembers one access token as revoked until it would have expired. */
static void forget_access(struct exchange *x, struct bearer *b)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	record_init(r, bearer_id(x, b), 1000 * conf_int(b->jwt.claims, "exp", 0));
	store_add(x->idp->revoked, r);
	record_unref(r);
}

static bool is_mine(struct exchange *x, const char *client_id)
{
	return client_id && !strcmp(client_id, x->client->id)
		       ? true
		       : refuse(x, S_revoke_other_client);
}

static void revoke_refresh(struct exchange *x, const struct refresh_claim *c)
{
	bool all = conf_bool(x->provider->source, "behaviours.revoke.whole_client", false);
	struct session *s = session_get(x->idp, c->sid);

	if (is_here(x, s) && is_mine(x, s->client_id)) {
		if (all)
			session_revoke_client(x, s);
		else
			session_revoke(x->idp, s);
		answer(x, 200, x->endpoint->body);
	} else if (!x->answered) {
		answer(x, 200, x->endpoint->body);
	}
	session_unref(s);
}

static void revoke_access(struct exchange *x, struct bearer *b)
{
	static const char *const names[] = { "azp", "appid", "cid", "client_id" };
	const char *owner = NULL;

	for (size_t i = 0; i < ARRAY_LEN(names) && !owner; i++)
		owner = conf_str(b->jwt.claims, names[i], NULL);
	if (!is_mine(x, owner))
		return;
	if (x->provider->behaviours.revokes_access)
		forget_access(x, b);
	answer(x, 200, x->endpoint->body);
}

void serve_revoke(struct exchange *x)
{
	struct refresh_claim c;
	struct bearer b = { 0 };
	const char *token;

	if (!authenticate_client(x) || !trouble_passes(x, MOMENT_CLIENT))
		return;
	token = form_get(&x->form, "token");
	if (!token || !*token) {
		x->parameter = "token";
		refuse(x, S_revoke_missing_token);
		return;
	}
	if (refresh_token_read(x, token, &c))
		revoke_refresh(x, &c);
	else if (!bearer_judge(x, token, &b))
		revoke_access(x, &b);
	else if (provider_has_error(x->provider, S_revoke_garbage))
		refuse(x, S_revoke_garbage);
	else
		answer(x, 200, x->endpoint->body);
	bearer_done(&b);
}

/* ---- logout ---- */

static const char *param(struct exchange *x, const char *name)
{
	const char *v = form_get(&x->query, name);

	return v ? v : form_get(&x->form, name);
}

/* Keycloak: a client ends its session with the refresh token. */
static void logout_with_token(struct exchange *x, const char *token)
{
	struct refresh_claim c;
	struct session *s;

	if (!authenticate_client(x) || !trouble_passes(x, MOMENT_CLIENT))
		return;
	if (!refresh_token_read(x, token, &c)) {
		refuse(x, S_refresh_token_invalid);
		return;
	}
	s = session_get(x->idp, c.sid);
	if (s && !is_here(x, s)) {
		session_unref(s);
		refuse(x, S_refresh_token_invalid);
		return;
	}
	if (s && !strcmp(s->client_id, x->client->id))
		session_end(x, session_visible_id(x->arena, c.sid), NULL);
	session_unref(s);
	answer_text(x, 204, "", 0);
}

static bool read_hint(struct exchange *x, const char *hint)
{
	AUTO_JWT jwt = { 0 };
	struct session *s;
	const char *sid;
	bool foreign;

	if (!jwt_verify(x->arena, x->tenant->keys, hint, strlen(hint), &jwt))
		return refuse(x, S_logout_bad_hint);
	x->client = provider_client(x->provider, conf_str(jwt.claims, "aud", NULL));
	sid = arena_str(x->arena, conf_str(jwt.claims, "sid", NULL));
	s = sid ? session_of_client(x, sid, NULL) : NULL;
	foreign = s && !is_here(x, s);
	session_unref(s);
	x->logout_sid = s ? sid : NULL;
	return foreign ? refuse(x, S_logout_bad_hint) : true;
}

static bool may_go_to(const struct client *c, const char *uri)
{
	return !c || words_have(&c->logout_uris, uri) || words_have(&c->logout_uris, "*") ||
	       words_have(&c->redirect_uris, "*");
}

static void show_logged_out(struct exchange *x)
{
	x->page_title = conf_str(x->provider->source, "pages.logged_out.title", "Signed out");
	x->page_message = conf_str(x->provider->source, "pages.logged_out.message",
				   "You are signed out.");
	answer(x, 200, x->provider->texts[TXT_page_message]);
}

void serve_logout(struct exchange *x)
{
	const char *token = form_get(&x->form, "refresh_token");
	const char *hint = param(x, "id_token_hint");
	const char *to = param(x, "post_logout_redirect_uri");
	const char *state = param(x, "state");
	const char *client_id = param(x, "client_id");

	if (token) {
		logout_with_token(x, token);
		return;
	}
	if (hint && !read_hint(x, hint))
		return;
	if (!x->client && client_id)
		x->client = find_client(x, client_id);
	if (to && !x->client &&
	    conf_bool(x->provider->source, "behaviours.logout.needs_hint", false)) {
		refuse(x, S_logout_missing_hint);
		return;
	}
	if (to && !may_go_to(x->client, to)) {
		refuse_word(x, S_logout_bad_redirect_uri, to);
		return;
	}
	if (x->logout_sid)
		session_end(x, x->logout_sid, NULL);
	browser_forget(x);
	if (!to)
		show_logged_out(x);
	else if (state)
		redirect(x, arena_printf(x->arena, "%s%cstate=%s", to,
					 strchr(to, '?') ? '&' : '?', state));
	else
		redirect(x, to);
	browser_hand_over(x);
}
