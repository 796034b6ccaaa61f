/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forward-auth.c - Traefik's and Caddy's callout: GET of one path, the request in
 * X-Forwarded-Method and X-Forwarded-Uri. The status decides.
 */
#include "runner/targets/adapter.h"

static bool decide(const struct pdp_door *door, const struct question *q, struct decision *ret,
		   struct err *err)
{
	const char *method = json_string_value(json_object_get(q->input, "method"));
	const char *path = json_string_value(json_object_get(q->input, "path"));
	char lines[6][1024], forwarded[2][3000];
	const char *headers[9] = { NULL };
	size_t n = adapter_principal_lines(door, q->input, lines, 6);

	for (size_t i = 0; i < n; i++)
		headers[i] = lines[i];
	snprintf(forwarded[0], sizeof forwarded[0], "X-Forwarded-Method: %s",
		 method ? method : "GET");
	snprintf(forwarded[1], sizeof forwarded[1], "X-Forwarded-Uri: %s", path ? path : "/");
	headers[n++] = forwarded[0];
	headers[n] = forwarded[1];
	return adapter_ask_status(door, q, "GET",
				  adapter_path(door, q->entrypoint, "/apis/auth/authenticate"),
				  headers, ret, err);
}

const struct adapter adapter_forward_auth = {
	.name = "forward-auth",
	.source = "Traefik, ForwardAuth; Caddy, forward_auth",
	.decide = decide,
};
