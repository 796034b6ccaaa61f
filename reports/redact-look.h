/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redact-look.h - what looks like a secret, whoever knows it. start is the beginning of the
 * text that s points into.
 */
#pragma once

#include "idp-sim/base/buf.h"

/* Where the part of a JWT begins that must go, 0 when s does not begin with one; *ret_end is
 * its end. What is encrypted goes too: of five parts only the header stays (RFC 7516, 3). */
size_t secret_jwt(const char *s, size_t *ret_end);
/* Length of `name=`, `"name": "` or `--name ` in front of a secret value of ret_len bytes; 0
 * when there is none. */
size_t secret_value(const char *start, const char *s, size_t *ret_len);
/* Length of the name and colon of a header whose value is a secret, 0 when it is none. */
size_t secret_header(const char *start, const char *s);
/* Copies such a header line without its secrets; returns the length read. */
size_t secret_header_line(struct buf *b, const char *s, size_t at);
