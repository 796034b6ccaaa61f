/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rng.h - ids and codes. With a seed the sequence is the same in every run; without one it
 * comes from the system. Thread-safe. Never used for a key that protects anything real.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct rng {
	_Atomic uint64_t counter;
	uint64_t seed; /* 0: the system's randomness */
};

void rng_bytes(struct rng *r, void *p, size_t n);
uint64_t rng_below(struct rng *r, uint64_t n); /* 0 .. n-1 */
enum { UUID_LEN = 36 };
void rng_uuid(struct rng *r, char ret[UUID_LEN + 1]); /* version 4, lower case */
void uuid_text(const unsigned char b[16], char ret[UUID_LEN + 1]);
/* n characters drawn from alphabet, and a NUL. */
void rng_text(struct rng *r, const char *alphabet, size_t n, char *ret);
