/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/change.h"

static _Atomic uint64_t changes = 1;

void change_note(void)
{
	changes++;
}

uint64_t change_count(void)
{
	return changes;
}
