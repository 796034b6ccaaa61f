/* SPDX-License-Identifier: Apache-2.0 */
/* remove.c - takes away what `push` has put into an attached service, by its `remove` command. */
#include "runner/targets/target.h"

#include "runner/targets/instance.h"

#include <string.h>

enum { REMOVE_MS = 60000 };

static bool run_it(struct instance *i, const json_t *how, const char *names, struct err *err)
{
	struct child_options o = {
		.env = (const char *const *)environ,
		.dir = i->of->file->dir,
		.input = names,
		.timeout_ms = (int)conf_duration_ms(json_object_get(how, "timeout"), REMOVE_MS),
	};
	struct ran ran = { 0 };
	bool ok;

	if (!instance_run(i, json_object_get(how, "remove"), &o, &ran, err))
		return false;
	ok = ran_well(&ran);
	if (!ok)
		(void)fail(err, ERR_INPUT, "push.remove: %s%.300s",
			   ran.timed_out ? "does not end; " : "", ran_last_words(&ran));
	ran_done(&ran);
	return ok;
}

bool target_remove(const struct loaded *l, const json_t *names, struct err *err)
{
	const json_t *how = json_object_get(l->file->root, "push");
	struct instance i;
	AUTO(char) char *text = json_dumps(names, JSON_COMPACT);
	bool ok = true;

	if (json_object_get(how, "remove")) {
		instance_without_lab(&i, (struct loaded *)(uintptr_t)l);
		fill_set_url(&i.fill, "url", conf_str(l->file->root, "attach.url", NULL));
		ok = run_it(&i, how, text, err);
		fill_done(&i.fill);
		arena_free(i.arena);
	}
	return ok;
}
