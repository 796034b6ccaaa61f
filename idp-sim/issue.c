/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/issue.h"
#include "idp-sim/jwt.h"
#include "idp-sim/nonce.h"
#include "idp-sim/scope.h"
#include "idp-sim/session.h"
#include "idp-sim/spoil.h"

#include "idp-sim/base/hash.h"

#include <string.h>

struct issue *issue_begin(struct exchange *x, const struct scopes *scopes)
{
	struct issue *i = arena_alloc(x->arena, sizeof(*i));
	const struct resource *r = scopes->resource;

	i->scopes = *scopes;
	i->iat = x->now_ms / 1000 - x->provider->behaviours.backdate_s;
	i->access_life_s = provider_life_ms(x, LIFE_ACCESS) / 1000;
	i->id_life_s = provider_life_ms(x, LIFE_ID) / 1000;
	i->version = r ? r->version : NULL;
	x->issue = i;
	if (x->tenant)
		x->key = keys_current(x->tenant->keys, NULL);
	return i;
}

static bool is_v1(const char *version)
{
	return version && !strcmp(version, "1.0");
}

static void put_pair(struct exchange *x, enum text header_text, enum text claims_text,
		     struct buf *header, struct buf *claims)
{
	template_put(x->provider->texts[header_text], x, header);
	template_put(x->provider->texts[claims_text], x, claims);
}

void issue_access_texts(struct exchange *x, struct buf *header, struct buf *claims)
{
	struct issue *i = x->issue;
	bool v1 = is_v1(i->version) && x->provider->texts[TXT_access_claims_v1];

	i->exp = i->iat + i->access_life_s + x->provider->behaviours.skew_s;
	put_pair(x, v1 ? TXT_access_header_v1 : TXT_access_header,
		 v1 ? TXT_access_claims_v1 : TXT_access_claims, header, claims);
}

/* An ID token has the version of the endpoint, an access token that of its API. */
void issue_id_texts(struct exchange *x, struct buf *header, struct buf *claims)
{
	struct issue *i = x->issue;
	const char *of_api = i->version;
	bool v1 = is_v1(x->version) && x->provider->texts[TXT_id_claims_v1];

	i->version = x->version;
	i->exp = i->iat + i->id_life_s + x->provider->behaviours.skew_s;
	put_pair(x, v1 ? TXT_id_header_v1 : TXT_id_header,
		 v1 ? TXT_id_claims_v1 : TXT_id_claims, header, claims);
	i->version = of_api;
}

static bool hides_nonce(const struct exchange *x, const char *kind)
{
	const struct resource *r = x->issue->scopes.resource;

	return r && r->is_private && !strcmp(kind, "access");
}

static const char *sign(struct exchange *x, const char *kind, struct buf *header,
			struct buf *claims)
{
	const struct key *key = x->key;
	const char *hashed = NULL;
	AUTO_BUF token = { .arena = x->arena };

	if (spoil_token(x, kind, header, claims, &token))
		return buf_keep(&token);
	if (hides_nonce(x, kind))
		hashed = nonce_hashed(x->arena, header->p);
	jwt_sign(&token, key, hashed ? hashed : header->p, hashed ? strlen(hashed) : header->n,
		 claims->p, claims->n);
	return hashed ? token_with_header(x->arena, token.p, header->p) : buf_keep(&token);
}

static void make_access(struct exchange *x)
{
	AUTO_BUF header = { .arena = x->arena };
	AUTO_BUF claims = { .arena = x->arena };

	issue_access_texts(x, &header, &claims);
	x->issue->access_token = sign(x, "access", &header, &claims);
}

/* OpenID Connect Core, 3.1.3.6: the left half of the hash of the access token. */
static const char *at_hash(struct exchange *x)
{
	const char *t = x->issue->access_token;
	unsigned char h[SHA256_BYTES];
	AUTO_BUF b = { .arena = x->arena };

	hash_sha256(t, strlen(t), h);
	buf_b64url(&b, h, sizeof(h) / 2);
	return buf_keep(&b);
}

static void make_id(struct exchange *x)
{
	AUTO_BUF header = { .arena = x->arena };
	AUTO_BUF claims = { .arena = x->arena };

	x->issue->at_hash = at_hash(x);
	issue_id_texts(x, &header, &claims);
	x->issue->id_token = sign(x, "id", &header, &claims);
}

static bool wants_refresh(const struct exchange *x)
{
	return !x->provider->behaviours.refresh_needs_offline || x->issue->scopes.offline;
}

void issue_answer(struct exchange *x, struct session *s, unsigned generation, int64_t issued_ms)
{
	struct issue *i = x->issue;

	if (s) {
		i->session = s;
		i->sid = session_visible_id(x->arena, s->record.key);
		if (generation == 1)
			i->nonce = s->nonce;
	}
	make_access(x);
	if (i->scopes.openid && x->provider->texts[TXT_id_claims])
		make_id(x);
	if (s && wants_refresh(x))
		refresh_token_make(x, s, generation, issued_ms);
	answer(x, 200, x->endpoint->body);
}
