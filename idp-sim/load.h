/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.h - between the files that read a provider file.
 */
#pragma once

#include "idp-sim/provider.h"

enum { MAX_NAMED = 64 };

struct loader {
	struct conf *conf; /* NULL when a record is made at run time */
	struct provider *p;
	struct arena *a;
	struct err *err;
	/* Header sets and envelopes that were compiled for an earlier endpoint or error. */
	struct loaded {
		const char *kind, *name;
		const void *made;
	} seen[MAX_NAMED];
	size_t n_seen;
};

/* Raises at a pointer of the file, or plainly when there is no file. Always false. */
bool load_fail(struct loader *l, const char *pointer, const char *fmt, ...) PRINTF(3, 4);

/* A template; absent gives NULL and true. */
bool load_template(struct loader *l, const char *pointer, const json_t *text,
		   enum text_kind kind, const struct template **ret);
struct words load_words(struct arena *a, const json_t *list);
void load_attrs(struct arena *a, const json_t *o, struct attrs *ret);
void load_lifetimes(const json_t *o, int64_t ret[LIFE_N]);
const char *load_str(struct arena *a, const json_t *o, const char *key);

/* In load-registry.c: one record each, from its JSON form. */
struct client *load_client(struct loader *l, const char *pointer, json_t *o);
struct user *load_user(struct loader *l, const char *pointer, json_t *o,
		       struct user_state *state);
struct tenant *load_tenant(struct loader *l, const char *pointer, json_t *o);
bool load_clients(struct loader *l, json_t *list);
bool load_users(struct loader *l, json_t *list);
bool load_registry(struct loader *l, json_t *root);

/* In load-surface.c. */
bool load_surface(struct loader *l, json_t *root);
/* In errors.c: what is answered when the dialect has no words. */
void load_bare_errors(struct loader *l);
