/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authzen.c - AuthZEN Authorization API 1.0, evaluation endpoint.
 *
 * The documented input becomes subject user/PRINCIPAL (its e-mail, groups and scopes are
 * properties), action METHOD (or the permissions, or the role), resource path/PATH (or
 * workspace/NAME). A denial is 200 with false; any other status is no decision.
 */
#include "runner/targets/adapter.h"

#include <string.h>

static void copy(json_t *to, const char *name, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);

	if (value)
		json_object_set(to, name, value);
}

static json_t *subject(const json_t *in)
{
	json_t *s = json_pack("{s:s, s:{}}", "type", "user", "properties");
	json_t *p = json_object_get(s, "properties");

	copy(s, "id", in, "principal_id");
	copy(p, "email", in, "principal_email");
	copy(p, "groups", in, "principal_groups");
	copy(p, "scopes", in, "scopes");
	copy(p, "on_behalf_of", in, "on_behalf_of_principal_id");
	return s;
}

static json_t *action(const json_t *in, const char *entrypoint)
{
	json_t *a = json_pack("{s:s, s:{}}", "name", entrypoint, "properties");
	json_t *p = json_object_get(a, "properties");

	if (json_object_get(in, "method"))
		copy(a, "name", in, "method");
	copy(p, "permissions", in, "permissions");
	copy(p, "role", in, "role");
	return a;
}

static json_t *resource(const json_t *in)
{
	bool path = json_object_get(in, "path") != NULL;
	json_t *r = json_pack("{s:s}", "type", path ? "path" : "workspace");

	copy(r, "id", in, path ? "path" : "workspace");
	return r;
}

static bool decide(const struct pdp_door *door, const struct question *q, struct decision *ret,
		   struct err *err)
{
	static const char *const headers[] = { "X-Request-ID: gauntlet-evaluation", NULL };
	AUTO(json_t)
	json_t *body = json_pack("{s:o, s:o, s:o, s:{s:O}}", "subject", subject(q->input),
				 "action", action(q->input, q->entrypoint), "resource",
				 resource(q->input), "context", "input", q->input);
	const char *path = adapter_path(door, q->entrypoint, "/access/v1/evaluation");
	const json_t *said;

	if (!adapter_post(door, path, body, headers, ret, err))
		return false;
	said = json_object_get(ret->body, "decision");
	ret->answered = ret->status == 200 && json_is_boolean(said);
	ret->allowed = ret->answered && json_is_true(said);
	return true;
}

const struct adapter adapter_authzen = {
	.name = "authzen",
	.source = "OpenID AuthZEN, Authorization API 1.0: POST /access/v1/evaluation",
	.decide = decide,
};
