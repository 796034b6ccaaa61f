/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places.h - where the lab's listeners stand for a target that runs somewhere else: fixed
 * addresses, the URLs under which the target sees them, and TLS. Private to the kit.
 */
#pragma once

#include "suites/kit/lab.h"

/* Certificates: the lab's own are made, or read, once a lab. ERR_INPUT when they do not cover
 * a host of an advertised URL. */
bool places_open(struct lab *l, struct err *err) MUST_CHECK;
void places_close(struct lab *l);

/* Where a plain listener of that part is to be opened: its fixed place, or a free port when a
 * relay stands there. In the lab's arena. */
const char *place_listen(const struct lab *l, const char *part);
/* Once the plain listener at url stands: puts the relay before it, when the place has TLS;
 * else *ret is NULL. */
bool place_relay(const struct lab *l, const char *part, const char *url, struct relay **ret,
		 struct err *err) MUST_CHECK;
/* The URL of that part as the target sees it; url is where it really is. In the lab's arena. */
const char *place_seen(const struct lab *l, const char *part, const char *url);
/* The certificate authority that a target must trust; NULL: nothing has TLS of the lab's. */
const char *places_ca_file(const struct lab *l);
