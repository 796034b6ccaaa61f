/* SPDX-License-Identifier: Apache-2.0 */
/* replay-journey.h - what the steps of a journey are made of. */
#pragma once

#include "idp-sim/program/replay.h"

#define FORM_TYPE "application/x-www-form-urlencoded"

enum { MAX_HOPS = 10 }; /* redirects and pages in a row */

void journey_bind(struct journey *j, const char *name, const char *value);
/* The members of a JSON answer. */
void journey_bind_json(struct journey *j, const struct wire_answer *a);
/* The action and the hidden fields of the first form. */
void journey_bind_page(struct journey *j, const struct wire_answer *a);
/* A text with its bindings, in the journey's arena. */
const char *journey_text(struct journey *j, const char *text);
/* One request {method, path, headers, form, body}; cookies are kept. */
bool journey_exchange(struct journey *j, const json_t *request, struct wire_answer *ret,
		      struct err *err) MUST_CHECK;
/* Does a redirect stay at the provider? */
bool journey_leads_here(struct journey *j, const char *location);
