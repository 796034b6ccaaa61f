/* SPDX-License-Identifier: Apache-2.0 */
/* attach.c - what must hold among the keys of a target that runs already; see format.h. */
#include "runner/targets/format.h"

#include "idp-sim/base/url.h"

#include <string.h>

static const char *const parts[] = { "idp", "pdp", "upstream", "service" };

static bool is_https(const char *url)
{
	return strncmp(url, "https://", strlen("https://")) == 0;
}

/* An origin: what is asked of a part has its own path. */
static bool check_origin(const struct target_file *f, const char *pointer, const char *text,
			 struct err *err)
{
	struct url url;
	struct err why = { 0 };

	if (!url_parse(text, &url, &why) || strcmp(url.target, "/") != 0 ||
	    text[strlen(text) - 1] == '/')
		return conf_fail(f->conf, pointer, err,
				 "'%.200s' is not http(s)://HOST[:PORT], without a path", text);
	return true;
}

static bool check_attach(const struct target_file *f, struct err *err)
{
	static const char *const of_tls[] = { "ca", "sni", "cert", "key" };
	const json_t *attach = json_object_get(f->root, "attach");
	const char *url = conf_str(attach, "url", "");
	char at[40];

	if (!attach)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(of_tls) && !strstr(url, "${"); i++) {
		snprintf(at, sizeof at, "/attach/%s", of_tls[i]);
		if (json_object_get(attach, of_tls[i]) && !is_https(url))
			return conf_fail(f->conf, at, err,
					 "'%s' is about TLS, and url is not https://",
					 of_tls[i]);
	}
	if (!json_object_get(attach, "cert") != !json_object_get(attach, "key"))
		return conf_fail(f->conf, "/attach", err,
				 "a client certificate needs both 'cert' and 'key'");
	return strstr(url, "${") || check_origin(f, "/attach/url", url, err);
}

static bool check_tls(const struct target_file *f, const char *at, const json_t *part,
		      struct err *err)
{
	bool own = json_object_get(part, "cert"), made = conf_bool(part, "tls", false);

	if (own != (json_object_get(part, "key") != NULL))
		return conf_fail(f->conf, at, err, "a certificate needs both 'cert' and 'key'");
	if (own && made)
		return conf_fail(f->conf, at, err,
				 "either 'tls: true', for a certificate of the lab's CA, or "
				 "'cert' and 'key'");
	if ((own || made) && !json_object_get(part, "listen"))
		return conf_fail(f->conf, at, err, "TLS needs 'listen'");
	return true;
}

static bool check_part(const struct target_file *f, const char *name, struct err *err)
{
	const json_t *part = json_object_get(json_object_get(f->root, "lab"), name);
	const char *advertise = conf_str(part, "advertise", NULL);
	const char *listen = conf_str(part, "listen", NULL);
	char at[40], below[60];

	snprintf(at, sizeof at, "/lab/%s", name);
	snprintf(below, sizeof below, "%s/listen", at);
	if (listen && (!strchr(listen, ':') || strstr(listen, "://")))
		return conf_fail(f->conf, below, err, "'%.200s' is not ADDRESS:PORT", listen);
	snprintf(below, sizeof below, "%s/advertise", at);
	return (!advertise || check_origin(f, below, advertise, err)) &&
	       check_tls(f, at, part, err);
}

/* A tenant speaks one provider's dialect, and its tokens come from somewhere. */
static bool check_tenant(const struct target_file *f, struct err *err)
{
	const json_t *providers = json_object_get(f->root, "providers");
	bool there = json_object_get(f->root, "tenant");

	if (there && !json_object_get(f->root, "token_command"))
		return conf_fail(f->conf, "/tenant", err,
				 "a tenant needs 'token_command', which prints a token of it");
	if (!there && json_object_get(f->root, "token_command"))
		return conf_fail(
			f->conf, "/token_command", err,
			"'token_command' is for a real identity provider: add 'tenant' "
			"with issuer, client_id and users");
	if (there && json_array_size(providers) != 1)
		return conf_fail(f->conf, "/tenant", err,
				 "a tenant needs 'providers' with the one whose dialect it "
				 "speaks, e.g. providers: [azure]");
	return true;
}

bool target_check_attach(const struct target_file *f, struct err *err)
{
	bool attached = target_file_attached(f);

	if (!attached && json_object_get(f->root, "lab"))
		return conf_fail(f->conf, "/lab", err,
				 "'lab' is for a target that runs already: add 'attach', or "
				 "take it out");
	if (!attached && json_object_get(f->root, "reconfigure"))
		return conf_fail(f->conf, "/reconfigure", err,
				 "'reconfigure' is for a target that runs already; one that we "
				 "start has 'configurations'");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (!check_part(f, parts[i], err))
			return false;
	return check_attach(f, err) && check_tenant(f, err);
}
