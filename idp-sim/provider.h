/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provider.h - one dialect as its YAML file states it, compiled, and the tenants, clients
 * and users that are registered with it.
 *
 * What comes from the file never changes while it is served. Tenants, clients and users are
 * immutable too: a change makes a new one, and the old one is kept until idp_stop(), so a
 * handler may hold a pointer without a lock.
 */
#pragma once

#include "idp-sim/base/arena.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/facts.h"
#include "idp-sim/keys.h"
#include "idp-sim/situation.h"
#include "idp-sim/template.h"

enum { MAX_HEADERS = 24, MAX_SCOPES = 64 };

struct provider;

/* Ordered response headers, values as templates; memory holds the first n only. */
struct header_set {
	size_t n;
	struct {
		const char *name;
		const struct template *value;
	} v[MAX_HEADERS];
};

enum endpoint_kind {
	EP_DOCUMENT, /* any GET that answers a template: discovery, metadata, realm info */
	EP_DISCOVERY,
	EP_JWKS,
	EP_TOKEN,
	EP_DEVICE,
	EP_AUTHORIZE,
	EP_USERINFO,
	EP_INTROSPECT,
	EP_REVOKE,
	EP_LOGOUT,
	EP_DEVICE_PAGE, /* the verification_uri */
	EP_SIGN_IN,	/* where the sign-in form is sent */
	EP_CONSENT,	/* the consent page and where its form is sent */
	EP_STATUS,	/* how a device sign-in ended */
	EP_INSTANCE,	/* Entra's instance discovery */
	EP_AUTHN,	/* Okta's primary authentication */
	EP_N
};

/* A path of the surface. Segments "{tenant}" match any one segment. */
struct endpoint {
	const struct provider *provider;
	enum endpoint_kind kind;
	const char *name; /* "token": what facts.endpoint says */
	const char *path; /* "/realms/{tenant}/protocol/openid-connect/token" */
	const char *tail; /* of path, behind its last "}": "/protocol/openid-connect/token" */
	size_t tail_n;
	const char *version; /* "1.0": Entra's v1 wire; NULL when the dialect has one version */
	const char *methods; /* "GET POST"; NULL: by kind */
	const char *tenant;  /* fixed tenant of a path without {tenant}; NULL: none */
	const struct header_set *headers;	   /* of a success */
	const struct header_set *error_headers;	   /* of an error */
	const struct header_set *redirect_headers; /* of a redirect; NULL: the provider's */
	const struct template *envelope;	   /* body of an error */
	bool strict_type;			   /* refuses a body that is no form */
	const struct template *body;		   /* of a document or a success */
	const struct template *issuer;		   /* NULL: the provider's */
};

/* The last eight bytes of an endpoint's tail, fewer where it is shorter: most of what a path does
 * not end with is passed over without a look at the endpoint. */
struct path_end {
	uint64_t bytes, mask;
};

struct path_end path_end(const char *path, size_t n); /* (serve.c) */

struct words {
	const char *const *v; /* NULL-ended */
	size_t n;
};
bool words_have(const struct words *w, const char *word);

/* An error as the dialect gives it. */
struct oauth_error {
	enum situation situation;
	const char *variant; /* grant, endpoint or version it is limited to; NULL: any */
	int status;
	const char *error;    /* "invalid_scope" */
	const char *code;     /* "AADSTS70011", "E0000047"; NULL: none */
	int64_t number;	      /* 70011; 0: none */
	const char *suberror; /* NULL: none */
	bool no_uri;	      /* Entra leaves error_uri out */
	const struct template *description;
	const struct template *claims;	  /* Entra's claims challenge; NULL: none */
	const struct template *body;	  /* NULL: the envelope of the endpoint */
	const struct template *envelope;  /* NULL: the endpoint's */
	const char *page;		  /* title, where the error is an HTML page */
	const struct header_set *headers; /* NULL: error_headers of the endpoint */
	const char *source, *confidence, *meaning, *causes, *fix, *when;
	struct words tested; /* ids of a test suite that plays it; for people */
};

struct attr {
	const char *name;
	struct value value;
};

struct attrs {
	const struct attr *v;
	size_t n;
};

const struct attr *attr_find(const struct attrs *a, const char *name);

enum grant {
	GRANT_NONE,
	GRANT_PASSWORD,
	GRANT_CLIENT_CREDENTIALS,
	GRANT_DEVICE_CODE,
	GRANT_REFRESH_TOKEN,
	GRANT_AUTHORIZATION_CODE,
	GRANT_TOKEN_EXCHANGE,
	GRANT_JWT_BEARER,
	GRANT_N
};
extern const char *const grant_names[GRANT_N]; /* "password", "device_code": short names */
extern const char *const grant_types[GRANT_N]; /* as grant_type spells them */

enum lifetime {
	LIFE_ACCESS,
	LIFE_ID,
	LIFE_REFRESH, /* idle */
	LIFE_SESSION, /* at most, whatever is refreshed */
	LIFE_DEVICE,
	LIFE_INTERVAL,
	LIFE_CODE,
	LIFE_N
};

struct client {
	const char *id;
	const char *name; /* "platform-cli": what people and the control API call it */
	const char *secret;
	bool is_public, disabled, bearer_only;
	bool consent_required; /* the user is asked */
	bool consented;	       /* false: an administrator's consent is missing */
	bool assignment;       /* only `users` may sign in */
	bool adopted;	       /* registered on first use */
	unsigned grants;       /* bits 1u << enum grant */
	struct words scopes;   /* may be asked for; empty: all of the provider's */
	struct words default_scopes;
	struct words redirect_uris, logout_uris, origins, users, groups;
	const char *tenant;	 /* registered with one tenant only; NULL: all */
	const char *pkce;	 /* NULL, "S256", "plain": required method */
	const char *auth;	 /* token_endpoint_auth_method; NULL: basic or post */
	json_t *jwks;		 /* public keys for private_key_jwt; borrowed from source */
	int64_t life_ms[LIFE_N]; /* -1: the provider's */
	const char *rotates;	 /* NULL: the provider's; "true", "false" */
	struct attrs attrs;	 /* every member of the file, for ${client.NAME} */
	json_t *source;
};

/* What wrong passwords, locks and resets leave behind; shared by all versions of a user. */
struct user_state {
	_Atomic int failures;
	_Atomic int64_t locked_until_ms;
	_Atomic int64_t valid_from_ms; /* tokens of before are void; 0: all are good */
	_Atomic int64_t changed_ms;
};

struct user {
	const char *name; /* "alice" */
	const char *password;
	const char *otp; /* NULL: no second factor */
	bool disabled, locked, must_change_password, password_expired, mfa_required, guest;
	struct words logins; /* what the person may type: alice, alice@example.test */
	struct words groups, roles;
	const char *tenant;
	struct attrs attrs;
	struct user_state *state;
	json_t *source;
};

struct tenant {
	const char *id;	  /* "platform", a GUID, "default" */
	const char *name; /* display name: "Contoso" */
	struct words aliases;
	bool disabled;
	bool any; /* common, organizations: the user's own tenant is `home` */
	const char *home;
	struct keys *keys;
	struct attrs attrs;
	json_t *source;
};

/* A member of the tenant that is true; fallback when it has none of that name. */
bool tenant_flag(const struct tenant *t, const char *name);
bool tenant_flag_or(const struct tenant *t, const char *name, bool fallback);
int64_t attr_int(const struct attrs *a, const char *name, int64_t fallback); /* a may be NULL */

/* A scope in the dialect's own order. */
struct scope {
	const char *name;
	bool is_default; /* granted unasked */
	bool hidden;	 /* granted, not named in the answer (Keycloak's web-origins, roles) */
	bool openid;	 /* belongs to OpenID Connect, not to an API */
	bool consent;	 /* a person or an administrator has to consent first */
	const char *audience; /* added to aud; NULL: none */
};

/* An API whose scopes are written RESOURCE/NAME (Entra). */
struct resource {
	const char *uri;     /* "api://platform" */
	const char *id;	     /* its client id: aud of a v2 token */
	const char *version; /* "1.0" or "2.0": which tokens it accepts */
	bool is_default;     /* of scopes that name no resource: Microsoft Graph */
	bool is_private;     /* nobody else can verify its tokens; aud is its id */
	struct words scopes, roles, aliases;
};

enum reuse { REUSE_KEEP, REUSE_REFUSE, REUSE_REVOKE };

/* Named flags; provider files say what each is for. */
struct behaviours {
	bool grant_type_first; /* grant_type is judged before the client */
	bool duplicates_refused;
	bool public_secret_refused;
	bool device_checks_scope;
	bool device_checks_grant; /* at the device endpoint; else only at the token endpoint */
	bool device_slow_down;
	int64_t device_slow_down_adds; /* seconds added to the interval by a slow_down */
	bool device_code_remembered;   /* a redeemed code is told from an unknown one */
	int64_t device_linger_ms; /* how long an expired code is told from an unknown one */
	bool device_consent;	  /* always asks, even without consent_required */
	bool device_checks_client_first; /* a foreign device_code is another client's, not
					    unknown */
	bool refresh_rotates;
	enum reuse refresh_reuse;
	int64_t refresh_grace_ms;
	bool refresh_is_jwt;
	bool refresh_needs_offline; /* only with offline_access */
	bool refresh_inherits;	    /* the lifetime runs from the first token */
	bool refresh_widens;	    /* a refresh may ask for another resource */
	int64_t refresh_length;	    /* characters of an opaque one, prefix included */
	bool resources;		    /* scopes are RESOURCE/NAME */
	bool scopes_listed;	    /* answered in the order of the list, not as asked */
	bool scopes_defaults;	    /* the default ones are granted beside those asked for */
	bool openid_for_clients;    /* client_credentials may ask for openid */
	int64_t backdate_s;	    /* iat is so long before now */
	int64_t skew_s;		    /* exp is so much later than expires_in says */
	int64_t lock_after;	    /* wrong passwords; 0: never */
	int64_t lock_for_ms;
	int64_t rate_limit;    /* requests a minute; 0: none */
	int64_t groups_limit;  /* a groups claim that would have more is refused; 0: any */
	int64_t pending_codes; /* user codes of one client at a time; 0: any */
	bool state_first;      /* a disabled account is told before a wrong password */
	bool userinfo_needs_openid;
	bool revokes_access; /* revocation of an access token takes effect */
};

/* Texts of tokens, ids and pages that are no endpoint's own: name in the file, escaping. */
#define TEXTS(X)                                                                               \
	X(issuer, TEXT_PLAIN)                                                                  \
	X(issuer_v1, TEXT_PLAIN)                                                               \
	X(issuer_org, TEXT_PLAIN)                                                              \
	X(user_id, TEXT_PLAIN)                                                                 \
	X(access_header, TEXT_JSON)                                                            \
	X(access_claims, TEXT_JSON)                                                            \
	X(access_header_v1, TEXT_JSON)                                                         \
	X(access_claims_v1, TEXT_JSON)                                                         \
	X(id_header, TEXT_JSON)                                                                \
	X(id_claims, TEXT_JSON)                                                                \
	X(id_header_v1, TEXT_JSON)                                                             \
	X(id_claims_v1, TEXT_JSON)                                                             \
	X(refresh_header, TEXT_JSON)                                                           \
	X(refresh_claims, TEXT_JSON)                                                           \
	X(refresh_prefix, TEXT_PLAIN)                                                          \
	X(audience, TEXT_PLAIN)                                                                \
	X(jwk, TEXT_JSON)                                                                      \
	X(device_code, TEXT_PLAIN)                                                             \
	X(user_code, TEXT_PLAIN)                                                               \
	X(code, TEXT_PLAIN)                                                                    \
	X(session_id, TEXT_PLAIN)                                                              \
	X(redirect, TEXT_QUERY)                                                                \
	X(redirect_error, TEXT_QUERY)                                                          \
	X(sign_in_location, TEXT_PLAIN)                                                        \
	X(consent_location, TEXT_PLAIN)                                                        \
	X(update_password_location, TEXT_PLAIN)                                                \
	X(status_location, TEXT_PLAIN)                                                         \
	X(page_sign_in, TEXT_HTML)                                                             \
	X(page_consent, TEXT_HTML)                                                             \
	X(page_device, TEXT_HTML)                                                              \
	X(page_message, TEXT_HTML)                                                             \
	X(page_update_password, TEXT_HTML)                                                     \
	X(page_style, TEXT_PLAIN)

enum text {
#define TEXT_ENUM(name, kind) TXT_##name,
	TEXTS(TEXT_ENUM)
#undef TEXT_ENUM
		TXT_N
};

struct map;

struct provider {
	struct arena *arena;
	const char *name;  /* "keycloak" */
	const char *title; /* "Keycloak 26" */
	const char *file;
	const char *prefix; /* put before every path; "" */
	struct endpoint *endpoints;
	struct path_end *ends; /* of the endpoints' tails */
	size_t n_endpoints;
	const struct oauth_error *errors;
	size_t n_errors;
	struct behaviours behaviours;
	const struct template *texts[TXT_N];
	struct scope *scopes;
	size_t n_scopes;
	struct resource *resources;
	size_t n_resources;
	int64_t life_ms[LIFE_N];
	enum kid_style kid;
	bool encryption_key, keys_shared; /* one set of keys for all tenants */
	struct words code_methods;
	struct map *tenants, *clients, *users; /* name or id -> struct */
	const char *first_tenant;
	const char *first_issuer; /* of idp_issuer(), once asked; guarded by idp.change */
	const struct header_set *redirect_headers, *preflight_headers; /* NULL: none */
	const struct oauth_error *bare; /* S_N of them: without words of the dialect */
	struct keys **keys;		/* of all tenants, or the one that they share */
	size_t n_keys;
	json_t *retired; /* sources of replaced records */
	struct user_state **old_states;
	size_t n_old_states;
	json_t *source;
};

/* Reads and compiles one provider file; name as in idp_options.providers. */
struct provider *provider_load(const char *name, struct err *err) MUST_CHECK;
void provider_free(struct provider *p); /* takes NULL */
/* Forgets what of the file was compiled and is in `source` only to be explained to people. */
void provider_slim(struct provider *p);

/* The error a dialect gives in a situation: the variant for the grant, the version or the
 * endpoint, else the plain one, else that of the more general situation, else a bare one of
 * RFC 6749. Never NULL. */
const struct oauth_error *provider_error(const struct provider *p, enum situation s,
					 const struct facts *f, const char *version);
/* Has the dialect words of its own for it, whatever the variant? */
bool provider_has_error(const struct provider *p, enum situation s);
/* By "AADSTS70011", "70011", "E0000047" or a situation's name; NULL: unknown. */
const struct oauth_error *provider_find_error(const struct provider *p, const char *word);

/* Look-ups take an id, a name or an alias; NULL: unknown. */
const struct tenant *provider_tenant(const struct provider *p, const char *word);
const struct client *provider_client(const struct provider *p, const char *word);
const struct user *provider_user(const struct provider *p, const char *login);
