/* SPDX-License-Identifier: Apache-2.0 */
/* The way to the request of each grant and each endpoint. */
#include "idp-sim/program/play.h"

#include <string.h>

static bool begin(struct play *p, const char *endpoint, const char *method, struct err *err)
{
	const char *url = play_url(p, endpoint);

	p->ask = (struct ask) { .method = method, .url = url };
	return url ||
	       fail(err, ERR_INPUT, "%s has no endpoint '%s'", p->provider->name, endpoint);
}

static bool need_client(struct play *p, enum grant grant, bool is_public, struct err *err)
{
	if (!p->client)
		p->client = play_client(p, grant, is_public);
	if (!p->client)
		p->client = play_client(p, grant, !is_public);
	return p->client || fail(err, ERR_INPUT, "%s has no client for the grant %s",
				 p->provider->name, grant_names[grant]);
}

static bool need_user(struct play *p, struct err *err)
{
	return p->user ||
	       fail(err, ERR_INPUT, "%s has no user who can sign in", p->provider->name);
}

const char *play_login(const struct user *u)
{
	for (size_t i = 0; i < u->logins.n; i++)
		if (strchr(u->logins.v[i], '@'))
			return u->logins.v[i];
	return u->name;
}

static bool begin_grant(struct play *p, enum grant grant, struct err *err)
{
	if (!begin(p, "token", "POST", err))
		return false;
	ask_set(&p->ask, "grant_type", grant_types[grant]);
	play_prove(p, &p->ask);
	return true;
}

/* ---- grants ---- */

static bool flow_password(struct play *p, struct err *err)
{
	if (!need_client(p, GRANT_PASSWORD, true, err) || !need_user(p, err) ||
	    !begin_grant(p, GRANT_PASSWORD, err))
		return false;
	ask_set(&p->ask, "username", play_login(p->user));
	ask_set(&p->ask, "password", p->user->password);
	ask_set(&p->ask, "scope", play_scope(p, GRANT_PASSWORD));
	return true;
}

static bool flow_client_credentials(struct play *p, struct err *err)
{
	if (!need_client(p, GRANT_CLIENT_CREDENTIALS, false, err) ||
	    !begin_grant(p, GRANT_CLIENT_CREDENTIALS, err))
		return false;
	ask_set(&p->ask, "scope", play_scope(p, GRANT_CLIENT_CREDENTIALS));
	return true;
}

static bool flow_device(struct play *p, struct err *err)
{
	if (!need_client(p, GRANT_DEVICE_CODE, true, err) || !begin(p, "device", "POST", err))
		return false;
	play_prove(p, &p->ask);
	ask_set(&p->ask, "scope", play_scope(p, GRANT_DEVICE_CODE));
	return true;
}

static bool decide(struct play *p, const char *user_code, struct err *err)
{
	const char *word = p->deny ? "deny" : "approve";
	json_t *body = p->deny ? NULL : json_pack("{s:s}", "user", p->user->name);

	return play_control(
		p, "POST", arena_printf(p->arena, "/_sim/devices/%s/%s", user_code, word), body,
		arena_printf(p->arena, "%s %s%s%s", word, user_code, p->deny ? "" : " ",
			     p->deny ? "" : p->user->name),
		err);
}

static bool flow_device_code(struct play *p, struct err *err)
{
	AUTO_ANSWER answer = { 0 };
	AUTO_BUF curl = { 0 };

	if (!flow_device(p, err) || !need_user(p, err))
		return false;
	ask_curl(&p->ask, &curl);
	buf_printf(&p->notes, "%s\n", curl.p);
	if (!play_send(p, &answer, err))
		return false;
	AUTO(json_t) json_t *o = json_loads(answer.body ? answer.body : "", 0, NULL);
	const char *code = arena_str(p->arena, conf_str(o, "device_code", NULL));
	const char *user_code = conf_str(o, "user_code", NULL);
	if (!code || !user_code)
		return fail(err, ERR_INPUT, "the device endpoint answered %d: %.200s",
			    answer.status, answer.body ? answer.body : "");
	if (!p->pending && !decide(p, user_code, err))
		return false;
	if (!begin_grant(p, GRANT_DEVICE_CODE, err))
		return false;
	ask_set(&p->ask, "device_code", code);
	return true;
}

/* A first refresh token: by password where that works, else by device code. */
static bool flow_refresh_token(struct play *p, struct err *err)
{
	struct err why = { 0 };
	const char *token = NULL;

	if (flow_password(p, &why))
		token = play_step(p, &p->ask, "refresh_token", &why);
	if (!token && (!flow_device_code(p, err) ||
		       !(token = play_step(p, &p->ask, "refresh_token", err))))
		return false;
	if (!begin_grant(p, GRANT_REFRESH_TOKEN, err))
		return false;
	ask_set(&p->ask, "refresh_token", token);
	return true;
}

static bool flow_authorization_code(struct play *p, struct err *err)
{
	const char *code;

	if (!need_client(p, GRANT_AUTHORIZATION_CODE, true, err) || !need_user(p, err))
		return false;
	code = play_code(p, err);
	if (!code || !begin_grant(p, GRANT_AUTHORIZATION_CODE, err))
		return false;
	ask_set(&p->ask, "code", code);
	ask_set(&p->ask, "redirect_uri", p->redirect_uri);
	ask_set(&p->ask, "code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
	return true;
}

/* ---- endpoints ---- */

/* A redirect URI that the client has, with a wildcard filled in. */
static const char *redirect_of(struct play *p)
{
	const char *uri = p->client->redirect_uris.n ? p->client->redirect_uris.v[0]
						     : "http://localhost/callback";
	size_t n = strcspn(uri, "*");

	return uri[n] ? arena_printf(p->arena, "%.*scallback", (int)n, uri) : uri;
}

static bool flow_authorize(struct play *p, struct err *err)
{
	if (!need_client(p, GRANT_AUTHORIZATION_CODE, true, err) ||
	    !begin(p, "authorize", "GET", err))
		return false;
	p->redirect_uri = redirect_of(p);
	ask_set(&p->ask, "client_id", p->client->id);
	ask_set(&p->ask, "response_type", "code");
	ask_set(&p->ask, "redirect_uri", p->redirect_uri);
	ask_set(&p->ask, "scope", play_scope(p, GRANT_AUTHORIZATION_CODE));
	ask_set(&p->ask, "state", "s");
	/* The pair of RFC 7636, appendix B. */
	ask_set(&p->ask, "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	ask_set(&p->ask, "code_challenge_method", "S256");
	return true;
}

static bool access_token(struct play *p, const char **ret, struct err *err)
{
	struct err why = { 0 };

	*ret = NULL;
	if (flow_password(p, &why))
		*ret = play_step(p, &p->ask, "access_token", &why);
	if (!*ret && flow_device_code(p, err))
		*ret = play_step(p, &p->ask, "access_token", err);
	return *ret != NULL;
}

static bool flow_userinfo(struct play *p, struct err *err)
{
	const char *token;

	if (!access_token(p, &token, err) || !begin(p, "userinfo", "GET", err))
		return false;
	p->ask.authorization = arena_printf(p->arena, "Bearer %s", token);
	return true;
}

/* Introspection and revocation: a token of the user, asked about by a client with proof. */
static bool about_token(struct play *p, const char *endpoint, bool is_public, struct err *err)
{
	const char *token;

	if (!access_token(p, &token, err))
		return false;
	p->client = play_client(p, GRANT_NONE, is_public);
	if (!p->client)
		return fail(err, ERR_INPUT, "no client for %s", endpoint);
	if (!begin(p, endpoint, "POST", err))
		return false;
	play_prove(p, &p->ask);
	ask_set(&p->ask, "token", token);
	return true;
}

static bool flow_introspect(struct play *p, struct err *err)
{
	return about_token(p, "introspect", false, err);
}

static bool flow_revoke(struct play *p, struct err *err)
{
	return about_token(p, "revoke", true, err);
}

static bool flow_logout(struct play *p, struct err *err)
{
	return begin(p, "logout", "GET", err);
}

static bool flow_discovery(struct play *p, struct err *err)
{
	return begin(p, "discovery", "GET", err);
}

static bool flow_instance(struct play *p, struct err *err)
{
	if (!begin(p, "instance", "GET", err))
		return false;
	ask_set(&p->ask, "api-version", "1.1");
	ask_set(&p->ask, "authorization_endpoint",
		"https://login.microsoftonline.com/common/oauth2/v2.0/authorize");
	return true;
}

static bool flow_authn(struct play *p, struct err *err)
{
	AUTO(json_t) json_t *o = NULL;

	if (!need_user(p, err) || !begin(p, "authn", "POST", err))
		return false;
	o = json_pack("{s:s, s:s}", "username", play_login(p->user), "password",
		      p->user->password);
	AUTO(char) char *text = json_dumps(o, JSON_COMPACT);
	p->ask.type = "application/json";
	p->ask.body = arena_str(p->arena, text);
	return true;
}

static bool flow_api(struct play *p, struct err *err)
{
	return begin(p, "api", "GET", err);
}

const char *play_code(struct play *p, struct err *err)
{
	const char *code = NULL;

	return flow_authorize(p, err) && play_browse(p, NULL, &code, err) ? code : NULL;
}

/* The path of an endpoint up to its first parameter, to know a page by. */
static const char *path_of(struct play *p, const char *endpoint)
{
	const char *url = play_url(p, endpoint);
	const char *path = url ? strchr(strstr(url, "://") + 3, '/') : NULL;

	return path ? path : "no such endpoint";
}

/* The sign-in form, filled in and not yet sent. */
static bool flow_sign_in(struct play *p, struct err *err)
{
	const char *code;

	return flow_authorize(p, err) && need_user(p, err) &&
	       play_browse(p, path_of(p, "sign_in"), &code, err);
}

/* The consent form, the answer chosen and not yet sent. */
static bool flow_consent(struct play *p, struct err *err)
{
	const char *code;

	return flow_authorize(p, err) && need_user(p, err) &&
	       play_browse(p, path_of(p, "consent"), &code, err) &&
	       (!strcmp(p->ask.method, "POST") || play_next_page(p, err));
}

/* The page that asks for the user code, with one that nobody has. */
static bool flow_device_page(struct play *p, struct err *err)
{
	AUTO_ANSWER answer = { 0 };

	if (!begin(p, "device_page", "GET", err) || !play_send(p, &answer, err))
		return false;
	if (!play_fill_form(p, p->ask.url, answer.body, &p->ask))
		return fail(err, ERR_INPUT, "the device page has no form");
	for (size_t i = 0; i < p->ask.n_fields; i++)
		if (p->user && !strcmp(p->ask.fields[i].value, play_login(p->user)))
			p->ask.fields[i].value = "NOBO-DYSC";
	return true;
}

static const struct {
	const char *name;
	bool (*prepare)(struct play *p, struct err *err);
} flows[] = {
	{ "password", flow_password },
	{ "client_credentials", flow_client_credentials },
	{ "device", flow_device },
	{ "device_code", flow_device_code },
	{ "refresh_token", flow_refresh_token },
	{ "authorization_code", flow_authorization_code },
	{ "authorize", flow_authorize },
	{ "userinfo", flow_userinfo },
	{ "introspect", flow_introspect },
	{ "revoke", flow_revoke },
	{ "logout", flow_logout },
	{ "discovery", flow_discovery },
	{ "instance", flow_instance },
	{ "authn", flow_authn },
	{ "api", flow_api },
	{ "sign_in", flow_sign_in },
	{ "consent", flow_consent },
	{ "device_page", flow_device_page },
};

bool play_flow(struct play *p, const char *flow, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(flows); i++)
		if (!strcmp(flows[i].name, flow))
			return flows[i].prepare(p, err);
	return fail(err, ERR_INPUT, "no flow '%s'", flow);
}
