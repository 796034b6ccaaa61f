/* SPDX-License-Identifier: Apache-2.0 */
/*
 * routes.h - the handlers behind the rows of routes.c.
 */
#pragma once

#include "idp-sim/control.h"

json_t *route_health(struct call *c);
json_t *route_openapi(struct call *c);
json_t *route_providers(struct call *c);
json_t *route_one_provider(struct call *c);
json_t *route_errors(struct call *c);
json_t *route_reset(struct call *c);
json_t *route_reload(struct call *c);
json_t *route_show_clock(struct call *c);
json_t *route_set_clock(struct call *c);
json_t *route_advance_clock(struct call *c);
json_t *route_devices(struct call *c);
json_t *route_approve(struct call *c);
json_t *route_deny(struct call *c);
json_t *route_sessions(struct call *c);
json_t *route_end_session(struct call *c);
json_t *route_troubles(struct call *c);
json_t *route_arm(struct call *c);
json_t *route_clear_troubles(struct call *c);
json_t *route_clear_trouble(struct call *c);
json_t *route_mint_token(struct call *c);
json_t *route_rotate(struct call *c);
json_t *route_list_keys(struct call *c);
json_t *route_expire_families(struct call *c);
json_t *route_revoke_families(struct call *c);
json_t *route_read_journal(struct call *c);
json_t *route_change_client(struct call *c);
json_t *route_change_user(struct call *c);
json_t *route_change_tenant(struct call *c);
json_t *route_new_tenant(struct call *c);
