/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/session.h"
#include "idp-sim/jwt.h"
#include "idp-sim/record.h"
#include "idp-sim/scope.h"
#include "idp-sim/text.h"

#include "idp-sim/base/hash.h"

#include <openssl/crypto.h>
#include <string.h>

/* ---- records ---- */

static void release(struct record *r)
{
	struct session *s = (struct session *)r;

	free(s->client_id);
	free(s->user);
	free(s->scope);
	free(s->nonce);
	free(s);
}

static const struct record_field session_fields[] = {
	{ "provider", FIELD_PROVIDER, offsetof(struct session, provider), false },
	{ "tenant", FIELD_TENANT, offsetof(struct session, tenant), false },
	{ "client_id", FIELD_TEXT, offsetof(struct session, client_id), false },
	{ "user", FIELD_TEXT, offsetof(struct session, user), false },
	{ "scope", FIELD_TEXT, offsetof(struct session, scope), false },
	{ "nonce", FIELD_TEXT, offsetof(struct session, nonce), false },
	{ "auth_time", FIELD_INT64, offsetof(struct session, auth_time), false },
	{ "started_ms", FIELD_INT64, offsetof(struct session, started_ms), false },
	{ "idle_ms", FIELD_INT64, offsetof(struct session, idle_ms), false },
	{ "offline", FIELD_BOOL, offsetof(struct session, offline), false },
	{ "generation", FIELD_INT, offsetof(struct session, generation), true },
	{ "issued_ms", FIELD_INT64, offsetof(struct session, issued_ms), true },
	{ "rotated_ms", FIELD_INT64, offsetof(struct session, rotated_ms), true },
	{ "expired", FIELD_BOOL, offsetof(struct session, expired), true },
	{ "revoked", FIELD_BOOL, offsetof(struct session, revoked), true },
	{ "reused", FIELD_BOOL, offsetof(struct session, reused), true },
	{ 0 },
};

const struct record_kind session_kind = { "session", sizeof(struct session), release,
					  session_fields };

void session_unref(struct session *s)
{
	record_unref(s ? &s->record : NULL);
}

struct session *session_get(struct idp *s, const char *sid)
{
	return (struct session *)store_get(s->sessions, sid);
}

static void sign_out(void *ctx, struct record *r)
{
	((struct session *)r)->revoked = true;
}

void session_revoke(struct idp *s, struct session *one)
{
	if (one)
		(void)!store_change(s->sessions, &one->record, sign_out, NULL);
}

enum { OPAQUE_ID = 16 }; /* characters: 12 bytes */

const char *session_new_id(struct exchange *x)
{
	const struct template *t = x->provider->texts[TXT_session_id];
	unsigned char raw[12];
	AUTO_BUF b = { .arena = x->arena };

	if (x->provider->behaviours.refresh_is_jwt && t)
		return template_text(t, x, x->arena);
	rng_bytes(&x->idp->rng, raw, sizeof(raw));
	buf_b64url(&b, raw, sizeof(raw));
	return buf_keep(&b);
}

/* How long an ended session is remembered, to tell an expired token from an unknown one. */
enum { REMEMBER_MS = 86400000 };

static int64_t ends_ms(const struct exchange *x, const struct session *s)
{
	int64_t most = provider_life_ms(x, LIFE_SESSION);

	return s->started_ms + (s->offline || !most ? 100 * s->idle_ms : most) + s->idle_ms +
	       REMEMBER_MS;
}

struct session *session_start(struct exchange *x, const char *sid, int64_t auth_time,
			      const char *nonce)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->provider = x->provider;
	s->tenant = x->tenant;
	s->client_id = strdup(x->client->id);
	s->user = text_copy(x->user ? x->user->name : NULL);
	s->scope = strdup(scopes_text(x, &x->issue->scopes, SCOPES_ALL));
	s->nonce = text_copy(nonce);
	s->auth_time = auth_time;
	s->started_ms = x->now_ms;
	s->issued_ms = x->now_ms;
	s->generation = 1;
	s->idle_ms = provider_life_ms(x, LIFE_REFRESH);
	s->offline = x->issue->scopes.offline && x->provider->behaviours.refresh_is_jwt;
	record_init(&s->record, sid, ends_ms(x, s));
	s->record.release = release;
	session_place(x, s);
	return s;
}

/* ---- ids that are derived ---- */

static void digest(struct exchange *x, const void *text, size_t n, unsigned char ret[32])
{
	hash_hmac(HASH_SHA256, x->idp->secret, sizeof(x->idp->secret), text, n, ret);
}

const char *uuid_of(struct arena *a, const unsigned char b[16])
{
	char *text = arena_alloc(a, UUID_LEN + 1);
	unsigned char v4[16];

	memcpy(v4, b, sizeof(v4));
	v4[6] = (unsigned char)(0x40 | (b[6] & 0xf));
	v4[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
	uuid_text(v4, text);
	return text;
}

const char *derived_uuid(struct exchange *x, const char *text)
{
	unsigned char h[32];

	digest(x, text, strlen(text), h);
	return uuid_of(x->arena, h);
}

bool refresh_rotates(const struct exchange *x)
{
	if (x->client && x->client->rotates)
		return !strcmp(x->client->rotates, "true");
	return tenant_flag_or(x->tenant, "rotates", x->provider->behaviours.refresh_rotates);
}

/* What the number of the family is hidden by. */
static unsigned mask_of(struct exchange *x, const char *sid)
{
	unsigned char h[32];

	digest(x, sid, strlen(sid), h);
	return (unsigned)h[0] << 8 | h[1];
}

const char *refresh_token_id(struct exchange *x, const char *key, unsigned generation)
{
	const char *text = arena_printf(x->arena, "%s/%u", key, generation);
	unsigned n = session_family(key) ^ mask_of(x, session_visible_id(x->arena, key));
	unsigned char h[32];

	digest(x, text, strlen(text), h);
	h[14] = (unsigned char)(n >> 8);
	h[15] = (unsigned char)n;
	return uuid_of(x->arena, h);
}

/* The key of the session that a refresh token is of. */
static const char *key_in_id(struct exchange *x, const char *sid, const char *id)
{
	size_t len = strlen(id);
	unsigned n = len == UUID_LEN ? (unsigned)strtoul(id + len - 4, NULL, 16) : 0;

	n ^= mask_of(x, sid);
	return len == UUID_LEN && n ? arena_printf(x->arena, "%s~%u", sid, n) : sid;
}

/* ---- opaque tokens: 12 bytes of id, 4 of generation, 5 of time, 11 of proof ---- */

enum { RAW = 32, PROVEN = 21, CORE = 43 };

static void prove(struct exchange *x, const unsigned char raw[RAW], unsigned char ret[32])
{
	unsigned char text[PROVEN + 64] = { 0 };
	size_t n = strlen(x->provider->name);

	memcpy(text, raw, PROVEN);
	memcpy(text + PROVEN, x->provider->name, n < 64 ? n : 64);
	digest(x, text, PROVEN + (n < 64 ? n : 64), ret);
}

/* The characters after the core, as many as the dialect's tokens have: derived, so that
 * changing one is seen. */
static const char *filler(struct exchange *x, const char *core, size_t n)
{
	AUTO_BUF b = { 0 };

	for (unsigned i = 0; b.n < n; i++) {
		unsigned char h[32];
		const char *text = arena_printf(x->arena, "%u%s", i, core);

		digest(x, text, strlen(text), h);
		buf_b64url(&b, h, sizeof(h));
	}
	return n ? arena_dup(x->arena, b.p, n) : "";
}

static const char *opaque(struct exchange *x, const char *sid, unsigned generation,
			  int64_t issued_s)
{
	unsigned char raw[RAW] = { 0 }, proof[32];
	const char *prefix = template_text(x->provider->texts[TXT_refresh_prefix], x, x->arena);
	size_t want = (size_t)x->provider->behaviours.refresh_length;
	size_t have = strlen(prefix) + CORE;
	const char *core;
	AUTO_BUF b = { 0 };

	b64_decode(sid, strlen(sid), raw);
	for (int i = 0; i < 4; i++)
		raw[12 + i] = (unsigned char)(generation >> (24 - 8 * i));
	for (int i = 0; i < 5; i++)
		raw[16 + i] = (unsigned char)(issued_s >> (32 - 8 * i));
	prove(x, raw, proof);
	memcpy(raw + PROVEN, proof, RAW - PROVEN);
	buf_b64url(&b, raw, RAW);
	core = arena_dup(x->arena, b.p, b.n);
	return arena_printf(x->arena, "%s%s%s", prefix, core,
			    filler(x, core, want > have ? want - have : 0));
}

static bool read_opaque(struct exchange *x, const char *token, struct refresh_claim *ret)
{
	const char *prefix = template_text(x->provider->texts[TXT_refresh_prefix], x, x->arena);
	size_t skip = strlen(prefix);
	unsigned char raw[CORE], proof[32];
	AUTO_BUF id = { 0 };

	if (strncmp(token, prefix, skip) != 0 || strlen(token) < skip + CORE ||
	    b64_decode(token + skip, CORE, raw) != RAW)
		return false;
	prove(x, raw, proof);
	if (CRYPTO_memcmp(proof, raw + PROVEN, RAW - PROVEN) != 0)
		return false;
	buf_b64url(&id, raw, 12);
	*ret = (struct refresh_claim) { .sid = arena_dup(x->arena, id.p, id.n) };
	for (int i = 0; i < 4; i++)
		ret->generation = ret->generation << 8 | raw[12 + i];
	for (int i = 0; i < 5; i++)
		ret->issued_ms = ret->issued_ms << 8 | raw[16 + i];
	if (strcmp(token, opaque(x, ret->sid, ret->generation, ret->issued_ms)) != 0)
		return false;
	ret->issued_ms *= 1000;
	return true;
}

/* ---- tokens that are JWTs ---- */

static const char *signed_jwt(struct exchange *x)
{
	const struct key *before = x->key;
	AUTO_BUF header = { .arena = x->arena };
	AUTO_BUF claims = { .arena = x->arena };
	AUTO_BUF token = { .arena = x->arena };

	x->key = keys_current(x->tenant->keys, "HS512");
	template_put(x->provider->texts[TXT_refresh_header], x, &header);
	template_put(x->provider->texts[TXT_refresh_claims], x, &claims);
	jwt_sign(&token, x->key, header.p, header.n, claims.p, claims.n);
	x->key = before;
	return buf_keep(&token);
}

static bool read_jwt(struct exchange *x, const char *token, struct refresh_claim *ret)
{
	AUTO_JWT jwt = { 0 };
	const char *typ, *sid;

	/* The key is made when it is first used, and that may have been in another copy. */
	if (!x->tenant || !keys_current(x->tenant->keys, "HS512") ||
	    !jwt_verify(x->arena, x->tenant->keys, token, strlen(token), &jwt))
		return false;
	typ = conf_str(jwt.claims, "typ", "");
	sid = conf_str(jwt.claims, "sid", NULL);
	if (!sid || (strcmp(typ, "Refresh") != 0 && strcmp(typ, "Offline") != 0))
		return false;
	x->refresh_jti = arena_str(x->arena, conf_str(jwt.claims, "jti", ""));
	*ret = (struct refresh_claim) {
		.sid = key_in_id(x, arena_str(x->arena, sid), x->refresh_jti),
		.issued_ms = 1000 * conf_int(jwt.claims, "iat", 0),
		.expires_s = conf_int(jwt.claims, "exp", 0),
		.client_id = arena_str(x->arena, conf_str(jwt.claims, "azp", NULL)),
	};
	return true;
}

bool refresh_token_read(struct exchange *x, const char *token, struct refresh_claim *ret)
{
	return x->provider->behaviours.refresh_is_jwt ? read_jwt(x, token, ret)
						      : read_opaque(x, token, ret);
}

static int64_t expiry_s(const struct exchange *x, const struct session *s, int64_t issued_ms)
{
	int64_t from = x->provider->behaviours.refresh_inherits ? s->started_ms : issued_ms;
	int64_t most = s->offline ? 0 : provider_life_ms(x, LIFE_SESSION);
	int64_t end = from + s->idle_ms;

	if (most && s->started_ms + most < end)
		end = s->started_ms + most;
	return end / 1000;
}

void refresh_token_make(struct exchange *x, struct session *s, unsigned generation,
			int64_t issued_ms)
{
	struct issue *i = x->issue;

	i->refresh_id = refresh_token_id(x, s->record.key, generation);
	i->refresh_exp = s->offline ? 0 : expiry_s(x, s, issued_ms);
	i->exp = i->refresh_exp;
	if (x->provider->behaviours.refresh_is_jwt)
		i->refresh_token = signed_jwt(x);
	else
		i->refresh_token = opaque(x, s->record.key, generation, issued_ms / 1000);
}
