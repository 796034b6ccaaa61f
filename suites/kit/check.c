/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/check.h"

#include "suites/kit/lab.h"
#include "suites/kit/transcript.h"

#include "idp-sim/base/buf.h"

#include <stdarg.h>
#include <string.h>

enum { GOT_LIMIT = 400 };

/* One line, no secrets, not endless. */
static char *one_line(struct run *run, const char *text)
{
	char *s = text_shown(run->lab, run->arena, text, strlen(text));
	size_t n = strlen(s);

	for (char *p = s; *p; p++)
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	while (n && s[n - 1] == ' ')
		s[--n] = '\0';
	if (n > GOT_LIMIT) {
		s[GOT_LIMIT] = '\0';
		return arena_printf(run->arena, "%s...", s);
	}
	return s;
}

static bool record(struct run *run, const struct check *c)
{
	struct result *r = run->result;

	if (run->broken)
		return c->held;
	if (r->n_checks == run->cap_checks) {
		size_t cap = run->cap_checks ? 2 * run->cap_checks : 16;
		struct check *more = arena_alloc(run->arena, cap * sizeof(*more));

		if (r->n_checks)
			memcpy(more, r->checks, r->n_checks * sizeof(*more));
		r->checks = more;
		run->cap_checks = cap;
	}
	r->checks[r->n_checks++] = *c;
	return c->held;
}

static bool record_va(struct run *run, struct check c, const char *want, const char *got,
		      va_list ap)
{
	struct buf text = { 0 };

	c.what = arena_str(run->arena, c.what);
	c.guard = run->guard;
	if (!c.held) {
		buf_vprintf(&text, got, ap);
		c.want = one_line(run, want ? want : c.what);
		c.got = one_line(run, text.p ? text.p : "");
		buf_done(&text);
		if (!c.control && !run->broken && !run->skipped && !run->failed_us)
			run->failed_us = hops_now(run->lab);
	}
	return record(run, &c);
}

bool check_that(struct run *run, bool held, const char *what, const char *want, const char *got,
		...)
{
	struct check c = { .what = what, .held = held };
	va_list ap;

	va_start(ap, got);
	record_va(run, c, want, got, ap);
	va_end(ap);
	return held;
}

bool control_that(struct run *run, bool held, const char *what, const char *got, ...)
{
	struct check c = { .what = what, .held = held, .control = true };
	va_list ap;

	va_start(ap, got);
	record_va(run, c, NULL, got, ap);
	va_end(ap);
	return held;
}

void guards(struct run *run, const char *reason)
{
	run->guard = reason;
}

void measured(struct run *run, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	run->result->measured = arena_str(run->arena, text);
}

/* Is the number one of the blank-separated ones? */
static bool among(int status, const char *statuses)
{
	char word[16];
	const char *p = statuses;
	size_t n = (size_t)snprintf(word, sizeof(word), "%d", status);

	for (; (p = strstr(p, word)); p += n)
		if ((p == statuses || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
	return false;
}

static const char *status_got(struct run *run, const struct answer *a)
{
	if (a->timed_out)
		return "no answer in time";
	if (!a->status)
		return "the connection was closed without an answer";
	return run_printf(run, "%d%s%s", a->status, *a->body ? " " : "", a->body);
}

static char *either(struct run *run, const char *statuses)
{
	char *s = run_printf(run, "%s", statuses), *p;
	struct buf b = { 0 };
	char *text;

	for (p = strtok_r(s, " ", &s); p; p = strtok_r(NULL, " ", &s))
		buf_printf(&b, "%s%s", b.n ? " or " : "", p);
	text = arena_str(run->arena, b.p ? b.p : "");
	buf_done(&b);
	return text;
}

bool check_status(struct run *run, const char *what, const struct answer *a,
		  const char *statuses)
{
	return check_that(run, among(a->status, statuses), what,
			  run_printf(run, "status %s", either(run, statuses)), "%s",
			  status_got(run, a));
}

bool control_status(struct run *run, const char *what, const struct answer *a,
		    const char *statuses)
{
	return control_that(run, among(a->status, statuses), what, "%s", status_got(run, a));
}

static bool holds_one(const char *text, const char *words, char *ret_word, size_t cap)
{
	const char *p = words;

	while (*p) {
		size_t n = strcspn(p, "|");

		if (n && memmem(text, strlen(text), p, n)) {
			snprintf(ret_word, cap, "%.*s", (int)n, p);
			return true;
		}
		p += n + (p[n] == '|');
	}
	return false;
}

static char *quoted(struct run *run, const char *words)
{
	struct buf b = { 0 };
	char *text;

	for (const char *p = words; *p;) {
		size_t n = strcspn(p, "|");

		buf_printf(&b, "%s\"%.*s\"", b.n ? " or " : "", (int)n, p);
		p += n + (p[n] == '|');
	}
	text = arena_str(run->arena, b.p ? b.p : "");
	buf_done(&b);
	return text;
}

bool check_contains(struct run *run, const char *what, const char *text, const char *words)
{
	char word[200];

	return check_that(run, holds_one(text, words, word, sizeof(word)), what,
			  run_printf(run, "contains %s", quoted(run, words)), "\"%s\"", text);
}

bool check_lacks(struct run *run, const char *what, const char *text, const char *words)
{
	char word[200] = "";
	bool held = !holds_one(text, words, word, sizeof(word));

	return check_that(run, held, what, run_printf(run, "no %s", quoted(run, words)),
			  "contains \"%s\"", word);
}

bool check_keeps(struct run *run, const char *what, const char *text, const char *secret)
{
	bool held = !text || !secret || !*secret || !strstr(text, secret);

	return check_that(run, held, what, "it is not there", "it is %s",
			  held ? "not there" : "there");
}

bool check_equal(struct run *run, const char *what, const char *got, const char *want)
{
	bool held = got && strcmp(got, want) == 0;

	return check_that(run, held, what, run_printf(run, "\"%s\"", want),
			  got ? "\"%s\"" : "%s", got ? got : "nothing");
}

bool check_count(struct run *run, const char *what, size_t got, size_t want)
{
	return check_that(run, got == want, what, run_printf(run, "%zu", want), "%zu", got);
}

/* ---- front door ---- */

/* The answer itself, or the request that should not have gone on to the upstream. */
static void mark_answer(struct run *run, const struct answer *a, bool forwarded,
			const char *remark)
{
	bool first = !run->mark_from;

	if (forwarded)
		mark(run, "gateway", "upstream", remark);
	else
		mark(run, a->by ? a->by : "client", NULL, remark);
	if (first && a->by)
		run->mark_us = a->came_us;
}

bool check_refused(struct run *run, const char *who, const struct answer *a,
		   const char *statuses)
{
	bool forwarded = run->surface == GATEWAY && a->reached > 0;
	bool held = check_that(
		run, among(a->status, statuses) && !forwarded,
		run_printf(run, "refuses %s", who),
		run_printf(run, "status %s%s", either(run, statuses),
			   run->surface == GATEWAY ? ", and nothing reaches the upstream" : ""),
		"%s%s", status_got(run, a), forwarded ? ", and it was forwarded" : "");

	if (!held)
		mark_answer(run, a, forwarded, run_printf(run, "%s must be refused", who));
	return held;
}

static bool let_through(const struct run *run, const struct answer *a)
{
	return a->status >= 200 && a->status < 300 &&
	       (run->surface != GATEWAY || a->reached > 0);
}

bool check_allowed(struct run *run, const char *who, const struct answer *a)
{
	bool held = check_that(
		run, let_through(run, a), run_printf(run, "lets %s through", who),
		run->surface == GATEWAY ? "2xx, and the request reaches the upstream"
					: "status 2xx",
		"%s%s", status_got(run, a),
		run->surface == GATEWAY && !a->reached ? ", nothing reached the upstream" : "");

	if (!held)
		mark_answer(run, a, false, run_printf(run, "%s must be let through", who));
	return held;
}

bool control_allowed(struct run *run, const char *who, const struct answer *a)
{
	return control_that(
		run, let_through(run, a), run_printf(run, "lets %s through", who), "%s%s",
		status_got(run, a),
		run->surface == GATEWAY && !a->reached ? ", nothing reached the upstream" : "");
}

/* ---- CLI door ---- */

static const char *ran_got(struct run *run, const struct ran *r)
{
	const char *last = r->err_len ? r->err : r->out;

	if (r->not_started)
		return run_printf(run, "could not be started: %s", r->err);
	if (r->timed_out)
		return run_printf(run, "did not end in %d s; %s", (int)(r->took_us / 1000000),
				  last);
	if (r->flooded)
		return "wrote more than 1 MiB";
	if (r->signal)
		return run_printf(run, "killed by signal %d; %s", r->signal, last);
	return run_printf(run, "exit status %d; %s", r->exit_code, last);
}

bool check_succeeds(struct run *run, const char *what, const struct ran *r)
{
	bool held = check_that(run, r->exit_code == 0, what, "exit status 0", "%s",
			       ran_got(run, r));

	if (!held)
		mark(run, "cli", "person", "must succeed");
	return held;
}

bool check_fails(struct run *run, const char *what, const struct ran *r)
{
	bool held = check_that(run, r->exit_code > 0, what,
			       "an exit status that is not 0, in time", "%s", ran_got(run, r));

	if (!held)
		mark(run, "cli", "person", "must end with an error");
	return held;
}

bool control_succeeds(struct run *run, const char *what, const struct ran *r)
{
	return control_that(run, r->exit_code == 0, what, "%s", ran_got(run, r));
}

/* ---- decision door ---- */

bool check_decision(struct run *run, const char *what, const struct decision *d, bool allowed)
{
	const char *got = !d->answered ? run_printf(run, "no decision (status %d)", d->status)
			  : d->allowed ? "allowed"
				       : "denied";
	bool held = check_that(
		run, d->answered ? d->allowed == allowed : !allowed && d->status >= 400, what,
		allowed ? "allowed" : "denied", "%s", got);

	if (!held)
		mark(run, "pdp", NULL, allowed ? "must be allowed" : "must be denied");
	return held;
}

bool control_decision(struct run *run, const char *what, const struct decision *d, bool allowed)
{
	return control_that(run, d->answered && d->allowed == allowed, what, "%s",
			    d->answered ? d->allowed ? "allowed" : "denied" : "no decision");
}

void mark(struct run *run, const char *from, const char *to, const char *remark)
{
	if (run->mark_from)
		return;
	run->mark_us = hops_now(run->lab);
	run->mark_from = arena_str(run->arena, from);
	run->mark_to = arena_str(run->arena, to);
	run->mark_remark = text_shown(run->lab, run->arena, remark, strlen(remark));
}
