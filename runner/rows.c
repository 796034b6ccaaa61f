/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/rows.h"

#include "idp-sim/base/conf.h"

#include <string.h>

bool row_find(const char *id, struct found_row *ret, struct err *err)
{
	AUTO(char) char *name = strndup(id, strcspn(id, "@"));
	struct arena *a = arena_new();
	const char *known[2048] = { 0 };
	const char *near;
	size_t n = 0;
	bool found = false;

	for (size_t i = 0; suites[i] && !found; i++) {
		for (size_t k = 0; k < suites[i]->n && !found; k++) {
			const char *row = row_id(a, suites[i], &suites[i]->rows[k]);

			if (n + 1 < ARRAY_LEN(known))
				known[n++] = row;
			found = !strcmp(row, name) || !strcmp(suites[i]->rows[k].name, name);
			*ret = (struct found_row) { suites[i], &suites[i]->rows[k] };
		}
	}
	near = found ? NULL : conf_nearest(name, known);
	if (!found)
		fail(err, ERR_INPUT, "no scenario '%s'%s%s%s", name,
		     near ? ": did you mean '" : "; gauntlet list names them", near ? near : "",
		     near ? "'?" : "");
	arena_free(a);
	return found;
}
