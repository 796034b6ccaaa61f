/* SPDX-License-Identifier: Apache-2.0 */
/* refresh.c - refresh and locking, in the CLI and in the SDK. */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/conf.h"

#include <signal.h>
#include <string.h>

enum { PARALLEL = 5 };

static const struct ran *list(struct run *run)
{
	return cli(run, "workspaces-list", NULL);
}

static size_t refreshes(struct run *run)
{
	return provider_saw(run, "token");
}

static const char *sent_token(struct run *run, size_t index)
{
	const char *value = api_header(run, "workspaces", index, "Authorization");

	return value ? value : "";
}

static void check_new_token_sent(struct run *run, const char *old)
{
	check_that(run, api_saw(run, NULL, NULL) > 0 && !strstr(sent_token(run, 0), old),
		   "sends the new token", "another token than the stored one",
		   "the old one, or nothing");
}

/* ---- auth refresh ---- */

static void refresh_command(struct run *run)
{
	const char *access, *refresh;

	login_given(run, "alice", 3000, true);
	access = config_value(run, "token");
	refresh = config_value(run, "refresh_token");
	check_succeeds(run, "exits without an error", cli(run, "refresh", NULL));
	check_equal(run, "uses the refresh grant although the token is valid",
		    provider_field(run, "token", 0, "grant_type"), "refresh_token");
	check_that(run,
		   config_value(run, "token") &&
			   strcmp(access, config_value(run, "token")) != 0,
		   "stores the new access token", "another token", "the old one, or none");
	if (run->provider[0] != 'k') /* a rotated one differs in any case */
		check_that(run,
			   config_value(run, "refresh_token") &&
				   strcmp(refresh, config_value(run, "refresh_token")) != 0,
			   "stores the rotated refresh token", "another one",
			   "the old one, or none");
	check_succeeds(run, "the new login can be refreshed again", cli(run, "refresh", NULL));
}

static void refresh_keeps_token(struct run *run)
{
	const char *kept;

	login_given(run, "alice", 3000, true);
	kept = config_value(run, "refresh_token");
	api_discovery(run, json_pack("{s:{s:s}}", "oidc", "token_endpoint",
				     run_printf(run, "%s/token", stranger_url(run))));
	stranger_says(run, 200,
		      run_printf(run,
				 "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_"
				 "in\":3600}",
				 token_for(run, "alice")));
	check_succeeds(run, "exits without an error", cli(run, "refresh", NULL));
	check_equal(run, "keeps the refresh token", config_value(run, "refresh_token"), kept);
}

static void refresh_refused(struct run *run)
{
	const struct ran *r;
	const char *before;

	login_given(run, "alice", 3000, true);
	before = config_text(run);
	sim(run, "POST", "/_sim/refresh/revoke", json_pack("{s:s}", "provider", run->provider));
	r = cli(run, "refresh", NULL);
	check_fails(run, "exits with an error", r);
	check_equal(run, "leaves the config file as it was", config_text(run), before);
}

/* ---- before a command ---- */

static void expired_is_refreshed(struct run *run)
{
	const char *old;

	login_given(run, "alice", -600, true);
	old = config_value(run, "token");
	check_succeeds(run, "the command succeeds", list(run));
	check_count(run, "refreshes once", refreshes(run), 1);
	check_new_token_sent(run, old);
}

static void within_five_minutes(struct run *run)
{
	const char *old;

	login_given(run, "alice", 290, true);
	old = config_value(run, "token");
	check_succeeds(run, "the command succeeds", list(run));
	check_count(run, "refreshes once", refreshes(run), 1);
	check_new_token_sent(run, old);
}

static void not_early(struct run *run)
{
	login_given(run, "alice", 400, true);
	check_succeeds(run, "the command succeeds", list(run));
	check_count(run, "sends nothing to the token endpoint", refreshes(run), 0);
}

static void no_auto_refresh(struct run *run)
{
	static const struct command quiet = { .verb = "workspaces-list",
					      .global = "--no-auto-refresh" };
	const char *old;

	login_given(run, "alice", 290, true);
	old = config_value(run, "token");
	check_succeeds(run, "the command succeeds", cli_command(run, &quiet));
	check_count(run, "sends nothing to the token endpoint", refreshes(run), 0);
	check_contains(run, "sends the stored token", sent_token(run, 0), old);
}

static void not_on_403(struct run *run)
{
	const struct ran *r;

	login_given(run, "alice", 3000, true);
	control_succeeds(run, "a command with a good login succeeds", list(run));
	api_answers(run, &(struct canned) { .path = "workspaces",
					    .status = 403,
					    .body = "{\"detail\":\"Forbidden\"}" });
	r = list(run);
	check_fails(run, "exits with an error", r);
	check_contains(run, "shows the refusal", r->err, "403|orbidden|ermission");
	check_count(run, "neither refreshes nor logs in",
		    refreshes(run) + provider_saw(run, "device"), 0);
	check_count(run, "asks once", api_saw(run, NULL, NULL) - 1, 1);
}

/* ---- several processes ---- */

static void parallel(struct run *run)
{
	static const struct command cmd = { .verb = "workspaces-list" };
	struct typed *t[PARALLEL];
	size_t good = 0;

	/* Keycloak's usual five minutes are within the window of the next command again. */
	sim(run, "PATCH",
	    run_printf(run, "/_sim/providers/%s/clients/%s", run->provider,
		       run->config->client_id),
	    json_pack("{s:{s:i}}", "lifetimes", "access", 3600));
	login_given(run, "alice", -600, true);
	for (size_t i = 0; i < PARALLEL; i++)
		t[i] = cli_begin(run, &cmd);
	for (size_t i = 0; i < PARALLEL; i++)
		good += cli_finish(run, t[i])->exit_code == 0;
	check_count(run, "all commands succeed", good, PARALLEL);
	check_count(run, "one of them refreshes", refreshes(run), 1);
	check_succeeds(run, "the stored refresh token is the last one",
		       cli(run, "refresh", NULL));
}

/* A process that dies with the lock in its hands must not stop those after it. */
static void killed_holder(struct run *run)
{
	static const struct command killed = { .verb = "workspaces-list" };
	struct typed *t;
	const struct ran *r;
	bool asked;

	login_given(run, "alice", -600, true);
	trouble(run, "{s:s, s:s, s:s, s:i, s:i}", "kind", "wire", "what", "delay", "endpoint",
		"token", "number", 60000, "next", 1);
	t = cli_begin(run, &killed);
	asked = provider_wait(run, "token", 1, patience_ms(run, 10000));
	cli_abort(run, t);
	control_that(run, asked, "a command is killed while it refreshes",
		     "it did not ask the provider");
	troubles_end(run);
	check_that(run, config_value(run, "token") != NULL, "the config file is whole",
		   "a file that can be read", "%s", config_text(run));
	login_given(run, "alice", -600, true);
	r = cli_command(run,
			&(struct command) { .verb = "workspaces-list", .timeout_ms = 15000 });
	check_succeeds(run, "the next command succeeds", r);
}

/* ---- the SDK ---- */

static const struct ran *sdk(struct run *run, const char *clients, const char *calls)
{
	return cli(run, "sdk", clients, calls, NULL);
}

static void sdk_within_a_minute(struct run *run)
{
	login_given(run, "alice", 300, true);
	check_succeeds(run, "a call with five minutes left succeeds", sdk(run, NULL, NULL));
	check_count(run, "it does not refresh", refreshes(run), 0);
	login_given(run, "alice", 50, true);
	check_succeeds(run, "a call with 50 s left succeeds", sdk(run, NULL, NULL));
	check_count(run, "it refreshes", refreshes(run), 1);
}

static void sdk_shares(struct run *run)
{
	login_given(run, "alice", -600, true);
	check_succeeds(run, "calls of five clients succeed", sdk(run, "clients=5", "calls=1"));
	check_count(run, "they refresh once", refreshes(run), 1);
}

static void sdk_refresh_refused(struct run *run)
{
	const struct ran *r;

	login_given(run, "alice", -600, true);
	sim(run, "POST", "/_sim/refresh/expire", json_pack("{s:s}", "provider", run->provider));
	r = sdk(run, NULL, NULL);
	check_fails(run, "ends with an error", r);
	check_contains(run, "tells to log in again", run_printf(run, "%s%s", r->out, r->err),
		       "login|log in|invalid_grant|authenticate");
	check_count(run, "does not send the expired token", api_saw(run, NULL, NULL), 0);
}

static void sdk_other_process(struct run *run)
{
	const struct ran *r;

	login_given(run, "alice", -600, true);
	r = cli(run, "sdk", run_printf(run, "between=%s", refresh_command_line(run)), NULL);
	check_succeeds(run, "the call succeeds", r);
	check_count(run, "the refresh token is used once", refreshes(run), 1);
}

static void sdk_config(struct run *run)
{
	login_given(run, "alice", 3000, true);
	check_succeeds(run, "the call succeeds", sdk(run, NULL, NULL));
	check_equal(run, "sends the token of the active context", sent_token(run, 0),
		    run_printf(run, "Bearer %s", config_value(run, "token")));
}

static void sdk_contexts(struct run *run)
{
	const char *other = token_for(run, "victor"), *mine = token_for(run, "alice");

	config_give_two(run, other, mine);
	check_succeeds(run, "the call succeeds", sdk(run, NULL, NULL));
	check_equal(run, "sends the token of the active context", sent_token(run, 0),
		    run_printf(run, "Bearer %s", mine));
}

static void sdk_access_token(struct run *run)
{
	const char *given = token_for(run, "victor"), *before;

	login_given(run, "alice", -600, true);
	before = config_text(run);
	check_succeeds(run, "the call succeeds",
		       cli(run, "sdk", run_printf(run, "access_token=%s", given), NULL));
	check_equal(run, "sends the token it was given", sent_token(run, 0),
		    run_printf(run, "Bearer %s", given));
	check_count(run, "does not refresh", refreshes(run), 0);
	check_equal(run, "leaves the file alone", config_text(run), before);
}

static const struct scenario rows[] = {
	{
		.name = "refresh-command",
		.title = "auth refresh",
		.promise = "auth refresh gets new tokens although the old one is valid, and "
			   "stores them.",
		.page = PAGE_USING_REFRESH,
		.source = "RFC 6749, 6",
		.given = "a login that is good for 50 minutes",
		.when = "$ nemo auth refresh",
		.remedy = "Send the refresh grant, and store both tokens of the answer.",
		.catalogue = "AUTH-TOK-REFRESH",
		.needs = "cli.refresh",
		.mutants = "cli-refresh-idle-when-valid cli-drops-rotated-token "
			   "cli-success-exits-1",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = refresh_command,
	},
	{
		.name = "refresh-token-is-kept",
		.title = "an answer without a refresh token",
		.promise = "When a refresh brings no new refresh token the old one is kept.",
		.page = PAGE_USING_REFRESH,
		.source = "RFC 6749, 6",
		.given = "a token endpoint that does not rotate",
		.when = "$ nemo auth refresh",
		.remedy = "Replace the refresh token only by one that came.",
		.catalogue = "AUTH-TOK-REFRESH-NOROTATE",
		.needs = "cli.refresh",
		.mutants = "cli-drops-kept-refresh-token cli-success-exits-1",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = refresh_keeps_token,
	},
	{
		.name = "refused-refresh-changes-nothing",
		.title = "the provider refuses the refresh",
		.promise =
			"A refused refresh ends with an error and leaves the config as it was.",
		.page = PAGE_USING_REFRESH,
		.source = "RFC 6749, 5.2",
		.given = "a revoked refresh token",
		.when = "$ nemo auth refresh",
		.consequence = "loses the login when a refresh is refused",
		.remedy = "Write the file after success only.",
		.catalogue = "AUTH-TOK-REFRESH-FAIL",
		.needs = "cli.refresh",
		.mutants = "cli-refresh-failure-wipes cli-refresh-failure-exits-0",
		.overlaps =
			"401/refresh-token-expired; here auth refresh itself, at each provider",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = refresh_refused,
	},
	{
		.name = "expired-is-refreshed",
		.title = "a command with an expired token",
		.promise = "An expired token is refreshed once, and the command sends the new "
			   "one.",
		.page = PAGE_USING_REFRESH,
		.source = "Using authentication, automatic refresh",
		.given = "a token that expired ten minutes ago",
		.when = "$ nemo workspaces list",
		.remedy = "Refresh before the request, and send what came.",
		.catalogue = "AUTH-TOK-AUTO-EXPIRED",
		.needs = "cli.workspaces",
		.mutants = "cli-never-refreshes cli-sends-old-token",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = expired_is_refreshed,
	},
	{
		.name = "within-five-minutes",
		.title = "a token with less than five minutes left",
		.promise = "A token within five minutes of its end is refreshed before the "
			   "command.",
		.page = PAGE_USING_REFRESH,
		.source = "Using authentication, automatic refresh: five minutes",
		.given = "a token with 290 s left",
		.when = "$ nemo workspaces list",
		.remedy = "Refresh when exp is less than 300 s away.",
		.catalogue = "AUTH-TOK-AUTO-5MIN",
		.needs = "cli.workspaces",
		.mutants = "cli-refreshes-when-expired-only cli-never-refreshes "
			   "cli-success-exits-1",
		.surfaces = CLI,
		.play = within_five_minutes,
	},
	{
		.name = "not-early",
		.title = "a fresh token",
		.promise = "A token with more than five minutes left is not refreshed.",
		.page = PAGE_USING_REFRESH,
		.source = "Using authentication, automatic refresh",
		.given = "a token with almost seven minutes left",
		.when = "$ nemo workspaces list",
		.remedy = "Look at exp before refreshing: five minutes are the window.",
		.catalogue = "AUTH-TOK-AUTO-NOT-EARLY",
		.needs = "cli.workspaces",
		.mutants = "cli-refreshes-always cli-refreshes-early cli-success-exits-1",
		.surfaces = CLI,
		.play = not_early,
	},
	{
		.name = "no-auto-refresh-is-silent",
		.title = "--no-auto-refresh",
		.promise = "With --no-auto-refresh nothing is sent to the token endpoint.",
		.page = PAGE_USING_REFRESH,
		.source = "Using authentication, --no-auto-refresh",
		.given = "a token with 290 s left",
		.when = "$ nemo --no-auto-refresh workspaces list",
		.consequence = "refreshes although it was told not to",
		.remedy = "Ask the option wherever a refresh may start.",
		.catalogue = "AUTH-TOK-NOAUTO",
		.needs = "cli.workspaces cli.no_auto_refresh",
		.mutants = "cli-ignores-no-auto-refresh cli-success-exits-1",
		.surfaces = CLI,
		.play = no_auto_refresh,
	},
	{
		.name = "not-on-403",
		.title = "the API answers 403",
		.promise = "A 403 ends the command with that error, without refresh, login or "
			   "repeat.",
		.page = PAGE_403,
		.source = "RFC 9110, 15.5.4",
		.given = "an API that answers 403",
		.when = "$ nemo workspaces list",
		.remedy = "Refresh for 401 at most: another token of the same person changes "
			  "nothing.",
		.catalogue = "AUTH-403-CLI-MSG",
		.needs = "cli.workspaces",
		.mutants = "cli-refreshes-on-403 cli-api-error-exits-0 cli-swallows-detail "
			   "cli-repeats-refusals",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = not_on_403,
	},
	{
		.name = "parallel-commands",
		.title = "five commands at once",
		.promise = "Parallel commands with one expired login all succeed with one "
			   "refresh.",
		.page = PAGE_USING_REFRESH,
		.source = "Using authentication: parallel commands are safe; RFC 6749, 10.4",
		.given = "an expired token, and a provider that takes each refresh token once",
		.when = "$ nemo workspaces list, five times at once",
		.consequence = "logs people out when two commands run at once",
		.remedy = "Lock the file, read it again, refresh only what is still old, then "
			  "unlock.",
		.catalogue = "AUTH-TOK-LOCK AUTH-TOK-LOCK-PRECHECK",
		.needs = "cli.workspaces cli.refresh",
		.mutants = "cli-no-lock cli-no-reread",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = parallel,
	},
	{
		.name = "killed-holder",
		.title = "a command is killed while it refreshes",
		.promise =
			"A command that is killed while refreshing does not stop the next one.",
		.page = PAGE_USING_REFRESH,
		.source = "flock(2): the lock goes with its process",
		.given = "a command killed while it waits for the token endpoint",
		.when = "$ nemo workspaces list",
		.remedy = "Use a lock that the kernel takes away with its owner.",
		.catalogue = "AUTH-TOK-LOCK-KILL",
		.needs = "cli.workspaces",
		.mutants = "cli-locks-by-existence cli-opens-config-first",
		.wait_s = 5,
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = killed_holder,
	},
	{
		.name = "sdk-within-a-minute",
		.title = "SDK: less than 60 s left",
		.promise = "The SDK refreshes when less than 60 s are left, and not before.",
		.page = PAGE_USING_SDK,
		.source = "Using authentication, SDK: 60 seconds",
		.given = "a token with 300 s left, then one with 50 s",
		.when = "the SDK lists workspaces",
		.remedy = "Compare exp with now + 60 s at each call.",
		.catalogue = "AUTH-TOK-AUTO-60S",
		.needs = "sdk",
		.mutants = "sdk-refreshes-early sdk-never-refreshes sdk-success-exits-1",
		.surfaces = SDK,
		.play = sdk_within_a_minute,
	},
	{
		.name = "sdk-clients-share",
		.title = "SDK: five clients in one process",
		.promise = "Clients in one process share one refresh.",
		.page = PAGE_USING_SDK,
		.source = "Using authentication, SDK",
		.given = "an expired token",
		.when = "five clients list workspaces",
		.remedy = "Keep one token provider for each config file and context.",
		.catalogue = "AUTH-TOK-AUTO-SHARED",
		.needs = "sdk",
		.mutants = "sdk-clients-do-not-share",
		.surfaces = SDK,
		.play = sdk_shares,
	},
	{
		.name = "sdk-refresh-token-expired",
		.title = "SDK: token and refresh token expired",
		.promise = "When the SDK's refresh fails it names the login and sends nothing.",
		.page = PAGE_USING_SDK,
		.source = "Using authentication, SDK",
		.given = "an expired token and a refresh token that the provider takes no more",
		.when = "the SDK lists workspaces",
		.remedy = "Raise an error that names auth login.",
		.catalogue = "AUTH-SDK-REFRESH-EXPIRED",
		.needs = "sdk",
		.mutants = "sdk-sends-expired-token sdk-swallows-errors sdk-gives-no-hint",
		.surfaces = SDK,
		.play = sdk_refresh_refused,
	},
	{
		.name = "sdk-other-process",
		.title = "SDK: another process was first",
		.promise = "Tokens that another process has renewed are taken from the file.",
		.page = PAGE_USING_SDK,
		.source = "Using authentication, SDK",
		.given = "a client in memory, and a CLI that refreshes meanwhile",
		.when = "the client lists workspaces",
		.remedy = "Read the file again under the lock before refreshing.",
		.catalogue = "AUTH-SDK-OTHER-PROCESS",
		.needs = "sdk cli.refresh",
		.mutants = "sdk-replays-refresh-token sdk-success-exits-1",
		.surfaces = SDK,
		.providers = OKTA_ONLY,
		.play = sdk_other_process,
	},
	{
		.name = "sdk-uses-the-login",
		.title = "SDK: the CLI's login",
		.promise = "The SDK sends the token that the CLI's login stored.",
		.page = PAGE_USING_SDK,
		.source = "Using authentication, SDK",
		.given = "a login that is good for 50 minutes",
		.when = "the SDK lists workspaces",
		.remedy = "Read the config file of the CLI.",
		.catalogue = "AUTH-SDK-CONFIG",
		.needs = "sdk",
		.mutants = "sdk-success-exits-1 sdk-sends-no-token",
		.surfaces = SDK,
		.play = sdk_config,
	},
	{
		.name = "sdk-active-context",
		.title = "SDK: two contexts",
		.promise = "The SDK sends the token of the active context.",
		.page = PAGE_USING_SDK,
		.source = "Using authentication, contexts",
		.given = "two contexts, the second one is active",
		.when = "the SDK lists workspaces",
		.remedy = "Follow current_context to its user.",
		.catalogue = "AUTH-SDK-CONFIG",
		.needs = "sdk",
		.mutants = "sdk-ignores-context sdk-success-exits-1",
		.surfaces = SDK,
		.play = sdk_contexts,
	},
	{
		.name = "sdk-access-token",
		.title = "SDK: access_token argument",
		.promise =
			"A token given to the SDK is sent as it is, and nothing is refreshed.",
		.page = PAGE_USING_SDK,
		.source = "Using authentication, SDK: access_token",
		.given = "an expired login, and a token as argument",
		.when = "the SDK lists workspaces",
		.remedy =
			"Let the argument win, without refresh and without a look at the file.",
		.catalogue = "AUTH-SDK-ACCESS-TOKEN",
		.needs = "sdk",
		.mutants = "sdk-config-beats-argument sdk-success-exits-1",
		.surfaces = SDK,
		.play = sdk_access_token,
	},
};

const struct suite suite_refresh = {
	.section = "refresh",
	.title = "Refresh and locking",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
