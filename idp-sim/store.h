/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - state that expires: sign-ins, codes, sessions.
 *
 * Sharded by key; a shard's lock is held only for the look-up, never while anything is
 * computed or signed. Records are counted references, so one stays valid for whoever holds it
 * after it left the store. Each insert sweeps a few expired neighbours, and a full store drops
 * what expires first, so memory is bounded.
 *
 * A store may also be elsewhere (store-ops.h): then a record that is handed out is a copy of
 * the caller's own, and what is done to it counts only through store_change().
 */
#pragma once

#include "idp-sim/base/clk.h"
#include "idp-sim/base/own.h"

#include <pthread.h>
#include <stdint.h>

struct record {
	char *key;		    /* owned by the record */
	_Atomic int64_t expires_ms; /* virtual */
	_Atomic int refs;
	pthread_mutex_t lock;		   /* of the mutable members of the containing struct */
	void (*release)(struct record *r); /* frees the containing struct; NULL: free(r) */
	struct record *next;		   /* private */
	char *stored;			   /* private: the text that is stored elsewhere */
};

struct store;

struct store *store_new(const struct clk *clk, size_t limit);
void store_free(struct store *s); /* takes NULL */
void store_clear(struct store *s);
/* Initialises the head of a record; key is copied. The caller owns the one reference. */
void record_init(struct record *r, const char *key, int64_t expires_ms);
void record_unref(struct record *r); /* takes NULL */
/* Adds a reference of its own; false when the key is taken. */
bool store_add(struct store *s, struct record *r);
/* A new reference, or NULL when there is none or it has expired. */
struct record *store_get(struct store *s, const char *key);
/* Changes the mutable members in one step: of two that change the same record at a time the
 * second sees what the first has made. change() may be called more than once, each time on the
 * record as it is now. False: the store is out of reach, and nothing is changed. */
bool store_change(struct store *s, struct record *r,
		  void (*change)(void *ctx, struct record *r), void *ctx);
/* Adds one to a count that starts anew when it has expired; returns it. */
int64_t store_count(struct store *s, const char *key, int64_t expires_ms);
/* Calls each() with every record, in no order, holding no lock; stops when it returns false. */
void store_each(struct store *s, bool (*each)(void *ctx, struct record *r), void *ctx);
