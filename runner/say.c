/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/say.h"

#include <string.h>

/* Bytes of text that fit into room columns: up to a space, or a piece of a word that never fits. */
static size_t fitting(const char *text, size_t room)
{
	size_t n = strcspn(text, "\n"), cut;

	if (n <= room)
		return n;
	for (cut = room; cut > 0 && text[cut] != ' '; cut--)
		;
	return cut ? cut : room;
}

void say_wrapped(FILE *out, const char *label, int column, const char *text)
{
	size_t room = (size_t)(SAY_WIDTH - column);

	fprintf(out, "  %-*s", column - 2, label);
	while (*text) {
		size_t n = fitting(text, room);

		fprintf(out, "%.*s\n", (int)n, text);
		text += n;
		text += *text == ' ' || *text == '\n';
		if (*text)
			fprintf(out, "%*s", column, "");
	}
}
