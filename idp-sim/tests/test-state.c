/* SPDX-License-Identifier: Apache-2.0 */
/* Where shared state is said to be, and records as the text that other copies read. */
#include "idp-sim/base/clk.h"
#include "idp-sim/record.h"
#include "idp-sim/sim.h"
#include "idp-sim/state-url.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

static void test_good_urls(void)
{
	static const struct {
		const char *text;
		struct state_url want;
		const char *shown;
	} rows[] = {
		{ "redis://h",
		  { .host = "h", .port = 6379, .prefix = "idp-sim" },
		  "redis://h" },
		{ "valkey://h:1/15?prefix=ci-7",
		  { .host = "h", .port = 1, .db = 15, .prefix = "ci-7" },
		  "valkey://h:1/15?prefix=ci-7" },
		{ "redis://me:p%40%2fq@[::1]:7/",
		  { .host = "::1",
		    .port = 7,
		    .user = "me",
		    .password = "p@/q",
		    .prefix = "idp-sim" },
		  "redis://***@[::1]:7/" },
		{ "unix://:pw@/run/r.sock?db=2",
		  { .path = "/run/r.sock",
		    .port = 6379,
		    .password = "pw",
		    .db = 2,
		    .prefix = "idp-sim" },
		  "unix://***@/run/r.sock?db=2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char shown[STATE_URL_SHOWN];
		struct state_url got;
		struct err err = { 0 };

		CU_ASSERT(state_url_parse(rows[i].text, &got, &err));
		CU_ASSERT_STRING_EQUAL(got.host, rows[i].want.host);
		CU_ASSERT_STRING_EQUAL(got.path, rows[i].want.path);
		CU_ASSERT_STRING_EQUAL(got.user, rows[i].want.user);
		CU_ASSERT_STRING_EQUAL(got.password, rows[i].want.password);
		CU_ASSERT_STRING_EQUAL(got.prefix, rows[i].want.prefix);
		CU_ASSERT(got.port == rows[i].want.port && got.db == rows[i].want.db);
		CU_ASSERT_STRING_EQUAL(state_url_shown(rows[i].text, shown), rows[i].shown);
	}
}

static void test_bad_urls(void)
{
	static const char *const texts[] = {
		"",
		"localhost:6379",
		"http://:hush@h",
		"redis://",
		"redis://:hush@",
		"redis://hush@h",
		"redis://:hush@h:port",
		"redis://:hush@h:99999",
		"redis://:hush@h/x",
		"redis://:hush@h?tls=1",
		"redis://:hush@h?prefix=",
		"unix://",
		"unix://run/r.sock",
		"redis://:hu/sh@h",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct state_url got;
		struct err err = { 0 };

		CU_ASSERT(!state_url_parse(texts[i], &got, &err));
		CU_ASSERT_EQUAL(err.kind, ERR_INPUT);
		CU_ASSERT(strstr(err.text, "write redis://HOST:PORT/DB or unix:///PATH") !=
			  NULL);
		CU_ASSERT(!strstr(err.text, "hush") && !strstr(err.text, "hu/sh"));
	}
}

static struct device_code *sample(struct idp *s)
{
	struct device_code *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	record_init(&d->record, "code", 5000);
	d->record.release = device_kind.release;
	d->provider = idp_provider(s, "okta");
	d->tenant = provider_tenant(d->provider, "default");
	d->client_id = strdup("cli\"ent");
	d->user_code = strdup("ABCD");
	d->scope = strdup("openid");
	d->expires_ms = 4000;
	d->status = DEVICE_APPROVED;
	d->user = strdup("alice");
	d->interval_s = 7;
	return d;
}

static void test_record(void)
{
	struct err err = { 0 };
	const struct idp_options o = { .control_port = -1, .threads = 1 };
	struct idp *s = idp_start(&o, &err);
	struct device_code *d = sample(s), *again;
	AUTO(char) char *text = record_text(&device_kind, &d->record);
	AUTO(char) char *same = NULL;

	again = (struct device_code *)record_parse(&device_kind, s, "code", text);
	CU_ASSERT(again != NULL);
	if (again) {
		same = record_text(&device_kind, &again->record);
		CU_ASSERT_STRING_EQUAL(same, text);
		CU_ASSERT(again->provider == d->provider && again->tenant == d->tenant);
		CU_ASSERT(again->status == DEVICE_APPROVED && again->interval_s == 7);
		CU_ASSERT_PTR_NULL(again->nonce);
		/* What changes is taken from a later text; what does not, stays. */
		CU_ASSERT(record_update(
			&device_kind, &again->record,
			"{\"expires\": 9000, \"status\": 3, \"scope\": \"other\"}"));
		CU_ASSERT(again->record.expires_ms == 9000);
		CU_ASSERT_EQUAL(again->status, DEVICE_REDEEMED);
		CU_ASSERT_PTR_NULL(again->user);
		CU_ASSERT_STRING_EQUAL(again->scope, "openid");
		record_unref(&again->record);
	}
	/* A copy that does not serve the provider or the tenant does not know the record. */
	CU_ASSERT_PTR_NULL(record_parse(&device_kind, s, "c", "{\"provider\": \"nobody\"}"));
	CU_ASSERT_PTR_NULL(record_parse(&device_kind, s, "c",
					"{\"provider\": \"okta\", \"tenant\": \"nowhere\"}"));
	CU_ASSERT_PTR_NULL(record_parse(&device_kind, s, "c", "[]"));
	record_unref(&d->record);
	idp_stop(s);
}

int main(void)
{
	CU_TestInfo tests[] = { { "URLs of shared state", test_good_urls },
				{ "URLs that are none, and hide the password", test_bad_urls },
				{ "a record as text and back", test_record },
				CU_TEST_INFO_NULL };
	CU_SuiteInfo suites[] = { { "state", NULL, NULL, NULL, NULL, tests },
				  CU_SUITE_INFO_NULL };
	unsigned failed;

	CU_initialize_registry();
	CU_register_suites(suites);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed > 0;
}
