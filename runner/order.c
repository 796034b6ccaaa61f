/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/order.h"

#include "suites/kit/scenario.h"

#include <string.h>

enum { UNKNOWN = 1 << 20 };

static int place_in(const char *const *list, const char *word)
{
	for (int i = 0; list[i]; i++) {
		if (word && !strcmp(list[i], word))
			return i;
	}
	return UNKNOWN;
}

/* Suite and row of "login/invalid-scope-stops", UNKNOWN when the row is not of this build. */
static int place_of_row(const char *row)
{
	const char *slash = row ? strchr(row, '/') : NULL;

	for (int i = 0; slash && suites[i]; i++) {
		const struct suite *s = suites[i];

		if (strlen(s->section) != (size_t)(slash - row) ||
		    memcmp(s->section, row, (size_t)(slash - row)) != 0)
			continue;
		for (size_t k = 0; k < s->n; k++) {
			if (!strcmp(s->rows[k].name, slash + 1))
				return i * 4096 + (int)k;
		}
	}
	return UNKNOWN * 16;
}

/* The first that differs decides; what nothing knows is ordered by its id. */
static int compare(const void *left, const void *right)
{
	static const char *const editions[] = { "nemo", "nmp", "nemo-callout", NULL };
	static const char *const doors[] = { "cli", "sdk", "gateway", "pdp", "service", NULL };
	static const char *const providers[] = { "azure", "okta", "keycloak", NULL };
	const struct result *a = left, *b = right;
	const int pairs[][2] = {
		{ strcmp(a->section, SECTION_SANITY) != 0,
		  strcmp(b->section, SECTION_SANITY) != 0 },
		{ place_in(editions, a->edition), place_in(editions, b->edition) },
		{ place_of_row(a->row), place_of_row(b->row) },
		{ place_in(doors, a->surface), place_in(doors, b->surface) },
		{ place_in(providers, a->provider), place_in(providers, b->provider) },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		if (pairs[i][0] != pairs[i][1])
			return pairs[i][0] < pairs[i][1] ? -1 : 1;
	}
	return strcmp(a->id, b->id);
}

void results_sort(struct results *rs)
{
	qsort(rs->items, rs->n, sizeof *rs->items, compare);
}
