/* SPDX-License-Identifier: Apache-2.0 */
/* adapter.c - what the adapters share. */
#include "runner/targets/adapter.h"

#include "idp-sim/base/wire.h"

#include <string.h>

enum { MAX_HEADERS = 8 };

const struct adapter *adapter_find(const char *name)
{
	for (size_t i = 0; adapters[i]; i++) {
		if (!strcmp(adapters[i]->name, name))
			return adapters[i];
	}
	return NULL;
}

const char *adapter_path(const struct pdp_door *door, const char *entrypoint,
			 const char *fallback)
{
	const char *own = json_string_value(json_object_get(door->paths, entrypoint));

	return own ? own : fallback;
}

static bool post(const struct pdp_door *door, const char *path, const json_t *body,
		 const char *const *headers, const char *number, struct decision *ret,
		 struct err *err)
{
	AUTO(char) char *text = json_dumps(body, JSON_COMPACT);
	const char *lines[MAX_HEADERS] = { "Content-Type: application/json" };
	AUTO_ANSWER a = { 0 };
	const char *returned;
	struct err refused = { 0 };
	char url[2048];

	for (size_t i = 0; headers && headers[i] && i + 2 < MAX_HEADERS; i++)
		lines[i + 1] = headers[i];
	snprintf(url, sizeof url, "%s%s", door->url, path);
	if (!wire_request("POST", url, lines, text, strlen(text), &door->reach, &a, &refused))
		return refused.kind == ERR_NETWORK ||
		       fail(err, refused.kind, "%s", refused.text);
	ret->status = a.status;
	ret->took_us = a.took_us;
	returned = wire_header(&a, "X-Request-ID");
	if (a.body && (!number || !returned || !strcmp(number, returned)))
		ret->body = json_loadb(a.body, a.body_len, JSON_DECODE_ANY, NULL);
	return true;
}

bool adapter_post(const struct pdp_door *door, const char *path, const json_t *body,
		  const char *const *headers, struct decision *ret, struct err *err)
{
	return post(door, path, body, headers, NULL, ret, err);
}

bool adapter_post_numbered(const struct pdp_door *door, const char *path, const json_t *body,
			   struct decision *ret, struct err *err)
{
	static unsigned last;
	char number[40], line[80];
	const char *const headers[] = { line, NULL };

	snprintf(number, sizeof number, "gauntlet-%u", ++last);
	snprintf(line, sizeof line, "X-Request-ID: %s", number);
	return post(door, path, body, headers, number, ret, err);
}
