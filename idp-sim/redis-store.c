/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis-store.c - records in Redis.
 *
 * PREFIX:KIND:KEY is a record's text; PREFIX:KIND is a sorted set of those keys by the time at
 * which Redis forgets them. Forgetting bounds the memory and nothing else: whether a record has
 * expired is a matter of the virtual clock. A change is written only where the text is still
 * the one that it was made from, so of two at a time one is made again from what the other left.
 */
#include "idp-sim/redis.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"

#include <hiredis/hiredis.h>
#include <string.h>

/* A virtual clock may stand still while Redis goes on, so it forgets late. */
enum { LINGER_MS = 3600000, TRIES = 1000, BATCH = 500 };

static struct redis *redis_of(const struct far *f)
{
	return f->where;
}

/* PREFIX:KIND or PREFIX:KIND:KEY */
static const char *name_of(const struct far *f, const char *key, struct buf *b)
{
	buf_printf(b, "%s:%s", redis_prefix(redis_of(f)), f->kind->name);
	if (key)
		buf_printf(b, ":%s", key);
	return b->p;
}

struct times {
	char life[24], end[24], now[24]; /* milliseconds that it lives; system time */
};

static struct times times_of(const struct far *f, int64_t expires_ms)
{
	int64_t left = expires_ms - clk_now_ms(f->clk), now = clk_now_ms(NULL);
	struct times t;

	left = (left > 0 ? left : 0) + LINGER_MS;
	snprintf(t.life, sizeof(t.life), "%lld", (long long)left);
	snprintf(t.end, sizeof(t.end), "%lld", (long long)(now + left));
	snprintf(t.now, sizeof(t.now), "%lld", (long long)now);
	return t;
}

static bool is_one(const redisReply *reply)
{
	return reply && reply->type == REDIS_REPLY_INTEGER && reply->integer == 1;
}

/* KEYS record, index; ARGV text, life, end, now, limit */
static const char add_script[] =
	"if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end "
	"redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[4]) "
	"redis.call('ZADD', KEYS[2], ARGV[3], KEYS[1]) "
	"if redis.call('ZCARD', KEYS[2]) > tonumber(ARGV[5]) then "
	"redis.call('DEL', redis.call('ZPOPMIN', KEYS[2])[1]) end "
	"return 1";

static bool add(const struct far *f, struct record *r)
{
	AUTO_BUF key = { 0 };
	AUTO_BUF index = { 0 };
	AUTO(char) char *text = record_text(f->kind, r);
	struct times t = times_of(f, r->expires_ms);
	char limit[24];

	snprintf(limit, sizeof(limit), "%zu", f->limit);
	AUTO(redisReply)
	redisReply *reply =
		redis_run(redis_of(f), REDIS_ONCE, add_script,
			  (const char *const[]) { name_of(f, r->key, &key),
						  name_of(f, NULL, &index), NULL },
			  (const char *const[]) { text, t.life, t.end, t.now, limit, NULL });
	if (!is_one(reply))
		return false;
	r->stored = MOVE(text);
	return true;
}

static struct record *get(const struct far *f, const char *key)
{
	AUTO_BUF name = { 0 };
	AUTO(redisReply)
	redisReply *reply =
		redis_run(redis_of(f), REDIS_AGAIN, "return redis.call('GET', KEYS[1])",
			  (const char *const[]) { name_of(f, key, &name), NULL },
			  (const char *const[]) { NULL });
	struct record *r;

	if (!reply || reply->type != REDIS_REPLY_STRING)
		return NULL;
	r = record_parse(f->kind, f->idp, key, reply->str);
	if (r && r->expires_ms > clk_now_ms(f->clk)) {
		r->stored = strdup(reply->str);
		return r;
	}
	record_unref(r);
	return NULL;
}

/* KEYS record, index; ARGV old text, new text, life, end. Answers 1, the text that is there
 * instead, or 0 when there is none. */
static const char change_script[] = "local there = redis.call('GET', KEYS[1]) "
				    "if not there then return 0 end "
				    "if there ~= ARGV[1] then return there end "
				    "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) "
				    "redis.call('ZADD', KEYS[2], 'XX', ARGV[4], KEYS[1]) "
				    "return 1";

enum put { PUT_DONE, PUT_AGAIN, PUT_LOST };

/* Writes what the record has become; on PUT_AGAIN it is as somebody else has left it. */
static enum put put(const struct far *f, struct record *r)
{
	AUTO_BUF key = { 0 };
	AUTO_BUF index = { 0 };
	AUTO(char) char *text = record_text(f->kind, r);
	struct times t = times_of(f, r->expires_ms);

	if (!strcmp(text, r->stored))
		return PUT_DONE;
	AUTO(redisReply)
	redisReply *reply =
		redis_run(redis_of(f), REDIS_ONCE, change_script,
			  (const char *const[]) { name_of(f, r->key, &key),
						  name_of(f, NULL, &index), NULL },
			  (const char *const[]) { r->stored, text, t.life, t.end, NULL });
	bool other = reply && reply->type == REDIS_REPLY_STRING;
	if (!is_one(reply) && (!other || !record_update(f->kind, r, reply->str)))
		return PUT_LOST;
	free(r->stored);
	r->stored = other ? strdup(reply->str) : MOVE(text);
	return other ? PUT_AGAIN : PUT_DONE;
}

static bool change(const struct far *f, struct record *r,
		   void (*change_it)(void *ctx, struct record *r), void *ctx)
{
	enum put put_it = PUT_AGAIN;

	for (int i = 0; r->stored && i < TRIES && put_it == PUT_AGAIN; i++) {
		change_it(ctx, r);
		put_it = put(f, r);
	}
	if (put_it == PUT_DONE)
		return true;
	redis_lose();
	return false;
}

static int64_t count(const struct far *f, const char *key, int64_t expires_ms)
{
	static const char script[] = "redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[3]) "
				     "redis.call('ZADD', KEYS[2], ARGV[2], KEYS[1]) "
				     "local n = redis.call('INCR', KEYS[1]) "
				     "redis.call('PEXPIRE', KEYS[1], ARGV[1]) return n";
	struct times t = times_of(f, expires_ms);
	AUTO_BUF name = { 0 };
	AUTO_BUF index = { 0 };
	AUTO(redisReply)
	redisReply *reply = redis_run(redis_of(f), REDIS_ONCE, script,
				      (const char *const[]) { name_of(f, key, &name),
							      name_of(f, NULL, &index), NULL },
				      (const char *const[]) { t.life, t.end, t.now, NULL });

	return reply ? reply->integer : 0;
}

/* KEYS index; ARGV first, last by rank. Answers key, text, key, text, ... */
static const char page_script[] =
	"local keys = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2]) "
	"local out = {} "
	"for _, key in ipairs(keys) do "
	"out[#out + 1] = key out[#out + 1] = redis.call('GET', key) or '' end "
	"return out";

static redisReply *page(const struct far *f, size_t from)
{
	AUTO_BUF index = { 0 };
	char first[24], last[24];

	snprintf(first, sizeof(first), "%zu", from);
	snprintf(last, sizeof(last), "%zu", from + BATCH - 1);
	return redis_run(redis_of(f), REDIS_AGAIN, page_script,
			 (const char *const[]) { name_of(f, NULL, &index), NULL },
			 (const char *const[]) { first, last, NULL });
}

static bool each_of_page(const struct far *f, const redisReply *reply,
			 bool (*each_one)(void *ctx, struct record *r), void *ctx)
{
	AUTO_BUF index = { 0 };
	size_t skip = strlen(name_of(f, NULL, &index)) + 1;

	for (size_t i = 0; i + 1 < reply->elements; i += 2) {
		const char *key = reply->element[i]->str + skip;
		const char *text = reply->element[i + 1]->str;
		struct record *r = record_parse(f->kind, f->idp, key, text);
		bool more = true;

		if (!r)
			continue;
		r->stored = strdup(text);
		more = each_one(ctx, r);
		record_unref(r);
		if (!more)
			return false;
	}
	return true;
}

static void each(const struct far *f, bool (*each_one)(void *ctx, struct record *r), void *ctx)
{
	bool more = true;

	for (size_t from = 0; more; from += BATCH) {
		AUTO(redisReply) redisReply *reply = page(f, from);

		more = reply && reply->elements && each_of_page(f, reply, each_one, ctx);
	}
}

static void clear(const struct far *f)
{
	static const char script[] =
		"local keys = redis.call('ZRANGE', KEYS[1], 0, 999) "
		"if #keys > 0 then redis.call('DEL', unpack(keys)) "
		"redis.call('ZREM', KEYS[1], unpack(keys)) end return #keys";
	AUTO_BUF index = { 0 };
	const char *const keys[] = { name_of(f, NULL, &index), NULL }, *const none[] = { NULL };
	bool more = true;

	while (more) {
		AUTO(redisReply)
		redisReply *reply = redis_run(redis_of(f), REDIS_AGAIN, script, keys, none);

		more = reply && reply->integer > 0;
	}
}

const struct store_ops redis_store_ops = {
	.add = add, .get = get, .change = change, .count = count, .each = each, .clear = clear
};
