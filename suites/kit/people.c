/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/people.h"

#include "idp-sim/base/conf.h"

#include <string.h>

const struct person people[] = {
	{ "admin", NULL },  { "alice", NULL },	 { "bob", NULL },	{ "erin", NULL },
	{ "victor", NULL }, { "mallory", NULL }, { "grace", "ml-ops" }, { NULL, NULL },
};

/* Members under every name that a dialect may ask for. */
static json_t *person_json(const struct person *p)
{
	char email[80], id[40];
	json_t *o;

	snprintf(email, sizeof(email), "%s@example.com", p->name);
	snprintf(id, sizeof(id), "10000000-0000-4000-8000-%012d", (int)(p - people) + 1);
	o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "name", p->name, "password", PASSWORD,
		      "email", email, "upn", email, "preferred_username", email,
		      "email_verified", 1);
	json_object_update_new(o, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:[]}", "id", id,
					    "oid", id, "uid", id, "full_name", p->name,
					    "given_name", p->name, "family_name", "Example",
					    "groups"));
	if (p->groups)
		json_object_set_new(o, "groups", json_pack("[s]", p->groups));
	return o;
}

static bool register_at(struct lab *l, const char *provider, struct err *err)
{
	for (const struct person *p = people; p->name; p++) {
		AUTO(json_t) json_t *body = person_json(p);
		AUTO(json_t) json_t *answer = NULL;
		char path[200];
		int status = 0;

		snprintf(path, sizeof(path), "/_sim/providers/%s/users/%s", provider, p->name);
		answer = idp_call(l->idp, "PATCH", path, body, &status);
		if (status >= 300)
			return fail(err, ERR_INPUT, "cannot register %s at %s: %s", p->name,
				    provider, conf_str(answer, "error", "?"));
	}
	return true;
}

/* Device codes are polled each second, the shortest interval that a client may be told; an
 * access token lives an hour, longer than any window in which it is refreshed. */
static bool hasten(struct lab *l, const char *provider, struct err *err)
{
	AUTO(json_t) json_t *all = NULL, *answer = NULL;
	AUTO(json_t)
	json_t *patch = json_pack("{s:{s:i, s:i}}", "lifetimes", "interval", 1, "access", 3600);
	json_t *p, *client;
	char path[300];
	int status = 0;
	size_t i, k;

	all = idp_call(l->idp, "GET", "/_sim/providers", NULL, &status);
	json_array_foreach(json_object_get(all, "providers"), i, p) {
		if (strcmp(conf_str(p, "name", ""), provider) != 0)
			continue;
		json_array_foreach(json_object_get(p, "clients"), k, client) {
			snprintf(path, sizeof(path), "/_sim/providers/%s/clients/%s", provider,
				 conf_str(client, "id", ""));
			json_decref(answer);
			answer = idp_call(l->idp, "PATCH", path, patch, &status);
			if (status >= 300)
				return fail(err, ERR_INPUT, "client of %s: %s", provider,
					    conf_str(answer, "error", "?"));
		}
	}
	return true;
}

bool people_register(struct lab *l, struct err *err)
{
	static const char *const providers[] = { "azure", "okta", "keycloak" };

	for (size_t i = 0; i < ARRAY_LEN(providers); i++)
		if (!register_at(l, providers[i], err) || !hasten(l, providers[i], err))
			return false;
	return true;
}

json_t *people_state(void)
{
	return json_pack("{s:{s:{s:{s:[s], s:[s], s:[s], s:[s]}, s:{s:i, s:i}}, s:{s:{s:[s]}}, "
			 "s:{s:{s:[s]}}}}",
			 "workspaces", "ml-team", "members", "alice@example.com", "Admin",
			 "erin@example.com", "Editor", "victor@example.com", "Viewer", "ml-ops",
			 "Editor", "entities", "project", 3, "dataset", 5, "empty-team",
			 "members", "alice@example.com", "Admin", "other-team", "members",
			 "bob@example.com", "Admin");
}
