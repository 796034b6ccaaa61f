/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - selects and expands rows. */
#include "runner/plan.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "runner/select.h"

#include <string.h>

enum { MAX_PROVIDERS = 20 };
enum { ALL_SURFACES = CLI | GATEWAY | PDP | SERVICE | SDK };

static const enum surface surface_order[] = { CLI, SDK, GATEWAY, PDP, SERVICE };
static const char *const all_providers[] = { "azure", "okta", "keycloak", NULL };

bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words ? words : ""; *p;) {
		size_t m = strcspn(p, " ");

		if (m == n && !memcmp(p, word, n))
			return true;
		p += m + (p[m] == ' ');
	}
	return false;
}

enum edition_bit edition_bit_of(const char *edition)
{
	return !strcmp(edition, "nmp")		  ? NMP
	       : !strcmp(edition, "nemo-callout") ? CALLOUT
						  : NEMO;
}

const char *row_id(struct arena *a, const struct suite *s, const struct scenario *row)
{
	return arena_printf(a, "%s/%s", s->section, row->name);
}

static bool wanted_provider(const struct plan_for *f, const char *name)
{
	const struct words *w = &f->options->provider;

	return (!w->n || words_include(w, name)) &&
	       (!f->providers_only || word_listed(f->providers_only, name));
}

/* Providers beyond the three built in: a file of the user's own, given by --provider. */
static size_t wanted_providers(const struct plan_for *f, const char **ret, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; all_providers[i]; i++) {
		if (wanted_provider(f, all_providers[i]))
			ret[n++] = all_providers[i];
	}
	for (size_t i = 0; i < f->options->provider.n && n < max; i++) {
		const char *name = f->options->provider.items[i];

		if (!word_listed(all_providers, name))
			ret[n++] = name;
	}
	return n;
}

const char **plan_providers(struct arena *a, const struct scenario *row,
			    const struct plan_for *f)
{
	static const char *const only[] = {
		[AZURE_ONLY] = "azure", [OKTA_ONLY] = "okta", [KEYCLOAK_ONLY] = "keycloak"
	};
	const char *wanted[16];
	size_t n = wanted_providers(f, wanted, ARRAY_LEN(wanted)), k = 0;
	const char **ret = arena_alloc(a, (n + 1) * sizeof *ret);
	const char *first = n ? wanted[0] : NULL;

	for (size_t i = 0; i < n; i++) {
		if (row->providers == EACH_PROVIDER ||
		    (row->providers > EACH_PROVIDER &&
		     !strcmp(only[row->providers], wanted[i])))
			ret[k++] = wanted[i];
		if (!strcmp(wanted[i], "keycloak"))
			first = wanted[i];
	}
	if (row->providers == ANY_PROVIDER && first)
		ret[k++] = first;
	return ret;
}

static const char *unclaimed(struct arena *a, const struct plan_for *f,
			     const struct scenario *row)
{
	const struct target *t = f->target;

	for (const char *p = row->needs ? row->needs : ""; t && t->claims && *p;) {
		size_t n = strcspn(p, " ");
		const char *word = arena_dup(a, p, n);

		if (n && !t->claims(t->ctx, word))
			return arena_printf(a, "needs %s: not claimed by %s", word,
					    t->file ? t->file : t->name);
		p += n + (p[n] == ' ');
	}
	return NULL;
}

static const char *why_skipped(struct arena *a, const struct plan_for *f,
			       const struct scenario *row)
{
	const char *why = unclaimed(a, f, row);

	if (why || !f->target)
		return why;
	if (f->attached && has_word(row->tags, "intrusive") && !f->options->intrusive)
		return "may harm shared infrastructure: needs --intrusive";
	if (row->configuration && f->target->claims &&
	    !f->target->claims(f->target->ctx,
			       arena_printf(a, "configuration:%s", row->configuration)))
		return arena_printf(a, "needs configuration %s", row->configuration);
	return NULL;
}

static struct item *add(struct plan *p)
{
	if (!(p->n & (p->n - 1))) {
		struct item *more = arena_alloc(p->arena, (p->n ? p->n * 2 : 1) * sizeof *more);

		if (p->n)
			memcpy(more, p->items, p->n * sizeof *more);
		p->items = more;
	}
	return &p->items[p->n++];
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_lab(const struct item *a, const struct item *b)
{
	return a->surface == b->surface && same(a->provider, b->provider) &&
	       same(a->edition, b->edition) && same(a->configuration, b->configuration) &&
	       a->mutants == b->mutants;
}

static void give_lab(struct plan *p, struct item *it)
{
	for (size_t i = 0; i + 1 < p->n; i++) {
		if (same_lab(&p->items[i], it)) {
			it->lab = p->items[i].lab;
			return;
		}
	}
	it->lab = p->labs++;
}

/* The gate of a surface, provider and edition; made when it is first asked for. */
static size_t gate_of(struct plan *p, const struct item *it)
{
	struct item *gate;
	bool nemo = !strcmp(it->edition, "nemo");

	for (size_t i = 0; i < p->n; i++) {
		const struct item *g = &p->items[i];

		if (!g->row && g->surface == it->surface && same(g->provider, it->provider) &&
		    same(g->edition, it->edition))
			return i;
	}
	gate = add(p);
	gate->id = arena_printf(p->arena, "sanity/target-starts@%s:%s%s%s", it->provider,
				surface_word(it->surface), nemo ? "" : ":",
				nemo ? "" : it->edition);
	gate->surface = it->surface;
	gate->provider = it->provider;
	gate->edition = it->edition;
	gate->gate = p->n - 1;
	p->n_gates++;
	give_lab(p, gate);
	return gate->gate;
}

static void add_row(struct plan *p, const struct plan_for *f, const struct item *made)
{
	struct item *it;
	size_t gate = 0;

	bool gated = f->gates && !made->skip && made->surface != SDK;

	if (gated)
		gate = gate_of(p, made);
	it = add(p);
	*it = *made;
	it->gate = gated ? gate : p->n - 1;
	give_lab(p, it);
}

/* The providers of the whole plan, whatever shard of it is played. */
static void note_provider(struct plan *p, const char *name)
{
	size_t n = 0;

	while (p->providers[n])
		n++;
	if (!word_listed(p->providers, name) && n + 1 < MAX_PROVIDERS)
		p->providers[n] = name;
}

static void order_providers(struct plan *p)
{
	const char **before = p->providers;
	size_t n = 0;

	p->providers = arena_alloc(p->arena, MAX_PROVIDERS * sizeof *p->providers);
	for (size_t i = 0; all_providers[i]; i++) {
		if (word_listed(before, all_providers[i]))
			p->providers[n++] = all_providers[i];
	}
	for (; *before; before++) {
		if (!word_listed(all_providers, *before))
			p->providers[n++] = *before;
	}
}

static void expand(struct plan *p, const struct plan_for *f, const struct suite *s,
		   const struct scenario *row, const char *edition)
{
	const char **providers = plan_providers(p->arena, row, f);
	unsigned surfaces = f->target ? f->target->surfaces : ALL_SURFACES;
	const char *name = row_id(p->arena, s, row);
	bool any = row->providers == ANY_PROVIDER;
	long shards = f->options->shards;

	for (size_t i = 0; i < ARRAY_LEN(surface_order); i++) {
		enum surface at = surface_order[i];

		if (!(row->surfaces & surfaces & at) ||
		    !row_holds(row, at, edition_bit_of(edition)) ||
		    (f->options->surface.n &&
		     !words_include(&f->options->surface, surface_word(at))))
			continue;
		for (size_t k = 0; providers[k]; k++) {
			struct item it = {
				.suite = s,
				.row = row,
				.surface = at,
				.provider = providers[k],
				.edition = edition,
				.configuration = row->configuration,
				.skip = why_skipped(p->arena, f, row),
				.id = scenario_id(p->arena, s, row, at,
						  any ? "any" : providers[k], edition),
			};

			if (!select_id(f, it.id, name))
				continue;
			note_provider(p, it.provider);
			if (!shards || plan_shard(it.id, shards) == f->options->shard)
				add_row(p, f, &it);
		}
	}
}

static const char *first_edition[] = { NULL, NULL };

static const char **editions_of(const struct plan_for *f)
{
	if (f->options->edition.n)
		return f->options->edition.items;
	first_edition[0] = f->target && f->target->edition ? f->target->edition : "nemo";
	return first_edition;
}

bool plan_make(struct plan *p, const struct plan_for *f, struct err *err)
{
	memset(p, 0, sizeof *p);
	p->arena = arena_new();
	p->providers = arena_alloc(p->arena, MAX_PROVIDERS * sizeof *p->providers);
	if (!select_check(f->options, err))
		return false;
	for (const char **edition = editions_of(f); *edition; edition++) {
		p->editions = p->editions
				      ? arena_printf(p->arena, "%s, %s", p->editions, *edition)
				      : *edition;
		for (size_t i = 0; suites[i]; i++) {
			if (!strcmp(suites[i]->section, SECTION_SANITY))
				continue; /* its row is the gate */
			for (size_t k = 0; k < suites[i]->n; k++) {
				if (select_row(f->options, suites[i], &suites[i]->rows[k]))
					expand(p, f, suites[i], &suites[i]->rows[k], *edition);
			}
		}
	}
	order_providers(p);
	return true;
}

void plan_done(struct plan *p)
{
	arena_free(p->arena);
	p->arena = NULL;
}

size_t plan_rows(const struct plan *p)
{
	return p->n - p->n_gates;
}

const char *plan_providers_text(const struct plan *p)
{
	AUTO_BUF b = { 0 };

	for (size_t i = 0; p->providers[i]; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", p->providers[i]);
	return arena_str(p->arena, b.p ? b.p : "");
}
