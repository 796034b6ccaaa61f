/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sock.h - plain TCP listeners, for the parts that must see and send raw bytes.
 *
 * Every connection has a thread of its own, so a handler may block. Descriptors are
 * close-on-exec. Stopping shuts every open connection down, so that a handler blocked in
 * sock_read() or sock_write() returns.
 */
#pragma once

#include "idp-sim/base/err.h"

#include <stddef.h>

struct sock_server;

/* Serves one connection; fd is closed after it returns. */
typedef void sock_handler(void *ctx, int fd);

/* listen is "127.0.3.1:0" (0: any free port) or a bare address; NULL is 127.0.0.1. */
struct sock_server *sock_serve(const char *listen, sock_handler *handle, void *ctx,
			       struct err *err) MUST_CHECK;
void sock_stop(struct sock_server *s);		       /* waits for handlers; takes NULL */
const char *sock_address(const struct sock_server *s); /* "127.0.3.1:41873" */
const char *sock_origin(const struct sock_server *s);  /* "http://127.0.3.1:41873" */
/* Closes the listening socket, so that connects are refused, or opens it again at the same
 * address. Open connections are shut down when it closes. */
bool sock_refuse(struct sock_server *s, bool refuse, struct err *err) MUST_CHECK;
/* Waits for ms milliseconds or until the server stops; false when it stops. */
bool sock_pause(struct sock_server *s, int ms);

/* A connection to an IPv4 address or a name; -1 with ERR_NETWORK when there is none in time. */
int sock_dial(const char *host, int port, int timeout_ms, struct err *err) MUST_CHECK;
/* Bytes read (at least 1), 0 at the end of the stream, -1 on error or after timeout_ms. */
long sock_read(int fd, void *p, size_t n, int timeout_ms);
/* All of it, or false. */
bool sock_write(int fd, const void *p, size_t n);
/* Makes close() send RST instead of FIN. */
void sock_reset_on_close(int fd);
