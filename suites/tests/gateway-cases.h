/* SPDX-License-Identifier: Apache-2.0 */
/* Requests in raw bytes, and what a gateway makes of them. */
#pragma once

#include <stddef.h>

#define HOST "Host: gw.example.test\r\n"
#define TOKEN "Authorization: Bearer good\r\n"
#define CLOSE "Connection: close\r\n\r\n"
#define GET(target) "GET " target " HTTP/1.1\r\n" HOST TOKEN CLOSE
#define WITH(lines) "GET /apis/x HTTP/1.1\r\n" HOST TOKEN lines CLOSE
#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: x\r\nX-NMP-Principal-Id: evil\r\n\r\n"
#define POST(lines, body) "POST /apis/x HTTP/1.1\r\n" HOST TOKEN lines "\r\n" body
#define SPOOF                                                                                  \
	"X-NMP-Authorized: evil\r\nX-NMP-Principal-Id: evil\r\nX-NMP-Principal-Email: "        \
	"evil\r\n"                                                                             \
	"X-NMP-Principal-Groups: evil\r\nX-NMP-Principal-On-Behalf-Of: evil\r\n"               \
	"X-NMP-Principal-On-Behalf-Of-Email: evil\r\nX-NMP-Scopes: evil\r\n"                   \
	"X-NMP-Principal-On-Behalf-Of-Groups: evil\r\nX-NMP-Roles: evil\r\n"

/* One request: its answer, and how many of what it caused reached the upstream. */
struct raw_case {
	const char *bytes;
	int status; /* 400: any 4xx or 5xx */
	size_t reached;
	size_t n; /* 0: strlen(bytes) */
};

static const struct raw_case cases[] = {
	{ GET("/apis/x"), 200, 1 },
	{ "DELETE /apis/x?x=1&y=%2F HTTP/1.1\r\n" HOST TOKEN CLOSE, 200, 1 },
	{ "HEAD /apis/x HTTP/1.1\r\n" HOST TOKEN CLOSE, 200, 1 },
	{ "GET /apis/x HTTP/1.0\r\n" TOKEN "\r\n", 200, 1 },
	{ GET("/apis/entities/v2/workspaces/w/members/a%40example.com"), 200, 1 },
	{ POST("Content-Length: 5\r\nExpect: 100-continue\r\n", ""), 408, 0 },
	{ "GET /health/ready HTTP/1.1\r\n" HOST SPOOF CLOSE, 200, 1 },
	{ "GET /studio/ HTTP/1.1\r\n" HOST SPOOF CLOSE, 200, 1 },
	/* whitespace, folding, line ends */
	{ WITH("X-NMP-Principal-Id : evil\r\n"), 400, 0 },
	{ WITH("X-NMP-Principal-Id\t: evil\r\n"), 400, 0 },
	{ WITH("X-Foo: a\r\n X-NMP-Principal-Id: evil\r\n"), 400, 0 },
	{ WITH("X-Foo: a\nX-NMP-Principal-Id: evil\r\n"), 400, 0 },
	{ WITH("X-Foo: a\rX-NMP-Principal-Id: evil\r\n"), 400, 0 },
	{ WITH("X-NMP-Principal-Id evil\r\n"), 400, 0 },
	{ "GET /apis/x HTTP/1.1\r\n X-NMP-Scopes: evil\r\n" HOST TOKEN CLOSE, 400, 0 },
	{ "GET /apis/x HTTP/1.1\nHost: a\n\n", 408, 0 },
	{ "GET /apis/x\r\n\r\n", 400, 0 },
	{ "GET /apis/x HTTP/2.0\r\n" HOST CLOSE, 505, 0 },
	{ "get /apis/x HTTP/1.1\r\n" HOST TOKEN CLOSE, 405, 0 },
	{ "TRACE /apis/x HTTP/1.1\r\n" HOST TOKEN CLOSE, 405, 0 },
	{ "CONNECT 127.0.0.1:80 HTTP/1.1\r\n" HOST TOKEN CLOSE, 405, 0 },
	{ "OPTIONS * HTTP/1.1\r\n" HOST CLOSE, 400, 0 },
	{ "GET /apis/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n" TOKEN CLOSE, 400, 0 },
	{ "GET /apis/x HTTP/1.1\r\n" TOKEN CLOSE, 400, 0 },
	{ WITH("Authorization: Bearer other\r\n"), 400, 0 },
	/* /internal */
	{ GET("/internal"), 404, 0 },
	{ GET("/internal/"), 404, 0 },
	{ GET("/internal/iam/opa-bundle.tar.gz"), 404, 0 },
	{ GET("/internal?x=1"), 404, 0 },
	{ GET("/INTERNAL/x"), 404, 0 },
	{ GET("/%69nternal/x"), 404, 0 },
	{ GET("/internal%20/x"), 404, 0 },
	{ GET("/internal./x"), 404, 0 },
	{ GET("//internal/x"), 400, 0 },
	{ GET("/./internal/x"), 400, 0 },
	{ GET("/apis/../internal/x"), 400, 0 },
	{ GET("/apis/%2e%2e/internal/x"), 400, 0 },
	{ GET("/apis/..%2finternal/x"), 400, 0 },
	{ GET("/internal%2fx"), 400, 0 },
	{ GET("/internal;a=b/x"), 400, 0 },
	{ GET("/apis/..;/internal/x"), 400, 0 },
	{ GET("/apis/..\\internal/x"), 400, 0 },
	{ GET("/%5cinternal/x"), 400, 0 },
	{ GET("/internal%00/x"), 400, 0 },
	{ GET("/%252e%252e/internal/x"), 400, 0 },
	{ GET("/apis/%c0%ae%c0%ae/internal/x"), 400, 0 },
	{ GET("/apis/%u002e/internal/x"), 400, 0 },
	{ GET("http://gw.example.test/internal/x"), 400, 0 },
	{ GET("/apis/x#/../../internal/x"), 400, 0 },
	{ GET("/apis/x /../internal"), 400, 0 },
	{ GET("internal/x"), 400, 0 },
	{ GET("/\xc0\xaf../internal/x"), 400, 0 },
	{ GET("/internally/x"), 200, 1 },
	{ GET("/apis/internal/x"), 200, 1 },
	/* endpoints of services */
	{ GET("/apis/auth/decide/apis/x"), 403, 0 },
	{ GET("/apis/auth/ext-authz/apis/x"), 403, 0 },
	{ GET("/apis/auth/v2/authz/allow"), 403, 0 },
	/* framing */
	{ POST("Content-Length: 66\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" SMUGGLED),
	  400, 0 },
	{ POST("Content-Length: 66\r\nTransfer-Encoding: xchunked\r\n", SMUGGLED), 400, 0 },
	{ POST("Transfer-Encoding : chunked\r\nContent-Length: 66\r\n", SMUGGLED), 400, 0 },
	{ POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", SMUGGLED), 400,
	  0 },
	{ POST("Content-Length: 0\r\nContent-Length: 61\r\n", SMUGGLED), 400, 0 },
	{ POST("Content-Length: +61\r\n", SMUGGLED), 400, 0 },
	{ POST("Content-Length: 0, 61\r\n", SMUGGLED), 400, 0 },
	{ POST("Content-Length:\r\n", SMUGGLED), 400, 0 },
	{ POST("Content-Length: -1\r\n", SMUGGLED), 400, 0 },
	{ POST("Content-Length: 1_0\r\n", SMUGGLED), 400, 0 },
	{ POST("Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n"), 400, 0 },
	{ POST("Transfer-Encoding: chunked\r\n", "5;a\nXX\r\nhello\r\n0\r\n\r\n"), 400, 0 },
	{ POST("Transfer-Encoding: chunked\r\nConnection: close\r\n",
	       "5;a=b\r\nhello\r\n0\r\nX-NMP-Scopes: evil\r\n\r\n"),
	  200, 1 },
	{ POST("Transfer_Encoding: chunked\r\nContent-Length: 5\r\nConnection: close\r\n",
	       "hello"),
	  200, 1 },
	{ POST("Expect: y 100-continue\r\nContent-Length: 5\r\n", "hello"), 417, 0 },
	/* what may pass, and who it names */
	{ WITH(SPOOF), 200, 1 },
	{ WITH("x-nmp-authorized: evil\r\nX-nMp-PrInCiPaL-iD: evil\r\n"), 200, 1 },
	{ WITH("X_NMP_Authorized: evil\r\nX.NMP.Principal.Id: evil\r\n"), 200, 1 },
	{ WITH("X-NMP-Scopes: evil\r\nX-NMP-Scopes: evil\r\n"), 200, 1 },
	{ WITH("Connection: X-NMP-Authorized, X-NMP-Principal-Id, X-NMP-Scopes\r\n"), 200, 1 },
	{ WITH("Upgrade: h2c\r\nHTTP2-Settings: evil\r\nConnection: Upgrade\r\n"), 200, 1 },
	{ WITH("X-HTTP-Method-Override: evil\r\nX-Original-URI: evil\r\n"), 200, 1 },
};
