/* SPDX-License-Identifier: Apache-2.0 */
/* imposter.c - an identity provider over TLS whose certificate somebody should look at. */
#include "suites/kit/imposter.h"
#include "suites/kit/lab.h"

#include "idp-sim/base/web.h"
#include "idp-sim/tls.h"

#include <stdatomic.h>
#include <string.h>

struct imposter {
	struct web *web;
	struct tls tls;
	char *url;
	atomic_size_t count;
};

static const char device_answer[] =
	"{\"device_code\":\"imposter\",\"user_code\":\"IMPO-STER\",\"expires_in\":1,"
	"\"verification_uri\":\"https://imposter.example/device\",\"interval\":1}";

static void answer(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	struct imposter *i = ctx;

	atomic_fetch_add(&i->count, 1);
	web_text(rq, rp, 200, "application/json", device_answer, sizeof device_answer - 1);
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

static bool start(struct imposter *i, const char *address, enum imposter_name name,
		  struct err *err)
{
	const char *names[] = { name == IMPOSTER_ALIAS ? "imposter.example" : address, NULL };
	struct web_options o = { .address = address, .threads = 1, .handle = answer, .ctx = i };

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

const char *imposter_start(struct run *run, enum imposter_name name)
{
	struct imposter *i = calloc(1, sizeof *i);
	struct err err = { 0 };

	if (!i)
		abort();
	imposter_free(run->lab->now.imposter);
	run->lab->now.imposter = i;
	if (!start(i, run->lab->o.address, name, &err))
		run_broken(run, "imposter: %s", err.text);
	return i->url;
}

const char *imposter_ca(struct run *run)
{
	return run->lab->now.imposter->tls.ca_file;
}

size_t imposter_count(struct run *run)
{
	return atomic_load(&run->lab->now.imposter->count);
}
