/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/url.h"

#include <string.h>
#include <strings.h>

static bool port_of(const char *text, size_t n, int *ret)
{
	int port = 0;

	if (!n || n > 5)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		port = port * 10 + text[i] - '0';
	}
	*ret = port;
	return port <= 65535;
}

bool url_parse(const char *text, struct url *ret, struct err *err)
{
	struct url u = { 0 };

	u.tls = !strncasecmp(text, "https://", 8);
	if (!u.tls && strncasecmp(text, "http://", 7))
		return fail(err, ERR_INPUT, "'%s' is not an http or https URL", text);
	const char *host = text + (u.tls ? 8 : 7);
	size_t authority = strcspn(host, "/?#");
	const char *rest = host + authority;
	bool bracket = *host == '[';
	size_t n = bracket ? strcspn(host, "]") : strcspn(host, ":/?#");
	const char *after = host + n + (bracket && host[n] == ']');

	host += bracket;
	n -= bracket;
	u.port = u.tls ? 443 : 80;
	if (!n || n >= sizeof(u.host) || after > rest || memchr(host, '@', n))
		return fail(err, ERR_INPUT, "'%s': no host in the URL", text);
	if (after < rest &&
	    (*after != ':' || !port_of(after + 1, (size_t)(rest - after - 1), &u.port)))
		return fail(err, ERR_INPUT, "'%s': the port is not a number up to 65535", text);
	memcpy(u.host, host, n);
	int len = snprintf(u.target, sizeof(u.target), "%s%s", *rest == '/' ? "" : "/",
			   *rest == '#' ? "" : rest);
	if (len >= (int)sizeof(u.target))
		return fail(err, ERR_INPUT, "'%.60s...': URL too long", text);
	*ret = u;
	return true;
}
