/* SPDX-License-Identifier: Apache-2.0 */
/* Requests, who sends them, and how they look as curl lines. */
#include "idp-sim/program/play.h"

#include "idp-sim/map.h"

#include <ctype.h>
#include <string.h>

enum { LONGEST_SHOWN = 80 };

void play_init(struct play *p, struct idp *s, const struct provider *provider)
{
	*p = (struct play) { .idp = s, .provider = provider, .arena = arena_new() };
	p->tenant = provider_tenant(provider, provider->first_tenant);
	p->user = play_user(p);
}

void play_done(struct play *p)
{
	buf_done(&p->notes);
	arena_free(p->arena);
}

/* ---- requests ---- */

const char *ask_get(const struct ask *a, const char *name)
{
	for (size_t i = 0; i < a->n_fields; i++)
		if (!strcmp(a->fields[i].name, name))
			return a->fields[i].value;
	return NULL;
}

void ask_set(struct ask *a, const char *name, const char *value)
{
	for (size_t i = 0; i < a->n_fields; i++) {
		if (strcmp(a->fields[i].name, name) != 0)
			continue;
		if (value) {
			a->fields[i].value = value;
			return;
		}
		memmove(&a->fields[i], &a->fields[i + 1],
			(--a->n_fields - i) * sizeof(a->fields[0]));
		return;
	}
	if (value && a->n_fields < MAX_FIELDS)
		a->fields[a->n_fields++] = (struct field) { name, value };
}

/* In single quotes when a shell would change it. */
static void put_shell(struct buf *out, const char *text)
{
	if (*text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789-_=:/.,@%+")]) {
		buf_str(out, text);
		return;
	}
	buf_char(out, '\'');
	for (; *text; text++)
		if (*text == '\'')
			buf_str(out, "'\\''");
		else
			buf_char(out, *text);
	buf_char(out, '\'');
}

static void put_header(struct buf *out, const char *name, const char *value)
{
	AUTO_BUF line = { 0 };

	buf_printf(&line, "%s: %s", name, value);
	buf_str(out, " -H ");
	put_shell(out, line.p);
}

/* "$REFRESH_TOKEN" in place of a text that nobody wants to read. */
static void put_variable(struct buf *out, const char *name)
{
	buf_char(out, '$');
	for (; *name; name++)
		buf_char(out, (char)toupper((unsigned char)*name));
}

static void put_field(struct buf *out, const struct field *f)
{
	AUTO_BUF pair = { 0 };

	if (strlen(f->value) > LONGEST_SHOWN) {
		buf_printf(out, " -d %s=", f->name);
		put_variable(out, f->name);
		return;
	}
	buf_printf(&pair, "%s=%s", f->name, f->value);
	buf_str(out, pair.p[strcspn(pair.p, " &+%\"#")] ? " --data-urlencode " : " -d ");
	put_shell(out, pair.p);
}

void ask_curl(const struct ask *a, struct buf *out)
{
	bool get = !strcmp(a->method, "GET");

	buf_str(out, "curl -s");
	if (get && a->n_fields)
		buf_str(out, " -G");
	else if (!get && !a->n_fields && !a->body)
		buf_printf(out, " -X %s", a->method);
	buf_char(out, ' ');
	put_shell(out, a->url);
	if (a->authorization && strlen(a->authorization) > LONGEST_SHOWN)
		buf_str(out, " -H \"Authorization: Bearer $ACCESS_TOKEN\"");
	else if (a->authorization)
		put_header(out, "Authorization", a->authorization);
	if (a->type)
		put_header(out, "Content-Type", a->type);
	if (a->origin)
		put_header(out, "Origin", a->origin);
	for (size_t i = 0; i < a->n_fields && !a->body; i++)
		put_field(out, &a->fields[i]);
	if (a->body) {
		buf_str(out, " --data-binary ");
		put_shell(out, a->body);
	}
}

static void put_fields(const struct ask *a, struct buf *out)
{
	for (size_t i = 0; i < a->n_fields; i++) {
		if (i)
			buf_char(out, '&');
		buf_form(out, a->fields[i].name, strlen(a->fields[i].name));
		buf_char(out, '=');
		buf_form(out, a->fields[i].value, strlen(a->fields[i].value));
	}
}

static bool send(struct play *p, const struct ask *a, struct wire_answer *ret, struct err *err)
{
	const char *headers[5] = { 0 };
	bool get = !strcmp(a->method, "GET");
	AUTO_BUF fields = { 0 };
	AUTO_BUF url = { 0 };
	size_t n = 0;

	put_fields(a, &fields);
	buf_str(&url, a->url);
	if (get && fields.n)
		buf_printf(&url, "%c%s", strchr(a->url, '?') ? '&' : '?', fields.p);
	if (a->authorization)
		headers[n++] = arena_printf(p->arena, "Authorization: %s", a->authorization);
	if (!get)
		headers[n++] =
			arena_printf(p->arena, "Content-Type: %s",
				     a->type ? a->type : "application/x-www-form-urlencoded");
	if (a->cookie)
		headers[n++] = arena_printf(p->arena, "Cookie: %s", a->cookie);
	if (a->origin)
		headers[n++] = arena_printf(p->arena, "Origin: %s", a->origin);
	const char *body = get ? NULL : a->body ? a->body : fields.p ? fields.p : "";
	return wire_request(a->method, url.p, headers, body, body ? strlen(body) : 0, NULL, ret,
			    err);
}

bool play_send(struct play *p, struct wire_answer *ret, struct err *err)
{
	return send(p, &p->ask, ret, err);
}

static void note(struct play *p, const char *line)
{
	buf_printf(&p->notes, "%s\n", line);
}

const char *play_step(struct play *p, const struct ask *a, const char *member, struct err *err)
{
	AUTO_ANSWER answer = { 0 };
	AUTO_BUF curl = { 0 };

	ask_curl(a, &curl);
	note(p, curl.p);
	if (!send(p, a, &answer, err))
		return NULL;
	AUTO(json_t)
	json_t *o = json_loadb(answer.body ? answer.body : "", answer.body_len, 0, NULL);
	const char *value = conf_str(o, member, NULL);
	if (value)
		return arena_str(p->arena, value);
	fail(err, ERR_INPUT, "%s answered %d without '%s': %.200s", a->url, answer.status,
	     member, answer.body ? answer.body : "");
	return NULL;
}

bool play_control(struct play *p, const char *method, const char *path, json_t *stolen_body,
		  const char *ctl, struct err *err)
{
	AUTO(json_t) json_t *body = stolen_body;
	int status;
	AUTO(json_t) json_t *answer = idp_call(p->idp, method, path, body, &status);

	buf_printf(&p->notes, "idp-sim ctl %s\n", ctl);
	return status < 300 || fail(err, ERR_INPUT, "%s %s: %s", method, path,
				    conf_str(answer, "error", "refused"));
}

/* ---- who ---- */

struct search {
	enum grant grant;
	bool is_public;
	const struct client *found;
	const struct user *user;
};

static bool look_at_client(void *ctx, const char *name, void *value)
{
	struct search *s = ctx;
	const struct client *c = value;
	bool fits = c->is_public == s->is_public && !c->disabled && !c->bearer_only &&
		    c->consented && !c->consent_required && !c->assignment && !c->auth &&
		    !c->tenant && !c->pkce && (c->is_public || c->secret) &&
		    (s->grant == GRANT_NONE || (c->grants & 1u << s->grant));

	if (fits)
		s->found = c;
	return !fits;
}

const struct client *play_client(struct play *p, enum grant grant, bool is_public)
{
	struct search s = { .grant = grant, .is_public = is_public };

	map_each(p->provider->clients, look_at_client, &s);
	return s.found;
}

static bool look_at_user(void *ctx, const char *name, void *value)
{
	struct search *s = ctx;
	const struct user *u = value;
	bool fits = u->password && !u->otp && !u->disabled && !u->locked &&
		    !u->must_change_password && !u->password_expired && !u->mfa_required &&
		    !u->guest && !u->tenant;

	if (fits)
		s->user = u;
	return !fits;
}

const struct user *play_user(struct play *p)
{
	struct search s = { 0 };

	map_each(p->provider->users, look_at_user, &s);
	return s.user;
}

void play_prove(struct play *p, struct ask *a)
{
	ask_set(a, "client_id", p->client->id);
	if (p->client->secret)
		ask_set(a, "client_secret", p->client->secret);
}

const char *play_url(struct play *p, const char *endpoint)
{
	for (size_t i = 0; i < p->provider->n_endpoints; i++) {
		const struct endpoint *e = &p->provider->endpoints[i];
		const char *hole = strstr(e->path, "{tenant}");
		bool version = !p->version || !e->version || !strcmp(e->version, p->version);
		if (strcmp(e->name, endpoint) != 0 || !version)
			continue;
		if (!hole)
			return arena_printf(p->arena, "%s%s", idp_origin(p->idp), e->path);
		return arena_printf(p->arena, "%s%.*s%s%s", idp_origin(p->idp),
				    (int)(hole - e->path), e->path, p->tenant->id,
				    hole + strlen("{tenant}"));
	}
	return NULL;
}

/* A scope of an API that the client has, or that the provider knows. */
static const char *api_scope(struct play *p)
{
	const struct provider *pr = p->provider;

	if (pr->behaviours.resources && pr->n_resources)
		return arena_printf(p->arena, "%s/.default", pr->resources[0].uri);
	for (size_t i = 0; p->client && i < p->client->scopes.n; i++)
		if (strchr(p->client->scopes.v[i], ':'))
			return p->client->scopes.v[i];
	for (size_t i = 0; i < pr->n_scopes; i++)
		if (!pr->scopes[i].openid && !pr->scopes[i].hidden)
			return pr->scopes[i].name;
	return NULL;
}

const char *play_scope(struct play *p, enum grant grant)
{
	if (p->scope)
		return p->scope;
	return grant == GRANT_CLIENT_CREDENTIALS ? api_scope(p) : "openid offline_access";
}
