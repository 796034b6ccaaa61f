/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys-private.h - key material, shared by keys.c (which key when), keys-material.c (where
 * they come from, what a JWKS says) and jwt.c (public keys of others).
 */
#pragma once

#include "idp-sim/keys.h"

#include <jansson.h>
#include <openssl/evp.h>

/* struct key's `secret`. */
struct key_material {
	EVP_PKEY *pkey;		 /* NULL for HMAC */
	EVP_MD_CTX *verify;	 /* prepared; copied for each use */
	unsigned char mac[1024]; /* the HMAC secret */
	size_t mac_n;
	char cn[200]; /* the common name of its certificate */
	struct key_certificate certificate;
	_Atomic bool certified; /* the above was made, or cannot be */
};

AUTO_KIND(EVP_PKEY, EVP_PKEY, EVP_PKEY_free);
AUTO_KIND(EVP_MD_CTX, EVP_MD_CTX, EVP_MD_CTX_free);

/* Private keys compiled in, by file name; NULL: no such one. */
EVP_PKEY *key_built_in(const char *name) MUST_CHECK;
EVP_PKEY *key_read_pem(const char *pem, size_t n) MUST_CHECK;
/* A fresh key for "RS256", "ES256" or "RSA-OAEP". */
EVP_PKEY *key_generate(const char *alg) MUST_CHECK;
/* The last error of OpenSSL in words; always false. */
bool fail_openssl(struct err *err, const char *what);

/* Makes a key of pkey, which it takes over. cn names its certificate. */
struct key *key_new(EVP_PKEY *pkey, const char *alg, enum kid_style kid, const char *cn,
		    struct err *err) MUST_CHECK;
struct key *key_new_hmac(const char *alg, const void *secret, size_t n);
void key_free(struct key *k); /* one key, not those behind ->next */
/* Bytes that are the same for the same private key and label. */
void key_derive(const struct key *k, const char *label, unsigned char ret[64]);
/* The public key in PEM; free() it. */
char *key_public_pem(const struct key *k);

/* A public key from a JWK (RFC 7517); NULL when it is none we know. */
EVP_PKEY *jwk_public(const json_t *jwk) MUST_CHECK;
/* As key_verify(), with a bare public key and an alg of JWA. */
bool pkey_verify(EVP_PKEY *pkey, const char *alg, const void *text, size_t n, const void *sig,
		 size_t sig_n);
