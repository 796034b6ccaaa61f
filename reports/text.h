/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - what every writer does to the words of others before it shows them.
 *
 * Targets and providers send any bytes. Nothing of theirs reaches a report before it went
 * through one of these.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* Length of the well-formed UTF-8 sequence at s (at most n bytes), 0 when it is none. */
size_t text_utf8(const char *s, size_t n);
/* s with bytes that are no UTF-8, and controls but tab and newline, as U+FFFD: valid in XML
 * 1.0, JSON and HTML. CR LF becomes a newline, colours of a terminal go. NULL gives NULL. */
char *text_clean(struct arena *a, const char *s);
/* For a log in any encoding: other than printable ASCII becomes '?' once a character; common
 * typographic signs become their ASCII kin. Newlines and tabs become a space. */
char *text_ascii(struct arena *a, const char *s);
/* One line of at most n characters, clean, the end cut to "...". */
char *text_line(struct arena *a, const char *s, size_t n);
/* "/azure/1111/oauth2/v2.0/devicecode" to n characters, cut in the middle by "…". */
char *text_middle(struct arena *a, const char *s, size_t n);
size_t text_width(const char *s); /* characters of clean text */
/* "0.061 s", with that many decimals; the same on every machine. */
char *text_seconds(struct arena *a, int64_t us, int decimals);
/* "Sat 14 Feb 2026 16:42 UTC" */
char *text_date(struct arena *a, int64_t unix_s);
/* "12,345" for prose. */
char *text_count(struct arena *a, size_t n);
bool text_same(const char *a, const char *b); /* NULL is only the same as NULL */
/* & < > " ' as entities; clean. Newlines stay. */
void text_html(struct buf *b, struct arena *a, const char *s);
