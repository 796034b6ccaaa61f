/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-attach.c - a gateway that runs already: a run takes the lab's ports over and gives them
 * back, configuration groups are changed by a command, and a gateway that is gone is BROKEN.
 * argv: gauntlet, reference-platform.
 */
#include "runner/targets/fill.h"
#include "runner/tests/outside.h"

#include <CUnit/Basic.h>
#include <signal.h>
#include <string.h>

static char host[40];
static int ports[4]; /* gateway, idp, pdp, upstream */

/* Free ports of an address that nobody else takes ports on. */
static void choose_ports(void)
{
	unsigned pid = (unsigned)getpid();

	snprintf(host, sizeof host, "127.%u.%u.%u", 200 + pid % 50, pid / 50 % 250,
		 pid / 12500 % 250 + 1);
	for (size_t i = 0; i < ARRAY_LEN(ports); i++)
		ports[i] = fill_free_port(host);
}

static void put_target(const char *more)
{
	char text[1000];

	choose_ports();
	snprintf(text, sizeof text,
		 "target: attached\nkind: gateway\nattach: {url: \"http://%s:%d\"}\n"
		 "providers: [keycloak]\nready: {timeout: 2s}\n%slab:\n  address: %s\n"
		 "  idp: {listen: \"%s:%d\"}\n  pdp: {listen: \"%s:%d\"}\n"
		 "  upstream: {listen: \"%s:%d\"}\n",
		 host, ports[0], more, host, host, ports[1], host, ports[2], host, ports[3]);
	CU_ASSERT(outside_put("t.yaml", text));
}

static struct child *start_gateway(void)
{
	char command[600];
	struct child *c;

	snprintf(command, sizeof command,
		 "exec $R gateway --listen %s:%d --pdp http://%s:%d --upstream http://%s:%d "
		 "> gateway.log",
		 host, ports[0], host, ports[2], host, ports[3]);
	c = outside_start(NULL, command);
	CU_ASSERT_PTR_NOT_NULL(c);
	CU_ASSERT(outside_wait_text("gateway.log", "http://", 1));
	return c;
}

static void a_run_takes_the_labs_place_and_gives_it_back(void)
{
	struct child *gateway, *lab;
	struct ran ran = { 0 };

	put_target("");
	gateway = start_gateway();
	lab = outside_start(NULL, "exec $G lab --target t.yaml > lab.log 2>&1");
	CU_ASSERT_PTR_NOT_NULL(lab);
	if (!gateway || !lab)
		return;
	CU_ASSERT(outside_wait_text("lab.log", "The lab stands", 1));
	CU_ASSERT(outside_wait_text("lab.log", "realms/platform", 1));
	CU_ASSERT(outside_ends(NULL, "$G doctor --target t.yaml", 0));
	CU_ASSERT(outside_wait_text("lab.log", "The lab stands", 2));
	CU_ASSERT(outside_says(NULL, "$G run --target t.yaml --section 401",
			       "needs configuration"));
	CU_ASSERT(outside_wait_text("lab.log", "The lab stands", 3));
	CU_ASSERT(outside_ends(NULL, "$G lab --target t.yaml", 3));
	kill(child_pid(lab), SIGTERM);
	child_finish(lab, &ran);
	CU_ASSERT_EQUAL(ran.exit_code, 0);
	ran_done(&ran);
	CU_ASSERT(outside_ends(NULL, "$G run --target t.yaml --section 401", 0));
	child_stop(gateway, 1000, NULL);
	CU_ASSERT(outside_says(NULL, "$G run --target t.yaml --section 401",
			       "attached is not ready: waited"));
}

/* With a command that changes it, rows of other configuration groups are played too, and it is
 * called once a group, not once a row. */
static void a_target_is_reconfigured_once_a_group(void)
{
	struct child *gateway;

	put_target("reconfigure: {command: [sh, -c, \"echo ${configuration} >> "
		   "${here}/groups\"]}\n");
	gateway = start_gateway();
	CU_ASSERT(outside_ends(NULL, "$G run --target t.yaml --section 401", 0));
	CU_ASSERT(outside_ends(NULL, "grep -q additional-issuer groups", 0));
	CU_ASSERT(outside_ends(NULL, "test $(grep -c . groups) -le 6", 0));
	child_stop(gateway, 1000, NULL);
}

static const struct outside_test tests[] = {
	{ "a run takes the labs place and gives it back",
	  a_run_takes_the_labs_place_and_gives_it_back },
	{ "a target is reconfigured once a group", a_target_is_reconfigured_once_a_group },
	{ 0 },
};

int main(int argc, char **argv)
{
	return outside_main(argc, argv, "attach", tests);
}
