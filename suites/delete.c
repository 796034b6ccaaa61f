/* SPDX-License-Identifier: Apache-2.0 */
/* delete.c - "Cannot delete a workspace". */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"

#include <poll.h>
#include <string.h>

static const struct answer *delete_as(struct run *run, const char *person,
				      const char *workspace)
{
	return request(run, &(struct ask) { .method = "DELETE",
					    .path = ws_path(run, workspace),
					    .token = token_for(run, person) });
}

static const struct answer *get_as(struct run *run, const char *person, const char *workspace)
{
	return request(run, &(struct ask) { .path = ws_path(run, workspace),
					    .token = token_for(run, person) });
}

static const char *detail(const struct answer *a)
{
	return conf_str(a->json, "detail", "");
}

static void conflict(struct run *run)
{
	const struct answer *a = delete_as(run, "alice", "ml-team");

	check_status(run, "refuses to delete what is not empty", a, "409");
	check_contains(run, "names the workspace", detail(a), "'ml-team'");
	check_contains(run, "counts the projects", detail(a), "project (3)");
	check_contains(run, "counts the datasets", detail(a), "dataset (5)");
	check_status(run, "keeps the workspace", get_as(run, "alice", "ml-team"), "200");
}

static void empty(struct run *run)
{
	control_allowed(run, "the Admin who reads it", get_as(run, "alice", "empty-team"));
	control_status(run, "deletes an empty workspace", delete_as(run, "alice", "empty-team"),
		       "200 202 204");
	check_status(run, "has it no more", get_as(run, "alice", "empty-team"), "403 404");
}

static void retry(struct run *run)
{
	const char *token = token_for(run, "alice");
	const char *projects = run_printf(run, "%s/projects", ws_path(run, "empty-team"));

	control_allowed(run, "a new project",
			request(run, &(struct ask) { .method = "POST",
						     .path = projects,
						     .token = token,
						     .body = "{\"name\": \"last\"}" }));
	guards(run, "delete/not-empty turns it red");
	check_status(run, "refuses while a project is there",
		     delete_as(run, "alice", "empty-team"), "409");
	guards(run, NULL);
	control_allowed(
		run, "the removal of the project",
		request(run, &(struct ask) { .method = "DELETE",
					     .path = run_printf(run, "%s/last", projects),
					     .token = token }));
	check_status(run, "deletes once it is empty", delete_as(run, "alice", "empty-team"),
		     "200 202 204");
}

static void viewer(struct run *run)
{
	const struct answer *a;

	control_allowed(run, "the Viewer who reads it", get_as(run, "victor", "ml-team"));
	a = delete_as(run, "victor", "ml-team");
	check_status(run, "denies a Viewer", a, "403");
	check_lacks(run, "does not say what is in it", a->body, "project|dataset");
}

static void editor(struct run *run)
{
	control_allowed(run, "the Editor who reads it", get_as(run, "erin", "ml-team"));
	check_status(run, "denies an Editor", delete_as(run, "erin", "ml-team"), "403");
}

/* A service may clean up behind its answer; the name is free when it has. */
static const struct answer *made_anew(struct run *run, const char *name)
{
	enum { CLEAN_UP_MS = 30000, LOOK_MS = 250 };
	const struct ask ask = { .method = "POST",
				 .path = edition_path(run->edition, "workspaces"),
				 .token = token_for(run, "bob"),
				 .body = run_printf(run, "{\"name\": \"%s\"}", name),
				 .timeout_ms = CLEAN_UP_MS };
	int64_t until = clk_mono_ms() + CLEAN_UP_MS;
	const struct answer *a;

	while ((a = request(run, &ask))->status == 409 && clk_mono_ms() < until)
		poll(NULL, 0, LOOK_MS);
	return a;
}

static void roles_go_too(struct run *run)
{
	const struct answer *again;

	platform_state(run, json_pack("{s:{s:{s:{s:[s], s:[s]}}}}", "workspaces", "old-team",
				      "members", "alice@example.com", "Admin",
				      "victor@example.com", "Viewer"));
	control_allowed(run, "the Viewer who reads it", get_as(run, "victor", "old-team"));
	control_that(run, delete_as(run, "alice", "old-team")->status < 300, "deletes it",
		     "not deleted");
	again = made_anew(run, "old-team");
	/* Its name may never be free again: the roles go all the same. */
	if (again->status == 409) {
		check_status(run, "denies the Viewer of what is gone",
			     get_as(run, "victor", "old-team"), "403 404");
		return;
	}
	control_allowed(run, "bob who makes a new one of that name", again);
	check_status(run, "denies the Viewer of the old one", get_as(run, "victor", "old-team"),
		     "403");
}

/* ---- the CLI's side ---- */

static void cli_shows_counts(struct run *run)
{
	const struct ran *r;

	login_given(run, "alice", 3000, true);
	control_succeeds(run, "lists workspaces", cli(run, "workspaces-list", NULL));
	r = cli(run, "workspaces-delete", "name=ml-team", NULL);
	check_fails(run, "exits with an error", r);
	check_contains(run, "shows how many projects", r->err, "project (3)");
	check_contains(run, "shows how many datasets", r->err, "dataset (5)");
}

static void cli_keeps_letters(struct run *run)
{
	static const char text[] =
		"Cannot delete 'Zo\xc3\xab': [bold]2[/bold] \\\"models\\\" & <1> left";
	static const char shown[] =
		"Cannot delete 'Zo\xc3\xab': [bold]2[/bold] \"models\" & <1> left";
	const struct ran *r;

	login_given(run, "alice", 3000, true);
	api_answers(run,
		    &(struct canned) { .status = 409,
				       .body = run_printf(run, "{\"detail\":\"%s\"}", text) });
	r = cli(run, "workspaces-delete", "name=ml-team", NULL);
	check_fails(run, "exits with an error", r);
	check_contains(run, "shows the detail letter by letter", r->err, shown);
}

static const struct scenario rows[] = {
	{
		.name = "not-empty",
		.title = "a workspace with projects and datasets",
		.promise = "A workspace that is not empty is not deleted; 409 lists what is in "
			   "it.",
		.page = PAGE_DELETE,
		.source = "Troubleshooting, cannot delete, the 409 text",
		.given = "ml-team with 3 projects and 5 datasets",
		.when = "DELETE ml-team as its Admin",
		.consequence = "deletes what people still use",
		.remedy = "Count the entities by type and refuse while there are any.",
		.catalogue = "AUTH-WSDEL-CONFLICT",
		.mutants = "service-deletes-what-is-not-empty service-conflict-without-counts "
			   "service-conflict-is-500",
		.surfaces = SERVICE,
		.play = conflict,
	},
	{
		.name = "empty",
		.title = "an empty workspace",
		.promise = "An empty workspace is deleted by its Admin.",
		.page = PAGE_DELETE,
		.source = "Troubleshooting, cannot delete",
		.given = "empty-team",
		.when = "DELETE empty-team as its Admin",
		.remedy = "Delete what is empty at once.",
		.catalogue = "AUTH-WSDEL-EMPTY",
		.mutants = "service-delete-does-nothing",
		.surfaces = SERVICE,
		.play = empty,
	},
	{
		.name = "emptied",
		.title = "a workspace that was emptied",
		.promise = "Once its entities are deleted a workspace can be deleted.",
		.page = PAGE_DELETE,
		.source = "Troubleshooting, cannot delete, step 2",
		.given = "a workspace whose last project was deleted after a refusal",
		.when = "DELETE it again",
		.remedy = "Count at each try.",
		.catalogue = "AUTH-WSDEL-RETRY",
		.mutants = "service-counts-once",
		.surfaces = SERVICE,
		.play = retry,
	},
	{
		.name = "viewer-is-denied",
		.title = "a Viewer deletes a workspace",
		.promise = "A Viewer who deletes a workspace is denied and told nothing of it.",
		.page = PAGE_DELETE,
		.source = "Troubleshooting, cannot delete, cause 2",
		.given = "victor, Viewer of ml-team",
		.when = "DELETE ml-team",
		.consequence = "lets a Viewer delete a workspace",
		.remedy = "Decide before counting.",
		.catalogue = "AUTH-WSDEL-VIEWER",
		.mutants = "service-conflict-before-permission pdp-ignores-method",
		.surfaces = SERVICE,
		.play = viewer,
	},
	{
		.name = "editor-is-denied",
		.title = "an Editor deletes a workspace",
		.promise = "Only an Admin deletes a workspace; an Editor is denied.",
		.page = PAGE_DELETE,
		.source = "Troubleshooting, cannot delete, cause 2; Concepts, roles",
		.given = "erin, Editor of ml-team",
		.when = "DELETE ml-team",
		.consequence = "lets an Editor delete a workspace",
		.remedy = "Keep workspaces.delete for Admin.",
		.catalogue = "AUTH-WSDEL-EDITOR",
		.mutants = "pdp-editor-deletes-workspaces pdp-editor-is-admin",
		.surfaces = SERVICE,
		.play = editor,
	},
	{
		.name = "roles-go-too",
		.title = "a new workspace of the same name",
		.promise = "The roles in a deleted workspace do not come back with its name.",
		.page = PAGE_MEMBERS,
		.source = "Managing access",
		.given = "victor, Viewer of old-team, which is deleted and made anew by bob",
		.when = "GET old-team as victor",
		.consequence = "gives old members a new workspace of the same name",
		.remedy = "Delete the bindings with the workspace.",
		.catalogue = "AUTH-WSDEL-REVOKES",
		.needs = "service.tells",
		.mutants = "service-bindings-survive-delete",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = roles_go_too,
	},
	{
		.name = "cli-shows-what-is-in-it",
		.title = "workspaces delete of one that is not empty",
		.promise = "workspaces delete shows what has to be deleted first.",
		.page = PAGE_DELETE,
		.source = "Troubleshooting, cannot delete, step 1",
		.given = "ml-team with 3 projects and 5 datasets",
		.when = "$ nemo workspaces delete ml-team",
		.remedy = "Print the detail of the answer to stderr.",
		.catalogue = "AUTH-WSDEL-CLI AUTH-CLI-409-NORETRY",
		.needs = "cli.workspaces",
		.mutants = "cli-swallows-detail cli-api-error-exits-0",
		.overlaps = "delete/cli-prints-it-letter-by-letter; here the documented text "
			    "of the real service",
		.surfaces = CLI,
		.play = cli_shows_counts,
	},
	{
		.name = "cli-prints-it-letter-by-letter",
		.title = "a detail with quotes, brackets and umlauts",
		.promise = "The detail of an error is printed letter by letter.",
		.page = PAGE_DELETE,
		.source = "RFC 8259, 7",
		.given = "a 409 whose detail has quotes, brackets and letters beyond ASCII",
		.when = "$ nemo workspaces delete ml-team",
		.remedy = "Print it as text, not as markup.",
		.catalogue = "AUTH-WSDEL-CLI-ENC",
		.needs = "cli.workspaces",
		.mutants = "cli-eats-brackets cli-swallows-detail cli-api-error-exits-0",
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = cli_keeps_letters,
	},
};

const struct suite suite_delete = {
	.section = "delete",
	.title = "Cannot delete a workspace",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
