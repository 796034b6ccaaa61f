/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a real tenant, and what stands in their place. */
#include "idp-sim/program/record.h"
#include "idp-sim/program/replay-journey.h"

#include <string.h>

/* The tenant in an issuer, which the plan writes as "/realms/{tenant}"; NULL: none. */
static json_t *tenant_of(const char *url, const char *pattern)
{
	size_t n = strcspn(pattern, "{");
	const char *host = strstr(url, "://");
	const char *path = host ? strchr(host + 3, '/') : NULL;

	if (!path || strncmp(path, pattern, n) != 0)
		return NULL;
	return json_stringn(path + n, strcspn(path + n, "/"));
}

static bool is_secret(const char *name)
{
	return !strcmp(name, "secret") || !strcmp(name, "password");
}

/* Names that the provider itself makes of words: "default-roles-{tenant}". */
static void scrub_derived(struct recorder *r)
{
	struct journey real = { .bound = r->real, .arena = arena_new() };
	struct journey other = { .bound = json_object_get(r->plan, "cast"),
				 .arena = real.arena };
	json_t *text;
	size_t i;

	json_array_foreach(json_object_get(r->plan, "derived"), i, text)
		scrub_word(r->scrub, journey_text(&real, json_string_value(text)),
			   journey_text(&other, json_string_value(text)), false);
	arena_free(real.arena);
}

/* Real words become those of the built-in tenant, the origin first. */
static void scrub_words(struct recorder *r)
{
	const char *name;
	json_t *word;

	json_object_foreach(json_object_get(r->plan, "cast"), name, word) {
		const char *real = conf_str(r->real, name, NULL);
		bool origin = !strcmp(name, "origin");
		scrub_word(r->scrub, origin ? r->origin : real, json_string_value(word),
			   is_secret(name) || origin);
	}
	scrub_derived(r);
}

/* The bindings of a play-back: the built-in words, and where the endpoints are. */
static void set_stage(struct recorder *r)
{
	const char *name;
	json_t *value;

	json_object_foreach(r->real, name, value) {
		const json_t *other = conf_get(r->plan, "cast");
		AUTO(json_t) json_t *plain = scrub_tree(r->scrub, value);
		const char *text = json_string_value(plain);
		const char *host = text ? strstr(text, "://") : NULL;
		const char *path = host ? strchr(host + 3, '/') : NULL;
		other = json_object_get(other, name);
		if (other)
			json_object_set(r->stage, name, (json_t *)other);
		else if (text)
			json_object_set_new(r->stage, name, json_string(path ? path : text));
	}
}

static bool read_discovery(struct recorder *r, struct err *err)
{
	AUTO_ANSWER answer = { 0 };
	AUTO_BUF url = { 0 };
	AUTO(json_t) json_t *body = NULL;
	const char *name;
	json_t *value;

	buf_printf(&url, "%s/.well-known/openid-configuration", r->issuer);
	if (!wire_request("GET", url.p, NULL, NULL, 0, &r->wire, &answer, err))
		return false;
	body = json_loadb(answer.body ? answer.body : "", answer.body_len, 0, NULL);
	if (answer.status != 200 || !conf_str(body, "token_endpoint", NULL))
		return fail(err, ERR_NETWORK, "%s answered %d and no discovery document", url.p,
			    answer.status);
	json_object_foreach(body, name, value)
		if (json_is_string(value) && strstr(json_string_value(value), "://"))
			json_object_set(r->real, name, value);
	json_object_set_new(r->real, "issuer", json_string(r->issuer));
	json_t *tenant = tenant_of(conf_str(body, "issuer", r->issuer),
				   conf_str(r->plan, "issuer", "/"));
	if (!tenant)
		tenant = tenant_of(r->issuer, conf_str(r->plan, "issuer", "/"));
	if (tenant)
		json_object_set_new(r->real, "tenant", tenant);
	return true;
}

/* Without a client whose codes expire soon the public one has to do. */
static void stand_in(struct recorder *r)
{
	if (json_object_get(r->real, "short_client"))
		return;
	json_object_set(r->real, "short_client", json_object_get(r->real, "client"));
	json_object_set(r->stage, "short_client", json_object_get(r->stage, "client"));
}

bool record_words(struct recorder *r, struct err *err)
{
	if (!read_discovery(r, err))
		return false;
	scrub_words(r);
	set_stage(r);
	stand_in(r);
	return true;
}
