/* SPDX-License-Identifier: Apache-2.0 */
/* Each grant of each dialect, over HTTP, with a clock that is moved. */
#include "idp-sim/tests/stage.h"

#include "idp-sim/base/conf.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define DEVICE_GRANT "urn%%3Aietf%%3Aparams%%3Aoauth%%3Agrant-type%%3Adevice_code"
/* RFC 7636, appendix B. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static struct stage stage;

static int sign_in(const struct dialect *d, const char *user)
{
	return post(&stage, d->token,
		    "grant_type=password&client_id=%s&username=%s&password=%s-pw&scope=%s",
		    d->client, user, user, coded(&stage, d->scope));
}

static int refresh(const struct dialect *d, const char *token)
{
	return post(&stage, d->token, "grant_type=refresh_token&client_id=%s&refresh_token=%s",
		    d->client, coded(&stage, token));
}

static int poll(const struct dialect *d, const char *device_code)
{
	return post(&stage, d->token, "grant_type=" DEVICE_GRANT "&client_id=%s&device_code=%s",
		    d->client, coded(&stage, device_code));
}

/* A device code; its user code goes to *ret_user_code. */
static const char *new_device(const struct dialect *d, const char **ret_user_code)
{
	CU_ASSERT_EQUAL(post(&stage, d->device, "client_id=%s&scope=%s", d->client,
			     coded(&stage, d->scope)),
			200);
	*ret_user_code = member(&stage, "user_code");
	return member(&stage, "device_code");
}

static void decide(const char *user_code, const char *what, const char *body)
{
	const char *path = arena_printf(stage.arena, "/_sim/devices/%s/%s", user_code, what);

	CU_ASSERT_EQUAL(control(&stage, "POST", path, "%s", body), 200);
}

#define EACH(d) for (const struct dialect *d = dialects; d < dialects + 3; d++)

static void test_password(void)
{
	EACH(d)
	{
		AUTO(json_t) json_t *claims = NULL;
		const char *token;

		CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
		CU_ASSERT_STRING_EQUAL(member(&stage, "token_type"), "Bearer");
		CU_ASSERT(*member(&stage, "id_token") && *member(&stage, "refresh_token"));
		token = member(&stage, "access_token");
		claims = claims_of(&stage, token);
		CU_ASSERT_STRING_EQUAL(conf_str(claims, "iss", ""),
				       idp_issuer(stage.idp, d->name));
		CU_ASSERT_EQUAL(get(&stage, d->userinfo, token), 200);
		CU_ASSERT_STRING_EQUAL(member(&stage, "email"),
				       !strcmp(d->name, "okta") ? "" : "alice@example.test");
	}
}

static void test_device_approved(void)
{
	EACH(d)
	{
		const char *user_code, *code = new_device(d, &user_code);
		bool slows = strcmp(d->name, "azure") != 0;

		CU_ASSERT_EQUAL(poll(d, code), 400);
		CU_ASSERT_STRING_EQUAL(member(&stage, "error"), "authorization_pending");
		CU_ASSERT_EQUAL(poll(d, code), 400);
		CU_ASSERT_STRING_EQUAL(member(&stage, "error"),
				       slows ? "slow_down" : "authorization_pending");
		decide(user_code, "approve", "{\"user\":\"bob\"}");
		advance(&stage, 6);
		CU_ASSERT_EQUAL(poll(d, code), 200);
		CU_ASSERT(*member(&stage, "access_token") != '\0');
		CU_ASSERT_EQUAL(poll(d, code), 400);
		CU_ASSERT_STRING_EQUAL(member(&stage, "error"), "invalid_grant");
	}
}

/* Whoever waits the interval is never told to slow down; being told does not start it anew. */
static void test_pace(void)
{
	static const struct {
		int64_t wait_ms;
		const char *error;
	} rows[] = {
		{ 0, "authorization_pending" },
		{ 5000, "authorization_pending" },
		{ 5000, "authorization_pending" },
		{ 4900, "slow_down" },
		{ 50, "slow_down" },
		{ 50, "authorization_pending" },
		{ 4990, "authorization_pending" },
		{ 60000, "authorization_pending" },
		{ 0, "slow_down" },
		{ 5000, "authorization_pending" },
	};

	CU_ASSERT_EQUAL(control(&stage, "PUT", "/_sim/clock", "{\"frozen\":true}"), 200);
	EACH(d)
	{
		bool slows = strcmp(d->name, "azure") != 0;
		const char *user_code, *code = new_device(d, &user_code);

		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			if (rows[i].wait_ms)
				CU_ASSERT_EQUAL(control(&stage, "POST", "/_sim/clock/advance",
							"{\"for\":\"%dms\"}",
							(int)rows[i].wait_ms),
						200);
			CU_ASSERT_EQUAL(poll(d, code), 400);
			CU_ASSERT_STRING_EQUAL(member(&stage, "error"),
					       slows ? rows[i].error : "authorization_pending");
		}
	}
	CU_ASSERT_EQUAL(control(&stage, "PUT", "/_sim/clock", "{\"frozen\":false}"), 200);
}

static void test_device_declined_or_late(void)
{
	static const struct {
		const char *provider, *declined;
		int status;
	} rows[] = {
		{ "azure", "authorization_declined", 400 },
		{ "okta", "access_denied", 403 },
		{ "keycloak", "access_denied", 400 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct dialect *d = dialect_of(rows[i].provider);
		const char *user_code, *code = new_device(d, &user_code);

		decide(user_code, "deny", "{}");
		CU_ASSERT_EQUAL(poll(d, code), rows[i].status);
		CU_ASSERT_STRING_EQUAL(member(&stage, "error"), rows[i].declined);
		code = new_device(d, &user_code);
		advance(&stage, !strcmp(d->name, "azure") ? 901 : 601);
		CU_ASSERT_EQUAL(poll(d, code), 400);
		CU_ASSERT_STRING_EQUAL(member(&stage, "error"), "expired_token");
	}
}

/* What an exchanged refresh token and its successor are worth afterwards. */
static void test_rotation(void)
{
	static const struct {
		const char *provider;
		int64_t wait_s; /* past Okta's grace period */
		int old_status, next_status;
	} rows[] = {
		{ "azure", 60, 200, 200 },
		{ "okta", 60, 400, 400 },
		{ "keycloak", 0, 400, 400 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct dialect *d = dialect_of(rows[i].provider);
		const char *old, *next;

		CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
		old = member(&stage, "refresh_token");
		CU_ASSERT_EQUAL(refresh(d, old), 200);
		next = member(&stage, "refresh_token");
		CU_ASSERT_STRING_NOT_EQUAL(old, next);
		if (rows[i].wait_s)
			if (rows[i].wait_s)
				advance(&stage, rows[i].wait_s);
		CU_ASSERT_EQUAL(refresh(d, old), rows[i].old_status);
		CU_ASSERT_EQUAL(refresh(d, next), rows[i].next_status);
	}
}

/* Okta lets the previous token live for half a minute, for answers that were lost. */
static void test_grace(void)
{
	const struct dialect *d = dialect_of("okta");
	const char *old, *next;

	CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
	old = member(&stage, "refresh_token");
	CU_ASSERT_EQUAL(refresh(d, old), 200);
	next = member(&stage, "refresh_token");
	/* However often it is asked again, there is one successor. */
	for (int i = 0; i < 3; i++) {
		advance(&stage, 9);
		CU_ASSERT_EQUAL(refresh(d, old), 200);
		CU_ASSERT_STRING_EQUAL(member(&stage, "refresh_token"), next);
	}
	advance(&stage, 4);
	CU_ASSERT_EQUAL(refresh(d, old), 400);
}

static void test_refresh_expiry(void)
{
	static const struct {
		const char *provider, *words;
	} rows[] = {
		{ "azure", "AADSTS700082" },
		{ "okta", "The refresh token is invalid or expired." },
		{ "keycloak", "Token is not active" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct dialect *d = dialect_of(rows[i].provider);
		const char *token;

		CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
		token = member(&stage, "refresh_token");
		advance(&stage, 90 * 86400 + 1);
		CU_ASSERT_EQUAL(refresh(d, token), 400);
		CU_ASSERT(says(&stage, rows[i].words));
		CU_ASSERT_STRING_EQUAL(member(&stage, "error"), "invalid_grant");
	}
}

static void test_refresh_ended(void)
{
	static const struct {
		const char *provider, *revoked, *expired;
	} rows[] = {
		{ "azure", "AADSTS50173", "AADSTS700082" },
		{ "okta", "invalid or expired", "invalid or expired" },
		{ "keycloak", "Session not active", "Token is not active" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct dialect *d = dialect_of(rows[i].provider);
		const char *token;

		CU_ASSERT_EQUAL(sign_in(d, "alice"), 200);
		token = member(&stage, "refresh_token");
		CU_ASSERT_EQUAL(control(&stage, "POST", "/_sim/refresh/revoke",
					"{\"provider\":\"%s\",\"user\":\"alice\"}", d->name),
				200);
		CU_ASSERT_EQUAL(refresh(d, token), 400);
		CU_ASSERT(says(&stage, rows[i].revoked));
		CU_ASSERT_EQUAL(sign_in(d, "bob"), 200);
		token = member(&stage, "refresh_token");
		CU_ASSERT_EQUAL(control(&stage, "POST", "/_sim/refresh/expire",
					"{\"provider\":\"%s\",\"user\":\"bob\"}", d->name),
				200);
		CU_ASSERT_EQUAL(refresh(d, token), 400);
		CU_ASSERT(says(&stage, rows[i].expired));
	}
}

/* Opens the sign-in page, signs alice in and returns the code that the browser takes back. */
static const char *browse(const struct dialect *d)
{
	const char *location, *fields;

	CU_ASSERT_EQUAL(
		get(&stage,
		    arena_printf(stage.arena,
				 "%s?client_id=%s&response_type=code&redirect_uri=%s"
				 "&scope=%s&state=st%%201&nonce=n1"
				 "&code_challenge=" CHALLENGE "&code_challenge_method=S256",
				 d->authorize, d->client, coded(&stage, d->redirect_uri),
				 coded(&stage, d->scope)),
		    NULL),
		200);
	fields = form_fields(&stage);
	CU_ASSERT_EQUAL(
		post(&stage, form_action(&stage), "%susername=alice&password=alice-pw", fields),
		302);
	location = header(&stage, "Location");
	CU_ASSERT(!strncmp(location, d->redirect_uri, strlen(d->redirect_uri)));
	CU_ASSERT_STRING_EQUAL(url_param(&stage, location, "state"), "st 1");
	return url_param(&stage, location, "code");
}

static int redeem(const struct dialect *d, const char *code, const char *verifier)
{
	return post(&stage, d->token,
		    "grant_type=authorization_code&client_id=%s&redirect_uri=%s&code=%s"
		    "&code_verifier=%s",
		    d->client, coded(&stage, d->redirect_uri), coded(&stage, code), verifier);
}

static void test_code(void)
{
	EACH(d)
	{
		AUTO(json_t) json_t *claims = NULL;
		const char *code = browse(d);

		CU_ASSERT_EQUAL(redeem(d, code, VERIFIER), 200);
		claims = claims_of(&stage, member(&stage, "id_token"));
		CU_ASSERT_STRING_EQUAL(conf_str(claims, "nonce", ""), "n1");
		CU_ASSERT_EQUAL(redeem(d, code, VERIFIER), 400);
		CU_ASSERT_STRING_EQUAL(member(&stage, "error"), "invalid_grant");
		code = browse(d);
		CU_ASSERT_EQUAL(
			redeem(d, code, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), 400);
		CU_ASSERT_STRING_EQUAL(member(&stage, "error"), "invalid_grant");
		code = browse(d);
		advance(&stage, 601);
		CU_ASSERT_EQUAL(redeem(d, code, VERIFIER), 400);
	}
}

static void test_client_credentials(void)
{
	EACH(d)
	{
		AUTO(json_t) json_t *claims = NULL;

		CU_ASSERT_EQUAL(post(&stage, d->token,
				     "grant_type=client_credentials&client_id=%s"
				     "&client_secret=svc-secret&scope=%s",
				     d->service, coded(&stage, d->service_scope)),
				200);
		CU_ASSERT_STRING_EQUAL(member(&stage, "refresh_token"), "");
		claims = claims_of(&stage, member(&stage, "access_token"));
		CU_ASSERT(json_object_get(claims, "exp") != NULL);
		CU_ASSERT_EQUAL(post(&stage, d->token,
				     "grant_type=client_credentials&client_id=%s"
				     "&client_secret=wrong&scope=%s",
				     d->service, coded(&stage, d->service_scope)),
				401);
	}
}

/* The device page of each dialect, as a person walks through it. */
static void test_device_page(void)
{
	EACH(d)
	{
		const char *user_code, *code = new_device(d, &user_code);
		const char *uri = member(&stage, "verification_uri");
		const char *fields;

		if (!strcmp(d->name, "azure"))
			uri = arena_printf(stage.arena, "%s?otc=%s", uri, user_code);
		else
			uri = member(&stage, "verification_uri_complete");
		CU_ASSERT_EQUAL(get(&stage, uri, NULL), 302);
		CU_ASSERT_EQUAL(get(&stage, header(&stage, "Location"), NULL), 200);
		fields = form_fields(&stage);
		CU_ASSERT_EQUAL(post(&stage, form_action(&stage),
				     "%susername=alice&password=nope", fields),
				200);
		fields = form_fields(&stage);
		CU_ASSERT_EQUAL(post(&stage, form_action(&stage),
				     "%susername=alice&password=alice-pw", fields),
				302);
		CU_ASSERT_EQUAL(get(&stage, header(&stage, "Location"), NULL), 200);
		if (*form_action(&stage)) { /* Keycloak always asks for consent */
			fields = form_fields(&stage);
			CU_ASSERT_EQUAL(
				post(&stage, form_action(&stage), "%saccept=Yes", fields), 302);
		}
		CU_ASSERT_EQUAL(poll(d, code), 200);
	}
}

int main(void)
{
	static CU_TestInfo tests[] = {
		{ "password", test_password },
		{ "a device is approved", test_device_approved },
		{ "the pace of polling", test_pace },
		{ "a device is declined, or too late", test_device_declined_or_late },
		{ "the device page", test_device_page },
		{ "rotation and reuse", test_rotation },
		{ "the grace of Okta", test_grace },
		{ "refresh tokens expire", test_refresh_expiry },
		{ "refresh families are ended", test_refresh_ended },
		{ "authorization code and PKCE", test_code },
		{ "client credentials", test_client_credentials },
		CU_TEST_INFO_NULL,
	};

	return stage_run(&stage, "grants", tests);
}
