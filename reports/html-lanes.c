/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html-lanes.c - who stands where in a sequence, and which messages are shown: polls are one
 * row, a long talk loses its middle, the offending message never.
 */
#include "reports/html-sequence.h"

#include <string.h>

static const char *const lane_order[] = { "person",  "client", "cli",	  "sdk",     "idp",
					  "gateway", "pdp",    "service", "upstream" };

static bool takes_part(const struct result *r, const char *name)
{
	for (size_t i = 0; i < r->n_hops; i++) {
		if (text_same(r->hops[i].from, name) || text_same(r->hops[i].to, name))
			return true;
	}
	return false;
}

static void add_lane(struct sequence *s, const char *name)
{
	for (size_t i = 0; i < s->n_lanes; i++) {
		if (text_same(s->lanes[i].name, name))
			return;
	}
	if (name && *name && s->n_lanes < MOST_LANES)
		s->lanes[s->n_lanes++].name = name;
}

static void make_lanes(struct sequence *s)
{
	const struct part *parts;
	size_t n_parts = page_parts(s->p, &parts);

	for (size_t i = 0; i < ARRAY_LEN(lane_order); i++) {
		if (takes_part(s->r, lane_order[i]))
			add_lane(s, lane_order[i]);
	}
	for (size_t i = 0; i < s->r->n_hops; i++) {
		add_lane(s, s->r->hops[i].from);
		add_lane(s, s->r->hops[i].to);
	}
	for (size_t i = 0; i < s->n_lanes; i++) {
		s->lanes[i].x = s->n_lanes < 2
					? FIRST_LANE
					: FIRST_LANE + (int)i * (LAST_LANE - FIRST_LANE) /
							       (int)(s->n_lanes - 1);
		for (size_t k = 0; k < n_parts; k++) {
			if (text_same(parts[k].name, s->lanes[i].name))
				s->lanes[i].part = &parts[k];
		}
	}
}

const struct lane *sequence_lane(const struct sequence *s, const char *name)
{
	for (size_t i = 0; i < s->n_lanes; i++) {
		if (text_same(s->lanes[i].name, name))
			return &s->lanes[i];
	}
	return NULL;
}

static bool alike(const struct hop *a, const struct hop *b)
{
	return text_same(a->from, b->from) && text_same(a->to, b->to) &&
	       text_same(a->text, b->text) && !a->marked && !b->marked;
}

/* How often the `period` messages at i come again right after. */
static size_t repeats(const struct result *r, size_t i, size_t period)
{
	size_t n = 0, at = i + period;

	while (at + period <= r->n_hops) {
		for (size_t k = 0; k < period; k++) {
			if (!alike(&r->hops[i + k], &r->hops[at + k]))
				return n;
		}
		n++;
		at += period;
	}
	return n;
}

/* Polls that only wait are one row each way, "x 7". */
static void fold_polls(struct sequence *s)
{
	const struct result *r = s->r;

	s->rows = arena_alloc(s->p->arena, (r->n_hops + 2) * sizeof(*s->rows));
	for (size_t i = 0; i < r->n_hops;) {
		size_t period = 1, again = repeats(r, i, 1);

		if (!again && (again = repeats(r, i, 2)))
			period = 2;
		for (size_t k = 0; k < period; k++)
			s->rows[s->n_rows++] = (struct row) { i + k, again + 1, 0 };
		i += period * (again + 1);
	}
}

/* The first 4, the last 12 and those around the mark; what is between is one row. */
static void shorten(struct sequence *s)
{
	size_t n = 0, marked = s->n_rows, gap = 0, total = s->n_rows;

	if (total <= MOST_ROWS)
		return;
	for (size_t i = 0; i < total; i++) {
		if (s->r->hops[s->rows[i].hop].marked)
			marked = i;
	}
	for (size_t i = 0; i < total; i++) {
		bool near = marked < total && i + 3 >= marked && i <= marked + 3;

		if (i >= 4 && i + 12 < total && !near) {
			gap += s->rows[i].times;
			continue;
		}
		if (gap)
			s->rows[n++] = (struct row) { .left_out = gap };
		gap = 0;
		s->rows[n++] = s->rows[i];
	}
	s->n_rows = n;
}

void sequence_plan(struct sequence *s)
{
	make_lanes(s);
	fold_polls(s);
	shorten(s);
}
