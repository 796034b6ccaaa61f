/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/provenance.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "idp-sim/base/file.h"
#include "idp-sim/provider-files.h"
#include "runner/commit.gen.h"

#include <string.h>
#include <sys/utsname.h>

static uint64_t fold(uint64_t h, const char *text)
{
	for (; text && *text; text++)
		h = (h ^ (unsigned char)*text) * 1099511628211u;
	return (h ^ 0xff) * 1099511628211u;
}

void scenario_set_digest(char ret[17])
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; suites[i]; i++) {
		for (size_t k = 0; k < suites[i]->n; k++) {
			h = fold(h, suites[i]->section);
			h = fold(h, suites[i]->rows[k].name);
			h = fold(h, suites[i]->rows[k].promise);
		}
	}
	snprintf(ret, 17, "%016llx", (unsigned long long)h);
}

/* The words as typed; what follows a '=' of --set may be anything and is cut. */
static void add_command(json_t *o, const struct options *options)
{
	AUTO_BUF b = { 0 };
	bool set = false;

	for (int i = 0; i < options->argc; i++) {
		const char *word = options->argv[i];
		bool here = set || !strncmp(word, "--set=", 6);
		const char *eq = strchr(here && !set ? word + 6 : word, '=');

		buf_printf(&b, "%s", i ? " " : "");
		if (!i)
			buf_str(&b, "gauntlet");
		else if (here && eq)
			buf_printf(&b, "%.*s=***", (int)(eq - word), word);
		else
			buf_str(&b, word);
		set = !strcmp(word, "--set");
	}
	json_object_set_new(o, "command", json_string(b.p ? b.p : ""));
}

static void add_times(json_t *o, const struct about_run *about)
{
	char text[32];

	clk_iso(about->started_at, text);
	json_object_set_new(o, "started", json_string(text));
	clk_iso(about->started_at + about->took_us / 1000000, text);
	json_object_set_new(o, "stopped", json_string(text));
}

enum { PROVIDER_LIMIT = 4 << 20 };

/* As the simulator finds it: a path, or the file compiled in. */
static bool provider_digest(const char *name, char ret[DIGEST_SIZE])
{
	AUTO(char) char *text = NULL;
	const struct embedded *e;
	struct err err = { 0 };
	char file[256];
	size_t n = 0;

	if (strchr(name, '/') || strstr(name, ".yaml")) {
		if (!file_read(name, PROVIDER_LIMIT, &text, &n, &err))
			return false;
		file_digest(text, n, ret);
		return true;
	}
	snprintf(file, sizeof file, "%s.yaml", name);
	e = embedded_find(provider_files, file);
	if (e)
		file_digest(e->text, e->n, ret);
	return e != NULL;
}

/* One fact a provider file: "provider_azure". All shards have those of the whole plan. */
static void add_providers(json_t *o, const struct plan *plan)
{
	for (size_t i = 0; plan->providers && plan->providers[i]; i++) {
		const char *name = plan->providers[i], *slash = strrchr(name, '/');
		char digest[DIGEST_SIZE], key[200];

		if (!provider_digest(name, digest))
			continue;
		snprintf(key, sizeof key, "provider_%s", slash ? slash + 1 : name);
		json_object_set_new(o, key, json_string(digest));
	}
}

static void add_text(json_t *o, const char *key, const char *value)
{
	if (value && *value)
		json_object_set_new(o, key, json_string(value));
}

json_t *provenance_of(const struct plan *plan, const struct about_run *about)
{
	json_t *o = json_object();
	struct utsname machine = { 0 };
	char digest[17];

	uname(&machine);
	scenario_set_digest(digest);
	add_text(o, "gauntlet", GAUNTLET_VERSION);
	add_text(o, "commit", GAUNTLET_COMMIT);
	add_text(o, "scenario_set", digest);
	add_text(o, "edition", plan->editions);
	add_text(o, "target", about->target ? about->target->name : "reference platform");
	add_text(o, "target_version",
		 about->target ? about->target->version : GAUNTLET_VERSION);
	add_text(o, "target_file", about->options->target);
	add_text(o, "target_digest", about->target_digest);
	add_providers(o, plan);
	json_object_set_new(o, "seed", json_integer((json_int_t)about->options->seed));
	add_text(o, "system", machine.sysname);
	add_text(o, "kernel", machine.release);
	add_text(o, "machine", machine.machine);
	if (about->options->shards)
		json_object_set_new(
			o, "shard",
			json_sprintf("%ld/%ld", about->options->shard, about->options->shards));
	json_object_set_new(o, "processors", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	add_times(o, about);
	add_command(o, about->options);
	return o;
}
