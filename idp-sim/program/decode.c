/* SPDX-License-Identifier: Apache-2.0 */
/* decode - a token in plain sight: header, claims, times in words. */
#include "idp-sim/base/arena.h"
#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/jwt.h"
#include "idp-sim/program/command.h"

#include <string.h>
#include <strings.h>

enum { TOKEN_LIMIT = 1 << 20 };

static bool plain;
static const struct flag flags[] = {
	{ "json", FLAG_SWITCH, &plain, NULL,
	  "{\"header\": ..., \"claims\": ...} and nothing else" },
	{ 0 },
};

static void read_stdin(struct buf *out)
{
	char part[4096];
	size_t n;

	while ((n = fread(part, 1, sizeof(part), stdin)) && out->n < TOKEN_LIMIT)
		buf_add(out, part, n);
}

/* "2 h ago", "in 59 min" */
static void put_distance(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t unit;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	int64_t n = seconds < 0 ? -seconds : seconds;
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(units) && n < 2 * units[i].unit)
		i++;
	buf_printf(out, seconds < 0 ? "%lld %s ago" : "in %lld %s",
		   (long long)(n / units[i].unit), units[i].name);
}

static void print_times(const json_t *claims)
{
	static const struct {
		const char *claim, *label;
	} times[] = { { "iat", "issued" },
		      { "auth_time", "signed in" },
		      { "nbf", "from" },
		      { "exp", "expires" } };

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		const json_t *v = json_object_get(claims, times[i].claim);
		AUTO_BUF distance = { 0 };
		char iso[32];
		if (!json_is_integer(v))
			continue;
		clk_iso(json_integer_value(v), iso);
		put_distance(&distance, json_integer_value(v) - clk_now(NULL));
		printf("%s%-10s%s%s  %s\n", ink(INK_DIM), times[i].label, ink(INK_PLAIN), iso,
		       distance.p);
	}
}

static void print_part(const char *label, const json_t *o)
{
	AUTO(char) char *text = json_dumps(o, JSON_INDENT(2));

	printf("%s%s%s %s\n", ink(INK_DIM), label, ink(INK_PLAIN), text);
}

static int show(const char *token)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO_JWT t = { 0 };

	if (!jwt_read(a, token, strlen(token), &t))
		return complain(
			EXIT_SAYS_NO,
			"this is no JSON Web Token: three parts of base64url, the first two "
			"JSON objects%s",
			strlen(token) && !strchr(token, '.') ? "; perhaps it is opaque" : "");
	if (plain) {
		AUTO(json_t)
		json_t *o =
			json_pack("{s:O, s:O}", "header", t.header_json, "claims", t.claims);
		AUTO(char) char *text = json_dumps(o, JSON_INDENT(2));
		printf("%s\n", text);
		return EXIT_FINE;
	}
	print_part("header", t.header_json);
	print_part("claims", t.claims);
	print_times(t.claims);
	printf("%ssignature%s not checked here\n", ink(INK_DIM), ink(INK_PLAIN));
	return EXIT_FINE;
}

static int run(int argc, char **argv)
{
	AUTO_BUF in = { 0 };

	if (argc > 1)
		return complain(EXIT_USAGE, "decode takes one token, or reads it from stdin");
	if (argc)
		buf_str(&in, argv[0]);
	else
		read_stdin(&in);
	char *text = in.p ? in.p : (char[]) { "" };
	text += strspn(text, " \t\r\n");
	if (!strncasecmp(text, "Bearer ", 7))
		text += 7;
	text[strcspn(text, " \t\r\n")] = 0;
	return show(text);
}

const struct command command_decode = { "decode", "[TOKEN]", "show what a token says", run,
					flags };
