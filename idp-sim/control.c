/* SPDX-License-Identifier: Apache-2.0 */
/* From a method and a path to a route, its body checked, and back to JSON. */
#include "idp-sim/control.h"

#include "idp-sim/console.h"
#include "idp-sim/shared.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

json_t *call_refuse(struct call *c, int status, const char *remedy, const char *fmt, ...)
{
	AUTO_BUF text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	c->status = status;
	json_t *o = json_object();
	/* What a user typed may be no UTF-8; the answer has to be. */
	AUTO_BUF quoted = { 0 };
	buf_json(&quoted, text.p, text.n);
	json_object_set_new(o, "error", json_loads(quoted.p, JSON_DECODE_ANY, NULL));
	if (remedy)
		json_object_set_new(o, "remedy", json_string(remedy));
	return o;
}

struct provider *call_provider(struct call *c, const char *name, json_t **ret_refused)
{
	struct provider *p = name ? idp_provider(c->idp, name) : NULL;

	*ret_refused = p ? NULL
			 : call_refuse(c, 404, "GET /_sim/providers lists them",
				       "there is no provider '%s'", name ? name : "");
	return p;
}

json_t *call_error(struct call *c, const struct err *err)
{
	return call_refuse(c, err->kind == ERR_INPUT ? 400 : 500, NULL, "%s", err->text);
}

/* ---- finding the route ---- */

/* Whether the path is the pattern's; what stood for {...} goes to args, decoded. */
static bool path_matches(struct call *c, const char *pattern, const char *path)
{
	size_t n = 0;

	while (*pattern) {
		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		size_t len = strcspn(path, "/");
		if (!len || n >= ARRAY_LEN(c->args))
			return false;
		c->args[n] = percent_decode(c->arena, path, len);
		if (!c->args[n++])
			return false;
		path += len;
		pattern = strchr(pattern, '}') + 1;
	}
	return !*path;
}

static const struct route *find_route(struct call *c, const char *method, const char *path,
				      struct buf *allowed)
{
	for (const struct route *r = control_routes; r->method; r++) {
		if (!path_matches(c, r->path, path))
			continue;
		if (!strcmp(r->method, method))
			return r;
		buf_printf(allowed, "%s%s", allowed->n ? ", " : "", r->method);
	}
	return NULL;
}

/* ---- checking the body ---- */

static bool type_fits(enum conf_type type, const json_t *v)
{
	switch (type) {
	case CONF_STRING:
		return json_is_string(v);
	case CONF_INT:
		return json_is_integer(v);
	case CONF_NUMBER:
		return json_is_number(v);
	case CONF_BOOL:
		return json_is_boolean(v);
	case CONF_LIST:
		return json_is_array(v);
	case CONF_MAP:
	case CONF_DICT:
		return json_is_object(v);
	case CONF_DURATION:
		return json_is_number(v) || conf_duration_ms(v, -1) >= 0;
	case CONF_ANY:
		break;
	}
	return true;
}

static const char *const type_words[] = {
	[CONF_ANY] = "anything",
	[CONF_STRING] = "a string",
	[CONF_INT] = "a whole number",
	[CONF_NUMBER] = "a number",
	[CONF_BOOL] = "true or false",
	[CONF_LIST] = "a list",
	[CONF_MAP] = "an object",
	[CONF_DICT] = "an object",
	[CONF_DURATION] = "a duration like \"90d\", or seconds",
};

static const struct conf_key *find_key(const struct conf_key *keys, const char *name)
{
	for (; keys && keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	return NULL;
}

static const char *members(struct call *c, const struct conf_key *keys)
{
	AUTO_BUF out = { 0 };

	for (const struct conf_key *k = keys; k && k->name; k++)
		buf_printf(&out, "%s%s", out.n ? ", " : "the members are: ", k->name);
	return arena_str(c->arena, out.p);
}

/* NULL when the body fits the route; else the refusal. */
static json_t *check_body(struct call *c, const struct route *r)
{
	const char *name;
	json_t *value;

	if (c->body && !json_is_object(c->body))
		return call_refuse(c, 400, members(c, r->body), "the body has to be an object");
	json_object_foreach((json_t *)(uintptr_t)c->body, name, value) {
		const struct conf_key *k = find_key(r->body, name);
		if (!k && r->free_body)
			continue;
		if (!k)
			return call_refuse(c, 400, members(c, r->body), "unknown member '%s'",
					   name);
		if (!json_is_null(value) && !type_fits(k->type, value))
			return call_refuse(c, 400, k->help, "'%s' has to be %s", name,
					   type_words[k->type]);
	}
	for (const struct conf_key *k = r->body; k && k->name; k++)
		if (k->required && !json_object_get(c->body, k->name))
			return call_refuse(c, 400, k->help, "'%s' is missing", k->name);
	return NULL;
}

static json_t *check_query(struct call *c, const struct route *r)
{
	for (size_t i = 0; i < c->query.n; i++)
		if (!find_key(r->query, c->query.fields[i].name))
			return call_refuse(c, 400, members(c, r->query),
					   "unknown parameter '%s'", c->query.fields[i].name);
	return NULL;
}

/* ---- the call ---- */

/* What could not be kept where the copies keep it is not done. */
static json_t *run(struct call *c, const struct route *r)
{
	(void)!shared_begin(c->idp);
	shared_forgive(c->idp); /* some routes need nothing that is shared */
	json_t *answer = r->handle(c);
	if (shared_lost(c->idp)) {
		json_decref(answer);
		return call_refuse(c, 503, "is it running, and is the password right?",
				   "the state in '%s' is out of reach", shared_where(c->idp));
	}
	return answer ? answer : json_object();
}

static json_t *dispatch(struct call *c, const char *method, const char *target,
			struct buf *allowed)
{
	const char *mark = strchrnul(target, '?');
	const char *path = arena_dup(c->arena, target, (size_t)(mark - target));

	c->status = 200;
	c->query = form_parse(c->arena, *mark ? mark + 1 : NULL, *mark ? strlen(mark + 1) : 0);
	const struct route *r = find_route(c, method, path, allowed);
	if (!r && allowed->n)
		return call_refuse(c, 405, allowed->p, "%s is not for %s", method, path);
	if (!r)
		return call_refuse(c, 404, "GET /_sim/openapi.json lists what there is",
				   "there is no %s", path);
	json_t *refused = check_query(c, r);
	if (!refused)
		refused = check_body(c, r);
	if (refused)
		return refused;
	return run(c, r);
}

json_t *idp_call(struct idp *s, const char *method, const char *path, const json_t *body,
		 int *ret_status)
{
	AUTO(arena) struct arena *a = arena_new();
	struct call c = { .idp = s, .arena = a, .body = body };
	AUTO_BUF allowed = { 0 };
	json_t *answer = dispatch(&c, method, path, &allowed);

	if (ret_status)
		*ret_status = c.status;
	return answer;
}

/* ---- HTTP ---- */

static void send_json(struct web_request *rq, struct web_reply *rp, int status,
		      const json_t *answer)
{
	AUTO(char) char *text = json_dumps(answer, JSON_INDENT(2));

	web_set(rq, rp, "Cache-Control", "no-store");
	web_text(rq, rp, status, "application/json", text, strlen(text));
}

/* An address, localhost, or a name without a dot: what no stranger can make their page's own
 * name point to (DNS rebinding). */
static bool is_local_name(const char *host)
{
	size_t n = *host == '[' ? strcspn(host, "]") : strcspn(host, ":");
	unsigned char raw[16];
	char name[256];

	if (*host == '[')
		host++, n--;
	if (n >= sizeof(name))
		return false;
	memcpy(name, host, n);
	name[n] = 0;
	size_t label = strlen(".localhost");
	return inet_pton(AF_INET, name, raw) == 1 || inet_pton(AF_INET6, name, raw) == 1 ||
	       !strchr(name, '.') || (n > label && !strcasecmp(name + n - label, ".localhost"));
}

/* A page of another site must not steer the simulator of whoever reads it: browsers say
 * where a request comes from, programs do not. */
static bool foreign_page(const struct web_request *rq)
{
	const char *origin = web_header(rq, "Origin");
	const char *site = web_header(rq, "Sec-Fetch-Site");
	const char *host = web_header(rq, "Host");
	const char *after = origin ? strstr(origin, "://") : NULL;

	if (site && strcasecmp(site, "same-origin") && strcasecmp(site, "none"))
		return true;
	if ((origin || site || web_header(rq, "Referer")) && (!host || !is_local_name(host)))
		return true;
	return origin && (!after || strcasecmp(after + 3, host) != 0);
}

static json_t *parse_body(struct call *c, const struct web_request *rq, json_t **ret)
{
	json_error_t where;

	*ret = NULL;
	if (rq->too_large)
		return call_refuse(c, 413, "send less than 1 MiB", "the body is too large");
	if (!rq->body_len)
		return NULL;
	*ret = json_loadb(rq->body, rq->body_len, JSON_REJECT_DUPLICATES, &where);
	if (*ret)
		return NULL;
	return call_refuse(c, 400, "send a JSON object",
			   "the body is no JSON: line %d, column %d: %s", where.line,
			   where.column, where.text);
}

void control_handle(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	struct call c = { .idp = ctx, .arena = rq->arena };
	AUTO(json_t) json_t *body = NULL;
	AUTO(json_t) json_t *answer = NULL;
	AUTO_BUF allowed = { 0 };

	if (foreign_page(rq))
		answer = call_refuse(
			&c, 403,
			"open the console by its address, localhost, or a name without a dot",
			"a page of another origin may not call this");
	if (!answer && console_handle(ctx, rq, rp))
		return;
	if (!answer)
		answer = parse_body(&c, rq, &body);
	c.body = body;
	if (!answer)
		answer = dispatch(&c, rq->method, rq->target, &allowed);
	if (c.status == 405)
		web_set(rq, rp, "Allow", "%s", allowed.p);
	send_json(rq, rp, c.status, answer);
}
