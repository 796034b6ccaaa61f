/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jwt.h - compact JSON Web Tokens (RFC 7515, 7519): sign, take apart, verify our own.
 *
 * Header and claims are given as the JSON text that is to appear, so that order, blanks and
 * types are the dialect's. Nothing here checks claims.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "idp-sim/base/err.h"
#include "idp-sim/keys.h"

#include <jansson.h>

/* Appends "header.claims.signature". False when OpenSSL refuses. */
bool jwt_sign(struct buf *out, const struct key *k, const char *header, size_t header_len,
	      const char *claims, size_t claims_len);
/* The same from trees, compact, members in their order. */
bool jwt_sign_json(struct buf *out, const struct key *k, const json_t *header,
		   const json_t *claims);

struct jwt {
	json_t *header; /* owned */
	json_t *claims; /* owned */
	const char *text;       /* borrowed: the token */
	size_t signed_len;      /* of "header.claims" */
	unsigned char *signature; /* owned */
	size_t signature_len;
};

/* Takes a token apart without verifying it. ERR_INPUT says which part is broken. */
bool jwt_decode(const char *token, struct jwt *ret, struct err *err) MUST_CHECK;
void jwt_done(struct jwt *t);
/* Whether key k signed it with its own algorithm. */
bool jwt_signed_by(const struct jwt *t, const struct key *k);
/* Whether a published key of the ring did, found by the kid of the header. */
bool jwt_own(const struct jwt *t, struct keyring *r);

#define AUTO_JWT __attribute__((cleanup(jwt_done))) struct jwt
