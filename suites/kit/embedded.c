/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embedded.c - the reference platform as a target, for every surface.
 *
 * A part is started in this process where lab_urls says that one shall listen; the CLI is
 * the program `reference-platform cli`.
 */
#include "suites/kit/child.h"
#include "suites/kit/lab.h"
#include "suites/kit/owned.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/base/wire.h"

#include <string.h>

struct instance {
	struct lab *lab;
	struct reference *part; /* NULL: the CLI */
	enum surface surface;
	const struct lab_urls *urls;
	char *config_path;
};

static bool claims_all(void *ctx, const char *word)
{
	(void)ctx;
	return true;
}

static void on_log(void *ctx, const char *line)
{
	log_add(ctx, line);
}

static bool start_part(struct instance *in, struct err *err)
{
	struct lab *l = in->lab;
	struct reference_options o = {
		.edition = l->edition,
		.config = &l->now.config,
		.mutants = &l->mutants,
		.pdp_url = in->urls->pdp,
		.upstream_url = in->urls->upstream,
		.entities_url = in->urls->platform,
		.ca_file = l->now.trust_file,
		.on_log = on_log,
		.ctx = l,
	};

	if (in->urls->gateway_listen) {
		o.listen = in->urls->gateway_listen;
		in->part = reference_start_gateway(&o, err);
	} else if (in->urls->pdp_listen) {
		o.listen = in->urls->pdp_listen;
		in->part = reference_start_pdp(&o, err);
	} else if (in->urls->service_listen) {
		o.listen = in->urls->service_listen;
		in->part = reference_start_service(&o, err);
	} else {
		return true;
	}
	l->now.instance_part = in->part;
	return in->part != NULL;
}

static bool start(void *ctx, const struct lab_urls *urls, void **ret, struct err *err)
{
	struct lab *l = ctx;
	struct instance *in = calloc(1, sizeof(*in));

	if (!in)
		abort();
	in->lab = l;
	in->urls = urls;
	if (asprintf(&in->config_path, "%s/.config/%s/config.yaml", urls->home,
		     conf_str(edition_root(l->edition), "cli.directory", "nmp")) < 0)
		abort();
	if (!start_part(in, err)) {
		free(in->config_path);
		free(in);
		return false;
	}
	*ret = in;
	return true;
}

static void stop(void *ctx, void *instance)
{
	struct instance *in = instance;

	(void)ctx;
	reference_stop(in->part);
	free(in->config_path);
	free(in);
}

static const char *url(void *ctx, void *instance)
{
	struct instance *in = instance;

	(void)ctx;
	return in->part ? reference_url(in->part) : NULL;
}

static const char *config_path(void *ctx, void *instance)
{
	struct instance *in = instance;

	(void)ctx;
	return in->config_path;
}

/* ---- the CLI ---- */

/* Arguments that are words of their own, in this order; all others are options. */
static const struct {
	const char *verb, *positional[3];
} verbs[] = {
	{ "workspaces-create", { "name" } },   { "workspaces-delete", { "name" } },
	{ "workspaces-get", { "name" } },      { "members-update", { "principal" } },
	{ "members-delete", { "principal" } },
};

enum { MAX_WORDS = 64 };

struct words {
	const char *v[MAX_WORDS + 1];
	size_t n;
	struct arena *arena;
};

static void word(struct words *w, const char *s)
{
	if (w->n < MAX_WORDS)
		w->v[w->n++] = s;
}

static void split(struct words *w, const char *text)
{
	while (text && *text) {
		size_t n = strcspn(text, " ");

		if (n)
			word(w, arena_dup(w->arena, text, n));
		text += n + (text[n] == ' ');
	}
}

static const char *const *positionals(const char *verb)
{
	static const char *const none[1];

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].verb, verb) == 0)
			return verbs[i].positional;
	return none;
}

static bool is_one_of(const char *const *list, const char *arg, size_t n)
{
	for (; *list; list++)
		if (strlen(*list) == n && strncmp(*list, arg, n) == 0)
			return true;
	return false;
}

/* Options without a value; "unsigned" is the one whose name differs. */
static const char *const flags[] = { "no_browser", "unsigned", "decode", "no_exp", NULL };

/* "scope=a b" gives --scope "a b"; "no_browser=yes" gives --no-browser. */
static void option(struct words *w, const char *arg)
{
	size_t n = strcspn(arg, "=");
	bool flag = is_one_of(flags, arg, n);
	bool is_unsigned = flag && strncmp(arg, "unsigned", n) == 0;
	char *name =
		arena_printf(w->arena, "--%.*s%s", (int)n, arg, is_unsigned ? "-token" : "");

	for (char *p = name; *p; p++)
		if (*p == '_')
			*p = '-';
	word(w, name);
	if (!flag && arg[n])
		word(w, arg + n + 1);
}

static void arguments(struct words *w, const struct command *cmd)
{
	const char *const *own = positionals(cmd->verb);

	for (size_t k = 0; own[k]; k++)
		for (size_t i = 0; cmd->args && cmd->args[i]; i++)
			if (strncmp(cmd->args[i], own[k], strlen(own[k])) == 0 &&
			    cmd->args[i][strlen(own[k])] == '=')
				word(w, cmd->args[i] + strlen(own[k]) + 1);
	for (size_t i = 0; cmd->args && cmd->args[i]; i++)
		if (!is_one_of(own, cmd->args[i], strcspn(cmd->args[i], "=")))
			option(w, cmd->args[i]);
}

static void command_words(struct words *w, struct lab *l, const struct command *cmd)
{
	json_t *list =
		json_object_get(conf_get(edition_root(l->edition), "cli.words"), cmd->verb);
	json_t *x;
	size_t i;

	word(w, l->o.reference_cli);
	word(w, strcmp(cmd->verb, "sdk") == 0 ? "sdk-probe" : "cli");
	split(w, cmd->global);
	if (!list && strcmp(cmd->verb, "sdk") != 0 && strncmp(cmd->verb, "quickstart", 10) != 0)
		word(w, "auth");
	if (strcmp(cmd->verb, "quickstart-configure") == 0)
		split(w, "quickstart configure");
	else if (!list && strcmp(cmd->verb, "sdk") != 0)
		word(w, cmd->verb);
	json_array_foreach(list, i, x)
		word(w, json_string_value(x));
	arguments(w, cmd);
}

static void environment(struct words *w, struct instance *in, const struct command *cmd)
{
	struct lab *l = in->lab;
	const char *prefix = conf_str(edition_root(l->edition), "cli.environment", "NMP_");
	const char *path = getenv("PATH");
	/* The command has a folder of its own. */
	AUTO(char)
	char *file =
		l->o.edition && strchr(l->o.edition, '/') ? realpath(l->o.edition, NULL) : NULL;
	AUTO_BUF mutants = { 0 };

	/* First: of two variables with one name the first counts. */
	for (size_t i = 0; cmd->env && cmd->env[i]; i++)
		word(w, cmd->env[i]);
	for (size_t i = 0; l->o.mutants && l->o.mutants[i]; i++)
		buf_printf(&mutants, "%s%s", i ? "," : "", l->o.mutants[i]);
	word(w, arena_printf(w->arena, "PATH=%s", path ? path : "/usr/bin:/bin"));
	word(w, arena_printf(w->arena, "HOME=%s", in->urls->home));
	word(w, arena_printf(w->arena, "%sBASE_URL=%s", prefix, in->urls->platform));
	word(w, arena_printf(w->arena, "REFERENCE_EDITION=%s",
			     file	    ? file
			     : l->o.edition ? l->o.edition
					    : edition_name(l->edition)));
	if (mutants.n)
		word(w, arena_printf(w->arena, "REFERENCE_MUTANT=%s", mutants.p));
	word(w, "BROWSER=true");
}

static void *begin(void *ctx, void *instance, const struct command *cmd, struct err *err)
{
	struct instance *in = instance;
	struct lab *l = ctx;
	struct arena *a = arena_new();
	struct words argv = { .arena = a }, env = { .arena = a };
	struct child *c;

	command_words(&argv, l, cmd);
	environment(&env, in, cmd);
	c = child_start(
		&(struct child_options) {
			.argv = argv.v,
			.env = env.v,
			.dir = in->urls->home,
			.timeout_ms = cmd->timeout_ms,
		},
		err);
	arena_free(a);
	return c;
}

static bool abort_command(void *ctx, void *running, struct ran *ret, struct err *err)
{
	(void)ctx;
	(void)err;
	child_stop(running, 0, ret);
	return true;
}

static bool finish(void *ctx, void *running, struct ran *ret, struct err *err)
{
	(void)ctx;
	(void)err;
	child_finish(running, ret);
	return true;
}

/* ---- decisions ---- */

static bool decide_at(void *ctx, void *instance, const struct question *q, struct decision *ret,
		      struct err *err)
{
	struct instance *in = instance;
	struct lab *l = ctx;
	AUTO(json_t) json_t *body = json_pack("{s:O}", "input", q->input);
	AUTO(char) char *text = json_dumps(body, JSON_COMPACT), *who = NULL, *where = NULL;
	const char *headers[] = { "Content-Type: application/json", NULL, NULL };
	const json_t *allowed;
	AUTO_ANSWER a = { 0 };

	if (asprintf(&who, "%s: %s", edition_header(l->edition, "principal_id"), q->caller) <
		    0 ||
	    asprintf(&where, "%s%s", reference_url(in->part),
		     edition_path(l->edition, q->entrypoint)) < 0)
		abort();
	headers[1] = who;
	if (!wire_request("POST", where, headers, text, strlen(text), &(struct wire_to) { 0 },
			  &a, err))
		return false;
	*ret = (struct decision) { .status = a.status, .took_us = a.took_us };
	ret->body = json_loadb(a.body ? a.body : "", a.body_len, 0, NULL);
	allowed =
		conf_get(ret->body, strcmp(q->entrypoint, "has_role") == 0 ? "result.has_role"
									   : "result.allowed");
	ret->answered = json_is_boolean(allowed);
	ret->allowed = json_is_true(allowed);
	return true;
}

static const char *last_words(void *ctx, void *instance)
{
	(void)ctx;
	(void)instance;
	return "";
}

struct target *embedded_target_new(struct lab *l)
{
	struct target *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	*t = (struct target) {
		.name = "reference platform",
		.surfaces = CLI | GATEWAY | PDP | SERVICE | SDK,
		.edition = l->o.edition,
		.ctx = l,
		.claims = claims_all,
		.start = start,
		.stop = stop,
		.url = url,
		.begin = begin,
		.finish = finish,
		.abort = abort_command,
		.config_path = config_path,
		.decide = decide_at,
		.writes = platform_writes,
		.last_words = last_words,
	};
	return t;
}

void embedded_target_free(struct target *t)
{
	free(t);
}
