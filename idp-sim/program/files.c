/* SPDX-License-Identifier: Apache-2.0 */
/* init, validate and schema - the YAML files that people write. */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/file.h"
#include "idp-sim/program/command.h"
#include "idp-sim/provider.h"
#include "idp-sim/schema.h"

#include <string.h>
#include <unistd.h>

extern const struct embedded program_files[];

/* ---- init ---- */

static bool to_stdout;
static const struct flag init_flags[] = {
	{ "stdout", FLAG_SWITCH, &to_stdout, NULL, "print it instead" },
	{ 0 },
};

static int run_init(int argc, char **argv)
{
	const struct embedded *e = embedded_find(program_files, "init.yaml");
	const char *path = argc ? argv[0] : "idp-sim.yaml";
	struct err err = { 0 };

	if (argc > 1)
		return complain(EXIT_USAGE, "init takes one file name");
	if (to_stdout)
		return fwrite(e->text, 1, e->n, stdout) == e->n ? EXIT_FINE : EXIT_TROUBLE;
	if (!access(path, F_OK))
		return complain(EXIT_SAYS_NO,
				"%s is there already; name another file, or --stdout", path);
	if (!file_write(path, e->text, e->n, 0644, &err))
		return complain_err(&err);
	printf("wrote %s\nidp-sim validate %s\nidp-sim serve --config %s\n", path, path, path);
	return EXIT_FINE;
}

const struct command command_init = { "init", "[FILE]", "write a commented configuration",
				      run_init, init_flags };

/* ---- validate ---- */

/* What the tables cannot know: templates, names of situations, which provider is meant. */
static bool load_provider(const char *path, struct err *err)
{
	AUTO_BUF name = { 0 };

	/* A bare name would be a built-in provider. */
	buf_printf(&name, "%s%s", strchr(path, '/') ? "" : "./", path);
	struct provider *p = provider_load(name.p, err);
	provider_free(p);
	return p != NULL;
}

static bool load_config(const char *path, struct err *err)
{
	struct idp *s = idp_start(
		&(struct idp_options) {
			.config = path, .state = "memory", .control_port = -1, .threads = 1 },
		err);
	idp_stop(s);
	return s != NULL;
}

static bool check_file(const char *path, struct buf *all, struct err *err)
{
	AUTO(conf) struct conf *conf = conf_load(path, err);

	if (!conf)
		return false;
	const json_t *root = conf_root(conf);
	bool config = json_object_get(root, "providers") || json_object_get(root, "state");
	if (!conf_check(conf, config ? config_schema : provider_schema, all, err)) {
		if (!config && !json_object_get(root, "endpoints"))
			buf_printf(all,
				   "%s: without 'providers:' on top it is read as a provider "
				   "file; a "
				   "configuration has its clients, users and lifetimes below "
				   "providers: NAME:\n",
				   path);
		return false;
	}
	return config ? load_config(path, err) : load_provider(path, err);
}

static int run_validate(int argc, char **argv)
{
	int code = EXIT_FINE;

	if (!argc)
		return complain(EXIT_USAGE, "validate takes file names");
	for (int i = 0; i < argc; i++) {
		AUTO_BUF all = { 0 };
		struct err err = { 0 };
		if (check_file(argv[i], &all, &err)) {
			printf("%s: good\n", argv[i]);
			continue;
		}
		if (all.n)
			fputs(all.p, stdout);
		else
			printf("%s\n", err.text);
		code = EXIT_SAYS_NO;
	}
	return code;
}

const struct command command_validate = { "validate", "FILE ...",
					  "check a configuration or a provider file",
					  run_validate };

/* ---- schema ---- */

static int run_schema(int argc, char **argv)
{
	static const struct {
		const char *name;
		const struct conf_key *keys;
		const char *id, *title;
	} rows[] = {
		{ "config", config_schema, "https://schemas.example/idp-sim/config.json",
		  "Configuration of idp-sim" },
		{ "provider", provider_schema, "https://schemas.example/idp-sim/provider.json",
		  "Provider file of idp-sim" },
	};
	const char *which = argc ? argv[0] : "config";

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(rows[i].name, which) != 0)
			continue;
		AUTO(json_t) json_t *o = conf_schema(rows[i].keys, rows[i].id, rows[i].title);
		AUTO(char) char *text = json_dumps(o, JSON_INDENT(2));
		printf("%s\n", text);
		return EXIT_FINE;
	}
	return complain(EXIT_USAGE, "schema knows config and provider");
}

const struct command command_schema = { "schema", "[config|provider]",
					"print the JSON Schema of a file", run_schema };
