/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values.c - the words that templates know, and what they are worth in an exchange.
 */
#include "idp-sim/values.h"

#include <string.h>

const char *json_list(struct exchange *x, const char *const *words, size_t n)
{
	AUTO_BUF b = { .arena = x->arena };

	buf_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&b, ',');
		buf_json(&b, words[i], strlen(words[i]));
	}
	buf_char(&b, ']');
	return buf_keep(&b);
}

bool from_attrs(const struct attrs *a, const char *name, struct value *v)
{
	const struct attr *at = attr_find(a, name);

	if (!at)
		return false;
	*v = at->value;
	return true;
}

/* client and user stay out: who asks is not in the path. */
bool slot_is_fixed(const struct slot *slot)
{
	static const char *const fixed[] = { "alg",	   "base",   "host",	    "issuer",
					     "key",	   "keys",   "kid",	    "origin",
					     "public_key", "tenant", "tenant_word", "version" };

	for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
		if (!strcmp(fixed[i], slot->name))
			return true;
	return false;
}

static const struct slot *find_in(const struct slot *slots, const char *name, size_t n)
{
	for (; slots->name; slots++)
		if (!strncmp(slots->name, name, n) && !slots->name[n])
			return slots;
	return NULL;
}

const struct slot *slot_find(const char *name, size_t n, const char **ret_arg)
{
	static const struct slot *const tables[] = { who_slots, time_slots, token_slots,
						     answer_slots };
	const struct slot *found = NULL;
	size_t word = 0;

	while (word < n && name[word] != '.' && name[word] != ':')
		word++;
	*ret_arg = word < n ? name + word + 1 : NULL;
	for (size_t i = 0; i < ARRAY_LEN(tables) && !found; i++)
		found = find_in(tables[i], name, word);
	return found;
}
