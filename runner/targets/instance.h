/* SPDX-License-Identifier: Apache-2.0 */
/*
 * instance.h - one running target: what target.c, server.c, command.c and the adapters share.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "runner/targets/fill.h"
#include "runner/targets/format.h"
#include "suites/kit/child.h"
#include "suites/kit/play.h"
#include "suites/kit/target.h"

struct adapter;

/* A loaded target file; `target` is what the suites see. */
struct loaded {
	struct target target;
	struct target_file *file;
	struct arena *arena;
	struct tenant tenant;	       /* when the file names one */
	const struct adapter *adapter; /* of a PDP */
	char *version;
	bool lost; /* attached, and it did not get ready: nobody waits so long again */
	struct lab_place places[5]; /* of an attached target; part NULL ends them */
};

struct instance {
	struct loaded *of;
	struct arena *arena;
	struct fill fill;
	const char *configuration; /* group, or NULL */
	const char *home, *url, *config;
	const char **env;     /* NULL-ended */
	struct child *server; /* NULL: a CLI, or attached */
	json_t *memo;	      /* of the adapter: what it read of this PDP once */
	char *last_words;     /* of last_words(), kept until the next call */
};

/* The configuration group that it has: default when the row asks for none. */
const char *instance_group(const struct instance *i);
/* A key of the file, or of the configuration group where that says otherwise; borrowed. */
const json_t *instance_key(const struct instance *i, const char *key);
/* A list of words with its names filled, in the instance's arena, with `more` free places
 * after it; NULL with err. *ret_n: how many. The first word, when it has a slash and is no
 * absolute path, is beside the target file. */
const char **instance_argv(struct instance *i, const json_t *list, size_t more, size_t *ret_n,
			   struct err *err) MUST_CHECK;
/* Runs a command of the file to its end, argv filled from `command`. False with err when it
 * could not be asked for at all; else the caller owns ret's texts (ran_done), and whether the
 * command did well is in them: ran_well(). */
bool instance_run(struct instance *i, const json_t *command, struct child_options *o,
		  struct ran *ret, struct err *err) MUST_CHECK;
bool ran_well(const struct ran *r); /* started, and ended with 0 */
/* The end of what it wrote on stderr, which says most; borrowed. */
const char *ran_last_words(const struct ran *r);
/* An instance for a command that needs no lab: the settings are filled in, and more can be.
 * fill_done() and arena_free() end it. */
void instance_without_lab(struct instance *ret, struct loaded *l);
/* Starts the server and waits until it is ready (server.c). */
bool server_start(struct instance *i, struct err *err) MUST_CHECK;
void server_stop(struct instance *i);
/* Waits for readiness of something already started, or attached (server.c). */
bool server_wait(struct instance *i, struct err *err) MUST_CHECK;

/* Is it still there? One look, of 2 s at most. */
bool server_answers(struct instance *i);

/* The verbs of a CLI or SDK probe (command.c); as in kit/target.h. */
void *command_begin(void *ctx, void *instance, const struct command *cmd, struct err *err);
bool command_abort(void *ctx, void *running, struct ran *ret, struct err *err);
bool command_finish(void *ctx, void *running, struct ran *ret, struct err *err);
/* A token of the file's tenant (tenant.c); as in kit/target.h. */
bool token_by_command(void *ctx, const char *user, const char *scope, char **ret,
		      struct err *err);
/* Fills the functions of l->target that act on instances (instance.c). */
void instance_verbs(struct loaded *l);
