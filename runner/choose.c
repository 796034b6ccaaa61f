/* SPDX-License-Identifier: Apache-2.0 */
/* choose.c - which item a worker plays next. */
#include "runner/pool-private.h"

static bool ready(const struct pool *p, size_t i)
{
	const struct item *it;

	if (p->states[i] != WAITING) /* most of them, after a while */
		return false;
	it = &p->o.plan->items[i];
	return it->gate == i || p->states[it->gate] == DONE;
}

int pool_wait_of(const struct pool *p, size_t i)
{
	const struct scenario *row = p->o.plan->items[i].row;

	return row ? row->wait_s : 0;
}

bool pool_waits(const struct pool *p, size_t i)
{
	return pool_wait_of(p, i) * 1000 > p->lab.ms;
}

struct choice {
	long item;
	bool same_lab;
	int wait;
	size_t busy; /* workers in that lab */
};

static size_t busy_in(const struct pool *p, long lab)
{
	size_t n = 0;

	for (size_t i = 0; i < MAX_WORKERS; i++)
		n += p->crew.workers[i].pid && p->crew.workers[i].lab == lab &&
		     p->crew.workers[i].item != NO_ITEM;
	return n;
}

/* Where others are at work, one more lab has to be up long before they are through. */
static bool worth_a_lab(const struct pool *p, const struct choice *c, unsigned lab)
{
	enum { QUICK_MS = 500 };
	int64_t left_ms = (int64_t)p->left_in[lab] * p->row.ms;

	return c->same_lab || !c->busy || p->lab.ms < QUICK_MS ||
	       left_ms > 2 * p->lab.ms * (int64_t)c->busy;
}

/* Long waits first, then the lab that stands already, then the lab with the fewest at work. */
static bool better(const struct choice *a, const struct choice *b)
{
	if (b->item == NO_ITEM || a->wait != b->wait)
		return b->item == NO_ITEM || a->wait > b->wait;
	if (a->same_lab != b->same_lab)
		return a->same_lab;
	return a->busy < b->busy;
}

long pool_choose(const struct pool *p, const struct worker *w, bool slots_free)
{
	struct choice best = { .item = NO_ITEM };
	long last_lab = NO_LAB;

	for (size_t i = 0; i < p->o.plan->n; i++) {
		struct choice c = { .item = (long)i };
		long lab;

		if (!ready(p, i))
			continue;
		c.wait = pool_waits(p, i) ? pool_wait_of(p, i) : 0;
		lab = p->o.plan->items[i].lab;
		if (!slots_free && !c.wait)
			continue;
		if (lab == last_lab && !c.wait)
			continue; /* no better than its neighbour */
		last_lab = c.wait ? NO_LAB : lab;
		c.same_lab = lab == w->lab;
		c.busy = busy_in(p, lab);
		if (worth_a_lab(p, &c, (unsigned)lab) && better(&c, &best))
			best = c;
	}
	return best.item;
}

size_t pool_slots_taken(const struct pool *p)
{
	size_t n = 0;

	for (size_t i = 0; i < MAX_WORKERS; i++)
		n += p->crew.workers[i].pid && p->crew.workers[i].item != NO_ITEM &&
		     !p->crew.workers[i].slow;
	return n;
}
