/* SPDX-License-Identifier: Apache-2.0 */
/* imposter.c - an identity provider over TLS whose certificate somebody should look at. */
#include "suites/kit/imposter.h"
#include "suites/kit/lab.h"

#include "idp-sim/base/file.h"
#include "idp-sim/base/web.h"
#include "idp-sim/base/wire.h"
#include "idp-sim/tls.h"

#include <stdatomic.h>
#include <string.h>

struct imposter {
	const struct idp *idp; /* the provider that it gives itself out for */
	struct web *web;
	struct tls tls;
	char *url;
	atomic_size_t count;
};

static const char device_answer[] =
	"{\"device_code\":\"imposter\",\"user_code\":\"IMPO-STER\",\"expires_in\":1,"
	"\"verification_uri\":\"https://imposter.example/device\",\"interval\":1}";

/* Every address of the provider becomes one here. */
static void rename_origin(const struct imposter *i, const char *text, struct buf *out)
{
	const char *origin = idp_origin(i->idp), *p;

	for (; (p = strstr(text, origin)); text = p + strlen(origin)) {
		buf_add(out, text, (size_t)(p - text));
		buf_str(out, i->url);
	}
	buf_str(out, text);
}

static void pass_on(const struct imposter *i, struct web_request *rq, struct web_reply *rp)
{
	const char *url =
		arena_printf(rq->arena, "%s%s", idp_local_origin(i->idp), rq->target);
	AUTO_ANSWER a = { 0 };
	AUTO_BUF body = { 0 };
	struct err err = { 0 };

	if (!wire_request("GET", url, NULL, NULL, 0, &(struct wire_to) { 0 }, &a, &err)) {
		web_text(rq, rp, 502, "text/plain", err.text, strlen(err.text));
		return;
	}
	rename_origin(i, a.body, &body);
	web_text(rq, rp, a.status, "application/json", body.p, body.n);
}

static void answer(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	struct imposter *i = ctx;

	atomic_fetch_add(&i->count, 1);
	if (!strcmp(rq->method, "GET"))
		pass_on(i, rq, rp);
	else
		web_text(rq, rp, 200, "application/json", device_answer,
			 sizeof device_answer - 1);
}

void imposter_free(struct imposter *i)
{
	if (!i)
		return;
	web_stop(i->web);
	tls_done(&i->tls);
	free(i->url);
	free(i);
}

static bool start(struct imposter *i, const char *address, int port, enum imposter_name name,
		  struct err *err)
{
	const char *names[] = { name == IMPOSTER_ALIAS ? "imposter.example" : address, NULL };
	struct web_options o = {
		.address = address, .port = port, .handle = answer, .ctx = i
	};

	if (name == IMPOSTER_EXPIRED ? !tls_init_expired(&i->tls, names, err)
				     : !tls_init(&i->tls, NULL, names, err))
		return false;
	o.tls_cert = i->tls.cert_pem;
	o.tls_key = i->tls.key_pem;
	i->web = web_start(&o, err);
	if (!i->web)
		return false;
	if (asprintf(&i->url, "https://%s:%d", address, web_port(i->web)) < 0)
		abort();
	return true;
}

const char *imposter_open(struct lab *l, enum imposter_name name, struct err *err)
{
	struct imposter *i = calloc(1, sizeof *i), *last = l->now.imposter;
	int port = last && last->web ? web_port(last->web) : 0;

	if (!i)
		abort();
	imposter_free(last);
	l->now.imposter = i;
	i->idp = l->idp;
	return start(i, l->o.address, port, name, err) ? i->url : NULL;
}

const char *imposter_start(struct run *run, enum imposter_name name)
{
	struct err err = { 0 };
	const char *url = imposter_open(run->lab, name, &err);

	if (!url)
		run_broken(run, "imposter: %s", err.text);
	return url;
}

const char *imposter_ca(struct run *run)
{
	return run->lab->now.imposter->tls.ca_file;
}

void imposter_trust(struct run *run, bool trusted)
{
	const char *trust = run->lab->now.trust_file;
	AUTO(char) char *pem = NULL;
	struct err err = { 0 };
	size_t n = 0;

	if (trusted && !file_read(imposter_ca(run), 1 << 20, &pem, &n, &err))
		run_broken(run, "imposter: %s", err.text);
	else if (!file_write(trust, pem ? pem : "", n, 0600, &err))
		run_broken(run, "imposter: %s", err.text);
}

size_t imposter_count(struct run *run)
{
	return atomic_load(&run->lab->now.imposter->count);
}
