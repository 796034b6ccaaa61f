/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the option table, and the parser that walks it. */
#include "runner/options.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { SELECTS = RUN | LIST | PROVE | GATE, PLAYS = RUN | PROVE | GATE };

static const char *const surface_words[] = { "cli", "gateway", "pdp", "service", "sdk", NULL };
static const char *const level_words[] = { "documented", "extended", "advice", NULL };
static const char *const provider_words[] = { "azure", "okta", "keycloak", NULL };
static const char *const format_words[] = { "text", "json",    "rows", "markdown",
					    "html", "profile", NULL };
static const char *const edition_words[] = { "nemo", "nmp", "nemo-callout", NULL };

#define AT(field) offsetof(struct options, field)

const struct option_row option_rows[] = {
	{ "target", 't', TEXT, "FILE", RUN | LIST | DOCTOR | LAB | INSTALL | EXPLAIN,
	  AT(target), NULL, true, "target file; the reference platform when absent" },
	{ "set", 0, TEXTS, "KEY=VALUE", RUN | LIST | DOCTOR | LAB | INSTALL, AT(set), NULL,
	  false, "fill a setting of the target file" },
	{ "filter", 'f', TEXTS, "GLOB", SELECTS, AT(filter), NULL, false,
	  "only scenarios whose id matches" },
	{ "exclude", 'x', TEXTS, "GLOB", SELECTS, AT(exclude), NULL, false,
	  "no scenario whose id matches" },
	{ "only", 0, TEXTS, "ID", SELECTS, AT(only), NULL, false,
	  "exactly this scenario; without @PROVIDER all its expansions" },
	{ "tag", 0, WORDS, "TAG", SELECTS, AT(tag), NULL, false,
	  "only scenarios with that tag; !TAG: without it" },
	{ "section", 's', WORDS, "SECTION", SELECTS, AT(section), NULL, false,
	  "only these sections of the documentation" },
	{ "surface", 0, WORDS, "SURFACE", SELECTS, AT(surface), surface_words, false,
	  "only at these doors" },
	{ "provider", 'p', WORDS, "PROVIDER", SELECTS | LAB | DOCTOR, AT(provider),
	  provider_words, false, "only with these identity providers" },
	{ "edition", 'e', WORDS, "EDITION", SELECTS | EXPLAIN | LAB | DOCTOR, AT(edition),
	  edition_words, false, "contract edition; the target's own, else nemo" },
	{ "level", 0, WORDS, "LEVEL", SELECTS, AT(level), level_words, false,
	  "only promises of that level" },
	{ "profile", 0, TEXT, "FILE", RUN | LIST | PROVE, AT(profile), NULL, true,
	  "only the ids that a frozen profile lists" },
	{ "failed", 0, TEXT, "RESULTS", RUN | LIST, AT(failed), NULL, true,
	  "only what failed, was broken or not tried in an earlier JSON report" },
	{ "same-as", 0, TEXT, "RESULTS", RUN, AT(same_as), NULL, true,
	  "the scenarios, seed and edition of a published run" },
	{ "scenario-set", 0, TEXT, "FILE", RUN | LIST, AT(scenario_set), NULL, true,
	  "an older set of scenarios: its frozen list of ids" },
	{ "shard", 0, SHARD, "I/N", RUN | LIST | PROVE, AT(shard), NULL, false,
	  "the I-th of N parts, by hash of the id" },
	{ "intrusive", 0, FLAG, NULL, RUN | LIST, AT(intrusive), NULL, false,
	  "also what may harm shared infrastructure, when attached" },
	{ "list", 'l', FLAG, NULL, RUN | PROVE, AT(list), NULL, false,
	  "print the ids instead of running them" },
	{ "jobs", 'j', COUNT, "N", PLAYS, AT(jobs), NULL, false,
	  "workers; twice the processors when absent" },
	{ "seed", 0, SEED, "N", PLAYS | LAB, AT(seed), NULL, false,
	  "of all ids and codes; 42" },
	{ "retries", 0, COUNT, "N", RUN | GATE, AT(retries), NULL, false,
	  "try a failure again; a pass is then called flaky" },
	{ "timeout", 0, DURATION, "TIME", PLAYS, AT(timeout_ms), NULL, false,
	  "of one scenario, besides waits and the start; 60s, or six commands of a CLI" },
	{ "run-timeout", 0, DURATION, "TIME", PLAYS, AT(run_timeout_ms), NULL, false,
	  "of everything; the report is partial then, exit status 124" },
	{ "fail-fast", 0, FLAG, NULL, PLAYS, AT(fail_fast), NULL, false,
	  "stop at the first failure" },
	{ "strict", 0, FLAG, NULL, PLAYS | REPORT, AT(strict), NULL, false,
	  "no forgiveness for advice, known failures, flaky passes and skips" },
	{ "keep", 0, FLAG, NULL, RUN | LAB, AT(keep), NULL, false,
	  "leave the homes of the workers behind" },
	{ "known", 0, TEXT, "FILE", RUN | GATE, AT(known_file), NULL, true,
	  "known failures; fixtures/known/TARGET.yaml when it exists" },
	{ "report", 'r', TEXTS, "FORMAT=FILE", RUN | GATE | REPORT | MERGE, AT(report), NULL,
	  true, "also write a report; - is standard output" },
	{ "from", 0, TEXT, "RESULTS", REPORT | KNOWN_VERB, AT(from), NULL, true,
	  "a JSON report to read" },
	{ "owner", 0, TEXT, "NAME", KNOWN_VERB, AT(owner), NULL, false,
	  "who answers for the known failures" },
	{ "format", 0, TEXT, "FORMAT", LIST | PROVE | COMPARE, AT(format), format_words, false,
	  "text, json, markdown or html; of a list also rows and profile" },
	{ "output", 'o', TEXT, "FILE", LIST | PROVE | MERGE | INIT | KNOWN_VERB, AT(output),
	  NULL, true, "write there instead of to standard output" },
	{ "quiet", 'q', FLAG, NULL, PLAYS, AT(quiet), NULL, false, "no progress" },
	{ "no-color", 0, FLAG, NULL, EVERY_VERB, AT(no_color), NULL, false,
	  "no colours; NO_COLOR does the same" },
	{ "help", 'h', FLAG, NULL, EVERY_VERB, AT(help), NULL, false, "this text" },
	{ 0 },
};

bool words_include(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->n; i++) {
		if (!strcmp(w->items[i], word))
			return true;
	}
	return false;
}

static void words_add(struct options *o, struct words *w, const char *word)
{
	const char **more = arena_alloc(o->arena, (w->n + 2) * sizeof *more);

	if (w->n)
		memcpy(more, w->items, w->n * sizeof *more);
	more[w->n++] = word;
	w->items = more;
}

static bool wrong(const struct option_row *r, const char *value, const char *expected,
		  struct err *err)
{
	return fail(err, ERR_INPUT, "--%s %s: expected %s", r->name, value, expected);
}

bool word_refused(const char *name, const char *word, const char *const *allowed,
		  struct err *err)
{
	const char *near = conf_nearest(word, allowed);
	AUTO_BUF all = { 0 };

	for (size_t i = 0; allowed[i]; i++)
		buf_printf(&all, "%s%s", i ? ", " : "", allowed[i]);
	return fail(err, ERR_INPUT, "--%s %s: unknown%s%s%s; allowed: %s", name, word,
		    near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "", all.p);
}

static bool may_be_file(const struct option_row *r)
{
	return r->words == provider_words || r->words == edition_words;
}

/* One of the words, or a file of the user's own where that is possible. */
static bool check_word(const struct option_row *r, const char *word, struct err *err)
{
	if (!r->words)
		return true;
	for (const char *const *w = r->words; *w; w++) {
		if (!strcmp(*w, word))
			return true;
	}
	if (may_be_file(r) && access(word, R_OK) == 0)
		return true;
	if (may_be_file(r) && strpbrk(word, "/."))
		return fail_errno(err, "--%s %s", r->name, word);
	return word_refused(r->name, word, r->words, err);
}

bool options_check_words(const struct options *o, struct err *err)
{
	for (const struct option_row *r = option_rows; r->name; r++) {
		const struct words *w = (const void *)((const char *)o + r->offset);

		for (size_t i = 0; r->kind == WORDS && i < w->n; i++) {
			if (!check_word(r, w->items[i], err))
				return false;
		}
	}
	return true;
}

char *options_selection(const struct options *o, struct arena *a)
{
	AUTO_BUF b = { 0 };

	for (const struct option_row *r = option_rows; strcmp(r->name, "list") != 0; r++) {
		const void *field = (const char *)o + r->offset;
		const struct words *w = field;
		bool several = r->kind == WORDS || r->kind == TEXTS;

		for (size_t i = 0; several && i < w->n; i++)
			buf_printf(&b, "%s--%s %s", b.n ? ", " : "", r->name, w->items[i]);
		if (r->kind == TEXT && *(const char *const *)field)
			buf_printf(&b, "%s--%s %s", b.n ? ", " : "", r->name,
				   *(const char *const *)field);
		if (r->kind == SHARD && o->shards)
			buf_printf(&b, "%s--%s %ld/%ld", b.n ? ", " : "", r->name, o->shard,
				   o->shards);
	}
	return arena_printf(a, "nothing was selected%s%s", b.n ? " by " : "", b.n ? b.p : "");
}

static bool take_words(struct options *o, const struct option_row *r, struct words *w,
		       const char *value, struct err *err)
{
	while (*value) {
		size_t n = strcspn(value, ",");
		const char *word = arena_dup(o->arena, value, n);

		if (n && !check_word(r, word, err))
			return false;
		if (n)
			words_add(o, w, word);
		value += n + (value[n] == ',');
	}
	return true;
}

static bool take_count(const struct option_row *r, long *ret, const char *value,
		       struct err *err)
{
	char *end;

	errno = 0;
	*ret = strtol(value, &end, 10);
	if (errno || end == value || *end || *ret < 0 || *ret > 100000)
		return wrong(r, value, "a count", err);
	if (!*ret && !strcmp(r->name, "jobs"))
		return wrong(r, value, "at least one", err);
	return true;
}

static bool take_duration(const struct option_row *r, int64_t *ret, const char *value,
			  struct err *err)
{
	AUTO(json_t) json_t *text = json_string(value);
	char *end;
	double seconds = strtod(value, &end);

	*ret = end == value || *end ? conf_duration_ms(text, -1) : (int64_t)(seconds * 1000);
	if (*ret <= 0)
		return wrong(r, value, "a duration such as 90s or 2m", err);
	return true;
}

static bool take_shard(struct options *o, const struct option_row *r, const char *value,
		       struct err *err)
{
	char tail;

	if (sscanf(value, "%ld/%ld%c", &o->shard, &o->shards, &tail) != 2 || o->shard < 1 ||
	    o->shards < 1 || o->shard > o->shards || o->shards > 100000)
		return wrong(r, value, "I/N with 1 <= I <= N", err);
	return true;
}

static bool take_seed(struct options *o, const struct option_row *r, const char *value,
		      struct err *err)
{
	char *end;

	errno = 0;
	o->seed = strtoull(value, &end, 10);
	o->seeded = true;
	if (errno || end == value || *end || *value == '-')
		return wrong(r, value, "a number", err);
	return true;
}

static bool take(struct options *o, const struct option_row *r, const char *value,
		 struct err *err)
{
	void *field = (char *)o + r->offset;

	switch (r->kind) {
	case FLAG:
		*(bool *)field = true;
		return true;
	case TEXT:
		*(const char **)field = value;
		return true;
	case TEXTS:
		words_add(o, field, value);
		return true;
	case WORDS:
		return take_words(o, r, field, value, err);
	case COUNT:
		return take_count(r, field, value, err);
	case SEED:
		return take_seed(o, r, value, err);
	case DURATION:
		return take_duration(r, field, value, err);
	case SHARD:
		return take_shard(o, r, value, err);
	}
	return false;
}

static bool unknown_option(const struct verb_row *verb, const char *name, struct err *err)
{
	const char *known[ARRAY_LEN(option_rows)] = { 0 };
	const char *near;
	size_t n = 0;

	for (const struct option_row *r = option_rows; r->name; r++) {
		if (r->verbs & verb->bit)
			known[n++] = r->name;
	}
	near = conf_nearest(name, known);
	return fail(err, ERR_INPUT, "%s: unknown option --%s%s%s%s", verb->name, name,
		    near ? ": did you mean --" : "", near ? near : "", near ? "?" : "");
}

static const struct option_row *find_long(const struct verb_row *verb, const char *name,
					  size_t n)
{
	for (const struct option_row *r = option_rows; r->name; r++) {
		if ((r->verbs & verb->bit) && strlen(r->name) == n && !memcmp(r->name, name, n))
			return r;
	}
	return NULL;
}

static const struct option_row *find_letter(const struct verb_row *verb, char letter)
{
	for (const struct option_row *r = option_rows; r->name; r++) {
		if ((r->verbs & verb->bit) && r->letter == letter)
			return r;
	}
	return NULL;
}

/* One word that begins with a dash; *i moves past its value. */
static bool take_option(struct options *o, int argc, char **argv, int *i, struct err *err)
{
	const char *word = argv[*i], *value = NULL, *name = word + 2;
	const struct option_row *r;

	if (word[1] == '-') {
		size_t n = strcspn(name, "=");

		value = name[n] ? name + n + 1 : NULL;
		r = find_long(o->verb, name, n);
		if (!r)
			return unknown_option(o->verb, arena_dup(o->arena, name, n), err);
	} else {
		r = find_letter(o->verb, word[1]);
		if (!r)
			return fail(err, ERR_INPUT, "%s: unknown option %s", o->verb->name,
				    word);
		value = word[2] ? word + 2 : NULL;
	}
	if (r->kind == FLAG && value)
		return fail(err, ERR_INPUT, "--%s takes no value", r->name);
	if (r->kind != FLAG && !value && *i + 1 < argc)
		value = argv[++*i];
	if (r->kind != FLAG && !value)
		return fail(err, ERR_INPUT, "--%s needs a value: %s", r->name, r->value);
	return take(o, r, value, err);
}

static bool find_verb(struct options *o, const struct verb_row *verbs, const char *name,
		      struct err *err)
{
	const char *known[32] = { 0 };
	const char *near;

	for (size_t i = 0; verbs[i].name; i++) {
		known[i] = verbs[i].name;
		if (!strcmp(verbs[i].name, name)) {
			o->verb = &verbs[i];
			return true;
		}
	}
	near = conf_nearest(name, known);
	return fail(err, ERR_INPUT, "unknown command '%s'%s%s%s", name,
		    near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* A file that was meant as the target must never be passed over: the reference platform would
 * be judged in its place, and it conforms. */
static bool settle_operands(struct options *o, struct err *err)
{
	const char *const *words = o->operands.items;
	size_t n = o->operands.n;

	if (!n || (*o->verb->operands && strcmp(o->verb->operands, TARGET_OPERAND) != 0))
		return true;
	if (!*o->verb->operands)
		return fail(err, ERR_INPUT,
			    "%s: nothing is expected after the options, not '%s'",
			    o->verb->name, words[0]);
	if (n > 1 || o->target)
		return fail(err, ERR_INPUT,
			    "%s: one target at a time: '%s' or '%s'? 'gauntlet gate' "
			    "judges several",
			    o->verb->name, n > 1 ? words[0] : o->target, words[n - 1]);
	o->target = words[0];
	return true;
}

bool options_parse(struct options *o, const struct verb_row *verbs, int argc, char **argv,
		   struct err *err)
{
	bool only_operands = false;

	memset(o, 0, sizeof *o);
	o->arena = arena_new();
	o->argc = argc;
	o->argv = argv;
	o->seed = 42;
	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help")) {
		o->help = true;
		return argc < 3 || find_verb(o, verbs, argv[2], err);
	}
	o->version = !strcmp(argv[1], "--version");
	if (o->version)
		return true;
	if (!find_verb(o, verbs, argv[1], err))
		return false;
	for (int i = 2; i < argc; i++) {
		if (!only_operands && !strcmp(argv[i], "--"))
			only_operands = true;
		else if (only_operands || argv[i][0] != '-' || !argv[i][1])
			words_add(o, &o->operands, argv[i]);
		else if (!take_option(o, argc, argv, &i, err))
			return false;
	}
	return settle_operands(o, err);
}

void options_done(struct options *o)
{
	arena_free(o->arena);
	o->arena = NULL;
}
