/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jwt.h - compact JWS (RFC 7515, 7.1) from exact header and payload bytes, and back.
 *
 * No name here is one of libjwt's, which some programs link beside this.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/keys.h"

/* Appends base64url(header).base64url(payload).signature. key NULL: an empty signature. */
void jwt_sign(struct buf *out, const struct key *key, const char *header, size_t header_n,
	      const char *payload, size_t payload_n);

struct jwt {
	const char *header; /* decoded text, in the arena */
	const char *payload;
	json_t *header_json; /* owned by the caller: jwt_done() */
	json_t *claims;
};

/* Takes the three parts apart without checking the signature. */
bool jwt_read(struct arena *a, const char *token, size_t n, struct jwt *ret);
/* jwt_read(), and the signature was made by a key of k with the alg that key has ("none" and
 * a foreign alg are refused). Times and audience are the caller's business. */
bool jwt_verify(struct arena *a, struct keys *k, const char *token, size_t n, struct jwt *ret);
/* The same against a public key given as a JWK object: private_key_jwt (RFC 7523). */
bool jwt_verify_jwk(struct arena *a, const json_t *jwk, const char *token, size_t n,
		    struct jwt *ret);
void jwt_done(struct jwt *j);

#define AUTO_JWT __attribute__((cleanup(jwt_done))) struct jwt
