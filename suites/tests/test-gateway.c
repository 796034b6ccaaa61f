/* SPDX-License-Identifier: Apache-2.0 */
/* The reference gateway between a recorder and a liar, asked in raw bytes. */
#include "fixtures/reference/reference.h"
#include "idp-sim/base/clk.h"
#include "idp-sim/base/wire.h"
#include "suites/kit/liar.h"
#include "suites/kit/recorder.h"
#include "suites/tests/gateway-cases.h"

#include <CUnit/Basic.h>
#include <string.h>

static const struct recorder_answer allow = {
	.status = 200,
	.headers = "X-NMP-Authorized: true\r\nX-NMP-Principal-Id: u-alice\r\n"
		   "X-NMP-Scopes: platform:read\r\n",
	.body = "{\"result\":{\"allowed\":true}}",
};
static const struct recorder_answer deny = { .status = 403, .body = "{\"detail\":\"no\"}" };
static const struct recorder_answer nobody = { .status = 401 };

struct lab {
	struct edition *edition;
	struct recorder *upstream, *pdp;
	struct reference *gateway;
};

static void lab_up(struct lab *l, const char *edition, const char *mutant)
{
	struct recorder_options listen = { .listen = "127.0.0.1:0" };
	struct platform_config config = { .pdp_timeout_ms = 300 };
	struct mutants mutants = { 0 };
	struct err err = { 0 };
	struct reference_options o = { .listen = "127.0.0.1:0",
				       .config = &config,
				       .mutants = &mutants };

	*l = (struct lab) { .edition = edition_load(edition, &err),
			    .upstream = recorder_start(&listen, &err),
			    .pdp = recorder_start(&listen, &err) };
	CU_ASSERT_TRUE(!mutant || mutants_add(&mutants, mutant, &err));
	o.edition = l->edition;
	o.pdp_url = recorder_url(l->pdp);
	o.upstream_url = recorder_url(l->upstream);
	l->gateway = reference_start_gateway(&o, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	recorder_say(l->pdp, &allow);
}

static void lab_down(struct lab *l)
{
	reference_stop(l->gateway);
	recorder_stop(l->pdp);
	recorder_stop(l->upstream);
	edition_free(l->edition);
}

static void say(struct lab *l, const char *bytes, size_t n, struct wire_answer *ret)
{
	struct wire_to to = { .host = "127.0.0.1", .timeout_ms = 5000 };
	struct err err = { 0 };

	to.port = (int)strtol(strrchr(reference_url(l->gateway), ':') + 1, NULL, 10);
	if (!wire_exchange(&to, bytes, n, ret, &err))
		*ret = (struct wire_answer) { 0 };
}

static bool is_right(const struct raw_case *c, int status, size_t reached)
{
	if (reached != c->reached)
		return false;
	return c->status == status || (c->status == 400 && status >= 400);
}

/* The identity of the answer exactly once, nothing of the client's, one framing. */
static void check_forwarded(struct lab *l, const struct recorded *q, const char *bytes)
{
	bool open = recorder_count(l->pdp) == 0;
	const char *id = recorded_header(q, "X-NMP-Principal-Id");
	bool right = !q->malformed && !recorded_holds(q, "evil") && q->n_trailers == 0 &&
		     recorded_count(q, "Content-Length") <= 1 &&
		     recorded_count(q, "Host") == 1 &&
		     recorded_count(q, "Transfer-Encoding") == 0;

	if (open)
		right = right && !recorded_family(q, "X-NMP-", 0);
	else
		right = right && id && strcmp(id, "u-alice") == 0 &&
			recorded_count(q, "X-NMP-Authorized") == 1 &&
			recorded_count(q, "X-NMP-Scopes") == 1 &&
			!recorded_family(q, "X-NMP-", 3);
	if (!right)
		printf("\n%s\nwas forwarded as\n%s\n", bytes, q->raw);
	CU_ASSERT_TRUE(right);
}

static void raw_requests_are_forwarded_or_refused(void)
{
	struct lab l;

	lab_up(&l, "nemo", NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct raw_case *c = &cases[i];
		AUTO_ANSWER a = { 0 };
		size_t reached;

		if (c->status == 408)
			continue; /* takes the whole time-out */
		recorder_reset(l.upstream);
		recorder_reset(l.pdp);
		recorder_say(l.pdp, &allow);
		say(&l, c->bytes, c->n ? c->n : strlen(c->bytes), &a);
		reached = recorder_count(l.upstream);
		if (!is_right(c, a.status, reached))
			printf("\n%s\nwant %d and %zu, got %d and %zu\n", c->bytes, c->status,
			       c->reached, a.status, reached);
		CU_ASSERT_TRUE(is_right(c, a.status, reached));
		if (reached == 1)
			check_forwarded(&l, recorder_find(l.upstream, 0), c->bytes);
	}
	lab_down(&l);
}

static void what_the_pdp_denies_stays_outside(void)
{
	static const struct {
		const struct recorder_answer *pdp;
		int status;
	} denials[] = { { &deny, 403 }, { &nobody, 401 } };
	struct lab l;

	lab_up(&l, "nemo", NULL);
	for (size_t i = 0; i < ARRAY_LEN(denials); i++) {
		AUTO_ANSWER a = { 0 };

		recorder_say(l.pdp, denials[i].pdp);
		say(&l, GET("/apis/x"), strlen(GET("/apis/x")), &a);
		CU_ASSERT_EQUAL(a.status, denials[i].status);
	}
	CU_ASSERT_EQUAL(recorder_count(l.upstream), 0);
	lab_down(&l);
}

static void the_pdp_learns_method_target_and_token(void)
{
	static const char request[] = "DELETE /apis/%78?q=%2F HTTP/1.1\r\n" HOST TOKEN SPOOF
				      "X-Original-URI: /health\r\nCookie: c\r\n" CLOSE;
	const struct recorded *q;
	AUTO_ANSWER a = { 0 };
	struct lab l;

	lab_up(&l, "nemo", NULL);
	say(&l, request, sizeof(request) - 1, &a);
	q = recorder_find(l.pdp, 0);
	CU_ASSERT_PTR_NOT_NULL(q);
	if (q) {
		CU_ASSERT_STRING_EQUAL(q->method, "DELETE");
		CU_ASSERT_STRING_EQUAL(q->target, "/apis/auth/decide/apis/x?q=%2F");
		CU_ASSERT_STRING_EQUAL(recorded_header(q, "Authorization"), "Bearer good");
		CU_ASSERT_PTR_NULL(recorded_family(q, "X-NMP-", 0));
		CU_ASSERT_PTR_NULL(recorded_header(q, "Cookie"));
	}
	q = recorder_find(l.upstream, 0);
	CU_ASSERT_TRUE(q && strcmp(q->target, "/apis/x?q=%2F") == 0);
	lab_down(&l);
}

static void no_lie_opens_it(void)
{
	static const char *const editions[] = { "nemo", "nemo-callout" };

	for (size_t e = 0; e < ARRAY_LEN(editions); e++) {
		struct lab l;

		lab_up(&l, editions[e], NULL);
		for (size_t i = 0; i < n_liar_lies; i++) {
			const struct lie *lie = &liar_lies[i];
			struct err err = { 0 };
			AUTO_ANSWER a = { 0 };
			size_t reached;

			if (lie->decides && edition_is_callout(l.edition))
				continue;
			recorder_reset(l.upstream);
			CU_ASSERT_TRUE(liar_tell(l.pdp, l.edition, lie->name, &err));
			say(&l, GET("/apis/x"), strlen(GET("/apis/x")), &a);
			reached = recorder_count(l.upstream);
			if (reached > lie->harmless || (!reached && a.status < 403))
				printf("\n%s: %s: %d\n", editions[e], lie->name, a.status);
			CU_ASSERT_TRUE(reached <= lie->harmless);
			CU_ASSERT_TRUE(reached || a.status == 403 || a.status == 503);
		}
		lab_down(&l);
	}
}

static void it_recovers_and_keeps_no_connection_state(void)
{
	static const char two[] = "GET /apis/x HTTP/1.1\r\n" HOST TOKEN "\r\n"
				  "GET /apis/second HTTP/1.1\r\n" HOST CLOSE;
	struct recorder_answer once = allow;
	struct err err = { 0 };
	AUTO_ANSWER down = { 0 }, up = { 0 }, second = { 0 };
	struct lab l;

	lab_up(&l, "nemo", NULL);
	CU_ASSERT_TRUE(recorder_refuse(l.pdp, true, &err));
	say(&l, GET("/apis/x"), strlen(GET("/apis/x")), &down);
	CU_ASSERT_EQUAL(down.status, 503);
	CU_ASSERT_TRUE(recorder_refuse(l.pdp, false, &err));
	once.next = 2;
	recorder_say(l.pdp, &once);
	say(&l, GET("/apis/x"), strlen(GET("/apis/x")), &up);
	CU_ASSERT_EQUAL(up.status, 200);
	say(&l, two, sizeof(two) - 1, &second);
	recorder_wait(l.pdp, 3, 5000);
	CU_ASSERT_EQUAL(recorder_count_of(l.upstream, "/apis/second"), 0);
	lab_down(&l);
}

static void a_callout_names_and_does_not_vouch(void)
{
	const struct recorded *q;
	AUTO_ANSWER a = { 0 };
	struct lab l;

	lab_up(&l, "nemo-callout", NULL);
	say(&l, WITH(SPOOF), strlen(WITH(SPOOF)), &a);
	CU_ASSERT_EQUAL(a.status, 200);
	q = recorder_find(l.pdp, 0);
	CU_ASSERT_TRUE(q && strcmp(q->target, "/apis/auth/ext-authz/apis/x") == 0);
	q = recorder_find(l.upstream, 0);
	CU_ASSERT_TRUE(q && recorded_count(q, "X-NMP-Principal-Id") == 1);
	CU_ASSERT_TRUE(q && recorded_count(q, "X-NMP-Authorized") == 0);
	lab_down(&l);
}

static void a_websocket_is_decided_and_then_carried(void)
{
	static const struct recorder_answer switching = {
		.status = 101, .headers = "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	};
	static const char request[] = "GET /apis/x HTTP/1.1\r\n" HOST TOKEN SPOOF
				      "Connection: Upgrade\r\nUpgrade: websocket\r\n"
				      "Sec-WebSocket-Version: 13\r\n\r\nping";
	const struct recorded *q;
	AUTO_ANSWER a = { 0 }, denied = { 0 };
	struct lab l;

	lab_up(&l, "nemo", NULL);
	recorder_say(l.upstream, &switching);
	say(&l, request, sizeof(request) - 1, &a);
	CU_ASSERT_EQUAL(a.status, 101);
	q = recorder_find(l.upstream, 0);
	CU_ASSERT_PTR_NOT_NULL(q);
	if (q)
		check_forwarded(&l, q, request);
	CU_ASSERT_TRUE(q && recorded_header(q, "Upgrade"));
	recorder_say(l.pdp, &deny);
	say(&l, request, sizeof(request) - 1, &denied);
	CU_ASSERT_EQUAL(denied.status, 403);
	CU_ASSERT_EQUAL(recorder_count(l.upstream), 1);
	lab_down(&l);
}

static void a_mutant_is_another_gateway(void)
{
	AUTO_ANSWER a = { 0 };
	struct lab l;

	lab_up(&l, "nemo", "gateway-keeps-on-behalf-of");
	say(&l, WITH(SPOOF), strlen(WITH(SPOOF)), &a);
	CU_ASSERT_EQUAL(recorder_count(l.upstream), 1);
	CU_ASSERT_TRUE(recorder_count(l.upstream) &&
		       recorded_count(recorder_find(l.upstream, 0),
				      "X-NMP-Principal-On-Behalf-Of") == 1);
	lab_down(&l);
}

int main(void)
{
	CU_pSuite suite;
	unsigned failed;

	CU_initialize_registry();
	suite = CU_add_suite("gateway", NULL, NULL);
	CU_add_test(suite, "raw requests are forwarded or refused",
		    raw_requests_are_forwarded_or_refused);
	CU_add_test(suite, "what the PDP denies stays outside",
		    what_the_pdp_denies_stays_outside);
	CU_add_test(suite, "the PDP learns method, target and token",
		    the_pdp_learns_method_target_and_token);
	CU_add_test(suite, "no lie opens it", no_lie_opens_it);
	CU_add_test(suite, "it recovers and keeps no connection state",
		    it_recovers_and_keeps_no_connection_state);
	CU_add_test(suite, "a callout names and does not vouch",
		    a_callout_names_and_does_not_vouch);
	CU_add_test(suite, "a WebSocket is decided and then carried",
		    a_websocket_is_decided_and_then_carried);
	CU_add_test(suite, "a mutant is another gateway", a_mutant_is_another_gateway);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed != 0;
}
