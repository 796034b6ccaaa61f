/* SPDX-License-Identifier: Apache-2.0 */
/* target.c - how the platform's own decision point would be written to. */
#include "suites/kit/target.h"

const struct pdp_write platform_writes[] = {
	{ "PUT", "bundle",
	  .body = "{\"mallory@example.com\": {\"workspaces\": {\"ml-team\": [\"Admin\"]}}}" },
	{ 0 },
};
