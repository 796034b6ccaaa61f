/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trouble.h - what goes wrong on purpose, because nothing natural makes it go wrong.
 *
 * A trouble is armed over the control API, scoped by facts (an absent fact matches all), for
 * the next N matching requests or until cleared. The engine asks at four places; each ask
 * that is answered uses up one of the N. Deterministic: the first armed that matches wins.
 */
#pragma once

#include "idp-sim/base/conf.h"
#include "idp-sim/base/web.h"
#include "idp-sim/facts.h"

struct troubles;

enum trouble_kind {
	TROUBLE_ERROR, /* an error of the dialect, by situation, where the provider gives it */
	TROUBLE_TOKEN, /* a token that is wrong in one way */
	TROUBLE_DOCUMENT, /* discovery or JWKS that is wrong */
	TROUBLE_WIRE,	  /* the answer is right and arrives wrong */
};

struct trouble {
	int id;
	enum trouble_kind kind;
	/*
	 * ERROR: the situation, "invalid_scope". TOKEN: "iss", "aud", "exp", "nbf", "iat",
	 * "nonce", "kid", "alg-none", "alg-hs256", "key", "signature", "azp", or "drop" with
	 * `value` the claim. DOCUMENT: "issuer", "drop" with `value` the member,
	 * "double-slash", "empty", "stale", "unreachable". WIRE: "delay", "reset", "truncate",
	 * "bad-json", "html", "content-type", "429", "500", "502", "503", "504".
	 */
	char what[48];
	char value[256]; /* what instead, where one makes sense */
	char code[32];	 /* ERROR: the one error of that situation, "AADSTS70011"; "": any */
	int64_t number;	 /* milliseconds, bytes, or Retry-After seconds */
};

struct troubles *troubles_new(void);
void troubles_free(struct troubles *t); /* takes NULL */
/* Arms one from its JSON form: {"kind", "what", "value", "code", "number", "next", "provider",
 * "tenant", "endpoint", "grant", "client_id", "user"}. `known` holds the situations that the
 * provider has; code words like AADSTS70011 are resolved by the control API before. */
bool troubles_arm(struct troubles *t, const json_t *spec, int *ret_id,
		  struct err *err) MUST_CHECK;
bool troubles_clear(struct troubles *t, int id); /* 0: all; false when there is no such one */
json_t *troubles_list(struct troubles *t);	 /* new reference */
bool troubles_armed(const struct troubles *t);	 /* any at all? */

/*
 * The first armed trouble of that kind that matches; copied to ret, one use taken. For
 * TROUBLE_ERROR `applies` says whether it belongs to this moment; NULL accepts any. Cheap when nothing is armed.
 */
bool trouble_take(struct troubles *t, enum trouble_kind kind, const struct facts *f,
		  bool (*applies)(void *ctx, const struct trouble *t), void *ctx,
		  struct trouble *ret);
/* Does to a finished reply what WIRE troubles that match say. */
void trouble_wire(struct troubles *t, const struct facts *f, const struct web_request *rq,
		  struct web_reply *rp);
/* Asked before a request is acted on: true when a 429 or 5xx trouble matches, and the reply
 * is filled. What was never acted on can be tried again (a refresh token is not used up). */
bool trouble_gate(struct troubles *t, const struct facts *f, const struct web_request *rq,
		  struct web_reply *rp);
