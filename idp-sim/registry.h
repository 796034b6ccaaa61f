/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h - tenants, clients and users that come or change while it runs.
 */
#pragma once

#include "idp-sim/serve.h"

/* Registers what was asked for and is unknown (idp_options.adopt). */
const struct tenant *adopt_tenant(struct exchange *x, const char *id);
const struct client *adopt_client(struct exchange *x, const char *id);
void adopt_redirect_uri(struct exchange *x, const char *uri);
/* Makes the keys of a provider's tenants that have none yet. */
bool registry_keys(struct idp *s, struct provider *p, struct err *err) MUST_CHECK;
/* The registered records as the file has them. */
bool registry_reset(struct idp *s, struct provider *p, struct err *err) MUST_CHECK;
