/* SPDX-License-Identifier: Apache-2.0 */
/* opa.c - Open Policy Agent's Data API: 200 without a result is no decision. */
#include "runner/targets/adapter.h"

#define ADMIN "{\"workspaces\": {\"ml-team\": [\"Admin\"]}}"

/* A bundle owns what lies under its roots, here authz; all the rest of the store is open. */
static const struct pdp_write writes[] = {
	{ "PUT", "/v1/data/authz/principals/mallory@example.com", .body = ADMIN },
	{ "PATCH", "/v1/data/authz/principals", .type = "application/json-patch+json",
	  .body = "[{\"op\": \"add\", \"path\": \"/mallory@example.com\", \"value\": " ADMIN
		  "}]" },
	{ "PUT", "/v1/data/gauntlet", .body = "{\"written\": true}" },
	{ "PUT", "/v1/policies/gauntlet", .type = "text/plain",
	  .body = "package gauntlet\n\nwritten := true\n" },
	{ "DELETE", "/v1/data/authz/principals" },
	{ 0 },
};

static bool decide(const struct pdp_door *door, const struct question *q, struct decision *ret,
		   struct err *err)
{
	AUTO(json_t) json_t *body = json_pack("{s:O}", "input", q->input);
	char fallback[200];

	snprintf(fallback, sizeof fallback, "/v1/data/authz/%s", q->entrypoint);
	return adapter_post(door, adapter_path(door, q->entrypoint, fallback), body, NULL, ret,
			    err) &&
	       adapter_read_result(ret, q->entrypoint);
}

const struct adapter adapter_opa = {
	.name = "opa",
	.source = "Open Policy Agent, REST API, Data API: POST /v1/data/PATH",
	.decide = decide,
	.writes = writes,
};
