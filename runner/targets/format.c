/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - reads a target file, and checks what its table (keys.c) cannot say. */
#include "runner/targets/format.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/file.h"
#include "suites/kit/play.h"

#include <limits.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 20 };

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

static const char *const surface_words[] = { "cli", "gateway", "pdp", "service", "sdk", NULL };

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
	const char *config = conf_str(f->root, "config", NULL);

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
	/* Rows write it, and it is removed after each. */
	if (config && (strncmp(config, "${home}/", 8) != 0 || strstr(config, "..")))
		return conf_fail(f->conf, "/config", err,
				 "the configuration is not in the home that each worker has: "
				 "write ${home}/...");
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

static bool read_text(struct target_file *f, struct err *err)
{
	AUTO(char) char *yaml = NULL;
	char real[PATH_MAX];
	char *slash;
	size_t n;

	if (!file_read(f->path, FILE_LIMIT, &yaml, &n, err))
		return false;
	file_digest(yaml, n, f->digest);
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
	return read_surfaces(f, err) && check_verbs(f, err) && check_kind(f, err) &&
	       target_check_attach(f, err);
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

/* A service whose members the lab's decision point cannot know: it is asked, and reads nothing. */
static bool never_told(const struct target_file *f, const char *claim)
{
	return !strcmp(claim, "service.tells") && !conf_bool(f->root, "tells", false) &&
	       !list_has(json_object_get(f->root, "lacks"), "service.asks");
}

/* A protocol that sends the request and reads a status asks nothing but "allow". */
static bool never_asked(const struct target_file *f, const char *claim)
{
	const char *adapter = conf_str(f->root, "adapter", "");

	return (!strcmp(adapter, "ext-authz") || !strcmp(adapter, "forward-auth")) &&
	       (!strcmp(claim, "pdp.has_permissions") || !strcmp(claim, "pdp.has_role") ||
		!strcmp(claim, "pdp.envoy_form"));
}

static bool template_has(const struct target_file *f, const char *path, const char *mark)
{
	AUTO(char) char *text = NULL;
	AUTO_BUF at = { 0 };
	struct err err = { 0 };
	size_t n;

	buf_printf(&at, "%s%s%s", *path == '/' ? "" : f->dir, *path == '/' ? "" : "/", path);
	return file_read(at.p, FILE_LIMIT, &text, &n, &err) && strstr(text, mark);
}

/* Is ${key} written in the file, or in one of its templates? */
static bool is_written(const struct target_file *f, const char *key, size_t key_n)
{
	json_t *files = json_object_get(f->root, "files"), *path;
	AUTO(char) char *text = json_dumps(f->root, JSON_COMPACT);
	AUTO_BUF mark = { 0 };
	const char *name;
	bool found;

	buf_printf(&mark, "${%.*s}", (int)key_n, key);
	found = strstr(text, mark.p);
	json_object_foreach(files, name, path)
		found = found || template_has(f, json_string_value(path), mark.p);
	return found;
}

/* Does one of the settings that the group changes get there? A decision point that states how old
 * its data may be, or has them pushed, has an interval of its own. */
static bool is_configured(const struct target_file *f, const char *group)
{
	const char *keys = lab_configuration_keys(group);

	if (!keys ||
	    (f->surfaces & PDP && strstr(keys, "interval") &&
	     (conf_get(f->root, "caches.decisions") || json_object_get(f->root, "push"))))
		return true;
	for (; *keys; keys += strcspn(keys, " "), keys += *keys == ' ')
		if (is_written(f, keys, strcspn(keys, " ")))
			return true;
	return false;
}

/* A decision point or service that we start is configured by what the lab fills in; around the
 * other parts the lab itself is. One that runs must be told how. */
static bool takes_configuration(const struct target_file *f, const char *group)
{
	const json_t *groups = json_object_get(f->root, "configurations");

	if (json_object_get(groups, group) || json_object_get(f->root, "reconfigure"))
		return true;
	return !target_file_attached(f) &&
	       (!(f->surfaces & (PDP | SERVICE)) || is_configured(f, group));
}

bool target_file_claims(const struct target_file *f, const char *claim)
{
	static const char prefix[] = "configuration:";

	if (list_has(json_object_get(f->root, "lacks"), claim) || never_asked(f, claim) ||
	    never_told(f, claim))
		return false;
	if (list_has(json_object_get(f->root, "claims"), claim))
		return true;
	if (!strncmp(claim, prefix, sizeof prefix - 1))
		return takes_configuration(f, claim + sizeof prefix - 1);
	return usual(f, claim);
}
