/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/scope.h"

#include <string.h>

/* ---- small pieces ---- */

/* Most names are those of the provider's list themselves. */
static bool same_name(const char *a, const char *b)
{
	return a == b || (*a == *b && !strcmp(a, b));
}

const struct scope *scope_find(const struct provider *p, const char *name)
{
	for (size_t i = 0; i < p->n_scopes; i++)
		if (same_name(p->scopes[i].name, name))
			return &p->scopes[i];
	return NULL;
}

bool scopes_have(const struct scopes *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (same_name(s->v[i], name))
			return true;
	return false;
}

static void add(struct scopes *s, const char *name)
{
	if (s->n == MAX_SCOPES || scopes_have(s, name))
		return;
	s->v[s->n++] = name;
	s->openid |= same_name(name, "openid");
	s->offline |= same_name(name, "offline_access");
}

/* The next blank-separated word, in the arena; NULL at the end. */
static char *next_word(struct arena *a, const char **at)
{
	const char *start = *at + strspn(*at, " ");
	size_t n = strcspn(start, " ");

	*at = start + n;
	return n ? arena_dup(a, start, n) : NULL;
}

static bool client_may_ask(const struct client *c, const struct scope *s)
{
	if (!c || !c->scopes.n || s->is_default)
		return true;
	return words_have(&c->scopes, s->name) || !strcmp(s->name, "openid");
}

static void add_defaults(struct exchange *x, struct scopes *ret)
{
	const struct provider *p = x->provider;

	for (size_t i = 0; i < p->n_scopes; i++) {
		bool of_client =
			x->client && words_have(&x->client->default_scopes, p->scopes[i].name);

		if (p->scopes[i].is_default || of_client)
			add(ret, p->scopes[i].name);
	}
}

/* Puts the names in the order of the provider's list. */
static void sort_listed(const struct provider *p, struct scopes *s)
{
	struct scopes sorted = { .resource = s->resource };

	for (size_t i = 0; i < p->n_scopes && sorted.n < s->n; i++)
		if (scopes_have(s, p->scopes[i].name))
			add(&sorted, p->scopes[i].name);
	*s = sorted;
}

static void finish(struct exchange *x, bool asked, struct scopes *ret)
{
	const struct behaviours *b = &x->provider->behaviours;
	bool only_defaults = !ret->n; /* which are added in the order of the list */

	if (!asked || b->scopes_defaults)
		add_defaults(x, ret);
	if (b->scopes_listed && !only_defaults)
		sort_listed(x->provider, ret);
}

/* ---- scopes with plain names ---- */

/* A scope that needs consent, and the client has it. */
static bool is_granted(const struct client *c, const char *name)
{
	const json_t *list = c ? json_object_get(c->source, "granted_scopes") : NULL;
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (json_is_string(item) && !strcmp(json_string_value(item), name))
			return true;
	return false;
}

static bool judge_plain_word(struct exchange *x, char *word, struct scopes *ret)
{
	const struct scope *s = scope_find(x->provider, word);
	bool own = x->grant == GRANT_CLIENT_CREDENTIALS;

	if (!s && x->client && words_have(&x->client->scopes, word)) {
		add(ret, word);
		return true;
	}
	if (!s)
		return refuse_word(x, S_unknown_scope, word);
	if (s->consent && s->openid && !tenant_flag(x->tenant, "org"))
		return refuse_word(x, S_unknown_scope, word);
	if (own && s->openid && !s->consent && !x->provider->behaviours.openid_for_clients)
		return refuse_word(x, S_openid_scope_for_client, word);
	if (!s->openid && tenant_flag(x->tenant, "only_openid_scopes"))
		return refuse_word(x, S_custom_scope_refused, word);
	if (!client_may_ask(x->client, s))
		return refuse_word(x, S_unknown_scope, word);
	if (s->consent && !is_granted(x->client, s->name))
		return refuse_word(x, own ? S_role_not_assigned : S_consent_missing, word);
	add(ret, s->name);
	return true;
}

static bool judge_plain(struct exchange *x, const char *asked, struct scopes *ret)
{
	bool any = false;
	char *word;

	while (asked && (word = next_word(x->arena, &asked))) {
		any = true;
		if (!judge_plain_word(x, word, ret))
			return false;
	}
	finish(x, any, ret);
	if (!ret->n && !x->provider->behaviours.scopes_defaults)
		return refuse(x, S_missing_scope);
	return true;
}

/* ---- RESOURCE/NAME ---- */

/* The resource that the word begins with; *ret_name what follows the slash. */
static const struct resource *find_resource(const struct provider *p, const char *word,
					    const char **ret_name)
{
	for (size_t i = 0; i < p->n_resources; i++) {
		const struct resource *r = &p->resources[i];

		for (size_t j = 0; j < r->aliases.n + 2; j++) {
			const char *uri = j == 0   ? r->uri
					  : j == 1 ? r->id
						   : r->aliases.v[j - 2];
			size_t n = strlen(uri);

			if (strncmp(word, uri, n) != 0 || (word[n] && word[n] != '/'))
				continue;
			*ret_name = word[n] ? word + n + 1 : "";
			return r;
		}
	}
	return NULL;
}

static const struct resource *default_resource(const struct provider *p)
{
	for (size_t i = 0; i < p->n_resources; i++)
		if (p->resources[i].is_default)
			return &p->resources[i];
	return NULL;
}

/* A client that was registered for some APIs may not ask for others. */
static bool resource_registered(struct exchange *x, const struct resource *r)
{
	const struct attr *a = x->client ? attr_find(&x->client->attrs, "resources") : NULL;

	return !a || r->is_default || strstr(a->value.s, r->uri);
}

static void add_resource_scope(struct exchange *x, const struct resource *r, const char *name,
			       struct scopes *ret)
{
	add(ret, r->is_default ? arena_str(x->arena, name)
			       : arena_printf(x->arena, "%s/%s", r->uri, name));
}

static bool take_resource(struct exchange *x, const struct resource *r, const char *word,
			  struct scopes *ret)
{
	if (ret->resource && ret->resource != r && !ret->resource->is_default)
		return refuse_word(x, S_malformed_scope, word);
	x->resource = r;
	if (!resource_registered(x, r))
		return refuse_word(x, S_resource_not_registered, r->uri);
	ret->resource = r;
	return true;
}

static bool judge_resource_word(struct exchange *x, char *word, struct scopes *ret)
{
	const struct provider *p = x->provider;
	const struct scope *s = scope_find(p, word);
	const char *name = word;
	const struct resource *r;

	if (s) {
		add(ret, s->name);
		return true;
	}
	r = find_resource(p, word, &name);
	if (!r && strstr(word, "://"))
		return refuse_word(
			x, S_unknown_resource,
			arena_dup(x->arena, word, (size_t)(strrchr(word, '/') - word)));
	if (!r)
		r = default_resource(p), name = word;
	if (!r)
		return refuse_word(x, S_unknown_scope, word);
	if (!strcmp(name, ".default")) {
		if (!take_resource(x, r, word, ret))
			return false;
		for (size_t i = 0; i < r->scopes.n; i++)
			add_resource_scope(x, r, r->scopes.v[i], ret);
		return true;
	}
	if (x->grant == GRANT_CLIENT_CREDENTIALS)
		return refuse_word(x, S_invalid_scope, word);
	if (!words_have(&r->scopes, name)) {
		x->parameter = name;
		x->resource = r;
		return refuse_word(x, S_unknown_scope, word);
	}
	if (!take_resource(x, r, word, ret))
		return false;
	add_resource_scope(x, r, name, ret);
	return true;
}

/* v1 asks for no scopes: the usual permission is user_impersonation. */
static void add_usual_scopes(struct exchange *x, const struct resource *r, struct scopes *ret)
{
	static const char usual[] = "user_impersonation";

	if (words_have(&r->scopes, usual)) {
		add_resource_scope(x, r, usual, ret);
		return;
	}
	for (size_t i = 0; i < r->scopes.n; i++)
		add_resource_scope(x, r, r->scopes.v[i], ret);
}

/* Entra's v1 wire names the resource beside the scope. */
static bool judge_v1_resource(struct exchange *x, struct scopes *ret)
{
	const char *uri = form_get(&x->form, "resource");
	const char *name;
	const struct resource *r;

	if (!uri)
		uri = form_get(&x->query, "resource");
	if (!uri)
		return true;
	r = find_resource(x->provider, uri, &name);
	if (!r)
		return refuse_word(x, S_unknown_resource, uri);
	if (!take_resource(x, r, uri, ret))
		return false;
	add_usual_scopes(x, r, ret);
	if (x->grant != GRANT_CLIENT_CREDENTIALS) {
		add(ret, "openid");
		add(ret, "offline_access");
	}
	return true;
}

static bool judge_resource(struct exchange *x, const char *asked, struct scopes *ret)
{
	const char *at = asked;
	char *word;

	if (!judge_v1_resource(x, ret))
		return false;
	while (at && (word = next_word(x->arena, &at)))
		if (!judge_resource_word(x, word, ret))
			return false;
	if (!ret->n && !ret->resource)
		return refuse(x, S_missing_scope);
	if (!ret->resource)
		ret->resource = default_resource(x->provider);
	x->resource = ret->resource;
	return true;
}

bool scopes_judge(struct exchange *x, const char *asked, struct scopes *ret)
{
	*ret = (struct scopes) { 0 };
	if (x->provider->behaviours.resources)
		return judge_resource(x, asked, ret);
	return judge_plain(x, asked, ret);
}

/* Everything of the first resource. */
static void ask_for_first(struct exchange *x, struct scopes *ret)
{
	const struct resource *r = &x->provider->resources[0];

	ret->resource = x->provider->n_resources ? r : NULL;
	for (size_t i = 0; ret->resource && i < r->scopes.n; i++)
		add_resource_scope(x, r, r->scopes.v[i], ret);
}

void scopes_lenient(struct exchange *x, const char *asked, struct scopes *ret)
{
	const char *at = asked;
	bool any = false;
	char *word;

	*ret = (struct scopes) { 0 };
	if (x->provider->behaviours.resources && !asked)
		ask_for_first(x, ret);
	while (at && (word = next_word(x->arena, &at))) {
		const struct scope *s = scope_find(x->provider, word);

		any = true;
		if (s && client_may_ask(x->client, s))
			add(ret, s->name);
	}
	finish(x, any, ret);
}

void scopes_parse(struct exchange *x, const char *text, struct scopes *ret)
{
	const char *name;
	char *word;

	*ret = (struct scopes) { 0 };
	while (text && (word = next_word(x->arena, &text))) {
		const struct resource *r = x->provider->n_resources
						   ? find_resource(x->provider, word, &name)
						   : NULL;

		if (r)
			ret->resource = r;
		add(ret, word);
	}
	if (!ret->resource)
		ret->resource = default_resource(x->provider);
}

bool scopes_redeem(struct exchange *x, const char *granted, struct scopes *ret)
{
	const char *asked = form_get(&x->form, "scope");
	struct scopes first;

	scopes_parse(x, granted, ret);
	x->resource = ret->resource;
	if (!x->provider->behaviours.resources)
		return true;
	if (asked && !*asked)
		return refuse(x, S_missing_scope);
	if (!asked && !form_get(&x->form, "resource"))
		return true;
	first = *ret;
	if (!scopes_judge(x, asked, ret))
		return false;
	ret->openid |= first.openid;
	ret->offline |= first.offline;
	return true;
}

void scopes_narrow(struct exchange *x, struct scopes *ret, const struct scopes *granted)
{
	struct scopes kept = { .resource = ret->resource };

	for (size_t i = 0; i < ret->n; i++)
		if (scopes_have(granted, ret->v[i]))
			add(&kept, ret->v[i]);
	*ret = kept;
}
