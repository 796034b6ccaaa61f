/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/secrets.h"

#include <string.h>

enum { FILE_LIMIT = 4 << 20, SHORTEST = 4 };

struct found {
	struct arena *arena;
	const char **values;
	size_t n;
};

static void add(struct found *s, const char *name, size_t n)
{
	const char *value = getenv(arena_dup(s->arena, name, n));
	const char **more;

	if (!value || strlen(value) < SHORTEST)
		return;
	more = arena_alloc(s->arena, (s->n + 2) * sizeof *more);
	memcpy(more, s->values, s->n * sizeof *more);
	more[s->n++] = value;
	s->values = more;
}

static void look(struct found *s, const char *text)
{
	while ((text = strstr(text, "${env:")) != NULL) {
		const char *end = strchr(text += 6, '}');

		if (!end)
			return;
		add(s, text, (size_t)(end - text));
	}
}

static void look_into(struct found *s, const char *path)
{
	AUTO(char) char *text = NULL;
	struct err err = { 0 };
	size_t n;

	if (file_read(path, FILE_LIMIT, &text, &n, &err))
		look(s, text);
}

/* `files` of the target and of each group of its configurations. */
static void look_into_templates(struct found *s, const struct target_file *f,
				const json_t *where)
{
	const char *key, *name;
	json_t *value, *template;

	json_object_foreach((json_t *)(uintptr_t)where, key, value) {
		if (strcmp(key, "files") != 0) {
			look_into_templates(s, f, value);
			continue;
		}
		json_object_foreach(value, name, template) {
			const char *path = json_string_value(template);

			if (path)
				look_into(s, *path == '/' ? path
							  : arena_printf(s->arena, "%s/%s",
									 f->dir, path));
		}
	}
}

const char **secrets_of_target(struct arena *a, const struct target_file *f)
{
	struct found s = { .arena = a, .values = arena_alloc(a, sizeof *s.values) };
	const char *key;
	json_t *value;

	look_into(&s, f->path);
	json_object_foreach(f->settings, key, value)
		look(&s, json_string_value(value));
	look_into_templates(&s, f, f->root);
	return s.values;
}
