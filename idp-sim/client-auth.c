/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client-auth.c - who is the client, and can it prove it (RFC 6749, 2.3; RFC 7523).
 */
#include "idp-sim/jwt.h"
#include "idp-sim/registry.h"
#include "idp-sim/text.h"

#include <string.h>
#include <strings.h>

static const char jwt_bearer[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/* Both halves are form-encoded before they are joined (RFC 6749, 2.3.1). */
static bool read_basic(struct exchange *x, const char *text)
{
	size_t n = strlen(text);
	unsigned char *raw = arena_alloc(x->arena, n * 3 / 4 + 4);
	long len = b64_decode(text, n, raw);
	char *colon = len > 0 ? memchr(raw, ':', (size_t)len) : NULL;
	struct form pair;
	char *joined;

	if (!colon)
		return refuse(x, S_malformed_basic);
	joined = arena_printf(x->arena, "id=%.*s&secret=%.*s", (int)(colon - (char *)raw),
			      (char *)raw, (int)((char *)raw + len - colon - 1), colon + 1);
	pair = form_parse(x->arena, joined, strlen(joined));
	x->credential_id = form_get(&pair, "id");
	x->credential_secret = form_get(&pair, "secret");
	return x->credential_id && x->credential_secret ? true : refuse(x, S_malformed_basic);
}

/* The subject of an assertion names the client when no client_id does. */
static const char *subject_of(struct exchange *x, const char *assertion)
{
	AUTO_JWT jwt = { 0 };

	if (!jwt_read(x->arena, assertion, strlen(assertion), &jwt))
		return NULL;
	return arena_str(x->arena, conf_str(jwt.claims, "sub", NULL));
}

static bool read_credentials(struct exchange *x, const char **ret_assertion)
{
	const char *secret = form_get(&x->form, "client_secret");
	const char *assertion = form_get(&x->form, "client_assertion");
	bool basic = x->authorization && !strncasecmp(x->authorization, "Basic ", 6);
	int ways = (secret != NULL) + (assertion != NULL) + basic;

	if (ways > 1 && provider_has_error(x->provider, S_multiple_credentials))
		return refuse(x, S_multiple_credentials);
	if (form_get(&x->query, "client_secret") &&
	    provider_has_error(x->provider, S_credentials_in_query))
		return refuse(x, S_credentials_in_query);
	if (basic && !read_basic(x, x->authorization + 6))
		return false;
	if (!x->credential_id)
		x->credential_id = form_get(&x->form, "client_id");
	if (!basic)
		x->credential_secret = secret;
	if (!x->credential_id && assertion)
		x->credential_id = subject_of(x, assertion);
	*ret_assertion = assertion;
	if (x->credential_id && *x->credential_id)
		return true;
	x->parameter = "client_id";
	return refuse(x, S_missing_client);
}

const struct client *find_client(struct exchange *x, const char *id)
{
	const struct client *c = provider_client(x->provider, id);

	x->facts.client_id = id;
	if (c && strcmp(c->id, id) != 0)
		c = NULL; /* its name is for people */
	if (c && c->tenant && x->tenant && strcmp(c->tenant, x->tenant->id) != 0)
		c = NULL;
	if (!c && x->idp->options.adopt)
		c = adopt_client(x, id);
	return c;
}

static bool signs(const struct client *c)
{
	return c->auth && !strcmp(c->auth, "private_key_jwt");
}

static bool prove_with_secret(struct exchange *x)
{
	const struct client *c = x->client;

	if (signs(c))
		return refuse(x, S_wrong_auth_method);
	if (!c->secret || !text_same(c->secret, x->credential_secret))
		return refuse(x, S_wrong_secret);
	if (conf_bool(c->source, "secret_expired", false))
		return refuse(x, S_secret_expired);
	return true;
}

static bool prove(struct exchange *x, const char *assertion)
{
	const struct client *c = x->client;
	const char *type = form_get(&x->form, "client_assertion_type");

	if (c->is_public) {
		if (x->credential_secret && x->provider->behaviours.public_secret_refused)
			return refuse(x, S_secret_for_public_client);
		return true;
	}
	if (assertion && type && !strcmp(type, jwt_bearer))
		return check_assertion(x, assertion);
	if (x->credential_secret)
		return prove_with_secret(x);
	return refuse(x, signs(c) ? S_missing_assertion : S_missing_secret);
}

bool authenticate_client(struct exchange *x)
{
	const char *assertion = NULL;

	if (!read_credentials(x, &assertion))
		return false;
	x->client = find_client(x, x->credential_id);
	if (!x->client)
		return refuse_word(x, S_unknown_client, x->credential_id);
	if (x->client->disabled)
		return refuse_word(x, S_client_disabled, x->credential_id);
	if (x->client->bearer_only)
		return refuse(x, S_client_bearer_only);
	return prove(x, assertion);
}
