/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provider-pack.c - at build time: the provider files that are compiled in, checked and packed,
 * so that no start of the program has to read YAML.
 *
 *	provider-pack DIR FILE.yaml...
 */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/file.h"
#include "idp-sim/schema.h"

#include <stdio.h>
#include <string.h>

static bool pack(const char *dir, const char *path, struct err *err)
{
	AUTO(conf) struct conf *conf = conf_load(path, err);
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	AUTO_BUF packed = { 0 };
	AUTO_BUF out = { 0 };

	if (!conf || !conf_check(conf, provider_schema, NULL, err))
		return false;
	buf_printf(&out, "%s/%.*s.pack", dir, (int)strcspn(base, "."), base);
	return (conf_pack(conf_root(conf), &packed) ||
		fail(err, ERR_INPUT, "%s: real numbers cannot be packed", path)) &&
	       file_write(out.p, packed.p, packed.n, 0644, err);
}

int main(int argc, char **argv)
{
	struct err err = { 0 };

	for (int i = 2; i < argc; i++)
		if (!pack(argv[1], argv[i], &err)) {
			fprintf(stderr, "provider-pack: %s\n", err.text);
			return 1;
		}
	return 0;
}
