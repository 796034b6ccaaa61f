/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http2.h - requests over HTTP/2, by prior knowledge (RFC 9113, 3.3) or, at an https URL, by
 * ALPN (3.2).
 *
 * Names and values go out as they are given, in that order, pseudo-fields among them: what a
 * client library would refuse to send is what a row wants to send.
 */
#pragma once

#include "suites/kit/door.h"

struct http2_field {
	const char *name; /* ":path"; NULL ends a list */
	const char *value;
	size_t value_n; /* 0: strlen(value) */
};

struct http2_ask {
	const struct http2_field *fields;
	const char *body;		    /* NULL: the stream ends with the header section */
	const struct http2_field *trailers; /* behind the body; NULL: none */
	const struct http2_ask *first; /* on the same connection, answered before; NULL: none */
};

/* One stream on a connection of its own. An answer has status and reached; status 0 is a stream or
 * connection that was reset. A target behind TLS that does not choose h2 is BROKEN. */
const struct answer *request_http2(struct run *run, const struct http2_ask *ask);
