/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - a stored record as text that another copy of the simulator can read.
 *
 * A kind is a table of the members that matter; the text is a JSON object with the same names,
 * and "expires". Providers and tenants are written by name: a copy that does not serve them
 * does not know the record.
 */
#pragma once

#include "idp-sim/store.h"

#include <stddef.h>

enum field_type {
	FIELD_TEXT,	/* char *, owned; NULL is left out */
	FIELD_INT64,	/* int64_t */
	FIELD_INT,	/* int, unsigned or an enum */
	FIELD_BOOL,	/* bool */
	FIELD_PROVIDER, /* const struct provider *; has to come before the tenant */
	FIELD_TENANT,	/* const struct tenant * */
	FIELD_VERSION,	/* const char *, of one of the provider's endpoints */
};

struct record_field {
	const char *name; /* NULL ends a table */
	enum field_type type;
	size_t at;
	bool changes; /* guarded by record.lock */
};

struct record_kind {
	const char *name; /* in keys: "device" */
	size_t size;	  /* of the struct that begins with the record */
	void (*release)(struct record *r);
	const struct record_field *fields;
};

extern const struct record_kind device_kind, user_code_kind, code_kind, session_kind,
	sign_in_kind, browser_kind, revoked_kind, rate_kind;

struct idp;

/* The text; the caller frees it. */
char *record_text(const struct record_kind *kind, const struct record *r);
/* A record of the caller's own; NULL: the text is not of this kind, or names a provider or
 * tenant that is not served here. */
struct record *record_parse(const struct record_kind *kind, const struct idp *idp,
			    const char *key, const char *text);
/* Takes the members that change from a later text. */
bool record_update(const struct record_kind *kind, struct record *r, const char *text);
