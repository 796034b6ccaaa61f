/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf-private.h - shared by the files of conf.h.
 */
#pragma once

#include "idp-sim/base/buf.h"

struct conf;

/* Appends "FILE:LINE:COLUMN" of a node. */
void conf_where(const struct conf *c, const char *pointer, struct buf *ret);
