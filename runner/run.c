/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - `gauntlet run`: plan, play, report, say how it ended. */
#include "idp-sim/base/clk.h"
#include "reports/report.h"
#include "runner/progress.h"
#include "runner/session.h"
#include "runner/verbs.h"

#include <string.h>

static void on_result(void *ctx, const struct pool *p, size_t index)
{
	progress_result(ctx, p, index);
}

static void on_tick(void *ctx, const struct pool *p)
{
	progress_tick(ctx, p);
}

static enum progress_kind progress_kind(const struct options *o)
{
	const char *term = getenv("TERM");

	if (o->quiet)
		return PROGRESS_NONE;
	if (isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
	    !reports_take_stdout(o))
		return PROGRESS_LIVE;
	return PROGRESS_HEARTBEAT;
}

/* The terminal report, on standard error when a report has standard output. */
static bool say(const struct session *s, const struct results *rs, bool tail, int code,
		const char *written, struct err *err)
{
	bool aside = reports_take_stdout(s->options);
	FILE *out = aside ? stderr : stdout;
	struct terminal_options o = {
		.colour = colour_wanted(s->options, aside ? STDERR_FILENO : STDOUT_FILENO),
		.reports = written,
		.exit_code = code,
		.tail = tail,
	};

	if (!report_terminal(rs, &o, out, err))
		return false;
	return !fflush(out) || fail_errno(err, "cannot write to standard output");
}

static int finish(const struct session *s, const struct plan *plan, const struct pool *pool,
		  const struct about_run *about, bool live)
{
	struct results *rs = record_make(plan, pool, about);
	int code = record_exit_code(rs, pool);
	const char *written = NULL;
	struct err err = { 0 };

	if (*pool_complaints(pool))
		fprintf(stderr, "gauntlet: %s", pool_complaints(pool));
	if (!reports_write(s->options, rs, &written, &err)) {
		complain(&err);
		code = code == EXIT_OK ? EXIT_NO_TRY : code;
	}
	if (!say(s, rs, live, code, written, &err)) {
		complain(&err);
		code = code == EXIT_OK ? EXIT_NO_TRY : code;
	}
	results_free(rs);
	return code;
}

static int play(const struct session *s, const struct plan *plan, struct err *err)
{
	struct about_run about = session_about(s);
	struct pool_options o = session_pool(s, plan);
	enum progress_kind kind = progress_kind(s->options);
	int64_t started_us = clk_mono_us();
	struct results *head;
	struct progress *progress;
	struct pool *pool;
	int code;

	about.started_at = clk_now(NULL);
	head = record_make(plan, NULL, &about);
	progress = progress_new(kind, head, colour_wanted(s->options, STDOUT_FILENO), NULL);
	o.on_result = on_result;
	o.on_tick = on_tick;
	o.ctx = progress;
	pool = pool_run(&o, err);
	if (pool)
		progress_end(progress, pool);
	about.took_us = clk_mono_us() - started_us;
	code = pool ? finish(s, plan, pool, &about, kind == PROGRESS_LIVE) : complain(err);
	progress_free(progress);
	results_free(head);
	pool_free(pool);
	return code;
}

int verb_run(const struct options *o)
{
	struct session s = { 0 };
	struct plan plan = { 0 };
	struct plan_for f;
	struct err err = { 0 };
	int code;

	if (o->list)
		return verb_list(o);
	if (!session_open(&s, o, &err)) {
		code = complain(&err);
	} else {
		f = session_plan_for(&s, true);
		if (!plan_make(&plan, &f, &err)) {
			code = complain(&err);
		} else if (!plan_rows(&plan)) {
			fprintf(stderr, "gauntlet: nothing was selected\n");
			code = EXIT_NOTHING;
		} else {
			code = play(&s, &plan, &err);
		}
	}
	plan_done(&plan);
	session_close(&s);
	return code;
}
