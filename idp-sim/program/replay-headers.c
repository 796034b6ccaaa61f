/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of an answer beside the recorded ones: all of them. */
#include "idp-sim/base/form.h"
#include "idp-sim/program/replay-differ.h"

#include <string.h>
#include <strings.h>

/* Of the connection or of the length, which a port or a time changes. */
static const char *const ignored[] = { "Connection", "Content-Length",
				       "Date",	     "Transfer-Encoding",
				       "Keep-Alive", "Location",
				       "Set-Cookie", NULL };
/* Their names are compared, and that they say something. */
static const char *const volatile_headers[] = { "x-ms-request-id",    "x-ms-ests-server",
						"x-okta-request-id",  "client-request-id",
						"request-id",	      "x-rate-limit-remaining",
						"x-rate-limit-reset", NULL };

/* ---- Location ---- */

static json_t *query_of(struct arena *a, const char *location)
{
	json_t *o = json_object();
	size_t n = strcspn(location, "?#");
	const char *text = location[n] ? location + n + 1 : "";
	struct form f = form_parse(a, text, strlen(text));

	for (size_t i = 0; i < f.n; i++)
		json_object_set_new(o, f.fields[i].name, json_string(f.fields[i].value));
	return o;
}

static void compare_location(struct comparison *c, const char *g, const char *x)
{
	AUTO(arena) struct arena *arena = arena_new();
	size_t n = strcspn(g, "?#");
	size_t m = strcspn(x, "?#");
	AUTO(json_t) json_t *a = query_of(arena, g);
	AUTO(json_t) json_t *b = query_of(arena, x);

	compare_text(c, "Location", "location", arena_dup(arena, g, n), arena_dup(arena, x, m));
	if (g[n] != x[m])
		differ(c, "Location: '%c' before its members, got '%c'", g[n], x[m]);
	compare_members(c, "Location", a, b);
}

const char *recorded_header(const json_t *recording, const char *name)
{
	const json_t *headers = conf_get(recording, "response.headers");
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)headers, key, value)
		if (!strcasecmp(key, name))
			return json_string_value(json_is_array(value) ? json_array_get(value, 0)
								      : value);
	return NULL;
}

/* ---- Set-Cookie ---- */

/* The attributes of the cookie that is called like the first n characters of `like`; NULL: none.
 * Its value is only told apart from an empty one. */
static const char *cookie_of(struct arena *a, const char *cookie, const char *like, size_t n)
{
	size_t value = strcspn(cookie, ";") - n - 1;

	if (strncmp(cookie, like, n + 1) != 0)
		return NULL;
	return arena_printf(a, "%s%s", value ? "a value" : "empty",
			    cookie + strcspn(cookie, ";"));
}

/* "expires=..." is a time like any other. */
static const char *without_time(struct arena *a, const char *attributes)
{
	const char *at = strcasestr(attributes, "expires=");
	size_t n = at ? strcspn(at, ";") : 0;

	return at ? arena_printf(a, "%.*sexpires%s", (int)(at - attributes), attributes, at + n)
		  : attributes;
}

static void compare_cookie(struct comparison *c, const char *g, const struct wire_answer *x)
{
	AUTO(arena) struct arena *arena = arena_new();
	size_t n = strcspn(g, "=");
	const char *name = arena_dup(arena, g, n);
	const char *want = cookie_of(arena, g, g, n);

	for (size_t i = 0; want && i < x->n_headers; i++) {
		const char *got = strcasecmp(x->headers[i].name, "Set-Cookie")
					  ? NULL
					  : cookie_of(arena, x->headers[i].value, g, n);
		if (!got)
			continue;
		want = without_time(arena, want);
		got = without_time(arena, got);
		if (strcmp(want, got) != 0)
			differ(c, "Set-Cookie %s: %s, got %s", name, want, got);
		return;
	}
	differ(c, "Set-Cookie %s: missing", name);
}

static void compare_cookies(struct comparison *c, const json_t *recorded,
			    const struct wire_answer *answer, bool live)
{
	size_t have = 0, n = json_array_size(recorded);

	for (size_t i = 0; i < n; i++)
		compare_cookie(c, json_string_value(json_array_get(recorded, i)), answer);
	if (json_is_string(recorded))
		compare_cookie(c, json_string_value(recorded), answer);
	n += json_is_string(recorded);
	for (size_t i = 0; i < answer->n_headers; i++)
		have += !strcasecmp(answer->headers[i].name, "Set-Cookie");
	if (have > n && live)
		differ(c, "Set-Cookie: %zu, got %zu", n, have);
}

/* ---- all ---- */

/* The last of that name: in second-hand recordings the case's own stand behind the samples. */
static const json_t *recorded_value(const json_t *headers, const char *name)
{
	const json_t *found = NULL;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)headers, key, value)
		if (!strcasecmp(key, name))
			found = value;
	return found;
}

/* Of some headers a recording has the name only. */
static bool is_named(const json_t *recording, const char *name)
{
	const json_t *order = conf_get(recording, "response.header_order");

	for (size_t i = 0; i < json_array_size(order); i++)
		if (!strcasecmp(json_string_value(json_array_get(order, i)), name))
			return true;
	return false;
}

static void compare_names(struct comparison *c, const json_t *recording,
			  const struct wire_answer *answer)
{
	const json_t *order = conf_get(recording, "response.header_order");

	for (size_t i = 0; i < json_array_size(order); i++) {
		const char *name = json_string_value(json_array_get(order, i));
		if (!among(name, ignored) && !wire_header(answer, name))
			differ(c, "%s: missing", name);
	}
}

static void compare_header(struct comparison *c, const char *name, const char *g, const char *x)
{
	if (!x)
		differ(c, "%s: %s, got none", name, g);
	else if (among(name, volatile_headers))
		*x ? (void)0 : differ(c, "%s: empty", name);
	else
		compare_text(c, name, name, g, x);
}

void compare_headers(struct comparison *c, const json_t *recording,
		     const struct wire_answer *answer)
{
	/* Second-hand recordings do not hold all headers: there an extra one proves nothing. */
	bool live = !strcmp(conf_str(recording, "confidence", ""), "verified-live");
	const json_t *headers = conf_get(recording, "response.headers");
	const char *name, *to = recorded_header(recording, "Location");
	const char *got = wire_header(answer, "Location");
	json_t *value;

	json_object_foreach((json_t *)headers, name, value)
		if (!among(name, ignored) && json_is_string(value) &&
		    recorded_value(headers, name) == value)
			compare_header(c, name, json_string_value(value),
				       wire_header(answer, name));
	for (size_t i = 0; live && i < answer->n_headers; i++) {
		const struct wire_header *h = &answer->headers[i];
		if (!among(h->name, ignored) && !recorded_value(headers, h->name) &&
		    !is_named(recording, h->name))
			differ(c, "%s: none, got %s", h->name, h->value);
	}
	compare_names(c, recording, answer);
	compare_cookies(c, recorded_value(headers, "Set-Cookie"), answer, live);
	if (to && got)
		compare_location(c, to, got);
	else if (to || (got && live))
		differ(c, "Location: %s, got %s", to ? to : "none", got ? got : "none");
}
