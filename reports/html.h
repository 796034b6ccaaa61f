/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.h - the parts of the HTML report, and nobody else's.
 *
 * One file: no network, no script, no font. What a target or provider said passes page_text()
 * and nothing else.
 */
#pragma once

#include "reports/write.h"

struct page {
	const struct results *rs;
	struct arena *arena;
	struct buf b;
	size_t transcripts; /* failures and warnings written with their hops so far */
	bool cut;	    /* something was left out to keep the page small: the end says so */
};

/* A page of 5,000 results stays below 5 MB: above the first limit entries lose their hops,
 * above the second they are one line. */
enum {
	PAGE_FULL = 3 * 1000 * 1000,
	PAGE_SHORT = 4 * 1000 * 1000,
	PAGE_TRANSCRIPTS = 200,
	PAGE_OPEN = 1,
};

void page_str(struct page *p, const char *markup);
void page_printf(struct page *p, const char *fmt, ...)
	PRINTF(2, 3); /* markup, no foreign text */
void page_text(struct page *p, const char *foreign);
/* href="#..." and id="..." of a result: the id itself, so that a link can be typed. */
void page_link(struct page *p, const char *id);
void page_anchor(struct page *p, const char *id);
void page_glyph(struct page *p, const char *name); /* decoration: a word always follows */
const char *page_class(enum shade s); /* "passed" "failed" ...: CSS class and glyph */
const char *page_word(enum shade s);  /* "passed" "FAILED" ... */
/* "https://..." only, because a link of somebody else may be anything. */
bool page_url_ok(const char *url);

/* From the doctype to the counts. */
void page_top(struct page *p);
void page_map(struct page *p);
/* One foldable entry; the whole story within. */
void page_entry(struct page *p, const struct result *r, bool open);
/* The diagram, and the same as a list for readers of text. */
void page_sequence(struct page *p, const struct result *r);
/* want and got beside each other, the differing words marked. what may be NULL: it is clear. */
void page_pair(struct page *p, const struct check *c, const char *what);
/* A raw message with what want and got speak of marked, and its token decoded. */
void page_raw(struct page *p, const struct result *r, size_t hop, bool open);
/* Parts of the platform in order; made from the results when the run does not say. */
size_t page_parts(struct page *p, const struct part **ret);
