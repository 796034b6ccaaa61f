/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/store-ops.h"

#include <stdlib.h>
#include <string.h>

enum { SHARDS = 16, BUCKETS = 1024, SWEEP = 8 };

struct shard {
	pthread_mutex_t lock;
	struct record *buckets[BUCKETS];
	size_t n;
	unsigned hand; /* the bucket that is swept next */
};

struct store {
	const struct far *far; /* NULL: the records are here */
	const struct clk *clk;
	size_t shard_limit;
	struct shard shards[SHARDS];
};

static uint64_t hash(const char *s)
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h ^ h >> 29;
}

static struct shard *shard_of(struct store *s, uint64_t h)
{
	return &s->shards[h % SHARDS];
}

static struct record **bucket_of(struct shard *sh, uint64_t h)
{
	return &sh->buckets[h / SHARDS % BUCKETS];
}

struct store *store_new(const struct clk *clk, size_t limit)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->clk = clk;
	s->shard_limit = limit / SHARDS + 1;
	for (int i = 0; i < SHARDS; i++)
		pthread_mutex_init(&s->shards[i].lock, NULL);
	return s;
}

struct store *store_new_far(const struct far *f)
{
	struct store *s = store_new(f->clk, f->limit);
	struct far *own = malloc(sizeof(*own));

	if (!own)
		abort();
	*own = *f;
	s->far = own;
	return s;
}

void record_init(struct record *r, const char *key, int64_t expires_ms)
{
	r->key = strdup(key);
	if (!r->key)
		abort();
	r->expires_ms = expires_ms;
	r->refs = 1;
	r->next = NULL;
	r->stored = NULL;
	pthread_mutex_init(&r->lock, NULL);
}

void record_unref(struct record *r)
{
	if (!r || --r->refs)
		return;
	free(r->key);
	free(r->stored);
	pthread_mutex_destroy(&r->lock);
	if (r->release)
		r->release(r);
	else
		free(r);
}

/* Unhooks the record that *at points to; its reference becomes the caller's. */
static struct record *unhook(struct shard *sh, struct record **at)
{
	struct record *r = *at;

	*at = r->next;
	r->next = NULL;
	sh->n--;
	return r;
}

/* Moves what has expired in one bucket to *ret. */
static void sweep_bucket(struct shard *sh, struct record **at, int64_t now, struct record **ret)
{
	while (*at) {
		struct record *r = *at;

		if (r->expires_ms > now) {
			at = &r->next;
			continue;
		}
		unhook(sh, at);
		r->next = *ret;
		*ret = r;
	}
}

static void sweep(struct shard *sh, int64_t now, struct record **ret)
{
	for (int i = 0; i < SWEEP; i++)
		sweep_bucket(sh, &sh->buckets[sh->hand++ % BUCKETS], now, ret);
}

/* Drops from the next bucket that has any the record that would expire first. */
static void make_room(struct shard *sh, struct record **ret)
{
	while (sh->n) {
		struct record **best = &sh->buckets[sh->hand++ % BUCKETS];
		struct record *r;

		if (!*best)
			continue;
		for (struct record **at = best; *at; at = &(*at)->next)
			if ((*at)->expires_ms < (*best)->expires_ms)
				best = at;
		r = unhook(sh, best);
		r->next = *ret;
		*ret = r;
		return;
	}
}

static void unref_all(struct record *r)
{
	while (r) {
		struct record *next = r->next;

		record_unref(r);
		r = next;
	}
}

static struct record **find(struct shard *sh, uint64_t h, const char *key)
{
	struct record **at = bucket_of(sh, h);

	while (*at && strcmp((*at)->key, key) != 0)
		at = &(*at)->next;
	return at;
}

static bool add_here(struct store *s, struct record *r)
{
	uint64_t h = hash(r->key);
	struct shard *sh = shard_of(s, h);
	int64_t now = clk_now_ms(s->clk);
	struct record *gone = NULL;
	struct record **at;
	bool taken;

	pthread_mutex_lock(&sh->lock);
	sweep_bucket(sh, bucket_of(sh, h), now, &gone);
	sweep(sh, now, &gone);
	if (sh->n >= s->shard_limit)
		make_room(sh, &gone);
	at = find(sh, h, r->key);
	taken = *at != NULL;
	if (!taken) {
		r->refs++;
		r->next = NULL;
		*at = r;
		sh->n++;
	}
	pthread_mutex_unlock(&sh->lock);
	unref_all(gone);
	return !taken;
}

bool store_add(struct store *s, struct record *r)
{
	return s->far ? s->far->ops->add(s->far, r) : add_here(s, r);
}

static struct record *get_here(struct store *s, const char *key)
{
	uint64_t h = hash(key);
	struct shard *sh = shard_of(s, h);
	struct record *r;

	pthread_mutex_lock(&sh->lock);
	r = *find(sh, h, key);
	if (r && r->expires_ms <= clk_now_ms(s->clk))
		r = NULL;
	if (r)
		r->refs++;
	pthread_mutex_unlock(&sh->lock);
	return r;
}

struct record *store_get(struct store *s, const char *key)
{
	return s->far ? s->far->ops->get(s->far, key) : get_here(s, key);
}

bool store_change(struct store *s, struct record *r,
		  void (*change)(void *ctx, struct record *r), void *ctx)
{
	if (s->far)
		return s->far->ops->change(s->far, r, change, ctx);
	pthread_mutex_lock(&r->lock);
	change(ctx, r);
	pthread_mutex_unlock(&r->lock);
	return true;
}

/* ---- counts ---- */

struct counter {
	struct record record;
	_Atomic int64_t n;
};

int64_t store_count(struct store *s, const char *key, int64_t expires_ms)
{
	struct counter *c;
	int64_t n;

	if (s->far)
		return s->far->ops->count(s->far, key, expires_ms);
	c = (struct counter *)get_here(s, key);
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			abort();
		record_init(&c->record, key, expires_ms);
		add_here(s, &c->record);
	}
	n = ++c->n;
	record_unref(&c->record);
	return n;
}

/* ---- all of them ---- */

/* All records of a shard, each with a reference more. */
static struct record **shard_copy(struct shard *sh, size_t *ret_n)
{
	struct record **all;
	size_t n = 0;

	pthread_mutex_lock(&sh->lock);
	all = calloc(sh->n + 1, sizeof(*all));
	if (!all)
		abort();
	for (int b = 0; b < BUCKETS; b++)
		for (struct record *r = sh->buckets[b]; r; r = r->next) {
			r->refs++;
			all[n++] = r;
		}
	pthread_mutex_unlock(&sh->lock);
	*ret_n = n;
	return all;
}

void store_each(struct store *s, bool (*each)(void *ctx, struct record *r), void *ctx)
{
	bool more = true;

	if (s->far) {
		s->far->ops->each(s->far, each, ctx);
		return;
	}
	for (int i = 0; i < SHARDS; i++) {
		size_t n;
		struct record **all = shard_copy(&s->shards[i], &n);

		for (size_t j = 0; j < n; j++) {
			if (more)
				more = each(ctx, all[j]);
			record_unref(all[j]);
		}
		free(all);
	}
}

static void clear_here(struct store *s)
{
	for (int i = 0; i < SHARDS; i++) {
		struct shard *sh = &s->shards[i];
		struct record *gone = NULL;

		pthread_mutex_lock(&sh->lock);
		for (int b = 0; b < BUCKETS; b++)
			sweep_bucket(sh, &sh->buckets[b], INT64_MAX, &gone);
		pthread_mutex_unlock(&sh->lock);
		unref_all(gone);
	}
}

void store_clear(struct store *s)
{
	if (s->far)
		s->far->ops->clear(s->far);
	else
		clear_here(s);
}

void store_free(struct store *s)
{
	if (!s)
		return;
	clear_here(s);
	free((struct far *)(uintptr_t)s->far);
	for (int i = 0; i < SHARDS; i++)
		pthread_mutex_destroy(&s->shards[i].lock);
	free(s);
}
