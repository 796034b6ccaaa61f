/* SPDX-License-Identifier: Apache-2.0 */
/* admin.c - "PlatformAdmin does not work", and how roles are bound. */
#include "suites/kit/given.h"
#include "suites/pages.h"
#include "suites/trial.h"

#include "idp-sim/base/conf.h"

#include <string.h>

/* ---- tokens and questions of people who are nearly somebody ---- */

/* May the bearer of alice's token with these claims laid over it read the workspace? */
static const struct answer *read_with(struct run *run, const char *person, json_t *claims,
				      const char *workspace)
{
	return request(
		run, &(struct ask) { .path = ws_path(run, workspace),
				     .token = token_made(
					     run, &(struct token_ask) { .person = person,
									.claims = claims }) });
}

/* The e-mail address as this configuration reads it. */
static json_t *email_is(struct run *run, const char *email)
{
	return json_pack("{s:s}", run->config->email_claim, email);
}

static void asked_as(struct run *run, const char *what, const char *email, bool allowed)
{
	if (run->surface == PDP) {
		check_decision(
			run,
			allowed ? run_printf(run, "lets %s through", what)
				: run_printf(run, "refuses %s", what),
			decide(run,
			       &(struct ask_decision) { .id = "somebody",
							.email = email,
							.path = ws_path(run, "other-team") }),
			allowed);
	} else {
		const struct answer *a =
			read_with(run, "mallory", email_is(run, email), "other-team");

		if (allowed)
			check_allowed(run, what, a);
		else
			check_refused(run, what, a, "403");
	}
}

static void exact_email(struct run *run)
{
	asked_as(run, "the configured address", "admin@example.com", true);
	asked_as(run, "the address in another letter case", "Admin@example.com", false);
	asked_as(run, "the address with a blank before it", " admin@example.com", false);
	asked_as(run, "the address with a blank after it", "admin@example.com ", false);
}

static void upn_counts(struct run *run)
{
	json_t *by_upn = json_pack("{s:s, s:s}", "upn", "admin@example.com", "email",
				   "somebody@example.com");
	json_t *by_email = json_pack("{s:s, s:s}", "upn", "somebody@example.com", "email",
				     "admin@example.com");

	check_allowed(run, "the address in upn",
		      read_with(run, "mallory", by_upn, "other-team"));
	check_refused(run, "the address in email",
		      read_with(run, "mallory", by_email, "other-team"), "403");
}

static void no_seed(struct run *run)
{
	const struct answer *mine =
		request(run, &(struct ask) { .token = token_for(run, "alice") });

	control_allowed(run, "the Admin of a workspace", mine);
	check_refused(run, "the address of admin_email",
		      read_with(run, "admin", NULL, "other-team"), "403");
}

static void missing_is_404(struct run *run)
{
	const struct answer *a = read_with(run, "admin", NULL, "no-such-team");

	control_allowed(run, "PlatformAdmin elsewhere",
			read_with(run, "admin", NULL, "other-team"));
	check_status(run, "tells PlatformAdmin that there is none", a, "404");
}

/* ---- who has which role by default ---- */

static const struct trial defaults[] = {
	{ "any user who reads default", "mallory", .workspace = "default", .allowed = true },
	{ "any user who writes to default", "mallory", "POST", "projects", "default",
	  .body = "{\"name\": \"mine\"}", .allowed = true },
	{ "any user who reads system", "mallory", .workspace = "system", .allowed = true,
	  .control = true },
	{ "any user who writes to system", "mallory", "POST", "projects", "system",
	  .body = "{\"name\": \"mine\"}" },
	{ 0 }
};
static const struct trial wildcard[] = { { "any user in a workspace of everybody", "mallory",
					   .workspace = "default", .allowed = true },
					 { "nobody in a workspace of everybody", NULL,
					   .workspace = "default" },
					 { 0 } };
static const struct trial isolation[] = {
	{ "the Admin of ml-team in ml-team", "alice", .allowed = true, .control = true },
	{ "the Admin of ml-team in other-team", "alice", .workspace = "other-team" },
	{ 0 }
};

static void highest_role(struct run *run)
{
	static const struct trial trials[] = {
		{ "an Editor by name where everybody is Viewer", "mallory", "PUT",
		  .workspace = "open-team", .allowed = true },
		{ "a Viewer by everybody's binding who reads", "victor",
		  .workspace = "open-team", .allowed = true, .control = true },
		{ "a Viewer by everybody's binding who writes", "victor", "PUT",
		  .workspace = "open-team", .guard = "403/viewer-reads-only turns it red" },
		{ 0 }
	};

	platform_state(run,
		       json_pack("{s:{s:{s:{s:[s], s:[s], s:[s]}}}}", "workspaces", "open-team",
				 "members", "*", "Viewer", "mallory@example.com", "Editor",
				 "alice@example.com", "Admin"));
	run->arg = trials;
	play_trials(run);
}

static void star_is_no_name(struct run *run)
{
	json_t *named = json_pack("{s:s}", run->config->subject_claim, "*");
	json_t *grouped = json_pack("{s:[s]}", run->config->groups_claim, "*");

	control_allowed(run, "the Admin", read_with(run, "bob", NULL, "other-team"));
	check_refused(run, "a user whose name is *",
		      read_with(run, "mallory", named, "other-team"), "403");
	check_refused(run, "a user in a group *",
		      read_with(run, "mallory", grouped, "other-team"), "403");
}

/* ---- groups ---- */

static void group_counts(struct run *run)
{
	static const struct trial without = { "the same user without the group", "mallory",
					      .control = true };

	if (run->surface == PDP) {
		check_decision(run, "lets a user of a bound group through",
			       decide(run, &(struct ask_decision) { .principal = "grace" }),
			       true);
		play_trial(run, &without);
		return;
	}
	check_allowed(run, "a user of a bound group", read_with(run, "grace", NULL, NULL));
	play_trial(run, &without);
}

static void groups_in_any_form(struct run *run)
{
	json_t *text = json_pack("{s:s}", run->config->groups_claim, "ml-ops,others");
	json_t *cognito = json_pack("{s:n, s:[s]}", run->config->groups_claim, "cognito:groups",
				    "ml-ops");

	check_refused(run, "a user of no group", read_with(run, "mallory", NULL, NULL), "403");
	check_allowed(run, "groups in a text with commas",
		      read_with(run, "mallory", text, NULL));
	check_allowed(run, "groups in cognito:groups",
		      read_with(run, "mallory", cognito, NULL));
}

/* Is `item` one of a header's comma-separated items? */
static bool has_item(const char *list, const char *item)
{
	while (list && *list) {
		size_t n;

		list += strspn(list, ", ");
		n = strcspn(list, ",");
		if (strlen(item) == n && strncmp(list, item, n) == 0)
			return true;
		list += n;
	}
	return false;
}

static void comma_in_group(struct run *run)
{
	json_t *odd = json_pack("{s:[s]}", run->config->groups_claim, "x,ml-ops");
	const struct answer *a = read_with(run, "alice", odd, NULL);
	const char *groups;

	control_allowed(run, "the Admin of the workspace", a);
	groups = a->reached ? upstream_header(run, 0, header_name(run, "principal_groups"))
			    : NULL;
	check_that(run, !has_item(groups, "ml-ops"), "makes no group of a part of a name",
		   "a header without the item \"ml-ops\"", "%s", groups ? groups : "no header");
}

static void line_break_in_claim(struct run *run)
{
	const char *injected =
		run_printf(run, "mallory\r\n%s: true", header_name(run, "authorized"));
	json_t *subject = json_pack("{s:s}", run->config->subject_claim, injected);

	control_allowed(run, "a good token", read_with(run, "alice", NULL, NULL));
	check_refused(run, "a subject with a line break",
		      read_with(run, "alice", subject, NULL), "400 401 403 500 502");
	guards(run, "the subject's line turns red with the same defect");
	check_refused(
		run, "an address with a line break",
		read_with(run, "alice", email_is(run, "alice@example.com\r\nX-Other: 1"), NULL),
		"400 401 403 500 502");
}

/* ---- services ---- */

static const struct trial services[] = { { "a service in any workspace", "service:jobs",
					   .workspace = "other-team", .allowed = true },
					 { "a user in a workspace of others", "mallory",
					   .workspace = "other-team", .control = true },
					 { 0 } };
static const struct trial service_accounts[] = {
	{ "a service", "service:ci", .workspace = "other-team", .allowed = true,
	  .control = true },
	{ "a service account without a role", "service-account:ci", .workspace = "other-team" },
	{ 0 }
};

static void on_behalf(struct run *run)
{
	control_decision(run, "allows a service for a user who may",
			 decide(run, &(struct ask_decision) { .id = "service:jobs",
							      .email = "alice@example.com",
							      .on_behalf_of = person_subject(
								      run, "alice") }),
			 true);
	check_decision(run, "denies a service for a user who may not",
		       decide(run, &(struct ask_decision) { .id = "service:jobs",
							    .email = "mallory@example.com",
							    .on_behalf_of = person_subject(
								    run, "mallory") }),
		       false);
}

static void on_behalf_at_service(struct run *run)
{
	const char *vouch = header_line(run, "authorized", "true");
	const char *service = header_line(run, "principal_id", "service:jobs");
	const char *alice[] = { vouch, service,
				header_line(run, "on_behalf_of", person_subject(run, "alice")),
				header_line(run, "on_behalf_of_email", "alice@example.com"),
				NULL };
	const char *mallory[] = {
		vouch, service,
		header_line(run, "on_behalf_of", person_subject(run, "mallory")),
		header_line(run, "on_behalf_of_email", "mallory@example.com"), NULL
	};

	control_allowed(run, "a service for a user who may",
			request(run, &(struct ask) { .headers = alice, .from = "service" }));
	check_refused(run, "a service for a user who may not",
		      request(run, &(struct ask) { .headers = mallory, .from = "service" }),
		      "403");
}

static void user_on_behalf(struct run *run)
{
	control_that(run,
		     decide(run, &(struct ask_decision) { .id = "bob@example.com",
							  .email = "",
							  .path = ws_path(run, "other-team") })
			     ->allowed,
		     "the one himself is allowed", "denied");
	check_decision(
		run, "denies a user in the name of another one",
		decide(run, &(struct ask_decision) { .principal = "mallory",
						     .path = ws_path(run, "other-team"),
						     .on_behalf_of = "bob@example.com" }),
		false);
}

/* ---- members ---- */

static void creator_is_admin(struct run *run)
{
	const char *token = token_for(run, "mallory");
	const struct answer *a =
		request(run, &(struct ask) { .method = "POST",
					     .path = edition_path(run->edition, "workspaces"),
					     .token = token,
					     .body = "{\"name\": \"new-team\"}" });

	control_that(run, a->status == 201, "she makes a workspace", "%d %s", a->status,
		     a->body);
	a = request(run, &(struct ask) { .path = members_path(run, "new-team", NULL),
					 .token = token });
	check_status(run, "lets its creator list the members", a, "200");
	check_contains(run, "lists her as Admin", a->body, "\"Admin\"");
	check_contains(run, "by her address", a->body, "mallory@example.com");
}

static const struct answer *change_alice(struct run *run, const char *method, const char *body)
{
	return request(
		run, &(struct ask) { .method = method,
				     .path = members_path(run, "ml-team", "alice@example.com"),
				     .token = token_for(run, "alice"),
				     .body = body });
}

static void last_admin_stays(struct run *run)
{
	const struct answer *a;

	a = change_alice(run, "DELETE", NULL);
	check_status(run, "refuses to remove the last Admin", a, "409");
	check_contains(run, "says that she is the last", a->body, "last Admin");
	a = change_alice(run, "PUT", "{\"roles\": [\"Editor\"]}");
	check_status(run, "refuses to demote the last Admin", a, "409");
	check_status(run, "leaves her the workspace",
		     request(run, &(struct ask) { .path = members_path(run, "ml-team", NULL),
						  .token = token_for(run, "alice") }),
		     "200");
}

static void unknown_role(struct run *run)
{
	const struct answer *a =
		request(run, &(struct ask) { .method = "POST",
					     .path = members_path(run, "ml-team", NULL),
					     .token = token_for(run, "alice"),
					     .body = "{\"principal\": \"bob@example.com\", "
						     "\"roles\": [\"Boss\"]}" });

	check_status(run, "refuses a role that there is not", a, "400 404 409 422");
}

/* ---- the other questions ---- */

struct permissions {
	const char *what, *person, *permissions;
	bool allowed;
};

static const struct permissions permission_table[] = {
	{ "a Viewer's permission to read", "victor", "workspaces.read", true },
	{ "a Viewer's permissions to read and list", "victor", "workspaces.read projects.list",
	  true },
	{ "a Viewer's permissions to read and update", "victor",
	  "workspaces.read workspaces.update", false },
	{ "an Admin's permission for members", "alice", "workspaces.members.create", true },
	{ "an Editor's permission for members", "erin", "workspaces.members.create", false },
	{ "no permission at all of nobody in particular", "mallory", "", true },
};

static void has_permissions(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(permission_table); i++) {
		const struct permissions *p = &permission_table[i];

		guards(run, p->allowed && *p->permissions
				    ? "a point that confirms nothing fails every row of 403"
				    : NULL);
		check_decision(
			run,
			run_printf(run, "%s %s", p->allowed ? "confirms" : "denies", p->what),
			decide(run, &(struct ask_decision) { .entrypoint = "has_permissions",
							     .principal = p->person,
							     .permissions = p->permissions }),
			p->allowed);
	}
}

struct roles {
	const char *what, *person, *workspace, *role;
	bool held;
};

static const struct roles role_table[] = {
	{ "the Admin's role", "alice", "ml-team", "Admin", true },
	{ "the Viewer's role", "victor", "ml-team", "Viewer", true },
	{ "a role that somebody else has", "victor", "ml-team", "Admin", false },
	{ "a role in another workspace", "alice", "other-team", "Admin", false },
	{ "everybody's role for one by name", "mallory", "default", "Editor", false },
};

static void has_role(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(role_table); i++) {
		const struct roles *r = &role_table[i];

		guards(run, i + 1 < ARRAY_LEN(role_table)
				    ? "roles are bound by name in every row of 403"
				    : NULL);
		check_decision(
			run, run_printf(run, "%s %s", r->held ? "confirms" : "denies", r->what),
			decide(run,
			       &(struct ask_decision) {
				       .entrypoint = "has_role",
				       .id = run_printf(run, "%s@example.com", r->person),
				       .email = "",
				       .workspace = r->workspace,
				       .role = r->role }),
			r->held);
	}
}

/* ---- the provider's names for people ---- */

static void principal_is_configured_claim(struct run *run)
{
	json_t *claims = json_pack("{s:s, s:s, s:s}", "sub", "pairwise-subject", "oid",
				   "object-id-of-bob", "upn", "bob@example.com");
	const struct answer *a = read_with(run, "mallory", claims, "other-team");

	check_allowed(run, "the user of upn", a);
	if (run->surface == GATEWAY && a->reached)
		check_equal(run, "passes oid on as the principal",
			    upstream_header(run, upstream_count(run) - 1,
					    header_name(run, "principal_id")),
			    "object-id-of-bob");
}

#define FRONT (GATEWAY | SERVICE)
#define DECIDES (GATEWAY | SERVICE | PDP)

static const struct scenario rows[] = {
	{
		.name = "exact-address",
		.title = "admin_email, letter by letter",
		.promise = "PlatformAdmin is who has the address of admin_email, letter by "
			   "letter.",
		.page = PAGE_ADMIN,
		.source = "Troubleshooting, PlatformAdmin: exact and case-sensitive",
		.given = "admin_email: admin@example.com",
		.when = "GET a workspace of others with the address, and with ones that are "
			"nearly it",
		.consequence = "makes an administrator of a look-alike address",
		.remedy = "Compare the whole address with its case; do not trim.",
		.catalogue = "AUTH-PA-EXACT AUTH-PA-CASE AUTH-PA-SPACE AUTH-AZ-UPN-ADMIN",
		.mutants = "pdp-admin-has-no-bypass pdp-admin-ignores-case pdp-admin-trims",
		.surfaces = DECIDES,
		.decided = true,
		.providers = EACH_PROVIDER,
		.play = exact_email,
	},
	{
		.name = "address-in-the-configured-claim",
		.title = "email_claim: upn",
		.promise = "The address is read from the configured claim and no other.",
		.page = PAGE_ADMIN,
		.source = "Troubleshooting, PlatformAdmin: email_claim; Configuration",
		.given = "email_claim: upn",
		.when = "GET a workspace of others with the address in upn, then in email",
		.consequence = "makes an administrator of who names himself so",
		.remedy = "Read the claim that email_claim names.",
		.catalogue = "AUTH-PA-UPN AUTH-AZ-UPN-ADMIN",
		.mutants = "pdp-reads-email-always",
		.overlaps = "admin/principal-is-the-configured-claim; here for PlatformAdmin, "
			    "as the page says",
		.surfaces = FRONT,
		.decided = true,
		.providers = AZURE_ONLY,
		.play = upn_counts,
	},
	{
		.name = "no-seed-no-admin",
		.title = "a platform that was not seeded",
		.promise = "Where the platform was not seeded nobody is PlatformAdmin.",
		.page = PAGE_CONFIGURATION,
		.source = "Configuration, seed_on_startup",
		.given = "seed_on_startup: false",
		.when = "GET a workspace of others with the address of admin_email",
		.consequence = "has an administrator that nobody appointed",
		.remedy = "Take PlatformAdmin from its binding, not from the configuration.",
		.catalogue = "AUTH-PA-NOSEED",
		.configuration = "no-seed",
		.mutants = "pdp-admin-is-hard-coded",
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.decided = true,
		.play = no_seed,
	},
	{
		.name = "admin-learns-what-is-missing",
		.title = "PlatformAdmin and a workspace that does not exist",
		.promise = "PlatformAdmin is told with 404 that a workspace does not exist.",
		.page = PAGE_CONCEPTS,
		.source = "contract, observed",
		.when = "GET no-such-team as PlatformAdmin",
		.remedy = "Answer 404 to who may know.",
		.catalogue = "AUTH-PA-404",
		.mutants = "service-missing-is-403",
		.level = LEVEL_ADVICE,
		.surfaces = SERVICE,
		.decided = true,
		.play = missing_is_404,
	},
	{
		.name = "seeded-roles",
		.title = "default and system",
		.promise = "Everybody is Editor of default and Viewer of system.",
		.page = PAGE_ROLES,
		.source = "Concepts, roles: defaults",
		.given = "a seeded platform",
		.when = "GET and POST in default and system",
		.remedy = "Seed both bindings to *.",
		.catalogue = "AUTH-ROLE-DEFAULTS",
		.mutants = "service-seeds-no-default service-system-is-writable",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = defaults,
	},
	{
		.name = "everybody-is-who-has-a-name",
		.title = "a binding to everybody",
		.promise = "A binding to * is everybody's who is authenticated, and nobody "
			   "else's.",
		.page = PAGE_MEMBERS,
		.source = "Managing access: *",
		.given = "* is Editor of default",
		.when = "GET default with a token and without",
		.remedy = "Apply * after authentication.",
		.catalogue = "AUTH-ROLE-WILDCARD",
		.mutants = "pdp-ignores-wildcard pdp-anonymous-matches-wildcard",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = wildcard,
	},
	{
		.name = "highest-role-counts",
		.title = "several bindings of one person",
		.promise = "Of several bindings the highest role counts.",
		.page = PAGE_ROLES,
		.source = "Concepts, roles",
		.given = "* is Viewer, mallory is Editor",
		.when = "PUT as mallory, as victor",
		.remedy = "Add up what is held by name, address, group and *.",
		.catalogue = "AUTH-ROLE-HIGHEST",
		.mutants = "pdp-wildcard-binding-wins",
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.decided = true,
		.play = highest_role,
	},
	{
		.name = "star-is-no-name",
		.title = "a subject or group called *",
		.promise = "Who is called * has what everybody has, and no more.",
		.page = PAGE_SECURITY,
		.source = "CWE-155",
		.given = "a token whose subject, or group, is *",
		.when = "GET a workspace of others",
		.consequence = "makes a name into a wildcard",
		.remedy = "Compare names as names, never as patterns.",
		.catalogue = "AUTH-ROLE-WILDCARD-NAME",
		.mutants = "pdp-globs-principals",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.decided = true,
		.play = star_is_no_name,
	},
	{
		.name = "roles-stay-in-their-workspace",
		.title = "an Admin in another workspace",
		.promise = "A role counts in its workspace only.",
		.page = PAGE_CONCEPTS,
		.source = "Concepts, workspaces",
		.given = "alice, Admin of ml-team",
		.when = "GET other-team",
		.consequence = "lets a role count in the workspaces of others",
		.remedy = "Look the role up in the workspace of the path.",
		.catalogue = "AUTH-ROLE-ISOLATION",
		.mutants = "pdp-role-is-global",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.play = play_trials,
		.arg = isolation,
	},
	{
		.name = "groups-count",
		.title = "a role bound to a group",
		.promise = "A role that is bound to a group is everybody's whose token has the "
			   "group.",
		.page = PAGE_MEMBERS,
		.source = "Managing access: groups; Machine identity",
		.given = "ml-ops is Editor of ml-team, grace is in ml-ops",
		.when = "GET as grace, as somebody without the group",
		.remedy = "Read the claim that groups_claim names.",
		.catalogue = "AUTH-ROLE-GROUP",
		.mutants = "pdp-ignores-groups pdp-drops-groups-claim",
		.level = LEVEL_EXTENDED,
		.surfaces = DECIDES,
		.decided = true,
		.providers = EACH_PROVIDER,
		.play = group_counts,
	},
	{
		.name = "groups-in-any-form",
		.title = "groups as text, as cognito:groups",
		.promise =
			"Groups count as a list, as a text with commas, and in cognito:groups.",
		.page = PAGE_PROVIDERS,
		.source = "Identity providers, groups; contract, observed",
		.given = "the claim as several providers write it",
		.when = "GET",
		.remedy = "Read the forms that the provider pages list.",
		.catalogue = "AUTH-ROLE-GROUP",
		.mutants = "pdp-groups-as-list-only pdp-ignores-cognito-groups "
			   "pdp-allows-any-user",
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.decided = true,
		.play = groups_in_any_form,
	},
	{
		.name = "comma-makes-no-group",
		.title = "a group with a comma in its name",
		.promise = "A group with a comma in its name does not become two groups.",
		.page = PAGE_SECURITY,
		.source = "CWE-140; contract, observed",
		.given = "a token with the one group \"x,ml-ops\"",
		.when = "GET as a user of that group",
		.consequence = "lets people choose their groups",
		.remedy = "Escape or refuse what has the separator in it.",
		.catalogue = "AUTH-GW-GROUP-COMMA",
		.mutants = "pdp-splits-group-commas",
		.overlaps = "gateway/group-with-comma; here with the bound group in the name",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.decided = true,
		.play = comma_in_group,
	},
	{
		.name = "line-breaks-make-no-header",
		.title = "a claim with a line break",
		.promise = "A claim with a line break is refused and makes no header line.",
		.page = PAGE_SECURITY,
		.source = "CWE-113",
		.given = "a subject, or an address, with CR LF and a header after it",
		.when = "GET",
		.consequence = "lets a token write trusted headers",
		.remedy = "Refuse control characters in what becomes a header.",
		.catalogue = "AUTH-GW-CRLF-CLAIM",
		.mutants = "pdp-claims-break-lines",
		.overlaps =
			"vouching/claims-hold-no-line-breaks; here through gateway and service",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.decided = true,
		.play = line_break_in_claim,
	},
	{
		.name = "services-may",
		.title = "a service principal",
		.promise = "A service principal is allowed in every workspace.",
		.page = PAGE_SECURITY,
		.source = "Concepts, security model: service principals",
		.when = "ask for service:jobs",
		.remedy = "Give service:* the role ServiceSystem.",
		.catalogue = "AUTH-ROLE-SERVICE",
		.mutants = "pdp-services-need-bindings",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = play_trials,
		.arg = services,
	},
	{
		.name = "service-accounts-need-roles",
		.title = "a service account",
		.promise = "A service account is no service principal: it needs a role.",
		.page = PAGE_SECURITY,
		.source = "Concepts, security model",
		.when = "ask for service-account:ci",
		.remedy = "Compare with \"service:\", colon included.",
		.catalogue = "AUTH-ROLE-SERVICE-ACCOUNT",
		.mutants = "pdp-service-prefix-without-colon",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = play_trials,
		.arg = service_accounts,
	},
	{
		.name = "on-behalf-of-a-user",
		.title = "a service on behalf of a user",
		.promise =
			"A service that acts for a user is judged by the user's permissions.",
		.page = PAGE_SECURITY,
		.source = "Concepts, security model: on behalf of",
		.given = "service:jobs for alice, then for mallory",
		.when = "ask for ml-team",
		.consequence = "lets a service exceed the rights of its user",
		.remedy = "Evaluate on_behalf_of_principal_id.",
		.catalogue = "AUTH-ROLE-OBO",
		.mutants = "pdp-judges-the-service",
		.overlaps = "admin/on-behalf-of-a-user-at-the-service; here another door",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = on_behalf,
	},
	{
		.name = "on-behalf-of-a-user-at-the-service",
		.title = "a service asks another service for a user",
		.promise = "A vouched-for service that acts for a user is judged by the user's "
			   "permissions.",
		.page = PAGE_SECURITY,
		.source = "Concepts, security model: on behalf of",
		.given = "service:jobs for alice, then for mallory",
		.when = "GET ml-team with the principal headers of a service",
		.remedy = "Ask the decision point about the user, also when the call was "
			  "vouched for.",
		.catalogue = "AUTH-ROLE-OBO",
		.mutants = "pdp-judges-the-service",
		.overlaps = "admin/on-behalf-of-a-user; here another door",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.decided = true,
		.play = on_behalf_at_service,
	},
	{
		.name = "users-act-for-nobody",
		.title = "a user on behalf of another",
		.promise = "A user who sends On-Behalf-Of gains nothing by it.",
		.page = PAGE_SECURITY,
		.source = "Concepts, security model: on behalf of",
		.given = "mallory with the headers of bob",
		.when = "GET a workspace of bob",
		.consequence = "lets a client act in another person's name",
		.remedy = "Honour On-Behalf-Of of services only, and strip it at the gateway.",
		.catalogue = "AUTH-ROLE-OBO-USER",
		.mutants = "pdp-on-behalf-for-users",
		.level = LEVEL_ADVICE,
		.surfaces = PDP,
		.decided = true,
		.play = user_on_behalf,
	},
	{
		.name = "creator-is-admin",
		.title = "who makes a workspace",
		.promise = "Who makes a workspace is its Admin.",
		.page = PAGE_CONCEPTS,
		.source = "Concepts, workspaces",
		.when = "POST a workspace, then GET its members",
		.remedy = "Bind the creator before answering.",
		.catalogue = "AUTH-ROLE-CREATOR",
		.needs = "service.tells",
		.mutants = "service-creator-is-no-admin",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = creator_is_admin,
	},
	{
		.name = "last-admin-stays",
		.title = "the last Admin of a workspace",
		.promise = "The last Admin of a workspace can be neither removed nor demoted.",
		.page = PAGE_MEMBERS,
		.source = "Managing access: last Admin",
		.given = "alice, the only Admin of ml-team",
		.when = "DELETE her, PUT Editor on her",
		.consequence = "leaves a workspace without an Admin",
		.remedy = "Count the Admins before taking one away.",
		.catalogue = "AUTH-ROLE-LASTADMIN",
		.mutants = "service-removes-last-admin service-demotes-last-admin",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = last_admin_stays,
	},
	{
		.name = "unknown-role-is-refused",
		.title = "a role that there is not",
		.promise = "A member cannot be given a role that there is not.",
		.page = PAGE_MEMBERS,
		.source = "Concepts, roles",
		.when = "POST a member with the role Boss",
		.remedy = "Check the names of roles.",
		.consequence = "accepts a mistyped role that gives nothing",
		.catalogue = "AUTH-PROP-WAIT-DEFAULT",
		.mutants = "service-accepts-unknown-roles",
		.level = LEVEL_ADVICE,
		.surfaces = SERVICE,
		.play = unknown_role,
	},
	{
		.name = "has-permissions",
		.title = "has_permissions",
		.promise = "has_permissions is true when all of the permissions are held.",
		.page = PAGE_POLICY,
		.source = "Policy engine, has_permissions",
		.when = "ask for permissions of an Admin, an Editor, a Viewer",
		.remedy = "Demand each one; none asked is none lacking.",
		.catalogue = "AUTH-403-VIEWER-WRITE",
		.needs = "pdp.has_permissions",
		.mutants = "pdp-any-permission-suffices pdp-editor-is-admin "
			   "pdp-empty-permissions-deny",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = has_permissions,
	},
	{
		.name = "has-role",
		.title = "has_role",
		.promise = "has_role is true for a role that is bound to that name.",
		.page = PAGE_POLICY,
		.source = "Policy engine, has_role",
		.when = "ask for roles by name",
		.remedy = "Look at the bindings of the name; do not expand *.",
		.catalogue = "AUTH-PROP-WAIT-DEFAULT",
		.needs = "pdp.has_role",
		.mutants = "pdp-has-role-expands-wildcard",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = has_role,
	},
	{
		.name = "principal-is-the-configured-claim",
		.title = "subject_claim: oid, email_claim: upn",
		.promise = "A user is known by the configured claims, not by sub and email.",
		.page = PAGE_AZURE,
		.source = "Identity providers, Entra: oid, upn",
		.given = "subject_claim: oid, email_claim: upn",
		.when = "GET with a token whose sub is pairwise",
		.remedy = "Read the claims that the configuration names.",
		.catalogue = "AUTH-IDP-AZURE-OID",
		.mutants = "pdp-reads-email-always pdp-ignores-subject-claim",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.decided = true,
		.providers = AZURE_ONLY,
		.play = principal_is_configured_claim,
	},
};

const struct suite suite_admin = {
	.section = "admin",
	.title = "PlatformAdmin, roles and bindings",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
