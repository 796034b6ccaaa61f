/* SPDX-License-Identifier: Apache-2.0 */
/*
 * issue.h - the tokens of one answer.
 */
#pragma once

#include "idp-sim/session.h"

/* Prepares x->issue (in the arena) with the scopes; times are now. */
struct issue *issue_begin(struct exchange *x, const struct scopes *scopes);
/* Makes the access token and what belongs to it, and sends the endpoint's answer. The session
 * may be NULL: no refresh token. generation and issued are of the refresh token. */
void issue_answer(struct exchange *x, struct session *s, unsigned generation,
		  int64_t issued_ms);
/* Header and claims of one token, without signing. */
void issue_access_texts(struct exchange *x, struct buf *header, struct buf *claims);
void issue_id_texts(struct exchange *x, struct buf *header, struct buf *claims);
