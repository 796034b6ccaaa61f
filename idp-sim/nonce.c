/* SPDX-License-Identifier: Apache-2.0 */
#include "idp-sim/nonce.h"

#include "idp-sim/base/hash.h"

#include <string.h>

const char *nonce_hashed(struct arena *a, const char *header)
{
	static const char member[] = "\"nonce\":\"";
	const char *at = strstr(header, member), *end;
	unsigned char h[SHA256_BYTES];
	AUTO_BUF b = { .arena = a };

	if (!at)
		return NULL;
	at += strlen(member);
	end = at + strcspn(at, "\"");
	hash_sha256(at, (size_t)(end - at), h);
	buf_add(&b, header, (size_t)(at - header));
	buf_b64url(&b, h, sizeof(h));
	buf_str(&b, end);
	return buf_keep(&b);
}

const char *token_with_header(struct arena *a, const char *token, const char *header)
{
	AUTO_BUF b = { .arena = a };

	buf_b64url(&b, header, strlen(header));
	buf_str(&b, token + strcspn(token, "."));
	return buf_keep(&b);
}
