/* SPDX-License-Identifier: Apache-2.0 */
/* gateway.c - "Gateway auth issues": what the platform's pages promise about a gateway. */
#include "suites/attempt.h"
#include "suites/kit/given.h"
#include "suites/kit/liar.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include "idp-sim/base/conf.h"

#include <string.h>

/* ---- identity headers from outside ---- */

static const struct answer *good_with(struct run *run, const char *line)
{
	const char *lines[] = { line, NULL };

	return request(run,
		       &(struct ask) { .token = token_for(run, "alice"), .headers = lines });
}

/* Does the value come with the index-th request under that name, or an alias of it? */
static const char *value_seen(struct run *run, size_t index, const char *name,
			      const char *value)
{
	const struct recorded *q = upstream_request(run, index);
	const struct recorded_line *l;

	for (size_t i = 0; q && (l = recorded_alias(q, name, i)); i++)
		if (strstr(l->value, value))
			return l->raw;
	return NULL;
}

static void strips(struct run *run)
{
	const char *word = run->arg, *name = header_name(run, word), *seen;
	const char *value = strcmp(word, "principal_id") ? "forged" : "service:forged";

	good_request_reaches(run);
	good_with(run, header_line(run, word, value));
	seen = value_seen(run, 1, name, "forged");
	check_that(run, !seen, run_printf(run, "strips %s", name),
		   "absent at the upstream, or what the gateway knows", "%s", seen ? seen : "");
	if (seen)
		mark(run, "gateway", "upstream", run_printf(run, "%s from outside", name));
}

static const struct attempts any_case = {
	.list =
		(const struct attempt[]) {
			{ "names in lower case",
			  WITH("x-nmp-authorized: forged\r\nx-nmp-principal-id: forged\r\n"),
			  NOT_LEAK },
			{ "names in upper case",
			  WITH("X-NMP-AUTHORIZED: forged\r\nX-NMP-SCOPES: forged\r\n"),
			  NOT_LEAK },
			{ "names in mixed case",
			  WITH("X-nMp-PrInCiPaL-eMaIl: forged\r\nx-Nmp-PRINCIPAL-groups: "
			       "forged\r\n"),
			  NOT_LEAK },
			{ 0 } }
};

static const struct attempts repeated = {
	.list =
		(const struct attempt[]) {
			{ "a name twice",
			  WITH("X-NMP-Principal-Id: forged\r\nX-NMP-Principal-Id: forged\r\n"),
			  NOT_LEAK },
			{ "a name three times, in three spellings",
			  WITH("X-NMP-Scopes: forged\r\nx-nmp-scopes: forged\r\n"
			       "X-Nmp-Scopes: forged\r\n"),
			  NOT_LEAK },
			{ "a name before and behind the token",
			  "GET ${ws} HTTP/1.1\r\nX-NMP-Authorized: forged\r\n" HOST TOKEN
			  "X-NMP-Authorized: forged\r\n" CLOSE,
			  NOT_LEAK },
			{ 0 } }
};

static const struct attempts open_paths = {
	.list =
		(const struct attempt[]) {
			{ "identity on a health probe", ANON("/health/ready", FORGED_FAMILY),
			  PASS_UNNAMED },
			{ "identity on discovery", ANON("/apis/auth/discovery", FORGED_FAMILY),
			  PASS_UNNAMED },
			{ "identity on the web interface", ANON("/studio/x", FORGED_FAMILY),
			  PASS_UNNAMED },
			{ "a token beside it on the web interface",
			  "GET /studio/ HTTP/1.1\r\n" HOST TOKEN FORGED_FAMILY CLOSE,
			  PASS_UNNAMED },
			{ 0 } }
};

static void service_from_outside(struct run *run)
{
	const char *lines[] = { header_line(run, "principal_id", "service:forged"), NULL };
	const char *wrong;

	good_request_reaches(run);
	request(run, &(struct ask) { .token = token_for(run, "alice"), .headers = lines });
	wrong = forwarded_wrong(run, 1, person_subject(run, "alice"));
	check_that(run, !wrong, "names the user and not the service",
		   "the token's principal alone", "%s", wrong);
}

/* ---- what the service is told ---- */

static void vouches(struct run *run)
{
	const char *name = header_name(run, "authorized");

	good_request_reaches(run);
	check_equal(run, run_printf(run, "sets %s", name), upstream_header(run, 0, name),
		    "true");
}

static void does_not_vouch(struct run *run)
{
	const char *name = header_name(run, "authorized");
	const char *lines[] = { header_line(run, "authorized", "true"), NULL };
	const char *seen;

	good_request_reaches(run);
	request(run, &(struct ask) { .token = token_for(run, "alice"), .headers = lines });
	seen = upstream_header(run, 1, name);
	check_that(run, !seen, run_printf(run, "neither sets nor keeps %s", name), "absent",
		   "%s", seen);
}

/* Groups of one token, in any order. */
static bool same_set(const char *csv, const char *a, const char *b)
{
	char two[2][120];

	snprintf(two[0], sizeof(two[0]), "%s,%s", a, b);
	snprintf(two[1], sizeof(two[1]), "%s,%s", b, a);
	return csv && (!strcmp(csv, two[0]) || !strcmp(csv, two[1]));
}

/* Is it one of the words between blanks? */
static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; p && (p = strstr(p, word)); p += n)
		if ((p == list || p[-1] == ' ') && (!p[n] || p[n] == ' '))
			return true;
	return false;
}

static void names_the_principal(struct run *run)
{
	json_t *claims = json_pack("{s:[s,s]}", run->config->groups_claim, "g-one", "g-two");
	const char *token =
		token_made(run, &(struct token_ask) { .scope = "platform:read platform:write",
						      .claims = claims });
	const char *groups, *scopes;

	control_allowed(run, "a good token", request(run, &(struct ask) { .token = token }));
	check_equal(run, "names the subject",
		    upstream_header(run, 0, header_name(run, "principal_id")),
		    person_subject(run, "alice"));
	check_equal(run, "names the e-mail",
		    upstream_header(run, 0, header_name(run, "principal_email")),
		    person_email(run, "alice"));
	groups = upstream_header(run, 0, header_name(run, "principal_groups"));
	check_that(run, same_set(groups, "g-one", "g-two"), "names the groups, by commas",
		   "g-one,g-two", "%s", groups ? groups : "nothing");
	scopes = upstream_header(run, 0, header_name(run, "scopes"));
	check_that(run, has_word(scopes, "platform:read") && has_word(scopes, "platform:write"),
		   "names the scopes, by blanks and without prefix",
		   "platform:read platform:write", "%s", scopes ? scopes : "nothing");
}

static void absent_claims(struct run *run)
{
	static const char *const words[] = { "principal_email", "principal_groups", "scopes" };
	json_t *claims = json_pack("{s:n, s:n, s:n, s:n, s:n}", "scope", "scp", "email", "upn",
				   "preferred_username");
	const char *token;

	json_object_set_new(claims, run->config->groups_claim, json_null());
	token = token_made(run, &(struct token_ask) { .claims = claims, .scope = "" });
	pdp_says_yes(run); /* about somebody without e-mail, groups and scopes */
	control_allowed(run, "a good token", request(run, &(struct ask) { .token = token }));
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const char *name = header_name(run, words[i]), *seen;

		good_with(run, header_line(run, words[i], "forged"));
		seen = upstream_header(run, i + 1, name);
		check_that(run, !seen, run_printf(run, "leaves %s out", name), "absent", "%s",
			   seen);
	}
}

static void commas_in_groups(struct run *run)
{
	json_t *claims = json_pack("{s:[s,s]}", run->config->groups_claim, "a", "c,d");
	const char *groups;

	control_allowed(
		run, "a good token",
		request(run, &(struct ask) {
				     .token = token_made(
					     run, &(struct token_ask) { .claims = claims }) }));
	groups = upstream_header(run, 0, header_name(run, "principal_groups"));
	check_that(run, !groups || !strstr(groups, "c,d"), "does not make two groups of one",
		   "the group a alone, or no request", "%s", groups);
}

static void lines_in_claims(struct run *run)
{
	const char *claims[] = { run->config->subject_claim, run->config->email_claim };
	const char *groups = header_name(run, "principal_groups");

	good_request_reaches(run);
	for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
		const char *value = run_printf(run, "x@example.com\r\n%s: injected", groups);
		size_t before = upstream_count(run);
		const char *seen;

		request(run,
			&(struct ask) {
				.path = ws_path(run, "default"),
				.token = token_made(
					run, &(struct token_ask) {
						     .claims = json_pack("{s:s}", claims[i],
									 value) }) });
		seen = value_seen(run, before, groups, "injected");
		check_that(run, !seen,
			   run_printf(run, "writes no line for a line break in the %s",
				      i ? "e-mail" : "subject"),
			   "refused, or one value", "%s", seen);
	}
}

/* ---- decisions ---- */

static void bad_token(struct run *run)
{
	good_request_reaches(run);
	check_refused(run, "a request without a token", request(run, &(struct ask) { 0 }),
		      "401");
	check_refused(
		run, "a token with a wrong signature",
		request(run,
			&(struct ask) {
				.token = token_made(
					run, &(struct token_ask) { .forge = "signature" }) }),
		"401");
}

static void denied(struct run *run)
{
	good_request_reaches(run);
	check_refused(run, "somebody without a role",
		      request(run, &(struct ask) { .token = token_for(run, "mallory") }),
		      "403");
}

static void asks_about_the_request(struct run *run)
{
	const char *token = token_for(run, "alice");
	const char *path = run_printf(run, "%s?x=1&y=%%2F", ws_path(run, NULL));
	const char *base = edition_path(
		run->edition, edition_is_callout(run->edition) ? "callout" : "decision");
	const struct recorded *q;
	const char *want;

	pdp_says_yes(run);
	control_allowed(
		run, "a good DELETE",
		request(run,
			&(struct ask) { .method = "DELETE", .path = path, .token = token }));
	q = pdp_question(run, 0);
	check_equal(run, "asks about the method", q ? q->method : NULL, "DELETE");
	want = run_printf(run, "%s%s", base, ws_path(run, NULL));
	check_that(run,
		   q && !strncmp(q->target, want, strlen(want)) &&
			   strchr("?", q->target[strlen(want)]),
		   "asks about the target", want, "%s", q ? q->target : "nothing");
	check_equal(run, "hands the token on", q ? recorded_header(q, "Authorization") : NULL,
		    run_printf(run, "Bearer %s", token));
}

static void asks_every_time(struct run *run)
{
	static const struct recorder_answer nobody = { .status = 401 };
	const char *token = token_for(run, "alice");

	control_allowed(run, "a good token", request(run, &(struct ask) { .token = token }));
	pdp_says(run, &nobody);
	check_refused(run, "the same token once it is revoked",
		      request(run, &(struct ask) { .token = token }), "401");
}

/* ---- a decision point that is in trouble ---- */

static bool is_closed(const struct answer *a)
{
	return a->reached == 0 && a->status >= 400;
}

static const char *got_of(struct run *run, const struct answer *a)
{
	return run_printf(run, "%s, the upstream saw %zu request%s",
			  a->timed_out ? "no answer in time"
			  : a->status  ? run_printf(run, "%d", a->status)
				       : "no answer",
			  a->reached, a->reached == 1 ? "" : "s");
}

static const struct answer *with_pdp(struct run *run, const char *lie)
{
	const struct answer *a;

	pdp_lies(run, lie);
	a = request(run, &(struct ask) { .token = token_for(run, "alice") });
	pdp_lies(run, NULL);
	return a;
}

static void closes(struct run *run)
{
	static const struct {
		const char *lie, *what;
	} troubles[] = { { "down", "refuses connections" },
			 { "closes", "closes without an answer" },
			 { "status-500", "answers 500" },
			 { "status-503", "answers 503" } };

	good_request_reaches(run);
	for (size_t i = 0; i < ARRAY_LEN(troubles); i++) {
		const struct answer *a = with_pdp(run, troubles[i].lie);

		if (!check_that(
			    run, is_closed(a),
			    run_printf(run, "stays closed while the PDP %s", troubles[i].what),
			    "4xx or 5xx, and nothing reaches the upstream", "%s",
			    got_of(run, a)))
			mark(run, "gateway", a->reached ? "upstream" : NULL,
			     "must not be forwarded");
	}
}

static void says_503(struct run *run)
{
	good_request_reaches(run);
	check_refused(run, "requests while the PDP is down", with_pdp(run, "down"), "503");
	check_refused(run, "requests while the PDP answers 500", with_pdp(run, "status-500"),
		      "503");
}

static void does_not_wait(struct run *run)
{
	enum { LIMIT_S = 10 };
	const struct answer *a;

	good_request_reaches(run);
	a = with_pdp(run, "hangs");
	check_that(run, is_closed(a), "stays closed while the PDP does not answer",
		   "4xx or 5xx, and nothing reaches the upstream", "%s", got_of(run, a));
	check_that(run, a->status && a->took_us < LIMIT_S * 1000000,
		   "gives up after some seconds", "an answer within 10 s (5 s documented)",
		   "%.1f s", (double)a->took_us / 1e6);
}

static void recovers(struct run *run)
{
	good_request_reaches(run);
	control_that(run, is_closed(with_pdp(run, "down")), "is closed while the PDP is down",
		     "it is not");
	check_allowed(run, "a good token once the PDP is back",
		      request(run, &(struct ask) { .token = token_for(run, "alice") }));
}

/* ---- paths ---- */

static const struct attempts internal = {
	.yes = true,
	.list =
		(const struct attempt[]) {
			{ "/internal", GET("/internal"), NOT_PASS },
			{ "/internal/", GET("/internal/"), NOT_PASS },
			{ "/internal/iam/opa-bundle.tar.gz",
			  GET("/internal/iam/opa-bundle.tar.gz"), NOT_PASS },
			{ "/internal with a query", GET("/internal?x=1"), NOT_PASS },
			{ "/%69nternal", GET("/%69nternal/x"), NOT_PASS },
			{ "/internal with every letter encoded",
			  GET("/%69%6e%74%65%72%6e%61%6c/x"), NOT_PASS },
			{ "/internal%2f", GET("/internal%2fx"), NOT_PASS },
			{ "//internal", GET("//internal/x"), NOT_PASS },
			{ "/apis/../internal", GET("/apis/../internal/x"), NOT_PASS },
			{ "/internal by POST",
			  "POST /internal/x HTTP/1.1\r\n" HOST TOKEN
			  "Content-Length: 2\r\n" CLOSE "{}",
			  NOT_PASS },
			{ "/internal in HTTP/1.0", "GET /internal/x HTTP/1.0\r\n" TOKEN CLOSE,
			  NOT_PASS },
			{ 0 } }
};

static void internal_is_blocked(struct run *run)
{
	play_attempts(run);
	check_status(run, "answers that there is nothing, or nothing for a client",
		     request(run, &(struct ask) { .path = "/internal/iam/opa-bundle.tar.gz",
						  .token = token_for(run, "alice") }),
		     "403 404");
}

static void pdp_is_for_services(struct run *run)
{
	static const char *const endpoints[] = { "allow", "has_permissions", "has_role" };

	pdp_says_yes(run);
	good_request_reaches(run);
	for (size_t i = 0; i < ARRAY_LEN(endpoints); i++) {
		const char *path = edition_path(run->edition, endpoints[i]);

		check_refused(run, run_printf(run, "a user at %s", path),
			      request(run, &(struct ask) { .method = "POST",
							   .path = path,
							   .token = token_for(run, "alice"),
							   .body = "{\"input\": {}}" }),
			      "401 403");
	}
}

static void open_to_anybody(struct run *run)
{
	const char *const *paths = run->arg;

	for (size_t i = 0; paths[i]; i++) {
		const struct answer *a = request(run, &(struct ask) { .path = paths[i] });

		check_that(run,
			   a->status != 401 && a->status != 403 && a->reached == 1 &&
				   !strcmp(upstream_request(run, i)->target, paths[i]),
			   run_printf(run, "lets anybody at %s", paths[i]),
			   "forwarded without a token", "%s", got_of(run, a));
	}
}

static const char *const probes[] = { "/health/live", "/health/ready", "/metrics", NULL };
static const char *const documented_probes[] = { "/health", "/healthz", "/ready", "/readyz",
						 NULL };
static const char *const discovery[] = { "/apis/auth/discovery", NULL };
static const char *const studio[] = { "/studio", "/studio/", "/studio/assets/app.js", NULL };

#define DECIDED NMP | NEMO

#define STRIPS(id, header, word, covers, mutant)                                               \
	{                                                                                      \
		.name = "strips-" id, .title = "a client sends X-NMP-" header,                 \
		.promise = "X-NMP-" header " from outside never reaches a service.",           \
		.page = PAGE_GATEWAY,                                                          \
		.source = "Deployment, Gateway: headers to strip; Troubleshooting, Gateway "   \
			  "auth issues, 2",                                                    \
		.given = "alice's token",                                                      \
		.when = "GET a workspace with X-NMP-" header ": forged",                       \
		.remedy = "Remove X-NMP-" header " before anything else reads the request.",   \
		.consequence = "lets a client act in another person's name",                   \
		.catalogue = covers, .mutants = mutant, .level = LEVEL_EXTENDED,               \
		.surfaces = GATEWAY, .play = strips, .arg = word,                              \
	}

static const struct scenario rows[] = {
	{
		.name = "strips-authorized",
		.title = "a client sends X-NMP-Authorized",
		.promise = "X-NMP-Authorized from outside never reaches a service.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, Gateway auth issues, 2",
		.given = "alice's token",
		.when = "GET a workspace with X-NMP-Authorized: forged",
		.remedy = "Remove X-NMP-Authorized before anything else reads the request.",
		.consequence = "lets a client vouch for itself",
		.catalogue = "AUTH-GW-STRIP-AUTHORIZED",
		.mutants = "gateway-keeps-authorized",
		.surfaces = GATEWAY,
		.play = strips,
		.arg = "authorized",
	},
	STRIPS("principal-id", "Principal-Id", "principal_id", "AUTH-GW-STRIP-PRINCIPAL-ID",
	       "gateway-keeps-principal-id"),
	STRIPS("principal-email", "Principal-Email", "principal_email",
	       "AUTH-GW-STRIP-PRINCIPAL-EMAIL", "gateway-keeps-principal-email"),
	STRIPS("principal-groups", "Principal-Groups", "principal_groups",
	       "AUTH-GW-STRIP-PRINCIPAL-GROUPS", "gateway-keeps-principal-groups"),
	STRIPS("on-behalf-of", "Principal-On-Behalf-Of", "on_behalf_of",
	       "AUTH-GW-STRIP-PRINCIPAL-ON-BEHALF-OF", "gateway-keeps-on-behalf-of"),
	STRIPS("on-behalf-of-email", "Principal-On-Behalf-Of-Email", "on_behalf_of_email",
	       "AUTH-GW-STRIP-PRINCIPAL-ON-BEHALF-OF-EMAIL",
	       "gateway-keeps-on-behalf-of-email"),
	STRIPS("on-behalf-of-groups", "Principal-On-Behalf-Of-Groups", "on_behalf_of_groups",
	       "AUTH-GW-STRIP-PRINCIPAL-ON-BEHALF-OF-GROUPS",
	       "gateway-keeps-on-behalf-of-groups"),
	STRIPS("scopes", "Scopes", "scopes", "AUTH-GW-STRIP-SCOPES", "gateway-keeps-scopes"),
	{
		.name = "strips-any-case",
		.title = "identity headers in other letter case",
		.promise = "Identity headers are stripped in any letter case.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: case-insensitive; RFC 9110, 5.1",
		.given = "alice's token",
		.when = "send x-nmp-principal-id, X-NMP-PRINCIPAL-ID, X-nMp-PrInCiPaL-iD",
		.remedy = "Compare header names without regard to letter case.",
		.consequence = "lets a client act in another person's name by odd spelling",
		.catalogue = "AUTH-GW-STRIP-CASE",
		.tags = "raw-bytes",
		.mutants = "gateway-strips-case-sensitively",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &any_case,
	},
	{
		.name = "strips-every-line",
		.title = "an identity header sent several times",
		.promise = "Of an identity header that comes several times no line survives.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "RFC 9110, 5.3; CVE-2020-25017",
		.given = "alice's token",
		.when = "send X-NMP-Principal-Id twice",
		.remedy = "Remove every line of that name, not the first.",
		.consequence =
			"lets a client act in another person's name by repeating a header",
		.catalogue = "AUTH-GW-STRIP-DUP",
		.tags = "raw-bytes",
		.mutants = "gateway-strips-only-the-first",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &repeated,
	},
	{
		.name = "strips-on-open-paths",
		.title = "identity headers where no token is needed",
		.promise =
			"Identity headers are stripped on paths that need no token, and none "
			"is set there.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source =
			"Deployment, Gateway: headers are stripped from every external request",
		.when = "GET a probe, discovery and the web interface with forged identity",
		.remedy = "Strip before the route is chosen, not in the route that asks.",
		.consequence = "passes forged identity on open paths",
		.catalogue = "AUTH-GW-STRIP-BYPASS",
		.tags = "raw-bytes",
		.mutants = "gateway-strips-only-where-it-asks gateway-vouches-on-open-paths",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = play_attempts,
		.arg = &open_paths,
	},
	{
		.name = "user-is-no-service",
		.title = "a user's token beside X-NMP-Principal-Id: service:x",
		.promise = "A user who claims to be a service acts as the user.",
		.page = PAGE_SECURITY,
		.source = "Concepts, Security model: service principals",
		.given = "alice's token",
		.when = "send X-NMP-Principal-Id: service:forged",
		.remedy = "Take the principal from the decision point alone.",
		.consequence = "lets a user act as a service",
		.catalogue = "AUTH-GW-TOKEN-AND-FORGED-SERVICE",
		.mutants = "gateway-keeps-principal-id gateway-strips-after-deciding",
		.overlaps = "gateway/strips-principal-id; here what somebody would do it for",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.providers = EACH_PROVIDER,
		.play = service_from_outside,
	},
	{
		.name = "sets-authorized",
		.title = "X-NMP-Authorized: true on allowed requests",
		.promise = "An allowed request reaches the service with exactly "
			   "X-NMP-Authorized: true.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, Gateway auth issues, 1",
		.given = "alice, Admin of ml-team",
		.when = "GET the workspace",
		.remedy = "Set X-NMP-Authorized to true once the decision point has said yes.",
		.catalogue = "AUTH-GW-SET-AUTHORIZED",
		.mutants = "gateway-never-vouches gateway-vouches-with-1 "
			   "gateway-strips-after-deciding",
		.surfaces = GATEWAY,
		.editions = DECIDED,
		.play = vouches,
	},
	{
		.name = "callout-does-not-vouch",
		.title = "nobody sets X-NMP-Authorized with a callout",
		.promise = "With a token callout no request reaches a service with "
			   "X-NMP-Authorized.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: headers to strip",
		.given = "alice's token",
		.when = "GET the workspace, with and without X-NMP-Authorized: true",
		.remedy = "Strip X-NMP-Authorized, and set it nowhere.",
		.catalogue = "AUTH-GW-STRIP-AUTHORIZED",
		.mutants = "gateway-keeps-authorized",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.editions = CALLOUT,
		.play = does_not_vouch,
	},
	{
		.name = "names-the-principal",
		.title = "subject, e-mail, groups and scopes of the token",
		.promise =
			"The service learns subject, e-mail, groups and scopes of the token.",
		.page = PAGE_SECURITY,
		.source = "Deployment, Gateway; Concepts, Security model: principal headers",
		.given = "a token with two groups and two scopes",
		.when = "GET a workspace",
		.remedy = "Copy the four headers of the decision point's answer, unchanged.",
		.catalogue = "AUTH-GW-SET-PRINCIPAL AUTH-IDP-AZURE-OID",
		.mutants = "gateway-forgets-the-principal gateway-forgets-the-email "
			   "gateway-forgets-the-groups gateway-forgets-the-scopes "
			   "gateway-strips-after-deciding",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.providers = EACH_PROVIDER,
		.play = names_the_principal,
	},
	{
		.name = "absent-claims-stay-absent",
		.title = "a token without e-mail, groups and scopes",
		.promise = "What the token does not say the client cannot say instead.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "GHSA-7r4p-vjf4-gxv4; contract, observed",
		.given = "a token without e-mail, groups and scopes",
		.when = "send these headers beside it",
		.remedy = "Strip first and set afterwards; do not only overwrite.",
		.consequence = "fills gaps of a token with what the client claims",
		.catalogue = "AUTH-GW-ABSENT-CLAIMS",
		.mutants = "gateway-overwrites-instead-of-stripping",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = absent_claims,
	},
	{
		.name = "group-with-comma",
		.title = "a group whose name has a comma",
		.promise = "A group whose name has a comma does not become two groups.",
		.page = PAGE_SECURITY,
		.source = "contract, observed: groups travel as a comma list",
		.given = "groups a and \"c,d\"",
		.when = "GET a workspace",
		.remedy = "Leave out, or refuse, what the list cannot say.",
		.consequence = "puts people into groups that nobody put them into",
		.catalogue = "AUTH-GW-GROUP-COMMA",
		.mutants = "pdp-splits-group-commas",
		.overlaps =
			"admin/comma-makes-no-group; here with the group beside another one",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = commas_in_groups,
	},
	{
		.name = "line-breaks-in-claims",
		.title = "a claim with CR LF in it",
		.promise = "A line break in a claim writes no header line.",
		.page = PAGE_SECURITY,
		.source = "RFC 9110, 5.5; CVE-2019-9900",
		.given = "tokens whose subject or e-mail has CR LF",
		.when = "GET a workspace",
		.remedy = "Refuse values that no header can carry.",
		.consequence = "lets a claim write headers of its own",
		.catalogue = "AUTH-GW-CRLF-CLAIM",
		.guard = "the reference's HTTP library writes no line breaks; a PDP that "
			 "writes its headers by hand would",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = lines_in_claims,
	},
	{
		.name = "bad-token-is-401",
		.title = "no token, or a forged one",
		.promise = "Without a good token the gateway answers 401 and forwards nothing.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: 401 is returned to the client",
		.when = "GET a workspace without a token, and with a forged one",
		.remedy = "Return the decision point's 401.",
		.consequence = "forwards requests with bad tokens",
		.catalogue = "AUTH-GW-401 AUTH-HARD-401",
		.mutants = "gateway-answers-403-for-401",
		.overlaps = "401/no-credentials; here with each provider and nothing but the "
			    "gateway",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = bad_token,
	},
	{
		.name = "denied-is-not-forwarded",
		.title = "somebody who may not",
		.promise =
			"What the decision point denies is answered with 403 and goes nowhere.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: ext_authz",
		.given = "mallory, without a role in ml-team",
		.when = "GET the workspace",
		.remedy = "Return 403; never forward with X-NMP-Authorized: false.",
		.consequence = "forwards what was denied",
		.catalogue = "AUTH-GW-DENY-NOFORWARD",
		.mutants = "gateway-forwards-denied gateway-answers-401-for-403",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.editions = DECIDED,
		.play = denied,
	},
	{
		.name = "asks-about-the-request",
		.title = "the decision point learns method, target and token",
		.promise =
			"The decision point is asked about the client's own method, target and "
			"token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: path_prefix and method",
		.given = "alice's token",
		.when = "DELETE a workspace with a query",
		.remedy = "Send the client's method and raw target, and Authorization.",
		.catalogue = "AUTH-GW-CALLOUT-REQ",
		.mutants = "gateway-asks-with-get gateway-asks-for-one-path "
			   "gateway-loses-authorization",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = asks_about_the_request,
	},
	{
		.name = "asks-every-time",
		.title = "a token that was good a moment ago",
		.promise = "A token that the decision point no longer accepts is refused.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: note about revocation",
		.given = "a token that was let through once",
		.when = "the decision point says 401 about it",
		.remedy = "Remember no decision for longer than the documented cache time.",
		.consequence = "lets people in after their token is revoked",
		.catalogue = "AUTH-GW-REVOCATION",
		.mutants = "gateway-remembers-decisions",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = asks_every_time,
	},
	{
		.name = "pdp-trouble-closes",
		.title = "the decision point is down or answers 5xx",
		.promise = "While the decision point is down nothing is forwarded.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, Gateway auth issues, 3",
		.given = "a decision point that refuses, hangs up, or answers 5xx",
		.when = "GET a workspace with a good token",
		.remedy = "Fail closed: failure_mode_allow: false.",
		.consequence = "opens the door while nobody decides",
		.catalogue = "AUTH-GW-PDP-DOWN",
		.mutants = "gateway-fails-open-when-pdp-is-down gateway-fails-open-on-errors",
		.overlaps = "gateway-answers/broken-off; here the documented cause: the "
			    "decision point is down",
		.surfaces = GATEWAY,
		.play = closes,
	},
	{
		.name = "pdp-trouble-is-503",
		.title = "503 while the decision point is down",
		.promise = "While the decision point is down the gateway answers 503.",
		.page = PAGE_HARDENING,
		.source = "Deployment, Hardening: status_on_error",
		.given = "a decision point that refuses, or answers 500",
		.when = "GET a workspace with a good token",
		.remedy = "Say 503, so that clients know a fault from a denial.",
		.catalogue = "AUTH-GW-PDP-DOWN",
		.mutants = "gateway-fails-open-when-pdp-is-down gateway-fails-open-on-errors",
		.overlaps = "gateway/pdp-trouble-closes; here the exact status, which is not "
			    "documented everywhere",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = says_503,
	},
	{
		.name = "pdp-slow-is-bounded",
		.title = "the decision point does not answer",
		.promise =
			"When the decision point does not answer, the gateway refuses within "
			"seconds.",
		.page = PAGE_HARDENING,
		.source = "Configuration: policy_decision_point_request_timeout_seconds is 5",
		.given = "a decision point that takes the request and says nothing",
		.when = "GET a workspace with a good token",
		.remedy = "Give the question a time-out of 5 s, without retries.",
		.consequence = "opens the door when the decision is slow",
		.catalogue = "AUTH-GW-PDP-SLOW",
		.tags = "slow",
		.mutants = "gateway-fails-open-on-timeout gateway-waits-for-ever",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.wait_s = 5,
		.play = does_not_wait,
	},
	{
		.name = "pdp-recovers",
		.title = "the decision point comes back",
		.promise = "Once the decision point is back requests pass without a restart.",
		.page = PAGE_GATEWAY,
		.source = "Troubleshooting, Gateway auth issues, 3",
		.given = "a decision point that was down for one request",
		.when = "GET a workspace with a good token",
		.remedy = "Ask anew for every request; hold no grudge.",
		.catalogue = "AUTH-GW-PDP-RECOVER",
		.mutants = "gateway-stays-down",
		.level = LEVEL_ADVICE,
		.surfaces = GATEWAY,
		.play = recovers,
	},
	{
		.name = "internal-is-blocked",
		.title = "/internal from outside",
		.promise = "Nothing below /internal can be reached from outside.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: block /internal/*; RFC 3986, 6.2.2",
		.given = "a decision point that says yes to everything",
		.when = "GET /internal and what decodes to it",
		.remedy = "Answer 404 for the decoded, normalised path; forward nothing.",
		.consequence = "serves internal endpoints to the world",
		.catalogue = "AUTH-GW-INTERNAL",
		.tags = "raw-bytes",
		.mutants = "gateway-leaves-internal-open gateway-blocks-only-below "
			   "gateway-reads-paths-as-they-are gateway-keeps-double-slashes "
			   "gateway-keeps-dot-segments gateway-blocks-the-raw-path "
			   "gateway-redirects-internal",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = internal_is_blocked,
		.arg = &internal,
	},
	{
		.name = "decisions-are-for-services",
		.title = "a user asks the decision endpoints",
		.promise = "The decision endpoints are closed to users.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: /apis/auth/v2/authz is for services",
		.given = "a decision point that says yes to everything",
		.when = "POST allow, has_permissions and has_role with a user's token",
		.remedy = "Refuse the decision endpoints at the gateway.",
		.consequence = "lets anybody ask who may do what",
		.catalogue = "AUTH-GW-AUTHZ-ENDPOINT",
		.mutants = "gateway-opens-the-pdp-to-users",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = pdp_is_for_services,
	},
	{
		.name = "probes-are-open",
		.title = "health and metrics without a token",
		.promise = "Health and metrics need no token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: paths that bypass authentication",
		.when = "GET /health/live, /health/ready, /metrics without a token",
		.remedy = "Forward probes without asking.",
		.catalogue = "AUTH-GW-BYPASS-HEALTH",
		.mutants = "gateway-wants-a-token-for-probes",
		.overlaps = "vouching/probes-are-open; here the paths that the published "
			    "platform opens",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = open_to_anybody,
		.arg = probes,
	},
	{
		.name = "short-probes-are-open",
		.title = "/health, /healthz, /ready, /readyz without a token",
		.promise = "/health, /healthz, /ready and /readyz need no token.",
		.page = PAGE_HARDENING,
		.source = "Deployment, Hardening: public endpoints",
		.when = "GET each without a token",
		.remedy = "Forward probes without asking.",
		.catalogue = "AUTH-GW-BYPASS-HEALTH",
		.mutants = "gateway-wants-a-token-for-probes",
		.overlaps = "vouching/probes-are-open; here the paths that only the "
			    "documentation opens",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = open_to_anybody,
		.arg = documented_probes,
	},
	{
		.name = "discovery-is-open",
		.title = "discovery without a token",
		.promise = "Discovery needs no token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: paths that bypass authentication",
		.when = "GET /apis/auth/discovery without a token",
		.remedy = "Forward discovery without asking: nobody can log in otherwise.",
		.catalogue = "AUTH-GW-BYPASS-DISCOVERY",
		.mutants = "gateway-wants-a-token-for-discovery",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = open_to_anybody,
		.arg = discovery,
	},
	{
		.name = "studio-is-open",
		.title = "the web interface without a token",
		.promise = "The pages of the web interface need no token.",
		.page = PAGE_DEPLOY_GATEWAY,
		.source = "Deployment, Gateway: paths that bypass authentication",
		.when = "GET /studio and below without a token",
		.remedy = "Forward /studio and /studio/ without asking.",
		.catalogue = "AUTH-GW-BYPASS-STUDIO AUTH-STUDIO-REDIRECT",
		.mutants = "gateway-wants-a-token-for-studio",
		.level = LEVEL_EXTENDED,
		.surfaces = GATEWAY,
		.play = open_to_anybody,
		.arg = studio,
	},
};

const struct suite suite_gateway = {
	.section = "gateway",
	.title = "Gateway auth issues",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
