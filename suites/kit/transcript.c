/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transcript.c - who said what, in order, without secrets, and with the parts' names in the
 * place of their ports.
 */
#include "suites/kit/lab.h"
#include "suites/kit/transcript.h"

#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"

#include <ctype.h>
#include <string.h>

enum { MAX_HOPS = 400, MAX_DETAIL = 8192, MAX_TEXT = 300 };

void hops_begin(struct lab *l, struct arena *a)
{
	pthread_mutex_lock(&l->hops.lock);
	l->hops.arena = a;
	l->hops.items = arena_alloc(a, MAX_HOPS * sizeof(*l->hops.items));
	l->hops.cap = MAX_HOPS;
	l->hops.n = 0;
	l->hops.zero_us = clk_mono_us();
	l->hops.open = true;
	pthread_mutex_unlock(&l->hops.lock);
}

void hops_add_at(struct lab *l, int64_t at_us, const struct hop *h)
{
	struct hop_list *list = &l->hops;

	if (l->o.on_hop)
		l->o.on_hop(h);
	pthread_mutex_lock(&list->lock);
	if (list->open && list->n < list->cap)
		list->items[list->n++] = (struct hop) {
			.at_us = at_us > 0 ? at_us : 0, /* another clock may be behind */
			.from = arena_str(list->arena, h->from),
			.to = arena_str(list->arena, h->to),
			.answer = h->answer,
			.text = text_shown(l, list->arena, h->text, strlen(h->text)),
			.detail = h->detail ? text_shown(l, list->arena, h->detail,
							 strlen(h->detail))
					    : NULL,
		};
	pthread_mutex_unlock(&list->lock);
}

void hops_add(struct lab *l, const char *from, const char *to, bool answer, const char *text,
	      const char *detail)
{
	struct hop h = {
		.from = from, .to = to, .answer = answer, .text = text, .detail = detail
	};

	hops_add_at(l, hops_now(l), &h);
}

int64_t hops_now(const struct lab *l)
{
	return clk_mono_us() - l->hops.zero_us;
}

static size_t printable(const char *p, size_t n, char *ret, size_t cap)
{
	size_t k = 0;

	for (size_t i = 0; i < n && k + 5 < cap; i++)
		if (p[i] == '\n')
			ret[k++] = '\n';
		else if (isprint((unsigned char)p[i]) || (unsigned char)p[i] >= 0x80)
			ret[k++] = p[i];
		else if (p[i] != '\r')
			k += (size_t)snprintf(ret + k, 5, "\\x%02x", (unsigned char)p[i]);
	ret[k] = '\0';
	return k;
}

/* "GET /apis/x HTTP/1.1" gives "GET /apis/x"; "HTTP/1.1 200 OK" gives "200 OK" and, for JSON,
 * the first of the body. */
static void first_line(const char *shown, bool answer, char *ret, size_t cap)
{
	size_t n = strcspn(shown, "\n");
	const char *body = strstr(shown, "\n\n");
	const char *p = shown;

	if (answer && strncmp(p, "HTTP/", 5) == 0) {
		p = memchr(shown, ' ', n);
		p = p ? p + 1 : shown;
	}
	n -= (size_t)(p - shown);
	if (!answer && n > 9 && strncmp(p + n - 9, " HTTP/1.", 8) == 0)
		n -= 9;
	snprintf(ret, cap, "%.*s", (int)(n < MAX_TEXT ? n : MAX_TEXT), p);
	if (body && body[2]) {
		size_t used = strlen(ret), m = strcspn(body + 2, "\n");

		snprintf(ret + used, cap - used, "  %.*s", (int)(m < 160 ? m : 160), body + 2);
	}
}

void hops_message(struct lab *l, const char *from, const char *to, bool answer,
		  const char *bytes, size_t n)
{
	char *shown = malloc(MAX_DETAIL);
	char line[2 * MAX_TEXT];

	if (!shown)
		return;
	printable(bytes, n, shown, MAX_DETAIL);
	first_line(shown, answer, line, sizeof(line));
	hops_add(l, from, to, answer, line, shown);
	free(shown);
}

/* "eyJhbGciOi...": length of the token at p, and where its signature begins. */
static size_t token_at(const char *p, const char *end, size_t *ret_signature)
{
	const char *q = p;
	int dots = 0;

	if (end - p < 20 || strncmp(p, "eyJ", 3) != 0)
		return 0;
	for (; q < end && (isalnum((unsigned char)*q) || strchr("-_.", *q)); q++)
		if (*q == '.' && ++dots == 2)
			*ret_signature = (size_t)(q + 1 - p);
	return dots >= 2 ? (size_t)(q - p) : 0;
}

static const char *const secret_names[] = {
	"refresh_token=",	 "password=",	       "client_secret=",
	"device_code=",		 "code_verifier=",     "\"refresh_token\":\"",
	"\"refresh_token\": \"", "\"device_code\":\"", "\"device_code\": \"",
	"refresh_token: ",
};

/* Length of the name of a secret whose value starts after it, or 0. */
static size_t secret_at(const char *p, const char *end)
{
	for (size_t i = 0; i < ARRAY_LEN(secret_names); i++) {
		size_t n = strlen(secret_names[i]);

		if ((size_t)(end - p) > n && strncmp(p, secret_names[i], n) == 0)
			return n;
	}
	return 0;
}

struct origin {
	const char *url, *name;
};

/* "http://127.0.3.1:41873" is a different one in every run; "gateway" is not. */
static size_t origins_of(struct lab *l, struct origin *ret)
{
	struct assembly *s = &l->now;
	const struct recorder *recorders[] = { s->face, s->api, s->liar, s->upstream };
	static const char *const names[] = { "platform", "platform", "pdp", "upstream" };
	size_t n = 0;

	if (l->idp)
		ret[n++] = (struct origin) { idp_origin(l->idp), "idp" };
	for (size_t i = 0; i < ARRAY_LEN(recorders); i++)
		if (recorders[i])
			ret[n++] = (struct origin) { recorder_url(recorders[i]), names[i] };
	if (s->pdp)
		ret[n++] = (struct origin) { reference_url(s->pdp), "pdp" };
	if (s->service)
		ret[n++] = (struct origin) { reference_url(s->service), "service" };
	if (s->gateway)
		ret[n++] = (struct origin) { reference_url(s->gateway), "gateway" };
	return n;
}

/* Puts the part's name for an origin at p, with or without "http://"; returns bytes used. */
static size_t replace_origin(const struct origin *list, size_t n, const char *p,
			     const char *end, struct buf *to)
{
	for (size_t i = 0; i < n; i++) {
		const char *url = list[i].url;
		const char *bare = strstr(url, "://") ? strstr(url, "://") + 3 : url;
		size_t whole = strlen(url), part = strlen(bare);

		if ((size_t)(end - p) >= whole && memcmp(p, url, whole) == 0) {
			buf_printf(to, "http://%s", list[i].name);
			return whole;
		}
		if ((size_t)(end - p) >= part && memcmp(p, bare, part) == 0) {
			buf_str(to, list[i].name);
			return part;
		}
	}
	return 0;
}

char *text_shown(struct lab *l, struct arena *a, const char *text, size_t n)
{
	struct origin origins[12];
	size_t n_origins = origins_of(l, origins);
	const char *prefix = l->target->run_prefix;
	const char *p = text, *end = text + n;
	AUTO_BUF out = { 0 };

	while (p < end) {
		size_t ours =
			prefix && !strncmp(p, prefix, strlen(prefix)) ? strlen(prefix) : 0;
		size_t signature = 0, token = token_at(p, end, &signature);
		size_t secret = token ? 0 : secret_at(p, end);
		size_t origin = 0;

		if (ours) { /* reports of two runs compare equal */
			p += ours;
		} else if (token) {
			buf_add(&out, p, signature);
			buf_str(&out, token > signature ? "..." : "");
			p += token;
		} else if (secret) {
			buf_add(&out, p, secret);
			buf_str(&out, "...");
			p += secret + strcspn(p + secret, "& \"\r\n");
		} else if ((*p == 'h' || *p == '1') &&
			   (origin = replace_origin(origins, n_origins, p, end, &out))) {
			p += origin;
		} else {
			buf_char(&out, *p++);
		}
	}
	return arena_dup(a, out.p ? out.p : "", out.n);
}

/* Insertion sort: the list is nearly in order, and equal times keep it. */
static void order(struct hop *h, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct hop x = h[i];
		size_t k = i;

		for (; k > 0 && h[k - 1].at_us > x.at_us; k--)
			h[k] = h[k - 1];
		h[k] = x;
	}
}

void hops_end(struct run *run)
{
	struct hop_list *list = &run->lab->hops;

	provider_hops(run);
	pthread_mutex_lock(&list->lock);
	list->open = false;
	order(list->items, list->n);
	run->result->hops = list->items;
	run->result->n_hops = list->n;
	pthread_mutex_unlock(&list->lock);
}

/* No row has said which: the last that the target said before the first check that failed.
 * Where the words of a check stand in a message, reports find that themselves. */
static void mark_by_time(struct run *run)
{
	const struct result *r = run->result;
	const struct check *c = NULL;

	for (size_t i = 0; i < r->n_checks && !c; i++)
		if (!r->checks[i].held && !r->checks[i].control)
			c = &r->checks[i];
	/* What fails after our own side has failed is not in the list. */
	if (!run->failed_us || !c)
		return;
	for (size_t i = 0; i < r->n_hops && strlen(c->got) > 9; i++)
		if (r->hops[i].detail && strcasestr(r->hops[i].detail, c->got))
			return;
	run->mark_us = run->failed_us;
	run->mark_from = surface_word(run->surface);
	run->mark_remark = run_printf(run, "does not hold: %s", c->what);
}

static bool fits(const struct run *run, const struct hop *h)
{
	return strcmp(h->from, run->mark_from) == 0 &&
	       (!run->mark_to || strcmp(h->to, run->mark_to) == 0);
}

/* Where a mark goes is known by the parts' names and the time; the hop may not be in the list
 * yet, when it comes from the simulator's journal: marks are put at the end. The journal's
 * clock is another one: what fits and is later is better than nothing. */
void marks_apply(struct run *run)
{
	struct result *r = run->result;
	struct hop *found = NULL;

	if (!run->mark_from)
		mark_by_time(run);
	for (size_t i = 0; run->mark_from && i < r->n_hops; i++) {
		struct hop *h = &r->hops[i];

		if (fits(run, h) && (h->at_us <= run->mark_us || !found))
			found = h;
	}
	if (found) {
		found->marked = true;
		found->remark = run->mark_remark;
	}
}
