/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html-evidence.c - want beside got, and the raw message that proves it. What was received is
 * shown byte for byte; the words that matter are marked, never changed.
 */
#include "idp-sim/base/conf.h"
#include "reports/html.h"

#include <string.h>
#include <strings.h>

enum { MOST_WORDS = 240, LONGEST_WORD = 160 };

struct words {
	const char *at[MOST_WORDS];
	size_t len[MOST_WORDS];
	bool shared[MOST_WORDS]; /* also on the other side, in the same order */
	size_t n;
	bool all; /* no word was left out */
};

static struct words cut(const char *s)
{
	struct words w = { .all = true };

	while (*(s += strspn(s, " \n\t"))) {
		size_t n = strcspn(s, " \n\t");

		if (w.n == MOST_WORDS) {
			w.all = false;
			break;
		}
		w.at[w.n] = s;
		w.len[w.n++] = n;
		s += n;
	}
	return w;
}

static bool same_word(const struct words *a, size_t i, const struct words *b, size_t k)
{
	return a->len[i] == b->len[k] && memcmp(a->at[i], b->at[k], a->len[i]) == 0;
}

/* Marks the words of the longest common sequence. */
static void share(struct words *a, struct words *b)
{
	static _Thread_local unsigned short best[MOST_WORDS + 1][MOST_WORDS + 1];
	size_t i = 0, k = 0;

	memset(best, 0, sizeof(best));
	for (size_t x = a->n; x-- > 0;) {
		for (size_t y = b->n; y-- > 0;) {
			unsigned short down = best[x + 1][y], right = best[x][y + 1];

			best[x][y] = same_word(a, x, b, y)
					     ? (unsigned short)(best[x + 1][y + 1] + 1)
				     : down > right ? down
						    : right;
		}
	}
	while (i < a->n && k < b->n) {
		if (same_word(a, i, b, k))
			a->shared[i++] = b->shared[k++] = true;
		else if (best[i + 1][k] >= best[i][k + 1])
			i++;
		else
			k++;
	}
}

static size_t n_shared(const struct words *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->shared[i];
	return n;
}

/* Two texts that have little in common are not compared word by word: marking all of both
 * says nothing. Short ones are their own difference. */
static bool worth_it(const struct words *a, const struct words *b)
{
	size_t longer = a->n > b->n ? a->n : b->n;

	if (!a->all || !b->all)
		return false;
	return longer <= 3 || n_shared(a) * 4 >= longer;
}

static void text_n(struct page *p, const char *s, size_t n)
{
	page_text(p, arena_dup(p->arena, s, n));
}

/* Runs of words that are not shared, as one mark each. */
static void marked_words(struct page *p, const char *s, const struct words *w)
{
	const char *at = s;

	for (size_t i = 0; i < w->n; i++) {
		size_t last = i;

		if (w->shared[i])
			continue;
		while (last + 1 < w->n && !w->shared[last + 1])
			last++;
		text_n(p, at, (size_t)(w->at[i] - at));
		page_str(p, "<mark>");
		at = w->at[last] + w->len[last];
		text_n(p, w->at[i], (size_t)(at - w->at[i]));
		page_str(p, "</mark>");
		i = last;
	}
	page_text(p, at);
}

/* What of a wish is worth finding in a text: quoted phrases, and words that have the look of
 * a name (a header, a code). */
struct sought {
	char *word[16];
	size_t n;
};

static void seek(struct page *p, struct sought *s, const char *from, size_t n)
{
	while (n && strchr(":,;.\"'", from[n - 1]))
		n--;
	if (n < 5 || n > LONGEST_WORD || s->n == ARRAY_LEN(s->word))
		return;
	s->word[s->n++] = arena_dup(p->arena, from, n);
}

static bool has_name_look(const char *s, size_t n)
{
	size_t marks = 0, digits = 0;

	for (size_t i = 0; i < n; i++) {
		marks += s[i] == '_' || s[i] == '-';
		digits += s[i] >= '0' && s[i] <= '9';
	}
	return marks >= 1 || digits >= 4;
}

static void seek_all(struct page *p, struct sought *s, const char *want)
{
	const char *at = want;

	while (*(at += strspn(at, " \n\t"))) {
		size_t quoted = *at == '"' ? strcspn(at + 1, "\"\n") : 0;
		size_t n = strcspn(at, " \n\t");

		if (quoted && at[1 + quoted] == '"') {
			seek(p, s, at + 1, quoted);
			n = quoted + 2;
		} else if (has_name_look(at, n)) {
			seek(p, s, at, n);
		}
		at += n;
	}
}

/* Length of the longest sought word at s, whatever the case. */
static size_t sought_at(const struct sought *s, const char *at)
{
	size_t longest = 0;

	for (size_t i = 0; i < s->n; i++) {
		size_t n = strlen(s->word[i]);

		if (n > longest && strncasecmp(at, s->word[i], n) == 0)
			longest = n;
	}
	return longest;
}

static void marked_sought(struct page *p, const char *s, const struct sought *sought)
{
	const char *from = s;

	for (const char *at = s; *at;) {
		size_t n = sought_at(sought, at);

		if (!n) {
			at++;
			continue;
		}
		text_n(p, from, (size_t)(at - from));
		page_str(p, "<mark>");
		text_n(p, at, n);
		page_str(p, "</mark>");
		from = at += n;
	}
	page_text(p, from);
}

static void side(struct page *p, const char *name, const char *s, const struct words *w,
		 const struct sought *sought)
{
	page_printf(p, "<div class=\"said %s\"><div class=\"cap\">%s</div><pre>", name, name);
	if (!*s)
		page_str(p, "<span class=\"is-skipped\">(nothing)</span>");
	else if (w)
		marked_words(p, s, w);
	else
		marked_sought(p, s, sought);
	page_str(p, "</pre></div>");
}

void page_pair(struct page *p, const struct check *c, const char *what)
{
	char *want = text_clean(p->arena, c->want ? c->want : "it holds");
	char *got = text_clean(p->arena, c->got ? c->got : "it does not hold");
	struct words a = cut(want), b = cut(got);
	struct sought sought = { 0 };
	bool compared;

	share(&a, &b);
	seek_all(p, &sought, want);
	compared = worth_it(&a, &b);
	page_str(p, "<div class=\"pair\">");
	if (what) {
		page_str(p, "<h4>");
		page_text(p, what);
		page_str(p, "</h4>");
	}
	side(p, "want", want, compared ? &a : NULL, &sought);
	side(p, "got", got, compared ? &b : NULL, &sought);
	page_str(p, "</div>\n");
}

/* One part of a token as JSON in the order it was issued, or NULL. */
static char *decoded(struct page *p, const char *s, size_t n)
{
	unsigned char *bytes = arena_alloc(p->arena, n + 4);
	long len = b64_decode(s, n, bytes);
	AUTO(json_t)
	json_t *o = len > 0 ? json_loadb((char *)bytes, (size_t)len, 0, NULL) : NULL;
	AUTO(char) char *text = json_is_object(o) ? json_dumps(o, JSON_INDENT(2)) : NULL;

	return arena_str(p->arena, text);
}

static size_t token_part(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
}

/* The first token of a message: header and claims, so that nobody has to paste it elsewhere. */
static void token(struct page *p, const char *s)
{
	for (const char *at = strstr(s, "eyJ"); at; at = strstr(at + 3, "eyJ")) {
		size_t n = token_part(at);
		const char *claims = at[n] == '.' ? at + n + 1 : NULL;
		char *head = claims ? decoded(p, at, n) : NULL;
		char *body = head ? decoded(p, claims, token_part(claims)) : NULL;

		if (!body)
			continue;
		page_str(p, "<pre>");
		page_text(p, head);
		page_str(p, "\n");
		page_text(p, body);
		page_str(
			p,
			"</pre><p class=\"note\">the token above, decoded; the signature is cut"
			"</p>");
		return;
	}
}

void page_raw(struct page *p, const struct result *r, size_t hop, bool open)
{
	const struct hop *h = &r->hops[hop];
	char *detail = text_clean(p->arena, h->detail);
	struct sought sought = { 0 };

	for (size_t i = 0; i < r->n_checks; i++) {
		const struct check *c = &r->checks[i];

		if (!c->held && c->got && !strchr(c->got, '\n'))
			seek(p, &sought, c->got, strlen(c->got));
		if (!c->held && c->want)
			seek_all(p, &sought, c->want);
	}
	page_printf(p, "<details class=\"raw\"%s><summary>message %zu, ", open ? " open" : "",
		    hop + 1);
	page_text(p, h->from);
	page_str(p, " to ");
	page_text(p, h->to);
	page_str(p, "</summary><pre>");
	marked_sought(p, detail, &sought);
	page_str(p, "</pre>");
	token(p, detail);
	page_str(p, "</details>\n");
}
