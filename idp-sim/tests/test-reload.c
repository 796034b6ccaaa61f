/* SPDX-License-Identifier: Apache-2.0 */
/* test-reload PROVIDER_FILE: files are read again while sessions go on; a mistake changes nothing. */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/base/file.h"
#include "idp-sim/sim.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static struct stage s;
static char *original;
static char folder[] = "/tmp/test-reload-XXXXXX";
static const char *provider, *config; /* paths */

#define TOKEN "/zitadel/oauth/v2/token"
#define CLIENT "client_id=312345678901234567%%40platform"

static void write_text(const char *path, const char *text)
{
	struct err err = { 0 };

	CU_ASSERT(file_write(path, text, strlen(text), 0600, &err));
}

/* The provider file with one piece of it replaced. */
static void write_provider(const char *from, const char *to)
{
	const char *at = strstr(original, from);

	CU_ASSERT_PTR_NOT_NULL(at);
	if (at)
		write_text(provider, arena_printf(s.arena, "%.*s%s%s", (int)(at - original),
						  original, to, at + strlen(from)));
}

/* A device login; ret_user: the code for the page. Returns the device code. */
static const char *begin_login(const char **ret_user)
{
	CU_ASSERT_EQUAL(post(&s, "/zitadel/oauth/v2/device_authorization",
			     CLIENT "&scope=openid+offline_access"),
			200);
	*ret_user = member(&s, "user_code");
	return member(&s, "device_code");
}

static void end_login(const char *code, const char *user, const char *approval)
{
	CU_ASSERT_EQUAL(control(&s, "POST",
				arena_printf(s.arena, "/_sim/devices/%s/approve", user), "%s",
				approval),
			200);
	CU_ASSERT_EQUAL(post(&s, TOKEN,
			     "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3A"
			     "device_code&" CLIENT "&device_code=%s",
			     code),
			200);
}

static const char *refresh_token(void)
{
	const char *user, *code = begin_login(&user);

	end_login(code, user, "{\"user\":\"alice\"}");
	return member(&s, "refresh_token");
}

static const char *title(void)
{
	control(&s, "GET", "/_sim/providers/zitadel", NULL);
	return member(&s, "title");
}

static const char *keys(void)
{
	CU_ASSERT_EQUAL(get(&s, "/zitadel/oauth/v2/keys", NULL), 200);
	return arena_str(s.arena, s.answer.body);
}

static void a_provider_file_is_read_again(void)
{
	const char *token = refresh_token(), *before;

	control(&s, "POST", "/_sim/keys/rotate", "{}");
	before = keys();
	write_provider("title: ", "title: Another ");
	CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/reload", NULL), 200);
	CU_ASSERT(!strncmp(title(), "Another ", 8));
	/* Keys, tenants and sessions are those of before. */
	CU_ASSERT_STRING_EQUAL(keys(), before);
	CU_ASSERT_EQUAL(post(&s, TOKEN, "grant_type=refresh_token&" CLIENT "&refresh_token=%s",
			     coded(&s, token)),
			200);
	write_text(provider, original);
	CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/reload", NULL), 200);
	CU_ASSERT(strncmp(title(), "Another ", 8) != 0);
}

/* Documents that are kept ready to be sent are made anew. */
static void a_document_says_the_new_words(void)
{
	static const char path[] = "/zitadel/.well-known/openid-configuration";

	CU_ASSERT_EQUAL(get(&s, path, NULL), 200);
	CU_ASSERT_EQUAL(get(&s, path, NULL), 200);
	CU_ASSERT(!says(&s, "a-new-grant"));
	write_provider("\"grant_types_supported\":[",
		       "\"grant_types_supported\":[\"a-new-grant\",");
	CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/reload", NULL), 200);
	CU_ASSERT_EQUAL(get(&s, path, NULL), 200);
	CU_ASSERT(says(&s, "a-new-grant"));
	write_text(provider, original);
	CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/reload", NULL), 200);
	CU_ASSERT_EQUAL(get(&s, path, NULL), 200);
	CU_ASSERT(!says(&s, "a-new-grant"));
}

/* A device login that began before goes on after. */
static void a_sign_in_outlives_it(void)
{
	const char *user, *code = begin_login(&user);

	CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/reload", NULL), 200);
	end_login(code, user, "{}");
}

/* Each row breaks the provider file or the configuration; `want` is said with file and line. */
static void a_mistake_changes_nothing(void)
{
	static const struct {
		bool in_config;
		const char *from, *to, *want;
	} rows[] = {
		{ false, "behaviours:", "behaviors:", "did you mean 'behaviours'" },
		{ false, "${issuer}", "${isuer}", "isuer" },
		{ false, "name: zitadel", "name: other", "cannot become 'other'" },
		{ true, "", "providers:\n  zitadel:\n    usrs: []\n", "usrs" },
		{ true, "",
		  "providers:\n  zitadel:\n    clients:\n      - {id: x, grants: [y]}\n",
		  "unknown value 'y'" },
		{ true, "", "providers:\n  okta:\n    users: []\n", "'okta' is not served" },
	};
	static const char good[] = "providers:\n  zitadel:\n    users:\n"
				   "      - {name: zoe, password: zoe-pw, email: zoe@x.test}\n";

	write_text(provider, original);
	write_text(config, good);
	CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/reload", NULL), 200);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].in_config)
			write_text(config, rows[i].to);
		else
			write_provider(rows[i].from, rows[i].to);
		CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/reload", NULL), 400);
		const char *said = member(&s, "error");
		bool placed = strstr(said, ".yaml:") != NULL && strstr(said, rows[i].want);
		if (!placed)
			printf("\n    %s: %s", rows[i].want, said);
		CU_ASSERT(placed);
		CU_ASSERT_PTR_NOT_NULL(provider_user(idp_provider(s.idp, "zitadel"), "zoe"));
		write_text(provider, original);
		write_text(config, good);
	}
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "a provider file is read again", a_provider_file_is_read_again },
		{ "a document says the new words", a_document_says_the_new_words },
		{ "a sign-in outlives it", a_sign_in_outlives_it },
		{ "a mistake changes nothing", a_mistake_changes_nothing },
		CU_TEST_INFO_NULL,
	};
	struct err err = { 0 };
	char paths[2][64];
	size_t n;
	const char *names[] = { paths[0], NULL };

	if (argc != 2 || !mkdtemp(folder) || !file_read(argv[1], 1 << 20, &original, &n, &err))
		return 2;
	snprintf(paths[0], sizeof(paths[0]), "%s/zitadel.yaml", folder);
	snprintf(paths[1], sizeof(paths[1]), "%s/config.yaml", folder);
	provider = paths[0];
	config = paths[1];
	if (!file_write(provider, original, strlen(original), 0600, &err) ||
	    !file_write(config, "providers: {}\n", 14, 0600, &err))
		return 2;
	stage_open(&s, &(struct idp_options) {
			       .providers = names, .config = config, .seed = 1, .threads = 1 });
	int status = stage_run(&s, "reload", tests);
	file_remove_tree(folder);
	free(original);
	return status;
}
