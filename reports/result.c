/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result.c - how a result is shown and counted, and what the whole run says.
 */
#include "reports/result.h"

#include "idp-sim/base/buf.h"
#include "reports/text.h"

#include <string.h>

static const char *const shade_words[N_SHADES] = {
	[SHADE_OK] = "ok",	  [SHADE_FAILED] = "FAILED", [SHADE_BROKEN] = "BROKEN",
	[SHADE_SKIPPED] = "skip", [SHADE_WARNING] = "warn",  [SHADE_KNOWN] = "known",
	[SHADE_FLAKY] = "flaky",
};
static const char *const level_words[] = { "documented", "extended", "advice" };
static const char *const verdict_words[] = { "PASSED", "FAILED", "SKIPPED", "BROKEN" };
static const char *const outcome_words[] = {
	[CONFORMS] = "conforms",
	[CONFORMS_IN_PART] = "conforms-in-part",
	[DOES_NOT_CONFORM] = "does-not-conform",
	[NO_VERDICT] = "no-verdict",
	[NOTHING_SELECTED] = "nothing-selected",
};
static const int outcome_codes[] = {
	[CONFORMS] = 0,	  [CONFORMS_IN_PART] = 1, [DOES_NOT_CONFORM] = 1,
	[NO_VERDICT] = 3, [NOTHING_SELECTED] = 4,
};
/* Worst first. */
static const enum shade severity[N_SHADES] = {
	SHADE_FAILED, SHADE_BROKEN,  SHADE_WARNING, SHADE_KNOWN,
	SHADE_FLAKY,  SHADE_SKIPPED, SHADE_OK,
};

const char *shade_word(enum shade s)
{
	return shade_words[s];
}

const char *level_word(enum level l)
{
	return level_words[l];
}

const char *verdict_word(enum verdict v)
{
	return verdict_words[v];
}

const char *outcome_word(enum outcome o)
{
	return outcome_words[o];
}

static bool is_gate(const struct result *r)
{
	return r->section && strcmp(r->section, SECTION_SANITY) == 0;
}

enum shade result_shade(const struct results *rs, const struct result *r)
{
	if (is_gate(r) && r->verdict == FAILED)
		return SHADE_BROKEN;
	switch (r->verdict) {
	case PASSED:
		return r->flaky ? SHADE_FLAKY : SHADE_OK;
	case SKIPPED:
		return SHADE_SKIPPED;
	case BROKEN:
		return SHADE_BROKEN;
	case FAILED:
		break;
	}
	if (r->known)
		return SHADE_KNOWN;
	return r->level == LEVEL_ADVICE && !rs->strict ? SHADE_WARNING : SHADE_FAILED;
}

struct counts results_count(const struct results *rs, const char *section)
{
	struct counts c = { 0 };

	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];

		if (section ? !r->section || strcmp(r->section, section) != 0 : is_gate(r))
			continue;
		c.by[result_shade(rs, r)]++;
		c.total++;
	}
	return c;
}

enum shade counts_worst(const struct counts *c)
{
	for (size_t i = 0; i < N_SHADES; i++) {
		if (c->by[severity[i]])
			return severity[i];
	}
	return SHADE_OK;
}

/* What --strict does not forgive although it is not FAILED: exceptions and luck. */
static bool strict_minds(const struct results *rs)
{
	for (size_t i = 0; i < rs->n; i++) {
		enum shade s = result_shade(rs, &rs->items[i]);

		if (s == SHADE_KNOWN || s == SHADE_FLAKY || rs->items[i].known_fixed)
			return true;
	}
	return false;
}

/* What was not tried and counts: a gate minds what the profile requires, --strict minds all. */
static size_t unclaimed(const struct results *rs)
{
	size_t n = 0;

	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];

		n += r->verdict == SKIPPED && (rs->strict || (rs->gated && r->required));
	}
	return n;
}

static const char *unclaimed_text(struct arena *a, const struct results *rs)
{
	return arena_printf(
		a, rs->strict ? "%zu not tried, with --strict" : "%zu required not claimed",
		unclaimed(rs));
}

static size_t broken_gates(const struct results *rs)
{
	struct counts c = results_count(rs, SECTION_SANITY);

	return c.by[SHADE_BROKEN];
}

enum outcome results_outcome(const struct results *rs)
{
	struct counts c = results_count(rs, NULL);

	if (c.by[SHADE_FAILED])
		return DOES_NOT_CONFORM;
	if (c.by[SHADE_BROKEN] || broken_gates(rs) || rs->stopped || c.total < rs->planned)
		return NO_VERDICT;
	if (rs->strict && strict_minds(rs))
		return DOES_NOT_CONFORM;
	if (c.by[SHADE_SKIPPED] == c.total && !(rs->gated && unclaimed(rs)))
		return NOTHING_SELECTED;
	return unclaimed(rs) ? CONFORMS_IN_PART : CONFORMS;
}

int results_exit_code(const struct results *rs)
{
	return outcome_codes[results_outcome(rs)];
}

const char *result_provider(struct arena *a, const struct result *r)
{
	const char *at = r->id ? strrchr(r->id, '@') : NULL;

	if (!at)
		return r->provider ? r->provider : "any";
	return arena_dup(a, at + 1, strcspn(at + 1, ":"));
}

const struct check *result_offence(const struct result *r)
{
	const struct check *first = NULL;

	for (size_t i = 0; i < r->n_checks; i++) {
		const struct check *c = &r->checks[i];

		if (c->held)
			continue;
		if (!c->control)
			return c;
		if (!first)
			first = c;
	}
	return first;
}

const char *result_consequence(const struct result *r)
{
	size_t broken = 0, held = 0;

	for (size_t i = 0; i < r->n_checks; i++) {
		if (!r->checks[i].control)
			*(r->checks[i].held ? &held : &broken) += 1;
	}
	return r->verdict == FAILED && broken > held ? r->consequence : NULL;
}

/* FNV-1a over the words; runs of digits count as one sign, because ports, times and process
 * numbers differ between two runs that found the same. */
static uint64_t fold(uint64_t h, const char *s)
{
	bool digit = false;

	for (; s && *s; s++) {
		bool was = digit;

		digit = *s >= '0' && *s <= '9';
		if (digit && was)
			continue;
		h = (h ^ (digit ? '0' : (unsigned char)*s)) * 0x100000001b3u;
	}
	return (h ^ 0xff) * 0x100000001b3u;
}

char *result_fingerprint(struct arena *a, const struct result *r)
{
	uint64_t h = fold(0xcbf29ce484222325u, r->row ? r->row : r->id);

	for (size_t i = 0; i < r->n_checks; i++) {
		if (r->checks[i].held)
			continue;
		h = fold(fold(h, text_clean(a, r->checks[i].what)),
			 text_clean(a, r->checks[i].got));
	}
	if (r->verdict == BROKEN)
		h = fold(h, text_clean(a, r->reason));
	return arena_printf(a, "%016llx", (unsigned long long)h);
}

char *result_attempts(struct arena *a, const struct result *r)
{
	return arena_printf(a, "%d%s%s", r->attempts, r->earlier ? "; " : "",
			    r->earlier ? text_line(a, r->earlier, 400) : "");
}

bool check_speaks(const struct check *c)
{
	return !c->held && (c->want || c->got);
}

bool check_repeated(const struct result *r, size_t i)
{
	const struct check *c = &r->checks[i], *next = c + 1;

	return i + 1 < r->n_checks && check_speaks(c) && check_speaks(next) &&
	       c->control == next->control && text_same(c->want, next->want) &&
	       text_same(c->got, next->got);
}

char *counts_text(struct arena *a, const struct counts *c)
{
	static const struct {
		enum shade shade;
		const char *one, *many;
		bool always;
	} rows[] = {
		{ SHADE_OK, "passed", "passed", true },
		{ SHADE_FAILED, "failed", "failed", true },
		{ SHADE_BROKEN, "broken", "broken", true },
		{ SHADE_SKIPPED, "skipped", "skipped", true },
		{ SHADE_KNOWN, "known", "known", false },
		{ SHADE_WARNING, "warning", "warnings", false },
		{ SHADE_FLAKY, "flaky", "flaky", false },
	};
	AUTO_BUF b = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = c->by[rows[i].shade];

		if (n || rows[i].always)
			buf_printf(&b, "%s%zu %s", b.n ? ", " : "", n,
				   n == 1 ? rows[i].one : rows[i].many);
	}
	return arena_dup(a, b.p, b.n);
}

/* The first thing that could not be tried; the gate goes before the others. */
static const struct result *first_broken(const struct results *rs)
{
	const struct result *first = NULL;

	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];

		if (result_shade(rs, r) != SHADE_BROKEN)
			continue;
		if (is_gate(r))
			return r;
		if (!first)
			first = r;
	}
	return first;
}

/* "the target did not start" or how the run ended, without the full stop. */
static const char *what_happened(struct arena *a, const struct results *rs)
{
	const struct result *r = first_broken(rs);
	struct counts c = results_count(rs, NULL);

	if (rs->stopped && c.total >= rs->planned)
		return rs->stopped;
	if (rs->stopped)
		return arena_printf(a, "%s after %zu of %zu", rs->stopped, c.total,
				    rs->planned);
	if (r && is_gate(r))
		return r->title && strcmp(r->title, "target starts") == 0
			       ? "the target did not start"
			       : "the target does not do what a good day needs";
	if (c.by[SHADE_BROKEN])
		return arena_printf(a, "%zu of %zu %s could not be tried", c.by[SHADE_BROKEN],
				    c.total, c.total == 1 ? "promise" : "promises");
	return arena_printf(a, "results of %zu of %zu scenarios are missing",
			    rs->planned - c.total, rs->planned);
}

static char *capital(char *s)
{
	if (*s >= 'a' && *s <= 'z')
		*s = (char)(*s - 'a' + 'A');
	return s;
}

/* Why a run without a FAILED does not conform. */
static const char *strict_reason(struct arena *a, const struct results *rs)
{
	struct counts c = results_count(rs, NULL);
	size_t fixed = 0;
	const char *text = "";

	for (size_t i = 0; i < rs->n; i++)
		fixed += rs->items[i].known_fixed;
	const struct {
		size_t n;
		const char *what;
	} reasons[] = { { c.by[SHADE_KNOWN], "known" },
			{ c.by[SHADE_FLAKY], "flaky" },
			{ fixed, "known but now kept" } };

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (reasons[i].n)
			text = arena_printf(a, "%s%zu %s, ", text, reasons[i].n,
					    reasons[i].what);
	}
	return arena_printf(a, "%swith --strict", text);
}

char *results_sentence(struct arena *a, const struct results *rs)
{
	struct counts c = results_count(rs, NULL);
	char *took = text_seconds(a, rs->took_us, 1);
	char *counts = counts_text(a, &c);

	switch (results_outcome(rs)) {
	case CONFORMS:
		return arena_printf(a, "Conforms. %s in %s", counts, took);
	case CONFORMS_IN_PART:
		return arena_printf(a, "Conforms in part: %s. %s in %s", unclaimed_text(a, rs),
				    counts, took);
	case DOES_NOT_CONFORM:
		if (rs->stopped)
			return arena_printf(a, "Does not conform. %s, and %s",
					    capital(arena_str(a, what_happened(a, rs))),
					    counts);
		if (!c.by[SHADE_FAILED])
			return arena_printf(a, "Does not conform: %s. %s in %s",
					    strict_reason(a, rs), counts, took);
		return arena_printf(a, "Does not conform. %s in %s", counts, took);
	case NO_VERDICT:
		if (broken_gates(rs) && c.by[SHADE_BROKEN] == c.total && !rs->stopped)
			return arena_printf(a,
					    "No verdict. %s: %zu scenario%s not tried, nothing "
					    "is known about it.",
					    capital(arena_str(a, what_happened(a, rs))),
					    c.total, c.total == 1 ? "" : "s");
		return arena_printf(a, "No verdict. %s. %s in %s",
				    capital(arena_str(a, what_happened(a, rs))), counts, took);
	case NOTHING_SELECTED:
		break;
	}
	if (!c.total)
		return arena_str(a, "Nothing was selected.");
	return arena_printf(a, "Nothing was tried: all %zu selected scenarios were skipped.",
			    c.total);
}

char *results_headline(struct arena *a, const struct results *rs)
{
	struct counts c = results_count(rs, NULL);
	size_t bad = c.by[SHADE_FAILED];

	switch (results_outcome(rs)) {
	case CONFORMS:
		if (c.by[SHADE_KNOWN])
			return arena_printf(a, "Conforms, but for %zu known failure%s.",
					    c.by[SHADE_KNOWN],
					    c.by[SHADE_KNOWN] == 1 ? "" : "s");
		return rs->profile
			       ? arena_printf(a,
					      "Conforms: every promise of profile %s was kept.",
					      rs->profile)
			       : arena_str(a, "Conforms: every promise was kept.");
	case CONFORMS_IN_PART:
		if (rs->strict)
			return arena_printf(a, "Conforms in part: %s.", unclaimed_text(a, rs));
		return arena_printf(a, "Conforms in part: %zu required %s not claimed.",
				    unclaimed(rs),
				    unclaimed(rs) == 1 ? "promise is" : "promises are");
	case DOES_NOT_CONFORM:
		if (!bad)
			return arena_printf(a, "Does not conform: %s.", strict_reason(a, rs));
		if (rs->stopped)
			return arena_printf(a, "Does not conform: %zu %s broken; %s.", bad,
					    bad == 1 ? "promise is" : "promises are",
					    what_happened(a, rs));
		return arena_printf(a, "Does not conform: %zu %s broken.", bad,
				    bad == 1 ? "promise is" : "promises are");
	case NO_VERDICT:
		return arena_printf(a, "No verdict: %s.", what_happened(a, rs));
	case NOTHING_SELECTED:
		break;
	}
	return arena_str(a, c.total ? "Nothing was tried." : "Nothing was selected.");
}
