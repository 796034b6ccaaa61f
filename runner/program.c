/* SPDX-License-Identifier: Apache-2.0 */
/* program.c - gauntlet with the suites of this repository. */
#include "runner/verbs.h"

int main(int argc, char **argv)
{
	return gauntlet_main(argc, argv);
}
