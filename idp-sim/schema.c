/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/schema.h"

static const struct conf_key text = { "", CONF_STRING };
static const char *const grants[] = {
	"password",
	"client_credentials",
	"device_code",
	"refresh_token",
	"authorization_code",
	"token_exchange",
	"jwt_bearer",
	"urn:ietf:params:oauth:grant-type:device_code",
	"urn:ietf:params:oauth:grant-type:token-exchange",
	"urn:ietf:params:oauth:grant-type:jwt-bearer",
	NULL,
};
static const struct conf_key grant = { "", CONF_STRING, .allowed = grants };
static const char *const challenge_methods[] = { "plain", "S256", NULL };
static const struct conf_key challenge_method = { "", CONF_STRING,
						  .allowed = challenge_methods };

#define STRING(name, help_)                                                                    \
	{                                                                                      \
		name, CONF_STRING, .help = help_                                               \
	}
#define BOOL(name, help_)                                                                      \
	{                                                                                      \
		name, CONF_BOOL, .help = help_                                                 \
	}
#define NUMBER(name, help_)                                                                    \
	{                                                                                      \
		name, CONF_INT, .help = help_                                                  \
	}
#define DURATION(name, help_)                                                                  \
	{                                                                                      \
		name, CONF_DURATION, .help = help_                                             \
	}
#define WORDS(name, help_)                                                                     \
	{                                                                                      \
		name, CONF_LIST, .items = &text, .help = help_                                 \
	}

static const struct conf_key lifetimes[] = {
	DURATION("access", "Of access tokens."),
	DURATION("id", "Of ID tokens."),
	DURATION("refresh", "A refresh token that is not used for so long is expired."),
	DURATION("session", "The longest that refreshing can go on."),
	DURATION("device", "Of device codes."),
	DURATION("interval", "Between two polls."),
	DURATION("code", "Of authorization codes."),
	{ 0 },
};

static const struct conf_key client_keys[] = {
	{ "id", CONF_STRING, true, .help = "The client_id." },
	STRING("name", "What people and the control API call it."),
	BOOL("public", "Without proof; true when there is neither secret nor jwks."),
	STRING("secret", "The client_secret."),
	BOOL("secret_expired", "The secret is right and too old."),
	{ "jwks", CONF_DICT, .help = "Public keys for private_key_jwt: {keys: [...]}." },
	STRING("token_endpoint_auth_method",
	       "The one way to prove itself; basic and post when absent."),
	{ "grants", CONF_LIST, .items = &grant, .help = "Grants that it may use." },
	WORDS("scopes", "Scopes that it may ask for; all of the provider's when absent."),
	WORDS("default_scopes", "Granted unasked."),
	WORDS("redirect_uris", "Where the browser may be sent; * at the end matches all."),
	WORDS("logout_redirect_uris", "The same after signing out."),
	WORDS("origins", "Origins that CORS lets in."),
	{ "pkce", CONF_STRING, .allowed = challenge_methods, .help = "PKCE is required, so." },
	BOOL("consent_required", "Each person is asked."),
	BOOL("consented", "False: an administrator's consent is missing."),
	BOOL("assignment_required", "Only `users` and `groups` may sign in."),
	WORDS("users", "Who may sign in."),
	WORDS("groups", "Groups that may."),
	BOOL("disabled", "Switched off."),
	BOOL("bearer_only", "Only receives tokens."),
	BOOL("adopted", "Registered on first use."),
	BOOL("rotates", "Whether its refresh tokens rotate; the provider's way when absent."),
	STRING("tenant", "The one tenant that knows it; all when absent."),
	{ "lifetimes", CONF_MAP, .keys = lifetimes, .help = "In place of the provider's." },
	STRING("audience", "aud of its access tokens, in place of the API's."),
	WORDS("roles", "Application roles in its own tokens."),
	WORDS("granted_scopes", "Scopes that an administrator granted; all when absent."),
	WORDS("resources", "APIs that it may ask for; all when absent."),
	WORDS("policy_grants", "Grants that the access policy allows."),
	BOOL("blocked", "Conditional access refuses it."),
	{ "spa", CONF_ANY, .help = "True, or how long its refresh tokens live (Entra)." },
	{ "sign_in_frequency", CONF_ANY, .help = "A sign-in holds so long (Entra)." },
	NUMBER("rate_limit", "Requests a minute."),
	STRING("oid", "Object id of its service principal (Entra)."),
	STRING("uuid", "Internal id (Keycloak)."),
	STRING("service_account", "Subject of its own tokens (Keycloak)."),
	{ 0 },
};
static const struct conf_key client = { "", CONF_MAP, .keys = client_keys };

/* Other members are claims: ${user.NAME}. */
static const struct conf_key user_keys[] = {
	{ "name", CONF_STRING, true, .help = "The login name." },
	STRING("password", "Without one nobody can sign in as this person."),
	STRING("otp", "A second factor that is asked for."),
	STRING("email", "Also a login name, as upn, login and preferred_username are."),
	WORDS("groups", "Groups."),
	NUMBER("group_count",
	       "So many groups more, with made-up ids: over 200 Entra sends none."),
	WORDS("roles", "Roles."),
	BOOL("disabled", "Switched off."),
	BOOL("locked", "Locked after too many tries."),
	BOOL("must_change_password", "A required action is open."),
	BOOL("password_expired", "The password is too old."),
	BOOL("mfa_required", "A policy asks for a second factor."),
	BOOL("guest", "Of another tenant."),
	NUMBER("rate_limit", "Sign-ins with the password in a minute."),
	BOOL("blocked", "A policy blocks every sign-in."),
	STRING("tenant", "The one tenant that has this person."),
	{ 0 },
};
static const struct conf_key user = { "", CONF_DICT, .keys = user_keys };

#define OWN_ORIGIN                                                                             \
	STRING("listen", "An origin of its own, as 127.0.0.1:0 or https://127.0.0.1:9443; "    \
			 "read at start."),                                                    \
		STRING("public_url", "What its issuers begin with behind a proxy, or as a "    \
				     "virtual host; read at start.")

static const struct conf_key tenant_keys[] = {
	{ "id", CONF_STRING, true, .help = "As in the path: a GUID, a realm, a server." },
	STRING("name", "The display name."),
	WORDS("aliases", "Other words for it."),
	BOOL("disabled", "Switched off."),
	BOOL("any", "Stands for every tenant: common, organizations."),
	STRING("home", "Whose tokens a tenant with `any` issues."),
	NUMBER("pending_codes", "Device codes that one client may have open."),
	OWN_ORIGIN,
	{ 0 },
};
static const struct conf_key tenant = { "", CONF_DICT, .keys = tenant_keys };

static const struct conf_key scope_keys[] = {
	{ "name", CONF_STRING, true, .help = "As a client asks for it." },
	BOOL("default", "Granted unasked."),
	BOOL("hidden", "Granted and not named in the answer."),
	BOOL("openid", "Of OpenID Connect, not of an API."),
	BOOL("consent", "Consent is needed first."),
	STRING("audience", "Added to aud."),
	{ 0 },
};
static const struct conf_key scope = { "", CONF_MAP, .keys = scope_keys };

static const struct conf_key resource_keys[] = {
	{ "uri", CONF_STRING, true, .help = "What scopes begin with: api://platform." },
	{ "id", CONF_STRING, true, .help = "The API's client id: aud of a v2 token." },
	STRING("version", "Tokens it accepts: 1.0 or 2.0."),
	BOOL("default", "Meant when no scope names one."),
	BOOL("private", "Only the API itself can verify its tokens (Microsoft Graph)."),
	WORDS("scopes", "Delegated permissions."),
	WORDS("roles", "Application permissions."),
	WORDS("aliases", "Other URIs."),
	{ 0 },
};
static const struct conf_key resource = { "", CONF_MAP, .keys = resource_keys };

static const char *const key_algs[] = { "RS256", "ES256", NULL };
static const char *const kid_styles[] = { "sha256", "x5t", "uuid", NULL };
static const struct conf_key key_keys[] = {
	{ "alg", CONF_STRING, .allowed = key_algs, .help = "What they sign with." },
	{ "kid", CONF_STRING, .allowed = kid_styles, .help = "How keys are named." },
	BOOL("shared", "One set of keys for all tenants."),
	BOOL("encryption_key", "An RSA-OAEP key stands first in the JWKS."),
	{ 0 },
};

/* ---- behaviours ---- */

static const char *const reuses[] = { "keep", "refuse", "revoke-session", NULL };
static const char *const publics[] = { "allow", "refuse", NULL };

static const struct conf_key token_behaviour[] = {
	DURATION("backdate", "iat is so long before now."),
	DURATION("skew", "exp is so much later than expires_in says."),
	{ 0 },
};
static const struct conf_key client_behaviour[] = {
	BOOL("public_secret_refused", "A public client must not send a secret."),
	{ 0 },
};
static const struct conf_key device_behaviour[] = {
	BOOL("checks_scope", "At the device endpoint already."),
	BOOL("checks_grant", "At the device endpoint already."),
	BOOL("slow_down", "Polls that come too early get slow_down."),
	NUMBER("slow_down_adds", "Seconds that each slow_down adds to the interval."),
	BOOL("code_remembered", "A redeemed code is told from an unknown one."),
	DURATION("linger", "An expired code is remembered so long."),
	NUMBER("pending_codes", "User codes that one client may have open."),
	BOOL("consent", "The consent page is always shown."),
	{ 0 },
};
static const struct conf_key refresh_behaviour[] = {
	BOOL("rotates", "Each refresh token works once."),
	{ "reuse", CONF_STRING, .allowed = reuses, .help = "What an old one does." },
	DURATION("grace", "An old one works so long."),
	BOOL("jwt", "Refresh tokens are JSON Web Tokens."),
	NUMBER("length", "Characters of an opaque one."),
	BOOL("needs_offline_access", "None without that scope."),
	BOOL("inherits_lifetime", "The lifetime runs from the first one."),
	BOOL("widens", "A refresh may ask for more scopes."),
	BOOL("auth_time", "Refreshed tokens say when the person signed in."),
	{ 0 },
};
static const struct conf_key scopes_behaviour[] = {
	BOOL("of_resources", "Scopes are RESOURCE/NAME."),
	NUMBER("groups_limit",
	       "Groups that the scope groups gives at most; more are an error."),
	BOOL("listed_order", "Granted scopes come in the order of this file."),
	BOOL("defaults_always", "The defaults are granted whatever is asked for."),
	BOOL("openid_for_clients", "client_credentials may ask for openid."),
	{ 0 },
};
static const struct conf_key authorize_behaviour[] = {
	BOOL("loopback_any_port", "RFC 8252, 7.3."),
	STRING("session_cookie", "NAME; attributes: who is signed in at a browser."),
	DURATION("session_life", "How long that cookie is good; a day when absent."),
	BOOL("session_of_tenant", "It counts for the tenant alone that gave it."),
	{ 0 },
};
static const struct conf_key password_behaviour[] = {
	NUMBER("lock_after", "Wrong passwords until the account is locked; 0: never."),
	DURATION("lock_for", "How long it stays so."),
	BOOL("state_first", "Disabled and locked are said before the password is looked at."),
	{ 0 },
};
static const struct conf_key introspect_behaviour[] = {
	{ "public", CONF_STRING, .allowed = publics, .help = "What a public client gets." },
	BOOL("all_claims", "The answer has every claim of the token."),
	{ 0 },
};
static const struct conf_key revoke_behaviour[] = {
	BOOL("access_tokens", "Revoking an access token takes effect."),
	BOOL("whole_client",
	     "Revoking a refresh token ends all that the client has of the person."),
	{ 0 },
};
static const struct conf_key userinfo_behaviour[] = {
	BOOL("needs_openid", "The token has to have the scope openid."),
	{ 0 },
};
static const struct conf_key logout_behaviour[] = {
	BOOL("needs_hint", "Neither hint nor client_id is an error."),
	{ 0 },
};
static const struct conf_key behaviours[] = {
	BOOL("grant_type_first", "grant_type is looked at before the client."),
	BOOL("duplicates_refused", "A parameter that occurs twice is an error."),
	BOOL("token_exchange", "RFC 8693."),
	NUMBER("rate_limit", "Requests a minute; 0: none."),
	{ "token", CONF_MAP, .keys = token_behaviour },
	{ "client", CONF_MAP, .keys = client_behaviour },
	{ "device", CONF_MAP, .keys = device_behaviour },
	{ "refresh", CONF_MAP, .keys = refresh_behaviour },
	{ "scopes", CONF_MAP, .keys = scopes_behaviour },
	{ "authorize", CONF_MAP, .keys = authorize_behaviour },
	{ "password", CONF_MAP, .keys = password_behaviour },
	{ "introspect", CONF_MAP, .keys = introspect_behaviour },
	{ "revoke", CONF_MAP, .keys = revoke_behaviour },
	{ "userinfo", CONF_MAP, .keys = userinfo_behaviour },
	{ "logout", CONF_MAP, .keys = logout_behaviour },
	{ 0 },
};

/* ---- the surface ---- */

static const char *const endpoint_kinds[] = {
	"document", "discovery",  "jwks",     "token",	"device", "authorize",
	"userinfo", "introspect", "revoke",   "logout", "page",	  "sign_in",
	"consent",  "status",	  "instance", "authn",	NULL,
};
static const struct conf_key endpoint_keys[] = {
	{ "name", CONF_STRING, true, .help = "What troubles and the journal call it." },
	{ "kind", CONF_STRING, .allowed = endpoint_kinds, .help = "The name when absent." },
	{ "path", CONF_STRING, true, .help = "{tenant} matches one segment." },
	STRING("version", "1.0 or 2.0 where the wire has two."),
	STRING("methods", "Blank separated; by kind when absent."),
	STRING("tenant", "Of a path without {tenant}."),
	STRING("headers", "A set of `headers`, for a success."),
	STRING("error_headers", "For an error; as `headers` when absent."),
	STRING("redirect_headers", "A set of `headers`, for a redirect."),
	STRING("redirect_headers", "For an answer that sends the browser elsewhere."),
	STRING("envelope", "Of `envelopes`, for an error; oauth when absent."),
	STRING("body", "Template of the answer."),
	STRING("issuer", "In place of the provider's."),
	BOOL("strict_type", "Another content type than a form is refused."),
	BOOL("html", "The body is a page."),
	{ 0 },
};
static const struct conf_key endpoint = { "", CONF_MAP, .keys = endpoint_keys };
static const struct conf_key header_set = { "", CONF_DICT };
static const struct conf_key page_keys[] = {
	STRING("title", "Of the page."),
	STRING("message", "On the page."),
	{ 0 },
};
static const struct conf_key page = { "", CONF_MAP, .keys = page_keys };

#define ABOUT_AN_ERROR                                                                         \
	STRING("source", "Where the words were found."),                                       \
		STRING("confidence",                                                           \
		       "How sure they are: live, official doc, pasted log, ..."),              \
		STRING("when", "When it is given, in a few words."),                           \
		STRING("meaning", "What it says to the person."),                              \
		STRING("causes", "What leads to it in a tenant."),                             \
		STRING("fix", "What to do."),                                                  \
		WORDS("tested", "Ids of a test suite that plays it.")

static const struct conf_key error_defaults[] = { ABOUT_AN_ERROR, { 0 } };
static const struct conf_key error_keys[] = {
	NUMBER("status", "HTTP status; 400 when absent."),
	STRING("error", "The OAuth error."),
	STRING("description", "Template of error_description."),
	NUMBER("number", "70011 of AADSTS70011."),
	STRING("code", "A code like E0000047."),
	STRING("suberror", "Entra's."),
	STRING("claims", "Entra's claims challenge."),
	BOOL("no_uri", "Without error_uri."),
	STRING("headers", "A set of `headers`."),
	STRING("envelope", "One of `envelopes`."),
	STRING("body", "Template in place of the envelope."),
	STRING("page", "Title of an HTML page in place of JSON."),
	ABOUT_AN_ERROR,
	{ 0 },
};
static const struct conf_key error = { "", CONF_MAP, .keys = error_keys };

const struct conf_key provider_schema[] = {
	{ "name", CONF_STRING, true, .help = "azure, okta, ...: what everything calls it." },
	STRING("title", "For people."),
	STRING("prefix", "Put before every path."),
	{ "keys", CONF_MAP, .keys = key_keys, .help = "Signing keys." },
	{ "lifetimes", CONF_MAP, .keys = lifetimes, .help = "How long things live." },
	{ "code_challenge_methods", CONF_LIST, .items = &challenge_method, .help = "Of PKCE." },
	{ "behaviours", CONF_MAP, .keys = behaviours, .help = "Where dialects differ." },
	{ "headers", CONF_DICT, .items = &header_set, .help = "Named sets, in order." },
	{ "envelopes", CONF_DICT, .items = &text, .help = "Bodies of errors." },
	{ "endpoints", CONF_LIST, true, .items = &endpoint, .help = "The paths." },
	{ "texts", CONF_DICT, true, .items = &text, .help = "Tokens, codes, pages." },
	{ "pages", CONF_DICT, .items = &page, .help = "Words of pages." },
	{ "error_defaults", CONF_MAP, .keys = error_defaults,
	  .help = "For errors without their own." },
	{ "errors", CONF_DICT, .items = &error, .help = "By situation, or situation@limit." },
	{ "scopes", CONF_LIST, .items = &scope, .help = "Scopes that it knows." },
	{ "resources", CONF_LIST, .items = &resource,
	  .help = "APIs with scopes of their own." },
	{ "tenants", CONF_LIST, true, .items = &tenant, .help = "The first is the usual one." },
	{ "clients", CONF_LIST, .items = &client, .help = "Registered clients." },
	{ "users", CONF_LIST, .items = &user, .help = "People." },
	{ 0 },
};

static const struct conf_key overlay_keys[] = {
	OWN_ORIGIN,
	{ "lifetimes", CONF_MAP, .keys = lifetimes, .help = "How long things live." },
	{ "tenants", CONF_LIST, .items = &tenant, .help = "Added, or changed, by id." },
	{ "clients", CONF_LIST, .items = &client, .help = "Added, or changed, by id." },
	{ "users", CONF_LIST, .items = &user, .help = "Added, or changed, by name." },
	{ 0 },
};
static const struct conf_key overlay = { "", CONF_MAP, .keys = overlay_keys };

const struct conf_key config_schema[] = {
	STRING("state", "Where copies that are one issuer keep what they share: "
			"redis://HOST:PORT/DB, unix:///PATH, or memory."),
	{ "providers", CONF_DICT, .items = &overlay,
	  .help = "By the name of the provider: azure, okta, keycloak." },
	{ 0 },
};

const struct conf_key record_schema[] = {
	{ "tenants", CONF_LIST, .items = &tenant },
	{ "clients", CONF_LIST, .items = &client },
	{ "users", CONF_LIST, .items = &user },
	{ 0 },
};
