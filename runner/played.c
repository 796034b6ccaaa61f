/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/played.h"

#include "idp-sim/base/clk.h"
#include "reports/report.h"
#include "runner/progress.h"
#include "runner/same-as.h"
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
	if (o->verb->bit == RUN && isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
	    !reports_take_stdout(o))
		return PROGRESS_LIVE;
	return PROGRESS_HEARTBEAT;
}

/* The terminal report, on standard error when a report has standard output. */
static bool say(const struct options *o, const struct results *rs, bool tail, int code,
		const char *written, struct err *err)
{
	bool aside = reports_take_stdout(o);
	FILE *out = aside ? stderr : stdout;
	struct terminal_options t = {
		.colour = colour_wanted(o, aside ? STDERR_FILENO : STDOUT_FILENO),
		.reports = written,
		.exit_code = code,
		.tail = tail,
	};

	if (!report_terminal(rs, &t, out, err))
		return false;
	return !fflush(out) || fail_errno(err, "cannot write to standard output");
}

int played_report(const struct options *o, const struct results *rs, bool live, int code)
{
	const char *written = NULL;
	struct err err = { 0 };

	if (!reports_write(o, rs, &written, &err)) {
		complain(&err);
		code = code == EXIT_OK ? EXIT_NO_TRY : code;
	}
	if (!say(o, rs, live, code, written, &err)) {
		complain(&err);
		code = code == EXIT_OK ? EXIT_NO_TRY : code;
	}
	return code;
}

static void play(struct played *p, bool gated, struct err *err)
{
	struct about_run about = session_about(&p->s);
	struct pool_options o = session_pool(&p->s, &p->plan);
	enum progress_kind kind = progress_kind(p->s.options);
	int64_t started_us = clk_mono_us();
	struct results *head;
	struct progress *progress;

	about.started_at = clk_now(NULL);
	about.gated = gated;
	head = record_make(&p->plan, NULL, &about);
	progress = progress_new(kind, head, colour_wanted(p->s.options, STDOUT_FILENO), NULL);
	o.on_result = on_result;
	o.on_tick = on_tick;
	o.ctx = progress;
	p->pool = pool_run(&o, err);
	about.took_us = clk_mono_us() - started_us;
	p->live = kind == PROGRESS_LIVE;
	if (p->pool) {
		progress_end(progress, p->pool);
		fputs(pool_complaints(p->pool), stderr);
		p->rs = record_make(&p->plan, p->pool, &about);
		same_as_tell(&p->s, &p->plan, p->rs);
		p->code = record_exit_code(p->rs, p->pool);
	} else {
		p->code = complain(err);
	}
	progress_free(progress);
	results_free(head);
}

void played_make(struct played *p, const struct options *o, bool gated)
{
	struct plan_for f;
	struct err err = { 0 };

	memset(p, 0, sizeof *p);
	if (!session_open(&p->s, o, &err)) {
		p->code = complain(&err);
		return;
	}
	f = session_plan_for(&p->s, true);
	if (!plan_make(&p->plan, &f, &err)) {
		p->code = complain(&err);
	} else if (!plan_rows(&p->plan)) {
		fprintf(stderr, "gauntlet: %s; gauntlet list names what there is\n",
			options_selection(o, p->s.arena));
		/* An empty shard has a report too, or the others could not be merged. */
		if (o->shards > 1)
			play(p, gated, &err);
		p->code = EXIT_NOTHING;
	} else if (!session_take_ports(&p->s, &err)) {
		p->code = complain(&err);
	} else {
		play(p, gated, &err);
	}
}

void played_done(struct played *p)
{
	results_free(p->rs);
	pool_free(p->pool);
	plan_done(&p->plan);
	session_close(&p->s);
}
