/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/record.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/sim.h"
#include "idp-sim/text.h"

#include <string.h>

static const char expires[] = "expires";

static void *member(const struct record *r, const struct record_field *f)
{
	return (char *)(uintptr_t)r + f->at;
}

/* ---- to text ---- */

static json_t *json_of(const struct record *r, const struct record_field *f)
{
	const void *at = member(r, f);

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_VERSION:
		return *(char *const *)at ? json_string(*(char *const *)at) : NULL;
	case FIELD_INT64:
		return json_integer(*(const int64_t *)at);
	case FIELD_INT:
		return json_integer(*(const int *)at);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)at);
	case FIELD_PROVIDER:
		return json_string((*(const struct provider *const *)at)->name);
	case FIELD_TENANT:
		return json_string((*(const struct tenant *const *)at)->id);
	}
	return NULL;
}

char *record_text(const struct record_kind *kind, const struct record *r)
{
	AUTO(json_t) json_t *o = json_object();
	char *text;

	json_object_set_new(o, expires, json_integer(r->expires_ms));
	for (const struct record_field *f = kind->fields; f->name; f++)
		json_object_set_new(o, f->name, json_of(r, f));
	text = json_dumps(o, JSON_COMPACT);
	if (!text)
		abort();
	return text;
}

/* ---- from text ---- */

static const char *version_of(const struct provider *p, const char *word)
{
	for (size_t i = 0; word && i < p->n_endpoints; i++)
		if (p->endpoints[i].version && !strcmp(p->endpoints[i].version, word))
			return p->endpoints[i].version;
	return NULL;
}

/* p is the provider that the record names. */
static bool take(struct record *r, const struct record_field *f, const struct provider *p,
		 const json_t *v)
{
	void *at = member(r, f);
	char *old;

	switch (f->type) {
	case FIELD_TEXT:
		old = *(char **)at;
		*(char **)at = text_copy(json_string_value(v));
		free(old);
		return true;
	case FIELD_INT64:
		*(int64_t *)at = json_integer_value(v);
		return true;
	case FIELD_INT:
		*(int *)at = (int)json_integer_value(v);
		return true;
	case FIELD_BOOL:
		*(bool *)at = json_is_true(v);
		return true;
	case FIELD_PROVIDER:
		*(const struct provider **)at = p;
		return p != NULL;
	case FIELD_TENANT:
		*(const struct tenant **)at = provider_tenant(p, json_string_value(v));
		return *(const struct tenant **)at != NULL;
	case FIELD_VERSION:
		*(const char **)at = version_of(p, json_string_value(v));
		return true;
	}
	return false;
}

static bool take_all(const struct record_kind *kind, struct record *r, const json_t *o,
		     const struct provider *p)
{
	for (const struct record_field *f = kind->fields; f->name; f++)
		if (!take(r, f, p, json_object_get(o, f->name)))
			return false;
	return true;
}

struct record *record_parse(const struct record_kind *kind, const struct idp *idp,
			    const char *key, const char *text)
{
	AUTO(json_t) json_t *o = json_loads(text, 0, NULL);
	const char *provider = conf_str(o, "provider", NULL);
	struct record *r;

	if (!json_is_object(o))
		return NULL;
	r = calloc(1, kind->size);
	if (!r)
		abort();
	record_init(r, key, conf_int(o, expires, 0));
	r->release = kind->release;
	if (take_all(kind, r, o, provider ? idp_provider(idp, provider) : NULL))
		return r;
	record_unref(r);
	return NULL;
}

bool record_update(const struct record_kind *kind, struct record *r, const char *text)
{
	AUTO(json_t) json_t *o = json_loads(text, 0, NULL);

	if (!json_is_object(o))
		return false;
	r->expires_ms = conf_int(o, expires, 0);
	for (const struct record_field *f = kind->fields; f->name; f++)
		if (f->changes && !take(r, f, NULL, json_object_get(o, f->name)))
			return false;
	return true;
}
