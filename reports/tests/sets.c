/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sets.c - hand-written results.
 */
#include "reports/tests/sets.h"

#include "reports/tests/evidence.h"

#include <string.h>

static const char *const provider_words[] = { "azure", "okta", "keycloak", "any" };

static struct result *add(struct results *rs)
{
	if (rs->n % 256 == 0) {
		struct result *more = arena_alloc(rs->arena, (rs->n + 256) * sizeof(*more));

		if (rs->n)
			memcpy(more, rs->items, rs->n * sizeof(*more));
		rs->items = more;
	}
	return &rs->items[rs->n++];
}

static struct check good_control = { "control: the good request reaches the service", true,
				     true, "1", "1" };

static void plain(struct results *rs, const struct amount *m, int provider, int k)
{
	struct result *r = add(rs);
	struct arena *a = rs->arena;

	*r = (struct result) {
		.row = arena_printf(a, "%s/promise-%s-%d", m->section, m->surface, k),
		.section = m->section,
		.title = arena_printf(a, "promise %d of %s", k, m->section),
		.promise = "What the page says holds.",
		.page = "Troubleshooting",
		.remedy = "Do as the page says.",
		.surface = m->surface,
		.provider = provider == 3 ? "keycloak" : provider_words[provider],
		.edition = "nemo",
		.target = "reference platform",
		.took_us = 9000 + 37 * (int64_t)rs->n,
		.attempts = 1,
	};
	r->id = arena_printf(a, "%s@%s", r->row, provider_words[provider]);
	if (k % 3 == 0) {
		r->checks = &good_control;
		r->n_checks = 1;
	}
}

static void fill(struct results *rs, const char *surface)
{
	for (size_t i = 0; i < n_amounts; i++) {
		if (surface && strcmp(amounts[i].surface, surface) != 0)
			continue;
		for (int p = 0; p < 4; p++) {
			for (int k = 0; k < amounts[i].each[p]; k++)
				plain(rs, &amounts[i], p, k);
		}
	}
}

static void gate(struct results *rs, const char *surface)
{
	*add(rs) = (struct result) {
		.id = arena_printf(rs->arena, "sanity/target-starts@keycloak:%s", surface),
		.row = "sanity/target-starts",
		.section = SECTION_SANITY,
		.title = "target starts",
		.promise = "The target starts and is ready within 10 s.",
		.surface = surface,
		.provider = "keycloak",
		.target = rs->target,
		.took_us = 412000,
		.attempts = 1,
	};
}

static struct results *begin(const char *target)
{
	struct arena *a = arena_new();
	struct results *rs = arena_alloc(a, sizeof(*rs));

	*rs = (struct results) {
		.arena = a,
		.target = target,
		.edition = "nemo",
		.providers = "azure, okta, keycloak",
		.started_at = 1771087320, /* Sat 14 Feb 2026 16:42 UTC */
		.took_us = 4832000,
		.jobs = 8,
		.seed = 42,
		.n_sections = n_sections,
	};
	rs->sections = arena_alloc(a, n_sections * sizeof(*sections));
	memcpy(rs->sections, sections, n_sections * sizeof(*sections));
	rs->provenance = json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "gauntlet", "1.0.0", "idp_sim", "1.0.0",
		"commit", "8c1f0a4e", "scenario_set", "2026.2", "scenario_set_digest",
		"sha256:8c1f0a4e2b7d", "machine", "linux x86_64", "command",
		"gauntlet run --seed 42", "target_file", "envoy.yaml sha256:90ac17d3");
	return rs;
}

static struct result *find(struct results *rs, const char *id)
{
	for (size_t i = 0; i < rs->n; i++) {
		if (strcmp(rs->items[i].id, id) == 0)
			return &rs->items[i];
	}
	abort();
}

static struct part *parts_of(struct results *rs, const struct part *list, size_t n)
{
	struct part *p = arena_alloc(rs->arena, n * sizeof(*p));

	memcpy(p, list, n * sizeof(*p));
	rs->n_parts = n;
	return p;
}

static struct results *passed(void)
{
	static const struct part parts[] = {
		{ "client", "ours" },
		{ "idp", "idp-sim: azure, okta, keycloak" },
		{ "gateway", "nginx 1.22.1", true },
		{ "pdp", "ours" },
		{ "service", "ours" },
	};
	struct results *rs = begin("nginx 1.22.1 (gateway)");

	gate(rs, "gateway");
	fill(rs, "gateway");
	rs->profile = "gateway-2026.2";
	rs->planned = results_count(rs, NULL).total;
	rs->parts = parts_of(rs, parts, ARRAY_LEN(parts));
	return rs;
}

static void fail_with(struct result *r, struct check *checks, size_t n, struct hop *hops,
		      size_t n_hops)
{
	r->verdict = FAILED;
	r->checks = checks;
	r->n_checks = n;
	r->hops = hops;
	r->n_hops = n_hops;
}

static void rename_row(struct results *rs, struct result *r, const char *row)
{
	r->again = arena_printf(rs->arena,
				"gauntlet run --target envoy.yaml --only %s%s --seed 42 --keep",
				row, strchr(r->id, '@'));
	r->id = arena_printf(rs->arena, "%s%s", row, strchr(r->id, '@'));
	r->row = row;
}

static void three_failures(struct results *rs)
{
	struct result *r = find(rs, "login/promise-cli-2@azure");

	fail_with(r, scope_checks, ARRAY_LEN(scope_checks), scope_hops, ARRAY_LEN(scope_hops));
	rename_row(rs, r, "login/invalid-scope-stops");
	r->promise = "An unknown scope ends the login at once, and the user sees why.";
	r->title = r->promise;
	r->page = "Troubleshooting, \"auth login fails with an IdP error\"";
	r->source = "RFC 8628, 3.2; RFC 6749, 5.2";
	r->consequence = "hides the provider's error";
	r->remedy =
		"When the device endpoint answers 4xx, print \"error\" and the first sentence "
		"of \"error_description\" from its JSON body.";
	r->file = "suites/login/login.c";
	r->line = 61;

	r = find(rs, "gateway/promise-gateway-2@any");
	fail_with(r, forged_checks, ARRAY_LEN(forged_checks), forged_hops,
		  ARRAY_LEN(forged_hops));
	rename_row(rs, r, "gateway/strips-on-behalf-of-email");
	r->promise = "A client cannot say on whose behalf it acts: a forged "
		     "X-NMP-Principal-On-Behalf-Of-Email never reaches the service.";
	r->title = "forged On-Behalf-Of-Email is stripped";
	r->page = "Troubleshooting, \"Gateway: identity headers\", step 2";
	r->consequence = "lets a client act in another person's name";
	r->remedy =
		"Add the name to the strip list, or better remove every X-NMP-* header before "
		"the authorization filter runs.";
	r->file = "suites/gateway/strip.c";
	r->line = 118;

	r = find(rs, "help/promise-pdp-1@any");
	fail_with(r, bundle_checks, ARRAY_LEN(bundle_checks), NULL, 0);
	rename_row(rs, r, "help/bundle-not-loaded-is-not-ready");
	r->promise = "A PDP without its policy is not ready.";
	r->title = r->promise;
	r->level = LEVEL_EXTENDED;
}

static void exceptions(struct results *rs)
{
	static const char *const advised[] = { "propagation/promise-pdp-2@any",
					       "tokens/promise-cli-2@any",
					       "401/promise-service-2@keycloak" };
	static const char *const known[] = { "refresh/promise-cli-1@any",
					     "delete/promise-service-1@any" };
	struct result *r;

	for (size_t i = 0; i < ARRAY_LEN(advised); i++) {
		r = find(rs, advised[i]);
		fail_with(r, bundle_checks, ARRAY_LEN(bundle_checks), NULL, 0);
		r->level = LEVEL_ADVICE;
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		r = find(rs, known[i]);
		fail_with(r, bundle_checks, ARRAY_LEN(bundle_checks), NULL, 0);
		r->known = "an expired token is refreshed all the same; since 0.3.0";
	}
	for (size_t i = 0; i < rs->n; i++) {
		r = &rs->items[i];
		if (strcmp(r->section, "quickstart") && strcmp(r->section, "hardening"))
			continue;
		if (strcmp(r->section, "quickstart") == 0 || strcmp(r->surface, "cli") == 0) {
			r->verdict = SKIPPED;
			r->reason = strcmp(r->section, "quickstart")
					    ? "needs the password grant: not claimed"
					    : "needs quickstart mode: not claimed";
		}
	}
}

static struct results *failed(void)
{
	static const struct part parts[] = {
		{ "cli", "nemo 0.6.0", true },
		{ "idp", "idp-sim: azure, okta, keycloak" },
		{ "gateway", "envoy 1.40.0", true },
		{ "pdp", "opa 1.22.2", true },
		{ "service", "nemo-platform 0.6.0", true },
	};
	struct results *rs = begin("release candidate 2026.2-rc3");

	gate(rs, "gateway");
	fill(rs, NULL);
	three_failures(rs);
	exceptions(rs);
	rs->planned = results_count(rs, NULL).total;
	rs->took_us = 38400000;
	rs->parts = parts_of(rs, parts, ARRAY_LEN(parts));
	return rs;
}

static struct check gate_checks[] = {
	{ "the target's process lives", false, true, "running",
	  "exit status 1; its last words:\n"
	  "[critical][main] error initializing configuration 'envoy.yaml': Unable to parse "
	  "JSON\n"
	  "Didn't find a registered implementation for 'envoy.filters.http.router' with type "
	  "URL: ''\n[info][main] exiting" },
};

static struct results *broken(void)
{
	struct results *rs = begin("envoy 1.40.0 (gateway)");

	gate(rs, "gateway");
	rs->items[0].verdict = BROKEN;
	rs->items[0].reason = "GET http://127.0.0.1:43107/health/live, 41 times: connection "
			      "refused";
	rs->items[0].checks = gate_checks;
	rs->items[0].n_checks = 1;
	rs->items[0].remedy = "Give http_filters / envoy.filters.http.router a typed_config.";
	rs->items[0].again = "gauntlet doctor --target envoy.yaml";
	fill(rs, "gateway");
	for (size_t i = 1; i < rs->n; i++) {
		rs->items[i].verdict = BROKEN;
		rs->items[i].reason = "the target did not start";
	}
	rs->planned = results_count(rs, NULL).total;
	return rs;
}

static struct results *interrupted(void)
{
	struct results *rs = begin("nginx 1.22.1 (gateway)");

	gate(rs, "gateway");
	fill(rs, "gateway");
	rs->planned = rs->n - 1;
	rs->n = 41;
	rs->stopped = "stopped by Ctrl-C";
	return rs;
}

static struct results *empty(void)
{
	return begin("reference platform (cli, gateway, pdp, service)");
}

static struct results *skipped(void)
{
	struct results *rs = begin("nginx 1.22.1 (gateway)");

	fill(rs, "gateway");
	for (size_t i = 0; i < rs->n; i++) {
		rs->items[i].verdict = SKIPPED;
		rs->items[i].reason = "needs http2: not claimed by nginx.yaml";
	}
	rs->planned = results_count(rs, NULL).total;
	return rs;
}

static struct results *waivers(void)
{
	struct results *rs = passed();
	struct result *r = find(rs, "403/promise-gateway-1@azure");

	fail_with(r, bundle_checks, ARRAY_LEN(bundle_checks), NULL, 0);
	r->known = "fixed in 1.23";
	r->known_owner = "gateway team";
	r->known_link = "https://tracker.example.test/77";
	r->known_until = "2026-01-31";
	r->known_expired = true;
	r = find(rs, "403/promise-gateway-0@azure");
	fail_with(r, bundle_checks, ARRAY_LEN(bundle_checks), NULL, 0);
	r->known = "we read the page otherwise";
	r->known_disputed = true;
	r->known_intermittent = true;
	r = find(rs, "401/promise-gateway-0@okta");
	r->known = "was broken in 1.21";
	r->known_fixed = true;
	r = find(rs, "401/promise-gateway-1@okta");
	r->flaky = true;
	r->attempts = 2;
	r = find(rs, "401/promise-gateway-2@okta");
	r->verdict = SKIPPED;
	r->required = true;
	r->reason = "not claimed by nginx.yaml";
	rs->gated = true;
	return rs;
}

static struct check hostile_checks[] = {
	{ "<script>alert(1)</script> & \"quotes\" ]]> \x01\x08", false, false,
	  "a::b,c%d\r\n::error::forged", "\xff\xfe not UTF-8 \xed\xa0\x80 \033[31mred\033[0m" },
};
static struct hop hostile_hops[] = {
	{ 0, "client", "gateway", "GET /<img src=x onerror=alert(1)>  ]]>\nnot ok 1 - forged",
	  "</pre><script>alert(2)</script>\n...\nBail out! # TODO", false, true,
	  "\" onload=\"alert(3)" },
	{ 1000, "somebody <b>else</b>", "service", NULL, NULL, true },
};

static struct results *hostile(void)
{
	struct results *rs = begin("<b>envoy</b> & Söhne ]]> \xe2\x80\xae");
	struct result *r;

	fill(rs, "pdp");
	r = &rs->items[0];
	fail_with(r, hostile_checks, 1, hostile_hops, ARRAY_LEN(hostile_hops));
	r->id = "403/hostile#\\'\"<i>%0A@azure";
	r->title = "title # TODO not \\# really\nBail out!";
	r->promise = "| a | b |\n---\n# head <script>alert(4)</script>";
	r->remedy = "`code` **bold** [x](javascript:alert(5))";
	r->again = "gauntlet run --only '403/hostile' ; echo \"$(x)\"";
	r->file = "suites/403/a,b:c.c";
	r->line = 1;
	rs->items[1].verdict = SKIPPED;
	rs->items[1].reason = "line one\nline # two ]]> <b>";
	rs->sections[1].title = "403 <Forbidden> & \"more\"";
	rs->planned = results_count(rs, NULL).total;
	return rs;
}

static struct results *thousands(size_t failing)
{
	struct results *rs = failed();
	size_t round = 0;

	while (rs->n < 5000) {
		struct result *r = add(rs);

		*r = rs->items[1 + round % 200];
		r->row = arena_printf(rs->arena, "%s-%zu", r->row, round);
		r->id = arena_printf(rs->arena, "%s@%s", r->row, r->provider);
		if (failing && round % (4700 / failing) == 0) {
			fail_with(r, forged_checks, ARRAY_LEN(forged_checks), forged_hops,
				  ARRAY_LEN(forged_hops));
			r->known = NULL;
		} else {
			r->verdict = PASSED;
		}
		round++;
	}
	rs->planned = results_count(rs, NULL).total;
	return rs;
}

static struct results *many(void)
{
	return thousands(0);
}

static struct results *bad(void)
{
	return thousands(400);
}

static const struct {
	const char *name;
	struct results *(*make)(void);
} sets[] = {
	{ "passed", passed },	{ "failed", failed },
	{ "broken", broken },	{ "interrupted", interrupted },
	{ "empty", empty },	{ "skipped", skipped },
	{ "waivers", waivers }, { "hostile", hostile },
	{ "many", many },	{ "bad", bad },
};

const char *const set_names[] = { "passed", "failed",  "broken",  "interrupted",
				  "empty",  "skipped", "waivers", "hostile",
				  "many",   "bad",     NULL };

struct results *set_make(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		if (strcmp(sets[i].name, name) == 0)
			return sets[i].make();
	}
	return NULL;
}
