/* SPDX-License-Identifier: Apache-2.0 */
/* propagation.c - "Role changes not visible yet": how long, and what waits for it. */
#include "suites/kit/caches.h"
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"

#include <poll.h>
#include <string.h>

/* Room for a busy machine beside a documented time. */
enum { MARGIN_MS = 1500, LOOK_MS = 25 };

#define MALLORY "mallory@example.com"

static const struct answer *get_as(struct run *run, const char *person)
{
	return request(run, &(struct ask) { .token = token_for(run, person) });
}

/* Adds, changes or removes a member as alice, the Admin. */
static const struct answer *member(struct run *run, const char *method, const char *principal,
				   const char *role, const char *query)
{
	bool post = strcmp(method, "POST") == 0;
	const char *path = members_path(run, "ml-team", post ? NULL : principal);
	const char *body =
		post   ? run_printf(run, "{\"principal\": \"%s\", \"roles\": [\"%s\"]}",
				    principal, role)
		: role ? run_printf(run, "{\"roles\": [\"%s\"]}", role)
		       : NULL;

	return request(
		run, &(struct ask) { .method = method,
				     .path = run_printf(run, "%s%s", path, query ? query : ""),
				     .token = token_for(run, "alice"),
				     .body = body,

				     .timeout_ms = 12000 });
}

/* ---- the default: the answer waits ---- */

static void added_can_read(struct run *run)
{
	control_that(run, get_as(run, "mallory")->status == 403, "she is denied before",
		     "let in");
	control_that(run, member(run, "POST", MALLORY, "Viewer", NULL)->status == 201,
		     "the Admin adds her", "not added");
	check_status(run, "lets her in as soon as the answer is there", get_as(run, "mallory"),
		     "200");
}

static void removed_cannot_read(struct run *run)
{
	control_that(run, get_as(run, "victor")->status == 200, "he is let in before",
		     "denied");
	control_that(run, member(run, "DELETE", "victor@example.com", NULL, NULL)->status < 300,
		     "the Admin removes him", "not removed");
	check_status(run, "denies him as soon as the answer is there", get_as(run, "victor"),
		     "403");
}

static const struct answer *write_as(struct run *run, const char *person)
{
	return request(run, &(struct ask) { .method = "PUT",
					    .token = token_for(run, person),
					    .body = "{\"description\": \"x\"}" });
}

static void demoted_cannot_write(struct run *run)
{
	control_that(run, write_as(run, "erin")->status < 300, "she writes before", "denied");
	control_that(run, member(run, "PUT", "erin@example.com", "Viewer", NULL)->status < 300,
		     "the Admin makes her a Viewer", "not changed");
	check_status(run, "denies her writing as soon as the answer is there",
		     write_as(run, "erin"), "403");
	control_status(run, "lets her read", get_as(run, "erin"), "200");
}

/* ---- wait_role_propagation=false ---- */

static void no_wait_answers_at_once(struct run *run)
{
	const struct answer *a;
	int64_t until = clk_mono_ms() + run->config->refresh_interval_ms +
			caches_stated_ms(run) + MARGIN_MS;
	int status = 0;

	a = member(run, "POST", MALLORY, "Viewer", "?wait_role_propagation=false");
	control_that(run, a->status == 201, "the Admin adds her", "%d %s", a->status, a->body);
	check_that(run, a->took_us < run->config->refresh_interval_ms * 1000 * 8 / 10,
		   "answers at once", "an answer before the next refresh", "%.2f s",
		   (double)a->took_us / 1e6);
	while ((status = get_as(run, "mallory")->status) != 200 && clk_mono_ms() < until)
		poll(NULL, 0, 10 * LOOK_MS);
	guards(run, "propagation/interval-is-kept turns it red");
	check_that(run, status == 200, "lets her in within the interval", "200 within it",
		   "%d after %d ms", status, (int)run->config->refresh_interval_ms + MARGIN_MS);
}

static void wait_ends(struct run *run)
{
	const struct answer *a = member(run, "POST", MALLORY, "Viewer", NULL);

	check_that(run, !a->timed_out && a->took_us < 10 * 1000000LL, "answers all the same",
		   "an answer within the limit", "none in %.0f s", (double)a->took_us / 1e6);
}

/* ---- the decision point's own refresh ---- */

static json_t *with_member(const char *principal, const char *role)
{
	return json_pack("{s:{s:{s:{s:[s]}}}}", "workspaces", "ml-team", "members", principal,
			 role);
}

/* Milliseconds until the decision is so, or -1. */
static int64_t until_decided(struct run *run, const struct ask_decision *q, bool allowed,
			     int64_t limit_ms)
{
	int64_t start = clk_mono_ms();

	while (clk_mono_ms() - start < limit_ms) {
		const struct decision *d = decide(run, q);

		if (d->answered && d->allowed == allowed)
			return clk_mono_ms() - start;
		poll(NULL, 0, LOOK_MS);
	}
	return -1;
}

static void refreshed_in_time(struct run *run)
{
	const struct ask_decision q = { .principal = "mallory" };
	int64_t interval = run->config->refresh_interval_ms + caches_stated_ms(run);
	int64_t known, took;

	control_that(run, !decide(run, &q)->allowed, "she is denied before", "allowed");
	platform_changes(run, with_member(MALLORY, "Viewer"));
	took = until_decided(run, &q, true, 2 * interval + MARGIN_MS);
	check_that(run, took >= 0 && took <= interval + MARGIN_MS, "sees the new role in time",
		   run_printf(run, "within %d ms", (int)(interval + MARGIN_MS)),
		   took < 0 ? "never" : "after %d ms", (int)took);
	known = took;
	platform_changes(run, NULL);
	took = until_decided(run, &q, false, 2 * interval + MARGIN_MS);
	check_that(run, took >= 0 && took <= interval + MARGIN_MS, "forgets it in time",
		   run_printf(run, "within %d ms", (int)(interval + MARGIN_MS)),
		   took < 0 ? "never" : "after %d ms", (int)took);
	measured(run,
		 "a new role after %.2f s, a lost one after %.2f s; documented: within %.0f s, "
		 "through a bundle within %.0f s",
		 (double)known / 1000, (double)took / 1000,
		 (double)run->config->refresh_interval_ms / 1000,
		 2 * (double)run->config->bundle_cache_ms / 1000);
}

static void store_fails(struct run *run)
{
	const struct ask_decision good = { .principal = "alice" },
				  bad = { .principal = "mallory" };

	control_that(run, decide(run, &good)->allowed, "alice is allowed before", "denied");
	entities_down(run, true);
	poll(NULL, 0, (int)(2 * run->config->refresh_interval_ms));
	check_decision(run, "still allows whom it knew", decide(run, &good), true);
	guards(run, "pdp-opens-on-error allows in the check before already");
	check_decision(run, "still denies whom it did not know", decide(run, &bad), false);
	entities_down(run, false);
}

/* ---- the bundle ---- */

static const struct answer *bundle(struct run *run, const char *token, const char *principal,
				   const char *etag)
{
	const char *headers[3] = { NULL };
	size_t n = 0;

	if (principal)
		headers[n++] = header_line(run, "principal_id", principal);
	if (etag)
		headers[n++] = run_printf(run, "If-None-Match: %s", etag);
	return request_pdp(run, &(struct ask) { .path = edition_path(run->edition, "bundle"),
						.token = token,
						.headers = headers });
}

static void bundle_etag(struct run *run)
{
	const struct answer *first = bundle(run, NULL, "service:opa", NULL), *a;
	const char *etag = answer_header(first, "ETag");
	int64_t until;

	guards(run, "without a bundle at its place nothing else here is red");
	check_that(run, first->status == 200 && etag, "gives a service the bundle with an ETag",
		   "200 with an ETag", "%d", first->status);
	guards(run, NULL);
	if (!etag)
		return;
	a = bundle(run, NULL, "service:opa", etag);
	guards(run, "a bundle that is sent too often costs time, no right");
	check_status(run, "answers 304 while nothing changed", a, "304");
	check_that(run, a->body_len == 0, "sends no body with it", "an empty body", "%zu bytes",
		   a->body_len);
	guards(run, NULL);
	check_status(run, "answers 200 to another ETag",
		     bundle(run, NULL, "service:opa", "\"other\""), "200");
	platform_changes(run, with_member(MALLORY, "Viewer"));
	until = clk_mono_ms() + 2 * run->config->bundle_cache_ms + MARGIN_MS;
	while ((a = bundle(run, NULL, "service:opa", etag))->status == 304 &&
	       clk_mono_ms() < until)
		poll(NULL, 0, 4 * LOOK_MS);
	check_status(run, "sends the new bundle within twice the cache time", a, "200");
}

static void bundle_is_for_services(struct run *run)
{
	guards(run, "propagation/bundle-etag has it");
	check_status(run, "gives a service the bundle", bundle(run, NULL, "service:opa", NULL),
		     "200");
	guards(run, NULL);
	check_status(run, "answers nobody with 401", bundle(run, NULL, NULL, NULL), "401");
	check_status(run, "denies a user", bundle(run, token_for(run, "alice"), NULL, NULL),
		     "403");
}

/* ---- the CLI's side ---- */

static void cli_waits(struct run *run)
{
	const struct ran *r;
	const char *target;

	login_given(run, "alice", 3000, true);
	r = cli(run, "members-create", "principal=" MALLORY, "roles=Viewer",
		"workspace=ml-team", NULL);
	check_succeeds(run, "adds the member", r);
	target = api_target(run, members_path(run, "ml-team", NULL), 0);
	check_that(run, target != NULL, "sends the request", "a POST to the members",
		   "nothing");
	check_lacks(run, "lets the answer wait", target ? target : "",
		    "wait_role_propagation=false");
}

static const struct scenario rows[] = {
	{
		.name = "added-member-can-read",
		.title = "a new member's first request",
		.promise = "When a member was added the role counts as soon as the answer is "
			   "there.",
		.page = PAGE_PROPAGATION,
		.source =
			"Troubleshooting, role changes; Managing access, wait_role_propagation",
		.given = "a refresh interval of one second",
		.when = "POST a member, then GET as that member",
		.remedy = "Answer after the decision point knows the role.",
		.catalogue = "AUTH-PROP-WAIT-DEFAULT AUTH-PROP-WAIT-EQUALS-INTERVAL",
		.configuration = "short-refresh",
		.needs = "service.tells",
		.mutants = "service-answers-before-propagation",
		.overlaps = "propagation/removed-member-cannot-read; here the promise that the "
			    "page makes first",
		.wait_s = 2,
		.surfaces = SERVICE,
		.play = added_can_read,
	},
	{
		.name = "removed-member-cannot-read",
		.title = "a removed member's next request",
		.promise = "When a member was removed the role is gone as soon as the answer "
			   "is there.",
		.page = PAGE_PROPAGATION,
		.source = "Troubleshooting, role changes",
		.given = "a refresh interval of one second",
		.when = "DELETE a member, then GET as that member",
		.consequence = "lets removed members read on",
		.remedy = "Answer after the decision point has forgotten the role.",
		.catalogue = "AUTH-PROP-REMOVE",
		.configuration = "short-refresh",
		.needs = "service.tells",
		.mutants = "service-answers-before-propagation service-keeps-removed-members",
		.wait_s = 2,
		.surfaces = SERVICE,
		.play = removed_cannot_read,
	},
	{
		.name = "demoted-member-cannot-write",
		.title = "an Editor becomes a Viewer",
		.promise = "When a role was taken down the old one is gone as soon as the "
			   "answer is there.",
		.page = PAGE_PROPAGATION,
		.source = "Troubleshooting, role changes",
		.given = "a refresh interval of one second",
		.when = "PUT Viewer on an Editor, then PUT as that member",
		.consequence = "lets demoted members write on",
		.remedy = "Replace the roles, and wait until the decision point has.",
		.catalogue = "AUTH-PROP-UPDATE-DOWN",
		.configuration = "short-refresh",
		.needs = "service.tells",
		.mutants = "service-keeps-old-role service-answers-before-propagation",
		.wait_s = 2,
		.surfaces = SERVICE,
		.play = demoted_cannot_write,
	},
	{
		.name = "no-wait-answers-at-once",
		.title = "wait_role_propagation=false",
		.promise = "Without waiting the answer comes at once, the role within the "
			   "interval.",
		.page = PAGE_PROPAGATION,
		.source = "Managing access, wait_role_propagation",
		.given = "a refresh interval of three seconds",
		.when = "POST a member with wait_role_propagation=false",
		.remedy = "Read the parameter.",
		.catalogue = "AUTH-PROP-NOWAIT",
		.configuration = "slow-refresh",
		.needs = "service.tells",
		.mutants = "service-always-waits",
		.wait_s = 5,
		.surfaces = SERVICE,
		.play = no_wait_answers_at_once,
	},
	{
		.name = "waiting-has-an-end",
		.title = "a decision point that never learns",
		.promise =
			"The wait for a role ends after its limit, also when it never arrives.",
		.page = PAGE_MEMBERS,
		.source = "Managing access: up to 30 s",
		.given = "a refresh interval longer than the wait",
		.when = "POST a member",
		.remedy = "Bound the wait.",
		.catalogue = "AUTH-PROP-WAIT-TIMEOUT",
		.configuration = "long-refresh",
		.mutants = "service-waits-forever",
		.wait_s = 4,
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = wait_ends,
	},
	{
		.name = "interval-is-kept",
		.title = "the refresh interval",
		.promise = "A decision point knows new roles, and forgets old ones, within its "
			   "interval.",
		.page = PAGE_PROPAGATION,
		.source = "Configuration, policy_data_refresh_interval, bundle_cache_seconds",
		.given = "a refresh interval of one second",
		.when = "change a binding, and ask until the decision changes",
		.remedy = "Load the bindings anew at each interval, whole.",
		.catalogue = "AUTH-PROP-EMBEDDED-30 AUTH-PROP-OPA-2X",
		.configuration = "short-refresh",
		.needs = "pdp.polls",
		.mutants = "pdp-loads-once pdp-never-takes-away",
		.wait_s = 5,
		.surfaces = PDP,
		.play = refreshed_in_time,
	},
	{
		.name = "stale-when-the-store-fails",
		.title = "the entity store fails during a refresh",
		.promise = "While the store fails the last known roles count, and no others.",
		.page = PAGE_POLICY,
		.source = "Policy engine: fail closed",
		.given = "an entity store, or a bundle server, that refuses connections",
		.when = "ask for two users",
		.remedy = "Keep the old data until new ones are whole.",
		.catalogue = "AUTH-PROP-STALE-ON-ERROR",
		.needs = "pdp.polls",
		.configuration = "short-refresh",
		.mutants = "pdp-opens-on-error pdp-forgets-on-error",
		.wait_s = 3,
		.level = LEVEL_ADVICE,
		.surfaces = PDP,
		.play = store_fails,
	},
	{
		.name = "bundle-etag",
		.title = "the bundle's ETag",
		.promise = "The bundle is sent again only when it has changed, and then it is.",
		.page = PAGE_POLICY,
		.source = "RFC 9110, 13.1.2; Policy engine, bundle",
		.given = "a service that fetches the bundle",
		.when = "GET with If-None-Match, before and after a change",
		.remedy = "Make the ETag of the content.",
		.catalogue = "AUTH-PROP-BUNDLE-ETAG",
		.needs = "pdp.bundle",
		.configuration = "short-refresh",
		.mutants = "pdp-bundle-always-not-modified pdp-bundle-etag-never-changes",
		.wait_s = 4,
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = bundle_etag,
	},
	{
		.name = "bundle-is-for-services",
		.title = "who gets the bundle",
		.promise = "The bundle is for services: nobody gets 401, a user 403.",
		.page = PAGE_POLICY,
		.source = "Policy engine, bundle",
		.when = "GET the bundle without credentials, as a user, as a service",
		.consequence = "shows everybody who has which role",
		.remedy = "Demand iam.bundle.read.",
		.catalogue = "AUTH-PROP-BUNDLE-AUTH",
		.needs = "pdp.bundle",
		.mutants = "pdp-bundle-is-public pdp-bundle-for-any-user",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = bundle_is_for_services,
	},
	{
		.name = "cli-lets-it-wait",
		.title = "members create",
		.promise = "members create waits for the role to count.",
		.page = PAGE_PROPAGATION,
		.source = "Troubleshooting, role changes",
		.given = "alice, Admin of ml-team",
		.when = "$ nemo workspaces members create --principal ... --roles Viewer",
		.remedy = "Do not send wait_role_propagation=false unless told to.",
		.catalogue = "AUTH-PROP-CLI-WAITS",
		.needs = "cli.members",
		.mutants = "cli-members-do-not-wait cli-success-exits-1 "
			   "cli-members-of-other-workspace",
		.surfaces = CLI,
		.play = cli_waits,
	},
};

const struct suite suite_propagation = {
	.section = "propagation",
	.title = "Role changes not visible yet",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
