/* SPDX-License-Identifier: Apache-2.0 */
/* What the control API can do, as one table. */
#include "idp-sim/routes.h"

#include "idp-sim/mint.h"

static const struct conf_key clock_body[] = {
	{ "now", CONF_INT, .help = "Unix time in seconds." },
	{ "frozen", CONF_BOOL, .help = "Whether the clock stands still." },
	{ 0 },
};
static const struct conf_key advance_body[] = {
	{ "seconds", CONF_NUMBER, .help = "How far, in seconds; negative goes back." },
	{ "for", CONF_DURATION, .help = "How far: \"90d\", \"15m\"." },
	{ 0 },
};
static const struct conf_key approve_body[] = {
	{ "user", CONF_STRING, .help = "Who signs in; alice when absent." },
	{ 0 },
};
static const char *const trouble_kinds[] = { "error", "token", "document", "wire", NULL };
static const struct conf_key trouble_body[] = {
	{ "kind", CONF_STRING, .allowed = trouble_kinds,
	  .help = "What goes wrong; follows from 'what' when absent." },
	{ "what", CONF_STRING,
	  .help = "Which: a situation, or a word of its kind (trouble.h)." },
	{ "error", CONF_STRING,
	  .help = "In place of kind and what: AADSTS70011, E0000047, invalid_scope." },
	{ "code", CONF_STRING, .help = "The one error of that situation." },
	{ "value", CONF_STRING, .help = "What instead, where that makes sense." },
	{ "number", CONF_INT, .help = "Milliseconds, bytes, or seconds of Retry-After." },
	{ "next", CONF_INT,
	  .help = "For so many matching requests; until cleared when absent." },
	{ "provider", CONF_STRING, .help = "Only there." },
	{ "tenant", CONF_STRING, .help = "Only in that tenant." },
	{ "endpoint", CONF_STRING, .help = "Only there: device, token, discovery, jwks, ..." },
	{ "grant", CONF_STRING,
	  .help = "Only for that grant: device_code, refresh_token, ..." },
	{ "client_id", CONF_STRING, .help = "Only for that client, by id or name." },
	{ "user", CONF_STRING, .help = "Only for that user." },
	{ 0 },
};
static const struct conf_key mint_body[] = {
	{ "provider", CONF_STRING, .help = "Whose token; the first provider when absent." },
	{ "tenant", CONF_STRING, .help = "Its first one when absent." },
	{ "client_id", CONF_STRING, .help = "Id or name; the first one when absent." },
	{ "user", CONF_STRING, .help = "Name; absent: the client's own token." },
	{ "token", CONF_STRING, .help = "access, id or refresh." },
	{ "version", CONF_STRING, .help = "1.0 or 2.0 where a provider has two." },
	{ "scope", CONF_STRING, .help = "Blank separated; \"\" for no scope claim." },
	{ "nonce", CONF_STRING, .help = "Of an ID token." },
	{ "age", CONF_ANY, .help = "It was issued that long ago: \"2h\" or seconds." },
	{ "lifetime", CONF_ANY, .help = "From then to its expiry." },
	{ "claims", CONF_DICT, .help = "Laid over the claims; null takes one out." },
	{ "header", CONF_DICT, .help = "Laid over the JOSE header." },
	{ "alg", CONF_STRING, .help = "RS256 or ES256." },
	{ "forge", CONF_STRING, .allowed = mint_forges, .help = "One defect; see mint.h." },
	{ 0 },
};
static const struct conf_key rotate_body[] = {
	{ "provider", CONF_STRING, .help = "All when absent." },
	{ "tenant", CONF_STRING, .help = "The first one when absent." },
	{ "publish", CONF_BOOL,
	  .help = "Whether the JWKS gets the new key; true when absent." },
	{ "retire", CONF_BOOL, .help = "Whether the old keys leave the JWKS." },
	{ 0 },
};
static const struct conf_key family_body[] = {
	{ "provider", CONF_STRING, .help = "Only there." },
	{ "tenant", CONF_STRING, .help = "Only in that tenant." },
	{ "user", CONF_STRING, .help = "Only of that user." },
	{ "client_id", CONF_STRING, .help = "Only of that client." },
	{ 0 },
};
static const struct conf_key tenant_body[] = {
	{ "provider", CONF_STRING, true, .help = "Where." },
	{ "id", CONF_STRING, .help = "Its id; made up when absent." },
	{ "name", CONF_STRING, .help = "Its display name." },
	{ 0 },
};
static const struct conf_key journal_query[] = {
	{ "since", CONF_INT, .help = "Entries after this number." },
	{ "wait", CONF_NUMBER, .help = "Wait so many seconds for n matching entries." },
	{ "n", CONF_INT, .help = "How many to wait for; 1 when absent." },
	{ "provider", CONF_STRING, .help = "Only there." },
	{ "tenant", CONF_STRING, .help = "Only in that tenant." },
	{ "endpoint", CONF_STRING, .help = "Only there." },
	{ "grant", CONF_STRING, .help = "Only that grant." },
	{ "client_id", CONF_STRING, .help = "Only of that client." },
	{ "user", CONF_STRING, .help = "Only of that user." },
	{ "situation", CONF_STRING, .help = "Only that error." },
	{ 0 },
};

const struct route control_routes[] = {
	{ "GET", "/_sim/health", route_health, "Whether it runs, and where." },
	{ "GET", "/_sim/openapi.json", route_openapi, "This API." },
	{ "GET", "/_sim/providers", route_providers,
	  "Providers with issuers, clients and users." },
	{ "GET", "/_sim/providers/{provider}", route_one_provider, "One of them." },
	{ "GET", "/_sim/providers/{provider}/errors", route_errors, "The errors it can give." },
	{ "POST", "/_sim/reset", route_reset,
	  "State, troubles, journal and clock as at start." },
	{ "POST", "/_sim/reload", route_reload,
	  "Read provider files and the configuration again; sessions go on." },
	{ "GET", "/_sim/clock", route_show_clock, "The virtual time." },
	{ "PUT", "/_sim/clock", route_set_clock, "Set or freeze it.", clock_body },
	{ "POST", "/_sim/clock/advance", route_advance_clock, "Move it.", advance_body },
	{ "GET", "/_sim/devices", route_devices, "Device sign-ins and how they stand." },
	{ "POST", "/_sim/devices/{user_code}/approve", route_approve, "A person signs in.",
	  approve_body },
	{ "POST", "/_sim/devices/{user_code}/deny", route_deny, "The person declines." },
	{ "GET", "/_sim/sessions", route_sessions,
	  "Who is signed in: refresh families; a thousand of them at most." },
	{ "POST", "/_sim/sessions/{id}/end", route_end_session, "Signs out of one of them." },
	{ "GET", "/_sim/troubles", route_troubles, "What is armed." },
	{ "POST", "/_sim/troubles", route_arm, "Arm a trouble.", trouble_body },
	{ "DELETE", "/_sim/troubles", route_clear_troubles, "Clear all." },
	{ "DELETE", "/_sim/troubles/{id}", route_clear_trouble, "Clear one." },
	{ "POST", "/_sim/mint", route_mint_token, "Any token, valid or forged.", mint_body },
	{ "GET", "/_sim/journal", route_read_journal, "Requests and answers, without secrets.",
	  .query = journal_query },
	{ "GET", "/_sim/keys", route_list_keys,
	  "Signing keys, newest first, of each provider." },
	{ "POST", "/_sim/keys/rotate", route_rotate, "A new signing key.", rotate_body },
	{ "POST", "/_sim/refresh/expire", route_expire_families, "Refresh tokens expire now.",
	  family_body },
	{ "POST", "/_sim/refresh/revoke", route_revoke_families, "Refresh tokens are revoked.",
	  family_body },
	{ "PATCH", "/_sim/providers/{provider}/clients/{client}", route_change_client,
	  "Merge patch of a client.", .free_body = true },
	{ "PATCH", "/_sim/providers/{provider}/users/{user}", route_change_user,
	  "Merge patch of a user.", .free_body = true },
	{ "PATCH", "/_sim/providers/{provider}/tenants/{tenant}", route_change_tenant,
	  "Merge patch of a tenant: disabled, rotates, lock_after, ...", .free_body = true },
	{ "POST", "/_sim/tenants", route_new_tenant, "An issuer of one's own.", tenant_body,
	  .free_body = true },
	{ 0 },
};
