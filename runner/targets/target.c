/* SPDX-License-Identifier: Apache-2.0 */
/* target.c - loads a target file into the shape that the suites use. */
#include "runner/targets/target.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/wire.h"
#include "runner/targets/adapter.h"
#include "runner/targets/instance.h"

#include <ctype.h>
#include <poll.h>
#include <string.h>

enum { VERSION_MS = 20000, DECIDE_MS = 10000 };

bool target_program_exists(const char *dir, const char *word)
{
	const char *path = getenv("PATH");
	AUTO_BUF at = { 0 };

	if (strchr(word, '/')) {
		buf_printf(&at, "%s%s%s", *word == '/' ? "" : dir, *word == '/' ? "" : "/",
			   word);
		return access(at.p, X_OK) == 0;
	}
	for (path = path ? path : "/usr/bin:/bin"; *path; path += *path == ':') {
		size_t n = strcspn(path, ":");

		buf_reset(&at);
		buf_add(&at, path, n);
		buf_printf(&at, "/%s", word);
		if (access(at.p, X_OK) == 0)
			return true;
		path += n;
	}
	return false;
}

static bool missing(const struct target_file *f, const char *pointer, const char *program,
		    struct err *err)
{
	const char *install = conf_str(f->root, "install", NULL);

	return conf_fail(f->conf, pointer, err, "'%s' is not on this machine%s%.300s", program,
			 install ? "; `gauntlet install` runs: " : "", install ? install : "");
}

static bool check_programs(const struct target_file *f, struct err *err)
{
	const json_t *command = json_object_get(f->root, "command"), *item;
	const char *first = json_string_value(json_array_get(command, 0));
	char at[40];
	size_t i;

	json_array_foreach(json_object_get(f->root, "needs"), i, item) {
		snprintf(at, sizeof at, "/needs/%zu", i);
		if (!target_program_exists(f->dir, json_string_value(item)))
			return missing(f, at, json_string_value(item), err);
	}
	if (first && !strstr(first, "${") && !target_program_exists(f->dir, first))
		return missing(f, "/command/0", first, err);
	return true;
}

/* "nginx version: nginx/1.22.1" gives "1.22.1". */
static char *dotted_number(const char *text)
{
	for (const char *p = text; *p; p++) {
		size_t n = strspn(p, "0123456789");

		if (n && p[n] == '.' && isdigit((unsigned char)p[n + 1])) {
			n = strcspn(p, " \t\r\n,;()\"'/");
			return strndup(p, n);
		}
		p += n ? n - 1 : 0;
	}
	return NULL;
}

static char *run_version(struct loaded *l, const json_t *command, struct err *err)
{
	struct instance i;
	const char *env[] = { NULL, "HOME=/nonexistent", "LANG=C.UTF-8", NULL };
	struct child_options o = { .env = env, .timeout_ms = VERSION_MS };
	struct ran ran = { 0 };
	char *version = NULL;

	instance_without_lab(&i, l);
	env[0] = arena_printf(i.arena, "PATH=%s", getenv("PATH") ? getenv("PATH") : "/bin");
	if (instance_run(&i, command, &o, &ran, err)) {
		version = dotted_number(ran.out ? ran.out : "");
		if (!version)
			version = dotted_number(ran.err ? ran.err : "");
		ran_done(&ran);
	}
	fill_done(&i.fill);
	arena_free(i.arena);
	return version ? version : strdup("");
}

static void read_version(struct loaded *l, struct err *err)
{
	const json_t *command = json_object_get(l->file->root, "version_command");

	if (command)
		l->version = run_version(l, command, err);
	else
		l->version = strdup(conf_str(l->file->root, "version", ""));
}

static bool decide(void *ctx, void *instance, const struct question *q, struct decision *ret,
		   struct err *err)
{
	struct loaded *l = ctx;
	struct instance *i = instance;
	struct pdp_door door = {
		.url = i->url,
		.paths = json_object_get(l->file->root, "decide"),
		.prefix = json_string_value(json_object_get(i->fill.values, "header_prefix")),
		.reach = l->target.reach,
		.memo = &i->memo,
	};

	door.reach.timeout_ms = DECIDE_MS;
	door.prefix = door.prefix ? door.prefix : "X-NMP-";
	return l->adapter->decide(&door, q, ret, err);
}

/* The command has the document on its standard input; its last words are in err. */
static bool push_by_command(struct instance *i, const json_t *how, const char *body,
			    struct err *err)
{
	const json_t *timeout = json_object_get(how, "timeout");
	struct child_options o = {
		.env = i->env,
		.dir = i->home,
		.input = body,
		.timeout_ms = (int)conf_duration_ms(timeout, 60000),
	};
	struct ran ran = { 0 };
	bool ok;

	if (!instance_run(i, json_object_get(how, "command"), &o, &ran, err))
		return false;
	ok = ran.exit_code == 0;
	if (!ok)
		(void)fail(err, ERR_INPUT, "push by %s: %s%.300s", o.argv[0],
			   ran.timed_out ? "does not end" : "", ran_last_words(&ran));
	ran_done(&ran);
	return ok;
}

/* Content-Type and what the file adds; NULL with err. */
static const char **push_headers(struct instance *i, const json_t *how, struct err *err)
{
	const json_t *list = json_object_get(how, "headers"), *item;
	const char **lines = arena_alloc(i->arena, (json_array_size(list) + 2) * sizeof *lines);
	size_t k;

	lines[0] = "Content-Type: application/json";
	json_array_foreach(list, k, item) {
		AUTO(char)
		char *line =
			fill_word(&i->fill, i->of->file->path, json_string_value(item), err);

		if (!line)
			return NULL;
		lines[k + 1] = arena_str(i->arena, line);
	}
	return lines;
}

static bool push_by_request(struct instance *i, const json_t *how, const char *body,
			    struct err *err)
{
	AUTO(char)
	char *url = fill_word(&i->fill, i->of->file->path, conf_str(how, "url", ""), err);
	const char **headers = push_headers(i, how, err);
	AUTO_ANSWER a = { 0 };

	if (!url || !headers ||
	    !wire_request(conf_str(how, "method", "PUT"), url, headers, body, strlen(body),
			  &i->of->target.reach, &a, err))
		return false;
	if (a.status < 200 || a.status > 299)
		return fail(err, ERR_NETWORK, "push to %s: status %d: %.200s", url, a.status,
			    a.body ? a.body : "");
	return true;
}

/* A part that fetches the data itself has it when the delay that its file states is over. */
static bool wait_for_caches(const struct loaded *l)
{
	poll(NULL, 0, (int)l->target.decisions_ms);
	return true;
}

static bool push(void *ctx, void *instance, const json_t *data, struct err *err)
{
	struct loaded *l = ctx;
	const json_t *how = json_object_get(l->file->root, "push");
	AUTO(char) char *body = json_dumps(data, JSON_COMPACT);

	if (!how)
		return wait_for_caches(l);
	if (json_object_get(how, "command") ? !push_by_command(instance, how, body, err)
					    : !push_by_request(instance, how, body, err))
		return false;
	return !l->target.attached || wait_for_caches(l);
}

/* A path of the target file, or NULL; lives with l. */
static const char *path_of(struct loaded *l, const json_t *o, const char *key)
{
	const char *path = conf_str(o, key, NULL);

	return !path || *path == '/' ? path
				     : arena_printf(l->arena, "%s/%s", l->file->dir, path);
}

/* `service` of the file is where a decision point reads role bindings. */
static void read_places(struct loaded *l)
{
	static const char *const names[][2] = { { "idp", "idp" },
						{ "pdp", "pdp" },
						{ "upstream", "upstream" },
						{ "service", "entities" } };
	const json_t *lab = json_object_get(l->file->root, "lab");
	const char *own = path_of(l, lab, "ca");
	size_t n = 0;

	if (!own)
		own = arena_printf(l->arena, "%s/lab-tls", l->file->dir);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const json_t *part = json_object_get(lab, names[i][0]);

		if (!part)
			continue;
		l->places[n++] = (struct lab_place) {
			.part = names[i][1],
			.listen = conf_str(part, "listen", NULL),
			.advertise = conf_str(part, "advertise", NULL),
			.cert_file = path_of(l, part, "cert"),
			.key_file = path_of(l, part, "key"),
			.tls_dir = conf_bool(part, "tls", false) ? own : NULL,
		};
	}
}

static void read_attach(struct loaded *l)
{
	const json_t *attach = json_object_get(l->file->root, "attach");
	const json_t *caches = json_object_get(l->file->root, "caches");
	const json_t *timeout = json_object_get(l->file->root, "timeout");

	l->target.attached = attach != NULL;
	l->target.reach = (struct wire_to) {
		.timeout_ms = attach ? (int)conf_duration_ms(timeout, 0) : 0,
		.ca_file = path_of(l, attach, "ca"),
		.sni = conf_str(attach, "sni", NULL),
		.cert_file = path_of(l, attach, "cert"),
		.key_file = path_of(l, attach, "key"),
	};
	l->target.jwks_ms = conf_duration_ms(json_object_get(caches, "jwks"), 0);
	l->target.decisions_ms = conf_duration_ms(json_object_get(caches, "decisions"), 0);
}

const struct lab_place *target_places(const struct loaded *l)
{
	return l->places[0].part ? l->places : NULL;
}

/* A real provider; what its people do not have is skipped, see kit/tenant.h. */
static void read_tenant(struct loaded *l)
{
	const json_t *t = json_object_get(l->file->root, "tenant");

	if (!t)
		return;
	l->tenant = (struct tenant) {
		.issuer = conf_str(t, "issuer", ""),
		.client_id = conf_str(t, "client_id", ""),
		.audience = conf_str(t, "audience", NULL),
		.email_claim = conf_str(t, "email_claim", NULL),
		.subject_claim = conf_str(t, "subject_claim", NULL),
		.groups_claim = conf_str(t, "groups_claim", NULL),
		.scope_prefix = conf_str(t, "scope_prefix", NULL),
		.ca_file = path_of(l, t, "ca"),
		.users = json_object_get(t, "users"),
	};
	l->target.tenant = &l->tenant;
	l->target.token = token_by_command;
}

/* Those of the protocol, and those of the file; NULL when there are none. */
static const struct pdp_write *read_writes(struct loaded *l)
{
	const struct pdp_write *usual = l->adapter->writes;
	const json_t *own = json_object_get(l->file->root, "write_api"), *item;
	struct pdp_write *all;
	size_t n = 0, i;

	if (!own)
		return usual;
	while (usual && usual[n].method)
		n++;
	all = arena_alloc(l->arena, (n + json_array_size(own) + 1) * sizeof *all);
	for (i = 0; i < n; i++)
		all[i] = usual[i];
	json_array_foreach(own, i, item)
		all[n++] = (struct pdp_write) { .method = conf_str(item, "method", "PUT"),
						.path = conf_str(item, "path", "/"),
						.type = conf_str(item, "type", NULL),
						.body = conf_str(item, "body", NULL) };
	return all;
}

struct loaded *target_load(const char *path, const char *const *set, struct err *err)
{
	AUTO(loaded) struct loaded *l = calloc(1, sizeof *l);
	const char *adapter;

	l->arena = arena_new();
	l->file = target_file_load(path, set, err);
	if (!l->file || !check_programs(l->file, err))
		return NULL;
	read_version(l, err);
	l->target.name = l->file->name;
	l->target.version = l->version;
	l->target.file =
		strrchr(l->file->path, '/') ? strrchr(l->file->path, '/') + 1 : l->file->path;
	l->target.surfaces = l->file->surfaces;
	l->target.edition = l->file->edition;
	l->target.tells = conf_bool(l->file->root, "tells", false);
	instance_verbs(l);
	read_places(l);
	read_attach(l);
	read_tenant(l);
	adapter = conf_str(l->file->root, "adapter", "nemo");
	l->adapter = adapter_find(adapter);
	l->target.writes = read_writes(l);
	if (l->target.surfaces & PDP)
		l->target.decide = decide;
	if ((l->target.surfaces & (PDP | SERVICE) && json_object_get(l->file->root, "push")) ||
	    (l->target.surfaces & PDP && conf_get(l->file->root, "caches.decisions")))
		l->target.push = push;
	return MOVE(l);
}

void target_name_run(struct loaded *l, const char *ledger)
{
	unsigned now = (unsigned)clk_mono_us() ^ ((unsigned)getpid() << 8);

	if (!(l->target.surfaces & SERVICE))
		return;
	l->target.run_prefix = arena_printf(l->arena, "g%05x-", now & 0xfffffu);
	l->target.ledger = arena_str(l->arena, ledger);
}

void target_free(struct loaded *l)
{
	if (!l)
		return;
	target_file_free(l->file);
	arena_free(l->arena);
	free(l->version);
	free(l);
}

const struct target *target_of(const struct loaded *l)
{
	return &l->target;
}

const struct target_file *target_file_of(const struct loaded *l)
{
	return l->file;
}
