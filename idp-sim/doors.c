/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/doors.h"

#include "idp-sim/tls.h"
#include "idp-sim/base/url.h"

#include <string.h>
#include <strings.h>

struct door {
	struct door *next;
	const char *provider, *tenant; /* tenant NULL: all of it */
	const char *name;	       /* "azure", "okta/default" */
	bool listens, tls;
	const char *address;
	int port;
	const char *public_url; /* NULL: none */
	const char *host;	/* of public_url, with the port when it is written there */
	struct web *web;
};

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* ---- making ---- */

static struct door *add(struct idp *s, const struct provider *p, const char *tenant)
{
	struct door *d = arena_alloc(s->arena, sizeof(*d)), **last = &s->doors;

	d->provider = arena_str(s->arena, p->name);
	d->tenant = arena_str(s->arena, tenant);
	d->name = tenant ? arena_printf(s->arena, "%s/%s", p->name, tenant) : d->provider;
	while (*last)
		last = &(*last)->next;
	*last = d;
	return d;
}

static bool parse_listen(struct idp *s, struct door *d, const char *text, struct err *err)
{
	const char *place = strstr(text, "://"), *colon;
	char *end;

	d->tls = !strncmp(text, "https://", 8);
	if (place && !d->tls && strncmp(text, "http://", 7) != 0)
		return fail(err, ERR_INPUT, "'%s' begins with neither http:// nor https://",
			    text);
	place = place ? place + 3 : text;
	colon = strrchr(place, ':');
	d->port = (int)strtol(colon ? colon + 1 : place, &end, 10);
	if (*end || end == (colon ? colon + 1 : place) || d->port < 0 || d->port > 65535)
		return fail(err, ERR_INPUT,
			    "'%s' is no place to listen at: write 127.0.0.1:0, 9443 or "
			    "https://127.0.0.1:0",
			    text);
	d->address = colon && colon > place
			     ? arena_dup(s->arena, place, (size_t)(colon - place))
			     : s->options.address;
	d->listens = true;
	return true;
}

static bool set_public(struct idp *s, const struct provider *p, const char *tenant,
		       const char *text, struct err *err)
{
	size_t n = strlen(text);
	struct url url;
	bool found = false;

	if (!url_parse(text, &url, err))
		return false;
	if (strcmp(url.target, "/") != 0)
		return fail(err, ERR_INPUT, "'%s': a public URL ends with its host", text);
	const char *clean = arena_dup(s->arena, text, n - (text[n - 1] == '/'));
	for (struct door *d = s->doors; d; d = d->next) {
		if (!same(d->provider, p->name) || !same(d->tenant, tenant))
			continue;
		d->public_url = clean;
		found = true;
	}
	if (!found)
		add(s, p, tenant)->public_url = clean;
	for (struct door *d = s->doors; d; d = d->next)
		if (d->public_url)
			d->host = strstr(d->public_url, "://") + 3;
	return true;
}

bool doors_add(struct idp *s, const struct provider *p, const char *tenant, const char *listen,
	       const char *public_url, struct err *err)
{
	const struct tenant *t = tenant ? provider_tenant(p, tenant) : NULL;

	if (tenant && !t)
		return fail(err, ERR_INPUT, "%s has no tenant '%s'", p->name, tenant);
	if (listen && !parse_listen(s, add(s, p, t ? t->id : NULL), listen, err))
		return false;
	return !public_url || set_public(s, p, t ? t->id : NULL, public_url, err);
}

/* "azure/TENANT=REST" */
static bool parse_spec(struct idp *s, const char *spec, const struct provider **ret_p,
		       const char **ret_tenant, const char **ret_rest, struct err *err)
{
	const char *equals = strchr(spec, '='), *slash;

	if (!equals)
		return fail(err, ERR_INPUT, "'%s': write PROVIDER=... or PROVIDER/TENANT=...",
			    spec);
	slash = memchr(spec, '/', (size_t)(equals - spec));
	const char *name = arena_dup(s->arena, spec, (size_t)((slash ? slash : equals) - spec));
	*ret_p = idp_provider(s, name);
	if (!*ret_p)
		return fail(err, ERR_INPUT, "'%s': provider '%s' is not served", spec, name);
	*ret_tenant =
		slash ? arena_dup(s->arena, slash + 1, (size_t)(equals - slash - 1)) : NULL;
	*ret_rest = equals + 1;
	return true;
}

bool doors_listen(struct idp *s, const char *spec, struct err *err)
{
	const char *tenant = NULL, *rest = NULL;
	const struct provider *p;

	return parse_spec(s, spec, &p, &tenant, &rest, err) &&
	       doors_add(s, p, tenant, rest, NULL, err);
}

bool doors_public(struct idp *s, const char *spec, struct err *err)
{
	const char *tenant = NULL, *rest = NULL;
	const struct provider *p;

	return parse_spec(s, spec, &p, &tenant, &rest, err) &&
	       doors_add(s, p, tenant, NULL, rest, err);
}

/* ---- opening ---- */

bool doors_want_tls(const struct idp *s)
{
	for (const struct door *d = s->doors; d; d = d->next)
		if (d->tls)
			return true;
	return false;
}

void doors_hosts(const struct idp *s, const char **ret, size_t max)
{
	struct err none = { 0 };
	struct url url;
	size_t n = 0;

	for (const struct door *d = s->doors; d && n + 2 < max; d = d->next) {
		if (d->public_url && url_parse(d->public_url, &url, &none))
			ret[n++] = arena_str(s->arena, url.host);
		if (d->tls && d->address && strcmp(d->address, "0.0.0.0") != 0 &&
		    strcmp(d->address, "::") != 0)
			ret[n++] = d->address;
	}
	ret[n] = NULL;
}

bool doors_open(struct idp *s, const struct web_options *o, struct err *err)
{
	for (struct door *d = s->doors; d; d = d->next) {
		struct web_options mine = *o;

		if (!d->listens)
			continue;
		mine.address = d->address;
		mine.port = d->port;
		mine.tls_cert = d->tls ? s->tls->cert_pem : NULL;
		mine.tls_key = d->tls ? s->tls->key_pem : NULL;
		d->web = web_start(&mine, err);
		if (!d->web)
			return err_note(err, "the listener of %s", d->name);
	}
	return true;
}

void doors_close(struct idp *s)
{
	for (struct door *d = s->doors; d; d = d->next)
		web_stop(d->web);
}

/* ---- asking ---- */

const char *door_public_url(const struct door *d)
{
	return d->public_url;
}

const char *door_tenant(const struct door *d)
{
	return d->tenant;
}

/* Whether Host names it; a URL without a port is meant at any. */
static bool is_host(const char *want, const char *host)
{
	size_t n = strlen(want);

	return !strncasecmp(want, host, n) &&
	       (!host[n] || (host[n] == ':' && !strchr(want, ':')));
}

static const char *asked_host(const struct idp *s, const struct web_request *rq)
{
	const char *forwarded =
		s->options.trust_forwarded ? web_header(rq, "X-Forwarded-Host") : NULL;

	return forwarded ? forwarded : web_header(rq, "Host");
}

const struct door *doors_via(const struct idp *s, const struct web_request *rq)
{
	if (!rq || !s->doors)
		return NULL;
	for (const struct door *d = s->doors; d; d = d->next)
		if (d->web && web_origin(d->web) == rq->origin)
			return d;
	const char *host = asked_host(s, rq);
	for (const struct door *d = s->doors; host && d; d = d->next)
		if (d->host && !d->listens && is_host(d->host, host))
			return d;
	return NULL;
}

/* How closely a door is that of the tenant: 2 its own, 1 its provider's, 0 another's. */
static int nearness(const struct door *d, const struct provider *p, const char *tenant)
{
	if (strcmp(d->provider, p->name) != 0)
		return 0;
	return !d->tenant ? 1 : same(d->tenant, tenant) ? 2 : 0;
}

const char *doors_origin(const struct idp *s, const struct door *via, const struct provider *p,
			 const struct tenant *t)
{
	const char *tenant = t ? t->id : p->first_tenant;
	const struct door *best = via;
	int most = 0;

	for (const struct door *d = s->doors; d && !via; d = d->next)
		if (nearness(d, p, tenant) > most) {
			most = nearness(d, p, tenant);
			best = d;
		}
	if (!best)
		return NULL;
	return best->public_url ? best->public_url : best->web ? web_origin(best->web) : NULL;
}

bool doors_serve(const struct idp *s, const struct door *via, const struct provider *p,
		 const struct tenant *t)
{
	const char *tenant = t ? t->id : NULL;

	if (via && (strcmp(via->provider, p->name) != 0 || (via->tenant && t)))
		return !strcmp(via->provider, p->name) && !strcmp(via->tenant, tenant);
	for (const struct door *d = s->doors; d; d = d->next)
		if (d->listens && nearness(d, p, tenant) > (via != NULL))
			return false;
	return true;
}

void doors_stay_at_home(struct exchange *x, const struct door *via)
{
	const char *origin = via ? NULL : doors_origin(x->idp, NULL, x->provider, x->tenant);

	if (!doors_serve(x->idp, via, x->provider, x->tenant))
		x->tenant = NULL;
	else if (origin)
		x->origin = origin;
}

json_t *doors_describe(const struct idp *s)
{
	json_t *o = s->doors ? json_object() : NULL;

	for (const struct door *d = s->doors; d; d = d->next) {
		const char *origin = d->public_url ? d->public_url : web_origin(d->web);
		if (!json_object_get(o, d->name))
			json_object_set_new(o, d->name, json_string(origin));
	}
	return o;
}
