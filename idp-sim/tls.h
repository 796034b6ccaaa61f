/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls.h - a certificate for the simulator, of one's own or made on the spot.
 *
 * A directory holds cert.pem, key.pem and ca.pem. What is missing is made: a CA that signs
 * one certificate and whose own key is then thrown away, so that a CA which somebody trusted
 * for a test can never sign anything else. Clients are pointed to ca.pem: SSL_CERT_FILE
 * (OpenSSL, Go), REQUESTS_CA_BUNDLE (Python requests), NODE_EXTRA_CA_CERTS (Node),
 * CURL_CA_BUNDLE, or a Java trust store (keytool -importcert).
 */
#pragma once

#include "idp-sim/base/err.h"

struct tls {
	char *ca_file;	/* NULL: the directory has a certificate and no ca.pem */
	char *cert_pem; /* text: the chain */
	char *key_pem;
	char *temporary; /* directory that tls_done() removes; NULL: none */
};

/* dir NULL: a temporary directory. names: host names and addresses besides localhost,
 * 127.0.0.1 and ::1; NULL-ended; may be NULL. */
bool tls_init(struct tls *t, const char *dir, const char *const *names,
	      struct err *err) MUST_CHECK;
/* A temporary one that ended yesterday, for clients that must notice. */
bool tls_init_expired(struct tls *t, const char *const *names, struct err *err) MUST_CHECK;
void tls_done(struct tls *t);
