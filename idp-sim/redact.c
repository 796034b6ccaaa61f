/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/redact.h"

#include "idp-sim/base/form.h"

#include <string.h>
#include <strings.h>

static const char removed[] = "(removed)";

static const char *const secrets[] = {
	"access_token",
	"actor_token",
	"assertion",
	"client_assertion",
	"client_secret",
	"code",
	"code_verifier",
	"device_code",
	"id_token",
	"id_token_hint",
	"logout_token",
	"new_password",
	"otp",
	"password",
	"passwd",
	"refresh_token",
	"session",
	"sessionToken",
	"stateToken",
	"subject_token",
	"token",
	"totp",
	"user_assertion",
	"password_confirm",
	"registration_access_token",
};

static _Thread_local struct {
	void (*seen)(void *ctx, const char *value, size_t n);
	void *ctx;
} watch;

void redact_watch(void (*seen)(void *ctx, const char *value, size_t n), void *ctx)
{
	watch.seen = seen;
	watch.ctx = ctx;
}

static void tell(const char *value, size_t n)
{
	if (watch.seen && n)
		watch.seen(watch.ctx, value, n);
}

/* "a=1; b=2": the values, each its own secret. */
static void tell_cookies(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, ";"), name = strcspn(text, "=;");

		if (name < n)
			tell(text + name + 1, n - name - 1);
		text += n + strspn(text + n, "; ");
	}
}

bool redact_is_secret(const char *name, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		if (strlen(secrets[i]) == n && !strncasecmp(secrets[i], name, n))
			return true;
	return false;
}

/* Where the signature of a compact JWS begins, or 0. */
static size_t signature_at(const char *value, size_t n)
{
	const char *first = n > 3 && !memcmp(value, "eyJ", 3) ? memchr(value, '.', n) : NULL;
	const char *second =
		first ? memchr(first + 1, '.', n - (size_t)(first + 1 - value)) : NULL;

	return second ? (size_t)(second - value) + 1 : 0;
}

void redact_value(const char *value, size_t n, struct buf *out)
{
	size_t keep = signature_at(value, n);

	tell(value, n);
	buf_add(out, value, keep);
	if (n)
		buf_str(out, removed);
}

/* "Basic dXNlcjpwYXNz" keeps the user name. */
static void redact_basic(const char *text, struct buf *out)
{
	size_t n = strlen(text);
	unsigned char *raw = malloc(n * 3 / 4 + 4);
	long len = raw ? b64_decode(text, n, raw) : -1;
	const unsigned char *colon = len > 0 ? memchr(raw, ':', (size_t)len) : NULL;

	if (colon) {
		buf_add(out, raw, (size_t)(colon - raw));
		buf_char(out, ':');
		tell((const char *)colon + 1, (size_t)(raw + len - colon - 1));
	}
	buf_str(out, removed);
	free(raw);
}

void redact_header(const char *name, const char *value, struct buf *out)
{
	static const char *const hidden[] = { "Cookie", "Proxy-Authorization", "DPoP",
					      "X-Api-Key" };
	const char *blank = strchr(value, ' ');

	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		if (!strcasecmp(name, hidden[i])) {
			if (!i)
				tell_cookies(value);
			else
				tell(value, strlen(value));
			buf_str(out, removed);
			return;
		}
	if (strcasecmp(name, "Authorization")) {
		buf_str(out, value);
		return;
	}
	if (!blank) {
		buf_str(out, removed);
		return;
	}
	buf_add(out, value, (size_t)(blank + 1 - value));
	if (!strncasecmp(value, "Basic ", 6))
		redact_basic(blank + 1, out);
	else
		redact_value(blank + 1, strlen(blank + 1), out);
}

static void put_field(const struct form_field *f, struct buf *out)
{
	AUTO_BUF safe = { 0 };

	if (redact_is_secret(f->name, strlen(f->name)))
		redact_value(f->value, f->value_len, &safe);
	else
		buf_add(&safe, f->value, f->value_len);
	buf_json(out, safe.p ? safe.p : "", safe.n);
}

static bool seen_before(const struct form *form, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(form->fields[i].name, form->fields[at].name))
			return true;
	return false;
}

static void put_all(const struct form *form, size_t at, struct buf *out)
{
	const char *name = form->fields[at].name;
	bool many = form_count(form, name) > 1;
	const char *comma = "";

	buf_json(out, name, strlen(name));
	buf_str(out, many ? ":[" : ":");
	for (size_t i = at; i < form->n; i++) {
		if (strcmp(form->fields[i].name, name) != 0)
			continue;
		buf_str(out, comma);
		put_field(&form->fields[i], out);
		comma = ",";
	}
	if (many)
		buf_char(out, ']');
}

void redact_form(const char *text, size_t n, struct buf *out)
{
	enum { SHOWN = 50 };
	AUTO(arena) struct arena *a = arena_new();
	struct form form = form_parse(a, text, n);
	const char *comma = "";

	if (form.n > SHOWN)
		form.n = SHOWN;
	buf_char(out, '{');
	for (size_t i = 0; i < form.n; i++) {
		if (seen_before(&form, i))
			continue;
		buf_str(out, comma);
		put_all(&form, i, out);
		comma = ",";
	}
	buf_char(out, '}');
}

/* The end of the string that begins at the quote p: its closing quote, or end. */
static const char *string_end(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\' && p + 1 < end)
			p++;
	return p < end ? p : end;
}

void redact_json(const char *text, size_t n, struct buf *out)
{
	const char *end = text + n, *kept = text, *name = NULL;
	size_t name_n = 0;

	for (const char *p = text; p < end; p++) {
		if (*p != '"') {
			if (*p != ':' && *p != ' ')
				name = NULL;
			continue;
		}
		const char *inside = p + 1, *stop = string_end(p, end);
		if (name && redact_is_secret(name, name_n)) {
			buf_add(out, kept, (size_t)(inside - kept));
			redact_value(inside, (size_t)(stop - inside), out);
			kept = stop;
		}
		name = inside;
		name_n = (size_t)(stop - inside);
		p = stop;
	}
	if (kept < end)
		buf_add(out, kept, (size_t)(end - kept));
}
