/* SPDX-License-Identifier: Apache-2.0 */
/* order.h - the one order of results: gates, then edition, documentation, door, provider. */
#pragma once

#include "reports/result.h"

/* So that a merged report equals the unsharded one, whatever came first. */
void results_sort(struct results *rs);
