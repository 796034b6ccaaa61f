/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/serve.h"
#include "idp-sim/doors.h"
#include "idp-sim/change.h"
#include "idp-sim/pages.h"
#include "idp-sim/ready.h"
#include "idp-sim/registry.h"
#include "idp-sim/shared.h"
#include "idp-sim/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- which endpoint ---- */

/* How many literal bytes of the pattern the path matches in full; -1: it does not. {name}
 * matches any one segment, and what stood for {tenant} is handed out. */
static int match(const char *pattern, const char *path, const char **ret_word, size_t *ret_n)
{
	int literal = 0;

	while (*pattern) {
		if (*pattern == '{') {
			size_t n = strcspn(path, "/");

			if (!n)
				return -1;
			if (!strncmp(pattern, "{tenant}", 8)) {
				*ret_word = path;
				*ret_n = n;
			}
			path += n;
			pattern = strchr(pattern, '}') + 1;
		} else if (*pattern++ != *path++) {
			return -1;
		} else {
			literal++;
		}
	}
	return *path ? -1 : literal;
}

struct path_end path_end(const char *path, size_t n)
{
	struct path_end end = { 0 };
	size_t last = n < sizeof(end.bytes) ? n : sizeof(end.bytes);

	memcpy((char *)&end.bytes + sizeof(end.bytes) - last, path + n - last, last);
	memset((char *)&end.mask + sizeof(end.mask) - last, 0xff, last);
	return end;
}

static bool ends_with(const char *path, size_t n, const struct endpoint *ep)
{
	return n >= ep->tail_n && !memcmp(path + n - ep->tail_n, ep->tail, ep->tail_n);
}

/* The endpoint whose path is the most literal one that matches. */
static const struct endpoint *find_endpoint(const struct idp *s, const struct door *via,
					    const char *path, const char **ret_word,
					    size_t *ret_n)
{
	const struct endpoint *best = NULL;
	size_t path_n = strlen(path);
	struct path_end end = path_end(path, path_n);
	int most = -1;

	for (size_t i = 0; i < s->n_providers; i++) {
		const struct provider *p = idp_nth(s, i);

		if (s->doors && !doors_serve(s, via, p, NULL))
			continue;
		for (size_t j = 0; j < p->n_endpoints; j++) {
			const struct endpoint *ep = &p->endpoints[j];
			const char *word = NULL;
			size_t n = 0;

			if ((end.bytes & p->ends[j].mask) != p->ends[j].bytes ||
			    !ends_with(path, path_n, ep))
				continue;
			int literal = match(ep->path, path, &word, &n);
			if (literal <= most)
				continue;
			most = literal;
			best = ep;
			*ret_word = word;
			*ret_n = n;
		}
	}
	return best;
}

/* The endpoint that shares the longest beginning with the path: whose 404 it is. */
static const struct endpoint *nearest_endpoint(const struct idp *s, const struct door *via,
					       const char *path)
{
	const struct endpoint *best = NULL;
	size_t longest = 1;

	for (size_t i = 0; i < s->n_providers; i++) {
		const struct provider *p = idp_nth(s, i);

		if (s->doors && !doors_serve(s, via, p, NULL))
			continue;
		for (size_t j = 0; j < p->n_endpoints; j++) {
			const struct endpoint *ep = &p->endpoints[j];
			size_t n = 0;

			while (ep->path[n] && ep->path[n] == path[n])
				n++;
			if (n > longest) {
				longest = n;
				best = ep;
			}
		}
	}
	return best;
}

/* ---- an exchange ---- */

const char *exchange_origin(struct idp *s, const struct web_request *rq, struct arena *a)
{
	const struct door *via = doors_via(s, rq);
	const char *proto, *host;

	if (via && door_public_url(via))
		return door_public_url(via);
	if (!via && s->options.public_url)
		return s->options.public_url;
	if (rq && s->options.trust_forwarded) {
		proto = web_header(rq, "X-Forwarded-Proto");
		host = web_header(rq, "X-Forwarded-Host");
		if (host)
			return arena_printf(a, "%s://%s", proto ? proto : "http", host);
	}
	if (via)
		return rq->origin;
	return rq && rq->tls && s->tls_origin ? s->tls_origin : s->origin;
}

void exchange_init(struct exchange *x, struct idp *s, const struct provider *p,
		   const struct tenant *t, struct arena *a)
{
	*x = (struct exchange) {
		.idp = s,
		.arena = a,
		.provider = p,
		.tenant = t,
		.now_ms = clk_now_ms(&s->clk),
		.origin = s->doors ? doors_origin(s, NULL, p, t) : NULL,
	};
	if (!x->origin)
		x->origin = exchange_origin(s, NULL, a);
	x->facts.provider = p->name;
	x->facts.tenant = t ? t->id : NULL;
}

const char *exchange_issuer(struct exchange *x)
{
	const struct template *t = x->provider->texts[TXT_issuer];

	if (tenant_flag(x->tenant, "org") && x->provider->texts[TXT_issuer_org])
		t = x->provider->texts[TXT_issuer_org];
	else if (x->issue) {
		if (x->issue->version && !strcmp(x->issue->version, "1.0") &&
		    x->provider->texts[TXT_issuer_v1])
			t = x->provider->texts[TXT_issuer_v1];
	} else if (x->endpoint && x->endpoint->issuer) {
		t = x->endpoint->issuer;
	}
	if (x->issuer_of != t || x->issuer_tenant != x->tenant) {
		x->issuer = template_text(t, x, x->arena);
		x->issuer_of = t;
		x->issuer_tenant = x->tenant;
	}
	return x->issuer;
}

int64_t provider_life_ms(const struct exchange *x, enum lifetime which)
{
	if (x->client && x->client->life_ms[which] >= 0)
		return x->client->life_ms[which];
	return x->provider->life_ms[which];
}

/* ---- answers ---- */

void put_headers(struct exchange *x, const struct header_set *h)
{
	for (size_t i = 0; h && i < h->n; i++) {
		const char *value = template_text(h->v[i].value, x, x->arena);

		if (*value) /* one with a line break is left out by the HTTP library */
			web_put(x->rq, x->rp, h->v[i].name, value);
	}
}

void answer_text(struct exchange *x, int status, const char *body, size_t n)
{
	x->answered = true;
	x->rp->status = status;
	x->rp->body = body;
	x->rp->body_len = n;
	put_headers(x, x->endpoint->headers);
}

void answer(struct exchange *x, int status, const struct template *body)
{
	const char *text = template_text(body, x, x->arena);

	answer_text(x, status, text, strlen(text));
}

void redirect(struct exchange *x, const char *location)
{
	x->answered = true;
	x->rp->status = 302;
	x->rp->body = "";
	x->rp->body_len = 0;
	if (!strpbrk(location, "\r\n"))
		web_set(x->rq, x->rp, "Location", "%s", location);
	put_headers(x, x->endpoint->redirect_headers ? x->endpoint->redirect_headers
						     : x->provider->redirect_headers);
}

/* ---- before the handler ---- */

static const char *const usual_methods[EP_N] = {
	"GET HEAD", "GET HEAD", "GET HEAD", "POST",	"POST",	    "GET POST",
	"GET POST", "POST",	"POST",	    "GET POST", "GET POST", "GET POST",
	"GET POST", "GET POST", "GET",	    "POST",
};

bool cors_allows(const struct exchange *x, const char *origin)
{
	const struct client *c = x->client;
	const json_t *spa = json_object_get(c->source, "spa");
	size_t n = strlen(origin);

	if (words_have(&c->origins, origin) || words_have(&c->origins, "*"))
		return true;
	for (size_t i = 0; spa && !json_is_false(spa) && i < c->redirect_uris.n; i++) {
		const char *uri = c->redirect_uris.v[i];

		if (!strncmp(uri, origin, n) && (!uri[n] || uri[n] == '/'))
			return true;
	}
	return false;
}

static bool method_allowed(struct exchange *x)
{
	const char *methods =
		x->endpoint->methods ? x->endpoint->methods : usual_methods[x->endpoint->kind];

	if (text_lists(methods, x->rq->method))
		return true;
	if (!strcmp(x->rq->method, "OPTIONS")) {
		x->answered = true;
		x->rp->status = 200;
		x->rp->body = "";
		put_headers(x, x->provider->preflight_headers);
		return false;
	}
	return refuse(x, S_wrong_method);
}

/* Entra tells a name that cannot be a tenant from one that is not. */
static bool is_malformed_tenant(const char *word)
{
	bool guid = strlen(word) == UUID_LEN && strspn(word, "0123456789abcdefABCDEF-") == 36;

	return !guid && (!strchr(word, '.') || word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
								 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
								 "0123456789.-")]);
}

static bool find_tenant(struct exchange *x, const char *word, size_t n)
{
	const struct door *via = doors_via(x->idp, x->rq);

	if (!word)
		word = x->endpoint->tenant	 ? x->endpoint->tenant
		       : via && door_tenant(via) ? door_tenant(via)
						 : NULL,
		n = word ? strlen(word) : 0;
	if (!word)
		return true;
	x->tenant_word = percent_decode(x->arena, word, n);
	if (!x->tenant_word)
		x->tenant_word = "";
	x->tenant = provider_tenant(x->provider, x->tenant_word);
	if (!x->tenant && x->idp->options.adopt && *x->tenant_word)
		x->tenant = adopt_tenant(x, x->tenant_word);
	if (x->tenant && x->idp->doors)
		doors_stay_at_home(x, via);
	if (x->tenant) {
		x->facts.tenant = x->tenant->id;
		return true;
	}
	return refuse_word(
		x, is_malformed_tenant(x->tenant_word) ? S_malformed_tenant : S_unknown_tenant,
		x->tenant_word);
}

static bool is_form(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";

	return type && !strncasecmp(type, form, sizeof(form) - 1);
}

static bool read_parameters(struct exchange *x)
{
	const char *type = web_header(x->rq, "Content-Type");

	if (x->rq->query)
		x->query = form_parse(x->arena, x->rq->query, strlen(x->rq->query));
	if (x->rq->too_large || x->query.too_many || x->query.has_nul)
		return refuse(x, S_invalid_request);
	if (strcmp(x->rq->method, "POST") != 0)
		return true;
	if (is_form(type))
		x->form = form_parse(x->arena, x->rq->body, x->rq->body_len);
	else if (type && x->endpoint->strict_type)
		return refuse(x, S_wrong_content_type);
	return x->form.too_many || x->form.has_nul ? refuse(x, S_invalid_request) : true;
}

static bool tenant_enabled(struct exchange *x)
{
	if (!x->tenant || !x->tenant->disabled || x->endpoint->kind <= EP_JWKS)
		return true;
	return refuse(x, S_tenant_disabled);
}

/* An outage strikes before anything is done, so that the request can be tried again. Who
 * sends it is known from what it says, unproven. */
static bool outage(struct exchange *x)
{
	const char *type = form_get(&x->form, "grant_type");
	struct facts f;

	if (!x->facts.client_id)
		x->facts.client_id = form_get(&x->form, "client_id");
	if (!x->facts.client_id)
		x->facts.client_id = form_get(&x->query, "client_id");
	if (!troubles_armed(x->idp->troubles))
		return false;
	f = x->facts;
	for (int i = 1; type && i < GRANT_N; i++)
		if (!strcmp(grant_types[i], type))
			f.grant = grant_names[i];
	return trouble_gate(x->idp->troubles, &f, x->rq, x->rp);
}

typedef void handler(struct exchange *x);

static handler *const handlers[EP_N] = {
	[EP_DOCUMENT] = serve_document,	      [EP_DISCOVERY] = serve_document,
	[EP_JWKS] = serve_document,	      [EP_TOKEN] = serve_token,
	[EP_DEVICE] = serve_device,	      [EP_AUTHORIZE] = serve_authorize,
	[EP_USERINFO] = serve_userinfo,	      [EP_INTROSPECT] = serve_introspect,
	[EP_REVOKE] = serve_revoke,	      [EP_LOGOUT] = serve_logout,
	[EP_DEVICE_PAGE] = serve_device_page, [EP_SIGN_IN] = serve_sign_in,
	[EP_CONSENT] = serve_consent,	      [EP_STATUS] = serve_status,
	[EP_INSTANCE] = serve_instance,	      [EP_AUTHN] = serve_authn,
};

static void handle(struct exchange *x, const char *word, size_t n)
{
	if (!method_allowed(x) || !find_tenant(x, word, n) || !read_parameters(x) ||
	    outage(x) || !tenant_enabled(x) || !trouble_passes(x, MOMENT_START))
		return;
	handlers[x->endpoint->kind](x);
}

static void no_such_path(struct web_request *rq, struct web_reply *rp)
{
	static const char text[] = "no provider of this simulator has such a path\n";

	web_text(rq, rp, 404, "text/plain; charset=utf-8", text, sizeof(text) - 1);
}

void serve(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	struct idp *s = ctx;
	int64_t began = clk_mono_us();
	bool reachable = shared_begin(s);
	uint64_t stamp = change_count();
	const char *word = NULL;
	size_t n = 0;
	const struct door *via = doors_via(s, rq);
	const struct endpoint *ep;
	struct exchange x;

	if (ready_answer(s, via, rq, rp, &x.facts)) {
		journal_add(s->journal, &x.facts, rq, rp, clk_mono_us() - began);
		return;
	}
	ep = find_endpoint(s, via, rq->path, &word, &n);
	bool found = ep != NULL;
	if (!found)
		ep = nearest_endpoint(s, via, rq->path);
	if (!s->origin)
		ep = NULL; /* the first instant after listening */
	if (!ep) {
		no_such_path(rq, rp);
		return;
	}
	exchange_init(&x, s, ep->provider, NULL, rq->arena);
	x.stamp = stamp;
	x.via = via;
	x.rq = rq;
	x.rp = rp;
	x.endpoint = ep;
	x.version = ep->version;
	x.origin = exchange_origin(s, rq, rq->arena);
	x.authorization = web_header(rq, "Authorization");
	x.facts.endpoint = found ? ep->name : "unknown";
	if (!found)
		refuse(&x, S_not_found);
	else if (reachable || !shared_needed(ep))
		handle(&x, word, n);
	shared_end(&x);
	dress_page(&x);
	trouble_wire(s->troubles, &x.facts, rq, rp);
	journal_add(s->journal, &x.facts, rq, rp, clk_mono_us() - began);
	exchange_done(&x);
}
