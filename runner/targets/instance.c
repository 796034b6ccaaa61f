/* SPDX-License-Identifier: Apache-2.0 */
/* instance.c - one instance of a target: its files, its environment, its life. */
#include "runner/targets/instance.h"

#include "idp-sim/base/file.h"

#include <string.h>

enum { TEMPLATE_LIMIT = 4 << 20 };

const char *instance_group(const struct instance *i)
{
	return i->configuration ? i->configuration : "default";
}

const json_t *instance_key(const struct instance *i, const char *key)
{
	const json_t *groups = json_object_get(i->of->file->root, "configurations");
	const json_t *group = json_object_get(groups, instance_group(i));
	const json_t *own = json_object_get(group, key);

	return own ? own : json_object_get(i->of->file->root, key);
}

/* A path of the target file: absolute, or beside it. */
static const char *beside(struct instance *i, const char *path)
{
	if (*path == '/')
		return path;
	return arena_printf(i->arena, "%s/%s", i->of->file->dir, path);
}

const char **instance_argv(struct instance *i, const json_t *list, size_t more, size_t *ret_n,
			   struct err *err)
{
	size_t n = json_array_size(list), k;
	const char **argv = arena_alloc(i->arena, (n + more + 1) * sizeof *argv);
	const json_t *item;

	json_array_foreach(list, k, item) {
		AUTO(char)
		char *word =
			fill_word(&i->fill, i->of->file->path, json_string_value(item), err);

		if (!word)
			return NULL;
		argv[k] = arena_str(i->arena, word);
	}
	if (n && strchr(argv[0], '/'))
		argv[0] = beside(i, argv[0]);
	*ret_n = n;
	return argv;
}

bool instance_run(struct instance *i, const json_t *command, struct child_options *o,
		  struct ran *ret, struct err *err)
{
	struct child *c;
	size_t n;

	o->argv = instance_argv(i, command, 0, &n, err);
	c = o->argv ? child_start(o, err) : NULL;
	if (c)
		child_finish(c, ret);
	return c != NULL;
}

bool ran_well(const struct ran *r)
{
	return !r->not_started && r->exit_code == 0;
}

const char *ran_last_words(const struct ran *r)
{
	enum { LENGTH = 300 };
	size_t n = r->err ? strlen(r->err) : 0;

	while (n && strchr(" \r\n", r->err[n - 1]))
		r->err[--n] = '\0';
	return !n ? "" : r->err + (n > LENGTH ? n - LENGTH : 0);
}

void instance_without_lab(struct instance *ret, struct loaded *l)
{
	const struct lab_urls none = { .home = "/tmp" };

	*ret = (struct instance) { .of = l, .arena = arena_new(), .home = "/tmp" };
	fill_init(&ret->fill, &none, l->file->settings, l->file->dir);
}

static bool write_file(struct instance *i, const char *name, const char *template,
		       struct err *err)
{
	const char *from = beside(i, template);
	const char *to = arena_printf(i->arena, "%s/%s", i->home, name);
	AUTO(char) char *text = NULL;
	AUTO_BUF filled = { 0 };
	size_t n;
	char *slash;

	if (!file_read(from, TEMPLATE_LIMIT, &text, &n, err) ||
	    !fill_text(&i->fill, from, text, n, &filled, err))
		return false;
	slash = strrchr(to, '/');
	if (slash && strchr(name, '/')) {
		*slash = '\0';
		if (!file_mkdirs(to, 0700, err))
			return false;
		*slash = '/';
	}
	return file_write(to, filled.p ? filled.p : "", filled.n, 0600, err);
}

static bool write_files(struct instance *i, struct err *err)
{
	json_t *files = (json_t *)(uintptr_t)instance_key(i, "files"), *value;
	const char *name;

	json_object_foreach(files, name, value) {
		if (!write_file(i, name, json_string_value(value), err))
			return err_note(err, "%s: files: %s", i->of->file->path, name);
	}
	return true;
}

/* PATH, HOME, TMPDIR and LANG, and what the file says; a ${...} that is empty here unsets. */
static bool make_env(struct instance *i, struct err *err)
{
	json_t *env = (json_t *)(uintptr_t)instance_key(i, "env"), *value;
	const char *path = getenv("PATH");
	const char *name;
	size_t n = 0;

	i->env = arena_alloc(i->arena, (json_object_size(env) + 5) * sizeof *i->env);
	i->env[n++] = arena_printf(i->arena, "PATH=%s", path ? path : "/usr/bin:/bin");
	i->env[n++] = arena_printf(i->arena, "HOME=%s", i->home);
	i->env[n++] = arena_printf(i->arena, "TMPDIR=%s", i->home);
	i->env[n++] = "LANG=C.UTF-8";
	json_object_foreach(env, name, value) {
		AUTO(char)
		char *text =
			fill_word(&i->fill, i->of->file->path, json_string_value(value), err);

		if (!text)
			return false;
		if (*text || !*json_string_value(value))
			i->env[n++] = arena_printf(i->arena, "%s=%s", name, text);
	}
	return true;
}

static bool make_url(struct instance *i, const struct lab_urls *urls, struct err *err)
{
	const struct target_file *f = i->of->file;
	const char *written = conf_str(f->root, "attach.url", conf_str(f->root, "url", NULL));
	const char *listen = f->surfaces & GATEWAY   ? urls->gateway_listen
			     : f->surfaces & SERVICE ? urls->service_listen
			     : f->surfaces & PDP     ? urls->pdp_listen
						     : NULL;
	AUTO(char) char *text = NULL;

	if (written) {
		text = fill_word(&i->fill, f->path, written, err);
		if (!text)
			return false;
		i->url = arena_str(i->arena, text);
	} else if (listen) {
		i->url = arena_printf(i->arena, "http://%s", listen);
	}
	fill_set_url(&i->fill, "url", i->url);
	return true;
}

static bool make_config(struct instance *i, struct err *err)
{
	const char *written = conf_str(i->of->file->root, "config", NULL);
	AUTO(char) char *text = NULL;

	if (!written)
		return true;
	text = fill_word(&i->fill, i->of->file->path, written, err);
	if (!text)
		return false;
	i->config = arena_str(i->arena, text);
	return true;
}

static void apply_settings(struct instance *i)
{
	json_t *settings = (json_t *)(uintptr_t)instance_key(i, "settings"), *value;
	const char *name;

	if (settings == json_object_get(i->of->file->root, "settings"))
		return;
	json_object_foreach(settings, name, value) {
		AUTO(char)
		char *text = json_is_string(value) ? strdup(json_string_value(value))
						   : json_dumps(value, JSON_ENCODE_ANY);

		fill_set(&i->fill, name, text);
	}
}

/* Where the lab lets it listen, for ${port.NAME}. */
static const char *listen_address(const struct instance *i)
{
	static const char *const names[] = { "gateway_listen.host", "pdp_listen.host",
					     "service_listen.host" };

	for (size_t k = 0; k < ARRAY_LEN(names); k++) {
		const json_t *host = json_object_get(i->fill.values, names[k]);

		if (host)
			return json_string_value(host);
	}
	return "127.0.0.1";
}

static void instance_free(struct instance *i)
{
	if (!i)
		return;
	server_stop(i);
	fill_done(&i->fill);
	free(i->last_words);
	json_decref(i->memo);
	arena_free(i->arena);
	free(i);
}

static bool start(void *ctx, const struct lab_urls *urls, void **ret_instance, struct err *err)
{
	struct loaded *of = ctx;
	struct instance *i = calloc(1, sizeof *i);
	bool served = of->target.surfaces & (GATEWAY | PDP | SERVICE);

	i->of = of;
	i->arena = arena_new();
	i->home = arena_str(i->arena, urls->home);
	i->configuration = arena_str(i->arena, urls->configuration);
	fill_init(&i->fill, urls, of->file->settings, of->file->dir);
	i->fill.address = listen_address(i);
	apply_settings(i);
	if (make_url(i, urls, err) && make_config(i, err) && write_files(i, err) &&
	    make_env(i, err) && (!served || server_start(i, err))) {
		*ret_instance = i;
		return true;
	}
	instance_free(i);
	return false;
}

static void stop(void *ctx, void *instance)
{
	instance_free(instance);
}

static const char *url(void *ctx, void *instance)
{
	return ((struct instance *)instance)->url;
}

static const char *config_path(void *ctx, void *instance)
{
	return ((struct instance *)instance)->config;
}

static const char *last_words(void *ctx, void *instance)
{
	struct instance *i = instance;

	free(i->last_words);
	i->last_words = i->server ? child_words(i->server) : strdup("");
	return i->last_words;
}

static bool alive(void *ctx, void *instance)
{
	struct instance *i = instance;

	return i->of->target.attached ? server_answers(i)
				      : !i->server || child_alive(i->server);
}

static bool claims(void *ctx, const char *word)
{
	return target_file_claims(((struct loaded *)ctx)->file, word);
}

void instance_verbs(struct loaded *l)
{
	bool typed = l->target.surfaces & (CLI | SDK);

	l->target.ctx = l;
	l->target.claims = claims;
	l->target.start = start;
	l->target.stop = stop;
	l->target.url = url;
	l->target.last_words = last_words;
	l->target.alive = alive;
	l->target.begin = typed ? command_begin : NULL;
	l->target.finish = typed ? command_finish : NULL;
	l->target.abort = typed ? command_abort : NULL;
	l->target.config_path = typed ? config_path : NULL;
}
