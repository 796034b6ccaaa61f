/* SPDX-License-Identifier: Apache-2.0 */
/* A person at the pages of a provider: reads the form, fills it in, follows. */
#include "idp-sim/program/play.h"

#include "idp-sim/base/form.h"
#include "idp-sim/program/page-form.h"

#include <string.h>
#include <strings.h>

static const char *absolute(struct play *p, const char *base, const char *url)
{
	const char *path = strstr(base, "://");

	if (!url || strstr(url, "://"))
		return url;
	path = path ? strchr(path + 3, '/') : NULL;
	return *url == '/' ? arena_printf(p->arena, "%.*s%s", (int)(path ? path - base : 0),
					  base, url)
			   : base;
}

static void put_field(void *ctx, const char *name, const char *value)
{
	ask_set(ctx, name, value);
}

/* The first form of a page, filled in. False: there is none. */
bool play_fill_form(struct play *p, const char *base, const char *html, struct ask *a)
{
	const struct typist typist = { .login = play_login(p->user),
				       .password = p->user->password,
				       .refuses = p->deny };
	struct ask filled = { .method = "POST" };
	const char *action = page_fill(p->arena, html, &typist, put_field, &filled);

	if (!action)
		return false;
	filled.url = *action ? absolute(p, base, action) : base;
	*a = filled;
	return true;
}

static const char *cookies_of(struct play *p, const struct wire_answer *answer, const char *old)
{
	AUTO_BUF out = { 0 };

	buf_str(&out, old);
	for (size_t i = 0; i < answer->n_headers; i++) {
		const char *value = answer->headers[i].value;
		if (strcasecmp(answer->headers[i].name, "Set-Cookie"))
			continue;
		buf_printf(&out, "%s%.*s", out.n ? "; " : "", (int)strcspn(value, ";"), value);
	}
	return out.p ? arena_str(p->arena, out.p) : NULL;
}

static const char *code_in(struct play *p, const char *location)
{
	const char *query = strchr(location, '?');
	struct form f =
		form_parse(p->arena, query ? query + 1 : "", query ? strlen(query + 1) : 0);

	return form_get(&f, "code");
}

/* Goes from page to page until `stop` says that the next request is the one wanted, or the
 * browser is sent back to the client; then *ret_code is the code. */
bool play_browse(struct play *p, const char *stop, const char **ret_code, struct err *err)
{
	enum { PAGES = 8 };
	struct ask next = p->ask;

	for (int i = 0; i < PAGES; i++) {
		AUTO_ANSWER answer = { 0 };
		const char *url = next.url;
		p->ask = next;
		if (stop && strstr(url, stop))
			return true;
		if (!play_send(p, &answer, err))
			return false;
		const char *cookie = cookies_of(p, &answer, next.cookie);
		const char *location = wire_header(&answer, "Location");
		if (location && !strncmp(location, p->redirect_uri, strlen(p->redirect_uri))) {
			*ret_code = code_in(p, location);
			p->ask.cookie = cookie;
			return *ret_code || fail(err, ERR_INPUT, "no code in %s", location);
		}
		if (location)
			next = (struct ask) { .method = "GET",
					      .url = absolute(p, url,
							      arena_str(p->arena, location)) };
		else if (!play_fill_form(p, url, answer.body, &next))
			return fail(err, ERR_INPUT, "%s answered %d without a form", url,
				    answer.status);
		next.cookie = cookie;
	}
	return fail(err, ERR_INPUT, "the sign-in never came to an end");
}

/* Fetches the page that p->ask asks for and fills its form in. */
bool play_next_page(struct play *p, struct err *err)
{
	AUTO_ANSWER answer = { 0 };
	const char *cookie;

	if (!play_send(p, &answer, err))
		return false;
	cookie = cookies_of(p, &answer, p->ask.cookie);
	if (!play_fill_form(p, p->ask.url, answer.body, &p->ask))
		return fail(err, ERR_INPUT, "%s has no form", p->ask.url);
	p->ask.cookie = cookie;
	return true;
}
