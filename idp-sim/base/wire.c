/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/wire.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/url.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { DEFAULT_TIMEOUT = 10000, DEFAULT_LIMIT = 8 << 20 };

struct wire_line { /* one connection */
	int fd;
	SSL_CTX *ctx;
	SSL *ssl;
	int64_t deadline; /* monotonic ms */
};

static bool wait_for(struct wire_line *l, short events)
{
	struct pollfd p = { .fd = l->fd, .events = events };

	for (;;) {
		int64_t left = l->deadline - clk_mono_ms();
		if (left <= 0)
			return false;
		int n = poll(&p, 1, (int)left);
		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

static bool dial(struct wire_line *l, const struct wire_to *to, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	char port[8];
	int code, why = 0;
	socklen_t n = sizeof(why);

	snprintf(port, sizeof(port), "%d", to->port);
	code = getaddrinfo(to->host, port, &hints, &found);
	if (code)
		return fail(err, ERR_NETWORK, "%s: %s", to->host, gai_strerror(code));
	l->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool going = l->fd >= 0 && (!connect(l->fd, found->ai_addr, found->ai_addrlen) ||
				    errno == EINPROGRESS);
	why = going ? 0 : errno;
	freeaddrinfo(found);
	if (going && !wait_for(l, POLLOUT))
		return fail(err, ERR_NETWORK, "%s:%d: no connection in time", to->host,
			    to->port);
	if (going)
		getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &why, &n);
	errno = why;
	return !why || fail_errno(err, "%s:%d", to->host, to->port);
}

static bool fail_tls(struct err *err, const struct wire_to *to, const SSL *ssl)
{
	unsigned long code = ERR_peek_last_error();
	const char *why = code ? ERR_reason_error_string(code) : NULL;
	long verify = ssl ? SSL_get_verify_result(ssl) : X509_V_OK;

	if (verify != X509_V_OK)
		why = X509_verify_cert_error_string(verify);
	ERR_clear_error();
	return fail(err, ERR_NETWORK, "%s:%d: TLS: %s", to->host, to->port,
		    why ? why : "the peer hung up");
}

/* Waits for what a non-blocking SSL call asked for; false when it was a real failure. */
static bool ssl_again(struct wire_line *l, int result)
{
	switch (SSL_get_error(l->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(l, POLLIN);
	case SSL_ERROR_WANT_WRITE:
		return wait_for(l, POLLOUT);
	default:
		return false;
	}
}

static bool load_trust(struct wire_line *l, const struct wire_to *to)
{
	bool trusted = to->ca_file
			       ? SSL_CTX_load_verify_locations(l->ctx, to->ca_file, NULL) == 1
			       : SSL_CTX_set_default_verify_paths(l->ctx) == 1;
	bool known = !to->cert_file ||
		     (SSL_CTX_use_certificate_chain_file(l->ctx, to->cert_file) == 1 &&
		      SSL_CTX_use_PrivateKey_file(l->ctx, to->key_file, SSL_FILETYPE_PEM) == 1);

	SSL_CTX_set_verify(l->ctx, to->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
	return trusted && known;
}

/* The protocol that is asked for, as ALPN writes it: its length before it. */
static bool choose_protocol(struct wire_line *l, const char *alpn)
{
	unsigned char wanted[32];
	size_t n = alpn ? strlen(alpn) : 0;

	if (!n || n + 1 > sizeof(wanted))
		return !n;
	wanted[0] = (unsigned char)n;
	memcpy(wanted + 1, alpn, n);
	return SSL_set_alpn_protos(l->ssl, wanted, (unsigned)n + 1) == 0;
}

static bool check_protocol(const struct wire_line *l, const struct wire_to *to, struct err *err)
{
	const unsigned char *chosen;
	unsigned n;

	SSL_get0_alpn_selected(l->ssl, &chosen, &n);
	return !to->alpn || (n == strlen(to->alpn) && !memcmp(chosen, to->alpn, n)) ||
	       fail(err, ERR_NETWORK, "%s:%d: TLS: the peer does not choose %s by ALPN",
		    to->host, to->port, to->alpn);
}

static bool secure(struct wire_line *l, const struct wire_to *to, struct err *err)
{
	const char *name = to->sni ? to->sni : to->host;
	int result;

	l->ctx = SSL_CTX_new(TLS_client_method());
	if (!l->ctx || !load_trust(l, to))
		return fail_tls(err, to, NULL);
	l->ssl = SSL_new(l->ctx);
	if (!l->ssl || !SSL_set_fd(l->ssl, l->fd) || !choose_protocol(l, to->alpn))
		return fail_tls(err, to, NULL);
	SSL_set_tlsext_host_name(l->ssl, name);
	if (!X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(l->ssl), name))
		SSL_set1_host(l->ssl, name);
	while ((result = SSL_connect(l->ssl)) != 1)
		if (!ssl_again(l, result))
			return fail_tls(err, to, l->ssl);
	return check_protocol(l, to, err);
}

static void hang_up(struct wire_line *l)
{
	SSL_free(l->ssl);
	SSL_CTX_free(l->ctx);
	ERR_clear_error();
	if (l->fd >= 0)
		close(l->fd);
}

/* A peer that stops reading is no failure of ours: it may have answered already. */
static bool say(struct wire_line *l, const char *p, size_t n)
{
	while (n) {
		long put = l->ssl ? SSL_write(l->ssl, p, n > 16384 ? 16384 : (int)n)
				  : send(l->fd, p, n, MSG_NOSIGNAL);
		if (put > 0) {
			p += put;
			n -= (size_t)put;
			continue;
		}
		bool again =
			l->ssl ? ssl_again(l, (int)put)
			       : (errno == EINTR || (errno == EAGAIN && wait_for(l, POLLOUT)));
		if (!again)
			return false;
	}
	return true;
}

/* More bytes; 0 at the end, -1 when time is up. */
static long hear(struct wire_line *l, char *p, size_t n)
{
	for (;;) {
		long got = l->ssl ? SSL_read(l->ssl, p, (int)n) : recv(l->fd, p, n, 0);
		if (got > 0)
			return got;
		if (!l->ssl && got == 0)
			return 0;
		bool again =
			l->ssl ? ssl_again(l, (int)got)
			       : (errno == EINTR || (errno == EAGAIN && wait_for(l, POLLIN)));
		if (!again)
			return clk_mono_ms() >= l->deadline ? -1 : 0;
	}
}

static size_t head_end(const char *p, size_t n)
{
	const char *end = n ? memmem(p, n, "\r\n\r\n", 4) : NULL;

	return end ? (size_t)(end - p) + 4 : 0;
}

static void add_header(struct wire_answer *a, const char *p, size_t n)
{
	const char *colon = memchr(p, ':', n);
	size_t name_len = colon ? (size_t)(colon - p) : n;
	const char *v = colon ? colon + 1 : p + n;
	size_t len = n - (size_t)(v - p);

	while (len && (*v == ' ' || *v == '\t'))
		v++, len--;
	while (len && (v[len - 1] == ' ' || v[len - 1] == '\t'))
		len--;
	a->headers = realloc(a->headers, (a->n_headers + 1) * sizeof(*a->headers));
	if (!a->headers)
		abort();
	a->headers[a->n_headers].name = strndup(p, name_len);
	a->headers[a->n_headers++].value = strndup(v, len);
}

static void forget_headers(struct wire_answer *a)
{
	for (size_t i = 0; i < a->n_headers; i++) {
		free(a->headers[i].name);
		free(a->headers[i].value);
	}
	free(a->headers);
	a->headers = NULL;
	a->n_headers = 0;
}

static int parse_head(struct wire_answer *a, const char *p, size_t n)
{
	const char *end = p + n - 2;
	int status = 0;

	sscanf(p, "HTTP/%*d.%*d %3d", &status);
	forget_headers(a);
	for (p = memchr(p, '\n', n); p && p + 1 < end;) {
		const char *from = p + 1;
		p = memchr(from, '\n', (size_t)(end - from) + 1);
		size_t len = (size_t)((p ? p : end) - from);
		add_header(a, from, len && from[len - 1] == '\r' ? len - 1 : len);
	}
	return status;
}

/* Puts the de-chunked body of p[0..n) into to; false while the last chunk has not come. */
static bool dechunk(const char *p, size_t n, struct buf *to)
{
	buf_reset(to);
	for (;;) {
		const char *eol = n ? memchr(p, '\n', n) : NULL;
		if (!eol)
			return false;
		size_t size = strtoul(p, NULL, 16), line = (size_t)(eol - p) + 1;
		if (!size)
			return true;
		if (n < line || n - line < size) {
			buf_add(to, p + line, n - line);
			return false;
		}
		buf_add(to, p + line, size);
		size_t step = line + size + (n - line - size >= 2 ? 2 : 0);
		p += step;
		n -= step;
	}
}

/* Is the answer in raw complete? Fills status, headers and body as far as they have come. */
static bool complete(struct wire_answer *a, const struct buf *raw, struct buf *body,
		     bool no_body)
{
	size_t at = 0, head;
	int status = 0;

	a->interim = 0;
	for (;;) {
		head = head_end(raw->p + at, raw->n - at);
		if (!head)
			return false;
		status = parse_head(a, raw->p + at, head);
		at += head;
		if (status < 100 || status > 199 || status == 101)
			break;
		a->interim++;
	}
	a->status = status;
	const char *length = wire_header(a, "Content-Length");
	const char *coding = wire_header(a, "Transfer-Encoding");
	if (no_body || status == 101 || status == 204 || status == 304)
		return true;
	if (coding && strcasestr(coding, "chunked"))
		return dechunk(raw->p + at, raw->n - at, body);
	buf_reset(body);
	size_t have = raw->n - at, want = length ? strtoul(length, NULL, 10) : SIZE_MAX;
	buf_add(body, raw->p + at, have < want ? have : want);
	return have >= want;
}

static void listen_to(struct wire_line *l, const struct wire_to *to, struct wire_answer *a)
{
	size_t limit = to->limit ? to->limit : DEFAULT_LIMIT;
	AUTO_BUF raw = { 0 }, body = { 0 };
	bool whole = false;
	char part[16384];
	long n = 0;

	buf_str(&raw, "");
	while (!whole && raw.n < limit && (n = hear(l, part, sizeof(part))) > 0) {
		buf_add(&raw, part, (size_t)n);
		whole = complete(a, &raw, &body, to->no_body);
	}
	while (whole && to->to_the_end && raw.n < limit &&
	       (n = hear(l, part, sizeof(part))) > 0)
		buf_add(&raw, part, (size_t)n);
	bool unframed = a->status && !wire_header(a, "Content-Length") &&
			!wire_header(a, "Transfer-Encoding");
	a->timed_out = !whole && n < 0;
	a->truncated = a->status && !whole && !(unframed && n == 0);
	a->body_len = body.n;
	a->body = buf_take(&body);
	a->raw_len = raw.n;
	a->raw = buf_take(&raw);
}

/* Connects, within the time-out of `to`. */
static bool pick_up(struct wire_line *l, const struct wire_to *to, struct err *err)
{
	l->deadline = clk_mono_ms() + (to->timeout_ms ? to->timeout_ms : DEFAULT_TIMEOUT);
	return dial(l, to, err) && (!to->tls || secure(l, to, err));
}

struct wire_line *wire_open(const struct wire_to *to, struct err *err)
{
	struct wire_line *l = calloc(1, sizeof(*l));

	if (!l)
		abort();
	l->fd = -1;
	if (pick_up(l, to, err))
		return l;
	wire_close(l);
	return NULL;
}

bool wire_say(struct wire_line *l, const void *p, size_t n)
{
	return say(l, p, n);
}

long wire_hear(struct wire_line *l, void *p, size_t n, int timeout_ms)
{
	l->deadline = clk_mono_ms() + timeout_ms;
	return hear(l, p, n);
}

void wire_close(struct wire_line *l)
{
	if (!l)
		return;
	hang_up(l);
	free(l);
}

bool wire_exchange(const struct wire_to *to, const void *bytes, size_t n,
		   struct wire_answer *ret, struct err *err)
{
	int64_t start = clk_mono_us();
	struct wire_line l = { .fd = -1 };
	struct wire_answer a = { 0 };

	bool up = pick_up(&l, to, err);
	if (up) {
		say(&l, bytes, n);
		listen_to(&l, to, &a);
		a.took_us = clk_mono_us() - start;
		*ret = a;
	}
	hang_up(&l);
	return up;
}

void wire_answer_done(struct wire_answer *a)
{
	forget_headers(a);
	free(a->body);
	free(a->raw);
	*a = (struct wire_answer) { 0 };
}

const char *wire_header(const struct wire_answer *a, const char *name)
{
	for (size_t i = 0; i < a->n_headers; i++)
		if (!strcasecmp(a->headers[i].name, name))
			return a->headers[i].value;
	return NULL;
}

bool wire_request(const char *method, const char *url, const char *const *headers,
		  const void *body, size_t n, const struct wire_to *options,
		  struct wire_answer *ret, struct err *err)
{
	struct wire_to to = options ? *options : (struct wire_to) { 0 };
	AUTO_BUF text = { 0 };
	struct url u;

	if (!url_parse(url, &u, err))
		return false;
	to.host = to.host ? to.host : u.host;
	to.port = to.port ? to.port : u.port;
	to.tls = u.tls;
	to.sni = to.sni ? to.sni : u.host;
	to.no_body = !strcmp(method, "HEAD");
	bool six = strchr(u.host, ':') != NULL;
	buf_printf(&text, "%s %s HTTP/1.1\r\nHost: %s%s%s:%d\r\nConnection: close\r\n", method,
		   u.target, six ? "[" : "", u.host, six ? "]" : "", u.port);
	for (; headers && *headers; headers++)
		buf_printf(&text, "%s\r\n", *headers);
	if (n || (strcmp(method, "GET") && strcmp(method, "HEAD")))
		buf_printf(&text, "Content-Length: %zu\r\n", n);
	buf_str(&text, "\r\n");
	buf_add(&text, body, n);
	return wire_exchange(&to, text.p, text.n, ret, err);
}
