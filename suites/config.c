/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - the CLI's configuration file: where it is, who may read it, what is in it. */
#include "suites/kit/check.h"
#include "suites/kit/given.h"
#include "suites/kit/token.h"
#include "suites/pages.h"

#include <string.h>
#include <sys/stat.h>

static unsigned mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static const struct ran *password_login(struct run *run)
{
	return cli(run, "login", "username=alice@example.com", "password=password", NULL);
}

static void check_mode(struct run *run, const char *what, const char *path, unsigned want)
{
	unsigned got = mode_of(path);

	check_that(run, got == want, what, run_printf(run, "mode %04o", want), "mode %04o",
		   got);
}

static void only_the_owner_reads(struct run *run)
{
	char *dir = run_printf(run, "%s", config_file(run));

	*strrchr(dir, '/') = '\0';
	control_succeeds(run, "logs in", password_login(run));
	check_mode(run, "the file is the owner's alone", config_file(run), 0600);
	check_mode(run, "the directory is the owner's alone", dir, 0700);
}

static void mode_is_repaired(struct run *run)
{
	login_given(run, "alice", 3000, true);
	chmod(config_file(run), 0644);
	control_succeeds(run, "logs in", password_login(run));
	check_mode(run, "a login makes it the owner's alone again", config_file(run), 0600);
	chmod(config_file(run), 0644);
	control_succeeds(run, "refreshes", cli(run, "refresh", NULL));
	check_mode(run, "a refresh makes it the owner's alone again", config_file(run), 0600);
}

static void documented_path(struct run *run)
{
	control_succeeds(run, "logs in", password_login(run));
	check_that(run, config_value(run, "token") != NULL,
		   "keeps the login in the documented file",
		   "a token in ~/.config/nmp/config.yaml", "none there");
}

static void other_contexts_stay(struct run *run)
{
	config_give_two(run, "token-of-staging", token_for(run, "alice"));
	control_succeeds(run, "logs in", password_login(run));
	check_contains(run, "the other context keeps its token", config_text(run),
		       "token-of-staging");
	check_contains(run, "the other context stays", config_text(run), "name: staging");
}

static void endpoint_is_discovered(struct run *run)
{
	const char *text;

	control_succeeds(run, "logs in", password_login(run));
	text = config_text(run);
	check_lacks(run, "the file has no provider's address", text, idp_origin(run->idp));
	check_lacks(run, "the file has no client id", text,
		    run_printf(run, "client_id|%s", run->config->client_id));
	api_discovery(run, json_pack("{s:{s:s}}", "oidc", "token_endpoint",
				     run_printf(run, "%s/token", stranger_url(run))));
	stranger_says(run, 200,
		      run_printf(run,
				 "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_"
				 "in\":3600}",
				 token_for(run, "alice")));
	control_succeeds(run, "a refresh after a move of the endpoint succeeds",
			 cli(run, "refresh", NULL));
	check_contains(run, "it goes to the new endpoint", stranger_saw(run), "POST /token");
}

static void broken_file_stays(struct run *run)
{
	static const char broken[] = "users: [unclosed\n  current_context: x\n";
	const struct ran *r;

	config_write(run, broken);
	r = cli(run, "workspaces-list", NULL);
	check_fails(run, "a command exits with an error", r);
	r = password_login(run);
	check_fails(run, "a login exits with an error", r);
	check_equal(run, "the file is left alone", config_text(run), broken);
}

static const struct scenario rows[] = {
	{
		.name = "only-the-owner-reads",
		.title = "mode of file and directory",
		.promise = "The config file has mode 0600, its directory 0700.",
		.page = PAGE_USING_CONFIG,
		.source = "Using authentication, configuration file: permissions",
		.when = "$ nemo auth login in a home without a config",
		.consequence = "leaves tokens readable to other users",
		.remedy = "Create both with their modes, whatever the umask is.",
		.catalogue = "AUTH-CFG-PERM",
		.needs = "cli.login cli.password",
		.mutants = "cli-config-world-readable",
		.surfaces = CLI,
		.play = only_the_owner_reads,
	},
	{
		.name = "mode-is-repaired",
		.title = "a file that others can read",
		.promise = "Each write makes the file the owner's alone again.",
		.page = PAGE_USING_CONFIG,
		.source = "Using authentication, configuration file: permissions",
		.given = "a config file with mode 0644",
		.when = "$ nemo auth login; $ nemo auth refresh",
		.consequence = "leaves tokens readable to other users",
		.remedy = "Write to a new file with mode 0600 and rename it.",
		.catalogue = "AUTH-CFG-PERM-FIX",
		.needs = "cli.login cli.password cli.refresh",
		.mutants = "cli-keeps-config-mode",
		.surfaces = CLI,
		.play = mode_is_repaired,
	},
	{
		.name = "documented-path",
		.title = "~/.config/nmp/config.yaml",
		.promise = "The login is stored in the documented file below HOME.",
		.page = PAGE_USING_CONFIG,
		.source = "Using authentication, configuration file",
		.when = "$ nemo auth login",
		.remedy = "Use ~/.config/nmp/config.yaml.",
		.catalogue = "AUTH-CFG-PATH",
		.needs = "cli.login cli.password",
		.mutants = "cli-config-elsewhere",
		.surfaces = CLI,
		.play = documented_path,
	},
	{
		.name = "other-contexts-stay",
		.title = "a file with another context",
		.promise = "A login leaves the other contexts of the file as they are.",
		.page = PAGE_USING_CONFIG,
		.source = "Using authentication, contexts",
		.given = "a config with the contexts staging and default",
		.when = "$ nemo auth login",
		.remedy = "Change only the active context's user.",
		.catalogue = "AUTH-CFG-PATH",
		.needs = "cli.login cli.password",
		.mutants = "cli-drops-other-contexts",
		.surfaces = CLI,
		.play = other_contexts_stay,
	},
	{
		.name = "endpoint-is-discovered",
		.title = "the token endpoint is not stored",
		.promise = "Endpoint and client id are never stored; each refresh discovers "
			   "them anew.",
		.page = PAGE_USING_CONFIG,
		.source = "Using authentication, endpoint discovery",
		.given = "discovery that names another token endpoint after the login",
		.when = "$ nemo auth refresh",
		.remedy = "Ask discovery before each refresh.",
		.catalogue = "AUTH-CFG-NOENDPOINT",
		.needs = "cli.login cli.password cli.refresh",
		.mutants = "cli-remembers-endpoint cli-remembers-client-id",
		.surfaces = CLI,
		.play = endpoint_is_discovered,
	},
	{
		.name = "broken-file-stays",
		.title = "a file that is no YAML",
		.promise = "A config file that cannot be read is reported and left alone.",
		.page = PAGE_USING_CONFIG,
		.source = "a person's file is not ours to throw away",
		.given = "malformed YAML in the file",
		.when = "$ nemo workspaces list; $ nemo auth login",
		.consequence = "destroys a config file that it cannot read",
		.remedy = "Refuse to write over what cannot be parsed.",
		.catalogue = "AUTH-CFG-BROKEN",
		.needs = "cli.workspaces cli.login cli.password",
		.mutants = "cli-overwrites-broken-config cli-broken-config-is-silent",
		.level = LEVEL_ADVICE,
		.surfaces = CLI,
		.play = broken_file_stays,
	},
};

const struct suite suite_config = {
	.section = "config",
	.title = "Configuration file",
	.rows = rows,
	.n = ARRAY_LEN(rows),
};
