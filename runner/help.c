/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - --help and shell completion, both from the tables. */
#include "runner/options.h"

#include <string.h>

static void usage_of_option(const struct option_row *r, FILE *out)
{
	char left[60];

	snprintf(left, sizeof left, "%c%c%s --%s%s%s", r->letter ? '-' : ' ',
		 r->letter ? r->letter : ' ', r->letter ? "," : " ", r->name,
		 r->value ? " " : "", r->value ? r->value : "");
	fprintf(out, "  %-28s %s\n", left, r->help);
}

void options_help(const struct verb_row *verbs, const struct verb_row *verb, FILE *out)
{
	if (verb) {
		fprintf(out, "gauntlet %s%s%s: %s\n\n", verb->name, *verb->operands ? " " : "",
			verb->operands, verb->help);
		for (const struct option_row *r = option_rows; r->name; r++) {
			if (r->verbs & verb->bit)
				usage_of_option(r, out);
		}
		return;
	}
	fprintf(out, "Gauntlet runs a whole platform in miniature and lets your part take the "
		     "place of ours.\n\n");
	for (; verbs->name; verbs++) {
		char left[60];

		snprintf(left, sizeof left, "gauntlet %s %s", verbs->name, verbs->operands);
		fprintf(out, "  %-34s %s\n", left, verbs->help);
	}
	fprintf(out, "\n  gauntlet help COMMAND              its options\n");
	fprintf(out,
		"\nExit status: 0 conforms, 1 something FAILED, 2 usage, 3 something BROKEN, 4 "
		"nothing\nselected, 124 time over, 130 interrupted, 143 terminated.\n");
}

static void words_of(const char *const *words, FILE *out)
{
	for (; words && *words; words++)
		fprintf(out, "%s ", *words);
}

static void bash(const struct verb_row *verbs, FILE *out)
{
	fprintf(out,
		"# bash completion of gauntlet; made by: gauntlet completion bash\n"
		"_gauntlet() {\n"
		"\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\tCOMPREPLY=()\n"
		"\tif [ \"$COMP_CWORD\" = 1 ]; then\n"
		"\t\tCOMPREPLY=($(compgen -W '");
	for (const struct verb_row *v = verbs; v->name; v++)
		fprintf(out, "%s ", v->name);
	fprintf(out, "help' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase $before in\n");
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (!r->words && !r->file)
			continue;
		fprintf(out, "\t--%s%s%c) COMPREPLY=($(compgen %s", r->name,
			r->letter ? "|-" : "", r->letter ? r->letter : ' ',
			r->file ? "-f" : "-W '");
		words_of(r->words, out);
		fprintf(out, "%s -- \"$word\")); return ;;\n", r->file ? "" : "'");
	}
	fprintf(out, "\tesac\n\tcase ${COMP_WORDS[1]} in\n");
	for (const struct verb_row *v = verbs; v->name; v++) {
		fprintf(out, "\t%s) COMPREPLY=($(compgen -W '", v->name);
		words_of(v->words, out);
		for (const struct option_row *r = option_rows; r->name; r++) {
			if (r->verbs & v->bit)
				fprintf(out, "--%s ", r->name);
		}
		fprintf(out, "' -- \"$word\")) ;;\n");
	}
	fprintf(out, "\tesac\n}\ncomplete -o default -F _gauntlet gauntlet\n");
}

/* zsh: brackets and quotes of a help sentence would end the specification. */
static void zsh_text(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (strchr("[]:'", *text))
			fputs(*text == '\'' ? "'\\''" : *text == ':' ? "\\:" : "", out);
		else
			fputc(*text, out);
	}
}

static void zsh_option(const struct option_row *r, FILE *out)
{
	fprintf(out, "\t\t'--%s%s[", r->name, r->kind == FLAG ? "" : "=");
	zsh_text(r->help, out);
	fprintf(out, "]");
	if (r->kind != FLAG) {
		fprintf(out, ":%s:", r->value);
		if (r->file) {
			fprintf(out, "_files");
		} else if (r->words) {
			fprintf(out, "(");
			words_of(r->words, out);
			fprintf(out, ")");
		}
	}
	fprintf(out, "' \\\n");
}

static void zsh(const struct verb_row *verbs, FILE *out)
{
	fprintf(out, "#compdef gauntlet\n"
		     "# zsh completion of gauntlet; made by: gauntlet completion zsh\n"
		     "_gauntlet() {\n"
		     "\tif (( CURRENT == 2 )); then\n\t\tlocal -a verbs=(\n");
	for (const struct verb_row *v = verbs; v->name; v++) {
		fprintf(out, "\t\t'%s:", v->name);
		zsh_text(v->help, out);
		fprintf(out, "'\n");
	}
	fprintf(out, "\t\t)\n\t\t_describe command verbs\n\t\treturn\n\tfi\n"
		     "\tcase $words[2] in\n");
	for (const struct verb_row *v = verbs; v->name; v++) {
		fprintf(out, "\t%s) shift words; (( CURRENT-- )); _arguments \\\n", v->name);
		for (const struct option_row *r = option_rows; r->name; r++) {
			if (r->verbs & v->bit)
				zsh_option(r, out);
		}
		if (v->words) {
			fprintf(out, "\t\t'*:word:(");
			words_of(v->words, out);
			fprintf(out, ")' ;;\n");
		} else {
			fprintf(out, "\t\t'*:file:_files' ;;\n");
		}
	}
	fprintf(out, "\tesac\n}\n_gauntlet \"$@\"\n");
}

static void fish(const struct verb_row *verbs, FILE *out)
{
	fprintf(out, "# fish completion of gauntlet; made by: gauntlet completion fish\n"
		     "complete -c gauntlet -n __fish_use_subcommand -f\n");
	for (const struct verb_row *v = verbs; v->name; v++) {
		fprintf(out, "complete -c gauntlet -n __fish_use_subcommand -a %s -d \"%s\"\n",
			v->name, v->help);
		if (v->words) {
			fprintf(out,
				"complete -c gauntlet -n '__fish_seen_subcommand_from %s' -a '",
				v->name);
			words_of(v->words, out);
			fprintf(out, "'\n");
		}
		for (const struct option_row *r = option_rows; r->name; r++) {
			if (!(r->verbs & v->bit))
				continue;
			fprintf(out,
				"complete -c gauntlet -n '__fish_seen_subcommand_from %s' -l "
				"%s",
				v->name, r->name);
			if (r->letter)
				fprintf(out, " -s %c", r->letter);
			if (r->kind != FLAG)
				fprintf(out, r->file ? " -r" : " -x");
			if (r->words) {
				fprintf(out, " -a '");
				words_of(r->words, out);
				fprintf(out, "'");
			}
			fprintf(out, " -d \"%s\"\n", r->help);
		}
	}
}

bool options_completion(const struct verb_row *verbs, const char *shell, FILE *out)
{
	static const struct {
		const char *name;
		void (*write)(const struct verb_row *verbs, FILE *out);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		if (!strcmp(shells[i].name, shell)) {
			shells[i].write(verbs, out);
			return true;
		}
	}
	return false;
}
