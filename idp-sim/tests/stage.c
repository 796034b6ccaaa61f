/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/base/form.h"
#include "idp-sim/base/rng.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#define AZURE "/11111111-2222-3333-4444-555555555555/oauth2/v2.0"

const struct dialect dialects[3] = {
	{ .name = "azure",
	  .token = AZURE "/token",
	  .device = AZURE "/devicecode",
	  .authorize = AZURE "/authorize",
	  .userinfo = "/oidc/userinfo",
	  .client = "66666666-7777-8888-9999-aaaaaaaaaaaa",
	  .service = "77777777-8888-9999-aaaa-bbbbbbbbbbbb",
	  .scope = "openid profile offline_access "
		   "api://66666666-7777-8888-9999-aaaaaaaaaaaa/platform:read",
	  .service_scope = "api://platform/.default",
	  .redirect_uri = "http://localhost:9999/callback" },
	{ .name = "okta",
	  .token = "/oauth2/default/v1/token",
	  .device = "/oauth2/default/v1/device/authorize",
	  .authorize = "/oauth2/default/v1/authorize",
	  .userinfo = "/oauth2/default/v1/userinfo",
	  .client = "0oa15wulqt5yqD9FP5d7",
	  .service = "0oa2svcplatform0Zk5d7",
	  .scope = "openid profile offline_access platform:read",
	  .service_scope = "platform:read",
	  .redirect_uri = "http://127.0.0.1:9999/callback" },
	{ .name = "keycloak",
	  .token = "/realms/platform/protocol/openid-connect/token",
	  .device = "/realms/platform/protocol/openid-connect/auth/device",
	  .authorize = "/realms/platform/protocol/openid-connect/auth",
	  .userinfo = "/realms/platform/protocol/openid-connect/userinfo",
	  .client = "platform-cli",
	  .service = "platform-svc",
	  .scope = "openid platform:read",
	  .service_scope = "platform:read",
	  .redirect_uri = "http://127.0.0.1:9999/callback" },
};

const struct dialect *dialect_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
		if (!strcmp(dialects[i].name, name))
			return &dialects[i];
	return NULL;
}

void stage_open(struct stage *s, const struct idp_options *options)
{
	static const struct idp_options usual = { .seed = 7, .threads = 1 };
	struct err err = { 0 };

	*s = (struct stage) { .arena = arena_new() };
	s->idp = idp_start(options ? options : &usual, &err);
	if (!s->idp) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
}

static void forget(struct stage *s)
{
	wire_answer_done(&s->answer);
	s->answer = (struct wire_answer) { 0 };
	json_decref(s->json);
	s->json = NULL;
}

void stage_close(struct stage *s)
{
	forget(s);
	idp_stop(s->idp);
	arena_free(s->arena);
}

int stage_run(struct stage *s, const char *name, struct CU_TestInfo *tests)
{
	CU_SuiteInfo suites[] = { { name, NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
	unsigned failed;

	CU_initialize_registry();
	if (!s->idp)
		stage_open(s, NULL);
	CU_register_suites(suites);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	stage_close(s);
	CU_cleanup_registry();
	return failed > 0;
}

static int request(struct stage *s, const char *method, const char *path,
		   const char *const *headers, const char *body)
{
	const char *url =
		*path == '/' ? arena_printf(s->arena, "%s%s", idp_origin(s->idp), path) : path;
	struct err err = { 0 };

	forget(s);
	if (!wire_request(method, url, headers, body, body ? strlen(body) : 0,
			  &(struct wire_to) { 0 }, &s->answer, &err)) {
		fprintf(stderr, "%s %s: %s\n", method, url, err.text);
		return -1;
	}
	s->json = s->answer.body ? json_loads(s->answer.body, 0, NULL) : NULL;
	return s->answer.status;
}

int get(struct stage *s, const char *path, const char *bearer)
{
	const char *headers[2] = { NULL };

	if (bearer)
		headers[0] = arena_printf(s->arena, "Authorization: Bearer %s", bearer);
	return request(s, "GET", path, headers, NULL);
}

int post(struct stage *s, const char *path, const char *fmt, ...)
{
	const char *form[] = { "Content-Type: application/x-www-form-urlencoded", NULL, NULL };
	AUTO_BUF b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (s->origin)
		form[1] = arena_printf(s->arena, "Origin: %s", s->origin);
	return request(s, "POST", path, form, b.p ? b.p : "");
}

int control(struct stage *s, const char *method, const char *path, const char *fmt, ...)
{
	AUTO(json_t) json_t *body = NULL;
	AUTO_BUF b = { 0 };
	int status = 0;
	va_list ap;

	if (fmt) {
		va_start(ap, fmt);
		buf_vprintf(&b, fmt, ap);
		va_end(ap);
		body = json_loads(b.p, 0, NULL);
		CU_ASSERT_PTR_NOT_NULL(body);
	}
	forget(s);
	s->json = idp_call(s->idp, method, path, body, &status);
	return status;
}

void advance(struct stage *s, int64_t seconds)
{
	CU_ASSERT_EQUAL(control(s, "POST", "/_sim/clock/advance", "{\"seconds\":%lld}",
				(long long)seconds),
			200);
}

const char *member(struct stage *s, const char *name)
{
	return arena_str(s->arena, conf_str(s->json, name, ""));
}

const char *header(struct stage *s, const char *name)
{
	const char *v = wire_header(&s->answer, name);

	return arena_str(s->arena, v ? v : "");
}

bool says(struct stage *s, const char *text)
{
	return s->answer.body && strstr(s->answer.body, text);
}

json_t *claims_of(struct stage *s, const char *token)
{
	const char *dot = strchr(token, '.');
	size_t n = dot ? strcspn(dot + 1, ".") : 0;
	unsigned char *raw = arena_alloc(s->arena, n + 4);
	long len = dot ? b64_decode(dot + 1, n, raw) : -1;

	return len > 0 ? json_loadb((char *)raw, (size_t)len, 0, NULL) : NULL;
}

const char *coded(struct stage *s, const char *text)
{
	AUTO_BUF b = { 0 };

	buf_form(&b, text, strlen(text));
	return arena_dup(s->arena, b.p ? b.p : "", b.n);
}

const char *url_param(struct stage *s, const char *url, const char *name)
{
	const char *mark = strpbrk(url, "?#");
	struct form f = { 0 };
	const char *v;

	if (mark)
		f = form_parse(s->arena, mark + 1, strlen(mark + 1));
	v = form_get(&f, name);
	return v ? v : "";
}

/* The value of an attribute after `from`, up to its quote, with &amp; undone. */
static const char *attribute(struct stage *s, const char *from, const char *name)
{
	const char *at = from ? strstr(from, name) : NULL;
	char *out;
	size_t n = 0;

	if (!at)
		return "";
	at += strlen(name);
	out = arena_alloc(s->arena, strlen(at) + 1);
	while (*at && *at != '"') {
		out[n++] = *at;
		at += strncmp(at, "&amp;", 5) ? 1 : 5;
	}
	return out;
}

const char *form_action(struct stage *s)
{
	const char *form = s->answer.body ? strstr(s->answer.body, "<form") : NULL;

	return attribute(s, form, "action=\"");
}

const char *form_fields(struct stage *s)
{
	const char *at = s->answer.body ? strstr(s->answer.body, "<form") : NULL;
	AUTO_BUF b = { 0 };

	while (at && (at = strstr(at, "type=\"hidden\""))) {
		buf_printf(&b, "%s=%s&", attribute(s, at, "name=\""),
			   coded(s, attribute(s, at, "value=\"")));
		at++;
	}
	return arena_dup(s->arena, b.p ? b.p : "", b.n);
}
