/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ready.h - discovery, JWKS and their like, kept ready to be sent.
 *
 * A document whose words depend on nothing but its path, the configuration and the keys is made
 * once a thread and sent as it is until something changes, which change.h tells.
 */
#pragma once

#include "idp-sim/doors.h"

/* Answers a request that came by that door for a kept document and says whose it is; false: it has to be made. */
bool ready_answer(struct idp *s, const struct door *via, struct web_request *rq,
		  struct web_reply *rp, struct facts *ret);
/* Keeps the answer of x, a document that is right, if it always is the same. */
void ready_keep(const struct exchange *x);
