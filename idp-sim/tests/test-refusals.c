/* SPDX-License-Identifier: Apache-2.0 */
/* What each dialect says no to, for a natural reason, in its own words. */
#include "idp-sim/tests/stage.h"

#include <CUnit/CUnit.h>
#include <string.h>

static struct stage stage;

enum at { TOKEN, DEVICE };

struct row {
	const char *provider;
	enum at at;
	const char *form; /* "%c" the client, "%s" its scope */
	int status;
	const char *error, *words;
};

#define PASSWORD "grant_type=password&client_id=%c&scope=%s&"
#define DEVICE_GRANT "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"

static const struct row rows[] = {
	{ "azure", TOKEN, "client_id=%c", 400, "invalid_request", "AADSTS900144" },
	{ "azure", TOKEN, "grant_type=foo&client_id=%c", 400, "unsupported_grant_type",
	  "AADSTS70003" },
	{ "azure", TOKEN, "grant_type=password", 400, "invalid_request", "'client_id'" },
	{ "azure", TOKEN, PASSWORD "username=alice&password=no", 400, "invalid_grant",
	  "AADSTS50126" },
	{ "azure", TOKEN, PASSWORD "username=zed&password=no", 400, "invalid_grant",
	  "AADSTS50034" },
	{ "azure", TOKEN, PASSWORD "username=carol&password=carol-pw", 400, "invalid_grant",
	  "AADSTS50057" },
	{ "azure", TOKEN, PASSWORD "username=dave&password=dave-pw", 400, "invalid_grant",
	  "\"suberror\":\"user_password_expired\"" },
	{ "azure", TOKEN, PASSWORD "username=alice&password=alice-pw&client_secret=x", 401,
	  "invalid_client", "AADSTS700025" },
	{ "azure", TOKEN,
	  "grant_type=password&client_id=%c&username=alice&password=alice-pw&scope=nope", 400,
	  "invalid_scope", "AADSTS70011: The provided request must include" },
	{ "azure", TOKEN,
	  "grant_type=password&client_id=99999999-aaaa-bbbb-cccc-dddddddddddd&scope=%s"
	  "&username=alice&password=alice-pw",
	  400, "invalid_grant", "\"suberror\":\"consent_required\"" },
	{ "azure", TOKEN,
	  "grant_type=password&client_id=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee&scope=%s"
	  "&username=bob&password=bob-pw",
	  400, "invalid_grant", "AADSTS50105" },
	{ "azure", DEVICE, "client_id=nope&scope=%s", 400, "unauthorized_client",
	  "AADSTS700016" },
	{ "azure", DEVICE, "client_id=%c&scope=api%3A%2F%2Fplatform%2Fnope", 400,
	  "invalid_scope",
	  "AADSTS70011: The provided value for the input parameter 'scope' is not valid. The "
	  "scope api://platform/nope is not valid." },
	{ "azure", DEVICE, "client_id=88888888-9999-aaaa-bbbb-cccccccccccc&scope=%s", 200, "",
	  "user_code" },
	{ "azure", TOKEN,
	  "grant_type=" DEVICE_GRANT "&client_id=88888888-9999-aaaa-bbbb-cccccccccccc"
	  "&device_code=x",
	  401, "invalid_client", "AADSTS7000218" },
	{ "azure", TOKEN, "grant_type=" DEVICE_GRANT "&client_id=%c&device_code=x", 400,
	  "invalid_grant", "AADSTS7000014" },
	{ "azure", TOKEN, "grant_type=refresh_token&client_id=%c&refresh_token=x", 400,
	  "invalid_grant", "AADSTS9002313" },
	{ "azure", TOKEN, "grant_type=authorization_code&client_id=%c&code=x", 400,
	  "invalid_grant", "AADSTS9002313" },
	{ "azure", TOKEN,
	  "grant_type=client_credentials&client_id=77777777-8888-9999-aaaa-bbbbbbbbbbbb"
	  "&client_secret=svc-secret&scope=api%3A%2F%2Fplatform%2Fplatform.read",
	  400, "invalid_scope", "AADSTS1002012" },
	{ "azure", TOKEN,
	  "grant_type=client_credentials&client_id=77777777-8888-9999-aaaa-bbbbbbbbbbbb"
	  "&client_secret=svc-secret&scope=api%3A%2F%2Fno-such-api%2F.default",
	  400, "invalid_resource", "named api://no-such-api was not found" },
	{ "okta", TOKEN, "client_id=%c", 400, "invalid_request",
	  "must specify a 'grant_type'" },
	{ "okta", TOKEN, "grant_type=foo&client_id=%c", 400, "unsupported_grant_type",
	  "Configured grant types: [authorization_code, client_credentials" },
	{ "okta", TOKEN, "grant_type=password&client_id=nope", 401, "",
	  "\"errorCode\":\"invalid_client\"" },
	{ "okta", TOKEN, "grant_type=password&client_id=0oa2svcplatform0Zk5d7", 401,
	  "invalid_client", "No client credentials found." },
	{ "okta", TOKEN, PASSWORD "username=alice&password=no", 400, "invalid_grant",
	  "The credentials provided were invalid." },
	{ "okta", TOKEN, PASSWORD "username=dave&password=dave-pw", 400, "invalid_grant",
	  "Password has expired." },
	{ "okta", TOKEN, PASSWORD "username=alice&username=bob&password=x", 400,
	  "invalid_request", "multiple parameters with the same name" },
	{ "okta", TOKEN,
	  "grant_type=password&client_id=0oa5assignedplat9Er5d7&scope=%s&username=bob"
	  "&password=bob-pw",
	  400, "access_denied", "User is not assigned to the client application." },
	{ "okta", TOKEN,
	  "grant_type=client_credentials&client_id=0oa2svcplatform0Zk5d7"
	  "&client_secret=svc-secret&scope=nope",
	  400, "invalid_scope", "not configured for the authorization server" },
	{ "okta", TOKEN,
	  "grant_type=client_credentials&client_id=0oa2svcplatform0Zk5d7"
	  "&client_secret=svc-secret",
	  400, "invalid_scope", "does not have any configured default scopes" },
	{ "okta", TOKEN,
	  "grant_type=client_credentials&client_id=0oa2svcplatform0Zk5d7"
	  "&client_secret=svc-secret&scope=openid",
	  400, "invalid_scope", "Cannot request 'openid' scopes" },
	{ "okta", DEVICE, "client_id=0oa3nodeviceplat7Qx5d7&scope=openid", 400,
	  "unauthorized_client",
	  "Configured grant types: [authorization_code, refresh_token]." },
	{ "okta", TOKEN, "grant_type=" DEVICE_GRANT "&client_id=%c", 400, "invalid_request",
	  "The required parameter 'device_code' is missing." },
	{ "keycloak", DEVICE, "client_id=%c&scope=openid+no-such-scope", 200, "", "user_code" },
	{ "keycloak", DEVICE, "client_id=platform-nodevice&scope=openid", 400,
	  "unauthorized_client", "The flow is disabled for the client." },
	{ "keycloak", TOKEN,
	  "grant_type=" DEVICE_GRANT "&client_id=platform-nodevice&device_code=x", 400,
	  "invalid_grant", "Client not allowed OAuth 2.0 Device Authorization Grant" },
	{ "keycloak", TOKEN, "grant_type=foo&client_id=nope", 400, "unsupported_grant_type",
	  "Unsupported grant_type" },
	{ "keycloak", TOKEN, PASSWORD "username=alice&password=no", 401, "invalid_grant",
	  "Invalid user credentials" },
};

static const char *filled(const char *form, const struct dialect *d)
{
	AUTO_BUF b = { 0 };

	for (; *form; form++) {
		if (form[0] == '%' && form[1] == 'c')
			buf_str(&b, d->client), form++;
		else if (form[0] == '%' && form[1] == 's')
			buf_str(&b, coded(&stage, d->scope)), form++;
		else
			buf_char(&b, *form);
	}
	return arena_dup(stage.arena, b.p, b.n);
}

static void test_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		const struct dialect *d = dialect_of(r->provider);
		int status = post(&stage, r->at == DEVICE ? d->device : d->token, "%s",
				  filled(r->form, d));
		bool good = status == r->status && says(&stage, r->words) &&
			    !strcmp(member(&stage, "error"), r->error);

		CU_ASSERT(good);
		if (!good)
			printf("\n%s %s: want %d %s, got %d %s\n", r->provider, r->form,
			       r->status, r->words, status, stage.answer.body);
	}
}

static void test_unknown_tenants(void)
{
	CU_ASSERT_EQUAL(post(&stage, "/no-such-tenant.test/oauth2/v2.0/token", "a=b"), 400);
	CU_ASSERT(says(&stage, "AADSTS90002: Tenant 'no-such-tenant.test' not found."));
	CU_ASSERT_EQUAL(
		get(&stage, "/no-such-tenant.test/v2.0/.well-known/openid-configuration", NULL),
		400);
	CU_ASSERT_STRING_EQUAL(member(&stage, "error"), "invalid_tenant");
	CU_ASSERT_EQUAL(post(&stage, "/invalid_tenant/oauth2/v2.0/token", "a=b"), 400);
	CU_ASSERT(says(&stage, "AADSTS900023"));
	CU_ASSERT_EQUAL(post(&stage, "/oauth2/nope/v1/token", "a=b"), 404);
	CU_ASSERT(says(&stage, "Resource not found: nope (AuthorizationServer)"));
	CU_ASSERT_EQUAL(post(&stage, "/realms/nope/protocol/openid-connect/token", "a=b"), 404);
	CU_ASSERT(says(&stage, "{\"error\":\"Realm does not exist\"}"));
}

static void test_userinfo(void)
{
	CU_ASSERT_EQUAL(get(&stage, dialect_of("keycloak")->userinfo, "garbage"), 401);
	CU_ASSERT_STRING_EQUAL(header(&stage, "WWW-Authenticate"),
			       "Bearer realm=\"platform\", error=\"invalid_token\", "
			       "error_description=\"Token verification failed\"");
	CU_ASSERT_EQUAL(stage.answer.body_len, 0);
	CU_ASSERT_EQUAL(get(&stage, dialect_of("okta")->userinfo, "garbage"), 401);
	CU_ASSERT_STRING_EQUAL(header(&stage, "WWW-Authenticate"),
			       "Bearer error=\"invalid_token\", "
			       "error_description=\"The access token is invalid.\"");
	CU_ASSERT_EQUAL(get(&stage, dialect_of("azure")->userinfo, "garbage"), 401);
	CU_ASSERT(says(&stage, "InvalidAuthenticationToken"));
}

/* The published dump of a wrong password has 486 bytes. */
static void test_bytes_of_azure(void)
{
	const struct dialect *d = dialect_of("azure");

	CU_ASSERT_EQUAL(post(&stage, d->token,
			     "grant_type=password&client_id=%s&scope=openid&username=alice"
			     "&password=no",
			     d->client),
			400);
	CU_ASSERT_EQUAL(stage.answer.body_len, 486);
	CU_ASSERT_STRING_EQUAL(header(&stage, "x-ms-clitelem"), "1,50126,0,,");
	CU_ASSERT_STRING_EQUAL(header(&stage, "x-ms-request-id"), member(&stage, "trace_id"));
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "rows", test_rows },
		{ "unknown tenants", test_unknown_tenants },
		{ "userinfo", test_userinfo },
		{ "the bytes of Entra", test_bytes_of_azure },
		CU_TEST_INFO_NULL,
	};

	return stage_run(&stage, "refusals", tests);
}
