/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errors.c - from a situation to the words of the dialect.
 */
#include "idp-sim/load.h"
#include "idp-sim/serve.h"

#include <string.h>

static const struct {
	enum situation parent;
	int status;
	const char *error;
} rows[S_N] = {
#define SITUATION_ROW(name, parent, status, error) { S_##parent, status, error },
	SITUATIONS(SITUATION_ROW)
#undef SITUATION_ROW
};

void load_bare_errors(struct loader *l)
{
	struct oauth_error *bare = arena_alloc(l->a, S_N * sizeof(*bare));

	for (int i = 0; i < S_N; i++)
		bare[i] = (struct oauth_error) {
			.situation = (enum situation)i,
			.status = rows[i].status,
			.error = rows[i].error,
			.confidence = "RFC 6749",
		};
	l->p->bare = bare;
}

static const struct oauth_error *find(const struct provider *p, enum situation s,
				      const char *variant)
{
	for (size_t i = 0; i < p->n_errors; i++) {
		const struct oauth_error *e = &p->errors[i];
		bool same = e->variant ? variant && !strcmp(e->variant, variant) : !variant;

		if (e->situation == s && same)
			return e;
	}
	return NULL;
}

const struct oauth_error *provider_error(const struct provider *p, enum situation s,
					 const struct facts *f, const char *version)
{
	const struct oauth_error *e;

	for (enum situation at = s; at != S_none; at = rows[at].parent) {
		e = f->grant ? find(p, at, f->grant) : NULL;
		if (!e && version)
			e = find(p, at, version);
		if (!e && f->endpoint)
			e = find(p, at, f->endpoint);
		if (!e)
			e = find(p, at, NULL);
		if (e)
			return e;
	}
	return &p->bare[s];
}

bool provider_has_error(const struct provider *p, enum situation s)
{
	for (size_t i = 0; i < p->n_errors; i++)
		if (p->errors[i].situation == s)
			return true;
	return false;
}

/* Of several errors with one code the device login's is meant: that is where people meet it. */
const struct oauth_error *provider_find_error(const struct provider *p, const char *word)
{
	const struct oauth_error *found = NULL;

	for (size_t i = 0; i < p->n_errors; i++) {
		const struct oauth_error *e = &p->errors[i];
		char number[32];

		snprintf(number, sizeof(number), "%lld", (long long)e->number);
		if ((e->code && !strcmp(e->code, word)) || !strcmp(number, word) ||
		    !strcmp(situation_names[e->situation], word)) {
			if (!found || e->situation == S_device_flow_disabled)
				found = e;
		}
	}
	return found;
}

/* ---- answering one ---- */

static void send_to_client(struct exchange *x)
{
	const char *query = template_text(x->provider->texts[TXT_redirect_error], x, x->arena);

	answer_application(x, x->redirect_uri, query);
}

static void send_body(struct exchange *x, const struct oauth_error *e)
{
	const struct template *t = e->body	 ? e->body
				   : e->envelope ? e->envelope
						 : x->endpoint->envelope;

	x->page_title = e->page;
	x->page_message = e->description ? template_text(e->description, x, x->arena) : NULL;
	x->rp->status = e->status;
	put_headers(x, e->headers ? e->headers : x->endpoint->error_headers);
	x->rp->body = template_text(t, x, x->arena);
	x->rp->body_len = strlen(x->rp->body);
}

bool refuse(struct exchange *x, enum situation s)
{
	return refuse_with(x, s, provider_error(x->provider, s, &x->facts, x->version));
}

bool refuse_with(struct exchange *x, enum situation s, const struct oauth_error *e)
{
	x->error = e;
	x->facts.situation = situation_names[s];
	x->facts.code = e->code;
	x->answered = true;
	if (x->redirect_uri)
		send_to_client(x);
	else
		send_body(x, e);
	return false;
}

bool refuse_word(struct exchange *x, enum situation s, const char *word)
{
	x->word = word;
	return refuse(x, s);
}

const char *need(struct exchange *x, const char *name)
{
	const char *v = form_get(&x->form, name);

	if (v && *v)
		return v;
	x->parameter = name;
	refuse(x, S_missing_parameter);
	return NULL;
}
