/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redact-look.c - secrets known by their look: tokens, named parameters, headers.
 */
#include "reports/redact-look.h"

#include "reports/redact.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_b64url(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static size_t run_of(const char *s)
{
	size_t n = 0;

	while (is_b64url(s[n]))
		n++;
	return n;
}

size_t secret_jwt(const char *s, size_t *ret_end)
{
	size_t header, claims, end;

	if (strncmp(s, "eyJ", 3) != 0)
		return 0;
	header = run_of(s);
	if (s[header] != '.')
		return 0;
	claims = header + 1 + run_of(s + header + 1);
	if (s[claims] != '.')
		return 0;
	end = claims + 1 + run_of(s + claims + 1);
	*ret_end = end;
	if (s[end] != '.' || !is_b64url(s[end + 1]))
		return claims + 1;
	while (s[*ret_end] == '.' || is_b64url(s[*ret_end]))
		(*ret_end)++;
	return header + 1;
}

/* Names whose value is a secret wherever it stands. `loose` ones are also words of other use:
 * they count as parameters only ("code=", not "code": "..."). */
static const struct {
	const char *name;
	bool loose;
} names[] = {
	{ "password" },		{ "passwd" },	     { "client_secret" }, { "refresh_token" },
	{ "access_token" },	{ "id_token" },	     { "device_code" },	  { "code_verifier" },
	{ "client_assertion" }, { "subject_token" }, { "actor_token" },	  { "api_key" },
	{ "session_state" },	{ "token", true },   { "code", true },	  { "assertion", true },
	{ "client-secret" },	{ "secret", true },
};
/* Headers whose value is one; only what follows the scheme or the cookie's name goes. */
static const char *const headers[] = { "authorization", "proxy-authorization", "cookie",
				       "set-cookie", "x-api-key" };

static size_t name_at(const char *s, bool *ret_loose)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t n = strlen(names[i].name);

		if (strncasecmp(s, names[i].name, n) == 0 && !is_b64url(s[n])) {
			*ret_loose = names[i].loose;
			return n;
		}
	}
	return 0;
}

/* "code=70016" is an error's number, "code=200" a status. */
static bool is_plain(const char *s, size_t n)
{
	return n < 10 || strspn(s, "0123456789") >= n;
}

/* A value up to what ends a parameter, or up to the closing quote. */
static size_t value_len(const char *s, char quote)
{
	size_t n = 0;

	if (!quote)
		return strcspn(s, "& \t\r\n\"'<>;,)}]\\");
	while (s[n] && s[n] != quote)
		n += s[n] == '\\' && s[n + 1] ? 2 : 1;
	return n;
}

size_t secret_value(const char *start, const char *s, size_t *ret_len)
{
	bool loose = false, option = s >= start + 2 && s[-1] == '-' && s[-2] == '-';
	char before = s > start ? s[-1] : '\n', quote = 0;
	size_t n, at;

	if (is_b64url(before) && !option)
		return 0;
	n = at = name_at(s, &loose);
	if (!n)
		return 0;
	if (s[at] == '=') {
		at++;
	} else if (option && s[at] == ' ') {
		at++;
	} else if (!loose && strchr("\"':\\", s[at]) && s[at]) {
		at += strspn(s + at, "\"'\\");
		if (s[at] != ':')
			return 0;
		at += 1 + strspn(s + at + 1, " ");
		at += strspn(s + at, "\\");
		if (s[at] != '"' && s[at] != '\'')
			return 0;
	} else {
		return 0;
	}
	if (s[at] == '"' || s[at] == '\'')
		quote = s[at++];
	*ret_len = value_len(s + at, quote);
	if (loose && is_plain(s + at, *ret_len))
		return 0;
	/* A token that explains itself stays without its signature. */
	return *ret_len && strncmp(s + at, "eyJ", 3) != 0 ? at : 0;
}

size_t secret_header(const char *start, const char *s)
{
	if (s > start && s[-1] != '\n')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		size_t n = strlen(headers[i]);

		if (strncasecmp(s, headers[i], n) == 0 && s[n] == ':')
			return n + 1;
	}
	return 0;
}

size_t secret_header_line(struct buf *b, const char *s, size_t at)
{
	bool cookie =
		tolower((unsigned char)s[0]) == 'c' || tolower((unsigned char)s[0]) == 's';
	size_t value = at + strspn(s + at, " \t");
	size_t scheme = value + strcspn(s + value, " \r\n");
	size_t end = value + strcspn(s + value, "\r\n");

	if (cookie) {
		size_t name = value + strcspn(s + value, "=\r\n");

		buf_add(b, s, s[name] == '=' ? name + 1 : value);
		buf_str(b, REDACTED);
		return end;
	}
	if (s[scheme] == ' ' && strncasecmp(s + value, "Bearer ", 7) == 0 &&
	    (strncmp(s + scheme + 1, "eyJ", 3) == 0 || end - scheme < 16)) {
		buf_add(b, s, scheme + 1);
		return scheme + 1;
	}
	buf_add(b, s, s[scheme] == ' ' ? scheme + 1 : value);
	buf_str(b, REDACTED);
	return end;
}
