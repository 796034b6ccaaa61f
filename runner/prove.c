/* SPDX-License-Identifier: Apache-2.0 */
/* prove.c - `gauntlet prove`: mutants against the rows that name them. */
#include "runner/prove.h"

#include "fixtures/reference/reference.h"
#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"
#include "runner/progress.h"
#include "runner/verbs.h"

#include <fnmatch.h>
#include <string.h>

/* The door at which a part's defect shows first. */
static enum surface door_of(const char *part)
{
	return !strcmp(part, "cli")	  ? CLI
	       : !strcmp(part, "gateway") ? GATEWAY
	       : !strcmp(part, "pdp")	  ? PDP
	       : !strcmp(part, "sdk")	  ? SDK
					  : SERVICE;
}

static bool mutant_wanted(const struct options *o, const struct mutant_row *m)
{
	bool wanted = !o->operands.n;

	if (o->surface.n && !words_include(&o->surface, m->part))
		return false;
	for (size_t i = 0; i < o->operands.n; i++)
		wanted = wanted || !fnmatch(o->operands.items[i], m->name, 0);
	return wanted;
}

/* A mutant that is misspelt would be proved by silence. */
static bool mutants_exist(const struct options *o, struct arena *a, struct err *err)
{
	const char **names = arena_alloc(a, (n_mutant_rows + 1) * sizeof *names);

	for (size_t k = 0; k < n_mutant_rows; k++)
		names[k] = mutant_rows[k].name;
	for (size_t i = 0; i < o->operands.n; i++) {
		const char *word = o->operands.items[i], *near = conf_nearest(word, names);
		size_t k = 0;

		while (k < n_mutant_rows && fnmatch(word, names[k], 0) != 0)
			k++;
		if (k == n_mutant_rows)
			return fail(err, ERR_INPUT, "no mutant '%s'%s%s%s", word,
				    near ? ": did you mean '" : "; prove --list names them",
				    near ? near : "", near ? "'?" : "");
	}
	return true;
}

/* Options of the rows: --surface chose mutants, not doors. */
static struct options row_options(const struct options *o)
{
	struct options r = *o;

	r.surface = (struct words) { 0 };
	return r;
}

struct proving {
	struct session s;
	struct options rows;
	struct plan all; /* every expansion that may be played */
	struct plan now; /* those of this phase */
	struct proof proof;
	long *mutant_of; /* item of `now` -> mutant */
	struct pool *pools[2];
};

static bool rows_narrowed(const struct options *o)
{
	return o->section.n || o->filter.n || o->exclude.n || o->only.n || o->tag.n ||
	       o->level.n || o->profile || o->shards;
}

static bool named_by_a_row(const struct plan *all, const char *mutant)
{
	for (size_t i = 0; i < all->n; i++) {
		if (has_word(all->items[i].row->mutants, mutant))
			return true;
	}
	return false;
}

/* When only some rows are played, only their mutants are asked for. */
static void choose_mutants(struct proving *v)
{
	struct proof *p = &v->proof;
	bool all = !rows_narrowed(v->s.options);

	p->mutants = arena_alloc(p->arena, (n_mutant_rows + 1) * sizeof *p->mutants);
	for (size_t i = 0; i < n_mutant_rows; i++) {
		const struct mutant_row *m = &mutant_rows[i];

		if (mutant_wanted(v->s.options, m) && (all || named_by_a_row(&v->all, m->name)))
			p->mutants[p->n_mutants++] =
				(struct proof_mutant) { m->name, m->part, m->defect, 0, 0, 0 };
	}
}

/* Is this expansion one of the first look: the part's own door, one provider? */
static bool first_look(const struct item *it, const char *part)
{
	const struct scenario *row = it->row;
	enum surface door = door_of(part);

	if ((row->surfaces & door) && it->surface != door)
		return false;
	return row->providers != EACH_PROVIDER || !strcmp(it->provider, "keycloak");
}

static void push(struct proving *v, const struct item *it, long mutant, size_t *room)
{
	struct plan *now = &v->now;
	struct item *to;

	if (now->n == *room) {
		struct item *more = arena_alloc(now->arena, (*room * 2 + 64) * sizeof *more);
		long *of = arena_alloc(now->arena, (*room * 2 + 64) * sizeof *of);

		if (now->n) {
			memcpy(more, now->items, now->n * sizeof *more);
			memcpy(of, v->mutant_of, now->n * sizeof *of);
		}
		now->items = more;
		v->mutant_of = of;
		*room = *room * 2 + 64;
	}
	to = &now->items[now->n];
	*to = *it;
	to->gate = now->n;
	v->mutant_of[now->n++] = mutant;
	if (mutant != NO_MUTANT) {
		const char **names = arena_alloc(now->arena, 2 * sizeof *names);

		names[0] = v->proof.mutants[mutant].name;
		to->mutants = names;
		to->id = arena_printf(now->arena, "%s against %s", it->id, names[0]);
	}
}

/* One lab for all plays of a mutant at a door: names are compared, not pointers. */
static void number_labs(struct plan *p)
{
	p->labs = 0;
	for (size_t i = 0; i < p->n; i++) {
		struct item *it = &p->items[i];
		bool found = false;

		for (size_t k = i; k > 0 && !found; k--) {
			struct item *o = &p->items[k - 1];

			if (!o->mutants != !it->mutants ||
			    (it->mutants && strcmp(o->mutants[0], it->mutants[0]) != 0))
				continue;
			if (it->mutants)
				it->mutants = o->mutants;
			if (o->surface == it->surface && !strcmp(o->provider, it->provider) &&
			    !o->configuration == !it->configuration &&
			    (!it->configuration ||
			     !strcmp(o->configuration, it->configuration))) {
				it->lab = o->lab;
				found = true;
			}
		}
		if (!found)
			it->lab = p->labs++;
	}
}

/* phase 0: each mutant at its own door with one provider, and the platform without a defect.
 * phase 1: what survived, at every door and with every provider. */
static void plan_phase(struct proving *v, int phase)
{
	size_t room = 0;

	v->now = (struct plan) { .arena = v->all.arena, .providers = v->all.providers };
	v->mutant_of = NULL;
	for (size_t m = 0; m < v->proof.n_mutants; m++) {
		struct proof_mutant *mutant = &v->proof.mutants[m];

		if (phase && mutant->killers)
			continue;
		for (size_t i = 0; i < v->all.n; i++) {
			const struct item *it = &v->all.items[i];

			if (!has_word(it->row->mutants, mutant->name))
				continue;
			mutant->claimed += !phase;
			if (first_look(it, mutant->part) == !phase)
				push(v, it, (long)m, &room);
		}
	}
	for (size_t i = 0; !phase && i < v->all.n; i++) {
		const struct item *it = &v->all.items[i];

		if (it->row->providers != EACH_PROVIDER || !strcmp(it->provider, "keycloak"))
			push(v, it, NO_MUTANT, &room);
	}
	number_labs(&v->now);
}

static void take_plays(struct proving *v, const struct pool *pool)
{
	struct proof *p = &v->proof;
	struct proof_play *more =
		arena_alloc(p->arena, (p->n_plays + v->now.n + 1) * sizeof *more);

	if (p->n_plays)
		memcpy(more, p->plays, p->n_plays * sizeof *more);
	p->plays = more;
	for (size_t i = 0; i < v->now.n; i++) {
		const struct result *r = pool_result(pool, i);
		long m = v->mutant_of[i];

		p->plays[p->n_plays++] = (struct proof_play) { &v->now.items[i], r, m };
		if (m != NO_MUTANT && r && r->verdict == FAILED)
			p->mutants[m].killers++;
	}
}

static void on_tick(void *ctx, const struct pool *p)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%zu of %zu \r", pool_finished(p), pool_asked(p)->plan->n);
}

static bool play_phase(struct proving *v, int phase, enum pool_end *ret, struct err *err)
{
	struct pool_options o;

	plan_phase(v, phase);
	*ret = POOL_DONE;
	if (!v->now.n)
		return true;
	o = session_pool(&v->s, &v->now);
	o.on_tick = v->s.options->quiet ? NULL : on_tick;
	o.plan = arena_alloc(v->all.arena, sizeof v->now);
	memcpy((void *)(uintptr_t)o.plan, &v->now, sizeof v->now);
	v->pools[phase] = pool_run(&o, err);
	if (!v->pools[phase])
		return false;
	*ret = pool_ended(v->pools[phase]);
	take_plays(v, v->pools[phase]);
	return true;
}

static bool write_proof(const struct proving *v, struct err *err)
{
	const struct options *o = v->s.options;
	const char *format = o->format ? o->format : "text";
	FILE *out = o->output ? fopen(o->output, "we") : stdout;
	bool ok;

	if (!out)
		return fail_errno(err, "%s", o->output);
	if (!strcmp(format, "json")) {
		AUTO(json_t) json_t *json = proof_json(&v->proof);

		ok = !json_dumpf(json, out, JSON_INDENT(1));
	} else if (!strcmp(format, "html")) {
		ok = proof_html(&v->proof, out);
	} else {
		proof_print(&v->proof, colour_wanted(o, STDOUT_FILENO) && !o->output, out);
		ok = true;
	}
	if (out != stdout) {
		ok = !fclose(out) && ok;
		proof_print(&v->proof, colour_wanted(o, STDOUT_FILENO), stdout);
	}
	return (ok && !fflush(stdout)) || fail_errno(err, "cannot write the proof");
}

static int exit_code(const struct proof *p, enum pool_end end, bool strict)
{
	if (end == POOL_INTERRUPTED || end == POOL_TERMINATED)
		return end == POOL_INTERRUPTED ? 130 : 143;
	if (end == POOL_TIMED_OUT)
		return EXIT_OVERTIME;
	return p->survivors || p->unharmed_bad || (strict && (p->never_red || p->misses))
		       ? EXIT_FOUND
		       : EXIT_OK;
}

static int prove(struct proving *v, struct err *err)
{
	int64_t started = clk_mono_us();
	enum pool_end end = POOL_DONE;

	if (!play_phase(v, 0, &end, err) || (end == POOL_DONE && !play_phase(v, 1, &end, err)))
		return complain(err);
	for (size_t m = 0; m < v->proof.n_mutants; m++)
		v->proof.mutants[m].killers = 0;
	v->proof.took_us = clk_mono_us() - started;
	proof_judge(&v->proof);
	if (!write_proof(v, err))
		return complain(err);
	return exit_code(&v->proof, end, v->s.options->strict);
}

int verb_prove(const struct options *o)
{
	struct proving v = { 0 };
	struct err err = { 0 };
	struct plan_for f;
	int code;

	if (!session_open(&v.s, o, &err)) {
		session_close(&v.s);
		return complain(&err);
	}
	v.rows = row_options(o);
	f = session_plan_for(&v.s, false);
	f.options = &v.rows;
	v.proof.arena = arena_new();
	if (!mutants_exist(o, v.proof.arena, &err) || !plan_make(&v.all, &f, &err)) {
		code = complain(&err);
	} else {
		choose_mutants(&v);
		code = v.proof.n_mutants ? prove(&v, &err) : EXIT_NOTHING;
		if (code == EXIT_NOTHING)
			fprintf(stderr, "gauntlet: %s: no row there catches such a mutant\n",
				options_selection(o, v.proof.arena));
	}
	for (int i = 0; i < 2; i++)
		pool_free(v.pools[i]);
	arena_free(v.proof.arena);
	plan_done(&v.all);
	session_close(&v.s);
	return code;
}
