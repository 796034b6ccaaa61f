/* SPDX-License-Identifier: Apache-2.0 */
/*
 * github.c - workflow commands for GitHub Actions (docs.github.com, "Workflow commands").
 * A step shows ten errors, ten warnings and ten notices and drops the others without a word:
 * the worst come first, and the tenth line says how many more there are.
 */
#include "reports/write.h"

enum { SHOWN = 10 };

struct github {
	const struct results *rs;
	struct arena *arena;
	FILE *out;
};

/* Data ends at a newline, a property also at a colon or comma. */
static const char *escaped(struct github *g, const char *s, bool property)
{
	AUTO_BUF b = { 0 };

	for (const char *p = text_clean(g->arena, s ? s : ""); *p; p++) {
		if (*p == '%' || *p == '\r' || *p == '\n' ||
		    (property && (*p == ':' || *p == ',')))
			buf_printf(&b, "%%%02X", (unsigned)*p);
		else
			buf_char(&b, *p);
	}
	return arena_dup(g->arena, b.p ? b.p : "", b.n);
}

enum kind { ERROR, WARNING, NOTICE, NOTHING };
static const char *const commands[] = { "error", "warning", "notice" };
static const enum kind kinds[N_SHADES] = {
	[SHADE_OK] = NOTICE,	   [SHADE_FAILED] = ERROR,    [SHADE_BROKEN] = ERROR,
	[SHADE_SKIPPED] = NOTHING, [SHADE_WARNING] = WARNING, [SHADE_KNOWN] = NOTICE,
	[SHADE_FLAKY] = WARNING,
};

static const char *message(struct github *g, const struct result *r)
{
	AUTO_BUF b = { 0 };

	if (r->promise)
		buf_printf(&b, "%s\n", r->promise);
	buf_printf(&b, "%s\n", result_message(g->arena, r));
	if (r->known)
		buf_printf(&b, "known: %s%s\n", r->known,
			   r->known_fixed ? "; now kept, remove it" : "");
	if (r->remedy && r->verdict != PASSED)
		buf_printf(&b, "remedy: %s\n", r->remedy);
	if (r->again && r->verdict != PASSED)
		buf_printf(&b, "again: %s", r->again);
	return escaped(g, b.p, false);
}

static void annotate(struct github *g, const struct result *r)
{
	enum shade s = result_shade(g->rs, r);
	const char *word = s == SHADE_OK ? "fixed" : shade_word(s);

	fprintf(g->out, "::%s ", commands[kinds[s]]);
	if (r->file)
		fprintf(g->out, "file=%s,line=%d,", escaped(g, r->file, true), r->line);
	fprintf(g->out, "title=%s::%s\n",
		escaped(g, arena_printf(g->arena, "%s %s", word, r->id), true), message(g, r));
}

static void annotate_all(struct github *g, enum kind kind, const struct result **worst,
			 size_t n)
{
	size_t total = 0, shown = 0, most, limit;

	for (size_t i = 0; i < n; i++)
		total += kinds[result_shade(g->rs, worst[i])] == kind;
	most = SHOWN - (kind == ERROR && g->rs->stopped);
	limit = total <= most ? most : most - 1;
	for (size_t i = 0; i < n && shown < limit; i++) {
		if (kinds[result_shade(g->rs, worst[i])] != kind)
			continue;
		annotate(g, worst[i]);
		shown++;
	}
	if (shown < total)
		fprintf(g->out, "::%s title=gauntlet::and %zu more: see the report\n",
			commands[kind], total - shown);
}

static bool write_github(const struct results *rs, FILE *out, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new();
	struct github g = { rs, arena, out };
	const struct result **worst;
	size_t n = results_worst_first(arena, rs, &worst);

	if (rs->stopped)
		fprintf(out, "::error title=gauntlet::%s\n",
			escaped(&g, results_headline(arena, rs), false));
	for (enum kind kind = ERROR; kind < NOTHING; kind++)
		annotate_all(&g, kind, worst, n);
	fprintf(out, "%s\n", text_line(arena, results_sentence(arena, rs), 500));
	return write_done(out, err);
}

const struct report_format report_github = {
	.name = "github",
	.extension = "txt",
	.help = "annotations for GitHub Actions, most important first",
	.write = write_github,
};
