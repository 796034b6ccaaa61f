/* SPDX-License-Identifier: Apache-2.0 */
/* typing.c - the CLI door: commands, sign-ins in the browser, the config file. */
#include "suites/kit/door.h"
#include "suites/kit/given.h"
#include "suites/kit/hand.h"
#include "suites/kit/lab.h"
#include "suites/kit/owned.h"
#include "suites/kit/people.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/base/file.h"

#include <stdarg.h>
#include <string.h>

enum { MAX_ARGS = 32, SIGN_IN_MS = 4000, FOREIGN_START_MS = 180000 };

static const struct ran nothing_ran = {
	.exit_code = -1, .not_started = true, .out = (char[]) { "" }, .err = (char[]) { "" }
};

struct typed {
	struct command cmd;
	void *running;
};

/* As the page writes it: "$ nemo auth login --scope platform:read". */
static char *command_line(struct run *run, const struct command *cmd, bool with_password)
{
	const char *name = conf_str(edition_root(run->edition), "cli.command", "nemo");
	json_t *words = conf_get(edition_root(run->edition), "cli.words");
	json_t *list = json_object_get(words, cmd->verb);
	AUTO_BUF b = { 0 };
	const char *arg;
	size_t i;
	json_t *w;

	buf_printf(&b, "$ %s%s%s", name, cmd->global ? " " : "",
		   cmd->global ? cmd->global : "");
	if (!list)
		buf_printf(&b, " auth %s", cmd->verb);
	json_array_foreach(list, i, w)
		buf_printf(&b, " %s", json_string_value(w));
	for (i = 0; cmd->args && (arg = cmd->args[i]); i++) {
		size_t n = strcspn(arg, "=");
		bool secret = !with_password && strncmp(arg, "password=", 9) == 0;

		if (arg[n] && arg[n + 1])
			buf_printf(&b, " --%.*s %s", (int)n, arg, secret ? "..." : arg + n + 1);
		else
			buf_printf(&b, " --%.*s", (int)n, arg);
	}
	return arena_str(run->arena, b.p);
}

int patience_ms(const struct run *run, int ms)
{
	return run->lab->embedded ? ms : ms + FOREIGN_START_MS;
}

static struct typed *begin(struct run *run, const struct command *cmd, bool goes_on)
{
	const struct target *t = run->lab->target;
	struct typed *typed = arena_alloc(run->arena, sizeof(*typed));
	struct err err = { 0 };

	typed->cmd = *cmd;
	if (run->broken)
		return typed;
	run->lab->now.dirty = true;
	run->lab->troubled = true; /* a login may leave a code that waits for somebody */
	hops_add(run->lab, "person", "cli", false, command_line(run, cmd, false), NULL);
	if (strcmp(cmd->verb, "sdk") == 0)
		hand_note(run, "here a program uses the SDK, with the login as it is");
	else
		hand_typed(run, command_line(run, cmd, true), goes_on);
	if (cmd->timeout_ms)
		typed->cmd.timeout_ms = patience_ms(run, cmd->timeout_ms);
	typed->running = t->begin(t->ctx, run->lab->now.instance, &typed->cmd, &err);
	if (!typed->running)
		run_broken(run, "cannot type %s: %s", cmd->verb, err.text);
	return typed;
}

struct typed *cli_begin(struct run *run, const struct command *cmd)
{
	return begin(run, cmd, true);
}

/* What was typed as --password; NULL when nothing was, or the word itself, as our people have
 * it: a word of every other sentence hides nothing. */
static const char *typed_password(const struct command *cmd)
{
	for (size_t i = 0; cmd->args && cmd->args[i]; i++) {
		const char *value = cmd->args[i] + strlen("password=");

		if (!strncmp(cmd->args[i], "password=", strlen("password=")))
			return *value && strcmp(value, PASSWORD) ? value : NULL;
	}
	return NULL;
}

/* What the person saw, as the transcript may show it. */
static const char *without_password(struct run *run, const struct command *cmd,
				    const char *text)
{
	const char *secret = typed_password(cmd), *at;
	AUTO_BUF b = { 0 };

	while (secret && text && (at = strstr(text, secret)) != NULL) {
		buf_add(&b, text, (size_t)(at - text));
		buf_str(&b, "...");
		text = at + strlen(secret);
	}
	buf_str(&b, text);
	return arena_dup(run->arena, b.p ? b.p : "", b.n);
}

static void hop_ran(struct run *run, const struct command *cmd, const struct ran *r)
{
	const char *out = without_password(run, cmd, r->out);
	const char *said = without_password(run, cmd, r->err);
	char *text;

	if (r->not_started)
		text = run_printf(run, "(not started) %s", r->err);
	else if (r->timed_out)
		text = run_printf(run, "(does not end)");
	else if (r->signal)
		text = run_printf(run, "(killed by signal %d)", r->signal);
	else
		text = run_printf(run, "%s, exit %d: %.*s", r->err_len ? "stderr" : "stdout",
				  r->exit_code, 160, r->err_len ? said : out);
	text[strcspn(text, "\n")] = '\0';
	hops_add(run->lab, "cli", "person", true, text,
		 run_printf(run, "--- stdout\n%s\n--- stderr\n%s", out, said));
}

static const struct ran *collect_ran(struct run *run, struct typed *typed,
				     bool (*end)(void *, void *, struct ran *, struct err *))
{
	const struct target *t = run->lab->target;
	struct ran *r = arena_alloc(run->arena, sizeof(*r));
	struct err err = { 0 };

	if (!typed->running)
		return &nothing_ran;
	if (!end(t->ctx, typed->running, r, &err)) {
		run_broken(run, "the command was lost: %s", err.text);
		return &nothing_ran;
	}
	own_text(run, r->out);
	own_text(run, r->err);
	hop_ran(run, &typed->cmd, r);
	return r;
}

const struct ran *cli_finish(struct run *run, struct typed *typed)
{
	return collect_ran(run, typed, run->lab->target->finish);
}

const struct ran *cli_abort(struct run *run, struct typed *typed)
{
	return collect_ran(run, typed, run->lab->target->abort);
}

const struct ran *cli_command(struct run *run, const struct command *cmd)
{
	return cli_finish(run, begin(run, cmd, false));
}

static const char **collect(struct run *run, va_list ap)
{
	const char **args = arena_alloc(run->arena, (MAX_ARGS + 1) * sizeof(*args));
	const char *arg;

	for (size_t n = 0; n < MAX_ARGS && (arg = va_arg(ap, const char *)); n++)
		args[n] = arg;
	return args;
}

const struct ran *cli(struct run *run, const char *verb, ...)
{
	struct command cmd = { .verb = verb };
	va_list ap;

	va_start(ap, verb);
	cmd.args = collect(run, ap);
	va_end(ap);
	return cli_command(run, &cmd);
}

/* The reference CLI does it, whoever the target is: it keeps the same file by the same rules.
 */
const char *refresh_command_line(struct run *run)
{
	return run_printf(run, "'%s' cli auth refresh", run->lab->o.reference_cli);
}

/* ---- the browser ---- */

const char *sign_in_pending(struct run *run, int timeout_ms)
{
	const char *code = NULL;
	json_t *list, *d;
	size_t i;

	if (run->broken || !provider_wait(run, "device", 1, patience_ms(run, timeout_ms)))
		return NULL;
	list = sim(run, "GET", "/_sim/devices", NULL);
	if (json_is_object(list))
		list = json_object_get(list, "devices");
	json_array_foreach(list, i, d) {
		if (strcmp(conf_str(d, "status", ""), "pending") == 0 &&
		    strcmp(conf_str(d, "provider", ""), run->provider) == 0)
			code = conf_str(d, "user_code", NULL);
	}
	return code ? arena_str(run->arena, code) : NULL;
}

void sign_in_approve(struct run *run, const char *user_code, const char *user)
{
	hops_add(run->lab, "person", "idp", false,
		 run_printf(run, "approves %s in the browser as %s", user_code, user), NULL);
	sim(run, "POST", run_printf(run, "/_sim/devices/%s/approve", user_code),
	    json_pack("{s:s}", "user", user));
}

void sign_in_deny(struct run *run, const char *user_code)
{
	hops_add(run->lab, "person", "idp", false, run_printf(run, "declines %s", user_code),
		 NULL);
	sim(run, "POST", run_printf(run, "/_sim/devices/%s/deny", user_code), json_object());
}

const struct ran *cli_login(struct run *run, const char *user, ...)
{
	struct command cmd = { .verb = "login" };
	struct typed *t;
	const char *code;
	va_list ap;

	va_start(ap, user);
	cmd.args = collect(run, ap);
	va_end(ap);
	t = cli_begin(run, &cmd);
	code = sign_in_pending(run, SIGN_IN_MS);
	if (code)
		sign_in_approve(run, code, user ? user : "alice");
	return cli_finish(run, t);
}

/* ---- the config file ---- */

const char *config_file(struct run *run)
{
	const struct target *t = run->lab->target;
	const char *path =
		t->config_path ? t->config_path(t->ctx, run->lab->now.instance) : NULL;

	if (path && strchr(path, '/'))
		return path;
	run_broken(run,
		   "%s does not say where its configuration is: `config` of the target file",
		   t->file ? t->file : t->name);
	return "/nonexistent/config.yaml";
}

const char *config_text(struct run *run)
{
	struct err err = { 0 };
	char *text = NULL;
	size_t n;

	if (run->broken || !file_read(config_file(run), 1 << 20, &text, &n, &err))
		return "";
	own_text(run, text);
	return text;
}

static json_t *named(json_t *list, const char *name)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
		if (strcmp(conf_str(o, "name", ""), name) == 0)
			return o;
	return NULL;
}

const char *config_value(struct run *run, const char *key)
{
	const char *text = config_text(run);
	struct err err = { 0 };
	AUTO(conf)
	struct conf *c = *text ? conf_parse("config.yaml", text, strlen(text), &err) : NULL;
	json_t *root = c ? conf_root(c) : NULL, *context, *user;

	if (run->broken)
		return ""; /* nobody looks at it, and nobody need ask whether it is there */
	context =
		named(json_object_get(root, "contexts"), conf_str(root, "current_context", ""));
	user = named(json_object_get(root, "users"), conf_str(context, "user", ""));
	return arena_str(run->arena, conf_str(user, key, NULL));
}

void config_write(struct run *run, const char *text)
{
	const char *path = config_file(run);
	struct err err = { 0 };
	AUTO(char) char *dir = strdup(path);

	if (run->broken)
		return;
	*strrchr(dir, '/') = '\0';
	if (!file_mkdirs(dir, 0700, &err) || !file_write(path, text, strlen(text), 0600, &err))
		run_broken(run, "cannot write the CLI's config: %s", err.text);
}

/* A user and its context, in the documented shape. */
static void add_user(struct buf *b, const char *name, const char *token,
		     const char *refresh_token)
{
	buf_printf(b, "- type: oauth\n  name: %s-user\n  token: %s\n", name, token);
	if (refresh_token)
		buf_printf(b, "  refresh_token: %s\n", refresh_token);
}

static void add_context(struct buf *b, const char *name)
{
	buf_printf(b,
		   "- name: %s\n  cluster: default-cluster\n  user: %s-user\n  workspace: "
		   "default\n",
		   name, name);
}

static void add_cluster(struct run *run, struct buf *b)
{
	buf_printf(b,
		   "current_context: default\nclusters:\n- name: default-cluster\n  base_url: "
		   "%s\nusers:\n",
		   run->lab->now.urls.platform);
}

void config_give(struct run *run, const char *token, const char *refresh_token)
{
	AUTO_BUF b = { 0 };

	add_cluster(run, &b);
	add_user(&b, "default", token, refresh_token);
	buf_str(&b, "contexts:\n");
	add_context(&b, "default");
	config_write(run, b.p);
}

void config_give_two(struct run *run, const char *staging, const char *token)
{
	AUTO_BUF b = { 0 };

	add_cluster(run, &b);
	add_user(&b, "staging", staging, NULL);
	add_user(&b, "default", token, NULL);
	buf_str(&b, "contexts:\n");
	add_context(&b, "staging");
	add_context(&b, "default");
	config_write(run, b.p);
}
