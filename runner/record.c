/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - results with their sections, exceptions, commands and provenance. */
#include "runner/record.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "runner/known.h"
#include "runner/order.h"
#include "runner/provenance.h"

#include <string.h>

static const char *target_text(struct arena *a, const struct about_run *about)
{
	const struct target *t = about->target;

	if (!t)
		return "reference platform (cli, gateway, pdp, service)";
	return arena_printf(a, "%s%s%s (%s)", t->name, t->version && *t->version ? " " : "",
			    t->version ? t->version : "", about->kind ? about->kind : "target");
}

static void add_sections(struct results *rs)
{
	size_t n = 0;

	while (suites[n])
		n++;
	rs->sections = arena_alloc(rs->arena, (n + 1) * sizeof *rs->sections);
	for (size_t i = 0; i < n; i++) {
		rs->sections[i].name = suites[i]->section;
		rs->sections[i].title = suites[i]->title;
	}
	rs->n_sections = n;
}

/* The command that plays it again, just so. */
static const char *again(struct results *rs, const struct about_run *about, const char *id)
{
	const struct options *o = about->options;
	AUTO_BUF b = { 0 };

	buf_str(&b, "gauntlet run");
	if (o->target)
		buf_printf(&b, " --target %s", o->target);
	for (size_t i = 0; i < o->set.n; i++)
		buf_printf(&b, " --set '%s'", o->set.items[i]);
	buf_printf(&b, " --only %s", id);
	for (size_t i = 0; i < o->edition.n; i++)
		buf_printf(&b, " --edition %s", o->edition.items[i]);
	buf_printf(&b, " --seed %llu --keep", (unsigned long long)o->seed);
	return arena_str(rs->arena, b.p);
}

static bool listed(const char *const *list, const char *id, const char *row)
{
	for (; list && *list; list++) {
		if (!strcmp(*list, id) || (row && !strcmp(*list, row)))
			return true;
	}
	return false;
}

static const char *mask(struct arena *a, const char *text, const char *const *secrets)
{
	for (; text && secrets && *secrets; secrets++) {
		const char *at = **secrets ? strstr(text, *secrets) : NULL;

		while (at) {
			size_t n = strlen(*secrets);

			text = arena_printf(a, "%.*s***%s", (int)(at - text), text, at + n);
			at = strstr(text, *secrets);
		}
	}
	return text;
}

/* A value that came from the environment is a secret wherever it turns up. */
static void mask_result(struct arena *a, struct result *r, const char *const *secrets)
{
	if (!secrets || !*secrets)
		return;
	r->reason = mask(a, r->reason, secrets);
	for (size_t i = 0; i < r->n_checks; i++) {
		r->checks[i].want = mask(a, r->checks[i].want, secrets);
		r->checks[i].got = mask(a, r->checks[i].got, secrets);
	}
	for (size_t i = 0; i < r->n_hops; i++) {
		r->hops[i].text = mask(a, r->hops[i].text, secrets);
		r->hops[i].detail = mask(a, r->hops[i].detail, secrets);
	}
}

static void add_result(struct results *rs, const struct about_run *about,
		       const struct result *from)
{
	struct result *r = &rs->items[rs->n++];

	*r = *from;
	r->target = about->target ? about->target->name : "reference";
	r->again = again(rs, about, r->id);
	if (!strcmp(r->section, SECTION_SANITY))
		r->again = about->options->target
				   ? arena_printf(rs->arena, "gauntlet doctor --target %s",
						  about->options->target)
				   : "gauntlet doctor";
	r->required = listed(about->required, r->id, r->row);
	mask_result(rs->arena, r, about->secrets);
	if (about->known)
		known_apply(about->known, rs->arena, r);
}

static const char *stop_words(const struct pool *pool)
{
	switch (pool_ended(pool)) {
	case POOL_DONE:
		break;
	case POOL_INTERRUPTED:
		return "interrupted";
	case POOL_TERMINATED:
		return "terminated";
	case POOL_TIMED_OUT:
		return "the time of the run was over";
	case POOL_FAILED_FAST:
		return "stopped at the first failure";
	}
	return NULL;
}

struct results *record_make(const struct plan *plan, const struct pool *pool,
			    const struct about_run *about)
{
	struct arena *arena = arena_new();
	struct results *rs = arena_alloc(arena, sizeof *rs);
	const struct options *o = about->options;

	rs->arena = arena;
	add_sections(rs);
	rs->target = target_text(rs->arena, about);
	rs->edition = arena_str(rs->arena, plan->n ? plan->items[0].edition : "nemo");
	rs->providers = plan_providers_text(plan);
	rs->profile = about->profile;
	rs->planned = plan_rows(plan);
	rs->started_at = about->started_at;
	rs->took_us = about->took_us;
	rs->jobs = about->jobs;
	rs->seed = o->seed;
	rs->strict = o->strict;
	rs->gated = about->gated;
	rs->provenance = provenance_of(plan, about);
	rs->items = arena_alloc(rs->arena, (plan->n + 1) * sizeof *rs->items);
	if (!pool)
		return rs;
	rs->stopped = stop_words(pool);
	for (size_t i = 0; i < plan->n; i++) {
		if (pool_result(pool, i))
			add_result(rs, about, pool_result(pool, i));
	}
	results_sort(rs);
	return rs;
}

int record_exit_code(const struct results *rs, const struct pool *pool)
{
	int code = results_exit_code(rs);

	switch (pool_ended(pool)) {
	case POOL_INTERRUPTED:
		return 130;
	case POOL_TERMINATED:
		return 143;
	case POOL_TIMED_OUT:
		return 124;
	default:
		return code;
	}
}
