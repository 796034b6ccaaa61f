/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authzen.c - AuthZEN Authorization API 1.0: metadata, evaluation and evaluations.
 *
 * The documented input becomes subject user/PRINCIPAL (its e-mail, groups and scopes are
 * properties; nobody is anonymous/anonymous, because an id must not be empty), action METHOD
 * and resource path/PATH; or resource workspace/NAME with action PERMISSION, one evaluation a
 * permission; or with action has_role and the role as a property. A denial is 200 with false;
 * any other status, and an answer to another X-Request-ID, is no decision.
 */
#include "runner/targets/adapter.h"

#include "idp-sim/base/wire.h"

#include <string.h>

static void copy(json_t *to, const char *name, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);

	if (value)
		json_object_set(to, name, value);
}

static json_t *subject(const json_t *in)
{
	const char *id = json_string_value(json_object_get(in, "principal_id"));
	const char *type = id && *id ? "user" : "anonymous";
	json_t *s = json_pack("{s:s, s:s, s:{}}", "type", type, "id", id && *id ? id : type,
			      "properties");
	json_t *p = json_object_get(s, "properties");

	copy(p, "email", in, "principal_email");
	copy(p, "groups", in, "principal_groups");
	copy(p, "scopes", in, "scopes");
	copy(p, "on_behalf_of", in, "on_behalf_of_principal_id");
	return s;
}

static json_t *action(const json_t *in, const char *entrypoint)
{
	json_t *a = json_pack("{s:s}", "name", entrypoint);

	copy(a, "name", in, "method");
	return a;
}

static json_t *resource(const json_t *in)
{
	bool path = json_object_get(in, "path") != NULL;
	json_t *r = json_pack("{s:s, s:{}}", "type", path ? "path" : "workspace", "properties");

	copy(r, "id", in, path ? "path" : "workspace");
	copy(json_object_get(r, "properties"), "role", in, "role");
	return r;
}

/* One evaluation a permission; what they share is said once. */
static json_t *evaluations(const json_t *permissions)
{
	json_t *list = json_array(), *item;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)permissions, i, item)
		json_array_append_new(list, json_pack("{s:{s:O}}", "action", "name", item));
	return list;
}

/* The path of an endpoint as the PDP's metadata have it, else fallback. They are read once. */
static const char *published(const struct pdp_door *door, const char *endpoint,
			     const char *fallback)
{
	static const char well_known[] = "/.well-known/authzen-configuration";
	const char *url, *at, *path;
	struct err err = { 0 };

	if (!door->memo)
		return fallback;
	if (!*door->memo) {
		AUTO_ANSWER a = { 0 };
		char where[2048];

		snprintf(where, sizeof where, "%s%s", door->url, well_known);
		if (wire_request("GET", where, NULL, NULL, 0, &door->reach, &a, &err) && a.status == 200)
			*door->memo = json_loadb(a.body, a.body_len, 0, NULL);
		if (!*door->memo)
			return fallback;
	}
	url = json_string_value(json_object_get(*door->memo, endpoint));
	at = url ? strstr(url, "://") : NULL;
	path = at ? strchr(at + 3, '/') : NULL;
	return path ? path : fallback;
}

/* Each must be a JSON boolean: "true" in quotes, and an answer too few, is no decision. */
static void read_decisions(struct decision *d, size_t asked)
{
	const json_t *list = json_object_get(d->body, "evaluations"), *item;
	size_t i;

	d->answered = d->status == 200 && json_array_size(list) == asked;
	d->allowed = d->answered;
	json_array_foreach(list, i, item) {
		const json_t *said = json_object_get(item, "decision");

		d->answered = d->answered && json_is_boolean(said);
		d->allowed = d->answered && d->allowed && json_is_true(said);
	}
}

static void read_decision(struct decision *d)
{
	const json_t *said = json_object_get(d->body, "decision");

	d->answered = d->status == 200 && json_is_boolean(said);
	d->allowed = d->answered && json_is_true(said);
}

static bool decide(const struct pdp_door *door, const struct question *q, struct decision *ret,
		   struct err *err)
{
	const json_t *permissions = json_object_get(q->input, "permissions");
	bool many = json_array_size(permissions) > 0;
	AUTO(json_t)
	json_t *body = json_pack("{s:o, s:o, s:o, s:{s:O}}", "subject", subject(q->input),
				 "action", action(q->input, q->entrypoint), "resource",
				 resource(q->input), "context", "input", q->input);
	const char *path =
		many ? published(door, "access_evaluations_endpoint", "/access/v1/evaluations")
		     : published(door, "access_evaluation_endpoint", "/access/v1/evaluation");

	if (many)
		json_object_set_new(body, "evaluations", evaluations(permissions));
	if (!adapter_post_numbered(door, adapter_path(door, q->entrypoint, path), body, ret,
				   err))
		return false;
	if (many)
		read_decisions(ret, json_array_size(permissions));
	else
		read_decision(ret);
	return true;
}

const struct adapter adapter_authzen = {
	.name = "authzen",
	.source = "OpenID AuthZEN, Authorization API 1.0: POST /access/v1/evaluation(s)",
	.decide = decide,
};
