/* SPDX-License-Identifier: Apache-2.0 */
/* target.h - a target file as the suites see it. */
#pragma once

#include "runner/targets/format.h"
#include "suites/kit/target.h"

struct loaded;

/* Reads a target file and asks the target for its version. What is missing on this machine
 * (`needs`, the program) is an error here, before anything is planned. */
struct loaded *target_load(const char *path, const char *const *set,
			   struct err *err) MUST_CHECK;
void target_free(struct loaded *l); /* takes NULL */
const struct target *target_of(const struct loaded *l);
const struct target_file *target_file_of(const struct loaded *l);
/* Where the lab's listeners stand for it (`lab`); NULL: any free ports. Lives with l. */
struct lab_place;
const struct lab_place *target_places(const struct loaded *l);
/* What a run makes at an attached service carries a prefix of its own, and is noted in the file
 * ledger, which outlives a run that is killed; kit/names.h. */
void target_name_run(struct loaded *l, const char *ledger);
/* Runs `push.remove`, if there is one, with {"workspaces": [NAME, ...]} on its standard input. */
bool target_remove(const struct loaded *l, const json_t *names, struct err *err) MUST_CHECK;
/* Is word ("nginx", "./bin/x") a program that can be started? dir: where "./" is. */
bool target_program_exists(const char *dir, const char *word);

AUTO_KIND(loaded, struct loaded, target_free);
