/* SPDX-License-Identifier: Apache-2.0 */
/* doctor.c - `gauntlet doctor` and `gauntlet install`: is this target ready to be judged? */
#include "idp-sim/base/buf.h"
#include "runner/say.h"
#include "runner/session.h"
#include "runner/verbs.h"
#include "suites/kit/play.h"

#include <string.h>
#include <sys/wait.h>

enum { COLUMN = 12 };

static void line(bool ok, const char *fmt, ...) PRINTF(2, 3);
static void line(bool ok, const char *fmt, ...)
{
	AUTO_BUF b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	say_wrapped(stdout, ok ? "ok" : "WRONG", COLUMN, b.p);
}

/* Every mistake of the file at once, not only the first. */
static bool lint(const char *path, struct err *err)
{
	AUTO_BUF all = { 0 };

	if (target_file_lint(path, &all, err)) {
		line(true, "%s is a target file", path);
		return true;
	}
	for (char *p = all.p; p && *p;) {
		size_t n = strcspn(p, "\n");

		line(false, "%.*s", (int)n, p);
		p += n + (p[n] == '\n');
	}
	return false;
}

/* One gate a surface and provider: the target starts, answers, and a good day works. */
static int play_gates(struct session *s, struct err *err)
{
	struct plan plan = { 0 };
	struct plan_for f = session_plan_for(s, true);
	struct pool_options o;
	struct pool *pool;
	int code = EXIT_OK;
	size_t n = 0;

	if (!plan_make(&plan, &f, err)) {
		plan_done(&plan);
		return complain(err);
	}
	for (size_t i = 0; i < plan.n; i++) {
		if (plan.items[i].row)
			continue;
		plan.items[n] = plan.items[i];
		plan.items[n].gate = n;
		n++;
	}
	plan.n = plan.n_gates = n;
	o = session_pool(s, &plan);
	pool = pool_run(&o, err);
	for (size_t i = 0; pool && i < n; i++) {
		const struct result *r = pool_result(pool, i);
		const struct check *c = r ? result_offence(r) : NULL;
		bool passed = r && r->verdict == PASSED;

		line(passed, "%s%s%s", plan.items[i].id, passed ? ": a good day works" : ": ",
		     passed	      ? ""
		     : r && r->reason ? r->reason
		     : c	      ? c->what
				      : "interrupted");
		if (!passed && c && c->got)
			say_wrapped(stdout, "", COLUMN, c->got);
		for (size_t k = 0; passed && s->attached && k < r->n_checks; k++)
			line(true, "the target %s", r->checks[k].what);
		code = passed ? code : EXIT_NO_TRY;
	}
	code = pool ? code : complain(err);
	pool_free(pool);
	plan_done(&plan);
	return code;
}

/* What has to be typed into a target that runs somewhere else. */
static void print_settings(const struct session *s)
{
	static const char *const parts[][2] = {
		{ "idp", "OpenID issuer and keys" },
		{ "pdp", "auth service: decisions, callout, bundle" },
		{ "upstream", "where it forwards to" },
		{ "entities", "where a decision point reads role bindings" },
	};
	const struct lab_place *places = target_places(s->loaded);
	const char *ca = NULL;

	if (!s->attached)
		return;
	printf("\nSettings of the target, as it sees the lab (gauntlet lab --target %s):\n",
	       target_file_of(s->loaded)->path);
	for (const struct lab_place *p = places; p && p->part; p++) {
		bool tls = p->cert_file || p->tls_dir;
		size_t i = 0;

		while (strcmp(parts[i][0], p->part) != 0)
			i++;
		printf("  %-10s%s%s  (%s)\n", p->part,
		       p->advertise ? ""
		       : tls	    ? "https://"
				    : "http://",
		       p->advertise ? p->advertise
		       : p->listen  ? p->listen
				    : "any free port",
		       parts[i][1]);
		ca = p->tls_dir ? p->tls_dir : ca;
	}
	if (ca)
		printf("  %-10s%s/ca.pem  (certificate authority of the lab, to be trusted)\n",
		       "ca", ca);
}

int verb_doctor(const struct options *o)
{
	struct session s = { 0 };
	struct err err = { 0 };
	int code = EXIT_USAGE;

	if (!o->target || lint(o->target, &err)) {
		if (session_open(&s, o, &err)) {
			if (s.target)
				line(true, "%s%s%s, kind %s, edition %s", s.target->name,
				     *s.target->version ? " " : "", s.target->version,
				     target_file_of(s.loaded)->kind,
				     s.target->edition ? s.target->edition : "nemo");
			code = session_take_ports(&s, &err) ? play_gates(&s, &err)
							    : complain(&err);
			print_settings(&s);
		} else {
			line(false, "%s", err.text);
		}
		session_close(&s);
	}
	printf("\n%s\n", code == EXIT_OK ? "Ready: gauntlet run" : "Not ready.");
	return fflush(stdout) ? EXIT_NO_TRY : code;
}

int verb_install(const struct options *o)
{
	struct err err = { 0 };
	AUTO(target_file) struct target_file *f = NULL;
	const char *install;
	int status;

	if (!o->target) {
		fail(&err, ERR_INPUT, "install: which target? --target FILE");
		return complain(&err);
	}
	f = target_file_load(o->target, o->set.items, &err);
	if (!f)
		return complain(&err);
	install = conf_str(f->root, "install", NULL);
	if (!install) {
		printf("%s has no install line: nothing to be done\n", o->target);
		return EXIT_OK;
	}
	printf("+ cd %s && %s\n", f->dir, install);
	fflush(stdout);
	if (chdir(f->dir)) {
		fail_errno(&err, "%s", f->dir);
		return complain(&err);
	}
	status = system(install);
	return WIFEXITED(status) && !WEXITSTATUS(status) ? EXIT_OK : EXIT_NO_TRY;
}
