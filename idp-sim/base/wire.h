/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire.h - an HTTP/1.1 client that sends exactly the bytes it is given.
 *
 * Nothing is normalised, added or followed; no proxy variable is read. For requests that a
 * good client library refuses to send, and for idp-sim, which does without libcurl.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "idp-sim/base/err.h"

#include <stdint.h>

struct wire_to {
	const char *host;
	int port;
	bool tls;
	const char *ca_file;   /* PEM; NULL: the system's */
	const char *sni;       /* NULL: host */
	const char *cert_file; /* client certificate and key, PEM; NULL: none */
	const char *key_file;
	const char *alpn;      /* protocol that the peer must choose, "h2"; NULL: none is named */
	bool insecure;         /* do not verify the server */
	int timeout_ms;        /* whole exchange; 0: 10 s */
	size_t limit;          /* of the answer; 0: 8 MiB */
	bool no_body;          /* the request was HEAD: do not wait for a body */
	bool to_the_end;       /* read on behind the first answer, into raw, until the peer closes */
};

struct wire_header {
	char *name;
	char *value;
};

struct wire_answer {
	int status;           /* of the final answer; 0 when none came */
	int interim;          /* count of 1xx answers before it */
	struct wire_header *headers;
	size_t n_headers;
	char *body;           /* de-chunked, NUL added */
	size_t body_len;
	bool truncated;       /* the peer closed before the promised end */
	bool timed_out;
	char *raw;            /* all received bytes */
	size_t raw_len;
	int64_t took_us;
};

/* A connection for what is no HTTP/1.1; NULL with ERR_NETWORK when there is none in time. */
struct wire_line;
struct wire_line *wire_open(const struct wire_to *to, struct err *err) MUST_CHECK;
bool wire_say(struct wire_line *l, const void *p, size_t n); /* all of it, or false */
/* Bytes read (at least 1), 0 at the end, -1 after timeout_ms. */
long wire_hear(struct wire_line *l, void *p, size_t n, int timeout_ms);
void wire_close(struct wire_line *l); /* takes NULL */

/* Connects, sends n bytes, reads one answer. False only when there was no connection; a peer that closes without an
 * answer gives true and status 0. */
bool wire_exchange(const struct wire_to *to, const void *bytes, size_t n, struct wire_answer *ret,
		   struct err *err) MUST_CHECK;
void wire_answer_done(struct wire_answer *a);
/* First value, any letter case, or NULL. */
const char *wire_header(const struct wire_answer *a, const char *name);
/* One well-formed request from parts; headers are "Name: value" lines, NULL-ended, may be
 * NULL. Host, Connection: close and Content-Length are added. */
bool wire_request(const char *method, const char *url, const char *const *headers,
		  const void *body, size_t n, const struct wire_to *options,
		  struct wire_answer *ret, struct err *err) MUST_CHECK;

#define AUTO_ANSWER __attribute__((cleanup(wire_answer_done))) struct wire_answer
