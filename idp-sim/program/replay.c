/* SPDX-License-Identifier: Apache-2.0 */
/* replay - the recordings of a real provider, played against the simulator. */
#include "idp-sim/program/replay.h"

#include "idp-sim/base/file.h"
#include "idp-sim/program/command.h"

#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <string.h>

enum { RECORDING_LIMIT = 4 << 20 };

static bool verbose;
static const char *provider_file, *only;
static int64_t at_least = -1;
static const struct flag flags[] = {
	{ "verbose", FLAG_SWITCH, &verbose, NULL, "name identical recordings too" },
	{ "provider", FLAG_TEXT, &provider_file, "FILE", "instead of the built-in one" },
	{ "only", FLAG_TEXT, &only, "GLOB", "these cases" },
	{ "at-least", FLAG_NUMBER, &at_least, "N", "exit 0 when N are identical" },
	{ 0 },
};

struct total {
	struct idp *s;
	json_t *steps;	    /* of steps.yaml; may be NULL */
	json_t *exceptions; /* of exceptions.yaml; may be NULL */
	int played, identical, excepted, not_reached;
};

static json_t *read_recording(const char *path, struct err *err)
{
	AUTO(char) char *text = NULL;
	json_error_t where;
	size_t n;

	if (!file_read(path, RECORDING_LIMIT, &text, &n, err))
		return NULL;
	json_t *o = json_loadb(text, n, 0, &where);
	if (!o)
		fail(err, ERR_INPUT, "%s:%d: %s", path, where.line, where.text);
	return o;
}

/* The steps of the first glob that fits the case; NULL: the request stands alone. */
static const json_t *steps_of(const struct total *t, const char *name)
{
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(t->steps, "cases"), key, value)
		if (!fnmatch(key, name, 0))
			return value;
	return NULL;
}

static const char *excuse(const struct total *t, const char *name)
{
	const json_t *list = json_object_get(t->exceptions, "exceptions");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strcmp(conf_str(json_array_get(list, i), "case", ""), name))
			return conf_str(json_array_get(list, i), "reason", "");
	return NULL;
}

/* The number of differences; -1 when the case could not be reached. */
static int play(struct total *t, const json_t *recording, const char *name, bool quiet)
{
	__attribute__((cleanup(journey_done))) struct journey j = { 0 };
	AUTO_ANSWER answer = { 0 };
	struct err err = { 0 };
	int status;

	json_decref(idp_call(t->s, "POST", "/_sim/reset", NULL, &status));
	journey_init(&j, idp_origin(t->s), json_object_get(t->steps, "scenes"), recording);
	j.s = t->s;
	if (!journey_walk(&j, steps_of(t, name), &err) || !journey_ask(&j, &answer, &err)) {
		if (!quiet)
			printf("%s: not reached: %s\n", name, err.text);
		return -1;
	}
	struct comparison c = { .case_name = name, .origin = idp_origin(t->s), .quiet = quiet };
	compare_answer(&c, recording, &answer);
	return c.differences;
}

static bool play_file(struct total *t, const char *path, struct err *err)
{
	AUTO(json_t) json_t *recording = read_recording(path, err);

	if (!recording)
		return false;
	const char *name = conf_str(recording, "case", path);
	if (only && fnmatch(only, name, 0))
		return true;
	const char *reason = excuse(t, name);
	int differences = play(t, recording, name, reason && !verbose);
	t->played++;
	t->identical += differences == 0;
	t->not_reached += differences < 0;
	t->excepted += differences != 0 && reason;
	if (differences && reason)
		printf("%s: differs, as listed: %s\n", name, reason);
	else if (!differences && verbose)
		printf("%s: identical\n", name);
	return true;
}

static json_t *read_yaml(const char *dir, const char *name, struct err *err)
{
	AUTO_BUF path = { 0 };

	buf_printf(&path, "%s/%s", dir, name);
	if (access(path.p, R_OK))
		return NULL;
	AUTO(conf) struct conf *conf = conf_load(path.p, err);
	return conf ? json_incref(conf_root(conf)) : NULL;
}

static bool play_all(struct total *t, const char *dir, struct err *err)
{
	AUTO_BUF pattern = { 0 };
	glob_t files = { 0 };
	bool good = true;

	buf_printf(&pattern, "%s/*.json", dir);
	if (glob(pattern.p, 0, NULL, &files))
		return fail(err, ERR_INPUT, "%s: no recordings", dir);
	for (size_t i = 0; i < files.gl_pathc && good; i++) {
		const char *name = strrchr(files.gl_pathv[i], '/') + 1;
		if (strncmp(name, "unconfirmed-", strlen("unconfirmed-")) != 0)
			good = play_file(t, files.gl_pathv[i], err);
	}
	globfree(&files);
	return good;
}

static int conclude(const struct total *t)
{
	printf("%d of %d recordings identical", t->identical, t->played);
	if (t->excepted)
		printf(", %d differ as listed", t->excepted);
	if (t->not_reached)
		printf(", %d not reached", t->not_reached);
	putchar('\n');
	if (at_least >= 0)
		return t->identical >= at_least ? EXIT_FINE : EXIT_SAYS_NO;
	return t->identical + t->excepted == t->played ? EXIT_FINE : EXIT_SAYS_NO;
}

/* "fixtures/golden/azure/" is of azure, unless its steps say otherwise. */
static void provider_of(const char *dir, struct buf *ret)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	buf_add(ret, dir, n);
	const char *slash = strrchr(ret->p, '/');
	if (!slash)
		return;
	n = strlen(slash + 1);
	memmove(ret->p, slash + 1, n + 1);
	ret->n = n;
}

static int run(int argc, char **argv)
{
	AUTO_BUF name = { 0 };
	struct err err = { 0 };
	struct total t = { 0 };

	if (argc != 1)
		return complain(EXIT_USAGE, "replay takes a folder of recordings");
	if (access(argv[0], R_OK))
		return complain(EXIT_USAGE, "%s: %s", argv[0], strerror(errno));
	provider_of(argv[0], &name);
	AUTO(json_t) json_t *steps = t.steps = read_yaml(argv[0], "steps.yaml", &err);
	const char *said = conf_str(steps, "provider", name.p);
	const char *const one[] = { provider_file ? provider_file : said, NULL };
	AUTO(json_t)
	json_t *exceptions = t.exceptions = read_yaml(argv[0], "exceptions.yaml", &err);
	t.s = err.kind ? NULL : quiet_idp(one, NULL, &err);
	if (!t.s)
		return complain_err(&err);
	bool good = play_all(&t, argv[0], &err);
	idp_stop(t.s);
	(void)steps;
	(void)exceptions;
	return good ? conclude(&t) : complain_err(&err);
}

const struct command command_replay = { "replay", "DIR",
					"play recordings of a real provider against this one",
					run, flags };
