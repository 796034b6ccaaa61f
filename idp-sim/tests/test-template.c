/* SPDX-License-Identifier: Apache-2.0 */
/* Texts with placeholders; state that expires; provider files that are wrong. */
#include "idp-sim/serve.h"
#include "idp-sim/store.h"
#include "idp-sim/template.h"

#include "idp-sim/base/file.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

/* ---- templates ---- */

static const struct {
	enum text_kind kind;
	const char *text, *want;
} rows[] = {
	{ TEXT_JSON, "{\n\"a\":\"${word}\",\n\"b\":${word}\n}\n",
	  "{\"a\":\"x\\\"y<\",\"b\":\"x\\\"y<\"}" },
	{ TEXT_JSON, "{\"n\":${error_or_zero},\"s\":\"${error_or_zero}\"}",
	  "{\"n\":0,\"s\":\"0\"}" },
	{ TEXT_JSON, "{\n  \"a\":1,\n  \"b\":\"${state?}\"\n}", "{\"a\":1}" },
	{ TEXT_JSON, "{\n\"a\":\"${state?}\",\n\"b\":2\n}", "{\"b\":2}" },
	{ TEXT_JSON, "{\n${if person}\"a\":1,\n${unless person}\"a\":2\n}", "{\"a\":2}" },
	{ TEXT_JSON,
	  "{\n${if person}\"a\":1,\n${unless person}\"b\":2,\n${unless person}\"c\":3\n}",
	  "{\"b\":2,\"c\":3}" },
	{ TEXT_JSON,
	  "{\n${unless person}\"a\":1,\n${if person}\"b\":2,\n${if person}\"c\":3,\n"
	  "\"d\":4,\n\"e\":[\n5\n]\n}",
	  "{\"a\":1,\"d\":4,\"e\":[5]}" },
	{ TEXT_JSON,
	  "{\n${unless person}\"a\":1,\n${unless person}\"b\":\"${state?}\",\n"
	  "${unless person}\"c\":3\n}",
	  "{\"a\":1,\"c\":3}" },
	{ TEXT_JSON, "{\"typ\" : \"JWT\"}", "{\"typ\" : \"JWT\"}" },
	{ TEXT_JSON, "{\"a\":${state}}", "{\"a\":null}" },
	{ TEXT_QUERY, "error=${word}\n&state=${state?}\n&x=1", "error=x%22y%3C&x=1" },
	{ TEXT_HTML, "<p>${word}</p>\n<i>${state?}</i>\n<b>", "<p>x&#34;y&#60;</p>\n<b>" },
	{ TEXT_PLAIN, "Bearer error=\"${word}\"", "Bearer error=\"x\"y<\"" },
	{ TEXT_PLAIN, "$ {word} $${", NULL },
	{ TEXT_JSON, "${no_such_word}", NULL },
};

static struct exchange exchange_of(struct idp *s, struct provider *p, struct arena *a)
{
	struct exchange x;

	s->origin = (char *)(uintptr_t) "http://127.0.0.1:1";
	p->name = "test";
	exchange_init(&x, s, p, NULL, a);
	x.word = "x\"y<";
	return x;
}

static void test_rows(void)
{
	struct arena *a = arena_new();
	struct idp s = { 0 };
	struct provider p = { 0 };
	struct exchange x = exchange_of(&s, &p, a);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		const struct template *t = template_new(a, rows[i].text, rows[i].kind, &err);

		if (!rows[i].want) {
			CU_ASSERT_PTR_NULL(t);
			CU_ASSERT_EQUAL(err.kind, ERR_INPUT);
			continue;
		}
		CU_ASSERT_PTR_NOT_NULL(t);
		CU_ASSERT_STRING_EQUAL(template_text(t, &x, a), rows[i].want);
	}
	arena_free(a);
}

/* ---- the store ---- */

static void put(struct store *s, const char *key, int64_t expires_ms)
{
	struct record *r = calloc(1, sizeof(*r));

	record_init(r, key, expires_ms);
	CU_ASSERT(store_add(s, r));
	record_unref(r);
}

static bool has(struct store *s, const char *key)
{
	struct record *r = store_get(s, key);

	record_unref(r);
	return r != NULL;
}

static bool count(void *ctx, struct record *r)
{
	++*(int *)ctx;
	return true;
}

static void outlive(void *ctx, struct record *r)
{
	r->expires_ms += 2000;
}

static void test_store(void)
{
	struct clk clk = { 0 };
	struct store *s = store_new(&clk, 1000);
	struct record *twice = calloc(1, sizeof(*twice)), *b;
	int n = 0;

	clk_set_ms(&clk, 1000000);
	clk_freeze(&clk, true);
	put(s, "a", 1001000);
	put(s, "b", 1002000);
	record_init(twice, "a", 2000000);
	CU_ASSERT(!store_add(s, twice));
	record_unref(twice);
	CU_ASSERT(has(s, "a") && has(s, "b") && !has(s, "c"));
	clk_advance_ms(&clk, 1000);
	CU_ASSERT(!has(s, "a") && has(s, "b"));
	b = store_get(s, "b");
	CU_ASSERT(store_change(s, b, outlive, NULL));
	record_unref(b);
	clk_advance_ms(&clk, 2000);
	CU_ASSERT(has(s, "b"));
	for (int i = 0; i < 20000; i++) {
		char key[32];

		snprintf(key, sizeof(key), "key-%d", i);
		put(s, key, 5000000 + i);
	}
	store_each(s, count, &n);
	CU_ASSERT(n <= 1100);
	CU_ASSERT(has(s, "key-19999"));
	store_free(s);
}

/* ---- provider files ---- */

static void test_wrong_files(void)
{
	static const struct {
		const char *text, *complaint;
	} files[] = {
		{ "name: x\ntexts: {issuer: '${nope}'}\ntenants: [{id: a}]\nendpoints: []\n",
		  "unknown placeholder '${nope}'" },
		{ "name: x\ntexts: {issuer: i}\ntenants: [{id: a}]\nerrors: {no_such: {}}\n"
		  "endpoints: []\n",
		  "no such situation: 'no_such'" },
		{ "name: x\ntexts: {issuer: i}\ntenants: [{id: a}]\n"
		  "endpoints: [{name: token, path: /t, headers: none}]\n"
		  "envelopes: {oauth: ''}\n",
		  "no such header set: 'none'" },
		{ "name: x\ntexts: {issuer: i}\ntenants: [{id: a}]\nendpoints: []\n"
		  "clients: [{id: c, grants: [guess]}]\n",
		  "guess" },
		{ "name: x\ntexts: {issuer: i}\ntenants: []\nendpoints: []\n",
		  "needs one tenant" },
	};
	char path[] = "/tmp/test-template-XXXXXX.yaml";
	int fd = mkstemps(path, 5);

	close(fd);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct err err = { 0 };

		CU_ASSERT(file_write(path, files[i].text, strlen(files[i].text), 0600, &err));
		CU_ASSERT_PTR_NULL(provider_load(path, &err));
		CU_ASSERT_EQUAL(err.kind, ERR_INPUT);
		CU_ASSERT(strstr(err.text, files[i].complaint) != NULL);
		CU_ASSERT(strstr(err.text, strrchr(path, '/') + 1) != NULL);
		if (!strstr(err.text, files[i].complaint))
			printf("\n%s\n", err.text);
	}
	unlink(path);
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "typed by place, left out, escaped", test_rows },
		{ "the store", test_store },
		{ "wrong provider files", test_wrong_files },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = { { "texts", NULL, NULL, NULL, NULL, tests },
				  CU_SUITE_INFO_NULL };
	unsigned failed;

	CU_initialize_registry();
	CU_register_suites(suites);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed > 0;
}
