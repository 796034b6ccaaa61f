/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url.h - http and https URLs, cut into parts without changing a byte of the path.
 */
#pragma once

#include "idp-sim/base/err.h"

struct url {
	bool tls;
	char host[256];    /* without brackets */
	int port;          /* 80 or 443 when absent */
	char target[2048]; /* path and query as written, "/" when empty */
};

bool url_parse(const char *text, struct url *ret, struct err *err) MUST_CHECK;
