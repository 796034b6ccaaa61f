/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/token.h"

#include "suites/kit/given.h"
#include "suites/kit/lab.h"
#include "suites/kit/owned.h"
#include "suites/kit/people.h"
#include "suites/kit/tenant.h"
#include "suites/kit/transcript.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/base/wire.h"

#include <string.h>

enum { HOUR_S = 3600 };

static const char everything[] =
	"openid profile email offline_access platform:read platform:write";

/* With a scope prefix the person asks for api://CLIENT/platform:read, as the CLI does. */
static char *prefixed(struct run *run, const char *scope)
{
	const char *prefix = run->config->scope_prefix;
	AUTO_BUF b = { 0 };

	for (const char *p = scope; *p;) {
		size_t n = strcspn(p, " ");
		bool ours = memchr(p, ':', n) && !memmem(p, n, "://", 3);

		buf_printf(&b, "%s%s%.*s", b.n ? " " : "", prefix && ours ? prefix : "", (int)n,
			   p);
		p += n + (p[n] == ' ');
	}
	return arena_str(run->arena, b.p ? b.p : "");
}

/* Providers put groups into a token when told to (Keycloak: a mapper): here they are told. */
static json_t *with_groups(struct run *run, const struct token_ask *ask)
{
	json_t *claims = ask->claims ? ask->claims : json_object();

	for (const struct person *p = people; p->name; p++)
		if (p->groups && ask->person && strcmp(p->name, ask->person) == 0 &&
		    !json_object_get(claims, run->config->groups_claim))
			json_object_set_new(claims, run->config->groups_claim,
					    json_pack("[s]", p->groups));
	return claims;
}

static json_t *mint_body(struct run *run, const struct token_ask *ask)
{
	int64_t lifetime = ask->lifetime_s ? ask->lifetime_s : HOUR_S;
	json_t *o = json_pack("{s:s, s:s, s:s, s:I, s:I}", "provider", run->provider, "user",
			      ask->person ? ask->person : "alice", "scope",
			      prefixed(run, ask->scope ? ask->scope : everything), "lifetime",
			      (json_int_t)lifetime, "age", (json_int_t)ask->age_s);

	if (ask->forge)
		json_object_set_new(o, "forge", json_string(ask->forge));
	json_object_set_new(o, "claims", with_groups(run, ask));
	if (ask->header)
		json_object_set_new(o, "header", ask->header);
	return o;
}

const char *token_made(struct run *run, const struct token_ask *ask)
{
	json_t *answer;

	if (tenant_is_there(run))
		return tenant_token(run, ask,
				    prefixed(run, ask->scope ? ask->scope : everything));
	answer = sim(run, "POST", "/_sim/mint", mint_body(run, ask));

	return arena_str(run->arena, conf_str(answer, "token", ""));
}

const char *token_for(struct run *run, const char *person)
{
	return token_made(run, &(struct token_ask) { .person = person });
}

/* ---- sessions ---- */

/* Where a URL of the provider really is, when it is advertised as something else. */
static const char *local_url(struct run *run, const char *url)
{
	const char *public = idp_origin(run->idp);
	size_t n = strlen(public);

	if (!url || strncmp(url, public, n) != 0)
		return url;
	return run_printf(run, "%s%s", idp_local_origin(run->idp), url + n);
}

/* Value of a member of the provider's discovery document. */
static const char *endpoint(struct run *run, const char *name)
{
	AUTO_ANSWER a = { 0 };
	struct err err = { 0 };
	const char *url = local_url(run, run_printf(run, "%s/.well-known/openid-configuration",
						    run->config->issuer));
	json_t *doc;

	if (!wire_request("GET", url, NULL, NULL, 0, &(struct wire_to) { 0 }, &a, &err) ||
	    a.status != 200) {
		run_broken(run, "no discovery document of %s: %s", run->provider, err.text);
		return NULL;
	}
	doc = own_json(run, json_loadb(a.body, a.body_len, 0, NULL));
	return local_url(run, conf_str(doc, name, NULL));
}

static void add_field(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "%s%s=", b->n ? "&" : "", name);
	buf_form(b, value, strlen(value));
}

struct session session_for(struct run *run, const char *person)
{
	static const char *const form[] = { "Content-Type: application/x-www-form-urlencoded",
					    NULL };
	const char *url;
	struct session s = { "", NULL };
	AUTO_ANSWER a = { 0 };
	AUTO_BUF b = { 0 };
	struct err err = { 0 };
	json_t *doc;

	if (tenant_is_there(run))
		run_skipped(run, "needs to sign in at the lab's own identity provider");
	url = run->broken ? NULL : endpoint(run, "token_endpoint");
	if (!url)
		return s;
	add_field(&b, "grant_type", "password");
	add_field(&b, "client_id", run->config->client_id);
	add_field(&b, "username", run_printf(run, "%s@example.com", person));
	add_field(&b, "password", PASSWORD);
	add_field(&b, "scope", prefixed(run, everything));
	if (!wire_request("POST", url, form, b.p, b.n, &(struct wire_to) { 0 }, &a, &err) ||
	    a.status != 200) {
		run_broken(run, "%s cannot sign in at %s: %d %s%s", person, run->provider,
			   a.status, a.body ? a.body : "", err.text);
		return s;
	}
	doc = own_json(run, json_loadb(a.body, a.body_len, 0, NULL));
	s.access_token = arena_str(run->arena, conf_str(doc, "access_token", ""));
	s.refresh_token = arena_str(run->arena, conf_str(doc, "refresh_token", NULL));
	journal_skip(run);
	return s;
}

/* ---- people ---- */

/* Claims of a person's token; a token is signed once for them, not at each question. */
static json_t *claims_of(struct run *run, const char *person)
{
	json_t *claims = json_object_get(run->people, person);

	if (claims)
		return claims;
	claims = token_claims(run, token_for(run, person));
	if (!run->people)
		run->people = own_json(run, json_object());
	json_object_set(run->people, person, claims);
	return claims;
}

static const char *claim_of(struct run *run, const char *person, const char *name)
{
	return arena_str(run->arena, conf_str(claims_of(run, person), name, NULL));
}

const char *person_subject(struct run *run, const char *person)
{
	const char *id = claim_of(run, person, run->config->subject_claim);

	return id ? id : claim_of(run, person, "sub");
}

const char *person_email(struct run *run, const char *person)
{
	return claim_of(run, person, run->config->email_claim);
}

const char *person_groups(struct run *run, const char *person)
{
	json_t *claims = claims_of(run, person), *g;
	AUTO_BUF b = { 0 };
	size_t i;

	json_array_foreach(json_object_get(claims, run->config->groups_claim), i, g)
		buf_printf(&b, "%s%s", b.n ? " " : "", json_string_value(g));
	return arena_str(run->arena, b.p);
}

json_t *token_claims(struct run *run, const char *token)
{
	const char *p = token ? strchr(token, '.') : NULL, *end = p ? strchr(p + 1, '.') : NULL;
	unsigned char *text;
	long n;

	if (!end)
		return NULL;
	text = arena_alloc(run->arena, (size_t)(end - p) * 3 / 4 + 4);
	n = b64_decode(p + 1, (size_t)(end - p - 1), text);
	return n < 0 ? NULL : own_json(run, json_loadb((char *)text, (size_t)n, 0, NULL));
}

char *token_shown(struct arena *a, const char *token)
{
	const char *dot = strrchr(token, '.');

	return dot ? arena_printf(a, "%.*s...", (int)(dot + 1 - token), token)
		   : arena_str(a, token);
}
