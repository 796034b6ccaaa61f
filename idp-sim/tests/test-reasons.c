/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals that need somebody to change something first; a fourth provider from its file. */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"

#include <CUnit/CUnit.h>
#include <string.h>

static struct stage stage;
static const char *zitadel; /* path of its file */

static void patch(const char *provider, const char *kind, const char *name, const char *body)
{
	const char *path = arena_printf(stage.arena, "/_sim/providers/%s/%s/%s", provider, kind,
					coded(&stage, name));

	CU_ASSERT(control(&stage, "PATCH", path, "%s", body) < 300);
}

static int sign_in(const struct dialect *d, const char *user)
{
	return post(&stage, d->token,
		    "grant_type=password&client_id=%s&username=%s&password=%s-pw&scope=%s",
		    d->client, user, user, coded(&stage, d->scope));
}

/* A flag of a person or a client, and what the password grant then says. */
static void test_flags(void)
{
	static const struct {
		const char *provider, *kind, *name, *on, *off, *words;
		int status;
	} rows[] = {
		{ "azure", "users", "alice", "{\"mfa_required\":true}",
		  "{\"mfa_required\":null}", "\"suberror\":\"basic_action\"", 400 },
		{ "azure", "users", "alice", "{\"locked\":true}", "{\"locked\":null}",
		  "AADSTS50053", 400 },
		{ "azure", "users", "alice", "{\"blocked\":true}", "{\"blocked\":null}",
		  "\"claims\":\"{\\\"access_token\\\":{\\\"capolids\\\"", 400 },
		{ "azure", "users", "alice", "{\"tenant\":\"other.test\"}", "{\"tenant\":null}",
		  "AADSTS50020", 400 },
		{ "okta", "users", "alice", "{\"mfa_required\":true}",
		  "{\"mfa_required\":null}", "cannot be used with MFA enabled", 400 },
		{ "okta", "users", "alice", "{\"blocked\":true}", "{\"blocked\":null}",
		  "denied by sign on policy", 400 },
		{ "okta", "clients", "platform-cli", "{\"policy_grants\":[\"device_code\"]}",
		  "{\"policy_grants\":null}", "Policy evaluation failed", 401 },
		{ "okta", "clients", "platform-cli", "{\"rate_limit\":0}",
		  "{\"rate_limit\":null}", "access_token", 200 },
		{ "keycloak", "users", "alice", "{\"otp\":\"JBSWY3DPEHPK3PXP\"}",
		  "{\"otp\":null}", "Invalid user credentials", 401 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct dialect *d = dialect_of(rows[i].provider);
		const char *name = strcmp(rows[i].kind, "clients") ? rows[i].name : d->client;

		patch(rows[i].provider, rows[i].kind, name, rows[i].on);
		CU_ASSERT_EQUAL(sign_in(d, "alice"), rows[i].status);
		CU_ASSERT(says(&stage, rows[i].words));
		patch(rows[i].provider, rows[i].kind, name, rows[i].off);
		CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
	}
}

static void test_rate_limit(void)
{
	const struct dialect *d = dialect_of("okta");

	patch("okta", "clients", d->client, "{\"rate_limit\":2}");
	CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
	CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
	CU_ASSERT_EQUAL(sign_in(d, "alice"), 429);
	CU_ASSERT_STRING_EQUAL(member(&stage, "errorCode"), "E0000047");
	CU_ASSERT_STRING_EQUAL(header(&stage, "X-Rate-Limit-Remaining"), "0");
	advance(&stage, 60);
	CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
	patch("okta", "clients", d->client, "{\"rate_limit\":null}");
	patch("okta", "users", "bob", "{\"rate_limit\":1}");
	CU_ASSERT_EQUAL(sign_in(d, "bob"), 200);
	CU_ASSERT_EQUAL(sign_in(d, "bob"), 429);
	CU_ASSERT(says(&stage, "API call exceeded rate limit"));
	CU_ASSERT_STRING_EQUAL(member(&stage, "error"), "invalid_grant");
	CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
	patch("okta", "users", "bob", "{\"rate_limit\":null}");
}

/* Okta's own sign-in API: what is left to do after the password; why not, it never says. */
static void test_authn(void)
{
	static const struct {
		const char *on, *off, *status;
	} rows[] = {
		{ "{\"locked\":true}", "{\"locked\":null}", "" },
		{ "{\"disabled\":true}", "{\"disabled\":null}", "" },
		{ "{\"mfa_required\":true}", "{\"mfa_required\":null}", "MFA_REQUIRED" },
		{ "{\"password_expired\":true}", "{\"password_expired\":null}",
		  "PASSWORD_EXPIRED" },
		{ "{}", "{}", "SUCCESS" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		patch("okta", "users", "alice", rows[i].on);
		CU_ASSERT_EQUAL(post(&stage, "/api/v1/authn",
				     "{\"username\":\"alice\",\"password\":\"alice-pw\"}"),
				*rows[i].status ? 200 : 401);
		CU_ASSERT_STRING_EQUAL(member(&stage, "status"), rows[i].status);
		CU_ASSERT_EQUAL(!*member(&stage, "sessionToken"),
				strcmp(rows[i].status, "SUCCESS") != 0);
		CU_ASSERT_EQUAL(!*member(&stage, "errorCode"), *rows[i].status != '\0');
		patch("okta", "users", "alice", rows[i].off);
	}
}

static int refresh(const struct dialect *d, const char *token)
{
	return post(&stage, d->token, "grant_type=refresh_token&client_id=%s&refresh_token=%s",
		    d->client, coded(&stage, token));
}

static void test_limits_of_entra(void)
{
	const struct dialect *d = dialect_of("azure");
	const char *token;

	patch("azure", "clients", d->client, "{\"spa\":true}");
	CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
	token = member(&stage, "refresh_token");
	advance(&stage, 23 * 3600);
	CU_ASSERT_EQUAL(refresh(d, token), 200);
	token = member(&stage, "refresh_token");
	advance(&stage, 3601);
	CU_ASSERT_EQUAL(refresh(d, token), 400);
	CU_ASSERT(says(&stage, "AADSTS700084"));
	patch("azure", "clients", d->client, "{\"spa\":null,\"sign_in_frequency\":\"9h\"}");
	CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
	token = member(&stage, "refresh_token");
	advance(&stage, 9 * 3600);
	CU_ASSERT_EQUAL(refresh(d, token), 400);
	CU_ASSERT(says(&stage, "AADSTS70043"));
	patch("azure", "clients", d->client, "{\"sign_in_frequency\":null}");
}

/* A changed password ends what was given before it. */
static void test_password_change(void)
{
	const struct dialect *d = dialect_of("azure");
	const char *token;

	CU_ASSERT_EQUAL(sign_in(d, "bob"), 200);
	token = member(&stage, "refresh_token");
	advance(&stage, 5);
	patch("azure", "users", "bob", "{\"password\":\"new\"}");
	CU_ASSERT_EQUAL(refresh(d, token), 400);
	CU_ASSERT(says(&stage, "AADSTS50173"));
	patch("azure", "users", "bob", "{\"password\":\"bob-pw\"}");
}

static void test_org_server(void)
{
	CU_ASSERT_EQUAL(post(&stage, "/oauth2/v1/token",
			     "grant_type=client_credentials&client_id=0oa2svcplatform0Zk5d7"
			     "&client_secret=svc-secret&scope=okta.users.read"),
			401);
	CU_ASSERT(says(&stage, "must use the private_key_jwt"));
	CU_ASSERT_EQUAL(post(&stage, "/oauth2/v1/token",
			     "grant_type=password&client_id=%s&username=alice"
			     "&password=alice-pw&scope=platform.read",
			     dialect_of("okta")->client),
			400);
	CU_ASSERT(says(&stage, "Custom scopes are not allowed for this request."));
	CU_ASSERT_EQUAL(post(&stage, "/oauth2/v1/token",
			     "grant_type=password&client_id=%s&username=alice"
			     "&password=alice-pw&scope=nope",
			     dialect_of("okta")->client),
			400);
	CU_ASSERT(says(&stage, "invalid, unknown, malformed"));
	CU_ASSERT_EQUAL(get(&stage, "/.well-known/openid-configuration", NULL), 200);
	CU_ASSERT_STRING_EQUAL(member(&stage, "issuer"), idp_origin(stage.idp));
}

/* An error that somebody armed strikes where the provider gives it: after the approval. */
static void test_armed(void)
{
	const struct dialect *d = dialect_of("azure");
	const char *user_code, *code;

	CU_ASSERT(control(&stage, "POST", "/_sim/troubles",
			  "{\"kind\":\"error\",\"what\":\"consent_missing\","
			  "\"provider\":\"azure\",\"next\":1}") < 300);
	CU_ASSERT_EQUAL(post(&stage, d->device, "client_id=%s&scope=%s", d->client,
			     coded(&stage, d->scope)),
			200);
	user_code = member(&stage, "user_code");
	code = member(&stage, "device_code");
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(post(&stage, d->token,
				     "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3A"
				     "grant-type%%3Adevice_code&client_id=%s&device_code=%s",
				     d->client, code),
				400);
		CU_ASSERT(says(&stage, i ? "AADSTS65001" : "AADSTS70016"));
		CU_ASSERT(control(&stage, "POST",
				  arena_printf(stage.arena, "/_sim/devices/%s/approve",
					       user_code),
				  "{\"user\":\"alice\"}") != 500);
	}
}

static void test_fourth_provider(void)
{
	const char *names[] = { zitadel, NULL };
	struct idp_options o = { .providers = names, .seed = 3, .threads = 1 };
	const char *user_code, *code, *path;
	struct stage z;

	stage_open(&z, &o);
	CU_ASSERT_EQUAL(get(&z, "/zitadel/.well-known/openid-configuration", NULL), 200);
	CU_ASSERT_STRING_EQUAL(member(&z, "issuer"), idp_issuer(z.idp, "zitadel"));
	CU_ASSERT_EQUAL(post(&z, "/zitadel/oauth/v2/device_authorization",
			     "client_id=312345678901234567%%40platform"
			     "&scope=openid+profile+offline_access+platform:read"),
			200);
	user_code = member(&z, "user_code");
	code = member(&z, "device_code");
	path = arena_printf(z.arena, "/_sim/devices/%s/approve", user_code);
	CU_ASSERT_EQUAL(control(&z, "POST", path, "{\"user\":\"alice\"}"), 200);
	CU_ASSERT_EQUAL(post(&z, "/zitadel/oauth/v2/token",
			     "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3A"
			     "device_code&client_id=312345678901234567%%40platform"
			     "&device_code=%s",
			     code),
			200);
	CU_ASSERT_STRING_EQUAL(member(&z, "scope"),
			       "openid profile offline_access platform:read");
	CU_ASSERT_EQUAL(get(&z, "/zitadel/oidc/v1/userinfo", member(&z, "access_token")), 200);
	CU_ASSERT_STRING_EQUAL(member(&z, "preferred_username"), "alice@example.test");
	/* An error that the file has no words for. */
	CU_ASSERT_EQUAL(post(&z, "/zitadel/oauth/v2/token",
			     "grant_type=password&client_id=312345678901234567%%40platform"
			     "&username=alice&password=no&scope=openid"),
			400);
	CU_ASSERT_STRING_EQUAL(member(&z, "error"), "invalid_grant");
	stage_close(&z);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "flags of people and clients", test_flags },
		{ "rate limit", test_rate_limit },
		{ "Okta's sign-in API", test_authn },
		{ "limits of Entra", test_limits_of_entra },
		{ "a changed password", test_password_change },
		{ "the org server of Okta", test_org_server },
		{ "armed errors strike where they belong", test_armed },
		{ "a fourth provider is one file", test_fourth_provider },
		CU_TEST_INFO_NULL,
	};

	if (argc != 2) {
		fprintf(stderr, "usage: test-reasons zitadel.yaml\n");
		return 2;
	}
	zitadel = argv[1];
	return stage_run(&stage, "reasons", tests);
}
