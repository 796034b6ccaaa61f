/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk.c - which messages of a long talk are shown: polls are one, the middle goes, the
 * offending message never.
 */
#include "reports/write.h"

#include <string.h>

enum { PROOF = 10 /* shorter words are in many messages */ };
enum { MOST_SHOWN = 24, FIRST = 4, LAST = 12, AROUND = 3 };

/* A GUID, a time or a digest: differs between two messages that say the same. */
static bool is_id(const char *s, size_t n)
{
	size_t digits = 0;

	for (size_t i = 0; i < n; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9';

		if (!digit && !strchr("abcdefABCDEF-:.TZ", s[i]))
			return false;
		digits += digit;
	}
	return n >= 8 && digits >= 4;
}

static size_t word_len(const char *s)
{
	return strcspn(s, " \"',;&={}");
}

static bool same_but_ids(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	while (*a && *b) {
		size_t n = word_len(a), m = word_len(b);

		if ((n != m || memcmp(a, b, n) != 0) && !(is_id(a, n) && is_id(b, m)))
			return false;
		a += n;
		b += m;
		if (*a != *b)
			return false;
		if (*a) {
			a++;
			b++;
		}
	}
	return *a == *b;
}

static bool alike(const struct hop *a, const struct hop *b)
{
	return text_same(a->from, b->from) && text_same(a->to, b->to) &&
	       same_but_ids(a->text, b->text) && !a->marked && !b->marked;
}

/* How often the `period` messages at i come again right after. */
static size_t repeats(const struct result *r, size_t i, size_t period)
{
	size_t n = 0, at = i + period;

	while (at + period <= r->n_hops) {
		for (size_t k = 0; k < period; k++) {
			if (!alike(&r->hops[i + k], &r->hops[at + k]))
				return n;
		}
		n++;
		at += period;
	}
	return n;
}

/* Polls that only wait are one each way, "x 7". */
static size_t fold_polls(const struct result *r, struct said *list)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_hops;) {
		size_t period = 1, again = repeats(r, i, 1);

		if (!again && (again = repeats(r, i, 2)))
			period = 2;
		for (size_t k = 0; k < period; k++)
			list[n++] = (struct said) { i + k, again + 1, 0 };
		i += period * (again + 1);
	}
	return n;
}

static size_t shorten(const struct result *r, struct said *list, size_t total)
{
	size_t n = 0, marked = total, gap = 0;

	if (total <= MOST_SHOWN)
		return total;
	for (size_t i = 0; i < total; i++) {
		if (r->hops[list[i].hop].marked)
			marked = i;
	}
	for (size_t i = 0; i < total; i++) {
		bool near = marked < total && i + AROUND >= marked && i <= marked + AROUND;

		if (i >= FIRST && i + LAST < total && !near) {
			gap += list[i].times;
			continue;
		}
		if (gap)
			list[n++] = (struct said) { .left_out = gap };
		gap = 0;
		list[n++] = list[i];
	}
	return n;
}

size_t talk_shown(struct arena *a, const struct result *r, struct said **ret)
{
	*ret = arena_alloc(a, (r->n_hops + 2) * sizeof(**ret));
	return shorten(r, *ret, fold_polls(r, *ret));
}

static bool has_mark(const struct result *r)
{
	for (size_t i = 0; i < r->n_hops; i++) {
		if (r->hops[i].marked)
			return true;
	}
	return false;
}

/* The first message that the target sent with these words in it. */
static size_t sent_with(const struct result *r, const char *words)
{
	for (size_t i = 0; i < r->n_hops; i++) {
		const struct hop *h = &r->hops[i];

		if (text_same(h->from, r->surface) && h->detail && strcasestr(h->detail, words))
			return i;
	}
	return r->n_hops;
}

const struct result *result_marked(struct arena *a, const struct result *r)
{
	struct result *copy;
	size_t at = r->n_hops;
	const char *got = NULL;

	if (r->verdict != FAILED || has_mark(r))
		return r;
	for (size_t i = 0; i < r->n_checks && at == r->n_hops; i++) {
		got = r->checks[i].got;
		if (!r->checks[i].held && got && strlen(got) >= PROOF)
			at = sent_with(r, got);
	}
	if (at == r->n_hops)
		return r;
	copy = arena_alloc(a, sizeof(*copy));
	*copy = *r;
	copy->hops = arena_alloc(a, r->n_hops * sizeof(*r->hops));
	memcpy(copy->hops, r->hops, r->n_hops * sizeof(*r->hops));
	copy->hops[at].marked = true;
	copy->hops[at].remark = text_line(a, got, 60);
	return copy;
}
