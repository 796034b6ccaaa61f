/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/session.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/file.h"
#include "reports/report.h"
#include "runner/rows.h"
#include "runner/standing.h"
#include "runner/same-as.h"
#include "runner/secrets.h"

#include <limits.h>
#include <string.h>

enum { PROFILE_LIMIT = 4 << 20, MAX_JOBS = 16, ROW_MS = 60000 };

const char *reference_program(struct arena *a)
{
	static const char *const places[] = { "reference-platform",
					      "../fixtures/reference/reference-platform",
					      "../../fixtures/reference/reference-platform",
					      "../libexec/gauntlet/reference-platform" };
	const char *own = getenv("GAUNTLET_REFERENCE_PLATFORM");
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	if (own && *own)
		return own;
	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const char *path = arena_printf(a, "%s/%s", self, places[i]);

		if (access(path, X_OK) == 0)
			return path;
	}
	return "reference-platform";
}

static const char **list_add(struct arena *a, const char **list, size_t *n, const char *word)
{
	if (!(*n & (*n - 1)) || !*n) {
		const char **more = arena_alloc(a, (*n ? *n * 2 + 1 : 2) * sizeof *more);

		if (*n)
			memcpy(more, list, *n * sizeof *more);
		list = more;
	}
	list[(*n)++] = word;
	list[*n] = NULL;
	return list;
}

const char **profile_read(struct arena *a, const char *path, bool required_only,
			  struct err *err)
{
	AUTO(char) char *text = NULL;
	const char **ids = arena_alloc(a, sizeof *ids);
	size_t n = 0, k = 0;

	if (!file_read(path, PROFILE_LIMIT, &text, &n, err))
		return NULL;
	for (char *line = text; *line;) {
		size_t len = strcspn(line, "\n"), word;
		bool optional = *line == '?';
		char *start = line + strspn(line, "? \t");

		word = strcspn(start, " \t\r\n#");
		if (word && *line != '#' && !(optional && required_only))
			ids = list_add(a, ids, &k, arena_dup(a, start, word));
		line += len + (line[len] == '\n');
	}
	return ids;
}

/* What did not pass in an earlier report. */
static bool choose_failed(struct session *s, struct err *err)
{
	struct results *rs = report_read(s->own.failed, err);

	s->ids = rs ? ids_of_results(s->arena, rs, true, err) : NULL;
	results_free(rs);
	return s->ids != NULL || err_note(err, "--failed");
}

/* A profile that names a row nobody has would be passed by not playing it. */
static bool all_exist(const char *const *ids, struct err *err)
{
	struct found_row found;

	for (; *ids; ids++) {
		if (!row_find(*ids, &found, err))
			return false;
	}
	return true;
}

static bool choose_ids(struct session *s, struct err *err)
{
	const struct options *o = &s->own;

	if (o->profile) {
		const char *slash = strrchr(o->profile, '/');

		s->ids = profile_read(s->arena, o->profile, false, err);
		s->required = profile_read(s->arena, o->profile, true, err);
		s->profile_name = slash ? slash + 1 : o->profile;
		if (!s->ids || !s->required || !all_exist(s->ids, err))
			return err_note(err, "--profile %s", o->profile);
	}
	if (o->scenario_set) {
		s->ids = profile_read(s->arena, o->scenario_set, false, err);
		if (!s->ids || !all_exist(s->ids, err))
			return err_note(err, "--scenario-set %s", o->scenario_set);
	}
	return !o->failed || choose_failed(s, err);
}

static bool load_target(struct session *s, struct err *err)
{
	const struct target_file *f;
	const json_t *list, *item;
	size_t i, n = 0;

	if (!s->own.target)
		return true;
	s->loaded = target_load(s->own.target, s->own.set.items, err);
	if (!s->loaded)
		return false;
	s->target = target_of(s->loaded);
	f = target_file_of(s->loaded);
	s->attached = target_file_attached(f);
	list = json_object_get(f->root, "providers");
	if (list) {
		const char **names = arena_alloc(s->arena, sizeof *names);

		json_array_foreach(list, i, item)
			names = list_add(s->arena, names, &n, json_string_value(item));
		s->providers_only = names;
	}
	s->secrets = secrets_of_target(s->arena, f);
	return true;
}

/* --known, or known/TARGET.yaml beside the folder of the target file. */
static bool load_known(struct session *s, struct err *err)
{
	const char *path = s->own.known_file;

	if (!path && s->loaded) {
		path = arena_printf(s->arena, "%s/../known/%s.yaml",
				    target_file_of(s->loaded)->dir, s->target->name);
		if (access(path, R_OK))
			return true;
	}
	if (!path)
		return true;
	s->known = known_load(path, s->target ? s->target->version : "", err);
	if (s->known)
		known_announce(s->known, stderr);
	return s->known != NULL;
}

static unsigned jobs_of(const struct options *o)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	long jobs = o->jobs ? o->jobs : cpus * 2;

	return jobs < 1 ? 1 : jobs > MAX_JOBS ? MAX_JOBS : (unsigned)jobs;
}

/* A row waits for what the target may remember: for keys once or twice, for decisions at each
 * thing that the decision point is made to say. */
static int64_t stated_waits(const struct session *s)
{
	enum { ROTATIONS = 2, LIES = 60 };

	return s->attached ? ROTATIONS * s->target->jwks_ms + LIES * s->target->decisions_ms
			   : 0;
}

/* A CLI that needs long for one command needs longer for a scenario of several. */
static int64_t row_timeout(const struct session *s)
{
	const json_t *root = s->loaded ? target_file_of(s->loaded)->root : NULL;
	int64_t command = conf_duration_ms(json_object_get(root, "timeout"), 0) * 6;

	if (s->options->timeout_ms)
		return s->options->timeout_ms;
	return (command > ROW_MS ? command : ROW_MS) + stated_waits(s);
}

/* What the file states for a target to be ready, and to know the lab's state: that of a row's
 * own, and the usual one again. */
static int64_t start_time(const struct session *s)
{
	enum { PUSHES = 3 };
	const json_t *root = s->loaded ? target_file_of(s->loaded)->root : NULL;

	return conf_duration_ms(conf_get(root, "ready.timeout"), 0) +
	       PUSHES * conf_duration_ms(conf_get(root, "push.timeout"), 0);
}

bool session_open(struct session *s, const struct options *o, struct err *err)
{
	memset(s, 0, sizeof *s);
	s->arena = arena_new();
	s->ports.lab = s->ports.run = s->folder.lock = -1;
	s->options = o;
	s->own = *o;
	s->reference_cli = reference_program(s->arena);
	s->jobs = jobs_of(o);
	if (!reports_check(o, err) || !options_check_words(o, err) || !same_as_read(s, err) ||
	    !load_target(s, err) || !load_known(s, err) || !choose_ids(s, err) ||
	    !folder_make(&s->folder, err))
		return false;
	s->own.timeout_ms = row_timeout(s);
	return true;
}

void session_name_ports(struct session *s)
{
	char real[PATH_MAX];

	handover_init(&s->ports, realpath(s->own.target, real) ? real : s->own.target);
}

bool session_take_ports(struct session *s, struct err *err)
{
	if (!s->attached)
		return true;
	session_name_ports(s);
	if (!handover_take(&s->ports, err))
		return false;
	target_name_run(s->loaded, s->ports.run_path);
	leftovers_of_killed(s);
	return true;
}

void session_close(struct session *s)
{
	if (s->ports.run >= 0)
		leftovers_remove(s);
	if (s->attached)
		handover_give_back(&s->ports);
	folder_done(&s->folder, s->own.keep);
	known_free(s->known);
	target_free(s->loaded);
	json_decref(s->before);
	arena_free(s->arena);
}

struct plan_for session_plan_for(const struct session *s, bool gates)
{
	return (struct plan_for) {
		.options = &s->own,
		.target = s->target,
		.providers_only = s->providers_only,
		.attached = s->attached,
		.gates = gates,
		.ids = s->ids,
	};
}

struct pool_options session_pool(const struct session *s, const struct plan *plan)
{
	const char *address = s->loaded ? target_file_of(s->loaded)->address : NULL;

	return (struct pool_options) {
		.plan = plan,
		.options = &s->own,
		.target = s->target,
		.address = address	 ? address
			   : s->attached ? "127.0.0.1"
					 : NULL,
		.places = s->loaded ? target_places(s->loaded) : NULL,
		.reference_cli = s->reference_cli,
		.dir = s->folder.path,
		.jobs = s->attached ? 1 : s->jobs,
		.start_ms = start_time(s),
	};
}

struct about_run session_about(const struct session *s)
{
	return (struct about_run) {
		.options = &s->own,
		.target = s->target,
		.target_digest = s->loaded ? target_file_of(s->loaded)->digest : NULL,
		.kind = s->loaded ? target_file_of(s->loaded)->kind : NULL,
		.known = s->known,
		.required = s->required,
		.profile = s->profile_name,
		.secrets = s->secrets,
		.jobs = s->attached ? 1 : s->jobs,
	};
}

bool reports_check(const struct options *o, struct err *err)
{
	for (size_t i = 0; i < o->report.n; i++) {
		const char *spec = o->report.items[i], *eq = strchr(spec, '=');
		AUTO(char) char *name = strndup(spec, eq ? (size_t)(eq - spec) : 0);
		const char *known[32] = { 0 };

		if (!eq || eq == spec || !eq[1])
			return fail(err, ERR_INPUT, "--report %s: expected FORMAT=FILE", spec);
		for (size_t k = 0; report_formats[k] && k + 1 < ARRAY_LEN(known); k++)
			known[k] = report_formats[k]->name;
		if (!report_find(name))
			return word_refused("report", name, known, err);
	}
	return true;
}

bool reports_write(const struct options *o, const struct results *rs, const char **ret_said,
		   struct err *err)
{
	AUTO_BUF said = { 0 };
	AUTO_BUF wrong = { 0 };

	for (size_t i = 0; i < o->report.n; i++) {
		const char *spec = o->report.items[i], *eq = strchr(spec, '=');
		AUTO(char) char *name = strndup(spec, (size_t)(eq - spec));
		struct err why = { 0 };

		if (report_write(name, eq + 1, rs, &why)) {
			if (strcmp(eq + 1, "-") != 0)
				buf_printf(&said, "%s%s", said.n ? ", " : "", eq + 1);
			continue;
		}
		buf_printf(&wrong, "%sreport %s was not written: %.300s", wrong.n ? "; " : "",
			   spec, why.text);
	}
	*ret_said = said.p ? arena_str(rs->arena, said.p) : NULL;
	return !wrong.n || fail(err, ERR_SYSTEM, "%s", wrong.p);
}

bool reports_take_stdout(const struct options *o)
{
	for (size_t i = 0; i < o->report.n; i++) {
		const char *eq = strchr(o->report.items[i], '=');

		if (eq && !strcmp(eq + 1, "-"))
			return true;
	}
	return false;
}
