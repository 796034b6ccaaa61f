/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/reference/reference.h"
#include "idp-sim/base/wire.h"
#include "suites/kit/liar.h"
#include "suites/kit/recorder.h"

#include <CUnit/Basic.h>
#include <string.h>

/* Sends bytes to a recorder; the answer, or status 0 when there was none. */
static void say(struct recorder *r, const char *bytes, int timeout_ms, struct wire_answer *ret)
{
	struct wire_to to = { .host = "127.0.0.1", .timeout_ms = timeout_ms };
	struct err err = { 0 };

	to.port = (int)strtol(strrchr(recorder_url(r), ':') + 1, NULL, 10);
	if (!wire_exchange(&to, bytes, strlen(bytes), ret, &err))
		*ret = (struct wire_answer) { 0 };
}

static struct recorder *start(const char *forward)
{
	struct recorder_options o = { .listen = "127.0.0.1:0", .forward = forward };
	struct err err = { 0 };
	struct recorder *r = recorder_start(&o, &err);

	CU_ASSERT_PTR_NOT_NULL(r);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	return r;
}

static void every_line_is_kept_as_it_came(void)
{
	static const char request[] =
		"GET /a/%2e?b HTTP/1.1\r\nHost: h\r\nX-NMP-Principal-Id: 1\r\n"
		"x_nmp_principal.id : 2\r\n folded: 3\r\nNone\r\n"
		"x-nmp-PRINCIPAL-id:4 \r\nConnection: close\r\n\r\n";
	struct recorder *r = start(NULL);
	AUTO_ANSWER a = { 0 };
	const struct recorded *q;

	say(r, request, 5000, &a);
	CU_ASSERT_EQUAL(a.status, 200);
	q = recorder_find(r, 0);
	CU_ASSERT_PTR_NOT_NULL(q);
	if (q) {
		CU_ASSERT_EQUAL(q->raw_len, sizeof(request) - 1);
		CU_ASSERT_STRING_EQUAL(q->target, "/a/%2e?b");
		CU_ASSERT_EQUAL(q->n_lines, 7);
		CU_ASSERT_STRING_EQUAL(q->lines[2].raw, "x_nmp_principal.id : 2");
		CU_ASSERT_EQUAL(recorded_count(q, "X-NMP-Principal-Id"), 2);
		CU_ASSERT_STRING_EQUAL(recorded_alias(q, "X-NMP-Principal-Id", 1)->value, "2");
		CU_ASSERT_STRING_EQUAL(recorded_alias(q, "X-NMP-Principal-Id", 2)->value, "4");
		CU_ASSERT_PTR_NULL(recorded_alias(q, "X-NMP-Principal-Id", 3));
		CU_ASSERT_STRING_EQUAL(recorded_header(q, "connection"), "close");
	}
	recorder_stop(r);
}

static void bodies_and_trailers_are_told_apart(void)
{
	struct recorder *r = start(NULL);
	AUTO_ANSWER a = { 0 };
	const struct recorded *q;

	say(r,
	    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
	    "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-NMP-Scopes: evil\r\n\r\n",
	    5000, &a);
	q = recorder_find(r, 0);
	CU_ASSERT_PTR_NOT_NULL(q);
	if (q) {
		CU_ASSERT_STRING_EQUAL(q->body, "abcde");
		CU_ASSERT_EQUAL(q->n_trailers, 1);
		CU_ASSERT_TRUE(q->complete);
		CU_ASSERT_FALSE(q->malformed);
		CU_ASSERT_PTR_NOT_NULL(recorded_family(q, "X-NMP-", 0));
	}
	recorder_stop(r);
}

static void a_second_request_in_the_same_bytes_is_a_second_one(void)
{
	struct recorder *r = start(NULL);
	AUTO_ANSWER a = { 0 };

	say(r,
	    "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"
	    "GET /smuggled HTTP/1.1\r\nConnection: close\r\n\r\n",
	    5000, &a);
	CU_ASSERT_EQUAL(recorder_wait(r, 2, 5000), 2);
	CU_ASSERT_EQUAL(recorder_count_of(r, "/smuggled"), 1);
	recorder_reset(r);
	CU_ASSERT_EQUAL(recorder_count(r), 0);
	recorder_stop(r);
}

static void bytes_that_are_no_request_count_too(void)
{
	struct recorder *r = start(NULL);
	AUTO_ANSWER a = { 0 };

	say(r, "GET /x\r\n\r\n", 5000, &a);
	CU_ASSERT_EQUAL(recorder_count(r), 1);
	CU_ASSERT_TRUE(recorder_find(r, 0)->malformed);
	recorder_stop(r);
}

static void it_answers_as_told(void)
{
	static const char get[] = "GET /x HTTP/1.1\r\nConnection: close\r\n\r\n";
	struct recorder_answer teapot = { .status = 418, .body = "short", .next = 1 };
	struct recorder_answer hang = { .hang = true, .only = "/y /x" };
	struct recorder *r = start(NULL);
	struct err err = { 0 };
	AUTO_ANSWER a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 }, e = { 0 };

	recorder_say(r, &teapot);
	say(r, get, 5000, &a);
	CU_ASSERT_EQUAL(a.status, 418);
	CU_ASSERT_STRING_EQUAL(a.body, "short");
	say(r, get, 5000, &b);
	CU_ASSERT_EQUAL(b.status, 200);
	recorder_say(r, &hang);
	say(r, get, 100, &c);
	CU_ASSERT_TRUE(c.timed_out);
	CU_ASSERT_TRUE(recorder_refuse(r, true, &err));
	say(r, get, 5000, &d);
	CU_ASSERT_EQUAL(d.status, 0);
	CU_ASSERT_TRUE(recorder_refuse(r, false, &err));
	recorder_say(r, NULL);
	say(r, get, 5000, &e);
	CU_ASSERT_EQUAL(e.status, 200);
	recorder_stop(r);
}

static void it_passes_on_what_it_was_not_told_to_answer(void)
{
	struct recorder *behind = start(NULL);
	struct recorder *front = start(recorder_url(behind));
	struct recorder_answer found = { .status = 404, .body = "from behind" };
	AUTO_ANSWER a = { 0 };

	recorder_say(behind, &found);
	say(front, "GET /a//%2F HTTP/1.1\r\nX: 1\r\nX: 2\r\nConnection: close\r\n\r\n", 5000,
	    &a);
	CU_ASSERT_EQUAL(a.status, 404);
	CU_ASSERT_STRING_EQUAL(a.body, "from behind");
	CU_ASSERT_EQUAL(recorded_count(recorder_find(behind, 0), "x"), 2);
	recorder_stop(front);
	recorder_stop(behind);
}

static void every_lie_can_be_told(void)
{
	struct err err = { 0 };
	struct edition *e = edition_load("nemo", &err);
	struct recorder *r = start(NULL);

	CU_ASSERT_PTR_NOT_NULL(e);
	for (size_t i = 0; e && i < n_liar_lies; i++) {
		const struct lie *l = &liar_lies[i];
		AUTO_ANSWER a = { 0 };
		bool told;

		if (l->slow)
			continue;
		CU_ASSERT_TRUE(liar_tell(r, e, l->name, &err));
		say(r, "GET /apis/auth/decide/x HTTP/1.1\r\n\r\n", 5000, &a);
		told = l->reads == LIE_WIRE	? a.status == 0
		       : l->reads == LIE_STATUS ? a.status == l->wire.status
						: a.status == 200;
		if (!told)
			printf("lie '%s' answers %d\n", l->name, a.status);
		CU_ASSERT_TRUE(told);
	}
	CU_ASSERT_FALSE(liar_tell(r, e, "is-honest", &err));
	recorder_stop(r);
	edition_free(e);
}

int main(void)
{
	CU_pSuite suite;
	unsigned failed;

	CU_initialize_registry();
	suite = CU_add_suite("recorder", NULL, NULL);
	CU_add_test(suite, "every line is kept as it came", every_line_is_kept_as_it_came);
	CU_add_test(suite, "bodies and trailers are told apart",
		    bodies_and_trailers_are_told_apart);
	CU_add_test(suite, "a second request in the same bytes is a second one",
		    a_second_request_in_the_same_bytes_is_a_second_one);
	CU_add_test(suite, "bytes that are no request count too",
		    bytes_that_are_no_request_count_too);
	CU_add_test(suite, "it answers as told", it_answers_as_told);
	CU_add_test(suite, "it passes on what it was not told to answer",
		    it_passes_on_what_it_was_not_told_to_answer);
	CU_add_test(suite, "every lie can be told", every_lie_can_be_told);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed != 0;
}
