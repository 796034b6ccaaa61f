/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console.h - the web page of the control listener, for a person who watches.
 *
 * Rendered here from the answers of the control API: it reads and works without script, a
 * form for every action. console.js only fetches the page again when something happened.
 */
#pragma once

#include "idp-sim/sim.h"

/* Answers "/", "/console.css", "/console.js" and "/console/...". False: not a console path.
 * The caller has refused pages of other origins before. */
bool console_handle(struct idp *s, struct web_request *rq, struct web_reply *rp);
