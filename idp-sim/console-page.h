/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console-page.h - the sections of the console, for console.c.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "idp-sim/sim.h"

/* Everything a page shows, read once. */
struct page {
	struct idp *idp;
	json_t *providers, *devices, *sessions, *troubles, *keys, *entries; /* owned lists */
	const char *only; /* the provider whose lists they are; NULL: of all */
	int64_t chosen;	  /* seq of the journal entry on the right; 0: none */
	bool reachable;	  /* from a phone: the listener is not on loopback */
	struct buf out;
};

/* What a person may switch on with one click. */
struct preset {
	const char *name, *title, *scope;
	const char *spec; /* the trouble, in JSON */
};
extern const struct preset console_presets[]; /* ends with name NULL */

/* The armed trouble that a preset stands for, or NULL. */
const json_t *preset_armed(const struct page *p, const struct preset *preset);

void page_bar(struct page *p);
void page_banner(struct page *p);
void page_waiting(struct page *p);
void page_clock(struct page *p);
void page_keys(struct page *p);
void page_troubles(struct page *p);
void page_journal(struct page *p);
/* In the place of an empty journal: addresses and people. */
void page_manual(struct page *p);
void page_tokens(struct page *p);
void page_sessions(struct page *p);
void page_request(struct page *p);
/* The provider that the page is about, else the first one. */
const json_t *page_provider(const struct page *p);
/* The name of the client that a list's member is about, else its id; NULL: of none. */
const char *page_client(const struct page *p, const json_t *of);
/* "3 h 12 min", "4 s": the two largest units. */
void page_span(struct buf *b, int64_t seconds);
/* Have both the same text there? */
bool page_same(const json_t *a, const json_t *b, const char *name);
/* The time in UTC; format of strftime(). */
void page_time(struct buf *b, int64_t unix_s, const char *format);
/* "/?entry=7", and the provider when the page shows only one's. */
void page_entry_link(const struct page *p, int64_t entry, struct buf *b);
/* Inline SVG of a QR code; nothing without libqrencode. */
void page_qr(struct buf *out, const char *text);
