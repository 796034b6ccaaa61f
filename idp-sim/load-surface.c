/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load-surface.c - endpoints, headers, texts and errors of a provider file.
 */
#include "idp-sim/load.h"

#include <string.h>

static const char *const kind_names[EP_N] = {
	"document", "discovery",  "jwks",     "token",	"device", "authorize",
	"userinfo", "introspect", "revoke",   "logout", "page",	  "sign_in",
	"consent",  "status",	  "instance", "authn",
};

/* ---- headers ---- */

static bool load_header(struct loader *l, const char *pointer, const char *name,
			const json_t *value, struct header_set *ret)
{
	if (ret->n == MAX_HEADERS)
		return load_fail(l, pointer, "more than %d headers", MAX_HEADERS);
	ret->v[ret->n].name = arena_str(l->a, name);
	return load_template(l, pointer, value, TEXT_PLAIN, &ret->v[ret->n++].value);
}

static bool load_header_set(struct loader *l, const char *set, json_t *o,
			    struct header_set *ret)
{
	const char *name, *pointer;
	json_t *value, *item;
	size_t i;

	json_object_foreach(o, name, value) {
		pointer = arena_printf(l->a, "/headers/%s/%s", set, name);
		if (json_is_string(value) && !load_header(l, pointer, name, value, ret))
			return false;
		json_array_foreach(value, i, item)
			if (!load_header(l, pointer, name, item, ret))
				return false;
	}
	return true;
}

static const void *seen(const struct loader *l, const char *kind, const char *name)
{
	for (size_t i = 0; i < l->n_seen; i++)
		if (!strcmp(l->seen[i].name, name) && !strcmp(l->seen[i].kind, kind))
			return l->seen[i].made;
	return NULL;
}

static void remember(struct loader *l, const char *kind, const char *name, const void *made)
{
	if (l->n_seen < MAX_NAMED)
		l->seen[l->n_seen++] = (struct loaded) { kind, arena_str(l->a, name), made };
}

/* The named set, compiled at first use; "" and absent: no headers. */
static bool find_headers(struct loader *l, json_t *root, const char *pointer, const char *set,
			 const struct header_set **ret)
{
	json_t *o = json_object_get(json_object_get(root, "headers"), set ? set : "");
	struct header_set h = { 0 };

	if (!set || (*ret = seen(l, "headers", set)))
		return true;
	if (!o)
		return load_fail(l, pointer, "no such header set: '%s'", set);
	if (!load_header_set(l, set, o, &h))
		return false;
	size_t n = offsetof(struct header_set, v) + h.n * sizeof(h.v[0]);
	*ret = memcpy(arena_alloc(l->a, n), &h, n);
	remember(l, "headers", set, *ret);
	return true;
}

static bool find_envelope(struct loader *l, json_t *root, const char *pointer, const char *name,
			  const struct template **ret)
{
	json_t *o = json_object_get(json_object_get(root, "envelopes"), name);
	bool page = !strncmp(name, "page", 4);

	if ((*ret = seen(l, "envelope", name)))
		return true;
	if (!o)
		return load_fail(l, pointer, "no such envelope: '%s'", name);
	if (!load_template(l, arena_printf(l->a, "/envelopes/%s", name), o,
			   page ? TEXT_HTML : TEXT_JSON, ret))
		return false;
	remember(l, "envelope", name, *ret);
	return true;
}

/* ---- endpoints ---- */

static bool load_endpoint_texts(struct loader *l, json_t *root, const char *at, json_t *o,
				struct endpoint *ep)
{
	const char *headers = load_str(l->a, o, "headers");
	const char *errors = load_str(l->a, o, "error_headers");
	const char *envelope = load_str(l->a, o, "envelope");
	enum text_kind kind = conf_bool(o, "html", false) ? TEXT_HTML : TEXT_JSON;

	return find_headers(l, root, at, load_str(l->a, o, "redirect_headers"),
			    &ep->redirect_headers) &&
	       find_headers(l, root, at, headers, &ep->headers) &&
	       find_headers(l, root, at, errors ? errors : headers, &ep->error_headers) &&
	       find_envelope(l, root, at, envelope ? envelope : "oauth", &ep->envelope) &&
	       load_template(l, at, json_object_get(o, "body"), kind, &ep->body) &&
	       load_template(l, at, json_object_get(o, "issuer"), TEXT_PLAIN, &ep->issuer);
}

static bool load_endpoint(struct loader *l, json_t *root, size_t i, json_t *o,
			  struct endpoint *ep)
{
	const char *at = arena_printf(l->a, "/endpoints/%zu", i);
	const char *kind = json_string_value(json_object_get(o, "kind"));
	int k = 0;

	ep->provider = l->p;
	ep->name = load_str(l->a, o, "name");
	if (!ep->name)
		return load_fail(l, at, "an endpoint needs a name");
	while (k < EP_N && strcmp(kind_names[k], kind ? kind : ep->name) != 0)
		k++;
	if (k == EP_N)
		return load_fail(l, at, "no such kind of endpoint: '%s'",
				 kind ? kind : ep->name);
	ep->kind = (enum endpoint_kind)k;
	ep->path = load_str(l->a, o, "path");
	if (!ep->path || *ep->path != '/')
		return load_fail(l, at, "an endpoint needs a path that begins with '/'");
	ep->path = arena_printf(l->a, "%s%s", l->p->prefix, ep->path);
	ep->tail = strrchr(ep->path, '}') ? strrchr(ep->path, '}') + 1 : ep->path;
	ep->tail_n = strlen(ep->tail);
	ep->version = load_str(l->a, o, "version");
	ep->strict_type = conf_bool(o, "strict_type", false);
	ep->methods = load_str(l->a, o, "methods");
	ep->tenant = load_str(l->a, o, "tenant");
	return load_endpoint_texts(l, root, at, o, ep);
}

static bool load_named_headers(struct loader *l, json_t *root)
{
	const json_t *sets = json_object_get(root, "headers");
	struct provider *p = l->p;

	if (json_object_get(sets, "redirect") &&
	    !find_headers(l, root, "/headers", "redirect", &p->redirect_headers))
		return false;
	return !json_object_get(sets, "preflight") ||
	       find_headers(l, root, "/headers", "preflight", &p->preflight_headers);
}

static bool load_endpoints(struct loader *l, json_t *root)
{
	json_t *list = json_object_get(root, "endpoints");
	json_t *o;
	size_t i;

	l->p->n_endpoints = json_array_size(list);
	l->p->endpoints = arena_alloc(l->a, (l->p->n_endpoints + 1) * sizeof(*l->p->endpoints));
	l->p->ends = arena_alloc(l->a, (l->p->n_endpoints + 1) * sizeof(*l->p->ends));
	json_array_foreach(list, i, o) {
		struct endpoint *ep = &l->p->endpoints[i];

		if (!load_endpoint(l, root, i, o, ep))
			return false;
		l->p->ends[i] = path_end(ep->tail, ep->tail_n);
	}
	return true;
}

/* ---- errors ---- */

static bool load_error_texts(struct loader *l, json_t *root, const char *at, json_t *o,
			     struct oauth_error *e)
{
	const char *headers = load_str(l->a, o, "headers");
	const char *envelope = load_str(l->a, o, "envelope");

	if (envelope && !find_envelope(l, root, at, envelope, &e->envelope))
		return false;
	return find_headers(l, root, at, headers, &e->headers) &&
	       load_template(l, at, json_object_get(o, "description"), TEXT_PLAIN,
			     &e->description) &&
	       load_template(l, at, json_object_get(o, "claims"), TEXT_PLAIN, &e->claims) &&
	       load_template(l, at, json_object_get(o, "body"), TEXT_JSON, &e->body);
}

static const char *or_default(struct loader *l, json_t *root, json_t *o, const char *key)
{
	const char *own = load_str(l->a, o, key);

	return own ? own : load_str(l->a, json_object_get(root, "error_defaults"), key);
}

/* "invalid_scope@device": the situation, and what it is limited to. */
static bool load_error(struct loader *l, json_t *root, const char *key, json_t *o,
		       struct oauth_error *e)
{
	const char *at = arena_printf(l->a, "/errors/%s", key);
	const char *limit = strchr(key, '@');
	const char *name = limit ? arena_dup(l->a, key, (size_t)(limit - key)) : key;

	e->situation = situation_find(name);
	if (!e->situation)
		return load_fail(l, at, "no such situation: '%s'", name);
	e->variant = limit ? arena_str(l->a, limit + 1) : NULL;
	e->status = (int)conf_int(o, "status", 400);
	e->error = load_str(l->a, o, "error");
	e->code = load_str(l->a, o, "code");
	e->number = conf_int(o, "number", 0);
	if (e->number && !e->code)
		e->code = arena_printf(l->a, "AADSTS%lld", (long long)e->number);
	e->suberror = load_str(l->a, o, "suberror");
	e->no_uri = conf_bool(o, "no_uri", false);
	e->page = load_str(l->a, o, "page");
	e->source = or_default(l, root, o, "source");
	e->confidence = or_default(l, root, o, "confidence");
	e->meaning = or_default(l, root, o, "meaning");
	e->causes = or_default(l, root, o, "causes");
	e->tested = load_words(l->a, json_object_get(o, "tested"));
	e->fix = or_default(l, root, o, "fix");
	e->when = or_default(l, root, o, "when");
	return load_error_texts(l, root, at, o, e);
}

static bool load_errors(struct loader *l, json_t *root)
{
	json_t *all = json_object_get(root, "errors");
	size_t n = 0;
	struct oauth_error *e = arena_alloc(l->a, (json_object_size(all) + 1) * sizeof(*e));
	const char *key;
	json_t *o;

	json_object_foreach(all, key, o)
		if (!load_error(l, root, key, o, &e[n++]))
			return false;
	l->p->errors = e;
	l->p->n_errors = n;
	return true;
}

/* ---- texts and flags ---- */

static const struct {
	const char *name;
	enum text_kind kind;
} text_rows[TXT_N] = {
#define TEXT_ROW(name, kind) { #name, kind },
	TEXTS(TEXT_ROW)
#undef TEXT_ROW
};

static bool load_texts(struct loader *l, json_t *root)
{
	json_t *all = json_object_get(root, "texts");
	const char *key;
	json_t *o;

	json_object_foreach(all, key, o) {
		int i = 0;

		while (i < TXT_N && strcmp(text_rows[i].name, key) != 0)
			i++;
		if (i == TXT_N)
			return load_fail(l, arena_printf(l->a, "/texts/%s", key),
					 "no such text");
		if (!load_template(l, arena_printf(l->a, "/texts/%s", key), o,
				   text_rows[i].kind, &l->p->texts[i]))
			return false;
	}
	return l->p->texts[TXT_issuer] ? true
				       : load_fail(l, "/texts", "needs the text 'issuer'");
}

static const struct {
	const char *name;
	size_t offset;
} flags[] = {
#define FLAG(name, member)                                                                     \
	{                                                                                      \
		name, offsetof(struct behaviours, member)                                      \
	}
	FLAG("grant_type_first", grant_type_first),
	FLAG("duplicates_refused", duplicates_refused),
	FLAG("client.public_secret_refused", public_secret_refused),
	FLAG("device.checks_scope", device_checks_scope),
	FLAG("device.checks_grant", device_checks_grant),
	FLAG("device.slow_down", device_slow_down),
	FLAG("device.code_remembered", device_code_remembered),
	FLAG("device.consent", device_consent),
	FLAG("refresh.rotates", refresh_rotates),
	FLAG("refresh.jwt", refresh_is_jwt),
	FLAG("refresh.needs_offline_access", refresh_needs_offline),
	FLAG("refresh.inherits_lifetime", refresh_inherits),
	FLAG("refresh.widens", refresh_widens),
	FLAG("scopes.of_resources", resources),
	FLAG("scopes.listed_order", scopes_listed),
	FLAG("scopes.defaults_always", scopes_defaults),
	FLAG("scopes.openid_for_clients", openid_for_clients),
	FLAG("password.state_first", state_first),
	FLAG("userinfo.needs_openid", userinfo_needs_openid),
	FLAG("revoke.access_tokens", revokes_access),
#undef FLAG
};

static bool load_reuse(struct loader *l, const json_t *o, struct behaviours *b)
{
	static const char *const words[] = { "keep", "refuse", "revoke-session" };
	const char *word = conf_str(o, "refresh.reuse", "keep");

	b->refresh_grace_ms = conf_duration_ms(conf_get(o, "refresh.grace"), 0);
	for (int i = 0; i < (int)ARRAY_LEN(words); i++)
		if (!strcmp(word, words[i])) {
			b->refresh_reuse = (enum reuse)i;
			return true;
		}
	return load_fail(l, "/behaviours/refresh/reuse",
			 "'%s': allowed are keep, refuse and revoke-session", word);
}

static bool load_behaviours(struct loader *l, json_t *root)
{
	const json_t *o = json_object_get(root, "behaviours");
	struct behaviours *b = &l->p->behaviours;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		*(bool *)((char *)b + flags[i].offset) = conf_bool(o, flags[i].name, false);
	b->device_slow_down_adds = conf_int(o, "device.slow_down_adds", 0);
	b->device_linger_ms = conf_duration_ms(conf_get(o, "device.linger"), 600000);
	b->backdate_s = conf_duration_ms(conf_get(o, "token.backdate"), 0) / 1000;
	b->skew_s = conf_duration_ms(conf_get(o, "token.skew"), 0) / 1000;
	b->lock_after = conf_int(o, "password.lock_after", 0);
	b->lock_for_ms = conf_duration_ms(conf_get(o, "password.lock_for"), 60000);
	b->refresh_length = conf_int(o, "refresh.length", 43);
	b->rate_limit = conf_int(o, "rate_limit", 0);
	b->groups_limit = conf_int(o, "scopes.groups_limit", 0);
	b->pending_codes = conf_int(o, "device.pending_codes", 0);
	return load_reuse(l, o, b);
}

static bool load_keys(struct loader *l, json_t *root)
{
	static const char *const styles[] = { "sha256", "x5t", "uuid" };
	const json_t *o = json_object_get(root, "keys");
	const char *style = conf_str(o, "kid", "sha256");
	int i = 0;

	while (i < (int)ARRAY_LEN(styles) && strcmp(styles[i], style) != 0)
		i++;
	if (i == (int)ARRAY_LEN(styles))
		return load_fail(l, "/keys/kid", "'%s': allowed are sha256, x5t and uuid",
				 style);
	l->p->kid = (enum kid_style)i;
	l->p->encryption_key = conf_bool(o, "encryption_key", false);
	l->p->keys_shared = conf_bool(o, "shared", false);
	l->p->code_methods = load_words(l->a, json_object_get(root, "code_challenge_methods"));
	return true;
}

bool load_surface(struct loader *l, json_t *root)
{
	load_bare_errors(l);
	return load_texts(l, root) && load_named_headers(l, root) && load_behaviours(l, root) &&
	       load_keys(l, root) && load_endpoints(l, root) && load_errors(l, root);
}
