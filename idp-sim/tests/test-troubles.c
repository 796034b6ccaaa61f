/* SPDX-License-Identifier: Apache-2.0 */
/* Troubles hit whom they name and as often as they say; the journal keeps no secret. */
#include "idp-sim/base/rng.h"
#include "idp-sim/base/wire.h"
#include "idp-sim/journal.h"
#include "idp-sim/redact.h"
#include "idp-sim/trouble.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <pthread.h>
#include <string.h>

static const char answer[] = "{\"access_token\":\"eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl\","
			     "\"scope\" : \"a\",\"refresh_token\":\"opaque-one\"}";

struct site {
	struct web *web;
	struct journal *journal;
	struct troubles *troubles;
	struct facts facts;
	int acted;
};

static void handle(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	struct site *s = ctx;

	if (!trouble_gate(s->troubles, &s->facts, rq, rp)) {
		s->acted++;
		web_set(rq, rp, "Cache-Control", "no-store");
		web_text(rq, rp, 200, "application/json", answer, sizeof(answer) - 1);
		trouble_wire(s->troubles, &s->facts, rq, rp);
	}
	journal_add(s->journal, &s->facts, rq, rp, 5);
}

static void open_site(struct site *s)
{
	struct err err = { 0 };

	*s = (struct site) {
		.journal = journal_new(&(struct journal_options) { .limit = 4 }),
		.troubles = troubles_new(),
		.facts = { .provider = "okta", .endpoint = "token", .client_id = "cli" }
	};
	s->web = web_start(&(struct web_options) { .threads = 1, .handle = handle, .ctx = s },
			   &err);
	CU_ASSERT_PTR_NOT_NULL(s->web);
}

static void close_site(struct site *s)
{
	web_stop(s->web);
	journal_free(s->journal);
	troubles_free(s->troubles);
}

static void post(struct site *s, const char *body, struct wire_answer *ret)
{
	static const char *const headers[] = {
		"Content-Type: application/x-www-form-urlencoded",
		"Authorization: Basic Y2xpOnMzY3JldA==", "Cookie: sid=s3cret", NULL
	};
	struct err err = { 0 };
	AUTO_BUF url = { 0 };

	buf_printf(&url, "%s/token?client_secret=s3cret&x=1", web_origin(s->web));
	if (!wire_request("POST", url.p, headers, body, strlen(body), NULL, ret, &err))
		printf("%s\n", err.text);
}

static int arm(struct troubles *t, const char *json)
{
	AUTO(json_t) json_t *spec = json_loads(json, 0, NULL);
	struct err err = { 0 };
	int id = 0;

	return troubles_arm(t, spec, &id, &err) ? id : 0;
}

static bool take(struct troubles *t, enum trouble_kind kind, struct facts f)
{
	struct trouble got;

	return trouble_take(t, kind, &f, NULL, NULL, &got);
}

static void troubles_hit_whom_they_name(void)
{
	struct troubles *t = troubles_new();

	CU_ASSERT_EQUAL(arm(t, "{\"what\":\"iss\",\"client_id\":\"cli\",\"user\":\"bob\"}"), 1);
	CU_ASSERT(!take(t, TROUBLE_TOKEN, (struct facts) { .client_id = "cli" }));
	CU_ASSERT(
		!take(t, TROUBLE_TOKEN, (struct facts) { .client_id = "web", .user = "bob" }));
	CU_ASSERT(!take(t, TROUBLE_WIRE, (struct facts) { .client_id = "cli", .user = "bob" }));
	CU_ASSERT(take(t, TROUBLE_TOKEN, (struct facts) { .client_id = "cli", .user = "bob" }));
	CU_ASSERT(take(t, TROUBLE_TOKEN, (struct facts) { .client_id = "cli", .user = "bob" }));
	CU_ASSERT(troubles_clear(t, 1));
	CU_ASSERT(!troubles_clear(t, 1));
	CU_ASSERT(
		!take(t, TROUBLE_TOKEN, (struct facts) { .client_id = "cli", .user = "bob" }));
	troubles_free(t);
}

static void troubles_are_counted(void)
{
	struct troubles *t = troubles_new();
	struct facts none = { 0 };

	CU_ASSERT(arm(t, "{\"what\":\"reset\",\"next\":2}"));
	CU_ASSERT(take(t, TROUBLE_WIRE, none));
	AUTO(json_t) json_t *list = troubles_list(t);
	CU_ASSERT_EQUAL(conf_int(json_array_get(list, 0), "next", 0), 1);
	CU_ASSERT_STRING_EQUAL(conf_str(json_array_get(list, 0), "kind", ""), "wire");
	CU_ASSERT(take(t, TROUBLE_WIRE, none));
	CU_ASSERT(!take(t, TROUBLE_WIRE, none));
	troubles_free(t);
}

static void nonsense_is_not_armed(void)
{
	static const char *const bad[] = { "[]",
					   "{}",
					   "{\"what\":1}",
					   "{\"what\":\"delay\",\"number\":\"x\"}",
					   "{\"what\":\"delay\",\"next\":0}",
					   "{\"kind\":\"wire\",\"what\":\"iss\"}",
					   "{\"kind\":\"weather\",\"what\":\"rain\"}",
					   "{\"what\":\"iss\",\"sope\":\"x\"}" };
	struct troubles *t = troubles_new();

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CU_ASSERT(!arm(t, bad[i]));
	troubles_free(t);
}

/* What a client sees of each wire trouble. */
static void wire_troubles_reach_the_client(void)
{
	static const struct {
		const char *trouble;
		int status;
		const char *header, *value;
		bool truncated, acted;
	} rows[] = {
		{ "{\"what\":\"429\",\"number\":7,\"next\":1}", 429, "Retry-After", "7", false,
		  false },
		{ "{\"what\":\"503\",\"next\":1}", 503, "Retry-After", NULL, false, false },
		{ "{\"what\":\"html\",\"next\":1}", 200, "Content-Type", "text/html", false,
		  true },
		{ "{\"what\":\"content-type\",\"next\":1}", 200, "Content-Type", "text/plain",
		  false, true },
		{ "{\"what\":\"truncate\",\"number\":9,\"next\":1}", 200, NULL, NULL, true,
		  true },
		{ "{\"what\":\"reset\",\"next\":1}", 0, NULL, NULL, false, true },
		{ "{\"what\":\"bad-json\",\"next\":1}", 200, "Cache-Control", "no-store", false,
		  true },
		{ "{\"what\":\"delay\",\"number\":30,\"next\":1}", 200, "Cache-Control",
		  "no-store", false, true },
	};
	struct site s;

	open_site(&s);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ANSWER a = { 0 };
		AUTO_ANSWER after = { 0 };
		s.acted = 0;
		CU_ASSERT(arm(s.troubles, rows[i].trouble));
		post(&s, "x=1", &a);
		CU_ASSERT_EQUAL(a.status, rows[i].status);
		CU_ASSERT_EQUAL(a.truncated, rows[i].truncated);
		CU_ASSERT_EQUAL(s.acted, rows[i].acted ? 1 : 0);
		const char *value = rows[i].header ? wire_header(&a, rows[i].header) : NULL;
		CU_ASSERT(!rows[i].value ? !value : value && !strcmp(value, rows[i].value));
		AUTO(json_t) json_t *parsed = a.body ? json_loads(a.body, 0, NULL) : NULL;
		CU_ASSERT_EQUAL(parsed != NULL, strstr(rows[i].trouble, "delay") ||
							strstr(rows[i].trouble, "type"));
		post(&s, "x=1", &after);
		CU_ASSERT_EQUAL(after.status, 200);
	}
	close_site(&s);
}

static void the_journal_keeps_no_secret(void)
{
	static const char *const secrets[] = { "s3cret", "c2lnbmF0dXJl", "opaque-one",
					       "hunter2" };
	static const char *const kept[] = { "alice", "cli:(removed)", "e30.(removed)",
					    "\"x\":\"1\"", "\"p\":[\"1\",\"2\"]" };
	struct site s;
	AUTO_ANSWER a = { 0 };

	open_site(&s);
	post(&s, "username=alice&password=hunter2&client_secret=s3cret&p=1&p=2", &a);
	AUTO(json_t) json_t *read = journal_read(s.journal, 0, NULL);
	AUTO(char) char *text = json_dumps(read, JSON_COMPACT);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(read, "entries")), 1);
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		CU_ASSERT_PTR_NULL(strstr(text, secrets[i]));
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(text, kept[i]));
	close_site(&s);
}

/* Anything can stand in a request: what is made of it is text, and JSON where it says so. */
static void garbage_is_survived(void)
{
	static const char bits[] = "\"\"\"::{},.\\\\&&==%%2aeyJ.code token\x80\xff\n";
	struct rng rng = { .seed = 11 };

	for (int i = 0; i < 20000; i++) {
		char text[64];
		AUTO_BUF json = { 0 };
		AUTO_BUF form = { 0 };
		AUTO_BUF header = { 0 };
		size_t n = rng_below(&rng, sizeof(text) - 1);
		for (size_t k = 0; k < n; k++)
			text[k] = bits[rng_below(&rng, sizeof(bits) - 1)];
		text[n] = 0;
		redact_json(text, n, &json);
		redact_header("Authorization", text, &header);
		redact_form(text, n, &form);
		AUTO(json_t) json_t *parsed = json_loadb(form.p, form.n, JSON_ALLOW_NUL, NULL);
		CU_ASSERT(json_is_object(parsed));
		CU_ASSERT(strstr(text, "oken") || strstr(text, "code") ||
			  (json.n == n && !memcmp(json.p ? json.p : "", text, n)));
	}
}

static void the_ring_drops_the_oldest(void)
{
	struct site s;

	open_site(&s);
	for (int i = 0; i < 6; i++) {
		AUTO_ANSWER a = { 0 };
		post(&s, "x=1", &a);
	}
	AUTO(json_t) json_t *all = journal_read(s.journal, 0, NULL);
	const json_t *entries = json_object_get(all, "entries");
	CU_ASSERT_EQUAL(json_array_size(entries), 4);
	CU_ASSERT_EQUAL(conf_int(json_array_get(entries, 0), "seq", 0), 3);
	CU_ASSERT_EQUAL(conf_int(all, "next", 0), 6);
	AUTO(json_t)
	json_t *other = journal_read(s.journal, 0, &(struct facts) { .provider = "azure" });
	CU_ASSERT_EQUAL(json_array_size(json_object_get(other, "entries")), 0);
	close_site(&s);
}

static void *wait_for_one(void *ctx)
{
	struct site *s = ctx;

	return journal_wait(s->journal, 0, &(struct facts) { .endpoint = "token" }, 1, 60000);
}

static void a_wait_ends_with_the_entry_or_the_journal(void)
{
	struct site s;
	pthread_t thread;
	void *got = NULL;
	AUTO_ANSWER a = { 0 };

	open_site(&s);
	pthread_create(&thread, NULL, wait_for_one, &s);
	post(&s, "x=1", &a);
	pthread_join(thread, &got);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(got, "entries")), 1);
	json_decref(got);
	journal_reset(s.journal);
	pthread_create(&thread, NULL, wait_for_one, &s);
	journal_close(s.journal);
	pthread_join(thread, &got);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(got, "entries")), 0);
	json_decref(got);
	close_site(&s);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*play)(void);
	} tests[] = {
		{ "troubles hit whom they name", troubles_hit_whom_they_name },
		{ "troubles are counted", troubles_are_counted },
		{ "nonsense is not armed", nonsense_is_not_armed },
		{ "wire troubles reach the client", wire_troubles_reach_the_client },
		{ "the journal keeps no secret", the_journal_keeps_no_secret },
		{ "garbage is survived", garbage_is_survived },
		{ "the ring drops the oldest", the_ring_drops_the_oldest },
		{ "a wait ends with the entry or the journal",
		  a_wait_ends_with_the_entry_or_the_journal },
	};

	CU_initialize_registry();
	CU_pSuite suite = CU_add_suite("troubles", NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		CU_add_test(suite, tests[i].name, tests[i].play);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
