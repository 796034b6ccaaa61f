/* SPDX-License-Identifier: Apache-2.0 */
/* login.c - "auth login fails with an IdP error": how a login ends that cannot succeed. */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include <string.h>

static const char *said(struct run *run, const struct ran *r)
{
	return run_printf(run, "%s%s", r->out, r->err);
}

/* What holds whenever a login fails. */
static void login_ended(struct run *run, const struct ran *r)
{
	check_fails(run, "exits with an error", r);
	check_that(run, config_value(run, "token") == NULL, "stores no token",
		   "no token in the config file", "the file has a token");
}

/* The auth service asks the provider for its discovery document, too: that is no login. */
static size_t logins_seen(struct run *run)
{
	return provider_saw(run, "device") + provider_saw(run, "token");
}

static void does_not_poll(struct run *run)
{
	if (!check_count(run, "does not poll the token endpoint", provider_saw(run, "token"),
			 0))
		mark(run, "cli", "idp", "there is nothing to poll for");
}

static void stops_polling(struct run *run)
{
	check_that(run, provider_saw(run, "token") <= 1, "stops polling at the first error",
		   "one poll at most", "%zu polls", provider_saw(run, "token"));
}

static void shows(struct run *run, const struct ran *r, const char *words)
{
	if (!check_contains(run, "shows the provider's error", said(run, r), words))
		mark(run, "cli", "person", "the code of the line above is lost here");
}

/* ---- the device endpoint refuses ---- */

/* What a dialect calls the error, in its own words or in the RFC's. */
struct refusal {
	const char
		*situation; /* of the simulator; NULL: none, the request is wrong by itself */
	const char *azure, *okta, *keycloak;
};

static const char *words_of(struct run *run, const struct refusal *f)
{
	switch (run->provider[0]) {
	case 'a':
		return f->azure;
	case 'o':
		return f->okta;
	default:
		return f->keycloak;
	}
}

/* The endpoint answers so from now on. */
static void refuses(struct run *run, const char *endpoint, const char *situation)
{
	trouble(run, "{s:s, s:s, s:s}", "kind", "error", "what", situation, "endpoint",
		endpoint);
}

static void ended_at_once(struct run *run, const struct ran *r, const struct refusal *f)
{
	login_ended(run, r);
	does_not_poll(run);
	shows(run, r, words_of(run, f));
}

static void refused_at_once(struct run *run)
{
	const struct refusal *f = run->arg;

	refuses(run, "device", f->situation);
	ended_at_once(run, cli(run, "login", NULL), f);
}

static const struct refusal device_disabled = {
	NULL,
	"AADSTS7000218|AADSTS700016|invalid_client|unauthorized_client",
	"unauthorized_client|not authorized to use the provided grant type",
	"unauthorized_client|not allowed to initiate",
};
static const struct refusal unknown_client = {
	"unknown_client",
	"AADSTS700016|unauthorized_client",
	"invalid_client",
	"invalid_client",
};

/* Entra hands out a device code all the same and refuses at the token endpoint. */
static void device_flow_off(struct run *run)
{
	bool entra = run->provider[0] == 'a';
	const struct ran *r;

	sim(run, "PATCH",
	    run_printf(run, "/_sim/providers/%s/clients/%s", run->provider,
		       run->config->client_id),
	    entra ? json_pack("{s:b}", "public", 0)
		  : json_pack("{s:[s,s]}", "grants", "password", "refresh_token"));
	r = cli(run, "login", NULL);
	login_ended(run, r);
	(entra ? stops_polling : does_not_poll)(run);
	shows(run, r, words_of(run, &device_disabled));
}

static void invalid_scope_stops(struct run *run)
{
	static const struct refusal f = { NULL, "AADSTS70011|invalid_scope", "invalid_scope",
					  "invalid_scope" };

	if (run->provider[0] == 'k') /* it does not look at the scope of a device request */
		refuses(run, "device", "invalid_scope");
	ended_at_once(run, cli(run, "login", "scope=platform:nope", NULL), &f);
}

/* ---- the token endpoint refuses while the CLI polls ---- */

static const struct refusal consent_missing = {
	"consent_missing",
	"AADSTS65001|invalid_grant|consent",
	"access_denied|consent_required",
	"access_denied|consent_required",
};

static void refused_while_polling(struct run *run)
{
	const struct refusal *f = run->arg;
	const struct ran *r;

	refuses(run, "token", f->situation);
	r = cli_login(run, "alice", NULL);
	guards(run,
	       f == &consent_missing ? "login/public-client-flows-off turns it red" : NULL);
	login_ended(run, r);
	guards(run, NULL);
	stops_polling(run);
	shows(run, r, words_of(run, f));
}

static const struct refusal secret_wanted = { "missing_secret", "AADSTS7000218|invalid_client",
					      "invalid_client", "invalid_client" };

/* Entra says it at the device endpoint; a token endpoint behind a proxy that rewrites scopes
 * says it here. */
static void scope_refused_while_polling(struct run *run)
{
	const struct ran *r;

	api_discovery(run, json_pack("{s:{s:s}}", "oidc", "token_endpoint",
				     run_printf(run, "%s/token", stranger_url(run))));
	stranger_says(run, 400,
		      "{\"error\":\"invalid_scope\",\"error_description\":\"AADSTS70011: The "
		      "provided value for the input parameter 'scope' is not valid.\","
		      "\"error_codes\":[70011]}");
	r = cli(run, "login", NULL);
	login_ended(run, r);
	check_count(run, "stops polling at the first error", stranger_count(run), 1);
	shows(run, r, "AADSTS70011|invalid_scope");
}

/* ---- the person says no, or nothing ---- */

static void denied_ends_login(struct run *run)
{
	struct typed *t = cli_begin(run, &(struct command) { .verb = "login" });
	const char *code = sign_in_pending(run, 10000);
	const struct ran *r;
	size_t polls;

	if (code)
		sign_in_deny(run, code);
	r = cli_finish(run, t);
	polls = provider_saw(run, "token");
	login_ended(run, r);
	check_contains(run, "says that access was denied", said(run, r),
		       "denied|declined|access_denied|authorization_declined");
	check_that(run, polls <= 2, "stops polling", "no poll after the refusal", "%zu polls",
		   polls);
}

static void code_expired(struct run *run)
{
	const struct ran *r;

	refuses(run, "token", "device_code_expired");
	r = cli(run, "login", NULL);
	login_ended(run, r);
	check_contains(run, "says that the code has expired", said(run, r), "xpired");
	check_count(run, "stops polling", provider_saw(run, "token"), 1);
}

static void deadline(struct run *run)
{
	enum { EXPIRES_S = 3, MARGIN_S = 4 };
	int64_t asked, last;

	sim(run, "PATCH",
	    run_printf(run, "/_sim/providers/%s/clients/%s", run->provider,
		       run->config->client_id),
	    json_pack("{s:{s:i}}", "lifetimes", "device", EXPIRES_S));
	/* A provider that forgets to say that the code has expired. */
	refuses(run, "token", "authorization_pending");
	login_ended(run, cli_command(run, &(struct command) { .verb = "login",
							      .timeout_ms = 30000 }));
	asked = provider_at_us(run, "device", 0);
	last = provider_at_us(run, "token", provider_saw(run, "token") - 1);
	check_that(run, asked >= 0 && last - asked < (EXPIRES_S + MARGIN_S) * 1000000LL,
		   "gives up when the code is over",
		   "the last poll within 3 s and a margin of 4 s", "%.1f s",
		   (double)(last - asked) / 1e6);
}

/* ---- the platform's discovery ---- */

static void no_device_endpoint(struct run *run)
{
	const struct ran *r;

	api_discovery(run, json_pack("{s:{s:n}}", "oidc", "device_authorization_endpoint"));
	r = cli(run, "login", NULL);
	login_ended(run, r);
	check_contains(run, "says that there is no device flow", said(run, r), "device");
	check_count(run, "sends nothing to the provider", logins_seen(run), 0);
}

static void client_id_exact(struct run *run)
{
	static const char odd[] = "Client ID+with/odd=Signs&more";
	const struct ran *r;

	api_discovery(run, json_pack("{s:{s:s}}", "oidc", "client_id", odd));
	r = cli(run, "login", NULL);
	check_equal(run, "sends the discovered client id unchanged",
		    provider_field(run, "device", 0, "client_id"), odd);
	login_ended(run, r);
}

static void consent_not_granted(struct run *run)
{
	const struct ran *r;

	trouble(run, "{s:s, s:s, s:s, s:s}", "kind", "token", "what", "drop", "value",
		run->provider[0] == 'k' ? "scope" : "scp", "endpoint", "token");
	r = cli_login(run, "alice", NULL);
	login_ended(run, r);
	check_contains(run, "names the missing scope", said(run, r), "platform:");
}

static void html_instead(struct run *run)
{
	const struct ran *r;

	trouble(run, "{s:s, s:s, s:s}", "kind", "wire", "what", "html", "endpoint", "device");
	r = cli(run, "login", NULL);
	login_ended(run, r);
	check_that(run, r->err_len > 0, "says something", "a message on stderr", "nothing");
	does_not_poll(run);
}

static void discovery_down(struct run *run)
{
	const struct ran *r;

	api_answers(run, &(struct canned) { .path = "discovery", .status = 500, .body = "{}" });
	r = cli_command(run, &(struct command) { .verb = "login", .timeout_ms = 15000 });
	login_ended(run, r);
	check_contains(run, "names discovery", said(run, r), "iscover|auth configuration|500");
	guards(run, "without discovery there is no address to send anything to");
	check_count(run, "sends nothing to the provider", logins_seen(run), 0);
}

static void auth_disabled(struct run *run)
{
	const struct ran *r = cli(run, "login", NULL);

	check_succeeds(run, "exits without an error", r);
	check_contains(run, "says that no login is needed", said(run, r),
		       "not enabled|disabled|without authentication");
	check_count(run, "sends nothing to the provider", logins_seen(run), 0);
}

static const struct scenario rows[] = {
	{
		.name = "invalid-scope-stops",
		.title = "a scope that the provider does not know",
		.promise = "A scope the provider does not know ends the login at once, and the "
			   "user "
			   "sees why.",
		.page = PAGE_LOGIN,
		.source = "RFC 8628, 3.2; RFC 6749, 5.2",
		.given = "a provider that does not know the scope platform:nope",
		.when = "$ nemo auth login --scope platform:nope",
		.consequence = "hides the provider's error",
		.remedy = "When the device endpoint answers 4xx, print \"error\" and the first "
			  "sentence "
			  "of \"error_description\" from its JSON body.",
		.reproduce = "idp-sim reproduce AADSTS70011",
		.catalogue = "AUTH-LOGIN-AADSTS70011",
		.needs = "cli.login cli.scope_option",
		.mutants = "cli-login-failure-exits-0 cli-polls-without-device-code "
			   "cli-hides-provider-error cli-stores-null-token",
		.overlaps =
			"login/device-flow-disabled; here the first error that the page names",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = invalid_scope_stops,
	},
	{
		.name = "invalid-scope-while-polling",
		.title = "AADSTS70011 from the token endpoint",
		.promise = "A scope refused by the token endpoint ends the polling, and the "
			   "user sees "
			   "why.",
		.page = PAGE_LOGIN,
		.source = "RFC 8628, 3.5",
		.given = "a token endpoint that answers invalid_scope",
		.when = "$ nemo auth login",
		.consequence = "hides the provider's error",
		.remedy = "Poll on only after authorization_pending and slow_down.",
		.reproduce = "idp-sim reproduce AADSTS70011",
		.catalogue = "AUTH-LOGIN-AADSTS70011-POLL",
		.needs = "cli.login",
		.mutants = "cli-polls-after-error cli-hides-provider-error "
			   "cli-stores-null-token",
		.overlaps = "login/code-expired; here the error that the page names, from the "
			    "token endpoint",
		.wait_s = 2,
		.surfaces = CLI,
		.providers = AZURE_ONLY,
		.play = scope_refused_while_polling,
	},
	{
		.name = "public-client-flows-off",
		.title = "AADSTS7000218: public client flows are off",
		.promise =
			"invalid_client while polling ends the login, and the user sees why.",
		.page = PAGE_LOGIN,
		.source = "Microsoft Entra, AADSTS7000218; RFC 8628, 3.5",
		.given = "an app registration with Allow public client flows = No",
		.when = "$ nemo auth login",
		.remedy = "Poll on only after authorization_pending and slow_down.",
		.reproduce = "idp-sim reproduce AADSTS7000218",
		.catalogue = "AUTH-LOGIN-DEVICE-DISABLED-TOKEN",
		.needs = "cli.login",
		.mutants = "cli-polls-after-error cli-hides-provider-error "
			   "cli-stores-null-token",
		.overlaps = "login/code-expired; here the error that the page names for Entra",
		.wait_s = 2,
		.surfaces = CLI,
		.providers = AZURE_ONLY,
		.play = refused_while_polling,
		.arg = &secret_wanted,
	},
	{
		.name = "device-flow-disabled",
		.title = "the client may not use the device flow",
		.promise = "Where the device flow is switched off the login ends at once, and "
			   "the user "
			   "sees why.",
		.page = PAGE_LOGIN,
		.source = "RFC 8628, 3.2; provider pages, device flow switch",
		.given = "a client without the device authorization grant",
		.when = "$ nemo auth login",
		.consequence = "hides that the device flow is switched off",
		.remedy = "Print the provider's error and stop; there is no device_code to "
			  "poll with.",
		.catalogue = "AUTH-LOGIN-DEVICE-DISABLED-OKTA AUTH-LOGIN-DEVICE-DISABLED-KC",
		.needs = "cli.login",
		.mutants = "cli-polls-without-device-code cli-login-failure-exits-0 "
			   "cli-stores-null-token",
		.overlaps = "login/unknown-client-id; here the cause that the page names, in "
			    "each dialect",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.wait_s = 2,
		.play = device_flow_off,
	},
	{
		.name = "unknown-client-id",
		.title = "the provider does not know the client id",
		.promise = "A client id the provider does not know ends the login, and the "
			   "user sees why.",
		.page = PAGE_LOGIN,
		.source = "RFC 6749, 5.2; Microsoft Entra, AADSTS700016",
		.given = "a client id that is not registered",
		.when = "$ nemo auth login",
		.consequence = "hides that the client id is wrong",
		.remedy = "Print the provider's error and stop.",
		.reproduce = "idp-sim reproduce AADSTS700016",
		.catalogue = "AUTH-LOGIN-CLIENTID",
		.needs = "cli.login",
		.mutants = "cli-login-failure-exits-0 cli-hides-provider-error "
			   "cli-stores-null-token cli-polls-without-device-code",
		.overlaps = "login/device-flow-disabled; here the cause that the page names, "
			    "in each dialect",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = refused_at_once,
		.arg = &unknown_client,
	},
	{
		.name = "client-id-is-sent-exactly",
		.title = "a client id with blanks, signs and capitals",
		.promise = "The client id reaches the provider exactly as discovery has it.",
		.page = PAGE_LOGIN,
		.source = "Troubleshooting: the client id must match exactly; WHATWG URL, 5.1",
		.given = "a client id with blank, plus, slash, equals and capitals",
		.when = "$ nemo auth login",
		.remedy = "Form-encode the discovered value; do not trim or fold it.",
		.catalogue = "AUTH-LOGIN-CLIENTID-EXACT",
		.needs = "cli.login",
		.mutants = "cli-lowers-client-id cli-hard-coded-client-id "
			   "cli-login-failure-exits-0 cli-stores-null-token",
		.surfaces = CLI,
		.play = client_id_exact,
	},
	{
		.name = "consent-missing",
		.title = "AADSTS65001 and its like: consent is missing",
		.promise = "A missing consent ends the login, and the user sees why.",
		.page = PAGE_LOGIN,
		.source = "Microsoft Entra, AADSTS65001; RFC 6749, 5.2",
		.given = "an administrator has not consented to the scopes",
		.when = "$ nemo auth login",
		.consequence = "hides that an administrator must consent",
		.remedy = "Print the provider's error and stop.",
		.reproduce = "idp-sim reproduce AADSTS65001",
		.catalogue = "AUTH-LOGIN-SCOPES-NOT-GRANTED",
		.needs = "cli.login",
		.mutants = "cli-polls-after-error cli-stores-null-token "
			   "cli-fails-without-a-word",
		.overlaps = "login/public-client-flows-off; here the error that the page names "
			    "after an approval",
		.wait_s = 2,
		.surfaces = CLI,
		.providers = AZURE_ONLY,
		.play = refused_while_polling,
		.arg = &consent_missing,
	},
	{
		.name = "missing-scopes-are-named",
		.title = "a token without the requested scopes",
		.promise = "A token that lacks the requested scopes is not stored, and they "
			   "are named.",
		.page = PAGE_LOGIN,
		.source = "RFC 6749, 3.3",
		.given = "a provider that leaves the scopes out",
		.when = "$ nemo auth login, approved",
		.remedy = "Compare requested with granted scopes before anything is stored.",
		.catalogue = "AUTH-LOGIN-SCOPES-NOT-GRANTED",
		.needs = "cli.login",
		.mutants = "cli-ignores-missing-scopes",
		.wait_s = 2,
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = consent_not_granted,
	},
	{
		.name = "denied-in-the-browser",
		.title = "the person declines",
		.promise = "When the person declines in the browser the login ends with that "
			   "reason.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 3.5 access_denied",
		.given = "the sign-in is declined",
		.when = "$ nemo auth login",
		.remedy = "Take access_denied (Entra: authorization_declined) as the end.",
		.catalogue = "AUTH-TOK-DENIED",
		.needs = "cli.login",
		.mutants =
			"cli-polls-after-error cli-login-failure-exits-0 cli-stores-null-token",
		.overlaps = "login/code-expired; here the words of each dialect for a refusal",
		.wait_s = 3,
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = denied_ends_login,
	},
	{
		.name = "code-expired",
		.title = "the device code has expired",
		.promise = "When the device code has expired the login ends with that reason.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 3.5 expired_token",
		.given = "a token endpoint that answers expired_token",
		.when = "$ nemo auth login",
		.remedy = "Take expired_token as the end.",
		.catalogue = "AUTH-TOK-EXPIRED",
		.needs = "cli.login",
		.mutants =
			"cli-polls-after-error cli-login-failure-exits-0 cli-stores-null-token",
		.overlaps = "login/denied-in-the-browser; here the words of each dialect for "
			    "an end",
		.wait_s = 2,
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = code_expired,
	},
	{
		.name = "gives-up-after-expires-in",
		.title = "nobody comes to the browser",
		.promise = "When nobody signs in the login gives up after expires_in.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 3.2 expires_in",
		.given = "device codes that live three seconds, and nobody at the browser",
		.when = "$ nemo auth login",
		.remedy = "Stop polling when expires_in is over.",
		.catalogue = "AUTH-TOK-DEADLINE",
		.needs = "cli.login",
		.mutants = "cli-ignores-expires-in cli-stores-null-token "
			   "cli-login-failure-exits-0",
		.wait_s = 7,
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = deadline,
	},
	{
		.name = "no-device-endpoint",
		.title = "discovery without a device endpoint",
		.promise = "Where discovery has no device endpoint the login says so and sends "
			   "nothing.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 4",
		.given = "device_authorization_endpoint is null",
		.when = "$ nemo auth login",
		.remedy = "Test for the endpoint first; point to the password grant.",
		.catalogue = "AUTH-LOGIN-NO-DEVICE-ENDPOINT",
		.needs = "cli.login",
		.mutants = "cli-guesses-device-endpoint cli-stores-null-token "
			   "cli-fails-without-a-word",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = no_device_endpoint,
	},
	{
		.name = "html-instead-of-json",
		.title = "the provider answers with a page",
		.promise =
			"A page in the place of JSON ends the login with an error of its own.",
		.page = PAGE_LOGIN,
		.source = "RFC 8628, 3.2",
		.given = "a device endpoint behind a proxy that answers HTML",
		.when = "$ nemo auth login",
		.remedy = "Check status and content type before parsing, and say what came.",
		.catalogue = "AUTH-LOGIN-HTML",
		.needs = "cli.login",
		.mutants = "cli-login-failure-exits-0 cli-polls-without-device-code "
			   "cli-crashes-on-html cli-stores-null-token",
		.overlaps = "login/device-flow-disabled; here an answer that is no JSON",
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = html_instead,
	},
	{
		.name = "discovery-down",
		.title = "the platform's discovery answers 500",
		.promise = "When discovery fails the login ends and names it.",
		.page = PAGE_LOGIN,
		.source = "Using authentication, endpoint discovery",
		.given = "a discovery path that answers 500",
		.when = "$ nemo auth login",
		.remedy = "Give up after one try and name the URL.",
		.catalogue = "AUTH-LOGIN-DISCOVERY-DOWN",
		.needs = "cli.login",
		.mutants = "cli-hangs-without-discovery cli-stores-null-token "
			   "cli-fails-without-a-word",
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = discovery_down,
	},
	{
		.name = "auth-disabled",
		.title = "a cluster with authentication off",
		.promise = "On a cluster with authentication off the login says so and does "
			   "nothing.",
		.page = PAGE_USING_LOGIN,
		.source = "Configuration, auth.enabled",
		.given = "auth_enabled: false in discovery",
		.when = "$ nemo auth login",
		.remedy = "Look at auth_enabled before anything else.",
		.catalogue = "AUTH-LOGIN-AUTH-DISABLED",
		.needs = "cli.login",
		.configuration = "auth-off",
		.mutants = "cli-logs-in-when-disabled",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = auth_disabled,
	},
};

const struct suite suite_login = {
	.section = "login",
	.title = "auth login fails with an IdP error",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
