/* SPDX-License-Identifier: Apache-2.0 */
/* The program idp-sim: finds the subcommand, parses its flags, prints help. */
#include "idp-sim/base/conf.h"
#include "idp-sim/program/command.h"
#include "version.h"

#include <signal.h>
#include <string.h>

static const struct command *const commands[] = {
	&command_serve,	    &command_ctl,    &command_errors, &command_explain,
	&command_reproduce, &command_mint,   &command_decode, &command_init,
	&command_validate,  &command_schema, &command_record, &command_replay,
};

static const char *const about =
	"idp-sim " IDP_SIM_VERSION
	": a simulated OpenID provider (azure, okta, keycloak, yours).";

static void help_all(FILE *out)
{
	fprintf(out, "%s\n\n", about);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(out, "\nidp-sim COMMAND --help says more. Start with: idp-sim serve\n"
		     "Exit status: 0 done, 1 the answer is no, 2 usage or configuration, 3 "
		     "could not "
		     "work.\n");
}

static void help_one(const struct command *c, FILE *out)
{
	fprintf(out, "idp-sim %s%s%s%s%s\n\n%s\n", c->name, c->flags ? " [options]" : "",
		*c->operands ? " " : "", c->operands, "", c->summary);
	if (c->flags)
		fputc('\n', out);
	for (const struct flag *f = c->flags; f && f->name; f++) {
		int n = fprintf(out, "  --%s%s%s", f->name, f->arg ? " " : "",
				f->arg ? f->arg : "");
		fprintf(out, "%*s%s\n", n < 28 ? 28 - n : 1, "", f->help);
	}
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	const char *names[ARRAY_LEN(commands) + 1] = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		names[i] = commands[i]->name;
	const char *near = conf_nearest(name, names);
	return complain(EXIT_USAGE, "unknown command '%s'%s%s%s", name,
			near ? ": did you mean '" : "; idp-sim --help lists them",
			near ? near : "", near ? "'?" : "");
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

/* --no-color is for all commands. */
static int take_color(int argc, char **argv)
{
	int n = 0;

	for (int i = 0; i < argc; i++)
		if (!strcmp(argv[i], "--no-color"))
			ink_forbid();
		else
			argv[n++] = argv[i];
	argv[n] = NULL;
	return n;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };

	signal(SIGPIPE, SIG_IGN);
	argc = take_color(argc, argv);
	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		help_all(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_FINE;
	}
	if (!strcmp(argv[1], "--version"))
		return printf("idp-sim " IDP_SIM_VERSION "\n") < 0;
	const struct command *c = find_command(argv[1]);
	if (!c)
		return unknown_command(argv[1]);
	if (!c->raw && asks_for_help(argc - 2, argv + 2)) {
		help_one(c, stdout);
		return EXIT_FINE;
	}
	int n = c->raw ? argc - 2 : flags_parse(c->flags, argc - 2, argv + 2, &err);
	return n < 0 ? complain_err(&err) : c->run(n, argv + 2);
}
