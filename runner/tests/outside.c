/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/tests/outside.h"

#include "idp-sim/base/file.h"
#include "runner/targets/fill.h"

#include <CUnit/Basic.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

enum { STEPS = 6000, STEP_MS = 5, LONGEST_MS = 200000, TEXT_LIMIT = 1 << 20 };

char outside_dir[] = "/tmp/gauntlet-test-XXXXXX";
static char *programs[2];

bool outside_open(const char *program, const char *reference)
{
	programs[0] = realpath(program, NULL);
	programs[1] = reference ? realpath(reference, NULL) : strdup("");
	return mkdtemp(outside_dir) != NULL;
}

void outside_close(void)
{
	file_remove_tree(outside_dir);
	free(programs[0]);
	free(programs[1]);
}

struct child *outside_start(const char *more_env, const char *command)
{
	char path[4200], g[400], r[400];
	const char *argv[] = { "sh", "-c", command, NULL };
	const char *env[] = { path, g, r, "LANG=C.UTF-8", "TERM=dumb", more_env, NULL };
	const struct child_options o = {
		.argv = argv, .env = env, .dir = outside_dir, .timeout_ms = LONGEST_MS
	};
	struct err err = { 0 };

	snprintf(path, sizeof path, "PATH=%s", getenv("PATH"));
	snprintf(g, sizeof g, "G=%s", programs[0]);
	snprintf(r, sizeof r, "R=%s", programs[1]);
	return child_start(&o, &err);
}

struct ran outside_run(const char *more_env, const char *command)
{
	struct ran ran = { 0 };
	struct child *c = outside_start(more_env, command);

	if (c)
		child_finish(c, &ran);
	return ran;
}

static void tell(const char *command, const struct ran *ran)
{
	printf("\n  %s\n  exit %d\n%s%s\n", command, ran->exit_code, ran->out ? ran->out : "",
	       ran->err ? ran->err : "");
}

bool outside_ends(const char *more_env, const char *command, int code)
{
	struct ran ran = outside_run(more_env, command);
	bool same = ran.exit_code == code && !ran.timed_out;

	if (!same)
		tell(command, &ran);
	ran_done(&ran);
	return same;
}

bool outside_says(const char *more_env, const char *command, const char *part)
{
	struct ran ran = outside_run(more_env, command);
	bool found = (ran.out && strstr(ran.out, part)) || (ran.err && strstr(ran.err, part));

	if (!found)
		tell(command, &ran);
	ran_done(&ran);
	return found;
}

static void path_of(const char *name, char *ret, size_t n)
{
	snprintf(ret, n, "%s/%s", outside_dir, name);
}

void outside_ports(unsigned net, char *host, size_t size, int *ports, size_t n)
{
	unsigned pid = (unsigned)getpid();

	snprintf(host, size, "127.%u.%u.%u", net + pid % 50, pid / 50 % 250,
		 pid / 12500 % 250 + 1);
	for (size_t i = 0; i < n; i++)
		ports[i] = fill_free_port(host);
}

bool outside_put(const char *name, const char *text)
{
	struct err err = { 0 };
	char path[300];

	path_of(name, path, sizeof path);
	return file_write(path, text, strlen(text), 0600, &err);
}

bool outside_wait_for(const char *name, long *ret_number)
{
	char path[300];

	path_of(name, path, sizeof path);
	for (int i = 0; i < STEPS; i++) {
		AUTO(FILE) FILE *f = fopen(path, "re");

		if (f && fscanf(f, "%ld", ret_number) == 1)
			return true;
		poll(NULL, 0, STEP_MS);
	}
	return false;
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *p = strstr(text, part); p; p = strstr(p + 1, part))
		n++;
	return n;
}

bool outside_wait_text(const char *name, const char *text, size_t times)
{
	char path[300];

	path_of(name, path, sizeof path);
	for (int i = 0; i < STEPS; i++) {
		AUTO(char) char *there = NULL;
		struct err err = { 0 };
		size_t n;

		if (file_read(path, TEXT_LIMIT, &there, &n, &err) &&
		    count(there, text) >= times)
			return true;
		poll(NULL, 0, STEP_MS);
	}
	return false;
}

bool outside_gone(long pid)
{
	for (int i = 0; i < STEPS; i++) {
		if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
			return true;
		poll(NULL, 0, STEP_MS);
	}
	return false;
}

int outside_main(int argc, char **argv, const char *name, const struct outside_test *tests)
{
	unsigned failed;
	CU_pSuite s;

	if (argc < 2 || !outside_open(argv[1], argc > 2 ? argv[2] : NULL) ||
	    CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite(name, NULL, NULL);
	for (; tests->name; tests++)
		CU_add_test(s, tests->name, tests->test);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	outside_close();
	return failed != 0;
}
