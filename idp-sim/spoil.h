/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spoil.h - a token or a document that is wrong in one way, because a trouble says so.
 */
#pragma once

#include "idp-sim/serve.h"

/* Writes the spoilt token to out and returns true when a TOKEN trouble is armed for this
 * exchange; nothing and false otherwise. kind is "access" or "id". */
bool spoil_token(struct exchange *x, const char *kind, struct buf *header, struct buf *claims,
		 struct buf *out);
/* Sets a member of a JSON object's text; value NULL takes it out. Other text stays as it is. */
void spoil_member(struct buf *text, const char *name, const char *value);
/* The trouble of a document, when one is armed for it. */
bool spoil_document(struct exchange *x, struct trouble *ret);
