/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junit.c - JUnit XML, the intersection that GitLab, Jenkins and GitHub actions accept.
 *
 * One testsuite a section (Jenkins merges suites of one name), one testcase a result with
 * classname and name (GitLab keys a case by both), at most one of failure, error and skipped.
 * FAILED is a failure, BROKEN an error; skipped, warnings and known failures are skipped, so
 * that nothing that does not gate turns a pipeline red. The gate is a case only when it did
 * not pass; a run that was cut short has one case that says so.
 */
#include "reports/write.h"

#include "idp-sim/base/clk.h"

#include <libxml/xmlwriter.h>
#include <string.h>

AUTO_KIND(xmlTextWriter, xmlTextWriter, xmlFreeTextWriter);
AUTO_KIND(xmlBuffer, xmlBuffer, xmlBufferFree);

struct junit {
	const struct results *rs;
	struct arena *arena;
	xmlTextWriter *w;
};

struct tally {
	size_t tests, failures, errors, skipped;
	int64_t us;
};

static void attribute(struct junit *j, const char *name, const char *value)
{
	if (value)
		xmlTextWriterWriteAttribute(j->w, BAD_CAST name,
					    BAD_CAST text_clean(j->arena, value));
}

static void attribute_count(struct junit *j, const char *name, size_t n)
{
	attribute(j, name, arena_printf(j->arena, "%zu", n));
}

static void attribute_time(struct junit *j, int64_t us)
{
	attribute(j, "time",
		  arena_printf(j->arena, "%lld.%06lld", (long long)(us / 1000000),
			       (long long)(us % 1000000)));
}

static bool is_case(const struct results *rs, const struct result *r)
{
	return !text_same(r->section, SECTION_SANITY) || result_shade(rs, r) != SHADE_OK;
}

static void add(struct tally *t, const struct results *rs, const struct result *r)
{
	enum shade s = result_shade(rs, r);

	t->tests++;
	t->failures += s == SHADE_FAILED;
	t->errors += s == SHADE_BROKEN;
	t->skipped += s == SHADE_SKIPPED || s == SHADE_KNOWN || s == SHADE_WARNING;
	t->us += r->took_us;
}

static struct tally tally(const struct results *rs, const char *section)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < rs->n; i++) {
		const struct result *r = &rs->items[i];

		if (!is_case(rs, r))
			continue;
		if (!section || text_same(results_section(rs, r->section).name, section))
			add(&t, rs, r);
	}
	return t;
}

static void attributes(struct junit *j, const struct tally *t)
{
	attribute_count(j, "tests", t->tests);
	attribute_count(j, "failures", t->failures);
	attribute_count(j, "errors", t->errors);
	attribute_count(j, "skipped", t->skipped);
	attribute_time(j, t->us);
}

static void start(struct junit *j, const char *name)
{
	xmlTextWriterStartElement(j->w, BAD_CAST name);
}

static void end(struct junit *j)
{
	xmlTextWriterEndElement(j->w);
}

static void text(struct junit *j, const char *s)
{
	xmlTextWriterWriteString(j->w, BAD_CAST text_clean(j->arena, s));
}

static void property(struct junit *j, const char *name, const char *value)
{
	if (!value)
		return;
	start(j, "property");
	attribute(j, "name", name);
	attribute(j, "value", value);
	end(j);
}

static void properties(struct junit *j)
{
	const struct results *rs = j->rs;
	const char *key;
	json_t *value;

	start(j, "properties");
	property(j, "target", rs->target);
	property(j, "edition", rs->edition);
	property(j, "providers", rs->providers);
	property(j, "profile", rs->profile);
	property(j, "seed", arena_printf(j->arena, "%llu", (unsigned long long)rs->seed));
	property(j, "outcome", outcome_word(results_outcome(rs)));
	json_object_foreach(rs->provenance, key, value) {
		property(j, arena_printf(j->arena, "provenance.%s", key),
			 results_fact(j->arena, rs, key));
	}
	end(j);
}

static void story(struct junit *j, const struct result *r)
{
	AUTO_BUF b = { 0 };

	result_story(&b, j->arena, r);
	text(j, b.p ? b.p : "");
}

/* The one element that says why a case is not simply passed. */
static void outcome(struct junit *j, const char *element, const char *message, const char *type,
		    const struct result *r)
{
	start(j, element);
	attribute(j, "message", message);
	attribute(j, "type", type);
	if (type)
		story(j, r);
	end(j);
}

static void outcome_of(struct junit *j, const struct result *r)
{
	char *message = result_message(j->arena, r);

	switch (result_shade(j->rs, r)) {
	case SHADE_FAILED:
		outcome(j, "failure", message, level_word(r->level), r);
		break;
	case SHADE_BROKEN:
		outcome(j, "error", message, "BROKEN", r);
		break;
	case SHADE_SKIPPED:
		outcome(j, "skipped", message, NULL, r);
		break;
	case SHADE_KNOWN:
		message = arena_printf(j->arena, "known failure: %s", r->known);
		outcome(j, "skipped", message, NULL, r);
		break;
	case SHADE_WARNING:
		message = arena_printf(j->arena, "warning, does not gate: %s", message);
		outcome(j, "skipped", message, NULL, r);
		break;
	default:
		break;
	}
}

static void system_out(struct junit *j, const struct result *r)
{
	enum shade s = result_shade(j->rs, r);

	if (s != SHADE_FLAKY && s != SHADE_WARNING && s != SHADE_KNOWN && !r->known_fixed)
		return;
	start(j, "system-out");
	if (s == SHADE_FLAKY)
		text(j, "flaky: passed on a retry\n");
	if (r->known_fixed)
		text(j,
		     arena_printf(j->arena, "now kept, remove it from the known failures: %s\n",
				  r->known ? r->known : ""));
	story(j, r);
	end(j);
}

static void testcase(struct junit *j, const struct result *r)
{
	start(j, "testcase");
	attribute(j, "classname",
		  arena_printf(j->arena, "%s.%s", r->surface ? r->surface : "platform",
			       r->section ? r->section : "none"));
	attribute(j, "name", r->id);
	attribute(j, "file", r->file);
	if (r->file)
		attribute_count(j, "line", (size_t)r->line);
	attribute_time(j, r->took_us);
	outcome_of(j, r);
	system_out(j, r);
	end(j);
}

static void open_suite(struct junit *j, const char *name, const struct tally *t)
{
	const char *host = results_fact(j->arena, j->rs, "machine");
	char when[32];

	clk_iso(j->rs->started_at, when);
	start(j, "testsuite");
	attribute(j, "name", name);
	attributes(j, t);
	attribute(j, "timestamp", when);
	attribute(j, "hostname", host ? host : "localhost");
	properties(j);
}

static void testsuite(struct junit *j, const struct section *s)
{
	struct tally t = tally(j->rs, s->name);

	if (!t.tests)
		return;
	open_suite(j, arena_printf(j->arena, "%s: %s", s->name, s->title), &t);
	for (size_t i = 0; i < j->rs->n; i++) {
		const struct result *r = &j->rs->items[i];

		if (is_case(j->rs, r) &&
		    text_same(results_section(j->rs, r->section).name, s->name))
			testcase(j, r);
	}
	end(j);
}

/* A partial result must not look like a whole one. */
static void incomplete(struct junit *j, const struct tally *t)
{
	open_suite(j, "run: the run is complete", t);
	start(j, "testcase");
	attribute(j, "classname", "gauntlet.run");
	attribute(j, "name", "the run is complete");
	attribute_time(j, 0);
	start(j, "error");
	attribute(j, "message", results_headline(j->arena, j->rs));
	attribute(j, "type", "BROKEN");
	if (j->rs->n_missing)
		text(j, arena_printf(j->arena, "not tried: %s",
				     results_missing(j->arena, j->rs, j->rs->n_missing)));
	end(j);
	end(j);
	end(j);
}

static void document(struct junit *j)
{
	const struct results *rs = j->rs;
	bool partial = rs->stopped || results_count(rs, NULL).total < rs->planned;
	struct tally missing = { .tests = 1, .errors = 1 };
	struct tally all = tally(rs, NULL);
	struct section *sections;
	size_t n = results_sections(j->arena, rs, &sections);

	all.tests += partial;
	all.errors += partial;
	all.us = rs->took_us;
	xmlTextWriterSetIndent(j->w, 1);
	xmlTextWriterStartDocument(j->w, NULL, "UTF-8", NULL);
	start(j, "testsuites");
	attribute(j, "name", "gauntlet");
	attributes(j, &all);
	for (size_t i = 0; i < n; i++)
		testsuite(j, &sections[i]);
	if (partial)
		incomplete(j, &missing);
	end(j);
	xmlTextWriterEndDocument(j->w);
}

static bool write_junit(const struct results *rs, FILE *out, struct err *err)
{
	AUTO(arena) struct arena *arena = arena_new();
	AUTO(xmlBuffer) xmlBuffer *memory = xmlBufferCreate();
	AUTO(xmlTextWriter) xmlTextWriter *w = xmlNewTextWriterMemory(memory, 0);
	struct junit j = { rs, arena, w };

	if (!w)
		return fail(err, ERR_SYSTEM, "no memory for the report");
	document(&j);
	if (xmlTextWriterFlush(w) < 0)
		return fail(err, ERR_SYSTEM, "no memory for the report");
	fwrite(xmlBufferContent(memory), 1, (size_t)xmlBufferLength(memory), out);
	return write_done(out, err);
}

const struct report_format report_junit = {
	.name = "junit",
	.extension = "xml",
	.help = "JUnit XML for GitLab, Jenkins, GitHub",
	.write = write_junit,
};
