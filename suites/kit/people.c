/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/people.h"

#include "idp-sim/base/conf.h"

#include <string.h>

const struct person people[] = {
	{ "admin", NULL },  { "alice", NULL },	 { "bob", NULL },	{ "erin", NULL },
	{ "victor", NULL }, { "mallory", NULL }, { "grace", "ml-ops" }, { NULL, NULL },
};

static json_t *person_json(const struct person *p)
{
	char email[80];
	json_t *o;

	snprintf(email, sizeof(email), "%s@example.com", p->name);
	o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "password", PASSWORD, "email", email,
		      "upn", email, "username", p->name, "given_name", p->name, "family_name",
		      "Example");
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

bool people_register(struct lab *l, struct err *err)
{
	static const char *const providers[] = { "azure", "okta", "keycloak" };

	for (size_t i = 0; i < ARRAY_LEN(providers); i++)
		if (!register_at(l, providers[i], err))
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
