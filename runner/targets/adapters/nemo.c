/* SPDX-License-Identifier: Apache-2.0 */
/* nemo.c - the platform's own decision endpoints. */
#include "runner/targets/adapter.h"

#include <string.h>

/* {"result": {"allowed": bool}}, of has_role {"result": {"has_role": bool}}. Nothing but a
 * JSON boolean is a decision: "false" in quotes is not. */
bool adapter_read_result(struct decision *d, const char *entrypoint)
{
	const json_t *result = json_object_get(d->body, "result");
	bool role = !strcmp(entrypoint, "has_role");
	const json_t *said = json_object_get(result, role ? "has_role" : "allowed");

	d->answered = d->status == 200 && json_is_boolean(said);
	d->allowed = d->answered && json_is_true(said);
	return true;
}

static bool decide(const struct pdp_door *door, const struct question *q, struct decision *ret,
		   struct err *err)
{
	AUTO(json_t) json_t *body = json_pack("{s:O}", "input", q->input);
	char caller[400], fallback[200];
	const char *const headers[] = { caller, NULL };

	snprintf(caller, sizeof caller, "%sPrincipal-Id: %s", door->prefix,
		 q->caller ? q->caller : "service:platform");
	snprintf(fallback, sizeof fallback, "/apis/auth/v2/authz/%s", q->entrypoint);
	return adapter_post(door, adapter_path(door, q->entrypoint, fallback), body, headers,
			    ret, err) &&
	       adapter_read_result(ret, q->entrypoint);
}

const struct adapter adapter_nemo = {
	.name = "nemo",
	.source = "Platform documentation, policy engine: POST /apis/auth/v2/authz/ENTRYPOINT",
	.decide = decide,
	.writes = platform_writes,
};
