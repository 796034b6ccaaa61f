/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/tls.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "idp-sim/base/file.h"
#include "idp-sim/keys-private.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <unistd.h>

/* Apple's clients refuse certificates that are valid for longer than 825 days. */
enum { DAY_S = 86400, VALID_DAYS = 820, PEM_LIMIT = 1 << 20 };

AUTO_KIND(X509, X509, X509_free);
AUTO_KIND(BIO, BIO, BIO_free_all);

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool good = e && X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
	return good;
}

/* "DNS:localhost,IP:127.0.0.1,IP:::1,..." */
static char *alternatives(const char *const *names)
{
	AUTO_BUF out = { 0 };
	unsigned char raw[16];

	buf_str(&out, "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1");
	for (; names && *names; names++) {
		bool ip = inet_pton(AF_INET, *names, raw) == 1 ||
			  inet_pton(AF_INET6, *names, raw) == 1;
		if (**names && !strpbrk(*names, ", \t"))
			buf_printf(&out, ",%s:%s", ip ? "IP" : "DNS", *names);
	}
	return buf_take(&out);
}

static bool set_serial(X509 *cert)
{
	unsigned char raw[16];

	if (RAND_bytes(raw, sizeof(raw)) != 1)
		return false;
	raw[0] &= 0x7f;
	BIGNUM *n = BN_bin2bn(raw, sizeof(raw), NULL);
	bool good = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
	BN_free(n);
	return good;
}

/* A certificate of pkey, good for that many days; issuer NULL: it signs itself. */
static X509 *new_cert(EVP_PKEY *pkey, const char *cn, X509 *issuer, EVP_PKEY *signer,
		      const char *names, int days)
{
	AUTO(X509) X509 *cert = X509_new();
	time_t now = (time_t)clk_now(NULL);

	if (!cert || !set_serial(cert))
		return NULL;
	X509_set_version(cert, X509_VERSION_3);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
				   (const unsigned char *)cn, -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer : cert));
	X509_time_adj_ex(X509_getm_notBefore(cert), -2, 0, &now);
	X509_time_adj_ex(X509_getm_notAfter(cert), days, 0, &now);
	X509_set_pubkey(cert, pkey);
	X509 *from = issuer ? issuer : cert;
	if (!add_extension(cert, from, NID_basic_constraints,
			   issuer ? "critical,CA:FALSE" : "critical,CA:TRUE,pathlen:0") ||
	    !add_extension(cert, from, NID_key_usage,
			   issuer ? "critical,digitalSignature"
				  : "critical,keyCertSign,cRLSign") ||
	    !add_extension(cert, from, NID_subject_key_identifier, "hash"))
		return NULL;
	if (issuer && (!add_extension(cert, from, NID_authority_key_identifier, "keyid") ||
		       !add_extension(cert, from, NID_ext_key_usage, "serverAuth") ||
		       !add_extension(cert, from, NID_subject_alt_name, names)))
		return NULL;
	return X509_sign(cert, signer, EVP_sha256()) ? MOVE(cert) : NULL;
}

static char *cert_text(X509 *cert)
{
	AUTO(BIO) BIO *out = BIO_new(BIO_s_mem());
	AUTO_BUF text = { 0 };
	char *p = NULL;

	if (!out || !PEM_write_bio_X509(out, cert))
		return NULL;
	long n = BIO_get_mem_data(out, &p);
	buf_add(&text, p, (size_t)n);
	return buf_take(&text);
}

static char *key_text(EVP_PKEY *pkey)
{
	AUTO(BIO) BIO *out = BIO_new(BIO_s_mem());
	AUTO_BUF text = { 0 };
	char *p = NULL;

	if (!out || !PEM_write_bio_PKCS8PrivateKey(out, pkey, NULL, NULL, 0, NULL, NULL))
		return NULL;
	long n = BIO_get_mem_data(out, &p);
	buf_add(&text, p, (size_t)n);
	return buf_take(&text);
}

static char *in_dir(const char *dir, const char *name)
{
	AUTO_BUF path = { 0 };

	buf_printf(&path, "%s/%s", dir, name);
	return buf_take(&path);
}

static bool save(const char *dir, const char *name, const char *text, unsigned mode,
		 struct err *err)
{
	AUTO(char) char *path = in_dir(dir, name);

	return file_write(path, text, strlen(text), mode, err);
}

static bool make(const char *dir, const char *const *names, int days, struct err *err)
{
	AUTO(EVP_PKEY) EVP_PKEY *ca_key = EVP_EC_gen("P-256");
	AUTO(EVP_PKEY) EVP_PKEY *key = EVP_EC_gen("P-256");
	AUTO(char) char *all = alternatives(names);
	if (!ca_key || !key)
		return fail_openssl(err, "cannot make a key");
	AUTO(X509)
	X509 *ca = new_cert(ca_key, "idp-sim test CA", NULL, ca_key, NULL, VALID_DAYS);
	AUTO(X509) X509 *cert = ca ? new_cert(key, "idp-sim", ca, ca_key, all, days) : NULL;
	if (!cert)
		return fail_openssl(err, "cannot make a certificate");
	AUTO(char) char *ca_pem = cert_text(ca);
	AUTO(char) char *cert_pem = cert_text(cert);
	AUTO(char) char *key_pem = key_text(key);
	if (!ca_pem || !cert_pem || !key_pem)
		return fail_openssl(err, "cannot write a certificate");
	return save(dir, "key.pem", key_pem, 0600, err) &&
	       save(dir, "ca.pem", ca_pem, 0644, err) &&
	       save(dir, "cert.pem", cert_pem, 0644, err);
}

/* Whether the certificate still holds for a day; one that does not is made anew when it was
 * ours, which a ca.pem beside it says. */
static bool still_good(const char *path)
{
	AUTO(char) char *text = NULL;
	size_t n;
	struct err err;
	time_t tomorrow = (time_t)clk_now(NULL) + DAY_S;

	if (!file_read(path, PEM_LIMIT, &text, &n, &err))
		return false;
	AUTO(BIO) BIO *in = BIO_new_mem_buf(text, (int)n);
	AUTO(X509) X509 *cert = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	return cert && X509_cmp_time(X509_get0_notAfter(cert), &tomorrow) > 0;
}

static bool read_all(struct tls *t, const char *dir, struct err *err)
{
	AUTO(char) char *cert = in_dir(dir, "cert.pem");
	AUTO(char) char *key = in_dir(dir, "key.pem");
	AUTO(char) char *ca = in_dir(dir, "ca.pem");
	size_t n;

	if (!file_read(cert, PEM_LIMIT, &t->cert_pem, &n, err) ||
	    !file_read(key, PEM_LIMIT, &t->key_pem, &n, err))
		return false;
	if (!access(ca, R_OK))
		t->ca_file = MOVE(ca);
	return true;
}

static bool prepare(struct tls *t, const char *dir, const char *const *names, struct err *err)
{
	AUTO(char) char *cert = in_dir(dir, "cert.pem");
	AUTO(char) char *ca = in_dir(dir, "ca.pem");
	bool given = !access(cert, F_OK);
	bool ours = !access(ca, F_OK);

	if (given && !ours && !still_good(cert))
		return fail(err, ERR_INPUT,
			    "%s: the certificate is broken or expires within a day", cert);
	if (!given || (ours && !still_good(cert)))
		if (!make(dir, names, VALID_DAYS, err))
			return false;
	return read_all(t, dir, err);
}

static bool make_temporary(struct tls *t, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	AUTO_BUF path = { 0 };

	*t = (struct tls) { 0 };
	buf_printf(&path, "%s/idp-sim-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	t->temporary = buf_take(&path);
	if (mkdtemp(t->temporary))
		return true;
	fail_errno(err, "cannot make %s", t->temporary);
	tls_done(t);
	return false;
}

bool tls_init(struct tls *t, const char *dir, const char *const *names, struct err *err)
{
	*t = (struct tls) { 0 };
	if (dir ? !file_mkdirs(dir, 0700, err) : !make_temporary(t, err))
		return false;
	dir = dir ? dir : t->temporary;
	if (prepare(t, dir, names, err))
		return true;
	err_note(err, "TLS in '%s'", dir);
	tls_done(t);
	return false;
}

bool tls_init_expired(struct tls *t, const char *const *names, struct err *err)
{
	if (!make_temporary(t, err))
		return false;
	if (make(t->temporary, names, -1, err) && read_all(t, t->temporary, err))
		return true;
	tls_done(t);
	return false;
}

void tls_done(struct tls *t)
{
	if (t->temporary)
		file_remove_tree(t->temporary);
	free(t->ca_file);
	free(t->cert_pem);
	free(t->key_pem);
	free(t->temporary);
	*t = (struct tls) { 0 };
}
