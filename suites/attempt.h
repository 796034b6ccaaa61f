/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attempt.h - requests in raw bytes at a gateway, and what must become of each.
 *
 * The bytes are a template: ${host} is the gateway's authority, ${token} the Admin's access
 * token, ${ws} the path of her workspace, ${nul} a zero byte; X-NMP- in any spelling becomes
 * the prefix of the edition. What a client has no right to say, it says as "forged".
 */
#pragma once

#include "suites/kit/check.h"

#define HOST "Host: ${host}\r\n"
#define TOKEN "Authorization: Bearer ${token}\r\n"
#define CLOSE "Connection: close\r\n\r\n"
#define GET(target) "GET " target " HTTP/1.1\r\n" HOST TOKEN CLOSE
#define WITH(lines) "GET ${ws} HTTP/1.1\r\n" HOST TOKEN lines CLOSE
/* Without a token. */
#define ANON(target, lines) "GET " target " HTTP/1.1\r\n" HOST lines CLOSE
/* Ends with a line "X-NMP-NAME: forged" for each name of the family. */
#define FORGED_FAMILY                                                                          \
	"X-NMP-Authorized: forged\r\nX-NMP-Principal-Id: forged\r\n"                           \
	"X-NMP-Principal-Email: forged\r\nX-NMP-Principal-Groups: forged\r\n"                  \
	"X-NMP-Principal-On-Behalf-Of: forged\r\n"                                             \
	"X-NMP-Principal-On-Behalf-Of-Email: forged\r\n"                                       \
	"X-NMP-Principal-On-Behalf-Of-Groups: forged\r\nX-NMP-Scopes: forged\r\n"

enum must {
	NOT_PASS,  /* nothing reaches the upstream, and the answer is no success */
	NOT_THERE, /* that, or forwarded as a path of one reading that the client may have: not
		      below /internal, and an open one where there is no token */
	NOT_LEAK, /* that, or what reaches it names who the token names and holds nothing forged
		   */
	PASS,	  /* reaches it in that form, and is answered with 2xx */
	PASS_UNNAMED, /* the same for what needs no token: it names nobody */
	ONE_ONLY, /* at most the first request in the bytes reaches it, framed in one way; the
			 others are to /smuggled or have the query "second" */
};

struct attempt {
	const char *what; /* "a name in mixed case"; NULL ends a table */
	const char *bytes;
	enum must must;
	const char *target; /* PASS: what the upstream must see; NULL: whatever it is */
};

struct attempts {
	bool yes; /* the decision point says yes to everything, so that the gateway is alone */
	bool to_the_end; /* more than one request may be in the bytes */
	const struct attempt *list;
};

/* Plays run->arg, a struct attempts, after its positive control. */
void play_attempts(struct run *run);
/* The same for a table of one's own, without the control. */
void play_attempt_list(struct run *run, const struct attempts *all);
/* The good request reaches the upstream. */
void good_request_reaches(struct run *run);
/* The template filled; *ret_n bytes. */
const char *attempt_bytes(struct run *run, const char *text, size_t *ret_n);
/* Sends it. */
const struct answer *attempt_send(struct run *run, const char *text, bool to_the_end);
/* What is wrong with the index-th request that reached the upstream: a line that is forged, an
 * identity that is missing, framing with two readings. NULL: nothing. who: the principal that
 * it must name, NULL: nobody. */
const char *forwarded_wrong(struct run *run, size_t index, const char *who);
