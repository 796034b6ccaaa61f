/* SPDX-License-Identifier: Apache-2.0 */
/* The person at the terminal: signs in where no program can, and waits. */
#include "idp-sim/program/record.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static bool move_clock(const struct seat *s, int64_t seconds, struct err *err)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	AUTO_ANSWER answer = { 0 };
	AUTO_BUF url = { 0 };
	AUTO_BUF body = { 0 };

	buf_printf(&url, "%s/_sim/clock/advance", s->control);
	buf_printf(&body, "{\"seconds\":%lld}", (long long)seconds);
	if (!wire_request("POST", url.p, headers, body.p, body.n, NULL, &answer, err))
		return false;
	return answer.status == 200 ||
	       fail(err, ERR_INPUT, "%s answered %d", url.p, answer.status);
}

static bool wait_here(void *ctx, int64_t seconds, struct err *err)
{
	const struct seat *s = ctx;

	if (s->control)
		return move_clock(s, seconds, err);
	if (seconds > s->patience)
		return fail(err, ERR_INPUT, "takes %lld s: --wait %lld", (long long)seconds,
			    (long long)seconds);
	fprintf(stderr, "  waiting %lld s\n", (long long)seconds);
	poll(NULL, 0, (int)(seconds * 1000));
	return true;
}

/* A line that the person typed, in the journey's arena; NULL at the end of the input. */
static const char *read_line(struct journey *j)
{
	AUTO(char) char *line = NULL;
	size_t cap = 0;
	long n = getline(&line, &cap, stdin);

	if (n < 0)
		return NULL;
	return arena_dup(j->arena, line, strcspn(line, "\r\n"));
}

static bool ask_person(void *ctx, struct journey *j, const char *url, bool refuses,
		       struct err *err)
{
	const struct seat *s = ctx;
	bool comes_back = strstr(url, "redirect_uri=") != NULL;
	const char *code = conf_str(j->bound, "user_code", NULL);

	if (s->walks)
		return journey_browse(j, url, refuses, err);
	if (s->absent)
		return fail(err, ERR_INPUT, "needs a person at the browser");
	fprintf(stderr, "  Open %s\n", url);
	if (code && !comes_back)
		fprintf(stderr, "  The code is %s\n", code);
	fprintf(stderr, "  Sign in%s and %s.\n  %s: ", comes_back ? "" : " (a new window)",
		refuses ? "REFUSE what is asked" : "accept what is asked",
		comes_back ? "Paste the address where the browser ended" : "Then press Enter");
	const char *line = read_line(j);
	if (!line)
		return fail(err, ERR_INPUT, "needs a person at the browser");
	if (comes_back)
		journey_bind_location(j, line);
	return true;
}

struct person seat_person(struct seat *s)
{
	return (struct person) { .wait = wait_here, .browse = ask_person, .ctx = s };
}
