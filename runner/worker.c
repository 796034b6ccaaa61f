/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/worker.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "idp-sim/base/file.h"
#include "reports/redact.h"
#include "runner/bridge.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum { RECENT = 256 }; /* secrets that are remembered */

/* The lab of the last item, kept while the next one needs the same. */
struct bench {
	const struct worker_setup *setup;
	struct lab *lab;
	const char *edition;
	const char *const *mutants;
	/* A home outlives a row: a target may tell what it was given in an earlier one. */
	char *recent[RECENT];
	size_t n_recent; /* ever; the oldest go */
};

static bool lab_ready(struct bench *b, const struct item *it, struct err *err)
{
	struct lab_options o = {
		.target = b->setup->target,
		.edition = it->edition,
		.places = b->setup->places,
		.address = b->setup->address,
		.home = b->setup->home,
		.reference_cli = b->setup->reference_cli,
		.mutants = it->mutants,
		.seed = b->setup->options->seed,
		.keep = b->setup->options->keep,
		.by_hand = b->setup->options->by_hand,
	};

	if (b->lab && b->mutants == it->mutants && !strcmp(b->edition, it->edition))
		return true;
	lab_free(b->lab);
	b->edition = it->edition;
	b->mutants = it->mutants;
	b->lab = lab_new(&o, err);
	return b->lab != NULL;
}

static void broken(const struct item *it, struct arena *a, struct result *r, const char *why)
{
	r->id = it->id;
	r->verdict = BROKEN;
	r->reason = arena_printf(a, "the lab did not start: %s", why);
}

static bool write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static bool send_result(int fd, size_t index, const struct result *r)
{
	json_t *o = result_to_json(r);
	char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
	AUTO_BUF line = { 0 };
	bool sent;

	buf_printf(&line, "%zu ", index);
	buf_str(&line, text ? text : "null");
	buf_char(&line, '\n');
	sent = write_all(fd, line.p, line.n);
	free(text);
	json_decref(o);
	return sent;
}

static void remember(struct bench *b, const char *secret)
{
	char **place = &b->recent[b->n_recent++ % RECENT];

	free(*place);
	*place = strdup(secret);
}

static bool is_recent(const struct bench *b, const char *secret)
{
	for (size_t i = 0; i < RECENT && b->recent[i]; i++) {
		if (!strcmp(b->recent[i], secret))
			return true;
	}
	return false;
}

/* What the lab knows goes in every encoding; what merely looks like a secret goes later. A row
 * that passed tells no more than its checks. */
static void remove_secrets(struct bench *b, struct arena *a, struct result *r)
{
	AUTO(redactor) struct redactor *redactor = NULL;

	if (!*lab_secrets(b->lab) && (r->verdict == PASSED || !b->n_recent))
		return;
	redactor = redactor_new();
	for (const char *const *s = lab_secrets(b->lab); *s; s++) {
		if (!is_recent(b, *s))
			remember(b, *s);
		if (r->verdict == PASSED)
			redactor_add(redactor, *s);
	}
	for (size_t i = 0; i < RECENT && b->recent[i] && r->verdict != PASSED; i++)
		redactor_add(redactor, b->recent[i]);
	redact_result(redactor, a, r);
}

static bool play_one(struct bench *b, size_t index)
{
	const struct item *it = &b->setup->plan->items[index];
	struct arena *arena = arena_new();
	struct result r = { 0 };
	struct err err = { 0 };
	int64_t started = clk_mono_us();
	bool sent;

	if (lab_ready(b, it, &err))
		bridge_play(b->lab, it, arena, &r);
	else
		broken(it, arena, &r, err.text);
	r.id = it->id;
	if (!r.took_us)
		r.took_us = clk_mono_us() - started;
	if (b->lab && !b->setup->options->by_hand) /* which shows a person what to type */
		remove_secrets(b, arena, &r);
	sent = send_result(b->setup->results, index, &r);
	arena_free(arena);
	return sent;
}

void worker_main(const struct worker_setup *s)
{
	struct bench b = { .setup = s };
	uint32_t index;

	while (read(s->orders, &index, sizeof index) == (ssize_t)sizeof index) {
		if (!play_one(&b, index))
			break;
	}
	lab_free(b.lab);
	for (size_t i = 0; i < RECENT; i++)
		free(b.recent[i]);
	bridge_close();
	if (!s->options->keep)
		file_remove_tree(s->home);
	exit(0);
}
