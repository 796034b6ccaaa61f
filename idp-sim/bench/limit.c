/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limit.c - the physical limit to measure idp-sim against: a libmicrohttpd server that does
 * nothing but answer SIZE bytes, and with an algorithm also makes the signatures of a token.
 *
 *	limit --size 1200 [--sign rs256|es256] [--text 600] [--threads 2] [--key FILE] [--port N]
 *
 * --text is how many bytes are signed: as many as header and claims of the token have.
 * Prints "PORT" when it listens. Ends when standard input does.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	size_t size, text_n;
	unsigned threads;
	uint16_t port;
	const char *sign, *key_file;
	EVP_MD_CTX *prepared;
	char *body;
} limit = { .size = 1200, .text_n = 600, .threads = 1 };

static EVP_PKEY *key_of(void)
{
	if (limit.key_file) {
		FILE *f = fopen(limit.key_file, "r");
		EVP_PKEY *key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
		if (f)
			fclose(f);
		return key;
	}
	return strcmp(limit.sign, "es256") ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
}

static bool prepare(void)
{
	EVP_PKEY *key = key_of();

	limit.prepared = EVP_MD_CTX_new();
	bool ready = key && limit.prepared &&
		     EVP_DigestSignInit(limit.prepared, NULL, EVP_sha256(), NULL, key) == 1;
	EVP_PKEY_free(key);
	return ready;
}

/* What a token costs when nothing but its signature is made. */
static void sign_once(void)
{
	static const unsigned char text[4096] = "eyJhbGciOiJSUzI1NiJ9";
	unsigned char signature[512];
	size_t n = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_MD_CTX_copy_ex(ctx, limit.prepared) ||
	    EVP_DigestSign(ctx, signature, &n, text, limit.text_n) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *data_n, void **ctx)
{
	(void)cls, (void)url, (void)method, (void)version, (void)data;
	if (!*ctx) {
		*ctx = &limit;
		return MHD_YES;
	}
	if (*data_n) {
		*data_n = 0;
		return MHD_YES;
	}
	if (limit.sign)
		sign_once();
	struct MHD_Response *r =
		MHD_create_response_from_buffer(limit.size, limit.body, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(r, "Content-Type", "application/json");
	MHD_add_response_header(r, "Cache-Control", "no-store");
	enum MHD_Result result = MHD_queue_response(connection, 200, r);
	MHD_destroy_response(r);
	return result;
}

static void read_options(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *name = argv[i], *value = argv[i + 1];

		if (!strcmp(name, "--size"))
			limit.size = strtoul(value, NULL, 10);
		else if (!strcmp(name, "--text"))
			limit.text_n = strtoul(value, NULL, 10);
		else if (!strcmp(name, "--sign"))
			limit.sign = value;
		else if (!strcmp(name, "--port"))
			limit.port = (uint16_t)strtoul(value, NULL, 10);
		else if (!strcmp(name, "--threads"))
			limit.threads = (unsigned)strtoul(value, NULL, 10);
		else if (!strcmp(name, "--key"))
			limit.key_file = value;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	read_options(argc, argv);
	at.sin_port = htons(limit.port);
	limit.body = malloc(limit.size + 1);
	if (!limit.body || limit.text_n > 4096 || (limit.sign && !prepare()))
		return 2;
	memset(limit.body, 'x', limit.size);
	struct MHD_Daemon *d = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, NULL,
		MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at, MHD_OPTION_CONNECTION_LIMIT,
		8000u, limit.threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END,
		limit.threads, MHD_OPTION_END);
	if (!d)
		return 2;
	printf("%u\n", MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	char c;
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	MHD_stop_daemon(d);
	EVP_MD_CTX_free(limit.prepared);
	free(limit.body);
	return 0;
}
