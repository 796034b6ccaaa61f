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

/* What is said of whom; jti NULL: nothing. */
struct statement {
	const char *iss, *aud, *jti;
	int64_t exp;
	const char *fraction; /* of exp */
};

static const char *assertion(const struct key *key, const struct statement *of)
{
	AUTO_BUF header = { 0 };
	AUTO_BUF claims = { 0 };
	AUTO_BUF token = { 0 };

	buf_printf(&header, "{\"alg\":\"%s\",\"kid\":\"%s\"}", key->alg, key->kid);
	buf_printf(&claims, "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"exp\":%lld%s",
		   of->iss, of->iss, of->aud, (long long)of->exp,
		   of->fraction ? of->fraction : "");
	if (of->jti)
		buf_printf(&claims, ",\"jti\":\"%s\"", of->jti);
	buf_char(&claims, '}');
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

/* What is wrong with it, and what each dialect says; "" is a token. */
enum wrong {
	NOTHING,
	FRACTIONS,
	AGAIN,
	OLD,
	OF_ANOTHER,
	FOR_ANOTHER,
	FOREIGN_KEY,
	GARBAGE,
	NO_ID
};

static const struct {
	const char *provider;
	enum wrong what;
	int status;
	const char *words;
} assertions[] = {
	{ "azure", NOTHING, 200, "" },
	{ "azure", FRACTIONS, 200, "" },
	{ "azure", AGAIN, 200, "" }, /* Entra does not remember them */
	{ "azure", OLD, 401,
	  "AADSTS700024: Client assertion is not within its valid time range. Current time: "
	  "2" },
	{ "azure", OF_ANOTHER, 401, "AADSTS700021" },
	{ "azure", FOR_ANOTHER, 401, "AADSTS700023" },
	{ "azure", FOREIGN_KEY, 401, "AADSTS700027" },
	{ "azure", GARBAGE, 400, "AADSTS50027: JWT token is invalid or malformed." },
	{ "azure", NO_ID, 200, "" },
	{ "okta", NOTHING, 200, "" },
	{ "okta", FRACTIONS, 200, "" },
	{ "okta", AGAIN, 401, "The client_assertion token has already been used." },
	{ "okta", OLD, 401, "The client_assertion token is expired." },
	{ "okta", OF_ANOTHER, 401,
	  "The issuer claim for client_assertion is not a valid client_id." },
	{ "okta", FOR_ANOTHER, 401, "must be the endpoint invoked for the request." },
	{ "okta", FOREIGN_KEY, 401, "The client_assertion JWT kid is invalid." },
	{ "okta", GARBAGE, 401, "The parsing of the client_assertion failed." },
	{ "okta", NO_ID, 200, "" },
	{ "keycloak", NOTHING, 200, "" },
	{ "keycloak", FRACTIONS, 200, "" },
	{ "keycloak", AGAIN, 400,
	  "Client authentication with signed JWT failed: Token reuse detected" },
	{ "keycloak", OLD, 400,
	  "Client authentication with signed JWT failed: Token is not active" },
	{ "keycloak", OF_ANOTHER, 400, "Issuer mismatch. The issuer should match the subject" },
	{ "keycloak", FOR_ANOTHER, 400, "but audience from token is '[http://evil.test]'" },
	{ "keycloak", FOREIGN_KEY, 400, "\"Unable to load public key\"" },
	{ "keycloak", GARBAGE, 400, "Client authentication with signed JWT failed: " },
	{ "keycloak", NO_ID, 400, "Missing ID on the token" },
};

static int present(const struct dialect *d, enum wrong what, struct keys *mine,
		   struct keys *other)
{
	int64_t now = clk_now(idp_clock(stage.idp));
	struct statement of = {
		d->service, arena_printf(stage.arena, "%s%s", idp_origin(stage.idp), d->token),
		arena_printf(stage.arena, "id-%d", what), now + 60
	};

	if (what == FRACTIONS)
		of.fraction = ".25";
	if (what == OLD)
		of.exp = now - 60;
	if (what == OF_ANOTHER)
		of.iss = "somebody";
	if (what == FOR_ANOTHER)
		of.aud = "http://evil.test";
	if (what == NO_ID)
		of.jti = NULL;
	if (what == GARBAGE)
		return ask(d, "garbage");
	if (what == AGAIN)
		ask(d, assertion(keys_current(mine, NULL), &of));
	return ask(d, assertion(keys_current(what == FOREIGN_KEY ? other : mine, NULL), &of));
}

static void judge_assertions(struct keys *mine, struct keys *other)
{
	for (size_t i = 0; i < ARRAY_LEN(assertions); i++) {
		const struct dialect *d = dialect_of(assertions[i].provider);
		int status = present(d, assertions[i].what, mine, other);
		bool good = status == assertions[i].status &&
			    says(&stage, assertions[i].words) &&
			    !*member(&stage, "access_token") == (status != 200);

		CU_ASSERT(good);
		if (!good)
			printf("\n%s %d: want %d %s, got %d %s\n", d->name, assertions[i].what,
			       assertions[i].status, assertions[i].words, status,
			       stage.answer.body);
	}
}

/* An assertion that has run out is forgotten with its id, which may then come again. */
static void judge_memory(struct keys *mine)
{
	const struct dialect *d = dialect_of("okta");

	CU_ASSERT_EQUAL(present(d, NOTHING, mine, NULL), 401);
	advance(&stage, 61);
	CU_ASSERT_EQUAL(present(d, NOTHING, mine, NULL), 200);
}

/* One that is registered to sign has nothing else to prove itself with. */
static void judge_missing(void)
{
	const struct dialect *d = dialect_of("keycloak");
	const char *path =
		arena_printf(stage.arena, "/_sim/providers/keycloak/clients/%s", d->service);

	CU_ASSERT(control(&stage, "PATCH", path,
			  "{\"token_endpoint_auth_method\":\"private_key_jwt\"}") < 300);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(post(&stage, d->token,
				     "grant_type=client_credentials&client_id=%s%s", d->service,
				     i ? "&client_secret=svc-secret" : ""),
				400);
		CU_ASSERT(says(&stage, "Parameter client_assertion_type is missing"));
	}
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
		register_key(&dialects[i], keys_current(mine, NULL));
	judge_assertions(mine, other);
	judge_memory(mine);
	judge_missing();
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
