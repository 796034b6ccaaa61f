/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim.h - the simulator from within: what idp.h only names.
 *
 * For the files of idp-sim/. Handlers (token.c, device.c, ...) see one struct exchange; the
 * control API sees struct idp and the functions at the end of this file.
 */
#pragma once

#include "idp-sim/base/form.h"
#include "idp-sim/base/rng.h"
#include "idp-sim/base/web.h"
#include "idp-sim/idp.h"
#include "idp-sim/journal.h"
#include "idp-sim/provider.h"
#include "idp-sim/store.h"
#include "idp-sim/trouble.h"

#include <string.h>

enum { MAX_PROVIDERS = 16 };

struct door;

struct idp {
	struct idp_options options; /* strings copied */
	struct arena *arena;	    /* of those strings */
	struct clk clk;
	struct rng rng;
	struct provider *providers[MAX_PROVIDERS];
	size_t n_providers;
	struct provider **retired; /* replaced by idp_reload() */
	size_t n_retired;
	struct store *devices;	  /* device_code -> struct device_code */
	struct store *user_codes; /* provider/user_code -> the same records' device_code */
	struct store *codes;	  /* authorization code -> struct auth_code */
	struct store *sessions;	  /* session id -> struct session */
	struct store *browsers;	  /* cookie -> struct browser: who is signed in where */
	struct store *sign_ins;	  /* form id -> struct sign_in: a person between two pages */
	struct store *revoked;	  /* jti of access tokens revoked one by one */
	struct store *rates;	  /* provider/client/minute -> a count */
	struct shared *shared;	  /* NULL: this copy is alone */
	struct troubles *troubles;
	struct journal *journal;
	unsigned char secret[32]; /* makes refresh tokens and codes unforgeable */
	struct web *web, *web_tls, *control;
	struct tls *tls;    /* NULL without TLS */
	struct door *doors; /* doors.h; NULL: none */
	/* Listeners run before the last of these is known; NULL until then. */
	char *_Atomic origin, *_Atomic tls_origin, *_Atomic control_origin;
	char *ca_file; /* NULL without TLS */
	int64_t started_at_ms;
	int64_t up_since_ms;	/* monotonic */
	pthread_mutex_t change; /* held by whoever changes clients, users, tenants */
	pthread_mutex_t reload; /* held while files are read again */
};

/* Who signed in where, and what may still be done with it: the refresh family. */
struct session {
	struct record record; /* key: the session id */
	const struct provider *provider;
	const struct tenant *tenant;
	char *client_id;
	char *user;  /* NULL: a client's own */
	char *scope; /* granted, blank separated, hidden ones included */
	char *nonce;
	int64_t auth_time; /* 0: nobody was at a browser */
	int64_t started_ms;
	int64_t idle_ms; /* a refresh token older than that is expired; 0: never */
	bool offline;
	/* Below: guarded by record.lock. */
	unsigned generation; /* of the current refresh token */
	int64_t issued_ms;   /* when the current one was issued */
	int64_t rotated_ms;  /* when its predecessor was exchanged */
	bool expired;	     /* by the control API */
	bool revoked;	     /* signed out, revoked, reset */
	bool reused;	     /* revoked because an old token came back */
};

enum device_status { DEVICE_PENDING, DEVICE_APPROVED, DEVICE_DENIED, DEVICE_REDEEMED };

struct device_code {
	struct record record; /* key: the device_code */
	const struct provider *provider;
	const struct tenant *tenant;
	char *client_id, *user_code, *scope, *nonce, *challenge, *challenge_method, *resource;
	const char *version;
	int64_t created_ms, expires_ms; /* the record itself lingers after expires_ms */
	/* Below: guarded by record.lock. */
	enum device_status status;
	char *user, *session_id; /* NULL: nobody came by with a browser */
	int64_t auth_time;
	int64_t polled_ms; /* last accepted poll */
	int64_t interval_s;
	int polls;
};

struct auth_code {
	struct record record; /* key: the code */
	const struct provider *provider;
	const struct tenant *tenant;
	char *client_id, *user, *redirect_uri, *scope, *nonce, *challenge, *challenge_method;
	char *session_id, *resource;
	const char *version;
	int64_t auth_time, created_ms, expires_ms;
	bool used; /* guarded by record.lock */
};

/* What was granted, in the dialect's order. */
struct scopes {
	const char *v[MAX_SCOPES]; /* as answered: "openid", "api://platform/platform.read" */
	size_t n;
	const struct resource *resource; /* Entra: whose token it is; NULL: none */
	bool openid, offline;
};

/* The tokens of one answer while they are made. */
struct issue {
	struct scopes scopes;
	struct session *session; /* borrowed; NULL: nothing to refresh */
	const char *sid, *nonce;
	int64_t auth_time; /* 0: nobody was at a browser */
	int64_t iat, exp;  /* of the token being made */
	int64_t access_life_s, id_life_s;
	int64_t refresh_exp; /* 0: none */
	const char *version; /* "1.0": Entra's v1 token; NULL or "2.0" */
	const char *shown;   /* the scopes as answered, once asked for */
	const char *refresh_id, *at_hash;
	const char *access_token, *id_token, *refresh_token; /* NULL while not made */
};

/* A person between two pages. */
struct sign_in {
	struct record record; /* key: a random id */
	const struct provider *provider;
	const struct tenant *tenant;
	char *client_id, *scope, *redirect_uri, *state, *response_mode, *nonce;
	char *challenge, *challenge_method, *device_code, *session_id;
	const char *version;
	bool wants_consent;
	/* Below: guarded by record.lock. */
	char *user; /* NULL: nobody has signed in yet */
	int64_t auth_time;
};

/* A request of the surface while it is answered. */
struct exchange {
	struct idp *idp;
	struct web_request *rq;
	struct web_reply *rp;
	struct arena *arena;
	const struct provider *provider;
	const struct endpoint *endpoint;
	const struct tenant *tenant;
	const char *tenant_word; /* as written in the path */
	const struct client *client;
	const struct user *user;
	struct facts facts;
	struct form form; /* of the body */
	struct form query;
	int64_t now_ms;
	const struct door *via; /* the door it came by; NULL: the common listener */
	uint64_t stamp;		/* change_count() from before anything was looked up */
	const char *origin;	/* "http://127.0.0.1:41873": what issuers begin with */
	const char *version;
	const char *issuer; /* text of issuer_of for issuer_tenant, made once */
	const struct template *issuer_of;
	const struct tenant *issuer_tenant;
	enum grant grant;
	const char *authorization; /* the header, NULL when absent */
	const char *credential_id, *credential_secret;
	int64_t assertion_from_s, assertion_until_s; /* of the client's assertion */

	/* The error being answered, and words its templates ask for. */
	const struct oauth_error *error;
	const char *parameter;		 /* name of the missing one */
	const struct resource *resource; /* Entra: the API that is asked for */
	const char *word;		 /* the scope, grant, URI or code that was refused */
	const char *description;
	char trace_id[UUID_LEN + 1], correlation_id[UUID_LEN + 1];
	const char *redirect_uri; /* set once it is known to be good: errors go there */
	const char *state, *response_mode;

	struct trouble spoil; /* of the tokens, once asked_spoil */
	bool asked_spoil, spoils;

	/* The tokens being issued. */
	struct issue *issue;
	const struct key *key;
	struct device_code *device;
	struct sign_in *sign_in;
	const char *session_id;	 /* of the person who has just signed in */
	const char *logout_sid;	 /* NULL: no session was named */
	const char *token_jti;	 /* of the token that is introspected */
	const char *refresh_jti; /* of the JWT that is exchanged */
	int64_t token_issued_ms; /* of the refresh token that is refused */
	struct kept *kept;	 /* records that what is above may point into */
	const char *page_title, *page_message;
	const char *code;	    /* the authorization code being sent */
	bool sign_in_ends;	    /* with this answer, well or not */
	bool signed_in;		    /* well */
	bool browser_ends;	    /* and takes its cookies along */
	const char *browser_cookie; /* NULL: none is set or taken back */
	bool browser_cookie_placed;
	bool answered;
};

/* Answers the error of a situation, in the dialect's words. Always false. */
bool refuse(struct exchange *x, enum situation s);
/* The same with an error of one's choice. */
bool refuse_with(struct exchange *x, enum situation s, const struct oauth_error *e);
/* The same with the word that the text quotes. */
bool refuse_word(struct exchange *x, enum situation s, const char *word);

/* ---- for the control API ---- */

struct provider *idp_provider(const struct idp *s, const char *name); /* NULL: unknown */
/* {"name", "title", "issuer", "endpoints": {}, "tenants": [], "clients": [], "users": []} */
json_t *describe_provider(struct idp *s, const struct provider *p);
/* JSON merge patch (RFC 7396) of a registered one; an unknown id is registered anew when the
 * patch is enough of a client or a user. */
bool patch_client(struct idp *s, struct provider *p, const char *id, const json_t *patch,
		  struct err *err) MUST_CHECK;
bool patch_user(struct idp *s, struct provider *p, const char *name, const json_t *patch,
		struct err *err) MUST_CHECK;
bool patch_tenant(struct idp *s, struct provider *p, const char *id, const json_t *patch,
		  struct err *err) MUST_CHECK;
/* An issuer of one's own: {"id"?, "name"?}. NULL with err when the id is taken. */
const struct tenant *add_tenant(struct idp *s, struct provider *p, const json_t *spec,
				struct err *err);
const char *tenant_issuer(struct idp *s, const struct provider *p, const struct tenant *t,
			  struct arena *a);
/* Provider files and the configuration read again; keys, sign-ins and sessions go on, what was
 * changed over the control API does not. A mistake in a file changes nothing. */
bool idp_reload(struct idp *s, struct err *err) MUST_CHECK;
/* Of another reading of its file, it still is the same provider. */
static inline bool same_provider(const struct provider *a, const struct provider *b)
{
	return a == b || !strcmp(a->name, b->name);
}
/* The i-th, of which idp_reload() makes a new one while handlers look. */
static inline struct provider *idp_nth(const struct idp *s, size_t i)
{
	return __atomic_load_n(&s->providers[i], __ATOMIC_ACQUIRE);
}
/* Everything as at start, but the keys stay. */
void idp_reset(struct idp *s);
json_t *devices_list(struct idp *s);
enum decide { DECIDE_OK, DECIDE_UNKNOWN_CODE, DECIDE_UNKNOWN_USER, DECIDE_TOO_LATE };
/* user NULL: the person declines. */
enum decide device_decide(struct idp *s, const char *user_code, const char *user);
/* Ends refresh families that match (NULL matches all); returns how many. */
int sessions_end(struct idp *s, const struct facts *which, bool revoke);
/* Header and claims texts of a token as the provider would issue it now, for mint.h. kind is
 * "access", "id" or "refresh"; scope NULL: the defaults. */
struct mint_request {
	const struct provider *provider;
	const struct tenant *tenant; /* NULL: the first */
	const struct client *client; /* NULL: the first registered */
	const struct user *user;     /* NULL: the client's own token */
	const char *kind, *scope, *nonce, *version;
	const char *origin; /* NULL: idp_origin() */
};
bool mint_texts(struct idp *s, const struct mint_request *m, struct buf *header,
		struct buf *claims, const struct key **ret_key, struct err *err) MUST_CHECK;
