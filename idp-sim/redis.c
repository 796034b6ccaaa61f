/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/redis.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/state-url.h"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <pthread.h>
#include <string.h>

/* The connection of one thread. */
struct line {
	struct redis *redis;
	redisContext *c; /* NULL: to be made */
	struct line *next, **at;
};

struct redis {
	struct state_url url;
	char shown[STATE_URL_SHOWN];
	pthread_key_t own; /* a thread's struct line */
	pthread_mutex_t lock;
	struct line *lines;
	_Atomic int64_t rest_until_ms; /* monotonic */
};

static _Thread_local bool lost;

void redis_begin(void)
{
	lost = false;
}

bool redis_lost(void)
{
	return lost;
}

void redis_lose(void)
{
	lost = true;
}

const char *redis_prefix(const struct redis *r)
{
	return r->url.prefix;
}

const char *redis_shown(const struct redis *r)
{
	return r->shown;
}

void redis_done(struct redisReply *reply)
{
	freeReplyObject(reply);
}

/* ---- a connection ---- */

static void hang_up(struct line *l)
{
	if (l->c)
		redisFree(l->c);
	l->c = NULL;
}

static void line_free(void *p)
{
	struct line *l = p;
	struct redis *r = l->redis;

	pthread_mutex_lock(&r->lock);
	*l->at = l->next;
	if (l->next)
		l->next->at = l->at;
	pthread_mutex_unlock(&r->lock);
	hang_up(l);
	free(l);
}

static struct line *line_of(struct redis *r)
{
	struct line *l = pthread_getspecific(r->own);

	if (l)
		return l;
	l = calloc(1, sizeof(*l));
	if (!l)
		abort();
	l->redis = r;
	pthread_mutex_lock(&r->lock);
	l->next = r->lines;
	l->at = &r->lines;
	if (l->next)
		l->next->at = &l->next;
	r->lines = l;
	pthread_mutex_unlock(&r->lock);
	pthread_setspecific(r->own, l);
	return l;
}

static bool said_ok(redisContext *c, int argc, const char **argv, struct err *err)
{
	AUTO(redisReply) redisReply *reply = redisCommandArgv(c, argc, argv, NULL);

	if (reply && reply->type != REDIS_REPLY_ERROR)
		return true;
	return fail(err, ERR_NETWORK, "%s: %s", argv[0], reply ? reply->str : c->errstr);
}

static bool introduce(const struct state_url *u, redisContext *c, struct err *err)
{
	bool named = *u->user;
	const char *auth[] = { "AUTH", named ? u->user : u->password, u->password };
	char db[16];
	const char *select[] = { "SELECT", db };

	snprintf(db, sizeof(db), "%d", u->db);
	if (*u->password && !said_ok(c, 2 + named, auth, err))
		return false;
	return said_ok(c, 2, select, err);
}

static redisContext *dial(const struct redis *r, struct err *err)
{
	const struct state_url *u = &r->url;
	struct timeval limit = { .tv_sec = REDIS_TIMEOUT_MS / 1000,
				 .tv_usec = REDIS_TIMEOUT_MS % 1000 * 1000 };
	redisContext *c = *u->path ? redisConnectUnixWithTimeout(u->path, limit)
				   : redisConnectWithTimeout(u->host, u->port, limit);

	if (!c)
		abort();
	if (c->err)
		fail(err, ERR_NETWORK, "%s", c->errstr);
	else if (fcntl(c->fd, F_SETFD, FD_CLOEXEC) || redisSetTimeout(c, limit) != REDIS_OK)
		fail(err, ERR_NETWORK, "%s", c->errstr);
	else if (introduce(u, c, err))
		return c;
	redisFree(c);
	return NULL;
}

static bool connected(struct line *l, struct err *err)
{
	struct redis *r = l->redis;

	if (l->c)
		return true;
	if (clk_mono_ms() < r->rest_until_ms)
		return fail(err, ERR_NETWORK, "out of reach a moment ago");
	l->c = dial(r, err);
	if (!l->c)
		r->rest_until_ms = clk_mono_ms() + REDIS_REST_MS;
	return l->c != NULL;
}

struct redis *redis_open(const char *url, struct err *err)
{
	struct redis *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	if (!state_url_parse(url, &r->url, err)) {
		free(r);
		return NULL;
	}
	state_url_shown(url, r->shown);
	pthread_mutex_init(&r->lock, NULL);
	pthread_key_create(&r->own, line_free);
	if (connected(line_of(r), err))
		return r;
	err_note(err, "'%s'", r->shown);
	redis_free(r);
	return NULL;
}

void redis_free(struct redis *r)
{
	if (!r)
		return;
	pthread_key_delete(r->own);
	while (r->lines)
		line_free(r->lines);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* ---- a script ---- */

/* "EVAL SCRIPT N KEY... ARG..."; returns the number of words. */
static int words_of(const char *script, const char *const *keys, const char *const *args,
		    char number[16], const char **ret)
{
	int n = 0;

	ret[n++] = "EVAL";
	ret[n++] = script;
	ret[n++] = number;
	for (; *keys; keys++)
		ret[n++] = *keys;
	snprintf(number, 16, "%d", n - 3);
	for (; *args; args++)
		ret[n++] = *args;
	return n;
}

struct redisReply *redis_run(struct redis *r, enum redis_again again, const char *script,
			     const char *const *keys, const char *const *args)
{
	const char *words[3 + 2 * REDIS_WORDS];
	char number[16];
	int n = words_of(script, keys, args, number, words);
	struct line *l = line_of(r);
	redisReply *reply = NULL;
	struct err err;

	for (int tries = 1 + (again && l->c); tries && !reply; tries--) {
		if (!connected(l, &err))
			break;
		reply = redisCommandArgv(l->c, n, words, NULL);
		if (!reply)
			hang_up(l);
	}
	if (reply && reply->type != REDIS_REPLY_ERROR)
		return reply;
	redis_done(reply);
	lost = true;
	return NULL;
}
