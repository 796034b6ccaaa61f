/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/reach.h"

#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/lab.h"
#include "suites/kit/relay.h"
#include "suites/kit/tenant.h"

#include "idp-sim/base/conf.h"

#include <string.h>

/* A part of the lab that the target must have asked. */
struct asked {
	const char *name; /* "decision point" */
	const char *url;  /* as the target sees it */
	size_t n;	  /* requests that came */
	struct relay *relay;
};

/* Unlike run_broken(): here the URLs matter, so parts' names are not put in their place. */
static bool broken(struct run *run, const char *why)
{
	if (!run->broken)
		run->result->reason = why;
	run->broken = true;
	return false;
}

static bool not_reached(struct run *run, const struct answer *a, const struct asked *p)
{
	const char *front = lab_front(run->lab), *ca = run->lab->now.urls.ca_file;
	const char *said = a ? run_printf(run, "answered %d", a->status) : "decided";
	char why[160];

	if (p->relay && relay_refusal(p->relay, why, sizeof(why)))
		return broken(run,
			      run_printf(run,
					 "the target does not reach the lab's %s: a TLS "
					 "handshake at %s failed (%s): it must trust %s",
					 p->name, p->url, why, ca ? ca : "its certificate"));
	return broken(run,
		      run_printf(run,
				 "the target does not reach the lab's %s: %s %s, but no "
				 "request came to %s: look at its setting for that URL, at "
				 "routes and firewalls",
				 p->name, front ? front : "it", said, p->url));
}

static bool was_asked(struct run *run, const struct answer *a, const struct asked *p)
{
	if (p->n == 0)
		return not_reached(run, a, p);
	check_that(run, true, run_printf(run, "reaches the %s at %s", p->name, p->url),
		   "a request through it comes there", "%zu came", p->n);
	return true;
}

/* Requests of the target to the provider: our own parts say who they are. */
static size_t provider_saw_target(struct run *run)
{
	size_t n = 0;

	for (size_t i = 0; !tenant_is_there(run) && i < provider_saw(run, NULL); i++) {
		const char *agent = provider_header(run, NULL, i, "User-Agent");

		n += agent && strncmp(agent, "reference-", strlen("reference-")) != 0;
	}
	return n;
}

static bool gateway_reaches(struct run *run, const struct answer *a)
{
	struct assembly *s = &run->lab->now;
	const struct asked pdp = { "decision point", s->urls.pdp, recorder_count(s->liar),
				   s->relays[0] };
	const struct asked upstream = { "upstream", s->urls.upstream,
					recorder_count(s->upstream), s->relays[1] };

	/* A decision that the target still remembers brings no question. */
	if ((upstream.n == 0 || run->lab->target->decisions_ms == 0) &&
	    !was_asked(run, a, &pdp))
		return false;
	if (a->status == 401 || a->status == 403)
		return true; /* it did ask, and refused: no matter of reaching */
	return was_asked(run, a, &upstream);
}

static bool pdp_reaches(struct run *run)
{
	struct assembly *s = &run->lab->now;
	const struct asked store = { "role bindings or bundle", s->urls.platform,
				     recorder_count(s->entities) + recorder_count(s->liar),
				     s->relays[recorder_count(s->liar) > 0 ? 0 : 1] };

	/* One that is pushed to need not ask. */
	return (store.n == 0 && run->lab->target->push) || was_asked(run, NULL, &store);
}

bool reach_proved(struct run *run, const struct answer *a)
{
	const struct target *t = run->lab->target;
	bool reached = true;
	size_t n;

	if (!t->attached)
		return true;
	if (a && a->status == 0)
		return broken(run, run_printf(run, "no answer of %s: %s", lab_front(run->lab),
					      a->refusal     ? a->refusal
					      : a->timed_out ? "none in time"
							     : "it hangs up"));
	if (run->surface == GATEWAY)
		reached = gateway_reaches(run, a);
	else if (run->surface == PDP)
		reached = pdp_reaches(run);
	n = reached ? provider_saw_target(run) : 0;
	if (n > 0)
		check_that(run, true,
			   run_printf(run, "reaches the identity provider at %s",
				      run->lab->now.urls.idp),
			   "a request of it comes there", "%zu came", n);
	return reached;
}

bool reach_explain(struct lab *l, struct err *err)
{
	struct assembly *s = &l->now;
	const char *const urls[] = { s->urls.pdp,
				     s->entities ? s->urls.platform : s->urls.upstream };
	struct recorder *const parts[] = { s->liar, s->entities ? s->entities : s->upstream };
	struct err was = *err;
	char why[160];

	for (size_t i = 0; l->target->attached && i < ARRAY_LEN(parts); i++) {
		if (s->relays[i] && relay_refusal(s->relays[i], why, sizeof(why)))
			return fail(err, was.kind,
				    "%.600s; a TLS handshake with the lab at %s failed (%s): "
				    "the target must trust %s",
				    was.text, urls[i], why,
				    s->urls.ca_file ? s->urls.ca_file : "its certificate");
	}
	if (!l->target->attached || !s->liar || recorder_count(s->liar) > 0 ||
	    (parts[1] && recorder_count(parts[1]) > 0))
		return false;
	return fail(err, was.kind, "%.600s; no request of the target came to the lab at %s",
		    was.text, urls[1] ? urls[1] : urls[0]);
}

/* Asks the target itself. */
static void look_after(struct run *run, const char *why)
{
	const struct target *t = run->lab->target;
	struct assembly *s = &run->lab->now;

	s->doubted = false;
	s->lost = t->alive && !t->alive(t->ctx, s->instance);
	if (!s->lost)
		return;
	why = run_printf(run, "the target at %s does not answer any more: %s",
			 lab_front(run->lab), why ? why : "requests get no answer in time");
	run->broken = run->skipped = false;
	broken(run, why);
}

void reach_doubt(struct run *run, const char *why)
{
	struct assembly *s = &run->lab->now;

	if (!run->lab->target->attached || run->broken || s->lost)
		return;
	if (s->misled) /* it may only be waiting for a part that the row has made slow */
		s->doubted = true;
	else
		look_after(run, why);
}

void reach_after_row(struct run *run)
{
	struct assembly *s = &run->lab->now;

	if (s->doubted) {
		recorder_say(s->liar, NULL);
		if (s->upstream)
			recorder_say(s->upstream, NULL);
		look_after(run, NULL);
	}
	if (s->lost)
		lab_clear(run->lab);
}
