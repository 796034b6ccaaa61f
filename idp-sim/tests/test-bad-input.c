/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every endpoint of every provider, and every route of the control API, times everything that a
 * broken or hostile client can send: the provider's own error or another 4xx, never a crash, never
 * a 5xx, and never a word of somebody else's session.
 */
#include "idp-sim/control.h"
#include "idp-sim/tests/stage.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static struct stage stage;

enum { LARGE = 2 << 20, MANY = 10000 };

struct bad {
	const char *name, *method, *type, *query;
	const char *body;
	size_t n;	  /* of the body; 0: its length */
	bool must_refuse; /* where something is done, a success would be wrong */
};

#define FORM "application/x-www-form-urlencoded"
#define WELL                                                                                   \
	"grant_type=password&client_id=platform-cli&username=alice&password=alice-pw"          \
	"&scope=openid&token=x&device_code=x&code=x&refresh_token=x"

static char *large, *many;

static struct bad bads[] = {
	{ "a body of 2 MiB", "POST", FORM, NULL, NULL, LARGE, true },
	{ "10,000 parameters", "POST", FORM, NULL, NULL, 0, true },
	{ "10,000 parameters in the query", "GET", NULL, NULL, NULL, 0, false },
	{ "invalid UTF-8", "POST", FORM, NULL,
	  "grant_type=%ff%fe&client_id=%c3%28&username=%ff&password=%ff&scope=%ed%a0%80"
	  "&token=%ff&device_code=%ff&code=%ff&refresh_token=%ff&user_code=%ff&sign_in=%ff",
	  0, true },
	{ "raw invalid UTF-8", "POST", FORM, NULL,
	  "grant_type=\xff\xfe&client_id=\xc3(&token=\xed\xa0\x80", 0, true },
	{ "NUL", "POST", FORM, NULL,
	  "grant_type=password%00&client_id=platform-cli%00&username=alice%00&password=%00"
	  "&token=%00&device_code=%00&code=%00&refresh_token=%00&user_code=%00",
	  0, true },
	{ "raw NUL", "POST", FORM, NULL, "grant_type=pass\0word&client_id=\0", 32, true },
	{ "the name is NUL", "POST", FORM, NULL, "%00=a&%00%00=b&=c&=", 0, true },
	{ "duplicate parameters", "POST", FORM, NULL,
	  "client_id=a&client_id=b&grant_type=password&grant_type=refresh_token&token=a&token=b"
	  "&device_code=a&device_code=b&code=a&code=b&scope=a&scope=b&state=1&state=2",
	  0, true },
	{ "PUT", "PUT", FORM, NULL, WELL, 0, true },
	{ "DELETE", "DELETE", NULL, NULL, "", 0, true },
	{ "an unknown method", "BREW", NULL, NULL, "", 0, true },
	{ "plain text", "POST", "text/plain", NULL, WELL, 0, true },
	{ "JSON", "POST", "application/json", NULL, "{\"grant_type\":", 0, true },
	{ "multipart without a boundary", "POST", "multipart/form-data", NULL, "--x\r\n", 0,
	  true },
	{ "no type", "POST", NULL, NULL, "\x01\x02\x03", 0, true },
	{ "broken escapes", "POST", FORM, NULL,
	  "grant_type=%&client_id=%f&token=%zz&x=%%%&&&&==&device_code=%u0041", 0, true },
	{ "NUL in the query", "GET", NULL,
	  "client_id=%00&redirect_uri=%00&response_type=%00&scope=%00&user_code=%00&state=%00"
	  "&id_token_hint=%00&post_logout_redirect_uri=%00&authorization_endpoint=%00",
	  NULL, 0, false },
	{ "invalid UTF-8 in the query", "GET", NULL,
	  "client_id=%ff&redirect_uri=%ff&response_type=%ff&user_code=%ff&id_token_hint=%ff"
	  "&sign_in=%ff&tab_id=%ff&execution=%ff",
	  NULL, 0, false },
	{ "line breaks in the query", "GET", NULL,
	  "client_id=platform-cli&response_type=code&redirect_uri=http://127.0.0.1:9999/"
	  "callback"
	  "%0d%0aSet-Cookie:%20a=b&state=%0d%0aX-Evil:%201&scope=openid",
	  NULL, 0, false },
};

static const struct bad authorizations[] = {
	{ "Basic without end", .query = "Authorization: Basic" },
	{ "Basic garbage", .query = "Authorization: Basic !!!!" },
	{ "Basic NUL", .query = "Authorization: Basic AAAA" },
	{ "Bearer nothing", .query = "Authorization: Bearer " },
	{ "Bearer garbage", .query = "Authorization: Bearer \xff\xfe.%00.x" },
	{ "Bearer of dots", .query = "Authorization: Bearer ..........." },
	{ "a nested token",
	  .query = "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.W1tbW1tbW1tbW1tbW1tb.AAAA" },
	{ "an unknown scheme", .query = "Authorization: Negotiate YII=" },
};

/* ---- what was asked, and whether the answer may be ---- */

static const char *secrets[16]; /* tokens and names of somebody's session */
static size_t n_secrets;

static void remember(const char *text)
{
	if (*text && n_secrets < ARRAY_LEN(secrets))
		secrets[n_secrets++] = arena_str(stage.arena, text);
}

static bool leaks(const char *text)
{
	for (size_t i = 0; text && i < n_secrets; i++)
		if (strstr(text, secrets[i]))
			return true;
	return false;
}

static bool does_something(const struct endpoint *ep)
{
	return ep->kind == EP_TOKEN || ep->kind == EP_DEVICE || ep->kind == EP_USERINFO ||
	       ep->kind == EP_INTROSPECT || ep->kind == EP_AUTHN;
}

static void judge(const char *whose, const char *where, const char *what, bool refuse,
		  const struct wire_answer *a)
{
	bool good = refuse ? a->status >= 400 && a->status < 500
			   : a->status >= 200 && a->status < 500;

	good &= !leaks(a->body);
	for (size_t i = 0; i < a->n_headers; i++)
		good &= !leaks(a->headers[i].value) &&
			strcasecmp(a->headers[i].name, "X-Evil") != 0;
	CU_ASSERT(good);
	if (!good)
		printf("\n    %s %s, %s: %d %.160s", whose, where, what, a->status,
		       a->body ? a->body : "");
}

/* A request line longer than a URL of ours can be. */
static void send_long(const char *origin, const char *path, const struct bad *b,
		      struct wire_answer *ret)
{
	struct wire_to to = { .host = "127.0.0.1",
			      .port = (int)strtol(strrchr(origin, ':') + 1, NULL, 10) };
	const char *text = arena_printf(stage.arena,
					"%s %s?%s HTTP/1.1\r\nHost: x\r\nConnection: close"
					"\r\n\r\n",
					b->method, path, b->query);
	struct err err = { 0 };

	if (!wire_exchange(&to, text, strlen(text), ret, &err))
		printf("\n    %s %s: %s", path, b->name, err.text);
}

static void send(const char *origin, const char *path, const struct bad *b, const char *extra,
		 struct wire_answer *ret)
{
	const char *headers[3] = { 0 };
	size_t n = b->n ? b->n : b->body ? strlen(b->body) : 0, at = 0;

	if (b->query && strlen(b->query) > 1000) {
		send_long(origin, path, b, ret);
		return;
	}
	const char *url =
		arena_printf(stage.arena, "%s%s%s%s", origin, path,
			     b->query && !extra ? "?" : "", b->query && !extra ? b->query : "");
	struct err err = { 0 };

	if (b->type)
		headers[at++] = arena_printf(stage.arena, "Content-Type: %s", b->type);
	headers[at] = extra;
	if (!wire_request(b->method ? b->method : "POST", url, headers, b->body, n, NULL, ret,
			  &err))
		printf("\n    %s %s: %s", path, b->name, err.text);
}

/* ---- the simulated surface ---- */

/* The path with a tenant that there is, and anything for other words. */
static const char *path_of(const struct provider *p, const struct endpoint *ep)
{
	AUTO_BUF out = { 0 };

	for (const char *c = ep->path; *c; c++) {
		if (*c != '{') {
			buf_char(&out, *c);
			continue;
		}
		buf_str(&out, strncmp(c, "{tenant}", 8) ? "word" : p->first_tenant);
		c = strchr(c, '}');
	}
	return arena_str(stage.arena, out.p);
}

static void try_all(const struct provider *p, const struct endpoint *ep)
{
	const char *path = path_of(p, ep);
	const char *origin = idp_origin(stage.idp);

	for (size_t i = 0; i < ARRAY_LEN(bads); i++) {
		AUTO_ANSWER a = { 0 };
		send(origin, path, &bads[i], NULL, &a);
		judge(p->name, path, bads[i].name, bads[i].must_refuse && does_something(ep),
		      &a);
	}
	for (size_t i = 0; i < ARRAY_LEN(authorizations); i++) {
		const struct bad form = { "", "POST", FORM, NULL, WELL, 0, true };
		const struct bad plain = { "", "GET", NULL, NULL, "", 0, false };
		AUTO_ANSWER a = { 0 };
		send(origin, path, ep->kind == EP_USERINFO ? &plain : &form,
		     authorizations[i].query, &a);
		/* Who proves nothing else there is refused; elsewhere the form can do. */
		judge(p->name, path, authorizations[i].name, ep->kind == EP_USERINFO, &a);
	}
}

static void sign_somebody_in(const struct dialect *d)
{
	CU_ASSERT_EQUAL(post(&stage, d->token,
			     "grant_type=password&client_id=%s&username=alice&password=alice-"
			     "pw&scope=%s",
			     d->client, coded(&stage, d->scope)),
			200);
	remember(member(&stage, "access_token"));
	remember(member(&stage, "refresh_token"));
	CU_ASSERT_EQUAL(post(&stage, d->device, "client_id=%s&scope=openid", d->client), 200);
	remember(member(&stage, "device_code"));
	remember(member(&stage, "user_code"));
}

static void every_endpoint_refuses(void)
{
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
		sign_somebody_in(&dialects[i]);
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
		const struct provider *p = idp_provider(stage.idp, dialects[i].name);
		for (size_t k = 0; k < p->n_endpoints; k++)
			try_all(p, &p->endpoints[k]);
		printf("\n    %s: %zu endpoints x %zu", p->name, p->n_endpoints,
		       ARRAY_LEN(bads) + ARRAY_LEN(authorizations));
	}
}

static void paths_are_refused(void)
{
	static const char *const paths[] = {
		"/%00",
		"/%ff/oauth2/v2.0/token",
		"/%00/%2e%2e/oauth2/v2.0/token",
		"/realms/%00/protocol/openid-connect/token",
		"/realms//device",
		"/realms/../realms/platform",
		"/oauth2/%ff/v1/token",
		"/oauth2/%00/v1/keys",
		"//",
		"/.",
		"/%",
		"/%zz/v2.0/.well-known/openid-configuration",
	};
	static const struct bad get = { "path", "GET", NULL, NULL, "", 0, true };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		AUTO_ANSWER a = { 0 };
		send(idp_origin(stage.idp), paths[i], &get, NULL, &a);
		judge("any", paths[i], "GET", true, &a);
	}
}

static void a_good_day_follows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(dialects); i++)
		sign_somebody_in(&dialects[i]);
}

/* ---- the control API ---- */

static struct bad control_bads[] = {
	{ "truncated JSON", .body = "{\"user\":" },
	{ "half a string", .body = "{\"user\": \"al" },
	{ "half an escape", .body = "{\"user\": \"\\u00" },
	{ "a list", .body = "[1,2" },
	{ "two values", .body = "{}{}" },
	{ "a member twice", .body = "{\"user\":\"a\",\"user\":\"b\"}" },
	{ "invalid UTF-8", .body = "{\"user\": \"\xff\xfe\"}" },
	{ "NUL", .body = "\0\1", .n = 2 },
	{ "deep nesting", NULL, NULL, NULL, NULL, LARGE / 32, true },
	{ "a body of 2 MiB", NULL, NULL, NULL, NULL, LARGE, true },
	{ "a form", .type = FORM, .body = "user=alice" },
	{ "not an object", .body = "[]" },
	{ "an unknown member", .body = "{\"no-such-member\": 1}" },
};

static const char *control_path(const char *pattern)
{
	AUTO_BUF out = { 0 };

	for (const char *c = pattern; *c; c++) {
		if (*c != '{') {
			buf_char(&out, *c);
			continue;
		}
		buf_str(&out, strncmp(c, "{provider}", 10) ? "word" : "okta");
		c = strchr(c, '}');
	}
	return arena_str(stage.arena, out.p);
}

static void every_route_refuses(void)
{
	const char *origin = idp_control_origin(stage.idp);

	for (const struct route *r = control_routes; r->method; r++) {
		const char *path = control_path(r->path);
		for (size_t i = 0; i < ARRAY_LEN(control_bads); i++) {
			struct bad b = control_bads[i];
			AUTO_ANSWER a = { 0 };
			/* A merge patch takes any member. */
			if (r->free_body && strstr(b.body ? b.body : "", "no-such"))
				continue;
			b.method = r->method;
			send(origin, path, &b, NULL, &a);
			judge("control", path, b.name, true, &a);
		}
		struct bad wrong = { "a wrong method", "BREW", NULL, NULL, "", 0, true };
		struct bad asked = {
			"an unknown parameter", r->method, NULL, "no-such=1", "", 0, true
		};
		AUTO_ANSWER a = { 0 };
		AUTO_ANSWER c = { 0 };
		send(origin, path, &wrong, NULL, &a);
		judge("control", path, wrong.name, true, &a);
		send(origin, path, &asked, NULL, &c);
		judge("control", path, asked.name, true, &c);
	}
}

/* ---- */

static void make_large(void)
{
	AUTO_BUF b = { 0 };

	for (int i = 0; i < MANY; i++)
		buf_printf(&b, "p%d=v&", i);
	many = arena_str(stage.arena, b.p);
	large = malloc(LARGE + 1);
	if (!large)
		abort();
	memset(large, '[', LARGE);
	large[LARGE] = '\0';
	bads[0].body = large;
	bads[1].body = bads[2].query = many;
	for (size_t i = 0; i < ARRAY_LEN(control_bads); i++)
		if (!control_bads[i].body)
			control_bads[i].body = large;
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "every endpoint refuses", every_endpoint_refuses },
		{ "paths are refused", paths_are_refused },
		{ "every route refuses", every_route_refuses },
		{ "a good day follows", a_good_day_follows },
		CU_TEST_INFO_NULL,
	};

	stage_open(&stage, NULL);
	make_large();
	int status = stage_run(&stage, "bad input", tests);
	free(large);
	return status;
}
