/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - results with their sections, exceptions, commands and provenance. */
#include "runner/record.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "reports/redact.h"
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

/* The page that the section's first promise stands on, when a reader looks there first. */
static const char *page_group(const struct suite *suite)
{
	static const char *const pages[] = { "Troubleshooting", "Using authentication" };
	const char *page = suite->n ? suite->rows[0].page : NULL;

	for (size_t i = 0; page && i < ARRAY_LEN(pages); i++) {
		if (!strncmp(page, pages[i], strlen(pages[i])))
			return pages[i];
	}
	return NULL;
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
		rs->sections[i].group = page_group(suites[i]);
	}
	rs->n_sections = n;
}

/* The platform in miniature, and which of its parts are the target's. */
static void add_parts(struct results *rs, const struct about_run *about, const char *providers)
{
	static const struct {
		const char *name;
		unsigned surfaces;
	} parts[] = { { "cli", CLI },	      { "sdk", SDK }, { "idp", 0 },
		      { "gateway", GATEWAY }, { "pdp", PDP }, { "service", SERVICE } };
	const struct target *t = about->target;

	rs->parts = arena_alloc(rs->arena, sizeof *rs->parts * ARRAY_LEN(parts));
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct part *p = &rs->parts[rs->n_parts];

		p->name = parts[i].name;
		p->under_test = t && (t->surfaces & parts[i].surfaces);
		if (parts[i].surfaces == SDK && !p->under_test)
			continue;
		p->who = "ours";
		if (!parts[i].surfaces)
			p->who = arena_printf(rs->arena, "idp-sim: %s", providers);
		else if (p->under_test)
			p->who = arena_printf(rs->arena, "%s %s", t->name,
					      t->version ? t->version : "");
		rs->n_parts++;
	}
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

/* What came from the environment is a secret wherever it turns up, and so is what looks like
 * one. */
static struct redactor *redactor_for(const struct about_run *about)
{
	struct redactor *r = redactor_new();

	for (const char *const *p = about->secrets; p && *p; p++)
		redactor_add(r, *p);
	return r;
}

static void add_result(struct results *rs, const struct about_run *about,
		       const struct redactor *redactor, const struct result *from)
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
	redact_result(redactor, rs->arena, r);
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

static void add_missing(struct results *rs, const struct plan *plan, const struct pool *pool)
{
	rs->missing = arena_alloc(rs->arena, (plan->n + 1) * sizeof *rs->missing);
	for (size_t i = 0; i < plan->n; i++) {
		if (plan->items[i].row && !pool_result(pool, i))
			rs->missing[rs->n_missing++] = plan->items[i].id;
	}
}

struct results *record_make(const struct plan *plan, const struct pool *pool,
			    const struct about_run *about)
{
	AUTO(redactor) struct redactor *redactor = redactor_for(about);
	struct arena *arena = arena_new();
	struct results *rs = arena_alloc(arena, sizeof *rs);
	const struct options *o = about->options;

	rs->arena = arena;
	add_sections(rs);
	add_parts(rs, about, plan_providers_text(plan));
	rs->target = target_text(rs->arena, about);
	rs->edition = arena_str(rs->arena, plan->editions ? plan->editions : "nemo");
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
			add_result(rs, about, redactor, pool_result(pool, i));
	}
	add_missing(rs, plan, pool);
	redact_results(redactor, rs);
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
