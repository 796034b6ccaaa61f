/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code.h - authorization codes.
 */
#pragma once

#include "idp-sim/serve.h"

/* A code for the person who has signed in; its text goes to x->code. */
void code_make(struct exchange *x, const struct sign_in *in);
