/* SPDX-License-Identifier: Apache-2.0 */
/* page-form.h - the first form of a page, as a person fills it in. */
#pragma once

#include "idp-sim/base/arena.h"

#include <stdbool.h>

struct typist {
	const char *login, *password;
	const char *user_code; /* of a device; NULL: none */
	bool refuses;	       /* where the page has a yes and a no */
	bool *has_refused;     /* set when it had one; NULL: nobody asks */
};

/* The value of an attribute of the tag that begins at `tag`, without entities; NULL when
 * absent. */
const char *page_attribute(struct arena *a, const char *tag, const char *name);
/* Hands each field that is sent to `put`. The form's action, "" when it has none; NULL when
 * the page has no form. */
const char *page_fill(struct arena *a, const char *html, const struct typist *t,
		      void (*put)(void *ctx, const char *name, const char *value), void *ctx);
