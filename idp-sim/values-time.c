/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values-time.c - words of templates: times and ids.
 */
#include "idp-sim/session.h"
#include "idp-sim/values.h"

#include "idp-sim/base/hash.h"

#include <time.h>
#include <string.h>

/* ---- time ---- */

static bool get_now(struct exchange *x, const char *arg, struct value *v)
{
	return set_int(v, x->now_ms / 1000 + (arg ? atoll(arg) : 0));
}

static bool get_iat(struct exchange *x, const char *arg, struct value *v)
{
	return set_int(v, x->issue ? x->issue->iat : x->now_ms / 1000);
}

static bool get_exp(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && x->issue->exp && set_int(v, x->issue->exp);
}

static bool get_auth_time(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && x->issue->auth_time && set_int(v, x->issue->auth_time);
}

static bool get_auth_time_or_iat(struct exchange *x, const char *arg, struct value *v)
{
	return get_auth_time(x, arg, v) || get_iat(x, arg, v);
}

static bool get_expires_in(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_int(v, x->issue->access_life_s);
}

static bool get_expires_on(struct exchange *x, const char *arg, struct value *v)
{
	return x->issue && set_int(v, x->issue->iat + x->issue->access_life_s +
					      x->provider->behaviours.skew_s);
}

static bool get_refresh_expires_in(struct exchange *x, const char *arg, struct value *v)
{
	int64_t exp = x->issue ? x->issue->refresh_exp : 0;

	return set_int(v, exp ? exp - x->now_ms / 1000 : 0);
}

/* "2025-04-25 09:05:06Z", Entra's way. */
static bool get_timestamp(struct exchange *x, const char *arg, struct value *v)
{
	char iso[32];

	clk_iso(x->now_ms / 1000, iso);
	if (!arg)
		iso[10] = ' ';
	else if (!strcmp(arg, "plain"))
		iso[19] = '\0';
	return set_str(v, arena_str(x->arena, iso));
}

static const char *ticks(struct exchange *x, int64_t ms)
{
	char iso[32];

	clk_iso(ms / 1000, iso);
	iso[19] = '\0';
	return arena_printf(x->arena, "%s.%03d0000Z", iso, (int)(ms % 1000));
}

/* Since when and until when a client's assertion is good; ".now": what time it is. */
static bool get_assertion(struct exchange *x, const char *arg, struct value *v)
{
	if (arg && !strcmp(arg, "from"))
		return set_str(v, ticks(x, 1000 * x->assertion_from_s));
	if (arg && !strcmp(arg, "until"))
		return set_str(v, ticks(x, 1000 * x->assertion_until_s));
	return set_str(v, ticks(x, x->now_ms));
}

static bool get_issued_at(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, ticks(x, x->token_issued_ms ? x->token_issued_ms : x->now_ms));
}

static bool get_valid_from(struct exchange *x, const char *arg, struct value *v)
{
	int64_t ms = x->user ? x->user->state->valid_from_ms : 0;

	return set_str(v, ticks(x, ms ? ms : x->now_ms));
}

/* "90.00:00:00": the idle time that a refresh token may have. */
static bool get_idle_life(struct exchange *x, const char *arg, struct value *v)
{
	int64_t s = provider_life_ms(x, LIFE_REFRESH) / 1000;

	if (arg)
		return set_int(v, s);
	return set_str(v,
		       arena_printf(x->arena, "%d.%02d:%02d:%02d", (int)(s / 86400),
				    (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60)));
}

/* ---- ids ---- */

static bool get_uuid(struct exchange *x, const char *arg, struct value *v)
{
	char id[UUID_LEN + 1];

	rng_uuid(&x->idp->rng, id);
	return set_str(v, arena_str(x->arena, id));
}

static const struct {
	const char *name, *letters;
} alphabets[] = {
	{ "upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
	{ "consonants", "BCDFGHJKLMNPQRSTVWXZ" },
	{ "upnum", "ABCDEFGHJKLMNPQRSTUVWXYZ23456789" },
	{ "alnum", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" },
	{ "b64url", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" },
	{ "hex", "0123456789abcdef" },
	{ "digits", "0123456789" },
};

/* ${random.upper:4} */
static bool get_random(struct exchange *x, const char *arg, struct value *v)
{
	const char *colon = arg ? strchr(arg, ':') : NULL;
	size_t n = colon ? (size_t)atoll(colon + 1) : 0;
	char *text;

	if (!n || n > 4096)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(alphabets); i++) {
		if (strncmp(arg, alphabets[i].name, (size_t)(colon - arg)) != 0 ||
		    alphabets[i].name[colon - arg])
			continue;
		text = arena_alloc(x->arena, n + 1);
		rng_text(&x->idp->rng, alphabets[i].letters, n, text);
		return set_text(v, text, n);
	}
	return false;
}

/* A name that stays the same for the same words: ${stable.pairwise}, ${stable.aio}. */
static bool get_stable(struct exchange *x, const char *arg, struct value *v)
{
	unsigned char hash[SHA256_BYTES];
	const char *text;
	AUTO_BUF b = { 0 };

	text = arena_printf(x->arena, "%s|%s|%s|%s", arg ? arg : "", x->provider->name,
			    x->user ? x->user->name : "", x->client ? x->client->id : "");
	hash_sha256(text, strlen(text), hash);
	buf_b64url(&b, hash, sizeof(hash));
	return set_str(v, arena_dup(x->arena, b.p, b.n));
}

/* As ${stable}, of the person alone: ${derived.uuid}, ${derived.alnum:17}. */
static bool get_derived(struct exchange *x, const char *arg, struct value *v)
{
	static const char letters[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t kinds = arg && !strncmp(arg, "digits", 6) ? 10 : sizeof(letters) - 1;
	const char *text = arena_printf(x->arena, "%s|%s", x->provider->name,
					x->user ? x->user->name : "");
	const char *colon = arg ? strchr(arg, ':') : NULL;
	unsigned char hash[SHA256_BYTES];
	size_t n = colon ? (size_t)atoll(colon + 1) : 0;
	char *s = arena_alloc(x->arena, sizeof(hash) + 1);

	hash_sha256(text, strlen(text), hash);
	if (!colon)
		return set_str(v, uuid_of(x->arena, hash));
	for (size_t i = 0; i < n && i < sizeof(hash); i++)
		s[i] = letters[hash[i] % kinds];
	return set_str(v, s);
}

static bool get_trace_id(struct exchange *x, const char *arg, struct value *v)
{
	if (!x->trace_id[0]) {
		rng_uuid(&x->idp->rng, x->trace_id);
		memcpy(x->trace_id + UUID_LEN - 2, "00", 2); /* small in all recordings */
	}
	return set_str(v, x->trace_id);
}

static bool is_guid(const char *s)
{
	size_t n = strspn(s, "0123456789abcdefABCDEF-");

	return n == UUID_LEN && !s[n] && s[8] == '-' && s[13] == '-' && s[18] == '-' &&
	       s[23] == '-';
}

static bool get_correlation_id(struct exchange *x, const char *arg, struct value *v)
{
	const char *asked = x->rq ? web_header(x->rq, "client-request-id") : NULL;

	if (!x->correlation_id[0] && asked && is_guid(asked))
		memcpy(x->correlation_id, asked, UUID_LEN);
	if (!x->correlation_id[0])
		rng_uuid(&x->idp->rng, x->correlation_id);
	return set_str(v, x->correlation_id);
}

/* Microsoft Graph gives a request without an id of the caller's its own. */
static bool get_client_request_id(struct exchange *x, const char *arg, struct value *v)
{
	const char *asked = x->rq ? web_header(x->rq, "client-request-id") : NULL;

	return asked && is_guid(asked) ? set_str(v, asked) : get_trace_id(x, arg, v);
}

/* The caller's client-request-id, when it wants it back. */
static bool get_echoed_id(struct exchange *x, const char *arg, struct value *v)
{
	const char *wanted = web_header(x->rq, "return-client-request-id");

	return wanted && !strcmp(wanted, "true") &&
	       set_str(v, web_header(x->rq, "client-request-id"));
}

static bool get_header(struct exchange *x, const char *arg, struct value *v)
{
	return arg && set_str(v, web_header(x->rq, arg));
}

/* Origin of a browser, when the client has it registered. */
static bool get_cors_origin(struct exchange *x, const char *arg, struct value *v)
{
	const char *origin = web_header(x->rq, "Origin");

	if (!origin)
		return false;
	if (x->client && !cors_allows(x, origin))
		return false;
	if (!x->client && strcmp(x->rq->method, "OPTIONS") != 0)
		return false;
	return set_str(v, origin);
}

const struct slot time_slots[] = {
	{ "assertion", get_assertion },
	{ "auth_time", get_auth_time },
	{ "auth_time_or_iat", get_auth_time_or_iat },
	{ "client_request_id", get_client_request_id },
	{ "correlation_id", get_correlation_id },
	{ "cors_origin", get_cors_origin },
	{ "derived", get_derived },
	{ "echoed_id", get_echoed_id },
	{ "exp", get_exp },
	{ "expires_in", get_expires_in },
	{ "expires_on", get_expires_on },
	{ "header", get_header },
	{ "iat", get_iat },
	{ "idle_life", get_idle_life },
	{ "issued_at", get_issued_at },
	{ "now", get_now },
	{ "random", get_random },
	{ "refresh_expires_in", get_refresh_expires_in },
	{ "stable", get_stable },
	{ "timestamp", get_timestamp },
	{ "trace_id", get_trace_id },
	{ "uuid", get_uuid },
	{ "valid_from", get_valid_from },
	{ 0 },
};
