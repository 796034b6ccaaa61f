/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - the table of a target file: checking, schema and help come from it. */
#include "runner/targets/format.h"

static const char *const kinds[] = {
	"cli", "gateway", "pdp", "service", "sdk", "platform", NULL
};
static const char *const adapters[] = { "nemo",	     "opa",	     "authzen",
					"ext-authz", "forward-auth", NULL };
static const char *const signals[] = { "TERM", "INT", "QUIT", "KILL", NULL };

static const struct conf_key text[] = { { .type = CONF_STRING } };
static const struct conf_key vector[] = { { .type = CONF_LIST } };

static const struct conf_key ready_keys[] = {
	{ "url", CONF_STRING, .help = "GET it until it answers one of `status`." },
	{ "status", CONF_LIST, .help = "Statuses that mean ready; any below 500 when absent." },
	{ "listen", CONF_STRING, .help = "host:port that must accept a connection." },
	{ "command", CONF_LIST, .items = text, .help = "Run it until it exits with 0." },
	{ "timeout", CONF_DURATION, .help = "How long to wait; 10s when absent." },
	{ "owner", CONF_BOOL,
	  .help = "Check that a process of ours holds the port; true when absent." },
	{ 0 },
};

static const struct conf_key stop_keys[] = {
	{ "signal", CONF_STRING, .allowed = signals, .help = "TERM when absent." },
	{ "timeout", CONF_DURATION, .help = "After it the group is killed; 2s when absent." },
	{ 0 },
};

/* What a configuration group may say otherwise than the file. */
#define CONFIGURABLE                                                                           \
	{ "command", CONF_LIST, .items = text,                                                 \
	  .help = "The argument vector, no shell. A CLI's verbs are appended." },              \
		{ "files", CONF_DICT, .items = text,                                           \
		  .help = "${home}/NAME: the template beside this file that it is made "       \
			  "from." },                                                           \
		{ "env", CONF_DICT, .items = text,                                             \
		  .help = "Environment; nothing else but PATH, HOME, TMPDIR and LANG is "      \
			  "passed on." },                                                      \
	{                                                                                      \
		"settings", CONF_DICT,                                                         \
			.help = "Further ${NAME} values, filled by --set NAME=value."          \
	}

static const struct conf_key configuration_keys[] = { CONFIGURABLE, { 0 } };
static const struct conf_key configuration_row[] = { { .type = CONF_MAP,
						       .keys = configuration_keys } };

static const struct conf_key attach_keys[] = {
	{ "url", CONF_STRING, .required = true, .help = "Where it already listens." },
	{ "ca", CONF_STRING, .help = "PEM file that its certificate is checked against." },
	{ "sni", CONF_STRING,
	  .help = "Name to ask for and to check, when not the host of url." },
	{ "cert", CONF_STRING, .help = "Client certificate (PEM)." },
	{ "key", CONF_STRING, .help = "Key of the client certificate (PEM)." },
	{ 0 },
};

static const struct conf_key part_keys[] = {
	{ "listen", CONF_STRING, .help = "address:port of the lab's listener." },
	{ "advertise", CONF_STRING, .help = "The URL under which the target sees it." },
	{ "tls", CONF_BOOL, .help = "Speak TLS with a certificate of the lab's own CA." },
	{ "cert", CONF_STRING, .help = "Speak TLS with this certificate chain (PEM)." },
	{ "key", CONF_STRING, .help = "Key of `cert` (PEM)." },
	{ 0 },
};
static const struct conf_key lab_keys[] = {
	{ "address", CONF_STRING, .help = "Address of every listener without one of its own." },
	{ "ca", CONF_STRING,
	  .help = "Folder of the lab's CA (ca.pem) and certificate, made when absent; lab-tls "
		  "beside this file when it is not given." },
	{ "idp", CONF_MAP, .keys = part_keys, .help = "The identity provider." },
	{ "pdp", CONF_MAP, .keys = part_keys, .help = "The auth service." },
	{ "upstream", CONF_MAP, .keys = part_keys, .help = "What a gateway forwards to." },
	{ "service", CONF_MAP, .keys = part_keys, .help = "The platform service." },
	{ 0 },
};

static const struct conf_key reconfigure_keys[] = {
	{ "command", CONF_LIST, .required = true, .items = text,
	  .help = "Puts configuration ${configuration} in force." },
	{ "timeout", CONF_DURATION, .help = "30s when absent." },
	{ "ready", CONF_STRING, .help = "URL that answers when it is in force." },
	{ 0 },
};

static const struct conf_key tenant_keys[] = {
	{ "issuer", CONF_STRING, .required = true, .help = "Issuer of its tokens." },
	{ "client_id", CONF_STRING, .required = true, .help = "The platform's application." },
	{ "audience", CONF_STRING, .help = "Of its tokens; client_id when absent." },
	{ "email_claim", CONF_STRING, .help = "As the provider's page says when absent." },
	{ "subject_claim", CONF_STRING, .help = "As the provider's page says when absent." },
	{ "groups_claim", CONF_STRING, .help = "As the provider's page says when absent." },
	{ "scope_prefix", CONF_STRING,
	  .help = "Before platform:read; as the provider's page says when absent." },
	{ "ca", CONF_STRING, .help = "PEM file that its certificate is checked against." },
	{ "users", CONF_DICT, .required = true, .items = text,
	  .help = "Who plays admin, alice, erin, victor, mallory, bob: their e-mail there." },
	{ 0 },
};

static const struct conf_key cache_keys[] = {
	{ "jwks", CONF_DURATION, .help = "How long it keeps keys." },
	{ "decisions", CONF_DURATION, .help = "How long it keeps decisions." },
	{ 0 },
};

static const struct conf_key push_keys[] = {
	{ "method", CONF_STRING, .help = "PUT when absent." },
	{ "url", CONF_STRING, .help = "Where the data document goes." },
	{ "command", CONF_LIST, .items = text,
	  .help = "Or: run it with the document on its standard input." },
	{ "headers", CONF_LIST, .items = text,
	  .help = "Of the request: \"Name: value\", e.g. its credentials." },
	{ "timeout", CONF_DURATION, .help = "Of the command; 60s when absent." },
	{ "remove", CONF_LIST, .items = text,
	  .help = "Of an attached target: takes away at the end what was put there; has "
		  "{\"workspaces\": [NAME, ...]}, the run's own, on its standard input." },
	{ 0 },
};

static const struct conf_key write_keys[] = {
	{ "method", CONF_STRING, .help = "PUT when absent." },
	{ "path", CONF_STRING, .required = true, .help = "Path at the decision point." },
	{ "type", CONF_STRING, .help = "Of the body; application/json when absent." },
	{ "body", CONF_STRING, .help = "What would make mallory@example.com an Admin." },
	{ 0 },
};
static const struct conf_key write_row[] = { { .type = CONF_MAP, .keys = write_keys } };

const struct conf_key target_keys[] = {
	{ "target", CONF_STRING, .required = true, .help = "Its name in reports." },
	{ "kind", CONF_STRING, .required = true, .allowed = kinds,
	  .help = "The part it replaces; `platform` is several (see surfaces)." },
	{ "surfaces", CONF_LIST, .help = "Of a platform: the surfaces it covers." },
	{ "version", CONF_STRING, .help = "Its version." },
	{ "version_command", CONF_LIST, .items = text,
	  .help = "Prints its version; the first dotted number is taken." },
	{ "edition", CONF_STRING,
	  .help = "Contract edition: nemo (default), nmp, nemo-callout." },
	{ "about", CONF_STRING, .help = "What a reader should know." },
	{ "install", CONF_STRING, .help = "Shell line that `gauntlet install` runs." },
	{ "claims", CONF_LIST, .items = text,
	  .help = "What it says it does, e.g. http2, or configuration:access-keys "
		  "where that is always in force." },
	{ "lacks", CONF_LIST, .items = text,
	  .help = "What it says it does not do; gateway.*, pdp.* and service.* are claimed "
		  "else." },
	{ "needs", CONF_LIST, .items = text, .help = "Programs that must be in PATH." },
	CONFIGURABLE,
	{ "configurations", CONF_DICT, .items = configuration_row,
	  .help = "Configuration groups that rows ask for, by name; default when they ask for "
		  "none." },
	{ "cwd", CONF_STRING, .help = "Working directory; ${home} when absent." },
	{ "url", CONF_STRING,
	  .help = "Its base URL; from the kind's listen address when absent." },
	{ "ready", CONF_MAP, .keys = ready_keys, .help = "When it is ready." },
	{ "stop", CONF_MAP, .keys = stop_keys, .help = "How it is stopped." },
	{ "verbs", CONF_DICT, .items = vector,
	  .help = "Of a CLI or SDK probe: the words of each verb. A list inside is left out "
		  "unless all its ${...} are known; \"${?x}\" asks without writing a word." },
	{ "config", CONF_STRING, .help = "Of a CLI: path of its configuration file." },
	{ "timeout", CONF_DURATION,
	  .help = "Of one command of a CLI, 30s when absent; of one request to an attached "
		  "target, 15s when absent." },
	{ "adapter", CONF_STRING, .allowed = adapters, .help = "Of a PDP: its protocol." },
	{ "decide", CONF_DICT, .items = text,
	  .help = "Of a PDP: the path of each entrypoint, when not the adapter's own." },
	{ "push", CONF_MAP, .keys = push_keys,
	  .help = "Of a PDP or a service: how the lab's workspaces and members get there." },
	{ "tells", CONF_BOOL,
	  .help = "Of a service: the lab's decision point can read role bindings there, at "
		  "/internal/entities/role-bindings; false when absent." },
	{ "write_api", CONF_LIST, .items = write_row,
	  .help = "Of a PDP: how its policy or data would be written, besides what its "
		  "protocol has; each is tried without credentials, and must be refused." },
	{ "providers", CONF_LIST, .items = text,
	  .help = "The only providers it is set up for." },
	{ "attach", CONF_MAP, .keys = attach_keys,
	  .help = "It already runs: do not start it." },
	{ "lab", CONF_MAP, .keys = lab_keys,
	  .help = "Fixed listeners for an attached target." },
	{ "reconfigure", CONF_MAP, .keys = reconfigure_keys,
	  .help = "Of an attached target: how to change its configuration." },
	{ "caches", CONF_MAP, .keys = cache_keys,
	  .help = "What it remembers, and for how long." },
	{ "tenant", CONF_MAP, .keys = tenant_keys,
	  .help = "A real identity provider in place of the lab's, for the rows that need no "
		  "forged token." },
	{ "token_command", CONF_LIST, .items = text,
	  .help = "Prints a token of the tenant for ${user} with ${scope}." },
	{ 0 },
};
