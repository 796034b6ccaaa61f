/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/mint.h"

#include "idp-sim/jwt.h"

#include <string.h>

/* A token between its claims and its bytes. */
struct draft {
	struct mint_request ask;
	json_t *header, *claims;
	struct buf header_text, claims_text;
	const struct key *key; /* NULL: no signature */
	struct buf token;
	struct err *err;
};

static void draft_done(struct draft *d)
{
	json_decref(d->header);
	json_decref(d->claims);
	buf_done(&d->header_text);
	buf_done(&d->claims_text);
	buf_done(&d->token);
}

/* ---- whose token ---- */

static bool missing(struct err *err, const char *what, const char *word, const char *provider)
{
	return fail(err, ERR_INPUT, "%s has no %s '%s'", provider, what, word);
}

static bool find_parties(struct idp *s, const json_t *spec, struct mint_request *ask,
			 struct err *err)
{
	const char *provider = conf_str(spec, "provider", NULL);
	const char *tenant = conf_str(spec, "tenant", NULL);
	const char *client = conf_str(spec, "client_id", NULL);
	const char *user = conf_str(spec, "user", NULL);
	const struct provider *p = provider ? idp_provider(s, provider) : idp_nth(s, 0);

	if (!p)
		return fail(err, ERR_INPUT, "no provider '%s' is served", provider);
	ask->provider = p;
	if (tenant && !(ask->tenant = provider_tenant(p, tenant)))
		return missing(err, "tenant", tenant, p->name);
	if (client && !(ask->client = provider_client(p, client)))
		return missing(err, "client", client, p->name);
	if (user && !(ask->user = provider_user(p, user)))
		return missing(err, "user", user, p->name);
	return true;
}

static bool texts(struct idp *s, const json_t *spec, struct draft *d)
{
	const char *scope = conf_str(spec, "scope", NULL);

	if (!find_parties(s, spec, &d->ask, d->err))
		return false;
	d->ask.kind = conf_str(spec, "token", "access");
	d->ask.scope = scope && *scope ? scope : NULL;
	d->ask.nonce = conf_str(spec, "nonce", NULL);
	d->ask.version = conf_str(spec, "version", NULL);
	if (!mint_texts(s, &d->ask, &d->header_text, &d->claims_text, &d->key, d->err))
		return false;
	d->header = json_loadb(d->header_text.p, d->header_text.n, 0, NULL);
	d->claims = json_loadb(d->claims_text.p, d->claims_text.n, 0, NULL);
	if (!d->header || !d->claims)
		return fail(d->err, ERR_INPUT, "%s issues this kind of token as an opaque text",
			    d->ask.provider->name);
	return true;
}

/* ---- what is changed before signing ---- */

static void retext(struct buf *text, const json_t *o)
{
	AUTO(char) char *dump = json_dumps(o, JSON_COMPACT);

	buf_reset(text);
	buf_str(text, dump);
}

/* null takes a member out; anything else is put in its place, or at the end. */
static void lay_over(json_t *o, const json_t *changes)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)changes, name, value) {
		if (json_is_null(value))
			json_object_del(o, name);
		else
			json_object_set(o, name, value);
	}
}

static void shift(json_t *claims, const char *name, int64_t by)
{
	json_t *value = json_object_get(claims, name);

	if (json_is_integer(value))
		json_integer_set(value, json_integer_value(value) - by);
}

static void set_times(struct idp *s, const json_t *spec, json_t *claims)
{
	static const char *const times[] = { "iat", "nbf", "exp", "auth_time" };
	int64_t age = conf_duration_ms(json_object_get(spec, "age"), 0) / 1000;
	int64_t lifetime = conf_duration_ms(json_object_get(spec, "lifetime"), -1);

	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		shift(claims, times[i], age);
	if (json_object_get(spec, "lifetime") &&
	    !json_is_null(json_object_get(spec, "lifetime")))
		json_object_set_new(claims, "exp",
				    json_integer(clk_now(&s->clk) - age + lifetime / 1000));
}

static bool set_alg(struct draft *d, const char *alg)
{
	static const char *const algs[] = { "RS256", "ES256", NULL };
	const struct tenant *t =
		d->ask.tenant ? d->ask.tenant
			      : provider_tenant(d->ask.provider, d->ask.provider->first_tenant);

	if (!alg)
		return true;
	if (strcmp(alg, algs[0]) && strcmp(alg, algs[1]))
		return fail(d->err, ERR_INPUT, "unknown alg '%s'; allowed: RS256, ES256", alg);
	d->key = keys_current(t->keys, alg);
	json_object_set_new(d->header, "alg", json_string(alg));
	json_object_set_new(d->header, "kid", json_string(d->key->kid));
	return true;
}

/* ---- forging ---- */

static struct keys *keys_of(const struct draft *d)
{
	const struct provider *p = d->ask.provider;

	return (d->ask.tenant ? d->ask.tenant : provider_tenant(p, p->first_tenant))->keys;
}

static void name_key(struct draft *d, const char *kid)
{
	json_object_set_new(d->header, "alg", json_string(d->key ? d->key->alg : "none"));
	if (kid)
		json_object_set_new(d->header, "kid", json_string(kid));
}

static void forge_key(struct draft *d)
{
	d->key = keys_trick(keys_of(d), KEY_OTHER);
	name_key(d, NULL);
}

static void forge_kid(struct draft *d)
{
	d->key = keys_trick(keys_of(d), KEY_OTHER);
	name_key(d, "nobody-publishes-this-key");
}

static void forge_embedded(struct draft *d)
{
	forge_key(d);
	json_object_set_new(d->header, "jwk",
			    json_pack("{s:s, s:s, s:s, s:s}", "kty", d->key->kty, "kid",
				      d->key->kid, "n", d->key->n, "e", d->key->e));
}

static void forge_unpublished(struct draft *d)
{
	d->key = keys_trick(keys_of(d), KEY_UNPUBLISHED);
	name_key(d, d->key->kid);
}

static void forge_none(struct draft *d)
{
	d->key = NULL;
	name_key(d, NULL);
}

static void forge_hs256(struct draft *d)
{
	d->key = keys_trick(keys_of(d), KEY_HS256_PUBLIC);
	name_key(d, NULL);
}

static void forge_unsigned(struct draft *d)
{
	d->key = NULL;
}

/* Where part n (0..2) of the signed token begins; 3: its end. */
static size_t part(const struct draft *d, int n)
{
	const char *p = d->token.p;

	for (int i = 0; i < n && i < 2; i++)
		p = strchr(p, '.') + 1;
	return n < 3 ? (size_t)(p - d->token.p) : d->token.n;
}

static void cut(struct draft *d, size_t n)
{
	d->token.p[n] = 0;
	d->token.n = n;
}

/* Puts another text in the place of part n; the signature stays. */
static void replace_part(struct draft *d, int n, const void *p, size_t len)
{
	AUTO_BUF out = { 0 };

	buf_add(&out, d->token.p, part(d, n));
	buf_b64url(&out, p, len);
	buf_str(&out, d->token.p + part(d, n + 1) - 1);
	buf_reset(&d->token);
	buf_add(&d->token, out.p, out.n);
}

static void add_after_signing(struct draft *d, int n, json_t *o)
{
	json_object_set_new(o, "tampered", json_true());
	AUTO(char) char *text = json_dumps(o, JSON_COMPACT);
	replace_part(d, n, text, strlen(text));
}

/* A character in the middle: the last one may carry unused bits. */
static void forge_signature(struct draft *d)
{
	size_t begin = part(d, 2);
	char *c = d->token.p + begin + (d->token.n - begin) / 2;

	if (begin < d->token.n)
		*c = *c == 'A' ? 'B' : 'A';
}

static void forge_payload(struct draft *d)
{
	add_after_signing(d, 1, d->claims);
}

static void forge_header(struct draft *d)
{
	add_after_signing(d, 0, d->header);
}

static void forge_two_parts(struct draft *d)
{
	cut(d, part(d, 2) - 1);
}

static void forge_one_part(struct draft *d)
{
	cut(d, part(d, 1) - 1);
}

static void forge_four_parts(struct draft *d)
{
	buf_str(&d->token, ".e30");
}

static void forge_padding(struct draft *d)
{
	buf_str(&d->token, "==");
}

static void forge_not_json(struct draft *d)
{
	buf_reset(&d->claims_text);
	buf_str(&d->claims_text, "{\"sub\":");
}

/* `before` changes what is signed and by whom, `after` the signed bytes. */
static const struct forge {
	const char *name;
	void (*before)(struct draft *d);
	void (*after)(struct draft *d);
	bool text; /* `before` works on the text, after every other change */
} forges[] = {
	{ "signature", NULL, forge_signature },
	{ "payload", NULL, forge_payload },
	{ "header", NULL, forge_header },
	{ "key", forge_key },
	{ "kid", forge_kid },
	{ "embedded-key", forge_embedded },
	{ "unpublished", forge_unpublished },
	{ "alg-none", forge_none },
	{ "alg-hs256", forge_hs256 },
	{ "no-signature", forge_unsigned },
	{ "two-parts", NULL, forge_two_parts },
	{ "one-part", NULL, forge_one_part },
	{ "four-parts", NULL, forge_four_parts },
	{ "padding", NULL, forge_padding },
	{ "not-json", forge_not_json, NULL, true },
};

const char *const mint_forges[] = { "signature",    "payload",	    "header",	"key",
				    "kid",	    "embedded-key", "unpublished", "alg-none",
				    "alg-hs256",    "no-signature", "two-parts",   "one-part",
				    "four-parts",   "padding",	    "not-json",	   NULL };

static bool find_forge(const char *word, const struct forge **ret, struct err *err)
{
	const char *near = word ? conf_nearest(word, mint_forges) : NULL;

	for (size_t i = 0; word && i < ARRAY_LEN(forges); i++)
		if (!strcmp(forges[i].name, word)) {
			*ret = &forges[i];
			return true;
		}
	if (!word || !strcmp(word, "none"))
		return true;
	return fail(err, ERR_INPUT, "unknown forgery '%s'%s%s%s", word,
		    near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool is_object_or_absent(const json_t *spec, const char *name, struct err *err)
{
	const json_t *o = json_object_get(spec, name);

	return !o || json_is_object(o) || json_is_null(o) ||
	       fail(err, ERR_INPUT, "'%s' has to be an object", name);
}

static bool is_duration_or_absent(const json_t *spec, const char *name, struct err *err)
{
	const json_t *v = json_object_get(spec, name);

	return !v || json_is_null(v) || conf_duration_ms(v, INT64_MIN) != INT64_MIN ||
	       fail(err, ERR_INPUT,
		    "'%s' has to be a duration like \"2h\" or \"15m\", or seconds", name);
}

static bool change(struct idp *s, const json_t *spec, struct draft *d,
		   const struct forge *forge)
{
	const json_t *claims = json_object_get(spec, "claims");
	const json_t *header = json_object_get(spec, "header");
	const char *scope = conf_str(spec, "scope", NULL);
	const char *alg = conf_str(spec, "alg", NULL);

	set_times(s, spec, d->claims);
	if (scope && !*scope) {
		json_object_del(d->claims, "scope");
		json_object_del(d->claims, "scp");
	}
	if (json_is_object(claims))
		lay_over(d->claims, claims);
	retext(&d->claims_text, d->claims);
	if (!set_alg(d, alg))
		return false;
	if (forge && forge->before)
		forge->before(d);
	if (json_is_object(header))
		lay_over(d->header, header);
	if (json_is_object(header) || alg || (forge && forge->before && !forge->text))
		retext(&d->header_text, d->header);
	return true;
}

json_t *mint(struct idp *s, const json_t *spec, struct err *err)
{
	__attribute__((cleanup(draft_done))) struct draft d = { .err = err };
	const struct forge *forge = NULL;

	if (!is_object_or_absent(spec, "claims", err) ||
	    !is_object_or_absent(spec, "header", err) ||
	    !is_duration_or_absent(spec, "age", err) ||
	    !is_duration_or_absent(spec, "lifetime", err) ||
	    !find_forge(conf_str(spec, "forge", NULL), &forge, err) || !texts(s, spec, &d) ||
	    !change(s, spec, &d, forge))
		return NULL;
	jwt_sign(&d.token, d.key, d.header_text.p, d.header_text.n, d.claims_text.p,
		 d.claims_text.n);
	if (forge && forge->after)
		forge->after(&d);
	return json_pack("{s:s, s:O, s:O}", "token", d.token.p, "header", d.header, "claims",
			 d.claims);
}
