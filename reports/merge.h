/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.h - the results of shards as those of one run.
 *
 * What comes out equals the run that was not sharded but for times: the order is the one of
 * the whole plan (result.order), provenance is the first shard's without what is its own.
 */
#pragma once

#include "reports/result.h"

/* Refuses, naming both: a different scenario set, target, edition, profile or seed, and one id
 * in two shards. A shard that the others speak of ("shard": "2/7" in the provenance) and that
 * is not there leaves the merged run cut short, so that it cannot conform. names are what
 * complaints call the shards (file names). The results own themselves; the shards are not
 * needed any more. NULL with err. */
struct results *results_merge(const struct results *const *shards, const char *const *names,
			      size_t n, struct err *err) MUST_CHECK;
