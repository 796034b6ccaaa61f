/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - small questions about strings.
 */
#pragma once

#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A copy to free(), NULL of NULL. */
static inline char *text_copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

/* Equal? Takes the same time wherever they differ. */
static inline bool text_same(const char *a, const char *b)
{
	size_t n = strlen(a);

	return n == strlen(b) && !CRYPTO_memcmp(a, b, n);
}

/* Is the word one of a blank-separated list? */
static inline bool text_lists(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)); p += n)
		if ((p == list || p[-1] == ' ') && (!p[n] || p[n] == ' '))
			return true;
	return false;
}
