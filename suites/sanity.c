/* SPDX-License-Identifier: Apache-2.0 */
/* sanity.c - the gate: the target starts, answers, and a good day works. */
#include "suites/kit/check.h"
#include "suites/kit/reach.h"
#include "suites/kit/token.h"

static void cli_good_day(struct run *run)
{
	const struct ran *r = cli_login(run, "alice", NULL);

	if (check_succeeds(run, "logs in by the device flow", r))
		check_succeeds(run, "lists workspaces", cli(run, "workspaces-list", NULL));
}

static void pdp_good_day(struct run *run)
{
	const struct decision *d = decide(run, &(struct ask_decision) { .principal = "alice" });

	if (!reach_proved(run, NULL))
		return;
	check_decision(run, "lets the Admin of a workspace read it", d, true);
	check_decision(run, "denies somebody without a role",
		       decide(run, &(struct ask_decision) { .principal = "mallory" }), false);
}

static void front_good_day(struct run *run)
{
	const struct answer *a =
		request(run, &(struct ask) { .token = token_for(run, "alice") });

	if (reach_proved(run, a))
		check_allowed(run, "the Admin of a workspace", a);
}

static void target_starts(struct run *run)
{
	if (run->surface == CLI)
		cli_good_day(run);
	else if (run->surface == PDP)
		pdp_good_day(run);
	else if (run->surface != SDK)
		front_good_day(run);
}

static const struct scenario rows[] = {
	{
		.name = "target-starts",
		.title = "target starts, answers, a good day works",
		.promise = "The target starts, answers, and serves somebody who may.",
		.page = "Using authentication",
		.source = "the good day of every other row",
		.remedy = "Start the target by hand with its target file's command and look at "
			  "its "
			  "last words.",
		.surfaces = CLI | GATEWAY | PDP | SERVICE,
		.providers = EACH_PROVIDER,
		.guard = "a gate: when it fails, everything after it is BROKEN",
		.play = target_starts,
	},
};

const struct suite suite_sanity = {
	.section = "sanity",
	.title = "target starts, answers, a good day works",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
