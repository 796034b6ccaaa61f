/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-tenant.c - an identity provider that is not the lab's: a gateway is judged with tokens
 * that a command prints, over TLS under a CA of its own, and what needs more is SKIPPED with
 * its reason. argv: gauntlet, reference-platform, idp-sim, which stands for the real tenant.
 */
#include "runner/targets/fill.h"
#include "runner/tests/outside.h"

#include <CUnit/Basic.h>
#include <string.h>

static char host[40];
static int ports[5]; /* gateway, pdp, upstream; tenant without and with TLS */
static const char *tenant_program;

static const char people[] =
	"providers:\n  keycloak:\n    lifetimes: {access: 30m}\n    users:\n"
	"      - {name: maria, password: pw, email: maria@corp.test, email_verified: true}\n"
	"      - {name: olga, password: pw, email: olga@corp.test, email_verified: true}\n"
	"      - {name: tom, password: pw, email: tom@corp.test, email_verified: true}\n";

/* What a real tenant's command line would do; every call leaves a line. */
static const char token_command[] =
	"import json, ssl, sys, urllib.parse, urllib.request\n"
	"origin, user, scope, ca = sys.argv[1:]\n"
	"open('calls', 'a').write(user + '\\n')\n"
	"form = {'grant_type': 'password', 'client_id': 'platform-cli', 'username': user,\n"
	"        'password': 'pw', 'scope': scope}\n"
	"there = urllib.request.urlopen(origin + '/protocol/openid-connect/token',\n"
	"    urllib.parse.urlencode(form).encode(),\n"
	"    context=ssl.create_default_context(cafile=ca))\n"
	"print(json.load(there)['access_token'])\n";

static void put_target(const char *command)
{
	char text[1500];

	snprintf(text, sizeof text,
		 "target: attached\nkind: gateway\nattach: {url: \"http://%s:%d\"}\n"
		 "providers: [keycloak]\nready: {timeout: 2s}\n"
		 "tenant:\n  issuer: https://%s:%d/realms/platform\n"
		 "  client_id: platform-cli\n  audience: account\n  ca: tls/ca.pem\n"
		 "  users: {alice: maria@corp.test, admin: olga@corp.test, "
		 "mallory: tom@corp.test}\n"
		 "token_command: [%s, \"https://%s:%d/realms/platform\", \"${user}\", "
		 "\"${scope}\", \"${here}/tls/ca.pem\"]\n"
		 "lab:\n  address: %s\n  pdp: {listen: \"%s:%d\"}\n"
		 "  upstream: {listen: \"%s:%d\"}\n",
		 host, ports[0], host, ports[4], command, host, ports[4], host, host, ports[1],
		 host, ports[2]);
	CU_ASSERT(outside_put("t.yaml", text));
}

static struct child *start(const char *command, const char *log)
{
	struct child *child;

	CU_ASSERT(outside_put(log, ""));
	child = outside_start(NULL, command);
	CU_ASSERT_PTR_NOT_NULL(child);
	CU_ASSERT(outside_wait_text(log, "http", 1));
	return child;
}

static struct child *start_gateway(void)
{
	char command[600];

	snprintf(command, sizeof command,
		 "exec $R gateway --listen %s:%d --pdp http://%s:%d --upstream http://%s:%d "
		 "> gateway.log",
		 host, ports[0], host, ports[1], host, ports[2]);
	return start(command, "gateway.log");
}

static struct child *start_tenant(void)
{
	char command[600];

	snprintf(command, sizeof command,
		 "exec '%s' serve --provider keycloak --config people.yaml --address %s --port "
		 "%d --control-port 0 --tls --tls-port %d --tls-dir tls > tenant.log",
		 tenant_program, host, ports[3], ports[4]);
	return start(command, "tenant.log");
}

static bool counted(const char *condition)
{
	char command[600];

	snprintf(command, sizeof command,
		 "python3 -c \"import json; r = json.load(open('r.json'))['results']; "
		 "v = [x['verdict'].lower() for x in r]; p, f, b, s = [v.count(w) for w in "
		 "('passed', 'failed', 'broken', 'skipped')]; print(p, f, b, s, [(x['id'], "
		 "x.get('reason')) for x in r if x['verdict'] in ('FAILED', 'BROKEN')]); assert "
		 "%s\"",
		 condition);
	return outside_ends(NULL, command, 0);
}

static void rows_that_forge_nothing_are_played(void)
{
	static const char play[] =
		"$G run --target t.yaml --section 401 --section gateway "
		"--exclude '*pdp-*' --report json=r.json --report html=r.html";
	struct child *gateway, *tenant;

	outside_ports(150, host, sizeof host, ports, ARRAY_LEN(ports));
	CU_ASSERT(outside_put("people.yaml", people));
	CU_ASSERT(outside_put("token.py", token_command));
	put_target("python3, \"${here}/token.py\"");
	tenant = start_tenant();
	gateway = start_gateway();
	CU_ASSERT(outside_says(NULL, play, "needs a token that a real tenant does not issue"));
	CU_ASSERT(counted("p > 15 and f == 0 and b == 0 and s > 5"));
	CU_ASSERT(outside_says(NULL, "$G run --target t.yaml --section 403",
			       "needs a user of the tenant for 'victor'"));
	/* A tenant counts requests: one a person and scope in a run, not one a row. */
	CU_ASSERT(outside_ends(NULL, "test $(wc -l < calls) -le 16", 0));
	put_target("sh, -c, \"echo no licence >&2; exit 1\"");
	CU_ASSERT(outside_says(NULL, play, "no licence"));
	CU_ASSERT(counted("p == 0 and f == 0 and b > 5"));
	child_stop(gateway, 1000, NULL);
	child_stop(tenant, 1000, NULL);
}

static const struct outside_test tests[] = {
	{ "rows that forge nothing are played", rows_that_forge_nothing_are_played },
	{ 0 },
};

int main(int argc, char **argv)
{
	tenant_program = argc > 3 ? realpath(argv[3], NULL) : NULL;
	return outside_main(argc, argv, "tenant", tests);
}
