/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/places.h"

#include "suites/kit/relay.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/url.h"
#include "idp-sim/tls.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { MAX_PLACES = 8 };

typedef struct x509_st x509;
AUTO_KIND(x509, x509, X509_free);

static const struct lab_place *find(const struct lab *l, const char *part)
{
	static const struct lab_place none = { 0 };

	for (const struct lab_place *p = l->o.places; p && p->part; p++)
		if (strcmp(p->part, part) == 0)
			return p;
	return &none;
}

static bool has_tls(const struct lab_place *p)
{
	return p->cert_file || p->tls_dir;
}

/* The host under which the target asks for that part. */
static char *host_of(const struct lab *l, const struct lab_place *p)
{
	const char *at = p->advertise ? p->advertise : p->listen;
	const char *scheme = at ? strstr(at, "://") : NULL;
	AUTO_BUF text = { 0 };
	struct url url;
	struct err err = { 0 };

	if (!at)
		return arena_str(l->arena, l->o.address);
	buf_printf(&text, "%s%s", scheme ? "" : "https://", at);
	return arena_str(l->arena, url_parse(text.p, &url, &err) ? url.host : l->o.address);
}

static bool covers(const char *cert_pem, const char *host)
{
	BIO *in = BIO_new_mem_buf(cert_pem, -1);
	AUTO(x509) x509 *cert = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;

	BIO_free_all(in);
	return cert && (X509_check_host(cert, host, 0, 0, NULL) == 1 ||
			X509_check_ip_asc(cert, host, 0) == 1);
}

bool places_open(struct lab *l, struct err *err)
{
	const char *names[MAX_PLACES + 1] = { NULL }, *dir = NULL;
	size_t n = 0;

	for (const struct lab_place *p = l->o.places; p && p->part && n < MAX_PLACES; p++) {
		if (!p->tls_dir)
			continue;
		dir = p->tls_dir;
		names[n++] = host_of(l, p);
	}
	if (!dir)
		return true;
	if (!tls_init(&l->tls, dir, names, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!covers(l->tls.cert_pem, names[i]))
			return fail(err, ERR_INPUT,
				    "%s/cert.pem is not for host '%s': remove that folder to "
				    "have certificates made anew, and let the target trust the "
				    "new ca.pem",
				    dir, names[i]);
	return true;
}

void places_close(struct lab *l)
{
	tls_done(&l->tls);
}

const char *place_listen(const struct lab *l, const char *part)
{
	const struct lab_place *p = find(l, part);

	return p->listen && !has_tls(p) ? p->listen
					: arena_printf(l->arena, "%s:0", l->o.address);
}

bool place_relay(const struct lab *l, const char *part, const char *url, struct relay **ret,
		 struct err *err)
{
	const struct lab_place *p = find(l, part);
	const struct relay_options o = {
		.listen = p->listen ? p->listen : arena_printf(l->arena, "%s:0", l->o.address),
		.to = url,
		.cert_file = p->cert_file ? p->cert_file
					  : arena_printf(l->arena, "%s/cert.pem",
							 p->tls_dir ? p->tls_dir : ""),
		.key_file = p->key_file ? p->key_file
					: arena_printf(l->arena, "%s/key.pem",
						       p->tls_dir ? p->tls_dir : ""),
	};

	if (!has_tls(p))
		return true;
	*ret = relay_start(&o, err);
	return *ret ? true : err_note(err, "lab listener '%s'", part);
}

const char *place_seen(const struct lab *l, const char *part, const char *url)
{
	const struct lab_place *p = find(l, part);

	if (p->advertise)
		return p->advertise;
	return has_tls(p) && p->listen ? arena_printf(l->arena, "https://%s", p->listen) : url;
}

const char *places_ca_file(const struct lab *l)
{
	return l->tls.ca_file;
}
