/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal.h - the page of 100 columns, for its own files.
 */
#pragma once

#include "reports/write.h"

enum {
	WIDTH = 100,
	COUNT_EDGE = 96,
	TEXT_AT = 13,
	HOP_AT = 31,
	FULL_BLOCKS = 10,
	EVIDENCE_LINES = 6,
	HOP_LETTERS = 130,
	CHECKS_SHOWN = 5,
};

/* Colours of the user's theme; never RGB, never a background. */
enum ink { PLAIN, RED, MAGENTA, YELLOW, GREEN, BLUE, DIM, BOLD, N_INKS };

struct term {
	const struct results *rs;
	struct arena *arena;
	FILE *out;
	bool colour;
};

/* s padded to width, the ink around the letters only. */
void term_put(struct term *t, enum ink ink, const char *s, int width);
const char *term_ascii(struct term *t, const char *s); /* NULL gives "" */
/* Wraps s at WIDTH; the first line begins at column `at`, the next ones too, `more` further
 * in; `glue` ends a line that goes on. */
void term_wrap(struct term *t, enum ink ink, const char *s, int at, int more, const char *glue);
enum ink term_ink(enum shade s);
void term_block(struct term *t, const struct result *r);
