/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nonce.h - tokens that only the API they are for can verify (Microsoft Graph): the header shows
 * a nonce, and the signature is over its hash.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/buf.h"

/* The header with the nonce's hash in its place, in the arena; NULL: it has no nonce. */
const char *nonce_hashed(struct arena *a, const char *header);
/* A signed token with another header, in the arena. */
const char *token_with_header(struct arena *a, const char *token, const char *header);
