/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/control.h"
#include "idp-sim/doors.h"
#include "idp-sim/overlay.h"
#include "idp-sim/record.h"
#include "idp-sim/change.h"
#include "idp-sim/redact.h"
#include "idp-sim/registry.h"
#include "idp-sim/session.h"
#include "idp-sim/shared.h"
#include "idp-sim/tls.h"
#include "idp-sim/base/url.h"

#include <malloc.h>
#include <string.h>

enum { MANY = 200000 };
/* Twice what servers usually take; the HTTP library clears it for each request. */
enum { CONNECTION_MEMORY = 16 << 10 };

/* ---- start ---- */

static const char *const usual_providers[] = { "azure", "okta", "keycloak", NULL };

static void copy_options(struct idp *s, const struct idp_options *o)
{
	struct arena *a = s->arena = arena_new();

	s->options = *o;
	s->options.config = arena_str(a, o->config);
	s->options.address = arena_str(a, o->address);
	s->options.public_url = arena_str(a, o->public_url);
	s->options.tls_dir = arena_str(a, o->tls_dir);
	s->options.keys = arena_str(a, o->keys);
	s->options.alg = arena_str(a, o->alg);
	s->options.state = arena_str(a, o->state);
	s->options.providers = NULL;
	s->options.listens = s->options.public_urls = NULL;
}

static void make_stores(struct idp *s)
{
	s->devices = shared_store(s, &device_kind, MANY);
	s->user_codes = shared_store(s, &user_code_kind, MANY);
	s->codes = shared_store(s, &code_kind, MANY);
	s->sessions = shared_store(s, &session_kind, MANY);
	s->sign_ins = shared_store(s, &sign_in_kind, MANY);
	s->browsers = shared_store(s, &browser_kind, MANY);
	s->revoked = shared_store(s, &revoked_kind, MANY);
	s->rates = shared_store(s, &rate_kind, MANY);
}

static void set_clock(struct idp *s)
{
	s->started_at_ms = s->options.start_at ? 1000 * s->options.start_at : 0;
	if (s->started_at_ms)
		clk_set_ms(&s->clk, s->started_at_ms);
}

static bool load_providers(struct idp *s, const char *const *names, struct err *err)
{
	for (size_t i = 0; names[i]; i++) {
		struct provider *p;

		if (s->n_providers == MAX_PROVIDERS)
			return fail(err, ERR_INPUT, "more than %d providers", MAX_PROVIDERS);
		p = provider_load(names[i], err);
		if (!p)
			return false;
		provider_slim(p);
		s->providers[s->n_providers++] = p;
		if (!registry_keys(s, p, err))
			return err_note(err, "keys of provider '%s'", p->name);
	}
	return true;
}

/* A certificate that is made also names where it is reached. */
static bool make_certificate(struct idp *s, struct err *err)
{
	enum { MAX_NAMES = 64 };
	const char *address = s->options.address, *url = s->options.public_url;
	bool any = !address || !strcmp(address, "0.0.0.0") || !strcmp(address, "::");
	struct url at = { .host = "" };
	struct err none = { 0 };

	if (url && !url_parse(url, &at, &none))
		*at.host = 0;
	const char *names[MAX_NAMES + 2] = { any ? "" : address, at.host };
	doors_hosts(s, names + 2, MAX_NAMES);
	s->tls = calloc(1, sizeof(*s->tls));
	if (!s->tls || !tls_init(s->tls, s->options.tls_dir, names, err))
		return err_note(err, "TLS");
	s->ca_file = s->tls->ca_file ? strdup(s->tls->ca_file) : NULL;
	return true;
}

/* HTTPS beside HTTP. */
static bool tls_on(struct idp *s, struct web_options o, struct err *err)
{
	o.port = s->options.tls_port;
	o.tls_cert = s->tls->cert_pem;
	o.tls_key = s->tls->key_pem;
	s->web_tls = web_start(&o, err);
	if (!s->web_tls)
		return err_note(err, "the TLS listener");
	s->tls_origin = strdup(web_origin(s->web_tls));
	return true;
}

static bool make_doors(struct idp *s, const struct idp_options *o, struct err *err)
{
	for (const char *const *l = o->listens; l && *l; l++)
		if (!doors_listen(s, *l, err))
			return err_note(err, "--listen");
	for (const char *const *u = o->public_urls; u && *u; u++)
		if (!doors_public(s, *u, err))
			return err_note(err, "--public-url");
	return (!s->options.tls && !doors_want_tls(s)) || make_certificate(s, err);
}

static bool listen_on(struct idp *s, struct err *err)
{
	struct web_options o = {
		.address = s->options.address,
		.port = s->options.port,
		.threads = s->options.threads > 0 ? s->options.threads
						  : (int)sysconf(_SC_NPROCESSORS_ONLN),
		.memory = CONNECTION_MEMORY,
		.handle = serve,
		.ctx = s,
	};

	if (!doors_open(s, &o, err))
		return false;
	s->web = web_start(&o, err);
	if (!s->web)
		return err_note(err, "the simulated surface");
	s->origin = strdup(web_origin(s->web));
	return !s->options.tls || tls_on(s, o, err);
}

static bool control_on(struct idp *s, struct err *err)
{
	struct web_options o = {
		.address = s->options.address,
		.port = s->options.control_port,
		.handle = control_handle,
		.ctx = s,
	};

	if (s->options.control_port < 0)
		return true;
	s->control = web_start(&o, err);
	if (!s->control)
		return err_note(err, "the control API");
	s->control_origin = strdup(web_origin(s->control));
	return true;
}

/* The option, else the configuration, says where the state is. */
static bool find_state(struct idp *s, struct err *err)
{
	const char *of_config = NULL;

	if (!overlay_state(s, &of_config, err))
		return false;
	if (!s->options.state)
		s->options.state = of_config;
	if (!s->options.state || !strcmp(s->options.state, "memory"))
		return true;
	if (s->options.seed)
		return fail(err, ERR_INPUT,
			    "a seed gives every copy the same codes: leave --seed out with "
			    "--state");
	return shared_open(s, s->options.state, err);
}

static bool begin(struct idp *s, const struct idp_options *o, struct err *err)
{
	struct journal_options j = { .clk = &s->clk, .on_line = o->on_line, .ctx = o->ctx };

	s->journal = journal_new(&j);
	s->troubles = troubles_new();
	if (!find_state(s, err))
		return false;
	make_stores(s);
	return load_providers(s, o->providers ? o->providers : usual_providers, err) &&
	       overlay_load(s, err) && shared_join(s, err) && make_doors(s, o, err) &&
	       listen_on(s, err) && control_on(s, err);
}

struct idp *idp_start(const struct idp_options *o, struct err *err)
{
	struct idp *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->rng.seed = o->seed;
	s->up_since_ms = clk_mono_ms();
	pthread_mutex_init(&s->change, NULL);
	pthread_mutex_init(&s->reload, NULL);
	copy_options(s, o);
	set_clock(s);
	rng_bytes(&s->rng, s->secret, sizeof(s->secret));
	if (begin(s, o, err)) {
#ifdef __GLIBC__
		malloc_trim(0); /* what reading the files took */
#endif
		change_note(); /* another one may have been at this address */
		return s;
	}
	idp_stop(s);
	return NULL;
}

void idp_stop(struct idp *s)
{
	if (!s)
		return;
	if (s->journal)
		journal_close(s->journal);
	web_stop(s->control);
	web_stop(s->web);
	web_stop(s->web_tls);
	doors_close(s);
	store_free(s->devices);
	store_free(s->user_codes);
	store_free(s->codes);
	store_free(s->sessions);
	store_free(s->sign_ins);
	store_free(s->browsers);
	store_free(s->revoked);
	store_free(s->rates);
	shared_close(s);
	for (size_t i = 0; i < s->n_providers; i++)
		provider_free(s->providers[i]);
	for (size_t i = 0; i < s->n_retired; i++)
		provider_free(s->retired[i]);
	free(s->retired);
	troubles_free(s->troubles);
	journal_free(s->journal);
	free(s->origin);
	free(s->tls_origin);
	free(s->control_origin);
	free(s->ca_file);
	if (s->tls)
		tls_done(s->tls);
	free(s->tls);
	pthread_mutex_destroy(&s->change);
	pthread_mutex_destroy(&s->reload);
	arena_free(s->arena);
	free(s);
}

/* ---- what idp.h asks ---- */

const char *idp_origin(const struct idp *s)
{
	return s->options.public_url ? s->options.public_url : s->origin;
}

const char *idp_local_origin(const struct idp *s)
{
	return s->origin;
}

const char *idp_tls_origin(const struct idp *s)
{
	return s->tls_origin;
}

const char *idp_control_origin(const struct idp *s)
{
	return s->control_origin;
}

const char *idp_ca_file(const struct idp *s)
{
	return s->ca_file;
}

json_t *idp_origins(const struct idp *s)
{
	return doors_describe(s);
}

struct clk *idp_clock(struct idp *s)
{
	return &s->clk;
}

struct provider *idp_provider(const struct idp *s, const char *name)
{
	for (size_t i = 0; name && i < s->n_providers; i++)
		if (!strcmp(idp_nth(s, i)->name, name))
			return idp_nth(s, i);
	return NULL;
}

const char *tenant_issuer(struct idp *s, const struct provider *p, const struct tenant *t,
			  struct arena *a)
{
	struct exchange x;

	exchange_init(&x, s, p, t, a);
	return exchange_issuer(&x);
}

const char *idp_issuer(const struct idp *s, const char *provider)
{
	struct provider *p = idp_provider(s, provider);
	const char *issuer;

	if (!p)
		return NULL;
	pthread_mutex_lock(&((struct idp *)s)->change);
	if (!p->first_issuer)
		p->first_issuer = tenant_issuer((struct idp *)s, p,
						provider_tenant(p, p->first_tenant), p->arena);
	issuer = p->first_issuer;
	pthread_mutex_unlock(&((struct idp *)s)->change);
	return issuer;
}

/* ---- as at start ---- */

void idp_reset(struct idp *s)
{
	struct err err = { 0 };

	store_clear(s->devices);
	store_clear(s->user_codes);
	store_clear(s->codes);
	store_clear(s->sessions);
	store_clear(s->sign_ins);
	store_clear(s->browsers);
	store_clear(s->revoked);
	store_clear(s->rates);
	(void)!troubles_clear(s->troubles, 0);
	journal_reset(s->journal);
	for (size_t i = 0; i < s->n_providers; i++)
		(void)!registry_reset(s, s->providers[i], &err);
	(void)!overlay_load(s, &err); /* it was good at start */
	clk_freeze(&s->clk, false);
	clk_set_ms(&s->clk, s->started_at_ms ? s->started_at_ms : clk_now_ms(NULL));
	shared_clock(s);
}

/* ---- what an exchange holds ---- */

struct kept {
	struct record *record;
	struct kept *next;
};

void exchange_keep(struct exchange *x, struct record *r)
{
	struct kept *k = arena_alloc(x->arena, sizeof(*k));

	*k = (struct kept) { .record = r, .next = x->kept };
	x->kept = k;
}

void exchange_done(struct exchange *x)
{
	for (struct kept *k = x->kept; k; k = k->next)
		record_unref(k->record);
	if (x->device)
		record_unref(&x->device->record);
	if (x->sign_in)
		record_unref(&x->sign_in->record);
}

void idp_secrets(struct idp *s, int64_t since,
		 void (*seen)(void *ctx, const char *value, size_t n), void *ctx)
{
	redact_watch(seen, ctx);
	json_decref(journal_read(s->journal, since, NULL));
	redact_watch(NULL, NULL);
}
