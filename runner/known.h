/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.h - failures that are known, and by whom they are answered for.
 *
 *	known:
 *	  - id: login/invalid-scope-stops@*       # a glob over ids
 *	    fingerprint: 6f1c0d3a5b7e9912         # of what fails and how; another one FAILS
 *	    versions: ">=0.3.0 <0.4"              # of the target; absent: all
 *	    reason: the provider's error text is lost
 *	    owner: cli team
 *	    link: https://...
 *	    expiry: 2026-06-30
 *	    status: accepted                      # or disputed
 *	    intermittent: true                    # fails now and then: a pass is no sign of anything
 *
 * A known failure is shown and does not gate; one that fails in another way does, and says so;
 * one that is fixed or expired is announced.
 */
#pragma once

#include "idp-sim/base/conf.h"
#include "reports/result.h"

struct known;

extern const struct conf_key known_keys[];

/* version: of the target, for `versions`; may be "". */
struct known *known_load(const char *path, const char *version, struct err *err) MUST_CHECK;
void known_free(struct known *k); /* takes NULL */
/* Names the entries that cover no scenario there is. */
void known_announce(const struct known *k, FILE *out);
/* Marks r when an entry covers it. Strings live in a or in k. */
void known_apply(const struct known *k, struct arena *a, struct result *r);
/* Is version within a range such as ">=0.3.0 <0.4"? An empty range holds everything. */
bool version_within(const char *version, const char *range);
/* A file of entries for every FAILED of a report, for the version that was tried; what an entry
 * said before stays. owner: of all, or NULL. */
bool known_write(const struct results *rs, const char *owner, FILE *out,
		 struct err *err) MUST_CHECK;
