/* SPDX-License-Identifier: Apache-2.0 */
/* quickstart.c - a platform without an identity provider: unsigned tokens. */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"

#include <string.h>

enum { DAY_S = 24 * 3600, MARGIN_S = 120 };

static const struct ran *login_as(struct run *run, const char *email)
{
	return cli(run, "login", "unsigned=yes", run_printf(run, "email=%s", email), NULL);
}

/* header.claims. with alg none, as the CLI makes it. */
static const char *unsigned_token(struct run *run, json_t *claims)
{
	AUTO(char) char *text = json_dumps(claims, JSON_COMPACT);
	static const char header[] = "{\"alg\":\"none\",\"typ\":\"JWT\"}";
	AUTO_BUF b = { 0 };

	json_decref(claims);
	buf_b64url(&b, header, sizeof(header) - 1);
	buf_char(&b, '.');
	buf_b64url(&b, text, strlen(text));
	buf_char(&b, '.');
	return arena_str(run->arena, b.p);
}

static json_t *claims_of(const char *email, int64_t age_s, int64_t lifetime_s)
{
	int64_t now = clk_now(NULL);

	return json_pack("{s:s, s:s, s:I, s:I}", "sub", email, "email", email, "iat",
			 (json_int_t)(now - age_s), "exp",
			 (json_int_t)(now - age_s + lifetime_s));
}

static void unsigned_login(struct run *run)
{
	const char *token;
	json_t *claims;

	check_succeeds(run, "logs in without a provider", login_as(run, "alice@example.com"));
	token = config_value(run, "token");
	claims = token ? token_claims(run, token) : NULL;
	check_that(run, token && token[strlen(token) - 1] == '.',
		   "makes a token without a signature", "three parts, the last one empty", "%s",
		   token ? token : "none");
	check_equal(run, "in the name of the address", conf_str(claims, "email", ""),
		    "alice@example.com");
	check_succeeds(run, "and is accepted", cli(run, "workspaces-list", NULL));
	check_equal(run, "as the one sent", api_header(run, "workspaces", 0, "Authorization"),
		    run_printf(run, "Bearer %s", token ? token : ""));
}

static void login_expires(struct run *run)
{
	const struct ran *r = login_as(run, "alice@example.com");
	const char *token = config_value(run, "token");
	int64_t exp = token ? conf_int(token_claims(run, token), "exp", 0) : 0;

	control_succeeds(run, "logs in", r);
	check_that(run, exp > clk_now(NULL), "makes a token that expires", "exp in the future",
		   "%lld", (long long)exp);
}

static void warns(struct run *run)
{
	const struct ran *r = login_as(run, "alice@example.com");

	control_succeeds(run, "logs in", r);
	check_contains(run, "says that the token is unsigned",
		       run_printf(run, "%s%s", r->out, r->err), "unsigned|alg=none|nsigned");
}

static void refused_with_oidc(struct run *run)
{
	const struct ran *r = login_as(run, "alice@example.com");

	check_fails(run, "exits with an error", r);
	check_that(run, config_value(run, "token") == NULL, "stores no token", "no token",
		   "a token");
	check_contains(run, "points to the login with the provider",
		       run_printf(run, "%s%s", r->out, r->err), "OIDC|auth login|provider");
}

static void switches(struct run *run)
{
	const struct ran *r;

	check_succeeds(run, "logs in as PlatformAdmin", login_as(run, "admin@example.com"));
	r = cli(run, "workspaces-list", NULL);
	check_succeeds(run, "lists workspaces", r);
	check_contains(run, "sees the workspaces of others", r->out, "other-team");
	check_succeeds(run, "logs in as somebody else", login_as(run, "victor@example.com"));
	r = cli(run, "workspaces-list", NULL);
	check_succeeds(run, "lists workspaces again", r);
	check_contains(run, "sees the other's workspaces", r->out, "ml-team");
	check_lacks(run, "sees no more than the other does", r->out, "other-team");
}

static void configured(struct run *run)
{
	const struct ran *r =
		cli(run, "quickstart-configure", "admin_email=admin@example.com", NULL);
	const char *token;
	json_t *claims;
	int64_t life;

	check_succeeds(run, "configures", r);
	token = config_value(run, "token");
	claims = token ? token_claims(run, token) : NULL;
	life = conf_int(claims, "exp", 0) - clk_now(NULL);
	check_that(run, life > DAY_S - MARGIN_S && life <= DAY_S + MARGIN_S,
		   "gives the administrator a token for a day", "exp in 24 h", "in %d s",
		   (int)life);
	r = cli(run, "workspaces-list", NULL);
	check_succeeds(run, "lists workspaces without a login", r);
	check_contains(run, "as the administrator", r->out, "other-team");
}

static void expired_unsigned(struct run *run)
{
	json_t *endless = claims_of("alice@example.com", 0, 3600);

	json_object_del(endless, "exp");
	check_allowed(run, "an unsigned token",
		      request(run, &(struct ask) { .token = unsigned_token(
							   run, claims_of("alice@example.com",
									  0, 3600)) }));
	check_refused(run, "an expired unsigned token",
		      request(run, &(struct ask) { .token = unsigned_token(
							   run, claims_of("alice@example.com",
									  7200, 3600)) }),
		      "401");
	check_refused(run, "an unsigned token without exp",
		      request(run, &(struct ask) { .token = unsigned_token(run, endless) }),
		      "401");
}

static const struct scenario rows[] = {
	{
		.name = "unsigned-login",
		.title = "auth login --unsigned-token --email",
		.promise = "On a platform without a provider auth login makes an unsigned "
			   "token that works.",
		.page = PAGE_QUICKSTART,
		.source = "Overview, Quickstart; RFC 7519, 6",
		.given = "allow_unsigned_jwt: true, no OIDC",
		.when = "$ nemo auth login --unsigned-token --email alice@example.com",
		.remedy = "Make a JWT with alg none, sub, email, iat and exp.",
		.catalogue = "AUTH-QS-UNSIGNED",
		.needs = "cli.unsigned cli.workspaces",
		.configuration = "unsigned",
		.mutants = "pdp-never-accepts-unsigned cli-success-exits-1 "
			   "cli-sends-no-token cli-unsigned-of-two-parts "
			   "cli-unsigned-without-email",
		.surfaces = CLI,
		.play = unsigned_login,
	},
	{
		.name = "unsigned-login-expires",
		.title = "the end of an unsigned token",
		.promise = "The token of an unsigned login has an end.",
		.page = PAGE_QUICKSTART,
		.source = "RFC 7519, 4.1.4; the page names a day for quickstart configure alone",
		.given = "allow_unsigned_jwt: true, no OIDC",
		.when = "$ nemo auth login --unsigned-token --email alice@example.com",
		.consequence = "leaves a token behind that is good for ever",
		.remedy = "Write exp, a day from now or sooner.",
		.catalogue = "AUTH-QS-UNSIGNED",
		.needs = "cli.unsigned",
		.configuration = "unsigned",
		.mutants = "cli-unsigned-never-expires",
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = login_expires,
	},
	{
		.name = "unsigned-login-warns",
		.title = "the warning of an unsigned login",
		.promise = "auth login says that an unsigned token is unsigned.",
		.page = PAGE_QUICKSTART,
		.source = "RFC 8725, 3.2; contract, observed",
		.given = "allow_unsigned_jwt: true, no OIDC",
		.when = "$ nemo auth login --unsigned-token --email alice@example.com",
		.remedy = "Print a warning that names alg=none.",
		.catalogue = "AUTH-QS-WARN",
		.needs = "cli.unsigned",
		.configuration = "unsigned",
		.mutants = "cli-unsigned-silent",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = warns,
	},
	{
		.name = "no-unsigned-login-with-oidc",
		.title = "an unsigned login where OIDC is on",
		.promise = "Where OIDC is on an unsigned login is refused and stores nothing.",
		.page = PAGE_QUICKSTART,
		.source = "contract, observed",
		.given = "a platform with an identity provider",
		.when = "$ nemo auth login --unsigned-token --email alice@example.com",
		.consequence = "stores a token that nobody signed",
		.remedy = "Ask discovery before making the token.",
		.catalogue = "AUTH-QS-UNSIGNED-OIDC",
		.needs = "cli.unsigned",
		.mutants = "cli-unsigned-despite-oidc",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.play = refused_with_oidc,
	},
	{
		.name = "switching-identity",
		.title = "login as somebody else",
		.promise = "After a login as somebody else commands are that one's, with no "
			   "right left.",
		.page = PAGE_QUICKSTART,
		.source = "Overview, Quickstart, other identities",
		.given = "a login as PlatformAdmin",
		.when = "$ nemo auth login --unsigned-token --email victor@example.com",
		.consequence = "keeps the rights of who was logged in before",
		.remedy = "Replace the stored token as a whole.",
		.catalogue = "AUTH-QS-SWITCH AUTH-QS-OTHER-IDENTITY",
		.needs = "cli.unsigned cli.workspaces",
		.configuration = "unsigned",
		.mutants = "cli-login-keeps-identity cli-success-exits-1 cli-sends-no-token",
		.surfaces = CLI,
		.play = switches,
	},
	{
		.name = "configured-administrator",
		.title = "quickstart configure",
		.promise = "quickstart configure makes commands work as the administrator, for "
			   "a day.",
		.page = PAGE_QUICKSTART,
		.source = "Overview, Quickstart, steps 1 and 2; tokens expire after 24 hours",
		.given = "allow_unsigned_jwt: true, no OIDC",
		.when = "$ nemo quickstart configure --admin-email admin@example.com",
		.remedy = "Store an unsigned token of the administrator with 24 hours to live.",
		.catalogue = "AUTH-QS-UNSIGNED-24H AUTH-QS-ADMIN-AUTO",
		.needs = "cli.quickstart cli.workspaces",
		.configuration = "unsigned",
		.mutants = "cli-quickstart-no-identity cli-unsigned-never-expires "
			   "cli-success-exits-1",
		.surfaces = CLI,
		.play = configured,
	},
	{
		.name = "unsigned-tokens-expire",
		.title = "an expired unsigned token",
		.promise = "An unsigned token without exp, or after it, is refused.",
		.page = PAGE_QUICKSTART,
		.source = "contract, observed; RFC 7519, 4.1.4",
		.given = "allow_unsigned_jwt: true, no OIDC",
		.when = "send unsigned tokens with and without exp",
		.consequence = "accepts unsigned tokens for ever",
		.remedy = "Check the times of unsigned tokens as of signed ones.",
		.catalogue = "AUTH-QS-UNSIGNED-EXPIRED",
		.configuration = "unsigned",
		.mutants = "pdp-unsigned-never-expires pdp-never-accepts-unsigned",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY | SERVICE,
		.play = expired_unsigned,
	},
};

const struct suite suite_quickstart = {
	.section = "quickstart",
	.title = "Quickstart",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
