/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/situation.h"

#include <string.h>

const char *const situation_names[S_N] = {
#define SITUATION_NAME(name, parent, status, error) #name,
	SITUATIONS(SITUATION_NAME)
#undef SITUATION_NAME
};

enum situation situation_find(const char *name)
{
	for (int i = 1; i < S_N; i++)
		if (!strcmp(situation_names[i], name))
			return (enum situation)i;
	return S_none;
}
