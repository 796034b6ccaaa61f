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
 *	                  assert:CLAIM=VALUE assert:garbage assert:signature assert:
 *	                  origin:URL
 */
struct recipe {
	const char *situation, *flow;
	const char *steps[4];
};

extern const struct recipe recipes[]; /* situation NULL ends it */

/* Registers a key for the client and makes it prove itself with an assertion; what is wrong
 * with it is "CLAIM=VALUE", "garbage", "signature" or "". */
bool step_assert(struct play *p, const char *wrong, struct err *err) MUST_CHECK;
/* Changes the client that the play is about (a merge patch). */
bool step_client(struct play *p, const char *json, struct err *err) MUST_CHECK;

/* Does the steps that come before the flow (early), or the others. */
bool steps_act(struct play *p, const struct recipe *r, bool early, struct err *err) MUST_CHECK;
