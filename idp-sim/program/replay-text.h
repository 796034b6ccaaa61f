/* SPDX-License-Identifier: Apache-2.0 */
/* replay-text.h - texts of answers without what changes from run to run. */
#pragma once

#include "idp-sim/base/buf.h"

/* The text with {base}, {time}, {id} and {code} in place of this server's address, times, trace
 * ids and the user code; code may be NULL. */
void put_settled(struct buf *out, const char *text, const char *origin, const char *code);
/* What a person reads of a page: no tags, single blanks. */
void put_page_text(struct buf *out, const char *html);
/* One alphabet and length: ids, codes, signatures. */
bool same_shape(const char *recorded, const char *got);
