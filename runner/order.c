/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/order.h"

#include "suites/kit/scenario.h"

#include <stdlib.h>
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

enum { PLACES = 5 };

/* A result and where it belongs; looked up once, not once a comparison. */
struct placed {
	int at[PLACES];
	struct result result;
};

static struct placed place(const struct result *r)
{
	static const char *const editions[] = { "nemo", "nmp", "nemo-callout", NULL };
	static const char *const doors[] = { "cli", "sdk", "gateway", "pdp", "service", NULL };
	static const char *const providers[] = { "azure", "okta", "keycloak", NULL };

	return (struct placed) {
		.at = { strcmp(r->section, SECTION_SANITY) != 0, place_in(editions, r->edition),
			place_of_row(r->row), place_in(doors, r->surface),
			place_in(providers, r->provider) },
		.result = *r,
	};
}

/* The first that differs decides; what nothing knows is ordered by its id. */
static int compare(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;

	for (size_t i = 0; i < PLACES; i++) {
		if (a->at[i] != b->at[i])
			return a->at[i] < b->at[i] ? -1 : 1;
	}
	return strcmp(a->result.id, b->result.id);
}

void results_sort(struct results *rs)
{
	struct placed *all = calloc(rs->n + 1, sizeof *all);

	if (!all)
		abort();
	for (size_t i = 0; i < rs->n; i++)
		all[i] = place(&rs->items[i]);
	qsort(all, rs->n, sizeof *all, compare);
	for (size_t i = 0; i < rs->n; i++)
		rs->items[i] = all[i].result;
	free(all);
}
