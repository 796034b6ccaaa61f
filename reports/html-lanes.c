/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html-lanes.c - who stands where in a sequence: always in the order of the platform.
 */
#include "reports/html-sequence.h"

#include <string.h>

static const char *const lane_order[] = { "person",   "client",	 "cli", "sdk",	   "idp",
					  "platform", "gateway", "pdp", "service", "upstream" };

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

void sequence_plan(struct sequence *s)
{
	make_lanes(s);
	s->n_rows = talk_shown(s->p->arena, s->r, &s->rows);
}
