/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screen.h - what `idp-sim serve` says when it listens: to people, or to the program that began it.
 */
#pragma once

#include "idp-sim/idp.h"

/* What the simulator itself does not tell. */
struct screen {
	int64_t took_ms; /* to start */
	int64_t seed;	 /* 0: random */
	bool frozen;
	const char *keys; /* the file; NULL: the built-in ones */
};

/* Issuers, console, clock, and something to copy for each provider. */
void screen_print(struct idp *s, const struct screen *sc);
/* One line of JSON: issuers, origins, control URL, CA file, process id. */
void ready_print(struct idp *s);
