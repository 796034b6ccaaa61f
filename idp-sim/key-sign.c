/* SPDX-License-Identifier: Apache-2.0 */
/* Signing with prepared keys, verifying with ours and with those of others. */
#include "idp-sim/keys-private.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/base/hash.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { EC_HALF = 32, MAX_SIGNATURE = 1024 };

AUTO_KIND(ECDSA_SIG, ECDSA_SIG, ECDSA_SIG_free);
AUTO_KIND(EVP_PKEY_CTX, EVP_PKEY_CTX, EVP_PKEY_CTX_free);
AUTO_KIND(OSSL_PARAM_BLD, OSSL_PARAM_BLD, OSSL_PARAM_BLD_free);
AUTO_KIND(OSSL_PARAM, OSSL_PARAM, OSSL_PARAM_free);
AUTO_KIND(BIGNUM, BIGNUM, BN_free);

static bool is(const char *alg, const char *name)
{
	return !strcmp(alg, name);
}

/* One INTEGER of DER as EC_HALF bytes: it has a zero in front where its first bit is set, and
 * none where it is small. Returns what stands behind it. */
static const unsigned char *half(const unsigned char *der, unsigned char *ret)
{
	size_t n = der[1];
	const unsigned char *digits = der + 2, *end = digits + n;

	if (n > EC_HALF)
		digits = end - EC_HALF, n = EC_HALF;
	memset(ret, 0, EC_HALF - n);
	memcpy(ret + EC_HALF - n, digits, n);
	return end;
}

/* A SEQUENCE of two INTEGERs, as OpenSSL has just made it, to R||S (RFC 7518, 3.4). */
static size_t ec_raw(unsigned char *sig)
{
	unsigned char raw[2 * EC_HALF];

	half(half(sig + 2, raw), raw + EC_HALF);
	memcpy(sig, raw, sizeof(raw));
	return sizeof(raw);
}

/* R||S to DER; the caller OPENSSL_free()s *ret. */
static int ec_der(const unsigned char *sig, size_t n, unsigned char **ret)
{
	AUTO(ECDSA_SIG) ECDSA_SIG *parts = ECDSA_SIG_new();

	*ret = NULL;
	if (!parts || n != 2 * (size_t)EC_HALF ||
	    !ECDSA_SIG_set0(parts, BN_bin2bn(sig, EC_HALF, NULL),
			    BN_bin2bn(sig + EC_HALF, EC_HALF, NULL)))
		return 0;
	return i2d_ECDSA_SIG(parts, ret);
}

static size_t mac(const struct key *k, const void *text, size_t n, unsigned char *ret)
{
	const struct key_material *m = k->secret;
	enum hash which = is(k->alg, "HS512") ? HASH_SHA512 : HASH_SHA256;

	return hash_hmac(which, m->mac, m->mac_n, text, n, ret);
}

/* What a thread signs with, prepared once: it costs less to use again than a copy of it does. A
 * context holds its key, so that no other key can be at the same address. */
enum { CONTEXTS = 8 };
struct signer {
	EVP_PKEY_CTX *contexts[CONTEXTS];
	unsigned next; /* the one that makes room */
};

static pthread_key_t signer_key;
static pthread_once_t signer_once = PTHREAD_ONCE_INIT;

static void signer_free(void *p)
{
	struct signer *s = p;

	for (int i = 0; i < CONTEXTS; i++)
		EVP_PKEY_CTX_free(s->contexts[i]);
	free(s);
}

static void prepare_signers(void)
{
	if (pthread_key_create(&signer_key, signer_free))
		abort();
}

static struct signer *signer_of_thread(void)
{
	struct signer *s;

	pthread_once(&signer_once, prepare_signers);
	s = pthread_getspecific(signer_key);
	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s || pthread_setspecific(signer_key, s))
		abort();
	return s;
}

static EVP_PKEY_CTX *context_of(struct signer *s, EVP_PKEY *pkey)
{
	for (int i = 0; i < CONTEXTS; i++)
		if (s->contexts[i] && EVP_PKEY_CTX_get0_pkey(s->contexts[i]) == pkey)
			return s->contexts[i];
	EVP_PKEY_CTX **place = &s->contexts[s->next++ % CONTEXTS];
	EVP_PKEY_CTX_free(*place);
	*place = EVP_PKEY_CTX_new(pkey, NULL);
	if (!*place || EVP_PKEY_sign_init(*place) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(*place, EVP_sha256()) != 1)
		abort(); /* only memory can be gone */
	return *place;
}

static size_t sign(const struct key *k, const void *text, size_t n, unsigned char *ret)
{
	const struct key_material *m = k->secret;
	struct signer *s = signer_of_thread();
	unsigned char hash[SHA256_BYTES];
	size_t len = MAX_SIGNATURE;

	hash_sha256(text, n, hash);
	if (EVP_PKEY_sign(context_of(s, m->pkey), ret, &len, hash, sizeof(hash)) != 1)
		abort(); /* a key that can be described can sign: only memory can be gone */
	return is(k->kty, "EC") ? ec_raw(ret) : len;
}

void key_sign(const struct key *k, const void *text, size_t n, struct buf *out)
{
	unsigned char sig[MAX_SIGNATURE];
	size_t len = is(k->kty, "oct") ? mac(k, text, n, sig) : sign(k, text, n, sig);

	buf_b64url(out, sig, len);
}

static bool verify(const struct key *k, const void *text, size_t n, const void *sig,
		   size_t sig_n)
{
	const struct key_material *m = k->secret;
	AUTO(EVP_MD_CTX) EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	return ctx && EVP_MD_CTX_copy_ex(ctx, m->verify) == 1 &&
	       EVP_DigestVerify(ctx, sig, sig_n, text, n) == 1;
}

bool key_verify(const struct key *k, const void *text, size_t n, const void *sig, size_t sig_n)
{
	unsigned char mine[EVP_MAX_MD_SIZE], *der;

	if (is(k->kty, "oct")) {
		size_t len = mac(k, text, n, mine);
		return len == sig_n && !CRYPTO_memcmp(mine, sig, len);
	}
	if (is(k->kty, "RSA"))
		return verify(k, text, n, sig, sig_n);
	int len = ec_der(sig, sig_n, &der);
	bool good = len > 0 && verify(k, text, n, der, (size_t)len);
	OPENSSL_free(der);
	return good;
}

/* ---- public keys of others ---- */

static BIGNUM *number(const json_t *jwk, const char *member)
{
	const char *text = conf_str(jwk, member, "");
	unsigned char raw[1024 * 3 / 4 + 3];
	size_t n = strlen(text);
	long len = n && n <= 1024 ? b64_decode(text, n, raw) : -1;

	return len > 0 ? BN_bin2bn(raw, (int)len, NULL) : NULL;
}

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *build)
{
	AUTO(EVP_PKEY_CTX) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	AUTO(OSSL_PARAM) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
	EVP_PKEY *pkey = NULL;

	if (ctx && params && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	return pkey;
}

static EVP_PKEY *rsa_public(const json_t *jwk)
{
	AUTO(OSSL_PARAM_BLD) OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	AUTO(BIGNUM) BIGNUM *n = number(jwk, "n");
	AUTO(BIGNUM) BIGNUM *e = number(jwk, "e");

	if (!build || !n || !e || !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) ||
	    !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
		return NULL;
	return from_params("RSA", build);
}

static EVP_PKEY *ec_public(const json_t *jwk)
{
	AUTO(OSSL_PARAM_BLD) OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	AUTO(BIGNUM) BIGNUM *x = number(jwk, "x");
	AUTO(BIGNUM) BIGNUM *y = number(jwk, "y");
	unsigned char point[1 + 2 * EC_HALF] = { 4 };

	if (!build || !x || !y || !is(conf_str(jwk, "crv", ""), "P-256") ||
	    BN_bn2binpad(x, point + 1, EC_HALF) < 0 ||
	    BN_bn2binpad(y, point + 1 + EC_HALF, EC_HALF) < 0)
		return NULL;
	OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
	OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point));
	return from_params("EC", build);
}

EVP_PKEY *jwk_public(const json_t *jwk)
{
	const char *kty = conf_str(jwk, "kty", "");

	if (is(kty, "RSA"))
		return rsa_public(jwk);
	return is(kty, "EC") ? ec_public(jwk) : NULL;
}

/* The algorithms of RFC 7518 that a client may sign an assertion with. */
static const struct {
	const char *name, *type, *digest;
	bool pss;
} algorithms[] = {
	{ "RS256", "RSA", "SHA256", false }, { "RS384", "RSA", "SHA384", false },
	{ "RS512", "RSA", "SHA512", false }, { "PS256", "RSA", "SHA256", true },
	{ "PS384", "RSA", "SHA384", true },  { "PS512", "RSA", "SHA512", true },
	{ "ES256", "EC", "SHA256", false },
};

static bool digest_verify(EVP_PKEY *pkey, const char *digest, bool pss, const void *text,
			  size_t n, const void *sig, size_t sig_n)
{
	AUTO(EVP_MD_CTX) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL; /* owned by ctx */

	if (!ctx ||
	    EVP_DigestVerifyInit(ctx, &pctx, EVP_get_digestbyname(digest), NULL, pkey) != 1)
		return false;
	if (pss && (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) != 1 ||
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) != 1))
		return false;
	return EVP_DigestVerify(ctx, sig, sig_n, text, n) == 1;
}

bool pkey_verify(EVP_PKEY *pkey, const char *alg, const void *text, size_t n, const void *sig,
		 size_t sig_n)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if (!is(algorithms[i].name, alg) || !EVP_PKEY_is_a(pkey, algorithms[i].type))
			continue;
		if (is(algorithms[i].type, "RSA"))
			return digest_verify(pkey, algorithms[i].digest, algorithms[i].pss,
					     text, n, sig, sig_n);
		unsigned char *der;
		int len = ec_der(sig, sig_n, &der);
		bool good = len > 0 && digest_verify(pkey, algorithms[i].digest, false, text, n,
						     der, (size_t)len);
		OPENSSL_free(der);
		return good;
	}
	return false;
}
