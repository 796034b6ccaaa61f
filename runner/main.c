/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - program gauntlet: one table of verbs. */
#include "runner/commit.gen.h"
#include "runner/verbs.h"

#include <signal.h>
#include <string.h>

static const char *const kind_words[] = { "cli", "gateway",  "pdp",    "service",
					  "sdk", "platform", "schema", NULL };
static const char *const shell_words[] = { "bash", "zsh", "fish", NULL };

const struct verb_row verb_rows[] = {
	{ "run", TARGET_OPERAND, "play the scenarios against a target", RUN, verb_run, NULL },
	{ "list", TARGET_OPERAND, "print what would be played", LIST, verb_list, NULL },
	{ "explain", "ID", "what a scenario promises, how it is checked, how to see it",
	  EXPLAIN, verb_explain, NULL },
	{ "prove", "[MUTANT...]", "play every mutant against the rows that must catch it",
	  PROVE, verb_prove, NULL },
	{ "doctor", TARGET_OPERAND, "is this target ready to be judged?", DOCTOR, verb_doctor,
	  NULL },
	{ "init", "KIND", "write a commented target file", INIT, verb_init, kind_words },
	{ "lab", TARGET_OPERAND, "keep the lab of an attached target, or of a scenario, up", LAB, verb_lab, NULL },
	{ "install", TARGET_OPERAND, "run the install line of a target", INSTALL, verb_install,
	  NULL },
	{ "gate", "RELEASE", "several targets, one verdict", GATE, verb_gate, NULL },
	{ "report", "RESULTS", "write reports of a kept JSON report", REPORT, verb_report,
	  NULL },
	{ "merge", "RESULTS...", "join the reports of shards", MERGE, verb_merge, NULL },
	{ "compare", "OLD NEW", "what got worse, better, came and went", COMPARE, verb_compare,
	  NULL },
	{ "known", "RESULTS", "write the failures of a report as known ones", KNOWN_VERB,
	  verb_known, NULL },
	{ "completion", "SHELL", "print a completion script", COMPLETION, verb_completion,
	  shell_words },
	{ 0 },
};

int verb_completion(const struct options *o)
{
	if (o->operands.n == 1 && options_completion(verb_rows, o->operands.items[0], stdout))
		return EXIT_OK;
	fprintf(stderr, "gauntlet: completion: expected one of bash, zsh, fish\n");
	return EXIT_USAGE;
}

bool colour_wanted(const struct options *o, int fd)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	return !o->no_color && !(no && *no) && term && strcmp(term, "dumb") != 0 && isatty(fd);
}

int complain(const struct err *err)
{
	fprintf(stderr, "gauntlet: %s\n", err->text);
	return err->kind == ERR_INPUT ? EXIT_USAGE : EXIT_NO_TRY;
}

static int act(struct options *o, int argc, char **argv)
{
	struct err err = { 0 };

	if (!options_parse(o, verb_rows, argc, argv, &err)) {
		complain(&err);
		fprintf(stderr, "Try: gauntlet --help\n");
		return EXIT_USAGE;
	}
	if (o->version) {
		printf("gauntlet %s (%s)\n", GAUNTLET_VERSION, GAUNTLET_COMMIT);
		return EXIT_OK;
	}
	if (o->help) {
		options_help(verb_rows, o->verb, argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_OK;
	}
	return o->verb->act(o);
}

int gauntlet_main(int argc, char **argv)
{
	struct options o = { 0 };
	int code;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a full disk, as far as we are concerned */
	code = act(&o, argc, argv);
	options_done(&o);
	if ((fflush(stdout) || ferror(stdout)) && code == EXIT_OK)
		code = EXIT_NO_TRY;
	return code;
}
