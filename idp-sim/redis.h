/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis.h - Redis or Valkey, one connection a thread.
 *
 * Connecting and every command have short time-outs, so that a provider without its state says
 * so at once. After a connection could not be made nobody tries again for a moment. What could
 * not be asked is remembered for the thread until redis_begin().
 */
#pragma once

#include "idp-sim/store-ops.h"

#include "idp-sim/base/err.h"

enum { REDIS_TIMEOUT_MS = 1000, REDIS_REST_MS = 100 };

struct redis;
struct redisReply; /* of hiredis */

/* Connects once, so that a wrong address is told at start. */
struct redis *redis_open(const char *url, struct err *err) MUST_CHECK;
void redis_free(
	struct redis *r); /* after its threads have ended, but the caller's; takes NULL */
const char *redis_prefix(const struct redis *r);
const char *redis_shown(const struct redis *r); /* the URL without the password */

/* A new request on this thread: nothing is lost yet. */
void redis_begin(void);
/* Could something not be asked since? */
bool redis_lost(void);
/* What was answered makes no sense: as if it could not be asked. */
void redis_lose(void);

/* Runs a script on the keys (NULL-ended, as are the arguments, each at most REDIS_WORDS).
 * NULL: lost. The caller frees the reply with redis_done(). A script that may run twice without
 * harm is tried again on a new connection when the old one turns out to be gone. */
enum { REDIS_WORDS = 8 };
enum redis_again { REDIS_ONCE, REDIS_AGAIN };
struct redisReply *redis_run(struct redis *r, enum redis_again again, const char *script,
			     const char *const *keys, const char *const *args) MUST_CHECK;
void redis_done(struct redisReply *reply); /* takes NULL */
AUTO_KIND(redisReply, struct redisReply, redis_done);

/* Records in Redis: a string a record, and a sorted set of the keys of each kind. */
extern const struct store_ops redis_store_ops;
