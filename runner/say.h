/* SPDX-License-Identifier: Apache-2.0 */
/* say.h - text for people: wrapped, labelled, 100 columns (look/guide.md, 5). */
#pragma once

#include <stdio.h>

enum { SAY_WIDTH = 100 };

/* "  label     text, wrapped under itself"; label may be "". column: where text begins. */
void say_wrapped(FILE *out, const char *label, int column, const char *text);
