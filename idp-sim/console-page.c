/* SPDX-License-Identifier: Apache-2.0 */
/* The bar, the troubles, the clock and the keys. */
#include "idp-sim/console-page.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* ---- times ---- */

void page_time(struct buf *b, int64_t unix_s, const char *format)
{
	time_t t = (time_t)unix_s;
	struct tm tm;
	char text[64];

	if (gmtime_r(&t, &tm) && strftime(text, sizeof(text), format, &tm))
		buf_str(b, text);
}

/* "3 h 12 min", "14 min 31 s", "4 s": the two largest units. */
void page_span(struct buf *b, int64_t s)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	int said = 0;

	for (size_t i = 0; i < ARRAY_LEN(units) && said < 2; i++) {
		if (s < units[i].seconds && !(i == 3 && !said))
			continue;
		buf_printf(b, "%s%" PRId64 " %s", said ? " " : "", s / units[i].seconds,
			   units[i].unit);
		s %= units[i].seconds;
		said++;
	}
}

static bool is_frozen(const struct page *p)
{
	return p->idp->clk.frozen_ms != 0;
}

static void put_distance(struct page *p)
{
	int64_t away = clk_now(&p->idp->clk) - clk_now(NULL);

	buf_str(&p->out, is_frozen(p) ? "frozen, " : "running, ");
	if (away > -2 && away < 2) {
		buf_str(&p->out, "same as the machine");
		return;
	}
	page_span(&p->out, away < 0 ? -away : away);
	buf_str(&p->out, away < 0 ? " behind real time" : " ahead of real time");
}

/* ---- the bar ---- */

static size_t tokens_in(const json_t *entries)
{
	size_t i, n = 0;
	json_t *e;

	json_array_foreach(entries, i, e)
		n += !strcmp(conf_str(e, "endpoint", ""), "token") &&
		     conf_int(e, "status", 0) == 200;
	return n;
}

void page_bar(struct page *p)
{
	struct buf *b = &p->out;
	size_t n = json_array_size(p->providers);

	buf_str(b, "<div><b>idp-sim</b><span>simulated, not a real provider</span></div>");
	buf_printf(b, "<div><b>%zu provider%s</b><span class=\"mono\">", n, n == 1 ? "" : "s");
	buf_html(b, idp_origin(p->idp));
	buf_str(b, "</span></div><div><b>");
	page_time(b, clk_now(&p->idp->clk), "%d %b %Y %H:%M:%S");
	buf_str(b, "</b><span>");
	put_distance(p);
	buf_printf(b, "</span></div><div><b>%zu</b><span>tokens issued</span></div>",
		   tokens_in(p->entries));
	buf_printf(b, "<div><b>%zu</b><span>requests</span></div><div><b>up ",
		   json_array_size(p->entries));
	page_span(b, (clk_mono_ms() - p->idp->up_since_ms) / 1000);
	if (p->idp->options.seed)
		buf_printf(b, "</b><span>seed %" PRIu64 "</span></div>", p->idp->options.seed);
	else
		buf_str(b, "</b><span>ids are random</span></div>");
}

/* ---- troubles ---- */

const struct preset console_presets[] = {
	{ "rate", "Token endpoint answers 429", "Retry-After 7",
	  "{\"kind\":\"wire\",\"what\":\"429\",\"endpoint\":\"token\",\"number\":7}" },
	{ "consent", "Consent missing", "every user",
	  "{\"kind\":\"error\",\"what\":\"consent_missing\"}" },
	{ "stale", "JWKS is stale", "serves yesterday's keys",
	  "{\"kind\":\"document\",\"what\":\"stale\",\"endpoint\":\"jwks\"}" },
	{ "slash", "Issuer ends in \"/\"", "every discovery document",
	  "{\"kind\":\"document\",\"what\":\"double-slash\",\"endpoint\":\"discovery\"}" },
	{ "page", "HTML instead of JSON", "token endpoint",
	  "{\"kind\":\"wire\",\"what\":\"html\",\"endpoint\":\"token\"}" },
	{ "nodevice", "Device endpoint missing", "from discovery",
	  "{\"kind\":\"document\",\"what\":\"drop\",\"endpoint\":\"discovery\","
	  "\"value\":\"device_authorization_endpoint\"}" },
	{ 0 },
};

bool page_same(const json_t *a, const json_t *b, const char *name)
{
	return !strcmp(conf_str(a, name, ""), conf_str(b, name, ""));
}

const json_t *preset_armed(const struct page *p, const struct preset *preset)
{
	AUTO(json_t) json_t *spec = json_loads(preset->spec, 0, NULL);
	json_t *t;
	size_t i;

	json_array_foreach(p->troubles, i, t)
		if (page_same(t, spec, "kind") && page_same(t, spec, "what") &&
		    page_same(t, spec, "endpoint") && !conf_str(t, "provider", NULL))
			return t;
	return NULL;
}

/* "okta token, client x, next 2 requests" */
static void put_scope(struct buf *b, const json_t *t)
{
	static const char *const words[] = { "provider", "tenant",    "endpoint",
					     "grant",	 "client_id", "user" };
	bool more = false;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const char *value = conf_str(t, words[i], NULL);
		if (!value)
			continue;
		buf_str(b, more ? " · " : "");
		buf_html(b, value);
		more = true;
	}
	int64_t next = conf_int(t, "next", 0);
	buf_str(b, more ? " · " : "");
	if (next)
		buf_printf(b, "next %" PRId64 " request%s", next, next == 1 ? "" : "s");
	else
		buf_str(b, "until cleared");
}

static void put_trouble_name(struct buf *b, const json_t *t)
{
	buf_html(b, conf_str(t, "code", conf_str(t, "what", "")));
	if (conf_str(t, "value", NULL)) {
		buf_char(b, ' ');
		buf_html(b, conf_str(t, "value", NULL));
	}
}

void page_banner(struct page *p)
{
	struct buf *b = &p->out;
	size_t n = json_array_size(p->troubles), i;
	json_t *t;

	if (!n)
		return;
	buf_printf(b, "<div class=\"banner\"><b>&#9651; %zu trouble%s on.</b><span>", n,
		   n == 1 ? " is" : "s are");
	json_array_foreach(p->troubles, i, t) {
		buf_str(b, i ? " &nbsp;·&nbsp; " : "");
		put_trouble_name(b, t);
		buf_str(b, ": ");
		put_scope(b, t);
	}
	buf_str(b, "</span><form method=\"post\" action=\"/console/troubles\">"
		   "<button name=\"clear\" value=\"all\">Clear all</button></form></div>");
}

static void put_switch(struct page *p, const char *name, const char *value, bool on)
{
	buf_printf(
		&p->out,
		"<div class=\"switch\"><form method=\"post\" action=\"/console/troubles\">"
		"<button name=\"%s\" value=\"%s\" aria-pressed=\"%s\">%s</button></form><div>",
		name, value, on ? "true" : "false", on ? "ON" : "OFF");
}

static bool is_preset(const struct page *p, const json_t *t)
{
	for (const struct preset *preset = console_presets; preset->name; preset++)
		if (preset_armed(p, preset) == t)
			return true;
	return false;
}

static void put_provider_choice(struct page *p, const char *every)
{
	size_t i;
	json_t *provider;

	buf_printf(&p->out,
		   "<select name=\"provider\" aria-label=\"provider\"><option value=\"\">%s"
		   "</option>",
		   every);
	json_array_foreach(p->providers, i, provider) {
		buf_str(&p->out, "<option>");
		buf_html(&p->out, conf_str(provider, "name", ""));
		buf_str(&p->out, "</option>");
	}
	buf_str(&p->out, "</select>");
}

void page_troubles(struct page *p)
{
	struct buf *b = &p->out;
	size_t i;
	json_t *t;

	buf_str(b, "<header><h2>Troubles</h2></header>");
	json_array_foreach(p->troubles, i, t) {
		if (is_preset(p, t))
			continue;
		char id[24];
		snprintf(id, sizeof(id), "%" PRId64, conf_int(t, "id", 0));
		put_switch(p, "clear", id, true);
		put_trouble_name(b, t);
		buf_str(b, "<p class=\"small\">");
		put_scope(b, t);
		buf_str(b, "</p></div></div>");
	}
	for (const struct preset *preset = console_presets; preset->name; preset++) {
		const json_t *on = preset_armed(p, preset);
		char id[24];
		snprintf(id, sizeof(id), "%" PRId64, conf_int(on, "id", 0));
		put_switch(p, on ? "clear" : "preset", on ? id : preset->name, on != NULL);
		buf_html(b, preset->title);
		buf_str(b, "<p class=\"small\">");
		buf_html(b, preset->scope);
		buf_str(b, "</p></div></div>");
	}
	buf_str(b, "<form class=\"row\" method=\"post\" action=\"/console/troubles\" "
		   "style=\"margin-top:12px\"><input type=\"text\" name=\"what\" size=\"16\" "
		   "required "
		   "aria-label=\"error code or situation\" placeholder=\"AADSTS70011\">");
	put_provider_choice(p, "where it belongs");
	buf_str(b, "<input type=\"text\" name=\"next\" size=\"4\" inputmode=\"numeric\" "
		   "aria-label=\"for how many requests\" placeholder=\"next "
		   "N\"><button>Add</button></form>");
}

/* ---- clock and keys ---- */

void page_clock(struct page *p)
{
	static const struct {
		const char *by, *label;
	} steps[] = {
		{ "5s", "+5 s" }, { "5m", "+5 min" }, { "1h", "+1 h" }, { "90d", "+90 d" }
	};
	struct buf *b = &p->out;

	buf_str(b, "<header><h2>Clock</h2><span class=\"quiet\">");
	put_distance(p);
	buf_str(b, "</span></header><div class=\"card\"><p class=\"mono\" "
		   "style=\"font-size:14px;white-space:nowrap\">");
	page_time(b, clk_now(&p->idp->clk), "%a %d %b %Y %H:%M:%S UTC");
	buf_str(b, "</p><form class=\"row\" style=\"margin-top:10px\" method=\"post\" "
		   "action=\"/console/clock\">");
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		buf_printf(b, "<button name=\"for\" value=\"%s\">%s</button>", steps[i].by,
			   steps[i].label);
	buf_printf(b, "<button name=\"frozen\" value=\"%s\">%s</button></form></div>",
		   is_frozen(p) ? "no" : "yes", is_frozen(p) ? "let it run" : "freeze");
}

static void put_key(struct buf *b, const json_t *key)
{
	const char *kid = conf_str(key, "kid", "");
	bool signs = conf_bool(key, "signs", false);

	buf_str(b, "<tr><td class=\"mono\" title=\"");
	buf_html(b, kid);
	buf_str(b, "\">");
	AUTO(char) char *head = strndup(kid, 8);
	buf_html(b, head);
	buf_str(b, strlen(kid) > 8 ? "&#8230;" : "");
	buf_str(b, "</td><td>");
	buf_html(b, conf_str(key, "provider", ""));
	buf_str(b, "</td><td class=\"mono\">");
	buf_html(b, conf_str(key, "alg", ""));
	buf_printf(b, "</td><td class=\"quiet\">%s%s</td></tr>", signs ? "<b>signs</b>" : "",
		   conf_bool(key, "published", false) ? "" : " not published");
}

void page_keys(struct page *p)
{
	struct buf *b = &p->out;
	json_t *key;
	size_t i;

	buf_str(b, "<header><h2>Keys</h2><form class=\"row\" method=\"post\" "
		   "action=\"/console/keys\">");
	put_provider_choice(p, "every provider");
	buf_str(b, "<button>rotate</button></form></header><table class=\"keys\"><tbody>");
	json_array_foreach(p->keys, i, key)
		put_key(b, key);
	buf_str(b, "</tbody></table>");
}
