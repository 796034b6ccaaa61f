/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/program/page-form.h"
#include "idp-sim/program/replay-text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *page_attribute(struct arena *a, const char *tag, const char *name)
{
	size_t n = strcspn(tag, ">");
	size_t k = strlen(name);
	AUTO_BUF out = { 0 };

	for (const char *at = tag + 1; at + k + 2 < tag + n; at++) {
		if (!isspace((unsigned char)at[-1]) || strncmp(at, name, k) != 0 ||
		    strncmp(at + k, "=\"", 2) != 0)
			continue;
		at += k + 2;
		put_page_text(&out, arena_dup(a, at, strcspn(at, "\"")));
		return arena_str(a, out.p ? out.p : "");
	}
	return NULL;
}

static bool among(const char *word, const char *const *words)
{
	for (; word && *words; words++)
		if (!strcasecmp(word, *words))
			return true;
	return false;
}

static bool says_no(const char *name, const char *value)
{
	static const char *const words[] = { "cancel", "deny", "decline", "no", "back", NULL };

	return among(name, words) || among(value, words);
}

/* What is sent for one input; NULL: nothing. */
static const char *typed(const struct typist *t, bool is_button, const char *name,
			 const char *type, const char *value, bool refuses)
{
	static const char *const ignored[] = { "checkbox", "radio", "button", "reset", NULL };
	static const char *const texts[] = { "text", "email", NULL };
	static const char *const codes[] = { "user_code", "device_user_code", "otc", NULL };

	if (among(type, ignored))
		return NULL;
	if (is_button && says_no(name, value) != refuses)
		return NULL;
	if (is_button && refuses && t->has_refused)
		*t->has_refused = true;
	if (is_button)
		return value ? value : "";
	if (type && !strcmp(type, "password"))
		return t->password;
	if (type && !among(type, texts))
		return value ? value : "";
	return among(name, codes) && t->user_code ? t->user_code : t->login;
}

const char *page_fill(struct arena *a, const char *html, const struct typist *t,
		      void (*put)(void *ctx, const char *name, const char *value), void *ctx)
{
	const char *form = html ? strstr(html, "<form") : NULL;
	const char *end = form ? strstr(form, "</form>") : NULL;

	if (!end)
		return NULL;
	const char *action = page_attribute(a, form, "action");
	/* A form that asks for a password is refused by nobody. */
	bool refuses = t->refuses && !memmem(form, (size_t)(end - form), "\"password\"", 10);
	for (const char *tag = form; (tag = strchr(tag + 1, '<')) && tag < end;) {
		bool is_button = !strncmp(tag, "<button", 7);
		if (!is_button && strncmp(tag, "<input", 6) != 0)
			continue;
		const char *name = page_attribute(a, tag, "name");
		const char *type = page_attribute(a, tag, "type");
		is_button = (is_button && !type) || (type && !strcmp(type, "submit"));
		const char *value = typed(t, is_button, name, type,
					  page_attribute(a, tag, "value"), refuses);
		if (name && value)
			put(ctx, name, value);
	}
	return action ? action : "";
}
