/* SPDX-License-Identifier: Apache-2.0 */
/*
 * play.c - plays rows on the reference platform, in this process, without the runner.
 *
 *	play REFERENCE-PLATFORM [--mutant NAME]... [--edition NAME] [--provider NAME]
 *	     [--expect-failure] [WORD]...
 *
 * Plays every row whose id has one of the words (all without words). Exit status 0 when all
 * passed; with --expect-failure: when none was BROKEN and one FAILED.
 */
#include "idp-sim/base/file.h"
#include "suites/kit/play.h"

#include <stdio.h>
#include <string.h>

enum { MAX_WORDS = 64 };

struct wish {
	struct lab_options lab;
	const char *mutants[MAX_WORDS], *words[MAX_WORDS];
	size_t n_mutants, n_words;
	const char *provider;
	bool expect_failure, verbose;
	size_t by[4];
};

static const enum surface all_surfaces[] = { CLI, SDK, GATEWAY, PDP, SERVICE };
static const char *const all_providers[] = { "azure", "okta", "keycloak" };

static bool wanted(const struct wish *w, const char *id)
{
	for (size_t i = 0; i < w->n_words; i++)
		if (strstr(id, w->words[i]))
			return true;
	return w->n_words == 0;
}

static bool over(const struct wish *w, const struct scenario *row, const char *provider)
{
	if (w->provider && strcmp(w->provider, provider) != 0)
		return false;
	switch (row->providers) {
	case EACH_PROVIDER:
		return true;
	case AZURE_ONLY:
		return provider[0] == 'a';
	case OKTA_ONLY:
		return provider[0] == 'o';
	default:
		return provider[0] == 'k';
	}
}

static void show(const struct wish *w, const struct result *r)
{
	printf("%-8s %-60s %5.0f ms%s%s\n", verdict_word(r->verdict), r->id,
	       (double)r->took_us / 1000, r->reason ? "  " : "", r->reason ? r->reason : "");
	for (size_t i = 0; i < r->n_checks; i++)
		if (!r->checks[i].held)
			printf("         %s\n           want %s\n           got  %s\n",
			       r->checks[i].what, r->checks[i].want, r->checks[i].got);
		else if (w->verbose)
			printf("         held: %s\n", r->checks[i].what);
	if (r->verdict != FAILED && r->verdict != BROKEN && !w->verbose)
		return;
	for (size_t i = 0; i < r->n_hops; i++)
		printf("  %c %7.3f %-8s %-8s %s\n", r->hops[i].marked ? '>' : ' ',
		       (double)r->hops[i].at_us / 1e6, r->hops[i].from, r->hops[i].to,
		       r->hops[i].text);
}

static void play_one(struct wish *w, struct lab *l, const struct suite *s,
		     const struct scenario *row, enum surface surface, const char *provider)
{
	AUTO(arena) struct arena *a = arena_new();
	struct result r;

	if (!wanted(w, scenario_id(a, s, row, surface, provider, w->lab.edition)))
		return;
	play_row(l, s, row, surface, provider, a, &r);
	w->by[r.verdict]++;
	show(w, &r);
}

/* Rows of one configuration follow each other, so that parts are started once. */
static void play_group(struct wish *w, struct lab *l, enum surface surface,
		       const char *provider, const char *group)
{
	for (size_t i = 0; suites[i]; i++)
		for (size_t k = 0; k < suites[i]->n; k++) {
			const struct scenario *row = &suites[i]->rows[k];
			const char *of = row->configuration ? row->configuration : "default";

			if ((row->surfaces & surface) && strcmp(of, group) == 0 &&
			    over(w, row, provider))
				play_one(w, l, suites[i], row, surface, provider);
		}
}

static int play_all(struct wish *w)
{
	struct err err = { 0 };
	struct lab *l = lab_new(&w->lab, &err);

	if (!l) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	for (size_t s = 0; s < ARRAY_LEN(all_surfaces); s++)
		for (size_t p = 0; p < ARRAY_LEN(all_providers); p++)
			for (const char *const *g = lab_configurations(); *g; g++)
				play_group(w, l, all_surfaces[s], all_providers[p], *g);
	lab_free(l);
	printf("%zu passed, %zu failed, %zu skipped, %zu broken\n", w->by[PASSED],
	       w->by[FAILED], w->by[SKIPPED], w->by[BROKEN]);
	if (w->expect_failure)
		return w->by[FAILED] && !w->by[BROKEN] ? 0 : 1;
	return w->by[FAILED] || w->by[BROKEN] || !w->by[PASSED] ? 1 : 0;
}

static bool option(struct wish *w, int argc, char **argv, int *i)
{
	const char *arg = argv[*i], *value = *i + 1 < argc ? argv[*i + 1] : "";

	if (strcmp(arg, "--expect-failure") == 0)
		return w->expect_failure = true;
	if (strcmp(arg, "-v") == 0)
		return w->verbose = true;
	if (strcmp(arg, "--mutant") == 0 && w->n_mutants + 1 < MAX_WORDS)
		w->mutants[w->n_mutants++] = value;
	else if (strcmp(arg, "--edition") == 0)
		w->lab.edition = value;
	else if (strcmp(arg, "--provider") == 0)
		w->provider = value;
	else
		return false;
	(*i)++;
	return true;
}

int main(int argc, char **argv)
{
	char home[] = "/tmp/play-XXXXXX";
	struct wish w = { .lab = { .edition = "nemo", .address = "127.0.77.1", .seed = 42 } };
	int rc;

	if (argc < 2 || !mkdtemp(home))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	w.lab.reference_cli = argv[1];
	w.lab.home = home;
	for (int i = 2; i < argc; i++)
		if (!option(&w, argc, argv, &i) && w.n_words < MAX_WORDS)
			w.words[w.n_words++] = argv[i];
	if (w.n_mutants)
		w.lab.mutants = w.mutants;
	rc = play_all(&w);
	file_remove_tree(home);
	return rc;
}
