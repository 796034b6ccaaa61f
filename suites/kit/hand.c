/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/hand.h"

#include "suites/kit/lab.h"

#include "idp-sim/base/buf.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

enum { LONGEST_RAW = 6000 };

static bool wanted(const struct run *run)
{
	return run->lab->o.by_hand && !run->broken;
}

static void step(struct run *run, const char *line)
{
	hops_add(run->lab, HAND, "shell", false, line, NULL);
}

void hand_note(struct run *run, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	if (!wanted(run))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	step(run, run_printf(run, "# %s", text));
}

/* ---- words of a shell ---- */

static void quote(struct buf *b, const char *text)
{
	buf_char(b, '\'');
	for (; *text; text++)
		if (*text == '\'')
			buf_str(b, "'\\''");
		else
			buf_char(b, *text);
	buf_char(b, '\'');
}

static const char *dumped(struct run *run, const json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT | JSON_ENCODE_ANY);
	char *copy = run_printf(run, "%s", text ? text : "{}");

	free(text);
	return copy;
}

/* ---- tokens ---- */

static bool is_default(const char *name, const json_t *value)
{
	return json_is_null(value) || (json_is_object(value) && !json_object_size(value)) ||
	       (!strcmp(name, "age") && !json_integer_value(value));
}

static const char *mint_line(struct run *run, const json_t *spec, size_t number)
{
	AUTO_BUF b = { 0 };
	const char *name;
	json_t *value;

	buf_printf(&b, "T%zu=$(idp-sim ctl mint", number);
	json_object_foreach((json_t *)(uintptr_t)spec, name, value) {
		if (is_default(name, value))
			continue;
		buf_printf(&b, " --%s ", name);
		if (json_is_integer(value)) /* of seconds */
			buf_printf(&b, "%llds", (long long)json_integer_value(value));
		else
			quote(&b, json_is_string(value) ? json_string_value(value)
							: dumped(run, value));
	}
	buf_char(&b, ')');
	return arena_str(run->arena, b.p);
}

static void keep_token(struct run *run, const json_t *spec, const json_t *answer)
{
	struct hand_token *t = &run->hand[run->n_hand];
	const char *token = json_string_value(json_object_get(answer, "token"));

	if (!token || run->n_hand == ARRAY_LEN(run->hand))
		return;
	*t = (struct hand_token) { .token = run_printf(run, "%s", token),
				   .spec = dumped(run, spec),
				   .number = run->n_hand + 1 };
	for (size_t i = run->n_hand; i-- > 0 && !run->hand[i].stale;)
		if (!strcmp(run->hand[i].spec, t->spec))
			t->number = run->hand[i].number;
	t->line = mint_line(run, spec, t->number);
	run->n_hand++;
}

/* What was made before this call is no longer what the same line makes. */
static void outdate_tokens(struct run *run)
{
	for (size_t i = 0; i < run->n_hand; i++)
		run->hand[i].stale = true;
}

/* Says how it is made, the first time. */
static void make_token(struct run *run, const struct hand_token *t)
{
	struct hand_token *first = &run->hand[t->number - 1];

	if (!first->said)
		step(run, t->line);
	first->said = true;
}

/* The token of ours at p. */
static struct hand_token *token_at(struct run *run, const char *p, size_t left)
{
	struct hand_token *found = NULL;

	for (size_t i = 0; i < run->n_hand; i++) {
		struct hand_token *t = &run->hand[i];
		size_t n = strlen(t->token);

		if (n <= left && !memcmp(p, t->token, n) &&
		    (!found || n > strlen(found->token)))
			found = t;
	}
	if (found)
		make_token(run, found);
	return found;
}

static void add_byte(struct buf *b, unsigned char c, bool escapes)
{
	static const char *const special = "\"$`\\";

	if (escapes && c == '\\')
		buf_str(b, "\\\\\\\\");
	else if (escapes && c == '%')
		buf_str(b, "%%");
	else if (escapes && c == '\r')
		buf_str(b, "\\r");
	else if (escapes && c == '\n')
		buf_str(b, "\\n");
	else if (escapes && !isprint(c))
		buf_printf(b, "\\%03o", c);
	else if (c && strchr(special, c))
		buf_printf(b, "\\%c", c);
	else
		buf_char(b, (char)c);
}

/* Between double quotes, with variables for tokens and for the front door's authority;
 * escapes: as printf takes it. */
static void quote_filled(struct run *run, struct buf *b, const char *p, size_t n, bool escapes)
{
	const char *door = escapes ? front_authority(run) : "\n";
	size_t door_n = strlen(door);

	buf_char(b, '"');
	for (size_t i = 0; i < n;) {
		struct hand_token *t = token_at(run, p + i, n - i);

		if (t) {
			buf_printf(b, "${T%zu}", t->number);
			i += strlen(t->token);
		} else if (door_n <= n - i && !memcmp(p + i, door, door_n)) {
			buf_str(b, "${AT#*//}");
			i += door_n;
		} else {
			add_byte(b, (unsigned char)p[i++], escapes);
		}
	}
	buf_char(b, '"');
}

/* ---- steps ---- */

void hand_sim(struct run *run, const char *method, const char *path, const json_t *body,
	      const json_t *answer)
{
	static const char devices[] = "/_sim/devices/";
	const char *verb = strrchr(path, '/') + 1;
	const char *user = json_string_value(json_object_get(body, "user"));
	AUTO_BUF b = { 0 };

	if (!wanted(run) || !strcmp(method, "GET"))
		return;
	if (!strcmp(path, "/_sim/mint")) {
		keep_token(run, body, answer);
		return;
	}
	outdate_tokens(run);
	if (!strncmp(path, devices, strlen(devices))) {
		step(run, run_printf(run, "idp-sim ctl %s CODE%s%s  # the code that it shows",
				     verb, user ? " " : "", user ? user : ""));
		return;
	}
	buf_printf(&b, "idp-sim ctl call %s %s", method, path);
	if (body) {
		buf_char(&b, ' ');
		quote(&b, dumped(run, body));
	}
	step(run, b.p);
}

static void add_header(struct run *run, struct buf *b, const char *line)
{
	size_t name = strcspn(line, ":");

	buf_str(b, " -H ");
	/* curl leaves out a header without a value, unless it ends in a semicolon. */
	if (line[name] && !line[name + 1 + strspn(line + name + 1, " ")])
		line = run_printf(run, "%.*s;", (int)name, line);
	quote_filled(run, b, line, strlen(line), false);
}

/* A signed token that the provider did not make: the platform gave it, in an answer. */
static bool is_key(const struct run *run, const char *token)
{
	for (size_t i = 0; i < run->n_hand; i++)
		if (!strcmp(run->hand[i].token, token))
			return false;
	return !strncmp(token, "eyJ", 3) && token[strlen(token) - 1] != '.';
}

static void step_curl(struct run *run, const char *options, const char *at,
		      const struct ask *ask, const char *path)
{
	AUTO_BUF b = { 0 };

	buf_printf(&b, "curl -si --path-as-is%s", options);
	if (ask->method && !strcmp(ask->method, "HEAD"))
		buf_str(&b, " -I");
	else if (ask->method && strcmp(ask->method, "GET"))
		buf_printf(&b, " -X %s", ask->method);
	if (ask->authorization)
		add_header(run, &b, run_printf(run, "Authorization: %s", ask->authorization));
	else if (ask->token && is_key(run, ask->token))
		buf_str(&b, " -H \"Authorization: Bearer ${KEY}\"");
	else if (ask->token)
		add_header(run, &b, run_printf(run, "Authorization: Bearer %s", ask->token));
	for (size_t i = 0; ask->headers && ask->headers[i]; i++)
		add_header(run, &b, ask->headers[i]);
	if (ask->body) {
		buf_str(&b, " -H \"Content-Type: application/json\" -d ");
		quote_filled(run, &b, ask->body, strlen(ask->body), false);
	}
	buf_printf(&b, " \"$%s\"", at);
	quote(&b, path);
	step(run, b.p);
}

void hand_http2(struct run *run, const struct ask *ask, const char *path)
{
	if (wanted(run))
		step_curl(run, " --http2-prior-knowledge", "AT", ask, path);
}

void hand_request(struct run *run, const char *at, const struct ask *ask, const char *path)
{
	const char *keys = edition_path(run->edition, "access_keys");

	if (!wanted(run))
		return;
	step_curl(run, "", at, ask, path);
	if (ask->method && !strcmp(ask->method, "POST") && keys && !strcmp(path, keys))
		hand_note(run, "KEY is the token of this answer, ak_... in the next lines its jti");
}

void hand_raw(struct run *run, const char *bytes, size_t n)
{
	AUTO_BUF b = { 0 };

	if (!wanted(run))
		return;
	if (n > LONGEST_RAW) {
		hand_note(run, "and a request of %zu bytes that begins with %.*s", n,
			  (int)strcspn(bytes, "\r"), bytes);
		return;
	}
	buf_str(&b, "printf ");
	quote_filled(run, &b, bytes, n, true);
	buf_str(&b, " | curl -s -m 5 \"telnet://${AT#*//}\"");
	step(run, b.p);
}

void hand_question(struct run *run, const char *entrypoint, const json_t *input)
{
	const char *path = edition_path(run->edition, entrypoint);
	AUTO_BUF b = { 0 };

	if (!wanted(run) || !path)
		return;
	buf_printf(&b, "curl -si -H \"%s\" -H \"Content-Type: application/json\" -d ",
		   header_line(run, "principal_id", "service:platform"));
	quote(&b, run_printf(run, "{\"input\":%s}", dumped(run, input)));
	buf_printf(&b, " \"$AT%s\"", path);
	step(run, b.p);
}

void hand_typed(struct run *run, const char *line, bool goes_on)
{
	if (wanted(run))
		step(run, run_printf(run, "%s%s", line + strlen("$ "), goes_on ? " &" : ""));
}
