/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record-scrub.h - recordings without what belongs to somebody.
 *
 * Words of a real tenant (its host, client, user, password) become those of the built-in one,
 * so that a recording can be played. Codes, opaque tokens, cookies and signatures become
 * others of the same alphabet and length, one for one within a recording. What a token claims
 * stays, but for the claims that tell who the person is.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"

struct scrub;

struct scrub *scrub_new(void);
void scrub_free(struct scrub *s); /* takes NULL */

/* From now on `word` reads `other`. A secret is replaced wherever it stands, another word only
 * between characters that are no part of a word. NULL, empty or equal: nothing to do. */
void scrub_word(struct scrub *s, const char *word, const char *other, bool secret);
/* From now on this code, token or cookie is replaced. NULL: nothing to do. */
void scrub_code(struct scrub *s, const char *code);
/* Claims that tell who a person is: each becomes the value of `person`, or, where that is
 * null, a placeholder. Their names are added to `ret`, a list, when they were replaced so. */
void scrub_person(struct scrub *s, const json_t *claims, const json_t *person, json_t *ret);

/* The text without all that. */
void scrub_put(struct scrub *s, struct buf *out, const char *text);
/* All strings of a tree; a new reference. */
json_t *scrub_tree(struct scrub *s, const json_t *v);
/* A secret that is still in the text, or NULL. */
const char *scrub_leak(const struct scrub *s, const char *text);

/* Calls `see` for the claims of each JWT in the text. */
void tokens_in(const char *text, void (*see)(void *ctx, const json_t *claims), void *ctx);

AUTO_KIND(scrub, struct scrub, scrub_free);
