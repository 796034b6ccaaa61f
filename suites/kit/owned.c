/* SPDX-License-Identifier: Apache-2.0 */
#include "suites/kit/owned.h"

#include "idp-sim/base/wire.h"

struct owned {
	void (*release)(void *p);
	void *p;
	struct owned *next;
};

static void own(struct run *run, void (*release)(void *p), void *p)
{
	struct owned *o = arena_alloc(run->arena, sizeof(*o));

	*o = (struct owned) { release, p, run->owned };
	run->owned = o;
}

static void release_json(void *p)
{
	json_decref(p);
}

static void release_answer(void *p)
{
	wire_answer_done(p);
}

json_t *own_json(struct run *run, json_t *o)
{
	if (o)
		own(run, release_json, o);
	return o;
}

void own_answer(struct run *run, struct wire_answer *w)
{
	own(run, release_answer, w);
}

void own_text(struct run *run, char *text)
{
	if (text)
		own(run, free, text);
}

void release_owned(struct run *run)
{
	for (; run->owned; run->owned = run->owned->next)
		run->owned->release(run->owned->p);
}
