/* SPDX-License-Identifier: Apache-2.0 */
/* vouching.c - the other side of a gateway: what a service does with its word, and what a
 * callout is answered. */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/liar.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"

#include <poll.h>
#include <string.h>

static const struct answer *get_as(struct run *run, const char *person)
{
	return request(run, &(struct ask) { .token = token_for(run, person) });
}

static const struct lie *lie_named(const char *name)
{
	for (size_t i = 0; i < n_liar_lies; i++)
		if (strcmp(liar_lies[i].name, name) == 0)
			return &liar_lies[i];
	return NULL;
}

static const char *const probes[] = { "/health/live", "/health/ready", "/metrics" };
static const char *const documented_probes[] = { "/health", "/healthz", "/ready", "/readyz" };

static void callout_answers(struct run *run)
{
	const char *path = run_printf(run, "%s/apis/x", edition_path(run->edition, "callout"));
	const char *headers[] = { header_line(run, "principal_id", "evil"),
				  header_line(run, "principal_groups", "evil"), NULL };
	const struct answer *a =
		request_pdp(run, &(struct ask) { .path = path,
						 .token = token_for(run, "alice"),
						 .headers = headers });
	const char *id = answer_header(a, header_name(run, "principal_id"));
	const char *groups = answer_header(a, header_name(run, "principal_groups"));

	control_status(run, "answers a good token", a, "200");
	guards(run, "the reference has one way to answer; another PDP has its own");
	check_that(run, a->body_len == 0, "with an empty body", "no body", "%s", a->body);
	guards(run, NULL);
	check_equal(run, "and names the user", id, person_subject(run, "alice"));
	check_that(run, !groups || !strstr(groups, "evil"),
		   "does not echo the client's headers", "no header of the client's", "%s",
		   groups ? groups : "");
	a = request_pdp(run, &(struct ask) { .path = path, .token = "garbage" });
	check_status(run, "answers a bad token", a, "401");
	guards(run, "the reference has one way to refuse; another PDP has its own");
	check_that(run, json_object_get(a->json, "detail") != NULL, "with a detail in JSON",
		   "{\"detail\": ...}", "%s", a->body);
}

static const char *named_to(struct run *run, const char *method)
{
	const struct answer *a = request_pdp(
		run, &(struct ask) { .method = method,
				     .path = edition_path(run->edition, "authenticate"),
				     .token = token_for(run, "alice") });

	return a->status == 200 ? conf_str(a->json, "email", "") : a->body;
}

static void authenticate_answers(struct run *run)
{
	const char *got = named_to(run, "GET");

	control_that(run, !strcmp(got, "alice@example.com"), "names the user to GET", "%s",
		     got);
	check_equal(run, "names the user to POST", named_to(run, "POST"), "alice@example.com");
}

static void own_decision(struct run *run)
{
	size_t before = pdp_saw(run);

	control_allowed(run, "a request that nobody vouched for", get_as(run, "alice"));
	check_that(run, pdp_saw(run) > before, "asks the decision point itself",
		   "a question to the decision point", "none");
	check_refused(run, "a user without a role", get_as(run, "mallory"), "403");
}

static void lines_in_claims(struct run *run)
{
	const char *path = edition_path(run->edition, "authenticate");
	const char *claims[] = { run->config->subject_claim, run->config->email_claim };

	control_that(run,
		     request_pdp(run, &(struct ask) { .path = path,
						      .token = token_for(run, "alice") })
				     ->status == 200,
		     "answers a good token with 200", "it does not");
	for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
		json_t *broken = json_pack("{s:s}", claims[i], "x@example.com\r\nX-Forged: 1");
		const char *token = token_made(run, &(struct token_ask) { .claims = broken });

		check_status(run,
			     run_printf(run, "takes no line break in the %s",
					i ? "e-mail" : "subject"),
			     request_pdp(run, &(struct ask) { .path = path, .token = token }),
			     "401");
	}
}

static const struct answer *vouched(struct run *run, const char *value, const char *person)
{
	const char *headers[] = { header_line(run, "authorized", value),
				  header_line(run, "principal_id", person_subject(run, person)),
				  header_line(run, "principal_email",
					      run_printf(run, "%s@example.com", person)),
				  NULL };

	return request(run, &(struct ask) { .headers = headers, .from = "gateway" });
}

static void vouched_is_not_asked_again(struct run *run)
{
	size_t before;
	const struct answer *a;

	control_allowed(run, "a request with a token", get_as(run, "alice"));
	before = pdp_saw(run);
	a = vouched(run, "true", "alice");
	control_allowed(run, "a request that the gateway vouched for", a);
	check_count(run, "asks the decision point no more", pdp_saw(run) - before, 0);
}

static void only_true_vouches(struct run *run)
{
	static const char *const values[] = { "TRUE", "1", "yes", "false", "true, true" };

	control_allowed(run, "a request that the gateway vouched for",
			vouched(run, "true", "alice"));
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		check_refused(run, run_printf(run, "the value %s", values[i]),
			      vouched(run, values[i], "mallory"), "401 403");
}

static void service_is_closed(struct run *run)
{
	static const char *const lies[] = { "closes",		"status-500",
					    "allowed-is-false", "allowed-is-a-string",
					    "allowed-is-null",	"allowed-is-absent",
					    "result-is-null",	"result-is-absent",
					    "body-is-a-list",	"body-is-text",
					    "body-is-empty" };

	control_allowed(run, "a good request", get_as(run, "alice"));
	pdp_lies(run, "down");
	check_status(run, "lets nobody in when the decision point is down",
		     get_as(run, "alice"), "403 500 502 503 504");
	pdp_lies(run, NULL);
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		pdp_lies(run, lies[i]);
		check_status(
			run,
			run_printf(run, "lets nobody in when it %s", lie_named(lies[i])->what),
			get_as(run, "alice"), "401 403 500 502 503 504");
		pdp_lies(run, NULL);
	}
}

static void service_waits_no_longer(struct run *run)
{
	const struct answer *a;

	control_allowed(run, "a good request", get_as(run, "alice"));
	pdp_lies(run, "hangs");
	a = request(run,
		    &(struct ask) { .token = token_for(run, "alice"), .timeout_ms = 10000 });
	check_that(run, !a->timed_out && a->took_us < 8000000, "does not wait for ever",
		   "an answer within 8 s", "none");
	check_status(run, "lets nobody in", a, "403 500 502 503 504");
}

static void withdrawn_key(struct run *run)
{
	enum { MARGIN_MS = 2000, LOOK_MS = 50 };
	int64_t until = clk_mono_ms() + run->config->jwks_cache_ms + MARGIN_MS;
	struct ask ask = { .token = token_for(run, "alice") };
	const struct answer *a;

	control_allowed(run, "a token of a published key", request(run, &ask));
	trouble(run, "{s:s, s:s, s:s}", "kind", "document", "what", "empty", "endpoint",
		"jwks");
	while ((a = request(run, &ask))->status < 400 && clk_mono_ms() < until)
		poll(NULL, 0, LOOK_MS);
	check_refused(run, "a token of a key that the provider withdrew", a, "401");
}

static void open_is_no_prefix(struct run *run)
{
	static const char *const paths[] = { "/healthzzz", "/metricsfoo", "/studioevil/x" };

	control_allowed(run, "a good request", get_as(run, "alice"));
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		check_refused(run, paths[i], request(run, &(struct ask) { .path = paths[i] }),
			      "401 403 404");
}

static void probes_are_open(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(probes); i++)
		check_allowed(run, probes[i],
			      request(run, &(struct ask) { .path = probes[i] }));
	for (size_t i = 0; i < ARRAY_LEN(documented_probes); i++)
		check_allowed(run, documented_probes[i],
			      request(run, &(struct ask) { .path = documented_probes[i] }));
}

static const struct scenario rows[] = {
	{
		.name = "service-decides-itself",
		.title = "a request that nobody vouched for",
		.promise = "A service that nobody vouched to makes its own decision.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 1",
		.when = "send a token to the service directly",
		.remedy = "Ask the decision point unless X-NMP-Authorized is true.",
		.consequence = "trusts requests that nobody vouched for",
		.catalogue = "AUTH-GW-NO-HEADER-FALLTHROUGH",
		.needs = "service.asks",
		.mutants = "service-trusts-without-pdp",
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = own_decision,
	},
	{
		.name = "vouched-is-not-asked-again",
		.title = "X-NMP-Authorized: true from inside",
		.promise = "A request that the gateway vouched for is not decided about again.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 1",
		.when = "send X-NMP-Authorized: true and a principal",
		.remedy = "Skip the decision when it was made.",
		.catalogue = "AUTH-GW-HEADER-SHORTCUT",
		.needs = "service.asks",
		.mutants = "service-always-asks",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = vouched_is_not_asked_again,
	},
	{
		.name = "only-true-vouches",
		.title = "X-NMP-Authorized: TRUE, 1, yes",
		.promise = "Only exactly true vouches.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 1",
		.when = "send TRUE, 1, yes, false with a principal",
		.remedy = "Compare with true, in these letters.",
		.consequence = "takes anything for a voucher",
		.catalogue = "AUTH-GW-HEADER-NOT-TRUE",
		.mutants = "service-believes-truthy",
		.level = LEVEL_ADVICE,
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = only_true_vouches,
	},
	{
		.name = "service-is-closed",
		.title = "the decision point lets a service down",
		.promise = "While no decision can be had a service lets nobody in.",
		.page = PAGE_HARDENING,
		.source = "Hardening: fail closed",
		.given = "a decision point that is down, fails, or answers nonsense",
		.when = "send a good request",
		.remedy = "Take the boolean true for a yes, nothing else.",
		.consequence = "opens the door while nobody decides",
		.catalogue = "AUTH-GW-PDP-DOWN AUTH-GW-PDP-MALFORMED",
		.needs = "service.asks",
		.mutants = "service-opens-without-pdp service-pdp-error-allows "
			   "service-takes-truthy-decision service-missing-result-allows "
			   "service-reads-only-the-status",
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = service_is_closed,
	},
	{
		.name = "service-waits-no-longer",
		.title = "a decision point that never answers a service",
		.promise = "A service does not wait for ever for a decision.",
		.page = PAGE_HARDENING,
		.source = "Configuration, request_timeout: 5 s",
		.given = "a decision point that takes the question and never answers",
		.when = "send a good request",
		.remedy = "Set a time-out, and answer 504 after it.",
		.catalogue = "AUTH-GW-PDP-SLOW",
		.needs = "service.asks",
		.mutants = "service-waits-for-pdp",
		.configuration = "short-pdp-timeout",
		.wait_s = 11,
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = service_waits_no_longer,
	},
	{
		.name = "callout-answers",
		.title = "what a callout is answered",
		.promise =
			"A callout is answered with the token's identity, or with 401 in JSON.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: callout",
		.when = "call out with a good token and forged headers, then with garbage",
		.remedy = "Answer with headers made of the token.",
		.catalogue = "AUTH-GW-CALLOUT-RESP",
		.needs = "pdp.http pdp.callout",
		.mutants = "pdp-callout-echoes-headers pdp-bad-token-is-500",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = callout_answers,
	},
	{
		.name = "authenticate-answers",
		.title = "/apis/auth/authenticate",
		.promise = "authenticate says whose token it is, to GET and POST.",
		.page = PAGE_401,
		.source = "Troubleshooting, authenticate",
		.when = "GET and POST with a good token",
		.remedy = "Answer principal, email, groups and scopes.",
		.catalogue = "AUTH-GW-AUTHENTICATE",
		.needs = "pdp.http pdp.callout",
		.mutants = "pdp-authenticate-takes-get-only",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = authenticate_answers,
	},
	{
		.name = "claims-hold-no-line-breaks",
		.title = "a claim with CR LF in it",
		.promise = "A token whose claims have line breaks is not taken.",
		.page = PAGE_SECURITY,
		.source = "RFC 9110, 5.5: claims become header values",
		.given = "tokens whose subject or e-mail has CR LF",
		.when = "GET authenticate with such a token",
		.remedy = "Refuse claims that no header can carry.",
		.consequence = "lets a claim write headers of its own",
		.catalogue = "AUTH-GW-CRLF-CLAIM",
		.needs = "pdp.http pdp.callout",
		.mutants = "pdp-claims-break-lines",
		.overlaps = "admin/line-breaks-make-no-header; here at the callout itself",
		.level = LEVEL_ADVICE,
		.surfaces = PDP,
		.play = lines_in_claims,
	},
	{
		.name = "withdrawn-key",
		.title = "the provider withdraws its key",
		.promise = "A token of a withdrawn key is refused once the cache time is over.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: JWKS cache",
		.given = "a JWKS without the key, and a short cache time",
		.when = "send the token again",
		.remedy = "Fetch the JWKS anew when the cache time is over.",
		.consequence = "accepts tokens of a withdrawn key",
		.catalogue = "AUTH-GW-REVOCATION",
		.mutants = "pdp-keeps-keys-forever",
		.configuration = "short-jwks",
		.wait_s = 4,
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = withdrawn_key,
	},
	{
		.name = "open-is-no-prefix",
		.title = "/healthzzz, /studioevil",
		.promise = "Only the open paths themselves need no token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: bypass paths are exact",
		.when = "GET paths that begin like open ones, without a token",
		.remedy = "Compare whole paths.",
		.consequence = "lets closed paths pass as open ones",
		.catalogue = "AUTH-GW-BYPASS-NOT-PREFIX",
		.mutants = "service-open-by-prefix",
		.level = LEVEL_ADVICE,
		.surfaces = SERVICE,
		.play = open_is_no_prefix,
	},
	{
		.name = "probes-are-open",
		.title = "health and metrics",
		.promise = "Health probes and metrics need no token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: bypass paths",
		.when = "GET them without a token",
		.remedy = "Forward them without asking.",
		.catalogue = "AUTH-GW-BYPASS-HEALTH",
		.mutants = "service-health-needs-token",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = probes_are_open,
	},
};

const struct suite suite_vouching = {
	.section = "vouching",
	.title = "What a service does with a gateway's word",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
