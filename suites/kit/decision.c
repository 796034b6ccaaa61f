/* SPDX-License-Identifier: Apache-2.0 */
/* decision.c - the decision door: the documented input document, from people's names. */
#include "suites/kit/door.h"
#include "suites/kit/hand.h"
#include "suites/kit/lab.h"
#include "suites/kit/owned.h"
#include "suites/kit/token.h"

#include <string.h>

static json_t *words(const char *text)
{
	json_t *list = json_array();

	while (text && *text) {
		size_t n = strcspn(text, " ");

		if (n)
			json_array_append_new(list, json_stringn(text, n));
		text += n + (text[n] == ' ');
	}
	return list;
}

static void put(json_t *o, const char *key, const char *value)
{
	if (value && *value)
		json_object_set_new(o, key, json_string(value));
}

/* Who: a person's id, e-mail and groups as the provider's token has them, or just an id. */
static void put_principal(struct run *run, json_t *in, const struct ask_decision *q)
{
	const char *who = q->principal;
	bool person = who && !strchr(who, ':') && *who;
	const char *id = q->id ? q->id : person ? person_subject(run, who) : who;
	const char *email = q->email ? q->email : person ? person_email(run, who) : NULL;

	json_object_set_new(in, "principal_id", json_string(id ? id : ""));
	put(in, "principal_email", email);
	if (q->groups)
		json_object_set_new(in, "principal_groups", words(q->groups));
	else if (person && person_groups(run, who))
		json_object_set_new(in, "principal_groups", words(person_groups(run, who)));
	put(in, "on_behalf_of_principal_id", q->on_behalf_of);
}

static json_t *input_of(struct run *run, const struct ask_decision *q, const char *entrypoint)
{
	json_t *in = json_object();

	put_principal(run, in, q);
	if (strcmp(entrypoint, "allow") == 0) {
		json_object_set_new(in, "method", json_string(q->method ? q->method : "GET"));
		json_object_set_new(
			in, "path",
			json_string(q->path ? q->path : ws_path(run, q->workspace)));
		if (q->scopes)
			json_object_set_new(in, "scopes", words(q->scopes));
		return in;
	}
	put(in, "workspace", q->workspace ? q->workspace : "ml-team");
	if (q->role)
		put(in, "role", q->role);
	else
		json_object_set_new(in, "permissions", words(q->permissions));
	return in;
}

static const char *asked(struct run *run, const char *entrypoint, json_t *in)
{
	char *text = json_dumps(in, JSON_COMPACT);

	own_text(run, text);
	return run_printf(run, "%s %s", entrypoint, text);
}

static void add_answer(struct run *run, const struct decision *d)
{
	hops_add(run->lab, "pdp", "service", true,
		 run_printf(run, "%d %s", d->status,
			    !d->answered ? "no decision"
			    : d->allowed ? "allowed"
					 : "denied"),
		 d->body ? asked(run, "", d->body) : NULL);
}

static const struct decision *ask(struct run *run, const char *entrypoint, json_t *input,
				  bool quiet)
{
	const struct target *t = run->lab->target;
	struct decision *d = arena_alloc(run->arena, sizeof(*d));
	struct question question = { .entrypoint = entrypoint, .caller = "service:platform" };
	struct err err = { 0 };

	question.input = own_json(run, input);
	if (run->broken)
		return d;
	if (!quiet)
		hops_add(run->lab, "service", "pdp", false, asked(run, entrypoint, input),
			 NULL);
	hand_question(run, entrypoint, input);
	if (!t->decide(t->ctx, run->lab->now.instance, &question, d, &err)) {
		hops_add(run->lab, "pdp", "service", true, err.text, NULL);
		return d;
	}
	own_json(run, d->body);
	if (!quiet)
		add_answer(run, d);
	return d;
}

const struct decision *decide_input(struct run *run, const char *entrypoint, json_t *input)
{
	return ask(run, entrypoint, input, false);
}

const struct decision *decide(struct run *run, const struct ask_decision *q)
{
	const char *entrypoint = q->entrypoint ? q->entrypoint : "allow";

	return ask(run, entrypoint, input_of(run, q, entrypoint), q->quiet);
}
