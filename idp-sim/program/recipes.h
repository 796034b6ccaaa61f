/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recipes.h - how each situation comes about for its natural reason: a flow, and steps that
 * change what is registered, what a person does, the time, or the request.
 */
#pragma once

#include "idp-sim/program/play.h"

/*
 * One situation may have several recipes; the first whose answer is the wanted error wins. `flow`
 * is used unless the error itself names a grant or an endpoint. A step is "NAME" or "NAME:ARG".
 *
 *	before the flow   client:JSON user:JSON (merge patches) pending deny scope:TEXT
 *	after it          then-client:JSON then-user:JSON set:NAME=VALUE drop:NAME twice:NAME
 *	                  method:M type:T body:TEXT auth:HEADER basic:RAW query:TEXT
 *	                  tenant:ID path:/P under:/P advance:SECONDS|LIFETIME again successor
 *	                  expire revoke other-client public-client set-client wrong-password
 *	                  other-tenant tenant-off
 */
struct recipe {
	const char *situation, *flow;
	const char *steps[4];
};

extern const struct recipe recipes[]; /* situation NULL ends it */

/* Does the steps that come before the flow (early), or the others. */
bool steps_act(struct play *p, const struct recipe *r, bool early, struct err *err) MUST_CHECK;
