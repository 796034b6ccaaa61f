/* SPDX-License-Identifier: Apache-2.0 */
/* Member by member: an answer of the simulator beside the recorded one. */
#include "idp-sim/program/replay-differ.h"
#include "idp-sim/program/replay-text.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

void differ(struct comparison *c, const char *fmt, ...)
{
	AUTO_BUF line = { 0 };
	va_list ap;

	c->differences++;
	if (c->quiet)
		return;
	va_start(ap, fmt);
	buf_vprintf(&line, fmt, ap);
	va_end(ap);
	for (char *at = line.p; *at; at++)
		if (*at == '\n' || *at == '\r')
			*at = ' ';
	printf("%s: %s\n", c->case_name, line.p);
}

bool among(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcasecmp(name, *names))
			return true;
	return false;
}

/* Compared by shape only. */
static const char *const volatile_members[] = { "device_code",
						"user_code",
						"session_state",
						"sid",
						"jti",
						"reuse_id",
						"at_hash",
						"kid",
						"n",
						"x5c",
						"x5t",
						"x5t#S256",
						"public_key",
						"trace_id",
						"correlation_id",
						"timestamp",
						"request-id",
						"date",
						"client-request-id",
						"errorId",
						"uti",
						"access_token",
						"refresh_token",
						"id_token",
						"code",
						"tab_id",
						"session_code",
						"rh",
						"aio",
						NULL };
static const char *const time_members[] = { "exp",	  "iat",	"nbf", "auth_time",
					    "expires_on", "not_before", NULL };
static const char *const life_members[] = { "expires_in", "refresh_expires_in", NULL };

/* ---- texts ---- */

/* An ID token's nonce is the client's, that in the header of a token is made up. */
static bool is_volatile(const char *path, const char *name)
{
	return among(name, volatile_members) ||
	       (!strcmp(name, "nonce") && strstr(path, " header."));
}

void compare_text(struct comparison *c, const char *path, const char *name, const char *g,
		  const char *x)
{
	AUTO_BUF a = { 0 };
	AUTO_BUF b = { 0 };

	if (is_volatile(path, name)) {
		if (!same_shape(g, x))
			differ(c, "%s: shape of '%.80s', got '%.80s'", path, g, x);
		return;
	}
	if (among(name, time_members)) {
		if (strlen(g) != strlen(x))
			differ(c, "%s: a time like %s, got %s", path, g, x);
		return;
	}
	put_settled(&a, g, c->origin, c->recorded_code);
	put_settled(&b, x, c->origin, c->code);
	if (a.n != b.n || memcmp(a.p ? a.p : "", b.p ? b.p : "", a.n) != 0)
		differ(c, "%s: '%.200s', got '%.200s'", path, a.p ? a.p : "", b.p ? b.p : "");
}

/* ---- JSON ---- */

static void compare_value(struct comparison *c, const char *path, const char *name,
			  const json_t *g, const json_t *x);

static void compare_order(struct comparison *c, const char *path, const json_t *g,
			  const json_t *x)
{
	const char *key, *other;
	json_t *value, *ignored;
	void *at = json_object_iter((json_t *)x);

	(void)ignored;
	json_object_foreach((json_t *)g, key, value) {
		if (!json_object_get(x, key))
			continue;
		while (at && !json_object_get(g, json_object_iter_key(at)))
			at = json_object_iter_next((json_t *)x, at);
		other = at ? json_object_iter_key(at) : "the end";
		if (strcmp(other, key) != 0) {
			differ(c, "%s: order: '%s', got '%s'", path, key, other);
			return;
		}
		at = json_object_iter_next((json_t *)x, at);
	}
}

void compare_members(struct comparison *c, const char *path, const json_t *g, const json_t *x)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)x, key, value)
		if (!json_object_get(g, key))
			differ(c, "%s.%s: none, got one", path, key);
	json_object_foreach((json_t *)g, key, value) {
		AUTO_BUF inner = { 0 };
		const json_t *other = json_object_get(x, key);
		buf_printf(&inner, "%s.%s", path, key);
		if (other)
			compare_value(c, inner.p, key, value, other);
		else
			differ(c, "%s: missing", inner.p);
	}
	compare_order(c, path, g, x);
}

static void compare_list(struct comparison *c, const char *path, const char *name,
			 const json_t *g, const json_t *x)
{
	size_t n = json_array_size(g);

	if (n != json_array_size(x))
		differ(c, "%s: %zu items, got %zu", path, n, json_array_size(x));
	for (size_t i = 0; i < n && i < json_array_size(x); i++) {
		AUTO_BUF inner = { 0 };
		buf_printf(&inner, "%s[%zu]", path, i);
		compare_value(c, inner.p, name, json_array_get(g, i), json_array_get(x, i));
	}
}

static void compare_number(struct comparison *c, const char *path, const char *name,
			   const json_t *g, const json_t *x)
{
	json_int_t a = json_integer_value(g);
	json_int_t b = json_integer_value(x);
	json_int_t between = a > b ? a - b : b - a;

	if (among(name, time_members) && a > 100000000)
		between = b > 100000000 ? 0 : between;
	if (!strcmp(name, "not-before-policy"))
		between = b == 0 || b > 100000000 ? 0 : 1;
	if (between > (among(name, life_members) && a > 1))
		differ(c, "%s: %lld, got %lld", path, (long long)a, (long long)b);
}

bool read_token(const char *token, json_t **ret_header, json_t **ret_claims)
{
	const char *dot = strchr(token, '.');
	const char *end = dot ? strchr(dot + 1, '.') : NULL;
	const char *parts[] = { token, dot ? dot + 1 : NULL, end };
	json_t *read[2] = { 0 };

	for (int i = 0; i < 2 && end; i++) {
		size_t n = (size_t)(i ? end - parts[1] : dot - token);
		AUTO(char) char *bytes = malloc(n + 3);
		long size = bytes ? b64_decode(parts[i], n, (unsigned char *)bytes) : -1;
		if (size >= 0)
			read[i] = json_loadb(bytes, (size_t)size, 0, NULL);
	}
	*ret_header = read[0];
	*ret_claims = read[1];
	return read[0] && read[1];
}

/* A token that both sides can read; false when the recorded one cannot be read. */
static bool compare_token(struct comparison *c, const char *path, const char *g, const char *x)
{
	AUTO(json_t) json_t *header = NULL;
	AUTO(json_t) json_t *claims = NULL;
	AUTO(json_t) json_t *got_header = NULL;
	AUTO(json_t) json_t *got_claims = NULL;
	AUTO_BUF inner = { 0 };

	if (!read_token(g, &header, &claims))
		return false;
	if (!read_token(x, &got_header, &got_claims)) {
		differ(c, "%s: a token, got '%.40s'", path, x);
		return true;
	}
	buf_printf(&inner, "%s header", path);
	compare_members(c, inner.p, header, got_header);
	buf_reset(&inner);
	buf_printf(&inner, "%s claims", path);
	compare_members(c, inner.p, claims, got_claims);
	return true;
}

static const char *kind(const json_t *v)
{
	static const char *const names[] = { "object", "array", "string", "integer",
					     "real",   "true",	"false",  "null" };

	return names[json_typeof(v)];
}

/* Whose value says nothing, because it told who somebody is. */
static bool is_placeholder(const struct comparison *c, const char *name)
{
	for (size_t i = 0; i < json_array_size(c->placeholders); i++)
		if (!strcmp(json_string_value(json_array_get(c->placeholders, i)), name))
			return true;
	return false;
}

static void compare_value(struct comparison *c, const char *path, const char *name,
			  const json_t *g, const json_t *x)
{
	if (json_typeof(g) != json_typeof(x)) {
		differ(c, "%s: %s, got %s", path, kind(g), kind(x));
		return;
	}
	if (is_placeholder(c, name))
		return;
	if (json_is_object(g))
		compare_members(c, path, g, x);
	else if (json_is_array(g))
		compare_list(c, path, name, g, x);
	else if (json_is_integer(g))
		compare_number(c, path, name, g, x);
	else if (json_is_string(g) &&
		 !compare_token(c, path, json_string_value(g), json_string_value(x)))
		compare_text(c, path, name, json_string_value(g), json_string_value(x));
}

/* ---- the answer ---- */

static void compare_piece(struct comparison *c, const char *what, const char *page,
			  const json_t *piece)
{
	if (json_is_string(piece) && !strstr(page, json_string_value(piece)))
		differ(c, "%s: '%s' is not on the page", what, json_string_value(piece));
}

static void compare_page(struct comparison *c, const json_t *response, const char *html)
{
	static const char *const members[] = { "page_title", "page_message", "page_alert" };
	AUTO_BUF page = { 0 };

	put_page_text(&page, html);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const json_t *v = json_object_get(response, members[i]);
		compare_piece(c, members[i], page.p ? page.p : "", v);
		for (size_t k = 0; k < json_array_size(v); k++)
			compare_piece(c, members[i], page.p ? page.p : "",
				      json_array_get(v, k));
	}
}

/* Golden tokens may be shortened; then their decoded parts say what they held. */
static void compare_decoded(struct comparison *c, const json_t *decoded, const json_t *got)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)decoded, key, value) {
		AUTO(json_t) json_t *header = NULL;
		AUTO(json_t) json_t *claims = NULL;
		const char *token = json_string_value(json_object_get(got, key));
		if (!token || !read_token(token, &header, &claims))
			continue;
		if (json_object_get(value, "header"))
			compare_members(c, "token header", json_object_get(value, "header"),
					header);
		if (json_object_get(value, "claims"))
			compare_members(c, "token claims", json_object_get(value, "claims"),
					claims);
	}
}

static void compare_body(struct comparison *c, const json_t *recording,
			 const struct wire_answer *answer)
{
	const json_t *response = json_object_get(recording, "response");
	const char *text = conf_str(response, "body", "");
	const char *got_text = answer->body ? answer->body : "";
	const char *type = recorded_header(recording, "Content-Type");
	json_error_t ignored;
	AUTO(json_t) json_t *g = json_loads(text, 0, &ignored);
	AUTO(json_t)
	json_t *x = json_loadb(got_text, answer->body_len, JSON_REJECT_DUPLICATES, &ignored);

	if ((type && strstr(type, "html")) || json_object_get(response, "page_title")) {
		compare_page(c, response, got_text);
		return;
	}
	if (!g) {
		if (!strstr(text, "…"))
			compare_text(c, "body", "body", text, got_text);
		return;
	}
	if (!x) {
		differ(c, "body: JSON, got '%.80s'", got_text);
		return;
	}
	c->recorded_code = conf_str(g, "user_code", NULL);
	c->code = conf_str(x, "user_code", NULL);
	compare_value(c, "body", "body", g, x);
	compare_decoded(c, json_object_get(recording, "decoded"), x);
	compare_relations(c, recording, g, x, answer);
}

void compare_answer(struct comparison *c, const json_t *recording,
		    const struct wire_answer *answer)
{
	int status = (int)conf_int(recording, "response.status", 0);

	c->placeholders = json_object_get(recording, "placeholders");
	if (status != answer->status)
		differ(c, "status: %d, got %d", status, answer->status);
	compare_headers(c, recording, answer);
	compare_body(c, recording, answer);
}
