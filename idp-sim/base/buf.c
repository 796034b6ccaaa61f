/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/buf.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

enum { DEFAULT_LIMIT = 64 << 20 };

/* Every pair of characters of base64url (RFC 4648, 5), in the order of the twelve bits it stands for. */
#define PAIRS_OF(c)                                                                            \
	c "A" c "B" c "C" c "D" c "E" c "F" c "G" c "H" c "I" c "J" c "K" c "L" c "M" c "N"    \
	c "O" c "P" c "Q" c "R" c "S" c "T" c "U" c "V" c "W" c "X" c "Y" c "Z" c "a" c "b"    \
	c "c" c "d" c "e" c "f" c "g" c "h" c "i" c "j" c "k" c "l" c "m" c "n" c "o" c "p"    \
	c "q" c "r" c "s" c "t" c "u" c "v" c "w" c "x" c "y" c "z" c "0" c "1" c "2" c "3"    \
	c "4" c "5" c "6" c "7" c "8" c "9" c "-" c "_"
static const char b64url_pairs[] =
	PAIRS_OF("A") PAIRS_OF("B") PAIRS_OF("C") PAIRS_OF("D") PAIRS_OF("E") PAIRS_OF("F")
	PAIRS_OF("G") PAIRS_OF("H") PAIRS_OF("I") PAIRS_OF("J") PAIRS_OF("K") PAIRS_OF("L")
	PAIRS_OF("M") PAIRS_OF("N") PAIRS_OF("O") PAIRS_OF("P") PAIRS_OF("Q") PAIRS_OF("R")
	PAIRS_OF("S") PAIRS_OF("T") PAIRS_OF("U") PAIRS_OF("V") PAIRS_OF("W") PAIRS_OF("X")
	PAIRS_OF("Y") PAIRS_OF("Z") PAIRS_OF("a") PAIRS_OF("b") PAIRS_OF("c") PAIRS_OF("d")
	PAIRS_OF("e") PAIRS_OF("f") PAIRS_OF("g") PAIRS_OF("h") PAIRS_OF("i") PAIRS_OF("j")
	PAIRS_OF("k") PAIRS_OF("l") PAIRS_OF("m") PAIRS_OF("n") PAIRS_OF("o") PAIRS_OF("p")
	PAIRS_OF("q") PAIRS_OF("r") PAIRS_OF("s") PAIRS_OF("t") PAIRS_OF("u") PAIRS_OF("v")
	PAIRS_OF("w") PAIRS_OF("x") PAIRS_OF("y") PAIRS_OF("z") PAIRS_OF("0") PAIRS_OF("1")
	PAIRS_OF("2") PAIRS_OF("3") PAIRS_OF("4") PAIRS_OF("5") PAIRS_OF("6") PAIRS_OF("7")
	PAIRS_OF("8") PAIRS_OF("9") PAIRS_OF("-") PAIRS_OF("_");

void buf_done(struct buf *b)
{
	if (!b->arena)
		free(b->p);
	b->p = NULL;
	b->n = b->cap = 0;
	b->overflow = false;
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->overflow = false;
	if (b->p)
		b->p[0] = 0;
}

/* Room for `more` bytes and a NUL; false when the limit says no. */
static bool reserve(struct buf *b, size_t more)
{
	size_t limit = b->limit ? b->limit : DEFAULT_LIMIT;

	if (b->overflow || more > limit || b->n > limit - more) {
		b->overflow = true;
		return false;
	}
	if (b->n + more + 1 <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap : 128;
	while (cap < b->n + more + 1)
		cap *= 2;
	if (cap > limit) /* so that what fits into the memory is within the limit */
		cap = limit + 1;
	char *p = b->arena ? arena_resize(b->arena, b->p, b->cap, cap) : realloc(b->p, cap);
	if (!p)
		abort();
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_reserve(struct buf *b, size_t more)
{
	if (reserve(b, more))
		b->p[b->n] = 0;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if ((b->overflow || b->n + n >= b->cap) && !reserve(b, n))
		return;
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

void buf_str(struct buf *b, const char *s)
{
	if (s)
		buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_int(struct buf *b, long long i)
{
	char text[24], *p = text + sizeof(text);
	unsigned long long u = i < 0 ? 0 - (unsigned long long)i : (unsigned long long)i;

	do
		*--p = (char)('0' + u % 10);
	while (u /= 10);
	if (i < 0)
		*--p = '-';
	buf_add(b, p, (size_t)(text + sizeof(text) - p));
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0 || !reserve(b, (size_t)n))
		return;
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	b->n += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

/* Length of the valid UTF-8 sequence at s (RFC 3629), 0 when it is not one. */
static size_t utf8_len(const unsigned char *s, size_t n)
{
	static const struct {
		unsigned char mask, lead;
		size_t len;
		uint32_t least;
	} forms[] = { { 0x80, 0, 1, 0 },
		      { 0xe0, 0xc0, 2, 0x80 },
		      { 0xf0, 0xe0, 3, 0x800 },
		      { 0xf8, 0xf0, 4, 0x10000 } };

	for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
		if ((s[0] & forms[f].mask) != forms[f].lead || forms[f].len > n)
			continue;
		uint32_t c = s[0] & (unsigned char)~forms[f].mask;
		for (size_t i = 1; i < forms[f].len; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (s[i] & 0x3f);
		}
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		return c < forms[f].least || c > 0x10ffff || surrogate ? 0 : forms[f].len;
	}
	return 0;
}

/* Which of eight bytes are under n (n <= 128): their highest bits. */
static uint64_t under(uint64_t v, unsigned char n)
{
	return (v - ~0ULL / 255 * n) & ~v & ~0ULL / 255 * 128;
}

/* Do eight bytes stand for themselves? */
static bool plain_eight(const char *s)
{
	const uint64_t ones = ~0ULL / 255;
	uint64_t v;

	memcpy(&v, s, sizeof(v));
	return !(under(v, ' ') | under(v ^ ones * '"', 1) | under(v ^ ones * '\\', 1) |
		 under(v ^ ones * 0x7f, 1) | (v & ones * 128));
}

/* How many bytes from the first on stand for themselves in a JSON string. */
static size_t plain_json(const char *s, size_t n)
{
	size_t i = 0;

	while (i + 8 <= n && plain_eight(s + i))
		i += 8;
	while (i < n && s[i] >= ' ' && s[i] < 0x7f && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

/* One character that does not stand for itself; returns how many bytes it has. */
static size_t put_json_char(struct buf *b, const char *s, size_t n)
{
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	unsigned char c = (unsigned char)*s;
	const char *name = c ? memchr(names, c, sizeof(names) - 1) : NULL;
	size_t len = utf8_len((const unsigned char *)s, n);

	if (name)
		buf_printf(b, "\\%c", name[1]);
	else if (c < 0x20)
		buf_printf(b, "\\u%04x", c);
	else
		buf_add(b, len ? s : "\xef\xbf\xbd", len ? len : 3);
	return len ? len : 1;
}

void buf_json_text(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len = plain_json(s + i, n - i);

		buf_add(b, s + i, len);
		i += len;
		if (i < n)
			i += put_json_char(b, s + i, n - i);
	}
}

void buf_json(struct buf *b, const char *s, size_t n)
{
	buf_char(b, '"');
	buf_json_text(b, s, n);
	buf_char(b, '"');
}

static bool unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

static void percent(struct buf *b, const char *s, size_t n, bool plus)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (unreserved(c))
			buf_char(b, (char)c);
		else if (plus && c == ' ')
			buf_char(b, '+');
		else
			buf_printf(b, "%%%02X", c);
	}
}

void buf_form(struct buf *b, const char *s, size_t n)
{
	percent(b, s, n, true);
}

void buf_percent(struct buf *b, const char *s, size_t n)
{
	percent(b, s, n, false);
}

void buf_html(struct buf *b, const char *text)
{
	for (; text && *text; text++) {
		if (strchr("&<>\"'", *text))
			buf_printf(b, "&#%d;", *text);
		else
			buf_char(b, *text);
	}
}

static char *put_pair(char *to, uint64_t twelve_bits)
{
	memcpy(to, &b64url_pairs[2 * (twelve_bits & 4095)], 2);
	return to + 2;
}

void buf_b64url(struct buf *b, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	size_t i = 0;

	if (!reserve(b, (n + 2) / 3 * 4))
		return;
	char *to = b->p + b->n;
	for (; i + 8 <= n; i += 6) { /* two bytes are read that the next turn encodes */
		uint64_t v;
		memcpy(&v, p + i, sizeof(v));
		v = be64toh(v);
		to = put_pair(put_pair(to, v >> 52), v >> 40);
		to = put_pair(put_pair(to, v >> 28), v >> 16);
	}
	for (; i + 3 <= n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2];
		to = put_pair(put_pair(to, v >> 12), v);
	}
	if (n - i == 1) {
		to = put_pair(to, (uint32_t)p[i] << 4);
	} else if (n - i == 2) {
		uint32_t v = (uint32_t)p[i] << 8 | p[i + 1];
		to = put_pair(to, v >> 4);
		*to++ = b64url_pairs[2 * (v << 2 & 63) + 1];
	}
	*to = 0;
	b->n = (size_t)(to - b->p);
}

void buf_b64(struct buf *b, const void *p, size_t n)
{
	size_t start = b->n;

	buf_b64url(b, p, n);
	for (size_t i = start; i < b->n; i++)
		b->p[i] = b->p[i] == '-' ? '+' : b->p[i] == '_' ? '/' : b->p[i];
	while ((b->n - start) % 4)
		buf_char(b, '=');
}

void buf_hex(struct buf *b, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *u = p;

	for (size_t i = 0; i < n; i++) {
		buf_char(b, digits[u[i] >> 4]);
		buf_char(b, digits[u[i] & 15]);
	}
}

char *buf_take(struct buf *b)
{
	if (!b->p)
		buf_add(b, "", 0);
	char *p = b->p && !b->arena ? b->p : strdup(b->p ? b->p : "");

	if (!p)
		abort();
	b->p = NULL;
	buf_done(b);
	return p;
}

const char *buf_keep(struct buf *b)
{
	const char *p = b->p ? b->p : "";

	if (b->p && b->arena)
		arena_resize(b->arena, b->p, b->cap, b->n + 1);
	b->p = NULL;
	buf_done(b);
	return p;
}

static int value64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-' || c == '+')
		return 62;
	return c == '_' || c == '/' ? 63 : -1;
}

long b64_decode(const char *s, size_t n, unsigned char *ret)
{
	uint32_t bits = 0;
	int held = 0;
	long len = 0;

	while (n && s[n - 1] == '=')
		n--;
	if (n % 4 == 1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int v = value64(s[i]);
		if (v < 0)
			return -1;
		bits = bits << 6 | (uint32_t)v;
		held += 6;
		if (held >= 8) {
			held -= 8;
			ret[len++] = (unsigned char)(bits >> held);
		}
	}
	return len;
}
