/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lab.c - `gauntlet lab --target F`: identity provider, decision point and upstream stand until Ctrl-C,
 * for a target that fetches discovery before anybody tests it. A run of the same target
 * takes the ports over and gives them back.
 */
#include "runner/handover.h"
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

int verb_lab(const struct options *o)
{
	struct session s = { 0 };
	struct err err = { 0 };
	sigset_t signals;
	int code = EXIT_OK;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	if (!session_open(&s, o, &err)) {
		code = complain(&err);
	} else if (!s.attached) {
		fail(&err, ERR_INPUT, "lab: --target must name a target file with `attach`");
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
