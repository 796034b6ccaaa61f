/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hash.h - SHA-256 (FIPS 180-4) and HMAC (RFC 2104) of bytes in memory.
 *
 * A thread prepares what OpenSSL wants once: looking a digest up by its name costs several times
 * what it costs to hash a token. Where memory is exhausted the process aborts.
 */
#pragma once

#include <stddef.h>

enum hash { HASH_SHA256, HASH_SHA512, HASH_N };
enum { SHA256_BYTES = 32, SHA512_BYTES = 64 };

void hash_sha256(const void *p, size_t n, unsigned char ret[SHA256_BYTES]);
/* Fills SHA256_BYTES or SHA512_BYTES of ret; returns how many. */
size_t hash_hmac(enum hash which, const void *key, size_t key_n, const void *p, size_t n,
		 unsigned char *ret);
