/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/ready.h"

#include "idp-sim/change.h"
#include "idp-sim/serve.h"

#include <string.h>

enum { PLACES = 64 };

/* A document that this thread has made. The tenant and the endpoint live as long as the idp. */
struct kept {
	struct idp *idp;
	const struct door *via;
	uint64_t stamp;
	const struct endpoint *endpoint;
	const struct tenant *tenant;
	struct web_ready *answer;
	bool whole;	   /* its header lines are always the same too */
	char *path;	   /* behind the others, NUL between them */
	char *tenant_word; /* NULL: the path has none */
	char origin[];
};

struct shelf {
	struct kept *places[PLACES];
};

static pthread_key_t shelf_key;
static pthread_once_t shelf_once = PTHREAD_ONCE_INIT;

static void kept_free(struct kept *k)
{
	if (k)
		web_ready_unref(k->answer);
	free(k);
}

static void shelf_free(void *p)
{
	struct shelf *shelf = p;

	for (size_t i = 0; i < PLACES; i++)
		kept_free(shelf->places[i]);
	free(shelf);
}

static void make_key(void)
{
	if (pthread_key_create(&shelf_key, shelf_free))
		abort();
}

static struct kept **place_of(const char *path)
{
	struct shelf *shelf;
	uint32_t hash = 2166136261u;

	pthread_once(&shelf_once, make_key);
	shelf = pthread_getspecific(shelf_key);
	if (!shelf) {
		shelf = calloc(1, sizeof(*shelf));
		if (!shelf || pthread_setspecific(shelf_key, shelf))
			abort();
	}
	for (const char *p = path; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	return &shelf->places[hash % PLACES];
}

/* A request that says nothing but its path. */
static bool is_bare(const struct web_request *rq)
{
	return !rq->query && !rq->body_len && !rq->too_large && !strcmp(rq->method, "GET");
}

/* ---- keeping ---- */

static bool always_same(const struct header_set *h)
{
	for (size_t i = 0; h && i < h->n; i++)
		if (!template_is_fixed(h->v[i].value))
			return false;
	return true;
}

static struct kept *kept_new(const struct exchange *x)
{
	size_t origin = strlen(x->origin) + 1, path = strlen(x->rq->path) + 1;
	size_t word = x->tenant_word ? strlen(x->tenant_word) + 1 : 0;
	struct kept *k = malloc(sizeof(*k) + origin + path + word);

	if (!k)
		abort();
	*k = (struct kept) {
		.idp = x->idp,
		.via = x->via,
		.stamp = x->stamp,
		.endpoint = x->endpoint,
		.tenant = x->tenant,
		.whole = always_same(x->endpoint->headers),
	};
	memcpy(k->origin, x->origin, origin);
	k->path = memcpy(k->origin + origin, x->rq->path, path);
	if (word)
		k->tenant_word = memcpy(k->path + path, x->tenant_word, word);
	k->answer = web_ready_new(x->rp, k->whole);
	return k;
}

void ready_keep(const struct exchange *x)
{
	struct kept **place;

	if (!x->rq || !is_bare(x->rq) || x->rp->status != 200 || *x->rp->body != '{' ||
	    !template_is_fixed(x->endpoint->body))
		return;
	place = place_of(x->rq->path);
	kept_free(*place);
	*place = kept_new(x);
}

/* ---- answering ---- */

static const struct kept *find(struct idp *s, const struct door *via,
			       const struct web_request *rq, const char *origin)
{
	const struct kept *k = *place_of(rq->path);

	return k && k->stamp == change_count() && k->idp == s && k->via == via &&
			       !strcmp(k->path, rq->path) && !strcmp(k->origin, origin)
		       ? k
		       : NULL;
}

bool ready_answer(struct idp *s, const struct door *via, struct web_request *rq,
		  struct web_reply *rp, struct facts *ret)
{
	const char *origin;
	const struct kept *k;

	if (!is_bare(rq) || !s->origin || troubles_armed(s->troubles))
		return false;
	origin = exchange_origin(s, rq, rq->arena);
	k = find(s, via, rq, origin);
	if (!k)
		return false;
	*ret = (struct facts) { .provider = k->endpoint->provider->name,
				.tenant = k->tenant ? k->tenant->id : NULL,
				.endpoint = k->endpoint->name };
	web_send_ready(rp, k->answer);
	if (!k->whole) {
		struct exchange x;

		exchange_init(&x, s, k->endpoint->provider, k->tenant, rq->arena);
		x.rq = rq;
		x.rp = rp;
		x.endpoint = k->endpoint;
		x.version = k->endpoint->version;
		x.origin = origin;
		x.tenant_word = k->tenant_word;
		put_headers(&x, k->endpoint->headers);
	}
	return true;
}
