/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web.h - an HTTP/1.1 server; the only door to libmicrohttpd.
 *
 * A handler sees a complete request and fills a reply. With threads > 0 it runs on an epoll
 * thread and must not block (use delay_ms, or a stream); with threads == 0 every connection
 * has a thread of its own and a handler may wait for others, but there are no streams and no
 * holds.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/err.h"

#include <stdint.h>

struct web; /* a running server */

struct web_request {
	const char *method;
	const char *target; /* exactly as received: "/a/%2e?b=c" */
	const char *path;   /* target without the query, still encoded */
	const char *query;  /* still encoded, without '?'; NULL when absent */
	const char *body;   /* NUL added; never NULL */
	size_t body_len;
	bool too_large; /* the body passed body_limit and was dropped */
	bool tls;
	const char *origin;  /* web_origin() of the server that got it */
	struct arena *arena; /* lives until the reply is sent */
	void *connection;    /* private */
};

/* "127.0.0.1", in the request's arena. */
const char *web_peer(const struct web_request *rq);
/* First header of that name, any letter case; NULL when absent. */
const char *web_header(const struct web_request *rq, const char *name);
/* Calls each(ctx, name, value) for every header line, in order. */
void web_headers(const struct web_request *rq,
		 void (*each)(void *ctx, const char *name, const char *value), void *ctx);

enum web_fault {
	WEB_FAULT_NONE,
	WEB_FAULT_RESET,    /* close with RST instead of an answer */
	WEB_FAULT_TRUNCATE, /* promise the whole body, send fault_bytes of it, close */
};

struct web_reply {
	int status;
	const char *body; /* lives in the request's arena, or for ever */
	size_t body_len;
	int64_t delay_ms; /* wait that long before the first byte */
	enum web_fault fault;
	size_t fault_bytes;
	/* When not NULL the body is a stream: called until it returns -1. Returns bytes put
	 * into p, or 0 after which the connection sleeps until web_wake(). */
	long (*stream)(void *ctx, char *p, size_t max);
	void (*stream_done)(void *ctx);
	void *stream_ctx;
	void *headers;		 /* private: use web_set() */
	struct web_ready *ready; /* private: use web_send_ready() */
};

/*
 * A body that is answered again and again, and its header lines where they never differ: made
 * once, copied never. Counted, because it has to outlive what made it: the answers that are
 * still being sent. Thread-safe.
 */
struct web_ready;
/* Of a filled reply; `whole` says that its header lines belong to it. */
struct web_ready *web_ready_new(const struct web_reply *rp, bool whole);
struct web_ready *web_ready_ref(struct web_ready *r); /* takes NULL */
void web_ready_unref(struct web_ready *r);	      /* takes NULL */
const char *web_ready_body(const struct web_ready *r);
/* Answers with it. When it is not whole the header lines are still to be set. */
void web_send_ready(struct web_reply *rp, struct web_ready *r);

/* Adds a header line; order is kept, nothing is merged. Both live as long as the request. */
void web_put(const struct web_request *rq, struct web_reply *rp, const char *name,
	     const char *value);
/* The same with copies of both. */
void web_set(const struct web_request *rq, struct web_reply *rp, const char *name,
	     const char *fmt, ...) PRINTF(4, 5);
/* Takes every header line of that name out again, any letter case. */
void web_unset(struct web_reply *rp, const char *name);
/* Status, Content-Type and a body that is copied. */
void web_text(const struct web_request *rq, struct web_reply *rp, int status, const char *type,
	      const char *body, size_t n);
/* A reply that is sent later: the handler calls web_hold() and returns; some other thread
 * calls web_release() with the filled reply, exactly once. For journal waits. */
struct web_held;
struct web_held *web_hold(const struct web_request *rq, struct web_reply *rp);
void web_release(struct web_held *h);
/* Wakes all sleeping streams of the server. */
void web_wake(struct web *w);

typedef void web_handler(void *ctx, struct web_request *rq, struct web_reply *rp);

struct web_options {
	const char *address;  /* "127.0.0.1" when NULL; "::" and names allowed */
	int port;	      /* 0: any free port */
	int threads;	      /* epoll threads; 0: one thread a connection */
	size_t body_limit;    /* 0: 1 MiB */
	unsigned connections; /* 0: as many as files may be open, or 1000 threads */
	size_t memory;	      /* of a connection: request line and headers; 0: 32 KiB */
	const char *tls_cert; /* PEM chain and key: TLS when both are given */
	const char *tls_key;
	bool no_date; /* leave out the Date header */
	web_handler *handle;
	void *ctx;
};

struct web *web_start(const struct web_options *o, struct err *err) MUST_CHECK;
void web_stop(struct web *w); /* waits for running handlers; takes NULL */
int web_port(const struct web *w);
/* "http://127.0.0.1:41873", owned by the server. */
const char *web_origin(const struct web *w);
