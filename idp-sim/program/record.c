/* SPDX-License-Identifier: Apache-2.0 */
/* record - a plan of cases, played at a real provider and written down. */
#include "idp-sim/program/record.h"

#include "idp-sim/base/file.h"
#include "idp-sim/program/command.h"

#include <fnmatch.h>

#include <string.h>
#include <time.h>

static const char *provider, *issuer, *out_dir, *ca_file, *note, *plan_file, *only;
static const char *client, *confidential, *secret, *short_client, *user, *password, *scope,
	*redirect_uri;
static bool insecure;
static struct seat seat = { .patience = 10 };
static const struct flag flags[] = {
	{ "provider", FLAG_TEXT, &provider, "NAME", "azure, okta or keycloak" },
	{ "issuer", FLAG_TEXT, &issuer, "URL", "of the tenant, server or realm" },
	{ "out", FLAG_TEXT, &out_dir, "DIR", "where the recordings go" },
	{ "client", FLAG_TEXT, &client, "ID", "a public client: device flow, password, code" },
	{ "confidential", FLAG_TEXT, &confidential, "ID", "a client with a secret" },
	{ "secret", FLAG_TEXT, &secret, "TEXT", "its secret; better $IDP_RECORD_SECRET" },
	{ "short-client", FLAG_TEXT, &short_client, "ID",
	  "a public one whose codes expire soon" },
	{ "user", FLAG_TEXT, &user, "LOGIN",
	  "a test user, without MFA for the password grant" },
	{ "password", FLAG_TEXT, &password, "TEXT", "better $IDP_RECORD_PASSWORD" },
	{ "scope", FLAG_TEXT, &scope, "TEXT", "of an API of yours, beside openid" },
	{ "redirect-uri", FLAG_TEXT, &redirect_uri, "URL", "registered for the public client" },
	{ "walk", FLAG_SWITCH, &seat.walks, NULL,
	  "fill the sign-in pages in by program: Keycloak's, not Entra ID's or Okta's" },
	{ "yes", FLAG_SWITCH, &seat.absent, NULL,
	  "ask nobody: what needs a person is skipped" },
	{ "wait", FLAG_NUMBER, &seat.patience, "SECONDS", "one expiry may take this; 10" },
	{ "control", FLAG_TEXT, &seat.control, "URL",
	  "of a simulator: its clock moves instead" },
	{ "only", FLAG_TEXT, &only, "GLOB", "these cases" },
	{ "note", FLAG_TEXT, &note, "TEXT", "goes into each recording: version, tenant kind" },
	{ "plan", FLAG_TEXT, &plan_file, "FILE", "cases of your own" },
	{ "ca", FLAG_TEXT, &ca_file, "FILE", "trusted instead of the system's: PEM" },
	{ "insecure", FLAG_SWITCH, &insecure, NULL, "believe any certificate" },
	{ 0 },
};

extern const struct embedded record_plans[];

/* ---- words ---- */

/* What the flags say, by the name that the plan calls it. */
static void bind_flags(json_t *real)
{
	const struct {
		const char *name, *value;
	} rows[] = {
		{ "client", client },
		{ "confidential", confidential },
		{ "secret", secret ? secret : getenv("IDP_RECORD_SECRET") },
		{ "short_client", short_client },
		{ "user", user },
		{ "password", password ? password : getenv("IDP_RECORD_PASSWORD") },
		{ "scope", scope },
		{ "redirect_uri", redirect_uri },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].value)
			json_object_set_new(real, rows[i].name, json_string(rows[i].value));
}

/* "api://platform" of "api://platform/platform.read": what Entra ID calls the resource. */
static void bind_resource(json_t *real)
{
	const char *slash = scope ? strrchr(scope, '/') : NULL;

	if (slash)
		json_object_set_new(real, "resource",
				    json_stringn(scope, (size_t)(slash - scope)));
}

/* ---- one case ---- */

/* The name of a binding that nothing has filled in; NULL: none is left. */
static const char *unfilled(struct journey *j, const json_t *request)
{
	AUTO(char) char *text = json_dumps(request, JSON_COMPACT);

	for (const char *at = text; at && (at = strchr(at, '{')); at++) {
		size_t n = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
		if (n && at[1 + n] == '}')
			return arena_dup(j->arena, at + 1, n);
	}
	return NULL;
}

/* {"request": {...}} of the plan's [METHOD, URL, FORM, HEADERS, BODY]. */
static json_t *request_of(const json_t *row)
{
	static const char *const members[] = { "method", "path", "form", "headers", "body" };
	json_t *o = json_object();

	for (size_t i = 0; i < ARRAY_LEN(members) && i < json_array_size(row); i++)
		json_object_set(o, members[i], json_array_get(row, i));
	if (!json_object_get(o, "headers"))
		json_object_set_new(o, "headers", json_object());
	if (json_is_object(json_object_get(o, "form")) &&
	    strcmp(conf_str(o, "method", ""), "POST") == 0 &&
	    !json_object_get(json_object_get(o, "headers"), "Content-Type"))
		json_object_set_new(json_object_get(o, "headers"), "Content-Type",
				    json_string("application/x-www-form-urlencoded"));
	return json_pack("{s:o}", "request", o);
}

/* The request as it will be sent: a GET has no form. */
static void fill_request(struct journey *j)
{
	json_t *filled = journey_fill(j, j->request);
	const json_t *form = json_object_get(filled, "form");

	if (!strcmp(conf_str(filled, "method", ""), "GET") && json_is_object(form)) {
		const char *url = journey_url(j, conf_str(filled, "path", ""), form);
		json_object_set_new(filled, "path", json_string(url));
		json_object_set_new(filled, "form", json_null());
	}
	json_decref(j->request);
	j->request = filled;
}

static bool skip(struct recorder *r, const char *name, const char *why)
{
	r->skipped++;
	fprintf(stderr, "%s: SKIPPED: %s\n", name, why);
	return true;
}

static bool write_recording(struct recorder *r, const char *name, json_t *o, struct err *err)
{
	AUTO_BUF path = { 0 };
	AUTO(json_t) json_t *whole = json_object();
	char when[32];

	clk_iso(clk_now(NULL), when);
	json_object_set_new(whole, "case", json_string(name));
	json_object_set_new(whole, "provider", json_string(provider));
	json_object_set_new(whole, "source", json_sprintf("idp-sim record, %.10s", when));
	json_object_set_new(whole, "confidence", json_string("verified-live"));
	if (note)
		json_object_set_new(whole, "note", json_string(note));
	json_object_update(whole, o);
	AUTO(char) char *text = json_dumps(whole, JSON_INDENT(1));
	if (scrub_leak(r->scrub, text))
		return fail(err, ERR_INPUT, "%s: a secret could not be taken out", name);
	buf_printf(&path, "%s/%s.json", out_dir, name);
	return file_write(path.p, text, strlen(text), 0644, err);
}

static bool record_case(struct recorder *r, const json_t *row, struct err *err)
{
	__attribute__((cleanup(journey_done))) struct journey j = { 0 };
	const char *name = conf_str(row, "case", "");
	AUTO(json_t) json_t *recording = request_of(json_object_get(row, "request"));
	AUTO_ANSWER answer = { 0 };
	struct err why = { 0 };

	journey_init(&j, r->origin, json_object_get(r->plan, "scenes"), recording);
	j.wire = &r->wire;
	j.person = &r->person;
	json_object_update(j.bound, r->real);
	if (!journey_walk(&j, json_object_get(row, "steps"), &why))
		return skip(r, name, why.text);
	fill_request(&j);
	const char *missing = unfilled(&j, j.request);
	if (missing)
		return skip(r, name,
			    arena_printf(j.arena, "no {%s}: %s", missing,
					 conf_str(j.bound, "error_description",
						  "an option is not given")));
	if (!journey_ask(&j, &answer, &why))
		return skip(r, name, why.text);
	AUTO(json_t)
	json_t *o = recording_make(r->scrub, r->plan, &j, &answer);
	r->recorded++;
	fprintf(stderr, "%s: %d\n", name, answer.status);
	json_t *steps = json_pack("[{s:s}]", "scene", "cast");
	json_array_extend(steps, json_object_get(row, "steps"));
	json_object_set_new(r->cases, name, steps);
	return write_recording(r, name, o, err);
}

static bool record_all(struct recorder *r, struct err *err)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(r->plan, "cases"), i, row)
		if ((!only || !fnmatch(only, conf_str(row, "case", ""), 0)) &&
		    !record_case(r, row, err))
			return false;
	return true;
}

/* ---- how it is played back ---- */

static void put_rows(struct buf *b, const char *title, const json_t *rows)
{
	const char *name;
	json_t *value;

	buf_printf(b, "%s:\n", title);
	json_object_foreach((json_t *)rows, name, value) {
		AUTO(char) char *text = json_dumps(value, 0);
		buf_printf(b, "  %s: %s\n", name, text);
	}
}

static bool write_steps(struct recorder *r, struct err *err)
{
	AUTO_BUF path = { 0 };
	AUTO_BUF b = { 0 };
	AUTO(json_t)
	json_t *scenes = json_pack("{s:[{s:O}]}", "cast", "bind", r->stage);

	json_object_update(scenes, json_object_get(r->plan, "scenes"));
	buf_printf(&b,
		   "# How each of these recordings is reached, for idp-sim replay.\n"
		   "provider: %s\n",
		   provider);
	put_rows(&b, "scenes", scenes);
	put_rows(&b, "cases", r->cases);
	buf_printf(&path, "%s/steps.yaml", out_dir);
	return file_write(path.p, b.p, b.n, 0644, err);
}

/* ---- the command ---- */

static json_t *read_plan(struct err *err)
{
	AUTO_BUF name = { 0 };

	buf_printf(&name, "%s.yaml", provider);
	const struct embedded *e = embedded_find(record_plans, name.p);
	if (!plan_file && !e) {
		fail(err, ERR_INPUT,
		     "--provider %s: azure, okta, keycloak, or another with --plan FILE",
		     provider);
		return NULL;
	}
	AUTO(conf)
	struct conf *conf =
		plan_file ? conf_load(plan_file, err) : conf_parse(name.p, e->text, e->n, err);
	return conf ? json_incref(conf_root(conf)) : NULL;
}

static const char *origin_of(const char *url, struct buf *ret)
{
	const char *host = strstr(url, "://");

	buf_add(ret, url, host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/") : 0);
	return ret->p;
}

static int conclude(const struct recorder *r)
{
	printf("%d cases recorded in %s", r->recorded, out_dir);
	if (r->skipped)
		printf(", %d SKIPPED", r->skipped);
	printf("\nidp-sim replay %s plays them back\n", out_dir);
	return r->recorded ? EXIT_FINE : EXIT_SAYS_NO;
}

static bool record(struct recorder *r, struct err *err)
{
	bind_flags(r->real);
	bind_resource(r->real);
	if (!file_mkdirs(out_dir, 0755, err) || !record_words(r, err))
		return false;
	return record_all(r, err) && write_steps(r, err);
}

static int run(int argc, char **argv)
{
	struct err err = { 0 };
	AUTO_BUF origin = { 0 };

	(void)argv;
	if (argc || !provider || !issuer || !out_dir)
		return complain(EXIT_USAGE, "record needs --provider, --issuer and --out");
	AUTO(json_t) json_t *plan = read_plan(&err);
	if (!plan)
		return complain_err(&err);
	AUTO(json_t) json_t *real = json_object();
	AUTO(json_t) json_t *stage = json_object();
	AUTO(json_t) json_t *cases = json_object();
	AUTO(scrub) struct scrub *scrub = scrub_new();
	struct recorder r = { .plan = plan,
			      .real = real,
			      .stage = stage,
			      .cases = cases,
			      .scrub = scrub,
			      .wire = { .ca_file = ca_file, .insecure = insecure },
			      .person = seat_person(&seat),
			      .issuer = issuer,
			      .origin = origin_of(issuer, &origin) };
	if (!r.origin)
		return complain(EXIT_USAGE, "--issuer %s is no URL", issuer);
	return record(&r, &err) ? conclude(&r) : complain_err(&err);
}

const struct command command_record = { "record", "",
					"write down what a real provider answers, for replay",
					run, flags };
