/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handover.h - `gauntlet lab` and `gauntlet run` of one attached target share its fixed ports.
 *
 * The lab keeps them while nobody runs. A run asks it to step aside, waits until it has, and the lab
 * comes back when the run is over. Two locked files in the temporary folder, named after the
 * target's place, are all they have in common; a process that dies lets go of them. The run's is
 * the ledger of what it makes at the target as well (standing.h).
 */
#pragma once

#include "idp-sim/base/err.h"

struct handover {
	int lab, run; /* file descriptors, -1: not held */
	char lab_path[128], run_path[128];
};

/* key: what makes two runs want the same ports, such as the target file's real path. */
void handover_init(struct handover *h, const char *key);
/* In a run: the ports are ours when this returns. False when another run has them. */
bool handover_take(struct handover *h, struct err *err) MUST_CHECK;
void handover_give_back(struct handover *h);
/* In a lab: false when another lab of that target stands. */
bool handover_keep(struct handover *h, struct err *err) MUST_CHECK;
/* In a lab that was asked (SIGUSR1): lets go, waits until the run is over, and keeps again. */
bool handover_step_aside(struct handover *h, struct err *err) MUST_CHECK;
