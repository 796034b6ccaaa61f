/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.h - the target file: how to bring the part under test into the lab.
 *
 * One table (format.c) checks a file, yields the published JSON Schema and the page of
 * `gauntlet init`. Values may hold `${name}` (fill.h): the lab's URLs, the file's `settings`,
 * `${port.NAME}` for a free port of its own, `${env:NAME}` for a secret of the environment.
 */
#pragma once

#include "idp-sim/base/conf.h"
#include "idp-sim/base/file.h"
#include "suites/kit/scenario.h"

struct target_file {
	struct conf *conf;  /* for complaints with file, line and column */
	const json_t *root; /* borrowed from conf */
	char *path;	    /* as given */
	char *dir;	    /* where its templates are, absolute */
	const char *name;
	const char *kind;
	const char *edition;
	const char *address;	  /* of the lab when attached, or NULL */
	unsigned surfaces;	  /* of enum surface */
	char digest[DIGEST_SIZE]; /* of the file's text, for provenance */
	json_t *settings;	  /* the file's own, then --set; strings */
};

extern const struct conf_key target_keys[];

/* Reads and checks a file. set: "key=value" words of the command line, NULL-ended, may be NULL.
 */
struct target_file *target_file_load(const char *path, const char *const *set,
				     struct err *err) MUST_CHECK;
void target_file_free(struct target_file *f); /* takes NULL */
/* Every complaint about a file, one a line, into ret; true when there is none. */
struct buf;
bool target_file_lint(const char *path, struct buf *ret, struct err *err);
/* What must hold among `attach`, `lab` and `reconfigure` (attach.c). */
bool target_check_attach(const struct target_file *f, struct err *err) MUST_CHECK;
/* Is it attached to something that already runs? */
bool target_file_attached(const struct target_file *f);
/* `claims` and `lacks`; "configuration:NAME": can it be put into that group? */
bool target_file_claims(const struct target_file *f, const char *word);
/* The published schema; new reference. */
json_t *target_schema(void);

AUTO_KIND(target_file, struct target_file, target_file_free);
