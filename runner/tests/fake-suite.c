/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake-suite.c - rows that pass, fail, crash, hang and flood on purpose, without a platform:
 * they drive the runner's own machinery. Linked in the place of the suites and of play.h.
 *
 * GAUNTLET_FAKE_GATE=broken makes the gate fail; GAUNTLET_FAKE_ONCE names a file whose absence
 * makes "tricky/flaky" fail, and which it makes; GAUNTLET_FAKE_MANY=N adds N trivial rows;
 * GAUNTLET_FAKE_STARTED and GAUNTLET_FAKE_LINGER name files that get a process id.
 */
#include "idp-sim/base/wire.h"
#include "runner/verbs.h"
#include "suites/kit/play.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct lab {
	char address[40];
};

/* One GET and two checks of it, as any HTTP test runner does; GAUNTLET_FAKE_URL. */
static void get(struct arena *a, struct result *r, const char *url)
{
	struct err err = { 0 };
	AUTO_ANSWER answer = { 0 };
	const char *type = NULL;

	if (wire_request("GET", url, NULL, NULL, 0, NULL, &answer, &err))
		type = wire_header(&answer, "Content-Type");
	r->n_checks = 2;
	r->checks = arena_alloc(a, 2 * sizeof *r->checks);
	r->checks[0] = (struct check) { .what = "status", .held = answer.status == 200 };
	r->checks[1] =
		(struct check) { .what = "type",
				 .held = type && !strncmp(type, "application/json", 16) };
	r->verdict = r->checks[0].held && r->checks[1].held ? PASSED : FAILED;
}

enum act { PASS, FAIL, CRASH, HANG, FLOOD, LINGER, FLAKY, CONTROL, SLOW, GET };

static const enum act acts[] = { PASS,	 FAIL,	CRASH,	 HANG, FLOOD,
				 LINGER, FLAKY, CONTROL, SLOW, GET };

static void never_called(struct run *run)
{
}

#define ROW(called, does, door, expands, ...)                                                  \
	{                                                                                      \
		.name = called, .title = "it " called, .promise = "The fake " called ".",      \
		.page = "Troubleshooting", .source = "RFC 0000",                               \
		.remedy = "Nothing to be done.", .surfaces = door, .providers = expands,       \
		.play = never_called, .arg = &acts[does], __VA_ARGS__                          \
	}

static const struct scenario plain[] = {
	ROW("passes", PASS, CLI, EACH_PROVIDER, .mutants = "cli-polls-after-error"),
	ROW("passes-everywhere", PASS, CLI | GATEWAY, ANY_PROVIDER, .tags = "fast"),
	ROW("in-azure", PASS, CLI, AZURE_ONLY, .tags = NULL),
	ROW("is-advice", FAIL, CLI, ANY_PROVIDER, .level = LEVEL_ADVICE, .tags = "fails"),
	ROW("needs-something", PASS, CLI, ANY_PROVIDER, .needs = "cli.something"),
};

static const struct scenario tricky[] = {
	ROW("fails", FAIL, CLI, ANY_PROVIDER, .tags = "fails"),
	ROW("crashes", CRASH, CLI, ANY_PROVIDER, .tags = "fails"),
	ROW("hangs", HANG, CLI, ANY_PROVIDER, .tags = "fails"),
	ROW("floods", FLOOD, CLI, ANY_PROVIDER, .tags = "fails"),
	ROW("lingers", LINGER, CLI, ANY_PROVIDER, .tags = "stray"),
	ROW("flaky", FLAKY, CLI, ANY_PROVIDER, .tags = "fails"),
	ROW("has-no-control", CONTROL, CLI, ANY_PROVIDER, .tags = "fails"),
	ROW("is-slow", SLOW, CLI, ANY_PROVIDER, .tags = "fails slow", .wait_s = 1),
};

static struct scenario many[5000];
static char many_names[5000][20];

static const struct scenario sanity[] = {
	ROW("target-starts", PASS, CLI | GATEWAY, EACH_PROVIDER, .tags = NULL),
};
const struct suite suite_sanity = { "sanity", "The target starts", sanity, 1 };
static const struct suite suite_plain = { "plain", "Plain rows", plain, ARRAY_LEN(plain) };
static const struct suite suite_tricky = { "tricky", "Tricky rows", tricky, ARRAY_LEN(tricky) };
static struct suite suite_many = { "many", "Many rows", many, 0 };

const struct suite *const suites[] = { &suite_sanity, &suite_plain, &suite_tricky, &suite_many,
				       NULL };

static void make_many(void)
{
	const char *text = getenv("GAUNTLET_FAKE_MANY");
	size_t n = text ? strtoul(text, NULL, 10) : 0;

	for (size_t i = 0; i < n && i < ARRAY_LEN(many); i++) {
		snprintf(many_names[i], sizeof many_names[i], "row-%zu", i);
		many[i] = (struct scenario)ROW("row", GET, CLI, ANY_PROVIDER, .tags = NULL);
		many[i].name = many_names[i];
		suite_many.n = i + 1;
	}
}

struct lab *lab_new(const struct lab_options *o, struct err *err)
{
	struct lab *l = calloc(1, sizeof *l);

	snprintf(l->address, sizeof l->address, "%s", o->address);
	return l;
}

void lab_free(struct lab *l)
{
	free(l);
}

const char *const *lab_secrets(const struct lab *l)
{
	static const char *const none[] = { NULL };

	return none;
}

const char *lab_configuration_keys(const char *name)
{
	return NULL;
}

bool lab_open(struct lab *l, enum surface surface, const char *provider,
	      const struct scenario *row, struct err *err)
{
	return true;
}

const char *lab_door(const struct lab *l)
{
	return "";
}

const char *lab_control(const struct lab *l)
{
	return "";
}

size_t lab_remove(struct lab *l, const char *const *paths, struct buf *left)
{
	return 0;
}

const struct lab_urls *lab_places(const struct lab *l)
{
	static const struct lab_urls nowhere;

	return &nowhere;
}

const char *surface_word(enum surface s)
{
	return s == CLI	      ? "cli"
	       : s == GATEWAY ? "gateway"
	       : s == PDP     ? "pdp"
	       : s == SDK     ? "sdk"
			      : "service";
}

char *scenario_id(struct arena *a, const struct suite *s, const struct scenario *row,
		  enum surface surface, const char *provider, const char *edition)
{
	bool several = row->surfaces & (row->surfaces - 1);
	bool nemo = !strcmp(edition, "nemo");

	return arena_printf(a, "%s/%s@%s%s%s%s%s", s->section, row->name, provider,
			    several ? ":" : "", several ? surface_word(surface) : "",
			    nemo ? "" : ":", nemo ? "" : edition);
}

static void write_pid(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	dprintf(fd, "%d\n", (int)getpid());
	close(fd);
}

/* Tells a test that the row has begun. */
static void say_started(void)
{
	const char *file = getenv("GAUNTLET_FAKE_STARTED");

	if (file)
		write_pid(file);
}

static void hang(void)
{
	say_started();
	for (;;)
		poll(NULL, 0, -1);
}

static void flood(void)
{
	static char line[4096];

	memset(line, 'x', sizeof line);
	for (int i = 0; i < 25600; i++) {
		if (write(STDOUT_FILENO, line, sizeof line) < 0)
			return;
	}
}

/* A process that escapes its group and its father, as a daemon does. The row goes on when that
 * one has told its number: the end of the pipe is closed then. */
static void linger(void)
{
	const char *file = getenv("GAUNTLET_FAKE_LINGER");
	int told[2];
	char none;

	if (pipe2(told, O_CLOEXEC))
		return;
	if (fork()) {
		close(told[1]);
		while (read(told[0], &none, 1) < 0)
			;
		close(told[0]);
		return;
	}
	setsid();
	if (fork())
		_exit(0);
	if (file)
		write_pid(file);
	close(told[1]);
	hang();
}

static bool second_time(void)
{
	const char *file = getenv("GAUNTLET_FAKE_ONCE");

	if (!file || !access(file, F_OK))
		return true;
	close(open(file, O_WRONLY | O_CREAT, 0600));
	return false;
}

static void checked(struct arena *a, struct result *r, bool held, bool control)
{
	r->checks = arena_alloc(a, 2 * sizeof *r->checks);
	r->n_checks = 2;
	r->checks[0] =
		(struct check) { .what = "can be tried", .held = !control, .control = true };
	r->checks[1] = (struct check) { .what = "keeps its word",
					.held = held,
					.want = held ? NULL : "yes",
					.got = held ? NULL : "no" };
	r->verdict = control ? BROKEN : held ? PASSED : FAILED;
	if (control)
		r->reason = "the good case does not work";
}

void play_row(struct lab *l, const struct suite *suite, const struct scenario *row,
	      enum surface surface, const char *provider, struct arena *arena,
	      struct result *ret)
{
	enum act act = *(const enum act *)row->arg;

	if (act == GET && getenv("GAUNTLET_FAKE_URL")) {
		get(arena, ret, getenv("GAUNTLET_FAKE_URL"));
		return;
	}
	if (act == CRASH)
		raise(SIGKILL);
	if (act == HANG)
		hang();
	if (act == FLOOD)
		flood();
	if (act == LINGER)
		linger();
	if (act == SLOW)
		poll(NULL, 0, 1000);
	checked(arena, ret, act != FAIL && (act != FLAKY || second_time()), act == CONTROL);
}

void play_sanity(struct lab *l, enum surface surface, const char *provider, struct arena *arena,
		 struct result *ret)
{
	const char *gate = getenv("GAUNTLET_FAKE_GATE");

	ret->verdict = gate ? BROKEN : PASSED;
	ret->title = "target starts";
	if (gate)
		ret->reason = "exit status 1";
}

int main(int argc, char **argv)
{
	make_many();
	return gauntlet_main(argc, argv);
}
