/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - selects and expands rows. */
#include "runner/plan.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "runner/rows.h"

#include <fnmatch.h>
#include <string.h>

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

long plan_shard(const char *id, long n)
{
	uint64_t h = 14695981039346656037u;

	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * 1099511628211u;
	return (long)(h % (uint64_t)n) + 1;
}

static bool listed(const char *const *list, const char *word)
{
	for (; list && *list; list++) {
		if (!strcmp(*list, word))
			return true;
	}
	return false;
}

static bool wanted_provider(const struct plan_for *f, const char *name)
{
	const struct words *w = &f->options->provider;

	return (!w->n || words_include(w, name)) &&
	       (!f->providers_only || listed(f->providers_only, name));
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

		if (!listed(all_providers, name))
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

/* A glob without '@' is also held against the id without its expansion. */
static bool glob_matches(const char *glob, const char *id, const char *row)
{
	return !fnmatch(glob, id, 0) || !fnmatch(glob, row, 0);
}

static bool any_glob(const struct words *w, const char *id, const char *row)
{
	for (size_t i = 0; i < w->n; i++) {
		if (glob_matches(w->items[i], id, row))
			return true;
	}
	return false;
}

/* "intrusive" wants the tag, "!slow" refuses it; one wanted tag is enough. */
static bool tags_match(const struct words *w, const char *tags)
{
	bool asked = false, found = false;

	for (size_t i = 0; i < w->n; i++) {
		const char *tag = w->items[i];

		if (*tag == '!' && has_word(tags, tag + 1))
			return false;
		asked = asked || *tag != '!';
		found = found || (*tag != '!' && has_word(tags, tag));
	}
	return found || !asked;
}

static bool only_has(const struct words *w, const char *id, const char *row)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!strcmp(w->items[i], id) || !strcmp(w->items[i], row))
			return true;
	}
	return false;
}

static bool row_selected(const struct options *o, const struct suite *s,
			 const struct scenario *row)
{
	return (!o->section.n || words_include(&o->section, s->section)) &&
	       (!o->level.n || words_include(&o->level, level_word(row->level))) &&
	       tags_match(&o->tag, row->tags);
}

static bool id_selected(const struct plan_for *f, const char *id, const char *row)
{
	const struct options *o = f->options;

	return (!o->only.n || only_has(&o->only, id, row)) &&
	       (!o->filter.n || any_glob(&o->filter, id, row)) &&
	       !any_glob(&o->exclude, id, row) &&
	       (!f->ids || listed(f->ids, id) || listed(f->ids, row)) &&
	       (!o->shards || plan_shard(id, o->shards) == o->shard);
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

static void expand(struct plan *p, const struct plan_for *f, const struct suite *s,
		   const struct scenario *row, const char *edition)
{
	const char **providers = plan_providers(p->arena, row, f);
	unsigned surfaces = f->target ? f->target->surfaces : ALL_SURFACES;
	const char *name = row_id(p->arena, s, row);
	bool any = row->providers == ANY_PROVIDER;

	if (row->editions && !(row->editions & edition_bit_of(edition)))
		return;
	for (size_t i = 0; i < ARRAY_LEN(surface_order); i++) {
		enum surface at = surface_order[i];

		if (!(row->surfaces & surfaces & at) ||
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

			if (id_selected(f, it.id, name))
				add_row(p, f, &it);
		}
	}
}

static bool check_sections(const struct options *o, struct err *err)
{
	const char *known[64] = { 0 };
	size_t n = 0;

	for (; suites[n] && n + 1 < ARRAY_LEN(known); n++)
		known[n] = suites[n]->section;
	for (size_t i = 0; i < o->section.n; i++) {
		const char *near = conf_nearest(o->section.items[i], known);

		if (!listed(known, o->section.items[i]))
			return fail(err, ERR_INPUT, "--section %s: unknown%s%s%s",
				    o->section.items[i], near ? ": did you mean '" : "",
				    near ? near : "", near ? "'?" : "");
	}
	return true;
}

static bool check_only(const struct options *o, struct err *err)
{
	struct found_row found;

	for (size_t i = 0; i < o->only.n; i++) {
		if (!row_find(o->only.items[i], &found, err))
			return err_note(err, "--only");
	}
	return true;
}

static const char *first_edition[] = { NULL, NULL };

static const char **editions_of(const struct plan_for *f)
{
	if (f->options->edition.n)
		return f->options->edition.items;
	first_edition[0] = f->target && f->target->edition ? f->target->edition : "nemo";
	return first_edition;
}

static void collect_providers(struct plan *p)
{
	size_t n = 0;

	p->providers = arena_alloc(p->arena, 20 * sizeof *p->providers);
	for (size_t k = 0; all_providers[k]; k++) {
		for (size_t i = 0; i < p->n; i++) {
			if (!strcmp(p->items[i].provider, all_providers[k])) {
				p->providers[n++] = all_providers[k];
				break;
			}
		}
	}
	for (size_t i = 0; i < p->n && n < 19; i++) {
		if (!listed(p->providers, p->items[i].provider))
			p->providers[n++] = p->items[i].provider;
	}
}

bool plan_make(struct plan *p, const struct plan_for *f, struct err *err)
{
	memset(p, 0, sizeof *p);
	p->arena = arena_new();
	if (!check_sections(f->options, err) || !check_only(f->options, err))
		return false;
	for (const char **edition = editions_of(f); *edition; edition++) {
		for (size_t i = 0; suites[i]; i++) {
			if (!strcmp(suites[i]->section, SECTION_SANITY))
				continue; /* its row is the gate */
			for (size_t k = 0; k < suites[i]->n; k++) {
				if (row_selected(f->options, suites[i], &suites[i]->rows[k]))
					expand(p, f, suites[i], &suites[i]->rows[k], *edition);
			}
		}
	}
	collect_providers(p);
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
