/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state-url.h - where the state of several copies is kept.
 *
 *	redis://[[USER]:PASSWORD@]HOST[:PORT][/DB][?prefix=WORD]      also valkey://
 *	unix://[[USER]:PASSWORD@]/PATH[?db=DB][&prefix=WORD]
 *
 * USER and PASSWORD are percent-encoded. Keys begin with the prefix ("idp-sim" when absent) and
 * a colon: issuers that have nothing to do with each other take a prefix or a DB each.
 */
#pragma once

#include "idp-sim/base/err.h"

struct state_url {
	char host[256]; /* without brackets; "" when path is given */
	int port;
	char path[108]; /* of a Unix socket; "" when host is given */
	char user[128], password[256];
	int db;
	char prefix[64];
};

bool state_url_parse(const char *text, struct state_url *ret, struct err *err) MUST_CHECK;
/* The text with what may be a password replaced, for people; also of a text that is no URL. */
enum { STATE_URL_SHOWN = 256 };
const char *state_url_shown(const char *text, char ret[STATE_URL_SHOWN]);
