/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - configurations of the platform: the documented one of each provider, and the
 * named groups of changes that rows ask for.
 */
#include "suites/kit/imposter.h"
#include "suites/kit/lab.h"
#include "suites/kit/tenant.h"

#include "idp-sim/base/conf.h"

#include <string.h>

/* What the platform's provider pages say to configure. */
struct provider_config {
	const char *provider;
	const char *email_claim, *subject_claim, *groups_claim;
	bool prefix; /* custom scopes are written api://CLIENT-ID/platform:read */
};

static const struct provider_config provider_configs[] = {
	{ "azure", "upn", "oid", "groups", true },
	{ "okta", "email", "sub", "groups", false },
	{ "keycloak", "email", "sub", "groups", false },
};

static const char *const third_issuers[] = { "https://issuer.example/second", NULL };

static void apply_default(struct platform_config *c)
{
	(void)c;
}

static void apply_no_audience(struct platform_config *c)
{
	c->audience = NULL;
}

static void apply_auth_off(struct platform_config *c)
{
	c->auth_disabled = true;
}

static void apply_oidc_off(struct platform_config *c)
{
	c->oidc_disabled = true;
}

static void apply_unsigned(struct platform_config *c)
{
	c->oidc_disabled = true;
	c->allow_unsigned_jwt = true;
}

static void apply_additional_issuer(struct platform_config *c)
{
	c->additional_issuers = third_issuers;
}

static void apply_no_seed(struct platform_config *c)
{
	c->no_seed = true;
}

/* One documented second, so that what waits for the interval can be seen waiting. */
static void apply_short_refresh(struct platform_config *c)
{
	c->refresh_interval_ms = 1000;
	c->bundle_cache_ms = 1000;
}

/* Long enough to tell an answer at once from one that waited. */
static void apply_slow_refresh(struct platform_config *c)
{
	c->refresh_interval_ms = 3000;
}

/* Longer than any row: what waits for the interval runs into its own limit. */
static void apply_long_refresh(struct platform_config *c)
{
	c->refresh_interval_ms = 3600 * 1000;
	c->propagation_wait_ms = 2000;
}

static void apply_access_keys(struct platform_config *c)
{
	c->access_keys = true;
}

static void apply_admin_case(struct platform_config *c)
{
	c->admin_email = "Admin@example.com";
}

static void apply_prefix(struct platform_config *c)
{
	c->scope_prefix = "api://gauntlet/";
}

/* Keys are fetched anew so often that a row can wait for it. */
static void apply_short_jwks(struct platform_config *c)
{
	c->jwks_cache_ms = 500;
}

static void apply_endpoint_override(struct platform_config *c)
{
	c->token_endpoint = "https://idp.example/overridden/token";
}

static void apply_short_pdp_timeout(struct platform_config *c)
{
	c->pdp_timeout_ms = 1000;
}

static const struct group {
	const char *name;
	void (*apply)(struct platform_config *c);
	const char *keys; /* of config_json() that it changes; NULL: no documented one */
	bool over_tls;	  /* the provider is reached over TLS, with a certificate that rows choose */
} groups[] = {
	{ "default", apply_default, NULL },
	{ "no-audience", apply_no_audience, "audience" },
	{ "auth-off", apply_auth_off, "enabled" },
	{ "oidc-off", apply_oidc_off, "oidc_enabled" },
	{ "unsigned", apply_unsigned, "allow_unsigned_jwt" },
	{ "additional-issuer", apply_additional_issuer, "additional_issuers" },
	{ "no-seed", apply_no_seed, "seed_on_startup" },
	{ "short-refresh", apply_short_refresh,
	  "policy_data_refresh_interval bundle_cache_seconds" },
	{ "slow-refresh", apply_slow_refresh, "policy_data_refresh_interval" },
	{ "long-refresh", apply_long_refresh, "policy_data_refresh_interval" },
	{ "access-keys", apply_access_keys, "access_keys_enabled" },
	{ "admin-case", apply_admin_case, "admin_email" },
	{ "scope-prefix", apply_prefix, "scope_prefix" },
	{ "short-pdp-timeout", apply_short_pdp_timeout,
	  "policy_decision_point_request_timeout_seconds" },
	{ "short-jwks", apply_short_jwks, NULL },
	{ "endpoint-override", apply_endpoint_override, "token_endpoint" },
	{ "provider-over-tls", apply_default, "ca_file", .over_tls = true },
};

const char *const *lab_configurations(void)
{
	static const char *names[ARRAY_LEN(groups) + 1];

	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		names[i] = groups[i].name;
	return names;
}

static const struct group *find_group(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (strcmp(groups[i].name, name) == 0)
			return &groups[i];
	return NULL;
}

const char *lab_configuration_keys(const char *name)
{
	const struct group *g = find_group(name);

	return g ? g->keys : NULL;
}

static const struct provider_config *find_provider(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(provider_configs); i++)
		if (strcmp(provider_configs[i].provider, name) == 0)
			return &provider_configs[i];
	return NULL;
}

/* What the provider puts into aud and calls its client: read off a token of its own. */
static bool learn_client(struct lab *l, struct arena *a, const char *provider,
			 struct platform_config *c, struct err *err)
{
	AUTO(json_t)
	json_t *body = json_pack("{s:s, s:s}", "provider", provider, "user", "alice");
	AUTO(json_t) json_t *answer = NULL;
	const json_t *claims, *aud, *client;
	int status = 0;

	answer = idp_call(l->idp, "POST", "/_sim/mint", body, &status);
	claims = json_object_get(answer, "claims");
	if (status >= 300 || !claims)
		return fail(err, ERR_INPUT, "cannot mint a token of %s: %s", provider,
			    conf_str(answer, "error", "no claims in the answer"));
	aud = json_object_get(claims, "aud");
	if (json_is_array(aud))
		aud = json_array_get(aud, json_array_size(aud) - 1);
	client = json_object_get(claims, "azp");
	if (!client)
		client = json_object_get(claims, "cid");
	c->audience = arena_str(a, json_string_value(aud));
	c->client_id = arena_str(a, json_string_value(client));
	if (!c->client_id)
		c->client_id = c->audience;
	return true;
}

/* Its issuer is the lab's imposter, which nobody trusts yet. */
static bool put_over_tls(struct lab *l, struct arena *a, struct platform_config *c,
			 struct err *err)
{
	const char *path = c->issuer + strlen(idp_origin(l->idp));
	const char *url = imposter_open(l, IMPOSTER_NAMED, err);

	if (!url)
		return false;
	c->issuer = arena_printf(a, "%s%s", url, path);
	l->now.trust_file = arena_printf(a, "%s/trusted.pem", l->now.home);
	return true;
}

bool config_make(struct lab *l, struct arena *a, const char *provider, const char *group,
		 struct platform_config *ret, struct err *err)
{
	const struct group *g = find_group(group ? group : "default");
	const struct provider_config *p = find_provider(provider);
	struct platform_config c = {
		.admin_email = "admin@example.com",
		.refresh_interval_ms = 250,
		.bundle_cache_ms = 250,
		.pdp_timeout_ms = 5000,
		.jwks_cache_ms = 3600 * 1000,
	};

	if (!g)
		return fail(err, ERR_INPUT, "no configuration group '%s'", group);
	c.issuer = arena_str(a, idp_issuer(l->idp, provider));
	if (!c.issuer)
		return fail(err, ERR_INPUT, "the simulator has no provider '%s'", provider);
	if (!learn_client(l, a, provider, &c, err))
		return false;
	c.email_claim = p ? p->email_claim : "email";
	c.subject_claim = p ? p->subject_claim : "sub";
	c.groups_claim = p ? p->groups_claim : "groups";
	c.default_scopes = "openid profile email offline_access platform:read platform:write";
	if (p && p->prefix)
		c.scope_prefix = arena_printf(a, "api://%s/", c.client_id);
	tenant_configure(l, &c);
	g->apply(&c);
	if (g->over_tls && !l->target->tenant && !put_over_tls(l, a, &c, err))
		return false;
	*ret = c;
	return true;
}

static void put(json_t *o, const char *key, const char *value)
{
	if (value)
		json_object_set_new(o, key, json_string(value));
}

json_t *config_json(const struct platform_config *c)
{
	json_t *o = json_pack(
		"{s:b, s:b, s:b, s:b, s:f, s:f, s:f, s:b}", "enabled", !c->auth_disabled,
		"oidc_enabled", !c->oidc_disabled, "allow_unsigned_jwt", c->allow_unsigned_jwt,
		"seed_on_startup", !c->no_seed, "policy_data_refresh_interval",
		(double)c->refresh_interval_ms / 1000, "bundle_cache_seconds",
		(double)c->bundle_cache_ms / 1000,
		"policy_decision_point_request_timeout_seconds",
		(double)c->pdp_timeout_ms / 1000, "access_keys_enabled", c->access_keys);
	json_t *more = json_array();

	for (size_t i = 0; c->additional_issuers && c->additional_issuers[i]; i++)
		json_array_append_new(more, json_string(c->additional_issuers[i]));
	json_object_set_new(o, "additional_issuers", more);
	put(o, "issuer", c->issuer);
	put(o, "client_id", c->client_id);
	put(o, "audience", c->audience);
	put(o, "email_claim", c->email_claim);
	put(o, "subject_claim", c->subject_claim);
	put(o, "groups_claim", c->groups_claim);
	put(o, "scope_prefix", c->scope_prefix);
	put(o, "default_scopes", c->default_scopes);
	put(o, "admin_email", c->admin_email);
	put(o, "token_endpoint", c->token_endpoint);
	return o;
}
