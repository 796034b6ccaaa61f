/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grant-exchange.c - token exchange (RFC 8693), where a dialect has it.
 */
#include "idp-sim/bearer.h"
#include "idp-sim/scope.h"
#include "idp-sim/token.h"

#include <string.h>

static bool take_subject(struct exchange *x, struct bearer *b)
{
	const struct client *asks = x->client;

	x->client = NULL;
	bearer_adopt(x, b);
	x->client = asks;
	x->issue = NULL;
	return x->user ? true : refuse(x, S_subject_token_invalid);
}

static void exchange_subject(struct exchange *x, struct bearer *b)
{
	struct scopes scopes;

	if (!take_subject(x, b) || !scopes_judge(x, form_get(&x->form, "scope"), &scopes) ||
	    !person_may(x))
		return;
	issue_first(x, &scopes, session_new_id(x), 0, NULL);
}

void grant_exchange(struct exchange *x)
{
	const char *subject = need(x, "subject_token");
	struct bearer b = { 0 };

	if (!subject)
		return;
	if (bearer_judge(x, subject, &b))
		refuse(x, S_subject_token_invalid);
	else
		exchange_subject(x, &b);
	bearer_done(&b);
}
