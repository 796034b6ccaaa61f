/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/play.h"

#include "suites/kit/check.h"
#include "suites/kit/lab.h"
#include "suites/kit/owned.h"
#include "suites/kit/reach.h"
#include "suites/kit/transcript.h"

#include "idp-sim/base/clk.h"

#include <stdarg.h>
#include <string.h>

bool run_broken(struct run *run, const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	if (run->broken)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	run->broken = true;
	run->result->reason = text_shown(run->lab, run->arena, text, strlen(text));
	return false;
}

bool run_skipped(struct run *run, const char *fmt, ...)
{
	va_list ap;
	char text[400];

	if (run->broken)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	run->broken = run->skipped = true;
	run->result->reason = arena_str(run->arena, text);
	return false;
}

bool run_claims(const struct run *run, const char *word)
{
	const struct target *t = run->lab->target;

	return t->claims(t->ctx, word);
}

char *run_printf(struct run *run, const char *fmt, ...)
{
	va_list ap;
	char *text = NULL, *copy;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	va_end(ap);
	copy = arena_str(run->arena, text);
	free(text);
	return copy;
}

/* ---- ids ---- */

const char *surface_word(enum surface s)
{
	switch (s) {
	case CLI:
		return "cli";
	case GATEWAY:
		return "gateway";
	case PDP:
		return "pdp";
	case SERVICE:
		return "service";
	case SDK:
		return "sdk";
	}
	return "?";
}

char *scenario_id(struct arena *a, const struct suite *s, const struct scenario *row,
		  enum surface surface, const char *provider, const char *edition)
{
	bool several = row->surfaces & (row->surfaces - 1);
	bool nemo = !edition || strcmp(edition, "nemo") == 0;
	const char *slash = nemo ? NULL : strrchr(edition, '/');
	const char *name = nemo ? "" : slash ? slash + 1 : edition; /* of "a/nhx.yaml": "nhx" */

	return arena_printf(a, "%s/%s@%s%s%s%s%.*s", s->section, row->name,
			    row->providers == ANY_PROVIDER ? "any" : provider,
			    several ? ":" : "", several ? surface_word(surface) : "",
			    nemo ? "" : ":", (int)strcspn(name, "."), name);
}

/* ---- playing ---- */

/* The first word of the row's needs that the target does not claim, or NULL. */
static const char *not_claimed(struct run *run)
{
	const char *p = run->row->needs;

	while (p && *p) {
		size_t n = strcspn(p, " ");
		char *word = run_printf(run, "%.*s", (int)n, p);

		if (n && !run_claims(run, word))
			return word;
		p += n + (p[n] == ' ');
	}
	if (run->row->configuration) {
		char *word = run_printf(run, "configuration:%s", run->row->configuration);

		if (!run_claims(run, word))
			return word;
	}
	return NULL;
}

static bool skip(struct run *run)
{
	const char *word = not_claimed(run);

	if (!row_holds(run->row, run->surface, run->edition_bit))
		run->result->reason = run_printf(run, "does not hold in edition %s",
						 edition_name(run->edition));
	else if (word)
		run->result->reason = run_printf(run, "needs %s: not claimed by %s", word,
						 run->lab->target->name);
	else
		return false;
	run->result->verdict = SKIPPED;
	return true;
}

static const char *unheld_control(const struct result *r)
{
	for (size_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].control && !r->checks[i].held)
			return r->checks[i].what;
	return NULL;
}

static bool failed_already(const struct result *r)
{
	for (size_t i = 0; i < r->n_checks; i++)
		if (!r->checks[i].held && !r->checks[i].control)
			return true;
	return false;
}

static enum verdict verdict_of(struct run *run)
{
	struct result *r = run->result;
	const char *control = unheld_control(r);

	if (run->skipped && !control && !failed_already(r))
		return SKIPPED;
	if (run->broken && !run->skipped)
		return BROKEN;
	if (control) {
		r->reason = run_printf(run, "the good case does not work: %s", control);
		return BROKEN;
	}
	if (!r->n_checks) {
		r->reason = "the row checked nothing";
		return BROKEN;
	}
	for (size_t i = 0; i < r->n_checks; i++)
		if (!r->checks[i].held)
			return FAILED;
	return PASSED;
}

/* A server that died under a row broke a promise that needs no row of its own. */
static void check_alive(struct run *run)
{
	const struct target *t = run->lab->target;
	void *instance = run->lab->now.instance;

	if (t->attached)
		reach_after_row(run);
	if (!instance) { /* the row started one that did not get ready */
		lab_clear(run->lab);
		return;
	}
	if (t->attached || !t->alive || t->alive(t->ctx, instance))
		return;
	check_that(run, false, "keeps running", "the target keeps running", "it ended: %s",
		   t->last_words(t->ctx, instance));
	lab_clear(run->lab);
}

static void play(struct run *run)
{
	struct lab *l = run->lab;
	struct err err = { 0 };

	if (!lab_arrange(l, run->surface, run->provider, run->row->configuration, &err)) {
		run_broken(run, "%s", err.text);
		return;
	}
	run->config = &l->now.config;
	journal_skip(run);
	l->secrets_from = l->journal_from;
	run->started_us = clk_mono_us();
	run->started_ms = clk_now_ms(idp_clock(l->idp));
	hops_begin(l, run->arena);
	l->log_n = 0;
	l->log[0] = '\0';
	run->row->play(run);
	check_alive(run);
	hops_end(run);
	run->result->took_us = clk_mono_us() - run->started_us;
}

static void describe(struct run *run, const struct suite *suite)
{
	const struct scenario *row = run->row;

	*run->result = (struct result) {
		.id = scenario_id(run->arena, suite, row, run->surface, run->provider,
				  edition_name(run->edition)),
		.row = run_printf(run, "%s/%s", suite->section, row->name),
		.section = suite->section,
		.title = row->title,
		.promise = row->promise,
		.page = row->page,
		.source = row->source,
		.remedy = row->remedy,
		.consequence = row->consequence,
		.surface = surface_word(run->surface),
		.provider = arena_str(run->arena, run->provider),
		.edition = arena_str(run->arena, edition_name(run->edition)),
		.target = arena_str(run->arena, run->lab->target->name),
		.tags = row->tags,
		.level = row->level,
		.attempts = 1,
	};
}

/* Shorter ones are words that rows play with, such as the password of our people. */
enum { SHORTEST_SECRET = 12 };

static void note_secret(void *ctx, const char *value, size_t n)
{
	struct run *run = ctx;
	struct lab *l = run->lab;
	const char **more;

	if (n < SHORTEST_SECRET)
		return;
	if (!(l->n_secrets & (l->n_secrets + 1))) {
		more = arena_alloc(run->arena, (l->n_secrets * 2 + 2) * sizeof *more);
		if (l->n_secrets)
			memcpy(more, l->secrets, l->n_secrets * sizeof *more);
		l->secrets = more;
	}
	l->secrets[l->n_secrets++] = arena_dup(run->arena, value, n);
	l->secrets[l->n_secrets] = NULL;
}

void secret_note(struct run *run, const char *value)
{
	note_secret(run, value, strlen(value));
}

const char *const *lab_secrets(const struct lab *l)
{
	static const char *const none[] = { NULL };

	return l->n_secrets ? l->secrets : none;
}

void play_row(struct lab *l, const struct suite *suite, const struct scenario *row,
	      enum surface surface, const char *provider, struct arena *arena,
	      struct result *ret)
{
	struct run run = {
		.lab = l,
		.arena = arena,
		.row = row,
		.arg = row->arg,
		.surface = surface,
		.provider = provider,
		.edition = l->edition,
		.edition_bit = l->edition_bit,
		.idp = l->idp,
		.result = ret,
	};
	struct err err = { 0 };

	l->n_secrets = 0;
	describe(&run, suite);
	if (skip(&run))
		return;
	play(&run);
	ret->verdict = verdict_of(&run);
	marks_apply(&run);
	idp_secrets(l->idp, l->secrets_from, note_secret, &run);
	release_owned(&run);
	if (l->now.up && !lab_reset(l, &err))
		lab_clear(l);
}

void play_sanity(struct lab *l, enum surface surface, const char *provider, struct arena *arena,
		 struct result *ret)
{
	play_row(l, &suite_sanity, &suite_sanity.rows[0], surface, provider, arena, ret);
	ret->id = arena_printf(arena, "sanity/target-starts@%s:%s", provider,
			       surface_word(surface));
}
