/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idp.h - the simulated OpenID provider, embedded.
 *
 * One struct idp serves any number of providers (dialects), each with tenants, clients and
 * users of its own, on one listener; its control API is on a second one. Whatever the
 * control API can do over HTTP a program can do with idp_call(), through the same routes.
 */
#pragma once

#include "idp-sim/base/clk.h"
#include "idp-sim/base/err.h"

#include <jansson.h>
#include <stdint.h>

struct idp; /* a running simulator */

struct idp_options {
	/* NULL-ended; a name ("azure") is a file compiled in, anything with '/' or ".yaml" a
	 * path. NULL: azure, okta and keycloak. */
	const char *const *providers;
	const char *
		config; /* YAML with clients, users, lifetimes laid over the providers'; NULL: none */
	const char *address; /* "127.0.0.1" when NULL */
	int port;	     /* 0: any free one */
	int control_port;    /* 0: any free one; -1: no control listener */
	const char *
		public_url; /* what issuers begin with behind a proxy; NULL: the listener's origin */
	/* An origin of one's own for a provider or a tenant, see doors.h; NULL-ended or NULL:
	 * "azure=https://127.0.0.1:0", "okta/default=:9443"; where it listens, and what issuers
	 * begin with behind a proxy. The configuration's `listen` and `public_url` are the same. */
	const char *const *listens;
	const char *const *public_urls;
	bool trust_forwarded; /* take X-Forwarded-Proto and -Host into issuers */
	bool tls;	      /* HTTPS beside HTTP, on a port of its own */
	int tls_port;	      /* 0: any free one */
	const char *
		tls_dir; /* where ca.pem, cert.pem, key.pem are read or made; NULL: a temporary one */
	const char *alg; /* that tenants sign with: "RS256" or "ES256"; NULL: the dialect's */
	const char *
		keys; /* file with the signing keys, made when absent; NULL: the built-in public test keys */
	int threads;	  /* 0: one a core */
	uint64_t seed;	  /* 0: ids and codes are random */
	int64_t start_at; /* virtual Unix time at start; 0: now */
	bool adopt;	  /* register unknown tenants, clients and redirect URIs on first use */
	/* Where copies keep what they share: a URL of state-url.h, or "memory"; NULL: as the
	 * configuration says, else memory. */
	const char *state;
	/* Called for each journal line, on the serving thread; NULL: none. The text is borrowed. */
	void (*on_line)(void *ctx, const char *line);
	void *ctx;
};

/* Starts serving. NULL with err on failure: a bad provider file is ERR_INPUT with its place. */
struct idp *idp_start(const struct idp_options *o, struct err *err) MUST_CHECK;
void idp_stop(struct idp *s); /* takes NULL */

const char *idp_origin(const struct idp *s); /* "http://127.0.0.1:41873" */
/* Where it really listens, when public_url is what everybody else calls it. */
const char *idp_local_origin(const struct idp *s);
const char *idp_tls_origin(const struct idp *s);     /* NULL without TLS */
const char *idp_control_origin(const struct idp *s); /* NULL without a control listener */
const char *idp_ca_file(const struct idp *s);	     /* NULL without TLS */
/* Origins of their own, by "azure" or "okta/default"; new reference, NULL: none has one. */
json_t *idp_origins(const struct idp *s);
/* Issuer of the provider's first tenant ("https://..." only when public_url says so). */
const char *idp_issuer(const struct idp *s, const char *provider);
struct clk *idp_clock(struct idp *s);

/* Every secret that the journal has cut since entry `since`: passwords, client secrets, codes,
 * tokens, cookies; for whoever keeps records of their own. Not over HTTP. */
void idp_secrets(struct idp *s, int64_t since,
		 void (*seen)(void *ctx, const char *value, size_t n), void *ctx);

/*
 * A call of the control API without HTTP. method and path as in /_sim/openapi.json, body
 * borrowed and NULL when there is none. Returns the answer (new reference, {} when empty)
 * and its HTTP status; the answer of a failed call is {"error": "...", "remedy": "..."}.
 *
 *	GET    /_sim/health
 *	GET    /_sim/openapi.json
 *	GET    /_sim/providers                  name, issuer, endpoints, clients, users
 *	POST   /_sim/reset                      state, troubles, journal, clock as at start
 *	POST   /_sim/reload                     provider files and configuration again
 *	GET    /_sim/clock                      {"now": 1771087320, "frozen": false}
 *	PUT    /_sim/clock                      {"now": N} and/or {"frozen": true}
 *	POST   /_sim/clock/advance              {"seconds": N} or {"for": "90d"}
 *	GET    /_sim/devices                    sign-ins: provider, user_code, device_code, client_id,
 *	                                        scope, status pending|approved|denied|expired|redeemed, polls
 *	POST   /_sim/devices/USER_CODE/approve  {"user": "alice"}
 *	POST   /_sim/devices/USER_CODE/deny
 *	GET    /_sim/sessions                   refresh families: id, provider, user, client_id, status
 *	                                        active|expired|revoked|reused, refreshes, started
 *	POST   /_sim/sessions/ID/end
 *	GET    /_sim/troubles
 *	POST   /_sim/troubles                   one trouble, see trouble.h; answers {"id": N}
 *	DELETE /_sim/troubles                   all; /_sim/troubles/N one
 *	POST   /_sim/mint                       a token, valid or forged, see mint.h; {"token": "...", "claims": {}}
 *	GET    /_sim/journal                    ?since=SEQ&wait=SECONDS&provider=&endpoint=&client_id=&n=COUNT:
 *	                                        answers when COUNT (default 1) entries after since match, or
 *	                                        the wait is over; {"entries": [...], "next": SEQ}
 *	POST   /_sim/keys/rotate                {"provider": "okta", "publish": true}
 *	POST   /_sim/refresh/expire             {"provider":, "tenant":, "user":, "client_id":} any may be absent
 *	POST   /_sim/refresh/revoke             the same
 *	PATCH  /_sim/providers/P/clients/ID     JSON merge patch of a client: {"grants": [...], ...}
 *	PATCH  /_sim/providers/P/users/NAME     JSON merge patch of a user: {"disabled": true}
 *	POST   /_sim/tenants                    {"provider": "azure"}: an issuer of one's own
 */
json_t *idp_call(struct idp *s, const char *method, const char *path, const json_t *body,
		 int *ret_status) MUST_CHECK;
