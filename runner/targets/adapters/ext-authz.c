/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ext-authz.c - Envoy's HTTP external authorization: the request itself, under a prefix.
 *
 * 2xx is allow, 401 and 403 are denials, anything else is no decision.
 */
#include "runner/targets/adapter.h"

#include "idp-sim/base/wire.h"

#include <string.h>

bool adapter_ask_status(const struct pdp_door *door, const struct question *q,
			const char *method, const char *target, const char *const *headers,
			struct decision *ret, struct err *err)
{
	AUTO_ANSWER a = { 0 };
	struct err refused = { 0 };
	char url[4096];

	snprintf(url, sizeof url, "%s%s", door->url, target);
	if (!wire_request(method, url, headers, NULL, 0, &door->reach, &a, &refused))
		return refused.kind == ERR_NETWORK ||
		       fail(err, refused.kind, "%s", refused.text);
	ret->status = a.status;
	ret->took_us = a.took_us;
	ret->allowed = a.status >= 200 && a.status < 300;
	ret->answered = ret->allowed || a.status == 401 || a.status == 403;
	return true;
}

/* "Name: value" lines of the principal, in lines[]; returns how many. */
size_t adapter_principal_lines(const struct pdp_door *door, const json_t *in,
			       char lines[][1024], size_t max)
{
	static const char *const names[][2] = { { "principal_id", "Principal-Id" },
						{ "principal_email", "Principal-Email" },
						{ "principal_groups", "Principal-Groups" },
						{ "scopes", "Scopes" },
						{ "on_behalf_of_principal_id",
						  "Principal-On-Behalf-Of" } };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(names) && n < max; i++) {
		const json_t *value = json_object_get(in, names[i][0]), *item;
		AUTO_BUF text = { 0 };
		size_t k;

		if (!value)
			continue;
		buf_str(&text, json_string_value(value));
		json_array_foreach(value, k, item) {
			if (k)
				buf_str(&text, !strcmp(names[i][0], "scopes") ? " " : ",");
			buf_str(&text, json_string_value(item));
		}
		snprintf(lines[n++], 1024, "%s%s: %s", door->prefix, names[i][1],
			 text.p ? text.p : "");
	}
	return n;
}

static bool decide(const struct pdp_door *door, const struct question *q, struct decision *ret,
		   struct err *err)
{
	const char *method = json_string_value(json_object_get(q->input, "method"));
	const char *path = json_string_value(json_object_get(q->input, "path"));
	char lines[6][1024], target[3000];
	const char *headers[7] = { NULL };
	size_t n = adapter_principal_lines(door, q->input, lines, 6);

	for (size_t i = 0; i < n; i++)
		headers[i] = lines[i];
	snprintf(target, sizeof target, "%s%s",
		 adapter_path(door, q->entrypoint, "/apis/auth/ext-authz"), path ? path : "/");
	return adapter_ask_status(door, q, method ? method : "GET", target, headers, ret, err);
}

const struct adapter adapter_ext_authz = {
	.name = "ext-authz",
	.source = "Envoy, ext_authz filter, HTTP service",
	.decide = decide,
};
