/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - the words of others, made safe to show.
 */
#include "reports/text.h"

#include <string.h>
#include <time.h>

#define REPLACEMENT "\xef\xbf\xbd"

size_t text_utf8(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;

	if (!n || (p[0] >= 0x80 && p[0] < 0xc2) || p[0] > 0xf4 || len > n)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	/* No overlong form, no surrogate, nothing above U+10FFFF (RFC 3629, 4). */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

/* U+FFFE and U+FFFF are no characters (XML 1.0, 2.2); U+202A to 202E and U+2066 to 2069 turn
 * the reading direction of all that follows, also of our own words. */
static bool no_character(const char *s, size_t len)
{
	unsigned char last = (unsigned char)s[len ? len - 1 : 0];

	if (len != 3)
		return false;
	if (memcmp(s, "\xef\xbf", 2) == 0)
		return last >= 0xbe;
	if (memcmp(s, "\xe2\x80", 2) == 0)
		return last >= 0xaa && last <= 0xae;
	return memcmp(s, "\xe2\x81", 2) == 0 && last >= 0xa6 && last <= 0xa9;
}

static bool is_control(unsigned char c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
}

/* Length of a terminal control sequence, "ESC [ ... letter" (ECMA-48, 5.4), or 0. */
static size_t escape_len(const char *s)
{
	size_t n = 2;

	if (s[0] != '\033' || s[1] != '[')
		return 0;
	while (s[n] >= 0x20 && s[n] < 0x40)
		n++;
	return s[n] >= 0x40 && s[n] < 0x7f ? n + 1 : 0;
}

char *text_clean(struct arena *a, const char *s)
{
	AUTO_BUF b = { 0 };
	size_t n = s ? strlen(s) : 0;

	if (!s)
		return NULL;
	for (size_t i = 0; i < n;) {
		size_t len = text_utf8(s + i, n - i);

		if (s[i] == '\r' && s[i + 1] == '\n') {
			i++;
			continue;
		}
		if (escape_len(s + i)) {
			i += escape_len(s + i);
			continue;
		}
		if (!len || is_control((unsigned char)s[i]) || no_character(s + i, len))
			buf_str(&b, REPLACEMENT);
		else
			buf_add(&b, s + i, len);
		i += len ? len : 1;
	}
	return arena_dup(a, b.p ? b.p : "", b.n);
}

/* ASCII kin of what people and providers write. */
static const struct {
	const char *from, *to;
} kin[] = {
	{ "\xe2\x80\xa6", "..." }, { "\xe2\x80\x98", "'" },  { "\xe2\x80\x99", "'" },
	{ "\xe2\x80\x9c", "\"" },  { "\xe2\x80\x9d", "\"" }, { "\xe2\x80\x93", "-" },
	{ "\xe2\x80\x94", "-" },   { "\xc2\xb7", "-" },	     { "\xc2\xa7", "section " },
	{ "\xc2\xa0", " " },	   { "\xe2\x86\x92", "->" },
};

static const char *ascii_kin(const char *s, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(kin); i++) {
		if (strlen(kin[i].from) == len && memcmp(kin[i].from, s, len) == 0)
			return kin[i].to;
	}
	return "?";
}

char *text_ascii(struct arena *a, const char *foreign)
{
	const char *s = text_clean(a, foreign ? foreign : "");
	AUTO_BUF b = { 0 };
	size_t n = strlen(s);

	for (size_t i = 0; i < n;) {
		size_t len = text_utf8(s + i, n - i);

		if (s[i] == '\n' || s[i] == '\t')
			buf_char(&b, ' ');
		else if (len == 1)
			buf_char(&b, s[i]);
		else
			buf_str(&b, ascii_kin(s + i, len));
		i += len;
	}
	return arena_dup(a, b.p ? b.p : "", b.n);
}

size_t text_width(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* The byte where character n begins, or the end. */
static size_t at_character(const char *s, size_t n)
{
	size_t i = 0;

	for (; s[i]; i++) {
		if (((unsigned char)s[i] & 0xc0) == 0x80)
			continue;
		if (!n--)
			break;
	}
	return i;
}

char *text_line(struct arena *a, const char *s, size_t n)
{
	char *line = text_clean(a, s ? s : "");

	for (char *p = line; *p; p++) {
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	}
	if (text_width(line) <= n || n < 4)
		return line;
	return arena_printf(a, "%.*s...", (int)at_character(line, n - 3), line);
}

char *text_middle(struct arena *a, const char *s, size_t n)
{
	char *line = text_line(a, s, SIZE_MAX);
	size_t w = text_width(line);
	size_t tail = n * 2 / 3;

	if (w <= n || n < 4)
		return line;
	return arena_printf(a, "%.*s\xe2\x80\xa6%s", (int)at_character(line, n - tail - 1),
			    line, line + at_character(line, w - tail));
}

char *text_seconds(struct arena *a, int64_t us, int decimals)
{
	static const int64_t unit[] = { 1000000, 100000, 10000, 1000 };
	int64_t scale = 1000000 / unit[decimals];
	int64_t n = (us + unit[decimals] / 2) / unit[decimals];

	if (!decimals)
		return arena_printf(a, "%lld s", (long long)n);
	return arena_printf(a, "%lld.%0*lld s", (long long)(n / scale), decimals,
			    (long long)(n % scale));
}

char *text_date(struct arena *a, int64_t unix_s)
{
	static const char *const day[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const month[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)unix_s;
	struct tm tm;

	if (!gmtime_r(&t, &tm))
		return arena_str(a, "unknown date");
	return arena_printf(a, "%s %d %s %d %02d:%02d UTC", day[tm.tm_wday], tm.tm_mday,
			    month[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min);
}

char *text_count(struct arena *a, size_t n)
{
	if (n < 1000)
		return arena_printf(a, "%zu", n);
	return arena_printf(a, "%s,%03zu", text_count(a, n / 1000), n % 1000);
}

bool text_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

void text_html(struct buf *b, struct arena *a, const char *s)
{
	for (const char *p = text_clean(a, s ? s : ""); *p; p++) {
		switch (*p) {
		case '&':
			buf_str(b, "&amp;");
			break;
		case '<':
			buf_str(b, "&lt;");
			break;
		case '>':
			buf_str(b, "&gt;");
			break;
		case '"':
			buf_str(b, "&quot;");
			break;
		case '\'':
			buf_str(b, "&#39;");
			break;
		default:
			buf_char(b, *p);
		}
	}
}
