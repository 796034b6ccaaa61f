/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope.h - which of the asked scopes a dialect grants.
 */
#pragma once

#include "idp-sim/sim.h"

/*
 * Judges the scope parameter of the request for x->client. asked NULL: none was sent.
 * False after answering invalid_scope (or its kin) in the dialect's words.
 */
bool scopes_judge(struct exchange *x, const char *asked, struct scopes *ret);
/* Takes what is known and drops the rest silently: Keycloak's device endpoint. */
void scopes_lenient(struct exchange *x, const char *asked, struct scopes *ret);
/* From the text kept in a session: names that are all known. */
void scopes_parse(struct exchange *x, const char *text, struct scopes *ret);
/* Of a code that is redeemed: what was granted, or what the request names beside it (Entra).
 * False after answering. */
bool scopes_redeem(struct exchange *x, const char *granted, struct scopes *ret);
/* ret keeps only what `granted` has as well; hidden ones stay. */
void scopes_narrow(struct exchange *x, struct scopes *ret, const struct scopes *granted);

const struct scope *scope_find(const struct provider *p, const char *name); /* or NULL */
bool scopes_have(const struct scopes *s, const char *name);

enum scopes_form {
	SCOPES_SHOWN, /* as the token answer names them */
	SCOPES_ALL,   /* hidden ones included */
	SCOPES_SHORT, /* API scopes only, without the resource */
};

/* Blank separated, in the exchange's arena. */
const char *scopes_text(struct exchange *x, const struct scopes *s, enum scopes_form form);
/* Audiences of an access token into ret (MAX_SCOPES); returns how many. */
size_t scopes_audience(struct exchange *x, const struct scopes *s, const char *version,
		       const char **ret);
