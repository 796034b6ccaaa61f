/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/rng.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

__extension__ typedef unsigned __int128 wide;

/* splitmix64: one independent, well-mixed word for each counter value. */
static uint64_t mixed(uint64_t seed, uint64_t counter)
{
	uint64_t z = seed + counter * 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* The system is asked for many words at once: a system call for each of the twenty letters of
 * a request id is a fifth of what an answer costs. A forked child starts afresh. */
enum { POOL_WORDS = 32 };

static _Atomic unsigned forks;
static pthread_once_t watched = PTHREAD_ONCE_INIT;

static void count_fork(void)
{
	forks++;
}

static void watch_forks(void)
{
	pthread_atfork(NULL, NULL, count_fork);
}

static uint64_t from_system(void)
{
	static _Thread_local struct {
		uint64_t words[POOL_WORDS];
		size_t left;
		unsigned forks;
	} pool;

	if (!pool.left || pool.forks != forks) {
		pthread_once(&watched, watch_forks);
		if (getrandom(pool.words, sizeof(pool.words), 0) != sizeof(pool.words))
			abort();
		pool.left = POOL_WORDS;
		pool.forks = forks;
	}
	uint64_t word = pool.words[--pool.left];
	pool.words[pool.left] = 0;
	return word;
}

static uint64_t next(struct rng *r)
{
	return r->seed ? mixed(r->seed, ++r->counter) : from_system();
}

void rng_bytes(struct rng *r, void *p, size_t n)
{
	char *to = p;

	while (n) {
		uint64_t word = next(r);
		size_t part = n < sizeof(word) ? n : sizeof(word);

		memcpy(to, &word, part);
		to += part;
		n -= part;
	}
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	return (uint64_t)(((wide)next(r) * n) >> 64);
}

void rng_uuid(struct rng *r, char ret[UUID_LEN + 1])
{
	unsigned char b[16];

	rng_bytes(r, b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	uuid_text(b, ret);
}

void uuid_text(const unsigned char b[16], char ret[UUID_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*ret++ = '-';
		*ret++ = digits[b[i] >> 4];
		*ret++ = digits[b[i] & 15];
	}
	*ret = 0;
}

void rng_text(struct rng *r, const char *alphabet, size_t n, char *ret)
{
	size_t letters = strlen(alphabet);

	for (size_t i = 0; i < n; i++)
		ret[i] = alphabet[rng_below(r, letters)];
	ret[n] = 0;
}
