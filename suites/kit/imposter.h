/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imposter.h - an identity provider over TLS whose certificate somebody should look at.
 *
 * It answers every request like a device authorization endpoint and counts them: a client that
 * checks certificates before it speaks sends none.
 */
#pragma once

#include "suites/kit/run.h"

enum imposter_name {
	IMPOSTER_NAMED,	  /* its certificate is for its own address */
	IMPOSTER_ALIAS,	  /* for another host */
	IMPOSTER_EXPIRED, /* for its own address, until yesterday */
};

/* Starts one on the lab's address, instead of the last one; stopped with the lab. Base URL without a
 * slash at the end, NULL when the run is broken. */
const char *imposter_start(struct run *run, enum imposter_name name);
/* Its certificate authority (PEM), which no system trusts. */
const char *imposter_ca(struct run *run);
size_t imposter_count(struct run *run); /* requests that it could read */

struct imposter;
void imposter_free(struct imposter *i); /* for the lab; takes NULL */
