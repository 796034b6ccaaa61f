/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - `gauntlet compare OLD NEW`: what got worse, better, came and went. */
#include "idp-sim/base/conf.h"
#include "reports/report.h"
#include "runner/verbs.h"

#include <string.h>

enum change { REGRESSION, FIX, CHANGED, NEW, GONE, N_CHANGES };

static const struct {
	const char *word, *key;
} changes[] = { { "regression", "regressions" },
		{ "fix", "fixes" },
		{ "changed", "changed" },
		{ "new", "new" },
		{ "gone", "gone" } };

static const struct result *find(const struct results *rs, const char *id)
{
	for (size_t i = 0; i < rs->n; i++) {
		if (!strcmp(rs->items[i].id, id))
			return &rs->items[i];
	}
	return NULL;
}

static bool bad(enum shade s)
{
	return s == SHADE_FAILED || s == SHADE_BROKEN;
}

/* Was well, is not: a regression. A promise that is no longer tried is a change. */
static enum change change_of(enum shade was, enum shade is)
{
	return !bad(was) && bad(is) ? REGRESSION : bad(was) && is == SHADE_OK ? FIX : CHANGED;
}

struct comparison {
	json_t *lists[N_CHANGES];
};

static void note(struct comparison *c, enum change change, const char *id, const char *was,
		 const char *is)
{
	json_array_append_new(c->lists[change],
			      json_pack("{s:s, s:s?, s:s?}", "id", id, "was", was, "is", is));
}

static void compare_results(struct comparison *c, const struct results *before,
			    const struct results *after)
{
	for (size_t i = 0; i < after->n; i++) {
		const struct result *is = &after->items[i], *was = find(before, is->id);
		enum shade now = result_shade(after, is);
		enum shade then = was ? result_shade(before, was) : now;

		if (!was)
			note(c, bad(now) ? REGRESSION : NEW, is->id, NULL, shade_word(now));
		else if (then != now)
			note(c, change_of(then, now), is->id, shade_word(then),
			     shade_word(now));
	}
	for (size_t i = 0; i < before->n; i++) {
		const struct result *was = &before->items[i];

		if (!find(after, was->id))
			note(c, GONE, was->id, shade_word(result_shade(before, was)), NULL);
	}
}

static void print_text(const struct comparison *c)
{
	for (int k = 0; k < N_CHANGES; k++) {
		const json_t *item;
		size_t i;

		json_array_foreach(c->lists[k], i, item)
		{
			const char *was = conf_str(item, "was", NULL),
				   *is = conf_str(item, "is", NULL);

			printf("%-11s %s  %s%s%s\n", changes[k].word, conf_str(item, "id", ""),
			       was ? was : "", was && is ? " -> " : "", is ? is : "");
		}
	}
	printf("%zu regressions, %zu fixes, %zu changed, %zu new, %zu gone\n",
	       json_array_size(c->lists[REGRESSION]), json_array_size(c->lists[FIX]),
	       json_array_size(c->lists[CHANGED]), json_array_size(c->lists[NEW]),
	       json_array_size(c->lists[GONE]));
}

static void print_json(const struct comparison *c)
{
	AUTO(json_t) json_t *o = json_object();

	for (int k = 0; k < N_CHANGES; k++)
		json_object_set(o, changes[k].key, c->lists[k]);
	json_dumpf(o, stdout, JSON_INDENT(1));
	putchar('\n');
}

int verb_compare(const struct options *o)
{
	struct comparison c;
	struct results *before = NULL, *after = NULL;
	struct err err = { 0 };
	bool json = o->format && !strcmp(o->format, "json"), ok = o->operands.n == 2;
	int code = EXIT_OK;

	for (int k = 0; k < N_CHANGES; k++)
		c.lists[k] = json_array();
	if (!ok)
		fail(&err, ERR_INPUT, "compare: expected two reports, OLD and NEW");
	ok = ok && (before = report_read(o->operands.items[0], &err)) &&
	     (after = report_read(o->operands.items[1], &err));
	if (ok) {
		compare_results(&c, before, after);
		(json ? print_json : print_text)(&c);
		code = json_array_size(c.lists[REGRESSION]) ? EXIT_FOUND : EXIT_OK;
	} else {
		code = complain(&err);
	}
	for (int k = 0; k < N_CHANGES; k++)
		json_decref(c.lists[k]);
	results_free(before);
	results_free(after);
	return code;
}
