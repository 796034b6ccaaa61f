/* SPDX-License-Identifier: Apache-2.0 */
/* What the simulator signs, judged by libjwt; which key is which after rotations. */
#include "idp-sim/base/file.h"
#include "idp-sim/jwt.h"
#include "idp-sim/keys.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <jwt.h>
#include <string.h>
#include <sys/stat.h>

static const char claims[] = "{\"sub\":\"alice\",\"n\":1}";

static struct keys *keys_of(const char *name, const char *alg, const char *file)
{
	struct err err = { 0 };
	struct keys *k = keys_new(&(struct keys_options) { .name = name,
							   .alg = alg,
							   .file = file,
							   .kid = KID_SHA256,
							   .encryption_key = !alg },
				  &err);

	CU_ASSERT_PTR_NOT_NULL(k);
	if (!k)
		printf("%s\n", err.text);
	return k;
}

/* libjwt's verdict, given the public key as Keycloak publishes it. */
static bool referee(const char *token, const struct key *key)
{
	AUTO_BUF pem = { 0 };
	jwt_t *jwt = NULL;

	buf_str(&pem, "-----BEGIN PUBLIC KEY-----\n");
	for (size_t i = 0; i < strlen(key->pem); i += 64)
		buf_printf(&pem, "%.64s\n", key->pem + i);
	buf_str(&pem, "-----END PUBLIC KEY-----\n");
	bool good = !jwt_decode(&jwt, token, (const unsigned char *)pem.p, (int)pem.n);
	jwt_free(jwt);
	return good;
}

static char *signed_with(const struct key *key)
{
	AUTO_BUF head = { 0 };
	AUTO_BUF out = { 0 };

	buf_printf(&head, "{\"alg\":\"%s\",\"typ\" : \"JWT\",\"kid\" : \"%s\"}", key->alg,
		   key->kid);
	jwt_sign(&out, key, head.p, head.n, claims, sizeof(claims) - 1);
	return buf_take(&out);
}

static bool ours(struct keys *k, const char *token)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO_JWT t = { 0 };

	return jwt_verify(a, k, token, strlen(token), &t);
}

static void libjwt_accepts_what_we_sign(void)
{
	static const char *const algs[] = { "RS256", "ES256" };

	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		struct keys *k = keys_of("okta/default", algs[i], NULL);
		for (int n = 0; n < 20; n++) {
			AUTO(char) char *token = signed_with(keys_current(k, NULL));
			CU_ASSERT(referee(token, keys_current(k, NULL)));
			CU_ASSERT(ours(k, token));
			token[strlen(token) - 9] ^= 1;
			CU_ASSERT(!referee(token, keys_current(k, NULL)));
			CU_ASSERT(!ours(k, token));
		}
		keys_free(k);
	}
}

static void hmac_keys_are_their_own(void)
{
	struct keys *k = keys_of("keycloak/platform", NULL, NULL);
	struct keys *other = keys_of("keycloak/elsewhere", NULL, NULL);
	AUTO(char) char *token = signed_with(keys_current(k, "HS512"));

	CU_ASSERT(ours(k, token));
	CU_ASSERT(!ours(other, token));
	CU_ASSERT(!keys_current(k, "HS512")->published);
	keys_free(k);
	keys_free(other);
}

static void forged_keys_do_not_verify(void)
{
	static const enum key_trick tricks[] = { KEY_OTHER, KEY_UNPUBLISHED, KEY_HS256_PUBLIC };
	struct keys *k = keys_of("azure", NULL, NULL);
	const struct key *current = keys_current(k, NULL);

	for (size_t i = 0; i < ARRAY_LEN(tricks); i++) {
		const struct key *key = keys_trick(k, tricks[i]);
		AUTO(char) char *token = signed_with(key);
		CU_ASSERT(!ours(k, token));
		CU_ASSERT_PTR_EQUAL(keys_trick(k, tricks[i]), key);
		CU_ASSERT_EQUAL(!strcmp(key->kid, current->kid), tricks[i] != KEY_UNPUBLISHED);
	}
	AUTO_BUF none = { 0 };
	jwt_sign(&none, NULL, "{\"alg\":\"none\"}", 14, claims, sizeof(claims) - 1);
	CU_ASSERT(!ours(k, none.p));
	keys_free(k);
}

static void rotation_keeps_the_old_ones(void)
{
	struct keys *k = keys_of("keycloak/platform", NULL, NULL);
	const struct key *old = keys_current(k, NULL);
	AUTO(char) char *token = signed_with(old);
	struct err err = { 0 };

	CU_ASSERT_STRING_EQUAL(keys_first(k)->use, "enc");
	const struct key *hidden = keys_rotate(k, false, &err);
	CU_ASSERT_PTR_EQUAL(keys_current(k, NULL), hidden);
	CU_ASSERT(hidden && !hidden->published && old->published);
	CU_ASSERT(hidden && strcmp(hidden->kid, old->kid) != 0);
	CU_ASSERT(ours(k, token));
	keys_retire_old(k);
	CU_ASSERT(!old->published);
	CU_ASSERT(keys_first(k)->published);
	keys_free(k);
}

static void built_in_keys_are_the_same_in_every_run(void)
{
	struct keys *a = keys_of("azure", NULL, NULL), *b = keys_of("azure", NULL, NULL);
	struct keys *c = keys_of("okta", NULL, NULL);

	CU_ASSERT_STRING_EQUAL(keys_current(a, NULL)->kid, keys_current(b, NULL)->kid);
	CU_ASSERT_STRING_EQUAL(key_certificate(keys_current(a, NULL))->x5c,
			       key_certificate(keys_current(b, NULL))->x5c);
	CU_ASSERT_STRING_NOT_EQUAL(keys_current(a, NULL)->kid, keys_current(c, NULL)->kid);
	CU_ASSERT_EQUAL(strlen(key_certificate(keys_current(a, NULL))->x5t), 27);
	keys_free(a);
	keys_free(b);
	keys_free(c);
}

static void copies_that_share_a_file_agree(void)
{
	char dir[] = "/tmp/test-keys-XXXXXX";
	AUTO_BUF path = { 0 };
	struct stat st = { 0 };

	CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
	buf_printf(&path, "%s/keys.pem", dir);
	struct keys *a = keys_of("okta/default", NULL, path.p);
	struct keys *b = keys_of("okta/default", NULL, path.p);
	struct keys *c = keys_of("azure", NULL, path.p);
	CU_ASSERT_STRING_EQUAL(keys_current(a, NULL)->kid, keys_current(b, NULL)->kid);
	CU_ASSERT_STRING_NOT_EQUAL(keys_current(a, NULL)->kid, keys_current(c, NULL)->kid);
	CU_ASSERT(!stat(path.p, &st) && (st.st_mode & 0777) == 0600);
	AUTO(char) char *token = signed_with(keys_current(a, "HS512"));
	keys_current(b, "HS512");
	CU_ASSERT(ours(b, token));
	keys_free(a);
	keys_free(b);
	keys_free(c);
	file_remove_tree(dir);
}

/* A client's own key (RFC 7523), given as the JWK it registered. */
static void assertions_verify_against_a_jwk(void)
{
	static const char *const algs[] = { "RS256", "ES256" };

	for (size_t i = 0; i < ARRAY_LEN(algs); i++) {
		struct keys *k = keys_of("client", algs[i], NULL);
		const struct key *key = keys_current(k, NULL);
		AUTO(char) char *token = signed_with(key);
		AUTO(json_t)
		json_t *jwk = json_pack("{s:s, s:s*, s:s*, s:s*, s:s*, s:s*}", "kty", key->kty,
					"n", key->n, "e", key->e, "crv", key->crv, "x", key->x,
					"y", key->y);
		AUTO(arena) struct arena *a = arena_new();
		AUTO_JWT t = { 0 }, bad = { 0 };

		CU_ASSERT(jwt_verify_jwk(a, jwk, token, strlen(token), &t));
		CU_ASSERT_STRING_EQUAL(conf_str(t.claims, "sub", ""), "alice");
		json_object_set_new(jwk, i ? "x" : "n", json_string(i ? key->y : "AQAB"));
		CU_ASSERT(!jwt_verify_jwk(a, jwk, token, strlen(token), &bad));
		keys_free(k);
	}
}

static void broken_tokens_are_refused(void)
{
	static const char *const broken[] = {
		"",	  ".", "..", "a.b", "a.b.c", "e30.e30", "e30.W10.", "e30.e30.e30.e30",
		"!!.e30."
	};
	AUTO(arena) struct arena *a = arena_new();
	AUTO_JWT good = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		AUTO_JWT t = { 0 };
		CU_ASSERT(!jwt_read(a, broken[i], strlen(broken[i]), &t));
	}
	CU_ASSERT(jwt_read(a, "e30.e30.", 8, &good));
	CU_ASSERT_STRING_EQUAL(good.payload, "{}");
}

int main(void)
{
	static const struct {
		const char *name;
		void (*play)(void);
	} tests[] = {
		{ "libjwt accepts what we sign", libjwt_accepts_what_we_sign },
		{ "HMAC keys are their own", hmac_keys_are_their_own },
		{ "forged keys do not verify", forged_keys_do_not_verify },
		{ "rotation keeps the old ones", rotation_keeps_the_old_ones },
		{ "built-in keys are the same in every run",
		  built_in_keys_are_the_same_in_every_run },
		{ "copies that share a file agree", copies_that_share_a_file_agree },
		{ "assertions verify against a JWK", assertions_verify_against_a_jwk },
		{ "broken tokens are refused", broken_tokens_are_refused },
	};

	CU_initialize_registry();
	CU_pSuite suite = CU_add_suite("keys", NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		CU_add_test(suite, tests[i].name, tests[i].play);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
