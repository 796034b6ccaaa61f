/* SPDX-License-Identifier: Apache-2.0 */
/* The control API: complete in the shell and in its document, strict, and it does what it says. */
#include "idp-sim/base/file.h"
#include "idp-sim/control.h"
#include "idp-sim/mint.h"
#include "idp-sim/program/ctl.h"
#include "idp-sim/tests/stage.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <jwt.h>
#include <string.h>

static struct stage s;

static json_t *call(const char *method, const char *path, json_t *stolen_body, int *ret_status)
{
	json_t *answer = idp_call(s.idp, method, path, stolen_body, ret_status);

	json_decref(stolen_body);
	return answer;
}

/* ---- the table, the shell, the document ---- */

static void shell_and_document_cover_every_route(void)
{
	AUTO(json_t) json_t *doc = control_openapi();
	AUTO(json_t) json_t *ids = json_object();

	for (const struct route *r = control_routes; r->method; r++) {
		bool in_shell = false;
		AUTO_BUF verb = { 0 };
		for (const char *p = r->method; *p; p++)
			buf_char(&verb, (char)(*p | 0x20));
		const json_t *op = json_object_get(
			json_object_get(json_object_get(doc, "paths"), r->path), verb.p);
		for (const struct ctl_row *c = ctl_rows; c->name; c++)
			in_shell = in_shell || ctl_route(c) == r;
		if (!in_shell)
			printf("\n    no ctl command for %s %s", r->method, r->path);
		CU_ASSERT(in_shell);
		CU_ASSERT_PTR_NOT_NULL(op);
		json_object_set_new(ids, conf_str(op, "operationId", "?"), json_true());
	}
	for (const struct ctl_row *c = ctl_rows; c->name; c++)
		CU_ASSERT_PTR_NOT_NULL(ctl_route(c));
	size_t n = 0;
	for (const struct route *r = control_routes; r->method; r++)
		n++;
	CU_ASSERT_EQUAL(json_object_size(ids), n);
}

static void mistakes_are_refused_with_a_remedy(void)
{
	static const struct {
		const char *method, *path, *body;
		int status;
	} rows[] = {
		{ "GET", "/_sim/nothing", NULL, 404 },
		{ "GET", "/_sim/health/", NULL, 404 },
		{ "DELETE", "/_sim/mint", NULL, 405 },
		{ "POST", "/_sim/mint", "[]", 400 },
		{ "POST", "/_sim/mint", "{\"user\": 1}", 400 },
		{ "POST", "/_sim/mint", "{\"usr\": \"alice\"}", 400 },
		{ "POST", "/_sim/mint", "{\"provider\": \"nobody\"}", 400 },
		{ "POST", "/_sim/mint", "{\"user\": \"nobody\"}", 400 },
		{ "POST", "/_sim/mint", "{\"forge\": \"signatur\"}", 400 },
		{ "POST", "/_sim/mint", "{\"claims\": []}", 400 },
		{ "POST", "/_sim/mint", "{\"alg\": \"RS1\"}", 400 },
		{ "POST", "/_sim/troubles", NULL, 400 },
		{ "POST", "/_sim/troubles", "{\"what\": \"delay\", \"next\": 0}", 400 },
		{ "POST", "/_sim/troubles", "{\"error\": \"AADSTS1\"}", 400 },
		{ "POST", "/_sim/troubles", "{\"error\": \"x\", \"provider\": \"nobody\"}",
		  404 },
		{ "DELETE", "/_sim/troubles/77", NULL, 404 },
		{ "DELETE", "/_sim/troubles/x", NULL, 404 },
		{ "PUT", "/_sim/clock", "{\"now\": \"tomorrow\"}", 400 },
		{ "POST", "/_sim/clock/advance", "{}", 400 },
		{ "POST", "/_sim/clock/advance", "{\"for\": \"soon\"}", 400 },
		{ "POST", "/_sim/devices/NOPE/approve", "{}", 404 },
		{ "PATCH", "/_sim/providers/okta/users/alice", NULL, 400 },
		{ "PATCH", "/_sim/providers/nobody/users/alice", "{}", 404 },
		{ "POST", "/_sim/keys/rotate", "{\"provider\": \"nobody\"}", 404 },
		{ "POST", "/_sim/tenants", "{}", 400 },
		{ "POST", "/_sim/tenants", "{\"provider\": \"azure\", \"id\": \"a/b\"}", 400 },
		{ "POST", "/_sim/tenants", "{\"provider\": \"okta\", \"disabled\": 1}", 400 },
		{ "PATCH", "/_sim/providers/okta/users/alice", "{\"disabled\": \"yes\"}", 400 },
		{ "PATCH", "/_sim/providers/okta/clients/mine", "{\"grants\": \"all\"}", 400 },
		{ "PATCH", "/_sim/providers/okta/clients/mine", "{\"rate_limit\": \"1\"}",
		  400 },
		{ "PATCH", "/_sim/providers/okta/tenants/org", "{\"aliases\": [1]}", 400 },
		{ "POST", "/_sim/mint", "{\"age\": \"2hh\"}", 400 },
		{ "GET", "/_sim/journal?sins=1", NULL, 400 },
		{ "GET", "/_sim/devices?x=%00", NULL, 400 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int status = 0;
		json_t *body = rows[i].body ? json_loads(rows[i].body, 0, NULL) : NULL;
		AUTO(json_t) json_t *answer = call(rows[i].method, rows[i].path, body, &status);
		if (status != rows[i].status)
			printf("\n    %s %s %s: %d", rows[i].method, rows[i].path,
			       rows[i].body ? rows[i].body : "", status);
		CU_ASSERT_EQUAL(status, rows[i].status);
		CU_ASSERT(*conf_str(answer, "error", ""));
	}
}

static int raw(const char *method, const char *path, const char *const *headers,
	       const void *body, size_t n)
{
	AUTO_ANSWER a = { 0 };
	AUTO_BUF url = { 0 };
	struct err err = { 0 };

	buf_printf(&url, "%s%s", idp_control_origin(s.idp), path);
	if (!wire_request(method, url.p, headers, body, n, NULL, &a, &err))
		printf("\n    %s", err.text);
	AUTO(json_t) json_t *o = json_loadb(a.body ? a.body : "", a.body_len, 0, NULL);
	CU_ASSERT(json_is_object(o));
	return a.status;
}

/* The page's own name may point to the simulator: then Origin and Host agree. */
static void a_rebound_name_is_refused(void)
{
	static const struct {
		const char *host;
		bool browser;
		int status;
	} rows[] = {
		{ "evil.test", true, 403 }, { "127.0.0.1.evil.test", true, 403 },
		{ "localhost", true, 200 }, { "idp.localhost", true, 200 },
		{ "127.0.0.1", true, 200 }, { "[::1]", true, 200 },
		{ "idp-sim", true, 200 },   { "idp-sim.lab.svc", false, 200 },
	};
	struct wire_to to = { .host = "127.0.0.1" };

	to.port = (int)strtol(strrchr(idp_control_origin(s.idp), ':') + 1, NULL, 10);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ANSWER a = { 0 };
		AUTO_BUF text = { 0 };
		struct err err = { 0 };
		buf_printf(&text, "GET /_sim/health HTTP/1.1\r\nHost: %s:%d\r\n", rows[i].host,
			   to.port);
		if (rows[i].browser)
			buf_printf(&text, "Origin: http://%s:%d\r\n", rows[i].host, to.port);
		buf_str(&text, "Connection: close\r\n\r\n");
		CU_ASSERT(wire_exchange(&to, text.p, text.n, &a, &err));
		CU_ASSERT_EQUAL(a.status, rows[i].status);
	}
}

static void hostile_http_is_refused(void)
{
	static const char *const foreign[] = { "Origin: http://evil.test", NULL };
	static const char *const site[] = { "Sec-Fetch-Site: cross-site", NULL };
	static const char *const bad[] = { "{\"user\":", "{\"user\": \"\xff\"}",
					   "\x00\x01",	 "{\"user\": \"a\\u0000b\"}",
					   "{}{}",	 "{\"user\":\"a\",\"user\":\"b\"}" };
	enum { LARGE = 2 << 20, MANY = 10000 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CU_ASSERT_EQUAL(
			raw("POST", "/_sim/mint", NULL, bad[i], *bad[i] ? strlen(bad[i]) : 2),
			400);
	CU_ASSERT_EQUAL(raw("POST", "/_sim/reset", foreign, "", 0), 403);
	CU_ASSERT_EQUAL(raw("GET", "/_sim/health", site, "", 0), 403);
	AUTO(char) char *large = malloc(LARGE);
	memset(large, '[', LARGE);
	CU_ASSERT_EQUAL(raw("POST", "/_sim/mint", NULL, large, LARGE), 413);
	CU_ASSERT_EQUAL(raw("POST", "/_sim/mint", NULL, large, 100000), 400);
	AUTO_BUF many = { 0 };
	buf_str(&many, "/_sim/journal?");
	for (int i = 0; i < 400; i++)
		buf_str(&many, "n=1&");
	CU_ASSERT_EQUAL(raw("GET", many.p, NULL, "", 0), 200);
	AUTO_BUF members = { 0 };
	buf_str(&members, "{\"x\":1");
	for (int i = 0; i < MANY; i++)
		buf_printf(&members, ",\"m%d\":1", i);
	buf_char(&members, '}');
	CU_ASSERT_EQUAL(raw("POST", "/_sim/mint", NULL, members.p, members.n), 400);
	CU_ASSERT_EQUAL(raw("GET", "/_sim/health", NULL, "", 0), 200);
}

/* ---- tokens ---- */

static json_t *minted(const char *fmt, ...)
{
	json_error_t where;
	va_list ap;
	int status;

	va_start(ap, fmt);
	json_t *body = json_vpack_ex(&where, 0, fmt, ap);
	va_end(ap);
	if (!body)
		printf("\n    %s", where.text);
	json_t *answer = call("POST", "/_sim/mint", body, &status);
	CU_ASSERT_EQUAL(status, 200);
	if (status != 200)
		printf("\n    %s", conf_str(answer, "error", ""));
	return answer;
}

static char *public_pem(const char *provider)
{
	const struct provider *p = idp_provider(s.idp, provider);
	const struct tenant *t = provider_tenant(p, p->first_tenant);
	const char *der = keys_current(t->keys, NULL)->pem;
	AUTO_BUF pem = { 0 };

	buf_str(&pem, "-----BEGIN PUBLIC KEY-----\n");
	for (size_t i = 0; i < strlen(der); i += 64)
		buf_printf(&pem, "%.64s\n", der + i);
	buf_str(&pem, "-----END PUBLIC KEY-----\n");
	return buf_take(&pem);
}

static bool referee(const char *token, const char *pem)
{
	jwt_t *jwt = NULL;
	bool good = !jwt_decode(&jwt, token, (const unsigned char *)pem, (int)strlen(pem));

	jwt_free(jwt);
	return good;
}

static void libjwt_judges_every_forgery(void)
{
	static const char *const providers[] = { "azure", "okta", "keycloak" };

	for (size_t i = 0; i < ARRAY_LEN(providers); i++) {
		AUTO(char) char *pem = public_pem(providers[i]);
		AUTO(json_t)
		json_t *good = minted("{s:s, s:s}", "provider", providers[i], "user", "alice");
		CU_ASSERT(referee(conf_str(good, "token", ""), pem));
		for (const char *const *f = mint_forges; *f; f++) {
			AUTO(json_t)
			json_t *bad = minted("{s:s, s:s, s:s}", "provider", providers[i],
					     "user", "alice", "forge", *f);
			bool passes = referee(conf_str(bad, "token", ""), pem);
			/* libjwt 1.x takes the alg of the token: the naive verifier that an
			 * HS256 forgery is for. Padding it ignores. */
			bool fooled = !strcmp(*f, "alg-hs256") || !strcmp(*f, "padding");
			if (passes && !fooled)
				printf("\n    %s %s verifies", providers[i], *f);
			CU_ASSERT(!passes || fooled);
			if (!strcmp(*f, "alg-hs256"))
				CU_ASSERT(passes);
		}
	}
}

static void claims_times_and_headers_are_laid_over(void)
{
	AUTO(json_t)
	json_t *a = minted("{s:s, s:s, s:s, s:i, s:s, s:{s:n, s:s, s:[s]}, s:{s:s}}",
			   "provider", "keycloak", "user", "alice", "age", "2h", "lifetime", 60,
			   "scope", "", "claims", "email", "aud", "other", "extra", "x",
			   "header", "typ", "at+jwt");
	const json_t *claims = json_object_get(a, "claims");
	AUTO(json_t) json_t *seen = claims_of(&s, conf_str(a, "token", ""));
	int64_t now = clk_now(idp_clock(s.idp)), exp = conf_int(claims, "exp", 0);

	CU_ASSERT(json_equal(claims, seen));
	CU_ASSERT_PTR_NULL(json_object_get(claims, "email"));
	CU_ASSERT_PTR_NULL(json_object_get(claims, "scope"));
	CU_ASSERT_STRING_EQUAL(conf_str(claims, "aud", ""), "other");
	CU_ASSERT(json_is_array(json_object_get(claims, "extra")));
	CU_ASSERT_STRING_EQUAL(conf_str(a, "header.typ", ""), "at+jwt");
	CU_ASSERT(exp >= now - 7200 + 58 && exp <= now - 7200 + 60);
	CU_ASSERT(now - conf_int(claims, "iat", 0) >= 7200);
}

static void kinds_and_algorithms_can_be_chosen(void)
{
	AUTO(json_t)
	json_t *id = minted("{s:s, s:s, s:s, s:s}", "provider", "okta", "user", "alice",
			    "token", "id", "nonce", "n1");
	AUTO(json_t)
	json_t *es =
		minted("{s:s, s:s, s:s}", "provider", "okta", "user", "alice", "alg", "ES256");
	AUTO(json_t)
	json_t *own = minted("{s:s, s:s}", "provider", "keycloak", "client_id", "platform-svc");

	CU_ASSERT_STRING_EQUAL(conf_str(id, "claims.nonce", ""), "n1");
	CU_ASSERT_STRING_EQUAL(conf_str(es, "header.alg", ""), "ES256");
	CU_ASSERT_PTR_NULL(json_object_get(json_object_get(own, "claims"), "email"));
	CU_ASSERT_STRING_EQUAL(conf_str(own, "claims.azp", ""), "platform-svc");
}

/* ---- troubles ---- */

static int sign_in(const struct dialect *d)
{
	return post(&s, d->token,
		    "grant_type=password&client_id=%s&username=alice@example.test&"
		    "password=alice-pw&scope=%s",
		    d->client, coded(&s, d->scope));
}

static int refresh(const struct dialect *d, const char *token)
{
	return post(&s, d->token, "grant_type=refresh_token&client_id=%s&refresh_token=%s",
		    d->client, token);
}

static void a_code_fails_whom_it_names_and_then_no_more(void)
{
	const struct dialect *d = dialect_of("azure");

	CU_ASSERT_EQUAL(
		control(&s, "POST", "/_sim/troubles",
			"{\"error\": \"AADSTS50196\", \"client_id\": \"platform-svc\"}"),
		200);
	CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/troubles",
				"{\"error\": \"AADSTS65001\", \"client_id\": \"platform-cli\", "
				"\"next\": 1}"),
			200);
	CU_ASSERT_EQUAL(sign_in(d), 400);
	CU_ASSERT(says(&s, "AADSTS65001"));
	CU_ASSERT_EQUAL(sign_in(d), 200);
	CU_ASSERT_EQUAL(sign_in(dialect_of("okta")), 200);
	control(&s, "POST", "/_sim/reset", NULL);
}

static void an_outage_uses_no_refresh_token_up(void)
{
	const struct dialect *d = dialect_of("keycloak");

	sign_in(d);
	const char *token = arena_str(s.arena, member(&s, "refresh_token"));
	control(&s, "POST", "/_sim/troubles",
		"{\"what\": \"503\", \"client_id\": \"platform-cli\", \"next\": 1}");
	CU_ASSERT_EQUAL(refresh(d, token), 503);
	CU_ASSERT_EQUAL(refresh(d, token), 200);
	CU_ASSERT_EQUAL(refresh(d, token), 400);
	control(&s, "POST", "/_sim/reset", NULL);
}

static void one_persons_refresh_tokens_expire(void)
{
	const struct dialect *d = dialect_of("okta");

	sign_in(d);
	const char *alice = arena_str(s.arena, member(&s, "refresh_token"));
	post(&s, d->token,
	     "grant_type=password&client_id=%s&username=bob@example.test&password=bob-pw&scope="
	     "%s",
	     d->client, coded(&s, d->scope));
	const char *bob = arena_str(s.arena, member(&s, "refresh_token"));
	CU_ASSERT_EQUAL(control(&s, "POST", "/_sim/refresh/expire",
				"{\"provider\": \"okta\", \"user\": \"alice@example.test\"}"),
			200);
	CU_ASSERT_EQUAL(refresh(d, alice), 400);
	CU_ASSERT_EQUAL(refresh(d, bob), 200);
}

/* ---- clock, keys, tenants, journal ---- */

static void the_clock_obeys(void)
{
	control(&s, "PUT", "/_sim/clock", "{\"now\": 1771087320, \"frozen\": true}");
	control(&s, "POST", "/_sim/clock/advance", "{\"for\": \"90d\"}");
	CU_ASSERT_EQUAL(clk_now(idp_clock(s.idp)), 1771087320 + 90 * 86400);
	control(&s, "POST", "/_sim/clock/advance", "{\"seconds\": -5}");
	CU_ASSERT_EQUAL(clk_now(idp_clock(s.idp)), 1771087315 + 90 * 86400);
	control(&s, "POST", "/_sim/reset", NULL);
	CU_ASSERT_EQUAL(idp_clock(s.idp)->frozen_ms, 0);
}

static void a_rotated_key_appears_when_published(void)
{
	AUTO(json_t) json_t *before = minted("{s:s}", "provider", "okta");
	control(&s, "POST", "/_sim/keys/rotate",
		"{\"provider\": \"okta\", \"publish\": false}");
	AUTO(json_t) json_t *hidden = minted("{s:s}", "provider", "okta");
	const char *kid = conf_str(hidden, "header.kid", "?");

	CU_ASSERT_STRING_NOT_EQUAL(conf_str(before, "header.kid", ""), kid);
	get(&s, "/oauth2/default/v1/keys", NULL);
	CU_ASSERT(!says(&s, kid));
	control(&s, "POST", "/_sim/keys/rotate", "{\"provider\": \"okta\", \"retire\": true}");
	get(&s, "/oauth2/default/v1/keys", NULL);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(s.json, "keys")), 1);
}

/* Two test processes, each with an issuer of its own, and a trouble for one of them. */
static void tenants_of_ones_own_keep_apart(void)
{
	const char *paths[2];

	for (int i = 0; i < 2; i++) {
		control(&s, "POST", "/_sim/tenants",
			"{\"provider\": \"keycloak\", \"id\": \"t%d\"}", i);
		paths[i] = arena_printf(s.arena, "%s/protocol/openid-connect/token",
					member(&s, "issuer"));
	}
	control(&s, "POST", "/_sim/troubles",
		"{\"error\": \"invalid_scope\", \"provider\": \"keycloak\", \"tenant\": "
		"\"t0\"}");
	for (int i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(post(&s, paths[i],
				     "grant_type=password&client_id=platform-cli&"
				     "username=alice&password=alice-pw&scope=openid"),
				i ? 200 : 400);
	const char *token = arena_str(s.arena, member(&s, "access_token"));
	CU_ASSERT_EQUAL(get(&s, "/realms/t1/protocol/openid-connect/userinfo", token), 200);
	CU_ASSERT_EQUAL(get(&s, "/realms/t0/protocol/openid-connect/userinfo", token), 401);
	CU_ASSERT_EQUAL(get(&s, "/realms/platform/protocol/openid-connect/userinfo", token),
			401);
	control(&s, "POST", "/_sim/reset", NULL);
}

static void the_journal_is_filtered_and_waited_on(void)
{
	int status;

	control(&s, "POST", "/_sim/reset", NULL);
	AUTO(json_t) json_t *none = call("GET", "/_sim/journal?wait=0.01", NULL, &status);
	int64_t since = conf_int(none, "next", 0);
	sign_in(dialect_of("okta"));
	sign_in(dialect_of("azure"));
	AUTO_BUF path = { 0 };
	buf_printf(&path, "/_sim/journal?since=%lld&provider=okta&endpoint=token&wait=5",
		   (long long)since);
	AUTO(json_t) json_t *got = call("GET", path.p, NULL, &status);
	const json_t *entries = json_object_get(got, "entries");
	CU_ASSERT_EQUAL(json_array_size(entries), 1);
	CU_ASSERT_STRING_EQUAL(conf_str(json_array_get(entries, 0), "form.password", ""),
			       "(removed)");
	CU_ASSERT_STRING_EQUAL(conf_str(json_array_get(entries, 0), "user", ""), "alice");
}

/* ---- configuration ---- */

static void a_configuration_is_laid_over_kept_and_read_again(void)
{
	char path[] = "/tmp/test-control-XXXXXX";
	static const char one[] = "providers:\n  okta:\n    users:\n"
				  "      - {name: zoe, password: zoe-pw, email: zoe@x.test}\n";
	static const char two[] = "providers:\n  okta:\n    users:\n"
				  "      - {name: yan, password: yan-pw, email: yan@x.test}\n";
	static const char bad[] = "providers:\n  okta:\n    usrs: []\n";
	struct err err = { 0 };
	struct stage own;

	AUTO(fd) int fd = mkstemp(path);
	CU_ASSERT(fd >= 0 && file_write(path, one, sizeof(one) - 1, 0600, &err));
	stage_open(&own, &(struct idp_options) { .config = path });
	CU_ASSERT_PTR_NOT_NULL(provider_user(idp_provider(own.idp, "okta"), "zoe"));
	control(&own, "POST", "/_sim/reset", NULL);
	CU_ASSERT_PTR_NOT_NULL(provider_user(idp_provider(own.idp, "okta"), "zoe"));
	CU_ASSERT(file_write(path, bad, sizeof(bad) - 1, 0600, &err));
	CU_ASSERT_EQUAL(control(&own, "POST", "/_sim/reload", NULL), 400);
	CU_ASSERT_PTR_NOT_NULL(strstr(member(&own, "error"), "usrs"));
	CU_ASSERT_PTR_NOT_NULL(provider_user(idp_provider(own.idp, "okta"), "zoe"));
	CU_ASSERT(file_write(path, two, sizeof(two) - 1, 0600, &err));
	CU_ASSERT_EQUAL(control(&own, "POST", "/_sim/reload", NULL), 200);
	CU_ASSERT_PTR_NULL(provider_user(idp_provider(own.idp, "okta"), "zoe"));
	CU_ASSERT_PTR_NOT_NULL(provider_user(idp_provider(own.idp, "okta"), "yan"));
	CU_ASSERT_PTR_NOT_NULL(provider_user(idp_provider(own.idp, "okta"), "alice"));
	stage_close(&own);
	unlink(path);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*play)(void);
	} tests[] = {
		{ "shell and document cover every route",
		  shell_and_document_cover_every_route },
		{ "mistakes are refused with a remedy", mistakes_are_refused_with_a_remedy },
		{ "hostile HTTP is refused", hostile_http_is_refused },
		{ "a rebound name is refused", a_rebound_name_is_refused },
		{ "libjwt judges every forgery", libjwt_judges_every_forgery },
		{ "claims, times and headers are laid over",
		  claims_times_and_headers_are_laid_over },
		{ "kinds and algorithms can be chosen", kinds_and_algorithms_can_be_chosen },
		{ "a code fails whom it names, and then no more",
		  a_code_fails_whom_it_names_and_then_no_more },
		{ "an outage uses no refresh token up", an_outage_uses_no_refresh_token_up },
		{ "one person's refresh tokens expire", one_persons_refresh_tokens_expire },
		{ "the clock obeys", the_clock_obeys },
		{ "a rotated key appears when published",
		  a_rotated_key_appears_when_published },
		{ "tenants of one's own keep apart", tenants_of_ones_own_keep_apart },
		{ "the journal is filtered and waited on",
		  the_journal_is_filtered_and_waited_on },
		{ "a configuration is laid over, kept, and read again",
		  a_configuration_is_laid_over_kept_and_read_again },
	};

	stage_open(&s, NULL);
	CU_initialize_registry();
	CU_pSuite suite = CU_add_suite("control", NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		CU_add_test(suite, tests[i].name, tests[i].play);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	stage_close(&s);
	return failed ? 1 : 0;
}
