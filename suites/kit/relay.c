/* SPDX-License-Identifier: Apache-2.0 */
/* relay.c - takes TLS off and passes bytes on; see relay.h. */
#include "suites/kit/relay.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/sock.h"
#include "idp-sim/base/url.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>

enum { HANDSHAKE_MS = 10000, DIAL_MS = 2000, CHUNK = 16384 };

struct relay {
	struct sock_server *server;
	SSL_CTX *ctx;
	struct url to;
	pthread_mutex_t lock;
	char refusal[160]; /* guarded; "" while no handshake failed */
};

/* One connection: ssl on outer, plain bytes on inner. */
struct pair {
	struct relay *r;
	SSL *ssl;
	int outer, inner;
};

static bool wait_outer(const struct pair *p, int result, int timeout_ms)
{
	int why = SSL_get_error(p->ssl, result);
	struct pollfd wait = {
		.fd = p->outer,
		.events = why == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN,
	};

	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		return false;
	return poll(&wait, 1, timeout_ms) > 0;
}

static void note_refusal(struct relay *r)
{
	unsigned long code = ERR_peek_last_error();
	const char *why = code ? ERR_reason_error_string(code) : NULL;

	pthread_mutex_lock(&r->lock);
	snprintf(r->refusal, sizeof(r->refusal), "%s",
		 why ? why : "the peer hung up in the handshake");
	pthread_mutex_unlock(&r->lock);
	ERR_clear_error();
}

static bool shake_hands(struct pair *p)
{
	int64_t end = clk_mono_ms() + HANDSHAKE_MS;
	int result;

	while ((result = SSL_accept(p->ssl)) != 1) {
		int64_t left = end - clk_mono_ms();

		if (left <= 0 || !wait_outer(p, result, (int)left)) {
			note_refusal(p->r);
			return false;
		}
	}
	return true;
}

/* What came in TLS records goes on; false at the end. */
static bool inwards(struct pair *p)
{
	char chunk[CHUNK];
	int got;

	while ((got = SSL_read(p->ssl, chunk, sizeof(chunk))) > 0)
		if (!sock_write(p->inner, chunk, (size_t)got))
			return false;
	got = SSL_get_error(p->ssl, got);
	return got == SSL_ERROR_WANT_READ || got == SSL_ERROR_WANT_WRITE;
}

static bool outwards(struct pair *p)
{
	char chunk[CHUNK];
	long got = read(p->inner, chunk, sizeof(chunk));

	if (got == 0)
		SSL_shutdown(p->ssl);
	if (got < 0)
		sock_reset_on_close(p->outer);
	for (long at = 0; at < got;) {
		int put = SSL_write(p->ssl, chunk + at, (int)(got - at));

		if (put <= 0 && !wait_outer(p, put, HANDSHAKE_MS))
			return false;
		at += put > 0 ? put : 0;
	}
	return got > 0;
}

static void pass_on(struct pair *p)
{
	for (;;) {
		struct pollfd wait[] = { { .fd = p->outer, .events = POLLIN },
					 { .fd = p->inner, .events = POLLIN } };

		if (poll(wait, 2, -1) < 0 || (wait[0].revents && !inwards(p)) ||
		    (wait[1].revents && !outwards(p)))
			return;
	}
}

static void serve(void *ctx, int fd)
{
	struct relay *r = ctx;
	struct pair p = { .r = r, .outer = fd, .inner = -1 };
	struct err err = { 0 };

	p.ssl = SSL_new(r->ctx);
	if (p.ssl && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && SSL_set_fd(p.ssl, fd) == 1 &&
	    shake_hands(&p)) {
		p.inner = sock_dial(r->to.host, r->to.port, DIAL_MS, &err);
		if (p.inner < 0)
			sock_reset_on_close(fd);
		else if (inwards(&p))
			pass_on(&p);
	}
	SSL_free(p.ssl);
	ERR_clear_error();
	auto_fd(&p.inner);
}

static bool unusable(struct err *err, const char *path)
{
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return fail(err, ERR_INPUT, "%s: %s", path, why ? why : "cannot be used");
}

static bool load(struct relay *r, const struct relay_options *o, struct err *err)
{
	if (SSL_CTX_use_certificate_chain_file(r->ctx, o->cert_file) != 1)
		return unusable(err, o->cert_file);
	if (SSL_CTX_use_PrivateKey_file(r->ctx, o->key_file, SSL_FILETYPE_PEM) != 1)
		return unusable(err, o->key_file);
	return true;
}

struct relay *relay_start(const struct relay_options *o, struct err *err)
{
	struct relay *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	pthread_mutex_init(&r->lock, NULL);
	r->ctx = SSL_CTX_new(TLS_server_method());
	if (!r->ctx)
		(void)fail(err, ERR_CRYPTO, "cannot speak TLS");
	else if (url_parse(o->to, &r->to, err) && load(r, o, err))
		r->server = sock_serve(o->listen, serve, r, err);
	if (r->server)
		return r;
	relay_stop(r);
	return NULL;
}

void relay_stop(struct relay *r)
{
	if (!r)
		return;
	sock_stop(r->server);
	SSL_CTX_free(r->ctx);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

const char *relay_address(const struct relay *r)
{
	return sock_address(r->server);
}

bool relay_refusal(struct relay *r, char *buf, size_t n)
{
	bool any;

	pthread_mutex_lock(&r->lock);
	any = *r->refusal;
	snprintf(buf, n, "%s", r->refusal);
	pthread_mutex_unlock(&r->lock);
	return any;
}
