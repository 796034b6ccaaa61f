/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recorder.h - a neighbour of the target that keeps every byte it was sent.
 *
 * It stands where a gateway's upstream or PDP would be: it keeps each request exactly as it
 * came over the wire, then answers with something canned, or passes the request on to the
 * real part and the answer back. Nothing is decoded, merged or refused: what a strict server
 * would not accept is what a row wants to see. HTTP/1.x on plain sockets.
 *
 * A request counts as reached when any byte of it came. Bytes that are no request are
 * recorded too, with `malformed` set.
 *
 * Thread-safe. Everything handed out is borrowed and lives until recorder_reset() or
 * recorder_stop().
 */
#pragma once

#include "idp-sim/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct recorder;

/* One line of a header or trailer section, as it came. */
struct recorded_line {
	const char *raw; /* the whole line without CRLF: "X-NMP-Authorized : true" */
	size_t raw_len;
	const char *
		name; /* before the first colon, untouched; the whole line when there is none */
	const char *value; /* after it, surrounding blanks removed */
};

struct recorded {
	const char *raw; /* every byte of the request, head, body and trailers; NUL added */
	size_t raw_len;
	size_t head_len;     /* bytes of raw up to and with the empty line */
	const char *method;  /* of the request line, untouched; "" when malformed */
	const char *target;  /* "/apis/x?y=%2F" */
	const char *version; /* "HTTP/1.1" */
	struct recorded_line *lines;
	size_t n_lines;
	struct recorded_line *trailers; /* fields after a chunked body */
	size_t n_trailers;
	const char *body; /* de-chunked; NUL added */
	size_t body_len;
	bool malformed;	     /* no request line, or framing that cannot be followed */
	bool complete;	     /* the promised body came */
	unsigned connection; /* 1 for the first connection since the start, and so on */
	int64_t at_us;	     /* monotonic, when the head was complete */
};

/* What to answer. A zero is "forward", or an empty 200 where there is nowhere to forward. */
struct recorder_answer {
	int status;	     /* 0: as above */
	const char *headers; /* further lines, each ended by CRLF; NULL: none */
	const char *body; /* NULL: empty. Content-Length is added unless headers have framing */
	const char *raw;  /* replaces status, headers and body */
	size_t raw_len;	  /* 0: strlen(raw) */
	int delay_ms;	  /* before the first byte */
	size_t cut;	  /* not 0: send that many bytes of the answer, then close */
	bool close;	  /* close after the answer, whatever the request said */
	bool silent;	  /* close without an answer */
	bool reset;	  /* the close is an RST */
	bool hang;	  /* never answer: hold until the peer goes or the recorder stops */
	const char *only; /* for targets that start with one of these words; NULL: all */
	int next;	  /* for that many requests; 0: until changed */
};

struct recorder_options {
	const char *listen;  /* "127.0.3.1:0" */
	const char *forward; /* "http://127.0.3.1:41873": where to pass requests on, or NULL */
	/* Called on serving threads for each request and each answer; NULL: nobody listens. */
	void (*on_message)(void *ctx, bool answer, const char *bytes, size_t n);
	void *ctx;
};

struct recorder *recorder_start(const struct recorder_options *o, struct err *err) MUST_CHECK;
void recorder_stop(struct recorder *r);		    /* takes NULL */
const char *recorder_url(const struct recorder *r); /* no slash at the end */
/* Forgets what was recorded, and answers and forwards as at the start. */
void recorder_reset(struct recorder *r);
/* Copies the answer; NULL goes back to the start's. A hanging request is let go. */
void recorder_say(struct recorder *r, const struct recorder_answer *a);
/* Changes where requests are passed on; NULL: nowhere. */
void recorder_forward(struct recorder *r, const char *url);
/* Refuses connections, as a part that is down, or takes them again. */
bool recorder_refuse(struct recorder *r, bool refuse, struct err *err) MUST_CHECK;

/* How many requests reached it. */
size_t recorder_count(struct recorder *r);
/* Waits until at least n reached it, at most timeout_ms; returns the count. */
size_t recorder_wait(struct recorder *r, size_t n, int timeout_ms);
/* The n-th (0 is the first), or NULL. */
const struct recorded *recorder_find(struct recorder *r, size_t n);
/* How many had a target that starts with prefix. */
size_t recorder_count_of(struct recorder *r, const char *prefix);

/* First value of that name in the header section, any letter case; NULL when absent. */
const char *recorded_header(const struct recorded *q, const char *name);
/* How many lines have that name, any letter case. */
size_t recorded_count(const struct recorded *q, const char *name);
/* The n-th line whose name is `name` or an alias of it, in header or trailer section: same
 * letters and digits, any other separators ("x_nmp_principal.id"). NULL: no more. */
const struct recorded_line *recorded_alias(const struct recorded *q, const char *name,
					   size_t n);
/* The n-th line of either section whose name starts so in the same sense ("X-NMP-"). */
const struct recorded_line *recorded_family(const struct recorded *q, const char *prefix,
					    size_t n);
/* Does the request hold these bytes anywhere? */
bool recorded_holds(const struct recorded *q, const char *bytes);
