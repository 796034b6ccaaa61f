/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c - the facts by number, and what each is called. */
#include "idp-sim/facts.h"

const char *const fact_names[N_FACTS] = { "provider",  "tenant", "endpoint",  "grant",
					  "client_id", "user",	 "situation", "code" };

static const size_t places[N_FACTS] = {
	offsetof(struct facts, provider),  offsetof(struct facts, tenant),
	offsetof(struct facts, endpoint),  offsetof(struct facts, grant),
	offsetof(struct facts, client_id), offsetof(struct facts, user),
	offsetof(struct facts, situation), offsetof(struct facts, code),
};

const char *fact(const struct facts *f, size_t i)
{
	return *(const char *const *)((const char *)f + places[i]);
}

void fact_set(struct facts *f, size_t i, const char *value)
{
	*(const char **)((char *)f + places[i]) = value;
}
