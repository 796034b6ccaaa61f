/* SPDX-License-Identifier: Apache-2.0 */
/* init.c - `gauntlet init KIND`: a commented target file to start from. */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/file.h"
#include "runner/session.h"
#include "runner/verbs.h"

#include <limits.h>
#include <string.h>

extern const struct embedded init_files[]; /* runner/init/KIND.yaml */

static const struct embedded *find(const char *kind)
{
	AUTO_BUF name = { 0 };

	buf_printf(&name, "%s.yaml", kind);
	return embedded_find(init_files, name.p);
}

/* The stand-in is our own part, so that the file works before its first edit. */
static void fill_program(const struct embedded *e, struct buf *ret)
{
	static const char mark[] = "@REFERENCE@";
	struct arena *a = arena_new();
	char real[PATH_MAX];
	const char *program = reference_program(a);
	const char *at = strstr(e->text, mark);

	if (realpath(program, real))
		program = real;
	buf_add(ret, e->text, at ? (size_t)(at - e->text) : e->n);
	if (at) {
		buf_str(ret, program);
		buf_str(ret, at + sizeof mark - 1);
	}
	arena_free(a);
}

/* `gauntlet init schema`: what editors and validators read. */
static int print_schema(void)
{
	AUTO(json_t) json_t *schema = target_schema();

	json_dumpf(schema, stdout, JSON_INDENT(1));
	putchar('\n');
	return fflush(stdout) ? EXIT_NO_TRY : EXIT_OK;
}

int verb_init(const struct options *o)
{
	bool schema = o->operands.n == 1 && !strcmp(o->operands.items[0], "schema");
	const struct embedded *e = o->operands.n == 1 ? find(o->operands.items[0]) : NULL;
	AUTO_BUF text = { 0 };
	struct err err = { 0 };

	if (schema)
		return print_schema();
	if (!e) {
		fail(&err, ERR_INPUT,
		     "init: expected one of cli, gateway, pdp, service, sdk, platform, schema");
		return complain(&err);
	}
	fill_program(e, &text);
	if (!o->output) {
		fputs(text.p, stdout);
		return fflush(stdout) ? EXIT_NO_TRY : EXIT_OK;
	}
	if (!access(o->output, F_OK)) {
		fail(&err, ERR_INPUT, "%s is there already", o->output);
		return complain(&err);
	}
	if (!file_write(o->output, text.p, text.n, 0644, &err))
		return complain(&err);
	printf("%s: edit the lines marked EDIT, then: gauntlet doctor --target %s\n", o->output,
	       o->output);
	return EXIT_OK;
}
