/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/load.h"
#include "idp-sim/base/file.h"
#include "idp-sim/map.h"
#include "idp-sim/provider-files.h"
#include "idp-sim/schema.h"

#include <stdarg.h>
#include <string.h>

bool load_fail(struct loader *l, const char *pointer, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!l->conf)
		return fail(l->err, ERR_INPUT, "%s", text);
	return conf_fail(l->conf, pointer, l->err, "%s", text);
}

bool load_template(struct loader *l, const char *pointer, const json_t *text,
		   enum text_kind kind, const struct template **ret)
{
	struct err why = { 0 };

	if (!text || json_is_null(text))
		return true;
	if (!json_is_string(text))
		return load_fail(l, pointer, "must be text");
	*ret = template_new(l->a, json_string_value(text), kind, &why);
	return *ret ? true : load_fail(l, pointer, "%s", why.text);
}

const char *load_str(struct arena *a, const json_t *o, const char *key)
{
	return arena_str(a, json_string_value(json_object_get(o, key)));
}

struct words load_words(struct arena *a, const json_t *list)
{
	size_t n = json_is_string(list) ? 1 : json_array_size(list);
	const char **v = arena_alloc(a, (n + 1) * sizeof(*v));
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_is_string(list) ? list : json_array_get(list, i);

		if (json_is_string(item))
			v[kept++] = arena_str(a, json_string_value(item));
	}
	return (struct words) { .v = v, .n = kept };
}

bool words_have(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(w->v[i], word))
			return true;
	return false;
}

/* "a b" of a list of strings: what a list is worth inside quotes. */
static const char *joined(struct arena *a, const json_t *list)
{
	AUTO_BUF b = { 0 };
	size_t i;
	const json_t *item;

	json_array_foreach(list, i, item)
		buf_printf(&b, "%s%s", i ? " " : "",
			   json_string_value(item) ? json_string_value(item) : "");
	return b.p ? arena_dup(a, b.p, b.n) : "";
}

static struct value value_of(struct arena *a, const json_t *j)
{
	struct value v = { 0 };
	AUTO(char) char *text = NULL;

	switch (json_typeof(j)) {
	case JSON_STRING:
		v.kind = VALUE_STRING;
		v.n = json_string_length(j);
		v.s = arena_dup(a, json_string_value(j), v.n);
		break;
	case JSON_INTEGER:
		v = (struct value) { .kind = VALUE_INT, .i = json_integer_value(j) };
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		v = (struct value) { .kind = VALUE_BOOL, .i = json_is_true(j) };
		break;
	default:
		text = json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
		v.kind = VALUE_JSON;
		v.s = arena_str(a, text ? text : "null");
		v.n = strlen(v.s);
		v.text = json_is_array(j) ? joined(a, j) : NULL;
	}
	return v;
}

void load_attrs(struct arena *a, const json_t *o, struct attrs *ret)
{
	struct attr *v = arena_alloc(a, (json_object_size(o) + 1) * sizeof(*v));
	const char *key;
	json_t *value;
	size_t n = 0;

	json_object_foreach((json_t *)o, key, value) {
		if (json_is_null(value))
			continue;
		v[n].name = arena_str(a, key);
		v[n++].value = value_of(a, value);
	}
	*ret = (struct attrs) { .v = v, .n = n };
}

const struct attr *attr_find(const struct attrs *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (*a->v[i].name == *name && !strcmp(a->v[i].name, name))
			return &a->v[i];
	return NULL;
}

static const char *const lifetime_names[LIFE_N] = { "access", "id",	  "refresh", "session",
						    "device", "interval", "code" };

void load_lifetimes(const json_t *o, int64_t ret[LIFE_N])
{
	for (int i = 0; i < LIFE_N; i++)
		ret[i] = conf_duration_ms(json_object_get(o, lifetime_names[i]), ret[i]);
}

/* ---- a whole file ---- */

static struct provider *provider_new(void)
{
	struct arena *a = arena_new();
	struct provider *p = arena_alloc(a, sizeof(*p));

	p->arena = a;
	p->tenants = map_new();
	p->clients = map_new();
	p->users = map_new();
	p->retired = json_array();
	return p;
}

static bool fill(struct loader *l, json_t *root)
{
	struct provider *p = l->p;
	static const int64_t usual_s[LIFE_N] = { 3600, 3600, 86400, 2592000, 600, 5, 60 };

	p->name = load_str(l->a, root, "name");
	if (!p->name)
		return load_fail(l, "", "needs a name");
	p->title = load_str(l->a, root, "title");
	p->prefix = load_str(l->a, root, "prefix");
	if (!p->title)
		p->title = p->name;
	if (!p->prefix)
		p->prefix = "";
	for (int i = 0; i < LIFE_N; i++)
		p->life_ms[i] = 1000 * usual_s[i];
	load_lifetimes(json_object_get(root, "lifetimes"), p->life_ms);
	return load_surface(l, root) && load_registry(l, root);
}

/* Not one that is compiled in, which was checked when it was. */
static bool is_path(const char *name)
{
	return strchr(name, '/') || strstr(name, ".yaml");
}

static struct conf *open_file(const char *name, struct err *err)
{
	char file[256];
	const struct embedded *e;

	if (is_path(name))
		return conf_load(name, err);
	snprintf(file, sizeof(file), "%s.pack", name);
	e = embedded_find(provider_files, file);
	if (e)
		return conf_of_packed(file, e->text);
	fail(err, ERR_INPUT,
	     "unknown provider '%s': known are azure, okta and keycloak; give a path for a "
	     "file of your own",
	     name);
	return NULL;
}

struct provider *provider_load(const char *name, struct err *err)
{
	AUTO(conf) struct conf *conf = open_file(name, err);
	struct provider *p;
	struct loader l = { .conf = conf, .err = err };

	if (!conf || (is_path(name) && !conf_check(conf, provider_schema, NULL, err)))
		return NULL;
	p = provider_new();
	l.p = p;
	l.a = p->arena;
	p->file = arena_str(l.a, name);
	p->source = json_incref(conf_root(conf));
	if (fill(&l, p->source))
		return p;
	provider_free(p);
	return NULL;
}

void provider_slim(struct provider *p)
{
	static const char *const compiled[] = { "endpoints", "headers", "envelopes", "texts",
						"errors" };

	for (size_t i = 0; i < ARRAY_LEN(compiled); i++)
		json_object_del(p->source, compiled[i]);
}

static bool free_client(void *ctx, const char *name, void *value)
{
	json_decref(((struct client *)value)->source);
	return true;
}

static bool free_user(void *ctx, const char *name, void *value)
{
	json_decref(((struct user *)value)->source);
	free(((struct user *)value)->state);
	return true;
}

static bool free_tenant(void *ctx, const char *name, void *value)
{
	json_decref(((struct tenant *)value)->source);
	return true;
}

void provider_free(struct provider *p)
{
	if (!p)
		return;
	map_each(p->clients, free_client, NULL);
	map_each(p->users, free_user, NULL);
	map_each(p->tenants, free_tenant, NULL);
	map_free(p->clients);
	map_free(p->users);
	map_free(p->tenants);
	for (size_t i = 0; i < p->n_keys; i++)
		keys_free(p->keys[i]);
	free(p->keys);
	json_decref(p->source);
	json_decref(p->retired);
	for (size_t i = 0; i < p->n_old_states; i++)
		free(p->old_states[i]);
	free(p->old_states);
	arena_free(p->arena);
}
