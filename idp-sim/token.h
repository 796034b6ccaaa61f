/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token.h - the grants of the token endpoint, one function each.
 */
#pragma once

#include "idp-sim/issue.h"

void grant_password(struct exchange *x);
void grant_client_credentials(struct exchange *x);
void grant_refresh(struct exchange *x);
void grant_code(struct exchange *x);
void grant_device(struct exchange *x);
void grant_exchange(struct exchange *x);

/* Is the person of another tenant, and no guest in this one? */
bool is_foreign(const struct user *u, const struct tenant *t);
/* The person of a code that is redeemed, in the tenant where the code was given; false after
 * answering. */
bool person_back(struct exchange *x, const char *user, const struct tenant *t);
/* A new session and its first tokens. */
void issue_first(struct exchange *x, const struct scopes *scopes, const char *sid,
		 int64_t auth_time, const char *nonce);
/* What every grant for a person checks before tokens are issued; false after answering. */
bool person_may(struct exchange *x);
/* Okta: the groups claim has a limit. False after answering. */
bool groups_fit(struct exchange *x, const struct scopes *scopes);
/* Finds the person into x->user; S_none when login and password are right. */
enum situation judge_password(struct exchange *x, const char *login, const char *password);
/* What stands in the way although they are. */
enum situation judge_readiness(const struct user *u);
/* common and organizations lead to the person's own tenant. */
void go_home(struct exchange *x);
/* The client has a role at the API it asks for; false after answering. */
bool roles_assigned(struct exchange *x, const struct scopes *s);
/* RFC 7636, 4.6. False after answering; challenge NULL: none was given. */
bool check_verifier(struct exchange *x, const char *challenge, const char *method);
