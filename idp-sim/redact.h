/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redact.h - texts without their secrets.
 *
 * Of a JSON Web Token the signature is cut, so that it can still be read; passwords, client
 * secrets, codes and opaque tokens become "(removed)". What is kept is enough to see who
 * asked for what.
 */
#pragma once

#include "idp-sim/base/buf.h"

#include <stdbool.h>

/* Whether a form field or JSON member of that name holds a secret. */
bool redact_is_secret(const char *name, size_t n);
/* The value of a secret. */
void redact_value(const char *value, size_t n, struct buf *out);
/* While `seen` is set, this thread's calls tell it every value that they cut, decoded: whoever
 * writes reports of their own takes the same values out of them. NULL ends it. */
void redact_watch(void (*seen)(void *ctx, const char *value, size_t n), void *ctx);
/* A header's value: Authorization, Cookie and the like are cut. */
void redact_header(const char *name, const char *value, struct buf *out);
/* A query or form as a JSON object; a name that occurs twice has a list. */
void redact_form(const char *text, size_t n, struct buf *out);
/* A JSON text, byte for byte but for the secrets in it. Need not be valid. */
void redact_json(const char *text, size_t n, struct buf *out);
