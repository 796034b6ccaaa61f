/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provider-files.h - the provider files compiled in.
 */
#pragma once

#include "idp-sim/base/file.h"

extern const struct embedded provider_files[];
