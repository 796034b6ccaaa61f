/* SPDX-License-Identifier: Apache-2.0 */
/* command.c - the verbs of a CLI: from a row's words to an argument vector. */
#include "runner/targets/instance.h"

#include <string.h>

struct typing {
	struct instance *instance;
	struct fill fill; /* the instance's names and the command's arguments */
	struct arena *arena;
	const char **argv;
	size_t n, room;
};

static void push(struct typing *t, const char *word)
{
	if (t->n + 2 > t->room) {
		const char **more = arena_alloc(t->arena, (t->room + 32) * sizeof *more);

		if (t->n)
			memcpy(more, t->argv, t->n * sizeof *more);
		t->argv = more;
		t->room += 32;
	}
	t->argv[t->n++] = word;
	t->argv[t->n] = NULL;
}

static bool push_word(struct typing *t, const char *word, struct err *err)
{
	AUTO(char) char *text = NULL;

	if (!strncmp(word, "${?", 3) && word[strlen(word) - 1] == '}')
		return true;
	text = fill_word(&t->fill, t->instance->of->file->path, word, err);
	if (text)
		push(t, arena_str(t->arena, text));
	return text != NULL;
}

/* An inner list is there as a whole, or not at all. */
static bool push_optional(struct typing *t, const json_t *list, struct err *err)
{
	const json_t *word;
	size_t i;

	json_array_foreach(list, i, word)
	{
		if (!fill_complete(&t->fill, json_string_value(word)))
			return true;
	}
	json_array_foreach(list, i, word)
	{
		if (!push_word(t, json_string_value(word), err))
			return false;
	}
	return true;
}

static void push_globals(struct typing *t, const char *words)
{
	while (words && *words) {
		size_t n = strcspn(words, " ");

		if (n)
			push(t, arena_dup(t->arena, words, n));
		words += n + (words[n] == ' ');
	}
}

static bool push_verb(struct typing *t, const struct command *cmd, struct err *err)
{
	const struct target_file *f = t->instance->of->file;
	const json_t *verb = json_object_get(json_object_get(f->root, "verbs"), cmd->verb);
	const json_t *word;
	size_t i;

	if (!verb)
		return fail(err, ERR_INPUT, "%s: no verb '%s'", f->path, cmd->verb);
	json_array_foreach(verb, i, word)
	{
		if (json_is_array(word) ? !push_optional(t, word, err)
					: !push_word(t, json_string_value(word), err))
			return err_note(err, "verb '%s'", cmd->verb);
	}
	return true;
}

static void add_arguments(struct typing *t, const char *const *args)
{
	for (; args && *args; args++) {
		const char *eq = strchr(*args, '=');

		if (eq)
			fill_set(&t->fill, arena_dup(t->arena, *args, (size_t)(eq - *args)),
				 eq + 1);
	}
}

static bool same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return n == strcspn(b, "=") && !memcmp(a, b, n);
}

/* The instance's environment, and the command's over it. An empty "NAME" unsets. */
static const char **merge_env(struct typing *t, const char *const *more)
{
	size_t n = 0, k = 0, m = 0;
	const char **env;

	while (t->instance->env[n])
		n++;
	while (more && more[m])
		m++;
	env = arena_alloc(t->arena, (n + m + 1) * sizeof *env);
	for (size_t i = 0; i < n; i++) {
		bool over = false;

		for (size_t j = 0; j < m; j++)
			over = over || same_name(t->instance->env[i], more[j]);
		if (!over)
			env[k++] = t->instance->env[i];
	}
	for (size_t j = 0; j < m; j++) {
		if (strchr(more[j], '='))
			env[k++] = more[j];
	}
	return env;
}

static void typing_done(struct typing *t)
{
	json_decref(t->fill.values);
	arena_free(t->arena);
}

void *command_begin(void *ctx, void *instance, const struct command *cmd, struct err *err)
{
	struct instance *i = instance;
	__attribute__((cleanup(typing_done))) struct typing t = {
		.instance = i,
		.arena = arena_new(),
		.fill = { json_copy(i->fill.values), i->fill.address },
	};
	const json_t *timeout = json_object_get(i->of->file->root, "timeout");
	struct child_options o = { .dir = i->home, .timeout_ms = cmd->timeout_ms };
	const char **command;
	size_t n;

	add_arguments(&t, cmd->args);
	command = instance_argv(i, instance_key(i, "command"), 0, &n, err);
	if (!command)
		return NULL;
	for (size_t k = 0; k < n; k++)
		push(&t, command[k]);
	push_globals(&t, cmd->global);
	if (!push_verb(&t, cmd, err))
		return NULL;
	if (!o.timeout_ms)
		o.timeout_ms = (int)conf_duration_ms(timeout, 0);
	o.argv = t.argv;
	o.env = merge_env(&t, cmd->env);
	return child_start(&o, err);
}

bool command_abort(void *ctx, void *running, struct ran *ret, struct err *err)
{
	child_stop(running, 0, ret);
	return true;
}

bool command_finish(void *ctx, void *running, struct ran *ret, struct err *err)
{
	child_finish(running, ret);
	return true;
}
