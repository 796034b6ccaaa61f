/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provider-json.c - at build time: the provider files that are compiled in, checked and as JSON,
 * so that no start of the program has to read YAML.
 *
 *	provider-json DIR FILE.yaml...
 */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/file.h"
#include "idp-sim/schema.h"

#include <stdio.h>
#include <string.h>

static bool write_json(const char *dir, const char *path, struct err *err)
{
	AUTO(conf) struct conf *conf = conf_load(path, err);
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	AUTO_BUF out = { 0 };

	if (!conf || !conf_check(conf, provider_schema, NULL, err))
		return false;
	AUTO(char) char *text = json_dumps(conf_root(conf), JSON_COMPACT);
	buf_printf(&out, "%s/%.*s.json", dir, (int)strcspn(base, "."), base);
	return text && file_write(out.p, text, strlen(text), 0644, err);
}

int main(int argc, char **argv)
{
	struct err err = { 0 };

	for (int i = 2; i < argc; i++)
		if (!write_json(argv[1], argv[i], &err)) {
			fprintf(stderr, "provider-json: %s\n", err.text);
			return 1;
		}
	return 0;
}
