/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/program/command.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum { MAX_FLAGS = 64 };

const char *flags_nearest(const struct flag *flags, const char *name)
{
	const char *names[MAX_FLAGS + 1] = { 0 };
	size_t n = 0;

	for (; flags && flags->name && n < MAX_FLAGS; flags++)
		names[n++] = flags->name;
	return conf_nearest(name, names);
}

static const struct flag *find(const struct flag *flags, const char *name, size_t n)
{
	for (; flags && flags->name; flags++)
		if (strlen(flags->name) == n && !memcmp(flags->name, name, n))
			return flags;
	return NULL;
}

static bool store(const struct flag *f, const char *value, struct err *err)
{
	struct texts *list = f->to;
	char *end;

	switch (f->kind) {
	case FLAG_SWITCH:
		*(bool *)f->to = true;
		return true;
	case FLAG_TEXT:
		*(const char **)f->to = value;
		return true;
	case FLAG_LIST:
		if (list->n + 1 >= ARRAY_LEN(list->v))
			return fail(err, ERR_INPUT, "too many --%s", f->name);
		list->v[list->n++] = value;
		return true;
	case FLAG_NUMBER:
		break;
	}
	errno = 0;
	int64_t number = strtoll(value, &end, 10);
	if (errno || end == value || *end)
		return fail(err, ERR_INPUT, "--%s: '%s' is no whole number", f->name, value);
	*(int64_t *)f->to = number;
	return true;
}

/* One flag at argv[*at]; moves *at over its value. */
static bool take(const struct flag *flags, int argc, char **argv, int *at, struct err *err)
{
	const char *name = argv[*at] + 2;
	const char *equals = strchr(name, '=');
	const struct flag *f =
		find(flags, name, equals ? (size_t)(equals - name) : strlen(name));
	const char *near;

	if (!f) {
		near = flags_nearest(flags, name);
		return fail(err, ERR_INPUT, "unknown option '%s'%s%s%s", argv[*at],
			    near ? ": did you mean --" : "", near ? near : "", near ? "?" : "");
	}
	if (f->kind == FLAG_SWITCH)
		return equals ? fail(err, ERR_INPUT, "--%s takes no value", f->name)
			      : store(f, NULL, err);
	if (equals)
		return store(f, equals + 1, err);
	if (*at + 1 >= argc)
		return fail(err, ERR_INPUT, "--%s needs a value: %s", f->name, f->arg);
	return store(f, argv[++*at], err);
}

int flags_parse(const struct flag *flags, int argc, char **argv, struct err *err)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--")) {
			while (++i < argc)
				argv[n++] = argv[i];
			break;
		}
		if (strncmp(argv[i], "--", 2) != 0)
			argv[n++] = argv[i];
		else if (!take(flags, argc, argv, &i, err))
			return -1;
	}
	argv[n] = NULL;
	return n;
}

int complain(int code, const char *fmt, ...)
{
	va_list ap;

	fputs("idp-sim: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return code;
}

int complain_err(const struct err *err)
{
	return complain(err->kind == ERR_INPUT ? EXIT_USAGE : EXIT_TROUBLE, "%s", err->text);
}

static bool forbidden;

void ink_forbid(void)
{
	forbidden = true;
}

const char *ink(enum ink which)
{
	static const char *const codes[] = {
		[INK_PLAIN] = "\033[0m", [INK_BOLD] = "\033[1m",   [INK_DIM] = "\033[2m",
		[INK_RED] = "\033[31m",	 [INK_GREEN] = "\033[32m", [INK_YELLOW] = "\033[33m",
		[INK_BLUE] = "\033[34m",
	};
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (forbidden || (no && *no) || (term && !strcmp(term, "dumb")) ||
	    !isatty(STDOUT_FILENO))
		return "";
	return codes[which];
}

struct idp *quiet_idp(const char *const *providers, const char *public_url, struct err *err)
{
	return idp_start(&(struct idp_options) { .providers = providers,
						 .public_url = public_url,
						 .control_port = -1,
						 .threads = 1 },
			 err);
}
