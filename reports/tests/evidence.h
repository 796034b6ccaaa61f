/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence.h - what hand-written results are made of: sections, amounts, checks, messages.
 */
#pragma once

#include "reports/result.h"

/* How many promises of a section are tried at a surface over azure, okta, keycloak, any. */
struct amount {
	const char *section, *surface;
	int each[4];
};

extern const struct section sections[];
extern const size_t n_sections;
extern const struct amount amounts[];
extern const size_t n_amounts;

/* An azure login whose error is hidden by the CLI. */
extern struct check scope_checks[4];
extern struct hop scope_hops[8];
/* A gateway that forwards a forged header. */
extern struct check forged_checks[3];
extern struct hop forged_hops[8];
/* A PDP that is ready without its policy. */
extern struct check bundle_checks[2];
