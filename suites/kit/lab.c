/* SPDX-License-Identifier: Apache-2.0 */
/* lab.c - a lab: one simulator, and the parts around the target for each surface. */
#include "suites/kit/lab.h"

#include "suites/kit/people.h"
#include "suites/kit/places.h"
#include "suites/kit/relay.h"

#include "idp-sim/base/file.h"

#include <string.h>

/* ---- the lab ---- */

static const char *const provider_names[] = { "azure", "okta", "keycloak", NULL };

/* FNV-1a, goes on from h; NULL adds nothing. */
static uint64_t hashed(uint64_t h, const char *text)
{
	for (; text && *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	return h;
}

/* No two labs of a run draw the same codes: what is a secret in one would be an id in another,
 * and a report would seem to tell it. */
static uint64_t seed_of_codes(const struct lab *l)
{
	static uint64_t labs;
	const char *home = strrchr(l->o.home, '/');
	uint64_t seed = (l->o.seed ? l->o.seed : 42) + (++labs << 32);

	seed = hashed(hashed(seed, home ? home : l->o.home), l->target->name);
	return seed ? seed : 1;
}

static bool start_simulator(struct lab *l, struct err *err)
{
	const char *listen = place_listen(l, "idp"), *colon = strrchr(listen, ':');
	struct idp_options o = {
		.providers = provider_names,
		.address = arena_dup(l->arena, listen, (size_t)(colon - listen)),
		.port = (int)strtol(colon + 1, NULL, 10),
		.control_port = l->o.control ? 0 : -1,
		.threads = 1,
		.seed = seed_of_codes(l),
		.public_url = place_seen(l, "idp", NULL),
	};

	l->idp = idp_start(&o, err);
	if (!l->idp)
		return err_note(err, "simulator");
	return place_relay(l, "idp", idp_local_origin(l->idp), &l->idp_relay, err) &&
	       people_register(l, err);
}

static enum edition_bit bit_of(const char *name)
{
	return strcmp(name, "nmp") == 0		   ? NMP
	       : strcmp(name, "nemo-callout") == 0 ? CALLOUT
						   : NEMO;
}

static bool lab_init(struct lab *l, struct err *err)
{
	const char *edition = l->o.edition ? l->o.edition : "nemo";

	for (size_t i = 0; l->o.mutants && l->o.mutants[i]; i++)
		if (!mutants_add(&l->mutants, l->o.mutants[i], err))
			return false;
	l->edition = edition_load(edition, err);
	if (!l->edition)
		return err_note(err, "edition '%s'", edition);
	l->edition_bit = bit_of(edition_name(l->edition));
	if (!l->target)
		l->target = l->embedded = embedded_target_new(l);
	return file_mkdirs(l->o.home, 0700, err) && places_open(l, err) &&
	       start_simulator(l, err);
}

struct lab *lab_new(const struct lab_options *o, struct err *err)
{
	struct lab *l = calloc(1, sizeof(*l));

	if (!l)
		abort();
	l->o = *o;
	l->arena = arena_new();
	l->target = o->target;
	pthread_mutex_init(&l->hops.lock, NULL);
	if (lab_init(l, err))
		return l;
	lab_free(l);
	return NULL;
}

void lab_free(struct lab *l)
{
	if (!l)
		return;
	lab_clear(l);
	relay_stop(l->idp_relay);
	idp_stop(l->idp);
	places_close(l);
	json_decref(l->tokens);
	embedded_target_free(l->embedded);
	edition_free(l->edition);
	arena_free(l->arena);
	pthread_mutex_destroy(&l->hops.lock);
	free(l);
}

bool lab_open(struct lab *l, enum surface surface, const char *provider,
	      const struct scenario *row, struct err *err)
{
	return lab_arrange(l, surface, provider, row ? row->configuration : NULL, err);
}

const char *lab_door(const struct lab *l)
{
	return lab_front(l) ? lab_front(l) : l->now.urls.platform;
}

const char *lab_control(const struct lab *l)
{
	return idp_control_origin(l->idp);
}

const struct lab_urls *lab_places(const struct lab *l)
{
	return &l->now.urls;
}

const char *lab_front(const struct lab *l)
{
	return l->now.surface & (CLI | SDK) ? NULL
					    : l->target->url(l->target->ctx, l->now.instance);
}

const char *lab_pdp(const struct lab *l)
{
	if (l->now.surface == PDP)
		return l->target->url(l->target->ctx, l->now.instance);
	return l->now.pdp ? reference_url(l->now.pdp) : NULL;
}

/* ---- around a target ---- */

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

bool lab_arrange(struct lab *l, enum surface surface, const char *provider,
		 const char *configuration, struct err *err)
{
	struct assembly *s = &l->now;

	if (s->up && s->surface == surface && same(s->provider, provider) &&
	    same(s->configuration, configuration))
		return true;
	lab_clear(l);
	s->arena = arena_new();
	s->surface = surface;
	s->provider = arena_str(s->arena, provider);
	s->configuration = arena_str(s->arena, configuration);
	snprintf(s->home, sizeof(s->home), "%s/%s-%u", l->o.home, provider, ++l->homes);
	if (!file_mkdirs(s->home, 0700, err) ||
	    !config_make(l, s->arena, provider, configuration, &s->config, err))
		return false;
	s->settings = config_json(&s->config);
	if (!lab_start_parts(l, err) || !lab_seed(l, NULL, err)) {
		lab_clear(l);
		return false;
	}
	s->up = true;
	return true;
}
