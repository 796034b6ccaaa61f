/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope-text.c - how granted scopes are written down.
 */
#include "idp-sim/scope.h"

#include <string.h>

static bool is_shown(const struct provider *p, const struct scopes *s, const char *name)
{
	const struct scope *known = scope_find(p, name);

	if (!known)
		return true;
	return !known->hidden && !(s->resource && !s->resource->is_default);
}

static const char *short_name(const struct scopes *s, const char *name)
{
	size_t n = s->resource ? strlen(s->resource->uri) : 0;

	return n && !strncmp(name, s->resource->uri, n) && name[n] == '/' ? name + n + 1 : name;
}

const char *scopes_text(struct exchange *x, const struct scopes *s, enum scopes_form form)
{
	AUTO_BUF b = { .arena = x->arena };

	for (size_t i = 0; i < s->n; i++) {
		const char *name = s->v[i];

		if (form != SCOPES_ALL && !is_shown(x->provider, s, name))
			continue;
		if (form != SCOPES_ALL && s->resource && !strcmp(name, "offline_access"))
			continue;
		if (b.n)
			buf_char(&b, ' ');
		buf_str(&b, form == SCOPES_SHORT ? short_name(s, name) : name);
	}
	return buf_keep(&b);
}

static void add_audience(const char **ret, size_t *n, const char *aud)
{
	for (size_t i = 0; i < *n; i++)
		if (!strcmp(ret[i], aud))
			return;
	if (*n < MAX_SCOPES)
		ret[(*n)++] = aud;
}

size_t scopes_audience(struct exchange *x, const struct scopes *s, const char *version,
		       const char **ret)
{
	const struct attr *own = x->client ? attr_find(&x->client->attrs, "audience") : NULL;
	const char *general;
	bool v1 = version && !strcmp(version, "1.0");
	size_t n = 0;

	if (own && own->value.kind == VALUE_STRING)
		add_audience(ret, &n, own->value.s);
	else if (s->resource)
		add_audience(ret, &n,
			     v1 && !s->resource->is_private ? s->resource->uri
							    : s->resource->id);
	for (size_t i = 0; i < s->n; i++) {
		const struct scope *known = scope_find(x->provider, s->v[i]);

		if (known && known->audience)
			add_audience(ret, &n, known->audience);
	}
	general = template_text(x->provider->texts[TXT_audience], x, x->arena);
	if (*general && !own && !s->resource)
		add_audience(ret, &n, general);
	if (!n && x->client)
		add_audience(ret, &n, x->client->id);
	return n;
}
