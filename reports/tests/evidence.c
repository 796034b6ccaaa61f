/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence.c - sections, amounts, checks and messages of hand-written results.
 */
#include "reports/tests/evidence.h"

#define DOCS "https://docs.example.test/auth/"

const struct section sections[] = {
	{ "401", "401 on every request", "Troubleshooting", DOCS "troubleshooting#401" },
	{ "403", "403 Forbidden", "Troubleshooting", DOCS "troubleshooting#403" },
	{ "login", "auth login fails with an IdP error", "Troubleshooting",
	  DOCS "troubleshooting#login" },
	{ "delete", "Cannot delete a workspace", "Troubleshooting", NULL },
	{ "gateway", "Gateway: identity headers", "Troubleshooting",
	  DOCS "troubleshooting#gateway" },
	{ "propagation", "Role changes not visible yet", "Troubleshooting", NULL },
	{ "admin", "PlatformAdmin has no access", "Troubleshooting", NULL },
	{ "help", "Getting help", "Troubleshooting", NULL },
	{ "tokens", "Login and tokens", "Using authentication", NULL },
	{ "refresh", "Refresh and locking", "Using authentication", NULL },
	{ "config", "Configuration file", "Using authentication", NULL },
	{ "quickstart", "Quickstart", "Other pages", NULL },
	{ "hardening", "Hardening", "Other pages", NULL },
};

const size_t n_sections = ARRAY_LEN(sections);

const struct amount amounts[] = {
	{ "401", "cli", { 2, 2, 2, 1 } },
	{ "403", "cli", { 0, 0, 0, 4 } },
	{ "login", "cli", { 7, 6, 6, 4 } },
	{ "delete", "cli", { 0, 0, 0, 3 } },
	{ "propagation", "cli", { 0, 0, 0, 1 } },
	{ "help", "cli", { 0, 0, 0, 2 } },
	{ "tokens", "cli", { 5, 5, 5, 9 } },
	{ "refresh", "cli", { 4, 4, 4, 6 } },
	{ "config", "cli", { 0, 0, 0, 7 } },
	{ "quickstart", "cli", { 0, 0, 0, 5 } },
	{ "hardening", "cli", { 1, 0, 1, 1 } },
	{ "401", "gateway", { 6, 5, 6, 14 } },
	{ "403", "gateway", { 2, 1, 2, 3 } },
	{ "gateway", "gateway", { 2, 2, 2, 31 } },
	{ "help", "gateway", { 0, 0, 0, 1 } },
	{ "hardening", "gateway", { 0, 0, 0, 4 } },
	{ "403", "pdp", { 2, 1, 2, 14 } },
	{ "gateway", "pdp", { 0, 0, 0, 3 } },
	{ "propagation", "pdp", { 0, 0, 0, 6 } },
	{ "admin", "pdp", { 1, 0, 0, 5 } },
	{ "help", "pdp", { 0, 0, 0, 3 } },
	{ "401", "service", { 7, 6, 7, 12 } },
	{ "403", "service", { 2, 1, 2, 9 } },
	{ "delete", "service", { 0, 0, 0, 8 } },
	{ "gateway", "service", { 0, 0, 0, 4 } },
	{ "propagation", "service", { 0, 0, 0, 6 } },
	{ "admin", "service", { 2, 1, 1, 8 } },
	{ "help", "service", { 0, 0, 0, 2 } },
	{ "quickstart", "service", { 0, 0, 0, 4 } },
	{ "hardening", "service", { 0, 0, 0, 5 } },
};
const size_t n_amounts = ARRAY_LEN(amounts);

#define JWT                                                                                    \
	"eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJ1LWFsaWNlIiwiaXNzIjoiaHR0cHM6Ly9pZHAu" \
	"ZXhhbXBsZS50ZXN0L2F6dXJlL3YyLjAiLCJleHAiOjE3NzEwOTA5MjB9.\xe2\x80\xa6"

struct check scope_checks[] = {
	{ "exits with an error", true, false, "not 0", "1" },
	{ "stores no token", true, false, "none", "none" },
	{ "does not poll the token endpoint", true, false, "0 requests", "0" },
	{ "names the provider's error", false, false,
	  "stderr contains \"AADSTS70011\" or \"invalid_scope\"",
	  "Unexpected error: Client error '400 Bad Request' for url "
	  "'http://127.0.0.1:41873/11111111-2222-3333-4444-555555555555/oauth2/v2.0/"
	  "devicecode'\n"
	  "Hint: Run with --verbose for more details." },
};
struct hop scope_hops[] = {
	{ 0, "person", "cli", "$ nemo auth login  --scope api://platform/nope" },
	{ 31000, "cli", "gateway", "GET /apis/auth/discovery" },
	{ 32000, "gateway", "service", "GET /apis/auth/discovery  open path: pdp not asked" },
	{ 33000, "service", "gateway", "200 auth_enabled: true", NULL, true },
	{ 33400, "gateway", "cli", "200 client_id 66666666-7777-8888-9999-aaaaaaaaaaaa", NULL,
	  true },
	{ 41000, "cli", "idp",
	  "POST /azure/11111111-2222-3333-4444-555555555555/oauth2/v2.0/devicecode  "
	  "scope=api://platform/nope" },
	{ 42000, "idp", "cli", "400 invalid_scope  AADSTS70011, error_codes 70011",
	  "HTTP/1.1 400 Bad Request\n"
	  "Cache-Control: no-store, no-cache\n"
	  "Content-Type: application/json; charset=utf-8\n"
	  "x-ms-clitelem: 1,70011,0,,\n"
	  "\n"
	  "{\"error\":\"invalid_scope\",\"error_description\":\"AADSTS70011: The provided "
	  "value "
	  "for the input parameter 'scope' is not valid. The scope api://platform/nope is not "
	  "valid. Trace ID: 5ae9c106-cbfd-4d15-9cc1-dad6de7e2d00\",\"error_codes\":[70011]}",
	  true },
	{ 58000, "cli", "person", "\"Client error '400 ...'\"  stderr, exit 1",
	  "Unexpected error: Client error '400 Bad Request'\nHint: Run with --verbose", true,
	  true, "the code in message 7 is lost here" },
};
struct check forged_checks[] = {
	{ "control: the good request reaches the service", true, true, "1", "1" },
	{ "sets its own principal", true, true, "u-alice", "u-alice" },
	{ "the forged value is not forwarded", false, false,
	  "service receives no header named X-NMP-Principal-On-Behalf-Of-Email",
	  "service received X-NMP-Principal-On-Behalf-Of-Email: ceo@example.test" },
};
struct hop forged_hops[] = {
	{ 0, "client", "gateway",
	  "GET /apis/entities/v2/workspaces/default  Bearer alice; forged On-Behalf-Of-Email" },
	{ 2000, "gateway", "pdp", "callout: GET .../default  same Authorization" },
	{ 3000, "pdp", "idp", "GET /discovery/v2.0/keys" },
	{ 4000, "idp", "pdp", "200 2 keys", NULL, true },
	{ 5000, "pdp", "gateway", "200 allowed  x-nmp-principal-id: u-alice", NULL, true },
	{ 6000, "gateway", "service",
	  "GET /apis/entities/v2/workspaces/default  On-Behalf-Of-Email: ceo@example.test",
	  "GET /apis/entities/v2/workspaces/default HTTP/1.1\n"
	  "host: gw.example.test\n"
	  "authorization: Bearer " JWT "\n"
	  "x-nmp-authorized: true\n"
	  "x-nmp-principal-id: u-alice\n"
	  "x-nmp-principal-on-behalf-of-email: ceo@example.test\n",
	  false, true, "forged header forwarded" },
	{ 7000, "service", "gateway", "200", NULL, true },
	{ 8000, "gateway", "client", "200", NULL, true },
};
struct check bundle_checks[] = {
	{ "control: with its bundle it is ready", true, true, "200", "200" },
	{ "readiness without a bundle", false, false, "503", "200" },
};
