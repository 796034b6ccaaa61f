/* SPDX-License-Identifier: Apache-2.0 */
#include "runner/known.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "reports/write.h"
#include "suites/kit/play.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>
#include <time.h>

static const char *const statuses[] = { "accepted", "disputed", NULL };

static const struct conf_key entry_keys[] = {
	{ "id", CONF_STRING, .required = true, .help = "Id of the scenario; a glob." },
	{ "fingerprint", CONF_STRING, .help = "Of what fails and how; absent: any failure." },
	{ "versions", CONF_STRING, .help = "Range of target versions: '>=0.3 <0.4'." },
	{ "reason", CONF_STRING, .required = true, .help = "Why it fails, one sentence." },
	{ "owner", CONF_STRING, .help = "Who answers for it." },
	{ "link", CONF_STRING, .help = "Where it is followed." },
	{ "expiry", CONF_STRING, .help = "YYYY-MM-DD after which it is announced." },
	{ "status", CONF_STRING, .allowed = statuses, .help = "accepted, or disputed." },
	{ "intermittent", CONF_BOOL,
	  .help = "It fails now and then: a pass does not mean that it is fixed." },
	{ 0 },
};
static const struct conf_key entry_row[] = { { .type = CONF_MAP, .keys = entry_keys } };

const struct conf_key known_keys[] = {
	{ "known", CONF_LIST, .required = true, .items = entry_row, .help = "The entries." },
	{ 0 },
};

struct known {
	struct conf *conf;
	const json_t *entries;
	char *version;
};

/* Compares dotted numbers: "0.10" > "0.9"; letters end the comparison. */
static int compare_versions(const char *a, const char *b)
{
	while (*a || *b) {
		long x = strtol(a, (char **)&a, 10), y = strtol(b, (char **)&b, 10);

		if (x != y)
			return x < y ? -1 : 1;
		if (*a != '.' && *b != '.')
			return 0;
		a += *a == '.';
		b += *b == '.';
	}
	return 0;
}

static bool holds(const char *version, const char *term)
{
	static const struct {
		const char *op;
		bool less, equal, more;
	} rows[] = { { ">=", 0, 1, 1 }, { "<=", 1, 1, 0 }, { ">", 0, 0, 1 },
		     { "<", 1, 0, 0 },	{ "=", 0, 1, 0 },  { "", 0, 1, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].op);
		int c;

		if (strncmp(term, rows[i].op, n) != 0)
			continue;
		c = compare_versions(version, term + n);
		return c < 0 ? rows[i].less : c > 0 ? rows[i].more : rows[i].equal;
	}
	return false;
}

bool version_within(const char *version, const char *range)
{
	while (range && *range) {
		size_t n = strcspn(range, " ,");
		AUTO(char) char *term = strndup(range, n);

		if (n && !holds(version, term))
			return false;
		range += n + (range[n] != '\0');
	}
	return true;
}

static bool is_date(const char *s)
{
	struct tm tm = { 0 };
	const char *end = strlen(s) == 10 ? strptime(s, "%Y-%m-%d", &tm) : NULL;
	int day = tm.tm_mday;

	return end && !*end && timegm(&tm) > 0 && tm.tm_mday == day;
}

static bool is_range(const char *range)
{
	while (*range) {
		size_t op = strspn(range, "<>="), n = strcspn(range, " ,");

		if (op > 2 || (n && !isdigit((unsigned char)range[op])))
			return false;
		range += n + (range[n] != '\0');
	}
	return true;
}

/* What would never end, or never cover anything, is a mistake. */
static bool check_entries(struct known *k, struct err *err)
{
	const json_t *e;
	size_t i;

	json_array_foreach(k->entries, i, e) {
		const char *expiry = conf_str(e, "expiry", NULL);
		char at[60];

		snprintf(at, sizeof at, "/known/%zu/expiry", i);
		if (expiry && !is_date(expiry))
			return conf_fail(k->conf, at, err, "'%s' is no day: YYYY-MM-DD",
					 expiry);
		snprintf(at, sizeof at, "/known/%zu/versions", i);
		if (!is_range(conf_str(e, "versions", "")))
			return conf_fail(k->conf, at, err,
					 "'%s' is no range of versions: '>=0.3 <0.4', '=1.2'",
					 conf_str(e, "versions", ""));
	}
	return true;
}

static bool names_a_row(const char *glob)
{
	size_t n = strcspn(glob, "@");
	AUTO(char) char *name = strndup(glob, n);

	for (size_t i = 0; suites[i]; i++) {
		for (size_t r = 0; r < suites[i]->n; r++) {
			char id[200];

			snprintf(id, sizeof id, "%s/%s", suites[i]->section,
				 suites[i]->rows[r].name);
			if (!fnmatch(name, id, 0))
				return true;
		}
	}
	return false;
}

void known_announce(const struct known *k, FILE *out)
{
	const json_t *e;
	size_t i;

	json_array_foreach(k->entries, i, e) {
		const char *id = conf_str(e, "id", "");
		struct err err = { 0 };
		char at[40];

		snprintf(at, sizeof at, "/known/%zu/id", i);
		if (!names_a_row(id) &&
		    !conf_fail(k->conf, at, &err, "no scenario '%s': the entry covers nothing",
			       id))
			fprintf(out, "gauntlet: %s\n", err.text);
	}
}

struct known *known_load(const char *path, const char *version, struct err *err)
{
	struct known *k = calloc(1, sizeof *k);

	k->conf = conf_load(path, err);
	if (k->conf)
		k->entries = json_object_get(conf_root(k->conf), "known");
	if (!k->conf || !conf_check(k->conf, known_keys, NULL, err) || !check_entries(k, err)) {
		known_free(k);
		return NULL;
	}
	k->version = strdup(version ? version : "");
	return k;
}

void known_free(struct known *k)
{
	if (!k)
		return;
	conf_free(k->conf);
	free(k->version);
	free(k);
}

/* Dates compare as text. */
static bool is_over(const char *expiry)
{
	char now[32];

	clk_iso(clk_now(NULL), now);
	return expiry && strncmp(now, expiry, 10) > 0;
}

static bool covers(const struct known *k, const json_t *e, const struct result *r)
{
	return !fnmatch(conf_str(e, "id", ""), r->id, 0) &&
	       (!*k->version || version_within(k->version, conf_str(e, "versions", "")));
}

static void mark(const json_t *e, struct result *r)
{
	r->known = conf_str(e, "reason", "");
	r->known_owner = conf_str(e, "owner", NULL);
	r->known_link = conf_str(e, "link", NULL);
	r->known_until = conf_str(e, "expiry", NULL);
	r->known_disputed = !strcmp(conf_str(e, "status", "accepted"), "disputed");
	r->known_intermittent = conf_bool(e, "intermittent", false);
	r->known_expired = is_over(r->known_until);
}

void known_apply(const struct known *k, struct arena *a, struct result *r)
{
	const char *fingerprint = r->verdict == FAILED ? result_fingerprint(a, r) : NULL;
	const json_t *e, *other = NULL;
	size_t i;

	json_array_foreach(k->entries, i, e) {
		const char *print = conf_str(e, "fingerprint", NULL);

		if (!covers(k, e, r))
			continue;
		if (r->verdict == PASSED) {
			r->known_fixed = !conf_bool(e, "intermittent", false);
			return;
		}
		if (r->verdict == FAILED && (!print || !strcmp(print, fingerprint))) {
			mark(e, r);
			return;
		}
		if (r->verdict == FAILED)
			other = e;
	}
	if (other)
		r->reason = arena_printf(a,
					 "known, but it fails in another way now: "
					 "fingerprint %s, not %s: %s",
					 fingerprint, conf_str(other, "fingerprint", ""),
					 conf_str(other, "reason", ""));
}

static void write_text(FILE *out, const char *key, const char *value)
{
	AUTO_BUF b = { 0 };

	if (!value)
		return;
	buf_json(&b, value, strlen(value));
	fprintf(out, "%s: %s\n", key, b.p);
}

bool known_write(const struct results *rs, const char *owner, FILE *out, struct err *err)
{
	const char *version = results_fact(rs->arena, rs, "target_version");
	bool some = false;

	for (size_t i = 0; i < rs->n; i++)
		some = some || rs->items[i].verdict == FAILED;
	fprintf(out, "# Known failures of %s. A reason is for people: say why, not what.\n",
		rs->target);
	fprintf(out, some ? "known:\n" : "known: []\n");
	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];
		const struct check *c = result_offence(r);

		if (r->verdict != FAILED)
			continue;
		write_text(out, "  - id", r->id);
		write_text(out, "    fingerprint", result_fingerprint(rs->arena, r));
		if (version)
			fprintf(out, "    versions: \"=%s\"\n", version);
		write_text(out, "    reason", r->known ? r->known : c ? c->what : r->title);
		write_text(out, "    owner", owner ? owner : r->known_owner);
		write_text(out, "    link", r->known_link);
		write_text(out, "    expiry", r->known_until);
		write_text(out, "    status", r->known_disputed ? "disputed" : "accepted");
		if (r->known_intermittent)
			fprintf(out, "    intermittent: true\n");
	}
	if (fflush(out) || ferror(out))
		return fail_errno(err, "cannot write the known failures");
	return true;
}
