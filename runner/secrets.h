/* SPDX-License-Identifier: Apache-2.0 */
/* secrets.h - what no report may show: the values that ${env:NAME} puts anywhere. */
#pragma once

#include "idp-sim/base/arena.h"
#include "runner/targets/format.h"

/* Of the target file, its settings (also those of --set) and the templates that it names;
 * NULL-ended, borrowed from the environment. Shorter than four letters is no secret. */
const char **secrets_of_target(struct arena *a, const struct target_file *f);
