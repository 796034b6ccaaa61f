/* SPDX-License-Identifier: Apache-2.0 */
/* hardening.c - what the deployment pages tell to switch off, and access keys. */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/imposter.h"
#include "suites/kit/lab.h"
#include "suites/kit/tenant.h"
#include "suites/kit/token.h"
#include "suites/pages.h"
#include "suites/trial.h"

#include "idp-sim/base/conf.h"

#include <string.h>

/* ---- what is switched off ---- */

static void password_grant_off(struct run *run)
{
	const struct ran *r;

	sim(run, "PATCH",
	    run_printf(run, "/_sim/providers/%s/clients/%s", run->provider,
		       run->config->client_id),
	    json_pack("{s:[s,s]}", "grants", "device_code", "refresh_token"));
	r = cli_command(run,
			&(struct command) {
				.verb = "login",
				.args = (const char *const[]) { "username=alice@example.com",
								"password=password", NULL },
				.timeout_ms = 10000 });
	check_fails(run, "exits with an error", r);
	check_that(run, config_value(run, "token") == NULL, "stores no token", "no token",
		   "a token");
	check_count(run, "does not start another flow", provider_saw(run, "device"), 0);
	check_contains(
		run, "shows the provider's error", run_printf(run, "%s%s", r->out, r->err),
		"unauthorized_client|AADSTS7000218|invalid_client|not authorized|not allowed");
}

/* ---- whose certificate ---- */

/* A login whose provider is the imposter; ca NULL: the system's trust alone. */
static const struct ran *login_at(struct run *run, const char *url, const char *ca)
{
	const char *env[] = { run_printf(run, "NMP_CLIENT_SSL_CERT_FILE=%s", ca ? ca : ""),
			      run_printf(run, "SSL_CERT_FILE=%s", ca ? ca : ""),
			      run_printf(run, "REQUESTS_CA_BUNDLE=%s", ca ? ca : ""), NULL };

	api_discovery(run, json_pack("{s:{s:s, s:s}}", "oidc", "device_authorization_endpoint",
				     run_printf(run, "%s/device", url), "token_endpoint",
				     run_printf(run, "%s/token", url)));
	return cli_command(run, &(struct command) { .verb = "login",
						    .env = ca ? env : NULL,
						    .timeout_ms = 10000 });
}

/* What is wrong with a certificate. */
static const struct certificate {
	const char *what;
	enum imposter_name name;
	bool trusted; /* its authority is */
} bad_certificates[] = {
	{ "of an unknown authority", IMPOSTER_NAMED, false },
	{ "for another host", IMPOSTER_ALIAS, true },
	{ "that has expired", IMPOSTER_EXPIRED, true },
};
static const struct certificate good_certificate = { "", IMPOSTER_NAMED, true };

static void certificates_are_checked(struct run *run)
{
	const char *url;

	for (size_t i = 0; i < ARRAY_LEN(bad_certificates); i++) {
		const struct certificate *c = &bad_certificates[i];

		url = imposter_start(run, c->name);
		if (!url)
			return;
		check_fails(run, run_printf(run, "a certificate %s ends the login", c->what),
			    login_at(run, url, c->trusted ? imposter_ca(run) : NULL));
		check_count(run, run_printf(run, "sends nothing to a certificate %s", c->what),
			    imposter_count(run), 0);
	}
	url = imposter_start(run, good_certificate.name);
	login_at(run, url, imposter_ca(run));
	control_that(run, imposter_count(run) > 0, "a good certificate is accepted",
		     "no request came");
}

/* From here on the platform's provider has this one. */
static void provider_shows(struct run *run, const struct certificate *c)
{
	if (tenant_is_there(run))
		run_skipped(run, "needs a provider with another certificate than a real one's");
	else if (imposter_start(run, c->name))
		imposter_trust(run, c->trusted);
}

/* A good token, whose key has to be fetched first. */
static const struct answer *with_a_new_key(struct run *run)
{
	json_t *claims = json_pack("{s:s}", "iss", run->config->issuer);

	sim(run, "POST", "/_sim/keys/rotate",
	    json_pack("{s:s, s:b}", "provider", run->provider, "publish", 1));
	return request(run, &(struct ask) { .token = token_made(run, &(struct token_ask) {
								     .claims = claims }) });
}

static void keys_need_a_certificate(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_certificates); i++) {
		const struct certificate *c = &bad_certificates[i];
		const struct answer *a;

		provider_shows(run, c);
		a = with_a_new_key(run);
		check_refused(run, run_printf(run, "a token behind a certificate %s", c->what),
			      a, "401 503");
		check_count(run, run_printf(run, "asks nothing of a certificate %s", c->what),
			    imposter_count(run), 0);
		provider_shows(run, &good_certificate);
		control_allowed(run, "a token behind a good certificate", with_a_new_key(run));
	}
}

static const char *published_endpoint(struct run *run)
{
	const struct answer *a = request_pdp(
		run, &(struct ask) { .path = edition_path(run->edition, "discovery") });

	return conf_str(a->json, "oidc.device_authorization_endpoint", NULL);
}

static void endpoints_need_a_certificate(struct run *run)
{
	const char *url;

	for (size_t i = 0; i < ARRAY_LEN(bad_certificates); i++) {
		const struct certificate *c = &bad_certificates[i];

		provider_shows(run, c);
		pdp_anew(run);
		url = published_endpoint(run);
		check_that(run, !url,
			   run_printf(run, "publishes nothing behind a certificate %s", c->what),
			   "no device_authorization_endpoint", "%s", url ? url : "");
		check_count(run, run_printf(run, "asks nothing of a certificate %s", c->what),
			    imposter_count(run), 0);
	}
	provider_shows(run, &good_certificate);
	pdp_anew(run);
	control_that(run, published_endpoint(run) != NULL,
		     "publishes what is behind a good certificate", "nothing");
}

/* ---- a proxy that is down ---- */

static void proxy_is_down(struct run *run)
{
	static const char *const env[] = { "http_proxy=http://127.0.0.1:9",
					   "https_proxy=http://127.0.0.1:9",
					   "HTTP_PROXY=http://127.0.0.1:9",
					   "HTTPS_PROXY=http://127.0.0.1:9",
					   "no_proxy=",
					   "NO_PROXY=",
					   NULL };
	const char *const login[] = { "username=alice@example.com", "password=password", NULL };
	struct command through = { .verb = "login", .args = login, .env = env };
	struct command direct = { .verb = "login", .args = login };
	const struct ran *r = cli_command(run, &through);

	check_fails(run, "exits with an error", r);
	check_that(run, !config_value(run, "token"), "stores no token",
		   "no token in the config file", "the file has a token");
	check_count(run, "does not go around the proxy", provider_saw(run, "token"), 0);
	check_contains(run, "says that there was no connection",
		       run_printf(run, "%s%s", r->out, r->err),
		       "onnect|roxy|reach|refused|efused|unavailable");
	control_succeeds(run, "the same login without the proxy", cli_command(run, &direct));
}

static void exchange_off(struct run *run)
{
	const struct answer *a =
		request_pdp(run, &(struct ask) { .method = "POST",
						 .path = edition_path(run->edition, "token"),
						 .body = "{}" });

	check_status(run, "refuses the exchange", a, "400");
	check_equal(run, "with the error of RFC 6749", conf_str(a->json, "error", ""),
		    "invalid_request");
}

/* ---- identity headers that are no identity ---- */

/* ---- who writes the rules ---- */

static const char *may_now(struct run *run, const char *who)
{
	const struct decision *d = decide(run, &(struct ask_decision) { .principal = who });

	return !d->answered ? "no decision" : d->allowed ? "allowed" : "denied";
}

/* One that was taken is taken back, as far as DELETE does that. */
static const char *try_to_write(struct run *run, const struct pdp_write *w, const char *path)
{
	const struct answer *a = request(run, &(struct ask) { .method = w->method,
							      .path = path,
							      .type = w->type,
							      .body = w->body });
	bool taken = a->status >= 200 && a->status <= 299;
	const char *got = run_printf(run, taken ? "taken (%d)" : "refused", a->status);

	got = run_printf(run, "%s; mallory %s, alice %s", got, may_now(run, "mallory"),
			 may_now(run, "alice"));
	if (taken && strcmp(w->method, "PUT") == 0)
		request(run, &(struct ask) { .method = "DELETE", .path = path });
	run->lab->now.spoiled |= taken;
	return got;
}

static void write_api_is_closed(struct run *run)
{
	static const char unmoved[] = "refused; mallory denied, alice allowed";
	const struct pdp_write *w = run->lab->target->writes;

	if (!w) {
		run_skipped(run, "needs to know how the decision point is written to: "
				 "`write_api` of the target file");
		return;
	}
	control_that(run, strcmp(may_now(run, "alice"), "allowed") == 0, "alice is allowed",
		     "not so");
	control_that(run, strcmp(may_now(run, "mallory"), "denied") == 0, "mallory is denied",
		     "not so");
	for (; w->method; w++) {
		const char *path =
			w->path[0] == '/' ? w->path : edition_path(run->edition, w->path);
		const char *got = try_to_write(run, w, path);

		check_that(run, strcmp(got, unmoved) == 0,
			   run_printf(run, "%s %s of nobody", w->method, path), unmoved, "%s",
			   got);
	}
}

static void odd_principals(struct run *run)
{
	static const char *const odd[] = { "two words", "semi;colon", "quo\"te", "<tag>" };
	char *longest = run_printf(run, "%0300d", 0);
	const char *vouch = header_line(run, "authorized", "true");

	control_allowed(run, "a principal with an ordinary name",
			request(run, &(struct ask) { .from = "gateway",
						     .headers = (const char *const[]) {
							     vouch,
							     header_line(run, "principal_id",
									 "service:jobs"),
							     NULL } }));
	for (size_t i = 0; i <= ARRAY_LEN(odd); i++) {
		const char *value = i < ARRAY_LEN(odd) ? odd[i] : longest;
		const char *headers[] = { vouch, header_line(run, "principal_id", value),
					  NULL };

		check_status(
			run, run_printf(run, "refuses the principal %.20s", value),
			request(run, &(struct ask) { .headers = headers, .from = "gateway" }),
			"400");
	}
}

/* ---- access keys ---- */

static const char *keys_path(struct run *run, const char *rest)
{
	return run_printf(run, "%s%s", edition_path(run->edition, "access_keys"), rest);
}

static const struct answer *keys(struct run *run, const char *method, const char *rest,
				 const char *token, const char *body)
{
	return request(run, &(struct ask) { .method = method,
					    .path = keys_path(run, rest),
					    .token = token,
					    .body = body });
}

/* A new key of alice; its jti in *ret_jti. */
static const char *new_key(struct run *run, const char **ret_jti)
{
	const struct answer *a = keys(run, "POST", "", token_for(run, "alice"),
				      "{\"name\": \"ci\", \"expires_in_seconds\": 3600}");

	control_that(run, a->status == 200, "a key is made", "%d %s", a->status, a->body);
	*ret_jti = conf_str(a->json, "jti", "");
	return conf_str(a->json, "token", "");
}

static const struct answer *read_with(struct run *run, const char *token)
{
	return request(run, &(struct ask) { .token = token });
}

static void key_works_once_shown(struct run *run)
{
	const char *jti, *key = new_key(run, &jti);
	const struct answer *a;

	control_allowed(run, "the key of somebody who may", read_with(run, key));
	a = keys(run, "GET", "", token_for(run, "alice"), NULL);
	control_that(run, strstr(a->body, jti) != NULL, "lists the key", "%s", a->body);
	check_keeps(run, "does not show it again", a->body, key);
}

static void key_obeys(struct run *run)
{
	const char *jti, *key = new_key(run, &jti), *alice = token_for(run, "alice");

	control_allowed(run, "the key", read_with(run, key));
	keys(run, "POST", run_printf(run, "/%s/suspend", jti), alice, "{}");
	check_refused(run, "a suspended key", read_with(run, key), "401");
	keys(run, "POST", run_printf(run, "/%s/unsuspend", jti), alice, "{}");
	control_allowed(run, "the key again", read_with(run, key));
	keys(run, "DELETE", run_printf(run, "/%s", jti), alice, NULL);
	check_refused(run, "a revoked key", read_with(run, key), "401");
	keys(run, "POST", run_printf(run, "/%s/unsuspend", jti), alice, "{}");
	check_refused(run, "a revoked key that was unsuspended", read_with(run, key), "401");
}

static void key_keeps_scopes(struct run *run)
{
	const char *narrow = token_made(
		run, &(struct token_ask) { .claims = scope_claims(run, "platform:read") });
	const struct answer *a = keys(run, "POST", "", narrow,
				      "{\"name\": \"ci\", \"expires_in_seconds\": 3600}");
	const char *key = conf_str(a->json, "token", "");

	if (a->status == 403) { /* none at all is narrow enough */
		check_status(run, "gives no key to a narrow token", a, "403");
		return;
	}
	control_allowed(run, "reading with the key", read_with(run, key));
	check_refused(
		run, "writing with the key of a token that may only read",
		request(run, &(struct ask) { .method = "PUT", .token = key, .body = "{}" }),
		"403");
}

static void key_of_others(struct run *run)
{
	const char *jti, *key = new_key(run, &jti);
	const struct answer *a = keys(run, "DELETE", run_printf(run, "/%s", jti),
				      token_for(run, "mallory"), NULL);

	check_status(run, "tells others that there is no such key", a, "404");
	check_allowed(run, "the key afterwards", read_with(run, key));
}

static void key_lifetimes(struct run *run)
{
	static const char *const bodies[] = {
		"{\"name\": \"ci\", \"expires_in_seconds\": 0}",
		"{\"name\": \"ci\", \"expires_in_seconds\": 999999999}",
		"{\"name\": \"ci\", \"expires_in_seconds\": null}",
	};
	static const char *const statuses[] = { "422 400", "400 422", "400 422" };
	const char *jti;

	new_key(run, &jti);
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		guards(run, i == 1 ? NULL : "a spelling more of what the unbounded one breaks");
		check_status(run, run_printf(run, "refuses %s", bodies[i]),
			     keys(run, "POST", "", token_for(run, "alice"), bodies[i]),
			     statuses[i]);
	}
}

static void key_for_service_account(struct run *run)
{
	static const char body[] = "{\"name\": \"ci\", \"expires_in_seconds\": 3600, "
				   "\"service_account_id\": \"ci\"}";

	control_that(run, keys(run, "POST", "", token_for(run, "admin"), body)->status == 200,
		     "PlatformAdmin makes a key of a service account", "not made");
	check_status(run, "refuses it to others",
		     keys(run, "POST", "", token_for(run, "alice"), body), "403");
}

static const struct scenario rows[] = {
	{
		.name = "certificates-are-checked",
		.title = "a provider with somebody else's certificate",
		.promise = "The CLI sends nothing to a provider whose certificate it cannot "
			   "verify.",
		.page = PAGE_HARDENING,
		.source = "RFC 6749, 10.9: the client MUST validate the TLS certificate",
		.given = "a certificate of an unknown authority, and one for another host",
		.when = "$ nemo auth login",
		.remedy =
			"Verify chain and host name; offer a variable for a private authority.",
		.needs = "cli.login",
		.mutants = "cli-skips-tls-check cli-login-failure-exits-0",
		.wait_s = 2,
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = certificates_are_checked,
	},
	{
		.name = "keys-need-a-certificate",
		.title = "keys behind somebody else's certificate",
		.promise = "Keys are taken from no provider whose certificate cannot be "
			   "verified.",
		.page = PAGE_HARDENING,
		.source = "OpenID Connect Discovery, 7.2: TLS certificate checks; RFC 9110, "
			  "4.3.4",
		.given = "a provider whose certificate is of an unknown authority, for "
			 "another host, or over",
		.when = "send a token whose key has to be fetched there",
		.consequence = "takes the keys of whoever stands in the way, and lets their "
			       "tokens in",
		.remedy = "Verify chain, host name and dates wherever discovery and keys are "
			  "fetched; without keys refuse.",
		.configuration = "provider-over-tls",
		.mutants = "pdp-skips-tls-check pdp-ignores-host-names",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY | SERVICE,
		.play = keys_need_a_certificate,
	},
	{
		.name = "endpoints-need-a-certificate",
		.title = "endpoints behind somebody else's certificate",
		.promise = "Discovery publishes no endpoint of a provider whose certificate "
			   "cannot be verified.",
		.page = PAGE_HARDENING,
		.source = "OpenID Connect Discovery, 7.2: TLS certificate checks",
		.given = "a provider whose certificate is of an unknown authority, for "
			 "another host, or over",
		.when = "GET the discovery path",
		.consequence = "sends people to sign in at whoever stands in the way",
		.remedy = "Verify chain, host name and dates; publish what is configured.",
		.needs = "pdp.http",
		.configuration = "provider-over-tls",
		.mutants = "pdp-skips-tls-check pdp-ignores-host-names",
		.level = LEVEL_ADVICE,
		.surfaces = PDP,
		.play = endpoints_need_a_certificate,
	},
	{
		.name = "proxy-is-down",
		.title = "a proxy that is down",
		.promise = "Where the proxy does not answer a login ends with an error and "
			   "does not go around it.",
		.page = PAGE_HARDENING,
		.source = "Hardening: egress; curl and Python: HTTPS_PROXY",
		.given = "HTTP_PROXY and HTTPS_PROXY name a port where nobody listens",
		.when = "$ nemo auth login --username ... --password ...",
		.remedy = "Report the connection to the proxy; do not try without it.",
		.consequence = "sends passwords past the way they were meant to take",
		.needs = "cli.login cli.password",
		.mutants = "cli-ignores-the-proxy cli-login-failure-exits-0 "
			   "cli-fails-without-a-word",
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = proxy_is_down,
	},
	{
		.name = "password-grant-off",
		.title = "a provider without the password grant",
		.promise = "Where the provider has no password grant a login by password ends "
			   "with that error.",
		.page = PAGE_HARDENING,
		.source = "Hardening: disable the password grant; RFC 6749, 5.2",
		.given = "a client that may not use the password grant",
		.when = "$ nemo auth login --username ... --password ...",
		.remedy = "Print the provider's error; do not fall back to another flow.",
		.catalogue = "AUTH-HARD-PASSWORD-OFF",
		.needs = "cli.login cli.password",
		.mutants = "cli-password-falls-back cli-login-failure-exits-0 "
			   "cli-hides-provider-error cli-stores-null-token",
		.overlaps = "tokens/wrong-password; here a provider that has no such grant",
		.level = LEVEL_EXTENDED,
		.surfaces = CLI,
		.providers = KEYCLOAK_ONLY,
		.play = password_grant_off,
	},
	{
		.name = "token-exchange-off",
		.title = "token exchange that is not switched on",
		.promise = "Unless it is switched on the token exchange is refused.",
		.page = PAGE_MACHINE,
		.source = "RFC 8693, 2.2.2; contract, observed",
		.given = "workload_token_exchange_enabled: false",
		.when = "POST to /apis/auth/token",
		.remedy = "Answer 400 invalid_request.",
		.catalogue = "AUTH-TEX-OFF",
		.needs = "pdp.http",
		.mutants = "pdp-exchanges-tokens",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = exchange_off,
	},
	{
		.name = "write-api-is-closed",
		.title = "somebody writes policy or data of the decision point",
		.promise = "Who only reaches the decision point changes neither its policy nor "
			   "its data.",
		.page = PAGE_POLICY,
		.source = "Policy engine: policy and bindings come with the bundle; Open "
			  "Policy Agent, Security: authentication and authorization; CWE-306",
		.given = "somebody without credentials who reaches the decision point",
		.when = "send what its protocol has for writing policy and data",
		.consequence = "lets anybody who reaches it grant themselves every role",
		.remedy = "Serve questions only; authorize whoever writes (OPA: "
			  "--authorization=basic with a policy system.authz).",
		.tags = "intrusive",
		.mutants = "pdp-takes-bindings-of-anybody",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = write_api_is_closed,
	},
	{
		.name = "odd-principals-are-refused",
		.title = "identity headers that are no identity",
		.promise =
			"A principal header with signs that no name has is refused with 400.",
		.page = PAGE_SECURITY,
		.source = "contract, observed; CWE-20",
		.given = "a request from inside the trust boundary",
		.when = "send principals with blanks, quotes, 300 letters",
		.consequence = "accepts names that can be confused",
		.remedy = "Check form and length of identity headers.",
		.catalogue = "AUTH-HARD-HEADER-VALID",
		.mutants = "service-accepts-any-principal",
		.level = LEVEL_ADVICE,
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = odd_principals,
	},
	{
		.name = "key-is-shown-once",
		.title = "a new access key",
		.promise = "An access key works as its owner, and is shown when made, never "
			   "again.",
		.page = PAGE_KEYS,
		.source = "Using authentication, access keys",
		.given = "access_keys.enabled: true",
		.when = "POST an access key, use it, list the keys",
		.remedy = "Leave the token out of the list.",
		.catalogue = "AUTH-KEY-CREATE",
		.configuration = "access-keys",
		.mutants = "pdp-key-list-shows-tokens",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = key_works_once_shown,
	},
	{
		.name = "key-obeys-its-owner",
		.title = "suspend, unsuspend, revoke",
		.promise = "A suspended or revoked access key is refused at once.",
		.page = PAGE_KEYS,
		.source = "Using authentication, access keys",
		.given = "access_keys.enabled: true",
		.when = "suspend, unsuspend and revoke a key, and use it in between",
		.consequence = "accepts a revoked access key",
		.remedy = "Look the key's status up at each use.",
		.catalogue = "AUTH-KEY-SUSPEND",
		.configuration = "access-keys",
		.mutants = "pdp-key-ignores-status pdp-key-rises-again",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = key_obeys,
	},
	{
		.name = "key-keeps-scopes",
		.title = "a key made with a narrow token",
		.promise = "An access key may do no more than the token that it was made with.",
		.page = PAGE_KEYS,
		.source = "RFC 8693, 1.1; least privilege",
		.given = "a token for platform:read",
		.when = "make a key with it, and write with the key",
		.consequence = "gives an access key more than its maker had",
		.remedy = "Write the token's scopes into the key.",
		.catalogue = "AUTH-KEY-SCOPE",
		.configuration = "access-keys",
		.mutants = "pdp-key-drops-scopes",
		.level = LEVEL_ADVICE,
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = key_keeps_scopes,
	},
	{
		.name = "keys-of-others",
		.title = "somebody else's key",
		.promise = "The access key of somebody else cannot be revoked.",
		.page = PAGE_KEYS,
		.source = "contract, observed",
		.given = "a key of alice",
		.when = "DELETE it as mallory",
		.consequence = "lets people revoke the keys of others",
		.remedy = "Answer 404 to all but the owner.",
		.catalogue = "AUTH-KEY-OWNER",
		.configuration = "access-keys",
		.mutants = "pdp-key-foreign-revoke",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = key_of_others,
	},
	{
		.name = "key-lifetimes-are-bounded",
		.title = "expires_in_seconds of a key",
		.promise = "An access key lives at least a second and at most the configured "
			   "time.",
		.page = PAGE_KEYS,
		.source = "Configuration, access_keys.max_expires_in_seconds",
		.given = "access_keys.enabled: true",
		.when = "ask for 0, for too many, for null",
		.remedy = "Refuse what lies outside the bounds.",
		.catalogue = "AUTH-KEY-EXPIRY",
		.configuration = "access-keys",
		.mutants = "pdp-key-lifetime-unbounded",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = key_lifetimes,
	},
	{
		.name = "keys-of-service-accounts",
		.title = "a key for a service account",
		.promise = "Only PlatformAdmin makes access keys of service accounts.",
		.page = PAGE_KEYS,
		.source = "contract, observed",
		.given = "access_keys.enabled: true",
		.when = "ask for service_account_id as PlatformAdmin, as somebody else",
		.consequence = "lets anybody make keys of service accounts",
		.remedy = "Demand PlatformAdmin.",
		.catalogue = "AUTH-KEY-SA",
		.configuration = "access-keys",
		.mutants = "pdp-key-service-account-for-all",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.play = key_for_service_account,
	},
};

const struct suite suite_hardening = {
	.section = "hardening",
	.title = "Hardening and access keys",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
