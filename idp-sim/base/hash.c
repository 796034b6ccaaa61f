/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdlib.h>

/* Prepared by a thread. */
struct hasher {
	EVP_MD_CTX *digest;
	EVP_MAC_CTX *macs[HASH_N];
};

static pthread_key_t hasher_key;
static pthread_once_t hasher_once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256; /* until the process ends, as is the next */
static EVP_MAC *hmac;

static void hasher_free(void *p)
{
	struct hasher *h = p;

	for (int i = 0; i < HASH_N; i++)
		EVP_MAC_CTX_free(h->macs[i]);
	EVP_MD_CTX_free(h->digest);
	free(h);
}

static void prepare(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	if (!sha256 || !hmac || pthread_key_create(&hasher_key, hasher_free))
		abort();
}

static EVP_MAC_CTX *mac_new(enum hash which)
{
	static char names[HASH_N][8] = { "SHA256", "SHA512" };
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, names[which], 0),
		OSSL_PARAM_construct_end(),
	};

	if (!ctx || EVP_MAC_CTX_set_params(ctx, params) != 1)
		abort();
	return ctx;
}

static struct hasher *hasher_of_thread(void)
{
	struct hasher *h;

	pthread_once(&hasher_once, prepare);
	h = pthread_getspecific(hasher_key);
	if (h)
		return h;
	h = calloc(1, sizeof(*h));
	if (!h || !(h->digest = EVP_MD_CTX_new()) || pthread_setspecific(hasher_key, h))
		abort();
	for (int i = 0; i < HASH_N; i++)
		h->macs[i] = mac_new((enum hash)i);
	return h;
}

void hash_sha256(const void *p, size_t n, unsigned char ret[SHA256_BYTES])
{
	struct hasher *h = hasher_of_thread();

	if (EVP_DigestInit_ex2(h->digest, sha256, NULL) != 1 ||
	    EVP_DigestUpdate(h->digest, p, n) != 1 ||
	    EVP_DigestFinal_ex(h->digest, ret, NULL) != 1)
		abort();
}

size_t hash_hmac(enum hash which, const void *key, size_t key_n, const void *p, size_t n,
		 unsigned char *ret)
{
	EVP_MAC_CTX *ctx = hasher_of_thread()->macs[which];
	size_t len = which == HASH_SHA512 ? SHA512_BYTES : SHA256_BYTES;

	if (EVP_MAC_init(ctx, key, key_n, NULL) != 1 || EVP_MAC_update(ctx, p, n) != 1 ||
	    EVP_MAC_final(ctx, ret, &len, len) != 1)
		abort();
	return len;
}
