/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared.c - PREFIX:steering is a hash: "epoch" grows with every change of the rest, which is
 * "offset" and "frozen" of the clock and for each set of keys "keys NAME", a letter a rotation.
 */
#include "idp-sim/shared.h"

#include "idp-sim/redis.h"

#include <hiredis/hiredis.h>
#include <string.h>

struct shared {
	struct redis *redis;
	char *steering;	       /* its key */
	_Atomic int64_t epoch; /* of what was taken last */
	pthread_mutex_t lock;
};

static const char *const no_args[] = { NULL };

/* A rotation whose key is in the JWKS, or is not; each may withdraw the older keys. */
enum { PUBLISHED = 'p', HIDDEN = 'h', PUBLISHED_ALONE = 'P', HIDDEN_ALONE = 'H' };

static char letter_of(bool publish, bool retire)
{
	if (retire)
		return publish ? PUBLISHED_ALONE : HIDDEN_ALONE;
	return publish ? PUBLISHED : HIDDEN;
}

/* ---- what the others did ---- */

static void rotate_as(struct keys *k, char letter)
{
	struct err err;

	if (!keys_rotate(k, letter == PUBLISHED || letter == PUBLISHED_ALONE, &err))
		return; /* the file is not there any more: tried again at the next change */
	if (letter == PUBLISHED_ALONE || letter == HIDDEN_ALONE)
		keys_retire_old(k);
}

static struct keys *keys_named(struct idp *s, const char *name)
{
	for (size_t i = 0; i < s->n_providers; i++)
		for (size_t j = 0; j < s->providers[i]->n_keys; j++)
			if (!strcmp(keys_name(s->providers[i]->keys[j]), name))
				return s->providers[i]->keys[j];
	return NULL;
}

static void catch_up(struct idp *s, const char *name, const char *letters)
{
	struct keys *k = keys_named(s, name);

	for (size_t n = strlen(letters); k && keys_rotations(k) < n;) {
		size_t before = keys_rotations(k);

		rotate_as(k, letters[before]);
		if (keys_rotations(k) == before)
			break;
	}
}

static void take_one(struct idp *s, const char *name, const char *value)
{
	if (!strcmp(name, "offset"))
		s->clk.offset_ms = strtoll(value, NULL, 10);
	else if (!strcmp(name, "frozen"))
		s->clk.frozen_ms = strtoll(value, NULL, 10);
	else if (!strcmp(name, "epoch"))
		s->shared->epoch = strtoll(value, NULL, 10);
	else if (!strncmp(name, "keys ", 5))
		catch_up(s, name + 5, value);
}

static bool take(struct idp *s)
{
	const char *const keys[] = { s->shared->steering, NULL };

	pthread_mutex_lock(&s->shared->lock);
	AUTO(redisReply)
	redisReply *all = redis_run(s->shared->redis, REDIS_AGAIN,
				    "return redis.call('HGETALL', KEYS[1])", keys, no_args);
	for (size_t i = 0; all && i + 1 < all->elements; i += 2)
		take_one(s, all->element[i]->str, all->element[i + 1]->str);
	pthread_mutex_unlock(&s->shared->lock);
	return all != NULL;
}

/* ---- what is done here ---- */

/* KEYS steering; ARGV offset, frozen, epoch to begin with or "" to go on. */
static bool give_clock(struct idp *s, bool only_when_missing)
{
	static const char script[] =
		"if ARGV[3] ~= '' and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end "
		"redis.call('HSET', KEYS[1], 'offset', ARGV[1], 'frozen', ARGV[2]) "
		"return redis.call('HINCRBY', KEYS[1], 'epoch', ARGV[3] == '' and 1 or "
		"ARGV[3])";
	const char *const keys[] = { s->shared->steering, NULL };
	char offset[24], frozen[24], epoch[24] = "";

	snprintf(offset, sizeof(offset), "%lld", (long long)s->clk.offset_ms);
	snprintf(frozen, sizeof(frozen), "%lld", (long long)s->clk.frozen_ms);
	if (only_when_missing)
		snprintf(epoch, sizeof(epoch), "%lld", (long long)s->shared->epoch + 1);
	AUTO(redisReply)
	redisReply *reply = redis_run(s->shared->redis, REDIS_ONCE, script, keys,
				      (const char *const[]) { offset, frozen, epoch, NULL });
	return reply != NULL;
}

void shared_clock(struct idp *s)
{
	if (s->shared)
		(void)!give_clock(s, false);
}

/* KEYS steering; ARGV field, letters, first: only where there are none. */
static bool give_rotations(struct idp *s, struct keys *k, const char *letters, bool first)
{
	static const char script[] = "local old = redis.call('HGET', KEYS[1], ARGV[1]) or '' "
				     "if ARGV[3] == 'first' and old ~= '' then return 0 end "
				     "redis.call('HSET', KEYS[1], ARGV[1], old .. ARGV[2]) "
				     "return redis.call('HINCRBY', KEYS[1], 'epoch', 1)";
	const char *const keys[] = { s->shared->steering, NULL };
	char field[256];

	snprintf(field, sizeof(field), "keys %s", keys_name(k));
	AUTO(redisReply)
	redisReply *reply =
		redis_run(s->shared->redis, REDIS_ONCE, script, keys,
			  (const char *const[]) { field, letters, first ? "first" : "", NULL });
	return reply != NULL;
}

/* Redis has lost everything: clock and keys go on as they were. */
static bool give_all(struct idp *s)
{
	bool good = give_clock(s, true);

	for (size_t i = 0; i < s->n_providers; i++)
		for (size_t j = 0; good && j < s->providers[i]->n_keys; j++) {
			struct keys *k = s->providers[i]->keys[j];
			AUTO_BUF letters = { 0 };

			for (size_t n = keys_rotations(k); n; n--)
				buf_char(&letters, PUBLISHED);
			good = !letters.n || give_rotations(s, k, letters.p, true);
		}
	return good;
}

void shared_rotated(struct idp *s, struct keys *k, bool publish, bool retire)
{
	const char letters[] = { letter_of(publish, retire), 0 };

	if (s->shared)
		(void)!give_rotations(s, k, letters, false);
}

/* ---- start and end ---- */

bool shared_open(struct idp *s, const char *url, struct err *err)
{
	struct redis *r = redis_open(url, err);
	AUTO_BUF key = { 0 };

	if (!r)
		return err_note(err, "state");
	s->shared = calloc(1, sizeof(*s->shared));
	if (!s->shared)
		abort();
	buf_printf(&key, "%s:steering", redis_prefix(r));
	s->shared->redis = r;
	s->shared->steering = buf_take(&key);
	pthread_mutex_init(&s->shared->lock, NULL);
	return true;
}

bool shared_join(struct idp *s, struct err *err)
{
	unsigned char secret[64];

	if (!s->shared)
		return true;
	/* Refresh tokens of one copy are good at every other. */
	keys_secret(s->providers[0]->keys[0], "refresh tokens", secret);
	memcpy(s->secret, secret, sizeof(s->secret));
	redis_begin();
	if (give_clock(s, !s->started_at_ms) && take(s))
		return true;
	return fail(err, ERR_NETWORK, "state: '%s' does not answer", shared_where(s));
}

void shared_close(struct idp *s)
{
	if (!s->shared)
		return;
	redis_free(s->shared->redis);
	pthread_mutex_destroy(&s->shared->lock);
	free(s->shared->steering);
	free(s->shared);
	s->shared = NULL;
}

struct store *shared_store(struct idp *s, const struct record_kind *kind, size_t limit)
{
	struct far f = {
		.ops = &redis_store_ops, .kind = kind, .idp = s, .clk = &s->clk, .limit = limit
	};

	if (!s->shared)
		return store_new(&s->clk, limit);
	f.where = s->shared->redis;
	return store_new_far(&f);
}

/* ---- around a request ---- */

bool shared_begin(struct idp *s)
{
	if (!s->shared)
		return true;
	const char *const keys[] = { s->shared->steering, NULL };
	redis_begin();
	AUTO(redisReply)
	redisReply *epoch =
		redis_run(s->shared->redis, REDIS_AGAIN,
			  "return redis.call('HGET', KEYS[1], 'epoch')", keys, no_args);
	if (!epoch)
		return false;
	if (epoch->type == REDIS_REPLY_STRING &&
	    strtoll(epoch->str, NULL, 10) == s->shared->epoch)
		return true;
	if (epoch->type != REDIS_REPLY_STRING && !give_all(s))
		return false;
	return take(s);
}

void shared_forgive(const struct idp *s)
{
	if (s->shared)
		redis_begin();
}

bool shared_lost(const struct idp *s)
{
	return s->shared && redis_lost();
}

const char *shared_where(const struct idp *s)
{
	return s->shared ? redis_shown(s->shared->redis) : NULL;
}
bool shared_needed(const struct endpoint *ep)
{
	return ep->kind > EP_JWKS && ep->kind != EP_INSTANCE;
}

void shared_end(struct exchange *x)
{
	if (!shared_lost(x->idp) || !shared_needed(x->endpoint))
		return;
	x->rp->headers = NULL;
	x->redirect_uri = NULL; /* it is the server that fails, not the request */
	refuse(x, S_server_error);
}
