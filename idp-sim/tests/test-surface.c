/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told what, and where; what is unknown can be adopted. */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/jwt.h"

#include <CUnit/CUnit.h>
#include <string.h>

static struct stage stage;

/* ---- identities at the edge ---- */

static json_t *token_of(const char *provider, const char *user)
{
	CU_ASSERT_EQUAL(control(&stage, "POST", "/_sim/mint",
				"{\"provider\":\"%s\",\"user\":\"%s\"}", provider, user),
			200);
	return json_incref(json_object_get(stage.json, "claims"));
}

static void test_groups_overage(void)
{
	AUTO(json_t) json_t *few = NULL;
	AUTO(json_t) json_t *claims = NULL;
	AUTO_BUF b = { 0 };

	few = token_of("azure", "alice");
	CU_ASSERT_EQUAL(json_array_size(json_object_get(few, "groups")), 1);
	buf_str(&b, "{\"groups\":[");
	for (int i = 0; i < 201; i++)
		buf_printf(&b, "%s\"00000000-0000-0000-0000-%012d\"", i ? "," : "", i);
	buf_str(&b, "]}");
	CU_ASSERT(control(&stage, "PATCH", "/_sim/providers/azure/users/many", "%s", b.p) <
		  300);
	claims = token_of("azure", "many");
	CU_ASSERT_PTR_NULL(json_object_get(claims, "groups"));
	CU_ASSERT_STRING_EQUAL(conf_str(claims, "_claim_names.groups", ""), "src1");
}

/* Okta: 100 fit into the groups claim, and only who asks for it is refused. */
static void test_groups_limit(void)
{
	static const struct {
		int groups, status;
		const char *scope;
	} rows[] = { { 100, 200, "openid groups" },
		     { 101, 400, "openid groups" },
		     { 101, 200, "openid" } };
	const struct dialect *d = dialect_of("okta");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CU_ASSERT(control(&stage, "PATCH", "/_sim/providers/okta/users/bob",
				  "{\"groups\":[],\"group_count\":%d}", rows[i].groups) < 300);
		CU_ASSERT_EQUAL(post(&stage, d->token,
				     "grant_type=password&client_id=%s&username=bob"
				     "&password=bob-pw&scope=%s",
				     d->client, coded(&stage, rows[i].scope)),
				rows[i].status);
		CU_ASSERT_STRING_EQUAL(member(&stage, "error"),
				       rows[i].status == 400 ? "server_error" : "");
	}
}

/* What a page in a browser may read: of a single page app, of one that was adopted. */
static void test_pages_of_browsers(void)
{
	static const struct {
		const char *provider, *change, *origin;
		int status;
		bool readable;
	} rows[] = {
		{ "azure", "{}", "http://localhost:9999", 400, false },
		{ "azure", "{\"spa\":true}", "http://localhost:9999", 200, true },
		{ "azure", "{\"spa\":true}", "https://evil.test", 400, false },
		{ "azure", "{\"spa\":null}", NULL, 200, false },
		{ "okta", "{}", "http://127.0.0.1:9999", 200, true },
		{ "okta", "{}", "https://evil.test", 200, false },
		{ "keycloak", "{}", "http://127.0.0.1:9999", 200, true },
		{ "keycloak", "{}", "https://evil.test", 200, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct dialect *d = dialect_of(rows[i].provider);
		const char *path = arena_printf(stage.arena, "/_sim/providers/%s/clients/%s",
						d->name, d->client);

		CU_ASSERT(control(&stage, "PATCH", path, "%s", rows[i].change) < 300);
		stage.origin = rows[i].origin;
		CU_ASSERT_EQUAL(post(&stage, d->token,
				     "grant_type=password&client_id=%s&username=alice"
				     "&password=alice-pw&scope=%s",
				     d->client, coded(&stage, d->scope)),
				rows[i].status);
		stage.origin = NULL;
		CU_ASSERT_STRING_EQUAL(header(&stage, "Access-Control-Allow-Origin"),
				       rows[i].readable ? rows[i].origin : "");
		if (rows[i].status == 400)
			CU_ASSERT(says(&stage, "AADSTS9002326"));
	}
}

/* common names nobody whom a client without a person could belong to; consumers is a tenant. */
static void test_shared_authorities(void)
{
	static const char service[] =
		"grant_type=client_credentials&client_id=77777777-8888-9999-aaaa-bbbbbbbbbbbb"
		"&client_secret=svc-secret&scope=api%3A%2F%2Fplatform%2F.default";
	const char *iss = "/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";

	CU_ASSERT_EQUAL(post(&stage, "/common/oauth2/v2.0/token", "%s", service), 400);
	CU_ASSERT(says(&stage, "AADSTS50059"));
	CU_ASSERT_EQUAL(post(&stage, "/organizations/oauth2/v2.0/token", "%s", service), 400);
	CU_ASSERT_EQUAL(post(&stage, dialect_of("azure")->token, "%s", service), 200);
	CU_ASSERT_EQUAL(get(&stage, "/consumers/v2.0/.well-known/openid-configuration", NULL),
			200);
	CU_ASSERT(strstr(member(&stage, "issuer"), iss) != NULL);
	CU_ASSERT_EQUAL(get(&stage, "/realms/platform/", NULL), 200);
	CU_ASSERT_STRING_EQUAL(member(&stage, "realm"), "platform");
}

/* What keycloak-js puts into frames of any page. */
static void test_frames(void)
{
	static const char *const pages[] = { "3p-cookies/step1.html",
					     "login-status-iframe.html" };

	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		CU_ASSERT_EQUAL(get(&stage,
				    arena_printf(stage.arena,
						 "/realms/platform/protocol/openid-connect/%s",
						 pages[i]),
				    NULL),
				200);
		CU_ASSERT(says(&stage, "postMessage("));
		CU_ASSERT(!strncmp(header(&stage, "Content-Type"), "text/html", 9));
		CU_ASSERT_STRING_EQUAL(header(&stage, "X-Frame-Options"), "");
		CU_ASSERT_STRING_EQUAL(header(&stage, "Content-Security-Policy"), "");
	}
}

/* A token for Microsoft Graph has a nonce in its header, and nobody else can verify it. */
static void test_graph(void)
{
	static const struct {
		const char *scope, *iss, *aud;
		bool verifies;
	} rows[] = {
		{ "openid User.Read",
		  "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
		  "00000003-0000-0000-c000-000000000000", false },
		{ "openid api://platform/platform.read", NULL,
		  "41b23e61-6c1e-4545-b367-cd054e0ed4b4", true },
	};
	const struct dialect *d = dialect_of("azure");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_JWT read = { 0 }, verified = { 0 };
		const char *token;
		json_t *key;

		CU_ASSERT_EQUAL(post(&stage, d->token,
				     "grant_type=password&client_id=%s&username=alice"
				     "&password=alice-pw&scope=%s",
				     d->client, coded(&stage, rows[i].scope)),
				200);
		token = member(&stage, "access_token");
		CU_ASSERT(jwt_read(stage.arena, token, strlen(token), &read));
		CU_ASSERT_STRING_EQUAL(conf_str(read.claims, "iss", ""),
				       rows[i].iss ? rows[i].iss
						   : idp_issuer(stage.idp, "azure"));
		CU_ASSERT_STRING_EQUAL(conf_str(read.claims, "aud", ""), rows[i].aud);
		CU_ASSERT_EQUAL(conf_str(read.header_json, "nonce", NULL) == NULL,
				rows[i].verifies);
		CU_ASSERT_EQUAL(get(&stage, d->userinfo, token), 200);
		get(&stage, "/common/discovery/v2.0/keys", NULL);
		key = json_array_get(json_object_get(stage.json, "keys"), 0);
		CU_ASSERT_EQUAL(
			jwt_verify_jwk(stage.arena, key, token, strlen(token), &verified),
			rows[i].verifies);
	}
}

static void test_edge_people(void)
{
	AUTO(json_t) json_t *plain = NULL;
	AUTO(json_t) json_t *guest = NULL;

	CU_ASSERT(control(&stage, "PATCH", "/_sim/providers/azure/users/alice",
			  "{\"upn\":null,\"email\":null}") < 300);
	plain = token_of("azure", "alice");
	CU_ASSERT_PTR_NULL(json_object_get(plain, "upn"));
	CU_ASSERT_PTR_NULL(json_object_get(plain, "email"));
	CU_ASSERT(control(&stage, "PATCH", "/_sim/providers/azure/users/guest",
			  "{\"password\":\"x\",\"guest\":true,\"idp\":\"live.com\","
			  "\"upn\":\"ann_fabrikam.test#EXT#@contoso.test\","
			  "\"full_name\":\"\\u00c5nn \\\"G\\\"\"}") < 300);
	guest = token_of("azure", "guest");
	CU_ASSERT_STRING_EQUAL(conf_str(guest, "upn", ""),
			       "ann_fabrikam.test#EXT#@contoso.test");
	CU_ASSERT_STRING_EQUAL(conf_str(guest, "name", ""), "\u00c5nn \"G\"");
	/* Where a guest comes from is in ID tokens and those of version 1.0. */
	CU_ASSERT_PTR_NULL(json_object_get(guest, "idp"));
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(control(&stage, "POST", "/_sim/mint",
					"{\"provider\":\"azure\",\"user\":\"guest\",%s}",
					i ? "\"token\":\"id\"" : "\"version\":\"1.0\""),
				200);
		CU_ASSERT_STRING_EQUAL(conf_str(stage.json, "claims.idp", ""), "live.com");
	}
}

/* common leads home: the issuer in the token names another tenant than the path. */
static void test_common(void)
{
	AUTO(json_t) json_t *claims = NULL;
	const struct dialect *d = dialect_of("azure");

	CU_ASSERT_EQUAL(get(&stage, "/common/v2.0/.well-known/openid-configuration", NULL),
			200);
	CU_ASSERT(strstr(member(&stage, "issuer"), "/{tenantid}/v2.0") != NULL);
	CU_ASSERT_EQUAL(post(&stage, "/common/oauth2/v2.0/token",
			     "grant_type=password&client_id=%s&username=bob&password=bob-pw"
			     "&scope=%s",
			     d->client, coded(&stage, d->scope)),
			200);
	claims = claims_of(&stage, member(&stage, "access_token"));
	CU_ASSERT_STRING_EQUAL(conf_str(claims, "iss", ""), idp_issuer(stage.idp, "azure"));
}

/* ---- starting otherwise ---- */

static void test_adopt(void)
{
	struct idp_options o = { .seed = 1, .threads = 1, .adopt = true };
	struct stage other;

	stage_open(&other, &o);
	CU_ASSERT_EQUAL(post(&other, "/realms/mine/protocol/openid-connect/token",
			     "grant_type=password&client_id=my-app&username=alice"
			     "&password=alice-pw&scope=openid"),
			200);
	CU_ASSERT_EQUAL(get(&other, "/mine.test/v2.0/.well-known/openid-configuration", NULL),
			200);
	stage_close(&other);
}

/* Behind a proxy the issuer is what the proxy was asked for. */
static void test_proxy(void)
{
	struct idp_options o = { .seed = 1, .threads = 1, .trust_forwarded = true };
	static const char *const headers[] = { "X-Forwarded-Proto: https",
					       "X-Forwarded-Host: login.example.test", NULL };
	AUTO_ANSWER a = { 0 };
	struct err err = { 0 };
	struct stage other;

	stage_open(&other, &o);
	CU_ASSERT(wire_request(
		"GET",
		arena_printf(other.arena, "%s/realms/platform/.well-known/openid-configuration",
			     idp_origin(other.idp)),
		headers, NULL, 0, &(struct wire_to) { 0 }, &a, &err));
	CU_ASSERT(a.body && strstr(a.body, "\"issuer\":\"https://login.example.test/realms/"
					   "platform\""));
	stage_close(&other);
}

static void test_tls(void)
{
	struct idp_options o = { .seed = 1, .threads = 1, .tls = true };
	AUTO_ANSWER a = { 0 };
	struct err err = { 0 };
	struct stage other;
	struct wire_to to = { 0 };
	const char *url;

	stage_open(&other, &o);
	to.ca_file = idp_ca_file(other.idp);
	url = arena_printf(other.arena, "%s/realms/platform/.well-known/openid-configuration",
			   idp_tls_origin(other.idp));
	CU_ASSERT(wire_request("GET", url, NULL, NULL, 0, &to, &a, &err));
	CU_ASSERT_EQUAL(a.status, 200);
	CU_ASSERT(a.body && strstr(a.body, idp_tls_origin(other.idp)));
	stage_close(&other);
}

static void test_reset(void)
{
	CU_ASSERT(control(&stage, "PATCH", "/_sim/providers/okta/users/alice",
			  "{\"password\":\"new\"}") < 300);
	CU_ASSERT(control(&stage, "PATCH", "/_sim/providers/keycloak/tenants/platform",
			  "{\"disabled\":true}") < 300);
	CU_ASSERT_EQUAL(post(&stage, dialect_of("keycloak")->token, "grant_type=password"),
			403);
	CU_ASSERT(control(&stage, "POST", "/_sim/reset", NULL) < 300);
	CU_ASSERT_EQUAL(post(&stage, dialect_of("keycloak")->token, "grant_type=password"),
			401);
	CU_ASSERT_EQUAL(post(&stage, "/realms/staging/protocol/openid-connect/token", "a=b"),
			404);
	CU_ASSERT_EQUAL(post(&stage, dialect_of("okta")->token,
			     "grant_type=password&client_id=%s&username=alice"
			     "&password=alice-pw&scope=openid",
			     dialect_of("okta")->client),
			200);
}

static void test_bad_files(void)
{
	static const char *const names[] = { "no-such", NULL };
	struct idp_options o = { .providers = names };
	struct err err = { 0 };

	CU_ASSERT_PTR_NULL(idp_start(&o, &err));
	CU_ASSERT(strstr(err.text, "no-such") != NULL);
	CU_ASSERT_EQUAL(err.kind, ERR_INPUT);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "groups overage", test_groups_overage },
		{ "the limit of groups", test_groups_limit },
		{ "a token for Graph", test_graph },
		{ "frames of Keycloak", test_frames },
		{ "pages of browsers", test_pages_of_browsers },
		{ "shared authorities", test_shared_authorities },
		{ "people at the edge", test_edge_people },
		{ "common", test_common },
		{ "adopt", test_adopt },
		{ "behind a proxy", test_proxy },
		{ "TLS", test_tls },
		{ "reset", test_reset },
		{ "bad files", test_bad_files },
		CU_TEST_INFO_NULL,
	};

	return stage_run(&stage, "surface", tests);
}
