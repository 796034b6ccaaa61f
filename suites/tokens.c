/* SPDX-License-Identifier: Apache-2.0 */
/* tokens.c - login, status and token: what the using-authentication page shows. */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"

#include <string.h>

static const char *said(struct run *run, const struct ran *r)
{
	return run_printf(run, "%s%s", r->out, r->err);
}

/* ---- the device flow ---- */

/* The address that the provider gave for the sign-in. */
static const char *sign_in_uri(struct run *run)
{
	const char *uri = provider_answer(run, "device", 0, "verification_uri");

	return uri ? uri : "?";
}

/* Types it, and alice approves in the browser. */
static const struct ran *approved(struct run *run, const struct command *cmd)
{
	struct typed *t = cli_begin(run, cmd);
	const char *code = sign_in_pending(run, 10000);

	if (code)
		sign_in_approve(run, code, "alice");
	return cli_finish(run, t);
}

static void device_login(struct run *run)
{
	struct typed *t = cli_begin(run, &(struct command) { .verb = "login" });
	const char *code = sign_in_pending(run, 10000);
	const struct ran *r;

	control_that(run, code != NULL, "a sign-in is pending at the provider", "none came");
	if (code)
		sign_in_approve(run, code, "alice");
	r = cli_finish(run, t);
	check_succeeds(run, "logs in", r);
	check_contains(run, "shows the user code", said(run, r), code ? code : "?");
	check_contains(run, "shows the verification URI", said(run, r), sign_in_uri(run));
	check_that(run, config_value(run, "token") != NULL, "stores the access token",
		   "a token in the config file", "none");
	check_that(run, config_value(run, "refresh_token") != NULL, "stores the refresh token",
		   "a refresh token in the config file", "none");
}

/* The page promises that a person sees address and code before the CLI waits for them. */
static void code_before_polling(struct run *run)
{
	static const char *const keep[] = { "no_browser=yes", NULL };
	struct command cmd = { .verb = "login", .args = keep };
	struct typed *t;
	const struct ran *r;
	bool polled;

	trouble(run, "{s:s, s:s, s:s, s:i}", "kind", "wire", "what", "delay", "endpoint",
		"token", "number", 60000);
	t = cli_begin(run, &cmd);
	polled = provider_wait(run, "token", 1, patience_ms(run, 10000));
	r = cli_abort(run, t);
	control_that(run, polled, "the CLI polls", "no poll came");
	check_contains(run, "shows the verification URI before the first poll is answered",
		       said(run, r), sign_in_uri(run));
}

static void device_form(struct run *run)
{
	const struct ran *r = cli_login(run, "alice", NULL);

	check_succeeds(run, "logs in", r);
	check_equal(run, "sends the client id to the device endpoint",
		    provider_field(run, "device", 0, "client_id"), run->config->client_id);
	check_that(run, provider_field(run, "device", 0, "scope") != NULL,
		   "sends the scope to the device endpoint", "a form field scope", "none");
	check_equal(run, "polls with the device grant",
		    provider_field(run, "token", 0, "grant_type"),
		    "urn:ietf:params:oauth:grant-type:device_code");
	check_equal(run, "sends the client id to the token endpoint",
		    provider_field(run, "token", 0, "client_id"), run->config->client_id);
	check_that(run, provider_field(run, "token", 0, "device_code") != NULL,
		   "sends the device code", "a form field device_code", "none");
}

static double gap_s(struct run *run, size_t from)
{
	return (double)(provider_at_us(run, "token", from + 1) -
			provider_at_us(run, "token", from)) /
	       1e6;
}

static void pending_paces(struct run *run)
{
	struct typed *t = cli_begin(run, &(struct command) { .verb = "login" });
	const char *code = sign_in_pending(run, 10000);
	double gap;

	provider_wait(run, "token", 2, 10000);
	if (code)
		sign_in_approve(run, code, "alice");
	check_succeeds(run, "goes on after authorization_pending", cli_finish(run, t));
	gap = gap_s(run, 0);
	check_that(run, gap >= 0.95, "keeps the interval", "at least 1 s between polls",
		   "%.2f s", gap);
}

static void slow_down_slows(struct run *run)
{
	struct command cmd = { .verb = "login", .timeout_ms = 40000 };
	double gap;

	trouble(run, "{s:s, s:s, s:s, s:i}", "kind", "error", "what", "slow_down", "endpoint",
		"token", "next", 1);
	check_succeeds(run, "goes on after slow_down", approved(run, &cmd));
	gap = gap_s(run, 0);
	check_that(run, gap >= 5.9, "waits five seconds more", "at least 6 s to the next poll",
		   "%.2f s", gap);
}

/* The simulated providers all send an interval; a stranger's device endpoint does not. */
static void default_interval(struct run *run)
{
	double wait;

	stranger_says(
		run, 200,
		"{\"device_code\":\"GmRhmhcxhwAzkoEqiMEg\",\"user_code\":\"WDJB-MJHT\","
		"\"verification_uri\":\"https://idp.example/device\",\"expires_in\":600}");
	api_discovery(run, json_pack("{s:{s:s}}", "oidc", "device_authorization_endpoint",
				     run_printf(run, "%s/device", stranger_url(run))));
	cli_command(run, &(struct command) { .verb = "login", .timeout_ms = 20000 });
	wait = (double)(provider_at_us(run, "token", 0) - stranger_at_us(run, 0)) / 1e6;
	check_that(run, wait >= 4.9, "waits five seconds", "at least 5 s to the first poll",
		   "%.2f s", wait);
}

/* ---- scopes ---- */

static const char *asked_scope(struct run *run)
{
	const char *scope = provider_field(run, "device", 0, "scope");

	return scope ? scope : "";
}

static const char *ours(struct run *run, const char *scope)
{
	return run_printf(run, "%s%s",
			  run->config->scope_prefix ? run->config->scope_prefix : "", scope);
}

static void default_scopes(struct run *run)
{
	api_discovery(run, json_pack("{s:{s:s}}", "oidc", "default_scopes",
				     "openid email platform:read"));
	control_succeeds(run, "logs in", cli_login(run, "alice", NULL));
	check_equal(run, "asks for the discovered default scopes", asked_scope(run),
		    run_printf(run, "openid email %s", ours(run, "platform:read")));
}

static void scope_option(struct run *run)
{
	check_succeeds(run, "logs in", cli_login(run, "alice", "scope=platform:read", NULL));
	check_contains(run, "asks for the scope of the option", asked_scope(run),
		       "platform:read");
	check_lacks(run, "asks for no other platform scope", asked_scope(run),
		    "platform:write");
}

static void scope_prefix(struct run *run)
{
	check_succeeds(run, "logs in", cli_login(run, "alice", NULL));
	check_contains(run, "prefixes platform scopes", asked_scope(run),
		       ours(run, "platform:read"));
	check_lacks(run, "leaves OpenID scopes alone", asked_scope(run),
		    run_printf(run, "%sopenid|%semail", run->config->scope_prefix,
			       run->config->scope_prefix));
}

static void scope_prefix_once(struct run *run)
{
	const char *prefixed = run_printf(run, "openid %s", ours(run, "platform:read"));

	api_discovery(run, json_pack("{s:{s:s}}", "oidc", "default_scopes", prefixed));
	cli_login(run, "alice", NULL);
	check_equal(run, "does not prefix twice", asked_scope(run), prefixed);
}

/* ---- the password grant ---- */

#define PASSWORD_OF_ALICE "password"

static void check_password_grant(struct run *run, const struct ran *r)
{
	check_succeeds(run, "logs in", r);
	check_equal(run, "uses the password grant",
		    provider_field(run, "token", 0, "grant_type"), "password");
	check_count(run, "starts no device flow", provider_saw(run, "device"), 0);
	check_that(run, config_value(run, "token") != NULL, "stores the token",
		   "a token in the config file", "none");
}

static void password_login(struct run *run)
{
	const struct ran *r = cli(run, "login", "username=alice@example.com",
				  "password=" PASSWORD_OF_ALICE, NULL);
	json_t *e = json_array_get(
		json_object_get(sim(run, "GET", "/_sim/journal?endpoint=token", NULL),
				"entries"),
		0);

	check_password_grant(run, r);
	check_that(run, !json_object_get(e, "query"), "keeps the password out of the URL",
		   "a form in the body, no query", "a query in the URL");
	check_equal(run, "sends the name as typed", provider_field(run, "token", 0, "username"),
		    "alice@example.com");
}

static void password_by_environment(struct run *run)
{
	static const char *const env[] = { "NMP_OIDC_USERNAME=alice@example.com",
					   "NMP_OIDC_PASSWORD=" PASSWORD_OF_ALICE, NULL };

	check_password_grant(
		run, cli_command(run, &(struct command) { .verb = "login", .env = env }));
}

static void password_wrong(struct run *run)
{
	const struct ran *r = cli(run, "login", "username=alice@example.com",
				  "password=not-hers-52817", NULL);

	check_fails(run, "exits with an error", r);
	check_contains(run, "shows the provider's error", said(run, r),
		       "invalid_grant|AADSTS50126|nvalid user credentials|credentials provided "
		       "were invalid");
	check_keeps(run, "does not print the password", said(run, r), "not-hers-52817");
	check_that(run, config_value(run, "token") == NULL, "stores no token", "no token",
		   "a token");
}

/* ---- the browser ---- */

static const char *const *with_browser(struct run *run)
{
	const char **env = arena_alloc(run->arena, 3 * sizeof(*env));

	env[0] = run_printf(run, "BROWSER=%s", browser_made(run, home_path(run, "opened")));
	env[1] = "DISPLAY=:0";
	return env;
}

static void opens_browser(struct run *run)
{
	struct command cmd = { .verb = "login", .env = with_browser(run) };

	control_succeeds(run, "logs in", approved(run, &cmd));
	check_contains(run, "opens the verification URI in the browser",
		       file_text(run, home_path(run, "opened")), sign_in_uri(run));
}

static void no_browser(struct run *run)
{
	static const char *const args[] = { "no_browser=yes", NULL };
	struct command cmd = { .verb = "login", .args = args, .env = with_browser(run) };
	const struct ran *r = approved(run, &cmd);

	check_succeeds(run, "logs in", r);
	check_equal(run, "opens no browser", file_text(run, home_path(run, "opened")), "");
	check_contains(run, "shows the verification URI", said(run, r), sign_in_uri(run));
}

/* ---- status, token, logout ---- */

static void status_shows(struct run *run)
{
	const struct ran *r;
	const char *token;
	int64_t exp;
	char day[32];

	login_given(run, "alice", 3000, true);
	token = config_value(run, "token");
	exp = conf_int(token_claims(run, token), "exp", 0);
	clk_iso(exp, day);
	r = cli(run, "status", NULL);
	check_succeeds(run, "exits without an error", r);
	check_contains(run, "shows the e-mail address", r->out, "alice@example.com");
	check_contains(run, "shows the scopes", r->out, "platform:read");
	check_contains(run, "shows when the token expires", r->out,
		       run_printf(run, "%.10s", day));
	check_keeps(run, "does not print the token", said(run, r), token);
}

static void token_prints(struct run *run)
{
	const struct ran *r;
	const char *token;

	login_given(run, "alice", 3000, true);
	token = config_value(run, "token");
	r = cli(run, "token", NULL);
	check_succeeds(run, "exits without an error", r);
	check_equal(run, "prints the token and a line end", r->out,
		    run_printf(run, "%s\n", token));
	check_keeps(run, "keeps stderr free of it", r->err, token);
}

static void token_none(struct run *run)
{
	const struct ran *r = cli(run, "token", NULL);

	check_fails(run, "exits with an error", r);
	check_equal(run, "prints nothing", r->out, "");
}

static void token_works_elsewhere(struct run *run)
{
	const struct ran *r;

	login_given(run, "alice", 3000, true);
	r = cli(run, "token", NULL);
	control_succeeds(run, "prints the token", r);
	check_status(run, "curl with $(nemo auth token) is let in",
		     request_platform(
			     run, &(struct ask) { .token = run_printf(
							  run, "%.*s",
							  (int)strcspn(r->out, "\n"), r->out),
						  .from = "curl" }),
		     "200");
}

static void logout_forgets(struct run *run)
{
	struct session s;
	const struct ran *r;
	const char *text;

	login_given(run, "alice", 3000, true);
	s.access_token = config_value(run, "token");
	s.refresh_token = config_value(run, "refresh_token");
	check_succeeds(run, "logs out", cli(run, "logout", NULL));
	text = config_text(run);
	check_keeps(run, "leaves no access token in the file", text, s.access_token);
	check_keeps(run, "leaves no refresh token in the file", text, s.refresh_token);
	r = cli(run, "token", NULL);
	check_fails(run, "has no token afterwards", r);
	cli(run, "workspaces-list", NULL);
	check_that(run, !api_header(run, "workspaces", 0, "Authorization"),
		   "the next command is unauthenticated", "no Authorization header",
		   "a header");
}

static void logout_offline(struct run *run)
{
	const char *token;

	login_given(run, "alice", 3000, true);
	token = config_value(run, "token");
	api_answers(run, &(struct canned) { .path = "discovery", .status = 500 });
	api_answers(run, &(struct canned) { .status = 500 });
	check_succeeds(run, "exits without an error", cli(run, "logout", NULL));
	check_keeps(run, "leaves no token in the file", config_text(run), token);
}

/* ---- which token, and to whom ---- */

static void variable_wins(struct run *run)
{
	const char *other = token_for(run, "victor"), *before;
	const char *env[] = { run_printf(run, "NMP_ACCESS_TOKEN=%s", other), NULL };

	login_given(run, "alice", 3000, true);
	before = config_text(run);
	control_succeeds(
		run, "lists workspaces",
		cli_command(run, &(struct command) { .verb = "workspaces-list", .env = env }));
	check_equal(run, "sends the token of the variable",
		    api_header(run, "workspaces", 0, "Authorization"),
		    run_printf(run, "Bearer %s", other));
	check_equal(run, "leaves the file alone", config_text(run), before);
}

static void bearer_to_cluster(struct run *run)
{
	const char *token;

	login_given(run, "alice", -60, true);
	check_succeeds(run, "lists workspaces", cli(run, "workspaces-list", NULL));
	token = config_value(run, "token");
	check_equal(run, "sends the token as a bearer token",
		    api_header(run, "workspaces", 0, "Authorization"),
		    run_printf(run, "Bearer %s", token));
	check_that(run, !provider_header(run, "token", 0, "Authorization"),
		   "does not send it to the provider", "no Authorization header", "a header");
}

static void bearer_not_redirected(struct run *run)
{
	const char *elsewhere = stranger_url(run);
	const struct ran *r;

	login_given(run, "alice", 3000, true);
	control_succeeds(run, "lists workspaces", cli(run, "workspaces-list", NULL));
	api_answers(run, &(struct canned) {
				 .status = 307,
				 .location = run_printf(run, "%s/workspaces", elsewhere) });
	r = cli_command(run,
			&(struct command) { .verb = "workspaces-list", .timeout_ms = 10000 });
	check_lacks(run, "sends the token to no other host", stranger_saw(run),
		    "Bearer|bearer");
	check_that(run, !r->signal, "ends by itself", "no signal", "signal %d", r->signal);
}

static void no_secrets_in_verbose(struct run *run)
{
	const char *refresh;
	const struct ran *r;

	login_given(run, "alice", -60, true);
	refresh = config_value(run, "refresh_token");
	r = cli_command(run,
			&(struct command) { .verb = "workspaces-list", .global = "--verbose" });
	control_succeeds(run, "lists workspaces", r);
	check_keeps(run, "does not print the access token", said(run, r),
		    config_value(run, "token"));
	check_keeps(run, "does not print the refresh token", said(run, r), refresh);
	cli_command(run, &(struct command) { .verb = "logout" });
	r = cli_command(run, &(struct command) { .verb = "login",
						 .global = "--verbose",
						 .args = (const char *const[]) {
							 "username=alice@example.com",
							 "password=" PASSWORD_OF_ALICE "-52817",
							 NULL } });
	check_keeps(run, "does not print the password", said(run, r),
		    PASSWORD_OF_ALICE "-52817");
}

static const struct scenario rows[] = {
	{
		.name = "device-login",
		.title = "auth login by the device flow",
		.promise = "auth login shows address and code, and stores the tokens once "
			   "approved.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 3.3",
		.when = "$ nemo auth login, approved in the browser",
		.remedy =
			"Print verification_uri and user_code; store access and refresh token.",
		.catalogue = "AUTH-TOK-DEVICE-OK",
		.needs = "cli.login",
		.mutants = "cli-hides-code cli-wrong-grant",
		.wait_s = 2,
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = device_login,
	},
	{
		.name = "code-is-shown-first",
		.title = "address and code before the polling",
		.promise = "Address and code are shown before the first poll is answered.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 3.3",
		.given = "a token endpoint that takes its time",
		.when = "$ nemo auth login, its output read through a pipe",
		.remedy = "Flush stdout before polling.",
		.catalogue = "AUTH-TOK-DEVICE-OK",
		.needs = "cli.login cli.no_browser",
		.mutants = "cli-shows-code-late",
		.wait_s = 5,
		.surfaces = CLI,
		.play = code_before_polling,
	},
	{
		.name = "device-requests",
		.title = "what goes to the provider",
		.promise = "The device flow's requests are the forms of RFC 8628.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 3.1, 3.4",
		.when = "$ nemo auth login, approved",
		.remedy =
			"Send forms, with the device grant, the client id and the device code.",
		.catalogue = "AUTH-TOK-DEVICE-FORM",
		.needs = "cli.login",
		.mutants = "cli-json-to-provider cli-wrong-grant",
		.wait_s = 2,
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = device_form,
	},
	{
		.name = "pending-keeps-the-interval",
		.title = "authorization_pending",
		.promise = "While the sign-in is pending the CLI polls no faster than the "
			   "interval.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 3.5",
		.given = "a sign-in that is approved after the second poll",
		.when = "$ nemo auth login",
		.remedy = "Wait `interval` seconds before each poll.",
		.catalogue = "AUTH-TOK-PENDING",
		.needs = "cli.login",
		.mutants = "cli-polls-busily cli-success-exits-1",
		.wait_s = 4,
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = pending_paces,
	},
	{
		.name = "slow-down-slows",
		.title = "slow_down",
		.promise = "After slow_down the CLI waits five seconds more between polls.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 3.5",
		.given = "a first poll that is answered with slow_down",
		.when = "$ nemo auth login",
		.remedy = "Add five seconds to the interval at each slow_down.",
		.catalogue = "AUTH-TOK-SLOWDOWN",
		.needs = "cli.login",
		.mutants = "cli-ignores-slow-down cli-success-exits-1",
		.wait_s = 8,
		.tags = "slow",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.providers = KEYCLOAK_ONLY,
		.play = slow_down_slows,
	},
	{
		.name = "default-interval",
		.title = "a device answer without interval",
		.promise = "Without an interval the CLI waits five seconds between polls.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 8628, 3.2",
		.given = "a device endpoint that leaves interval out",
		.when = "$ nemo auth login",
		.remedy = "Take five seconds where interval is absent.",
		.catalogue = "AUTH-TOK-INTERVAL-DEFAULT",
		.needs = "cli.login",
		.mutants = "cli-no-default-interval",
		.wait_s = 7,
		.tags = "slow",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = default_interval,
	},
	{
		.name = "default-scopes",
		.title = "the scopes of discovery",
		.promise =
			"auth login asks for the default scopes of the platform's discovery.",
		.page = PAGE_USING_LOGIN,
		.source = "Using authentication, default_scopes",
		.given = "default_scopes: openid email platform:read",
		.when = "$ nemo auth login",
		.remedy = "Take the scopes from discovery, not from the program.",
		.catalogue = "AUTH-TOK-SCOPE-DEFAULT",
		.needs = "cli.login",
		.mutants = "cli-hard-coded-scopes",
		.wait_s = 2,
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = default_scopes,
	},
	{
		.name = "scope-option",
		.title = "auth login --scope",
		.promise = "auth login --scope asks for that platform scope and no other.",
		.page = PAGE_USING_LOGIN,
		.source = "Using authentication, --scope",
		.when = "$ nemo auth login --scope platform:read",
		.remedy = "Let --scope replace the platform scopes of the default.",
		.catalogue = "AUTH-TOK-SCOPE-FLAG",
		.needs = "cli.login cli.scope_option",
		.mutants = "cli-ignores-scope-option cli-scope-option-filters "
			   "cli-success-exits-1",
		.wait_s = 2,
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = scope_option,
	},
	{
		.name = "scope-prefix",
		.title = "a scope prefix",
		.promise = "With a scope prefix platform scopes are prefixed and OpenID scopes "
			   "are not.",
		.page = PAGE_AZURE,
		.source = "Configuration, auth.oidc.scope_prefix",
		.given = "scope_prefix: api://<client id>/",
		.when = "$ nemo auth login",
		.remedy = "Prefix what has a colon, and nothing else.",
		.catalogue = "AUTH-TOK-SCOPE-PREFIXED",
		.needs = "cli.login",
		.mutants = "cli-prefixes-all-scopes cli-no-scope-prefix",
		.wait_s = 2,
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.providers = AZURE_ONLY,
		.play = scope_prefix,
	},
	{
		.name = "scope-prefix-once",
		.title = "default scopes that have the prefix already",
		.promise = "A scope that has the prefix already is not prefixed again.",
		.page = PAGE_AZURE,
		.source = "Identity providers, Entra, sample configuration",
		.given = "scope_prefix and default_scopes as on the page's sample",
		.when = "$ nemo auth login",
		.remedy = "Test for the prefix before putting it.",
		.catalogue = "AUTH-TOK-SCOPE-PREFIX-TWICE",
		.needs = "cli.login",
		.mutants = "cli-prefixes-twice",
		.wait_s = 2,
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.providers = AZURE_ONLY,
		.play = scope_prefix_once,
	},
	{
		.name = "password-login",
		.title = "auth login --username --password",
		.promise = "With user name and password auth login uses the password grant, no "
			   "browser.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 6749, 4.3",
		.when = "$ nemo auth login --username alice@example.com --password ...",
		.remedy = "Send grant_type=password as a form; never put the password into a "
			  "URL.",
		.catalogue = "AUTH-TOK-PASSWORD",
		.needs = "cli.login cli.password",
		.mutants = "cli-password-in-url cli-success-exits-1 "
			   "cli-ignores-password-option",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = password_login,
	},
	{
		.name = "password-by-environment",
		.title = "NMP_OIDC_USERNAME and NMP_OIDC_PASSWORD",
		.promise = "User name and password are taken from the environment as from "
			   "options.",
		.page = PAGE_USING_LOGIN,
		.source = "Using authentication, environment",
		.when = "$ NMP_OIDC_USERNAME=... NMP_OIDC_PASSWORD=... nemo auth login",
		.remedy = "Read both variables where the options are absent.",
		.catalogue = "AUTH-TOK-PASSWORD-ENV",
		.needs = "cli.login cli.password",
		.mutants = "cli-ignores-password-variables",
		.surfaces = CLI,
		.play = password_by_environment,
	},
	{
		.name = "wrong-password",
		.title = "a wrong password",
		.promise =
			"A wrong password ends with the provider's error and is not printed.",
		.page = PAGE_USING_LOGIN,
		.source = "RFC 6749, 5.2",
		.given = "a password that is not hers",
		.when = "$ nemo auth login --username alice@example.com --password ...",
		.consequence = "prints the password",
		.remedy = "Print error and description, nothing of the request.",
		.catalogue = "AUTH-TOK-PASSWORD-FAIL",
		.needs = "cli.login cli.password",
		.mutants = "cli-prints-password cli-login-failure-exits-0 "
			   "cli-hides-provider-error cli-password-falls-back "
			   "cli-stores-null-token",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = password_wrong,
	},
	{
		.name = "opens-the-browser",
		.title = "the browser opens",
		.promise = "auth login opens the verification URI in the browser.",
		.page = PAGE_USING_LOGIN,
		.source = "Using authentication: \"It opens your browser\"",
		.when = "$ BROWSER=... nemo auth login",
		.remedy = "Hand the verification URI to $BROWSER or the desktop.",
		.catalogue = "AUTH-TOK-DEVICE-OK",
		.needs = "cli.login",
		.mutants = "cli-opens-no-browser",
		.wait_s = 2,
		.surfaces = CLI,
		.play = opens_browser,
	},
	{
		.name = "no-browser",
		.title = "auth login --no-browser",
		.promise = "With --no-browser none is opened, and the address is printed.",
		.page = PAGE_USING_LOGIN,
		.source = "Using authentication, --no-browser",
		.when = "$ nemo auth login --no-browser",
		.remedy = "Print the address and open nothing.",
		.catalogue = "AUTH-TOK-DEVICE-OK",
		.needs = "cli.login cli.no_browser",
		.mutants = "cli-ignores-no-browser cli-success-exits-1 "
			   "cli-no-browser-shows-nothing",
		.wait_s = 2,
		.surfaces = CLI,
		.play = no_browser,
	},
	{
		.name = "status-shows-who",
		.title = "auth status",
		.promise = "auth status shows e-mail address, scopes and expiry, and never the "
			   "token.",
		.page = PAGE_USING_STATUS,
		.source = "Using authentication, auth status",
		.given = "a login that is good for 50 minutes",
		.when = "$ nemo auth status",
		.consequence = "prints the token on a screen that is shared",
		.remedy = "Show upn or email, scp or scope, and exp.",
		.catalogue = "AUTH-TOK-STATUS",
		.needs = "cli.status",
		.mutants = "cli-status-shows-subject cli-status-prints-token "
			   "cli-status-hides-scopes cli-success-exits-1 "
			   "cli-status-without-expiry",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = status_shows,
	},
	{
		.name = "token-prints-the-token",
		.title = "auth token",
		.promise = "auth token prints the token and a line end, nothing else.",
		.page = PAGE_USING_TOKEN,
		.source = "Using authentication, auth token",
		.given = "a login that is good for 50 minutes",
		.when = "$ nemo auth token",
		.remedy = "Print hints to stderr, the bare token to stdout.",
		.catalogue = "AUTH-TOK-TOKEN",
		.needs = "cli.token",
		.mutants = "cli-token-decorated cli-token-truncated cli-success-exits-1 "
			   "cli-token-on-stderr",
		.surfaces = CLI,
		.play = token_prints,
	},
	{
		.name = "token-without-login",
		.title = "auth token when nobody is logged in",
		.promise = "Without a login auth token prints nothing and fails.",
		.page = PAGE_USING_TOKEN,
		.source = "Using authentication, auth token",
		.given = "no config file",
		.when = "$ nemo auth token",
		.remedy = "Exit non-zero, with the hint on stderr.",
		.catalogue = "AUTH-TOK-TOKEN-NONE",
		.needs = "cli.token",
		.mutants = "cli-token-prints-null",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = token_none,
	},
	{
		.name = "token-works-with-curl",
		.title = "curl with $(nemo auth token)",
		.promise = "The printed token is good for a request by any other client.",
		.page = PAGE_USING_TOKEN,
		.source = "Using authentication, curl",
		.given = "a login that is good for 50 minutes",
		.when = "curl -H \"Authorization: Bearer $(nemo auth token)\"",
		.remedy = "Print the token that the CLI itself would send.",
		.catalogue = "AUTH-TOK-CURL",
		.needs = "cli.token",
		.mutants = "cli-token-truncated cli-token-decorated",
		.overlaps =
			"tokens/token-prints-the-token; here that the printed token is good",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = token_works_elsewhere,
	},
	{
		.name = "logout-forgets",
		.title = "auth logout",
		.promise = "auth logout leaves neither token in the config; the next command "
			   "has none.",
		.page = PAGE_USING_LOGIN,
		.source = "Using authentication, auth logout",
		.given = "a login that is good for 50 minutes",
		.when = "$ nemo auth logout, then $ nemo workspaces list",
		.consequence = "leaves tokens behind after logout",
		.remedy = "Remove access token and refresh token from the file.",
		.catalogue = "AUTH-TOK-LOGOUT",
		.needs = "cli.logout cli.token cli.workspaces",
		.mutants = "cli-logout-keeps-refresh-token cli-success-exits-1 "
			   "cli-logout-keeps-access-token",
		.surfaces = CLI,
		.play = logout_forgets,
	},
	{
		.name = "logout-offline",
		.title = "auth logout without the cluster",
		.promise =
			"auth logout removes the tokens also when the cluster does not answer.",
		.page = PAGE_USING_LOGIN,
		.source = "Using authentication, auth logout",
		.given = "a platform that answers 500",
		.when = "$ nemo auth logout",
		.remedy = "Clear the file first.",
		.catalogue = "AUTH-TOK-LOGOUT-OFFLINE",
		.needs = "cli.logout",
		.mutants = "cli-logout-needs-cluster",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = logout_offline,
	},
	{
		.name = "token-variable",
		.title = "NMP_ACCESS_TOKEN",
		.promise = "The token of NMP_ACCESS_TOKEN is sent instead of the stored one.",
		.page = PAGE_USING_TOKEN,
		.source = "Configuration, environment",
		.given = "a login as alice, a token of victor in the environment",
		.when = "$ NMP_ACCESS_TOKEN=... nemo workspaces list",
		.remedy = "Let the environment win, and leave the file alone.",
		.catalogue = "AUTH-TOK-ENV",
		.needs = "cli.workspaces",
		.mutants = "cli-ignores-token-variable cli-stores-token-variable",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = variable_wins,
	},
	{
		.name = "bearer-to-the-cluster",
		.title = "where the token is sent",
		.promise = "The access token is sent to the cluster as a bearer token, not to "
			   "the provider.",
		.page = PAGE_USING_TOKEN,
		.source = "RFC 6750, 2.1, 5.3",
		.given = "an expired token and a good refresh token",
		.when = "$ nemo workspaces list",
		.remedy = "Send Authorization to the base URL's host only.",
		.catalogue = "AUTH-TOK-BEARER",
		.needs = "cli.workspaces",
		.mutants = "cli-sends-no-token cli-token-to-provider",
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = bearer_to_cluster,
	},
	{
		.name = "bearer-not-sent-after-redirect",
		.title = "the API redirects to another host",
		.promise = "After a redirect to another host the token is not sent along.",
		.page = PAGE_USING_TOKEN,
		.source = "RFC 6750, 5.3; RFC 9110, 15.4",
		.given = "an API that answers 307 to another host",
		.when = "$ nemo workspaces list",
		.consequence = "hands the token to another host",
		.remedy = "Drop Authorization when the host changes, or do not follow.",
		.catalogue = "AUTH-TOK-BEARER",
		.needs = "cli.workspaces",
		.mutants = "cli-follows-redirect-with-token cli-crashes-on-html",
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = bearer_not_redirected,
	},
	{
		.name = "verbose-keeps-secrets",
		.title = "secrets with --verbose",
		.promise = "With --verbose no token and no password is printed.",
		.page = PAGE_HARDENING,
		.source = "RFC 6750, 5.3",
		.when = "$ nemo --verbose workspaces list; $ nemo --verbose auth login",
		.consequence = "prints secrets into logs",
		.remedy = "Cut tokens and passwords from what is logged.",
		.catalogue = "AUTH-HARD-LOGS",
		.needs = "cli.workspaces cli.password",
		.mutants = "cli-verbose-shows-secrets",
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = no_secrets_in_verbose,
	},
};

const struct suite suite_tokens = {
	.section = "tokens",
	.title = "Login and tokens",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
