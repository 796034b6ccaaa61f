/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-redact.c - no secret survives in any encoding, and evidence does.
 */
#include "reports/redact.h"
#include "reports/report.h"
#include "reports/tests/sets.h"
#include "reports/text.h"

#include <CUnit/Basic.h>
#include <string.h>

static const char *const secrets[] = { "hunter2&correct horse", "Tr0ub4dor/+=?",
				       "s\xc3\xa4h\"\\x" };

typedef void encode(struct buf *b, const char *s, size_t n);

static void raw(struct buf *b, const char *s, size_t n)
{
	buf_add(b, s, n);
}

static void b64(struct buf *b, const char *s, size_t n)
{
	buf_b64(b, s, n);
}

static void b64url(struct buf *b, const char *s, size_t n)
{
	buf_b64url(b, s, n);
}

static void hex(struct buf *b, const char *s, size_t n)
{
	buf_hex(b, s, n);
}

/* As one member of a JSON text. */
static void json(struct buf *b, const char *s, size_t n)
{
	buf_str(b, "{\"x\":");
	buf_json(b, s, n);
	buf_str(b, "}");
}

/* What Basic authentication does with it, at three offsets (RFC 7617). */
static void basic(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 1; i <= 3; i++) {
		AUTO_BUF pair = { 0 };

		buf_printf(&pair, "%.*s:%.*s:tail", (int)i, "abc", (int)n, s);
		buf_b64(b, pair.p, pair.n);
		buf_char(b, '\n');
	}
}

static void b64_in_query(struct buf *b, const char *s, size_t n)
{
	AUTO_BUF inner = { 0 };

	buf_b64(&inner, s, n);
	buf_str(b, "GET /?x=");
	buf_percent(b, inner.p, inner.n);
}

static encode *const encodings[] = { raw, buf_percent, buf_form, b64,	      b64url,
				     hex, json,	       basic,	 b64_in_query };

/* Every run of 5 letters of the encoded secret is gone; 4 may stay at an edge of base64. */
static bool leaks(const char *text, const char *encoded)
{
	char piece[6] = { 0 };

	for (size_t n = strlen(encoded), i = 2; n > 9 && i + 7 < n; i++) {
		memcpy(piece, encoded + i, 5);
		if (strchr(piece, '%') || strchr(piece, '"') || strchr(piece, '\n'))
			continue;
		if (strstr(text, piece))
			return true;
	}
	return false;
}

static void every_encoding_goes(void)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(redactor) struct redactor *r = redactor_new();

	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		redactor_add(r, secrets[i]);
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		for (size_t k = 0; k < ARRAY_LEN(encodings); k++) {
			AUTO_BUF b = { 0 };
			const char *out;

			buf_str(&b, "before ");
			encodings[k](&b, secrets[i], strlen(secrets[i]));
			buf_str(&b, " after");
			out = redact_text(r, a, b.p);
			CU_ASSERT_PTR_NOT_NULL(strstr(out, REDACTED));
			CU_ASSERT_PTR_NOT_NULL(strstr(out, "before "));
			CU_ASSERT_PTR_NOT_NULL(strstr(out, " after"));
			if (encodings[k] == b64 || encodings[k] == b64url ||
			    encodings[k] == hex) {
				AUTO_BUF alone = { 0 };

				encodings[k](&alone, secrets[i], strlen(secrets[i]));
				CU_ASSERT_FALSE(leaks(out, alone.p));
			}
		}
	}
}

static void what_looks_like_one_goes(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl x",
		  "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.\xe2\x80\xa6 x" },
		{ "eyJhbGciOiJkaXIifQ.a2V5.aXY.dGV4dA.dGFn",
		  "eyJhbGciOiJkaXIifQ.\xe2\x80\xa6" },
		{ "unsigned eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0. stays",
		  "unsigned eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0. stays" },
		{ "grant_type=password&password=abc&scope=x",
		  "grant_type=password&password=" REDACTED "&scope=x" },
		{ "{\"refresh_token\": \"0.AX\\\"y\", \"expires_in\": 5}",
		  "{\"refresh_token\": \"" REDACTED "\", \"expires_in\": 5}" },
		{ "{\"error_codes\":[70011],\"user_code\":\"ABCD\"}",
		  "{\"error_codes\":[70011],\"user_code\":\"ABCD\"}" },
		{ "$ nemo auth login --username bob --password pass word",
		  "$ nemo auth login --username bob --password " REDACTED " word" },
		{ "GET /\ncookie: SID=31d4; b=c\r\nHost: x",
		  "GET /\ncookie: SID=" REDACTED "\r\nHost: x" },
		{ "Set-Cookie: KEYCLOAK=eyJx; Path=/", "Set-Cookie: KEYCLOAK=" REDACTED },
		{ "Authorization: Basic YWxpY2U6cHc=", "Authorization: Basic " REDACTED },
		{ "authorization: Bearer alice@x.test", "authorization: Bearer alice@x.test" },
		{ "authorization: Bearer 0123456789abcdef", "authorization: Bearer " REDACTED },
		{ "WWW-Authenticate: Bearer realm=\"x\"",
		  "WWW-Authenticate: Bearer realm=\"x\"" },
		{ "code=200 from ?code=70016", "code=200 from ?code=70016" },
		{ "?code=0.AXkA-long-and-secret&x", "?code=" REDACTED "&x" },
		{ "stores no token; status code: 200", "stores no token; status code: 200" },
	};
	AUTO(arena) struct arena *a = arena_new();
	AUTO(redactor) struct redactor *r = redactor_new();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CU_ASSERT_STRING_EQUAL(redact_text(r, a, rows[i].in), rows[i].out);
}

static void a_known_token_keeps_its_claims(void)
{
	static const char token[] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
	AUTO(arena) struct arena *a = arena_new();
	AUTO(redactor) struct redactor *r = redactor_new();

	redactor_add(r, token);
	redactor_add(r, "abc");
	CU_ASSERT_STRING_EQUAL(redact_text(r, a, "only c2lnbmF0dXJl and abc"),
			       "only " REDACTED " and abc");
	CU_ASSERT_STRING_EQUAL(redact_text(r, a, token),
			       "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.\xe2\x80\xa6");
}

/* A run full of secrets: no report of any format holds one of them, nor a signature. */
static void no_report_holds_one(void)
{
	struct results *rs = set_make("failed");
	AUTO(redactor) struct redactor *r = redactor_new();

	for (size_t i = 0; i < rs->n; i++) {
		struct result *res = &rs->items[i];
		const char *text =
			arena_printf(rs->arena, "x %s y eyJhb.eyJzd.SiGnAtUrE", secrets[0]);

		res->reason = res->again = text;
		redact_result(r, rs->arena, res); /* copies the shared lists */
		for (size_t k = 0; k < res->n_checks; k++)
			res->checks[k].want = res->checks[k].got = text;
		for (size_t k = 0; k < res->n_hops; k++)
			res->hops[k].text = res->hops[k].detail = res->hops[k].remark = text;
	}
	json_object_set_new(rs->provenance, "command", json_string(secrets[0]));
	redactor_add(r, secrets[0]);
	redact_results(r, rs);
	for (size_t i = 0; report_formats[i]; i++) {
		char *text = NULL;
		size_t n;
		FILE *out = open_memstream(&text, &n);
		struct err err = { 0 };

		CU_ASSERT_TRUE(report_formats[i]->write(rs, out, &err));
		fclose(out);
		CU_ASSERT_PTR_NULL(strstr(text, "hunter2"));
		CU_ASSERT_PTR_NULL(strstr(text, "SiGnAtUrE"));
		free(text);
	}
	results_free(rs);
}

int main(void)
{
	static const CU_TestInfo tests[] = {
		{ "every encoding goes", every_encoding_goes },
		{ "what looks like one goes", what_looks_like_one_goes },
		{ "a known token keeps its claims", a_known_token_keeps_its_claims },
		{ "no report holds one", no_report_holds_one },
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = { { .pName = "redact", .pTests = (CU_TestInfo *)tests },
				  CU_SUITE_INFO_NULL };
	unsigned failures;

	CU_initialize_registry();
	CU_register_suites(suites);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures ? 1 : 0;
}
