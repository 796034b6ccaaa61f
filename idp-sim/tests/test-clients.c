/* SPDX-License-Identifier: Apache-2.0 */
/* How a client proves itself: secret in the header or the body, a signed assertion. */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/jwt.h"
#include "idp-sim/keys.h"

#include <CUnit/CUnit.h>
#include <string.h>

static struct stage stage;

/* ---- secrets ---- */

static int with_basic(const struct dialect *d, const char *credentials, const char *form)
{
	AUTO_BUF b = { 0 };
	struct err err = { 0 };
	const char *headers[3] = { "Content-Type: application/x-www-form-urlencoded" };

	buf_str(&b, "Authorization: Basic ");
	if (*credentials == '!')
		buf_str(&b, credentials);
	else
		buf_b64(&b, credentials, strlen(credentials));
	headers[1] = b.p;
	wire_answer_done(&stage.answer);
	stage.answer = (struct wire_answer) { 0 };
	json_decref(stage.json);
	stage.json = NULL;
	CU_ASSERT(wire_request(
		"POST", arena_printf(stage.arena, "%s%s", idp_origin(stage.idp), d->token),
		headers, form, strlen(form), &(struct wire_to) { 0 }, &stage.answer, &err));
	stage.json = json_loads(stage.answer.body ? stage.answer.body : "", 0, NULL);
	return stage.answer.status;
}

static void test_basic(void)
{
	static const struct {
		const char *provider, *secret;
		int status;
		const char *words;
	} rows[] = {
		{ "azure", "svc-secret", 200, "access_token" },
		{ "azure", "wrong", 401, "AADSTS7000215" },
		{ "okta", "svc-secret", 200, "access_token" },
		{ "okta", "wrong", 401, "client secret supplied for a confidential client" },
		{ "keycloak", "svc-secret", 200, "access_token" },
		{ "keycloak", "wrong", 401, "unauthorized_client" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct dialect *d = dialect_of(rows[i].provider);
		const char *form =
			arena_printf(stage.arena, "grant_type=client_credentials&scope=%s",
				     coded(&stage, d->service_scope));
		const char *pair =
			arena_printf(stage.arena, "%s:%s", d->service, rows[i].secret);

		CU_ASSERT_EQUAL(with_basic(d, pair, form), rows[i].status);
		CU_ASSERT(says(&stage, rows[i].words));
	}
}

static void test_malformed(void)
{
	const struct dialect *okta = dialect_of("okta");
	const struct dialect *keycloak = dialect_of("keycloak");
	const char *both = "grant_type=client_credentials&client_secret=svc-secret";

	CU_ASSERT_EQUAL(with_basic(keycloak, "!!!", "grant_type=client_credentials"), 400);
	CU_ASSERT(says(&stage, "Unexpected error when authenticating client"));
	CU_ASSERT_EQUAL(with_basic(okta, "!!!", "grant_type=client_credentials"), 401);
	CU_ASSERT(says(&stage, "Found Authentication header"));
	CU_ASSERT_EQUAL(with_basic(okta,
				   arena_printf(stage.arena, "%s:svc-secret", okta->service),
				   both),
			401);
	CU_ASSERT(says(&stage, "Cannot supply multiple client credentials."));
}

/* ---- private_key_jwt (RFC 7523) ---- */

static const char *assertion(const struct key *key, const char *client, const char *aud,
			     int64_t exp)
{
	AUTO_BUF header = { 0 };
	AUTO_BUF claims = { 0 };
	AUTO_BUF token = { 0 };

	buf_printf(&header, "{\"alg\":\"%s\",\"kid\":\"%s\"}", key->alg, key->kid);
	buf_printf(&claims,
		   "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":%lld,\"jti\":\"1\"}",
		   client, client, aud, (long long)exp);
	jwt_sign(&token, key, header.p, header.n, claims.p, claims.n);
	return arena_dup(stage.arena, token.p, token.n);
}

static int ask(const struct dialect *d, const char *jwt)
{
	return post(&stage, d->token,
		    "grant_type=client_credentials&client_id=%s&scope=%s"
		    "&client_assertion_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3A"
		    "client-assertion-type%%3Ajwt-bearer&client_assertion=%s",
		    d->service, coded(&stage, d->service_scope), jwt);
}

static void register_key(const struct dialect *d, const struct key *key)
{
	const char *path =
		arena_printf(stage.arena, "/_sim/providers/%s/clients/%s", d->name, d->service);

	CU_ASSERT(control(&stage, "PATCH", path,
			  "{\"jwks\":{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\","
			  "\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}]}}",
			  key->kid, key->n, key->e) < 300);
}

static void judge_assertions(const struct dialect *d, struct keys *mine, struct keys *other)
{
	const char *aud = arena_printf(stage.arena, "%s%s", idp_origin(stage.idp), d->token);
	const struct key *key = keys_current(mine, NULL);
	int64_t now = clk_now(idp_clock(stage.idp));

	register_key(d, key);
	CU_ASSERT_EQUAL(ask(d, assertion(key, d->service, aud, now + 60)), 200);
	CU_ASSERT_EQUAL(ask(d, assertion(key, d->service, aud, now - 60)), 401);
	CU_ASSERT_EQUAL(ask(d, assertion(key, "somebody", aud, now + 60)), 401);
	CU_ASSERT_EQUAL(ask(d, assertion(key, d->service, "http://evil.test", now + 60)), 401);
	CU_ASSERT_EQUAL(ask(d, assertion(keys_current(other, NULL), d->service, aud, now + 60)),
			401);
	CU_ASSERT_STRING_EQUAL(member(&stage, "error"), "invalid_client");
}

static struct keys *keys_named(const char *name)
{
	struct err err = { 0 };
	struct keys *k = keys_new(&(struct keys_options) { .name = name }, &err);

	CU_ASSERT_PTR_NOT_NULL(k);
	return k;
}

static void test_private_key_jwt(void)
{
	struct keys *mine = keys_named("test/mine"), *other = keys_named("test/other");

	for (size_t i = 0; i < 3; i++)
		judge_assertions(&dialects[i], mine, other);
	keys_free(mine);
	keys_free(other);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "basic", test_basic },
		{ "malformed and doubled", test_malformed },
		{ "private_key_jwt", test_private_key_jwt },
		CU_TEST_INFO_NULL,
	};

	return stage_run(&stage, "clients", tests);
}
