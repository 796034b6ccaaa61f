/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overlay.h - a user's YAML file laid over the provider files.
 *
 *	providers:
 *	  keycloak:
 *	    lifetimes: {access: 60s}
 *	    clients:
 *	      - {id: my-app, redirect_uris: ["http://localhost:3000/cb"]}
 *	    users:
 *	      - {name: zoe, password: zoe-pw, email: zoe@example.test}
 *	    tenants:
 *	      - {id: staging}
 */
#pragma once

#include "idp-sim/sim.h"

/* Reads options.config; true when there is none. */
bool overlay_load(struct idp *s, struct err *err) MUST_CHECK;
/* The `state` of options.config, in the idp's arena; NULL when there is none. A bad URL is told
 * with its place. */
bool overlay_state(struct idp *s, const char **ret, struct err *err) MUST_CHECK;
/* Lays a file that was checked over s->n_providers providers, served or about to be. */
bool overlay_lay(struct idp *s, struct provider *const *set, struct conf *conf,
		 struct err *err) MUST_CHECK;
