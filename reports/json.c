/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - our own report: everything that is known, in a versioned form that `gauntlet
 * report`, `merge` and `compare` read back (reports/schema/results.schema.json).
 */
#include "idp-sim/base/conf.h"
#include "reports/write.h"

static bool write_json(const struct results *rs, FILE *out, struct err *err)
{
	AUTO(json_t) json_t *o = results_to_json(rs);

	return write_json_text(o, out, err);
}

const struct report_format report_json = {
	.name = "json",
	.extension = "json",
	.help = "everything, for gauntlet report, merge and compare",
	.write = write_json,
};
