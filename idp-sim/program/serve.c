/* SPDX-License-Identifier: Apache-2.0 */
/* serve - the simulator as a process: where it listens, then one line a request. */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/program/command.h"
#include "idp-sim/program/ctl.h"
#include "idp-sim/program/screen.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>

static struct {
	int64_t port, control_port, tls_port, threads, seed;
	const char *address, *config, *public_url, *tls_dir, *keys, *alg, *ready, *at, *state;
	bool tls, adopt, trust_forwarded, exit_on_stdin_close, frozen, quiet;
	struct texts providers, fails, listens, public_urls;
} opt = { .port = DEFAULT_PORT,
	  .control_port = DEFAULT_CONTROL_PORT,
	  .tls_port = DEFAULT_TLS_PORT };

static const struct flag flags[] = {
	{ "provider", FLAG_LIST, &opt.providers, "NAME|FILE",
	  "a dialect, or a YAML file; may be repeated; all three when absent" },
	{ "config", FLAG_TEXT, &opt.config, "FILE", "clients, users, lifetimes of your own" },
	{ "port", FLAG_NUMBER, &opt.port, "N", "0 picks a free one; default 8480" },
	{ "control-port", FLAG_NUMBER, &opt.control_port, "N", "default 8489" },
	{ "listen", FLAG_LIST, &opt.listens, "P[/TENANT]=[https://]ADDR:PORT",
	  "an origin of its own for a provider or a tenant" },
	{ "address", FLAG_TEXT, &opt.address, "ADDR", "default 127.0.0.1" },
	{ "tls", FLAG_SWITCH, &opt.tls, NULL,
	  "HTTPS beside HTTP, with a certificate made for it" },
	{ "tls-port", FLAG_NUMBER, &opt.tls_port, "N", "default 8483" },
	{ "tls-dir", FLAG_TEXT, &opt.tls_dir, "DIR",
	  "cert.pem, key.pem, ca.pem; made when absent" },
	{ "public-url", FLAG_LIST, &opt.public_urls, "[P[/TENANT]=]URL",
	  "what issuers begin with, behind a proxy or as a virtual host" },
	{ "trust-forwarded", FLAG_SWITCH, &opt.trust_forwarded, NULL,
	  "take X-Forwarded-Proto and -Host into issuers" },
	{ "keys", FLAG_TEXT, &opt.keys, "FILE", "signing keys of your own; made when absent" },
	{ "state", FLAG_TEXT, &opt.state, "URL",
	  "redis://HOST:PORT/DB or unix:///PATH: copies on one are one issuer; default "
	  "memory" },
	{ "alg", FLAG_TEXT, &opt.alg, "ALG", "RS256, as the real ones, or ES256" },
	{ "seed", FLAG_NUMBER, &opt.seed, "N", "the same ids and codes in every run" },
	{ "at", FLAG_TEXT, &opt.at, "TIME",
	  "virtual time at start: Unix seconds, or 2030-01-31T12:00:00Z" },
	{ "frozen", FLAG_SWITCH, &opt.frozen, NULL, "the clock stands still" },
	{ "adopt", FLAG_SWITCH, &opt.adopt, NULL,
	  "register unknown tenants, clients and redirect URIs on first use" },
	{ "fail", FLAG_LIST, &opt.fails, "CODE[@client][,next=N]",
	  "give that error where the real provider would" },
	{ "threads", FLAG_NUMBER, &opt.threads, "N", "default: one a core" },
	{ "ready", FLAG_TEXT, &opt.ready, "json",
	  "one JSON line when it listens, nothing else" },
	{ "exit-on-stdin-close", FLAG_SWITCH, &opt.exit_on_stdin_close, NULL,
	  "end with the parent that holds stdin" },
	{ "quiet", FLAG_SWITCH, &opt.quiet, NULL, "no line a request" },
	{ 0 },
};

/* ---- the screen ---- */

/* Red what failed, yellow what was refused on purpose; the time is dim. */
static void print_line(void *ctx, const char *line)
{
	const char *status = strlen(line) > 25 ? line + 24 : "";
	enum ink colour = strstr(line, "trouble") ? INK_YELLOW
			  : *status == '5'	  ? INK_RED
			  : *status == '4'	  ? INK_YELLOW
						  : INK_PLAIN;

	printf("%s%.12s%s%s%s%s\n", ink(INK_DIM), line, ink(INK_PLAIN), ink(colour),
	       strlen(line) > 12 ? line + 12 : "", ink(INK_PLAIN));
	fflush(stdout);
}

/* ---- running ---- */

static bool arm_failures(struct idp *s, struct err *err)
{
	for (size_t i = 0; i < opt.fails.n; i++) {
		AUTO(json_t) json_t *body = json_object();
		int status;
		if (!ctl_compact(body, opt.fails.v[i], err))
			return false;
		AUTO(json_t)
		json_t *answer = idp_call(s, "POST", "/_sim/troubles", body, &status);
		if (status >= 300)
			return fail(err, ERR_INPUT, "--fail %s: %s", opt.fails.v[i],
				    conf_str(answer, "error", "refused"));
	}
	return true;
}

static bool freeze(struct idp *s, struct err *err)
{
	AUTO(json_t) json_t *body = json_pack("{s:b}", "frozen", 1);
	int status;
	AUTO(json_t) json_t *answer = idp_call(s, "PUT", "/_sim/clock", body, &status);

	return status < 300 ||
	       fail(err, ERR_NETWORK, "--frozen: %s", conf_str(answer, "error", "refused"));
}

static void reload(struct idp *s)
{
	int status;
	AUTO(json_t) json_t *answer = idp_call(s, "POST", "/_sim/reload", NULL, &status);

	if (status >= 300)
		complain(0, "reload: %s", conf_str(answer, "error", "refused"));
	else if (!opt.ready)
		print_line(NULL, "            reloaded");
}

/* Until a signal, or the end of stdin when that was asked for. */
static void wait_for_the_end(struct idp *s, int signals)
{
	struct pollfd fds[] = { { .fd = signals, .events = POLLIN },
				{ .fd = opt.exit_on_stdin_close ? STDIN_FILENO : -1,
				  .events = POLLIN } };
	struct signalfd_siginfo got;
	char scrap[256];

	for (;;) {
		if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
			return;
		if (fds[0].revents && read(signals, &got, sizeof(got)) == sizeof(got)) {
			if (got.ssi_signo != SIGHUP)
				return;
			reload(s);
		}
		if (fds[1].revents && read(STDIN_FILENO, scrap, sizeof(scrap)) <= 0)
			return;
	}
}

static int catch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* The plain one goes to opt.public_url; what is left says whose it is. */
static struct texts split_public_urls(void)
{
	struct texts rest = { 0 };

	for (size_t i = 0; i < opt.public_urls.n; i++) {
		const char *text = opt.public_urls.v[i];
		if (strncmp(text, "http://", 7) && strncmp(text, "https://", 8) &&
		    strchr(text, '='))
			rest.v[rest.n++] = text;
		else
			opt.public_url = text;
	}
	return rest;
}

/* A connection is a file: as many as the system lets us have. */
static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

/* A port that is too large would otherwise be another one. */
static bool are_ports(struct err *err)
{
	const struct {
		const char *name;
		int64_t port;
	} rows[] = { { "port", opt.port },
		     { "control-port", opt.control_port },
		     { "tls-port", opt.tls_port } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].port < 0 || rows[i].port > 65535)
			return fail(err, ERR_INPUT, "--%s: %lld is no port: 0 to 65535",
				    rows[i].name, (long long)rows[i].port);
	return true;
}

/* Where the virtual clock begins. */
static bool read_at(int64_t *ret, struct err *err)
{
	struct tm tm = { 0 };
	char *end = NULL;

	if (!opt.at)
		return true;
	*ret = strtoll(opt.at, &end, 10);
	if (*opt.at && !*end && *ret > 0)
		return true;
	end = strptime(opt.at, "%Y-%m-%dT%H:%M:%SZ", &tm);
	*ret = (int64_t)timegm(&tm);
	return end && !*end && *ret > 0 ? true
					: fail(err, ERR_INPUT,
					       "--at: '%s' is neither Unix seconds nor like "
					       "2030-01-31T12:00:00Z",
					       opt.at);
}

static struct idp *start(struct err *err)
{
	int64_t start_at = 0;

	if (!are_ports(err) || !read_at(&start_at, err))
		return NULL;
	struct texts public_urls = split_public_urls();
	struct idp_options o = { .providers = opt.providers.n ? opt.providers.v : NULL,
				 .config = opt.config,
				 .address = opt.address,
				 .port = (int)opt.port,
				 .control_port = (int)opt.control_port,
				 .public_url = opt.public_url,
				 .listens = opt.listens.v,
				 .public_urls = public_urls.v,
				 .trust_forwarded = opt.trust_forwarded,
				 .tls = opt.tls || opt.tls_dir,
				 .tls_port = (int)opt.tls_port,
				 .tls_dir = opt.tls_dir,
				 .keys = opt.keys,
				 .alg = opt.alg,
				 .state = opt.state,
				 .threads = (int)opt.threads,
				 .seed = (uint64_t)opt.seed,
				 .start_at = start_at,
				 .adopt = opt.adopt,
				 .on_line = opt.quiet || opt.ready ? NULL : print_line };

	/* With --port 0 nobody should meet a busy port. */
	if (!opt.port && opt.control_port == DEFAULT_CONTROL_PORT)
		o.control_port = 0;
	if (!opt.port && opt.tls_port == DEFAULT_TLS_PORT)
		o.tls_port = 0;
	raise_file_limit();
	struct idp *s = idp_start(&o, err);
	size_t n = strlen(err->text);
	if (!s && strstr(err->text, strerror(EADDRINUSE)))
		snprintf(err->text + n, sizeof(err->text) - n, "; --port 0 picks a free one");
	return s;
}

static int run(int argc, char **argv)
{
	int64_t began = clk_mono_ms();
	struct err err = { 0 };

	if (argc)
		return complain(EXIT_USAGE, "serve takes no '%s'", argv[0]);
	if (opt.ready && strcmp(opt.ready, "json") != 0)
		return complain(EXIT_USAGE, "--ready knows only json");
	if (opt.alg && strcmp(opt.alg, "RS256") != 0 && strcmp(opt.alg, "ES256") != 0)
		return complain(EXIT_USAGE, "--alg: '%s' is neither RS256 nor ES256", opt.alg);
	AUTO(fd) int signals = catch_signals();
	struct idp *s = start(&err);
	if (!s)
		return complain_err(&err);
	if ((opt.frozen && !freeze(s, &err)) || !arm_failures(s, &err)) {
		idp_stop(s);
		return complain_err(&err);
	}
	if (opt.ready)
		ready_print(s);
	else
		screen_print(s, &(struct screen) { .took_ms = clk_mono_ms() - began,
						   .seed = opt.seed,
						   .frozen = opt.frozen,
						   .keys = opt.keys });
	wait_for_the_end(s, signals);
	idp_stop(s);
	return EXIT_FINE;
}

const struct command command_serve = { "serve", "", "run the simulator", run, flags };
