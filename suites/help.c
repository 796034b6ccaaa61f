/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - "Getting help": what health and log tell. */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/lab.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/clk.h"

#include <poll.h>
#include <string.h>

/* By its documented path, where it has that; else by what its target file waits for. */
static bool is_ready(struct run *run)
{
	const struct target *t = run->lab->target;
	const struct ask ask = { .path = edition_path(run->edition, "ready") };

	return !t->claims(t->ctx, "pdp.http") || request_pdp(run, &ask)->status == 200;
}

/* An engine that has not loaded its policy may answer 200 without a result, and look healthy. */
static void not_ready_before_load(struct run *run)
{
	const struct ask_decision alice = { .principal = "alice" };
	bool started;

	control_that(run, is_ready(run), "it is ready with its data", "not ready");
	control_decision(run, "allows alice with its data", decide(run, &alice), true);
	started = pdp_blind(run);
	check_that(run, !started || !is_ready(run), "is not ready before it has its data",
		   "not ready", "ready");
	if (started)
		check_decision(run, "allows nobody before it has its data", decide(run, &alice),
			       false);
}

/* One line of the log that has all three words, or NULL. */
static const char *line_with(struct run *run, const char *log, const char *a, const char *b,
			     const char *c)
{
	while (*log) {
		size_t n = strcspn(log, "\n");
		const char *line = run_printf(run, "%.*s", (int)n, log);

		if (strstr(line, a) && strstr(line, b) && strstr(line, c))
			return line;
		log += n + (log[n] == '\n');
	}
	return NULL;
}

/* The log, with what a process may write a moment after its answer. */
static const char *log_of_denial(struct run *run, const char *path, const char *principal,
				 bool *ret_found)
{
	enum { WRITTEN_MS = 1000, LOOK_MS = 20 };
	int64_t until = clk_mono_ms() + WRITTEN_MS;
	const char *log;

	for (;;) {
		log = target_log(run);
		*ret_found = line_with(run, log, "DELETE", path, principal) != NULL;
		if (*ret_found || clk_mono_ms() > until)
			return log;
		poll(NULL, 0, LOOK_MS);
	}
}

static void denied_is_logged(struct run *run)
{
	const char *token = token_for(run, "mallory"), *path = ws_path(run, "other-team");
	const struct answer *a = request(
		run, &(struct ask) { .method = "DELETE", .path = path, .token = token });
	bool found;
	const char *log = log_of_denial(run, path, person_subject(run, "mallory"), &found);

	control_that(run, a->status == 403, "the request is denied", "%d", a->status);
	check_that(run, found, "logs who was denied what",
		   "a line with method, path and principal", "%s", log);
	check_keeps(run, "logs no token", log, token);
}

static const struct scenario rows[] = {
	{
		.name = "not-ready-before-load",
		.title = "a decision point without its data",
		.promise = "Before its data are loaded a decision point is not ready and "
			   "allows nobody.",
		.page = PAGE_HELP,
		.source = "Troubleshooting, Getting help 2; Policy engine: fail closed",
		.given = "an entity store, or bundle, that cannot be had since the start",
		.when = "GET the ready path, ask for a decision",
		.consequence = "decides without a policy",
		.remedy = "Report 503 and deny until the first load is done.",
		.catalogue = "AUTH-HELP-PDP-HEALTH AUTH-HELP-OPA-BUNDLE",
		.needs = "pdp.polls pdp.starts_blind",
		.wait_s = 12,
		.mutants = "pdp-ready-before-load pdp-opens-before-load",
		.surfaces = PDP,
		.play = not_ready_before_load,
	},
	{
		.name = "denied-is-logged",
		.title = "the log of a denied request",
		.promise = "A denied request is in the log with method, path and principal, "
			   "without token.",
		.page = PAGE_HELP,
		.source = "Troubleshooting, Getting help 1",
		.given = "mallory, who has no role in other-team",
		.when = "DELETE other-team, then read the log",
		.consequence = "leaves no trace of refused requests",
		.remedy = "Log who was denied what; never log Authorization.",
		.catalogue = "AUTH-HELP-LOG AUTH-HARD-LOGS",
		.needs = "service.log",
		.mutants = "service-denies-silently service-logs-tokens",
		.surfaces = SERVICE,
		.play = denied_is_logged,
	},
};

const struct suite suite_help = {
	.section = "help",
	.title = "Getting help",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
