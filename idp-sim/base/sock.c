/* SPDX-License-Identifier: Apache-2.0 */
/* sock.c - a thread a connection; see sock.h. */
#include "idp-sim/base/sock.h"

#include "idp-sim/base/clk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

enum { MAX_CONNECTIONS = 512, BACKLOG = 256 };

struct connection {
	struct sock_server *server;
	int fd; /* -1: the slot is free */
};

struct sock_server {
	sock_handler *handle;
	void *ctx;
	struct sockaddr_in at;
	char address[32];
	char origin[48];
	pthread_t acceptor;
	int wake[2]; /* a byte in here ends the acceptor's poll */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int listener; /* -1 while connections are refused */
	bool stopping;
	size_t n_open;
	struct connection open[MAX_CONNECTIONS];
};

static bool parse_listen(const char *listen, struct sockaddr_in *at, struct err *err)
{
	char host[64];
	const char *colon;
	long port = 0;

	if (!listen)
		listen = "127.0.0.1";
	colon = strchr(listen, ':');
	snprintf(host, sizeof(host), "%.*s", colon ? (int)(colon - listen) : 60, listen);
	if (colon)
		port = strtol(colon + 1, NULL, 10);
	*at = (struct sockaddr_in) { .sin_family = AF_INET };
	if (port < 0 || port > 65535 || inet_pton(AF_INET, host, &at->sin_addr) != 1)
		return fail(err, ERR_INPUT, "listen: '%s' is no IPv4 address and port", listen);
	at->sin_port = htons((uint16_t)port);
	return true;
}

/* Opens the listening socket at s->at, and writes the port it got back there. */
static bool open_listener(struct sock_server *s, struct err *err)
{
	socklen_t n = sizeof(s->at);
	int one = 1;
	__attribute__((cleanup(auto_fd))) int fd =
		socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return fail_errno(err, "socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&s->at, sizeof(s->at)) < 0 || listen(fd, BACKLOG) < 0 ||
	    getsockname(fd, (struct sockaddr *)&s->at, &n) < 0)
		return fail_errno(err, "listen at %s", s->address);
	s->listener = fd;
	fd = -1;
	return true;
}

static void *serve_connection(void *arg)
{
	struct connection *c = arg;
	struct sock_server *s = c->server;

	s->handle(s->ctx, c->fd);
	pthread_mutex_lock(&s->lock);
	close(c->fd);
	c->fd = -1;
	s->n_open--;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static struct connection *free_slot(struct sock_server *s)
{
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		if (s->open[i].fd < 0)
			return &s->open[i];
	return NULL;
}

/* Called with the lock held; a connection too many is closed at once. */
static void start_connection(struct sock_server *s, int fd)
{
	struct connection *c = free_slot(s);
	pthread_attr_t attr;
	pthread_t thread;
	int one = 1;

	if (!c || s->stopping) {
		close(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->fd = fd;
	s->n_open++;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, serve_connection, c) != 0) {
		close(fd);
		c->fd = -1;
		s->n_open--;
	}
	pthread_attr_destroy(&attr);
}

static void *accept_connections(void *arg)
{
	struct sock_server *s = arg;

	for (;;) {
		struct pollfd wait[2] = { { .fd = s->wake[0], .events = POLLIN } };
		char byte;

		pthread_mutex_lock(&s->lock);
		wait[1] = (struct pollfd) { .fd = s->listener, .events = POLLIN };
		pthread_mutex_unlock(&s->lock);
		poll(wait, 2, -1);
		if (wait[0].revents && read(s->wake[0], &byte, 1) < 0)
			break;
		pthread_mutex_lock(&s->lock);
		if (s->stopping) {
			pthread_mutex_unlock(&s->lock);
			break;
		}
		for (int fd; s->listener >= 0 &&
			     (fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;)
			start_connection(s, fd);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

/* Ends blocked reads and writes of all connections, and waits for their handlers. Called
 * with the lock held. */
static void end_connections(struct sock_server *s)
{
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		if (s->open[i].fd >= 0)
			shutdown(s->open[i].fd, SHUT_RDWR);
	pthread_cond_broadcast(&s->changed);
	while (s->n_open > 0)
		pthread_cond_wait(&s->changed, &s->lock);
}

static void wake_acceptor(struct sock_server *s)
{
	if (write(s->wake[1], "w", 1) < 0)
		return; /* the pipe is full of wake-ups already */
}

static struct sock_server *sock_new(sock_handler *handle, void *ctx)
{
	struct sock_server *s = calloc(1, sizeof(*s));
	pthread_condattr_t monotonic;

	if (!s)
		abort();
	s->handle = handle;
	s->ctx = ctx;
	s->listener = s->wake[0] = s->wake[1] = -1;
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		s->open[i] = (struct connection) { .server = s, .fd = -1 };
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return s;
}

static void sock_free(struct sock_server *s)
{
	auto_fd(&s->listener);
	auto_fd(&s->wake[0]);
	auto_fd(&s->wake[1]);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static void name_address(struct sock_server *s)
{
	char host[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &s->at.sin_addr, host, sizeof(host));
	snprintf(s->address, sizeof(s->address), "%s:%d", host, ntohs(s->at.sin_port));
	snprintf(s->origin, sizeof(s->origin), "http://%s", s->address);
}

struct sock_server *sock_serve(const char *listen, sock_handler *handle, void *ctx,
			       struct err *err)
{
	struct sock_server *s = sock_new(handle, ctx);
	bool ok = parse_listen(listen, &s->at, err);

	if (ok) {
		name_address(s);
		ok = open_listener(s, err);
	}
	if (ok) {
		name_address(s);
		ok = pipe2(s->wake, O_CLOEXEC) == 0 || fail_errno(err, "pipe");
	}
	if (ok && pthread_create(&s->acceptor, NULL, accept_connections, s) != 0)
		ok = fail(err, ERR_SYSTEM, "cannot start a thread");
	if (!ok) {
		sock_free(s);
		return NULL;
	}
	return s;
}

void sock_stop(struct sock_server *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	wake_acceptor(s);
	end_connections(s);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->acceptor, NULL);
	sock_free(s);
}

const char *sock_address(const struct sock_server *s)
{
	return s->address;
}

const char *sock_origin(const struct sock_server *s)
{
	return s->origin;
}

bool sock_refuse(struct sock_server *s, bool refuse, struct err *err)
{
	bool ok = true;

	pthread_mutex_lock(&s->lock);
	if (refuse && s->listener >= 0) {
		/* The acceptor may be looking at it still: closed alone it would go on listening. */
		shutdown(s->listener, SHUT_RDWR);
		close(s->listener);
		s->listener = -1;
		end_connections(s);
	} else if (!refuse && s->listener < 0) {
		ok = open_listener(s, err);
	}
	wake_acceptor(s);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

bool sock_pause(struct sock_server *s, int ms)
{
	int64_t end = clk_mono_ms() + ms;
	struct timespec until = { .tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000 };
	bool stopping;

	pthread_mutex_lock(&s->lock);
	while (!s->stopping &&
	       pthread_cond_timedwait(&s->changed, &s->lock, &until) != ETIMEDOUT)
		;
	stopping = s->stopping;
	pthread_mutex_unlock(&s->lock);
	return !stopping;
}

static int connect_to(const struct addrinfo *at, int timeout_ms)
{
	__attribute__((cleanup(auto_fd))) int fd =
		socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	int why = 0, done, one = 1;
	socklen_t n = sizeof(why);

	if (fd < 0 || (connect(fd, at->ai_addr, at->ai_addrlen) < 0 && errno != EINPROGRESS))
		return -1;
	if (poll(&wait, 1, timeout_ms) <= 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &n) < 0 || why != 0)
		return -1;
	if (fcntl(fd, F_SETFL, 0) < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	done = fd;
	fd = -1;
	return done;
}

int sock_dial(const char *host, int port, int timeout_ms, struct err *err)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found;
	char text[8];
	int fd;

	snprintf(text, sizeof(text), "%d", port);
	if (getaddrinfo(host, text, &hints, &found) != 0) {
		fail(err, ERR_NETWORK, "%s: no such address", host);
		return -1;
	}
	fd = connect_to(found, timeout_ms);
	freeaddrinfo(found);
	if (fd < 0)
		fail(err, ERR_NETWORK, "%s:%d: no connection", host, port);
	return fd;
}

long sock_read(int fd, void *p, size_t n, int timeout_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	long got;

	if (poll(&wait, 1, timeout_ms) <= 0)
		return -1;
	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

bool sock_write(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		long put = send(fd, at, n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		n -= (size_t)put;
	}
	return true;
}

void sock_reset_on_close(int fd)
{
	struct linger rst = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &rst, sizeof(rst));
}
