/* SPDX-License-Identifier: Apache-2.0 */
/* One error of the table: by its recipes, else by a trouble; is it what the table says? */
#include "idp-sim/program/recipes.h"

#include <string.h>

static bool is_version(const char *variant)
{
	return *variant >= '0' && *variant <= '9';
}

/* The first client that the flow would take, so that early steps can change it. */
static void choose_client(struct play *p, const char *flow)
{
	static const struct {
		const char *flow;
		enum grant grant;
		bool is_public;
	} rows[] = { { "client_credentials", GRANT_CLIENT_CREDENTIALS, false },
		     { "device", GRANT_DEVICE_CODE, true },
		     { "device_code", GRANT_DEVICE_CODE, true },
		     { "authorize", GRANT_AUTHORIZATION_CODE, true },
		     { "authorization_code", GRANT_AUTHORIZATION_CODE, true } };
	enum grant grant = GRANT_PASSWORD;
	bool is_public = true;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].flow, flow)) {
			grant = rows[i].grant;
			is_public = rows[i].is_public;
		}
	p->client = play_client(p, grant, is_public);
	if (!p->client)
		p->client = play_client(p, grant, !is_public);
}

/* As before anything happened. */
static bool afresh(struct play *p, struct err *err)
{
	int status;

	json_decref(idp_call(p->idp, "POST", "/_sim/reset", NULL, &status));
	if (status >= 300)
		return fail(err, ERR_INPUT, "cannot reset");
	buf_reset(&p->notes);
	p->ask = (struct ask) { 0 };
	p->client = NULL;
	p->scope = p->redirect_uri = NULL;
	p->pending = p->deny = false;
	p->user = play_user(p);
	p->version =
		p->error->variant && is_version(p->error->variant) ? p->error->variant : NULL;
	return true;
}

/* Whether the last answer was the wanted error: a more special situation may have been met
 * for which the dialect has no words of its own. */
static bool was_it(struct play *p)
{
	int status;
	AUTO(json_t) json_t *answer = idp_call(p->idp, "GET", "/_sim/journal", NULL, &status);
	const json_t *entries = json_object_get(answer, "entries");
	const json_t *last = json_array_get(entries, json_array_size(entries) - 1);
	enum situation met = situation_find(conf_str(last, "situation", ""));
	struct facts f = { .endpoint = conf_str(last, "endpoint", NULL),
			   .grant = conf_str(last, "grant", NULL) };

	return met == p->error->situation ||
	       (met && provider_error(p->provider, met, &f, p->version) == p->error);
}

/* Status, error and code as the table has them; where they are said depends on the dialect. */
static bool agrees(const struct play *p, const struct wire_answer *answer)
{
	const struct oauth_error *e = p->error;
	const char *location = wire_header(answer, "Location");
	const char *challenge = wire_header(answer, "WWW-Authenticate");
	const char *body = answer->body ? answer->body : "";

	if (location)
		return !e->error || strstr(location, e->error);
	if (answer->status != e->status)
		return false;
	if (e->code && !strstr(body, e->code))
		return false;
	return !e->error || e->page || strstr(body, e->error) ||
	       (challenge && strstr(challenge, e->error)) || *body != '{';
}

static bool finish(struct play *p, enum way way, struct outcome *ret, struct err *err)
{
	AUTO_BUF curl = { 0 };

	wire_answer_done(&ret->answer);
	ret->answer = (struct wire_answer) { 0 };
	ask_curl(&p->ask, &curl);
	if (!play_send(p, &ret->answer, err))
		return false;
	ret->way = way;
	ret->curl = arena_str(p->arena, curl.p);
	ret->notes = arena_str(p->arena, p->notes.p ? p->notes.p : "");
	ret->agrees = was_it(p) && agrees(p, &ret->answer);
	return true;
}

static const char *flow_of(const struct play *p, const struct recipe *r)
{
	const char *variant = p->error->variant;

	return variant && !is_version(variant) && strcmp(variant, "token") != 0 ? variant
										: r->flow;
}

static bool try_recipe(struct play *p, const struct recipe *r, struct outcome *ret)
{
	const char *flow = flow_of(p, r);
	struct err err = { 0 };

	if (!afresh(p, &err))
		return false;
	choose_client(p, flow);
	return steps_act(p, r, true, &err) && play_flow(p, flow, &err) &&
	       steps_act(p, r, false, &err) && finish(p, WAY_NATURE, ret, &err) && ret->agrees;
}

/* Where an armed error may strike, the likeliest first. */
static const char *const trouble_flows[] = {
	"password",	      "device_code", "device",	 "refresh_token",
	"client_credentials", "authorize",   "userinfo", "authorization_code",
	"introspect",	      "revoke",	     "logout",	 "authn",
	"discovery",	      "instance",
};

static bool try_trouble(struct play *p, const char *flow, struct outcome *ret)
{
	const struct oauth_error *e = p->error;
	/* Two situations can share a code: then the situation says which. */
	bool unique = e->code && provider_find_error(p->provider, e->code) == e;
	const char *word = unique ? e->code : situation_names[e->situation];
	struct err err = { 0 };

	if (!afresh(p, &err) || !play_flow(p, flow, &err))
		return false;
	json_t *body = json_pack("{s:s, s:s, s:i}", "error", word, "provider",
				 p->provider->name, "next", 1);
	return play_control(p, "POST", "/_sim/troubles", body,
			    arena_printf(p->arena, "fail %s,provider=%s,next=1", word,
					 p->provider->name),
			    &err) &&
	       finish(p, WAY_TROUBLE, ret, &err) && ret->agrees;
}

bool reproduce(struct play *p, struct outcome *ret, struct err *err)
{
	const char *name = situation_names[p->error->situation];
	const char *variant = p->error->variant;

	for (const struct recipe *r = recipes; r->situation; r++)
		if (!strcmp(r->situation, name) && try_recipe(p, r, ret))
			return true;
	if (variant && !is_version(variant) && try_trouble(p, variant, ret))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(trouble_flows); i++)
		if (try_trouble(p, trouble_flows[i], ret))
			return true;
	ret->way = WAY_NONE;
	return fail(err, ERR_INPUT, "neither nature nor trouble leads to '%s'", name);
}

/* ---- armed in place of nature ---- */

size_t natural_flows(struct play *p, const char **ret, size_t max)
{
	const char *name = situation_names[p->error->situation];
	struct outcome got = { 0 };
	size_t n = 0;

	for (const struct recipe *r = recipes; r->situation && n < max; r++)
		if (!strcmp(r->situation, name) && try_recipe(p, r, &got))
			ret[n++] = flow_of(p, r);
	wire_answer_done(&got.answer);
	return n;
}

/* Where the armed error came, as the journal has it; NULL: nowhere. */
static const char *step_of(struct play *p)
{
	const struct oauth_error *e = p->error;
	int status;
	AUTO(json_t) json_t *answer = idp_call(p->idp, "GET", "/_sim/journal", NULL, &status);
	size_t i;
	json_t *entry;

	json_array_foreach(json_object_get(answer, "entries"), i, entry) {
		const char *code = conf_str(entry, "code", "");
		const char *situation = conf_str(entry, "situation", "");
		if (e->code ? strcmp(code, e->code)
			    : strcmp(situation, situation_names[e->situation]))
			continue;
		return arena_str(p->arena,
				 conf_str(entry, "grant", conf_str(entry, "endpoint", "")));
	}
	return NULL;
}

const char *arm_and_play(struct play *p, const char *flow, struct outcome *ret, struct err *err)
{
	const struct oauth_error *e = p->error;
	const char *word = e->code ? e->code : situation_names[e->situation];
	json_t *body = json_pack("{s:s, s:s}", "error", word, "provider", p->provider->name);

	if (!afresh(p, err)) {
		json_decref(body);
		return NULL;
	}
	choose_client(p, flow);
	if (!play_control(
		    p, "POST", "/_sim/troubles", body,
		    arena_printf(p->arena, "fail %s,provider=%s", word, p->provider->name),
		    err))
		return NULL;
	ret->agrees = true; /* unless the last answer says otherwise */
	if (play_flow(p, flow, err) && finish(p, WAY_TROUBLE, ret, err))
		ret->agrees = agrees(p, &ret->answer);
	return step_of(p);
}
