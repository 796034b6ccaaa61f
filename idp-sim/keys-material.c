/* SPDX-License-Identifier: Apache-2.0 */
/* Where keys come from, and everything a JWKS can say about one. */
#include "idp-sim/keys-private.h"

#include "idp-sim/base/file.h"
#include "idp-sim/base/hash.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <string.h>

AUTO_KIND(BIO, BIO, BIO_free_all);
AUTO_KIND(X509, X509, X509_free);
AUTO_KIND(BIGNUM, BIGNUM, BN_free);

extern const struct embedded built_in_keys[];

bool fail_openssl(struct err *err, const char *what)
{
	char text[256];

	ERR_error_string_n(ERR_get_error(), text, sizeof(text));
	ERR_clear_error();
	return fail(err, ERR_CRYPTO, "%s: %s", what, text);
}

/* Most of the time that OpenSSL takes to read a key goes into finding out who can read keys: so
 * that is done once for all keys. */
static EVP_PKEY *decode_pem(const char *pem, size_t n)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	static OSSL_DECODER_CTX *decoder; /* until the process ends */
	static EVP_PKEY *read;
	const unsigned char *at = (const unsigned char *)pem;

	pthread_mutex_lock(&one_at_a_time);
	if (!decoder)
		decoder = OSSL_DECODER_CTX_new_for_pkey(&read, "PEM", "PrivateKeyInfo", NULL,
							EVP_PKEY_KEYPAIR, NULL, NULL);
	if (decoder)
		(void)OSSL_DECODER_from_data(decoder, &at, &n);
	EVP_PKEY *pkey = MOVE(read);
	pthread_mutex_unlock(&one_at_a_time);
	return pkey;
}

EVP_PKEY *key_read_pem(const char *pem, size_t n)
{
	AUTO(BIO) BIO *in = NULL;
	EVP_PKEY *pkey = decode_pem(pem, n);

	if (pkey)
		return pkey;
	ERR_clear_error();
	in = BIO_new_mem_buf(pem, (int)n);
	return in ? PEM_read_bio_PrivateKey(in, NULL, NULL, NULL) : NULL;
}

EVP_PKEY *key_built_in(const char *name)
{
	const struct embedded *e = embedded_find(built_in_keys, name);

	return e ? key_read_pem(e->text, e->n) : NULL;
}

EVP_PKEY *key_generate(const char *alg)
{
	return strcmp(alg, "ES256") ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
}

/* A big number of the key in base64url, padded to width bytes when that is not 0. */
static char *number(const EVP_PKEY *pkey, const char *name, int width)
{
	AUTO(BIGNUM) BIGNUM *bn = NULL;
	AUTO_BUF text = { 0 };
	unsigned char raw[1024];

	if (!EVP_PKEY_get_bn_param(pkey, name, &bn))
		return NULL;
	int n = width ? width : BN_num_bytes(bn);
	if (n > (int)sizeof(raw) || BN_bn2binpad(bn, raw, n) != n)
		return NULL;
	buf_b64url(&text, raw, (size_t)n);
	return buf_take(&text);
}

/* DER of the public key; the caller OPENSSL_free()s *ret. */
static int public_der(const EVP_PKEY *pkey, unsigned char **ret)
{
	*ret = NULL;
	return i2d_PUBKEY(pkey, ret);
}

char *key_public_pem(const struct key *k)
{
	const struct key_material *m = k->secret;
	AUTO(BIO) BIO *out = BIO_new(BIO_s_mem());
	AUTO_BUF text = { 0 };
	char *p = NULL;

	if (!out || !m->pkey || !PEM_write_bio_PUBKEY(out, m->pkey))
		return buf_take(&text);
	long n = BIO_get_mem_data(out, &p);
	buf_add(&text, p, n > 0 ? (size_t)n : 0);
	return buf_take(&text);
}

/* Serial, times and names are fixed, and PKCS #1 signatures have no randomness: the same key
 * has the same certificate, and so the same kid, in every process. */
static X509 *certificate(EVP_PKEY *pkey, const char *cn)
{
	AUTO(X509) X509 *cert = X509_new();

	if (!cert)
		return NULL;
	X509_NAME *name = X509_get_subject_name(cert);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1,
				   0);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	ASN1_TIME_set_string(X509_getm_notBefore(cert), "20260101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(cert), "20360101000000Z");
	X509_set_version(cert, X509_VERSION_3);
	X509_set_pubkey(cert, pkey);
	X509_set_issuer_name(cert, name);
	return X509_sign(cert, pkey, EVP_sha256()) ? MOVE(cert) : NULL;
}

static char *digest_text(const void *p, size_t n, const EVP_MD *md)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	AUTO_BUF text = { 0 };

	EVP_Digest(p, n, hash, &len, md, NULL);
	buf_b64url(&text, hash, len);
	return buf_take(&text);
}

static void certify(struct key_material *m)
{
	AUTO(X509) X509 *cert = certificate(m->pkey, m->cn);
	struct key_certificate *c = &m->certificate;
	AUTO_BUF text = { 0 };
	unsigned char *der = NULL;
	int n = cert ? i2d_X509(cert, &der) : 0;

	if (n <= 0)
		return;
	buf_b64(&text, der, (size_t)n);
	c->x5c = buf_take(&text);
	c->x5t = digest_text(der, (size_t)n, EVP_sha1());
	c->x5t_s256 = digest_text(der, (size_t)n, EVP_sha256());
	OPENSSL_free(der);
}

const struct key_certificate *key_certificate(const struct key *k)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	struct key_material *m = k->secret;

	if (strcmp(k->kty, "RSA") != 0 || m->certified)
		return &m->certificate;
	pthread_mutex_lock(&one_at_a_time);
	if (!m->certified)
		certify(m);
	m->certified = true;
	pthread_mutex_unlock(&one_at_a_time);
	return &m->certificate;
}

static void uuid_from(const unsigned char *hash, char ret[UUID_LEN + 1])
{
	snprintf(ret, UUID_LEN + 1,
		 "%02x%02x%02x%02x-%02x%02x-4%01x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6] & 15, hash[7],
		 (hash[8] & 0x3f) | 0x80, hash[9], hash[10], hash[11], hash[12], hash[13],
		 hash[14], hash[15]);
}

static bool describe_public(struct key *k, EVP_PKEY *pkey, enum kid_style kid)
{
	unsigned char hash[SHA256_BYTES], *der;
	int n = public_der(pkey, &der);
	AUTO_BUF text = { 0 };

	if (n <= 0)
		return false;
	hash_sha256(der, (size_t)n, hash);
	buf_b64(&text, der, (size_t)n);
	k->pem = buf_take(&text);
	OPENSSL_free(der);
	buf_b64url(&text, hash, sizeof(hash));
	if (kid == KID_UUID)
		uuid_from(hash, k->kid);
	else if (kid == KID_X5T && key_certificate(k)->x5t)
		snprintf(k->kid, sizeof(k->kid), "%s", key_certificate(k)->x5t);
	else
		snprintf(k->kid, sizeof(k->kid), "%s", text.p);
	return true;
}

static bool describe(struct key *k, EVP_PKEY *pkey, enum kid_style kid)
{
	if (EVP_PKEY_is_a(pkey, "EC")) {
		memcpy(k->kty, "EC", 3);
		k->crv = strdup("P-256");
		k->x = number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, 32);
		k->y = number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
		return k->x && k->y && describe_public(k, pkey, kid);
	}
	memcpy(k->kty, "RSA", 4);
	k->n = number(pkey, OSSL_PKEY_PARAM_RSA_N, 0);
	k->e = number(pkey, OSSL_PKEY_PARAM_RSA_E, 0);
	return k->n && k->e && describe_public(k, pkey, kid);
}

static struct key *key_alloc(const char *alg)
{
	struct key *k = calloc(1, sizeof(*k));
	struct key_material *m = calloc(1, sizeof(*m));

	if (!k || !m)
		abort();
	k->secret = m;
	snprintf(k->alg, sizeof(k->alg), "%s", alg);
	memcpy(k->use, strcmp(alg, "RSA-OAEP") ? "sig" : "enc", 4);
	return k;
}

static bool prepare(struct key_material *m)
{
	m->verify = EVP_MD_CTX_new();
	return m->verify &&
	       EVP_DigestVerifyInit(m->verify, NULL, EVP_sha256(), NULL, m->pkey) == 1;
}

struct key *key_new(EVP_PKEY *pkey, const char *alg, enum kid_style kid, const char *cn,
		    struct err *err)
{
	if (!pkey) {
		fail_openssl(err, "cannot make a key");
		return NULL;
	}
	struct key *k = key_alloc(alg);
	struct key_material *m = k->secret;
	m->pkey = pkey;
	snprintf(m->cn, sizeof(m->cn), "%s", cn);
	if (describe(k, pkey, kid) && prepare(m))
		return k;
	fail_openssl(err, "cannot use a key");
	key_free(k);
	return NULL;
}

struct key *key_new_hmac(const char *alg, const void *secret, size_t n)
{
	struct key *k = key_alloc(alg);
	struct key_material *m = k->secret;
	unsigned char hash[SHA256_BYTES];

	memcpy(k->kty, "oct", 4);
	m->mac_n = n < sizeof(m->mac) ? n : sizeof(m->mac);
	memcpy(m->mac, secret, m->mac_n);
	hash_sha256(secret, n, hash);
	uuid_from(hash, k->kid);
	return k;
}

void key_free(struct key *k)
{
	struct key_material *m = k->secret;
	const struct key_certificate *c = &m->certificate;
	char *texts[] = { k->n, k->e, k->crv, k->x, k->y, c->x5c, c->x5t, c->x5t_s256, k->pem };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
	EVP_MD_CTX_free(m->verify);
	EVP_PKEY_free(m->pkey);
	free(m);
	free(k);
}

void key_derive(const struct key *k, const char *label, unsigned char ret[64])
{
	const struct key_material *m = k->secret;
	unsigned char *der = NULL;
	int n = i2d_PrivateKey(m->pkey, &der);

	memset(ret, 0, 64);
	if (n > 0)
		hash_hmac(HASH_SHA512, der, (size_t)n, label, strlen(label), ret);
	OPENSSL_clear_free(der, n > 0 ? (size_t)n : 0);
}
