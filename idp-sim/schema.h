/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema.h - what may stand in the YAML files of the simulator, once, for the check at
 * loading and for the published JSON Schemas.
 */
#pragma once

#include "idp-sim/base/conf.h"

/* A provider file: fixtures/providers/azure.yaml and the like. */
extern const struct conf_key provider_schema[];
/* A configuration laid over them: idp-sim serve --config. */
extern const struct conf_key config_schema[];
/* One of their tenants, clients or users, in a list of that name: what the control API takes. */
extern const struct conf_key record_schema[];
