/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/http2.h"

#include "suites/kit/hand.h"
#include "suites/kit/lab.h"
#include "suites/kit/transcript.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/url.h"
#include "idp-sim/base/wire.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

enum { CONNECT_MS = 2000, ANSWER_MS = 4000, MAX_FIELDS = 64 };

struct exchange {
	const struct http2_ask *ask;
	nghttp2_session *session;
	struct wire_line *line;
	struct buf out; /* frames that are to leave together */
	int status;
	size_t sent; /* of the body */
	bool over;
};

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_n, const uint8_t *value, size_t value_n, uint8_t flags,
		     void *ctx)
{
	struct exchange *x = ctx;

	if (name_n == 7 && !memcmp(name, ":status", 7) && value_n == 3)
		x->status = (int)strtol((const char *)value, NULL, 10);
	return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t code, void *ctx)
{
	struct exchange *x = ctx;

	x->over = true;
	return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
	struct exchange *x = ctx;

	x->over |= frame->hd.type == NGHTTP2_GOAWAY;
	return 0;
}

static long on_send(nghttp2_session *session, const uint8_t *bytes, size_t n, int flags,
		    void *ctx)
{
	struct exchange *x = ctx;

	buf_add(&x->out, bytes, n);
	return (long)n;
}

/* All frames of a request in one piece: what a gateway knows of it is then no matter of time. */
static bool send_frames(struct exchange *x)
{
	bool sent =
		nghttp2_session_send(x->session) == 0 && wire_say(x->line, x->out.p, x->out.n);

	buf_reset(&x->out);
	return sent;
}

static size_t to_nv(const struct http2_field *fields, nghttp2_nv *nv)
{
	size_t n = 0;

	for (; fields && fields[n].name && n < MAX_FIELDS; n++) {
		const struct http2_field *f = &fields[n];

		nv[n] = (nghttp2_nv) {
			.name = (uint8_t *)f->name,
			.namelen = strlen(f->name),
			.value = (uint8_t *)f->value,
			.valuelen = f->value_n ? f->value_n : strlen(f->value),
			/* Copied names would be put into lower case. */
			.flags = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE,
		};
	}
	return n;
}

static ssize_t on_body(nghttp2_session *session, int32_t stream, uint8_t *out, size_t room,
		       uint32_t *flags, nghttp2_data_source *source, void *ctx)
{
	struct exchange *x = ctx;
	size_t n = strlen(x->ask->body + x->sent);
	nghttp2_nv nv[MAX_FIELDS];

	if (n > room)
		n = room;
	memcpy(out, x->ask->body + x->sent, n);
	x->sent += n;
	if (x->ask->body[x->sent])
		return (ssize_t)n;
	*flags |= NGHTTP2_DATA_FLAG_EOF;
	if (x->ask->trailers) {
		*flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
		nghttp2_submit_trailer(session, stream, nv, to_nv(x->ask->trailers, nv));
	}
	return (ssize_t)n;
}

/* Without the checks of a good client. */
static bool open_session(struct exchange *x)
{
	nghttp2_session_callbacks *callbacks = NULL;
	nghttp2_option *option = NULL;
	bool opened;

	if (nghttp2_session_callbacks_new(&callbacks) || nghttp2_option_new(&option))
		abort();
	nghttp2_option_set_no_http_messaging(option, 1);
	nghttp2_session_callbacks_set_send_callback(callbacks, on_send);
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
	opened = nghttp2_session_client_new2(&x->session, callbacks, x, option) == 0;
	nghttp2_session_callbacks_del(callbacks);
	nghttp2_option_del(option);
	return opened;
}

static void talk(struct exchange *x, const struct http2_ask *ask)
{
	int64_t deadline = clk_mono_ms() + ANSWER_MS;
	nghttp2_data_provider body = { .read_callback = on_body };
	nghttp2_nv nv[MAX_FIELDS];
	uint8_t part[16384];

	if (ask->first)
		talk(x, ask->first);
	else
		nghttp2_submit_settings(x->session, NGHTTP2_FLAG_NONE, NULL, 0);
	x->ask = ask;
	x->status = 0;
	x->sent = 0;
	x->over = false;
	nghttp2_submit_request(x->session, NULL, nv, to_nv(x->ask->fields, nv),
			       x->ask->body ? &body : NULL, NULL);
	while (!x->over && send_frames(x)) {
		int64_t left = deadline - clk_mono_ms();
		long n = left > 0 ? wire_hear(x->line, part, sizeof(part), (int)left) : -1;

		if (n <= 0 || nghttp2_session_mem_recv(x->session, part, (size_t)n) < 0)
			return;
	}
}

static const char *line_of(struct run *run, const struct http2_ask *ask)
{
	const char *method = "", *path = "";

	for (const struct http2_field *f = ask->fields; f->name; f++) {
		if (!strcmp(f->name, ":method"))
			method = f->value;
		if (!strcmp(f->name, ":path"))
			path = f->value;
	}
	return run_printf(run, "%s %s (HTTP/2)", method, path);
}

/* By prior knowledge, or where the target speaks TLS by ALPN. */
static struct wire_line *connect_to(struct run *run, const struct url *url, struct err *err)
{
	struct wire_to to = run->lab->target->reach;

	to.host = url->host;
	to.port = url->port;
	to.tls = url->tls;
	to.alpn = "h2";
	to.timeout_ms = CONNECT_MS;
	return wire_open(&to, err);
}

/* What curl does not send: other pseudo-fields, names in capitals, bytes that no field has. */
static bool is_odd(const struct http2_field *f)
{
	static const char *const usual[] = { ":method", ":scheme", ":authority", ":path" };

	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		if (!strcmp(f->name, usual[i]))
			return f->value_n || strcspn(f->value, "\r\n\t ") != strlen(f->value);
	for (const char *p = f->name; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", *p))
			return true;
	return f->value_n || strcspn(f->value, "\r\n") != strlen(f->value);
}

static void by_hand(struct run *run, const struct http2_ask *ask)
{
	const char *lines[MAX_FIELDS + 1] = { NULL }, *path = "/";
	struct ask plain = { .body = ask->body, .headers = lines };
	size_t n = 0;

	if (ask->first)
		by_hand(run, ask->first);
	for (const struct http2_field *f = ask->fields; f->name && n < MAX_FIELDS; f++) {
		if (is_odd(f)) {
			hand_note(run, "and a stream that curl does not send, with %s: %.80s",
				  f->name, f->value);
			return;
		}
		if (!strcmp(f->name, ":method"))
			plain.method = f->value;
		else if (!strcmp(f->name, ":path"))
			path = f->value;
		else if (f->name[0] != ':')
			lines[n++] = run_printf(run, "%s: %s", f->name, f->value);
	}
	hand_http2(run, &plain, path);
	if (ask->trailers)
		hand_note(run, "with a trailer %s: %s", ask->trailers->name,
			  ask->trailers->value);
}

const struct answer *request_http2(struct run *run, const struct http2_ask *ask)
{
	struct answer *a = arena_alloc(run->arena, sizeof(*a));
	struct exchange x = { 0 };
	size_t before = upstream_count(run);
	const char *base = lab_front(run->lab);
	struct err err = { 0 };
	struct url url;

	a->body = "";
	if (run->broken)
		return a;
	if (!base || !url_parse(base, &url, &err)) {
		run_broken(run, "there is no gateway to ask");
		return a;
	}
	hops_add(run->lab, "client", "gateway", false, line_of(run, ask), NULL);
	by_hand(run, ask);
	x.line = connect_to(run, &url, &err);
	if (!x.line && url.tls)
		run_broken(run, "%s", err.text);
	if (x.line && open_session(&x)) {
		talk(&x, ask);
		nghttp2_session_del(x.session);
	}
	buf_done(&x.out);
	wire_close(x.line);
	a->status = x.status;
	a->reached = upstream_count(run) - before;
	hops_add(run->lab, "gateway", "client", true,
		 x.status ? run_printf(run, "%d", x.status) : "(reset)", NULL);
	a->by = "gateway";
	a->came_us = hops_now(run->lab);
	return a;
}
