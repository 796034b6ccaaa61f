/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/program/table.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/program/command.h"

#include <string.h>

const char *error_code(const struct oauth_error *e)
{
	return e->code ? e->code : situation_names[e->situation];
}

static bool has_word(const struct oauth_error *e, const char *word)
{
	char number[32];
	char limited[80];

	snprintf(limited, sizeof(limited), "%s@%s", situation_names[e->situation],
		 e->variant ? e->variant : "");
	snprintf(number, sizeof(number), "%lld", (long long)e->number);
	return !strcmp(limited, word) || (e->code && !strcmp(e->code, word)) ||
	       (e->number && !strcmp(number, word)) ||
	       !strcmp(situation_names[e->situation], word);
}

/* An OAuth error name is said in many situations, so it counts only when nothing else fits. */
static const struct oauth_error *nth(const struct provider *p, const char *word, size_t n,
				     bool by_error)
{
	for (size_t i = 0; i < p->n_errors; i++) {
		const struct oauth_error *e = &p->errors[i];
		bool fits = by_error ? e->error && !strcmp(e->error, word) : has_word(e, word);
		if (fits && !n--)
			return e;
	}
	return NULL;
}

const struct oauth_error *next_error(const struct provider *p, const char *word, size_t n)
{
	return nth(p, word, n, !nth(p, word, 0, false));
}

struct found find_error(struct provider *const *providers, size_t n, const char *word)
{
	for (int by_error = 0; by_error < 2; by_error++)
		for (size_t i = 0; i < n; i++) {
			const struct oauth_error *e =
				by_error ? NULL : provider_find_error(providers[i], word);
			if (!e)
				e = nth(providers[i], word, 0, by_error);
			if (e)
				return (struct found) { providers[i], e };
		}
	return (struct found) { 0 };
}

const char *error_text(const struct provider *p, const struct oauth_error *e, struct arena *a)
{
	AUTO_BUF key = { 0 };
	AUTO_BUF out = { 0 };

	buf_printf(&key, "%s%s%s", situation_names[e->situation], e->variant ? "@" : "",
		   e->variant ? e->variant : "");
	const json_t *o = json_object_get(json_object_get(p->source, "errors"), key.p);
	const char *text = json_string_value(json_object_get(o, "description"));
	for (const char *c = text ? text : ""; *c; c++) {
		if (c[0] == '$' && c[1] == '{') {
			size_t n = strcspn(c, "}");
			buf_printf(&out, "<%.*s>", (int)(n - 2), c + 2);
			c += n - (c[n] == 0);
			continue;
		}
		buf_char(&out, *c);
	}
	return arena_str(a, out.p ? out.p : "");
}

void print_title(const struct provider *p, const struct oauth_error *e)
{
	static const struct {
		const char *sure, *words;
	} sources[] = { { "live", "seen live" },
			{ "doc", "official doc" },
			{ "log", "pasted log" },
			{ "open", "nobody: not confirmed" } };
	const char *from = "";

	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (!strcmp(sources[i].sure, error_sure(e)))
			from = sources[i].words;
	printf("%s%s%s  %-24s %s%s%s, HTTP %d, known from: %s\n\n", ink(INK_BOLD),
	       error_code(e), ink(INK_PLAIN), e->error ? e->error : "", p->name,
	       e->variant ? " " : "", e->variant ? e->variant : "", e->status, from);
}

const char *error_sure(const struct oauth_error *e)
{
	static const struct {
		const char *word, *sure;
	} words[] = { { "UNCONFIRMED", "open" }, { "inferred", "open" },
		      { "open", "open" },	 { "analogy", "open" },
		      { "live", "live" },	 { "doc", "doc" },
		      { "RFC", "doc" },		 { "error list", "doc" },
		      { "source code", "doc" },	 { "general knowledge", "open" } };

	for (size_t i = 0; e->confidence && i < ARRAY_LEN(words); i++)
		if (strcasestr(e->confidence, words[i].word))
			return words[i].sure;
	return e->confidence ? "log" : "open";
}

/* By the beginning of the situation's name, or by what the error is limited to. */
static const struct {
	const char *prefix, *place;
} places[] = {
	{ "device_flow", "device endpoint" },
	{ "device", "token endpoint, while polling" },
	{ "authorization_pending", "token endpoint, while polling" },
	{ "slow_down", "token endpoint, while polling" },
	{ "too_many", "device endpoint" },
	{ "user_code", "device page" },
	{ "refresh", "token endpoint, refresh" },
	{ "code_", "token endpoint, authorization code" },
	{ "pkce_m", "token endpoint, authorization code" },
	{ "redirect_uri", "token endpoint, authorization code" },
	{ "wrong_password", "token endpoint, password" },
	{ "missing_password", "token endpoint, password" },
	{ "missing_username", "token endpoint, password" },
	{ "unknown_user", "token endpoint, password" },
	{ "user_rate", "any endpoint" },
	{ "user_consent", "permissions and policies" },
	{ "user_not", "permissions and policies" },
	{ "user_", "token endpoint, password" },
	{ "password", "token endpoint, password" },
	{ "must_change", "token endpoint, password" },
	{ "mfa", "token endpoint, password" },
	{ "guest", "token endpoint, password" },
	{ "sign_on", "token endpoint, password" },
	{ "consent_denied", "authorization endpoint" },
	{ "consent", "permissions and policies" },
	{ "role_", "permissions and policies" },
	{ "groups_", "permissions and policies" },
	{ "policy", "permissions and policies" },
	{ "conditional", "permissions and policies" },
	{ "invalid_scope", "scopes" },
	{ "malformed_scope", "scopes" },
	{ "unknown_scope", "scopes" },
	{ "missing_scope", "scopes" },
	{ "openid_scope", "scopes" },
	{ "custom_scope", "scopes" },
	{ "scope_", "scopes" },
	{ "unknown_resource", "scopes" },
	{ "resource_", "scopes" },
	{ "pkce_", "authorization endpoint" },
	{ "bad_redirect", "authorization endpoint" },
	{ "missing_re", "authorization endpoint" },
	{ "unsupported_response", "authorization endpoint" },
	{ "login_required", "authorization endpoint" },
	{ "interaction_required", "authorization endpoint" },
	{ "session_expired", "authorization endpoint" },
	{ "unknown_client", "client" },
	{ "missing_client", "client" },
	{ "missing_secret", "client" },
	{ "client_", "client" },
	{ "invalid_client", "client" },
	{ "invalid_assertion", "client" },
	{ "missing_assertion", "client" },
	{ "assertion_", "client" },
	{ "cross_origin", "client" },
	{ "wrong_secret", "client" },
	{ "wrong_auth", "client" },
	{ "secret", "client" },
	{ "malformed_basic", "client" },
	{ "multiple_cred", "client" },
	{ "needs_private", "client" },
	{ "unauthorized_client", "client" },
	{ "grant_not", "client" },
	{ "public_client", "client" },
	{ "missing_token", "userinfo" },
	{ "invalid_token", "userinfo" },
	{ "token_", "userinfo" },
	{ "session_ended", "userinfo" },
	{ "insufficient_scope", "userinfo" },
	{ "introspect", "introspection, revocation, sign-out" },
	{ "revoke", "introspection, revocation, sign-out" },
	{ "logout", "introspection, revocation, sign-out" },
	{ "", "any endpoint" },
};

const char *error_place(const struct oauth_error *e)
{
	const char *name = situation_names[e->situation];
	size_t i = 0;

	if (e->variant && !strcmp(e->variant, "device"))
		return "device endpoint";
	if (e->variant && !strcmp(e->variant, "authorize"))
		return "authorization endpoint";
	if (e->variant && !strcmp(e->variant, "refresh_token"))
		return "token endpoint, refresh";
	while (strncmp(name, places[i].prefix, strlen(places[i].prefix)) != 0)
		i++;
	return places[i].place;
}

int complain_unknown(const char *word)
{
	const char *names[S_N + 1] = { 0 };
	const char *near;

	for (int i = 1; i < S_N; i++)
		names[i - 1] = situation_names[i];
	near = conf_nearest(word, names);
	return complain(EXIT_SAYS_NO,
			"no provider gives '%s'%s%s%s; idp-sim errors lists what they give",
			word, near ? ": did you mean '" : "", near ? near : "",
			near ? "'?" : "");
}
