/* SPDX-License-Identifier: Apache-2.0 */
/*
 * adapter.h - how a policy decision point is asked. One file a protocol, and its word in
 * runner/meson.build.
 */
#pragma once

#include "idp-sim/base/conf.h"
#include "idp-sim/base/wire.h"
#include "suites/kit/target.h"

struct pdp_door {
	const char *url;      /* of the PDP, no slash at the end */
	const json_t *paths;  /* `decide` of the target file: entrypoint -> path; may be NULL */
	const char *prefix;   /* of the principal headers: "X-NMP-" */
	struct wire_to reach; /* time-out and, where the URL is https, whom to trust */
	json_t **memo; /* what the adapter read of this PDP once; its owner frees it; or NULL */
};

struct adapter {
	const char *name;
	const char *source; /* where the protocol is written */
	/* Asks. False only when we could not: a refused connection gives true and
	 * answered == false. */
	bool (*decide)(const struct pdp_door *door, const struct question *q,
		       struct decision *ret, struct err *err);
	/* How its policy or data could be written over the protocol; NULL: not at all. */
	const struct pdp_write *writes;
};

/* NULL-ended, made from the list in runner/meson.build. */
extern const struct adapter *const adapters[];
const struct adapter *adapter_find(const char *name);

/* What adapters share: posts body as JSON, reads the answer into ret (status, body, took_us).
 * A connection that fails leaves status 0 and is no error. headers: NULL-ended, may be NULL. */
bool adapter_post(const struct pdp_door *door, const char *path, const json_t *body,
		  const char *const *headers, struct decision *ret, struct err *err);
/* The same with an X-Request-ID of its own; an answer that carries another one is to another
 * question, and is not read. */
bool adapter_post_numbered(const struct pdp_door *door, const char *path, const json_t *body,
			   struct decision *ret, struct err *err);
/* The path of an entrypoint: the file's, else fallback. */
const char *adapter_path(const struct pdp_door *door, const char *entrypoint,
			 const char *fallback);

/* Reads {"result": {...}} as the platform and OPA answer (adapters/nemo.c). Always true. */
bool adapter_read_result(struct decision *d, const char *entrypoint);
/* Sends a request without a body whose status is the decision (adapters/ext-authz.c). */
bool adapter_ask_status(const struct pdp_door *door, const struct question *q,
			const char *method, const char *target, const char *const *headers,
			struct decision *ret, struct err *err);
/* The principal of the input as trusted header lines; returns how many (adapters/ext-authz.c).
 */
size_t adapter_principal_lines(const struct pdp_door *door, const json_t *in,
			       char lines[][1024], size_t max);
