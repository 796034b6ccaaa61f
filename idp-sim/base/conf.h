/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf.h - YAML files that people write, read with libfyaml into jansson trees, checked
 * against a table that also yields the published JSON Schema.
 *
 * Every complaint has file, line, column, what is wrong and what is allowed:
 *
 *	envoy.yaml:14:3: unknown key 'redy': did you mean 'ready'? allowed: command, ready
 *
 * Plain scalars become null, booleans, integers and reals by the YAML 1.2 core schema;
 * quoted and literal scalars stay strings.
 */
#pragma once

#include "idp-sim/base/err.h"

#include <jansson.h>

AUTO_KIND(json_t, json_t, json_decref);

enum conf_type {
	CONF_ANY,
	CONF_STRING, /* a number or boolean is refused with the advice to quote it */
	CONF_INT,
	CONF_NUMBER,
	CONF_BOOL,
	CONF_LIST, /* items described by `items`, when given */
	CONF_MAP,  /* fixed keys, described by `keys` */
	CONF_DICT, /* free keys; every value is described by `items`, when given; with `keys`
		      * those are known and others are welcome */
	CONF_DURATION, /* "90d", "15m", "10s", "250ms", or a number of seconds */
};

struct conf_key {
	const char *name; /* NULL ends a table; ignored in `items` */
	enum conf_type type;
	bool required;
	const char *const *allowed;   /* NULL-ended list of strings, or NULL */
	const struct conf_key *keys;  /* of a CONF_MAP or CONF_DICT */
	const struct conf_key *items; /* one row: of a CONF_LIST or CONF_DICT */
	const char *help;	      /* one sentence; goes into the schema */
};

struct conf; /* a parsed file with the place of every node */
struct buf;

/* name is what complaints call the text. */
struct conf *conf_parse(const char *name, const char *text, size_t n,
			struct err *err) MUST_CHECK;
struct conf *conf_load(const char *path, struct err *err) MUST_CHECK;
/* The tree of a file, packed when the program was built: quick, and without places. */
struct conf *conf_of_packed(const char *name, const char *packed) MUST_CHECK;
void conf_free(struct conf *c);
json_t *conf_root(struct conf *c); /* borrowed; object members keep the file's order */
/* Checks the whole file; the first complaint goes to err, all of them to `all` when not NULL
 * (one a line). */
bool conf_check(struct conf *c, const struct conf_key *keys, struct buf *all,
		struct err *err) MUST_CHECK;
/* Raises ERR_INPUT at the place of a node ("/clients/0/id", RFC 6901). */
bool conf_fail(struct conf *c, const char *pointer, struct err *err, const char *fmt, ...)
	PRINTF(4, 5);
/* The JSON Schema (draft 2020-12) of a table; new reference. */
json_t *conf_schema(const struct conf_key *keys, const char *id, const char *title);
/* The nearest allowed word within two edits, or NULL. */
const char *conf_nearest(const char *word, const char *const *allowed);

/* Milliseconds of a CONF_DURATION value, a number alone being seconds; fallback when absent. */
int64_t conf_duration_ms(const json_t *value, int64_t fallback);
/* A tree as bytes (false: it has a real number), and back: the bytes are trusted. */
bool conf_pack(const json_t *tree, struct buf *out) MUST_CHECK;
json_t *conf_unpack(const char *packed) MUST_CHECK;
/* Typed reads with a fallback. `path` is dotted: "refresh.rotates". */
const char *conf_str(const json_t *o, const char *path, const char *fallback);
int64_t conf_int(const json_t *o, const char *path, int64_t fallback);
bool conf_bool(const json_t *o, const char *path, bool fallback);
json_t *conf_get(const json_t *o, const char *path); /* borrowed, or NULL */

AUTO_KIND(conf, struct conf, conf_free);
