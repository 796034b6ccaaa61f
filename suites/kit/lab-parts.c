/* SPDX-License-Identifier: Apache-2.0 */
/* lab-parts.c - the parts around a target: started in their order, known to each other, stopped. */
#include "suites/kit/lab.h"

#include "suites/kit/imposter.h"
#include "suites/kit/places.h"
#include "suites/kit/reach.h"
#include "suites/kit/relay.h"

#include "idp-sim/base/file.h"

#include <arpa/inet.h>
#include <string.h>

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
		.ca_file = l->target->tenant ? l->target->tenant->ca_file : s->trust_file,
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
	o.entities_url = s->service && !(s->surface == SERVICE && l->target->tells)
				 ? reference_url(s->service)
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

/* The bundle is beside the decisions where they have a fixed place. A decision point that shall
 * find no data is sent to the entity store, which refuses. */
static const char *bundle_url(struct lab *l)
{
	const char *at = recorder_url(l->now.blind ? l->now.entities : l->now.liar);
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
		.ca_file = s->trust_file ? s->trust_file : places_ca_file(l),
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
	s->blind = blind;
	if (!recorder_refuse(s->entities, blind, err))
		return false;
	l->target->stop(l->target->ctx, s->instance);
	s->instance = NULL;
	s->instance_part = NULL;
	return start_target(l, err);
}

/* The order follows from who must know whose URL; see the picture in lab.h. */
bool lab_start_parts(struct lab *l, struct err *err)
{
	struct assembly *s = &l->now;

	s->liar = tap_placed(l, "pdp", NULL, &s->relays[0], err);
	if (!s->liar)
		return false;
	if (s->surface == SERVICE) /* a foreign one need not tell our PDP what it holds */
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
