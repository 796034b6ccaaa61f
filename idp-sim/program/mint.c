/* SPDX-License-Identifier: Apache-2.0 */
/* mint - a token without a server: what a running one with these options would sign. */
#include "idp-sim/base/buf.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/program/command.h"
#include "idp-sim/program/ctl.h"

#include <string.h>

static const char *provider, *tenant, *client, *user, *token, *version, *scope, *nonce, *age,
	*lifetime, *alg, *forge, *public_url;
static struct texts claims, headers;

static const struct flag flags[] = {
	{ "provider", FLAG_TEXT, &provider, "NAME|FILE", "whose token; keycloak when absent" },
	{ "user", FLAG_TEXT, &user, "NAME", "absent: the client's own token" },
	{ "client", FLAG_TEXT, &client, "ID", "id or name; the first one when absent" },
	{ "tenant", FLAG_TEXT, &tenant, "ID", "the first one when absent" },
	{ "token", FLAG_TEXT, &token, "access|id|refresh", "access when absent" },
	{ "version", FLAG_TEXT, &version, "1.0|2.0", "of azure" },
	{ "scope", FLAG_TEXT, &scope, "\"A B\"", "\"\" for no scope claim" },
	{ "nonce", FLAG_TEXT, &nonce, "TEXT", "of an ID token" },
	{ "age", FLAG_TEXT, &age, "2h", "it was issued that long ago" },
	{ "lifetime", FLAG_TEXT, &lifetime, "5m", "from then to its expiry" },
	{ "claim", FLAG_LIST, &claims, "NAME=VALUE",
	  "VALUE is JSON, or text; null takes it out" },
	{ "header", FLAG_LIST, &headers, "NAME=VALUE", "the same for the JOSE header" },
	{ "alg", FLAG_TEXT, &alg, "RS256|ES256", "" },
	{ "forge", FLAG_TEXT, &forge, "DEFECT",
	  "signature, payload, header, key, kid, unpublished, alg-none, alg-hs256, ..." },
	{ "public-url", FLAG_TEXT, &public_url, "URL", "what the issuer begins with" },
	{ 0 },
};

static bool add_pairs(json_t *body, const char *member, const struct texts *pairs,
		      struct err *err)
{
	json_t *o = json_object();

	json_object_set_new(body, member, o);
	for (size_t i = 0; i < pairs->n; i++) {
		const char *equals = strchr(pairs->v[i], '=');
		if (!equals)
			return fail(err, ERR_INPUT, "'%s': write NAME=VALUE", pairs->v[i]);
		json_t *value = json_loads(equals + 1, JSON_DECODE_ANY, NULL);
		if (!value)
			value = json_string(equals + 1);
		json_object_setn_new(o, pairs->v[i], (size_t)(equals - pairs->v[i]), value);
	}
	return true;
}

/* A bare number is seconds, anything else a duration that the route reads. */
static json_t *duration(const char *text)
{
	char *end;
	long long n = text ? strtoll(text, &end, 10) : 0;

	if (!text)
		return NULL;
	return *end ? json_string(text) : json_integer(n);
}

static json_t *body_of(struct err *err)
{
	AUTO(json_t)
	json_t *body =
		json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:o*, s:o*}",
			  "user", user, "client_id", client, "tenant", tenant, "token", token,
			  "version", version, "scope", scope, "nonce", nonce, "alg", alg,
			  "forge", forge, "age", duration(age), "lifetime", duration(lifetime));

	if (!add_pairs(body, "claims", &claims, err) ||
	    !add_pairs(body, "header", &headers, err))
		return NULL;
	return MOVE(body);
}

static int run(int argc, char **argv)
{
	const char *const only[] = { provider ? provider : "keycloak", NULL };
	struct err err = { 0 };
	AUTO_BUF origin = { 0 };
	int status;

	if (argc)
		return complain(EXIT_USAGE, "mint takes no '%s'", argv[0]);
	buf_printf(&origin, "http://127.0.0.1:%d", DEFAULT_PORT);
	AUTO(json_t) json_t *body = body_of(&err);
	if (!body)
		return complain_err(&err);
	struct idp *s = quiet_idp(only, public_url ? public_url : origin.p, &err);
	if (!s)
		return complain_err(&err);
	AUTO(json_t) json_t *answer = idp_call(s, "POST", "/_sim/mint", body, &status);
	idp_stop(s);
	if (status >= 300)
		return complain(EXIT_USAGE, "%s", conf_str(answer, "error", "refused"));
	printf("%s\n", conf_str(answer, "token", ""));
	return EXIT_FINE;
}

const struct command command_mint = { "mint", "", "make a token, valid or forged", run, flags };
