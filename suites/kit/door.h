/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door.h - the verbs of a person: type a command, send a request, ask for a decision.
 *
 * Everything that goes through a door is in the transcript. What comes back lives in
 * run->arena and is never NULL.
 */
#pragma once

#include "suites/kit/run.h"

/* CLI door. ------------------------------------------------------------------------------ */

/* Types a command: a verb of the target file ("login" "status" "token" "refresh" "logout"
 * "workspaces-list" "workspaces-create" "workspaces-delete" "members-list" "members-create"
 * "members-update" "members-delete") and its arguments, NULL-ended:
 *
 *	const struct ran *r = cli(run, "login", "scope=platform:read", NULL);
 */
const struct ran *cli(struct run *run, const char *verb, ...) __attribute__((sentinel));
/* The same with everything a command has: environment, global options, time-out. */
const struct ran *cli_command(struct run *run, const struct command *cmd);

/* A line for a shell that refreshes the login, as `cli(run, "refresh")` would. */
const char *refresh_command_line(struct run *run);

/* In the background: begin, do something, finish. Several may run at once. */
struct typed;
struct typed *cli_begin(struct run *run, const struct command *cmd);
const struct ran *cli_finish(struct run *run, struct typed *t);
/* Kills it, and gives what it had printed until then. */
const struct ran *cli_abort(struct run *run, struct typed *t);

/* Logs in by the device flow while `user` approves in the browser, NULL: "alice". The further
 * arguments are those of "login". */
const struct ran *cli_login(struct run *run, const char *user, ...) __attribute__((sentinel));
/* Waits until a sign-in of this row is pending at the provider; its user code, NULL when none
 * came within the time-out. */
const char *sign_in_pending(struct run *run, int timeout_ms);
void sign_in_approve(struct run *run, const char *user_code, const char *user);
void sign_in_deny(struct run *run, const char *user_code);

/* The config file of the CLI. */
const char *config_file(struct run *run); /* its path */
const char *config_text(struct run *run); /* "" when there is none */
/* A value of the active user of the file: "token" "refresh_token"; NULL when absent. */
const char *config_value(struct run *run, const char *key);
/* Puts a logged-in config in place, as documented, mode 0600. refresh_token may be NULL. */
void config_give(struct run *run, const char *token, const char *refresh_token);
/* The same with another context, "staging", before the active one. */
void config_give_two(struct run *run, const char *staging, const char *token);
void config_write(struct run *run, const char *text); /* whatever text */

/* Front door. ----------------------------------------------------------------------------- */

struct ask {
	const char *method;	    /* NULL: GET */
	const char *path;	    /* NULL: ws_path(run, NULL) */
	const char *token;	    /* sent as "Authorization: Bearer ..."; NULL: none */
	const char *authorization;  /* the whole value instead */
	const char *const *headers; /* further "Name: value" lines, NULL-ended */
	const char *body;	    /* NULL: none */
	const char *type;	    /* of the body; NULL: application/json */
	const char *from;	    /* who sends it, for the transcript; NULL: "client" */
	int timeout_ms;		    /* 0: 15 s */
};

struct answer {
	int status;	  /* 0: none came */
	const char *body; /* "" when there is none */
	size_t body_len;
	json_t *json;	/* body as JSON, NULL when it is none; freed with the run */
	size_t reached; /* requests that reached the upstream because of this one (gateway) */
	int64_t took_us;
	const char *by;	 /* who answered, as the transcript says; NULL: nobody */
	int64_t came_us; /* since the row began: what led to it in the transcript is not later */
	bool timed_out, truncated;
	const char *refusal; /* why there was no connection; NULL: there was one */
	const struct wire_answer *raw;
};

/* Sends a well-formed request to whatever faces the client: the gateway, or the service when
 * that is the target. */
const struct answer *request(struct run *run, const struct ask *ask);
/* The same to the auth service (discovery, callout, bundle). */
const struct answer *request_pdp(struct run *run, const struct ask *ask);
/* The same to what a CLI calls its base URL. */
const struct answer *request_platform(struct run *run, const struct ask *ask);
/* Sends exactly these bytes. */
struct raw {
	const void *bytes;
	size_t n;
	bool head;	 /* the request is HEAD: no body is waited for */
	bool to_the_end; /* waits until the target closes: there may be more than one request in it */
	int timeout_ms; /* 0: 15 s */
};
const struct answer *request_raw(struct run *run, const struct raw *raw);
const char *answer_header(const struct answer *a, const char *name);
const char *front_scheme(struct run *run); /* "http" or "https" */
/* "127.0.3.1:41873": what a Host line at the front door says. */
const char *front_authority(struct run *run);

/* "/apis/entities/v2/workspaces/ml-team": the edition's path of a workspace (NULL: "ml-team"). */
const char *ws_path(struct run *run, const char *workspace);
const char *members_path(struct run *run, const char *workspace, const char *principal);
/* The header name of the edition: "principal_id" gives "X-NMP-Principal-Id". */
const char *header_name(struct run *run, const char *word);
/* "X-NMP-Principal-Id: mallory" */
char *header_line(struct run *run, const char *word, const char *value);

/* What the last requests brought to the upstream behind a gateway, from the first of this row. */
size_t upstream_count(struct run *run);
/* Value of that header line in request `index`; several lines are joined with " | ", NULL: absent. */
const char *upstream_header(struct run *run, size_t index, const char *name);
const char *upstream_raw(struct run *run, size_t index); /* all bytes of it */
struct recorded;
const struct recorded *upstream_request(struct run *run,
					size_t index); /* see recorder.h; NULL */

/* Decision door. -------------------------------------------------------------------------- */

struct ask_decision {
	const char *entrypoint; /* NULL: "allow" */
	const char *
		principal; /* a person ("alice": her subject, e-mail, groups) or an id with ':' */
	const char *id, *email; /* instead of the person's; "" leaves it out */
	const char *groups;	/* space separated; NULL: none */
	const char *scopes;	/* space separated; NULL: no scopes member; "": an empty list */
	const char *method, *path; /* allow; NULL: GET, ws_path() */
	const char *workspace;	   /* has_permissions, has_role */
	const char *permissions;   /* space separated */
	const char *role;
	const char *on_behalf_of;
	bool quiet; /* not in the transcript */
};
const struct decision *decide(struct run *run, const struct ask_decision *ask);
/* The same with an input document of one's own; stolen. */
const struct decision *decide_input(struct run *run, const char *entrypoint, json_t *input);
