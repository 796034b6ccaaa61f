/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tenant.h - a real identity provider in place of the lab's (struct tenant in target.h).
 *
 * Its tokens are good ones of its own people, made by a command of the target file. A row that
 * needs a defective token, a changed provider, or a person that the tenant does not have is
 * SKIPPED with that reason, at the moment when it asks for it.
 */
#pragma once

#include "suites/kit/token.h"

bool tenant_is_there(const struct run *run);
/* A token as a row asks for it, or "" and the row is SKIPPED or BROKEN. */
const char *tenant_token(struct run *run, const struct token_ask *ask, const char *scope);
/* What the auth service is told: issuer, client, audience, claims. Nothing without a tenant. */
void tenant_configure(const struct lab *l, struct platform_config *c);
/* Members of people_state() under the names that the tenant has for them, in place. */
void tenant_rename(const struct lab *l, json_t *state);
