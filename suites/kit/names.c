/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/names.h"

#include "suites/kit/door.h"
#include "suites/kit/lab.h"
#include "suites/kit/owned.h"
#include "suites/kit/play.h"
#include "suites/kit/token.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "reports/result.h"

#include <ctype.h>
#include <string.h>

static const char ending[] = "-team";

static bool in_word(char c)
{
	return islower((unsigned char)c) || isdigit((unsigned char)c) || c == '-';
}

/* "ml-team", and not yet "g1f03a-ml-team". */
static bool is_ours(const char *word, size_t n, const char *prefix)
{
	size_t end = sizeof(ending) - 1;

	return n > end && !memcmp(word + n - end, ending, end) &&
	       strncmp(word, prefix, strlen(prefix)) != 0;
}

const char *names_out(const struct lab *l, struct arena *a, const char *text)
{
	const char *prefix = l->target->run_prefix;
	AUTO_BUF out = { 0 };

	if (!prefix || !text)
		return text;
	buf_str(&out, "");
	while (*text) {
		size_t n = 0;

		while (in_word(text[n]))
			n++;
		if (is_ours(text, n, prefix))
			buf_str(&out, prefix);
		n = n ? n : 1;
		buf_add(&out, text, n);
		text += n;
	}
	return arena_str(a, out.p);
}

const char *names_in(const struct lab *l, struct arena *a, const char *text)
{
	const char *prefix = l->target->run_prefix, *at;
	AUTO_BUF out = { 0 };

	if (!prefix || !text || !strstr(text, prefix))
		return text;
	while ((at = strstr(text, prefix))) {
		buf_add(&out, text, (size_t)(at - text));
		text = at + strlen(prefix);
	}
	buf_str(&out, text);
	return arena_str(a, out.p);
}

json_t *names_out_json(const struct lab *l, json_t *stolen)
{
	struct arena *a;
	char *text;
	json_t *renamed;

	if (!l->target->run_prefix)
		return stolen;
	a = arena_new();
	text = json_dumps(stolen, JSON_COMPACT);
	renamed = json_loads(names_out(l, a, text), 0, NULL);
	json_decref(stolen);
	free(text);
	arena_free(a);
	return renamed;
}

static void note(const struct lab *l, const char *folder, const char *name)
{
	AUTO(FILE) FILE *f = l->target->ledger ? fopen(l->target->ledger, "ae") : NULL;

	if (f)
		fprintf(f, "%s/%s\n", folder, name);
}

/* Of the row that is being played: gone when the next one begins. */
static void note_row(struct lab *l, const char *folder, const char *name)
{
	if (!l->target->run_prefix || l->n_made == ARRAY_LEN(l->made))
		return;
	if (asprintf(&l->made[l->n_made], "%s/%s", folder, name) > 0)
		l->n_made++;
}

void names_after_row(struct lab *l)
{
	const char *paths[ARRAY_LEN(l->made) + 1] = { NULL };
	AUTO_BUF left = { 0 };
	size_t n = l->n_made;

	memcpy(paths, l->made, n * sizeof(*paths));
	l->n_made = 0;
	if (n > 0)
		(void)lab_remove(l, paths, &left);
	for (size_t i = 0; i < n; i++)
		free(l->made[i]);
}

/* What is made by POST FOLDER {"name": NAME} is FOLDER/NAME. */
void names_note(struct lab *l, const char *method, const char *target, const char *body)
{
	AUTO(json_t) json_t *o = body ? json_loads(body, 0, NULL) : NULL;
	const char *name = conf_str(o, "name", NULL);
	size_t n = strcspn(target, "?");
	char folder[600];

	if (strcmp(method, "POST") != 0 || !name || n >= sizeof(folder))
		return;
	snprintf(folder, sizeof(folder), "%.*s", (int)n, target);
	note(l, folder, name);
	note_row(l, folder, name);
}

void names_note_state(const struct lab *l, const json_t *state)
{
	json_t *workspaces = json_object_get(state, "workspaces"), *value;
	const char *name;

	json_object_foreach(workspaces, name, value)
		note(l, edition_path(l->edition, "workspaces"), name);
}

static bool remove_one(struct run *run, const char *path, struct buf *left)
{
	const struct answer *a =
		request(run, &(struct ask) { .method = "DELETE",
					     .path = path,
					     .token = token_for(run, "admin") });
	bool gone = (a->status >= 200 && a->status < 300) || a->status == 404;

	if (!gone)
		buf_printf(left, "%s: %s %d %.120s\n", path, a->refusal ? a->refusal : "status",
			   a->status, a->body);
	return gone;
}

size_t lab_remove(struct lab *l, const char *const *paths, struct buf *left)
{
	AUTO(arena) struct arena *a = arena_new();
	struct result r = { 0 };
	struct run run = {
		.lab = l,
		.arena = a,
		.surface = l->now.surface,
		.provider = l->now.provider,
		.edition = l->edition,
		.edition_bit = l->edition_bit,
		.idp = l->idp,
		.config = &l->now.config,
		.result = &r,
	};
	const char **secrets =
		l->secrets; /* of the row before: its report is still to be made */
	size_t n_secrets = l->n_secrets, n = 0, gone = 0;

	l->n_secrets = 0;
	while (paths[n])
		n++;
	while (n-- > 0)
		gone += remove_one(&run, paths[n], left);
	release_owned(&run);
	l->secrets = secrets;
	l->n_secrets = n_secrets;
	return gone;
}
