/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

/* Base32 (RFC 4648, 6), without padding; returns the length. */
static size_t decode(const char *text, unsigned char *ret, size_t size)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (; *text && n < size; text++) {
		const char *at = strchr(letters, *text);

		if (!at)
			continue;
		bits = bits << 5 | (unsigned)(at - letters);
		have += 5;
		if (have >= 8) {
			have -= 8;
			ret[n++] = (unsigned char)(bits >> have);
		}
	}
	return n;
}

static unsigned code_at(const unsigned char *key, size_t n, int64_t step)
{
	unsigned char message[8], h[20];
	unsigned len = sizeof(h), at;

	for (int i = 7; i >= 0; i--, step >>= 8)
		message[i] = (unsigned char)step;
	HMAC(EVP_sha1(), key, (int)n, message, sizeof(message), h, &len);
	at = h[19] & 0xf;
	return ((h[at] & 0x7fu) << 24 | (unsigned)h[at + 1] << 16 | (unsigned)h[at + 2] << 8 |
		h[at + 3]) %
	       1000000;
}

bool totp_matches(const char *secret, const char *given, int64_t now_s)
{
	unsigned char key[64];
	size_t n = decode(secret, key, sizeof(key));
	char code[16];

	for (int64_t step = now_s / 30 - 1; n && step <= now_s / 30 + 1; step++) {
		snprintf(code, sizeof(code), "%06u", code_at(key, n, step));
		if (!strcmp(code, given))
			return true;
	}
	return false;
}
