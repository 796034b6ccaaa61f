/* SPDX-License-Identifier: Apache-2.0 */
/* 403.c - "403 despite having access": roles and scopes. */
#include "suites/kit/given.h"
#include "suites/pages.h"
#include "suites/trial.h"

#include "idp-sim/base/conf.h"

#include <ctype.h>
#include <string.h>

/* A gateway that asks about another method than the client's fails here, and is no reason to
 * give up: the row goes on. */
#define WRITES "403/scope-wins-over-scp turns it red"
#define NEW_PROJECT .method = "POST", .path = "projects", .body = "{\"name\": \"fourth\"}"

static const struct trial no_role[] = { { "the Admin of the workspace", "alice",
					  .allowed = true, .control = true },
					{ "somebody without a role in it", "mallory" },
					{ 0 } };
static const struct trial viewer[] = {
	{ "a Viewer who reads", "victor", .allowed = true, .control = true },
	{ "a Viewer who creates a project", "victor", NEW_PROJECT },
	{ "a Viewer who changes the workspace", "victor", "PUT" },
	{ "a Viewer who deletes the workspace", "victor", "DELETE" },
	{ "an Editor who creates a project", "erin", NEW_PROJECT, .allowed = true,
	  .control = true },
	{ 0 }
};
static const struct trial editor_members[] = {
	{ "an Editor who reads", "erin", .allowed = true, .control = true },
	{ "an Editor who adds a member", "erin", "POST", "members",
	  .body = "{\"principal\": \"erin@example.com\", \"roles\": [\"Admin\"]}" },
	{ "an Editor who changes a member", "erin", "PUT", "members/victor@example.com",
	  .body = "{\"roles\": [\"Editor\"]}" },
	{ "an Editor who removes a member", "erin", "DELETE", "members/victor@example.com" },
	{ 0 }
};
static const struct trial viewer_members[] = {
	{ "a Viewer who lists the members", "victor", .path = "members", .allowed = true },
	{ "somebody without a role who lists them", "mallory", .path = "members" },
	{ 0 }
};
static const struct trial inference[] = {
	{ "a Viewer who sends a prompt", "victor", "POST",
	  "/apis/inference-gateway/v2/workspaces/MLTEAM/openai/-/v1/chat/completions",
	  .allowed = true },
	{ "a Viewer who creates a provider", "victor", "POST",
	  "/apis/models/v2/workspaces/MLTEAM/providers" },
	{ 0 }
};
static const struct trial read_scope[] = {
	{ "an Editor with platform:read who reads", "erin", .scopes = "platform:read",
	  .allowed = true, .control = true },
	{ "an Editor with platform:read who writes", "erin", NEW_PROJECT,
	  .scopes = "platform:read" },
	{ "an Editor with platform:write who writes", "erin", NEW_PROJECT,
	  .scopes = "platform:write", .allowed = true, .guard = WRITES },
	{ 0 }
};
static const struct trial scope_is_no_role[] = {
	{ "a Viewer with both scopes who reads", "victor", .allowed = true, .control = true },
	{ "a Viewer with both scopes who writes", "victor", NEW_PROJECT },
	{ 0 }
};
static const struct trial write_only[] = {
	{ "an Editor with both scopes who writes", "erin", NEW_PROJECT, .allowed = true,
	  .control = true },
	{ "an Editor with platform:write who writes", "erin", .method = "PUT",
	  .scopes = "platform:write", .allowed = true, .guard = WRITES },
	{ "an Editor with platform:write who reads", "erin", .scopes = "platform:write" },
	{ 0 }
};
static const struct trial no_scopes[] = {
	{ "an Editor without scopes", "erin", NEW_PROJECT, .scopes = "-", .allowed = true },
	{ "an Editor with OpenID scopes only", "erin", .method = "PUT",
	  .scopes = "openid profile email", .allowed = true },
	{ 0 }
};
static const struct trial unknown_scope[] = {
	{ "a Viewer with platform:read", "victor", .scopes = "platform:read", .allowed = true,
	  .control = true },
	{ "a Viewer with a scope nobody knows", "victor", .scopes = "foo:bar" },
	{ 0 }
};
static const struct trial api_scopes[] = {
	{ "models:read for models", "victor",
	  .path = "/apis/models/v2/workspaces/MLTEAM/models", .scopes = "models:read",
	  .allowed = true, .control = true },
	{ "models:read for files", "victor",
	  .path = "/apis/files/v2/workspaces/MLTEAM/filesets", .scopes = "models:read" },
	{ 0 }
};
static const struct trial exact_scopes[] = {
	{ "both scopes", "erin", NEW_PROJECT, .allowed = true, .control = true },
	{ "platform:write", "erin", .method = "PUT", .scopes = "platform:write",
	  .allowed = true, .guard = WRITES },
	{ "Platform:Write", "erin", NEW_PROJECT, .scopes = "Platform:Write" },
	{ "platform:writer", "erin", NEW_PROJECT, .scopes = "platform:writer" },
	{ 0 }
};
static const struct trial admin_scopes[] = {
	{ "PlatformAdmin with platform:read who writes", "admin", .method = "PUT",
	  .scopes = "platform:read", .allowed = true },
	{ "an Editor with platform:read who writes", "erin", NEW_PROJECT,
	  .scopes = "platform:read", .guard = "403/read-scope-does-not-write turns it red" },
	{ 0 }
};
static const struct trial unknown_path[] = {
	{ "an Admin on a known path", "alice", .allowed = true, .control = true },
	{ "an Admin on a path of no endpoint", "alice", .path = "/apis/nothing/v2/here" },
	{ "an Admin below a known path", "alice", .path = "nothing" },
	{ 0 }
};
static const struct trial path_tricks[] = {
	{ "an Admin on the plain path", "alice", .allowed = true, .control = true },
	{ "the path with a slash more", "alice",
	  .path = "/apis/entities/v2/workspaces/MLTEAM/" },
	{ "the path with a doubled slash", "alice",
	  .path = "/apis/entities/v2//workspaces/MLTEAM" },
	{ "another workspace behind dots", "alice",
	  .path = "/apis/entities/v2/workspaces/MLTEAM/../other-team" },
	{ "another workspace behind coded dots", "alice",
	  .path = "/apis/entities/v2/workspaces/MLTEAM/%2e%2e/other-team" },
	{ "a path with a parameter", "alice",
	  .path = "/apis/entities/v2/workspaces/MLTEAM;x=y" },
	{ "a dot between", "alice", .path = "/apis/entities/v2/workspaces/./MLTEAM" },
	{ "a coded slash", "alice", .path = "/apis/entities/v2/workspaces/MLTEAM%2fprojects" },
	{ "a backslash", "alice", .path = "/apis/entities/v2/workspaces/MLTEAM\\projects" },
	{ "a coded backslash", "alice",
	  .path = "/apis/entities/v2/workspaces/MLTEAM%5cprojects" },
	{ "a coded zero", "alice", .path = "/apis/entities/v2/workspaces/MLTEAM%00" },
	{ "letters in the other case", "alice", .path = "/APIS/Entities/V2/Workspaces/MLTEAM" },
	{ 0 }
};
static const struct trial secret_value[] = {
	{ "a service", "service:jobs",
	  .path = "/apis/secrets/v2/workspaces/MLTEAM/secrets/key/access", .allowed = true,
	  .control = true },
	{ "PlatformAdmin", "admin",
	  .path = "/apis/secrets/v2/workspaces/MLTEAM/secrets/key/access" },
	{ "an Admin of the workspace", "alice",
	  .path = "/apis/secrets/v2/workspaces/MLTEAM/secrets/key/access",
	  .guard = "PlatformAdmin, who may more, turns it red" },
	{ 0 }
};

static const struct trial all_workspaces[] = {
	{ "any user who reads from all workspaces", "mallory",
	  .path = "/apis/entities/v2/workspaces/-/projects", .allowed = true,
	  .guard = "who denies too much fails at many good cases" },
	{ "a user who writes to all workspaces", "alice", "POST",
	  "/apis/entities/v2/workspaces/-/projects" },
	{ 0 }
};

/* ---- what a question may look like ---- */

static void query_is_no_path(struct run *run)
{
	const char *path = run_printf(run, "%s?page=2", ws_path(run, NULL));

	check_decision(
		run, "allows an Admin whose path has a query",
		decide(run, &(struct ask_decision) { .principal = "alice", .path = path }),
		true);
	control_decision(
		run, "denies somebody without a role whose path has one",
		decide(run, &(struct ask_decision) { .principal = "mallory", .path = path }),
		false);
}

/* Envoy has names in lower case. */
static const char *envoy_name(struct run *run, const char *word)
{
	char *name = run_printf(run, "%s", header_name(run, word));

	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return name;
}

/* The input that Envoy's ext_authz plugin makes of a request. */
static json_t *envoy_input(struct run *run, const char *person)
{
	return json_pack("{s:{s:{s:{s:s, s:s, s:{s:s, s:s}}}}}", "attributes", "request",
			 "http", "method", "GET", "path", ws_path(run, NULL), "headers",
			 envoy_name(run, "principal_id"), person_subject(run, person),
			 envoy_name(run, "principal_email"), person_email(run, person));
}

static void envoy_form(struct run *run)
{
	check_decision(run, "allows an Admin in Envoy's form",
		       decide_input(run, "allow", envoy_input(run, "alice")), true);
	control_decision(run, "denies somebody without a role in Envoy's form",
			 decide_input(run, "allow", envoy_input(run, "mallory")), false);
}

static const struct answer *ask_http(struct run *run, const char *path, const char *token,
				     const char *caller)
{
	const char *headers[] = { caller ? header_line(run, "principal_id", caller) : NULL,
				  NULL };

	return request_pdp(run,
			   &(struct ask) { .method = "POST",
					   .path = path,
					   .token = token,
					   .headers = headers,
					   .body = "{\"input\":{\"principal_id\":\"x\","
						   "\"method\":\"GET\",\"path\":\"/\"}}" });
}

static void unknown_entrypoint(struct run *run)
{
	const char *allow = edition_path(run->edition, "allow");
	int n = (int)(strrchr(allow, '/') - allow);
	const struct answer *a;

	control_that(run, ask_http(run, allow, NULL, "service:platform")->status == 200,
		     "the entrypoint allow answers", "it does not");
	a = ask_http(run, run_printf(run, "%.*s/nope", n, allow), NULL, "service:platform");
	check_status(run, "refuses an entrypoint that it does not know", a, "400 404");
}

static void questions_are_for_services(struct run *run)
{
	const char *allow = edition_path(run->edition, "allow");

	control_that(run, ask_http(run, allow, NULL, "service:platform")->status == 200,
		     "a service's question is answered", "it is not");
	check_status(run, "refuses a user's question",
		     ask_http(run, allow, token_for(run, "alice"), NULL), "401 403");
	check_status(run, "refuses nobody's question", ask_http(run, allow, NULL, NULL), "401");
}

static void header_agrees(struct run *run)
{
	const struct decision *yes =
		decide(run, &(struct ask_decision) { .principal = "alice" });
	const struct decision *no =
		decide(run, &(struct ask_decision) { .principal = "mallory" });
	const json_t *said = json_object_get(conf_get(no->body, "result.headers"),
					     header_name(run, "authorized"));

	control_that(run, yes->allowed && !no->allowed, "it allows one and denies the other",
		     "it does not");
	check_that(run, !said || strcmp(json_string_value(said), "true") != 0,
		   "vouches for nobody whom it denies", "no vouching header, or false", "%s",
		   said ? json_string_value(said) : "");
}

/* ---- scopes in the form of a claim ---- */

static const struct answer *with_claims(struct run *run, const char *method, json_t *claims)
{
	bool post = strcmp(method, "POST") == 0;

	return request(
		run, &(struct ask) {
			     .method = method,
			     .path = post ? run_printf(run, "%s/projects", ws_path(run, NULL))
					  : NULL,
			     .token = token_made(run, &(struct token_ask) { .person = "erin",
									    .claims = claims }),
			     .body = post ? run_printf(run, "{\"name\": \"p%zu\"}",
						       run->result->n_checks)
					  : NULL,
		     });
}

static json_t *scope_as(const char *form, const char *scope)
{
	if (strcmp(form, "scope") == 0)
		return json_pack("{s:s, s:n}", "scope", scope, "scp");
	if (strcmp(form, "scp string") == 0)
		return json_pack("{s:n, s:s}", "scope", "scp", scope);
	return json_pack("{s:n, s:[s]}", "scope", "scp", scope);
}

static void scopes_in_any_form(struct run *run)
{
	static const char *const forms[] = { "scope", "scp string", "scp list" };

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		guards(run, WRITES);
		check_allowed(run, run_printf(run, "platform:write as %s who writes", forms[i]),
			      with_claims(run, "POST", scope_as(forms[i], "platform:write")));
		guards(run, NULL);
		check_refused(run, run_printf(run, "platform:read as %s who writes", forms[i]),
			      with_claims(run, "POST", scope_as(forms[i], "platform:read")),
			      "403");
	}
}

static void scope_wins(struct run *run)
{
	json_t *read =
		json_pack("{s:s, s:s}", "scope", "platform:read", "scp", "platform:write");
	json_t *write =
		json_pack("{s:s, s:s}", "scope", "platform:write", "scp", "platform:read");

	check_refused(run, "scope platform:read beside scp platform:write",
		      with_claims(run, "POST", read), "403");
	check_allowed(run, "scope platform:write beside scp platform:read",
		      with_claims(run, "POST", write));
}

static void prefix_is_stripped(struct run *run)
{
	const char *scope = run_printf(run, "%splatform:write", run->config->scope_prefix);

	check_allowed(run, "the configured prefix before platform:write",
		      with_claims(run, "POST", json_pack("{s:s, s:n}", "scp", scope, "scope")));
	guards(run, "403/read-scope-does-not-write turns it red");
	check_refused(run, "the configured prefix before platform:read",
		      with_claims(run, "POST",
				  json_pack("{s:s, s:n}", "scp",
					    run_printf(run, "%splatform:read",
						       run->config->scope_prefix),
					    "scope")),
		      "403");
}

static void foreign_prefix(struct run *run)
{
	json_t *foreign = json_pack("{s:s, s:n}", "scp", "api://other/platform:write", "scope");

	control_allowed(run, "scopes without a prefix",
			with_claims(run, "POST",
				    json_pack("{s:s, s:n}", "scp",
					      "platform:read platform:write", "scope")));
	check_refused(run, "somebody else's prefix before platform:write",
		      with_claims(run, "POST", foreign), "403");
}

static void dotted_scope(struct run *run)
{
	const struct answer *a;

	control_allowed(run, "models:write",
			with_claims(run, "GET",
				    json_pack("{s:s, s:n}", "scope",
					      "platform:read models:write", "scp")));
	a = with_claims(run, "POST", json_pack("{s:s, s:n}", "scope", "models.write", "scp"));
	check_status(run, "refuses a scope that is written like a permission", a, "400");
	check_contains(run, "says that scopes have colons", a->body, "colon");
}

/* ---- what a service shows ---- */

static void no_oracle(struct run *run)
{
	const char *token = token_for(run, "mallory");
	const struct answer *there = request(
		run, &(struct ask) { .path = ws_path(run, "other-team"), .token = token });
	const struct answer *missing = request(
		run, &(struct ask) { .path = ws_path(run, "no-such-team"), .token = token });

	control_status(run, "denies a workspace of others", there, "403");
	check_status(run, "denies a workspace that does not exist", missing, "403");
	check_equal(run, "says the same of both", missing->body, there->body);
}

static void list_is_filtered(struct run *run)
{
	const struct answer *a =
		request(run, &(struct ask) { .path = edition_path(run->edition, "workspaces"),
					     .token = token_for(run, "victor") });

	control_status(run, "lists workspaces", a, "200");
	control_that(run, strstr(a->body, "\"ml-team\"") != NULL,
		     "lists a workspace of one's own", "%s", a->body);
	check_lacks(run, "lists no workspace of others", a->body, "\"other-team\"");
}

/* ---- what the page tells to type ---- */

static void members_list(struct run *run)
{
	const char *want = members_path(run, "ml-team", NULL);
	const struct ran *r;

	login_given(run, "alice", 3000, true);
	r = cli(run, "members-list", "workspace=ml-team", NULL);
	check_succeeds(run, "lists the members", r);
	check_that(run, api_saw(run, "GET", want) == 1, "asks for that workspace", want, "%s",
		   api_target(run, NULL, 0) ? api_target(run, NULL, 0) : "nothing");
	check_contains(run, "shows who", r->out, "erin@example.com");
	check_contains(run, "shows as what", r->out, "Editor");
}

static void token_decodes(struct run *run)
{
	const struct ran *r;
	json_t *claims;

	check_succeeds(
		run, "logs in",
		cli(run, "login", "username=alice@example.com", "password=password", NULL));
	r = cli(run, "token", NULL);
	check_succeeds(run, "prints the token", r);
	claims = token_claims(run, r->out);
	check_that(run, json_object_get(claims, "scp") || json_object_get(claims, "scope"),
		   "the part between the dots shows the scopes", "scp or scope in JSON", "%s",
		   r->out);
}

static void odd_claims_survive(struct run *run)
{
	/* Lengths of every remainder by three, and letters beyond ASCII. */
	static const char *const names[] = { "Ada", "Zoë Ångström", "Nguyễn Thị Minh Khai",
					     "x" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		json_t *extra = json_pack("{s:s}", "name", names[i]);
		const char *token = token_made(run, &(struct token_ask) { .claims = extra });
		const struct ran *r;

		config_give(run, token, NULL);
		r = cli(run, "token", NULL);
		check_equal(run, run_printf(run, "prints a token for %s unchanged", names[i]),
			    r->out, run_printf(run, "%s\n", token));
		check_equal(run, run_printf(run, "the claims of %s can be read", names[i]),
			    conf_str(token_claims(run, r->out), "name", ""), names[i]);
	}
}

#define FRONT (GATEWAY | SERVICE)
#define DECIDES (GATEWAY | SERVICE | PDP)

static const struct scenario rows[] = {
	{
		.name = "no-role",
		.title = "a user without a role",
		.promise = "A user without a role in a workspace is denied.",
		.page = PAGE_403,
		.source = "Troubleshooting, 403, causes",
		.given = "mallory, who has no role in ml-team",
		.when = "GET the workspace",
		.consequence = "opens workspaces to people without a role",
		.remedy = "Ask for the permission in the workspace of the path.",
		.catalogue = "AUTH-403-NOMEMBER",
		.mutants = "pdp-allows-any-user",
		.overlaps = "admin/roles-stay-in-their-workspace; here the documented cause by "
			    "itself, at each provider",
		.surfaces = DECIDES,
		.decided = true,
		.providers = EACH_PROVIDER,
		.play = play_trials,
		.arg = no_role,
	},
	{
		.name = "no-existence-oracle",
		.title = "a workspace that does not exist",
		.promise = "A workspace that does not exist is denied like one of others.",
		.page = PAGE_CONCEPTS,
		.source = "Concepts, visibility",
		.given = "mallory",
		.when = "GET other-team, then no-such-team",
		.consequence = "tells strangers which workspaces exist",
		.remedy = "Decide before looking the workspace up.",
		.catalogue = "AUTH-403-NO-ORACLE AUTH-WSDEL-NONMEMBER-MISSING",
		.mutants = "service-reveals-workspaces",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = no_oracle,
	},
	{
		.name = "list-is-filtered",
		.title = "the list of workspaces",
		.promise = "The list of workspaces has those of the caller and no others.",
		.page = PAGE_CONCEPTS,
		.source = "Concepts, visibility",
		.given = "victor, Viewer of ml-team",
		.when = "GET the workspaces",
		.consequence = "lists the workspaces of others",
		.remedy = "Filter the list by the caller's roles.",
		.catalogue = "AUTH-403-LIST-FILTER",
		.mutants = "service-lists-everything",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = list_is_filtered,
	},
	{
		.name = "viewer-reads-only",
		.title = "a Viewer reads and does not write",
		.promise = "A Viewer reads, and is denied each write.",
		.page = PAGE_403,
		.source = "Troubleshooting, 403, causes; Concepts, roles",
		.given = "victor, Viewer of ml-team",
		.when = "GET, POST, PUT, DELETE",
		.consequence = "lets a Viewer write",
		.remedy = "Decide by the method's permission.",
		.catalogue = "AUTH-403-VIEWER-WRITE",
		.mutants = "pdp-ignores-method",
		.overlaps = "403/viewer-sends-prompts; here the documented cause by itself",
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = viewer,
	},
	{
		.name = "editor-manages-no-members",
		.title = "an Editor and the members",
		.promise = "An Editor does not add, change or remove members.",
		.page = PAGE_ROLES,
		.source = "Concepts, roles",
		.given = "erin, Editor of ml-team",
		.when = "POST, PUT, DELETE a member",
		.consequence = "lets an Editor decide who gets in",
		.remedy = "Give the members' permissions to Admin alone.",
		.catalogue = "AUTH-403-EDITOR-MEMBERS",
		.mutants = "pdp-editor-is-admin",
		.overlaps = "admin/has-permissions; here through each door, not only by name "
			    "of the permission",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = editor_members,
	},
	{
		.name = "viewer-lists-members",
		.title = "a Viewer lists the members",
		.promise = "A Viewer may list the members of the workspace.",
		.page = PAGE_ROLES,
		.source = "Concepts, roles: Viewer",
		.given = "victor, Viewer of ml-team",
		.when = "GET the members",
		.remedy = "Give workspaces.members.list to Viewer.",
		.catalogue = "AUTH-403-MEMBERS-LIST-DIAG",
		.mutants = "pdp-viewer-cannot-list-members pdp-allows-any-user",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = viewer_members,
	},
	{
		.name = "viewer-sends-prompts",
		.title = "a Viewer uses inference",
		.promise = "A Viewer may use inference, although that is a POST.",
		.page = PAGE_ROLES,
		.source = "Concepts, roles: Viewer",
		.given = "victor, Viewer of ml-team",
		.when = "POST a prompt",
		.remedy = "Map endpoints to permissions, not methods to reading and writing.",
		.catalogue = "AUTH-403-VIEWER-INFERENCE",
		.needs = "service.inference",
		.mutants = "pdp-post-means-write pdp-ignores-method",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = inference,
	},
	{
		.name = "read-scope-does-not-write",
		.title = "a token with platform:read",
		.promise = "A token with platform:read reads, and is denied writing.",
		.page = PAGE_403,
		.source = "Troubleshooting, 403, causes; RFC 6749, 3.3",
		.given = "erin, Editor, with a token for platform:read",
		.when = "GET, then POST",
		.consequence = "lets a read-only token write",
		.remedy = "Demand a write scope for what writes, whatever the role is.",
		.catalogue = "AUTH-403-SCOPE-READ-WRITE AUTH-IDP-OKTA-SCP",
		.mutants = "pdp-ignores-scopes",
		.surfaces = DECIDES,
		.decided = true,
		.providers = EACH_PROVIDER,
		.play = play_trials,
		.arg = read_scope,
	},
	{
		.name = "scope-is-no-role",
		.title = "a write scope without the role",
		.promise = "A scope gives nobody a permission that the role lacks.",
		.page = PAGE_SCOPES,
		.source = "Concepts, API scopes, table",
		.given = "victor, Viewer, with both scopes",
		.when = "POST",
		.consequence = "gives permissions for a scope without the role",
		.remedy = "Demand role and scope, both.",
		.catalogue = "AUTH-403-SCOPE-VIEWER-WRITE",
		.mutants = "pdp-scope-grants-role",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = scope_is_no_role,
	},
	{
		.name = "write-scope-does-not-read",
		.title = "a token with platform:write alone",
		.promise = "platform:write does not imply reading.",
		.page = PAGE_SCOPES,
		.source = "contract, observed",
		.given = "erin, Editor, with a token for platform:write",
		.when = "GET",
		.remedy = "Demand a read scope for what reads.",
		.catalogue = "AUTH-403-SCOPE-WRITE-ONLY",
		.mutants = "pdp-write-implies-read",
		.level = LEVEL_ADVICE,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = write_only,
	},
	{
		.name = "no-scopes-no-scope-check",
		.title = "a token without API scopes",
		.promise = "A token without API scopes is judged by its role alone.",
		.page = PAGE_SCOPES,
		.source = "Concepts, API scopes",
		.given = "no scope claim, or OpenID scopes only",
		.when = "POST, PUT",
		.remedy = "Check scopes only where the token has any with a colon.",
		.catalogue =
			"AUTH-403-SCOPE-NONE AUTH-403-SCOPE-OIDC-ONLY AUTH-403-SCOPE-EMPTY",
		.mutants = "pdp-no-scopes-means-nothing pdp-oidc-scopes-limit",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.providers = EACH_PROVIDER,
		.play = play_trials,
		.arg = no_scopes,
	},
	{
		.name = "unknown-scope-limits",
		.title = "a scope nobody knows",
		.promise = "A token with an unknown API scope only is denied.",
		.page = PAGE_SCOPES,
		.source = "contract, observed",
		.given = "scope foo:bar",
		.when = "GET",
		.remedy = "Count every scope with a colon, known or not.",
		.catalogue = "AUTH-403-SCOPE-UNKNOWN",
		.mutants = "pdp-ignores-unknown-scopes",
		.level = LEVEL_ADVICE,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = unknown_scope,
	},
	{
		.name = "scope-of-another-api",
		.title = "a scope of another API",
		.promise = "The scope of one API does not open another.",
		.page = PAGE_SCOPES,
		.source = "Concepts, API scopes, table",
		.given = "scope models:read",
		.when = "GET models, then files",
		.remedy = "Demand the endpoint's own scope or the platform's.",
		.catalogue = "AUTH-403-SCOPE-API",
		.mutants = "pdp-read-scope-fits-all",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = api_scopes,
	},
	{
		.name = "scopes-in-any-form",
		.title = "scope, scp as string, scp as list",
		.promise = "Scopes count in scope, in scp as a string and in scp as a list.",
		.page = PAGE_403,
		.source = "Troubleshooting, 403, diagnosis 2; provider pages",
		.given = "the claim as Keycloak, Entra and Okta write it",
		.when = "POST with platform:write, then with platform:read",
		.remedy = "Read both claims, in both forms.",
		.catalogue = "AUTH-403-SCOPE-SCP-STRING AUTH-403-SCOPE-SCP-LIST "
			     "AUTH-403-SCOPE-SCOPE",
		.mutants = "pdp-reads-scope-only pdp-reads-scp-only pdp-reads-scp-list-only "
			   "pdp-reads-scp-string-only",
		.surfaces = FRONT,
		.decided = true,
		.play = scopes_in_any_form,
	},
	{
		.name = "scope-wins-over-scp",
		.title = "a token with scope and scp",
		.promise = "Where a token has scope and scp, scope counts.",
		.page = PAGE_SCOPES,
		.source = "contract, observed",
		.given = "scope and scp that differ",
		.when = "POST",
		.remedy = "Read one of them; never add them up.",
		.catalogue = "AUTH-403-SCOPE-BOTH",
		.mutants = "pdp-scp-wins-over-scope",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.decided = true,
		.play = scope_wins,
	},
	{
		.name = "scope-prefix-is-stripped",
		.title = "a scope with the configured prefix",
		.promise = "A scope with the configured prefix counts as without it.",
		.page = PAGE_SCOPES,
		.source = "Configuration, auth.oidc.scope_prefix",
		.given = "scope_prefix api://<client id>/",
		.when = "POST with api://<client id>/platform:write",
		.remedy = "Strip the configured prefix before comparing.",
		.catalogue = "AUTH-403-SCOPE-PREFIX",
		.mutants = "pdp-keeps-scope-prefix",
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.decided = true,
		.providers = AZURE_ONLY,
		.play = prefix_is_stripped,
	},
	{
		.name = "foreign-scope-prefix",
		.title = "a scope with somebody else's prefix",
		.promise =
			"A scope with another prefix than the configured one does not count.",
		.page = PAGE_SCOPES,
		.source = "Configuration, auth.oidc.scope_prefix",
		.given = "scope_prefix api://<client id>/",
		.when = "POST with api://other/platform:write",
		.remedy = "Strip the configured prefix only, not up to the last slash.",
		.catalogue = "AUTH-403-SCOPE-PREFIX-FOREIGN",
		.mutants = "pdp-strips-any-prefix",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.decided = true,
		.providers = AZURE_ONLY,
		.play = foreign_prefix,
	},
	{
		.name = "scopes-are-compared-exactly",
		.title = "Platform:Write, platform:writer",
		.promise = "Scopes are compared byte by byte.",
		.page = PAGE_SCOPES,
		.source = "RFC 6749, 3.3: case-sensitive strings",
		.given = "scopes that are nearly platform:write",
		.when = "POST",
		.remedy = "Compare whole words, with their case.",
		.catalogue = "AUTH-403-SCOPE-CASE AUTH-403-SCOPE-SUBSTRING",
		.mutants = "pdp-scope-ignores-case pdp-scope-by-substring",
		.level = LEVEL_ADVICE,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = exact_scopes,
	},
	{
		.name = "dotted-scope-is-explained",
		.title = "a scope in permission syntax",
		.promise = "A scope written with dots is refused with 400 and explained.",
		.page = PAGE_SCOPES,
		.source = "contract, observed",
		.given = "scope models.write",
		.when = "POST",
		.remedy = "Refuse what is written like a permission, and say what a scope "
			  "looks like.",
		.catalogue = "AUTH-403-SCOPE-DOT",
		.mutants = "service-accepts-dotted-scopes",
		.level = LEVEL_ADVICE,
		.surfaces = SERVICE,
		.decided = true,
		.play = dotted_scope,
	},
	{
		.name = "admin-bypasses-scopes",
		.title = "PlatformAdmin with platform:read",
		.promise = "PlatformAdmin is not limited by scopes.",
		.page = PAGE_SCOPES,
		.source = "Concepts, API scopes: PlatformAdmin",
		.given = "admin with a token for platform:read",
		.when = "PUT",
		.remedy = "Look at PlatformAdmin before the scopes.",
		.catalogue = "AUTH-403-SCOPE-ADMIN-BYPASS",
		.mutants = "pdp-scope-before-admin",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = admin_scopes,
	},
	{
		.name = "unknown-path-is-denied",
		.title = "a path of no endpoint",
		.promise = "A path that the policy does not know is denied.",
		.page = PAGE_POLICY,
		.source = "Policy engine: deny by default",
		.given = "alice, Admin of ml-team",
		.when = "GET paths that belong to no endpoint",
		.consequence = "lets paths through that no policy knows",
		.remedy = "Deny by default.",
		.catalogue = "AUTH-403-UNKNOWN-PATH",
		.mutants = "pdp-allows-unknown-paths",
		.overlaps = "403/path-tricks-are-denied; here plain paths, through each door",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = unknown_path,
	},
	{
		.name = "path-tricks-are-denied",
		.title = "slashes, dots and parameters in the path",
		.promise = "A path that only looks like a known one is denied.",
		.page = PAGE_POLICY,
		.source = "RFC 3986, 6; contract, observed",
		.given = "alice, Admin of ml-team, no role in other-team",
		.when = "ask for paths with slashes, dots and parameters more",
		.consequence = "lets a disguised path through",
		.remedy = "Match the raw path segment by segment.",
		.catalogue = "AUTH-403-PATH-TRICKS",
		.mutants = "pdp-matches-prefix pdp-allows-unknown-paths",
		.level = LEVEL_ADVICE,
		.surfaces = PDP,
		.editions = NEMO,
		.play = play_trials,
		.arg = path_tricks,
	},
	{
		.name = "all-workspaces-are-read-only",
		.title = "the workspace -",
		.promise = "The workspace - may be read by every user and written by none.",
		.page = PAGE_POLICY,
		.source = "contract, observed",
		.given = "alice, Admin of ml-team",
		.when = "GET and POST in the workspace -",
		.remedy = "Let only services write to all workspaces.",
		.consequence = "lets a user write to every workspace",
		.catalogue = "AUTH-403-UNKNOWN-PATH",
		.mutants = "pdp-writes-to-all-workspaces",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.editions = NEMO,
		.play = play_trials,
		.arg = all_workspaces,
	},
	{
		.name = "query-is-no-path",
		.title = "a path with a query",
		.promise = "A query in the path does not change the decision.",
		.page = PAGE_POLICY,
		.source = "contract, observed",
		.when = "ask about a path with a query",
		.remedy = "Cut the query before matching.",
		.consequence = "denies whoever turns a page",
		.catalogue = "AUTH-403-PATH-TRICKS",
		.mutants = "pdp-matches-query",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = query_is_no_path,
	},
	{
		.name = "envoy-form",
		.title = "the input of Envoy",
		.promise = "A question in Envoy's form is answered like one in the short form.",
		.page = PAGE_POLICY,
		.source = "Policy engine, input; Envoy ext_authz",
		.when = "ask with attributes.request.http",
		.remedy = "Read method, path and headers from the attributes.",
		.consequence = "cannot serve behind Envoy",
		.catalogue = "AUTH-GW-CALLOUT-REQ",
		.needs = "pdp.envoy_form",
		.mutants = "pdp-ignores-envoy-form",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = envoy_form,
	},
	{
		.name = "unknown-entrypoint",
		.title = "an entrypoint that there is not",
		.promise = "A question to an entrypoint that there is not gets no decision.",
		.page = PAGE_POLICY,
		.source = "contract, observed",
		.when = "POST a question to /nope",
		.remedy = "Answer 400 and list the entrypoints.",
		.consequence = "answers yes to a mistyped question",
		.catalogue = "AUTH-403-UNKNOWN-PATH",
		.needs = "pdp.http",
		.mutants = "pdp-allows-unknown-entrypoints",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = unknown_entrypoint,
	},
	{
		.name = "questions-are-for-services",
		.title = "a user asks the decision point",
		.promise = "The decision point answers services, not users and not nobody.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: /apis/auth/v2/authz",
		.when = "POST a question with a user's token, and without credentials",
		.remedy = "Demand a service principal.",
		.consequence = "tells anybody who may do what",
		.catalogue = "AUTH-GW-AUTHZ-ENDPOINT",
		.needs = "pdp.http",
		.mutants = "pdp-open-to-users",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = questions_are_for_services,
	},
	{
		.name = "header-agrees-with-decision",
		.title = "the vouching header of a no",
		.promise = "A decision point does not vouch for whom it denies.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 1; Policy engine, result.headers",
		.when = "ask for somebody without a role",
		.remedy = "Put X-NMP-Authorized: true beside a yes only.",
		.consequence = "vouches for whom it denied",
		.catalogue = "AUTH-GW-SET-AUTHORIZED",
		.mutants = "pdp-always-says-authorized",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.editions = NMP | NEMO,
		.play = header_agrees,
	},
	{
		.name = "secret-values-are-for-services",
		.title = "the value of a secret",
		.promise = "The value of a secret is for services alone, not even for "
			   "PlatformAdmin.",
		.page = PAGE_SECURITY,
		.source = "Concepts, security model",
		.given = "a secret of ml-team",
		.when = "GET its value",
		.consequence = "shows secret values to people",
		.remedy = "Take the permission out of PlatformAdmin's bypass.",
		.catalogue = "AUTH-403-SECRET-VALUE",
		.mutants = "pdp-admin-reads-secrets",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = play_trials,
		.arg = secret_value,
	},
	{
		.name = "members-list",
		.title = "members list --workspace",
		.promise = "members list asks for the named workspace and shows who has which "
			   "role.",
		.page = PAGE_403,
		.source = "Troubleshooting, 403, diagnosis 1",
		.given = "alice, Admin of ml-team",
		.when = "$ nemo workspaces members list --workspace ml-team",
		.remedy = "Ask for the workspace of the option, not the context's.",
		.catalogue = "AUTH-403-MEMBERS-LIST-DIAG AUTH-CLI-UNKNOWN-FORM",
		.needs = "cli.members",
		.mutants = "cli-members-of-other-workspace cli-members-without-roles "
			   "cli-success-exits-1",
		.surfaces = CLI,
		.play = members_list,
	},
	{
		.name = "token-can-be-decoded",
		.title = "auth token | cut -d. -f2 | base64 -d",
		.promise = "What auth token prints can be decoded as the page shows.",
		.page = PAGE_403,
		.source = "Troubleshooting, 403, diagnosis 2; RFC 7519, 3",
		.given = "a login with a password",
		.when = "$ nemo auth token | cut -d. -f2 | base64 -d",
		.remedy = "Print the token alone.",
		.catalogue = "AUTH-403-DECODE-DIAG",
		.needs = "cli.token cli.login cli.password",
		.mutants = "cli-stores-id-token",
		.surfaces = CLI,
		.providers = EACH_PROVIDER,
		.play = token_decodes,
	},
	{
		.name = "odd-claims-survive",
		.title = "claims with odd padding and letters",
		.promise =
			"auth token prints each token byte by byte, whatever its claims are.",
		.page = PAGE_HELP,
		.source = "Troubleshooting, Getting help 3; RFC 7515, 2",
		.given = "names of each length and beyond ASCII",
		.when = "$ nemo auth token, decoded",
		.remedy = "Do not parse, trim or encode the token anew.",
		.catalogue = "AUTH-HELP-CLAIMS",
		.needs = "cli.token",
		.mutants = "cli-token-truncated cli-token-decorated cli-token-wrapped",
		.surfaces = CLI,
		.play = odd_claims_survive,
	},
};

const struct suite suite_403 = {
	.section = "403",
	.title = "403 Forbidden",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
