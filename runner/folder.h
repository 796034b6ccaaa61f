/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.h - the private folder of one run, and what killed runs have left behind.
 *
 * A run holds a lock on its folder as long as one of its processes lives. A folder that
 * carries our mark and that nobody locks belonged to a run that was killed: the next one
 * removes it. Folders of other users, and those that --keep has left, are not touched.
 */
#pragma once

#include "idp-sim/base/err.h"

struct folder {
	char path[64]; /* "" when there is none */
	int lock;      /* of the folder itself; -1: none */
};

/* Makes one in TMPDIR, or /tmp, after removing what is left of killed runs there. */
bool folder_make(struct folder *f, struct err *err) MUST_CHECK;
/* Removes it, or with keep leaves it to its reader for good. */
void folder_done(struct folder *f, bool keep);
