/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/state-url.h"

#include "idp-sim/base/arena.h"
#include "idp-sim/base/form.h"

#include <string.h>
#include <strings.h>

enum { DEFAULT_PORT = 6379, MAX_DB = 65535 };

static const char remedy[] = "write redis://HOST:PORT/DB or unix:///PATH";

const char *state_url_shown(const char *text, char ret[STATE_URL_SHOWN])
{
	const char *colon = strstr(text, "://");
	const char *from = colon ? colon + 3 : text;
	const char *at = strrchr(from, '@');

	if (at)
		snprintf(ret, STATE_URL_SHOWN, "%.*s***%s", (int)(from - text), text, at);
	else
		snprintf(ret, STATE_URL_SHOWN, "%s", text);
	return ret;
}

static bool wrong(const char *text, struct err *err, const char *what)
{
	char shown[STATE_URL_SHOWN];

	return fail(err, ERR_INPUT, "'%s': %s: %s", state_url_shown(text, shown), what, remedy);
}

static bool number(const char *p, size_t n, int most, int *ret)
{
	long v = 0;

	if (!n || n > 5 || strspn(p, "0123456789") < n)
		return false;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + p[i] - '0';
	*ret = (int)v;
	return v <= most;
}

static bool copy(char *ret, size_t size, const char *p, size_t n)
{
	if (!p || n >= size)
		return false;
	memcpy(ret, p, n);
	ret[n] = 0;
	return true;
}

static bool decode(struct arena *a, char *ret, size_t size, const char *p, size_t n)
{
	const char *plain = percent_decode(a, p, n);

	return copy(ret, size, plain, plain ? strlen(plain) : 0);
}

/* "USER:PASSWORD" */
static bool read_person(struct arena *a, struct state_url *u, const char *p, size_t n)
{
	const char *colon = memchr(p, ':', n);

	if (!colon)
		return false;
	return decode(a, u->user, sizeof(u->user), p, (size_t)(colon - p)) &&
	       decode(a, u->password, sizeof(u->password), colon + 1,
		      (size_t)(p + n - colon - 1));
}

static bool read_options(struct arena *a, struct state_url *u, const char *query)
{
	struct form f = form_parse(a, query, strlen(query));
	bool good = true;

	for (size_t i = 0; i < f.n; i++) {
		const char *name = f.fields[i].name, *value = f.fields[i].value;

		if (!strcmp(name, "prefix"))
			good = good && *value &&
			       copy(u->prefix, sizeof(u->prefix), value, strlen(value));
		else
			good = good && !strcmp(name, "db") &&
			       number(value, strlen(value), MAX_DB, &u->db);
	}
	return good;
}

/* "HOST:PORT", an IPv6 address in brackets. */
static bool read_host(struct state_url *u, const char *p, size_t n)
{
	bool bracket = *p == '[';
	size_t host = strcspn(p, bracket ? "]" : ":");

	if (host > n)
		host = n;
	if (!copy(u->host, sizeof(u->host), p + bracket, host - bracket) || !*u->host)
		return false;
	host += bracket;
	return host == n || (host < n && p[host] == ':' &&
			     number(p + host + 1, n - host - 1, 65535, &u->port));
}

static bool is_unix(const char *text)
{
	return !strncasecmp(text, "unix://", 7);
}

static bool known_scheme(const char *text)
{
	return !strncasecmp(text, "redis://", 8) || !strncasecmp(text, "valkey://", 9) ||
	       is_unix(text);
}

bool state_url_parse(const char *text, struct state_url *ret, struct err *err)
{
	AUTO(arena) struct arena *a = arena_new();
	struct state_url u = { .port = DEFAULT_PORT, .prefix = "idp-sim" };

	if (!known_scheme(text))
		return wrong(text, err, "no redis://, valkey:// or unix:// URL");
	const char *p = strstr(text, "://") + 3;
	size_t person = strcspn(p, "@/?");
	if (p[person] == '@') {
		if (!read_person(a, &u, p, person))
			return wrong(text, err, "no ':' before the password");
		p += person + 1;
	}
	size_t authority = strcspn(p, "/?");
	const char *path = p + authority;
	size_t n = strcspn(path, "?");
	if (is_unix(text) ? authority || n < 2 || !copy(u.path, sizeof(u.path), path, n)
			  : !read_host(&u, p, authority))
		return wrong(text, err, is_unix(text) ? "no path" : "no host, or no port");
	if (!is_unix(text) && n > 1 && !number(path + 1, n - 1, MAX_DB, &u.db))
		return wrong(text, err, "the database is no number");
	if (path[n] && !read_options(a, &u, path + n + 1))
		return wrong(text, err, "options are db=N and prefix=WORD");
	*ret = u;
	return true;
}
