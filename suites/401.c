/* SPDX-License-Identifier: Apache-2.0 */
/* 401.c - "401 on every request": whose token counts, and whose does not. */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/conf.h"

#include <string.h>

/* ---- a request of the Admin, with one thing wrong ---- */

static const struct answer *with_token(struct run *run, const char *token)
{
	return request(run, &(struct ask) { .token = token });
}

static void good_request_reaches(struct run *run)
{
	control_allowed(run, "a good token", with_token(run, token_for(run, "alice")));
}

static void no_credentials(struct run *run)
{
	const struct answer *a;

	good_request_reaches(run);
	a = request(run, &(struct ask) { 0 });
	check_refused(run, "a request without credentials", a, "401");
	check_that(run, json_object_get(a->json, "detail") != NULL, "explains itself in JSON",
		   "a JSON object with detail", "%s", a->body);
}

/* Authorization values that are no bearer credentials, made from a good token. */
struct credentials {
	const char *who;
	const char *before;
	int take; /* bytes of a good token; -1: all */
	const char *after;
};

static const struct credentials raw_token[] = {
	{ "a token without the word Bearer", "", -1, "" }, { 0 }
};
static const struct credentials basic[] = { { "Basic credentials", "Basic ", -1, "" }, { 0 } };
static const struct credentials garbage[] = {
	{ "Bearer without a token", "Bearer", 0, "" },
	{ "Bearer and a blank", "Bearer ", 0, "" },
	{ "the word garbage", "Bearer garbage", 0, "" },
	{ "two dots", "Bearer ..", 0, "" },
	{ "a token with a fourth part", "Bearer ", -1, ".extra" },
	{ "a token cut in half", "Bearer ", 60, "" },
	{ "a token before a comma", "Bearer ", -1, ", Bearer garbage" },
	{ 0 }
};
static const struct credentials any_case[] = { { "the scheme \"bearer\"", "bearer ", -1, "" },
					       { "the scheme \"BEARER\"", "BEARER ", -1, "" },
					       { 0 } };

static const struct answer *with_credentials(struct run *run, const struct credentials *c,
					     const char *token)
{
	int n = c->take < 0 ? (int)strlen(token) : c->take;

	return request(run,
		       &(struct ask) { .authorization = run_printf(run, "%s%.*s%s", c->before,
								   n, token, c->after) });
}

static void credentials_refused(struct run *run)
{
	const char *token = token_for(run, "alice");

	good_request_reaches(run);
	for (const struct credentials *c = run->arg; c->who; c++)
		check_refused(run, c->who, with_credentials(run, c, token), "401");
}

static void credentials_accepted(struct run *run)
{
	const char *token = token_for(run, "alice");

	for (const struct credentials *c = run->arg; c->who; c++)
		check_allowed(run, c->who, with_credentials(run, c, token));
}

/* ---- tokens that are wrong in one way ---- */

struct defect {
	const char *who;
	const char *forge; /* see token.h; NULL: only claims and header differ */
	const char *
		claims; /* merge patch as JSON; ISSUER and AUDIENCE are filled in; NULL: none */
	const char *header; /* the same for the JOSE header */
	int64_t age_s, lifetime_s;
};

static const char *replace(struct run *run, const char *text, const char *word, const char *by)
{
	const char *p = text ? strstr(text, word) : NULL;

	return !p ? text
		  : run_printf(run, "%.*s%s%s", (int)(p - text), text, by ? by : "",
			       p + strlen(word));
}

static json_t *patch(struct run *run, const char *text)
{
	json_error_t where;
	json_t *o;

	if (!text)
		return NULL;
	text = replace(run, text, "ISSUER", run->config->issuer);
	text = replace(run, text, "AUDIENCE", run->config->audience);
	text = replace(run, text, "SUBJECT", run->config->subject_claim);
	o = json_loads(text, 0, &where);
	if (!o)
		run_broken(run, "%s: %s", text, where.text);
	return o;
}

static const char *defective(struct run *run, const struct defect *d)
{
	return token_made(run, &(struct token_ask) {
				       .forge = d->forge,
				       .claims = patch(run, d->claims),
				       .header = patch(run, d->header),
				       .age_s = d->age_s,
				       .lifetime_s = d->lifetime_s,
			       });
}

static void defective_refused(struct run *run)
{
	good_request_reaches(run);
	for (const struct defect *d = run->arg; d->who; d++)
		check_refused(run, d->who, with_token(run, defective(run, d)), "401");
}

static const struct defect foreign_issuer[] = {
	{ "a token of another issuer",
	  .claims = "{\"iss\": \"https://issuer.example/elsewhere\"}" },
	{ 0 },
};
static const struct defect inexact_issuer[] = {
	{ "an issuer with a slash more", .claims = "{\"iss\": \"ISSUER/\"}" },
	{ "an issuer that begins with ours", .claims = "{\"iss\": \"ISSUER.evil.example\"}" },
	{ "a token without an issuer", .claims = "{\"iss\": null}" },
	{ 0 },
};
static const struct defect foreign_audience[] = {
	{ "a token for another audience", .claims = "{\"aud\": \"another-api\"}" },
	{ 0 },
};
static const struct defect inexact_audience[] = {
	{ "an audience that contains ours", .claims = "{\"aud\": \"AUDIENCE-evil\"}" },
	{ "a token without an audience", .claims = "{\"aud\": null}" },
	{ 0 },
};
static const struct defect foreign_audiences[] = {
	{ "a token whose audience list lacks ours",
	  .claims = "{\"aud\": [\"another-api\", \"a-third\"]}" },
	{ 0 },
};
static const struct defect expired[] = {
	{ "a token that expired an hour ago", .age_s = 7200, .lifetime_s = 3600 },
	{ 0 },
};
static const struct defect times[] = {
	{ "a token without exp", .claims = "{\"exp\": null}" },
	{ "a token without iat", .claims = "{\"iat\": null}" },
	{ "a token whose nbf is in the future", .claims = "{\"nbf\": 4102444800}" },
	{ 0 },
};
static const struct defect future_iat[] = {
	{ "a token issued in the future",
	  .claims = "{\"iat\": 4102444000, \"exp\": 4102447600}" },
	{ 0 },
};
/* The clocks of issuer and verifier are one here: there is no skew to forgive. */
static const struct defect edges[] = {
	{ "a token that ended a second ago", .age_s = 3601, .lifetime_s = 3600 },
	{ "a token of half a minute from now", .age_s = -30 },
	{ 0 },
};
static const struct defect no_subject[] = {
	{ "a token without a subject", .claims = "{\"sub\": null, \"SUBJECT\": null}" },
	{ 0 },
};
static const struct defect bad_signature[] = {
	{ "a token with one byte of its signature changed", .forge = "signature" },
	{ "a token whose payload was changed", .forge = "payload" },
	{ "a token without its signature", .forge = "no-signature" },
	{ 0 },
};
static const struct defect foreign_key[] = {
	{ "a token of an unknown key", .forge = "kid" },
	{ "a token under an unknown kid", .header = "{\"kid\": \"no-such-key\"}" },
	{ "a token of another key under a known kid", .forge = "key" },
	{ "a token that brings its key along", .forge = "embedded-key" },
	{ 0 },
};
static const struct defect confused[] = {
	{ "a token signed HS256 with the public key", .forge = "alg-hs256" },
	{ 0 },
};
static const struct defect unsigned_token[] = {
	{ "a token with alg none", .forge = "alg-none" },
	{ 0 },
};
static const struct defect unsigned_spelled[] = {
	{ "alg None", .forge = "alg-none", .header = "{\"alg\": \"None\"}" },
	{ "alg NONE", .forge = "alg-none", .header = "{\"alg\": \"NONE\"}" },
	{ "alg nOnE", .forge = "alg-none", .header = "{\"alg\": \"nOnE\"}" },
	{ 0 },
};

/* ---- tokens that are right in another way ---- */

static void additional_issuer(struct run *run)
{
	const char *second = run->config->additional_issuers[0];
	json_t *claims = json_pack("{s:s}", "iss", second);

	good_request_reaches(run);
	check_allowed(
		run, "a token of an additional issuer",
		with_token(run, token_made(run, &(struct token_ask) { .claims = claims })));
}

static void third_issuer(struct run *run)
{
	good_request_reaches(run);
	check_refused(run, "a token of an issuer that is not listed",
		      with_token(run, defective(run, foreign_issuer)), "401");
}

static void audience_list(struct run *run)
{
	json_t *claims = json_pack("{s:[s,s]}", "aud", "another-api", run->config->audience);

	check_allowed(
		run, "a token whose audience list has ours",
		with_token(run, token_made(run, &(struct token_ask) { .claims = claims })));
	check_refused(run, foreign_audiences->who,
		      with_token(run, defective(run, foreign_audiences)), "401");
}

static void audience_falls_back(struct run *run)
{
	json_t *ours = json_pack("{s:s}", "aud", run->config->client_id);

	control_allowed(
		run, "a token for the client id",
		with_token(run, token_made(run, &(struct token_ask) { .claims = ours })));
	check_refused(run, "a token for somebody else",
		      with_token(run, defective(run, foreign_audience)), "401");
}

static void key_rotation(struct run *run)
{
	good_request_reaches(run);
	sim(run, "POST", "/_sim/keys/rotate",
	    json_pack("{s:s, s:b}", "provider", run->provider, "publish", 1));
	check_allowed(run, "a token of the new key", with_token(run, token_for(run, "alice")));
}

static void keys_unreachable(struct run *run)
{
	good_request_reaches(run);
	/* First nobody can fetch keys: a target that does so by itself would have the new one. */
	trouble(run, "{s:s, s:s}", "kind", "document", "what", "unreachable");
	sim(run, "POST", "/_sim/keys/rotate",
	    json_pack("{s:s, s:b}", "provider", run->provider, "publish", 1));
	check_refused(run, "a token whose key cannot be fetched",
		      with_token(run, token_for(run, "alice")), "401 503");
}

/* ---- identity by header, uniform answers ---- */

static void principal_header(struct run *run)
{
	const char *headers[] = { header_line(run, "principal_id", "admin@example.com"),
				  header_line(run, "principal_email", "admin@example.com"),
				  NULL };

	good_request_reaches(run);
	check_refused(run, "a principal header instead of a token",
		      request(run, &(struct ask) { .headers = headers }), "401");
}

static void uniform_answers(struct run *run)
{
	static const struct defect *const kinds[] = { foreign_issuer, foreign_audience, expired,
						      bad_signature };
	const struct answer *first = NULL, *a;

	good_request_reaches(run);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		a = with_token(run, defective(run, kinds[i]));
		if (!first) {
			first = a;
			continue;
		}
		check_that(
			run, a->status == first->status && strcmp(a->body, first->body) == 0,
			run_printf(run, "tells nothing of %s", kinds[i]->who),
			run_printf(run, "%d %s, as for the others", first->status, first->body),
			"%d %s", a->status, a->body);
	}
}

static void denied_by_who_asks(struct run *run)
{
	const char *path = ws_path(run, "other-team");

	good_request_reaches(run);
	check_status(run, "answers somebody unknown with 401",
		     request(run, &(struct ask) { .path = path }), "401");
	check_status(run, "answers somebody known with 403",
		     request(run, &(struct ask) { .path = path,
						  .token = token_for(run, "mallory") }),
		     "403");
}

/* ---- discovery ---- */

static const struct answer *discovery(struct run *run)
{
	struct ask ask = { .path = edition_path(run->edition, "discovery") };

	return run->surface == PDP ? request_pdp(run, &ask) : request(run, &ask);
}

static void auth_is_on(struct run *run)
{
	const struct answer *a = discovery(run);

	check_status(run, "answers without credentials", a, "200");
	check_that(run, json_is_true(json_object_get(a->json, "auth_enabled")),
		   "says that authentication is on", "\"auth_enabled\": true", "%s", a->body);
}

static void says_how_to_sign_in(struct run *run)
{
	const struct platform_config *c = run->config;
	const struct answer *a = discovery(run);

	check_equal(run, "publishes the client id", conf_str(a->json, "oidc.client_id", ""),
		    c->client_id);
	check_equal(run, "publishes the default scopes",
		    conf_str(a->json, "oidc.default_scopes", ""), c->default_scopes);
	guards(run, c->scope_prefix ? NULL : "there is none at this provider");
	check_equal(run, "publishes the scope prefix",
		    conf_str(a->json, "oidc.scope_prefix", ""),
		    c->scope_prefix ? c->scope_prefix : "");
}

static void auth_is_off(struct run *run)
{
	const struct answer *a = discovery(run);

	check_that(run, json_is_false(json_object_get(a->json, "auth_enabled")),
		   "says that authentication is off", "\"auth_enabled\": false", "%s", a->body);
	if (run->surface == SERVICE)
		check_allowed(run, "anybody", request(run, &(struct ask) { 0 }));
}

static void overrides_are_published(struct run *run)
{
	const struct answer *a = discovery(run);

	check_equal(run, "publishes the configured endpoint",
		    conf_str(a->json, "oidc.token_endpoint", ""), run->config->token_endpoint);
	control_that(run, conf_str(a->json, "oidc.device_authorization_endpoint", NULL) != NULL,
		     "publishes the provider's where none is configured", "%s", a->body);
}

static void discovery_without_provider(struct run *run)
{
	const struct answer *a;

	trouble(run, "{s:s, s:s, s:s}", "kind", "wire", "what", "500", "endpoint", "discovery");
	pdp_anew(run);
	a = discovery(run);
	check_status(run, "answers while the provider is down", a, "200");
	check_that(run, json_is_true(json_object_get(a->json, "auth_enabled")),
		   "says that authentication is on", "\"auth_enabled\": true", "%s", a->body);
}

/* ---- the CLI's side ---- */

static void status_of_expired(struct run *run)
{
	const struct ran *r;
	const char *token;

	login_given(run, "alice", -600, false);
	token = config_value(run, "token");
	r = cli(run, "status", NULL);
	check_succeeds(run, "shows the status", r);
	check_contains(run, "says that the token has expired",
		       run_printf(run, "%s%s", r->out, r->err), "xpired|EXPIRED");
	check_keeps(run, "does not print the token", run_printf(run, "%s%s", r->out, r->err),
		    token ? token : "eyJ");
}

static void refresh_token_expired(struct run *run)
{
	const struct ran *r;

	login_given(run, "alice", 3000, true);
	control_succeeds(run, "a command with a good login succeeds",
			 cli(run, "workspaces-list", NULL));
	login_given(run, "alice", -600, true);
	sim(run, "POST", "/_sim/refresh/expire", json_pack("{s:s}", "provider", run->provider));
	r = cli(run, "workspaces-list", NULL);
	check_fails(run, "exits with an error", r);
	check_contains(run, "tells to log in again", r->err,
		       "login|log in|invalid_grant|Log in");
	check_that(run, api_saw(run, NULL, NULL) == 1, "does not send the expired token",
		   "no further request to the API", "%zu requests",
		   api_saw(run, NULL, NULL) - 1);
	check_that(run, config_value(run, "refresh_token") != NULL, "keeps the config file",
		   "the login is still in the file", "it is gone");
}

static void login_again(struct run *run)
{
	const char *before;
	const struct ran *r;

	login_given(run, "alice", -600, true);
	before = config_value(run, "refresh_token");
	sim(run, "POST", "/_sim/refresh/expire", json_pack("{s:s}", "provider", run->provider));
	r = cli_login(run, "alice", NULL);
	check_succeeds(run, "logs in", r);
	check_that(run,
		   config_value(run, "refresh_token") && before &&
			   strcmp(before, config_value(run, "refresh_token")) != 0,
		   "stores the new refresh token", "another refresh token than before",
		   "the old one, or none");
	check_succeeds(run, "the next command works", cli(run, "workspaces-list", NULL));
}

static void cli_says_401(struct run *run)
{
	const struct ran *r;
	size_t refreshed;

	login_given(run, "alice", 3000, true);
	refreshed = provider_saw(run, "token"); /* what arranged the login */
	control_succeeds(run, "a command with a good login succeeds",
			 cli(run, "workspaces-list", NULL));
	api_answers(run, &(struct canned) { .path = "workspaces",
					    .status = 401,
					    .body = "{\"detail\":\"Unauthorized\"}" });
	r = cli(run, "workspaces-list", NULL);
	check_fails(run, "exits with an error", r);
	check_contains(run, "shows the refusal", r->err, "401|nauthorized|uthenticat");
	check_contains(run, "tells to log in", r->err, "login|log in|Log in");
	check_equal(run, "prints no data", r->out, "");
	check_count(run, "asks once", api_saw(run, NULL, NULL) - 1, 1);
	check_count(run, "does not refresh", provider_saw(run, "token"), refreshed);
}

#define FRONT (GATEWAY | SERVICE)

static const struct scenario rows[] = {
	{
		.name = "no-credentials",
		.title = "a request without credentials",
		.promise =
			"A request without credentials is answered with 401 and goes nowhere.",
		.page = PAGE_401,
		.source = "RFC 6750, 3; Hardening, validation step 2",
		.when = "GET a workspace without Authorization",
		.consequence = "serves requests without credentials",
		.remedy = "Refuse what carries no token before anything else looks at it.",
		.catalogue = "AUTH-401-NOCRED AUTH-GW-401 AUTH-HARD-401",
		.mutants = "service-lets-anonymous-in gateway-answers-403-for-401 "
			   "pdp-lets-anonymous-in",
		.surfaces = FRONT,
		.play = no_credentials,
	},
	{
		.name = "discovery-says-auth-is-on",
		.title = "discovery answers anybody that auth is on",
		.promise = "Discovery answers without credentials and says that authentication "
			   "is on.",
		.page = PAGE_401,
		.source = "Troubleshooting, 401, diagnosis 1",
		.when = "GET the discovery path without Authorization",
		.remedy = "Serve discovery to anybody, with auth_enabled as a JSON boolean.",
		.catalogue = "AUTH-401-DISCOVERY-ON AUTH-QS-HELM",
		.needs = "pdp.http",
		.mutants = "pdp-discovery-says-string pdp-discovery-needs-token",
		.surfaces = SERVICE | PDP,
		.play = auth_is_on,
	},
	{
		.name = "discovery-says-how-to-sign-in",
		.title = "discovery has what a client must send",
		.promise = "Discovery publishes client id, default scopes and scope prefix as "
			   "they are configured.",
		.page = PAGE_CONFIGURATION,
		.source = "Configuration, auth.oidc; Using authentication, endpoint discovery",
		.when = "GET the discovery path without Authorization",
		.consequence = "sends people to sign in as somebody else's application",
		.remedy = "Publish the configured values, untouched.",
		.catalogue = "AUTH-401-DISCOVERY-ON",
		.needs = "pdp.http",
		.mutants = "pdp-discovery-says-audience pdp-discovery-forgets-the-prefix "
			   "pdp-discovery-has-scopes-of-its-own",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE | PDP,
		.providers = EACH_PROVIDER,
		.play = says_how_to_sign_in,
	},
	{
		.name = "discovery-says-auth-is-off",
		.title = "auth off: discovery says so, nobody needs a token",
		.promise =
			"With authentication off discovery says so and requests need no token.",
		.page = PAGE_QUICKSTART,
		.source = "Configuration, auth.enabled",
		.given = "auth.enabled: false",
		.when = "GET discovery and a workspace without Authorization",
		.remedy = "Let auth.enabled: false switch off the whole check.",
		.catalogue = "AUTH-401-DISCOVERY-OFF",
		.configuration = "auth-off",
		.needs = "pdp.http",
		.mutants = "pdp-discovery-says-string pdp-discovery-ignores-switch "
			   "service-demands-token-always",
		.surfaces = SERVICE | PDP,
		.play = auth_is_off,
	},
	{
		.name = "configured-endpoints-are-published",
		.title = "an endpoint that the configuration overrides",
		.promise =
			"Discovery publishes the configured endpoints before the provider's.",
		.page = PAGE_CONFIGURATION,
		.source = "Configuration, auth.oidc.token_endpoint",
		.given = "auth.oidc.token_endpoint is configured",
		.when = "GET the discovery path",
		.remedy = "Let the configuration win over the provider's document.",
		.consequence = "sends people to an endpoint that the operator replaced",
		.catalogue = "AUTH-CFG-NOENDPOINT",
		.configuration = "endpoint-override",
		.needs = "pdp.http",
		.mutants = "pdp-discovery-ignores-overrides",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE | PDP,
		.play = overrides_are_published,
	},
	{
		.name = "discovery-without-the-provider",
		.title = "discovery while the provider is down",
		.promise = "Discovery answers also while the provider cannot be reached.",
		.page = PAGE_401,
		.source = "contract, observed: 200 with the endpoints that are known",
		.given = "a provider whose discovery answers 500 since the start",
		.when = "GET the discovery path",
		.remedy = "Leave out what is not known; do not fail.",
		.consequence = "cannot even say that authentication is on",
		.catalogue = "AUTH-401-DISCOVERY-ON",
		.needs = "pdp.http",
		.mutants = "pdp-discovery-needs-provider",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = discovery_without_provider,
	},
	{
		.name = "bearer-is-needed",
		.title = "a token without the word Bearer",
		.promise = "A token counts only after the word Bearer.",
		.page = PAGE_401,
		.source = "Troubleshooting, 401, diagnosis 3; RFC 6750, 2.1",
		.when = "send Authorization: <token>",
		.remedy = "Parse the scheme, and refuse a value that has none.",
		.catalogue = "AUTH-401-HEADER-MISSING-SCHEME",
		.mutants = "pdp-accepts-raw-token",
		.surfaces = FRONT,
		.play = credentials_refused,
		.arg = raw_token,
	},
	{
		.name = "basic-is-refused",
		.title = "Basic instead of Bearer",
		.promise = "Credentials of another scheme than Bearer are refused.",
		.page = PAGE_401,
		.source = "RFC 9110, 11.1",
		.when = "send the token as Authorization: Basic",
		.remedy = "Take tokens from the Bearer scheme only.",
		.catalogue = "AUTH-401-BASIC",
		.mutants = "pdp-parses-any-scheme",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = credentials_refused,
		.arg = basic,
	},
	{
		.name = "scheme-in-any-case",
		.title = "bearer in lower case",
		.promise = "The scheme is recognised in any letter case.",
		.page = PAGE_401,
		.source = "RFC 9110, 11.1",
		.when = "send Authorization: bearer <token>",
		.remedy = "Compare the scheme without regard to case.",
		.catalogue = "AUTH-401-BEARER-CASE",
		.mutants = "pdp-scheme-is-case-sensitive",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = credentials_accepted,
		.arg = any_case,
	},
	{
		.name = "garbage-is-refused",
		.title = "what is no token",
		.promise = "What cannot be parsed as a token is refused with 401.",
		.page = PAGE_401,
		.source = "RFC 7519, 7.2",
		.when = "send Bearer and garbage",
		.consequence = "lets in what is no token",
		.remedy = "Treat each parse error as an invalid token.",
		.catalogue = "AUTH-401-GARBAGE AUTH-401-BEARER-EMPTY",
		.mutants = "pdp-decodes-without-verifying pdp-bad-token-is-500 "
			   "pdp-empty-bearer-is-anonymous",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = credentials_refused,
		.arg = garbage,
	},
	{
		.name = "foreign-issuer",
		.title = "a token of another issuer",
		.promise = "A token of another issuer is refused.",
		.page = PAGE_401,
		.source = "OpenID Connect Core, 3.1.3.7; Troubleshooting, 401, causes",
		.given = "iss is not the configured issuer",
		.when = "send the token",
		.consequence = "lets tokens of any issuer in",
		.remedy = "Compare iss with the configured issuers.",
		.catalogue = "AUTH-401-ISS",
		.mutants = "pdp-ignores-issuer",
		.overlaps = "401/issuer-is-compared-exactly; here the documented cause by "
			    "itself, at each provider",
		.surfaces = FRONT,
		.providers = EACH_PROVIDER,
		.play = defective_refused,
		.arg = foreign_issuer,
	},
	{
		.name = "issuer-is-compared-exactly",
		.title = "issuers that are nearly ours",
		.promise = "The issuer is compared byte by byte.",
		.page = PAGE_401,
		.source = "RFC 8414, 3.3",
		.given = "iss with a slash more, with ours as its beginning, or absent",
		.when = "send the token",
		.consequence = "lets in an issuer that merely looks like ours",
		.remedy = "Compare whole strings, and refuse a token without iss.",
		.catalogue = "AUTH-401-ISS-SLASH AUTH-401-ISS-PREFIX AUTH-401-ISS-MISSING",
		.mutants = "pdp-issuer-ignores-slash pdp-issuer-by-prefix pdp-issuer-optional",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = defective_refused,
		.arg = inexact_issuer,
	},
	{
		.name = "additional-issuer",
		.title = "a token of an additional issuer",
		.promise = "A token of a configured additional issuer is accepted.",
		.page = PAGE_AZURE,
		.source = "Configuration, auth.oidc.additional_issuers",
		.given = "additional_issuers has the token's iss, as for Entra's v1 tokens",
		.when = "send the token",
		.remedy = "Accept each configured issuer, not only the first.",
		.catalogue = "AUTH-401-ISS-ADDITIONAL",
		.configuration = "additional-issuer",
		.mutants = "pdp-first-issuer-only",
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.play = additional_issuer,
	},
	{
		.name = "only-listed-issuers",
		.title = "additional issuers do not open the door to all",
		.promise = "Where additional issuers are configured, one that is not listed is "
			   "refused.",
		.page = PAGE_HARDENING,
		.source = "Configuration, auth.oidc.additional_issuers",
		.given = "additional_issuers has another iss",
		.when = "send a token of a third issuer",
		.consequence = "lets tokens of an unlisted issuer in",
		.remedy = "Compare iss with the listed issuers only.",
		.catalogue = "AUTH-HARD-ADDISS",
		.configuration = "additional-issuer",
		.mutants = "pdp-ignores-issuer",
		.overlaps = "401/foreign-issuer; here where additional issuers are configured",
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.play = third_issuer,
	},
	{
		.name = "foreign-audience",
		.title = "a token for another audience",
		.promise = "A token for another audience is refused.",
		.page = PAGE_401,
		.source = "RFC 7519, 4.1.3; Troubleshooting, 401, causes",
		.given = "aud is not the configured audience",
		.when = "send the token",
		.consequence = "lets in tokens that are meant for others",
		.remedy = "Compare aud with the configured audience.",
		.catalogue = "AUTH-401-AUD",
		.mutants = "pdp-ignores-audience",
		.overlaps = "401/audience-is-compared-exactly; here the documented cause by "
			    "itself, at each provider",
		.surfaces = FRONT,
		.providers = EACH_PROVIDER,
		.play = defective_refused,
		.arg = foreign_audience,
	},
	{
		.name = "audience-falls-back-to-client-id",
		.title = "no audience configured: the client id is it",
		.promise = "Without a configured audience a token must be for the client id.",
		.page = PAGE_401,
		.source = "Configuration, auth.oidc.audience",
		.given = "auth.oidc.audience is not set",
		.when = "send a token for another audience",
		.remedy = "Let audience fall back to client_id; do not switch the check off.",
		.catalogue = "AUTH-401-AUD-CLIENTID-DEFAULT AUTH-AUD-UNSET",
		.configuration = "no-audience",
		.mutants = "pdp-no-audience-means-any pdp-ignores-audience",
		.surfaces = FRONT,
		.play = audience_falls_back,
	},
	{
		.name = "audience-list",
		.title = "an audience list",
		.promise = "An audience list counts where it has the configured one, and not "
			   "otherwise.",
		.page = PAGE_PROVIDERS,
		.source = "RFC 7519, 4.1.3",
		.given = "aud is a list, as Keycloak sends it",
		.when = "send the token",
		.remedy = "Read aud as a string or as a list.",
		.catalogue = "AUTH-401-AUD-LIST AUTH-IDP-KC-AUD",
		.mutants = "pdp-audience-as-string-only pdp-audience-list-is-any",
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.play = audience_list,
	},
	{
		.name = "audience-is-compared-exactly",
		.title = "audiences that are nearly ours",
		.promise = "The audience is compared byte by byte and must be there.",
		.page = PAGE_401,
		.source = "RFC 7519, 4.1.3",
		.given = "aud contains ours as a part, or is absent",
		.when = "send the token",
		.consequence = "lets in tokens that are meant for others",
		.remedy = "Compare whole strings, and refuse a token without aud.",
		.catalogue = "AUTH-401-AUD-SUBSTRING AUTH-401-AUD-MISSING",
		.mutants = "pdp-audience-by-substring pdp-audience-optional",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = defective_refused,
		.arg = inexact_audience,
	},
	{
		.name = "expired-token",
		.title = "an expired token",
		.promise = "An expired token is refused.",
		.page = PAGE_OVERVIEW,
		.source = "RFC 7519, 4.1.4",
		.given = "exp an hour ago",
		.when = "send the token",
		.consequence = "lets expired tokens in",
		.remedy = "Compare exp with the clock.",
		.catalogue = "AUTH-401-EXP",
		.mutants = "pdp-ignores-expiry",
		.surfaces = FRONT,
		.providers = EACH_PROVIDER,
		.play = defective_refused,
		.arg = expired,
	},
	{
		.name = "times-are-checked",
		.title = "exp must be there, nbf counts",
		.promise = "A token without exp, or before its nbf, is refused.",
		.page = PAGE_OVERVIEW,
		.source = "RFC 7519, 4.1.4, 4.1.5",
		.given = "no exp; nbf in the future",
		.when = "send the token",
		.remedy = "Demand exp, and compare nbf with the clock.",
		.catalogue = "AUTH-401-EXP-MISSING AUTH-401-NBF",
		.mutants = "pdp-expiry-optional pdp-ignores-nbf pdp-iat-optional",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = defective_refused,
		.arg = times,
	},
	{
		.name = "issued-in-the-future",
		.title = "a token issued in the future",
		.promise = "A token issued in the future is refused.",
		.page = PAGE_OVERVIEW,
		.source = "RFC 7519, 4.1.6",
		.given = "iat and exp in the year 2100",
		.when = "send the token",
		.remedy = "Compare iat with the clock.",
		.catalogue = "AUTH-401-IAT-FUTURE",
		.mutants = "pdp-ignores-future-iat",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = defective_refused,
		.arg = future_iat,
	},
	{
		.name = "clock-without-leeway",
		.title = "exp a second ago, iat in half a minute",
		.promise = "exp and iat are compared with the clock to the second.",
		.page = PAGE_OVERVIEW,
		.source = "RFC 7519, 4.1.4; contract, observed: no leeway",
		.given = "exp one second ago; iat half a minute from now",
		.when = "send the token",
		.consequence = "lets tokens in that have ended",
		.remedy = "Give no leeway, or as little as your clocks need.",
		.catalogue = "AUTH-401-EXP AUTH-401-IAT-FUTURE",
		.mutants = "pdp-leeway-of-a-minute",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = defective_refused,
		.arg = edges,
	},
	{
		.name = "subject-is-needed",
		.title = "a token without a subject",
		.promise = "A token without a subject is refused.",
		.page = PAGE_MACHINE,
		.source = "OpenID Connect Core, 2",
		.given = "neither the subject claim nor sub",
		.when = "send the token",
		.remedy = "Refuse a token that names nobody.",
		.catalogue = "AUTH-401-SUB-MISSING",
		.mutants = "pdp-subject-optional",
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.providers = EACH_PROVIDER,
		.play = defective_refused,
		.arg = no_subject,
	},
	{
		.name = "signature-is-verified",
		.title = "a changed signature, a changed payload",
		.promise = "A token counts only with the issuer's signature over what it says.",
		.page = PAGE_OVERVIEW,
		.source = "RFC 7515, 5.2",
		.given = "one byte of the signature or the payload was changed, or it is gone",
		.when = "send the token",
		.consequence = "lets anybody forge a token",
		.remedy = "Verify the signature over header and payload.",
		.catalogue = "AUTH-401-SIG AUTH-401-SIG-PAYLOAD",
		.mutants = "pdp-decodes-without-verifying pdp-signature-optional",
		.overlaps = "401/key-is-the-issuers; here the documented cause by itself, at "
			    "each provider",
		.surfaces = FRONT,
		.providers = EACH_PROVIDER,
		.play = defective_refused,
		.arg = bad_signature,
	},
	{
		.name = "key-is-the-issuers",
		.title = "an unknown kid, a foreign key",
		.promise =
			"A token counts only when signed with the published key that it names.",
		.page = PAGE_OVERVIEW,
		.source = "RFC 7515, 4.1.4",
		.given = "kid is not in the JWKS, or the key is another one, or in the header",
		.when = "send the token",
		.consequence = "lets anybody forge a token with a key of their own",
		.remedy = "Take the key of that kid from the JWKS, and no other.",
		.catalogue = "AUTH-401-KID-UNKNOWN AUTH-401-WRONG-KEY",
		.mutants = "pdp-falls-back-to-first-key pdp-trusts-kid "
			   "pdp-trusts-embedded-key pdp-decodes-without-verifying",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = defective_refused,
		.arg = foreign_key,
	},
	{
		.name = "algorithm-confusion",
		.title = "HS256 with the public key",
		.promise = "A token signed HS256 with the public key as secret is refused.",
		.page = PAGE_OVERVIEW,
		.source = "RFC 8725, 2.1",
		.given = "alg HS256",
		.when = "send the token",
		.consequence = "lets anybody forge a token with the public key",
		.remedy = "Accept RS256 and ES256 only, by the type of the key.",
		.catalogue = "AUTH-401-HS256",
		.mutants = "pdp-confuses-algorithms",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = defective_refused,
		.arg = confused,
	},
	{
		.name = "unsigned-token-is-refused",
		.title = "alg none where OIDC is on",
		.promise = "Where OIDC is on, an unsigned token is refused.",
		.page = PAGE_QUICKSTART,
		.source = "RFC 8725, 3.2; Configuration, auth.allow_unsigned_jwt",
		.given = "allow_unsigned_jwt: false",
		.when = "send a token with alg none",
		.consequence = "lets in tokens that nobody signed",
		.remedy = "Accept alg none only with allow_unsigned_jwt.",
		.catalogue = "AUTH-401-ALGNONE",
		.mutants = "pdp-accepts-unsigned",
		.surfaces = FRONT,
		.play = defective_refused,
		.arg = unsigned_token,
	},
	{
		.name = "unsigned-by-any-spelling",
		.title = "alg None, NONE, nOnE",
		.promise =
			"An unsigned token is refused in whatever letter case alg says none.",
		.page = PAGE_QUICKSTART,
		.source = "RFC 8725, 3.2",
		.given = "alg None, NONE, nOnE",
		.when = "send the token",
		.consequence = "lets in tokens that nobody signed",
		.remedy = "List what is accepted instead of what is refused.",
		.catalogue = "AUTH-401-ALGNONE-CASE",
		.mutants = "pdp-none-is-case-sensitive",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = defective_refused,
		.arg = unsigned_spelled,
	},
	{
		.name = "new-key-is-fetched",
		.title = "the provider rotates its key",
		.promise = "A token of a newly published key is accepted without a restart.",
		.page = PAGE_OVERVIEW,
		.source = "OpenID Connect Core, 10.1.1",
		.given = "the provider publishes a new key and signs with it",
		.when = "send a new token",
		.remedy = "Fetch the JWKS again when a kid is unknown.",
		.catalogue = "AUTH-401-KEY-ROTATION",
		.mutants = "pdp-fetches-keys-once",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = key_rotation,
	},
	{
		.name = "keys-unreachable",
		.title = "the JWKS cannot be fetched",
		.promise = "While the key of a token cannot be fetched the token is refused.",
		.page = PAGE_OVERVIEW,
		.source = "RFC 8725, 3.1",
		.given = "a new key, and a provider that does not answer for its JWKS",
		.when = "send a token of the new key",
		.consequence = "lets in tokens that it cannot verify",
		.remedy = "Refuse what cannot be verified.",
		.catalogue = "AUTH-401-JWKS-DOWN",
		.mutants = "pdp-opens-without-keys",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = keys_unreachable,
	},
	{
		.name = "principal-header-is-no-credential",
		.title = "an e-mail as API key",
		.promise =
			"Where OIDC is on, a principal header from outside is no credential.",
		.page = PAGE_401,
		.source = "Troubleshooting, 401, causes: e-mail as API key",
		.given = "OIDC is on",
		.when = "send X-NMP-Principal-Id: admin@example.com without a token",
		.consequence = "takes an e-mail address for a credential",
		.remedy = "Strip principal headers at the gateway; trust them only beside what "
			  "vouches.",
		.catalogue = "AUTH-401-PRINCIPAL-HEADER-OIDC AUTH-401-PRINCIPAL-HEADER-SERVICE",
		.mutants = "service-trusts-principal-header",
		.surfaces = FRONT,
		.editions = NMP | NEMO,
		.play = principal_header,
	},
	{
		.name = "answers-are-uniform",
		.title = "one answer for every bad token",
		.promise = "The answer to a bad token does not tell what is wrong with it.",
		.page = PAGE_401,
		.source = "RFC 6819, 4.4",
		.when = "send tokens with a wrong iss, aud, exp and signature",
		.remedy = "Give one status and one text for all invalid tokens.",
		.catalogue = "AUTH-401-UNIFORM",
		.mutants = "pdp-tells-why",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = uniform_answers,
	},
	{
		.name = "unknown-is-401-known-is-403",
		.title = "401 for nobody, 403 for somebody",
		.promise = "A refused request gets 401 when nobody is known and 403 when "
			   "somebody is.",
		.page = PAGE_401,
		.source = "RFC 9110, 15.5.2, 15.5.4",
		.given = "a workspace of others",
		.when = "GET it without a token, then with mallory's",
		.remedy = "Answer 401 only for what another login could mend.",
		.catalogue = "AUTH-401-VS-403",
		.mutants = "service-always-says-401 service-always-says-403",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = denied_by_who_asks,
	},
	{
		.name = "status-shows-expiry",
		.title = "auth status with an expired token",
		.promise = "auth status says that a token has expired, and does not print it.",
		.page = PAGE_401,
		.source = "Troubleshooting, 401, diagnosis 2",
		.given = "a token that expired ten minutes ago",
		.when = "$ nemo auth status",
		.remedy = "Compare exp with the clock and say what it means.",
		.catalogue = "AUTH-401-STATUS-EXPIRED",
		.needs = "cli.status",
		.mutants = "cli-status-hides-expiry cli-status-prints-token "
			   "cli-success-exits-1",
		.surfaces = CLI,
		.play = status_of_expired,
	},
	{
		.name = "refresh-token-expired",
		.title = "token and refresh token expired",
		.promise = "When the refresh fails the command ends, tells to log in, and "
			   "sends nothing.",
		.page = PAGE_401,
		.source = "Troubleshooting, 401, causes; RFC 6749, 5.2",
		.given = "an expired token and a refresh token that the provider takes no more",
		.when = "$ nemo workspaces list",
		.consequence = "leaves people with an expired session and no hint",
		.remedy = "End with an error that names auth login; keep the file; never send "
			  "the old token.",
		.catalogue = "AUTH-401-REFRESH-EXPIRED",
		.needs = "cli.workspaces",
		.mutants = "cli-sends-expired-token cli-refresh-failure-wipes "
			   "cli-refresh-failure-exits-0 cli-gives-no-hint",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = refresh_token_expired,
	},
	{
		.name = "login-again-mends",
		.title = "auth login after an expired session",
		.promise = "After auth login the new tokens are stored and the next command "
			   "works.",
		.page = PAGE_401,
		.source = "Troubleshooting, 401, diagnosis 2",
		.given = "an expired session in the config",
		.when = "$ nemo auth login, then $ nemo workspaces list",
		.remedy = "Replace access token and refresh token together.",
		.catalogue = "AUTH-401-RELOGIN",
		.needs = "cli.login cli.workspaces",
		.mutants = "cli-login-keeps-refresh-token cli-success-exits-1",
		.wait_s = 2,
		.surfaces = CLI,
		.play = login_again,
	},
	{
		.name = "cli-shows-401",
		.title = "the API answers 401 to a CLI",
		.promise =
			"A 401 of the API ends the command with an error that tells to log in.",
		.page = PAGE_401,
		.source = "RFC 9110, 15.5.2",
		.given = "an API that answers 401",
		.when = "$ nemo workspaces list",
		.remedy = "Print status and hint to stderr, exit non-zero, do not repeat the "
			  "request.",
		.catalogue = "AUTH-401-CLI-MSG AUTH-CLI-401-NORETRY",
		.needs = "cli.workspaces",
		.mutants = "cli-api-error-exits-0 cli-repeats-refusals cli-refreshes-on-401 "
			   "cli-swallows-detail cli-gives-no-hint cli-shows-refusal-as-data",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = cli_says_401,
	},
};

const struct suite suite_401 = {
	.section = "401",
	.title = "401 on every request",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
