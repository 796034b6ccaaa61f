/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reload.c - provider files and the configuration read again while it runs.
 *
 * Everything is made anew beside what is served, and takes its place only when all of it is
 * good. What was served stays until idp_stop(): a handler, a session or a code may hold it.
 */
#include "idp-sim/change.h"
#include "idp-sim/map.h"
#include "idp-sim/overlay.h"
#include "idp-sim/registry.h"
#include "idp-sim/schema.h"

#include <string.h>

/* ---- keys go on ---- */

struct heir {
	const struct provider *old;
};

static bool inherit_tenant(void *ctx, const char *name, void *value)
{
	const struct provider *old = ((struct heir *)ctx)->old;
	struct tenant *t = value;
	const struct tenant *before = map_get(old->tenants, t->id);

	if (old->keys_shared && old->n_keys)
		t->keys = old->keys[0];
	else if (before && before->keys)
		t->keys = before->keys;
	return true;
}

static void inherit(struct provider *p, const struct provider *old)
{
	map_each(p->tenants, inherit_tenant, &(struct heir) { old });
}

/* The keys of the old one first: where all tenants share them, the first are those. */
static void take_keys(struct provider *p, struct provider *old)
{
	size_t n = old->n_keys + p->n_keys;
	struct keys **all = realloc(old->keys, (n + 1) * sizeof(*all));

	if (!all)
		abort();
	for (size_t i = 0; i < p->n_keys; i++)
		all[old->n_keys + i] = p->keys[i];
	free(p->keys);
	p->keys = all;
	p->n_keys = n;
	old->keys = NULL;
	old->n_keys = 0;
}

/* ---- reading ---- */

static bool read_one(struct idp *s, const struct provider *old, struct provider **ret,
		     struct err *err)
{
	*ret = provider_load(old->file, err);
	if (!*ret)
		return false;
	provider_slim(*ret);
	if (strcmp((*ret)->name, old->name) != 0)
		return fail(err, ERR_INPUT, "%s: '%s' is served and cannot become '%s'",
			    old->file, old->name, (*ret)->name);
	inherit(*ret, old);
	return registry_keys(s, *ret, err);
}

static bool read_all(struct idp *s, struct provider **fresh, struct err *err)
{
	AUTO(conf) struct conf *conf = NULL;

	for (size_t i = 0; i < s->n_providers; i++)
		if (!read_one(s, s->providers[i], &fresh[i], err))
			return false;
	if (!s->options.config)
		return true;
	conf = conf_load(s->options.config, err);
	return conf && conf_check(conf, config_schema, NULL, err) &&
	       overlay_lay(s, fresh, conf, err);
}

static void retire(struct idp *s, struct provider *p)
{
	s->retired = realloc(s->retired, (s->n_retired + 1) * sizeof(*s->retired));
	if (!s->retired)
		abort();
	s->retired[s->n_retired++] = p;
}

static void swap(struct idp *s, struct provider **fresh)
{
	for (size_t i = 0; i < s->n_providers; i++) {
		struct provider *old = s->providers[i];

		pthread_mutex_lock(&s->change);
		inherit(fresh[i], old); /* tenants that the configuration adds */
		take_keys(fresh[i], old);
		__atomic_store_n(&s->providers[i], fresh[i], __ATOMIC_RELEASE);
		retire(s, old);
		pthread_mutex_unlock(&s->change);
	}
	change_note();
}

bool idp_reload(struct idp *s, struct err *err)
{
	struct provider *fresh[MAX_PROVIDERS] = { 0 };

	pthread_mutex_lock(&s->reload);
	bool good = read_all(s, fresh, err);
	if (good)
		swap(s, fresh);
	for (size_t i = 0; !good && i < s->n_providers; i++)
		provider_free(fresh[i]);
	pthread_mutex_unlock(&s->reload);
	return good;
}
