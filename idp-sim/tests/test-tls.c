/* SPDX-License-Identifier: Apache-2.0 */
/* A made certificate is trusted through its CA, kept, and refused without it. */
#include "idp-sim/base/file.h"
#include "idp-sim/base/web.h"
#include "idp-sim/base/wire.h"
#include "idp-sim/tls.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>
#include <sys/stat.h>

static void hello(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	web_text(rq, rp, 200, "text/plain", rq->tls ? "tls" : "plain", rq->tls ? 3 : 5);
}

static void ask(const char *url, const char *ca, bool *ret_up, char ret[16])
{
	AUTO_ANSWER a = { 0 };
	struct err err = { 0 };

	*ret_up = wire_request("GET", url, NULL, NULL, 0, &(struct wire_to) { .ca_file = ca },
			       &a, &err);
	snprintf(ret, 16, "%s", a.body ? a.body : "");
}

static void a_made_certificate_serves(void)
{
	struct tls t = { 0 }, other = { 0 };
	struct err err = { 0 };
	char got[16];
	bool up;

	CU_ASSERT(tls_init(&t, NULL, (const char *const[]) { "127.0.9.9", "idp.test", NULL },
			   &err));
	CU_ASSERT(tls_init(&other, NULL, NULL, &err));
	struct web *w = web_start(&(struct web_options) { .threads = 1,
							  .tls_cert = t.cert_pem,
							  .tls_key = t.key_pem,
							  .handle = hello },
				  &err);
	CU_ASSERT_PTR_NOT_NULL(w);
	CU_ASSERT(w && !strncmp(web_origin(w), "https://127.0.0.1:", 18));
	ask(web_origin(w), t.ca_file, &up, got);
	CU_ASSERT(up);
	CU_ASSERT_STRING_EQUAL(got, "tls");
	ask(web_origin(w), other.ca_file, &up, got);
	CU_ASSERT(!up);
	web_stop(w);
	AUTO(char) char *gone = strdup(t.temporary);
	tls_done(&t);
	tls_done(&other);
	CU_ASSERT(access(gone, F_OK));
}

static void a_directory_keeps_its_certificate(void)
{
	char dir[] = "/tmp/test-tls-XXXXXX";
	struct tls a = { 0 }, b = { 0 };
	struct err err = { 0 };
	struct stat st = { 0 };
	AUTO_BUF key = { 0 };

	CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
	buf_printf(&key, "%s/key.pem", dir);
	CU_ASSERT(tls_init(&a, dir, NULL, &err));
	CU_ASSERT(tls_init(&b, dir, NULL, &err));
	CU_ASSERT_STRING_EQUAL(a.cert_pem, b.cert_pem);
	CU_ASSERT(!stat(key.p, &st) && (st.st_mode & 0777) == 0600);
	tls_done(&a);
	tls_done(&b);
	CU_ASSERT(!access(dir, F_OK));
	file_remove_tree(dir);
}

static void a_broken_certificate_is_named(void)
{
	char dir[] = "/tmp/test-tls-XXXXXX";
	struct tls t = { 0 };
	struct err err = { 0 };
	AUTO_BUF cert = { 0 };

	CU_ASSERT_PTR_NOT_NULL(mkdtemp(dir));
	buf_printf(&cert, "%s/cert.pem", dir);
	CU_ASSERT(file_write(cert.p, "no PEM", 6, 0644, &err));
	CU_ASSERT(!tls_init(&t, dir, NULL, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "cert.pem"));
	file_remove_tree(dir);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*play)(void);
	} tests[] = {
		{ "a made certificate serves", a_made_certificate_serves },
		{ "a directory keeps its certificate", a_directory_keeps_its_certificate },
		{ "a broken certificate is named", a_broken_certificate_is_named },
	};

	CU_initialize_registry();
	CU_pSuite suite = CU_add_suite("tls", NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		CU_add_test(suite, tests[i].name, tests[i].play);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
