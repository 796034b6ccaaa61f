/* SPDX-License-Identifier: Apache-2.0 */
/* Values that change from run to run: what they look like, and texts without them. */
#include "idp-sim/program/replay-text.h"

#include <ctype.h>
#include <string.h>

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LETTERS UPPER "abcdefghijklmnopqrstuvwxyz"

/* 'd' a digit, 'x' a hexadecimal one, everything else itself. */
static size_t match(const char *s, const char *pattern)
{
	size_t i = 0;

	for (; pattern[i]; i++) {
		unsigned char c = (unsigned char)s[i];
		bool good = pattern[i] == 'd'	? isdigit(c)
			    : pattern[i] == 'x' ? isxdigit(c)
						: s[i] == pattern[i];
		if (!good)
			return 0;
	}
	return i;
}

static const char *const uuid = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/* "2025-04-25 09:05:06Z", with T or a blank, with or without a fraction and Z. */
static size_t time_length(const char *s)
{
	size_t n = match(s, "dddd-dd-dd");

	if (!n || (s[n] != ' ' && s[n] != 'T') || !match(s + n + 1, "dd:dd:dd"))
		return 0;
	n += 1 + strlen("dd:dd:dd");
	if (s[n] == '.')
		n += 1 + strspn(s + n + 1, DIGITS);
	return n + (s[n] == 'Z');
}

bool same_shape(const char *recorded, const char *got)
{
	/* That a code of a few characters has no digit is chance, not shape. */
	static const char *const alphabets[] = {
		DIGITS,
		UPPER DIGITS,
		UPPER DIGITS "-",
		LETTERS DIGITS "-_",
		LETTERS DIGITS "-_.",
		LETTERS DIGITS "+/=",
	};
	size_t n = strlen(recorded);
	size_t m = strlen(got);

	if (!strcmp(recorded, got))
		return true;
	if (strstr(recorded, "…"))
		return m >= 8 && (strncmp(recorded, "eyJ", 3) != 0 || !strncmp(got, "eyJ", 3));
	if (time_length(recorded) == n)
		return time_length(got) == m;
	if (match(recorded, uuid) == n)
		return match(got, uuid) == m;
	if (n <= 64 ? n != m : m * 10 < n * 9 || m * 10 > n * 11)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(alphabets); i++)
		if (!recorded[strspn(recorded, alphabets[i])])
			return !got[strspn(got, alphabets[i])];
	return false;
}

/* Vendors' hosts and the simulator's origin are all "this server". */
static size_t host_length(const char *s, const char *origin)
{
	static const char *const hosts[] = {
		"https://login.microsoftonline.com",
		"https://login.microsoft.com",
		"https://sts.windows.net",
		"https://graph.microsoft.com",
		"https://microsoft.com",
		"https://www.microsoft.com",
		"https://dev-133337.okta.com",
		"http://127.0.0.1:8080",
	};
	size_t n = strlen(origin);

	if (!strncmp(s, origin, n) && !isdigit((unsigned char)s[n]))
		return n;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		n = strlen(hosts[i]);
		if (!strncmp(s, hosts[i], n))
			return n;
	}
	return 0;
}

static bool follows(const struct buf *out, const char *words)
{
	size_t n = strlen(words);

	return out->n >= n && !memcmp(out->p + out->n - n, words, n);
}

void put_settled(struct buf *out, const char *s, const char *origin, const char *code)
{
	while (*s) {
		size_t n = host_length(s, origin);
		const char *word = "{base}";
		if (!n && (n = time_length(s)))
			word = "{time}";
		if (!n && (follows(out, "Trace ID: ") || follows(out, "Correlation ID: ")) &&
		    (n = match(s, uuid)))
			word = "{id}";
		if (!n && code && !strncmp(s, code, strlen(code))) {
			n = strlen(code);
			word = "{code}";
		}
		if (n)
			buf_str(out, word);
		else
			buf_char(out, *s);
		s += n ? n : 1;
	}
}

static size_t put_entity(struct buf *out, const char *s)
{
	static const struct {
		const char *entity, *text;
	} rows[] = { { "&amp;", "&" },	 { "&lt;", "<" },  { "&gt;", ">" },
		     { "&quot;", "\"" }, { "&#39;", "'" }, { "&#039;", "'" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strncmp(s, rows[i].entity, strlen(rows[i].entity))) {
			buf_str(out, rows[i].text);
			return strlen(rows[i].entity);
		}
	buf_char(out, *s);
	return 1;
}

void put_page_text(struct buf *out, const char *html)
{
	while (*html) {
		size_t tag = *html == '<' ? strcspn(html, ">") : 0;
		if (tag || isspace((unsigned char)*html)) {
			html += tag && html[tag] ? tag + 1 : tag ? tag : 1;
			if (!follows(out, " "))
				buf_char(out, ' ');
			continue;
		}
		html += put_entity(out, html);
	}
}
