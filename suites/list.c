/* SPDX-License-Identifier: Apache-2.0 */
/* list.c - the suites in the order of the documentation; SUITES comes from meson.build. */
#include "suites/kit/scenario.h"

#define X(section) extern const struct suite suite_##section;
SUITES
#undef X

#define X(section) &suite_##section,
const struct suite *const suites[] = { SUITES NULL };
#undef X
