/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator itself: what it is, its clock, sign-ins and journal. */
#include "idp-sim/routes.h"
#include "idp-sim/session.h"
#include "idp-sim/shared.h"

#include <string.h>

enum { MAX_WAIT_MS = 300000 };

/* ---- about the simulator ---- */

json_t *route_health(struct call *c)
{
	return json_pack("{s:s, s:s, s:o*, s:s*, s:s*, s:s*, s:I}", "status", "ok", "origin",
			 c->idp->origin, "origins", idp_origins(c->idp), "tls_origin",
			 c->idp->tls_origin, "ca_file", c->idp->ca_file, "state",
			 shared_where(c->idp), "now", (json_int_t)clk_now(&c->idp->clk));
}

json_t *route_openapi(struct call *c)
{
	return control_openapi();
}

json_t *route_providers(struct call *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->idp->n_providers; i++)
		json_array_append_new(list, describe_provider(c->idp, idp_nth(c->idp, i)));
	return json_pack("{s:o}", "providers", list);
}

json_t *route_one_provider(struct call *c)
{
	json_t *refused;
	struct provider *p = call_provider(c, c->args[0], &refused);

	return p ? describe_provider(c->idp, p) : refused;
}

static json_t *describe_error(const struct oauth_error *e)
{
	return json_pack("{s:s, s:s*, s:i, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}",
			 "situation", situation_names[e->situation], "code", e->code, "status",
			 e->status, "error", e->error, "when", e->when, "sure", e->confidence,
			 "means", e->meaning, "happens", e->causes, "fix", e->fix, "source",
			 e->source);
}

json_t *route_errors(struct call *c)
{
	json_t *refused, *list = NULL;
	const struct provider *p = call_provider(c, c->args[0], &refused);

	if (!p)
		return refused;
	list = json_array();
	for (size_t i = 0; i < p->n_errors; i++)
		json_array_append_new(list, describe_error(&p->errors[i]));
	return json_pack("{s:o}", "errors", list);
}

json_t *route_reset(struct call *c)
{
	idp_reset(c->idp);
	return NULL;
}

json_t *route_reload(struct call *c)
{
	struct err err = { 0 };

	return idp_reload(c->idp, &err) ? NULL : call_error(c, &err);
}

/* ---- the clock ---- */

json_t *route_show_clock(struct call *c)
{
	int64_t now = clk_now_ms(&c->idp->clk);
	char iso[32];

	clk_iso(now / 1000, iso);
	return json_pack("{s:I, s:I, s:s, s:b}", "now", (json_int_t)(now / 1000), "now_ms",
			 (json_int_t)now, "time", iso, "frozen", c->idp->clk.frozen_ms != 0);
}

json_t *route_set_clock(struct call *c)
{
	const json_t *frozen = json_object_get(c->body, "frozen");
	const json_t *now = json_object_get(c->body, "now");

	if (json_is_integer(now))
		clk_set_ms(&c->idp->clk, json_integer_value(now) * 1000);
	if (json_is_boolean(frozen))
		clk_freeze(&c->idp->clk, json_is_true(frozen));
	shared_clock(c->idp);
	return route_show_clock(c);
}

json_t *route_advance_clock(struct call *c)
{
	const json_t *seconds = json_object_get(c->body, "seconds");
	int64_t ms = json_is_number(seconds)
			     ? (int64_t)(json_number_value(seconds) * 1000)
			     : conf_duration_ms(json_object_get(c->body, "for"), 0);

	if (!ms)
		return call_refuse(c, 400, "for example {\"for\": \"90d\"}",
				   "neither 'seconds' nor 'for' is given");
	clk_advance_ms(&c->idp->clk, ms);
	shared_clock(c->idp);
	return route_show_clock(c);
}

/* ---- sign-ins ---- */

json_t *route_devices(struct call *c)
{
	return json_pack("{s:o}", "devices", devices_list(c->idp));
}

static json_t *decided(struct call *c, enum decide how)
{
	switch (how) {
	case DECIDE_OK:
		return NULL;
	case DECIDE_UNKNOWN_CODE:
		return call_refuse(c, 404, "GET /_sim/devices lists the sign-ins",
				   "no sign-in has the user code '%s'", c->args[0]);
	case DECIDE_UNKNOWN_USER:
		return call_refuse(c, 400, "GET /_sim/providers lists the users",
				   "there is no user '%s'", conf_str(c->body, "user", ""));
	case DECIDE_TOO_LATE:
		break;
	}
	return call_refuse(c, 409, "begin a new sign-in",
			   "the sign-in '%s' is over: approved, declined or expired",
			   c->args[0]);
}

json_t *route_approve(struct call *c)
{
	return decided(c,
		       device_decide(c->idp, c->args[0], conf_str(c->body, "user", "alice")));
}

json_t *route_deny(struct call *c)
{
	return decided(c, device_decide(c->idp, c->args[0], NULL));
}

/* ---- sessions ---- */

json_t *route_sessions(struct call *c)
{
	return json_pack("{s:o}", "sessions", sessions_list(c->idp));
}

json_t *route_end_session(struct call *c)
{
	struct session *s = session_get(c->idp, c->args[0]);

	if (!s)
		return call_refuse(c, 404, "GET /_sim/sessions lists them",
				   "there is no session '%s'", c->args[0]);
	session_revoke(c->idp, s);
	session_unref(s);
	return NULL;
}

/* ---- the journal ---- */

static int64_t number(struct call *c, const char *name, int64_t fallback)
{
	const char *text = form_get(&c->query, name);

	return text ? strtoll(text, NULL, 10) : fallback;
}

json_t *route_read_journal(struct call *c)
{
	const char *wait = form_get(&c->query, "wait");
	double seconds = wait ? strtod(wait, NULL) : 0;
	int64_t ms = seconds > 0 ? (int64_t)(seconds * 1000) : 0;
	struct facts filter = { .provider = form_get(&c->query, "provider"),
				.tenant = form_get(&c->query, "tenant"),
				.endpoint = form_get(&c->query, "endpoint"),
				.grant = form_get(&c->query, "grant"),
				.client_id = form_get(&c->query, "client_id"),
				.user = form_get(&c->query, "user"),
				.situation = form_get(&c->query, "situation") };
	int64_t count = number(c, "n", 1);

	return journal_wait(c->idp->journal, number(c, "since", 0), &filter,
			    count > 0 ? (size_t)count : 0, ms < MAX_WAIT_MS ? ms : MAX_WAIT_MS);
}
