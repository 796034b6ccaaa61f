/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html-sequence.h - the plan of a sequence diagram: lanes and rows.
 */
#pragma once

#include "reports/html.h"

enum {
	WIDTH = 1100,
	FIRST_LANE = 196,
	LAST_LANE = WIDTH - 92,
	HEAD = 42,
	ROW = 32,
	TALL = 44,
	LETTER = 73,  /* tenths of a pixel: mono at 12 px */
	OVERHANG = 4, /* a label may pass the lanes it stands between a little */
	MOST_LANES = 12,
};

struct lane {
	const char *name;
	int x;
	const struct part *part;
};

struct sequence {
	struct page *p;
	const struct result *r;
	struct lane lanes[MOST_LANES];
	size_t n_lanes;
	struct said *rows;
	size_t n_rows;
	int band_y, band_height; /* of the offending message; height 0: none */
};

/* Who takes part, left to right; which messages are shown. The rows live in the arena. */
void sequence_plan(struct sequence *s);
/* NULL when nobody of that name takes part. */
const struct lane *sequence_lane(const struct sequence *s, const char *name);
