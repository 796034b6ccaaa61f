/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf.h - text that grows.
 *
 * A buf never fails in the middle: memory exhaustion aborts the process, a buf that passes
 * its limit stops growing and says so in `overflow`. p is always NUL-terminated once
 * something was written, and NULL before. With an arena the memory is taken from there, and
 * nothing needs to be freed.
 */
#pragma once

#include "idp-sim/base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *p;
	size_t n; /* bytes written, without the final NUL */
	size_t cap;
	size_t limit; /* 0: 64 MiB */
	bool overflow;
	struct arena *arena; /* NULL: malloc() */
};

void buf_done(struct buf *b);		      /* frees; the buf may be used again */
void buf_reset(struct buf *b);		      /* keeps the memory, forgets the text */
void buf_reserve(struct buf *b, size_t more); /* room for so many bytes at once */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, const char *s); /* NULL adds nothing */
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, long long i);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);
/* A JSON string with its quotes; invalid UTF-8 becomes U+FFFD. */
void buf_json(struct buf *b, const char *s, size_t n);
void buf_json_text(struct buf *b, const char *s, size_t n); /* without the quotes */
/* application/x-www-form-urlencoded: unreserved bytes stay, space is '+'. */
void buf_form(struct buf *b, const char *s, size_t n);
/* RFC 3986 percent-encoding of everything but unreserved bytes. */
void buf_percent(struct buf *b, const char *s, size_t n);
/* Text in HTML: the five characters that mean something are escaped. NULL adds nothing. */
void buf_html(struct buf *b, const char *text);
/* base64url without padding (RFC 7515, 2). */
void buf_b64url(struct buf *b, const void *p, size_t n);
/* base64 with padding. */
void buf_b64(struct buf *b, const void *p, size_t n);
/* Lower-case hexadecimal. */
void buf_hex(struct buf *b, const void *p, size_t n);
/* Hands the text to the caller (never NULL; free() it) and leaves an empty buf. */
char *buf_take(struct buf *b);
/* The text of a buf with an arena, which stays there; "" when nothing was written. */
const char *buf_keep(struct buf *b);

#define AUTO_BUF __attribute__((cleanup(buf_done))) struct buf

/* Decodes base64url or base64, padded or not. Returns the length, or -1; ret holds n*3/4+3. */
long b64_decode(const char *s, size_t n, unsigned char *ret);
