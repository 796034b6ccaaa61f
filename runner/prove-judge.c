/* SPDX-License-Identifier: Apache-2.0 */
/* prove-judge.c - what the plays of a proof say. */
#include "runner/prove.h"

#include <string.h>

bool proof_killed(const struct proof_mutant *m)
{
	return m->killers > 0;
}

bool check_excused(const struct proof_check *c)
{
	return c->control || c->guard || c->row->guard;
}

static bool failed(const struct proof_play *y)
{
	return y->result && y->result->verdict == FAILED;
}

static struct proof_check *find_check(struct proof *p, const struct proof_play *y,
				      const struct check *c)
{
	for (size_t i = 0; i < p->n_checks; i++) {
		if (p->checks[i].row == y->item->row && !strcmp(p->checks[i].what, c->what))
			return &p->checks[i];
	}
	p->checks[p->n_checks] = (struct proof_check) { y->item->suite, y->item->row, c->what,
							c->control,	c->guard,     0 };
	return &p->checks[p->n_checks++];
}

/* Checks are those of the platform without a defect; a mutant may end a row early. */
static void collect_checks(struct proof *p)
{
	size_t room = 0;

	for (size_t i = 0; i < p->n_plays; i++)
		room += p->plays[i].result ? p->plays[i].result->n_checks : 0;
	p->checks = arena_alloc(p->arena, (room + 1) * sizeof *p->checks);
	for (size_t i = 0; i < p->n_plays; i++) {
		const struct proof_play *y = &p->plays[i];

		for (size_t k = 0; y->result && k < y->result->n_checks; k++) {
			struct proof_check *c = find_check(p, y, &y->result->checks[k]);

			c->reds += y->mutant != NO_MUTANT && !y->result->checks[k].held;
		}
	}
}

/* Did this row kill that mutant, in any expansion? */
static bool row_kills(const struct proof *p, const struct scenario *row, long mutant)
{
	for (size_t i = 0; i < p->n_plays; i++) {
		if (p->plays[i].mutant == mutant && p->plays[i].item->row == row &&
		    failed(&p->plays[i]))
			return true;
	}
	return false;
}

/* Rows that say what they overlap leave the mutant to the other one. */
static size_t rows_that_kill(const struct proof *p, long mutant, const struct scenario *row)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_plays; i++) {
		const struct proof_play *y = &p->plays[i];
		bool seen = false;

		if (y->mutant != mutant || !failed(y) ||
		    (y->item->row->overlaps && y->item->row != row))
			continue;
		for (size_t k = 0; k < i && !seen; k++)
			seen = p->plays[k].mutant == mutant && failed(&p->plays[k]) &&
			       p->plays[k].item->row == y->item->row;
		n += !seen;
	}
	return n;
}

bool proof_needs(const struct proof *p, const struct suite *s, const struct scenario *row)
{
	for (size_t m = 0; m < p->n_mutants; m++) {
		if (row_kills(p, row, (long)m) && rows_that_kill(p, (long)m, row) == 1)
			return true;
	}
	return false;
}

size_t proof_kills_in(const struct proof *p, long mutant, const char *section)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_plays; i++)
		n += p->plays[i].mutant == mutant && failed(&p->plays[i]) &&
		     !strcmp(p->plays[i].item->suite->section, section);
	return n;
}

static void count_plays(struct proof *p)
{
	p->complete = true;
	for (size_t i = 0; i < p->n_plays; i++) {
		const struct proof_play *y = &p->plays[i];

		p->complete = p->complete && y->result;
		if (!y->result)
			continue;
		if (y->mutant == NO_MUTANT) {
			p->unharmed_bad +=
				y->result->verdict == FAILED || y->result->verdict == BROKEN;
			continue;
		}
		p->mutants[y->mutant].killers += failed(y);
		p->mutants[y->mutant].broken += y->result->verdict == BROKEN;
	}
}

/* A row that names a mutant and does not catch it in any expansion promises too much. */
static size_t count_misses(const struct proof *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_plays; i++) {
		const struct proof_play *y = &p->plays[i];
		bool first = true;

		for (size_t k = 0; k < i && first; k++)
			first = p->plays[k].mutant != y->mutant ||
				p->plays[k].item->row != y->item->row;
		n += first && y->mutant != NO_MUTANT && !row_kills(p, y->item->row, y->mutant);
	}
	return n;
}

/* The row that kills most of what this one kills, NULL when it kills nothing. */
static const struct proof_play *nearest_row(const struct proof *p, const struct scenario *row)
{
	const struct proof_play *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < p->n_plays; i++) {
		const struct proof_play *y = &p->plays[i];
		size_t shared = 0;

		if (y->item->row == row || y->mutant == NO_MUTANT || !failed(y) ||
		    !row_kills(p, row, y->mutant))
			continue;
		for (size_t m = 0; m < p->n_mutants; m++)
			shared += row_kills(p, row, (long)m) &&
				  row_kills(p, y->item->row, (long)m);
		if (shared > most) {
			most = shared;
			best = y;
		}
	}
	return best;
}

/* Why a row stays although another one catches the same. */
static const char *why_it_stays(const struct scenario *a, const struct scenario *b)
{
	if (a->surfaces != b->surfaces)
		return "another door";
	if (a->providers != b->providers)
		return "another provider";
	if (strcmp(a->page, b->page) != 0)
		return "another page of the documentation";
	if (strcmp(a->given ? a->given : "", b->given ? b->given : "") != 0)
		return "another given";
	if (a->level != b->level)
		return "another level";
	return a->configuration != b->configuration ? "another configuration" : NULL;
}

static bool played(const struct proof *p, const struct scenario *row)
{
	for (size_t y = 0; y < p->n_plays; y++) {
		if (p->plays[y].item->row == row)
			return true;
	}
	return false;
}

static void add_overlap(struct proof *p, const struct suite *s, const struct scenario *row)
{
	const struct proof_play *other = nearest_row(p, row);
	struct proof_overlap *o = &p->overlaps[p->n_overlaps++];

	*o = (struct proof_overlap) { .row = row_id(p->arena, s, row) };
	o->why = row->overlaps; /* the row's author knows best */
	if (other) {
		o->with = row_id(p->arena, other->item->suite, other->item->row);
		o->why = o->why ? o->why : why_it_stays(row, other->item->row);
	}
	p->unexplained += !o->why;
}

static void collect_overlaps(struct proof *p)
{
	size_t room = 0;

	for (size_t i = 0; suites[i]; i++)
		room += suites[i]->n;
	p->overlaps = arena_alloc(p->arena, (room + 1) * sizeof *p->overlaps);
	for (size_t i = 0; suites[i]; i++) {
		for (size_t k = 0; k < suites[i]->n; k++) {
			const struct scenario *row = &suites[i]->rows[k];

			if (played(p, row) && !row->guard && !proof_needs(p, suites[i], row))
				add_overlap(p, suites[i], row);
		}
	}
}

void proof_judge(struct proof *p)
{
	count_plays(p);
	collect_checks(p);
	for (size_t m = 0; m < p->n_mutants; m++)
		p->survivors += !proof_killed(&p->mutants[m]);
	for (size_t i = 0; i < p->n_checks; i++)
		p->never_red += !p->checks[i].reds && !check_excused(&p->checks[i]);
	p->misses = count_misses(p);
	collect_overlaps(p);
}
