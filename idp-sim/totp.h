/* SPDX-License-Identifier: Apache-2.0 */
/*
 * totp.h - one-time passwords (RFC 6238: 6 digits, 30 s, SHA-1).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* secret is base32. A step early or late is good. */
bool totp_matches(const char *secret, const char *given, int64_t now_s);
