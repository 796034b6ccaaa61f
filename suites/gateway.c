/* SPDX-License-Identifier: Apache-2.0 */
/* gateway.c - "Gateway auth issues": what reaches the service, and as whom. */
#include "suites/gateway.h"

#include "suites/kit/given.h"
#include "suites/kit/liar.h"
#include "suites/kit/token.h"
#include "suites/pages.h"
#include "suites/trial.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"

#include <poll.h>
#include <string.h>

static const struct answer *get_as(struct run *run, const char *person)
{
	return request(run, &(struct ask) { .token = token_for(run, person) });
}

/* Of the newest request that reached the upstream; "" when absent. */
static const char *passed(struct run *run, const char *word)
{
	size_t n = upstream_count(run);
	const char *value = n ? upstream_header(run, n - 1, header_name(run, word)) : NULL;

	return value ? value : "";
}

/* ---- stripping ---- */

static const struct answer *with_header(struct run *run, const char *path, const char *token,
					const char *word, const char *value)
{
	const char *headers[] = { header_line(run, word, value), NULL };

	return request(run, &(struct ask) { .path = path, .token = token, .headers = headers });
}

static void check_stripped(struct run *run, const char *word, const struct answer *a)
{
	control_allowed(run, run_printf(run, "a good request with %s", header_name(run, word)),
			a);
	if (!check_that(run, !strstr(passed(run, word), "evil"),
			run_printf(run, "strips %s", header_name(run, word)),
			"the header absent, or the gateway's own", "%s: %s",
			header_name(run, word), passed(run, word)))
		mark(run, "gateway", "upstream",
		     run_printf(run, "%s came from outside", header_name(run, word)));
}

static void authorized_is_stripped(struct run *run)
{
	const struct answer *a =
		with_header(run, NULL, token_for(run, "alice"), "authorized", "evil");

	check_stripped(run, "authorized", a);
	a = with_header(run, NULL, NULL, "authorized", "true");
	check_refused(run, "a vouching header instead of a token", a, "401");
}

static void principal_is_stripped(struct run *run)
{
	static const char *const words[] = { "principal_id", "principal_email",
					     "principal_groups", "on_behalf_of", "scopes" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		check_stripped(
			run, words[i],
			with_header(run, NULL, token_for(run, "alice"), words[i], "evil"));
}

static void behalf_is_stripped(struct run *run)
{
	static const char *const words[] = { "on_behalf_of_email", "on_behalf_of_groups" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		check_stripped(
			run, words[i],
			with_header(run, NULL, token_for(run, "alice"), words[i], "evil"));
}

static void stripped_on_open_paths(struct run *run)
{
	static const char *const paths[] = { "/health/ready", "/apis/auth/discovery",
					     "/studio/" };
	const char *headers[] = { header_line(run, "principal_id", "evil"),
				  header_line(run, "authorized", "true"),
				  header_line(run, "scopes", "evil"), NULL };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const struct answer *a =
			request(run, &(struct ask) { .path = paths[i], .headers = headers });

		control_allowed(run, paths[i], a);
		check_that(run, !strstr(upstream_raw(run, upstream_count(run) - 1), "evil"),
			   run_printf(run, "strips identity on %s", paths[i]),
			   "no identity header", "%.300s",
			   upstream_raw(run, upstream_count(run) - 1));
		check_that(run, !*passed(run, "authorized"),
			   run_printf(run, "vouches for nobody on %s", paths[i]),
			   "no vouching header", "%s", passed(run, "authorized"));
	}
}

static void absent_stays_absent(struct run *run)
{
	const char *headers[] = { header_line(run, "principal_email", "evil@example.com"),
				  header_line(run, "principal_groups", "evil"),
				  header_line(run, "scopes", "evil:write"), NULL };
	json_t *bare = json_pack("{s:n, s:n, s:n, s:n, s:n}", "groups", "scope", "scp", "email",
				 "upn");
	const struct answer *a;

	json_object_set_new(bare, run->config->subject_claim, json_string("alice@example.com"));
	a = request(run, &(struct ask) { .headers = headers,
					 .token = token_made(run, &(struct token_ask) {
									  .claims = bare }) });
	control_allowed(run, "a token without address, groups and scopes", a);
	check_lacks(run, "does not fill an absent claim with the client's header",
		    upstream_raw(run, upstream_count(run) - 1), "evil");
}

/* ---- what the gateway sets ---- */

static void vouches_exactly(struct run *run)
{
	control_allowed(run, "a good request", get_as(run, "alice"));
	if (!check_equal(run, "vouches with exactly true", passed(run, "authorized"), "true"))
		mark(run, "gateway", "upstream", "the service makes its own decision");
}

static void names_the_user(struct run *run)
{
	json_t *claims = json_pack("{s:[s,s]}", run->config->groups_claim, "blue", "green");
	const struct answer *a = request(
		run,
		&(struct ask) {
			.token = token_made(
				run, &(struct token_ask) {
					     .scope = "openid platform:read platform:write",
					     .claims = claims }) });
	const char *scopes;

	control_allowed(run, "a good request", a);
	check_equal(run, "passes the subject", passed(run, "principal_id"),
		    person_subject(run, "alice"));
	check_equal(run, "passes the address", passed(run, "principal_email"),
		    "alice@example.com");
	check_equal(run, "passes the groups, with commas", passed(run, "principal_groups"),
		    "blue,green");
	scopes = passed(run, "scopes");
	check_contains(run, "passes the scopes", scopes, "platform:read");
	check_lacks(run, "without a prefix or a comma", scopes, "api://|,");
}

static void acts_as_the_user(struct run *run)
{
	const char *headers[] = { header_line(run, "principal_id", "service:jobs"), NULL };
	const char *token = token_for(run, "mallory");

	control_allowed(run, "a service's name beside a good token",
			request(run, &(struct ask) { .path = ws_path(run, "default"),
						     .token = token,
						     .headers = headers }));
	check_equal(run, "passes the user", passed(run, "principal_id"),
		    person_subject(run, "mallory"));
	if (!edition_is_callout(run->edition))
		check_refused(run, "a user with a service's name",
			      request(run, &(struct ask) { .path = ws_path(run, "other-team"),
							   .token = token,
							   .headers = headers }),
			      "403");
}

static void denied_stays_outside(struct run *run)
{
	control_allowed(run, "a good request", get_as(run, "alice"));
	check_refused(run, "what the decision point denies", get_as(run, "mallory"), "403");
}

static void bad_token_stays_outside(struct run *run)
{
	control_allowed(run, "a good request", get_as(run, "alice"));
	check_refused(run, "a bad token", request(run, &(struct ask) { .token = "garbage" }),
		      "401");
	check_refused(run, "no token", request(run, &(struct ask) { 0 }), "401");
}

static void body_arrives(struct run *run)
{
	static const struct bytes chunked = BYTES(
		"chunks",
		"POST {ws}/projects HTTP/1.1\r\n{host}{token}Transfer-Encoding: chunked\r\n"
		"Connection: close\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
	static const char text[] = "{\"name\": \"a b\\u00e9 \\\\ %2f &\"}";
	const struct recorded *q;
	const struct answer *a;

	a = request(run,
		    &(struct ask) { .method = "POST",
				    .path = run_printf(run, "%s/projects", ws_path(run, NULL)),
				    .token = token_for(run, "alice"),
				    .body = text });
	check_allowed(run, "a request with a body", a);
	q = upstream_request(run, upstream_count(run) - 1);
	check_equal(run, "passes the body byte by byte", q ? q->body : NULL, text);
	a = send_bytes(run, &chunked);
	check_allowed(run, "a request in chunks", a);
	q = upstream_request(run, upstream_count(run) - 1);
	check_equal(run, "passes the chunks' content", q ? q->body : NULL, "hello world");
}

/* ---- the question to the decision point ---- */

static const struct recorded *question(struct run *run)
{
	return pdp_question(run, pdp_saw(run) - 1);
}

static void asks_the_truth(struct run *run)
{
	const char *token = token_for(run, "alice");
	const char *path = run_printf(run, "%s/projects/project-1?x=1", ws_path(run, NULL));
	const struct recorded *q;

	request(run, &(struct ask) { .method = "DELETE", .path = path, .token = token });
	q = question(run);
	control_that(run, q != NULL, "the decision point is asked", "no question");
	if (!q)
		return;
	check_that(run, recorded_holds(q, "DELETE"), "asks about the client's method", "DELETE",
		   "%.200s", q->raw);
	check_that(run, recorded_holds(q, "/projects/project-1"),
		   "asks about the client's path", path, "%.200s", q->raw);
	check_that(run, recorded_holds(q, token), "shows the token", "the bearer token",
		   "%.200s", q->raw);
}

static void overrides_do_not_count(struct run *run)
{
	static const char *const overrides[] = { "X-HTTP-Method-Override: GET",
						 "X-Original-Method: GET",
						 "X-Original-URI: /health",
						 "X-Original-URL: /health",
						 "X-Rewrite-URL: /health",
						 "X-Forwarded-Uri: /health",
						 "X-Forwarded-Method: GET",
						 "X-Envoy-Original-Path: /health",
						 NULL };
	const struct recorded *q;
	const struct answer *a;

	control_allowed(run, "a good request", get_as(run, "victor"));
	a = request(run, &(struct ask) { .method = "DELETE",
					 .token = token_for(run, "victor"),
					 .headers = overrides });
	check_refused(run, "a Viewer's DELETE that calls itself GET", a, "403");
	a = request(run, &(struct ask) { .headers = overrides });
	check_refused(run, "an anonymous request that calls itself /health", a, "401");
	q = question(run);
	check_that(run, !q || !recorded_holds(q, "/health"),
		   "asks about the target on the request line", "no other target", "%.300s",
		   q ? q->raw : "");
}

static void client_headers_stay(struct run *run)
{
	const char *headers[] = { header_line(run, "principal_id", "evil"),
				  header_line(run, "authorized", "evil"),
				  header_line(run, "scopes", "evil"), "X-Other: evil", NULL };
	const struct recorded *q;

	control_allowed(run, "a good request",
			request(run, &(struct ask) { .token = token_for(run, "alice"),
						     .headers = headers }));
	q = question(run);
	check_that(run, q && !recorded_holds(q, "evil"),
		   "keeps the client's headers from the decision point",
		   "no identity of the client's", "%.400s", q ? q->raw : "no question");
}

static void override_headers_stay(struct run *run)
{
	static const char *const overrides[] = { "X-HTTP-Method-Override: EVIL",
						 "X-Original-URI: /evil",
						 "X-Rewrite-URL: /evil", NULL };

	control_allowed(run, "a good request",
			request(run, &(struct ask) { .token = token_for(run, "alice"),
						     .headers = overrides }));
	check_lacks(run, "passes no header that names another method or target",
		    upstream_raw(run, upstream_count(run) - 1), "EVIL|evil");
}

/* ---- a decision point that lets the gateway down ---- */

static const struct lie *lie_named(const char *name)
{
	for (size_t i = 0; i < n_liar_lies; i++)
		if (strcmp(liar_lies[i].name, name) == 0)
			return &liar_lies[i];
	return NULL;
}

static void check_closed(struct run *run, const char *what, const struct answer *a)
{
	bool error = a->status == 403 || a->status == 401 || a->status >= 500;

	if (!check_that(run, a->reached == 0 && error,
			run_printf(run, "forwards nothing when it %s", what),
			"403 or 5xx, and nothing reaches the upstream", "%d%s%s", a->status,
			a->timed_out ? ", no answer in time" : "",
			a->reached ? ", the request was forwarded" : ""))
		mark(run, "gateway", a->reached ? "upstream" : NULL, "nobody allowed this");
}

static void tell(struct run *run, const struct lie *lie)
{
	const struct answer *a;

	if (lie->decides && edition_is_callout(run->edition))
		return;
	pdp_lies(run, lie->name);
	a = get_as(run, "alice");
	if (!(lie->harmless && a->reached))
		check_closed(run, lie->what, a);
	else
		check_lacks(run,
			    run_printf(run, "passes the true identity when it %s", lie->what),
			    upstream_raw(run, upstream_count(run) - 1), "evil");
	pdp_lies(run, NULL);
}

static void each_lie(struct run *run, enum lie_reads from, enum lie_reads to)
{
	good_request_reaches(run);
	for (size_t i = 0; i < n_liar_lies; i++)
		if (liar_lies[i].reads >= from && liar_lies[i].reads <= to &&
		    !liar_lies[i].slow)
			tell(run, &liar_lies[i]);
}

static void down_is_closed(struct run *run)
{
	static const char *const lies[] = { "closes", "resets", "status-500", "status-503" };

	good_request_reaches(run);
	pdp_lies(run, "down");
	check_closed(run, "refuses connections", get_as(run, "alice"));
	pdp_lies(run, NULL);
	for (size_t i = 0; i < ARRAY_LEN(lies); i++)
		tell(run, lie_named(lies[i]));
}

static void broken_answers(struct run *run)
{
	each_lie(run, LIE_WIRE, LIE_STATUS);
}

static void lying_headers(struct run *run)
{
	each_lie(run, LIE_HEADERS, LIE_HEADERS);
}

static void lying_bodies(struct run *run)
{
	each_lie(run, LIE_BODY, LIE_BODY);
}

static void slow_is_closed(struct run *run)
{
	enum { LIMIT_S = 8 };
	const struct answer *a;

	good_request_reaches(run);
	pdp_lies(run, "hangs");
	a = request(run, &(struct ask) { .token = token_for(run, "alice"),
					 .timeout_ms = (LIMIT_S + 2) * 1000 });
	check_that(run, !a->timed_out && a->took_us < LIMIT_S * 1000000LL,
		   "does not wait for ever", "an answer within 8 s", "%s after %.1f s",
		   a->timed_out ? "none" : "one", (double)a->took_us / 1e6);
	check_closed(run, "never answers", a);
}

static void recovers(struct run *run)
{
	good_request_reaches(run);
	pdp_lies(run, "down");
	control_that(run, get_as(run, "alice")->reached == 0, "nothing passes while it is down",
		     "forwarded");
	pdp_lies(run, NULL);
	check_allowed(run, "a good request once it is back", get_as(run, "alice"));
}

static void decisions_are_not_remembered(struct run *run)
{
	const char *token = token_for(run, "victor");
	struct ask ask = { .token = token };

	control_allowed(run, "a Viewer", request(run, &ask));
	platform_state(run, json_pack("{s:{s:{s:{s:[s]}}}}", "workspaces", "ml-team", "members",
				      "victor@example.com", "JobRunner"));
	check_refused(run, "the same token when the role is gone", request(run, &ask), "403");
}

static void withdrawn_key(struct run *run)
{
	enum { MARGIN_MS = 2000, LOOK_MS = 50 };
	int64_t until = clk_mono_ms() + run->config->jwks_cache_ms + MARGIN_MS;
	struct ask ask = { .token = token_for(run, "alice") };
	const struct answer *a;

	control_allowed(run, "a token of a published key", request(run, &ask));
	trouble(run, "{s:s, s:s, s:s}", "kind", "document", "what", "empty", "endpoint",
		"jwks");
	while ((a = request(run, &ask))->status < 400 && clk_mono_ms() < until)
		poll(NULL, 0, LOOK_MS);
	check_refused(run, "a token of a key that the provider withdrew", a, "401");
}

/* ---- paths ---- */

static const char *const probes[] = { "/health/live", "/health/ready", "/metrics" };
static const char *const documented_probes[] = { "/health", "/healthz", "/ready", "/readyz" };

static void probes_are_open(struct run *run)
{
	for (size_t i = 0; i < ARRAY_LEN(probes); i++)
		check_allowed(run, probes[i],
			      request(run, &(struct ask) { .path = probes[i] }));
	for (size_t i = 0; i < ARRAY_LEN(documented_probes); i++)
		check_allowed(run, documented_probes[i],
			      request(run, &(struct ask) { .path = documented_probes[i] }));
}

static void discovery_is_open(struct run *run)
{
	check_status(
		run, "answers discovery to anybody",
		request(run, &(struct ask) { .path = edition_path(run->edition, "discovery") }),
		"200");
}

static void studio_is_open(struct run *run)
{
	static const char *const paths[] = { "/studio", "/studio/", "/studio/app.js" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		check_allowed(run, paths[i], request(run, &(struct ask) { .path = paths[i] }));
}

static void open_is_no_prefix(struct run *run)
{
	static const char *const paths[] = { "/healthzzz", "/metricsfoo", "/studioevil/x",
					     "/apis/auth/discovery/x" };

	good_request_reaches(run);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		check_refused(run, paths[i], request(run, &(struct ask) { .path = paths[i] }),
			      "401 403 404");
}

static void pdp_is_not_for_users(struct run *run)
{
	static const char *const words[] = { "allow", "has_permissions", "has_role" };
	const char *headers[] = { header_line(run, "principal_id", "service:evil"), NULL };
	static const char body[] = "{\"input\":{\"principal_id\":\"service:x\",\"method\":"
				   "\"GET\",\"path\":\"/\"}}";

	good_request_reaches(run);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		check_refused(run, run_printf(run, "a user's question to %s", words[i]),
			      request(run, &(struct ask) { .method = "POST",
							   .path = edition_path(run->edition,
										words[i]),
							   .token = token_for(run, "admin"),
							   .headers = headers,
							   .body = body }),
			      "401 403 404");
}

/* ---- the callout ---- */

static void callout_asks(struct run *run)
{
	const char *token = token_for(run, "alice");
	const char *path = run_printf(run, "%s/projects/one", ws_path(run, NULL));
	const struct recorded *q;

	control_allowed(
		run, "a good request",
		request(run,
			&(struct ask) { .method = "DELETE", .path = path, .token = token }));
	q = question(run);
	check_equal(run, "calls out with the client's method", q ? q->method : NULL, "DELETE");
	check_contains(run, "calls out below ext-authz with the client's path",
		       q ? q->target : "",
		       run_printf(run, "%s%s", edition_path(run->edition, "callout"), path));
	check_equal(run, "with the client's token",
		    q ? recorded_header(q, "Authorization") : NULL,
		    run_printf(run, "Bearer %s", token));
}

static void callout_answers(struct run *run)
{
	bool callout = edition_is_callout(run->edition);
	const char *path = run_printf(
		run, "%s%s", edition_path(run->edition, callout ? "callout" : "decision"),
		callout ? "/apis/x" : ws_path(run, NULL));
	const char *headers[] = { header_line(run, "principal_id", "evil"),
				  header_line(run, "principal_groups", "evil"), NULL };
	const struct answer *a =
		request_pdp(run, &(struct ask) { .path = path,
						 .token = token_for(run, "alice"),
						 .headers = headers });
	const char *id = answer_header(a, header_name(run, "principal_id"));
	const char *groups = answer_header(a, header_name(run, "principal_groups"));

	check_status(run, "answers a good token", a, "200");
	if (callout)
		check_that(run, a->body_len == 0, "with an empty body", "no body", "%s",
			   a->body);
	check_equal(run, "and names the user", id, person_subject(run, "alice"));
	check_that(run, !groups || !strstr(groups, "evil"),
		   "does not echo the client's headers", "no header of the client's", "%s",
		   groups ? groups : "");
	a = request_pdp(run, &(struct ask) { .path = path, .token = "garbage" });
	check_status(run, "answers a bad token", a, "401");
	check_that(run, json_object_get(a->json, "detail") != NULL, "with a detail in JSON",
		   "{\"detail\": ...}", "%s", a->body);
}

static void authenticate_answers(struct run *run)
{
	static const char *const methods[] = { "GET", "POST" };

	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		const struct answer *a = request_pdp(
			run, &(struct ask) { .method = methods[i],
					     .path = edition_path(run->edition, "authenticate"),
					     .token = token_for(run, "alice") });

		check_status(run, run_printf(run, "answers %s", methods[i]), a, "200");
		check_equal(run, run_printf(run, "names the user to %s", methods[i]),
			    conf_str(a->json, "email", ""), "alice@example.com");
	}
}

/* ---- the service's side ---- */

static void own_decision(struct run *run)
{
	size_t before = pdp_saw(run);

	check_allowed(run, "a request that nobody vouched for", get_as(run, "alice"));
	check_that(run, pdp_saw(run) > before, "asks the decision point itself",
		   "a question to the decision point", "none");
	check_refused(run, "a user without a role", get_as(run, "mallory"), "403");
}

static const struct answer *vouched(struct run *run, const char *value, const char *person)
{
	const char *headers[] = { header_line(run, "authorized", value),
				  header_line(run, "principal_id", person_subject(run, person)),
				  header_line(run, "principal_email",
					      run_printf(run, "%s@example.com", person)),
				  NULL };

	return request(run, &(struct ask) { .headers = headers, .from = "gateway" });
}

static void vouched_is_not_asked_again(struct run *run)
{
	size_t before;
	const struct answer *a;

	control_allowed(run, "a request with a token", get_as(run, "alice"));
	before = pdp_saw(run);
	a = vouched(run, "true", "alice");
	check_allowed(run, "a request that the gateway vouched for", a);
	check_count(run, "asks the decision point no more", pdp_saw(run) - before, 0);
}

static void only_true_vouches(struct run *run)
{
	static const char *const values[] = { "TRUE", "1", "yes", "false", "true, true" };

	control_allowed(run, "a request that the gateway vouched for",
			vouched(run, "true", "alice"));
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		check_refused(run, run_printf(run, "the value %s", values[i]),
			      vouched(run, values[i], "mallory"), "401 403");
}

static void service_is_closed(struct run *run)
{
	static const char *const lies[] = { "closes",		"status-500",
					    "allowed-is-false", "allowed-is-a-string",
					    "allowed-is-null",	"allowed-is-absent",
					    "result-is-null",	"result-is-absent",
					    "body-is-a-list",	"body-is-text",
					    "body-is-empty" };

	control_allowed(run, "a good request", get_as(run, "alice"));
	pdp_lies(run, "down");
	check_status(run, "lets nobody in when the decision point is down",
		     get_as(run, "alice"), "403 500 502 503 504");
	pdp_lies(run, NULL);
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		pdp_lies(run, lies[i]);
		check_status(
			run,
			run_printf(run, "lets nobody in when it %s", lie_named(lies[i])->what),
			get_as(run, "alice"), "401 403 500 502 503 504");
		pdp_lies(run, NULL);
	}
}

static void service_waits_no_longer(struct run *run)
{
	const struct answer *a;

	control_allowed(run, "a good request", get_as(run, "alice"));
	pdp_lies(run, "hangs");
	a = request(run,
		    &(struct ask) { .token = token_for(run, "alice"), .timeout_ms = 10000 });
	check_that(run, !a->timed_out && a->took_us < 8000000, "does not wait for ever",
		   "an answer within 8 s", "none");
	check_status(run, "lets nobody in", a, "403 500 502 503 504");
}

static void no_upgrade(struct run *run)
{
	const struct answer *a;

	good_request_reaches(run);
	a = send_bytes(run, &raw_upgrade[0]);
	check_that(run,
		   !a->reached ||
			   !recorded_header(upstream_request(run, upstream_count(run) - 1),
					    "Upgrade"),
		   "does not pass the upgrade on", "no Upgrade header at the service", "%.300s",
		   upstream_raw(run, upstream_count(run) - 1));
}

#define FRONT (GATEWAY | SERVICE)

static const struct scenario rows[] = {
	{
		.name = "authorized-is-stripped",
		.title = "X-NMP-Authorized from outside",
		.promise = "A client's X-NMP-Authorized never reaches the service.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 2",
		.when = "send X-NMP-Authorized with a token, and instead of one",
		.consequence = "lets a client vouch for itself",
		.remedy = "Remove the header from every request before anything else.",
		.catalogue = "AUTH-GW-STRIP-AUTHORIZED",
		.mutants = "gateway-keeps-authorized",
		.surfaces = GATEWAY,
		.play = authorized_is_stripped,
	},
	{
		.name = "principal-is-stripped",
		.title = "principal headers from outside",
		.promise = "A client's principal headers never reach the service.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 2; Gateway, headers to strip",
		.when = "send each principal header with a token",
		.consequence = "lets a client act in another person's name",
		.remedy = "Remove the whole family from every request.",
		.catalogue = "AUTH-GW-STRIP-PRINCIPAL-ID AUTH-GW-STRIP-PRINCIPAL-EMAIL "
			     "AUTH-GW-STRIP-PRINCIPAL-GROUPS "
			     "AUTH-GW-STRIP-PRINCIPAL-ON-BEHALF-OF AUTH-GW-STRIP-SCOPES",
		.mutants = "gateway-keeps-principal-id gateway-keeps-principal-email "
			   "gateway-keeps-principal-groups gateway-keeps-on-behalf-of "
			   "gateway-keeps-scopes",
		.surfaces = GATEWAY,
		.play = principal_is_stripped,
	},
	{
		.name = "on-behalf-details-are-stripped",
		.title = "On-Behalf-Of-Email and -Groups from outside",
		.promise = "A client's On-Behalf-Of-Email and -Groups never reach the service.",
		.page = PAGE_HARDENING,
		.source = "Hardening, headers to strip",
		.when = "send both with a token",
		.consequence = "lets a client act in another person's name",
		.remedy = "Strip by prefix instead of a list of names.",
		.catalogue = "AUTH-GW-STRIP-PRINCIPAL-ON-BEHALF-OF-EMAIL "
			     "AUTH-GW-STRIP-PRINCIPAL-ON-BEHALF-OF-GROUPS",
		.mutants = "gateway-keeps-on-behalf-of-email gateway-keeps-on-behalf-of-groups",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = behalf_is_stripped,
	},
	{
		.name = "stripped-in-any-case",
		.title = "header names in any letter case",
		.promise = "Identity headers are stripped in any letter case.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 5.1",
		.when = "send x-nmp-..., X-nMp-..., X-NMP-...",
		.consequence = "lets a client act in another person's name by odd spelling",
		.remedy = "Compare names without regard to case.",
		.catalogue = "AUTH-GW-STRIP-CASE",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-strips-case-sensitively",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = play_forwarded,
		.arg = raw_case,
	},
	{
		.name = "stripped-each-time",
		.title = "a header sent twice",
		.promise = "Of identity headers that are sent several times none survives.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 5.3",
		.when = "send a header twice, and with a list",
		.consequence =
			"lets a client act in another person's name by repeating a header",
		.remedy = "Remove all lines of a name.",
		.catalogue = "AUTH-GW-STRIP-DUP",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-strips-only-the-first",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_forwarded,
		.arg = raw_twice,
	},
	{
		.name = "aliases-are-stripped",
		.title = "X_NMP_..., X.NMP...",
		.promise = "Names that a service reads as an identity header do not reach it.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "CVE-2025-64484; PHP, WSGI and CGI fold names",
		.when = "send the names with underscores and with dots",
		.consequence = "lets a client act in another person's name by an alias",
		.remedy = "Drop names of the family in any punctuation.",
		.catalogue = "AUTH-GW-STRIP-UNDERSCORE",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-keeps-underscores gateway-keeps-dots",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_identity,
		.arg = raw_alias,
	},
	{
		.name = "whole-family-is-stripped",
		.title = "X-NMP-Anything from outside",
		.promise = "Of the header family nothing of the client's reaches the service.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "deny by prefix, not by list",
		.when = "send headers of the family that nobody listed",
		.remedy = "Strip by prefix.",
		.catalogue = "AUTH-GW-STRIP-DUP",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-strips-only-documented-names",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_forwarded,
		.arg = raw_unknown,
	},
	{
		.name = "stripped-behind-many-headers",
		.title = "identity behind ninety headers",
		.promise =
			"Identity headers are stripped wherever they stand among the others.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "a limit must refuse, not look away",
		.when = "send ninety headers before them",
		.remedy = "Look at every line, or refuse the request.",
		.catalogue = "AUTH-GW-STRIP-DUP",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-strips-only-sixty-lines",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_identity,
		.arg = raw_many_lines,
	},
	{
		.name = "stripped-on-open-paths",
		.title = "identity headers on open paths",
		.promise = "On paths that need no token identity headers are stripped as well.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: bypass paths",
		.when = "send identity headers to health, discovery and the studio",
		.consequence = "passes forged identity on open paths",
		.remedy = "Strip before routing.",
		.catalogue = "AUTH-GW-STRIP-BYPASS",
		.mutants = "gateway-strips-only-where-it-asks gateway-vouches-on-open-paths",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = stripped_on_open_paths,
	},
	{
		.name = "odd-names-are-refused",
		.title = "blanks and zeros in header names",
		.promise = "A header that is nearly one of the identity's does not become one.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 5.1, 5.2; CVE-2019-16276",
		.when = "send names with blanks, zeros and folded lines",
		.remedy = "Refuse malformed header lines.",
		.catalogue = "AUTH-GW-STRIP-DUP",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-lets-odd-names-through",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_identity,
		.arg = raw_odd_names,
	},
	{
		.name = "line-breaks-are-refused",
		.title = "bare CR and LF in a value",
		.promise = "A bare line break in a value makes no further header.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 2.2",
		.when = "send values with a bare LF and a bare CR",
		.consequence = "lets a value write headers of its own",
		.remedy = "Refuse control characters in values.",
		.catalogue = "AUTH-GW-CRLF-CLAIM",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-lets-line-feeds-through",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_identity,
		.arg = raw_line_breaks,
	},
	{
		.name = "connection-removes-no-identity",
		.title = "Connection lists the identity headers",
		.promise = "Connection cannot make the gateway drop the identity that it sets.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 7.6.1; CVE-2022-31813, CVE-2024-45410",
		.when = "send Connection: close, X-NMP-Principal-Id",
		.remedy = "Obey Connection before setting the identity.",
		.catalogue = "AUTH-GW-SET-PRINCIPAL",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-obeys-connection-last gateway-strips-after-deciding",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_identity,
		.arg = raw_connection,
	},
	{
		.name = "trailers-are-dropped",
		.title = "identity in the trailer section",
		.promise = "Identity in a trailer section does not reach the service.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 6.5.1",
		.when = "send a chunked body with trailers",
		.consequence = "passes forged identity in trailers",
		.remedy = "Drop trailer fields.",
		.catalogue = "AUTH-GW-STRIP-DUP",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-forwards-trailers",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_identity,
		.arg = raw_trailers,
	},
	{
		.name = "no-upgrade-to-http2",
		.title = "Upgrade: h2c",
		.promise = "An upgrade to cleartext HTTP/2 is not passed on.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9113, 3.1",
		.when = "send Upgrade: h2c",
		.consequence = "lets a client tunnel past every decision",
		.remedy = "Drop Upgrade and HTTP2-Settings.",
		.catalogue = "AUTH-GW-REVOCATION",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-forwards-upgrades",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = no_upgrade,
	},
	{
		.name = "tunnels-are-decided",
		.title = "a WebSocket without a token",
		.promise = "A WebSocket is opened only for who may.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 6455, 4.1",
		.when = "ask for a WebSocket without a token",
		.consequence = "opens tunnels to who may not",
		.remedy = "Decide about the upgrade like about any request.",
		.catalogue = "AUTH-GW-401",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-tunnels-without-asking",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_kept_out,
		.arg = raw_tunnel,
	},
	{
		.name = "vouches-with-true",
		.title = "X-NMP-Authorized: true",
		.promise = "On an allowed request the gateway sets X-NMP-Authorized to exactly "
			   "true.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 1",
		.when = "send a good request",
		.remedy = "Set the header to true, in these letters.",
		.catalogue = "AUTH-GW-SET-AUTHORIZED",
		.mutants = "gateway-never-vouches gateway-vouches-with-1",
		.surfaces = GATEWAY,
		.editions = NMP | NEMO,
		.play = vouches_exactly,
	},
	{
		.name = "names-the-user",
		.title = "subject, address, groups and scopes",
		.promise = "The gateway passes subject, address, groups and scopes of the "
			   "token on.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway, headers; Concepts, security model",
		.when = "send a good request",
		.remedy = "Copy what the decision point answers, under the documented names.",
		.catalogue = "AUTH-GW-SET-PRINCIPAL AUTH-IDP-AZURE-OID",
		.mutants = "gateway-forgets-the-principal gateway-forgets-the-email "
			   "gateway-forgets-the-groups gateway-forgets-the-scopes",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.providers = EACH_PROVIDER,
		.play = names_the_user,
	},
	{
		.name = "absent-claims-stay-absent",
		.title = "a token without address, groups and scopes",
		.promise = "What the token lacks is not filled with the client's headers.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "GHSA-7r4p-vjf4-gxv4",
		.given = "a token without those claims",
		.when = "send the headers with it",
		.consequence = "fills gaps of a token with what the client claims",
		.remedy = "Strip first, then set.",
		.catalogue = "AUTH-GW-ABSENT-CLAIMS",
		.mutants = "gateway-overwrites-instead-of-stripping",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = absent_stays_absent,
	},
	{
		.name = "acts-as-the-user",
		.title = "a service's name beside a user's token",
		.promise =
			"A request with a user's token is the user's, whatever headers it has.",
		.page = PAGE_SECURITY,
		.source = "Concepts, security model",
		.when = "send X-NMP-Principal-Id: service:jobs with a token",
		.remedy = "Take the identity from the token alone.",
		.catalogue = "AUTH-GW-TOKEN-AND-FORGED-SERVICE",
		.mutants = "gateway-keeps-principal-id",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = acts_as_the_user,
	},
	{
		.name = "denied-stays-outside",
		.title = "what the decision point denies",
		.promise = "What the decision point denies is answered with 403 and not "
			   "forwarded.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: denied",
		.when = "send a request of somebody without a role",
		.consequence = "forwards what was denied",
		.remedy = "Stop at a no.",
		.catalogue = "AUTH-GW-DENY-NOFORWARD",
		.mutants = "gateway-forwards-denied gateway-answers-401-for-403",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.editions = NMP | NEMO,
		.play = denied_stays_outside,
	},
	{
		.name = "bad-token-stays-outside",
		.title = "a bad token, no token",
		.promise = "A request with a bad token, or none, is answered with 401 and not "
			   "forwarded.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: 401",
		.when = "send garbage, send nothing",
		.consequence = "forwards requests with bad tokens",
		.remedy = "Return the 401 of the decision point.",
		.catalogue = "AUTH-GW-401 AUTH-HARD-401",
		.mutants = "gateway-answers-403-for-401",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = bad_token_stays_outside,
	},
	{
		.name = "body-arrives",
		.title = "bodies, whole and in chunks",
		.promise = "An allowed request's body arrives byte by byte.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 6",
		.when = "send JSON, send chunks",
		.remedy = "Pass the body on as it is.",
		.catalogue = "AUTH-GW-SET-AUTHORIZED",
		.guard = "a gateway that loses bodies serves nobody; no reference defect does "
			 "it",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = body_arrives,
	},
	{
		.name = "asks-the-truth",
		.title = "method, path and token in the question",
		.promise = "The decision point is asked about the client's method and path, "
			   "with its token.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 3",
		.when = "DELETE an entity",
		.remedy = "Pass method, path and Authorization on.",
		.catalogue = "AUTH-GW-CALLOUT-REQ",
		.mutants = "gateway-asks-with-get gateway-loses-authorization",
		.surfaces = GATEWAY,
		.editions = NMP | NEMO,
		.play = asks_the_truth,
	},
	{
		.name = "overrides-do-not-count",
		.title = "X-HTTP-Method-Override, X-Original-URI",
		.promise = "Headers that name another method or target do not change the "
			   "decision.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "CVE-2026-35051",
		.when = "DELETE as a Viewer with headers that say GET /health",
		.consequence = "lets a client disguise what it does",
		.remedy = "Ask about the request line.",
		.catalogue = "AUTH-403-PATH-TRICKS",
		.mutants = "gateway-asks-for-the-override-method "
			   "gateway-asks-for-the-original-uri",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.editions = NMP | NEMO,
		.play = overrides_do_not_count,
	},
	{
		.name = "overrides-are-dropped",
		.title = "override headers at the service",
		.promise =
			"Headers that name another method or target do not reach the service.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "CVE-2018-14773",
		.when = "send them with a good request",
		.remedy = "Drop them.",
		.catalogue = "AUTH-403-PATH-TRICKS",
		.mutants = "gateway-keeps-overrides",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = override_headers_stay,
	},
	{
		.name = "question-is-the-gateways",
		.title = "the client's headers and the decision point",
		.promise = "The client's identity headers do not reach the decision point.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "the policy reads x-nmp-principal-id from its input",
		.when = "send identity headers with a good token",
		.consequence = "lets a client sway the decision",
		.remedy = "Send the decision point what it needs, not what the client sent.",
		.catalogue = "AUTH-GW-CALLOUT-RESP",
		.mutants = "gateway-sends-client-headers-to-the-pdp",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = client_headers_stay,
	},
	{
		.name = "two-tokens-are-one-question",
		.title = "two Authorization headers",
		.promise = "Of two Authorization headers no other reaches the service than was "
			   "decided about.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 5.3",
		.when = "send a bad and a good token",
		.consequence = "decides about one token and forwards another",
		.remedy = "Refuse a request with two.",
		.catalogue = "AUTH-401-GARBAGE",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-asks-with-the-first-token",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_identity,
		.arg = raw_tokens,
	},
	{
		.name = "pdp-down-is-closed",
		.title = "the decision point is down",
		.promise = "While the decision point is down nothing is forwarded.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 3; Hardening",
		.when = "stop the decision point, send a good request",
		.consequence = "opens the door while nobody decides",
		.remedy = "Fail closed: failure_mode_allow: false.",
		.catalogue = "AUTH-GW-PDP-DOWN",
		.mutants = "gateway-fails-open-when-pdp-is-down gateway-fails-open-on-errors",
		.surfaces = GATEWAY,
		.play = down_is_closed,
	},
	{
		.name = "broken-answers-are-closed",
		.title = "answers that are none",
		.promise = "An answer of the decision point that is no decision opens nothing.",
		.page = PAGE_HARDENING,
		.source = "Hardening: fail closed",
		.given = "a decision point that redirects, is missing, or speaks no HTTP",
		.when = "send a good request",
		.consequence = "takes garbage for a yes",
		.remedy = "Take 200 for a yes, nothing else.",
		.catalogue = "AUTH-GW-PDP-MALFORMED",
		.mutants = "gateway-allows-what-has-no-policy "
			   "gateway-takes-any-status-below-400 gateway-fails-open-on-errors",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = broken_answers,
	},
	{
		.name = "lying-headers-are-closed",
		.title = "200 that does not vouch",
		.promise = "A 200 that names nobody, or does not vouch, opens nothing.",
		.page = PAGE_HARDENING,
		.source = "Hardening: fail closed",
		.given = "a decision point whose headers say no",
		.when = "send a good request",
		.consequence = "takes a yes for nobody",
		.remedy = "Demand one principal and, where it decides, exactly true.",
		.catalogue = "AUTH-GW-PDP-MALFORMED",
		.needs = "gateway.reads_headers",
		.mutants =
			"gateway-reads-only-the-status gateway-ignores-the-vouching-header "
			"gateway-vouches-for-any-value gateway-needs-no-principal "
			"gateway-takes-the-first-principal gateway-copies-control-characters",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.editions = NMP | NEMO,
		.play = lying_headers,
	},
	{
		.name = "lying-bodies-are-closed",
		.title = "200 whose body says no",
		.promise = "A body that does not say allowed true opens nothing.",
		.page = PAGE_HARDENING,
		.source = "Hardening: fail closed; contract, observed",
		.given = "a decision point whose body says no",
		.when = "send a good request",
		.consequence = "takes a no for a yes",
		.remedy = "Read result.allowed, and take the boolean true only.",
		.catalogue = "AUTH-GW-PDP-MALFORMED",
		.needs = "gateway.reads_body",
		.mutants =
			"gateway-reads-only-the-status gateway-reads-allowed-as-truthy "
			"gateway-takes-the-last-of-two-keys gateway-takes-undefined-as-allowed "
			"gateway-shrugs-at-unreadable-bodies gateway-accepts-truncated-answers",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.editions = NMP | NEMO,
		.play = lying_bodies,
	},
	{
		.name = "slow-pdp-is-closed",
		.title = "a decision point that never answers",
		.promise = "A decision point that does not answer in time opens nothing and "
			   "holds nobody.",
		.page = PAGE_HARDENING,
		.source = "Configuration, request_timeout: 5 s",
		.given = "a decision point that takes the question and never answers",
		.when = "send a good request",
		.consequence = "opens the door when the decision is slow",
		.remedy = "Set a time-out, and fail closed after it.",
		.catalogue = "AUTH-GW-PDP-SLOW",
		.mutants = "gateway-fails-open-on-timeout gateway-waits-for-ever",
		.configuration = "short-pdp-timeout",
		.wait_s = 11,
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = slow_is_closed,
	},
	{
		.name = "recovers",
		.title = "the decision point comes back",
		.promise = "Once the decision point is back requests pass again.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 3",
		.given = "a decision point that was down",
		.when = "send a good request",
		.remedy = "Ask anew for each request.",
		.catalogue = "AUTH-GW-PDP-RECOVER",
		.mutants = "gateway-stays-down",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = recovers,
	},
	{
		.name = "decisions-are-not-remembered",
		.title = "the role is gone",
		.promise = "A decision is not remembered when the role is gone.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: revocation",
		.given = "a Viewer whose role was taken away",
		.when = "send the same token again",
		.consequence = "lets people in after their role is gone",
		.remedy = "Ask anew for each request, or forget within the interval.",
		.catalogue = "AUTH-GW-REVOCATION",
		.mutants = "gateway-remembers-decisions",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.editions = NMP | NEMO,
		.play = decisions_are_not_remembered,
	},
	{
		.name = "withdrawn-key",
		.title = "the provider withdraws its key",
		.promise = "A token of a withdrawn key is refused once the cache time is over.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: JWKS cache",
		.given = "a JWKS without the key, and a short cache time",
		.when = "send the token again",
		.consequence = "accepts tokens of a withdrawn key",
		.remedy = "Fetch the JWKS anew when the cache time is over.",
		.catalogue = "AUTH-GW-REVOCATION",
		.mutants = "pdp-keeps-keys-forever",
		.configuration = "short-jwks",
		.wait_s = 4,
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.play = withdrawn_key,
	},
	{
		.name = "requests-are-decided-one-by-one",
		.title = "two requests on one connection",
		.promise = "Each request on a connection is decided about.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 9.3",
		.when = "send a good request and one without a token behind it; bodies with "
			"two framings",
		.consequence = "decides once for all that follows on a connection",
		.remedy = "Decide for each request; refuse what is framed twice.",
		.catalogue = "AUTH-401-NOCRED",
		.tags = "raw-bytes intrusive",
		.mutants =
			"gateway-decides-once-a-connection gateway-believes-length-over-chunks "
			"gateway-ignores-unknown-codings "
			"gateway-takes-the-first-of-two-lengths gateway-accepts-odd-lengths",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_one_request,
		.arg = raw_framing,
	},
	{
		.name = "one-host",
		.title = "two Host headers, none",
		.promise = "A request without exactly one Host is refused.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9112, 3.2",
		.when = "send two Host headers, then none",
		.remedy = "Answer 400.",
		.catalogue = "AUTH-403-PATH-TRICKS",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-takes-any-number-of-hosts",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_kept_out,
		.arg = raw_hosts,
	},
	{
		.name = "odd-methods",
		.title = "TRACE, CONNECT, FOO",
		.promise = "Methods that the platform does not know are not forwarded.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 9",
		.when = "send TRACE, CONNECT, FOO, get",
		.remedy = "List the methods that pass.",
		.catalogue = "AUTH-403-UNKNOWN-PATH",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-takes-any-method",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_kept_out,
		.arg = raw_methods,
	},
	{
		.name = "preflight-is-no-pass",
		.title = "OPTIONS without a token",
		.promise = "A preflight request is no pass to the service.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 9.3.7; Fetch, CORS",
		.when = "send OPTIONS without a token",
		.consequence = "forwards what only claims to be a preflight",
		.remedy = "Answer it at the gateway, or ask.",
		.catalogue = "AUTH-401-NOCRED",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-trusts-preflights",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_kept_out,
		.arg = raw_preflight,
	},
	{
		.name = "internal-is-blocked",
		.title = "/internal",
		.promise = "/internal is not forwarded, for nobody.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: block /internal",
		.when = "GET /internal and what is below it, with a good token",
		.consequence = "serves internal endpoints to the world",
		.remedy = "Answer 403 or 404 before asking anybody.",
		.catalogue = "AUTH-GW-INTERNAL",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-leaves-internal-open gateway-blocks-only-below",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = play_kept_out,
		.arg = raw_internal,
	},
	{
		.name = "internal-in-any-spelling",
		.title = "/internal in its spellings",
		.promise = "No spelling of /internal is forwarded.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 3986, 6; Orange Tsai, Breaking Parser Logic",
		.when = "GET it with slashes, dots, codes, case and parameters",
		.consequence = "serves internal endpoints by odd spelling",
		.remedy = "Normalise, compare, and forward what was compared.",
		.catalogue = "AUTH-GW-INTERNAL",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-blocks-case-sensitively gateway-blocks-the-raw-path "
			   "gateway-keeps-double-slashes gateway-keeps-dot-segments "
			   "gateway-keeps-encoded-dots gateway-keeps-encoded-slashes "
			   "gateway-keeps-backslashes gateway-keeps-path-parameters "
			   "gateway-keeps-double-encoding gateway-keeps-fragments "
			   "gateway-takes-absolute-form",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_kept_out,
		.arg = raw_internal_spelled,
	},
	{
		.name = "open-paths-cannot-be-borrowed",
		.title = "open paths in disguise",
		.promise = "A path that begins like an open one, or hides one, needs a token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: bypass paths are exact",
		.when = "GET protected paths behind open ones, without a token",
		.consequence = "lets closed paths pass as open ones",
		.remedy = "Compare whole, normalised paths.",
		.catalogue = "AUTH-GW-BYPASS-NOT-PREFIX",
		.tags = "raw-bytes intrusive",
		.mutants = "gateway-opens-by-prefix gateway-keeps-dot-segments "
			   "gateway-keeps-encoded-dots",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_kept_out,
		.arg = raw_open_confused,
	},
	{
		.name = "open-is-no-prefix",
		.title = "/healthzzz, /studioevil",
		.promise = "Only the open paths themselves need no token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: bypass paths are exact",
		.when = "GET paths that begin like open ones, without a token",
		.consequence = "lets closed paths pass as open ones",
		.remedy = "Compare whole paths.",
		.catalogue = "AUTH-GW-BYPASS-NOT-PREFIX",
		.mutants = "gateway-opens-by-prefix service-open-by-prefix",
		.level = LEVEL_ADVICE,
		.surfaces = FRONT,
		.play = open_is_no_prefix,
	},
	{
		.name = "probes-are-open",
		.title = "health and metrics",
		.promise = "Health probes and metrics need no token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: bypass paths",
		.when = "GET them without a token",
		.remedy = "Forward them without asking.",
		.catalogue = "AUTH-GW-BYPASS-HEALTH",
		.mutants = "gateway-wants-a-token-for-probes service-health-needs-token",
		.level = LEVEL_EXTENDED,
		.surfaces = FRONT,
		.play = probes_are_open,
	},
	{
		.name = "discovery-is-open",
		.title = "discovery through the gateway",
		.promise = "Discovery needs no token.",
		.page = PAGE_GATEWAY,
		.source = "Gateway: bypass paths; Using authentication",
		.when = "GET discovery without a token",
		.remedy = "Forward it without asking.",
		.catalogue = "AUTH-GW-BYPASS-DISCOVERY",
		.mutants = "gateway-wants-a-token-for-discovery",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = discovery_is_open,
	},
	{
		.name = "studio-is-open",
		.title = "the studio",
		.promise = "The studio's pages need no token: it signs in by itself.",
		.page = PAGE_QUICKSTART,
		.source = "Overview, Studio; Gateway: bypass paths",
		.when = "GET /studio without a token",
		.remedy = "Forward /studio and what is below it without asking.",
		.catalogue = "AUTH-GW-BYPASS-STUDIO AUTH-STUDIO-REDIRECT",
		.mutants = "gateway-wants-a-token-for-studio",
		.surfaces = GATEWAY,
		.play = studio_is_open,
	},
	{
		.name = "pdp-is-not-for-users",
		.title = "questions of users",
		.promise = "Users cannot ask the decision point.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: /apis/auth/v2/authz",
		.when = "POST a question with a user's token",
		.consequence = "lets anybody ask who may do what",
		.remedy = "Let service principals in, nobody else.",
		.catalogue = "AUTH-GW-AUTHZ-ENDPOINT",
		.mutants = "gateway-opens-the-pdp-to-users",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = pdp_is_not_for_users,
	},
	{
		.name = "callout-asks",
		.title = "what a callout carries",
		.promise = "A callout has the client's method, its path below ext-authz, and "
			   "its token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: callout",
		.when = "DELETE an entity",
		.remedy = "Call out with the method of the request.",
		.catalogue = "AUTH-GW-CALLOUT-REQ",
		.mutants = "gateway-asks-with-get gateway-loses-authorization",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.editions = CALLOUT,
		.play = callout_asks,
	},
	{
		.name = "callout-answers",
		.title = "what a callout is answered",
		.promise =
			"A callout is answered with the token's identity, or with 401 in JSON.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Gateway: callout",
		.when = "call out with a good token and forged headers, then with garbage",
		.remedy = "Answer with headers made of the token.",
		.catalogue = "AUTH-GW-CALLOUT-RESP",
		.needs = "pdp.http",
		.mutants = "pdp-callout-echoes-headers",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,

		.play = callout_answers,
	},
	{
		.name = "authenticate-answers",
		.title = "/apis/auth/authenticate",
		.promise = "authenticate says whose token it is, to GET and POST.",
		.page = PAGE_401,
		.source = "Troubleshooting, authenticate",
		.when = "GET and POST with a good token",
		.remedy = "Answer principal, email, groups and scopes.",
		.catalogue = "AUTH-GW-AUTHENTICATE",
		.needs = "pdp.http",
		.mutants = "pdp-authenticate-takes-get-only",
		.level = LEVEL_EXTENDED,
		.surfaces = PDP,
		.play = authenticate_answers,
	},
	{
		.name = "service-decides-itself",
		.title = "a request that nobody vouched for",
		.promise = "A service that nobody vouched to makes its own decision.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 1",
		.when = "send a token to the service directly",
		.consequence = "trusts requests that nobody vouched for",
		.remedy = "Ask the decision point unless X-NMP-Authorized is true.",
		.catalogue = "AUTH-GW-NO-HEADER-FALLTHROUGH",
		.mutants = "service-trusts-without-pdp",
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = own_decision,
	},
	{
		.name = "vouched-is-not-asked-again",
		.title = "X-NMP-Authorized: true from inside",
		.promise = "A request that the gateway vouched for is not decided about again.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 1",
		.when = "send X-NMP-Authorized: true and a principal",
		.remedy = "Skip the decision when it was made.",
		.catalogue = "AUTH-GW-HEADER-SHORTCUT",
		.mutants = "service-always-asks",
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = vouched_is_not_asked_again,
	},
	{
		.name = "only-true-vouches",
		.title = "X-NMP-Authorized: TRUE, 1, yes",
		.promise = "Only exactly true vouches.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, gateway 1",
		.when = "send TRUE, 1, yes, false with a principal",
		.consequence = "takes anything for a voucher",
		.remedy = "Compare with true, in these letters.",
		.catalogue = "AUTH-GW-HEADER-NOT-TRUE",
		.mutants = "service-believes-truthy",
		.level = LEVEL_ADVICE,
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = only_true_vouches,
	},
	{
		.name = "service-is-closed",
		.title = "the decision point lets a service down",
		.promise = "While no decision can be had a service lets nobody in.",
		.page = PAGE_HARDENING,
		.source = "Hardening: fail closed",
		.given = "a decision point that is down, fails, or answers nonsense",
		.when = "send a good request",
		.consequence = "opens the door while nobody decides",
		.remedy = "Take the boolean true for a yes, nothing else.",
		.catalogue = "AUTH-GW-PDP-DOWN AUTH-GW-PDP-MALFORMED",
		.mutants = "service-opens-without-pdp service-pdp-error-allows "
			   "service-takes-truthy-decision service-missing-result-allows",
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = service_is_closed,
	},
	{
		.name = "service-waits-no-longer",
		.title = "a decision point that never answers a service",
		.promise = "A service does not wait for ever for a decision.",
		.page = PAGE_HARDENING,
		.source = "Configuration, request_timeout: 5 s",
		.given = "a decision point that takes the question and never answers",
		.when = "send a good request",
		.remedy = "Set a time-out, and answer 504 after it.",
		.catalogue = "AUTH-GW-PDP-SLOW",
		.mutants = "service-waits-for-pdp",
		.configuration = "short-pdp-timeout",
		.wait_s = 11,
		.level = LEVEL_EXTENDED,
		.surfaces = SERVICE,
		.editions = NMP | NEMO,
		.play = service_waits_no_longer,
	},
};

const struct suite suite_gateway = {
	.section = "gateway",
	.title = "Gateway auth issues",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
