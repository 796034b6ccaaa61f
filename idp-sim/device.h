/* SPDX-License-Identifier: Apache-2.0 */
/*
 * device.h - device codes (RFC 8628) between the device, the person and the control API.
 */
#pragma once

#include "idp-sim/serve.h"

/* By what the person typed: letter case and dashes do not matter. A reference, or NULL. tenant
 * NULL: of any. */
struct device_code *device_by_user_code(struct idp *s, const struct provider *p,
					const char *user_code);
struct device_code *device_by_code(struct idp *s, const char *device_code);
void device_unref(struct device_code *d); /* takes NULL */
/* Approves for the user, or denies when it is NULL. session_id: the browser's; NULL when there
 * was none. False: it was not pending any more. */
bool device_settle(struct idp *s, struct device_code *d, const char *user,
		   const char *session_id);
