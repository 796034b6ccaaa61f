/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain.c - `gauntlet explain ID`: what is promised and where, how it is checked, what breaks
 * it, and how to see it by hand (look/term-explain.txt).
 *
 * The checks and the provider's words come from playing the row on the reference platform.
 */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "runner/rows.h"
#include "runner/say.h"
#include "runner/session.h"
#include "runner/verbs.h"
#include "suites/kit/hand.h"

#include <string.h>

enum { COLUMN = 12, STEPS = 12 };

static void add_words(struct buf *b, unsigned bits, const char *const *words)
{
	for (unsigned i = 0; words[i]; i++) {
		if (bits & (1u << i))
			buf_printf(b, "%s%s", b->n ? " " : "", words[i]);
	}
}

static const char *providers_word(const struct scenario *row)
{
	static const char *const words[] = { "any provider", "azure okta keycloak", "azure",
					     "okta", "keycloak" };

	return words[row->providers];
}

static void print_title(const struct found_row *f)
{
	static const char *const doors[] = { "cli", "gateway", "pdp", "service", "sdk", NULL };
	AUTO_BUF surfaces = { 0 }, id = { 0 }, right = { 0 };

	add_words(&surfaces, f->row->surfaces, doors);
	buf_printf(&id, "%s/%s", f->suite->section, f->row->name);
	buf_printf(&right, "%s, surface %s, %s", level_word(f->row->level), surfaces.p,
		   providers_word(f->row));
	if (id.n + right.n + 2 <= SAY_WIDTH)
		printf("%s%*s\n\n", id.p, (int)(SAY_WIDTH - 4 - id.n), right.p);
	else
		printf("%s\n  %s\n\n", id.p, right.p);
	printf("%s\n\n", f->row->promise);
}

static void print_label(const char *label, const char *text)
{
	if (text && *text)
		say_wrapped(stdout, label, COLUMN, text);
}

static void print_editions(const struct scenario *row)
{
	static const char *const words[] = { "nmp", "nemo", "nemo-callout", NULL };
	AUTO_BUF b = { 0 };

	if (!row->editions || row->editions == ALL_EDITIONS)
		return;
	add_words(&b, row->editions, words);
	print_label("editions", b.p);
}

static void print_checks(const struct result *r)
{
	for (size_t i = 0; i < r->n_checks; i++) {
		AUTO_BUF b = { 0 };

		buf_printf(&b, "%zu  %s%s", i + 1, r->checks[i].what,
			   r->checks[i].control
				   ? "  (the good case: without it nothing is known)"
				   : "");
		print_label(i ? "" : "then", b.p);
	}
}

static void print_mutants(const struct scenario *row)
{
	AUTO_BUF b = { 0 };
	size_t n = 0;

	for (const char *p = row->mutants ? row->mutants : ""; *p;) {
		size_t len = strcspn(p, " ");

		if (len) {
			buf_printf(&b, "%s%.*s", n ? ", " : "", (int)len, p);
			n++;
		}
		p += len + (p[len] == ' ');
	}
	if (n) {
		AUTO_BUF line = { 0 };

		buf_printf(&line, "by %zu mutant%s: %s", n, n == 1 ? "" : "s", b.p);
		print_label("caught", line.p);
	}
	print_label("guard", row->guard);
}

/* The provider's first refusal, as it went over the wire. */
static void print_refusal(const struct result *r, const char *provider)
{
	for (size_t i = 0; i < r->n_hops; i++) {
		const struct hop *h = &r->hops[i];

		if (!h->answer || !h->from || strcmp(h->from, "idp") != 0 || !h->detail ||
		    h->text[0] != '4')
			continue;
		printf("\nThe provider's answer, word for word (%s):\n\n  HTTP %.3s\n",
		       provider, h->text);
		say_wrapped(stdout, "", 2, h->detail);
		return;
	}
}

/* What a person types to see the same, without the repetitions. */
static void print_by_hand(const struct result *r)
{
	size_t shown = 0, more = 0;

	for (size_t i = 0; i < r->n_hops; i++) {
		const struct hop *h = &r->hops[i];

		if (!h->from || strcmp(h->from, HAND))
			continue;
		if (shown == STEPS) {
			more++;
			continue;
		}
		if (!shown++)
			printf("\nBy hand, in a shell that has pasted what `gauntlet lab %s` "
			       "prints\n(it also shows what your requests make the target "
			       "send on):\n\n",
			       r->row);
		printf("  %s\n", h->text);
	}
	if (more)
		printf("  # and %zu more lines of this kind\n", more);
}

/* The row once on the reference platform; NULL when that is not possible here. */
static struct pool *play_once(struct session *s, struct plan *plan, const struct found_row *f,
			      struct err *err)
{
	struct plan_for how;
	const char **only = arena_alloc(s->arena, 2 * sizeof *only);

	only[0] = row_id(s->arena, f->suite, f->row);
	s->own.only = (struct words) { only, 1 };
	s->own.by_hand = true;
	how = session_plan_for(s, false);
	if (!plan_make(plan, &how, err) || !plan->n)
		return NULL;
	plan->n = 1;
	s->jobs = 1;
	struct pool_options o = session_pool(s, plan);

	return pool_run(&o, err);
}

/* How much the promise weighs, and why; what decides when pages and platforms disagree. */
static void print_ruling(const struct scenario *row)
{
	static const char *const words[] = {
		[LEVEL_DOCUMENTED] =
			"documented: the page promises it, and the page is tested; a "
			"published version that does otherwise is a known failure",
		[LEVEL_EXTENDED] =
			"extended: another page or a standard that the page leans on "
			"promises it; it gates like a documented one",
		[LEVEL_ADVICE] =
			"advice: inferred, nowhere promised; a failure is a warning and "
			"gates with --strict only",
	};

	print_label("ruling", words[row->level]);
	print_label("overlaps", row->overlaps);
}

static void print_row(const struct found_row *f, const struct result *r, const char *provider)
{
	const struct scenario *row = f->row;

	print_title(f);
	print_label("page", row->page);
	print_label("source", row->source);
	print_ruling(row);
	print_editions(row);
	print_label("given", row->given);
	print_label("when", row->when);
	if (r)
		print_checks(r);
	print_label("needs", row->needs);
	print_label("settings", row->configuration);
	print_label("catalogue", row->catalogue);
	print_mutants(row);
	print_label("remedy", row->remedy);
	if (r) {
		print_refusal(r, provider);
		print_by_hand(r);
	}
	printf("\n");
	if (row->reproduce)
		say_wrapped(stdout, "see it", COLUMN, row->reproduce);
	printf("  %-*sgauntlet run --only %s/%s\n", COLUMN - 2, "run it", f->suite->section,
	       row->name);
}

int verb_explain(const struct options *o)
{
	struct session s = { 0 };
	struct plan plan = { 0 };
	struct err err = { 0 }, silent = { 0 };
	struct found_row f = { 0 };
	struct pool *pool;

	if (o->operands.n != 1) {
		fail(&err, ERR_INPUT, "explain: which scenario? gauntlet explain login/NAME");
		return complain(&err);
	}
	if (!row_find(o->operands.items[0], &f, &err))
		return complain(&err);
	pool = session_open(&s, o, &silent) ? play_once(&s, &plan, &f, &silent) : NULL;
	print_row(&f, pool ? pool_result(pool, 0) : NULL, pool ? plan.items[0].provider : "");
	pool_free(pool);
	plan_done(&plan);
	session_close(&s);
	return fflush(stdout) ? EXIT_NO_TRY : EXIT_OK;
}
