/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decisions.c - the truth tables of the decision point: roles, methods, scopes and bindings.
 *
 * A check is a line of a table. It says who or what is let through, so that got differs from
 * want in the cells that are wrong; only those cells are asked again for the transcript.
 */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include <string.h>

enum role {
	ANYBODY,
	VIEWER,
	EDITOR,
	ADMIN,
	CREATOR,
	JOB_RUNNER,
	PLATFORM_ADMIN,
	SERVICE_ALONE
};

static const struct {
	enum role least;
	const char *permissions;
} held_by[] = {
#define HELD_BY(role, permissions) { role, permissions },
#include "suites/permissions.def"
#undef HELD_BY
};

static const struct endpoint {
	const char *scope, *path, *methods;
} endpoints[] = {
#define ENDPOINT(scope, path, methods) { #scope, path, methods },
#include "suites/endpoints.def"
#undef ENDPOINT
};

/* ---- the tables, read ---- */

static const char *next_word(struct run *run, const char **text)
{
	size_t n = strcspn(*text, " ");
	const char *word = run_printf(run, "%.*s", (int)n, *text);

	*text += n + ((*text)[n] == ' ');
	return word;
}

static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += n)
		if ((p == text || p[-1] == ' ') && (!p[n] || p[n] == ' '))
			return true;
	return false;
}

static enum role least_role(const char *permission)
{
	for (size_t i = 0; i < ARRAY_LEN(held_by); i++)
		if (has_word(held_by[i].permissions, permission))
			return held_by[i].least;
	return ANYBODY; /* "any" */
}

/* The path in this edition, of ml-team. */
static const char *path_of(struct run *run, const struct endpoint *e)
{
	static const char workspaces[] = "/apis/entities/v2/workspaces";
	const char *path = e->path, *hole;

	if (strncmp(path, workspaces, strlen(workspaces)) == 0)
		path = run_printf(run, "%s%s", edition_path(run->edition, "workspaces"),
				  path + strlen(workspaces));
	hole = strstr(path, "/W");
	return !hole ? path
		     : run_printf(run, "%.*s/ml-team%s", (int)(hole - path), path,
				  hole + strlen("/W"));
}

static bool in_workspace(const struct endpoint *e)
{
	return strstr(e->path, "/W") != NULL;
}

struct method {
	const char *name;	/* "GET" */
	const char *permission; /* "any": of whoever has a name */
	bool reads;		/* the read scope suffices */
};

static struct method next_method(struct run *run, const char **methods)
{
	struct method m = { .name = next_word(run, methods) };
	const char *reads = strstr(m.name, ":read");

	m.permission = next_word(run, methods);
	m.reads = reads || strcmp(m.name, "GET") == 0 || strcmp(m.name, "HEAD") == 0;
	if (reads)
		m.name = run_printf(run, "%.*s", (int)(reads - m.name), m.name);
	return m;
}

/* ---- a line of a table ---- */

struct line {
	const char *want, *got;
};

static void add(struct run *run, const char **list, const char *name, const char *remark)
{
	*list = run_printf(run, "%s%s%s%s", *list, **list ? " " : "", name, remark);
}

/* One cell: asked without a word, and once more for the transcript when the answer is wrong. */
static void cell(struct run *run, struct line *l, const char *name, struct ask_decision ask,
		 bool want)
{
	const struct decision *d;

	ask.quiet = true;
	d = decide(run, &ask);
	if (want)
		add(run, &l->want, name, "");
	if (d->allowed || !d->answered)
		add(run, &l->got, name, d->answered ? "" : " (no decision)");
	ask.quiet = false;
	if (d->allowed != want || !d->answered)
		decide(run, &ask);
}

static void judge(struct run *run, const struct line *l, const char *what)
{
	check_equal(run, what, *l->got ? l->got : "none", *l->want ? l->want : "none");
}

#define NO_CELLS ((struct line) { "", "" })

/* ---- who may use which endpoint ---- */

static const struct asker {
	const char *name;
	const char *principal;
	enum role role; /* in ml-team */
} askers[] = {
	{ "nobody", "", ANYBODY },
	{ "mallory", "mallory", ANYBODY },
	{ "victor", "victor", VIEWER },
	{ "erin", "erin", EDITOR },
	{ "alice", "alice", ADMIN },
	{ "admin", "admin", PLATFORM_ADMIN },
	{ "a service", "service:jobs", SERVICE_ALONE },
};

/* Everybody is Viewer and WorkspaceCreator of `system`, where the path names no workspace. */
static bool holds(const struct asker *who, enum role least, bool in_system)
{
	if (!*who->principal)
		return false;
	if (who->role >= PLATFORM_ADMIN)
		return least <= who->role;
	if (in_system)
		return least <= VIEWER || least == CREATOR;
	return least <= who->role;
}

static void endpoints_by_role(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(endpoints); i++) {
		const char *path = path_of(run, &endpoints[i]);

		for (const char *p = endpoints[i].methods; *p;) {
			struct method m = next_method(run, &p);
			enum role least = least_role(m.permission);
			struct line l = NO_CELLS;

			for (size_t k = 0; k < ARRAY_LEN(askers); k++)
				cell(run, &l, askers[k].name,
				     (struct ask_decision) { .principal = askers[k].principal,
							     .method = m.name,
							     .path = path },
				     holds(&askers[k], least, !in_workspace(&endpoints[i])));
			judge(run, &l, run_printf(run, "%s %s", m.name, path));
		}
	}
}

/* ---- which scope suffices where ---- */

/* Of whom the scopes are: the Admin of ml-team holds all that a role in it gives. */
static void scopes_of_endpoint(struct run *run, const struct endpoint *e, struct method m)
{
	const char *path = path_of(run, e), *verb = m.reads ? "read" : "write";
	const char *other = strcmp(e->scope, "models") == 0 ? "jobs" : "models";
	const char *suffices = run_printf(run, "platform:%s %s:%s", verb, e->scope, verb);
	const char *scopes[] = {
		"platform:read",
		"platform:write",
		run_printf(run, "%s:read", e->scope),
		run_printf(run, "%s:write", e->scope),
		run_printf(run, "%s:%s", other, verb),
	};
	struct line l = NO_CELLS;

	for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
		cell(run, &l, scopes[i],
		     (struct ask_decision) { .principal = "alice",
					     .method = m.name,
					     .path = path,
					     .scopes = scopes[i] },
		     has_word(suffices, scopes[i]));
	judge(run, &l, run_printf(run, "%s %s", m.name, path));
}

static void endpoints_by_scope(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(endpoints); i++) {
		for (const char *p = endpoints[i].methods; *p;) {
			struct method m = next_method(run, &p);

			if (in_workspace(&endpoints[i]) && least_role(m.permission) <= ADMIN)
				scopes_of_endpoint(run, &endpoints[i], m);
		}
	}
}

/* ---- roles and scopes together ---- */

static const struct {
	const char *scopes; /* as the token has them, NULL: none */
	bool reads, writes;
} scope_sets[] = {
	{ NULL, true, true },
	{ "openid profile email", true, true },
	{ "openid platform:read", true, false },
	{ "platform:write", false, true },
	{ "platform:read openid platform:write", true, true },
	{ "models:read platform:write", true, true },
	{ "files:write models:read", true, false },
	{ "foo:bar", false, false },
	{ "Platform:Write platform:writer", false, false },
};

static const struct {
	const char *method, *path;
	enum role least;
} model_calls[] = {
	{ "GET", "models", VIEWER },	  { "HEAD", "models/m", VIEWER },
	{ "POST", "models", EDITOR },	  { "PATCH", "models/m", EDITOR },
	{ "DELETE", "models/m", EDITOR },
};

static void scopes_by_role(struct run *run, size_t set, const struct asker *who)
{
	const char *scopes = scope_sets[set].scopes;
	struct line l = NO_CELLS;

	for (size_t i = 0; i < ARRAY_LEN(model_calls); i++) {
		enum role least = model_calls[i].least;
		bool scoped = least == VIEWER ? scope_sets[set].reads : scope_sets[set].writes;

		cell(run, &l, model_calls[i].method,
		     (struct ask_decision) {
			     .principal = who->principal,
			     .method = model_calls[i].method,
			     .path = run_printf(run, "/apis/models/v2/workspaces/ml-team/%s",
						model_calls[i].path),
			     .scopes = scopes },
		     holds(who, least, false) && (scoped || who->role >= PLATFORM_ADMIN));
	}
	guards(run, who->role == ANYBODY && !scope_sets[set].reads && !scope_sets[set].writes
			    ? "denied for the role and for the scopes"
			    : NULL);
	judge(run, &l, run_printf(run, "%s with %s", who->name, scopes ? scopes : "no scopes"));
}

static void roles_and_scopes(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(scope_sets); i++)
		for (size_t k = 1; k < ARRAY_LEN(askers); k++)
			scopes_by_role(run, i, &askers[k]);
}

/* ---- how a role is bound ---- */

static const char *const role_names[] = {
	[VIEWER] = "Viewer", [EDITOR] = "Editor", [ADMIN] = "Admin"
};

static const struct binding {
	const char *kind;		 /* also in the workspace's name */
	const char *member;		 /* under which the role is bound */
	const char *id, *email, *groups; /* of who asks; NULL: the ones of nobody bound */
	bool named; /* has_role knows it; everybody's binding is no one's by name */
} bindings[] = {
	{ "id", "u-4711", .id = "u-4711", .named = true },
	{ "e-mail", "zoe@example.com", .email = "zoe@example.com", .named = true },
	{ "group", "ml-research", .groups = "others ml-research", .named = true },
	{ "everybody", "*" },
	{ "account", "service-account:ci", .id = "service-account:ci", .named = true },
	{ "another", "zoe@example.com", .email = "bob@example.com" }, /* Admin elsewhere */
};

static bool is_bound(const struct binding *b)
{
	return strcmp(b->kind, "another") != 0;
}

/* In lower case, as the names of workspaces are. */
static const char *bound_in(struct run *run, const struct binding *b, enum role role)
{
	static const char *const words[] = {
		[VIEWER] = "viewer", [EDITOR] = "editor", [ADMIN] = "admin"
	};

	return run_printf(run, "by-%s-%s", b->kind, words[role]);
}

/* A workspace for each role bound in each way. */
static void bind_all(struct run *run)
{
	json_t *workspaces = json_object();

	for (size_t i = 0; i < ARRAY_LEN(bindings); i++)
		for (enum role r = VIEWER; r <= ADMIN; r++)
			json_object_set_new(workspaces, bound_in(run, &bindings[i], r),
					    json_pack("{s:{s:[s]}}", "members",
						      bindings[i].member, role_names[r]));
	platform_state(run, json_pack("{s:o}", "workspaces", workspaces));
}

static struct ask_decision asked_by(const struct binding *b)
{
	return (struct ask_decision) {
		.id = b->id ? b->id : "u-1",
		.email = b->email ? b->email : "",
		.groups = b->groups,
	};
}

static const struct {
	const char *what, *method, *below, *permission;
	enum role least;
} deeds[] = {
	{ "read", "GET", "", "workspaces.read", VIEWER },
	{ "change", "PUT", "", "workspaces.update", EDITOR },
	{ "add a member", "POST", "/members", "workspaces.members.create", ADMIN },
	{ "delete", "DELETE", "", "workspaces.delete", ADMIN },
};

static void deeds_of(struct run *run, const struct binding *b, enum role role)
{
	const char *workspace = bound_in(run, b, role);
	struct line may = NO_CELLS, holding = NO_CELLS;

	for (size_t i = 0; i < ARRAY_LEN(deeds); i++) {
		struct ask_decision ask = asked_by(b), held = ask;
		bool want = is_bound(b) && deeds[i].least <= role;

		ask.method = deeds[i].method;
		ask.path = run_printf(run, "%s%s", ws_path(run, workspace), deeds[i].below);
		cell(run, &may, deeds[i].what, ask, want);
		if (!run_claims(run, "pdp.has_permissions"))
			continue;
		held.entrypoint = "has_permissions";
		held.workspace = workspace;
		held.permissions = deeds[i].permission;
		cell(run, &holding, deeds[i].permission, held, want);
	}
	judge(run, &may, run_printf(run, "%s: allow", workspace));
	if (run_claims(run, "pdp.has_permissions"))
		judge(run, &holding, run_printf(run, "%s: has_permissions", workspace));
}

static void bindings_by_role(struct run *run)
{
	bind_all(run);
	for (size_t i = 0; i < ARRAY_LEN(bindings); i++)
		for (enum role r = VIEWER; r <= ADMIN; r++) {
			guards(run,
			       r == ADMIN && bindings[i].email
				       ? "a point that forgets addresses fails every row of 403"
				       : NULL);
			deeds_of(run, &bindings[i], r);
		}
}

/* Roles above the bound one are not held; whether Admin includes Viewer here is not written. */
static void roles_of(struct run *run, const struct binding *b, enum role role)
{
	const char *workspace = bound_in(run, b, role);
	struct line l = NO_CELLS;

	for (enum role r = role; r <= ADMIN; r++) {
		struct ask_decision ask = asked_by(b);

		ask.entrypoint = "has_role";
		ask.workspace = workspace;
		ask.role = role_names[r];
		cell(run, &l, role_names[r], ask, b->named && r == role);
	}
	judge(run, &l, workspace);
}

static void has_role_by_binding(struct run *run)
{
	bind_all(run);
	for (size_t i = 0; i < ARRAY_LEN(bindings); i++)
		for (enum role r = VIEWER; r <= ADMIN; r++)
			roles_of(run, &bindings[i], r);
}

/* ---- each permission by name ---- */

static void permissions_by_role(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(held_by); i++) {
		for (const char *p = held_by[i].permissions; *p;) {
			const char *permission = next_word(run, &p);
			struct line l = NO_CELLS;

			for (size_t k = 0; k < ARRAY_LEN(askers); k++)
				cell(run, &l, askers[k].name,
				     (struct ask_decision) { .entrypoint = "has_permissions",
							     .principal = askers[k].principal,
							     .permissions = permission },
				     holds(&askers[k], held_by[i].least, false));
			judge(run, &l, permission);
		}
	}
}

static const struct scenario rows[] = {
	{
		.name = "every-endpoint-by-role",
		.title = "who may use which endpoint",
		.promise = "Each method of each endpoint is open to the roles that hold its "
			   "permission, and to nobody else.",
		.page = PAGE_ROLES,
		.source = "Concepts, roles; the platform's endpoint table",
		.given = "nobody, a stranger, a Viewer, an Editor, an Admin, PlatformAdmin, a "
			 "service",
		.when = "ask for each of them about each method of each endpoint",
		.consequence = "opens an endpoint to people who must not use it",
		.remedy = "Give each method of each endpoint its permission; deny the rest.",
		.catalogue = "AUTH-403-VIEWER-WRITE AUTH-403-EDITOR-MEMBERS",
		.mutants = "pdp-patch-means-read pdp-services-need-bindings "
			   "pdp-anonymous-matches-wildcard",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = endpoints_by_role,
	},
	{
		.name = "every-endpoint-by-scope",
		.title = "which scope suffices for which endpoint",
		.promise = "Each method of each endpoint takes the read or write scope of its "
			   "API or of the platform, and no other.",
		.page = PAGE_SCOPES,
		.source = "Concepts, API scopes, table; the platform's endpoint table",
		.given = "alice, Admin of ml-team, with one scope at a time",
		.when = "ask about each method of each endpoint",
		.consequence = "lets a token do what its scopes do not cover",
		.remedy = "Compare with the endpoint's own scopes and the platform's.",
		.catalogue = "AUTH-403-SCOPE-API AUTH-403-SCOPE-READ-WRITE",
		.mutants = "pdp-scope-word-of-the-path pdp-ignores-scopes",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = endpoints_by_scope,
	},
	{
		.name = "roles-and-scopes",
		.title = "roles times scopes times methods",
		.promise = "A request is allowed when role and scopes both allow its method.",
		.page = PAGE_SCOPES,
		.source = "Concepts, API scopes: a request needs both",
		.given = "each role with nine sets of scopes",
		.when = "ask about GET, HEAD, POST, PATCH, DELETE of models",
		.consequence = "lets a scope make up for a role, or a role for a scope",
		.remedy = "Demand role and scope, both; look at all of the scopes.",
		.catalogue = "AUTH-403-SCOPE-VIEWER-WRITE AUTH-403-SCOPE-ADMIN-BYPASS",
		.mutants = "pdp-first-scope-only pdp-services-need-bindings "
			   "pdp-admin-has-no-bypass pdp-scope-grants-role pdp-ignores-scopes "
			   "pdp-no-scopes-means-nothing pdp-oidc-scopes-limit "
			   "pdp-allows-any-user pdp-ignores-method",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = roles_and_scopes,
	},
	{
		.name = "every-binding-by-role",
		.title = "id, e-mail, group, everybody",
		.promise = "A role counts alike, however it is bound: to an id, an e-mail "
			   "address, a group, everybody.",
		.page = PAGE_MEMBERS,
		.source = "Managing access, principals; contract, applicable principals",
		.given = "each role bound in each way, in a workspace of its own",
		.when = "ask who may read, change, add a member, delete",
		.consequence = "forgets roles that were given",
		.remedy = "Look for bindings under id, e-mail, each group and *.",
		.catalogue = "AUTH-403-NOMEMBER",
		.mutants = "pdp-binds-addresses-only pdp-ignores-groups pdp-ignores-wildcard "
			   "pdp-role-is-global pdp-editor-is-admin pdp-permission-by-resource",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = bindings_by_role,
	},
	{
		.name = "has-role-by-binding",
		.title = "has_role for each binding",
		.promise = "has_role finds a role under id, e-mail and group, and no higher "
			   "one.",
		.page = PAGE_POLICY,
		.source = "Policy engine, has_role",
		.given = "each role bound in each way, in a workspace of its own",
		.when = "ask has_role for the role and those above it",
		.remedy = "Look under each name; do not expand *.",
		.catalogue = "AUTH-403-EDITOR-MEMBERS",
		.needs = "pdp.has_role",
		.mutants = "pdp-has-role-by-id-only pdp-has-role-expands-wildcard "
			   "pdp-has-role-in-any-workspace pdp-binds-addresses-only",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = has_role_by_binding,
	},
	{
		.name = "every-permission-by-role",
		.title = "has_permissions for each permission",
		.promise = "has_permissions knows for each permission which roles hold it.",
		.page = PAGE_POLICY,
		.source = "Policy engine, has_permissions; the platform's roles",
		.given = "nobody, a stranger, a Viewer, an Editor, an Admin, PlatformAdmin, a "
			 "service",
		.when = "ask for each of them about each permission",
		.consequence = "confirms permissions that nobody gave",
		.remedy = "Take the roles' permissions as they are written.",
		.catalogue = "AUTH-403-SECRET-VALUE",
		.needs = "pdp.has_permissions",
		.mutants = "pdp-permission-by-resource pdp-admin-reads-secrets "
			   "pdp-admin-has-no-bypass",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = permissions_by_role,
	},
};

const struct suite suite_decisions = {
	.section = "decisions",
	.title = "Decisions: who may do what",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
