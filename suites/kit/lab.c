/* SPDX-License-Identifier: Apache-2.0 */
/* lab.c - a lab: one simulator, and the parts around the target for each surface. */
#include "suites/kit/lab.h"

#include "suites/kit/caches.h"
#include "suites/kit/imposter.h"
#include "suites/kit/names.h"
#include "suites/kit/people.h"
#include "suites/kit/places.h"
#include "suites/kit/reach.h"
#include "suites/kit/relay.h"
#include "suites/kit/tenant.h"

#include "idp-sim/base/conf.h"
#include "idp-sim/base/file.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* ---- the lab ---- */

static const char *const provider_names[] = { "azure", "okta", "keycloak", NULL };

static bool start_simulator(struct lab *l, struct err *err)
{
	const char *listen = place_listen(l, "idp"), *colon = strrchr(listen, ':');
	struct idp_options o = {
		.providers = provider_names,
		.address = arena_dup(l->arena, listen, (size_t)(colon - listen)),
		.port = (int)strtol(colon + 1, NULL, 10),
		.control_port = -1,
		.threads = 1,
		.seed = l->o.seed ? l->o.seed : 42,
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

bool lab_open(struct lab *l, enum surface surface, const char *provider, struct err *err)
{
	return lab_arrange(l, surface, provider, NULL, err);
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

/* ---- the parts ---- */

/* Who talks over a recorder. */
struct wiretap {
	struct lab *lab;
	const char *from, *to;
};

static void on_message(void *ctx, bool answer, const char *bytes, size_t n)
{
	const struct wiretap *w = ctx;

	hops_message(w->lab, answer ? w->to : w->from, answer ? w->from : w->to, answer, bytes,
		     n);
}

static struct recorder *tap(struct lab *l, const char *from, const char *to,
			    const char *forward, struct err *err)
{
	struct wiretap *w = arena_alloc(l->now.arena, sizeof(*w));
	struct recorder_options o = {
		.listen = place_listen(l, to ? to : "entities"),
		.forward = forward,
		.on_message = from ? on_message : NULL,
		.ctx = w,
	};

	*w = (struct wiretap) { l, from, to };
	return recorder_start(&o, err);
}

static const char *target_part(const struct lab *l)
{
	return l->now.surface == GATEWAY   ? "gateway"
	       : l->now.surface == SERVICE ? "service"
					   : "gateway";
}

/* The same for a part that a target of somebody else's asks: perhaps it speaks TLS there. */
static struct recorder *tap_placed(struct lab *l, const char *part, const char *forward,
				   struct relay **ret, struct err *err)
{
	bool entities = strcmp(part, "entities") == 0;
	struct recorder *r =
		tap(l, entities ? NULL : target_part(l), entities ? NULL : part, forward, err);

	if (r && place_relay(l, part, recorder_url(r), ret, err))
		return r;
	recorder_stop(r);
	return NULL;
}

static struct reference_options part_options(struct lab *l)
{
	struct assembly *s = &l->now;

	return (struct reference_options) {
		.edition = l->edition,
		.config = &s->config,
		.mutants = &l->mutants,
		.listen = arena_printf(s->arena, "%s:0", l->o.address),
		.pdp_url = s->liar ? recorder_url(s->liar) : NULL,
		.ca_file = l->target->tenant ? l->target->tenant->ca_file : NULL,
		.idp_public = idp_origin(l->idp),
		.idp_local = idp_local_origin(l->idp),
	};
}

static bool start_service(struct lab *l, struct err *err)
{
	struct reference_options o = part_options(l);

	l->now.service = reference_start_service(&o, err);
	return l->now.service ? true : err_note(err, "reference service");
}

static bool start_pdp(struct lab *l, struct err *err)
{
	struct reference_options o = part_options(l);
	struct assembly *s = &l->now;

	o.pdp_url = NULL;
	o.entities_url = s->service ? reference_url(s->service)
				    : l->target->url(l->target->ctx, s->instance);
	s->pdp = reference_start_pdp(&o, err);
	if (!s->pdp)
		return err_note(err, "reference auth service");
	recorder_forward(s->liar, reference_url(s->pdp));
	return true;
}

static bool start_gateway(struct lab *l, struct err *err)
{
	struct reference_options o = part_options(l);

	o.upstream_url = reference_url(l->now.service);
	l->now.gateway = reference_start_gateway(&o, err);
	return l->now.gateway ? true : err_note(err, "reference gateway");
}

/* What a CLI talks to: face -> api -> gateway. */
static bool start_face(struct lab *l, struct err *err)
{
	struct assembly *s = &l->now;

	if (!start_gateway(l, err))
		return false;
	s->api = tap(l, NULL, NULL, reference_url(s->gateway), err);
	s->stranger = tap(l, "cli", "stranger", NULL, err);
	if (s->api && s->stranger)
		s->face = tap(l, "cli", "platform", recorder_url(s->api), err);
	return s->face != NULL;
}

/* A free port of our own address: nobody else takes ports there. */
static char *free_listen(struct lab *l)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, l->o.address, &a.sin_addr);
	if (bind(fd, (struct sockaddr *)&a, n) == 0)
		getsockname(fd, (struct sockaddr *)&a, &n);
	close(fd);
	return arena_printf(l->now.arena, "%s:%d", l->o.address, ntohs(a.sin_port));
}

/* The bundle is beside the decisions where they have a fixed place. */
static const char *bundle_url(struct lab *l)
{
	const char *at = reference_url(l->now.pdp);
	const char *seen = place_seen(l, "pdp", at);

	return arena_printf(l->now.arena, "%s%s", seen, edition_path(l->edition, "bundle"));
}

static void make_urls(struct lab *l)
{
	struct assembly *s = &l->now;
	struct lab_urls *u = &s->urls;

	*u = (struct lab_urls) {
		.provider = s->provider,
		.issuer = s->config.issuer,
		.idp = idp_origin(l->idp),
		.platform = s->face	  ? recorder_url(s->face)
			    : s->entities ? place_seen(l, "entities", recorder_url(s->entities))
			    : s->service  ? reference_url(s->service)
					  : NULL,
		.pdp = place_seen(l, "pdp", recorder_url(s->liar)),
		.upstream = s->upstream ? place_seen(l, "upstream", recorder_url(s->upstream))
					: NULL,
		.gateway_listen = s->surface == GATEWAY ? free_listen(l) : NULL,
		.pdp_listen = s->surface == PDP ? free_listen(l) : NULL,
		.service_listen = s->surface == SERVICE ? free_listen(l) : NULL,
		.bundle_url = s->pdp ? bundle_url(l) : NULL,
		.home = s->home,
		.ca_file = places_ca_file(l),
		.client_id = s->config.client_id,
		.audience = s->config.audience,
		.edition = edition_name(l->edition),
		.configuration = s->configuration,
		.settings = s->settings,
	};
}

static bool start_target(struct lab *l, struct err *err)
{
	struct assembly *s = &l->now;

	make_urls(l);
	if (!l->target->start(l->target->ctx, &s->urls, &s->instance, err))
		return reach_explain(l, err) ||
		       err_note(err, "%s %s", l->target->name,
				l->target->attached ? "is not ready" : "does not start");
	return true;
}

void log_add(struct lab *l, const char *line)
{
	pthread_mutex_lock(&l->hops.lock);
	if (l->log_n < sizeof(l->log))
		l->log_n += (size_t)snprintf(l->log + l->log_n, sizeof(l->log) - l->log_n,
					     "%s\n", line);
	pthread_mutex_unlock(&l->hops.lock);
}

bool lab_again(struct lab *l, bool blind, struct err *err)
{
	struct assembly *s = &l->now;

	s->spoiled = true;
	if (!recorder_refuse(s->entities, blind, err))
		return false;
	l->target->stop(l->target->ctx, s->instance);
	s->instance = NULL;
	s->instance_part = NULL;
	return start_target(l, err);
}

/* The order follows from who must know whose URL; see the picture in lab.h. */
static bool start_parts(struct lab *l, struct err *err)
{
	struct assembly *s = &l->now;

	s->liar = tap_placed(l, "pdp", NULL, &s->relays[0], err);
	if (!s->liar)
		return false;
	if (s->surface == SERVICE) /* a foreign one may not tell our PDP what it holds */
		return (l->embedded || start_service(l, err)) && start_target(l, err) &&
		       start_pdp(l, err);
	if (!start_service(l, err) || !start_pdp(l, err))
		return false;
	if ((s->surface & (CLI | SDK)) && !start_face(l, err))
		return false;
	if (s->surface == PDP) {
		s->entities = tap_placed(l, "entities", reference_url(s->service),
					 &s->relays[1], err);
		if (!s->entities)
			return false;
	}
	if (s->surface == GATEWAY) {
		s->upstream = tap_placed(l, "upstream", NULL, &s->relays[1], err);
		if (!s->upstream)
			return false;
	}
	return start_target(l, err);
}

void lab_clear(struct lab *l)
{
	struct assembly *s = &l->now;

	if (s->instance)
		l->target->stop(l->target->ctx, s->instance);
	for (size_t i = 0; i < ARRAY_LEN(s->relays); i++)
		relay_stop(s->relays[i]);
	reference_stop(s->gateway);
	recorder_stop(s->face);
	recorder_stop(s->api);
	recorder_stop(s->stranger);
	imposter_free(s->imposter);
	recorder_stop(s->upstream);
	recorder_stop(s->liar);
	recorder_stop(s->entities);
	reference_stop(s->pdp);
	reference_stop(s->service);
	json_decref(s->settings);
	if (s->home[0] && !l->o.keep)
		file_remove_tree(s->home);
	arena_free(s->arena);
	*s = (struct assembly) { 0 };
}

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
	if (!start_parts(l, err) || !lab_seed(l, NULL, err)) {
		lab_clear(l);
		return false;
	}
	s->up = true;
	return true;
}

/* ---- state ---- */

static struct reference *entities(struct lab *l)
{
	if (l->now.service)
		return l->now.service;
	return l->now.surface == SERVICE && l->embedded ? l->now.instance_part : NULL;
}

bool lab_store(struct lab *l, const json_t *more, struct err *err)
{
	AUTO(json_t) json_t *state = people_state();
	struct reference *service = entities(l);

	if (more)
		json_object_update_recursive(state, (json_t *)(uintptr_t)more);
	tenant_rename(l, state);
	state = names_out_json(l, state);
	if (service && !reference_seed(service, state, err))
		return err_note(err, "workspaces of the lab");
	/* A foreign service may take them by a way of its own. */
	if (l->now.surface == SERVICE && !l->embedded && l->target->push) {
		names_note_state(l, state);
		return l->target->push(l->target->ctx, l->now.instance, state, err);
	}
	return true;
}

/* A foreign PDP that is pushed to gets what the bundle would bring it. */
static bool push_policy(struct lab *l, struct err *err)
{
	AUTO(json_t) json_t *policy = NULL;

	if (l->now.surface != PDP || !l->now.pdp || !l->target->push)
		return true;
	policy = reference_policy(l->now.pdp);
	return l->target->push(l->target->ctx, l->now.instance,
			       json_object_get(policy, "authz"), err);
}

bool lab_seed(struct lab *l, const json_t *more, struct err *err)
{
	struct assembly *s = &l->now;
	struct reference *target = l->embedded && s->surface == PDP ? s->instance_part : NULL;

	if (!lab_store(l, more, err))
		return false;
	if ((s->pdp && !reference_refresh(s->pdp, err)) ||
	    (target && !reference_refresh(target, err)))
		return err_note(err, "workspaces of the lab");
	return push_policy(l, err);
}

static void remove_config(struct lab *l)
{
	const char *path = l->target->config_path
				   ? l->target->config_path(l->target->ctx, l->now.instance)
				   : NULL;
	char *dir = path ? arena_str(l->now.arena, path) : NULL;

	if (!dir || !strrchr(dir, '/'))
		return;
	*strrchr(dir, '/') = '\0';
	file_remove_tree(dir);
}

static bool reset_simulator(struct lab *l, struct err *err)
{
	int status = 0;

	json_decref(idp_call(l->idp, "POST", "/_sim/reset", NULL, &status));
	l->troubled = false;
	l->journal_from = 0;
	if (status >= 300)
		return fail(err, ERR_SYSTEM, "the simulator cannot be reset");
	return people_register(l, err);
}

bool lab_reset(struct lab *l, struct err *err)
{
	struct assembly *s = &l->now;
	struct recorder *recorders[] = { s->face,     s->api,  s->stranger,
					 s->upstream, s->liar, s->entities };

	for (size_t i = 0; i < ARRAY_LEN(recorders); i++) {
		if (!recorders[i])
			continue;
		recorder_reset(recorders[i]);
		if (!recorder_refuse(recorders[i], false, err))
			return false;
	}
	if (s->pdp) /* it was started before the one it stands in front of */
		recorder_forward(s->liar, reference_url(s->pdp));
	if (s->surface & (CLI | SDK))
		remove_config(l);
	if (l->troubled && !reset_simulator(l, err))
		return false;
	names_after_row(l);
	if (s->dirty && !lab_seed(l, NULL, err))
		return false;
	s->dirty = false;
	caches_after_row(l);
	if (s->spoiled)
		lab_clear(l);
	return true;
}
