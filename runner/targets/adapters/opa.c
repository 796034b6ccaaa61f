/* SPDX-License-Identifier: Apache-2.0 */
/* opa.c - Open Policy Agent's Data API: 200 without a result is no decision. */
#include "runner/targets/adapter.h"

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
};
