/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redact.h - takes secrets out of results before anybody writes them.
 *
 * Two nets. What the lab knows (passwords, client secrets, refresh tokens, device codes,
 * cookies) goes in every encoding in which a hop can carry it: as it is, percent- and
 * form-encoded, base64 and base64url at any offset, hexadecimal, JSON-escaped, and these
 * percent-encoded. What merely looks like one goes too: the signature of every JWT (header and
 * claims stay, they are the evidence) and the value of every parameter, member or header that
 * holds a secret by its name.
 */
#pragma once

#include "reports/result.h"

struct redactor;

#define REDACTED "[removed]"

struct redactor *redactor_new(void);
void redactor_free(struct redactor *r); /* takes NULL */
/* Shorter than 4 bytes is no secret. A JWT is known by its signature only. */
void redactor_add(struct redactor *r, const char *secret);
/* s without secrets, from the arena; s itself when there is none. NULL gives NULL. */
const char *redact_text(const struct redactor *r, struct arena *a, const char *s);
/* Replaces every string of others in the result; lists are copied to the arena. */
void redact_result(const struct redactor *r, struct arena *a, struct result *res);
/* All results, the command line and the rest of the provenance. */
void redact_results(const struct redactor *r, struct results *rs);

AUTO_KIND(redactor, struct redactor, redactor_free);
