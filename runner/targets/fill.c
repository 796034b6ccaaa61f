/* SPDX-License-Identifier: Apache-2.0 */
/* fill.c - ${name} in texts. */
#include "runner/targets/fill.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/base/file.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

void fill_set(struct fill *f, const char *name, const char *value)
{
	if (value)
		json_object_set_new(f->values, name, json_string(value));
}

static void set_part(struct fill *f, const char *name, const char *part, const char *p,
		     size_t n)
{
	AUTO_BUF key = { 0 };

	buf_printf(&key, "%s.%s", name, part);
	json_object_set_new(f->values, key.p, json_stringn(p, n));
}

void fill_set_url(struct fill *f, const char *name, const char *value)
{
	const char *scheme, *host, *end, *colon;

	if (!value)
		return;
	fill_set(f, name, value);
	scheme = strstr(value, "://");
	host = scheme ? scheme + 3 : value;
	end = host + strcspn(host, "/?");
	colon = end;
	while (colon > host && *colon != ':' && *colon != ']')
		colon--;
	if (*colon != ':')
		colon = end;
	if (scheme)
		set_part(f, name, "scheme", value, (size_t)(scheme - value));
	set_part(f, name, "authority", host, (size_t)(end - host));
	set_part(f, name, "host", host, (size_t)(colon - host));
	if (colon < end)
		set_part(f, name, "port", colon + 1, (size_t)(end - colon - 1));
}

/* What a lab may leave out, because the documented default holds: empty then, not unknown. */
static const char *const optional[] = { "audience",
					"ca_file",
					"scope_prefix",
					"default_scopes",
					"admin_email",
					"token_endpoint",
					"email_claim",
					"subject_claim",
					"groups_claim",
					"configuration",
					"policy_data_refresh_interval",
					"bundle_cache_seconds" };

void fill_init(struct fill *f, const struct lab_urls *u, const json_t *settings,
	       const char *here)
{
	const struct {
		const char *name, *value;
	} urls[] = {
		{ "issuer", u->issuer },   { "idp", u->idp },
		{ "platform", u->platform }, { "pdp", u->pdp },
		{ "upstream", u->upstream }, { "gateway_listen", u->gateway_listen },
		{ "pdp_listen", u->pdp_listen }, { "service_listen", u->service_listen },
		{ "bundle_url", u->bundle_url },
	}, words[] = {
		{ "home", u->home },	   { "ca_file", u->ca_file },
		{ "client_id", u->client_id }, { "audience", u->audience },
		{ "edition", u->edition }, { "provider", u->provider },
		{ "configuration", u->configuration }, { "here", here },
	};
	const char *key;
	json_t *value;

	f->values = json_object();
	for (size_t i = 0; i < ARRAY_LEN(optional); i++)
		fill_set(f, optional[i], "");
	json_object_foreach((json_t *)(uintptr_t)settings, key, value)
		fill_set(f, key, json_string_value(value));
	for (size_t i = 0; i < ARRAY_LEN(urls); i++)
		fill_set_url(f, urls[i].name, urls[i].value);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		fill_set(f, words[i].name, words[i].value);
	json_object_foreach((json_t *)(uintptr_t)u->settings, key, value) {
		AUTO(char)
		char *text = json_is_string(value) ? strdup(json_string_value(value))
						   : json_dumps(value, JSON_ENCODE_ANY);

		fill_set(f, key, text);
	}
}

void fill_done(struct fill *f)
{
	json_decref(f->values);
	f->values = NULL;
}

int fill_free_port(const char *address)
{
	__attribute__((cleanup(auto_fd))) int fd =
		socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t n = sizeof at;

	if (fd < 0 || inet_pton(AF_INET, address ? address : "127.0.0.1", &at.sin_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&at, sizeof at) ||
	    getsockname(fd, (struct sockaddr *)&at, &n))
		return 0;
	return ntohs(at.sin_port);
}

/* A port is chosen when it is first named, and stays. */
static const char *take_port(struct fill *f, const char *name)
{
	char text[12];

	snprintf(text, sizeof text, "%d", fill_free_port(f->address));
	fill_set(f, name, text);
	return json_string_value(json_object_get(f->values, name));
}

static const char *look_up(struct fill *f, const char *name)
{
	const char *value = json_string_value(json_object_get(f->values, name));

	if (value)
		return value;
	if (!strncmp(name, "port.", 5) && name[5])
		return take_port(f, name);
	if (!strncmp(name, "env:", 4))
		return getenv(name + 4);
	return NULL;
}

enum { LONGEST = 1 << 20 };

/* Where the file named what has "${name}"; a word of it does not know that. NULL: nowhere. */
static char *read_until(const char *what, const char *name)
{
	struct err none = { 0 };
	AUTO_BUF sought = { 0 };
	char *text = NULL, *there;
	size_t n;

	if (!file_read(what, LONGEST, &text, &n, &none))
		return NULL;
	buf_printf(&sought, "${%s}", name);
	there = strstr(text, sought.p);
	while (there > text && there[-1] == '$')
		there = strstr(there + 1, sought.p);
	if (there) {
		*there = '\0';
		return text;
	}
	free(text);
	return NULL;
}

static bool unknown(const struct fill *f, const char *what, const char *text, const char *at,
		    const char *name, struct err *err)
{
	AUTO(char) char *until = read_until(what, name);
	const char *known[200] = { 0 };
	const char *key, *near;
	json_t *value;
	size_t n = 0;
	int line = 1, column = 1;

	if (until) {
		text = until;
		at = until + strlen(until);
	}
	for (const char *p = text; p < at; p++) {
		column = *p == '\n' ? 1 : column + 1;
		line += *p == '\n';
	}
	if (!strncmp(name, "env:", 4))
		return fail(err, ERR_INPUT, "%s:%d:%d: ${%s}: the environment has no %s", what,
			    line, column, name, name + 4);
	json_object_foreach(f->values, key, value) {
		if (n + 1 < ARRAY_LEN(known))
			known[n++] = key;
	}
	near = conf_nearest(name, known);
	return fail(err, ERR_INPUT, "%s:%d:%d: unknown ${%s}%s%s%s", what, line, column, name,
		    near ? ": did you mean ${" : "", near ? near : "", near ? "}?" : "");
}

/* The name of "${name}" at p, NULL when it is none. */
static char *name_at(const char *p, const char *end, const char **ret_next)
{
	const char *close;

	if (end - p < 3 || p[0] != '$' || p[1] != '{')
		return NULL;
	close = memchr(p, '}', (size_t)(end - p));
	if (!close)
		return NULL;
	*ret_next = close + 1;
	return strndup(p + 2, (size_t)(close - p - 2));
}

enum { DEEPEST = 4 };

/* A value may hold names itself: a setting that is "${env:KEY}" or "${home}/x". */
static bool fill_deep(struct fill *f, const char *what, const char *text, size_t n,
		      struct buf *ret, int depth, struct err *err)
{
	const char *end = text + n, *p = text, *next = NULL;

	while (p < end) {
		AUTO(char) char *name = NULL;
		const char *value;

		if (end - p >= 3 && !memcmp(p, "$${", 3)) {
			buf_str(ret, "${");
			p += 3;
			continue;
		}
		name = name_at(p, end, &next);
		if (!name) {
			buf_char(ret, *p++);
			continue;
		}
		value = *name == '?' ? "" : look_up(f, name);
		if (!value)
			return unknown(f, what, text, p, name, err);
		if (depth == DEEPEST)
			return fail(err, ERR_INPUT, "%s: ${%s} names itself", what, name);
		if (!strncmp(name, "env:", 4) || !strstr(value, "${"))
			buf_str(ret, value); /* what the environment says is no template */
		else if (!fill_deep(f, what, value, strlen(value), ret, depth + 1, err))
			return false;
		p = next;
	}
	return true;
}

bool fill_text(struct fill *f, const char *what, const char *text, size_t n, struct buf *ret,
	       struct err *err)
{
	return fill_deep(f, what, text, n, ret, 0, err);
}

char *fill_word(struct fill *f, const char *what, const char *text, struct err *err)
{
	AUTO_BUF b = { 0 };

	if (!fill_text(f, what, text, strlen(text), &b, err))
		return NULL;
	return buf_take(&b);
}

bool fill_has(const struct fill *f, const char *name)
{
	return json_object_get(f->values, name) != NULL;
}

bool fill_complete(const struct fill *f, const char *text)
{
	const char *end = text + strlen(text), *next = NULL;

	for (const char *p = text; p < end; p++) {
		AUTO(char) char *name = name_at(p, end, &next);
		const char *word = name && *name == '?' ? name + 1 : name;

		if (name && !fill_has(f, word) && strncmp(word, "port.", 5) != 0 &&
		    !(!strncmp(word, "env:", 4) && getenv(word + 4)))
			return false;
	}
	return true;
}
