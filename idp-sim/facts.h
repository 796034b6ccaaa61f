/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - who asks whom for what: what troubles are scoped by and the journal records.
 *
 * Strings are borrowed for the time of the call, NULL while not known.
 */
#pragma once

#include <stddef.h>

struct facts {
	const char *provider; /* "keycloak" */
	const char *tenant;   /* "platform" */
	const char *endpoint; /* "token", "device", "discovery", "jwks", "userinfo", ... */
	const char *grant;    /* "device_code", "password", ... at the token endpoint */
	const char *client_id;
	const char *user;      /* login name as registered: "alice" */
	const char *situation; /* the error that was answered: "invalid_scope"; NULL: none */
	const char *code;      /* its code, "AADSTS70011"; NULL: none */
};

/* Their names as troubles, the journal and its filters spell them, in the order of the struct.
 * A trouble is scoped by the first N_SCOPES: the others are known when it is over. */
enum { N_SCOPES = 6, N_FACTS = 8 };
extern const char *const fact_names[N_FACTS];
const char *fact(const struct facts *f, size_t i); /* the i-th; NULL: not known */
void fact_set(struct facts *f, size_t i, const char *value);
