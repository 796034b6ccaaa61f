/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay.h - TLS in front of a plain listener of the lab.
 *
 * A target that runs somewhere else may speak TLS only. The relay takes its connections,
 * does the handshake, and passes the bytes on to a part on loopback, which so keeps seeing
 * every byte as it came. A part that refuses connections or sends RST does so through the
 * relay as well.
 */
#pragma once

#include "idp-sim/base/err.h"

#include <stddef.h>

struct relay;

struct relay_options {
	const char *listen;    /* "10.0.0.1:9443" */
	const char *to;	       /* "http://127.0.3.1:41873": the plain listener */
	const char *cert_file; /* PEM: the chain */
	const char *key_file;
};

/* ERR_INPUT for a certificate or key that cannot be used. */
struct relay *relay_start(const struct relay_options *o, struct err *err) MUST_CHECK;
void relay_stop(struct relay *r);		  /* takes NULL */
const char *relay_address(const struct relay *r); /* "10.0.0.1:9443" */
/* Why the last handshake failed ("tlsv1 alert unknown ca": the peer does not trust the
 * certificate), in buf; false when none failed. */
bool relay_refusal(struct relay *r, char *buf, size_t n);
