/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lab.c - `gauntlet lab --target F`: identity provider, decision point and upstream stand
 * until Ctrl-C, for a target that fetches discovery before anybody tests it. A run of the same
 * target takes the ports over and gives them back. `gauntlet lab ID`: the reference platform as that
 * row finds it, for the lines that `gauntlet explain ID` shows.
 */
#include "runner/handover.h"
#include "runner/rows.h"
#include "runner/session.h"
#include "runner/standing.h"
#include "runner/verbs.h"
#include "suites/kit/play.h"

#include <signal.h>
#include <string.h>

static void print_line(const char *name, const char *value, const char *what)
{
	if (value && *value)
		printf("  %-10s%-50s %s\n", name, value, what);
}

static void print_places(const struct lab_urls *u, unsigned surfaces)
{
	print_line("issuer", u->issuer, "who signs tokens");
	print_line("idp", u->idp, "the identity provider's origin");
	print_line("pdp", u->pdp, "whom to ask");
	print_line("upstream", u->upstream, "where to forward");
	if (surfaces & PDP)
		print_line("platform", u->platform, "where role bindings can be read");
	print_line("bundle", u->bundle_url, "policy bundle");
	print_line("ca", u->ca_file, "certificate to trust");
	print_line("client", u->client_id, "audience of tokens");
	printf("\n");
}

/* Until a signal ends it; SIGUSR1 makes it step aside for a run. */
static bool stand(const struct session *s, struct handover *h, const sigset_t *signals,
		  struct err *err)
{
	const struct target t = standing_target(s);
	int sig = SIGUSR1;

	while (sig == SIGUSR1) {
		struct lab *l = standing_lab(s, &t, err);

		if (!l)
			return false;
		print_places(lab_places(l), t.surfaces);
		printf("The lab stands. Ctrl-C ends it; gauntlet run --target %s uses it.\n",
		       s->own.target);
		fflush(stdout);
		sigwait(signals, &sig);
		lab_free(l);
		if (sig == SIGUSR1 && !handover_step_aside(h, err))
			return false;
	}
	return true;
}

/* What the target sends on, as it came: what a client at the door cannot see. */
static void print_hop(const struct hop *h)
{
	if (!h->answer)
		fprintf(stderr, "\n%s -> %s\n%s", h->from, h->to, h->detail ? h->detail : h->text);
}

static enum surface first_door(const struct scenario *row)
{
	return row->surfaces & -row->surfaces;
}

static const char *provider_of(const struct session *s, const struct scenario *row)
{
	static const char *const first[] = { "keycloak", "azure", "azure", "okta", "keycloak" };

	return s->own.provider.n ? s->own.provider.items[0] : first[row->providers];
}

/* Lines to paste into another shell. */
static void print_exports(const struct session *s, const struct lab *l,
			  const struct scenario *row)
{
	const struct lab_urls *u = lab_places(l);
	const char *slash = strrchr(s->reference_cli, '/');
	int n = slash ? (int)(slash - s->reference_cli) : 1;

	printf("PATH=%.*s/../../idp-sim:$PATH\n", n, slash ? s->reference_cli : ".");
	if (row->surfaces & CLI)
		printf("export NMP_BASE_URL=%s; nemo() { HOME='%s' '%s' cli \"$@\"; }\n",
		       u->platform, u->home, s->reference_cli);
	printf("export IDP_SIM_CONTROL=%s AT=%s PDP=%s\n", lab_control(l), lab_door(l), u->pdp);
	fflush(stdout);
}

static bool stand_for(const struct session *s, const struct found_row *f,
		      const sigset_t *signals, struct err *err)
{
	const struct lab_options o = {
		.edition = s->own.edition.n ? s->own.edition.items[0] : "nemo",
		.address = "127.0.0.1",
		.home = s->folder.path,
		.reference_cli = s->reference_cli,
		.seed = s->own.seed,
		.control = true,
		.on_hop = print_hop,
	};
	struct lab *l = lab_new(&o, err);
	bool up = l && lab_open(l, first_door(f->row), provider_of(s, f->row), f->row, err);
	int sig;

	if (up) {
		print_exports(s, l, f->row);
		fprintf(stderr, "The lab of %s/%s stands. Ctrl-C ends it.\n", f->suite->section,
			f->row->name);
		sigwait(signals, &sig);
	}
	lab_free(l);
	return up;
}

/* The name of a row, and of no file. */
static bool names_row(const struct options *o, struct found_row *ret)
{
	struct err silent = { 0 };

	return o->target && access(o->target, F_OK) && row_find(o->target, ret, &silent);
}

int verb_lab(const struct options *o)
{
	struct found_row row;
	struct options own = *o;
	struct session s = { 0 };
	struct err err = { 0 };
	sigset_t signals;
	int code = EXIT_OK;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	if (names_row(o, &row))
		own.target = NULL;
	if (!session_open(&s, &own, &err)) {
		code = complain(&err);
	} else if (own.target != o->target) {
		sigprocmask(SIG_BLOCK, &signals, NULL);
		if (!stand_for(&s, &row, &signals, &err))
			code = complain(&err);
	} else if (!s.attached) {
		fail(&err, ERR_INPUT, "lab: expected a scenario, or a target file with `attach`");
		code = complain(&err);
	} else {
		sigprocmask(SIG_BLOCK, &signals, NULL);
		session_name_ports(&s);
		if (!handover_keep(&s.ports, &err) || !stand(&s, &s.ports, &signals, &err))
			code = complain(&err);
	}
	session_close(&s);
	return code;
}
