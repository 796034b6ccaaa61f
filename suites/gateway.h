/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gateway.h - requests in raw bytes, and what a gateway may do with them. Shared by the files of
 * the section "gateway".
 *
 * Bytes are templates; what is in braces is put in:
 *
 *	{host}  "Host: 127.0.3.1:41873\r\n"     {token} "Authorization: Bearer ...\r\n", alice's
 *	{end}   "Connection: close\r\n\r\n"      {ws}    path of ml-team, whose Admin she is
 *	{admin} the same of PlatformAdmin, whom the decision point denies nothing
 *	{P}     "X-NMP-", the edition's prefix   {spoof} every identity header, with the value evil
 */
#pragma once

#include "suites/kit/check.h"

struct bytes {
	const char *what; /* "a header name in mixed case"; NULL ends a table */
	const char *text;
	size_t n;         /* 0: strlen(text) */
};
#define BYTES(what, text) { what, text, sizeof(text) - 1 }

const struct answer *send_bytes(struct run *run, const struct bytes *b);

/* The good request reaches the upstream: every row about refusing begins with it. */
void good_request_reaches(struct run *run);
/* Not forwarded, and refused with 4xx. */
void check_kept_out(struct run *run, const char *what, const struct answer *a);
/* Nothing of the client's reached the upstream: refused, or forwarded with the identity that the
 * PDP named and without a byte of "evil". With must_forward a refusal is wrong as well. */
void check_identity(struct run *run, const char *what, const struct answer *a, bool must_forward);

/* Functions of rows; run->arg is a table of struct bytes. */
void play_kept_out(struct run *run);
void play_identity(struct run *run);
void play_forwarded(struct run *run);
/* At most the one legitimate request reaches the upstream; none is smuggled behind it. */
void play_one_request(struct run *run);

/* gateway-raw.c */
extern const struct bytes raw_alias[], raw_unknown[], raw_case[], raw_twice[], raw_odd_names[],
	raw_line_breaks[], raw_connection[], raw_trailers[], raw_upgrade[], raw_internal[],
	raw_internal_spelled[], raw_open_confused[], raw_framing[], raw_hosts[], raw_methods[],
	raw_preflight[], raw_tokens[], raw_many_lines[], raw_tunnel[];
