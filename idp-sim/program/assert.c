/* SPDX-License-Identifier: Apache-2.0 */
/* A client that proves itself with a signed assertion, well or not; see recipes.h. */
#include "idp-sim/jwt.h"
#include "idp-sim/keys.h"
#include "idp-sim/program/recipes.h"

#include <string.h>

static const char bearer[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/* "iss=somebody" puts a value in place of the right one, "jti=" takes it out. */
static void put_claim(struct buf *b, const char *wrong, const char *name, const char *value)
{
	size_t n = strlen(name);

	if (!strncmp(wrong, name, n) && wrong[n] == '=')
		value = wrong + n + 1;
	if (!*value)
		return;
	buf_printf(b, "%s\"%s\":", b->n > 1 ? "," : "", name);
	buf_json(b, value, strlen(value));
}

static const char *made(struct play *p, const struct key *key, const char *wrong)
{
	int64_t now = clk_now(idp_clock(p->idp));
	AUTO_BUF header = { .arena = p->arena };
	AUTO_BUF claims = { .arena = p->arena };
	AUTO_BUF token = { .arena = p->arena };

	buf_printf(&header, "{\"alg\":\"%s\"", key->alg);
	put_claim(&header, wrong, "kid", key->kid);
	buf_char(&header, '}');
	buf_char(&claims, '{');
	put_claim(&claims, wrong, "iss", p->client->id);
	put_claim(&claims, wrong, "sub", p->client->id);
	put_claim(&claims, wrong, "aud", p->ask.url);
	put_claim(&claims, wrong, "jti", "assertion-1");
	buf_printf(&claims, ",\"nbf\":%lld,\"exp\":%lld}", (long long)now,
		   (long long)now + 300);
	jwt_sign(&token, key, header.p, header.n, claims.p, claims.n);
	return buf_keep(&token);
}

/* Half of the signature is another one's. */
static const char *spoiled(struct play *p, const char *token)
{
	char *text = arena_dup(p->arena, token, strlen(token));

	for (char *at = strrchr(text, '.') + 1; *at; at += 2)
		*at = *at == 'A' ? 'B' : 'A';
	return text;
}

static const char *registered(struct play *p, const struct key *key)
{
	return arena_printf(p->arena,
			    "{\"jwks\": {\"keys\": [{\"kty\": \"RSA\", \"alg\": \"%s\", "
			    "\"kid\": \"%s\", \"n\": \"%s\", \"e\": \"%s\"}]}}",
			    key->alg, key->kid, key->n, key->e);
}

bool step_assert(struct play *p, const char *wrong, struct err *err)
{
	struct keys *keys = keys_new(&(struct keys_options) { .name = "assertion" }, err);
	const struct key *key = keys ? keys_current(keys, NULL) : NULL;
	const char *text;
	bool done;

	if (!key)
		return fail(err, ERR_INPUT, "no key to sign with");
	text = made(p, key, wrong);
	if (!strcmp(wrong, "signature"))
		text = spoiled(p, text);
	else if (!strcmp(wrong, "garbage"))
		text = "garbage";
	ask_set(&p->ask, "client_secret", NULL);
	ask_set(&p->ask, "client_assertion_type", bearer);
	ask_set(&p->ask, "client_assertion", text);
	done = step_client(p, registered(p, key), err);
	keys_free(keys);
	return done;
}
