/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI document of the control API, from the table that serves it. */
#include "idp-sim/control.h"

#include <ctype.h>
#include <string.h>

/* "POST /_sim/devices/{user_code}/approve" has the id "post_devices_user_code_approve". */
static json_t *operation_id(const struct route *r)
{
	AUTO_BUF id = { 0 };

	for (const char *p = r->method; *p; p++)
		buf_char(&id, (char)tolower((unsigned char)*p));
	for (const char *p = r->path + strlen("/_sim"); *p; p++)
		if (isalnum((unsigned char)*p) || *p == '_')
			buf_char(&id, *p);
		else if (*p == '/' || *p == '.')
			buf_char(&id, '_');
	return json_string(id.p);
}

static json_t *schema_of(const struct conf_key *keys, bool more)
{
	json_t *schema = conf_schema(keys, NULL, NULL);

	json_object_del(schema, "$schema");
	json_object_del(schema, "$id");
	json_object_del(schema, "title");
	if (more)
		json_object_set_new(schema, "additionalProperties", json_true());
	return schema;
}

static json_t *parameter(const char *name, const char *in, json_t *schema, const char *help)
{
	return json_pack("{s:s, s:s, s:b, s:o, s:s*}", "name", name, "in", in, "required",
			 !strcmp(in, "path"), "schema", schema, "description", help);
}

static json_t *parameters(const struct route *r)
{
	json_t *list = json_array();
	const char *p = r->path;

	while ((p = strchr(p, '{'))) {
		AUTO_BUF name = { 0 };
		buf_add(&name, p + 1, strcspn(p + 1, "}"));
		json_array_append_new(
			list,
			parameter(name.p, "path", json_pack("{s:s}", "type", "string"), NULL));
		p++;
	}
	if (!r->query)
		return list;
	AUTO(json_t) json_t *schema = schema_of(r->query, false);
	for (const struct conf_key *k = r->query; k->name; k++) {
		json_t *of = conf_get(schema, "properties");
		json_array_append_new(
			list, parameter(k->name, "query",
					json_deep_copy(json_object_get(of, k->name)), k->help));
	}
	return list;
}

static json_t *content(const char *type, json_t *schema)
{
	return json_pack("{s:{s:o}}", type, "schema", schema);
}

static json_t *operation(const struct route *r)
{
	json_t *error =
		json_pack("{s:s, s:o}", "description", "Refused.", "content",
			  content("application/json",
				  json_pack("{s:s}", "$ref", "#/components/schemas/error")));
	json_t *good =
		json_pack("{s:s, s:o}", "description", "Done.", "content",
			  content("application/json", json_pack("{s:s}", "type", "object")));
	json_t *o = json_pack("{s:o, s:s, s:o, s:{s:o, s:o}}", "operationId", operation_id(r),
			      "summary", r->summary, "parameters", parameters(r), "responses",
			      !strcmp(r->path, "/_sim/tenants") ? "201" : "200", good,
			      "default", error);

	if (r->body)
		json_object_set_new(o, "requestBody",
				    json_pack("{s:o}", "content",
					      content("application/json",
						      schema_of(r->body, r->free_body))));
	else if (r->free_body)
		json_object_set_new(o, "requestBody",
				    json_pack("{s:o}", "content",
					      content("application/merge-patch+json",
						      json_pack("{s:s}", "type", "object"))));
	return o;
}

json_t *control_openapi(void)
{
	json_t *paths = json_object();

	for (const struct route *r = control_routes; r->method; r++) {
		AUTO_BUF method = { 0 };
		for (const char *p = r->method; *p; p++)
			buf_char(&method, (char)tolower((unsigned char)*p));
		if (!json_object_get(paths, r->path))
			json_object_set_new(paths, r->path, json_object());
		json_object_set_new(json_object_get(paths, r->path), method.p, operation(r));
	}
	return json_pack(
		"{s:s, s:{s:s, s:s, s:s}, s:o, s:{s:{s:{s:s, s:[s], s:{s:{s:s}, s:{s:s}}}}}}",
		"openapi", "3.1.0", "info", "title", "idp-sim control API", "version", "1",
		"description",
		"Steers a simulated OpenID provider. Never part of the simulated surface.",
		"paths", paths, "components", "schemas", "error", "type", "object", "required",
		"error", "properties", "error", "type", "string", "remedy", "type", "string");
}
