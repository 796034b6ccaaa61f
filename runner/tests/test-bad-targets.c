/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-bad-targets.c - targets that misbehave, against the real program: each ends in time with
 * a clear error or verdict, writes its report, and leaves no process behind.
 * argv: gauntlet, reference-platform.
 */
#include "runner/tests/outside.h"

#include <CUnit/Basic.h>
#include <string.h>

/* A CLI that is ours but for one verb. */
static const char wrapper[] = "case \"$*\" in *\"auth token\"*) $BAD ;; esac\n"
			      "exec \"$REFERENCE\" cli \"$@\"\n";

static const char cli_target[] =
	"target: bad-cli\nkind: cli\ntimeout: 3s\ncommand: [sh, \"${here}/wrapper.sh\"]\n"
	"config: \"${home}/.config/nmp/config.yaml\"\n"
	"env: {NMP_BASE_URL: \"${platform}\", BAD: \"${bad}\", REFERENCE: \"${reference}\"}\n"
	"settings: {bad: \"true\", reference: \"x\"}\nclaims: [cli.login, cli.token, "
	"cli.status]\n"
	"verbs:\n  login: [auth, login, [--scope, \"${scope}\"]]\n  status: [auth, status]\n"
	"  token: [auth, token]\n  logout: [auth, logout]\n  refresh: [auth, refresh]\n"
	"  workspaces-list: [workspaces, list]\n";

static void put(const char *name, const char *text)
{
	CU_ASSERT(outside_put(name, text));
}

static void expect(const char *command, int code, const char *says)
{
	struct ran ran = outside_run(NULL, command);
	bool found = (ran.out && strstr(ran.out, says)) || (ran.err && strstr(ran.err, says));

	CU_ASSERT_EQUAL(ran.exit_code, code);
	CU_ASSERT(found);
	CU_ASSERT_FALSE(ran.timed_out);
	if (ran.exit_code != code || !found)
		printf("\n  %s\n  exit %d, not %d, or lacks '%s'\n%s%s\n", command,
		       ran.exit_code, code, says, ran.out ? ran.out : "",
		       ran.err ? ran.err : "");
	ran_done(&ran);
}

/* A sleep of a length of its own tells whether somebody stayed behind. */
static bool runs(const char *argument)
{
	char command[200];
	struct ran ran;
	bool found;

	snprintf(command, sizeof command,
		 "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null | grep -qx "
		 "'sleep %s ' && echo found; done; true",
		 argument);
	ran = outside_run(NULL, command);
	found = ran.out && strstr(ran.out, "found");
	ran_done(&ran);
	return found;
}

static void a_typo_is_named_with_its_place(void)
{
	put("t.yaml", "target: x\nkind: gateway\ncommand: [sh]\nredy: {timeout: 1s}\n");
	expect("$G run --target t.yaml", 2,
	       "t.yaml:4:1: unknown key 'redy': did you mean 'ready'?");
	expect("$G doctor --target t.yaml", 2, "did you mean 'ready'?");
	expect("$G run t.yaml", 2, "did you mean 'ready'?"); /* a word is the target */
	expect("$G run t.yaml u.yaml", 2, "one target at a time");
	expect("$G run --target u.yaml t.yaml", 2, "one target at a time");
	put("t.yaml", "target: x\nkind: gateway\ncommand: [sh, \"${gateway_lisen}\"]\n");
	expect("$G run --target t.yaml -p keycloak", 3,
	       "t.yaml:3:16: unknown ${gateway_lisen}: did you mean");
}

/* Every mistake in what is said of a running target: its place, and what to do. */
static void attaching_is_checked(void)
{
	static const char head[] = "target: x\nkind: gateway\n";
	static const char *const rows[][2] = {
		{ "attach: {url: \"https://a:1\", sin: b}\n",
		  "t.yaml:3:30: unknown key 'sin'" },
		{ "attach: {url: \"a:1\"}\n", "t.yaml:3:10: 'a:1' is not http(s)://HOST" },
		{ "attach: {url: \"https://a:1/base\"}\n", "without a path" },
		{ "attach: {url: \"http://a:1\", ca: x.pem}\n", "'ca' is about TLS" },
		{ "attach: {url: \"https://a:1\", cert: x.pem}\n", "both 'cert' and 'key'" },
		{ "command: [sh]\nlab: {address: 127.0.0.1}\n",
		  "add 'attach', or take it out" },
		{ "command: [sh]\nreconfigure: {command: [x]}\n",
		  "'reconfigure' is for a target that runs already" },
		{ "attach: {url: \"http://a:1\"}\nlab: {idp: {listen: \"9001\"}}\n",
		  "t.yaml:4:13: '9001' is not ADDRESS:PORT" },
		{ "attach: {url: \"http://a:1\"}\nlab: {idp: {advertise: \"lab:1\"}}\n",
		  "t.yaml:4:13: 'lab:1' is not http(s)://HOST" },
		{ "attach: {url: \"http://a:1\"}\nlab: {pdp: {tls: true}}\n",
		  "TLS needs 'listen'" },
		{ "attach: {url: \"http://a:1\"}\n"
		  "lab: {pdp: {listen: \"127.0.0.1:1\", tls: true, cert: a, key: b}}\n",
		  "either 'tls: true'" },
		{ "attach: {url: \"http://a:1\"}\nlab: {pdp: {listen: \"a:1\", cert: a}}\n",
		  "both 'cert' and 'key'" },
		{ "attach: {url: \"http://a:1\"}\ncaches: {jwks: soon}\n", "t.yaml:4:10:" },
		{ "attach: {url: \"http://a:1\"}\ntoken_command: [x]\n", "add 'tenant'" },
		{ "attach: {url: \"http://a:1\"}\n"
		  "tenant: {issuer: a, client_id: b, users: {alice: c}}\n",
		  "needs 'token_command'" },
		{ "attach: {url: \"http://a:1\"}\ntoken_command: [x]\n"
		  "tenant: {issuer: a, client_id: b, users: {alice: c}}\n",
		  "providers: [azure]" },
		{ "attach: {url: \"http://a:1\"}\ntenant: {issuer: a}\n",
		  "missing key 'client_id'" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[400];

		snprintf(text, sizeof text, "%s%s", head, rows[i][0]);
		put("t.yaml", text);
		expect("$G doctor --target t.yaml", 2, rows[i][1]);
	}
}

static void a_missing_command_is_said_before_anything_runs(void)
{
	put("t.yaml", "target: x\nkind: gateway\ncommand: [gauntlet-no-such-gateway]\n");
	expect("$G run --target t.yaml", 2,
	       "'gauntlet-no-such-gateway' is not on this machine");
}

static void a_gateway_that_never_gets_ready_is_broken(void)
{
	put("t.yaml", "target: x\nkind: gateway\nready: {timeout: 1s}\n"
		      "command: [sh, -c, \"echo out of cheese >&2; exec sleep 61001\"]\n");
	expect("$G run --target t.yaml -p keycloak -r junit=ready.xml", 3, "out of cheese");
	expect("grep -c '<error' ready.xml", 0, "");
	CU_ASSERT_FALSE(runs("61001"));
	put("t.yaml",
	    "target: x\nkind: gateway\ncommand: [sh, -c, \"echo bad route >&2; exit 7\"]\n");
	expect("$G run --target t.yaml -p keycloak", 3, "bad route");
	expect("$G run --target t.yaml -p keycloak", 3, "0 passed, 0 failed");
}

/* A value of the environment is a secret wherever the target repeats it. */
static void a_secret_of_the_environment_is_in_no_report(void)
{
	put("t.yaml",
	    "target: x\nkind: gateway\nready: {timeout: 1s}\n"
	    "command: [sh, -c, \"echo key ${env:VENDOR_KEY} is wrong >&2; exit 1\"]\n");
	expect("export VENDOR_KEY=hunter2-hunter2; $G run --target t.yaml -p keycloak -r "
	       "json=s.json "
	       "-r junit=s.xml > s.txt 2>&1; grep -l 'is wrong' s.json s.xml s.txt | wc -l | "
	       "grep 3 && "
	       "! grep hunter2 s.json s.xml s.txt",
	       0, "3");
	expect("$G run --target t.yaml -p keycloak", 3, "the environment has no VENDOR_KEY");
}

/* The first request that should not have been forwarded, of several, and not what came later. */
static void the_guilty_message_is_marked(void)
{
	static const char look[] =
		"python3 -c \"import json\n"
		"r = [r for r in json.load(open('m.json'))['results'] if r['verdict'] == "
		"'FAILED']\n"
		"hops = r[0]['hops']\n"
		"at = [i for i, h in enumerate(hops) if h.get('marked')]\n"
		"sent = [i for i, h in enumerate(hops) if (h['from'], h['to']) == "
		"('gateway', 'upstream')]\n"
		"assert len(at) == 1 and at[0] == sent[1] and len(sent) > 3, (at, sent)\"";

	expect("$G init gateway | sed '/upstream}\"]/s#]#, --mutant, "
	       "gateway-strips-case-sensitively]#' > m.yaml; "
	       "$G run --target m.yaml --only gateway/strips-any-case -r json=m.json",
	       1, "names in lower case");
	expect(look, 0, "");
}

static void cli_that(const char *bad, const char *says)
{
	char command[600];

	put("wrapper.sh", wrapper);
	put("cli.yaml", cli_target);
	snprintf(command, sizeof command,
		 "$G run --target cli.yaml --set reference=$R --set bad='%s' -p keycloak "
		 "--filter '*token*' --filter 'tokens/status*' --timeout 40s -r json=cli.json",
		 bad);
	expect(command, 1, says);
	expect("python3 -c \"import json; d = json.load(open('cli.json')); "
	       "assert len([r for r in d['results'] if r['section'] != 'sanity']) == "
	       "d['planned']\"",
	       0, "");
}

/* What a row leaves there is removed after it: nothing else may be. */
static void a_configuration_is_in_the_home_of_the_run(void)
{
	put("wrapper.sh", wrapper);
	put("cli.yaml", cli_target);
	expect("sed -i 's#^config: .*#config: \"'$PWD'/mine/config.yaml\"#' cli.yaml; "
	       "mkdir mine; touch mine/precious; "
	       "$G run --target cli.yaml --set reference=$R --only tokens/device-login "
	       "-p keycloak; code=$?; test -e mine/precious || code=9; exit $code",
	       2, "cli.yaml:5:1: the configuration is not in the home");
	expect("sed -i 's#^config: .*#config: \"${home}/config.yaml\"#' cli.yaml; "
	       "$G run --target cli.yaml --set reference=$R --only tokens/opens-the-browser "
	       "--set bad=true",
	       0, "1 passed");
}

static void a_cli_that_hangs_fails_in_time(void)
{
	cli_that("sleep 61002", "FAILED");
	CU_ASSERT_FALSE(runs("61002"));
}

static void a_cli_that_floods_fails(void)
{
	cli_that("exec yes", "FAILED");
}

static void a_cli_that_is_killed_fails(void)
{
	cli_that("kill -9 $$", "FAILED");
}

/* Stands before the gateway, whom it kills at the twentieth request. */
static const char mortal[] =
	"import socket, subprocess, sys, threading\n"
	"host, port, inner, program, *rest = sys.argv[1:]\n"
	"inside = subprocess.Popen([program, 'gateway', '--listen', host + ':' + inner, "
	"*rest],\n"
	"                          stdout=subprocess.PIPE)\n"
	"inside.stdout.readline()\n"
	"def pump(a, b):\n"
	"    try:\n"
	"        while data := a.recv(65536):\n"
	"            b.sendall(data)\n"
	"        b.shutdown(socket.SHUT_WR)\n"
	"    except OSError:\n"
	"        pass\n"
	"listener = socket.create_server((host, int(port)))\n"
	"for _ in range(20):\n"
	"    client = listener.accept()[0]\n"
	"    server = socket.create_connection((host, int(inner)))\n"
	"    threading.Thread(target=pump, args=(client, server), daemon=True).start()\n"
	"    threading.Thread(target=pump, args=(server, client), daemon=True).start()\n"
	"listener.close()\n"
	"inside.kill()\n"
	"subprocess.call(['sleep', '61003'])\n";

static void a_target_that_dies_in_the_middle_costs_its_rows_only(void)
{
	put("mortal.py", mortal);
	put("t.yaml", "target: mortal\nkind: gateway\nsettings: {reference: x}\n"
		      "command: [python3, \"${here}/mortal.py\", \"${gateway_listen.host}\", "
		      "\"${gateway_listen.port}\", \"${port.inner}\", \"${reference}\", --pdp, "
		      "\"${pdp}\", "
		      "--upstream, \"${upstream}\"]\n"
		      "ready: {url: \"${url}/health/live\", timeout: 60s}\n");
	expect("$G run --target t.yaml --set reference=$R -p keycloak --section 401 -j 1 "
	       "-r json=mortal.json; code=$?; test $code = 1 -o $code = 3 && echo went on",
	       0, "went on");
	CU_ASSERT_FALSE(runs("61003"));
}

/* Each start is noted in a file. */
static const char late_target[] =
	"target: late\nkind: gateway\nsettings: {reference: x, starts: x}\n"
	"command: [sh, -c, \"echo >> ${starts}; sleep 2; exec ${reference} gateway --listen "
	"${gateway_listen} --pdp ${pdp} --upstream ${upstream}\"]\n"
	"ready: {url: \"${url}/health/live\", timeout: 30s}\n";

/* The time that its file states is not taken from the row. */
static void a_target_that_needs_long_to_start_is_waited_for(void)
{
	put("late.yaml", late_target);
	expect("$G run --target late.yaml --set reference=$R --set starts=$PWD/one "
	       "--only gateway/discovery-is-open@any --timeout 1500ms",
	       0, "1 passed");
}

/* One more instance would be ready long after the first has played everything. */
static void a_target_that_needs_long_to_start_is_started_once(void)
{
	put("late.yaml", late_target);
	expect("$G run --target late.yaml --set reference=$R --set starts=$PWD/many -j 4 "
	       "-p keycloak --section gateway-headers > /dev/null; wc -l < many",
	       0, "1\n");
}

/* The homes of the workers are on a disk without room. A disk of one's own needs root. */
static void a_full_disk_is_broken_with_its_reason(void)
{
	static const char own_disk[] =
		"mkdir -p d; unshare -m sh -c 'mount -t tmpfs -o size=64k none d && %s'";
	char command[600];
	struct ran ran;
	bool may;

	snprintf(command, sizeof command, own_disk, "true");
	ran = outside_run(NULL, command);
	may = ran.exit_code == 0;
	ran_done(&ran);
	if (!may) {
		printf("SKIPPED: no tmpfs may be mounted here");
		return;
	}
	snprintf(command, sizeof command, own_disk,
		 "dd if=/dev/zero of=d/fill bs=1k 2>/dev/null; "
		 "TMPDIR=$PWD/d $G run --section 401 -p keycloak --surface cli");
	expect(command, 3, "No space left on device");
}

static const struct outside_test tests[] = {
	{ "a typo is named with its place", a_typo_is_named_with_its_place },
	{ "attaching is checked", attaching_is_checked },
	{ "a missing command is said before anything runs",
	  a_missing_command_is_said_before_anything_runs },
	{ "a gateway that never gets ready is broken",
	  a_gateway_that_never_gets_ready_is_broken },
	{ "a secret of the environment is in no report",
	  a_secret_of_the_environment_is_in_no_report },
	{ "the guilty message is marked", the_guilty_message_is_marked },
	{ "a configuration is in the home of the run",
	  a_configuration_is_in_the_home_of_the_run },
	{ "a cli that hangs fails in time", a_cli_that_hangs_fails_in_time },
	{ "a cli that floods fails", a_cli_that_floods_fails },
	{ "a cli that is killed fails", a_cli_that_is_killed_fails },
	{ "a target that dies in the middle costs its rows only",
	  a_target_that_dies_in_the_middle_costs_its_rows_only },
	{ "a target that needs long to start is waited for",
	  a_target_that_needs_long_to_start_is_waited_for },
	{ "a target that needs long to start is started once",
	  a_target_that_needs_long_to_start_is_started_once },
	{ "a full disk is broken with its reason", a_full_disk_is_broken_with_its_reason },
	{ 0 },
};

int main(int argc, char **argv)
{
	return outside_main(argc, argv, "bad targets", tests);
}
