/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-ci-files.c - the files of runner/ci do what they say: their own command lines, with the
 * numbers that GitHub, GitLab and Kubernetes would give, part the set, merge it again and end
 * with the verdict of the unsharded run. argv: gauntlet-fake, the folder of the files.
 */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "runner/tests/outside.h"

#include <CUnit/Basic.h>
#include <stdlib.h>
#include <string.h>

static char *folder;

/* Rows that kill, hang and pass only the second time are another test's. */
static const char gauntlet_sh[] =
	"#!/bin/sh\nverb=$1\nshift\n[ $verb = run ] && set -- \"$@\" --exclude '*hangs*' "
	"--exclude '*flaky*' $(cat more)\nexec \"$G\" $verb \"$@\"\n";

static const char target_yaml[] =
	"target: mine\nkind: cli\ncommand: [sh]\nverbs: {login: [x]}\n";

/* Equal but for times, and for what belongs to one process. */
static const char same_results[] =
	"python3 -c \"\n"
	"import json\n"
	"a, b = (json.load(open(n)) for n in ('whole.json', 'results.json'))\n"
	"for o in (a, b):\n"
	"    for k in ('took_us', 'started_at', 'sentence', 'provenance'): o.pop(k, None)\n"
	"    for r in o['results']: r.pop('took_us', None)\n"
	"assert a == b\"";

static struct conf *load(const char *name)
{
	struct err err = { 0 };
	char path[500];
	struct conf *c;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	c = conf_load(path, &err);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	return c;
}

/* The one text below any key of that name, in the order of the file; the n-th of them. */
static const char *find(const json_t *o, const char *key, size_t *n)
{
	const char *name, *found = NULL;
	const json_t *value;
	size_t i;

	if (json_is_array(o)) {
		json_array_foreach((json_t *)o, i, value) {
			if (!found)
				found = find(value, key, n);
		}
		return found;
	}
	json_object_foreach((json_t *)o, name, value) {
		if (!strcmp(name, key) && json_is_array(value))
			value = json_array_get(value, 0);
		if (!strcmp(name, key) && json_is_string(value) && !(*n)--)
			return json_string_value(value);
		found = find(value, key, n);
		if (found)
			return found;
	}
	return NULL;
}

static void replace(struct buf *b, const char *word, const char *with)
{
	AUTO_BUF out = { 0 };
	const char *rest = b->p, *at;

	while ((at = strstr(rest, word)) != NULL) {
		buf_add(&out, rest, (size_t)(at - rest));
		buf_str(&out, with);
		rest = at + strlen(word);
	}
	buf_str(&out, rest);
	buf_reset(b);
	buf_add(b, out.p, out.n);
}

/* One CI system: where its command lines are, and how the i-th of n parts learns who it is. */
struct ci {
	const char *shards, *verdict; /* files */
	const char *key;	      /* of a command line */
	const char *env;	      /* printf of i counted from 0, from 1, and n */
	size_t play, merge;	      /* which of the command lines */
	bool numbers_in_text;	      /* GitHub writes them into the line itself */
};

static const struct ci systems[] = {
	{ "github.yml", "github.yml", "run",
	  "GITHUB_STEP_SUMMARY=summary.md zero=%1$d one=%2$d all=%3$d", 0, 1, true },
	{ "gitlab.yml", "gitlab.yml", "script",
	  "zero=%1$d CI_NODE_INDEX=%2$d CI_NODE_TOTAL=%3$d", 0, 1, false },
	{ "kubernetes/shards.yaml", "kubernetes/verdict.yaml", "args",
	  "JOB_COMPLETION_INDEX=%1$d one=%2$d SHARDS=%3$d", 0, 0, false },
};

static void add_numbers(struct buf *line, int i, int n)
{
	char text[12];

	snprintf(text, sizeof text, "%d", i + 1);
	replace(line, "${{ matrix.shard }}", text);
	snprintf(text, sizeof text, "%d", n);
	replace(line, "${{ strategy.job-total }}", text);
	CU_ASSERT_PTR_NULL(strstr(line->p, "${{"));
}

/* One step, as its CI system would start it: `sh -e` in the folder of the project. */
static void step(const struct ci *ci, const char *text, int i, int n, int code)
{
	AUTO_BUF line = { 0 };
	AUTO_BUF command = { 0 };

	buf_str(&line, text);
	if (ci->numbers_in_text)
		add_numbers(&line, i, n);
	/* A ConfigMap is mounted there; here it is the folder itself. */
	replace(&line, "/gauntlet/gauntlet.yaml", "gauntlet.yaml");
	CU_ASSERT(outside_put("step.sh", line.p));
	buf_str(&command, "PATH=.:$PATH env ");
	buf_printf(&command, ci->env, i, i + 1, n);
	buf_str(&command, " sh -e step.sh > step.log 2>&1");
	CU_ASSERT(outside_ends(NULL, command.p, code));
}

static void play_and_merge(const struct ci *ci, int n, bool lose_one, int code)
{
	AUTO(conf) struct conf *shards = load(ci->shards);
	AUTO(conf) struct conf *verdict = load(ci->verdict);
	size_t at = ci->play, merge_at = ci->merge;
	const char *play, *merge;

	if (!shards || !verdict)
		return;
	play = find(conf_root(shards), ci->key, &at);
	merge = find(conf_root(verdict), ci->key, &merge_at);
	CU_ASSERT(play && strstr(play, "gauntlet run"));
	CU_ASSERT(merge && strstr(merge, "gauntlet merge"));
	if (!play || !merge)
		return;
	CU_ASSERT(
		outside_ends(NULL, "rm -f shard-*.json results.json junit.xml report.html", 0));
	for (int i = 0; i < n; i++)
		step(ci, play, i, n, 0);
	if (lose_one)
		CU_ASSERT(outside_ends(NULL, "rm shard-2.json", 0));
	step(ci, merge, 0, n, code);
	CU_ASSERT(outside_ends(NULL, "test -s report.html && test -s junit.xml", 0));
}

static void prepare(void)
{
	CU_ASSERT(outside_put("gauntlet", gauntlet_sh));
	CU_ASSERT(outside_put("gauntlet.yaml", target_yaml));
	CU_ASSERT(outside_put("more", ""));
	CU_ASSERT(outside_ends(NULL,
			       "chmod +x gauntlet; ./gauntlet run --target gauntlet.yaml "
			       "--report json=whole.json",
			       1));
}

static void parts_make_the_whole(void)
{
	prepare();
	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		play_and_merge(&systems[i], 4, false, 1);
		CU_ASSERT(outside_ends(NULL, same_results, 0));
	}
	CU_ASSERT(outside_ends(NULL, "grep -q tricky/fails summary.md", 0));
}

/* A failure outweighs what is not known; without one, a lost part is exit status 3. */
static void a_lost_part_is_noticed(void)
{
	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		CU_ASSERT(outside_put("more", "--section plain"));
		play_and_merge(&systems[i], 4, true, 3);
	}
}

/* The numbers in the files agree with each other. */
static void the_files_count_alike(void)
{
	AUTO(conf) struct conf *job = load("kubernetes/shards.yaml");
	AUTO(conf) struct conf *github = load("github.yml");
	const json_t *spec = job ? json_object_get(conf_root(job), "spec") : NULL;
	const json_t *list = NULL;
	size_t at = 0;
	const char *shards = spec ? find(spec, "value", &at) : NULL;
	long long n = json_integer_value(json_object_get(spec, "completions"));

	CU_ASSERT(n > 1 && shards && atoll(shards) == n);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(spec, "parallelism")), n);
	if (github)
		json_unpack(conf_root(github), "{s:{s:{s:{s:{s:o}}}}}", "jobs", "shard",
			    "strategy", "matrix", "shard", &list);
	for (size_t i = 0; i < json_array_size(list); i++)
		CU_ASSERT_EQUAL(json_integer_value(json_array_get(list, i)), (long long)i + 1);
	CU_ASSERT(json_array_size(list) > 1);
}

/* The target file of the Helm test is one that gauntlet reads. */
static void the_helm_target_is_read(void)
{
	char command[700];

	snprintf(command, sizeof command,
		 "$G list --target %s/kubernetes/helm/target.yaml --set gateway=http://release",
		 folder);
	CU_ASSERT(outside_says(NULL, command, ":gateway"));
}

int main(int argc, char **argv)
{
	CU_pSuite s;
	unsigned failed;

	if (argc < 3 || !outside_open(argv[1], NULL) || CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	folder = realpath(argv[2], NULL);
	s = CU_add_suite("ci files", NULL, NULL);
	CU_ADD_TEST(s, parts_make_the_whole);
	CU_ADD_TEST(s, a_lost_part_is_noticed);
	CU_ADD_TEST(s, the_files_count_alike);
	CU_ADD_TEST(s, the_helm_target_is_read);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	outside_close();
	free(folder);
	return failed != 0;
}
