/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-made.c - a service that is somebody else's too: what a run makes there carries the run's
 * prefix, touches nothing that was there, and is gone when the run is over, also after Ctrl-C;
 * what a killed run has left goes with the next one.
 * argv: gauntlet, reference-platform.
 */
#include "runner/targets/fill.h"
#include "runner/tests/outside.h"

#include <CUnit/Basic.h>
#include <signal.h>
#include <string.h>

static char host[40];
static int ports[3]; /* service, idp, pdp */

/* The file of `gauntlet init service`, attached: its push and its removal. */
static void put_target(void)
{
	char command[1200];

	snprintf(command, sizeof command,
		 "{ printf 'target: shared\\nkind: service\\nattach: {url: \"http://%s:%d\"}\\n"
		 "providers: [keycloak]\\nready: {timeout: 2s}\\nlab:\\n  address: %s\\n"
		 "  idp: {listen: \"%s:%d\"}\\n  pdp: {listen: \"%s:%d\"}\\n'; "
		 "$G init service | sed -n '/^push:/,$p'; } > t.yaml",
		 host, ports[0], host, host, ports[1], host, ports[2]);
	CU_ASSERT(outside_ends(NULL, command, 0));
}

static struct child *start_service(void)
{
	char command[1000];
	struct child *c;

	snprintf(command, sizeof command,
		 "export NMP_AUTH_ENABLED=true NMP_AUTH_ADMIN_EMAIL=admin@example.com "
		 "NMP_AUTH_OIDC__ENABLED=true NMP_AUTH_OIDC__CLIENT_ID=platform-cli "
		 "NMP_AUTH_OIDC__ISSUER=http://%s:%d/realms/platform "
		 "NMP_AUTH_OIDC__AUDIENCE=account NMP_AUTH_OIDC__EMAIL_CLAIM=email "
		 "NMP_AUTH_OIDC__SUBJECT_CLAIM=sub NMP_AUTH_OIDC__GROUPS_CLAIM=groups; "
		 "exec $R service --listen %s:%d --pdp http://%s:%d > service.log",
		 host, ports[1], host, ports[0], host, ports[2]);
	CU_ASSERT(outside_put("service.log", ""));
	c = outside_start(NULL, command);
	CU_ASSERT_PTR_NOT_NULL(c);
	CU_ASSERT(outside_wait_text("service.log", "http://", 1));
	return c;
}

/* As the platform itself sees it: names of all workspaces, or makes one. */
static bool workspaces(const char *what)
{
	char command[900];

	snprintf(command, sizeof command,
		 "python3 -c \"import json, urllib.request as u; "
		 "h = {'X-NMP-Authorized': 'true', 'X-NMP-Principal-Id': 'service:platform', "
		 "'Content-Type': 'application/json'}; "
		 "at = 'http://%s:%d/apis/entities/v2/workspaces'; "
		 "ask = lambda q, b=None: json.load(u.urlopen(u.Request(at + q, b, h))); "
		 "names = lambda: sorted(w['name'] for w in ask('')['data']); %s\"",
		 host, ports[0], what);
	return outside_ends(NULL, command, 0);
}

static const char nothing_else[] =
	"print(names()); assert names() == ['default', 'ml-team', 'system']";

static struct child *run_until_it_made_something(void)
{
	struct child *run = outside_start(NULL, "exec $G run --target t.yaml > run.log 2>&1");

	CU_ASSERT(workspaces("next(1 for i in iter(int, 1) if [n for n in names() if "
			     "n.endswith('-empty-team')])"));
	return run;
}

/* Nobody can remove anything then; the next one does. */
static void leftovers_of_a_killed_run(void)
{
	struct child *run = run_until_it_made_something();
	struct ran ran = { 0 };

	kill(child_pid(run), SIGKILL);
	child_finish(run, &ran);
	ran_done(&ran);
	CU_ASSERT(workspaces("assert [n for n in names() if n.endswith('-empty-team')]"));
	CU_ASSERT(outside_says(NULL, "$G run --target t.yaml --only delete/not-empty 2>&1",
			       "things that a run made that was killed"));
	CU_ASSERT(workspaces(nothing_else));
}

static void what_a_run_makes_is_removed(void)
{
	static const char play[] = "$G run --target t.yaml --filter 'delete/not-empty*' "
				   "--filter '403/read-scope-does*' --report json=r.json "
				   "--report html=r.html 2>&1";
	struct child *service, *run;
	struct ran ran = { 0 };

	outside_ports(100, host, sizeof host, ports, ARRAY_LEN(ports));
	put_target();
	service = start_service();
	/* Somebody's own workspace has the name that rows use. */
	CU_ASSERT(workspaces("ask('?wait_role_propagation=false', b'{\\\"name\\\": "
			     "\\\"ml-team\\\"}')"));
	CU_ASSERT(outside_says(NULL, play, "things that this run made (prefix g"));
	CU_ASSERT(workspaces(nothing_else));
	CU_ASSERT(outside_ends(NULL,
			       "grep -q '\"PASSED\"' r.json && ! grep -q "
			       "'g[0-9a-f]\\{5\\}-' r.json r.html",
			       0));
	run = run_until_it_made_something();
	kill(child_pid(run), SIGINT);
	child_finish(run, &ran);
	CU_ASSERT_EQUAL(ran.exit_code, 130);
	ran_done(&ran);
	CU_ASSERT(workspaces(nothing_else));
	leftovers_of_a_killed_run();
	child_stop(service, 1000, NULL);
}

static const struct outside_test tests[] = {
	{ "what a run makes is removed", what_a_run_makes_is_removed },
	{ 0 },
};

int main(int argc, char **argv)
{
	return outside_main(argc, argv, "made", tests);
}
