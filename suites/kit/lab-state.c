/* SPDX-License-Identifier: Apache-2.0 */
/* lab-state.c - workspaces, members and what else a row leaves behind. */
#include "suites/kit/lab.h"

#include "suites/kit/caches.h"
#include "suites/kit/names.h"
#include "suites/kit/people.h"
#include "suites/kit/tenant.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/base/file.h"

#include <string.h>

static struct reference *entities(struct lab *l)
{
	if (l->now.service)
		return l->now.service;
	return l->now.surface == SERVICE && l->embedded ? l->now.instance_part : NULL;
}

bool lab_store(struct lab *l, const json_t *more, struct err *err)
{
	AUTO(json_t) json_t *state = people_state();
	struct reference *service = entities(l);

	if (more)
		json_object_update_recursive(state, (json_t *)(uintptr_t)more);
	tenant_rename(l, state);
	state = names_out_json(l, state);
	if (service && !reference_seed(service, state, err))
		return err_note(err, "workspaces of the lab");
	/* A foreign service may take them by a way of its own. */
	if (l->now.surface == SERVICE && !l->embedded && l->target->push) {
		names_note_state(l, state);
		return l->target->push(l->target->ctx, l->now.instance, state, err);
	}
	return true;
}

/* A foreign PDP that is pushed to gets what the bundle would bring it. */
static bool push_policy(struct lab *l, struct err *err)
{
	AUTO(json_t) json_t *policy = NULL;

	if (l->now.surface != PDP || !l->now.pdp || !l->target->push)
		return true;
	policy = reference_policy(l->now.pdp);
	return l->target->push(l->target->ctx, l->now.instance,
			       json_object_get(policy, "authz"), err);
}

bool lab_seed(struct lab *l, const json_t *more, struct err *err)
{
	struct assembly *s = &l->now;
	struct reference *target = l->embedded && s->surface == PDP ? s->instance_part : NULL;

	if (!lab_store(l, more, err))
		return false;
	if ((s->pdp && !reference_refresh(s->pdp, err)) ||
	    (target && !reference_refresh(target, err)))
		return err_note(err, "workspaces of the lab");
	return push_policy(l, err);
}

/* The directory of the CLI's configuration, or all that is in its home; nothing beyond it. */
static bool remove_config(struct lab *l, struct err *err)
{
	const char *path = l->target->config_path
				   ? l->target->config_path(l->target->ctx, l->now.instance)
				   : NULL;
	size_t n = strlen(l->now.home);
	char *dir;

	if (!path || strncmp(path, l->now.home, n) != 0 || path[n] != '/')
		return true;
	dir = arena_str(l->now.arena, path);
	*strrchr(dir, '/') = '\0';
	file_remove_tree(dir);
	return file_mkdirs(l->now.home, 0700, err);
}

static bool reset_simulator(struct lab *l, struct err *err)
{
	int status = 0;

	json_decref(idp_call(l->idp, "POST", "/_sim/reset", NULL, &status));
	l->troubled = false;
	l->journal_from = 0;
	if (status >= 300)
		return fail(err, ERR_SYSTEM, "the simulator cannot be reset");
	return people_register(l, err);
}

bool lab_reset(struct lab *l, struct err *err)
{
	struct assembly *s = &l->now;
	struct recorder *recorders[] = { s->face,     s->api,  s->stranger,
					 s->upstream, s->liar, s->entities };

	for (size_t i = 0; i < ARRAY_LEN(recorders); i++) {
		if (!recorders[i])
			continue;
		recorder_reset(recorders[i]);
		if (!recorder_refuse(recorders[i], false, err))
			return false;
	}
	if (s->pdp) /* it was started before the one it stands in front of */
		recorder_forward(s->liar, reference_url(s->pdp));
	if (s->surface & (CLI | SDK) && !remove_config(l, err))
		return false;
	if (l->troubled && !reset_simulator(l, err))
		return false;
	names_after_row(l);
	if (s->dirty && !lab_seed(l, NULL, err))
		return false;
	s->dirty = false;
	caches_after_row(l);
	if (s->spoiled)
		lab_clear(l);
	return true;
}
