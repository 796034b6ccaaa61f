/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static void set(struct err *err, enum err_kind kind, const char *fmt, va_list ap)
{
	err->kind = kind;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
}

bool fail(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(err, kind, fmt, ap);
	va_end(ap);
	return false;
}

bool fail_errno(struct err *err, const char *fmt, ...)
{
	int code = errno;
	char why[128];
	va_list ap;

	va_start(ap, fmt);
	set(err, ERR_SYSTEM, fmt, ap);
	va_end(ap);
	size_t n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, ": %s",
		 strerror_r(code, why, sizeof(why)));
	return false;
}

bool err_note(struct err *err, const char *fmt, ...)
{
	char before[sizeof(err->text)];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(before, sizeof(before), fmt, ap);
	va_end(ap);
	size_t at = n < 0 ? 0 : (size_t)n;
	if (at + 2 < sizeof(before))
		snprintf(before + at, sizeof(before) - at, ": %.*s",
			 (int)(sizeof(before) - at - 3), err->text);
	memcpy(err->text, before, sizeof(before));
	return false;
}
