/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-edges INIT_YAML: identities at the edge, as the commented configuration of `idp-sim init`
 * has them, over the wire: what a token and userinfo of each say.
 */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static struct stage s;

/* login NULL: as the person is called. A want of NULL: there is no such claim. */
struct row {
	const char *provider, *user, *login, *claim, *want;
};

static const struct row rows[] = {
	/* No upn and no email: what is left is the object id. */
	{ "azure", "nameless", NULL, "upn", NULL },
	{ "azure", "nameless", NULL, "email", NULL },
	{ "azure", "nameless", NULL, "preferred_username", NULL },
	{ "azure", "nameless", NULL, "oid", "33333333-0000-4000-8000-000000000001" },
	{ "keycloak", "no-mail", NULL, "email", NULL },
	{ "keycloak", "no-mail", NULL, "preferred_username", "no-mail" },
	{ "okta", "no-email", NULL, "email", NULL },
	{ "okta", "no-email", NULL, "sub", "no-email" },
	/* A guest, by either name. */
	{ "azure", "guest", NULL, "upn", "ann_partner.test#EXT#@contoso.test" },
	{ "azure", "guest", "ann_partner.test#EXT#@contoso.test", "email", "ann@partner.test" },
	{ "azure", "guest", "ann@partner.test", "upn", "ann_partner.test#EXT#@contoso.test" },
	/* The upn is not the e-mail: the built-in alice. */
	{ "azure", "alice", NULL, "upn", "alice@contoso.test" },
	{ "azure", "alice", NULL, "email", "alice@example.test" },
	/* Other letter case is kept in the token and does not matter at the sign-in. */
	{ "azure", "letters", "letter.case@contoso.test", "upn", "Letter.Case@Contoso.TEST" },
	{ "azure", "letters", "LETTER.CASE@EXAMPLE.TEST", "email", "Letter.Case@Example.TEST" },
	{ "okta", "yuki", "yuki@example.test", "email", "Yuki@Example.TEST" },
	{ "keycloak", "žofie", "zofie.zimni@example.test", "email",
	  "Zofie.ZIMNI@Example.TEST" },
	/* Names beyond ASCII, with quotes. */
	{ "azure", "letters", NULL, "name", "Zoë Žižek 张伟 \"ZZ\"" },
	{ "okta", "yuki", NULL, "uid", "00uYuki0000000000001" },
	{ "keycloak", "žofie", NULL, "preferred_username", "žofie" },
	{ "keycloak", "žofie", NULL, "name", "Žofie Žižková 张伟" },
	/* Over 200 groups: a link in place of them. */
	{ "azure", "many", NULL, "_claim_names.groups", "src1" },
};

static int sign_in_at(const char *path, const struct dialect *d, const char *user,
		      const char *login)
{
	return post(&s, path,
		    "grant_type=password&client_id=%s&scope=%s&username=%s&password=%s-pw",
		    d->client,
		    coded(&s, !strcmp(d->name, "azure") ? "openid email profile "
							  "api://platform/platform.read"
							: "openid email profile"),
		    coded(&s, login ? login : user), coded(&s, user));
}

/* The claims of the access token; new reference. */
static json_t *claims_at(const char *provider, const char *user, const char *login)
{
	const struct dialect *d = dialect_of(provider);

	CU_ASSERT_EQUAL(sign_in_at(d->token, d, user, login), 200);
	return claims_of(&s, member(&s, "access_token"));
}

static void tokens_say_who_it_is(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		AUTO(json_t) json_t *claims = claims_at(r->provider, r->user, r->login);
		const char *got = conf_str(claims, r->claim, NULL);
		bool good =
			r->want ? got && !strcmp(got, r->want) : !conf_get(claims, r->claim);

		CU_ASSERT(good);
		if (!good)
			printf("\n    %s %s: %s is %s", r->provider, r->user, r->claim,
			       got ? got : "absent");
	}
}

static void has_groups(const char *provider, const char *user, size_t n, const char *one)
{
	AUTO(json_t) json_t *claims = claims_at(provider, user, NULL);
	const json_t *groups = json_object_get(claims, "groups");
	bool found = false;
	json_t *g;
	size_t i;

	CU_ASSERT_EQUAL(json_array_size(groups), n);
	json_array_foreach((json_t *)(uintptr_t)groups, i, g)
		found |= !one || !strcmp(json_string_value(g), one);
	CU_ASSERT(found || !n);
}

static void groups_are_whole(void)
{
	has_groups("azure", "letters", 2, "Sales, EMEA");
	has_groups("keycloak", "zoe", 2, "/Sales, EMEA");
	has_groups("okta", "yuki", 2, "Sales, EMEA");
	/* 200 still fit, and where there is no overage any number does. */
	has_groups("keycloak", "no-mail", 200, "00000000-0000-4000-8000-000000000200");
	has_groups("okta", "no-email", 200, NULL);
	has_groups("azure", "many", 0, NULL);
	CU_ASSERT(control(&s, "PATCH", "/_sim/providers/azure/users/many",
			  "{\"groups\": [], \"group_count\": 200}") < 300);
	has_groups("azure", "many", 200, NULL);
}

/* common leads home, and the token says so: iss and tid are not those of the first tenant. */
static void common_leads_to_another_tenant(void)
{
	static const char fabrikam[] = "22222222-3333-4444-5555-666666666666";
	const struct dialect *d = dialect_of("azure");

	CU_ASSERT_EQUAL(sign_in_at("/common/oauth2/v2.0/token", d, "fay", "fay@fabrikam.test"),
			200);
	AUTO(json_t) json_t *claims = claims_of(&s, member(&s, "access_token"));
	CU_ASSERT_STRING_EQUAL(conf_str(claims, "tid", ""), fabrikam);
	CU_ASSERT_STRING_EQUAL(
		conf_str(claims, "iss", ""),
		arena_printf(s.arena, "%s/%s/v2.0", idp_origin(s.idp), fabrikam));
	/* In the first tenant nobody knows her. */
	CU_ASSERT_EQUAL(sign_in_at(d->token, d, "fay", "fay@fabrikam.test"), 400);
	CU_ASSERT(says(&s, "AADSTS50020"));
}

/* The pages and userinfo know them too. */
static void userinfo_says_the_same(void)
{
	AUTO(json_t) json_t *claims = claims_at("keycloak", "žofie", NULL);
	const char *token = member(&s, "access_token");

	CU_ASSERT_EQUAL(get(&s, dialect_of("keycloak")->userinfo, token), 200);
	CU_ASSERT_STRING_EQUAL(member(&s, "preferred_username"), "žofie");
	CU_ASSERT_STRING_EQUAL(member(&s, "email"), "Zofie.ZIMNI@Example.TEST");
	CU_ASSERT_STRING_EQUAL(member(&s, "name"), conf_str(claims, "name", "-"));
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "tokens say who it is", tokens_say_who_it_is },
		{ "groups are whole", groups_are_whole },
		{ "common leads to another tenant", common_leads_to_another_tenant },
		{ "userinfo says the same", userinfo_says_the_same },
		CU_TEST_INFO_NULL,
	};

	if (argc != 2)
		return 2;
	stage_open(&s, &(struct idp_options) { .config = argv[1], .seed = 1, .threads = 1 });
	return stage_run(&s, "identities at the edge", tests);
}
