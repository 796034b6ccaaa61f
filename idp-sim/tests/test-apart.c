/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three providers with two tenants each, and two clients in each of them, in one process: nothing
 * of one works at another, and nothing that is done there harms it. Over all pairs.
 */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

static struct stage stage;

#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define SECOND "second-client"
#define OWN_SECRET "s-secret"

struct place {
	const struct dialect *d;
	const char *tenant, *client, *service;
	const char *token, *device, *authorize, *userinfo;
	const char *introspect, *revoke, *logout,
		*device_page; /* NULL: it has none per tenant */
	const char *access, *refresh, *id_token, *device_code, *user_code, *code;
};

enum { TENANTS = 6, N = 2 * TENANTS };
static struct place places[N];

/* What the paths of a dialect are besides those of stage.h; %s is the tenant. */
static const struct {
	const char *provider, *first, *second;
	const char *introspect, *revoke, *logout, *device_page;
} homes[] = {
	{ "azure", "11111111-2222-3333-4444-555555555555", "fabrikam.test", NULL, NULL,
	  "/%s/oauth2/v2.0/logout", NULL },
	{ "okta", "default", "second", "/oauth2/%s/v1/introspect", "/oauth2/%s/v1/revoke",
	  "/oauth2/%s/v1/logout", NULL },
	{ "keycloak", "platform", "staging",
	  "/realms/%s/protocol/openid-connect/token/introspect",
	  "/realms/%s/protocol/openid-connect/revoke",
	  "/realms/%s/protocol/openid-connect/logout", "/realms/%s/device" },
};

/* ---- making them ---- */

static const char *swapped(const char *path, const char *from, const char *to)
{
	const char *at = strstr(path, from);

	return at ? arena_printf(stage.arena, "%.*s%s%s", (int)(at - path), path, to,
				 at + strlen(from))
		  : path;
}

static const char *with(const char *pattern, const char *tenant)
{
	return pattern ? swapped(pattern, "%s", tenant) : NULL;
}

static struct place place(size_t home, bool second_tenant, bool second_client)
{
	const struct dialect *d = dialect_of(homes[home].provider);
	const char *from = homes[home].first;
	const char *to = second_tenant ? homes[home].second : from;

	return (struct place) {
		.d = d,
		.tenant = to,
		.client = second_client ? SECOND : d->client,
		.service = "own-service",
		.token = swapped(d->token, from, to),
		.device = swapped(d->device, from, to),
		.authorize = swapped(d->authorize, from, to),
		.userinfo = swapped(d->userinfo, from, to),
		.introspect = with(homes[home].introspect, to),
		.revoke = with(homes[home].revoke, to),
		.logout = with(homes[home].logout, to),
		.device_page = with(homes[home].device_page, to),
	};
}

static const char *authorization_code(const struct place *p)
{
	const char *fields;

	CU_ASSERT_EQUAL(
		get(&stage,
		    arena_printf(stage.arena,
				 "%s?client_id=%s&response_type=code&redirect_uri=%s"
				 "&scope=%s&code_challenge=" CHALLENGE
				 "&code_challenge_method=S256",
				 p->authorize, p->client, coded(&stage, p->d->redirect_uri),
				 coded(&stage, p->d->scope)),
		    NULL),
		200);
	fields = form_fields(&stage);
	CU_ASSERT_EQUAL(
		post(&stage, form_action(&stage), "%susername=alice&password=alice-pw", fields),
		302);
	return url_param(&stage, header(&stage, "Location"), "code");
}

static void fill(struct place *p)
{
	CU_ASSERT_EQUAL(post(&stage, p->token,
			     "grant_type=password&client_id=%s&username=alice&password=alice-"
			     "pw&scope=%s",
			     p->client, coded(&stage, p->d->scope)),
			200);
	p->access = member(&stage, "access_token");
	p->refresh = member(&stage, "refresh_token");
	p->id_token = member(&stage, "id_token");
	CU_ASSERT_EQUAL(post(&stage, p->device, "client_id=%s&scope=%s", p->client,
			     coded(&stage, p->d->scope)),
			200);
	p->device_code = member(&stage, "device_code");
	p->user_code = member(&stage, "user_code");
	p->code = authorization_code(p);
}

static void register_them(void)
{
	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		const struct dialect *d = dialect_of(homes[i].provider);
		const char *path = arena_printf(stage.arena, "/_sim/providers/%s/clients/",
						homes[i].provider);
		CU_ASSERT(control(&stage, "POST", "/_sim/tenants",
				  "{\"provider\":\"%s\",\"id\":\"%s\"}", homes[i].provider,
				  homes[i].second) < 300);
		CU_ASSERT(control(&stage, "PATCH", arena_printf(stage.arena, "%s" SECOND, path),
				  "{\"public\":true,\"redirect_uris\":[\"%s\"],\"grants\":["
				  "\"password\",\"device_code\",\"refresh_token\","
				  "\"authorization_code\"]}",
				  d->redirect_uri) < 300);
		CU_ASSERT(control(&stage, "PATCH",
				  arena_printf(stage.arena, "%sown-service", path),
				  "{\"secret\":\"" OWN_SECRET
				  "\",\"grants\":[\"client_credentials\"]}") < 300);
	}
	for (size_t i = 0; i < N; i++)
		places[i] = place(i / 4, i / 2 % 2, i % 2);
}

/* ---- one thing of a at b ---- */

static bool same_tenant(const struct place *a, const struct place *b)
{
	return a->d == b->d && !strcmp(a->tenant, b->tenant);
}

static void tokens_are_refused(const struct place *a, const struct place *b)
{
	CU_ASSERT_EQUAL(post(&stage, b->token,
			     "grant_type=refresh_token&client_id=%s&refresh_token=%s",
			     b->client, coded(&stage, a->refresh)) /
				100,
			4);
	CU_ASSERT_EQUAL(post(&stage, b->token,
			     "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3A"
			     "device_code&client_id=%s&device_code=%s",
			     b->client, a->device_code),
			400);
	CU_ASSERT_STRING_NOT_EQUAL(member(&stage, "error"), "authorization_pending");
	/* Microsoft Graph is one for all tenants, and a token is not bound to a client there. */
	if (!same_tenant(a, b) && !(a->d == b->d && !strcmp(a->d->name, "azure")))
		CU_ASSERT_EQUAL(get(&stage, b->userinfo, a->access), 401);
}

static void introspection_knows_nothing(const struct place *a, const struct place *b)
{
	const char *tokens[] = { a->access, a->refresh };

	for (size_t i = 0; b->introspect && !same_tenant(a, b) && i < 2; i++) {
		CU_ASSERT_EQUAL(post(&stage, b->introspect,
				     "client_id=own-service&client_secret=" OWN_SECRET
				     "&token=%s",
				     coded(&stage, tokens[i])),
				200);
		CU_ASSERT_STRING_EQUAL(stage.answer.body, "{\"active\":false}");
	}
}

/* Refused or not: what a has goes on, which is seen at the end. */
static void try_to_end(const struct place *a, const struct place *b)
{
	if (b->revoke)
		post(&stage, b->revoke, "client_id=%s&token=%s", b->client,
		     coded(&stage, a->refresh));
	if (same_tenant(a, b))
		return; /* a tenant's sign-out ends its session, whoever sends the hint */
	get(&stage, arena_printf(stage.arena, "%s?id_token_hint=%s", b->logout, a->id_token),
	    NULL);
	if (!strcmp(b->d->name, "keycloak"))
		CU_ASSERT(post(&stage, b->logout, "client_id=%s&refresh_token=%s", b->client,
			       coded(&stage, a->refresh)) >= 400);
}

static void code_is_refused(const struct place *a, const struct place *b)
{
	if (same_tenant(a, b))
		return; /* a client that sends another's code uses it up: see below */
	CU_ASSERT_EQUAL(post(&stage, b->token,
			     "grant_type=authorization_code&client_id=%s&redirect_uri=%s"
			     "&code=%s&code_verifier=" VERIFIER,
			     b->client, coded(&stage, b->d->redirect_uri),
			     coded(&stage, a->code)) /
				100,
			4);
}

static void user_code_is_unknown(const struct place *a, const struct place *b)
{
	if (!b->device_page || same_tenant(a, b))
		return;
	get(&stage,
	    arena_printf(stage.arena, "%s?user_code=%s", b->device_page,
			 coded(&stage, a->user_code)),
	    NULL);
	CU_ASSERT(stage.answer.status != 302);
}

static void nothing_of_one_works_at_another(void)
{
	for (size_t i = 0; i < N; i++)
		fill(&places[i]);
	for (size_t i = 0; i < N; i++)
		for (size_t j = 0; j < N; j++) {
			if (i == j)
				continue;
			tokens_are_refused(&places[i], &places[j]);
			introspection_knows_nothing(&places[i], &places[j]);
			code_is_refused(&places[i], &places[j]);
			user_code_is_unknown(&places[i], &places[j]);
			try_to_end(&places[i], &places[j]);
		}
}

/* After all that everything still works at home. */
static void nothing_was_harmed(void)
{
	for (size_t i = 0; i < N; i++) {
		const struct place *p = &places[i];

		CU_ASSERT_EQUAL(get(&stage, p->userinfo, p->access), 200);
		CU_ASSERT_EQUAL(post(&stage, p->token,
				     "grant_type=refresh_token&client_id=%s&refresh_token=%s",
				     p->client, coded(&stage, p->refresh)),
				200);
		CU_ASSERT_EQUAL(post(&stage, p->token,
				     "grant_type=authorization_code&client_id=%s"
				     "&redirect_uri=%s&code=%s&code_verifier=" VERIFIER,
				     p->client, coded(&stage, p->d->redirect_uri),
				     coded(&stage, p->code)),
				200);
		CU_ASSERT_EQUAL(control(&stage, "POST",
					arena_printf(stage.arena, "/_sim/devices/%s/approve",
						     p->user_code),
					"{\"user\":\"alice\"}"),
				200);
		CU_ASSERT_EQUAL(post(&stage, p->token,
				     "grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type"
				     "%%3Adevice_code&client_id=%s&device_code=%s",
				     p->client, p->device_code),
				200);
	}
}

static void another_clients_code_is_refused(void)
{
	for (size_t i = 0; i < N; i++) {
		struct place *a = &places[i], *b = &places[i ^ 1];
		const char *code = authorization_code(a);

		CU_ASSERT_EQUAL(post(&stage, b->token,
				     "grant_type=authorization_code&client_id=%s"
				     "&redirect_uri=%s&code=%s&code_verifier=" VERIFIER,
				     b->client, coded(&stage, b->d->redirect_uri),
				     coded(&stage, code)) /
					100,
				4);
	}
}

/* ---- troubles and the control API ---- */

static int begin_device_login(const struct place *p)
{
	return post(&stage, p->device, "client_id=%s&scope=%s", p->client,
		    coded(&stage, p->d->scope));
}

static void a_trouble_is_ones_own(void)
{
	for (size_t i = 0; i < N; i++) {
		const struct place *a = &places[i];

		CU_ASSERT_EQUAL(control(&stage, "POST", "/_sim/troubles",
					"{\"error\":\"server_error\",\"provider\":\"%s\","
					"\"tenant\":\"%s\",\"client_id\":\"%s\"}",
					a->d->name, a->tenant, a->client),
				200);
		CU_ASSERT_EQUAL(control(&stage, "POST", "/_sim/troubles",
					"{\"what\":\"aud\",\"kind\":\"token\","
					"\"provider\":\"%s\",\"tenant\":\"%s\","
					"\"client_id\":\"%s\"}",
					a->d->name, a->tenant, a->client),
				200);
		for (size_t j = 0; j < N; j++)
			CU_ASSERT_EQUAL(begin_device_login(&places[j]) == 200, i != j);
		control(&stage, "DELETE", "/_sim/troubles", NULL);
	}
}

static int refresh(const struct place *p)
{
	return post(&stage, p->token, "grant_type=refresh_token&client_id=%s&refresh_token=%s",
		    p->client, coded(&stage, p->refresh));
}

/* The control API ends, counts and shows what it is asked about and nothing else. */
static void the_control_api_keeps_them_apart(void)
{
	control(&stage, "POST", "/_sim/reset", NULL);
	register_them();
	for (size_t i = 0; i < N; i++)
		fill(&places[i]);
	for (size_t i = 0; i < N; i++) {
		const struct place *p = &places[i];

		CU_ASSERT_EQUAL(control(&stage, "POST", "/_sim/refresh/expire",
					"{\"provider\":\"%s\",\"tenant\":\"%s\","
					"\"client_id\":\"%s\"}",
					p->d->name, p->tenant, p->client),
				200);
		CU_ASSERT_EQUAL(conf_int(stage.json, "ended", 0), 1);
		CU_ASSERT_EQUAL(refresh(p), 400);
		for (size_t j = i + 1; j < N && j < i + 3; j++) {
			CU_ASSERT_EQUAL(refresh(&places[j]), 200);
			places[j].refresh = member(&stage, "refresh_token");
		}
		control(&stage, "GET",
			arena_printf(stage.arena,
				     "/_sim/journal?provider=%s&tenant=%s&client_id=%s",
				     p->d->name, coded(&stage, p->tenant), p->client),
			NULL);
		size_t k;
		json_t *e;
		CU_ASSERT(json_array_size(json_object_get(stage.json, "entries")) > 0);
		json_array_foreach(json_object_get(stage.json, "entries"), k, e)
			CU_ASSERT_STRING_EQUAL(conf_str(e, "tenant", ""), p->tenant);
	}
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "twelve places", register_them },
		{ "nothing of one works at another", nothing_of_one_works_at_another },
		{ "nothing was harmed", nothing_was_harmed },
		{ "another client's code is refused", another_clients_code_is_refused },
		{ "a trouble is one's own", a_trouble_is_ones_own },
		{ "the control API keeps them apart", the_control_api_keeps_them_apart },
		CU_TEST_INFO_NULL,
	};

	return stage_run(&stage, "keeping apart", tests);
}
