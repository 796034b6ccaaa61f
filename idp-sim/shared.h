/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared.h - several copies of the simulator that are one issuer.
 *
 * What a sign-in leaves behind is in Redis (redis.h), and so are the clock and the rotations of
 * keys: whoever moves the clock or rotates a key of one copy does it for all, before the next
 * request is answered anywhere. The keys themselves are in a file, or built in. Clients, users,
 * troubles and the journal are of each copy.
 *
 * All of it is nothing without options.state: then idp.shared is NULL.
 */
#pragma once

#include "idp-sim/serve.h"

struct shared;

/* Connects; before the stores are made. */
bool shared_open(struct idp *s, const char *url, struct err *err) MUST_CHECK;
/* Takes the clock from the others, or gives it to them; once the keys are there. */
bool shared_join(struct idp *s, struct err *err) MUST_CHECK;
void shared_close(struct idp *s);
/* A store of that kind, here or there. */
struct record_kind;
struct store *shared_store(struct idp *s, const struct record_kind *kind, size_t limit);

/* Documents need nothing that is shared. */
bool shared_needed(const struct endpoint *ep);
/* Before a request is looked at: what others have done to the clock and the keys. False: they
 * cannot be asked. */
bool shared_begin(struct idp *s);
/* Forgets that it failed. */
void shared_forgive(const struct idp *s);
/* Did something not get through since? */
bool shared_lost(const struct idp *s);
/* Whatever the answer was, it is the provider's 5xx now when something was lost. */
void shared_end(struct exchange *x);
/* "redis://host/0", without the password; NULL: memory. */
const char *shared_where(const struct idp *s);

/* After the clock was changed here. */
void shared_clock(struct idp *s);
/* After the keys were rotated here, and the old ones retired. */
void shared_rotated(struct idp *s, struct keys *k, bool publish, bool retire);
