/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - the table of a target file, and what a table cannot say. */
#include "runner/targets/format.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/file.h"

#include <limits.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 20 };

static const char *const kinds[] = {
	"cli", "gateway", "pdp", "service", "sdk", "platform", NULL
};
static const char *const surface_words[] = { "cli", "gateway", "pdp", "service", "sdk", NULL };
static const char *const adapters[] = { "nemo",	     "opa",	     "authzen",
					"ext-authz", "forward-auth", NULL };
static const char *const signals[] = { "TERM", "INT", "QUIT", "KILL", NULL };

static const struct conf_key text[] = { { .type = CONF_STRING } };
static const struct conf_key vector[] = { { .type = CONF_LIST } };

static const struct conf_key ready_keys[] = {
	{ "url", CONF_STRING, .help = "GET it until it answers one of `status`." },
	{ "status", CONF_LIST, .help = "Statuses that mean ready; any below 500 when absent." },
	{ "listen", CONF_STRING, .help = "host:port that must accept a connection." },
	{ "command", CONF_LIST, .items = text, .help = "Run it until it exits with 0." },
	{ "timeout", CONF_DURATION, .help = "How long to wait; 10s when absent." },
	{ "owner", CONF_BOOL,
	  .help = "Check that a process of ours holds the port; true when absent." },
	{ 0 },
};

static const struct conf_key stop_keys[] = {
	{ "signal", CONF_STRING, .allowed = signals, .help = "TERM when absent." },
	{ "timeout", CONF_DURATION, .help = "After it the group is killed; 2s when absent." },
	{ 0 },
};

/* What a configuration group may say otherwise than the file. */
#define CONFIGURABLE                                                                           \
	{ "command", CONF_LIST, .items = text,                                                 \
	  .help = "The argument vector, no shell. A CLI's verbs are appended." },              \
		{ "files", CONF_DICT, .items = text,                                           \
		  .help = "${home}/NAME: the template beside this file that it is made "       \
			  "from." },                                                           \
		{ "env", CONF_DICT, .items = text,                                             \
		  .help = "Environment; nothing else but PATH, HOME, TMPDIR and LANG is "      \
			  "passed on." },                                                      \
	{                                                                                      \
		"settings", CONF_DICT,                                                         \
			.help = "Further ${NAME} values, filled by --set NAME=value."          \
	}

static const struct conf_key configuration_keys[] = { CONFIGURABLE, { 0 } };
static const struct conf_key configuration_row[] = { { .type = CONF_MAP,
						       .keys = configuration_keys } };

static const struct conf_key attach_keys[] = {
	{ "url", CONF_STRING, .required = true, .help = "Where it already listens." },
	{ "ca", CONF_STRING, .help = "PEM file that its certificate is checked against." },
	{ "sni", CONF_STRING,
	  .help = "Name to ask for and to check, when not the host of url." },
	{ "cert", CONF_STRING, .help = "Client certificate (PEM)." },
	{ "key", CONF_STRING, .help = "Key of the client certificate (PEM)." },
	{ 0 },
};

static const struct conf_key part_keys[] = {
	{ "listen", CONF_STRING, .help = "address:port of the lab's listener." },
	{ "advertise", CONF_STRING, .help = "The URL under which the target sees it." },
	{ 0 },
};
static const struct conf_key lab_keys[] = {
	{ "address", CONF_STRING, .help = "Address of every listener without one of its own." },
	{ "idp", CONF_MAP, .keys = part_keys, .help = "The identity provider." },
	{ "pdp", CONF_MAP, .keys = part_keys, .help = "The auth service." },
	{ "upstream", CONF_MAP, .keys = part_keys, .help = "What a gateway forwards to." },
	{ "service", CONF_MAP, .keys = part_keys, .help = "The platform service." },
	{ 0 },
};

static const struct conf_key reconfigure_keys[] = {
	{ "command", CONF_LIST, .required = true, .items = text,
	  .help = "Puts configuration ${configuration} in force." },
	{ "timeout", CONF_DURATION, .help = "30s when absent." },
	{ "ready", CONF_STRING, .help = "URL that answers when it is in force." },
	{ 0 },
};

static const struct conf_key cache_keys[] = {
	{ "jwks", CONF_DURATION, .help = "How long it keeps keys." },
	{ "decisions", CONF_DURATION, .help = "How long it keeps decisions." },
	{ 0 },
};

static const struct conf_key push_keys[] = {
	{ "method", CONF_STRING, .help = "PUT when absent." },
	{ "url", CONF_STRING, .help = "Where the data document goes." },
	{ "command", CONF_LIST, .items = text,
	  .help = "Or: run it with the document on its standard input." },
	{ "timeout", CONF_DURATION, .help = "Of the command; 60s when absent." },
	{ 0 },
};

const struct conf_key target_keys[] = {
	{ "target", CONF_STRING, .required = true, .help = "Its name in reports." },
	{ "kind", CONF_STRING, .required = true, .allowed = kinds,
	  .help = "The part it replaces; `platform` is several (see surfaces)." },
	{ "surfaces", CONF_LIST, .help = "Of a platform: the surfaces it covers." },
	{ "version", CONF_STRING, .help = "Its version." },
	{ "version_command", CONF_LIST, .items = text,
	  .help = "Prints its version; the first dotted number is taken." },
	{ "edition", CONF_STRING,
	  .help = "Contract edition: nemo (default), nmp, nemo-callout." },
	{ "about", CONF_STRING, .help = "What a reader should know." },
	{ "install", CONF_STRING, .help = "Shell line that `gauntlet install` runs." },
	{ "claims", CONF_LIST, .items = text, .help = "What it says it does, e.g. http2." },
	{ "lacks", CONF_LIST, .items = text,
	  .help = "What it says it does not do; gateway.*, pdp.* and service.* are claimed "
		  "else." },
	{ "needs", CONF_LIST, .items = text, .help = "Programs that must be in PATH." },
	CONFIGURABLE,
	{ "configurations", CONF_DICT, .items = configuration_row,
	  .help = "Configuration groups that rows ask for, by name." },
	{ "cwd", CONF_STRING, .help = "Working directory; ${home} when absent." },
	{ "url", CONF_STRING,
	  .help = "Its base URL; from the kind's listen address when absent." },
	{ "ready", CONF_MAP, .keys = ready_keys, .help = "When it is ready." },
	{ "stop", CONF_MAP, .keys = stop_keys, .help = "How it is stopped." },
	{ "verbs", CONF_DICT, .items = vector,
	  .help = "Of a CLI or SDK probe: the words of each verb. A list inside is left out "
		  "unless all its ${...} are known; \"${?x}\" asks without writing a word." },
	{ "config", CONF_STRING, .help = "Of a CLI: path of its configuration file." },
	{ "timeout", CONF_DURATION, .help = "Of one command; 30s when absent." },
	{ "adapter", CONF_STRING, .allowed = adapters, .help = "Of a PDP: its protocol." },
	{ "decide", CONF_DICT, .items = text,
	  .help = "Of a PDP: the path of each entrypoint, when not the adapter's own." },
	{ "push", CONF_MAP, .keys = push_keys,
	  .help = "Of a PDP or a service: how the lab's workspaces and members get there." },
	{ "providers", CONF_LIST, .items = text,
	  .help = "The only providers it is set up for." },
	{ "attach", CONF_MAP, .keys = attach_keys,
	  .help = "It already runs: do not start it." },
	{ "lab", CONF_MAP, .keys = lab_keys,
	  .help = "Fixed listeners for an attached target." },
	{ "reconfigure", CONF_MAP, .keys = reconfigure_keys,
	  .help = "Of an attached target: how to change its configuration." },
	{ "caches", CONF_MAP, .keys = cache_keys,
	  .help = "What it remembers, and for how long." },
	{ "token_command", CONF_LIST, .items = text,
	  .help = "Prints a token of a real tenant for the rows that forge none." },
	{ 0 },
};

json_t *target_schema(void)
{
	return conf_schema(target_keys, "https://gauntlet.example/schema/target.json",
			   "Gauntlet target file");
}

static bool list_has(const json_t *list, const char *word)
{
	size_t i;
	const json_t *item;

	json_array_foreach(list, i, item) {
		if (json_is_string(item) && !strcmp(json_string_value(item), word))
			return true;
	}
	return false;
}

static unsigned surface_of(const char *name)
{
	for (unsigned i = 0; surface_words[i]; i++) {
		if (!strcmp(surface_words[i], name))
			return 1u << i;
	}
	return 0;
}

/* `surfaces` of a platform; every other kind is its own surface. */
static bool read_surfaces(struct target_file *f, struct err *err)
{
	const json_t *list = json_object_get(f->root, "surfaces");
	size_t i;
	const json_t *item;

	if (strcmp(f->kind, "platform") != 0) {
		f->surfaces = surface_of(f->kind);
		if (list)
			return conf_fail(f->conf, "/surfaces", err,
					 "only kind 'platform' has surfaces; '%s' is one",
					 f->kind);
		return true;
	}
	if (!list)
		f->surfaces = GATEWAY | PDP | SERVICE;
	json_array_foreach(list, i, item) {
		const char *name = json_string_value(item);
		unsigned bit = name ? surface_of(name) : 0;
		char at[40];

		snprintf(at, sizeof at, "/surfaces/%zu", i);
		if (!bit)
			return conf_fail(f->conf, at, err,
					 "unknown surface '%s': allowed: "
					 "cli, gateway, pdp, service, sdk",
					 name ? name : "?");
		f->surfaces |= bit;
	}
	return true;
}

/* A verb's vector holds strings, and lists of strings for optional words. */
static bool check_verbs(struct target_file *f, struct err *err)
{
	json_t *verbs = json_object_get(f->root, "verbs");
	const char *verb;
	json_t *words, *item, *inner;
	size_t i, j;

	json_object_foreach(verbs, verb, words) {
		json_array_foreach(words, i, item) {
			char at[200];

			snprintf(at, sizeof at, "/verbs/%s/%zu", verb, i);
			if (json_is_string(item))
				continue;
			if (!json_is_array(item))
				return conf_fail(
					f->conf, at, err,
					"a word is a string, or a list of strings that "
					"is left out as one; quote numbers");
			json_array_foreach(item, j, inner) {
				if (!json_is_string(inner))
					return conf_fail(f->conf, at, err,
							 "words of a list are strings");
			}
		}
	}
	return true;
}

/* What each kind cannot do without. */
static bool check_kind(struct target_file *f, struct err *err)
{
	bool attached = target_file_attached(f), typed = f->surfaces & (CLI | SDK);
	bool served = f->surfaces & (GATEWAY | PDP | SERVICE);

	if (!attached && !json_object_get(f->root, "command"))
		return conf_fail(f->conf, "", err, "missing key 'command' (or 'attach')");
	if (!strcmp(f->kind, "pdp") && !json_object_get(f->root, "adapter"))
		return conf_fail(f->conf, "", err,
				 "a pdp needs 'adapter': nemo, opa, authzen, "
				 "ext-authz, forward-auth");
	if (json_object_get(f->root, "push") && !conf_get(f->root, "push.url") &&
	    !conf_get(f->root, "push.command"))
		return conf_fail(f->conf, "/push", err, "push needs 'url' or 'command'");
	if (typed && !json_object_get(f->root, "verbs"))
		return conf_fail(f->conf, "", err, "a %s needs 'verbs'", f->kind);
	if (attached && !served)
		return conf_fail(f->conf, "/attach", err,
				 "a %s is started for each row and cannot be attached",
				 f->kind);
	return true;
}

/* The nearest setting, for a mistyped --set. */
static bool set_one(struct target_file *f, const char *pair, struct err *err)
{
	const char *eq = strchr(pair, '=');
	const char *known[64] = { 0 };
	const char *key;
	json_t *value;
	size_t n = 0;
	AUTO_BUF name = { 0 };

	if (!eq || eq == pair)
		return fail(err, ERR_INPUT, "--set %s: expected KEY=VALUE", pair);
	buf_add(&name, pair, (size_t)(eq - pair));
	if (json_object_get(f->settings, name.p)) {
		json_object_set_new(f->settings, name.p, json_string(eq + 1));
		return true;
	}
	json_object_foreach(f->settings, key, value) {
		if (n + 1 < ARRAY_LEN(known))
			known[n++] = key;
	}
	key = conf_nearest(name.p, known);
	return fail(err, ERR_INPUT, "--set %s: %s has no setting '%s'%s%s%s", pair, f->path,
		    name.p, key ? ": did you mean '" : "", key ? key : "", key ? "'?" : "");
}

/* Settings are text wherever they go: 8 and true are kept as they were written. */
static bool read_settings(struct target_file *f, const char *const *set, struct err *err)
{
	json_t *given = json_object_get(f->root, "settings"), *value;
	const char *key;

	f->settings = json_object();
	json_object_foreach(given, key, value) {
		AUTO(char)
		char *written = json_is_string(value) ? strdup(json_string_value(value))
						      : json_dumps(value, JSON_ENCODE_ANY);

		json_object_set_new(f->settings, key, json_string(written));
	}
	for (; set && *set; set++) {
		if (!set_one(f, *set, err))
			return false;
	}
	return true;
}

/* FNV-1a, 64 bits: tells two files apart in a report; no protection against malice. */
static void digest(const char *p, size_t n, char ret[17])
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 1099511628211u;
	snprintf(ret, 17, "%016llx", (unsigned long long)h);
}

static bool read_text(struct target_file *f, struct err *err)
{
	AUTO(char) char *yaml = NULL;
	char real[PATH_MAX];
	char *slash;
	size_t n;

	if (!file_read(f->path, FILE_LIMIT, &yaml, &n, err))
		return false;
	digest(yaml, n, f->digest);
	f->conf = conf_parse(f->path, yaml, n, err);
	if (!f->conf)
		return false;
	if (!realpath(f->path, real))
		return fail_errno(err, "%s", f->path);
	slash = strrchr(real, '/');
	f->dir = strndup(real, slash == real ? 1 : (size_t)(slash - real));
	return true;
}

static bool check_all(struct target_file *f, struct buf *all, struct err *err)
{
	f->root = conf_root(f->conf);
	if (!conf_check(f->conf, target_keys, all, err))
		return false;
	f->name = conf_str(f->root, "target", "");
	f->kind = conf_str(f->root, "kind", "");
	f->edition = conf_str(f->root, "edition", NULL);
	f->address = conf_str(f->root, "lab.address", NULL);
	return read_surfaces(f, err) && check_verbs(f, err) && check_kind(f, err);
}

struct target_file *target_file_load(const char *path, const char *const *set, struct err *err)
{
	AUTO(target_file) struct target_file *f = calloc(1, sizeof *f);

	f->path = strdup(path);
	if (!read_text(f, err) || !check_all(f, NULL, err) || !read_settings(f, set, err))
		return NULL;
	return MOVE(f);
}

bool target_file_lint(const char *path, struct buf *ret, struct err *err)
{
	AUTO(target_file) struct target_file *f = calloc(1, sizeof *f);
	size_t before = ret->n;

	f->path = strdup(path);
	if (read_text(f, err) && check_all(f, ret, err))
		return true;
	if (ret->n == before)
		buf_printf(ret, "%s\n", err->text);
	return false;
}

void target_file_free(struct target_file *f)
{
	if (!f)
		return;
	conf_free(f->conf);
	json_decref(f->settings);
	free(f->path);
	free(f->dir);
	free(f);
}

bool target_file_attached(const struct target_file *f)
{
	return json_object_get(f->root, "attach") != NULL;
}

/* What a part of that kind does unless its file lacks it; a CLI's and others' words are claimed
 * one by one. */
static bool usual(const struct target_file *f, const char *claim)
{
	static const char *const prefixes[] = { "gateway.", "pdp.", "service." };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		if (!strncmp(claim, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	return false;
}

/* A target that we start is configured anew for each group; one that runs must be told how. */
static bool takes_configuration(const struct target_file *f, const char *group)
{
	const json_t *groups = json_object_get(f->root, "configurations");

	return !target_file_attached(f) || json_object_get(groups, group) ||
	       json_object_get(f->root, "reconfigure");
}

bool target_file_claims(const struct target_file *f, const char *claim)
{
	static const char prefix[] = "configuration:";

	if (list_has(json_object_get(f->root, "lacks"), claim))
		return false;
	if (!strncmp(claim, prefix, sizeof prefix - 1))
		return takes_configuration(f, claim + sizeof prefix - 1);
	return list_has(json_object_get(f->root, "claims"), claim) || usual(f, claim);
}
