/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys.h - the keys that a provider signs with, and the JWKS document about them.
 *
 * A keystore holds key material, parsed once: the built-in public test keys, or those of a
 * file, so that several simulators agree on signatures. A keyring is one provider's view of
 * it: which key is current, which are published and under which kid. A key that was once
 * handed out stays valid until its keyring is freed, so callers borrow it without a lock.
 * Everything here is thread-safe.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "idp-sim/base/err.h"

#include <jansson.h>

struct keystore;
struct keyring;

/* file: PEM private keys one after the other, made (0600) when absent; NULL: built in. */
struct keystore *keystore_new(const char *file, struct err *err) MUST_CHECK;
void keystore_free(struct keystore *ks); /* after its keyrings; takes NULL */

struct key {
	const char *name; /* "sim-2026-a"; of a file: "key-1" */
	const char *alg;  /* "RS256", "ES256", "HS256", "HS512", or "none" */
	char kid[64];
	struct key_material *material; /* private */
};

enum kid_form {
	KID_NAME,       /* the name of the key */
	KID_X5T,        /* base64url SHA-1 of the certificate, 27 characters: Entra */
	KID_THUMBPRINT, /* base64url SHA-256 of the public key, 43 characters: Keycloak, Okta */
};

struct keyring_options {
	enum kid_form kid;
	const char *alg;   /* NULL: "RS256"; or "ES256" */
	unsigned index;    /* which provider this is: providers start at different keys */
	bool publish_enc;  /* a use:"enc" RSA-OAEP key stands first in the JWKS (Keycloak) */
};

struct keyring *keyring_new(struct keystore *ks, const struct keyring_options *o,
			    struct err *err) MUST_CHECK;
void keyring_free(struct keyring *r); /* takes NULL */

const struct key *keyring_current(struct keyring *r);
/* A published key, or NULL. */
const struct key *keyring_find(struct keyring *r, const char *kid);
/* A stranger's key that bears the kid of the current one: its signatures must not verify. */
const struct key *keyring_other(struct keyring *r);
/* A key with a kid of its own that is in no JWKS. */
const struct key *keyring_unpublished(struct keyring *r);
/* The next key becomes current; the old ones stay published. With publish false the JWKS
 * does not have the new one until the next rotation. */
bool keyring_rotate(struct keyring *r, bool publish, struct err *err) MUST_CHECK;
/* Takes every key but the current one out of the JWKS. */
void keyring_retire(struct keyring *r);
void keyring_reset(struct keyring *r); /* as at start */

enum jwks_view {
	JWKS_NOW,
	JWKS_STALE, /* the keys before the current one; a stranger's when there are none */
	JWKS_EMPTY,
};

/*
 * {"keys": [...]}; new reference. members names the members of each key in the dialect's
 * order, NULL-ended: kty use kid alg n e crv x y x5c x5t x5t#S256. A name outside of that
 * list is copied from extra (which may be NULL); one that does not apply is left out.
 */
json_t *keyring_jwks(struct keyring *r, const char *const *members, const json_t *extra,
		     enum jwks_view view) MUST_CHECK;

/* Base64 of the DER public key (Keycloak's realm document). */
void key_public(const struct key *k, struct buf *out);
/* The public key in PEM: what a naive verifier takes for an HMAC secret. */
void key_public_pem(const struct key *k, struct buf *out);

/* An HMAC key ("HS256" or "HS512") of one's own; freed with key_free(). */
struct key *key_hmac(const char *alg, const char *kid, const void *secret, size_t n);
void key_free(struct key *k); /* only of key_hmac(); takes NULL */

/* Appends the base64url signature of the n bytes at p; of alg "none": nothing. False when
 * OpenSSL refuses. */
bool key_sign(const struct key *k, const void *p, size_t n, struct buf *out);
/* Whether the raw signature is the key's. */
bool key_verify(const struct key *k, const void *p, size_t n, const unsigned char *signature,
		size_t signature_len);

AUTO_KIND(key, struct key, key_free);
