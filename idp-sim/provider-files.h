/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provider-files.h - the provider files compiled in: "azure.yaml" as people wrote it, and
 * "azure.pack", the same for a quick start.
 */
#pragma once

#include "idp-sim/base/file.h"

extern const struct embedded provider_files[];
