/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mint.h - any token, valid or forged, without a sign-in.
 *
 * A token is asked for as a JSON object; every member may be absent:
 *
 *	provider   the first one                tenant    its first one
 *	client_id  id or name; the first one    user      name; absent: the client's own token
 *	token      "access" | "id" | "refresh"  version   "1.0" | "2.0" where there are two
 *	scope      the defaults; "" for a token without a scope claim
 *	nonce      of an ID token
 *	age        it was issued that long ago: "2h", or seconds (negative: in the future)
 *	lifetime   between then and its expiry
 *	claims     laid over the claims; null takes one out
 *	header     the same for the JOSE header, after everything else
 *	alg        "RS256" | "ES256"
 *	forge      one defect:
 *		signature     one byte of the signature is changed
 *		payload       a claim is added after signing
 *		header        a header member is added after signing
 *		key           signed by a stranger who names the provider's kid
 *		kid           signed by a stranger, under a kid nobody publishes
 *		embedded-key  signed by a stranger, whose public key is in the header (jwk)
 *		unpublished   signed by a key of the provider that its JWKS lacks
 *		alg-none      "alg":"none" and no signature
 *		alg-hs256     "alg":"HS256", the public key taken for the secret
 *		no-signature  the signature is empty, alg as before
 *		two-parts, one-part, four-parts
 *			      cut or extended
 *		padding       base64 with padding, which RFC 7515 forbids
 *		not-json      the payload is no JSON
 */
#pragma once

#include "idp-sim/sim.h"

/* {"token", "header": {}, "claims": {}}; NULL with err (ERR_INPUT) when spec makes no sense.
 * spec may be NULL: all defaults. */
json_t *mint(struct idp *s, const json_t *spec, struct err *err) MUST_CHECK;

/* The words of `forge`, NULL-ended. */
extern const char *const mint_forges[];
