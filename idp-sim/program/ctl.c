/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctl - the control API from a shell. One row a command; its flags are the members (or query
 * parameters) of the route, so what the API can do the shell can do.
 */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/wire.h"
#include "idp-sim/control.h"
#include "idp-sim/program/command.h"
#include "idp-sim/program/ctl.h"

#include <errno.h>
#include <string.h>

const struct ctl_row ctl_rows[] = {
	{ "health", "GET", "/_sim/health" },
	{ "openapi", "GET", "/_sim/openapi.json" },
	{ "providers", "GET", "/_sim/providers" },
	{ "provider", "GET", "/_sim/providers/{}", { "PROVIDER" } },
	{ "errors", "GET", "/_sim/providers/{}/errors", { "PROVIDER" } },
	{ "reset", "POST", "/_sim/reset" },
	{ "reload", "POST", "/_sim/reload" },
	{ "clock", "GET", "/_sim/clock" },
	{ "clock set", "PUT", "/_sim/clock", { "now" } },
	{ "clock freeze", "PUT", "/_sim/clock", .fixed = "{\"frozen\": true}" },
	{ "clock run", "PUT", "/_sim/clock", .fixed = "{\"frozen\": false}" },
	{ "clock advance", "POST", "/_sim/clock/advance", { "[for]" } },
	{ "devices", "GET", "/_sim/devices" },
	{ "approve", "POST", "/_sim/devices/{}/approve", { "USER_CODE", "[user]" } },
	{ "deny", "POST", "/_sim/devices/{}/deny", { "USER_CODE" } },
	{ "sessions", "GET", "/_sim/sessions" },
	{ "sessions end", "POST", "/_sim/sessions/{}/end", { "ID" } },
	{ "troubles", "GET", "/_sim/troubles" },
	{ "trouble", "POST", "/_sim/troubles", { "what" } },
	{ "fail", "POST", "/_sim/troubles", { "error" }, .compact = true },
	{ "clear", "DELETE", "/_sim/troubles" },
	{ "clear one", "DELETE", "/_sim/troubles/{}", { "ID" } },
	{ "mint", "POST", "/_sim/mint", .shown = "token" },
	{ "journal", "GET", "/_sim/journal" },
	{ "keys", "GET", "/_sim/keys" },
	{ "keys rotate", "POST", "/_sim/keys/rotate" },
	{ "expire refresh", "POST", "/_sim/refresh/expire" },
	{ "revoke refresh", "POST", "/_sim/refresh/revoke" },
	{ "client", "PATCH", "/_sim/providers/{}/clients/{}", { "PROVIDER", "ID", "JSON" } },
	{ "user", "PATCH", "/_sim/providers/{}/users/{}", { "PROVIDER", "NAME", "JSON" } },
	{ "tenant set",
	  "PATCH",
	  "/_sim/providers/{}/tenants/{}",
	  { "PROVIDER", "ID", "JSON" } },
	{ "tenant", "POST", "/_sim/tenants", { "provider" }, .shown = "issuer" },
	{ 0 },
};

/* What a command line asks for. */
struct asked {
	const struct ctl_row *row;
	const struct route *route;
	json_t *body;	   /* members so far */
	struct buf target; /* path, then query */
	const char *control, *ca;
};

static void asked_done(struct asked *a)
{
	json_decref(a->body);
	buf_done(&a->target);
}

const struct route *ctl_route(const struct ctl_row *row)
{
	for (const struct route *r = control_routes; r->method; r++) {
		const char *p = r->path, *q = row->path;
		while (*p && *q) {
			if (*p == '{' && *q == '{') {
				p = strchr(p, '}');
				q = strchr(q, '}');
			} else if (*p != *q) {
				break;
			}
			p++;
			q++;
		}
		if (!*p && !*q && !strcmp(r->method, row->method))
			return r;
	}
	return NULL;
}

/* The row with the longest name that the operands begin with; *ret_words is its length. */
static const struct ctl_row *find_row(int argc, char **argv, int *ret_words)
{
	const struct ctl_row *found = NULL;

	*ret_words = 0;
	for (const struct ctl_row *r = ctl_rows; r->name; r++) {
		const char *second = strchr(r->name, ' ');
		size_t first = second ? (size_t)(second - r->name) : strlen(r->name);
		bool fits = argc > 0 && strlen(argv[0]) == first &&
			    !memcmp(argv[0], r->name, first) &&
			    (!second || (argc > 1 && !strcmp(argv[1], second + 1)));
		if (fits && 1 + (second != NULL) > *ret_words) {
			found = r;
			*ret_words = 1 + (second != NULL);
		}
	}
	return found;
}

static const struct conf_key *find_key(const struct conf_key *keys, const char *name)
{
	for (; keys && keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	return NULL;
}

/* The text as the type that the route wants. */
static json_t *typed(const struct conf_key *k, const char *text)
{
	char *end;

	switch (k->type) {
	case CONF_INT:
		errno = 0;
		int64_t n = strtoll(text, &end, 10);
		return errno || *end || end == text ? NULL : json_integer(n);
	case CONF_NUMBER:
		errno = 0;
		double d = strtod(text, &end);
		return errno || *end || end == text ? NULL : json_real(d);
	case CONF_BOOL:
		return !strcmp(text, "true")	? json_true()
		       : !strcmp(text, "false") ? json_false()
						: NULL;
	case CONF_DICT:
	case CONF_MAP:
	case CONF_LIST:
		return json_loads(text, 0, NULL);
	default:
		return json_string(text);
	}
}

static bool add_member(struct asked *a, const char *name, const char *text, struct err *err)
{
	const struct conf_key *k = find_key(a->route->body, name);

	if (k) {
		json_t *value = typed(k, text);
		if (!value)
			return fail(err, ERR_INPUT, "--%s: '%s' does not fit: %s", name, text,
				    k->help ? k->help : "");
		if (!a->body)
			a->body = json_object();
		json_object_set_new(a->body, name, value);
		return true;
	}
	if (!find_key(a->route->query, name))
		return fail(err, ERR_INPUT, "'ctl %s' has no option --%s", a->row->name, name);
	buf_char(&a->target, strchr(a->target.p, '?') ? '&' : '?');
	buf_form(&a->target, name, strlen(name));
	buf_char(&a->target, '=');
	buf_form(&a->target, text, strlen(text));
	return true;
}

/* "CODE@client,next=N,user=U": the short form of --fail. */
bool ctl_compact(json_t *body, const char *text, struct err *err)
{
	size_t n = strcspn(text, "@,");

	json_object_set_new(body, "error", json_stringn(text, n));
	for (const char *p = text + n; *p; p += n) {
		bool client = *p == '@';
		n = strcspn(++p, "@,");
		size_t name = client ? 0 : strcspn(p, "=");
		if (!client && name >= n)
			return fail(err, ERR_INPUT, "'%s': write CODE@client,next=N", text);
		AUTO_BUF key = { 0 };
		buf_add(&key, p, name);
		const char *value = client ? p : p + name + 1;
		size_t len = client ? n : n - name - 1;
		if (!client && !strcmp(key.p, "next"))
			json_object_set_new(body, "next",
					    json_integer(strtoll(value, NULL, 10)));
		else
			json_object_set_new(body, client ? "client_id" : key.p,
					    json_stringn(value, len));
	}
	return true;
}

/* One operand: a part of the path, a member, or the whole body. */
static bool add_operand(struct asked *a, const char *name, const char *text, struct err *err)
{
	char *hole = strstr(a->target.p, "{}");

	if (hole) {
		AUTO_BUF path = { 0 };
		buf_add(&path, a->target.p, (size_t)(hole - a->target.p));
		buf_percent(&path, text, strlen(text));
		buf_str(&path, hole + 2);
		buf_reset(&a->target);
		buf_str(&a->target, path.p);
		return true;
	}
	if (!strcmp(name, "JSON")) {
		json_error_t where;
		a->body = json_loads(text, 0, &where);
		return a->body || fail(err, ERR_INPUT, "the JSON is broken at column %d: %s",
				       where.column, where.text);
	}
	if (a->row->compact) {
		if (!a->body)
			a->body = json_object();
		return ctl_compact(a->body, text, err);
	}
	AUTO_BUF plain = { 0 };
	buf_add(&plain, name + (*name == '['), strcspn(name + (*name == '['), "]"));
	return add_member(a, plain.p, text, err);
}

static bool take_operands(struct asked *a, int argc, char **argv, struct err *err)
{
	size_t n = 0;

	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "--", 2) && argv[i][2]) {
			AUTO_BUF name = { 0 };
			const char *equals = strchr(argv[i], '=');
			buf_add(&name, argv[i] + 2,
				equals ? (size_t)(equals - argv[i] - 2) : strlen(argv[i] + 2));
			if (!equals && i + 1 >= argc)
				return fail(err, ERR_INPUT, "--%s needs a value", name.p);
			const char *value = equals ? equals + 1 : argv[++i];
			if (!strcmp(name.p, "control"))
				a->control = value;
			else if (!strcmp(name.p, "ca"))
				a->ca = value;
			else if (!add_member(a, name.p, value, err))
				return false;
			continue;
		}
		if (n >= ARRAY_LEN(a->row->operands) || !a->row->operands[n])
			return fail(err, ERR_INPUT, "'ctl %s' takes no '%s'", a->row->name,
				    argv[i]);
		if (!add_operand(a, a->row->operands[n++], argv[i], err))
			return false;
	}
	if (n < ARRAY_LEN(a->row->operands) && a->row->operands[n] &&
	    *a->row->operands[n] != '[')
		return fail(err, ERR_INPUT, "'ctl %s' needs %s", a->row->name,
			    a->row->operands[n]);
	return true;
}

/* Flags of a table, broken before column 96. */
static void usage_flags(const struct conf_key *keys, int *column)
{
	enum { INDENT = 18, WIDTH = 96 };

	for (; keys && keys->name; keys++) {
		int n = (int)strlen(keys->name) + 5;
		if (!*column || *column + n > WIDTH) {
			printf("\n%*s", INDENT, "");
			*column = INDENT;
		}
		printf("[--%s] ", keys->name);
		*column += n;
	}
}

static void usage_of(const struct ctl_row *r)
{
	const struct route *route = ctl_route(r);
	int column = 0;

	printf("  %-15s", r->name);
	for (size_t i = 0; i < ARRAY_LEN(r->operands) && r->operands[i]; i++)
		printf(" %s", r->compact ? "CODE[@client][,next=N]" : r->operands[i]);
	printf("\n%18s%s", "", route ? route->summary : "");
	usage_flags(route ? route->body : NULL, &column);
	usage_flags(route ? route->query : NULL, &column);
	putchar('\n');
}

static int usage(void)
{
	printf("idp-sim ctl [--control URL] COMMAND\n\n"
	       "Steers a running simulator. The URL is that of its control listener; without "
	       "it\n"
	       "IDP_SIM_CONTROL, else " CTL_DEFAULT_CONTROL ".\n\n");
	for (const struct ctl_row *r = ctl_rows; r->name; r++)
		usage_of(r);
	printf("  call            METHOD PATH [JSON]\n  %15s Any route.\n", "");
	return EXIT_FINE;
}

static int show(const struct ctl_row *row, const struct wire_answer *answer)
{
	AUTO(json_t)
	json_t *o = json_loadb(answer->body ? answer->body : "", answer->body_len, 0, NULL);
	const char *shown = row && row->shown ? conf_str(o, row->shown, NULL) : NULL;

	if (answer->status >= 400 || !answer->status) {
		const char *remedy = conf_str(o, "remedy", NULL);
		complain(0, "%s%s%s", conf_str(o, "error", "the simulator gave no answer"),
			 remedy ? "; " : "", remedy ? remedy : "");
		return answer->status < 500 && answer->status ? EXIT_SAYS_NO : EXIT_TROUBLE;
	}
	if (shown)
		printf("%s\n", shown);
	else if (json_object_size(o))
		printf("%s\n", answer->body);
	return EXIT_FINE;
}

static int send(const struct asked *a, const char *method)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	const char *control = a->control ? a->control : getenv("IDP_SIM_CONTROL");
	AUTO(char) char *body = a->body ? json_dumps(a->body, JSON_COMPACT) : NULL;
	AUTO_ANSWER answer = { 0 };
	AUTO_BUF url = { 0 };
	struct err err = { 0 };

	buf_str(&url, control && *control ? control : CTL_DEFAULT_CONTROL);
	while (url.n && url.p[url.n - 1] == '/')
		url.p[--url.n] = 0;
	buf_str(&url, a->target.p);
	if (!wire_request(method, url.p, body ? headers : NULL, body, body ? strlen(body) : 0,
			  &(struct wire_to) { .ca_file = a->ca, .timeout_ms = 310000 }, &answer,
			  &err))
		return complain(EXIT_TROUBLE,
				"%s; is `idp-sim serve` running, and is this its "
				"control address?",
				err.text);
	return show(a->row, &answer);
}

static int call(const char *control, int argc, char **argv)
{
	__attribute__((cleanup(asked_done))) struct asked a = { .control = control };
	json_error_t where;

	if (argc < 2 || argc > 3)
		return complain(EXIT_USAGE, "ctl call METHOD PATH [JSON]");
	buf_str(&a.target, argv[1]);
	if (argc == 3 && !(a.body = json_loads(argv[2], 0, &where)))
		return complain(EXIT_USAGE, "the JSON is broken at column %d: %s", where.column,
				where.text);
	return send(&a, argv[0]);
}

static const char *first_control(int *argc, char ***argv)
{
	const char *found = NULL;

	while (*argc > 1 && !strcmp(**argv, "--control")) {
		found = (*argv)[1];
		*argc -= 2;
		*argv += 2;
	}
	if (*argc && !strncmp(**argv, "--control=", 10)) {
		found = **argv + 10;
		*argc -= 1;
		*argv += 1;
	}
	return found;
}

static int run(int argc, char **argv)
{
	__attribute__((cleanup(asked_done))) struct asked a = { 0 };
	struct err err = { 0 };
	int words;

	a.control = first_control(&argc, &argv);
	if (!argc || !strcmp(argv[0], "--help") || !strcmp(argv[argc - 1], "--help"))
		return usage();
	if (!strcmp(argv[0], "call"))
		return call(a.control, argc - 1, argv + 1);
	a.row = find_row(argc, argv, &words);
	if (!a.row)
		return complain(EXIT_USAGE,
				"unknown command 'ctl %s'; idp-sim ctl --help lists them",
				argv[0]);
	a.route = ctl_route(a.row);
	buf_str(&a.target, a.row->path);
	if (a.row->fixed)
		a.body = json_loads(a.row->fixed, 0, NULL);
	if (!take_operands(&a, argc - words, argv + words, &err))
		return complain_err(&err);
	return send(&a, a.row->method);
}

const struct command command_ctl = { "ctl", "COMMAND ...",
				     "steer a running simulator over its control API", run,
				     .raw = true };
