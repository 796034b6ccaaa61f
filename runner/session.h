/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.h - one run: from options to a written report. `run`, `gate` and `prove` share it.
 */
#pragma once

#include "runner/folder.h"
#include "runner/handover.h"
#include "runner/known.h"
#include "runner/record.h"
#include "runner/targets/target.h"

struct session {
	const struct options *options;
	struct options own;    /* options after --same-as */
	struct loaded *loaded; /* NULL: the reference platform */
	const struct target *target;
	struct known *known;
	struct arena *arena;
	const char *reference_cli;
	struct folder folder; /* temporary, removed unless --keep */
	unsigned jobs;
	const char *const *providers_only;
	const char **required; /* of a profile */
	const char **ids;      /* of --failed, --same-as or a profile */
	const char **secrets;
	json_t *before; /* provenance of the run that --same-as repeats, or NULL */
	const char *profile_name;
	bool attached;
	struct handover ports; /* of an attached target's lab */
};

/* Loads target, known failures, profile, earlier results; makes the temporary folder. */
bool session_open(struct session *s, const struct options *o, struct err *err) MUST_CHECK;
/* An attached target's lab has fixed ports: one run at a time, and a standing lab steps aside. */
bool session_take_ports(struct session *s, struct err *err) MUST_CHECK;
void session_name_ports(struct session *s); /* for a lab that keeps them itself */
void session_close(struct session *s);
struct plan_for session_plan_for(const struct session *s, bool gates);
struct pool_options session_pool(const struct session *s, const struct plan *plan);
struct about_run session_about(const struct session *s);
/* Is every FORMAT=FILE a format we have? Before anything runs. */
bool reports_check(const struct options *o, struct err *err) MUST_CHECK;
/* Writes every --report; *ret_said names the files. False: at least one could not be written.
 */
bool reports_write(const struct options *o, const struct results *rs, const char **ret_said,
		   struct err *err) MUST_CHECK;
/* Does a report go to standard output, so that nothing else may? */
bool reports_take_stdout(const struct options *o);
/* Path of the reference-platform program beside this one, or in PATH. */
const char *reference_program(struct arena *a);
/* Ids of a profile: one a line, '#' comments; a line "? ID" is optional. NULL with err. */
const char **profile_read(struct arena *a, const char *path, bool required_only,
			  struct err *err) MUST_CHECK;
