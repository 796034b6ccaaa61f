/* SPDX-License-Identifier: Apache-2.0 */
/* tenant.c - tokens of a real identity provider, by a command of the target file. */
#include "runner/targets/instance.h"

#include <ctype.h>
#include <string.h>

enum { TOKEN_MS = 60000 };

/* The first line that is not empty. */
static char *first_line(const char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strcspn(text, "\r\n");
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	return strndup(text, n);
}

/* What the command says goes to the person at the terminal; its output is a secret. */
static bool take(const char *program, struct ran *ran, char **ret, struct err *err)
{
	bool ok = ran_well(ran) && ran->out && *ran->out;

	if (ok)
		*ret = first_line(ran->out);
	else
		(void)fail(err, ERR_INPUT, "token_command %s: %s%.300s", program,
			   ran->timed_out	 ? "does not end; "
			   : ran->exit_code == 0 ? "printed nothing; "
						 : "",
			   ran->err ? ran->err : "");
	ran_done(ran);
	return ok;
}

/* It is the tester's own, so it has the whole environment: a signed-in command line of the
 * provider needs its HOME. */
bool token_by_command(void *ctx, const char *user, const char *scope, char **ret,
		      struct err *err)
{
	struct loaded *l = ctx;
	struct instance i;
	struct child_options o = {
		.env = (const char *const *)environ,
		.dir = l->file->dir,
		.timeout_ms = TOKEN_MS,
	};
	struct ran ran = { 0 };
	bool ok;

	instance_without_lab(&i, l);
	fill_set(&i.fill, "user", user);
	fill_set(&i.fill, "scope", scope);
	ok = instance_run(&i, json_object_get(l->file->root, "token_command"), &o, &ran, err) &&
	     take(o.argv[0], &ran, ret, err);
	fill_done(&i.fill);
	arena_free(i.arena);
	return ok;
}
