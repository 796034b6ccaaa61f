/* SPDX-License-Identifier: Apache-2.0 */
/* release.h - what several targets of a release have shown, as the results of one run. */
#pragma once

#include "runner/played.h"

/* The first one's results become the whole's and stay its own. name: of the release; file: its
 * path; n > 0. An id that a second target has too carries that target's name. */
struct results *release_join(struct played *played, size_t n, const char *name,
			     const char *file);
