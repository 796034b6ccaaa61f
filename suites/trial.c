/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/trial.h"

#include <string.h>

static json_t *list_of(const char *scopes)
{
	json_t *list = json_array();

	while (*scopes) {
		size_t n = strcspn(scopes, " ");

		json_array_append_new(list, json_stringn(scopes, n));
		scopes += n + (scopes[n] == ' ');
	}
	return list;
}

json_t *scope_claims(struct run *run, const char *scopes)
{
	bool none = strcmp(scopes, "-") == 0;
	const char *name = run->provider[0] == 'k' ? "scope" : "scp";
	json_t *o = json_pack("{s:n, s:n}", "scope", "scp");

	if (none)
		return o;
	json_object_set_new(o, name,
			    run->provider[0] == 'o' ? list_of(scopes) : json_string(scopes));
	return o;
}

static const char *path_of(struct run *run, const struct trial *t)
{
	const char *ws = t->workspace ? t->workspace : "ml-team";
	const char *hole = t->path ? strstr(t->path, "MLTEAM") : NULL;

	if (!t->path)
		return ws_path(run, ws);
	if (hole)
		return run_printf(run, "%.*s%s%s", (int)(hole - t->path), t->path, ws,
				  hole + 6);
	if (t->path[0] == '/')
		return t->path;
	return run_printf(run, "%s/%s", ws_path(run, ws), t->path);
}

/* One text at every door, so that one check is one promise. */
static const char *what_of(struct run *run, const struct trial *t)
{
	return t->allowed ? run_printf(run, "lets %s through", t->what)
			  : run_printf(run, "refuses %s", t->what);
}

static bool ask_pdp(struct run *run, const struct trial *t)
{
	bool none = t->scopes && strcmp(t->scopes, "-") == 0;
	const struct decision *d =
		decide(run, &(struct ask_decision) {
				    .principal = t->person ? t->person : "",
				    .method = t->method,
				    .path = path_of(run, t),
				    .scopes = none	  ? NULL
					      : t->scopes ? t->scopes
							  : "platform:read platform:write",
			    });

	if (t->control)
		return control_that(run, d->answered && d->allowed == t->allowed,
				    what_of(run, t), "%s", d->allowed ? "allowed" : "denied");
	return check_decision(run, what_of(run, t), d, t->allowed);
}

static bool ask_front(struct run *run, const struct trial *t)
{
	bool has_body = t->method && strcmp(t->method, "GET") && strcmp(t->method, "DELETE");
	struct token_ask token = { .person = t->person };
	const struct answer *a;

	if (t->scopes)
		token.claims = scope_claims(run, t->scopes);
	a = request(run, &(struct ask) {
				 .method = t->method,
				 .path = path_of(run, t),
				 .token = t->person ? token_made(run, &token) : NULL,
				 .body = t->body    ? t->body
					 : has_body ? "{}"
						    : NULL,
			 });
	if (t->control && t->allowed)
		return control_allowed(run, t->what, a);
	if (t->control)
		return control_that(run, a->status >= 400, what_of(run, t), "%d", a->status);
	return t->allowed ? check_allowed(run, t->what, a)
			  : check_refused(run, t->what, a, t->person ? "403" : "401");
}

bool play_trial(struct run *run, const struct trial *t)
{
	return run->surface == PDP ? ask_pdp(run, t) : ask_front(run, t);
}

void play_trials(struct run *run)
{
	for (const struct trial *t = run->arg; t->what; t++) {
		guards(run, t->guard);
		play_trial(run, t);
	}
	guards(run, NULL);
}
