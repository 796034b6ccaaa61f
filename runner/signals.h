/* SPDX-License-Identifier: Apache-2.0 */
/* signals.h - Ctrl-C, TERM and HUP end a run in order: remembered, and a poll woken. */
#pragma once

#include "idp-sim/base/err.h"

bool signals_catch(struct err *err) MUST_CHECK;
void signals_release(void); /* back to the system's ways */
int signals_fd(void);	    /* readable when one came */
int signals_told(void);	    /* the signal, or 0 */
