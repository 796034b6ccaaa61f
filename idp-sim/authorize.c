/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authorize.c - the authorization endpoint (RFC 6749, 4.1.1): judged before anybody signs
 * in.
 */
#include "idp-sim/browser.h"
#include "idp-sim/pages.h"
#include "idp-sim/registry.h"
#include "idp-sim/scope.h"
#include "idp-sim/text.h"

#include <string.h>

static const char *param(struct exchange *x, const char *name)
{
	const char *v = form_get(&x->query, name);

	return v ? v : form_get(&x->form, name);
}

static bool find_the_client(struct exchange *x)
{
	const char *id = param(x, "client_id");

	if (!id || !*id) {
		x->parameter = "client_id";
		return refuse(x, S_missing_client);
	}
	x->client = find_client(x, id);
	if (!x->client)
		return refuse_word(x, S_unknown_client, id);
	if (x->client->disabled)
		return refuse_word(x, S_client_disabled, id);
	return x->client->bearer_only ? refuse(x, S_client_bearer_only) : true;
}

/* RFC 8252, 7.3: the port of a loopback redirect is free. */
static bool loopback_matches(const char *registered, const char *uri)
{
	static const char *const hosts[] = { "http://localhost", "http://127.0.0.1",
					     "http://[::1]" };

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		size_t n = strlen(hosts[i]);
		const char *a = registered + n, *b = uri + n;

		if (strncmp(registered, hosts[i], n) != 0 || strncmp(uri, hosts[i], n) != 0)
			continue;
		if (*a == ':')
			a += 1 + strspn(a + 1, "0123456789");
		if (*b == ':')
			b += 1 + strspn(b + 1, "0123456789");
		return !strcmp(a, b);
	}
	return false;
}

static bool uri_registered(const struct provider *p, const struct words *uris, const char *uri)
{
	bool any_port = conf_bool(p->source, "behaviours.authorize.loopback_any_port", false);

	for (size_t i = 0; i < uris->n; i++) {
		const char *r = uris->v[i];
		size_t n = strlen(r);

		if (!strcmp(r, "*") || !strcmp(r, uri) ||
		    (any_port && loopback_matches(r, uri)))
			return true;
		if (n && r[n - 1] == '*' && !strncmp(r, uri, n - 1))
			return true;
	}
	return false;
}

static bool judge_redirect_uri(struct exchange *x)
{
	const char *uri = param(x, "redirect_uri");

	if (!uri || !*uri) {
		x->parameter = "redirect_uri";
		return refuse(x, S_missing_redirect_uri);
	}
	if (x->idp->options.adopt &&
	    !uri_registered(x->provider, &x->client->redirect_uris, uri))
		adopt_redirect_uri(x, uri);
	if (!uri_registered(x->provider, &x->client->redirect_uris, uri))
		return refuse_word(x, S_bad_redirect_uri, uri);
	x->redirect_uri = uri;
	x->state = param(x, "state");
	x->response_mode = param(x, "response_mode");
	return true;
}

static bool judge_response_type(struct exchange *x)
{
	static const char *const implicit[] = { "token",	  "id_token",
						"id_token token", "code token",
						"code id_token",  "code id_token token" };
	const char *type = param(x, "response_type");

	if (!type || !*type) {
		x->parameter = "response_type";
		return refuse(x, S_missing_response_type);
	}
	if (!strcmp(type, "code"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(implicit); i++)
		if (!strcmp(type, implicit[i])) {
			x->response_mode = "fragment";
			return refuse_word(x, S_grant_not_allowed, type);
		}
	return refuse_word(x, S_unsupported_response_type, type);
}

static bool judge_challenge(struct exchange *x)
{
	const char *challenge = param(x, "code_challenge");
	const char *method = param(x, "code_challenge_method");
	const char *required = x->client->pkce;

	if (!challenge || !*challenge) {
		x->parameter = "code_challenge";
		return required ? refuse(x, S_pkce_required) : true;
	}
	if (!method)
		method = "plain";
	if (required && strcmp(required, method) != 0)
		return refuse_word(x, S_pkce_method_refused, method);
	if (strcmp(method, "S256") != 0 && strcmp(method, "plain") != 0)
		return refuse_word(x, S_pkce_method_unknown, method);
	return true;
}

/* The person that need not be asked (OpenID Connect Core, 3.1.2.1); NULL: ask. */
static const struct browser *find_person(struct exchange *x, const char *prompt)
{
	const char *age = param(x, "max_age");
	const struct browser *b = browser_known(x);

	if (!b || text_lists(prompt, "login") || text_lists(prompt, "select_account"))
		return NULL;
	return age && *age && x->now_ms / 1000 - b->auth_time >= atoll(age) ? NULL : b;
}

static bool judge_prompt(struct exchange *x, const char *prompt, const struct browser *b,
			 bool wants_consent)
{
	if (!text_lists(prompt, "none"))
		return true;
	if (!b)
		return refuse(x, S_login_required);
	return wants_consent ? refuse(x, S_interaction_required) : true;
}

void serve_authorize(struct exchange *x)
{
	struct sign_in_request r = { 0 };
	struct scopes scopes;
	const char *asked = param(x, "prompt"), *prompt = asked ? asked : "";
	const struct browser *b;

	if (!find_the_client(x) || !judge_redirect_uri(x) || !judge_response_type(x) ||
	    !trouble_passes(x, MOMENT_CLIENT) || !scopes_judge(x, param(x, "scope"), &scopes) ||
	    !judge_challenge(x))
		return;
	b = find_person(x, prompt);
	r.wants_consent = x->client->consent_required || text_lists(prompt, "consent");
	r.user = b ? b->user : NULL;
	r.auth_time = b ? b->auth_time : 0;
	r.scope = scopes_text(x, &scopes, SCOPES_ALL);
	r.redirect_uri = x->redirect_uri;
	r.state = x->state;
	r.response_mode = x->response_mode;
	r.nonce = param(x, "nonce");
	r.challenge = param(x, "code_challenge");
	r.challenge_method = param(x, "code_challenge_method");
	sign_in_start(x, &r);
	if (!judge_prompt(x, prompt, b, r.wants_consent))
		return;
	if (!b && browser_known(x))
		x->page_message = conf_str(x->provider->source, "pages.again.message", NULL);
	if (b)
		sign_in_silently(x);
	else
		show_sign_in(x);
}
