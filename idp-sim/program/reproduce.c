/* SPDX-License-Identifier: Apache-2.0 */
/* reproduce - one error of the table, live: what to set up, what to send, what comes back. */
#include "idp-sim/program/command.h"
#include "idp-sim/program/ctl.h"
#include "idp-sim/program/play.h"
#include "idp-sim/program/table.h"

#include <string.h>

static const char *only_provider;
static const struct flag flags[] = {
	{ "provider", FLAG_TEXT, &only_provider, "NAME|FILE", "look there only" },
	{ 0 },
};

/* Addresses of this process are of no use later: those of `idp-sim serve` are shown. */
static void print_lines(const char *text, const char *origin)
{
	AUTO_BUF usual = { 0 };
	size_t n = strlen(origin);

	buf_printf(&usual, "http://127.0.0.1:%d", DEFAULT_PORT);
	fputs("  ", stdout);
	for (const char *p = text; *p;) {
		if (!strncmp(p, origin, n)) {
			fputs(usual.p, stdout);
			p += n;
			continue;
		}
		putchar(*p);
		if (*p++ == '\n' && *p)
			fputs("  ", stdout);
	}
}

static void print_label(const char *label)
{
	printf("%s%s%s\n", ink(INK_DIM), label, ink(INK_PLAIN));
}

static void print_headers(const struct wire_answer *a)
{
	static const char *const shown[] = { "Content-Type", "WWW-Authenticate", "Location",
					     "Retry-After" };

	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		const char *value = wire_header(a, shown[i]);
		if (value)
			printf("  %s: %s\n", shown[i], value);
	}
}

static void print_outcome(const struct play *p, const struct outcome *o)
{
	const char *origin = idp_origin(p->idp);

	if (*o->notes) {
		print_label("set up (idp-sim serve has to run)");
		print_lines(o->notes, origin);
	}
	print_label(o->way == WAY_TROUBLE
			    ? "send (the error is armed: it has no cause of its own)"
			    : "send");
	print_lines(o->curl, origin);
	printf("\n%sanswer%s  HTTP %d\n", ink(INK_DIM), ink(INK_PLAIN), o->answer.status);
	print_headers(&o->answer);
	if (o->answer.body_len)
		printf("\n%s\n", o->answer.body);
}

static int play_one(struct idp *s, const struct provider *p, const struct oauth_error *e)
{
	__attribute__((cleanup(play_done))) struct play play = { 0 };
	struct outcome got = { 0 };
	struct err err = { 0 };

	play_init(&play, s, p);
	play.error = e;
	print_title(p, e);
	bool good = reproduce(&play, &got, &err);
	if (good)
		print_outcome(&play, &got);
	else
		complain(0, "%s", err.text);
	wire_answer_done(&got.answer);
	return good ? EXIT_FINE : EXIT_SAYS_NO;
}

static int run(int argc, char **argv)
{
	const char *const one[] = { only_provider, NULL };
	struct err err = { 0 };
	int code = EXIT_SAYS_NO;

	if (argc != 1)
		return complain(EXIT_USAGE,
				"reproduce takes one code: AADSTS70011, invalid_scope");
	struct idp *s = quiet_idp(only_provider ? one : NULL, NULL, &err);
	if (!s)
		return complain_err(&err);
	const struct found f = find_error(s->providers, s->n_providers, argv[0]);
	if (f.error)
		code = play_one(s, f.provider, f.error);
	else
		complain_unknown(argv[0]);
	idp_stop(s);
	return code;
}

const struct command command_reproduce = { "reproduce", "CODE",
					   "make an error happen, and show how", run, flags };
