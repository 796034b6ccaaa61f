/* SPDX-License-Identifier: Apache-2.0 */
/* The page before anything happened is the manual: where software is pointed to, who signs in. */
#include "idp-sim/console-page.h"

#include "idp-sim/base/conf.h"

#include <string.h>

static const struct {
	const char *member, *words;
} specials[] = {
	{ "disabled", "disabled" },
	{ "locked", "locked after too many tries" },
	{ "must_change_password", "must choose a new password" },
	{ "password_expired", "password is too old" },
	{ "mfa_required", "a policy asks for a second factor" },
	{ "guest", "guest of another tenant" },
	{ "blocked", "a policy blocks every sign-in" },
};

/* These passwords are in the provider files for everybody to read. */
static void put_person(struct page *p, const struct user *u)
{
	struct buf *b = &p->out;
	const char *comma = "";

	buf_str(b, "<tr><td class=\"mono\">");
	buf_html(b, u->name);
	buf_str(b, "</td><td class=\"mono\">");
	buf_html(b, u->password);
	buf_str(b, "</td><td class=\"quiet\">");
	for (size_t i = 0; i < ARRAY_LEN(specials); i++)
		if (conf_bool(u->source, specials[i].member, false)) {
			buf_printf(b, "%s%s", comma, specials[i].words);
			comma = ", ";
		}
	if (u->otp)
		buf_printf(b, "%sa second factor", comma);
	buf_str(b, "</td></tr>");
}

static void put_people_of(struct page *p, const json_t *provider)
{
	const struct provider *of = idp_provider(p->idp, conf_str(provider, "name", NULL));
	json_t *user;
	size_t i;

	json_array_foreach(json_object_get(provider, "users"), i, user) {
		const struct user *u = provider_user(of, conf_str(user, "name", NULL));

		if (u)
			put_person(p, u);
	}
}

void page_manual(struct page *p)
{
	struct buf *b = &p->out;
	json_t *provider;
	size_t i;

	buf_str(b, "<div class=\"empty\"><p>Every request to a provider appears here as it is "
		   "answered."
		   "</p><p>Addresses to give to your software:</p><table><thead><tr>"
		   "<th scope=\"col\">provider</th><th "
		   "scope=\"col\">issuer</th></tr></thead><tbody>");
	json_array_foreach(p->providers, i, provider) {
		buf_str(b, "<tr><td class=\"mono\">");
		buf_html(b, conf_str(provider, "name", ""));
		buf_str(b, "</td><td class=\"mono fit\">");
		buf_html(b, conf_str(provider, "issuer", ""));
		buf_str(b, "</td></tr>");
	}
	buf_str(b,
		"</tbody></table></div><header "
		"style=\"margin-top:20px\"><h2>People</h2></header>"
		"<table><thead><tr><th scope=\"col\">user</th><th scope=\"col\">password</th>"
		"<th scope=\"col\">what is special</th></tr></thead><tbody>");
	put_people_of(p, page_provider(p));
	buf_str(b, "</tbody></table>");
}
