/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - the error tables of the providers, for people.
 *
 * Words come from the provider file where it has its own, else from words.c, which says for
 * each situation when it happens, what it means and how it is mended.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/provider.h"

struct found {
	const struct provider *provider;
	const struct oauth_error *error; /* NULL: nobody gives it */
};

/* By code ("AADSTS70011", "70011", "E0000047"), by situation, or by the name of the OAuth error
 * ("invalid_scope"); the first provider that gives it. */
struct found find_error(struct provider *const *providers, size_t n, const char *word);
/* The n-th in that provider that has the word; NULL after the last. */
const struct oauth_error *next_error(const struct provider *p, const char *word, size_t nth);

/* "AADSTS70011", or the situation where the dialect has no codes. */
const char *error_code(const struct oauth_error *e);
const char *error_when(const struct oauth_error *e);
const char *error_means(const struct oauth_error *e);
const char *error_fix(const struct oauth_error *e);
/* "live", "doc", "log" or "open". */
const char *error_sure(const struct oauth_error *e);
/* What `errors` groups by: "token endpoint, refresh". */
const char *error_place(const struct oauth_error *e);
/* The text with ${name} as <name>; in the arena; "" when the dialect has none. */
const char *error_text(const struct provider *p, const struct oauth_error *e, struct arena *a);

/* "AADSTS70011  invalid_scope    azure, HTTP 400, known from: official doc" */
void print_title(const struct provider *p, const struct oauth_error *e);

/* Says that no provider gives it, and what may have been meant. EXIT_SAYS_NO. */
int complain_unknown(const char *word);
