/* SPDX-License-Identifier: Apache-2.0 */
/* An entry of the journal as JSON: the one place where its secrets are taken out. */
#include "idp-sim/journal-private.h"

#include "idp-sim/redact.h"

#include <string.h>
#include <strings.h>

const char *entry_part(const struct entry *e, enum part part, size_t *ret_n)
{
	struct span s = e->parts[part];

	if (s.n == ABSENT)
		return NULL;
	if (ret_n)
		*ret_n = s.n;
	return e->raw.p + s.at;
}

static void put_part(struct buf *out, const char *name, const struct entry *e, enum part part)
{
	size_t n;
	const char *text = entry_part(e, part, &n);

	if (!text)
		return;
	buf_printf(out, ",\"%s\":", name);
	buf_json(out, text, n);
}

static void put_headers(struct buf *out, const struct entry *e)
{
	const char *end = e->raw.p + e->raw.n, *p = e->raw.p + e->headers_at;

	buf_str(out, ",\"headers\":{");
	for (bool more = false; p < end; more = true) {
		const char *name = p, *value = name + strlen(name) + 1;
		AUTO_BUF safe = { 0 };

		redact_header(name, value, &safe);
		buf_str(out, more ? "," : "");
		buf_json(out, name, strlen(name));
		buf_char(out, ':');
		buf_json(out, safe.p ? safe.p : "", safe.n);
		p = value + strlen(value) + 1;
	}
	buf_char(out, '}');
}

static void put_request(struct buf *out, const struct entry *e)
{
	static const char form[] = "application/x-www-form-urlencoded";
	size_t n = 0, type_n = 0;
	const char *query = entry_part(e, PART_QUERY, &n), *type, *body;

	put_part(out, "method", e, PART_METHOD);
	put_part(out, "path", e, PART_PATH);
	if (query) {
		buf_str(out, ",\"query\":");
		redact_form(query, n, out);
	}
	put_headers(out, e);
	type = entry_part(e, PART_TYPE, &type_n);
	body = entry_part(e, PART_BODY, &n);
	if (!e->body_len)
		return;
	if (n && type && type_n >= sizeof(form) - 1 &&
	    !strncasecmp(type, form, sizeof(form) - 1)) {
		buf_str(out, ",\"form\":");
		redact_form(body, n, out);
	} else {
		buf_printf(out, ",\"body_bytes\":%zu", e->body_len);
	}
}

static void put_reply(struct buf *out, const struct entry *e)
{
	AUTO_BUF safe = { 0 };
	size_t n = e->answer_len;
	const char *answer =
		e->ready ? web_ready_body(e->ready) : entry_part(e, PART_ANSWER, &n);

	buf_printf(out, ",\"status\":%d", e->status);
	if (answer) {
		redact_json(answer, n, &safe);
		buf_str(out, ",\"answer\":");
		buf_json(out, safe.p, safe.n);
	} else if (e->answer_len) {
		buf_printf(out, ",\"answer_bytes\":%zu", e->answer_len);
	}
}

json_t *entry_write(const struct entry *e)
{
	static const char *const faults[] = {
		[WEB_FAULT_RESET] = "reset", [WEB_FAULT_TRUNCATE] = "truncate"
	};
	AUTO_BUF out = { 0 };

	buf_printf(&out, "{\"seq\":%lld,\"time_ms\":%lld,\"took_us\":%lld", (long long)e->seq,
		   (long long)e->time_ms, (long long)e->took_us);
	for (size_t i = 0; i < (size_t)N_FACTS; i++)
		put_part(&out, fact_names[i], e, (enum part)i);
	put_request(&out, e);
	put_reply(&out, e);
	if (e->fault && faults[e->fault])
		buf_printf(&out, ",\"fault\":\"%s\"", faults[e->fault]);
	buf_char(&out, '}');
	return json_loadb(out.p, out.n, 0, NULL);
}
