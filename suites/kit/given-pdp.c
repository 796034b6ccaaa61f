/* SPDX-License-Identifier: Apache-2.0 */
/* given-pdp.c - a decision point that says what a row wants, is started anew, and what it was
 * asked. */
#include "suites/kit/given.h"

#include "suites/kit/caches.h"
#include "suites/kit/hand.h"
#include "suites/kit/lab.h"
#include "suites/kit/liar.h"

#include <string.h>

void pdp_lies(struct run *run, const char *lie)
{
	struct recorder *r = run->lab->now.liar;
	struct err err = { 0 };
	bool down = lie && strcmp(lie, "down") == 0;

	if (run->broken || !r)
		return;
	hand_note(run, "here the decision point %s",
		  down ? "is down" : lie ? lie : "tells the truth again");
	if (!recorder_refuse(r, down, &err))
		run_broken(run, "%s", err.text);
	else if (!lie)
		recorder_say(r, NULL);
	else if (!down && !liar_tell(r, run->edition, lie, &err))
		run_broken(run, "%s", err.text);
	caches_decisions(run);
}

static bool is_decision(const struct run *run, const char *target)
{
	static const char *const decisions[] = { "allow",   "has_permissions", "has_role",
						 "callout", "authenticate",    "decision" };

	for (size_t i = 0; i < ARRAY_LEN(decisions); i++) {
		const char *path = edition_path(run->edition, decisions[i]);

		if (path && strncmp(target, path, strlen(path)) == 0)
			return true;
	}
	return false;
}

size_t pdp_saw(struct run *run)
{
	struct recorder *r = run->lab->now.liar;
	const struct recorded *q;
	size_t n = 0;

	for (size_t i = 0; r && (q = recorder_find(r, i)); i++)
		n += is_decision(run, q->target);
	return n;
}

void pdp_says(struct run *run, const struct recorder_answer *a)
{
	if (!run->lab->now.liar)
		return;
	hand_note(run, "here the decision point answers %d", a ? a->status : 0);
	liar_say(run->lab->now.liar, run->edition, a);
	caches_decisions(run);
}

void pdp_says_yes(struct run *run)
{
	if (!run->lab->now.liar)
		return;
	hand_note(run, "here the decision point says yes to everything");
	liar_say_yes(run->lab->now.liar, run->edition);
	caches_decisions(run);
}

const struct recorded *pdp_question(struct run *run, size_t index)
{
	struct recorder *r = run->lab->now.liar;
	const struct recorded *q = NULL;

	for (size_t i = 0; r && (q = recorder_find(r, i)); i++)
		if (is_decision(run, q->target) && index-- == 0)
			return q;
	return NULL;
}

void upstream_says(struct run *run, const struct recorder_answer *a)
{
	run->lab->now.misled = true;
	if (run->lab->now.upstream)
		recorder_say(run->lab->now.upstream, a);
}

void entities_down(struct run *run, bool down)
{
	struct recorder *const stores[] = { run->lab->now.entities, run->lab->now.liar };
	struct err err = { 0 };

	hand_note(run, "here the entity store %s", down ? "is down" : "is back");
	for (size_t i = 0; stores[0] && i < ARRAY_LEN(stores); i++)
		if (!recorder_refuse(stores[i], down, &err))
			run_broken(run, "%s", err.text);
}

/* One that runs somewhere else stays as it is. */
static void may_start_anew(struct run *run)
{
	if (run->lab->target->attached)
		run_skipped(run, "needs to start the target anew, and it is attached");
}

bool pdp_blind(struct run *run)
{
	struct err err = { 0 };

	may_start_anew(run);
	if (run->broken || lab_again(run->lab, true, &err))
		return !run->broken;
	if (run->lab->now.instance)
		run_broken(run, "%s", err.text);
	return false;
}

void pdp_anew(struct run *run)
{
	struct err err = { 0 };

	may_start_anew(run);
	if (!run->broken && !lab_again(run->lab, false, &err))
		run_broken(run, "%s", err.text);
}
