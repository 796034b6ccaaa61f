/* SPDX-License-Identifier: Apache-2.0 */
/* A document that is kept ready is never older than what it is made of. */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"

#include <CUnit/CUnit.h>
#include <string.h>

static struct stage s;

static const char discovery[] = "/realms/platform/.well-known/openid-configuration";
static const char certs[] = "/realms/platform/protocol/openid-connect/certs";
static const char of_azure[] = "/common/v2.0/.well-known/openid-configuration";

/* Often enough for every thread to have made it. */
static void warm(const char *path)
{
	for (int i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(get(&s, path, NULL), 200);
}

static void a_kept_answer_is_the_made_one(void)
{
	get(&s, discovery, NULL);
	const char *body = arena_dup(s.arena, s.answer.body, s.answer.body_len);
	const char *type = arena_str(s.arena, header(&s, "Content-Type"));

	warm(discovery);
	CU_ASSERT_STRING_EQUAL(s.answer.body, body);
	CU_ASSERT_STRING_EQUAL(header(&s, "Content-Type"), type);
	CU_ASSERT_STRING_EQUAL(header(&s, "X-Frame-Options"), "SAMEORIGIN");
	CU_ASSERT_EQUAL(get(&s, arena_printf(s.arena, "%s?a=b", discovery), NULL), 200);
	CU_ASSERT_STRING_EQUAL(s.answer.body, body);
}

static void troubles_strike_what_is_kept(void)
{
	warm(discovery);
	control(&s, "POST", "/_sim/troubles",
		"{\"what\": \"issuer\", \"value\": \"https://other.test\", \"next\": 1}");
	get(&s, discovery, NULL);
	CU_ASSERT_STRING_EQUAL(member(&s, "issuer"), "https://other.test");
	get(&s, discovery, NULL);
	CU_ASSERT(says(&s, "/realms/platform\""));
	control(&s, "POST", "/_sim/troubles", "{\"what\": \"503\", \"next\": 1}");
	CU_ASSERT_EQUAL(get(&s, discovery, NULL), 503);
	CU_ASSERT_EQUAL(get(&s, discovery, NULL), 200);
}

static void keys_and_tenants_are_followed(void)
{
	warm(certs);
	warm(discovery);
	control(&s, "POST", "/_sim/keys/rotate", "{\"provider\": \"keycloak\"}");
	const json_t *rotated = json_array_get(json_object_get(s.json, "keys"), 0);
	const char *kid = arena_str(s.arena, conf_str(rotated, "kid", ""));

	for (int i = 0; i < 20; i++) {
		get(&s, certs, NULL);
		CU_ASSERT(*kid && says(&s, kid));
	}
	control(&s, "POST", "/_sim/tenants", "{\"provider\": \"keycloak\", \"id\": \"mine\"}");
	CU_ASSERT_EQUAL(get(&s, "/realms/mine/.well-known/openid-configuration", NULL), 200);
	control(&s, "POST", "/_sim/reset", NULL);
	CU_ASSERT_EQUAL(get(&s, "/realms/mine/.well-known/openid-configuration", NULL), 404);
	CU_ASSERT_EQUAL(get(&s, discovery, NULL), 200);
}

static void request_ids_still_differ(void)
{
	warm(of_azure);
	const char *first = arena_str(s.arena, header(&s, "x-ms-request-id"));

	get(&s, of_azure, NULL);
	CU_ASSERT_EQUAL(strlen(first), 36);
	CU_ASSERT_EQUAL(strlen(header(&s, "x-ms-request-id")), 36);
	CU_ASSERT_STRING_NOT_EQUAL(header(&s, "x-ms-request-id"), first);
}

/* The journal has what was answered, also after it was replaced. */
static void the_journal_has_the_answers(void)
{
	control(&s, "POST", "/_sim/reset", NULL);
	warm(certs);
	control(&s, "POST", "/_sim/keys/rotate", "{\"provider\": \"keycloak\"}");
	warm(certs);
	control(&s, "GET", "/_sim/journal?provider=keycloak&endpoint=jwks", NULL);
	const json_t *entries = json_object_get(s.json, "entries");
	const json_t *e;
	size_t i, kept = 0;

	json_array_foreach(entries, i, e)
		kept += !strncmp(conf_str(e, "answer", ""), "{\"keys\":[", 9) &&
			!strcmp(conf_str(e, "tenant", ""), "platform") &&
			!strcmp(conf_str(e, "path", ""), certs);
	CU_ASSERT_EQUAL(json_array_size(entries), 40);
	CU_ASSERT_EQUAL(kept, 40);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "a kept answer is the made one", a_kept_answer_is_the_made_one },
		{ "troubles strike what is kept", troubles_strike_what_is_kept },
		{ "keys and tenants are followed", keys_and_tenants_are_followed },
		{ "request ids still differ", request_ids_still_differ },
		{ "the journal has the answers", the_journal_has_the_answers },
		CU_TEST_INFO_NULL,
	};

	return stage_run(&s, "ready", tests);
}
