/* SPDX-License-Identifier: Apache-2.0 */
/* Protocol faults: each spoils what it names, for whom it names, and a verifier sees it. */
#include "idp-sim/sim.h"
#include "idp-sim/tests/stage.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <jwt.h>
#include <string.h>

static struct stage s;

/* libjwt's verdict with the key that the dialect publishes under the token's kid. */
static bool verifies(const char *provider, const char *token)
{
	const struct provider *p = idp_provider(s.idp, provider);
	const struct tenant *t = provider_tenant(p, p->first_tenant);
	AUTO_BUF pem = { 0 };
	jwt_t *jwt = NULL;

	buf_str(&pem, "-----BEGIN PUBLIC KEY-----\n");
	const char *der = keys_current(t->keys, NULL)->pem;
	for (size_t i = 0; i < strlen(der); i += 64)
		buf_printf(&pem, "%.64s\n", der + i);
	buf_str(&pem, "-----END PUBLIC KEY-----\n");
	bool good = !jwt_decode(&jwt, token, (const unsigned char *)pem.p, (int)pem.n) &&
		    jwt_get_alg(jwt) == JWT_ALG_RS256;
	jwt_free(jwt);
	return good;
}

static int sign_in(const struct dialect *d)
{
	return post(&s, d->token,
		    "grant_type=password&client_id=%s&username=alice@example.test&"
		    "password=alice-pw&scope=%s",
		    d->client, coded(&s, d->scope));
}

/* Each row: the claims of the ID token that are then not as they should be. */
static const struct row {
	const char *what, *value, *claim, *want;
	bool verifies;
} rows[] = {
	{ "iss", "", "iss", "https://issuer.evil.test", true },
	{ "iss", "https://x.test", "iss", "https://x.test", true },
	{ "aud", "", "aud", "somebody-else", true },
	{ "azp", "", "azp", "wrong", true },
	{ "nonce", "", "nonce", "wrong", true },
	{ "drop", "sub", "sub", "", true },
	{ "kid", "", NULL, NULL, true }, /* signed well: the kid leads nowhere */
	{ "alg-none", "", NULL, NULL, false },
	{ "alg-hs256", "", NULL, NULL, false },
	{ "key", "", NULL, NULL, false },
	{ "signature", "", NULL, NULL, false },
};

static void play_row(const struct dialect *d, const struct row *r)
{
	control(&s, "POST", "/_sim/troubles",
		"{\"what\": \"%s\", \"value\": \"%s\", \"provider\": \"%s\", \"user\": "
		"\"alice\", \"kind\": \"token\", \"next\": 1}",
		r->what, r->value, d->name);
	CU_ASSERT_EQUAL(sign_in(d), 200);
	const char *token = arena_str(s.arena, member(&s, "id_token"));
	AUTO(json_t) json_t *claims = claims_of(&s, token);
	if (r->claim)
		CU_ASSERT_STRING_EQUAL(conf_str(claims, r->claim, ""), r->want);
	if (verifies(d->name, token) != r->verifies)
		printf("\n    %s %s", d->name, r->what);
	CU_ASSERT_EQUAL(verifies(d->name, token), r->verifies);
	/* One use was for the whole answer. */
	CU_ASSERT_EQUAL(sign_in(d), 200);
	CU_ASSERT(verifies(d->name, member(&s, "id_token")));
	AUTO(json_t) json_t *after = claims_of(&s, member(&s, "id_token"));
	if (r->claim)
		CU_ASSERT_STRING_NOT_EQUAL(conf_str(after, r->claim, "-"), r->want);
}

static void a_token_is_wrong_in_one_way(void)
{
	for (size_t d = 0; d < ARRAY_LEN(dialects); d++)
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			play_row(&dialects[d], &rows[i]);
}

static void times_are_wrong_by_claim(void)
{
	static const char *const times[] = { "exp", "nbf", "iat" };
	int64_t now = clk_now(idp_clock(s.idp));

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		control(&s, "POST", "/_sim/troubles", "{\"what\": \"%s\", \"next\": 1}",
			times[i]);
		sign_in(dialect_of("azure"));
		AUTO(json_t) json_t *claims = claims_of(&s, member(&s, "access_token"));
		int64_t got = conf_int(claims, times[i], 0);
		CU_ASSERT(i ? got > now + 3000 : got < now);
	}
}

static int document(const char *path, const char *what, const char *value)
{
	control(&s, "POST", "/_sim/troubles",
		"{\"kind\": \"document\", \"what\": \"%s\", \"value\": \"%s\", \"next\": 1}",
		what, value);
	return get(&s, path, NULL);
}

static void documents_are_wrong_in_one_way(void)
{
	static const char discovery[] = "/realms/platform/.well-known/openid-configuration";
	static const char jwks[] = "/realms/platform/protocol/openid-connect/certs";

	CU_ASSERT_EQUAL(document(discovery, "drop", "device_authorization_endpoint"), 200);
	CU_ASSERT_STRING_EQUAL(member(&s, "device_authorization_endpoint"), "");
	CU_ASSERT(*member(&s, "token_endpoint"));
	CU_ASSERT_EQUAL(document(discovery, "double-slash", ""), 200);
	CU_ASSERT_PTR_NOT_NULL(strstr(member(&s, "issuer"), "platform//"));
	CU_ASSERT_EQUAL(document(discovery, "issuer", "https://x.test"), 200);
	CU_ASSERT_STRING_EQUAL(member(&s, "issuer"), "https://x.test");
	CU_ASSERT_EQUAL(document(discovery, "unreachable", ""), 0);
	CU_ASSERT_EQUAL(get(&s, discovery, NULL), 200);
	CU_ASSERT_EQUAL(document(jwks, "empty", ""), 200);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(s.json, "keys")), 0);
	CU_ASSERT_EQUAL(document(jwks, "unreachable", ""), 0);
	CU_ASSERT_EQUAL(get(&s, jwks, NULL), 200);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(s.json, "keys")), 2);
}

/* The trouble of one document leaves the other alone, and waits for its own. */
static void a_document_keeps_the_others_trouble(void)
{
	control(&s, "POST", "/_sim/troubles",
		"{\"what\": \"double-slash\", \"provider\": \"keycloak\", \"next\": 1}");
	get(&s, "/realms/platform/protocol/openid-connect/certs", NULL);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(s.json, "keys")), 2);
	get(&s, "/realms/platform/.well-known/openid-configuration", NULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(member(&s, "issuer"), "platform//"));
}

/* Before anybody has rotated: other keys, and at least one that could sign. */
static void a_stale_jwks_is_never_empty(void)
{
	static const char *const paths[] = {
		"/11111111-2222-3333-4444-555555555555/discovery/v2.0/keys",
		"/oauth2/default/v1/keys", "/realms/platform/protocol/openid-connect/certs"
	};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const struct provider *p = idp_provider(s.idp, dialects[i].name);
		const struct tenant *t = provider_tenant(p, p->first_tenant);
		const char *kid = keys_current(t->keys, NULL)->kid;
		size_t k, signing = 0;
		json_t *key;

		CU_ASSERT_EQUAL(get(&s, paths[i], NULL), 200);
		CU_ASSERT(says(&s, kid));
		CU_ASSERT_EQUAL(document(paths[i], "stale", ""), 200);
		CU_ASSERT(!says(&s, kid));
		json_array_foreach(json_object_get(s.json, "keys"), k, key)
			signing += !strcmp(conf_str(key, "use", ""), "sig");
		CU_ASSERT_EQUAL(signing, 1);
	}
}

static void a_stale_jwks_lacks_the_new_key(void)
{
	int status;

	control(&s, "POST", "/_sim/keys/rotate", "{\"provider\": \"okta\"}");
	AUTO(json_t) json_t *body = json_pack("{s:s}", "provider", "okta");
	AUTO(json_t) json_t *minted = idp_call(s.idp, "POST", "/_sim/mint", body, &status);
	const char *kid = conf_str(minted, "header.kid", "?");
	CU_ASSERT_EQUAL(document("/oauth2/default/v1/keys", "stale", ""), 200);
	CU_ASSERT(!says(&s, kid));
	CU_ASSERT(json_array_size(json_object_get(s.json, "keys")) > 0);
	get(&s, "/oauth2/default/v1/keys", NULL);
	CU_ASSERT(says(&s, kid));
}

int main(void)
{
	static const struct {
		const char *name;
		void (*play)(void);
	} tests[] = {
		{ "a token is wrong in one way", a_token_is_wrong_in_one_way },
		{ "times are wrong by claim", times_are_wrong_by_claim },
		{ "documents are wrong in one way", documents_are_wrong_in_one_way },
		{ "a document keeps the other's trouble", a_document_keeps_the_others_trouble },
		{ "a stale JWKS is never empty", a_stale_jwks_is_never_empty },
		{ "a stale JWKS lacks the new key", a_stale_jwks_lacks_the_new_key },
	};

	stage_open(&s, NULL);
	CU_initialize_registry();
	CU_pSuite suite = CU_add_suite("faults", NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		CU_add_test(suite, tests[i].name, tests[i].play);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	stage_close(&s);
	return failed ? 1 : 0;
}
