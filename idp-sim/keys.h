/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys.h - the signing keys of a tenant, and what a JWKS says about them.
 *
 * A struct keys only grows: rotation adds a key in front and never frees one before
 * keys_free(), so a key once handed out stays valid without a lock. Thread-safe.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "idp-sim/base/err.h"
#include "idp-sim/base/rng.h"

#include <stdint.h>

/* How a provider names its keys. */
enum kid_style {
	KID_SHA256, /* base64url SHA-256 of the public key, 43 characters: Keycloak, Okta */
	KID_X5T,    /* base64url SHA-1 of the certificate, 27 characters: Entra */
	KID_UUID,
};

/* Everything a JWKS template can ask of a key (RFC 7517, 7518); strings are NULL when the
 * key type has no such member. */
struct key {
	char kid[64];
	char alg[16]; /* "RS256", "ES256", "HS512", "RSA-OAEP" */
	char use[4];  /* "sig" or "enc" */
	char kty[4];  /* "RSA", "EC", "oct" */
	char *n, *e;  /* RSA, base64url */
	char *crv, *x, *y;
	char *pem; /* SubjectPublicKeyInfo as bare base64, Keycloak's public_key; NULL for oct
		    */
	_Atomic bool published; /* in the JWKS? */
	struct key *next;	/* the older one */
	void *secret; /* private to keys.c: EVP_PKEY, prepared EVP_MD_CTX, HMAC bytes */
};

/* A self-signed certificate of a key; members are NULL when the key type has none. */
struct key_certificate {
	char *x5c;	/* base64 DER */
	char *x5t;	/* base64url SHA-1 of it */
	char *x5t_s256; /* base64url SHA-256 of it */
};
/* Made when it is first asked for: it costs a signature. Thread-safe; lives as long as k. */
const struct key_certificate *key_certificate(const struct key *k);

struct keys;

struct keys_options {
	const char *name; /* "keycloak/platform": which of the fixed keys, and the place in
			     `file` */
	const char *file; /* signing keys of earlier runs, made when absent; NULL: the built-in
			     ones */
	enum kid_style kid;
	const char *alg;     /* of the first key; NULL: "RS256" */
	bool encryption_key; /* also publish an RSA-OAEP key, before the signing key (Keycloak)
			      */
	struct rng *rng;
};

struct keys *keys_new(const struct keys_options *o, struct err *err) MUST_CHECK;
void keys_free(struct keys *k); /* takes NULL */
/* The key that signs now with alg; NULL alg: the tenant's own. Makes an ES256 or a HS512 key
 * on first use. Never NULL for RS256, ES256, HS256, HS512. */
const struct key *keys_current(struct keys *k, const char *alg);
/* Newest first; walk with ->next. For the JWKS and for finding by kid. */
const struct key *keys_first(struct keys *k);
const struct key *keys_find(struct keys *k, const char *kid);
/* A new current key of the tenant's algorithm. The old ones stay published. */
const struct key *keys_rotate(struct keys *k, bool publish, struct err *err);
/* Withdraws every key but the current one from the JWKS. */
void keys_retire_old(struct keys *k);
/* The name of keys_options, and how often keys_rotate() was called. */
const char *keys_name(const struct keys *k);
size_t keys_rotations(struct keys *k);
/* Bytes that follow from the oldest signing key: the same wherever that key is. */
void keys_secret(struct keys *k, const char *label, unsigned char ret[64]);
/* Keys that must not be trusted, for forged tokens. Borrowed as the others; never in a JWKS
 * that is right. */
enum key_trick {
	KEY_OTHER,	  /* a stranger's RS256 key that bears the kid of the current one */
	KEY_UNPUBLISHED,  /* an RS256 key with a kid of its own that no JWKS has */
	KEY_HS256_PUBLIC, /* the current public key in PEM, taken for an HMAC secret */
};
const struct key *keys_trick(struct keys *k, enum key_trick trick);
/* Signs text and appends the raw signature as base64url; ES256 as R||S (RFC 7518, 3.4). No lock
 * is held while signing. */
void key_sign(const struct key *key, const void *text, size_t n, struct buf *out);
bool key_verify(const struct key *key, const void *text, size_t n, const void *sig,
		size_t sig_n);
