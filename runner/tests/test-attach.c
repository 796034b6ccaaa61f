/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-attach.c - a gateway that runs already: a run takes the lab's ports over and gives them
 * back, configuration groups are changed by a command, and a gateway that is gone is BROKEN.
 * argv: gauntlet, reference-platform, and between.py, which stands before a gateway and lets it
 * die, hang or be slow, or behind it and lets it remember.
 */
#include "runner/targets/fill.h"
#include "runner/tests/outside.h"

#include <CUnit/Basic.h>
#include <signal.h>
#include <string.h>

static char host[40];
static const char *between;
static int ports[6]; /* gateway, idp, pdp, upstream; behind and before between.py */

static void write_target(const char *more)
{
	char text[1000];

	snprintf(text, sizeof text,
		 "target: attached\nkind: gateway\nattach: {url: \"http://%s:%d\"}\n"
		 "providers: [keycloak]\nready: {timeout: 2s}\n%slab:\n  address: %s\n"
		 "  idp: {listen: \"%s:%d\"}\n  pdp: {listen: \"%s:%d\"}\n"
		 "  upstream: {listen: \"%s:%d\"}\n",
		 host, ports[0], more, host, host, ports[1], host, ports[2], host, ports[3]);
	CU_ASSERT(outside_put("t.yaml", text));
}

static void put_target(const char *more)
{
	outside_ports(200, host, sizeof host, ports, ARRAY_LEN(ports));
	write_target(more);
}

static struct child *start_gateway_at(int port, int pdp)
{
	char command[600];
	struct child *c;

	snprintf(command, sizeof command,
		 "exec $R gateway --listen %s:%d --pdp http://%s:%d --upstream http://%s:%d "
		 "> gateway.log",
		 host, port, host, pdp, host, ports[3]);
	CU_ASSERT(outside_put("gateway.log", ""));
	c = outside_start(NULL, command);
	CU_ASSERT_PTR_NOT_NULL(c);
	CU_ASSERT(outside_wait_text("gateway.log", "http://", 1));
	return c;
}

static struct child *start_gateway(void)
{
	return start_gateway_at(ports[0], ports[2]);
}

static struct child *start_between(int from, int to, const char *mode)
{
	char command[600];
	struct child *c;

	snprintf(command, sizeof command, "exec python3 '%s' %s:%d %s:%d %s > between.log",
		 between, host, from, host, to, mode);
	CU_ASSERT(outside_put("between.log", ""));
	c = outside_start(NULL, command);
	CU_ASSERT_PTR_NOT_NULL(c);
	CU_ASSERT(outside_wait_text("between.log", "ready", 1));
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

/* A command that fails, or takes longer than it may, leaves its rows BROKEN with the reason. */
static void a_reconfiguration_that_fails_is_broken(void)
{
	static const char play[] =
		"$G run --target t.yaml --only 401/bearer-is-needed@any:gateway";
	struct child *gateway;

	put_target("reconfigure: {command: [sh, -c, \"echo no such route >&2; exit 1\"]}\n");
	gateway = start_gateway();
	CU_ASSERT(outside_ends(NULL, play, 3));
	CU_ASSERT(outside_says(NULL, play, "reconfigure: no such route"));
	write_target("reconfigure: {command: [sleep, \"61004\"], timeout: 300ms}\n");
	CU_ASSERT(outside_ends(NULL, play, 3));
	CU_ASSERT(outside_says(NULL, play, "reconfigure: time is over"));
	write_target("reconfigure: {command: [sleep, \"1\"], timeout: 10s}\n");
	CU_ASSERT(outside_ends(NULL, play, 0));
	child_stop(gateway, 1000, NULL);
}

static void rows_that_may_harm_need_to_be_asked_for(void)
{
	struct child *gateway;

	put_target("");
	gateway = start_gateway();
	CU_ASSERT(outside_says(NULL, "$G run --target t.yaml --tag intrusive",
			       "may harm shared infrastructure: needs --intrusive"));
	CU_ASSERT(outside_ends(NULL,
			       "$G run --target t.yaml --tag intrusive --intrusive > i.log; "
			       "grep -q 'needs --intrusive' i.log",
			       1));
	child_stop(gateway, 1000, NULL);
}

/* Counts verdicts in r.json. */
static bool counted(const char *condition)
{
	char command[500];

	snprintf(command, sizeof command,
		 "python3 -c \"import json; v = [r['verdict'].lower() for r in "
		 "json.load(open('r.json'))['results']]; p, f, b = [v.count(w) for w in "
		 "('passed', 'failed', 'broken')]; print(p, f, b); assert %s\"",
		 condition);
	return outside_ends(NULL, command, 0);
}

static const char play[] = "$G run --target t.yaml --filter '401/*-is-*' --filter "
			   "'gateway/strips-*' --report json=r.json";

/* A gateway behind something that fails after some rows: those are judged, and the rest is
 * BROKEN with the reason, at once. */
static void lost_in_the_middle(const char *mode)
{
	struct child *gateway, *broker;

	put_target("");
	gateway = start_gateway_at(ports[4], ports[2]);
	broker = start_between(ports[0], ports[4], mode);
	CU_ASSERT(outside_says(NULL, play, "does not answer any more"));
	CU_ASSERT(counted("p > 2 and f == 0 and b > 2 and p + b > 12"));
	child_stop(broker, 1000, NULL);
	child_stop(gateway, 1000, NULL);
}

static void a_gateway_that_dies_is_broken_from_there_on(void)
{
	lost_in_the_middle("die 40");
}

static void a_gateway_that_hangs_is_broken_from_there_on(void)
{
	lost_in_the_middle("hang 55");
}

/* Where the lab of a run is, its worker, is killed: its row is BROKEN, another takes the same
 * ports, and the rest is judged. The standing lab is killed too: the run needs it no more. */
static void a_lab_that_is_killed_costs_one_row(void)
{
	static const char worker[] = "g=$(cat run.pid); w=$(cat /proc/$g/task/$g/children); "
				     "echo ${w%% *} > worker.pid";
	struct child *gateway, *lab, *broker, *run;
	struct ran ran = { 0 };
	long pid = 0;

	put_target("");
	gateway = start_gateway_at(ports[4], ports[2]);
	broker = start_between(ports[0], ports[4], "slow 40");
	CU_ASSERT(outside_put("lab.log", ""));
	lab = outside_start(NULL, "exec $G lab --target t.yaml > lab.log 2>&1");
	CU_ASSERT(outside_wait_text("lab.log", "The lab stands", 1));
	run = outside_start(NULL, "echo $$ > run.pid; exec $G run --target t.yaml --filter "
				  "'401/*-is-*' --filter 'gateway/strips-*' --report "
				  "json=r.json > run.log");
	CU_ASSERT(outside_wait_text("between.log", "connection 30", 1));
	child_stop(lab, 0, NULL);
	CU_ASSERT(outside_ends(NULL, worker, 0));
	CU_ASSERT(outside_wait_for("worker.pid", &pid));
	if (pid > 1)
		kill((pid_t)pid, SIGKILL);
	child_finish(run, &ran);
	CU_ASSERT_EQUAL(ran.exit_code, 3);
	ran_done(&ran);
	CU_ASSERT(counted("b == 1 and f == 0 and p > 15"));
	CU_ASSERT(outside_ends(NULL, "grep -q 'killed by signal 9' run.log", 0));
	child_stop(broker, 1000, NULL);
	child_stop(gateway, 1000, NULL);
}

static void a_slow_gateway_is_judged_all_the_same(void)
{
	struct child *gateway, *broker;

	put_target("");
	gateway = start_gateway_at(ports[4], ports[2]);
	broker = start_between(ports[0], ports[4], "slow 60");
	CU_ASSERT(outside_ends(NULL, play, 0));
	child_stop(broker, 1000, NULL);
	child_stop(gateway, 1000, NULL);
}

/* The gateway asks somebody who remembers decisions for half a second: with that stated, rows
 * wait; without, what they made up an instant ago is not seen. */
static void rows_wait_for_stated_caches(void)
{
	static const char lies[] = "$G run --target t.yaml --filter 'gateway/asks-every-*' "
				   "--filter 'gateway/pdp-recovers*' --report json=r.json";
	struct child *gateway, *broker;

	put_target("caches: {decisions: 600ms, jwks: 700ms}\n");
	gateway = start_gateway_at(ports[0], ports[4]);
	broker = start_between(ports[4], ports[2], "remember 500");
	CU_ASSERT(outside_ends(NULL, lies, 0));
	CU_ASSERT(counted("p == 3 and f == 0 and b == 0"));
	CU_ASSERT(outside_ends(NULL,
			       "$G run --target t.yaml --filter '401/new-key-*' --report "
			       "json=k.json",
			       0));
	CU_ASSERT(outside_ends(NULL,
			       "python3 -c \"import json; assert max(r['took_us'] for r in "
			       "json.load(open('k.json'))['results']) >= 700000\"",
			       0));
	write_target("");
	CU_ASSERT(outside_ends(NULL, lies, 1));
	child_stop(broker, 1000, NULL);
	child_stop(gateway, 1000, NULL);
}

static const struct outside_test tests[] = {
	{ "a run takes the labs place and gives it back",
	  a_run_takes_the_labs_place_and_gives_it_back },
	{ "a target is reconfigured once a group", a_target_is_reconfigured_once_a_group },
	{ "a reconfiguration that fails is broken", a_reconfiguration_that_fails_is_broken },
	{ "rows that may harm need to be asked for", rows_that_may_harm_need_to_be_asked_for },
	{ "a gateway that dies is broken from there on",
	  a_gateway_that_dies_is_broken_from_there_on },
	{ "a gateway that hangs is broken from there on",
	  a_gateway_that_hangs_is_broken_from_there_on },
	{ "a lab that is killed costs one row", a_lab_that_is_killed_costs_one_row },
	{ "a slow gateway is judged all the same", a_slow_gateway_is_judged_all_the_same },
	{ "rows wait for stated caches", rows_wait_for_stated_caches },
	{ 0 },
};

int main(int argc, char **argv)
{
	between = argc > 3 ? argv[3] : "between.py";
	return outside_main(argc, argv, "attach", tests);
}
