/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/form.h"

#include <string.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Malformed escapes stay as they are, as browsers and servers do (WHATWG URL, 1.3). */
static char *decode(struct arena *a, const char *s, size_t n, bool plus, size_t *ret_n,
		    bool *ret_malformed)
{
	char *to = arena_alloc(a, n + 1);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] != '%') {
			to[len++] = plus && s[i] == '+' ? ' ' : s[i];
		} else if (i + 2 < n && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
			to[len++] = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		} else {
			*ret_malformed = true;
			to[len++] = '%';
		}
	}
	*ret_n = len;
	return to;
}

static struct form_field field_of(struct arena *a, const char *s, size_t n, bool *ret_nul)
{
	const char *eq = memchr(s, '=', n);
	size_t name_len = eq ? (size_t)(eq - s) : n;
	struct form_field f = { 0 };
	bool malformed = false;
	size_t decoded;

	f.name = decode(a, s, name_len, true, &decoded, &malformed);
	if (eq)
		f.value = decode(a, eq + 1, n - name_len - 1, true, &f.value_len, &malformed);
	else
		f.value = "";
	*ret_nul |= strlen(f.name) != decoded || strlen(f.value) != f.value_len;
	return f;
}

struct form form_parse(struct arena *a, const char *text, size_t n)
{
	struct form f = { 0 };
	size_t most = n ? 1 : 0;

	for (size_t i = 0; i < n; i++)
		most += text[i] == '&';
	if (most > FORM_MAX_FIELDS)
		most = FORM_MAX_FIELDS;
	f.fields = arena_alloc(a, most * sizeof(*f.fields));
	while (n) {
		const char *amp = memchr(text, '&', n);
		size_t len = amp ? (size_t)(amp - text) : n;

		if (len && f.n == most) {
			f.too_many = true;
			break;
		}
		if (len)
			f.fields[f.n++] = field_of(a, text, len, &f.has_nul);
		n -= amp ? len + 1 : len;
		text += len + 1;
	}
	return f;
}

const char *form_get(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (*f->fields[i].name == *name && !strcmp(f->fields[i].name, name))
			return f->fields[i].value;
	return NULL;
}

size_t form_count(const struct form *f, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += !strcmp(f->fields[i].name, name);
	return n;
}

const char *form_duplicate(const struct form *f)
{
	for (size_t i = 1; i < f->n; i++)
		for (size_t k = 0; k < i; k++)
			if (!strcmp(f->fields[i].name, f->fields[k].name))
				return f->fields[i].name;
	return NULL;
}

char *percent_decode(struct arena *a, const char *s, size_t n)
{
	bool malformed = false;
	size_t len;
	char *text = decode(a, s, n, false, &len, &malformed);

	return malformed || strlen(text) != len ? NULL : text;
}
