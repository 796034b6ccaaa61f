/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/progress.h"

#include "idp-sim/base/clk.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { HEARTBEAT_MS = 30000, BAR = 40, SHOWN = 2, DRAW_MS = 100, FULL = 98 /* columns */ };

struct progress {
	enum progress_kind kind;
	const struct results *head;
	struct results *now; /* what was found, for the lines of finished sections */
	bool colour;
	int drawn; /* lines below the scrolled ones */
	int width; /* of the terminal, when they were drawn */
	int64_t started_ms, beaten_ms, drawn_ms;
	bool *said; /* sections whose line stands */
};

struct progress *progress_new(enum progress_kind kind, const struct results *head, bool colour,
			      const char *title)
{
	struct progress *g = calloc(1, sizeof *g);

	g->kind = kind;
	g->head = head;
	g->colour = colour;
	g->started_ms = g->beaten_ms = clk_mono_ms();
	g->said = calloc(head->n_sections + 1, sizeof *g->said);
	g->now = calloc(1, sizeof *g->now);
	*g->now = *head;
	g->now->n = 0;
	if (kind == PROGRESS_LIVE) {
		struct terminal_options o = { .colour = colour, .title = title };

		terminal_head(head, &o, stdout);
		fflush(stdout);
	}
	return g;
}

void progress_free(struct progress *g)
{
	if (!g)
		return;
	free(g->said);
	free(g->now);
	free(g);
}

static void erase(struct progress *g)
{
	if (g->drawn)
		printf("\033[%dA\r\033[J", g->drawn);
	g->drawn = 0;
}

static const char *section_of(const struct item *it)
{
	return it->row ? it->suite->section : SECTION_SANITY;
}

struct tally {
	size_t planned, done, ok, failed, broken, other;
};

static struct tally tally(const struct progress *g, const struct pool *p, const char *section)
{
	const struct plan *plan = pool_asked(p)->plan;
	struct tally t = { 0 };

	for (size_t i = 0; i < plan->n; i++) {
		const struct result *r = pool_result(p, i);
		enum shade s;

		if (section ? strcmp(section_of(&plan->items[i]), section) != 0
			    : !plan->items[i].row)
			continue;
		t.planned++;
		if (!r)
			continue;
		t.done++;
		s = result_shade(g->head, r);
		t.ok += s == SHADE_OK;
		t.failed += s == SHADE_FAILED;
		t.broken += s == SHADE_BROKEN;
		t.other += s != SHADE_OK && s != SHADE_FAILED && s != SHADE_BROKEN;
	}
	return t;
}

static int terminal_width(void)
{
	struct winsize size = { 0 };

	return !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : FULL;
}

/* What is left of n columns on this terminal. */
static int fit(const struct progress *g, int n)
{
	int left = g->width < FULL ? n - (FULL - g->width) : n;

	return left > 0 ? left : 0;
}

static void draw_sections(struct progress *g, const struct pool *p)
{
	for (size_t i = 0; i < g->head->n_sections; i++) {
		const struct section *s = &g->head->sections[i];
		struct tally t = tally(g, p, s->name);
		char count[40];

		if (g->said[i] || !t.done)
			continue;
		snprintf(count, sizeof count, "%zu of %3zu", t.done, t.planned);
		printf("  ...     %-17.17s %-*.*s %13s\n", s->name, fit(g, 54), fit(g, 54),
		       s->title, count);
		g->drawn++;
	}
}

static void draw_bar(struct progress *g, const struct pool *p)
{
	struct tally t = tally(g, p, NULL);
	double took = (double)(clk_mono_ms() - g->started_ms) / 1000;
	size_t bar = (size_t)fit(g, BAR), full = t.planned ? t.done * bar / t.planned : bar;
	double left = t.done ? took * (double)(t.planned - t.done) / (double)t.done : 0;

	printf("\n[%.*s%*s]  %zu of %zu", (int)full,
	       "========================================", (int)(bar - full), "", t.done,
	       t.planned);
	printf("    %zu ok", t.ok);
	if (t.failed)
		printf("  %zu FAILED", t.failed);
	if (t.broken)
		printf("  %zu BROKEN", t.broken);
	printf("   %.1f s", took);
	if (t.done)
		printf(", about %.0f s left", left);
	printf("\n");
	g->drawn += 2;
}

static void draw_running(struct progress *g, const struct pool *p)
{
	struct running running[SHOWN];
	size_t n = pool_running(p, running, SHOWN);

	for (size_t i = 0; i < n; i++) {
		printf("  %-8s %-*.*s %7.1f s\n", i ? "" : "running", fit(g, 60), fit(g, 60),
		       pool_asked(p)->plan->items[running[i].index].id,
		       (double)running[i].for_ms / 1000);
		g->drawn++;
	}
}

/* Lines that wrapped could not be counted when they are erased: what is still too long is cut. */
static void draw(struct progress *g, const struct pool *p)
{
	erase(g);
	g->width = terminal_width();
	printf("\033[?7l");
	draw_sections(g, p);
	draw_bar(g, p);
	draw_running(g, p);
	printf("\033[?7h");
	fflush(stdout);
	g->drawn_ms = clk_mono_ms();
}

/* A section whose last result came: its line scrolls up and stays. */
static void say_section(struct progress *g, const struct pool *p, size_t s)
{
	const struct plan *plan = pool_asked(p)->plan;
	struct result *items = calloc(plan->n + 1, sizeof *items);

	g->now->items = items;
	g->now->n = 0;
	for (size_t i = 0; i < plan->n; i++) {
		if (pool_result(p, i))
			items[g->now->n++] = *pool_result(p, i);
	}
	erase(g);
	terminal_section(g->now, &g->head->sections[s], g->colour, stdout);
	g->said[s] = true;
	g->now->n = 0;
	g->now->items = NULL;
	free(items);
}

void progress_result(struct progress *g, const struct pool *p, size_t index)
{
	const char *section = section_of(&pool_asked(p)->plan->items[index]);

	if (g->kind != PROGRESS_LIVE)
		return;
	for (size_t i = 0; i < g->head->n_sections; i++) {
		struct tally t = tally(g, p, g->head->sections[i].name);

		if (!strcmp(g->head->sections[i].name, section) && t.done == t.planned)
			say_section(g, p, i);
	}
	if (clk_mono_ms() - g->drawn_ms > DRAW_MS)
		draw(g, p);
}

void progress_tick(struct progress *g, const struct pool *p)
{
	int64_t now = clk_mono_ms();

	if (g->kind == PROGRESS_LIVE) {
		draw(g, p);
	} else if (g->kind == PROGRESS_HEARTBEAT && now - g->beaten_ms >= HEARTBEAT_MS) {
		struct tally t = tally(g, p, NULL);

		fprintf(stderr, "... %zu of %zu, %zu ok, %zu failed, %zu broken after %lld s\n",
			t.done, t.planned, t.ok, t.failed, t.broken,
			(long long)(now - g->started_ms) / 1000);
		g->beaten_ms = now;
	}
}

void progress_end(struct progress *g, const struct pool *p)
{
	if (g->kind != PROGRESS_LIVE)
		return;
	erase(g);
	for (size_t i = 0; i < g->head->n_sections; i++) {
		if (!g->said[i] && tally(g, p, g->head->sections[i].name).done)
			say_section(g, p, i);
	}
	fflush(stdout);
}
