/* SPDX-License-Identifier: Apache-2.0 */
/* Origins of their own: what is served where, and what issuers and tokens then say. */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static struct stage s;

#define AZURE "11111111-2222-3333-4444-555555555555"
#define AZURE_DISCOVERY "/" AZURE "/v2.0/.well-known/openid-configuration"
#define OKTA_DISCOVERY "/oauth2/default/.well-known/openid-configuration"
#define KEYCLOAK_DISCOVERY "/realms/platform/.well-known/openid-configuration"

/* One request with a Host of one's own; NULL: that of the URL. */
static int ask(const char *origin, const char *path, const char *form, const char *host)
{
	static const char *const typed[] = { "Content-Type: application/x-www-form-urlencoded",
					     NULL };
	struct err err = { 0 };
	struct wire_to to = { .ca_file = idp_ca_file(s.idp) };

	if (host) {
		to.host = "127.0.0.1";
		to.port = (int)strtol(strrchr(origin, ':') + 1, NULL, 10);
		origin = arena_printf(s.arena, "http://%s", host);
	}
	wire_answer_done(&s.answer);
	s.answer = (struct wire_answer) { 0 };
	json_decref(s.json);
	s.json = NULL;
	CU_ASSERT(wire_request(form ? "POST" : "GET",
			       arena_printf(s.arena, "%s%s", origin, path), form ? typed : NULL,
			       form, form ? strlen(form) : 0, &to, &s.answer, &err));
	s.json = json_loads(s.answer.body ? s.answer.body : "", 0, NULL);
	return s.answer.status;
}

static const char *own(const char *name)
{
	AUTO(json_t) json_t *all = idp_origins(s.idp);

	return arena_str(s.arena, conf_str(all, name, ""));
}

/* A device login from `origin`, as MSAL does it: everything below /TENANT/. */
static void sign_in(const char *origin)
{
	const struct dialect *d = dialect_of("azure");
	const char *form = arena_printf(s.arena,
					"grant_type=password&client_id=%s&username=alice"
					"&password=alice-pw&scope=%s",
					d->client, coded(&s, d->scope));

	CU_ASSERT_EQUAL(ask(origin, d->token, form, NULL), 200);
	AUTO(json_t) json_t *claims = claims_of(&s, member(&s, "access_token"));
	CU_ASSERT_STRING_EQUAL(conf_str(claims, "iss", ""),
			       arena_printf(s.arena, "%s/" AZURE "/v2.0", origin));
}

static void a_provider_has_an_origin_of_its_own(void)
{
	const char *azure = own("azure");

	CU_ASSERT(!strncmp(azure, "https://127.0.0.1:", 18));
	CU_ASSERT_EQUAL(ask(azure, AZURE_DISCOVERY, NULL, NULL), 200);
	CU_ASSERT_STRING_EQUAL(member(&s, "issuer"),
			       arena_printf(s.arena, "%s/" AZURE "/v2.0", azure));
	CU_ASSERT(!strncmp(member(&s, "token_endpoint"), azure, strlen(azure)));
	CU_ASSERT_STRING_EQUAL(idp_issuer(s.idp, "azure"),
			       arena_printf(s.arena, "%s/" AZURE "/v2.0", azure));
	sign_in(azure);
	CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/mint", "{\"provider\": \"azure\"}"), 200);
	CU_ASSERT(!strncmp(conf_str(s.json, "claims.iss", ""), azure, strlen(azure)));
}

/* It is nowhere else, and nothing else is there. */
static void an_origin_is_one_providers_alone(void)
{
	const char *common = idp_origin(s.idp), *azure = own("azure");

	CU_ASSERT_EQUAL(ask(common, AZURE_DISCOVERY, NULL, NULL), 404);
	CU_ASSERT_EQUAL(ask(azure, OKTA_DISCOVERY, NULL, NULL), 404);
	CU_ASSERT_EQUAL(ask(azure, KEYCLOAK_DISCOVERY, NULL, NULL), 404);
	CU_ASSERT_EQUAL(ask(common, KEYCLOAK_DISCOVERY, NULL, NULL), 200);
	CU_ASSERT(!strncmp(member(&s, "issuer"), common, strlen(common)));
}

static void a_tenant_has_an_origin_of_its_own(void)
{
	const char *staging = own("keycloak/staging"), *common = idp_origin(s.idp);
	static const char path[] = "/realms/staging/.well-known/openid-configuration";

	CU_ASSERT_EQUAL(ask(staging, path, NULL, NULL), 200);
	CU_ASSERT_STRING_EQUAL(member(&s, "issuer"),
			       arena_printf(s.arena, "%s/realms/staging", staging));
	CU_ASSERT_EQUAL(ask(staging, KEYCLOAK_DISCOVERY, NULL, NULL), 404);
	CU_ASSERT_EQUAL(ask(common, path, NULL, NULL), 404);
	CU_ASSERT_EQUAL(control(&s, "GET", "/_sim/health", NULL), 200);
	CU_ASSERT_STRING_EQUAL(
		conf_str(json_object_get(s.json, "origins"), "keycloak/staging", ""), staging);
}

/* One port, told apart by Host: a request that names it sees nothing else. */
static void a_public_url_is_a_virtual_host(void)
{
	const char *common = idp_origin(s.idp);

	CU_ASSERT_EQUAL(ask(common, OKTA_DISCOVERY, NULL, "acme.okta.test"), 200);
	CU_ASSERT_STRING_EQUAL(member(&s, "issuer"), "https://acme.okta.test/oauth2/default");
	CU_ASSERT_STRING_EQUAL(member(&s, "token_endpoint"),
			       "https://acme.okta.test/oauth2/default/v1/token");
	CU_ASSERT_EQUAL(ask(common, KEYCLOAK_DISCOVERY, NULL, "ACME.okta.test"), 404);
	/* A proxy may put its own name there. */
	CU_ASSERT_EQUAL(ask(common, OKTA_DISCOVERY, NULL, "upstream:8080"), 200);
	CU_ASSERT_STRING_EQUAL(member(&s, "issuer"), "https://acme.okta.test/oauth2/default");
	CU_ASSERT_STRING_EQUAL(idp_issuer(s.idp, "okta"),
			       "https://acme.okta.test/oauth2/default");
}

static void mistakes_are_named(void)
{
	static const struct {
		const char *listen, *public_url, *want;
	} rows[] = {
		{ "azur=:0", NULL, "provider 'azur' is not served" },
		{ "azure/nope=:0", NULL, "azure has no tenant 'nope'" },
		{ "azure=here", NULL, "'here' is no place to listen at" },
		{ "azure=ftp://127.0.0.1:0", NULL, "neither http:// nor https://" },
		{ "azure", NULL, "write PROVIDER=" },
		{ NULL, "azure=https://x.test/path", "ends with its host" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *const listens[] = { rows[i].listen, NULL };
		const char *const publics[] = { rows[i].public_url, NULL };
		struct err err = { 0 };
		struct idp *idp = idp_start(&(struct idp_options) { .listens = listens,
								    .public_urls = publics,
								    .control_port = -1 },
					    &err);
		CU_ASSERT_PTR_NULL(idp);
		CU_ASSERT_EQUAL(err.kind, ERR_INPUT);
		if (!strstr(err.text, rows[i].want))
			printf("\n    %s: %s", rows[i].want, err.text);
		CU_ASSERT(strstr(err.text, rows[i].want) != NULL);
		idp_stop(idp);
	}
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "a provider has an origin of its own", a_provider_has_an_origin_of_its_own },
		{ "an origin is one provider's alone", an_origin_is_one_providers_alone },
		{ "a tenant has an origin of its own", a_tenant_has_an_origin_of_its_own },
		{ "a public URL is a virtual host", a_public_url_is_a_virtual_host },
		{ "mistakes are named", mistakes_are_named },
		CU_TEST_INFO_NULL,
	};
	static const char *const listens[] = { "azure=https://127.0.0.1:0", NULL };
	static const char *const publics[] = { "okta=https://acme.okta.test/", NULL };

	if (argc < 2)
		return 2;
	stage_open(&s, &(struct idp_options) { .seed = 1,
					       .threads = 1,
					       .config = argv[1],
					       .listens = listens,
					       .public_urls = publics });
	return stage_run(&s, "origins of their own", tests);
}
