/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/tenant.h"

#include "suites/kit/lab.h"

#include "idp-sim/base/conf.h"

#include <string.h>

enum { SOON_S = 120 }; /* a token that ends before is asked for anew */

bool tenant_is_there(const struct run *run)
{
	return run->lab->target->tenant != NULL;
}

static const char *user_of(const struct lab *l, const char *person)
{
	return json_string_value(json_object_get(l->target->tenant->users, person));
}

/* Tokens are remembered: a real tenant counts requests, and a command takes its time. */
static const char *remembered(struct run *run, const char *key)
{
	const char *token = json_string_value(json_object_get(run->lab->tokens, key));
	json_int_t until = token ? conf_int(token_claims(run, token), "exp", 0) : 0;

	return until > clk_now(NULL) + SOON_S ? token : NULL;
}

static const char *fetched(struct run *run, const char *user, const char *scope)
{
	const struct target *t = run->lab->target;
	const char *key = run_printf(run, "%s %s", user, scope), *known = remembered(run, key);
	AUTO(char) char *token = NULL;
	struct err err = { 0 };

	if (known)
		return known;
	if (!t->token(t->ctx, user, scope, &token, &err)) {
		run_broken(run, "%s", err.text);
		return "";
	}
	if (!token_claims(run, token)) {
		run_broken(run, "token_command printed no JWT for %s", user);
		return "";
	}
	if (!run->lab->tokens)
		run->lab->tokens = json_object();
	json_object_set_new(run->lab->tokens, key, json_string(token));
	return json_string_value(json_object_get(run->lab->tokens, key));
}

const char *tenant_token(struct run *run, const struct token_ask *ask, const char *scope)
{
	const char *person = ask->person ? ask->person : "alice";
	const char *user = user_of(run->lab, person);
	const char *token;
	bool forged = ask->forge || ask->age_s || ask->lifetime_s || ask->claims || ask->header;

	json_decref(ask->claims);
	json_decref(ask->header);
	if (forged)
		run_skipped(run, "needs a token that a real tenant does not issue");
	else if (!user)
		run_skipped(run, "needs a user of the tenant for '%s' (tenant.users)", person);
	if (run->broken)
		return "";
	token = arena_str(run->arena, fetched(run, user, scope));
	secret_note(run, token);
	return token;
}

static void take(const char **to, const char *value)
{
	if (value)
		*to = *value ? value : NULL;
}

void tenant_configure(const struct lab *l, struct platform_config *c)
{
	const struct tenant *t = l->target->tenant;

	if (!t)
		return;
	c->issuer = t->issuer;
	c->client_id = t->client_id;
	c->audience = t->audience ? t->audience : t->client_id;
	take(&c->email_claim, t->email_claim);
	take(&c->subject_claim, t->subject_claim);
	take(&c->groups_claim, t->groups_claim);
	take(&c->scope_prefix, t->scope_prefix);
	take(&c->admin_email, user_of(l, "admin"));
}

/* "alice@example.com" of the lab's own people is whoever plays alice. */
static const char *renamed(const struct lab *l, const char *member)
{
	static const char ours[] = "@example.com";
	size_t n = strcspn(member, "@");
	char person[64];
	const char *user;

	if (strcmp(member + n, ours) != 0 || n >= sizeof(person))
		return member;
	snprintf(person, sizeof(person), "%.*s", (int)n, member);
	user = user_of(l, person);
	return user ? user : member;
}

void tenant_rename(const struct lab *l, json_t *state)
{
	json_t *workspaces = l->target->tenant ? json_object_get(state, "workspaces") : NULL;
	json_t *workspace, *roles;
	const char *name, *member;

	json_object_foreach(workspaces, name, workspace) {
		json_t *fresh = json_object();

		json_object_foreach(json_object_get(workspace, "members"), member, roles)
			json_object_set(fresh, renamed(l, member), roles);
		json_object_set_new(workspace, "members", fresh);
	}
}
