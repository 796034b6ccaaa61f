/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/overlay.h"
#include "idp-sim/doors.h"
#include "idp-sim/load.h"
#include "idp-sim/registry.h"
#include "idp-sim/schema.h"
#include "idp-sim/state-url.h"

#include <string.h>

typedef bool patcher(struct idp *s, struct provider *p, const char *id, const json_t *patch,
		     struct err *err);

static const struct {
	const char *list, *key;
	patcher *patch;
} rows[] = {
	{ "tenants", "id", patch_tenant },
	{ "clients", "id", patch_client },
	{ "users", "name", patch_user },
};

static bool lay_list(struct idp *s, struct provider *p, const json_t *list, size_t row,
		     struct conf *conf, struct err *err)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		const char *id = conf_str(o, rows[row].key, NULL);
		char at[256];

		snprintf(at, sizeof(at), "/providers/%s/%s/%zu", p->name, rows[row].list, i);
		if (!id)
			return conf_fail(conf, at, err, "needs '%s'", rows[row].key);
		if (!rows[row].patch(s, p, id, o, err))
			return conf_fail(conf, at, err, "%s", err->text);
	}
	return true;
}

/* Origins of its own, of the provider or of a tenant in the list; only before anything listens. */
static bool lay_door(struct idp *s, const struct provider *p, const char *tenant,
		     const json_t *o, struct conf *conf, const char *at, struct err *err)
{
	const char *listen = conf_str(o, "listen", NULL);
	const char *public_url = conf_str(o, "public_url", NULL);

	if (s->origin || doors_add(s, p, tenant, listen, public_url, err))
		return true;
	return conf_fail(conf, at, err, "%s", err->text);
}

static bool lay_doors(struct idp *s, const struct provider *p, const json_t *o,
		      struct conf *conf, struct err *err)
{
	const json_t *t;
	char at[256];
	size_t i;

	snprintf(at, sizeof(at), "/providers/%s", p->name);
	if (!lay_door(s, p, NULL, o, conf, at, err))
		return false;
	json_array_foreach(json_object_get(o, "tenants"), i, t) {
		snprintf(at, sizeof(at), "/providers/%s/tenants/%zu", p->name, i);
		if (!lay_door(s, p, conf_str(t, "id", NULL), t, conf, at, err))
			return false;
	}
	return true;
}

static struct provider *find(const struct idp *s, struct provider *const *set, const char *name)
{
	for (size_t i = 0; i < s->n_providers; i++)
		if (!strcmp(set[i]->name, name))
			return set[i];
	return NULL;
}

static bool lay_provider(struct idp *s, struct provider *p, const char *name, const json_t *o,
			 struct conf *conf, struct err *err)
{
	char at[128];

	snprintf(at, sizeof(at), "/providers/%s", name);
	if (!p)
		return conf_fail(conf, at, err, "provider '%s' is not served", name);
	load_lifetimes(json_object_get(o, "lifetimes"), p->life_ms);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!lay_list(s, p, json_object_get(o, rows[i].list), i, conf, err))
			return false;
	return lay_doors(s, p, o, conf, err);
}

bool overlay_lay(struct idp *s, struct provider *const *set, struct conf *conf, struct err *err)
{
	const char *name;
	json_t *o;

	json_object_foreach(json_object_get(conf_root(conf), "providers"), name, o)
		if (!lay_provider(s, find(s, set, name), name, o, conf, err))
			return false;
	return true;
}

bool overlay_state(struct idp *s, const char **ret, struct err *err)
{
	AUTO(conf) struct conf *conf = NULL;
	struct state_url url;
	const char *state;
	struct err why;

	*ret = NULL;
	if (!s->options.config)
		return true;
	conf = conf_load(s->options.config, err);
	if (!conf || !conf_check(conf, config_schema, NULL, err))
		return false;
	state = conf_str(conf_root(conf), "state", NULL);
	if (state && strcmp(state, "memory") != 0 && !state_url_parse(state, &url, &why))
		return conf_fail(conf, "/state", err, "%s", why.text);
	*ret = arena_str(s->arena, state);
	return true;
}

bool overlay_load(struct idp *s, struct err *err)
{
	AUTO(conf) struct conf *conf = NULL;

	if (!s->options.config)
		return true;
	conf = conf_load(s->options.config, err);
	return conf && conf_check(conf, config_schema, NULL, err) &&
	       overlay_lay(s, s->providers, conf, err);
}
