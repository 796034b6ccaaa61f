/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/conf.h"

#include <string.h>

int64_t conf_duration_ms(const json_t *value, int64_t fallback)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = {
		{ "", 1000 },  { "ms", 1 },	  { "s", 1000 },
		{ "m", 60000 }, { "h", 3600000 }, { "d", 86400000 }
	};

	if (json_is_integer(value))
		return json_integer_value(value) * 1000;
	if (!json_is_string(value))
		return fallback;
	const char *text = json_string_value(value);
	size_t sign = text[0] == '-', digits = strspn(text + sign, "0123456789");
	if (!digits || digits > 9)
		return fallback;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (!strcmp(text + sign + digits, units[i].unit))
			return strtoll(text, NULL, 10) * units[i].ms;
	return fallback;
}

json_t *conf_get(const json_t *o, const char *path)
{
	while (o && *path) {
		size_t n = strcspn(path, ".");

		o = json_object_getn(o, path, n);
		path += n + (path[n] == '.');
	}
	return (json_t *)o;
}

const char *conf_str(const json_t *o, const char *path, const char *fallback)
{
	const char *s = json_string_value(conf_get(o, path));

	return s ? s : fallback;
}

int64_t conf_int(const json_t *o, const char *path, int64_t fallback)
{
	const json_t *v = conf_get(o, path);

	return json_is_integer(v) ? json_integer_value(v) : fallback;
}

bool conf_bool(const json_t *o, const char *path, bool fallback)
{
	const json_t *v = conf_get(o, path);

	return json_is_boolean(v) ? json_is_true(v) : fallback;
}
