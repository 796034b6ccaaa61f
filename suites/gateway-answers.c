/* SPDX-License-Identifier: Apache-2.0 */
/* gateway-answers.c - answers of the decision point that are no yes; see kit/liar.h. */
#include "suites/attempt.h"
#include "suites/kit/given.h"
#include "suites/kit/liar.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

static const char *got_of(struct run *run, const struct answer *a, const char *wrong)
{
	const char *status = a->timed_out ? "no answer in time"
			     : a->status  ? run_printf(run, "%d", a->status)
					  : "no answer";

	return run_printf(run, "%s; the upstream saw %s", status,
			  !a->reached ? "nothing"
			  : wrong     ? wrong
				      : "the request");
}

/* Nothing is forwarded, or, where that is right too, in the name that the answer gives. */
static void check_lie(struct run *run, const struct lie *lie)
{
	const struct answer *a;
	const char *wrong = NULL;
	bool right;

	pdp_lies(run, lie->name);
	a = request(run, &(struct ask) { .token = token_for(run, "alice") });
	pdp_lies(run, NULL);
	if (a->reached)
		wrong = forwarded_wrong(run, upstream_count(run) - 1, LIAR_PRINCIPAL);
	right = a->reached ? lie->harmless && !wrong : a->status >= 400;
	if (!check_that(run, right,
			run_printf(run, "takes it for no yes when the PDP %s", lie->what),
			lie->harmless ? "a refusal, or the identity of the answer"
				      : "a refusal, and nothing reaches the upstream",
			"%s", got_of(run, a, wrong)))
		mark(run, "pdp", "gateway", "nobody allowed this");
}

static void play_lies(struct run *run)
{
	const enum lie_reads *reads = run->arg;
	bool callout = edition_is_callout(run->edition);

	good_request_reaches(run);
	for (size_t i = 0; i < n_liar_lies; i++) {
		const struct lie *lie = &liar_lies[i];

		if (lie->reads == *reads && !lie->slow && !(lie->decides && callout))
			check_lie(run, lie);
	}
}

static const enum lie_reads wire = LIE_WIRE, status = LIE_STATUS, headers = LIE_HEADERS,
			    twice = LIE_TWICE, body = LIE_BODY;

static const struct scenario rows[] = {
	{
		.name = "broken-off",
		.title = "no answer, half an answer, no HTTP",
		.promise = "An answer that breaks off, or is no HTTP, opens nothing.",
		.page = PAGE_HARDENING,
		.source = "Hardening: fail closed; RFC 9112, 8",
		.given = "a decision point that hangs up, resets or speaks another "
			 "protocol",
		.when = "GET a workspace with a good token",
		.remedy = "Start from no; move to yes on a complete answer only.",
		.consequence = "opens the door while nobody decides",
		.catalogue = "AUTH-GW-PDP-MALFORMED AUTH-GW-PDP-DOWN",
		.mutants = "gateway-fails-open-when-pdp-is-down",
		.overlaps = "gateway/pdp-trouble-closes; here answers that end too early",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_lies,
		.arg = &wire,
	},
	{
		.name = "odd-statuses",
		.title = "302, 304, 404, 429, 5xx, 204",
		.promise = "A status that is none of 200, 401 and 403 opens nothing.",
		.page = PAGE_HARDENING,
		.source = "Hardening: fail closed; OPA answers 404 where no policy is "
			  "loaded",
		.given = "a decision point that answers such a status",
		.when = "GET a workspace with a good token",
		.remedy = "Take 200 for a yes, 401 and 403 for a no, everything else for "
			  "trouble.",
		.consequence = "takes trouble for a yes",
		.catalogue = "AUTH-GW-PDP-MALFORMED",
		.mutants = "gateway-fails-open-on-errors gateway-allows-what-has-no-policy "
			   "gateway-takes-any-status-below-400",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_lies,
		.arg = &status,
	},
	{
		.name = "lying-headers",
		.title = "200 whose headers do not vouch",
		.promise = "A 200 that does not vouch for one principal opens nothing.",
		.page = PAGE_HARDENING,
		.source = "Hardening: fail closed; the policy answers 200 with "
			  "X-NMP-Authorized: false",
		.given = "a decision point whose headers say no, or nobody",
		.when = "GET a workspace with a good token",
		.remedy = "Demand a principal and, where the PDP decides, exactly true.",
		.consequence = "takes a yes for nobody",
		.catalogue = "AUTH-GW-PDP-MALFORMED AUTH-GW-CRLF-CLAIM",
		.mutants = "gateway-reads-only-the-status "
			   "gateway-ignores-the-vouching-header "
			   "gateway-vouches-for-any-value gateway-needs-no-principal "
			   "gateway-copies-control-characters "
			   "gateway-obeys-connection-of-the-pdp",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_lies,
		.arg = &headers,
	},
	{
		.name = "contradictions",
		.title = "200 with two principals, true and false",
		.promise = "An answer that says two things of one kind opens nothing.",
		.page = PAGE_HARDENING,
		.source = "RFC 9110, 5.3; CVE-2021-32777",
		.given = "a decision point that names two principals, or vouches with "
			 "true and false",
		.when = "GET a workspace with a good token",
		.remedy = "Count the lines: one principal, one true.",
		.consequence = "takes a contradiction for a yes",
		.catalogue = "AUTH-GW-PDP-MALFORMED",
		.needs = "gateway.counts_headers",
		.mutants = "gateway-takes-the-first-principal "
			   "gateway-ignores-the-vouching-header",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_lies,
		.arg = &twice,
	},
	{
		.name = "lying-bodies",
		.title = "200 whose body says no, or nothing",
		.promise = "A body that does not say allowed true opens nothing.",
		.page = PAGE_HARDENING,
		.source = "contract, observed: \"allowed\": \"false\" was taken for a yes",
		.given = "a decision point whose headers vouch and whose body does not",
		.when = "GET a workspace with a good token",
		.remedy = "Read result.allowed, and take the boolean true only.",
		.consequence = "takes a no for a yes",
		.catalogue = "AUTH-GW-PDP-MALFORMED",
		.needs = "gateway.reads_body",
		.mutants = "gateway-reads-only-the-status gateway-reads-allowed-as-truthy "
			   "gateway-takes-the-last-of-two-keys "
			   "gateway-takes-undefined-as-allowed "
			   "gateway-shrugs-at-unreadable-bodies "
			   "gateway-accepts-truncated-answers",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.editions = NMP | NEMO,
		.play = play_lies,
		.arg = &body,
	},
};

const struct suite suite_gateway_answers = {
	.section = "gateway-answers",
	.title = "Gateway: answers that are no yes",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
