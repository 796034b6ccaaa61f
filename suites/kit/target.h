/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.h - the part under test, as the suites see it. Implemented by the runner from a
 * target file (runner/targets/), and by the reference platform for the embedded default.
 *
 * A target covers one or more surfaces. What it does not cover is filled by the reference
 * platform, so every row has a whole platform around it.
 */
#pragma once

#include "idp-sim/base/wire.h"
#include "suites/kit/scenario.h"

/* Where the lab's parts listen, handed to the target before it starts. URLs have no slash at the end. */
struct lab_urls {
	const char *provider; /* the provider this instance is configured for */
	const char *issuer;
	const char *idp; /* origin of the simulator */
	const char *
		platform; /* what a CLI calls base URL: the gateway, or the service behind it */
	const char *pdp;  /* auth service: discovery, decisions, callout, bundle */
	const char *upstream;	    /* recorder that a gateway forwards to */
	const char *gateway_listen; /* "127.0.3.1:41873": where a gateway target shall listen */
	const char *pdp_listen;
	const char *service_listen;
	const char *bundle_url;
	const char *home; /* private HOME and tmpdir of this instance */
	const char *ca_file;
	const char *client_id;
	const char *audience;
	const char *edition;	   /* name of the edition file */
	const char *configuration; /* configuration group, NULL: default */
	const json_t *settings;	   /* further `${...}` values for config templates; borrowed */
};

/* What a command did. Text is cut at 1 MiB, `flooded` says so. */
struct ran {
	int exit_code; /* -1 when killed by a signal */
	int signal;
	bool timed_out;
	bool flooded;
	bool not_started; /* the command does not exist or cannot be executed: BROKEN, not FAILED */
	char *out, *err; /* NUL-terminated; binary zeros become U+FFFD */
	size_t out_len, err_len;
	int64_t took_us;
};

/* One person's command line: a verb of the target file and its arguments by name. */
struct command {
	const char
		*verb; /* "login" "status" "token" "refresh" "logout" "workspaces-list" ... */
	const char *const *
		args; /* "name=value" for the `${name}` of the verb's argument vector, NULL-ended */
	const char *const *env; /* further "NAME=value", NULL-ended */
	const char
		*global; /* further global option words, space separated: "--no-auto-refresh" */
	int timeout_ms;	 /* 0: 30 s */
};

/* A question to a policy decision point, and its answer. */
struct question {
	const char *entrypoint; /* "allow" "has_permissions" "has_role" */
	const json_t *input;	/* the documented input document; borrowed */
	const char *caller;	/* principal that asks: "service:platform" by default */
};
struct decision {
	int status;    /* of the transport */
	bool answered; /* a decision could be read */
	bool allowed;
	json_t *body; /* whole answer, may be NULL; owned */
	int64_t took_us;
};

/* A way in which somebody who reaches a decision point could change its policy or its data. */
struct pdp_write {
	const char *method; /* NULL ends a list */
	const char *path;   /* a word of the edition when without '/': "bundle" */
	const char *type;   /* NULL: application/json */
	const char *body;   /* NULL: none */
};
/* Those of the platform's own protocol: somebody brings a bundle instead of fetching it. */
extern const struct pdp_write platform_writes[];

/* A real identity provider in place of the lab's: it issues tokens of its own people, and
 * forges none. */
struct tenant {
	const char *issuer, *client_id, *audience; /* audience NULL: client_id */
	const char *email_claim, *subject_claim,
		*groups_claim;	  /* NULL: as the provider's page says */
	const char *scope_prefix; /* NULL: as the provider's page says; "": none */
	const char *ca_file; /* that its certificate is checked against; NULL: the system's */
	const json_t *users; /* {"alice": "alice@contoso.com"}: who plays whom */
};

struct target {
	const char *name, *version, *file; /* file: without its folders; NULL: there is none */
	unsigned surfaces; /* of enum surface */
	const char *edition;
	bool tells; /* a service: the lab's decision point reads its role bindings */
	bool attached; /* it runs already, somewhere else: start() only configures it */
	struct wire_to
		reach; /* how its URL is reached: CA, name to check, client certificate */
	/* How long it may go on with keys or decisions that are no longer true. */
	int64_t jwks_ms, decisions_ms;
	const char *run_prefix;	     /* of workspaces at an attached service; NULL: none */
	const char *ledger;	     /* file that notes what was made there */
	const struct tenant *tenant; /* NULL: the lab's own provider */
	/* A token of that user of the tenant, a JWT; the caller frees it. NULL without a tenant. */
	bool (*token)(void *ctx, const char *user, const char *scope, char **ret,
		      struct err *err);
	void *ctx;
	/* Does it claim that word ("cli.scope_option", "http2", "configuration:no-email")? */
	bool (*claims)(void *ctx, const char *word);
	/* Brings one instance up, configured for urls, and waits until it is ready; its last words
	 * are in err when it is not. Exactly one stop() follows each true. */
	bool (*start)(void *ctx, const struct lab_urls *urls, void **ret_instance,
		      struct err *err);
	void (*stop)(void *ctx, void *instance);
	/* Base URL of a gateway, service or pdp target; NULL for a CLI. */
	const char *(*url)(void *ctx, void *instance);
	/* Runs a command of a CLI or SDK target; false only for our own failure. Started in a process group
	 * of its own, always reaped. `begin` does not wait: `finish` does. */
	void *(*begin)(void *ctx, void *instance, const struct command *cmd, struct err *err);
	bool (*finish)(void *ctx, void *running, struct ran *ret, struct err *err);
	/* The same, and kills it first: a person who pressed Ctrl-C, a machine that went down. */
	bool (*abort)(void *ctx, void *running, struct ran *ret, struct err *err);
	/* Path of the CLI's config file in the instance's home, and reading/writing its tokens. */
	const char *(*config_path)(void *ctx, void *instance);
	bool (*decide)(void *ctx, void *instance, const struct question *q,
		       struct decision *ret, struct err *err);
	const struct pdp_write *writes; /* of its protocol and its file; NULL: none is known */
	/* Makes the lab's workspaces and members known to a pdp or service target: the document of
	 * reference_seed(). NULL: it takes none. */
	bool (*push)(void *ctx, void *instance, const json_t *data, struct err *err);
	/* Last words (stderr) of an instance, for BROKEN; borrowed, may be "". */
	const char *(*last_words)(void *ctx, void *instance);
	bool (*alive)(void *ctx, void *instance);
};
