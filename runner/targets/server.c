/* SPDX-License-Identifier: Apache-2.0 */
/* server.c - starts a gateway, PDP or service, waits until it is ready, ends it. */
#include "runner/targets/instance.h"

#include "idp-sim/base/clk.h"
#include "idp-sim/base/url.h"
#include "idp-sim/base/wire.h"
#include "runner/targets/listener.h"

#include <poll.h>
#include <string.h>

enum {
	READY_MS = 10000,
	STOP_MS = 2000,
	LOOK_MS = 2000,
	LOST_MS = 500,
	FIRST_LOOK_MS = 5,
	LONGEST_LOOK_MS = 200
};

/* What is asked until it is ready, and how often it said no. */
struct waiting {
	struct instance *i;
	const json_t *ready;
	const char *url;  /* GET it, or NULL */
	bool any;	  /* whatever it answers will do */
	struct url at;	  /* whose port must be ours */
	const char *what; /* for the complaint */
	int asked;
	struct err last;
};

static bool status_is_ready(const json_t *ready, int status)
{
	const json_t *list = json_object_get(ready, "status"), *item;
	size_t i;

	json_array_foreach(list, i, item) {
		if (json_integer_value(item) == status)
			return true;
	}
	return !list && status > 0 && status < 500;
}

static struct wire_to tls_of(const struct instance *i)
{
	struct wire_to to = i->of->target.reach;

	to.timeout_ms = i->of->lost ? LOST_MS : LOOK_MS;
	return to;
}

static bool answers(struct waiting *w)
{
	const struct wire_to to = tls_of(w->i);
	AUTO_ANSWER a = { 0 };

	if (!wire_request("GET", w->url, NULL, NULL, 0, &to, &a, &w->last))
		return false;
	if (w->any ? a.status > 0 : status_is_ready(w->ready, a.status))
		return true;
	return fail(&w->last, ERR_NETWORK, a.status ? "status %d" : "no answer", a.status);
}

/* A connection is enough: an empty exchange tells whether somebody listens. */
static bool accepts(struct waiting *w)
{
	struct wire_to to = tls_of(w->i);
	AUTO_ANSWER a = { 0 };

	to.host = w->at.host;
	to.port = w->at.port;
	to.tls = w->at.tls;
	to.timeout_ms = 100;
	return wire_exchange(&to, "", 0, &a, &w->last);
}

static bool command_says_so(struct waiting *w, const json_t *command)
{
	struct child_options o = { .env = w->i->env, .dir = w->i->home, .timeout_ms = 5000 };
	struct ran ran = { 0 };
	bool ready;

	if (!instance_run(w->i, command, &o, &ran, &w->last))
		return false;
	ready = ran_well(&ran);
	if (!ready)
		fail(&w->last, ERR_NETWORK, "exit status %d: %s", ran.exit_code,
		     ran_last_words(&ran));
	ran_done(&ran);
	return ready;
}

static bool look(struct waiting *w)
{
	const json_t *command = json_object_get(w->ready, "command");

	w->asked++;
	if (command)
		return command_says_so(w, command);
	return w->url ? answers(w) : accepts(w);
}

/* What is looked at: ready.url, ready.listen, or the target's own URL. */
static bool choose(struct waiting *w, struct err *err)
{
	struct instance *i = w->i;
	const char *file = i->of->file->path;
	const json_t *again = json_object_get(i->of->file->root, "reconfigure");
	const char *url = conf_str(again, "ready", conf_str(w->ready, "url", NULL)),
		   *at = conf_str(w->ready, "listen", NULL);
	AUTO(char) char *text = NULL;

	/* Over a network a connection alone tells little: somebody between may have taken it. */
	w->any = i->of->target.attached && !url && !at && !json_object_get(w->ready, "command");
	if (w->any)
		url = "${url}/";
	if (url || at) {
		text = fill_word(&i->fill, file, url ? url : at, err);
		if (!text)
			return err_note(err, "ready");
	}
	w->url = url ? arena_str(i->arena, text) : NULL;
	w->what = url  ? arena_printf(i->arena, "GET %s", w->url)
		  : at ? arena_printf(i->arena, "a listener on %s", text)
		  : json_object_get(w->ready, "command")
			  ? "the ready command"
			  : arena_printf(i->arena, "a listener on %s", i->url);
	if (at)
		return url_parse(arena_printf(i->arena, "http://%s", text), &w->at, err);
	return url_parse(url ? w->url : i->url, &w->at, err);
}

/* Somebody else on our port would be tested in its place. */
static bool check_owner(struct waiting *w, struct err *err)
{
	pid_t other = 0;

	if (!w->i->server || !conf_bool(w->ready, "owner", true))
		return true;
	if (listener_is_ours(child_pid(w->i->server), w->at.host, w->at.port, &other))
		return true;
	return fail(err, ERR_NETWORK, "process %d, not the target, listens on %s:%d",
		    (int)other, w->at.host, w->at.port);
}

static const char *last_line(struct instance *i)
{
	AUTO(char) char *text = i->server ? child_words(i->server) : strdup("");
	size_t n = strlen(text), from;

	while (n && strchr(" \r\n", text[n - 1]))
		text[--n] = '\0';
	from = n > 500 ? n - 500 : 0;
	return arena_str(i->arena, text + from);
}

static bool not_ready(struct waiting *w, int64_t limit_ms, struct err *err)
{
	const char *words = last_line(w->i);
	bool gone = w->i->server && !child_alive(w->i->server);

	return fail(err, ERR_NETWORK, "%s%s%.1f s for %s, %d time%s: %.200s%s%s",
		    gone ? "the target ended; " : "", "waited ", (double)limit_ms / 1000,
		    w->what, w->asked, w->asked == 1 ? "" : "s", w->last.text,
		    *words ? "; its last words: " : "", words);
}

bool server_wait(struct instance *i, struct err *err)
{
	struct waiting w = { .i = i, .ready = json_object_get(i->of->file->root, "ready") };
	int64_t limit =
		i->of->lost ? 0
			    : conf_duration_ms(json_object_get(w.ready, "timeout"), READY_MS);
	int64_t started = clk_mono_ms();
	int pause = FIRST_LOOK_MS;

	if (!choose(&w, err))
		return false;
	for (;;) {
		if (look(&w))
			return check_owner(&w, err);
		if ((i->server && !child_alive(i->server)) || clk_mono_ms() - started >= limit)
			return not_ready(&w, clk_mono_ms() - started, err);
		poll(NULL, 0, pause);
		pause = pause * 2 > LONGEST_LOOK_MS ? LONGEST_LOOK_MS : pause * 2;
	}
}

bool server_answers(struct instance *i)
{
	struct waiting w = { .i = i, .ready = json_object_get(i->of->file->root, "ready") };
	struct err err = { 0 };

	return choose(&w, &err) && look(&w);
}

/* A target that runs already is told which configuration group is wanted. */
static bool reconfigure(struct instance *i, struct err *err)
{
	const json_t *how = json_object_get(i->of->file->root, "reconfigure");
	const json_t *timeout = json_object_get(how, "timeout");
	struct child_options o = {
		.env = i->env,
		.dir = i->home,
		.timeout_ms = (int)conf_duration_ms(timeout, 30000),
	};
	struct ran ran = { 0 };
	bool ok;

	if (!how)
		return true;
	fill_set(&i->fill, "configuration", instance_group(i));
	if (!instance_run(i, json_object_get(how, "command"), &o, &ran, err))
		return false;
	ok = ran_well(&ran);
	if (!ok)
		fail(err, ERR_NETWORK, "reconfigure: %s%.300s",
		     ran.timed_out ? "time is over; " : "", ran_last_words(&ran));
	ran_done(&ran);
	return ok;
}

bool server_start(struct instance *i, struct err *err)
{
	const char *cwd = conf_str(i->of->file->root, "cwd", NULL);
	struct child_options o = { .env = i->env, .dir = i->home, .timeout_ms = -1 };
	AUTO(char) char *dir = NULL;
	size_t n;

	if (target_file_attached(i->of->file)) {
		bool ready = reconfigure(i, err) && server_wait(i, err);

		i->of->lost = !ready;
		return ready;
	}
	if (cwd) {
		dir = fill_word(&i->fill, i->of->file->path, cwd, err);
		if (!dir)
			return false;
		o.dir = dir;
	}
	o.argv = instance_argv(i, instance_key(i, "command"), 0, &n, err);
	if (!o.argv)
		return false;
	i->server = child_start(&o, err);
	if (!i->server)
		return err_note(err, "%s", i->of->file->name);
	if (!child_pid(i->server))
		return fail(err, ERR_SYSTEM, "cannot start the target: %s", last_line(i));
	return server_wait(i, err);
}

void server_stop(struct instance *i)
{
	const json_t *stop = json_object_get(i->of->file->root, "stop");
	struct child *server = MOVE(i->server);

	if (server)
		child_stop(server,
			   (int)conf_duration_ms(json_object_get(stop, "timeout"), STOP_MS),
			   NULL);
}
