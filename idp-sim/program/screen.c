/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/program/screen.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/program/command.h"
#include "idp-sim/program/ctl.h"
#include "version.h"

#include <string.h>

static json_t *providers_of(struct idp *s)
{
	int status;
	json_t *answer = idp_call(s, "GET", "/_sim/providers", NULL, &status);
	json_t *list = json_incref(json_object_get(answer, "providers"));

	json_decref(answer);
	return list;
}

static void print_providers(const json_t *list)
{
	size_t i, width = 40;
	json_t *p;

	json_array_foreach((json_t *)(uintptr_t)list, i, p) {
		size_t n = strlen(conf_str(p, "issuer", ""));
		width = n > width ? n : width;
	}
	printf("  %sprovider  %-*s  clients  users%s\n", ink(INK_DIM), (int)width, "issuer",
	       ink(INK_PLAIN));
	json_array_foreach((json_t *)(uintptr_t)list, i, p)
		printf("  %-8s  %s%-*s%s  %7zu  %5zu\n", conf_str(p, "name", ""), ink(INK_BLUE),
		       (int)width, conf_str(p, "issuer", ""), ink(INK_PLAIN),
		       json_array_size(json_object_get(p, "clients")),
		       json_array_size(json_object_get(p, "users")));
}

/* "alice bob carol dave ..." */
static void print_people(const json_t *list)
{
	const json_t *users = json_object_get(json_array_get(list, 0), "users");
	size_t i;
	json_t *u;

	json_array_foreach((json_t *)(uintptr_t)users, i, u) {
		if (i == 4) {
			printf(" ...");
			break;
		}
		const char *name =
			json_is_string(u) ? json_string_value(u) : conf_str(u, "name", "");
		printf(" %s", name);
	}
	putchar('\n');
}

static void print_origins(const struct idp *s)
{
	AUTO(json_t) json_t *origins = idp_origins(s);
	const char *name;
	json_t *origin;

	json_object_foreach(origins, name, origin)
		printf("  own       %s%s%s   %s alone\n", ink(INK_BLUE),
		       json_string_value(origin), ink(INK_PLAIN), name);
}

static void print_control(struct idp *s, const struct screen *sc, const json_t *list)
{
	const char *control = idp_control_origin(s), *tls = idp_tls_origin(s);
	char seed[32] = "random";

	if (sc->seed)
		snprintf(seed, sizeof(seed), "%lld", (long long)sc->seed);
	putchar('\n');
	if (control)
		printf("  console   %s%s/%s   approve sign-ins, troubles, clock, journal\n"
		       "  control   %s%s/_sim/%s   the same for programs; /_sim/openapi.json\n",
		       ink(INK_BLUE), control, ink(INK_PLAIN), ink(INK_BLUE), control,
		       ink(INK_PLAIN));
	if (tls)
		printf("  tls       %s%s%s   trust %s\n", ink(INK_BLUE), tls, ink(INK_PLAIN),
		       idp_ca_file(s) ? idp_ca_file(s) : "the certificate's own CA");
	print_origins(s);
	printf("  clock     %s      keys  %s      seed  %s      people ",
	       sc->frozen ? "frozen" : "running",
	       sc->keys ? sc->keys : "RS256, public test keys", seed);
	print_people(list);
}

/* Something to copy for each provider: a device login when it has one. */
static void print_curl(const json_t *p)
{
	const json_t *clients = json_object_get(p, "clients");
	const char *device = conf_str(p, "endpoints.device", NULL);
	const char *client = "platform-cli";
	size_t i;
	json_t *c;

	json_array_foreach((json_t *)(uintptr_t)clients, i, c) {
		if (json_is_true(json_object_get(c, "public"))) {
			client = conf_str(c, "id", client);
			break;
		}
	}
	if (device)
		printf("  curl -s %s -d client_id=%s -d scope=openid\n", device, client);
	else
		printf("  curl -s %s/.well-known/openid-configuration\n",
		       conf_str(p, "issuer", ""));
}

void screen_print(struct idp *s, const struct screen *sc)
{
	AUTO(json_t) json_t *list = providers_of(s);
	size_t i;
	json_t *p;

	printf("idp-sim %s: a simulated OpenID provider. Not a real one; every key in it is "
	       "public.\n\n",
	       IDP_SIM_VERSION);
	print_providers(list);
	print_control(s, sc, list);
	printf("\n%sTry it:%s\n", ink(INK_BOLD), ink(INK_PLAIN));
	json_array_foreach(list, i, p)
		print_curl(p);
	if (idp_control_origin(s))
		printf("  idp-sim ctl --control %s mint --user alice | idp-sim decode\n",
		       idp_control_origin(s));
	printf("\nReady in %lld ms. Ctrl-C stops. Requests follow, one a line.\n\n",
	       (long long)sc->took_ms);
	fflush(stdout);
}

/* By provider, and by "provider/tenant" where a tenant has an origin of its own. */
static json_t *issuers_of(const json_t *list, const json_t *origins)
{
	json_t *issuers = json_object(), *p, *t;
	size_t i, j;

	json_array_foreach((json_t *)(uintptr_t)list, i, p) {
		const char *name = conf_str(p, "name", "");
		json_object_set(issuers, name, json_object_get(p, "issuer"));
		json_array_foreach(json_object_get(p, "tenants"), j, t) {
			char key[256];
			snprintf(key, sizeof(key), "%s/%s", name, conf_str(t, "id", ""));
			if (json_object_get(origins, key))
				json_object_set(issuers, key, json_object_get(t, "issuer"));
		}
	}
	return issuers;
}

void ready_print(struct idp *s)
{
	AUTO(json_t) json_t *list = providers_of(s);
	AUTO(json_t) json_t *origins = idp_origins(s);
	AUTO(json_t) json_t *issuers = issuers_of(list, origins);
	AUTO(json_t)
	json_t *o =
		json_pack("{s:O, s:s, s:s, s:O*, s:s*, s:s*, s:s*, s:i}", "issuers", issuers,
			  "origin", idp_origin(s), "listener", idp_local_origin(s), "origins",
			  origins, "tls_origin", idp_tls_origin(s), "control",
			  idp_control_origin(s), "ca", idp_ca_file(s), "pid", (int)getpid());
	AUTO(char) char *text = json_dumps(o, JSON_COMPACT);
	printf("%s\n", text);
	fflush(stdout);
}
