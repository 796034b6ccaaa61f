/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imposter.h - an identity provider over TLS whose certificate somebody should look at.
 *
 * It counts requests: who checks certificates before speaking sends none. What is posted it
 * answers like a device authorization endpoint; what is fetched is the lab's provider under an
 * address of its own: discovery document and keys.
 */
#pragma once

#include "suites/kit/run.h"

enum imposter_name {
	IMPOSTER_NAMED,	  /* its certificate is for its own address */
	IMPOSTER_ALIAS,	  /* for another host */
	IMPOSTER_EXPIRED, /* for its own address, until yesterday */
};

/* Starts one on the lab's address, instead of the last one and on its port; stopped with the lab. Base
 * URL without a slash at the end, NULL when the run is broken. */
const char *imposter_start(struct run *run, enum imposter_name name);
/* Its certificate authority (PEM), which no system trusts. */
const char *imposter_ca(struct run *run);
/* In configuration group "provider-over-tls" it is the platform's issuer, and parts of ours trust
 * the authorities of one file: from now on only its own, or nobody. */
void imposter_trust(struct run *run, bool trusted);
size_t imposter_count(struct run *run); /* requests that it could read */

struct imposter;
struct lab;
/* For the lab: as imposter_start(); NULL with err. */
const char *imposter_open(struct lab *l, enum imposter_name name, struct err *err);
void imposter_free(struct imposter *i); /* takes NULL */
