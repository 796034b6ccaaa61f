/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documents.c - discovery, JWKS and other documents that only depend on the path.
 */
#include "idp-sim/ready.h"
#include "idp-sim/serve.h"
#include "idp-sim/spoil.h"
#include "idp-sim/token.h"

#include <string.h>

static void put_key(struct exchange *x, const struct key *k, struct buf *out)
{
	if (out->n > 1)
		buf_char(out, ',');
	x->key = k;
	template_put(x->provider->texts[TXT_jwk], x, out);
}

static bool is_for_encryption(const struct key *k)
{
	return !strcmp(k->use, "enc");
}

/* Encryption keys stand first, where a dialect publishes one: a client that takes keys[0]
 * without looking fails. */
static const char *jwks_text(struct exchange *x, const char *spoilt)
{
	AUTO_BUF b = { 0 };
	bool stale = spoilt && !strcmp(spoilt, "stale"), any = false;
	const struct key *current = keys_current(x->tenant->keys, NULL);
	const struct key *first = keys_first(x->tenant->keys);

	buf_char(&b, '[');
	for (const struct key *k = first; k && (!spoilt || stale); k = k->next)
		if (k->published && is_for_encryption(k))
			put_key(x, k, &b);
	for (const struct key *k = first; k && (!spoilt || stale); k = k->next)
		if (k->published && !is_for_encryption(k) && !(stale && k == current)) {
			put_key(x, k, &b);
			any = true;
		}
	/* Nobody has rotated yet: some key stands for the one of before. */
	if (stale && !any)
		put_key(x, keys_trick(x->tenant->keys, KEY_UNPUBLISHED), &b);
	buf_char(&b, ']');
	return arena_dup(x->arena, b.p, b.n);
}

const char *exchange_jwks(struct exchange *x)
{
	return x->tenant ? jwks_text(x, NULL) : "[]";
}

static void replace_all(struct buf *text, const char *from, const char *to)
{
	AUTO_BUF out = { 0 };
	const char *at = text->p;
	const char *hit;

	while (at && *from && (hit = strstr(at, from))) {
		buf_add(&out, at, (size_t)(hit - at));
		buf_str(&out, to);
		at = hit + strlen(from);
	}
	buf_str(&out, at);
	buf_reset(text);
	buf_add(text, out.p, out.n);
}

/* The document with one thing wrong. False: it cannot be had, the connection breaks. */
static bool put_spoilt(struct exchange *x, const struct trouble *t, struct buf *out)
{
	const char *issuer = exchange_issuer(x);

	if (!strcmp(t->what, "unreachable"))
		return false;
	if (x->endpoint->kind == EP_JWKS) {
		buf_printf(out, "{\"keys\":%s}", jwks_text(x, t->what));
		return true;
	}
	template_put(x->endpoint->body, x, out);
	if (!strcmp(t->what, "issuer"))
		replace_all(out, arena_printf(x->arena, "\"issuer\":\"%s\"", issuer),
			    arena_printf(x->arena, "\"issuer\":\"%s\"",
					 *t->value ? t->value : "https://issuer.evil.test"));
	else if (!strcmp(t->what, "double-slash"))
		replace_all(out, arena_printf(x->arena, "\"issuer\":\"%s\"", issuer),
			    arena_printf(x->arena, "\"issuer\":\"%s//\"", issuer));
	else if (!strcmp(t->what, "drop"))
		spoil_member(out, t->value, NULL);
	return true;
}

static void serve_spoilt(struct exchange *x, const struct trouble *t)
{
	AUTO_BUF b = { 0 };

	if (put_spoilt(x, t, &b))
		answer_text(x, 200, arena_dup(x->arena, b.p ? b.p : "", b.n), b.n);
	else
		x->rp->fault = WEB_FAULT_RESET;
}

void serve_document(struct exchange *x)
{
	struct trouble t;

	if (x->endpoint->kind != EP_DOCUMENT && spoil_document(x, &t))
		serve_spoilt(x, &t);
	else {
		answer(x, 200, x->endpoint->body);
		ready_keep(x);
	}
}

/* ---- Entra's instance discovery ---- */

static const char *const clouds[] = {
	"login.microsoftonline.com",
	"login.windows.net",
	"login.microsoft.com",
	"sts.windows.net",
	"login.partner.microsoftonline.cn",
	"login.chinacloudapi.cn",
	"login.microsoftonline.de",
	"login.microsoftonline.us",
	"login.usgovcloudapi.net",
	"login-us.microsoftonline.com",
};

static bool host_known(const struct exchange *x, const char *authority)
{
	const char *host = strstr(authority, "://");
	const char *own = strstr(x->origin, "://") + 3;
	size_t n;

	host = host ? host + 3 : authority;
	n = strcspn(host, "/");
	for (size_t i = 0; i < ARRAY_LEN(clouds); i++)
		if (strlen(clouds[i]) == n && !strncmp(clouds[i], host, n))
			return true;
	return strlen(own) == n && !strncmp(own, host, n);
}

void serve_instance(struct exchange *x)
{
	const char *authority = form_get(&x->query, "authorization_endpoint");
	const char *path = authority ? strstr(authority, "://") : NULL;

	path = path ? strchr(path + 3, '/') : NULL;
	if (!authority || !path || !host_known(x, authority)) {
		refuse(x, S_unknown_instance);
		return;
	}
	x->word = arena_dup(x->arena, path + 1, strcspn(path + 1, "/"));
	answer(x, 200, x->endpoint->body);
}

/* Okta's primary authentication: only to say no in its words. */
void serve_authn(struct exchange *x)
{
	AUTO(json_t) json_t *o = json_loadb(x->rq->body, x->rq->body_len, 0, NULL);
	const char *login = conf_str(o, "username", "");
	const char *password = conf_str(o, "password", "");

	/* Why, it does not say: that is the usual policy. */
	if (judge_password(x, login, password)) {
		refuse(x, S_authentication_failed);
		return;
	}
	answer(x, 200, x->endpoint->body);
}
