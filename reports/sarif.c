/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif.c - SARIF 2.1.0 (OASIS): what was found, for code scanning. A rule is a promise, a
 * result is a break of it; the row's name is the stable ruleId and the fingerprint survives
 * ports and times. GitHub drops a result without a place in a file, so a row without a known
 * file stands in the target file. What could not be tried is a notification, not a finding.
 */
#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"
#include "reports/write.h"

#include <string.h>

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

struct sarif {
	const struct results *rs;
	struct arena *arena;
	json_t *rules, *results, *notes;
	json_t *index; /* row -> place in rules */
};

static json_t *message(struct sarif *s, const char *text)
{
	return json_pack("{s:o}", "text", write_string(s->arena, text));
}

/* The first word of the target file fact: "envoy.yaml sha256:..." */
static const char *place_of(struct sarif *s, const struct result *r)
{
	const char *fact = results_fact(s->arena, s->rs, "target_file");

	if (r->file)
		return r->file;
	return fact && *fact ? arena_dup(s->arena, fact, strcspn(fact, " ")) : "target.yaml";
}

/* A relative URI reference: RFC 3986 leaves these as they are in a path. */
static json_t *uri(struct sarif *s, const char *path)
{
	AUTO_BUF b = { 0 };
	json_t *text;

	for (const char *p = path; *p; p++) {
		if (strchr("/-._~", *p) || (*p >= '0' && *p <= '9') ||
		    (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'))
			buf_char(&b, *p);
		else
			buf_percent(&b, p, 1);
	}
	text = write_string(s->arena, b.p);
	return json_pack("{s:o,s:s}", "uri", text, "uriBaseId", "SRCROOT");
}

static json_t *location(struct sarif *s, const struct result *r)
{
	json_t *o = json_pack("{s:{s:o,s:{s:i}}}", "physicalLocation", "artifactLocation",
			      uri(s, place_of(s, r)), "region", "startLine",
			      r->line > 0 ? r->line : 1);

	if (r->surface)
		json_object_set_new(o, "logicalLocations",
				    json_pack("[{s:o,s:s}]", "name",
					      write_string(s->arena, r->surface), "kind",
					      "module"));
	return o;
}

static json_int_t rule_of(struct sarif *s, const struct result *r)
{
	const char *row = text_clean(s->arena, r->row ? r->row : r->id);
	json_t *known = json_object_get(s->index, row);
	struct section section = results_section(s->rs, r->section);
	json_int_t at = (json_int_t)json_array_size(s->rules);
	json_t *rule;

	if (known)
		return json_integer_value(known);
	rule = json_pack("{s:s,s:o}", "id", row, "shortDescription",
			 message(s, r->promise ? r->promise
				    : r->title ? r->title
					       : row));
	json_object_set_new(
		rule, "fullDescription",
		message(s,
			arena_printf(s->arena, "%s %s", r->promise ? r->promise : row,
				     r->source || r->page ? result_source(s->arena, r) : "")));
	if (r->remedy)
		json_object_set_new(rule, "help", message(s, r->remedy));
	write_member(s->arena, rule, "helpUri", section.url);
	json_object_set_new(rule, "properties",
			    json_pack("{s:[o,s,s]}", "tags",
				      write_string(s->arena, section.name), "security",
				      level_word(r->level)));
	json_array_append_new(s->rules, rule);
	json_object_set_new(s->index, row, json_integer(at));
	return at;
}

static json_t *properties(struct sarif *s, const struct result *r)
{
	const struct check *c = result_offence(r);
	json_t *o = json_object();

	write_member(s->arena, o, "id", r->id);
	write_member(s->arena, o, "provider", r->provider);
	write_member(s->arena, o, "edition", r->edition);
	write_member(s->arena, o, "surface", r->surface);
	write_member(s->arena, o, "again", r->again);
	write_member(s->arena, o, "check", c ? c->what : NULL);
	write_member(s->arena, o, "want", c ? c->want : NULL);
	write_member(s->arena, o, "got", c ? c->got : NULL);
	return o;
}

static void finding(struct sarif *s, const struct result *r)
{
	enum shade shade = result_shade(s->rs, r);
	json_int_t rule = rule_of(s, r);
	json_t *o = json_pack(
		"{s:o,s:I,s:s,s:o}", "ruleId",
		json_incref(json_object_get(json_array_get(s->rules, (size_t)rule), "id")),
		"ruleIndex", rule, "level",
		shade == SHADE_WARNING	       ? "warning"
		: r->level == LEVEL_DOCUMENTED ? "error"
					       : "warning",
		"message", message(s, result_message(s->arena, r)));

	json_object_set_new(o, "locations", json_pack("[o]", location(s, r)));
	json_object_set_new(o, "partialFingerprints",
			    json_pack("{s:s,s:o}", "gauntletFault/v1",
				      result_fingerprint(s->arena, r), "gauntletId/v1",
				      write_string(s->arena, r->id)));
	json_object_set_new(o, "properties", properties(s, r));
	if (shade == SHADE_KNOWN)
		json_object_set_new(o, "suppressions",
				    json_pack("[{s:s,s:s,s:o}]", "kind", "external", "status",
					      r->known_expired ? "underReview" : "accepted",
					      "justification",
					      write_string(s->arena, r->known)));
	json_array_append_new(s->results, o);
}

static void notify(struct sarif *s, const char *text)
{
	json_array_append_new(s->notes, json_pack("{s:s,s:o}", "level", "error", "message",
						  message(s, text)));
}

static void notification(struct sarif *s, const struct result *r)
{
	notify(s, arena_printf(s->arena, "%s: could not be tried: %s", r->id,
			       result_message(s->arena, r)));
}

/* Of a run that was cut short nobody may think that it found nothing more. */
static void notify_missing(struct sarif *s)
{
	const char *missing = results_missing(s->arena, s->rs, MISSING_TOLD);

	if (s->rs->stopped)
		notify(s, arena_printf(s->arena, "%s%s%s", s->rs->stopped,
				       missing ? "; not tried: " : "", missing ? missing : ""));
}

static void collect(struct sarif *s)
{
	const struct result **worst;
	size_t n = results_worst_first(s->arena, s->rs, &worst);

	for (size_t i = 0; i < n; i++) {
		enum shade shade = result_shade(s->rs, worst[i]);

		if (shade == SHADE_BROKEN)
			notification(s, worst[i]);
		else if (worst[i]->verdict == FAILED)
			finding(s, worst[i]);
	}
	notify_missing(s);
}

static json_t *invocation(struct sarif *s)
{
	enum outcome outcome = results_outcome(s->rs);
	char start[32], stop[32];

	clk_iso(s->rs->started_at, start);
	clk_iso(s->rs->started_at + s->rs->took_us / 1000000, stop);
	return json_pack(
		"{s:b,s:i,s:o,s:s,s:s,s:O}", "executionSuccessful",
		outcome != NO_VERDICT && outcome != NOTHING_SELECTED && !s->rs->stopped,
		"exitCode", results_exit_code(s->rs), "exitCodeDescription",
		write_string(s->arena, results_sentence(s->arena, s->rs)), "startTimeUtc",
		start, "endTimeUtc", stop, "toolExecutionNotifications", s->notes);
}

static json_t *driver(struct sarif *s)
{
	json_t *o = json_pack("{s:s,s:O}", "name", "gauntlet", "rules", s->rules);

	write_member(s->arena, o, "version", results_fact(s->arena, s->rs, "gauntlet"));
	return o;
}

static json_t *automation(struct sarif *s)
{
	return json_pack(
		"{s:o}", "id",
		write_string(s->arena, arena_printf(s->arena, "gauntlet/%s/%s/",
						    s->rs->target ? s->rs->target : "reference",
						    s->rs->edition ? s->rs->edition : "")));
}

static bool write_sarif(const struct results *rs, FILE *out, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new();
	AUTO(json_t) json_t *rules = json_array(), *results = json_array();
	AUTO(json_t) json_t *notes = json_array(), *index = json_object();
	struct sarif s = { rs, arena, rules, results, notes, index };
	AUTO(json_t) json_t *o = NULL;
	json_t *run;

	collect(&s);
	run = json_pack("{s:{s:o},s:o,s:O,s:[o],s:s,s:{s:{s:{s:s}}}}", "tool", "driver",
			driver(&s), "automationDetails", automation(&s), "results", results,
			"invocations", invocation(&s), "columnKind", "utf16CodeUnits",
			"originalUriBaseIds", "SRCROOT", "description", "text",
			"the root of the repository");
	if (rs->provenance)
		json_object_set_new(run, "properties",
				    json_pack("{s:O}", "provenance", rs->provenance));
	o = json_pack("{s:s,s:s,s:[o]}", "$schema", SCHEMA, "version", "2.1.0", "runs", run);
	return write_json_text(o, out, err);
}

const struct report_format report_sarif = {
	.name = "sarif",
	.extension = "sarif",
	.help = "SARIF 2.1.0 for code scanning",
	.write = write_sarif,
};
