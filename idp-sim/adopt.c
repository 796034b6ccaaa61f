/* SPDX-License-Identifier: Apache-2.0 */
/*
 * adopt.c - what nobody registered is registered on first use (idp_options.adopt).
 */
#include "idp-sim/registry.h"

#include <string.h>

static void say_adopted(const struct exchange *x, const char *what, const char *id)
{
	const struct idp_options *o = &x->idp->options;

	if (o->on_line)
		o->on_line(o->ctx, arena_printf(x->arena, "adopted: %s %s '%s'",
						x->provider->name, what, id));
}

const struct tenant *adopt_tenant(struct exchange *x, const char *id)
{
	struct err err = { 0 };
	AUTO(json_t) json_t *spec = json_pack("{s:s}", "id", id);
	const struct tenant *t =
		spec ? add_tenant(x->idp, (struct provider *)x->provider, spec, &err) : NULL;

	say_adopted(x, "tenant", id);
	return t ? t : provider_tenant(x->provider, id);
}

const struct client *adopt_client(struct exchange *x, const char *id)
{
	struct err err = { 0 };
	bool secret = x->credential_secret != NULL;
	AUTO(json_t)
	json_t *spec = json_pack("{s:b, s:b, s:[s], s:[s,s,s,s,s,s], s:[s]}", "adopted", true,
				 "public", !secret, "origins", "*", "grants", "password",
				 "client_credentials", "device_code", "refresh_token",
				 "authorization_code", "token_exchange", "redirect_uris", "*");

	if (spec && secret)
		json_object_set_new(spec, "secret", json_string(x->credential_secret));
	if (!spec || !patch_client(x->idp, (struct provider *)x->provider, id, spec, &err))
		return NULL;
	say_adopted(x, "client", id);
	return provider_client(x->provider, id);
}

void adopt_redirect_uri(struct exchange *x, const char *uri)
{
	struct err err = { 0 };
	AUTO(json_t) json_t *spec = json_object();
	json_t *list = json_deep_copy(json_object_get(x->client->source, "redirect_uris"));

	if (!json_is_array(list)) {
		json_decref(list);
		list = json_array();
	}
	json_array_append_new(list, json_string(uri));
	json_object_set_new(spec, "redirect_uris", list);
	if (!patch_client(x->idp, (struct provider *)x->provider, x->client->id, spec, &err))
		return;
	x->client = provider_client(x->provider, x->client->id);
	say_adopted(x, "redirect_uri", uri);
}
