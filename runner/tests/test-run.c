/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-run.c - the program from outside, with fake rows: how it ends, what it selects, what it
 * leaves behind. argv[1] is gauntlet-fake.
 */
#include "idp-sim/base/conf.h"
#include "runner/tests/outside.h"

#include <CUnit/Basic.h>
#include <signal.h>
#include <string.h>

static void each_exit_code(void)
{
	static const struct {
		int code;
		const char *command;
	} rows[] = {
		{ 0, "$G run --section plain" },
		{ 0, "$G run --only tricky/floods" },
		{ 1, "$G run --only tricky/fails" },
		{ 1, "$G run --section plain --strict" },
		{ 1, "$G run --tag fails --exclude '*hangs*'" },
		{ 2, "$G run --no-such-option" },
		{ 2, "$G rnu" },
		{ 2, "$G" },
		{ 2, "$G run --shard 4/3" },
		{ 2, "$G run --timeout soon" },
		{ 2, "$G run --section plian" },
		{ 2, "$G run --report nosuch=x" },
		{ 2, "$G run --only plain/pases" },
		{ 2, "echo plain/gone > gone.txt; $G run --profile gone.txt" },
		{ 2, "$G run --report junit" },
		{ 2, "$G run --target no-such.yaml --set" },
		{ 2, "echo 'target: x' > t.yaml; $G run --target t.yaml" },
		{ 3, "$G run --only tricky/crashes" },
		{ 3, "$G run --only tricky/has-no-control" },
		{ 3, "$G run --only tricky/hangs --timeout 0.3" },
		{ 4, "$G run --filter 'nothing/*'" },
		{ 4, "$G list --filter 'nothing/*'" },
		{ 124, "$G run --only tricky/hangs --run-timeout 0.3" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CU_ASSERT(outside_ends(NULL, rows[i].command, rows[i].code));
}

static void mistakes_name_the_nearest_word(void)
{
	CU_ASSERT(outside_says(NULL, "$G rnu", "did you mean 'run'"));
	CU_ASSERT(outside_says(NULL, "$G run --fliter x", "did you mean --filter"));
	CU_ASSERT(outside_says(NULL, "$G run --section plian", "did you mean 'plain'"));
	CU_ASSERT(outside_says(NULL, "$G run --surface gatway", "did you mean 'gateway'"));
	CU_ASSERT(outside_says(NULL, "$G run --report junt=x", "did you mean 'junit'"));
	CU_ASSERT(outside_says(NULL, "$G explain plain/pases", "did you mean 'plain/passes'"));
}

static void a_lost_worker_breaks_only_its_row(void)
{
	static const char crash[] = "$G run --section tricky --exclude '*hangs*' "
				    "--exclude '*fails' -r json=r.json";
	struct err err = { 0 };
	AUTO(conf) struct conf *c = NULL;
	char path[200];

	CU_ASSERT(outside_says(NULL, crash, "killed by signal 9"));
	snprintf(path, sizeof path, "%s/r.json", outside_dir);
	c = conf_load(path, &err);
	CU_ASSERT_PTR_NOT_NULL(c);
	if (c)
		CU_ASSERT_EQUAL(json_array_size(json_object_get(conf_root(c), "results")), 7);
	CU_ASSERT(outside_says(NULL, "$G run --only tricky/hangs --timeout 0.3",
			       "no verdict within 0.3 s"));
}

static void nobody_stays_behind(void)
{
	long pid = 0;
	char env[300];

	snprintf(env, sizeof env, "GAUNTLET_FAKE_LINGER=%s/lingers", outside_dir);
	CU_ASSERT(outside_ends(env, "$G run --only tricky/lingers", 0));
	CU_ASSERT(outside_wait_for("lingers", &pid));
	CU_ASSERT(pid > 0 && outside_gone(pid));
}

/* TERM and INT give a report that says what is missing; KILL of a worker costs one row. */
static void signals_end_in_order(void)
{
	static const struct {
		int signal, code;
		const char *says;
	} rows[] = { { SIGINT, 130, "nterrupted after" }, { SIGTERM, 143, "erminated after" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char env[300], started[40], command[300];
		struct child *c;
		struct ran ran = { 0 };
		long worker = 0;

		snprintf(started, sizeof started, "started-%zu", i);
		snprintf(env, sizeof env, "GAUNTLET_FAKE_STARTED=%s/%s", outside_dir, started);
		snprintf(command, sizeof command,
			 "exec $G run --filter 'plain/*' --filter '*hangs*' -r json=s%zu.json",
			 i);
		c = outside_start(env, command);
		CU_ASSERT_PTR_NOT_NULL(c);
		if (!c)
			return;
		CU_ASSERT(outside_wait_for(started, &worker));
		kill(child_pid(c), rows[i].signal);
		child_finish(c, &ran);
		CU_ASSERT_EQUAL(ran.exit_code, rows[i].code);
		CU_ASSERT_PTR_NOT_NULL(strstr(ran.out, rows[i].says));
		CU_ASSERT_PTR_NOT_NULL(strstr(ran.out, "Report: s"));
		CU_ASSERT(outside_gone(worker));
		ran_done(&ran);
	}
}

static void a_killed_worker_is_told_and_replaced(void)
{
	char env[300];
	struct child *c;
	struct ran ran = { 0 };
	long worker = 0;

	snprintf(env, sizeof env, "GAUNTLET_FAKE_STARTED=%s/killed", outside_dir);
	c = outside_start(env, "exec $G run --only tricky/hangs --only plain/passes --jobs 1");
	CU_ASSERT_PTR_NOT_NULL(c);
	if (!c)
		return;
	CU_ASSERT(outside_wait_for("killed", &worker));
	kill((pid_t)worker, SIGKILL);
	child_finish(c, &ran);
	CU_ASSERT_EQUAL(ran.exit_code, 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(ran.out, "killed by signal 9"));
	CU_ASSERT_PTR_NOT_NULL(strstr(ran.out, "3 passed"));
	ran_done(&ran);
}

/* When the parent itself is killed, its workers go too. */
static void workers_die_with_their_father(void)
{
	char env[300];
	struct child *c;
	struct ran ran = { 0 };
	long worker = 0;

	snprintf(env, sizeof env, "GAUNTLET_FAKE_STARTED=%s/orphan", outside_dir);
	c = outside_start(env, "exec $G run --only tricky/hangs");
	CU_ASSERT_PTR_NOT_NULL(c);
	if (!c)
		return;
	CU_ASSERT(outside_wait_for("orphan", &worker));
	kill(child_pid(c), SIGKILL);
	child_finish(c, &ran);
	ran_done(&ran);
	CU_ASSERT(outside_gone(worker));
}

/* What a killed run leaves is removed by the next one; what another still uses, what --keep has
 * left, and what only has such a name is not. */
static void a_killed_run_is_swept_up_after(void)
{
	static const char mkdirs[] = "mkdir -p tmp/gauntlet-abcdef && TMPDIR=$PWD/tmp "
				     "$G run --only plain/passes --keep 2> kept.txt";
	char env[300];
	struct child *c;
	struct ran ran = { 0 };
	long worker = 0;

	CU_ASSERT(outside_ends(NULL, mkdirs, 0));
	snprintf(env, sizeof env, "GAUNTLET_FAKE_STARTED=%s/swept", outside_dir);
	c = outside_start(env, "export TMPDIR=$PWD/tmp; exec $G run --only tricky/hangs");
	CU_ASSERT_PTR_NOT_NULL(c);
	if (!c)
		return;
	CU_ASSERT(outside_wait_for("swept", &worker));
	CU_ASSERT(outside_ends(NULL, "TMPDIR=$PWD/tmp $G run --only plain/passes", 0));
	CU_ASSERT(outside_ends(NULL, "test $(ls tmp | wc -l) = 3", 0));
	kill(child_pid(c), SIGKILL);
	child_finish(c, &ran);
	ran_done(&ran);
	CU_ASSERT(outside_gone(worker));
	CU_ASSERT(outside_ends(NULL, "TMPDIR=$PWD/tmp $G run --only plain/passes", 0));
	CU_ASSERT(outside_ends(NULL,
			       "test $(ls tmp | wc -l) = 2 && test -d tmp/gauntlet-abcdef", 0));
	CU_ASSERT(outside_ends(NULL, "test -d \"$(sed -n 's/^kept: //p' kept.txt)\"", 0));
}

static void what_cannot_be_written_is_no_success(void)
{
	CU_ASSERT(outside_ends(NULL, "$G run --section plain > /dev/full", 3));
	CU_ASSERT(outside_ends(NULL, "$G run --section plain -r junit=/dev/full", 3));
	CU_ASSERT(outside_ends(NULL, "$G run --section plain -r junit=/no/such/dir/x.xml", 3));
	CU_ASSERT(outside_ends(NULL, "$G run --section plain >&-", 3));
	CU_ASSERT(outside_ends(NULL, "$G list > /dev/full", 3));
	CU_ASSERT(outside_says(NULL, "$G run --section plain -r junit=/dev/full",
			       "was not written"));
}

static void a_report_on_stdout_is_alone_there(void)
{
	struct ran ran =
		outside_run(NULL, "$G run --section plain -r json=- 2>/dev/null | "
				  "python3 -c 'import json,sys; json.load(sys.stdin)'");

	CU_ASSERT_EQUAL(ran.exit_code, 0);
	CU_ASSERT_STRING_EQUAL(ran.err, "");
	ran_done(&ran);
}

/* The union of all shards is the whole, each id is in one, and a new row moves no other. */
static void shards_part_the_set(void)
{
	static const char script[] =
		"$G list | sort > all; for i in 1 2 3 4 5 6 7; do $G list --shard $i/7; done "
		"| sort > parts; cmp all parts; "
		"for i in 1 2 3; do $G list --shard $i/3 | sed s/^/$i:/; done | sort > before; "
		"export GAUNTLET_FAKE_MANY=50; "
		"for i in 1 2 3; do $G list --shard $i/3 | sed s/^/$i:/; done | sort > after; "
		"comm -23 before after | wc -l | grep -qx 0";

	CU_ASSERT(outside_ends("GAUNTLET_FAKE_MANY=40", script, 0));
}

static void merged_shards_equal_the_whole(void)
{
	static const char script[] =
		"F=\"--exclude *hangs* --exclude *flaky*\"; set -f; $G run $F -r "
		"json=whole.json >/dev/null; "
		"for i in 1 2 3; do $G run $F --shard $i/3 -r json=p$i.json >/dev/null; done; "
		"$G merge p1.json p2.json p3.json -o merged.json >/dev/null; "
		"$G compare whole.json merged.json && python3 -c \"\n"
		"import json\n"
		"a, b = (json.load(open(n)) for n in ('whole.json', 'merged.json'))\n"
		"for o in (a, b):\n"
		"    for k in ('took_us', 'started_at', 'sentence', 'provenance'): o.pop(k, "
		"None)\n"
		"    for r in o['results']: r.pop('took_us', None)\n"
		"assert a == b\"";

	CU_ASSERT(outside_ends(NULL, script, 0));
	CU_ASSERT(outside_ends(NULL, "$G merge p1.json p1.json", 2));
	CU_ASSERT(outside_ends(
		NULL,
		"$G run --seed 7 --only plain/passes -r json=other.json >/dev/null; "
		"$G merge p1.json other.json",
		2));
}

static bool lists(const char *options, const char *ids)
{
	char command[600];
	struct ran ran;
	bool same;

	snprintf(command, sizeof command, "$G list %s | tr '\\n' ' '", options);
	ran = outside_run(NULL, command);
	same = !strcmp(ran.out, ids);
	if (!same)
		printf("\n  %s\n  '%s', not\n  '%s'\n", command, ran.out, ids);
	ran_done(&ran);
	return same;
}

static void options_select(void)
{
	static const struct {
		const char *options, *ids;
	} rows[] = {
		{ "--only plain/in-azure", "plain/in-azure@azure " },
		{ "--only plain/passes@okta", "plain/passes@okta " },
		{ "--filter '*@azure'", "plain/passes@azure plain/in-azure@azure " },
		{ "--filter 'plain/passes*' --exclude '*@any*' --provider okta,azure",
		  "plain/passes@azure plain/passes@okta " },
		{ "--tag fast",
		  "plain/passes-everywhere@any:cli plain/passes-everywhere@any:gateway " },
		{ "--tag '!fails' --section tricky", "tricky/lingers@any " },
		{ "--level advice", "plain/is-advice@any " },
		{ "--surface gateway", "plain/passes-everywhere@any:gateway " },
		{ "--edition nmp --surface gateway",
		  "plain/passes-everywhere@any:gateway:nmp " },
		{ "--profile profile.txt", "plain/in-azure@azure " },
		{ "--failed failed.json", "tricky/fails@any " },
	};

	CU_ASSERT(outside_ends(
		NULL,
		"echo '# a profile\nplain/in-azure' > profile.txt; "
		"$G run --only tricky/fails --only plain/in-azure -r json=failed.json",
		1));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CU_ASSERT(lists(rows[i].options, rows[i].ids));
}

static void a_pass_after_a_failure_is_flaky(void)
{
	CU_ASSERT(outside_says("GAUNTLET_FAKE_ONCE=once-a",
			       "$G run --only tricky/flaky --retries 1", "1 flaky"));
	CU_ASSERT(outside_ends("GAUNTLET_FAKE_ONCE=once-b", "$G run --only tricky/flaky", 1));
	CU_ASSERT(outside_ends("GAUNTLET_FAKE_ONCE=once-c",
			       "$G run --only tricky/flaky --retries 1", 0));
	CU_ASSERT(outside_ends("GAUNTLET_FAKE_ONCE=once-d",
			       "$G run --only tricky/flaky --retries 1 --strict", 1));
}

/* A row that is required and not claimed leaves the release in part; optional, it does not. */
static void a_release_has_one_verdict(void)
{
	static const char make[] =
		"echo 'target: a\nkind: cli\ncommand: [sh]\nverbs: {login: [x]}' > a.yaml; "
		"echo 'target: b\nkind: gateway\ncommand: [sh]' > b.yaml; "
		"echo 'release: r1\ntargets:\n- {target: a.yaml, profile: a.txt}\n"
		"- {target: b.yaml}' > r.yaml; ";
	char command[600];

	snprintf(command, sizeof command, "%s echo plain/in-azure > a.txt; $G gate r.yaml",
		 make);
	CU_ASSERT(outside_ends(NULL, command, 0));
	CU_ASSERT(outside_says(NULL, "echo plain/needs-something >> a.txt; $G gate r.yaml",
			       "Conforms in part: 1 required not claimed"));
	CU_ASSERT(outside_ends(NULL, "$G gate r.yaml", 1));
	CU_ASSERT(outside_ends(
		NULL,
		"echo 'plain/in-azure\n? plain/needs-something' > a.txt; "
		"$G gate r.yaml -r json=release.json && grep -q 'release r1' release.json",
		0));
	CU_ASSERT(outside_ends(NULL, "echo tricky/fails > a.txt; $G gate r.yaml", 1));
	CU_ASSERT(outside_ends(NULL, "echo 'release: r1\ntargets: []' > r.yaml; $G gate r.yaml",
			       2));
}

static void fail_fast_says_what_is_missing(void)
{
	CU_ASSERT(outside_says(NULL,
			       "$G run --tag fails --exclude '*hangs*' --fail-fast --jobs 1",
			       "topped at the first failure"));
}

static void a_broken_gate_leaves_nothing_known(void)
{
	CU_ASSERT(outside_ends("GAUNTLET_FAKE_GATE=broken", "$G run --section plain", 3));
	CU_ASSERT(outside_says("GAUNTLET_FAKE_GATE=broken", "$G run --section plain",
			       "nothing is known about it"));
}

/* An accepted failure does not gate; failing in another way, it does; fixed, it is announced.
 */
static void known_failures_are_exceptions(void)
{
	CU_ASSERT(outside_ends(NULL,
			       "$G run --only tricky/fails -r json=k.json >/dev/null; "
			       "$G known k.json --owner me -o known.yaml && "
			       "$G run --only tricky/fails --known known.yaml",
			       0));
	CU_ASSERT(outside_ends(NULL, "$G run --only tricky/fails --known known.yaml --strict",
			       1));
	CU_ASSERT(outside_ends(
		NULL,
		"sed 's/fingerprint: .*/fingerprint: \"0000000000000000\"/' known.yaml "
		"> other.yaml; $G run --only tricky/fails --known other.yaml",
		1));
	CU_ASSERT(outside_says(
		NULL,
		"sed s,tricky/fails@any,plain/in-azure@azure, known.yaml > fixed.yaml; "
		"$G run --only plain/in-azure --known fixed.yaml",
		"remove it from the known failures"));
	CU_ASSERT(outside_ends(NULL,
			       "echo 'known: [{id: x}]' > bad.yaml; "
			       "$G run --only plain/in-azure --known bad.yaml",
			       2));
}

static void a_run_can_be_repeated(void)
{
	CU_ASSERT(
		outside_ends(NULL,
			     "$G run --section plain --seed 7 -r json=first.json >/dev/null && "
			     "$G run --same-as first.json -r json=second.json >/dev/null && "
			     "$G compare first.json second.json && "
			     "grep -q '\"seed\": *7' second.json",
			     0));
}

static void regressions_are_found(void)
{
	CU_ASSERT(outside_ends(
		NULL,
		"$G run --only plain/passes -r json=old.json >/dev/null; "
		"sed 's/\"verdict\": *\"PASSED\"/\"verdict\": \"FAILED\"/' old.json > "
		"new.json; "
		"$G compare old.json new.json",
		1));
	CU_ASSERT(outside_ends(NULL, "$G compare new.json old.json", 0));
}

static void completion_is_a_script(void)
{
	CU_ASSERT(outside_ends(NULL,
			       "$G completion bash > c.bash && bash -n c.bash && "
			       "grep -q -- --shard c.bash",
			       0));
	CU_ASSERT(outside_ends(NULL, "$G completion zsh | grep -q compdef", 0));
	CU_ASSERT(outside_ends(NULL, "$G completion fish | grep -q fail-fast", 0));
	CU_ASSERT(outside_ends(NULL, "$G completion csh", 2));
}

static void the_catalogue_is_listed(void)
{
	CU_ASSERT(
		outside_says(NULL, "$G list --format markdown", "| `plain/passes` | The fake"));
	CU_ASSERT(outside_says(NULL, "$G list --format html", "<td>plain/in-azure"));
	CU_ASSERT(outside_ends(NULL,
			       "$G list --format rows | python3 -c '\n"
			       "import json, sys\n"
			       "rows = json.load(sys.stdin)\n"
			       "assert sum(r[\"expansions\"] for r in rows) == 16'",
			       0));
	CU_ASSERT(outside_ends(NULL, "$G list --format xml", 2));
}

static const struct outside_test tests[] = {
	{ "each exit code", each_exit_code },
	{ "mistakes name the nearest word", mistakes_name_the_nearest_word },
	{ "a lost worker breaks only its row", a_lost_worker_breaks_only_its_row },
	{ "nobody stays behind", nobody_stays_behind },
	{ "signals end in order", signals_end_in_order },
	{ "a killed worker is told and replaced", a_killed_worker_is_told_and_replaced },
	{ "workers die with their father", workers_die_with_their_father },
	{ "a killed run is swept up after", a_killed_run_is_swept_up_after },
	{ "what cannot be written is no success", what_cannot_be_written_is_no_success },
	{ "a report on stdout is alone there", a_report_on_stdout_is_alone_there },
	{ "shards part the set", shards_part_the_set },
	{ "merged shards equal the whole", merged_shards_equal_the_whole },
	{ "options select", options_select },
	{ "a pass after a failure is flaky", a_pass_after_a_failure_is_flaky },
	{ "a release has one verdict", a_release_has_one_verdict },
	{ "fail-fast says what is missing", fail_fast_says_what_is_missing },
	{ "a broken gate leaves nothing known", a_broken_gate_leaves_nothing_known },
	{ "known failures are exceptions", known_failures_are_exceptions },
	{ "a run can be repeated", a_run_can_be_repeated },
	{ "regressions are found", regressions_are_found },
	{ "the catalogue is listed", the_catalogue_is_listed },
	{ "completion is a script", completion_is_a_script },
	{ 0 },
};

int main(int argc, char **argv)
{
	return outside_main(argc, argv, "run", tests);
}
