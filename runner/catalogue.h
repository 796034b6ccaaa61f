/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.h - the coverage page: documentation section x door x provider x row x mutant. */
#pragma once

#include "idp-sim/base/conf.h"
#include "runner/plan.h"

/* Each row of the plan once, with its expansions counted. New reference. */
json_t *catalogue_json(const struct plan *p);
bool catalogue_markdown(const struct plan *p, FILE *out);
bool catalogue_html(const struct plan *p, FILE *out);
/* Its rows as a profile: documented promises are required, the others optional. */
bool catalogue_profile(const struct plan *p, FILE *out);
