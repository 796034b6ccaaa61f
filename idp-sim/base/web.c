/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/web.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { DEFAULT_BODY = 1 << 20, IDLE_SECONDS = 120 };
enum { MOST_THREADS = 1000, MOST_CONNECTIONS = 1 << 16, OTHER_FILES = 64 };

struct header {
	struct header *next;
	const char *name, *value;
};

/* The last answer of an exchange: one of the same lines and length needs its bytes replaced only. */
struct kept {
	struct MHD_Response *response; /* NULL: none */
	struct arena *arena;	       /* of what follows */
	struct header *headers;
	char *body;
	size_t n;
};

/* One request from its first line until its answer is sent. */
struct exchange {
	struct web *web;
	struct web_request rq;
	struct web_reply rp;
	struct buf body;
	struct kept kept;
	const char *peer;      /* once somebody asked for it */
	bool asked, answered;  /* the handler was called; the answer was queued */
	bool deferred;	       /* web_hold() was called: the answer comes by web_release() */
	_Atomic bool held;     /* and has not come yet */
	int64_t wake_at;       /* monotonic ms, while it sleeps */
	struct exchange *next; /* in web->sleeping, or among the spare ones */
};

/* What a thread keeps of finished exchanges, with their memory, for the next ones. */
enum { SPARE = 8, ARENA = 16 << 10, KEPT_BODY = 16 << 10 };

static pthread_key_t spare_key;
static pthread_once_t spare_once = PTHREAD_ONCE_INIT;

struct web_ready {
	_Atomic unsigned refs;
	int status;
	struct MHD_Response *response; /* NULL: each answer has header lines of its own */
	size_t n;
	char body[];
};

struct web {
	struct MHD_Daemon **daemons; /* one a thread */
	int n_daemons;
	struct web_options o;
	char origin[320];
	int port;
	pthread_t timer;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* `sleeping` has a new member, or we are stopping */
	pthread_cond_t stopped;
	_Atomic bool stopping;
	struct exchange *sleeping; /* delayed answers and idle streams */
};

struct web_held {
	struct exchange *x;
};

const char *web_header(const struct web_request *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->connection, MHD_HEADER_KIND, name);
}

struct each {
	void (*call)(void *ctx, const char *name, const char *value);
	void *ctx;
};

static enum MHD_Result each_header(void *cls, enum MHD_ValueKind kind, const char *name,
				   const char *value)
{
	struct each *each = cls;

	(void)kind;
	each->call(each->ctx, name, value ? value : "");
	return MHD_YES;
}

void web_headers(const struct web_request *rq,
		 void (*call)(void *ctx, const char *name, const char *value), void *ctx)
{
	struct each each = { call, ctx };

	MHD_get_connection_values(rq->connection, MHD_HEADER_KIND, each_header, &each);
}

static struct exchange *exchange_of(const struct web_request *rq)
{
	return (struct exchange *)((char *)(uintptr_t)rq - offsetof(struct exchange, rq));
}

/* What inet_ntop() says of it, which takes two microseconds. */
static void put_ipv4(const struct in_addr *at, struct buf *out)
{
	const unsigned char *octets = (const void *)at;

	for (int i = 0; i < 4; i++) {
		if (i)
			buf_char(out, '.');
		buf_int(out, octets[i]);
	}
}

static const char *peer_text(const struct web_request *rq)
{
	const union MHD_ConnectionInfo *peer =
		MHD_get_connection_info(rq->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *at = peer ? peer->client_addr : NULL;
	char v6[INET6_ADDRSTRLEN] = "";
	AUTO_BUF text = { .arena = rq->arena };

	if (at && at->sa_family == AF_INET6)
		buf_str(&text,
			inet_ntop(AF_INET6,
				  &((const struct sockaddr_in6 *)(const void *)at)->sin6_addr,
				  v6, sizeof(v6)));
	else if (at)
		put_ipv4(&((const struct sockaddr_in *)(const void *)at)->sin_addr, &text);
	return buf_keep(&text);
}

const char *web_peer(const struct web_request *rq)
{
	struct exchange *x = exchange_of(rq);

	if (!x->peer)
		x->peer = peer_text(rq);
	return x->peer;
}

static void add_header(struct arena *a, struct header **first, const char *name,
		       const char *value)
{
	struct header *h = arena_alloc(a, sizeof(*h));

	*h = (struct header) { .name = name, .value = value };
	while (*first)
		first = &(*first)->next;
	*first = h;
}

void web_put(const struct web_request *rq, struct web_reply *rp, const char *name,
	     const char *value)
{
	add_header(rq->arena, (struct header **)&rp->headers, name, value);
}

void web_set(const struct web_request *rq, struct web_reply *rp, const char *name,
	     const char *fmt, ...)
{
	AUTO_BUF value = { .arena = rq->arena };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&value, fmt, ap);
	va_end(ap);
	web_put(rq, rp, arena_str(rq->arena, name), buf_keep(&value));
}

void web_unset(struct web_reply *rp, const char *name)
{
	for (struct header **at = (struct header **)&rp->headers; *at;)
		if (!strcasecmp((*at)->name, name))
			*at = (*at)->next;
		else
			at = &(*at)->next;
}

void web_text(const struct web_request *rq, struct web_reply *rp, int status, const char *type,
	      const char *body, size_t n)
{
	rp->status = status;
	if (type)
		web_set(rq, rp, "Content-Type", "%s", type);
	rp->body = arena_dup(rq->arena, body, n);
	rp->body_len = n;
}

/* The connection sleeps until the timer thread, web_wake() or web_release() resumes it. */
static void suspend(struct exchange *x, int64_t wake_at)
{
	MHD_suspend_connection(x->rq.connection);
	pthread_mutex_lock(&x->web->lock);
	x->wake_at = wake_at;
	x->next = x->web->sleeping;
	x->web->sleeping = x;
	pthread_cond_signal(&x->web->changed);
	pthread_mutex_unlock(&x->web->lock);
}

/* Resumes all that are due; returns when the next one is, or INT64_MAX. Lock is held. */
static int64_t resume_due(struct web *w, int64_t now, bool streams)
{
	int64_t soonest = INT64_MAX;
	struct exchange **at = &w->sleeping;

	while (*at) {
		struct exchange *x = *at;
		bool due = x->wake_at <= now || (streams && x->rp.stream && x->answered);

		if (due || w->stopping) {
			*at = x->next;
			MHD_resume_connection(x->rq.connection);
			continue;
		}
		if (x->wake_at < soonest)
			soonest = x->wake_at;
		at = &x->next;
	}
	return soonest;
}

static void *timer_main(void *arg)
{
	struct web *w = arg;

	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		int64_t due = resume_due(w, clk_mono_ms(), false);
		if (due == INT64_MAX) {
			pthread_cond_wait(&w->changed, &w->lock);
			continue;
		}
		struct timespec until = { .tv_sec = due / 1000,
					  .tv_nsec = due % 1000 * 1000000 };
		pthread_cond_timedwait(&w->changed, &w->lock, &until);
	}
	resume_due(w, 0, true);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

void web_wake(struct web *w)
{
	pthread_mutex_lock(&w->lock);
	resume_due(w, clk_mono_ms(), true);
	pthread_mutex_unlock(&w->lock);
}

struct web_held *web_hold(const struct web_request *rq, struct web_reply *rp)
{
	struct exchange *x = exchange_of(rq);
	struct web_held *h = arena_alloc(rq->arena, sizeof(*h));

	(void)rp;
	h->x = x;
	x->deferred = true;
	x->held = true;
	suspend(x, INT64_MAX);
	return h;
}

void web_release(struct web_held *h)
{
	struct exchange *x = h->x;
	struct web *w = x->web;

	pthread_mutex_lock(&w->lock);
	for (struct exchange **at = &w->sleeping; *at; at = &(*at)->next) {
		if (*at != x)
			continue;
		*at = x->next;
		x->held = false;
		MHD_resume_connection(x->rq.connection);
		break;
	}
	pthread_mutex_unlock(&w->lock);
}

static ssize_t read_stream(void *cls, uint64_t pos, char *p, size_t max)
{
	struct exchange *x = cls;

	(void)pos;
	if (x->web->stopping)
		return MHD_CONTENT_READER_END_OF_STREAM;
	long n = x->rp.stream(x->rp.stream_ctx, p, max);
	if (n < 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (!n)
		suspend(x, INT64_MAX);
	return n;
}

/* Sends fault_bytes of the body, then breaks the connection although more was promised. */
static ssize_t read_truncated(void *cls, uint64_t pos, char *p, size_t max)
{
	struct exchange *x = cls;
	size_t left = pos < x->rp.fault_bytes ? x->rp.fault_bytes - pos : 0;
	size_t n = left < max ? left : max;

	if (pos + n > x->rp.body_len || !n)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	memcpy(p, x->rp.body + pos, n);
	return (ssize_t)n;
}

static void reset_connection(struct exchange *x)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(x->rq.connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct linger now = { .l_onoff = 1, .l_linger = 0 };
	struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	if (!info)
		return;
	setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	connect(info->connect_fd, &nobody, sizeof(nobody)); /* sends RST now, before any FIN */
}

static void add_headers(struct MHD_Response *response, const struct web_reply *rp)
{
	for (const struct header *h = rp->headers; h; h = h->next)
		MHD_add_response_header(response, h->name, h->value);
}

struct web_ready *web_ready_new(const struct web_reply *rp, bool whole)
{
	struct web_ready *r = malloc(sizeof(*r) + rp->body_len + 1);

	if (!r)
		abort();
	*r = (struct web_ready) { .refs = 1, .status = rp->status, .n = rp->body_len };
	memcpy(r->body, rp->body, rp->body_len);
	r->body[r->n] = 0;
	if (whole)
		r->response =
			MHD_create_response_from_buffer(r->n, r->body, MHD_RESPMEM_PERSISTENT);
	if (r->response)
		add_headers(r->response, rp);
	return r;
}

struct web_ready *web_ready_ref(struct web_ready *r)
{
	if (r)
		r->refs++;
	return r;
}

void web_ready_unref(struct web_ready *r)
{
	if (!r || --r->refs)
		return;
	if (r->response)
		MHD_destroy_response(r->response);
	free(r);
}

const char *web_ready_body(const struct web_ready *r)
{
	return r->body;
}

void web_send_ready(struct web_reply *rp, struct web_ready *r)
{
	rp->status = r->status;
	rp->body = r->body;
	rp->body_len = r->n;
	rp->ready = web_ready_ref(r);
}

static struct MHD_Response *response_of(struct exchange *x)
{
	struct web_reply *rp = &x->rp;

	if (rp->stream)
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, x,
							 NULL);
	if (rp->fault == WEB_FAULT_TRUNCATE)
		return MHD_create_response_from_callback(rp->body_len, 4096, read_truncated, x,
							 NULL);
	return MHD_create_response_from_buffer(rp->body_len, (void *)(uintptr_t)rp->body,
					       MHD_RESPMEM_PERSISTENT);
}

static void kept_done(struct kept *k)
{
	if (k->response)
		MHD_destroy_response(k->response);
	arena_free(k->arena);
	*k = (struct kept) { 0 };
}

static bool kept_fits(const struct kept *k, const struct web_reply *rp)
{
	const struct header *is = k->headers, *want = rp->headers;

	if (!k->response || k->n != rp->body_len)
		return false;
	for (; is && want; is = is->next, want = want->next)
		if (strcmp(is->name, want->name) != 0 || strcmp(is->value, want->value) != 0)
			return false;
	return !is && !want;
}

static bool keep_answer(struct kept *k, const struct web_reply *rp)
{
	kept_done(k);
	k->arena = arena_new();
	for (const struct header *h = rp->headers; h; h = h->next)
		add_header(k->arena, &k->headers, arena_str(k->arena, h->name),
			   arena_str(k->arena, h->value));
	k->body = arena_dup(k->arena, rp->body, rp->body_len);
	k->n = rp->body_len;
	k->response = MHD_create_response_from_buffer(k->n, k->body, MHD_RESPMEM_PERSISTENT);
	if (!k->response)
		return false;
	add_headers(k->response, rp);
	return true;
}

/* Most answers of a thread look like its last one: their header lines are not made anew. */
static enum MHD_Result answer_kept(struct exchange *x)
{
	struct kept *k = &x->kept;

	if (kept_fits(k, &x->rp))
		memcpy(k->body, x->rp.body, k->n);
	else if (!keep_answer(k, &x->rp))
		return MHD_NO;
	return MHD_queue_response(x->rq.connection, (unsigned)x->rp.status, k->response);
}

static enum MHD_Result answer(struct exchange *x)
{
	struct web_reply *rp = &x->rp;

	x->answered = true;
	if (rp->fault == WEB_FAULT_RESET) {
		reset_connection(x);
		return MHD_NO;
	}
	if (rp->ready && rp->ready->response)
		return MHD_queue_response(x->rq.connection, (unsigned)rp->status,
					  rp->ready->response);
	if (!rp->stream && rp->fault != WEB_FAULT_TRUNCATE && rp->body_len <= KEPT_BODY)
		return answer_kept(x);
	struct MHD_Response *response = response_of(x);
	if (!response)
		return MHD_NO;
	add_headers(response, rp);
	enum MHD_Result result =
		MHD_queue_response(x->rq.connection, (unsigned)rp->status, response);
	MHD_destroy_response(response);
	return result;
}

/* With a thread a connection there is no suspending: the thread itself waits. */
static void sit_until(struct web *w, int64_t due)
{
	struct timespec until = { .tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000 };

	pthread_mutex_lock(&w->lock);
	while (!w->stopping && clk_mono_ms() < due)
		pthread_cond_timedwait(&w->stopped, &w->lock, &until);
	pthread_mutex_unlock(&w->lock);
}

static enum MHD_Result ask(struct exchange *x)
{
	x->asked = true;
	x->rq.body = x->body.n ? x->body.p : "";
	x->rq.body_len = x->body.n;
	x->rq.too_large = x->body.overflow;
	x->rp.status = 404;
	x->rp.body = "";
	x->web->o.handle(x->web->o.ctx, &x->rq, &x->rp);
	if (x->deferred)
		return MHD_YES;
	if (x->rp.delay_ms <= 0)
		return answer(x);
	int64_t due = clk_mono_ms() + x->rp.delay_ms + 1; /* never early */
	if (x->web->o.threads) {
		suspend(x, due);
		return MHD_YES;
	}
	sit_until(x->web, due);
	return answer(x);
}

static void begin(struct exchange *x, struct MHD_Connection *connection, const char *method)
{
	char *target = (char *)(uintptr_t)x->rq.target;
	char *mark = strchr(target, '?');

	x->rq.connection = connection;
	x->rq.method = method; /* of the connection, until the request is done */
	x->rq.path = mark ? arena_dup(x->rq.arena, target, (size_t)(mark - target)) : target;
	x->rq.query = mark ? mark + 1 : NULL;
	x->rq.tls = x->web->o.tls_cert != NULL;
	x->rq.origin = x->web->origin;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *data_n, void **ctx)
{
	struct exchange *x = *ctx;

	(void)cls, (void)url, (void)version;
	if (!x->rq.connection) {
		begin(x, connection, method);
		return MHD_YES;
	}
	if (*data_n) {
		buf_add(&x->body, data, *data_n);
		*data_n = 0;
		return MHD_YES;
	}
	if (!x->asked)
		return ask(x);
	return x->answered || x->held ? MHD_YES : answer(x);
}

static void exchange_free(struct exchange *x)
{
	buf_done(&x->body);
	kept_done(&x->kept);
	arena_free(x->rq.arena);
	free(x);
}

static void free_spares(void *first)
{
	for (struct exchange *x = first, *next; x; x = next) {
		next = x->next;
		exchange_free(x);
	}
}

static void make_spare_key(void)
{
	if (pthread_key_create(&spare_key, free_spares))
		abort();
}

static struct exchange *exchange_new(void)
{
	struct exchange *x = pthread_getspecific(spare_key);

	if (x) {
		pthread_setspecific(spare_key, x->next);
		x->next = NULL;
		return x;
	}
	x = calloc(1, sizeof(*x));
	if (!x)
		abort();
	x->rq.arena = arena_sized(ARENA);
	return x;
}

/* As new, but for its memory; false: there are enough of them. */
static bool exchange_spare(struct exchange *x)
{
	struct exchange *first = pthread_getspecific(spare_key);
	struct arena *arena = x->rq.arena;
	struct buf body = x->body;
	struct kept kept = x->kept;
	size_t n = 0;

	for (const struct exchange *s = first; s; s = s->next)
		n++;
	if (n >= SPARE || x->web->stopping)
		return false;
	if (body.cap > KEPT_BODY)
		buf_done(&body);
	buf_reset(&body);
	arena_reset(arena);
	*x = (struct exchange) { .rq.arena = arena, .body = body, .kept = kept, .next = first };
	pthread_setspecific(spare_key, x);
	return true;
}

/* Called first for each request, with the target as it came: before MHD decodes anything. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	struct exchange *x = exchange_new();

	(void)connection;
	x->web = cls;
	x->body.limit = x->web->o.body_limit;
	x->rq.target = arena_str(x->rq.arena, target);
	return x;
}

static void on_done(void *cls, struct MHD_Connection *connection, void **ctx,
		    enum MHD_RequestTerminationCode code)
{
	struct exchange *x = *ctx;

	(void)cls, (void)connection, (void)code;
	if (!x)
		return;
	if (x->rp.stream_done)
		x->rp.stream_done(x->rp.stream_ctx);
	web_ready_unref(x->rp.ready);
	if (!exchange_spare(x))
		exchange_free(x);
	*ctx = NULL;
}

/* A path stays encoded: nothing is unescaped behind our back. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *s)
{
	(void)cls, (void)connection;
	return strlen(s);
}

static void no_log(void *cls, const char *fmt, va_list ap)
{
	(void)cls, (void)fmt, (void)ap;
}

static bool resolve(const struct web_options *o, struct sockaddr_storage *ret, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
	char port[8];

	snprintf(port, sizeof(port), "%d", o->port);
	int code = getaddrinfo(o->address, port, &hints, &found);
	if (code)
		return fail(err, ERR_INPUT, "cannot listen on '%s': %s", o->address,
			    gai_strerror(code));
	memcpy(ret, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return true;
}

/* Sockets on one port: alone there, the first of several, or beside that one. */
enum place { ALONE, FIRST, BESIDE };

static int listen_at(const struct sockaddr_storage *at, enum place place)
{
	int yes = 1;
	int fd = socket(at->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t n = at->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
						: sizeof(struct sockaddr_in);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (place == BESIDE)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
	bool bound = !bind(fd, (const struct sockaddr *)at, n);
	if (bound && place == FIRST) /* a port that is in use was noticed */
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
	if (bound && !listen(fd, 4096))
		return fd;
	int code = errno;
	close(fd);
	errno = code;
	return -1;
}

static void name_origin(struct web *w, int fd)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	bool v6;

	getsockname(fd, (struct sockaddr *)&at, &n);
	v6 = at.ss_family == AF_INET6;
	w->port = ntohs(v6 ? ((struct sockaddr_in6 *)&at)->sin6_port
			   : ((struct sockaddr_in *)&at)->sin_port);
	bool any = !strcmp(w->o.address, "::") || !strcmp(w->o.address, "0.0.0.0");
	const char *host = any ? "127.0.0.1" : w->o.address;
	bool bracket = strchr(host, ':') != NULL;
	snprintf(w->origin, sizeof(w->origin), "%s://%s%s%s:%d",
		 w->o.tls_cert ? "https" : "http", bracket ? "[" : "", host, bracket ? "]" : "",
		 w->port);
}

/* Serves on fd with one thread, or with one a connection; the socket is its own from then on. */
static struct MHD_Daemon *start_daemon(struct web *w, int fd)
{
	const struct web_options *o = &w->o;
	unsigned flags = MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem items[16];
	size_t n = 0;

	flags |= o->threads ? MHD_USE_EPOLL_INTERNAL_THREAD
			    : MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
				      MHD_USE_POLL;
	if (!o->threads)
		flags &= ~(unsigned)MHD_ALLOW_SUSPEND_RESUME;
	if (o->tls_cert)
		flags |= MHD_USE_TLS;
	if (o->no_date)
		flags |= MHD_USE_SUPPRESS_DATE_NO_CLOCK;
#define OPTION(...)                                                                            \
	items[n++] = (struct MHD_OptionItem)                                                   \
	{                                                                                      \
		__VA_ARGS__                                                                    \
	}
	if (o->tls_cert) {
		OPTION(MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->tls_cert);
		OPTION(MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls_key);
	}
	OPTION(MHD_OPTION_LISTEN_SOCKET, fd, NULL);
	OPTION(MHD_OPTION_CONNECTION_LIMIT, (intptr_t)(o->connections / w->n_daemons), NULL);
	OPTION(MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, NULL);
	if (o->memory)
		OPTION(MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)o->memory, NULL);
	OPTION(MHD_OPTION_END, 0, NULL);
#undef OPTION
	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, w, MHD_OPTION_EXTERNAL_LOGGER,
				no_log, NULL, MHD_OPTION_URI_LOG_CALLBACK, on_target, w,
				MHD_OPTION_NOTIFY_COMPLETED, on_done, w,
				MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
				MHD_OPTION_ARRAY, items, MHD_OPTION_END);
}

/* Where threads listen on one socket, the one that is awake takes all of a burst. So each has its own,
 * and the kernel shares connections out. fd is the first. False: a thread cannot serve. */
static bool start_daemons(struct web *w, int fd)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);

	getsockname(fd, (struct sockaddr *)&at, &n);
	for (int i = 0; i < w->n_daemons; i++) {
		if (i)
			fd = listen_at(&at, BESIDE);
		if (fd < 0) {
			w->n_daemons = i; /* no sharing here: fewer threads serve */
			break;
		}
		w->daemons[i] = start_daemon(w, fd);
		if (!w->daemons[i]) {
			close(fd);
			return false;
		}
	}
	return true;
}

static void start_timer(struct web *w)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->changed, &attr);
	pthread_cond_init(&w->stopped, &attr);
	pthread_condattr_destroy(&attr);
	pthread_create(&w->timer, NULL, timer_main, w);
}

/* What is over the limit waits in the backlog; what is over that of files is closed at once. */
static unsigned most_connections(int threads)
{
	struct rlimit files;
	rlim_t most = MOST_CONNECTIONS;

	if (!threads || getrlimit(RLIMIT_NOFILE, &files))
		return MOST_THREADS;
	if (files.rlim_cur < most)
		most = files.rlim_cur;
	return (unsigned)(most > 2 * OTHER_FILES ? most - OTHER_FILES : most / 2);
}

struct web *web_start(const struct web_options *o, struct err *err)
{
	struct sockaddr_storage at;
	struct web_options full = *o;

	pthread_once(&spare_once, make_spare_key);
	if (!full.address)
		full.address = "127.0.0.1";
	if (!full.body_limit)
		full.body_limit = DEFAULT_BODY;
	if (!full.connections)
		full.connections = most_connections(o->threads);
	if (!resolve(&full, &at, err))
		return NULL;
	int fd = listen_at(&at, o->threads > 1 ? FIRST : ALONE);
	if (fd < 0) {
		fail_errno(err, "cannot listen on %s port %d", full.address, full.port);
		return NULL;
	}
	struct web *w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	w->o = full;
	w->n_daemons = o->threads > 1 ? o->threads : 1;
	w->daemons = calloc((size_t)w->n_daemons, sizeof(*w->daemons));
	if (!w->daemons)
		abort();
	name_origin(w, fd);
	start_timer(w);
	if (!start_daemons(w, fd)) {
		fail(err, ERR_SYSTEM, "cannot serve on %s: the HTTP library refused",
		     w->origin);
		web_stop(w);
		return NULL;
	}
	return w;
}

void web_stop(struct web *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->changed);
	pthread_cond_broadcast(&w->stopped);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->timer, NULL);
	for (int i = 0; i < w->n_daemons; i++)
		if (w->daemons[i])
			MHD_stop_daemon(w->daemons[i]);
	free(w->daemons);
	pthread_cond_destroy(&w->changed);
	pthread_cond_destroy(&w->stopped);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

int web_port(const struct web *w)
{
	return w->port;
}

const char *web_origin(const struct web *w)
{
	return w->origin;
}
