/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doors.h - a provider, or one tenant of it, at an origin of its own.
 *
 * Programs that derive the tenant from the host or from the first segment of the path need one
 * origin a tenant. A door is a listener of one's own ("azure=https://127.0.0.1:9443"), a public
 * URL of one's own ("azure=https://login.example.test", behind a proxy or as a virtual host:
 * requests that name it in Host see nothing else), or both. What has a listener of its own is
 * nowhere else. Doors are made before anything listens and never change after that.
 */
#pragma once

#include "idp-sim/sim.h"

struct door;

/* Reads "PROVIDER[/TENANT]=[http://|https://][ADDRESS:]PORT". */
bool doors_listen(struct idp *s, const char *spec, struct err *err) MUST_CHECK;
/* Reads "PROVIDER[/TENANT]=URL". */
bool doors_public(struct idp *s, const char *spec, struct err *err) MUST_CHECK;
/* The same from its parts; tenant NULL: the whole provider. */
bool doors_add(struct idp *s, const struct provider *p, const char *tenant, const char *listen,
	       const char *public_url, struct err *err) MUST_CHECK;
/* Whether one of them needs a certificate; and the hosts that it has to name: ret has room for
 * max, NULL-ended. */
bool doors_want_tls(const struct idp *s);
void doors_hosts(const struct idp *s, const char **ret, size_t max);
/* Starts the listeners; o says everything but address, port and TLS. */
bool doors_open(struct idp *s, const struct web_options *o, struct err *err) MUST_CHECK;
void doors_close(struct idp *s);

/* The door by which a request came; NULL: the common listener. rq may be NULL. */
const struct door *doors_via(const struct idp *s, const struct web_request *rq);
/* The origin that issuers of that provider and tenant (NULL: its first) begin with; NULL: the
 * common one. via NULL: whichever is the tenant's own. */
const char *doors_origin(const struct idp *s, const struct door *via, const struct provider *p,
			 const struct tenant *t);
const char *door_public_url(const struct door *d); /* NULL: none */
/* May it be served there? t NULL: anything of the provider. */
bool doors_serve(const struct idp *s, const struct door *via, const struct provider *p,
		 const struct tenant *t);
/* Forgets the tenant of an exchange that came by another door than its own; where it has a public
 * URL of its own the origin is that, whichever way the request came. */
void doors_stay_at_home(struct exchange *x, const struct door *via);
/* The tenant of a path that names none; NULL: the door is the whole provider's. */
const char *door_tenant(const struct door *d);
/* {"azure": "https://127.0.0.1:41234", "okta/default": ...}; NULL when there are none. */
json_t *doors_describe(const struct idp *s);
