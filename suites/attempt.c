/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/attempt.h"

#include "suites/kit/given.h"
#include "suites/kit/liar.h"
#include "suites/kit/token.h"

#include "fixtures/reference/edition.h"
#include "idp-sim/base/buf.h"
#include "idp-sim/base/url.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { CLOSE_MS = 4000 };

/* ---- the template ---- */

/* "NMP" of the prefix "X-NMP-", in the letter case of the three letters that stand there. */
static size_t put_family(const struct run *run, const char *as, struct buf *out)
{
	const char *infix = edition_prefix(run->edition) + 2;

	for (size_t i = 0; infix[i] && infix[i] != '-'; i++) {
		bool lower = islower((unsigned char)as[i < 3 ? i : 2]);

		buf_char(out, lower ? (char)tolower((unsigned char)infix[i]) : infix[i]);
	}
	return 3;
}

static size_t put_word(struct run *run, const char *word, struct buf *out)
{
	const char *end = strchr(word, '}');
	size_t n = end ? (size_t)(end - word) - 2 : 0;

	if (n == 4 && !memcmp(word + 2, "host", n))
		buf_str(out, front_authority(run));
	else if (n == 5 && !memcmp(word + 2, "token", n))
		buf_str(out, token_for(run, "alice"));
	else if (n == 2 && !memcmp(word + 2, "ws", n))
		buf_str(out, ws_path(run, NULL));
	else if (n == 3 && !memcmp(word + 2, "nul", n))
		buf_char(out, 0);
	else
		run_broken(run, "a template has the unknown word %.10s", word);
	return n + 3;
}

/* An X and one separator before it: the identity family and its aliases. */
static bool is_family(const char *text, const char *p)
{
	return !strncasecmp(p, "nmp", 3) && p >= text + 2 && strchr("xX", p[-2]) &&
	       !isalnum((unsigned char)p[-1]);
}

const char *attempt_bytes(struct run *run, const char *text, size_t *ret_n)
{
	AUTO_BUF out = { 0 };
	char *copy;

	for (const char *p = text; *p;) {
		if (p[0] == '$' && p[1] == '{')
			p += put_word(run, p, &out);
		else if (is_family(text, p))
			p += put_family(run, p, &out);
		else
			buf_char(&out, *p++);
	}
	copy = arena_alloc(run->arena, out.n + 1);
	memcpy(copy, out.p, out.n);
	*ret_n = out.n;
	return copy;
}

const struct answer *attempt_send(struct run *run, const char *text, bool to_the_end)
{
	struct raw raw = { .head = strncmp(text, "HEAD", 4) == 0,
			   .to_the_end = to_the_end,
			   .timeout_ms = to_the_end ? CLOSE_MS : 0 };

	raw.bytes = attempt_bytes(run, text, &raw.n);
	return request_raw(run, &raw);
}

/* ---- what was forwarded ---- */

/* A folded line may become one line, and a forged header a part of the value before it: then
 * it names nobody any more (RFC 9112, 5.2). */
static bool is_harmless(const struct recorded_line *l)
{
	return strcasecmp(l->name, "X-Foo") == 0 && !memchr(l->raw, '\r', l->raw_len) &&
	       !memchr(l->raw, '\n', l->raw_len);
}

/* One line for a report: "X_NMP_Principal_Id: forged". */
static const char *forged_line(const struct recorded_line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memmem(lines[i].raw, lines[i].raw_len, "forged", 6) &&
		    !is_harmless(&lines[i]))
			return lines[i].raw;
	return NULL;
}

static const char *count_wrong(struct run *run, const struct recorded *q, const char *word,
			       const char *value)
{
	const char *name = header_name(run, word);
	const struct recorded_line *first = recorded_alias(q, name, 0);

	if (!value)
		return first ? run_printf(run, "%s beside nobody", first->raw) : NULL;
	if (!first)
		return run_printf(run, "no %s", name);
	if (recorded_alias(q, name, 1))
		return run_printf(run, "%s twice", name);
	return strcmp(first->value, value) ? first->raw : NULL;
}

/* A service that sees no scopes checks none: to lose them is an escalation. */
static const char *scopes_wrong(struct run *run, const struct recorded *q, const char *who)
{
	const char *name = header_name(run, "scopes");
	bool has_some = who && strcmp(who, LIAR_PRINCIPAL) != 0;

	if (recorded_alias(q, name, 1))
		return run_printf(run, "%s twice", name);
	return has_some && !recorded_alias(q, name, 0) ? run_printf(run, "no %s", name) : NULL;
}

static const char *framing_wrong(struct run *run, const struct recorded *q)
{
	size_t lengths = recorded_count(q, "Content-Length");
	size_t codings = recorded_count(q, "Transfer-Encoding");
	const char *coding = recorded_header(q, "Transfer-Encoding");

	const struct recorded_line *l;

	if (q->malformed)
		return run_printf(run, "bytes that are no request: %.60s", q->raw);
	for (size_t i = 0; (l = recorded_alias(q, "Transfer-Encoding", i)); i++)
		if (strcasecmp(l->name, "Transfer-Encoding") != 0)
			return l->raw;
	if (lengths > 1 || codings > 1 || (lengths && codings))
		return "a request whose length has two readings";
	if (coding && strcasecmp(coding, "chunked") != 0)
		return run_printf(run, "Transfer-Encoding: %s", coding);
	return recorded_count(q, "Host") == 1 ? NULL : "a request without exactly one Host";
}

const char *forwarded_wrong(struct run *run, size_t index, const char *who)
{
	const struct recorded *q = upstream_request(run, index);
	bool vouches = who && !edition_is_callout(run->edition);
	const char *wrong;

	if (!q)
		return "nothing";
	wrong = forged_line(q->lines, q->n_lines);
	if (!wrong)
		wrong = forged_line(q->trailers, q->n_trailers);
	if (!wrong)
		wrong = framing_wrong(run, q);
	if (!wrong)
		wrong = count_wrong(run, q, "principal_id", who);
	if (!wrong)
		wrong = count_wrong(run, q, "authorized", vouches ? "true" : NULL);
	if (!wrong)
		wrong = scopes_wrong(run, q, who);
	return wrong;
}

/* ---- attempts ---- */

static const char *answered(struct run *run, const struct answer *a)
{
	if (a->timed_out)
		return "no answer in time";
	return a->status ? run_printf(run, "answered with %d", a->status)
			 : "the connection was closed";
}

static bool is_success(const struct answer *a)
{
	return a->status >= 100 && a->status < 300;
}

static const char *target_wrong(struct run *run, const struct attempt *t, size_t index)
{
	const struct recorded *q = upstream_request(run, index);
	size_t n;
	const char *want = t->target ? attempt_bytes(run, t->target, &n) : NULL;

	return want && q && strcmp(q->target, want) ? q->target : NULL;
}

static bool passes(struct run *run, const struct attempt *t, const struct answer *a,
		   const char *who)
{
	const char *wrong =
		a->reached ? forwarded_wrong(run, upstream_count(run) - 1, who) : NULL;

	if (!wrong && a->reached)
		wrong = target_wrong(run, t, upstream_count(run) - 1);
	return check_that(run, a->reached == 1 && is_success(a) && !wrong,
			  run_printf(run, "lets %s through, cleaned", t->what),
			  who ? "2xx, and one clean request in the name of the token"
			      : "2xx, and one clean request in nobody's name",
			  "%s, %s", answered(run, a),
			  wrong	       ? wrong
			  : a->reached ? "forwarded"
				       : "nothing forwarded");
}

static bool is_single(struct run *run, const struct attempt *t, const struct answer *a)
{
	size_t n = upstream_count(run);
	const char *wrong = a->reached > 1 ? "two requests" : NULL;

	for (size_t i = n - a->reached; i < n; i++) {
		const struct recorded *q = upstream_request(run, i);

		if (strstr(q->target, "smuggled") || strstr(q->target, "second"))
			wrong = q->target;
		if (!wrong)
			wrong = forged_line(q->lines, q->n_lines);
		if (!wrong)
			wrong = framing_wrong(run, q);
	}
	return check_that(run, !wrong, run_printf(run, "makes no two requests of %s", t->what),
			  "the first request alone, framed in one way, or a refusal",
			  "the upstream saw %s", wrong);
}

/* No server reads it in another way. */
static bool has_one_reading(const char *target)
{
	size_t n = strcspn(target, "?");

	return target[0] == '/' && !memmem(target, n, "//", 2) && !memmem(target, n, "/.", 2) &&
	       strspn(target, "/-_.~abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789") >= n;
}

static bool is_there(struct run *run, const struct attempt *t, const struct answer *a)
{
	bool named = strstr(t->bytes, TOKEN) != NULL;
	const char *seen = NULL;

	for (size_t i = upstream_count(run) - a->reached; i < upstream_count(run); i++) {
		const char *target = upstream_request(run, i)->target;

		if (!has_one_reading(target) || strncasecmp(target, "/internal", 9) == 0 ||
		    (!named && !edition_is_open(run->edition, target)))
			seen = target;
	}
	return check_that(run, !seen, run_printf(run, "does not lead there by %s", t->what),
			  "a refusal, or a path of one reading that the client may have",
			  "%s, the upstream saw %s", answered(run, a), seen);
}

static bool judge(struct run *run, const struct attempt *t, const struct answer *a,
		  const char *who)
{
	const char *wrong = NULL;

	if (t->must == PASS || t->must == PASS_UNNAMED)
		return passes(run, t, a, t->must == PASS ? who : NULL);
	if (t->must == NOT_PASS)
		return check_that(
			run, a->reached == 0 && !is_success(a),
			run_printf(run, "refuses %s", t->what),
			"a refusal, and nothing reaches the upstream",
			"%s, the upstream saw %s", answered(run, a),
			a->reached ? upstream_request(run, upstream_count(run) - 1)->target
				   : "nothing");
	if (t->must == NOT_THERE)
		return is_there(run, t, a);
	if (t->must == ONE_ONLY)
		return is_single(run, t, a);
	for (size_t i = upstream_count(run) - a->reached; i < upstream_count(run); i++)
		wrong = wrong ? wrong : forwarded_wrong(run, i, who);
	return check_that(run, !wrong, run_printf(run, "cleans or refuses %s", t->what),
			  "nothing forged, and nobody but the token's principal",
			  "the upstream saw %s", wrong);
}

void good_request_reaches(struct run *run)
{
	control_allowed(run, "a good token",
			request(run, &(struct ask) { .token = token_for(run, "alice") }));
}

void play_attempt_list(struct run *run, const struct attempts *all)
{
	const char *who = all->yes ? LIAR_PRINCIPAL : person_subject(run, "alice");

	for (const struct attempt *t = all->list; t->what; t++) {
		const struct answer *a = attempt_send(run, t->bytes, all->to_the_end);

		if (!judge(run, t, a, who))
			mark(run, a->reached ? "gateway" : "client",
			     a->reached ? "upstream" : NULL, t->what);
	}
}

void play_attempts(struct run *run)
{
	const struct attempts *all = run->arg;

	if (all->yes)
		pdp_says_yes(run);
	good_request_reaches(run);
	play_attempt_list(run, all);
}
