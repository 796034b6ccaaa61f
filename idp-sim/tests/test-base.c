/* SPDX-License-Identifier: Apache-2.0 */
/* The floor: text, forms, YAML with places, a server and the raw client talking to it. */
#include "idp-sim/base/arena.h"
#include "idp-sim/base/buf.h"
#include "idp-sim/base/clk.h"
#include "idp-sim/base/conf.h"
#include "idp-sim/base/form.h"
#include "idp-sim/base/hash.h"
#include "idp-sim/base/rng.h"
#include "idp-sim/base/url.h"
#include "idp-sim/base/web.h"
#include "idp-sim/base/wire.h"

#include <CUnit/CUnit.h>
#include <CUnit/Basic.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void json_text_is_valid_utf8(void)
{
	AUTO_BUF b = { 0 };

	buf_json(&b, "a\"\\\n\x01\xff\xc3\xa9", 8);
	CU_ASSERT_STRING_EQUAL(b.p, "\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa9\"");
}

static void base64_goes_there_and_back(void)
{
	static const char *const words[] = { "", "f", "fo", "foo", "foob", "fooba", "foobar" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		AUTO_BUF b = { 0 };
		unsigned char back[16];

		buf_b64url(&b, words[i], strlen(words[i]));
		buf_str(&b, "");
		long n = b64_decode(b.p, b.n, back);
		CU_ASSERT_EQUAL(n, (long)strlen(words[i]));
		CU_ASSERT(n < 0 || !memcmp(back, words[i], (size_t)n));
	}
	unsigned char none[8];
	CU_ASSERT_EQUAL(b64_decode("a", 1, none), -1);
	CU_ASSERT_EQUAL(b64_decode("ab!d", 4, none), -1);
}

/* All lengths, and all characters of the alphabet, as OpenSSL writes them. */
static void base64_is_as_others_write_it(void)
{
	unsigned char raw[100], want[140];
	AUTO_BUF b = { 0 };

	for (size_t i = 0; i < sizeof(raw); i++)
		raw[i] = (unsigned char)(i * 151 + 251);
	for (int n = 0; n <= (int)sizeof(raw); n++) {
		buf_reset(&b);
		buf_b64(&b, raw, (size_t)n);
		EVP_EncodeBlock(want, raw, n);
		CU_ASSERT_STRING_EQUAL(b.p, (char *)want);
	}
	CU_ASSERT(strchr(b.p, '+') && strchr(b.p, '/'));
}

/* One character that has to be escaped, or none, wherever it stands in a text. */
static void json_text_is_escaped_everywhere(void)
{
	static const char odd[] = "\"\\\n\x1f\x7f~ ";

	for (size_t c = 0; c < sizeof(odd) - 1; c++) {
		for (size_t at = 0; at < 20; at++) {
			char text[21] = "aaaaaaaaaaaaaaaaaaaa";
			AUTO_BUF b = { 0 };

			text[at] = odd[c];
			buf_json(&b, text, strlen(text));
			AUTO(json_t) json_t *back = json_loads(b.p, JSON_DECODE_ANY, NULL);
			CU_ASSERT(back && !strcmp(json_string_value(back), text));
		}
	}
}

static void a_form_keeps_duplicates_and_zeros(void)
{
	AUTO(arena) struct arena *a = arena_new();
	static const char text[] = "scope=a+b%20c&x=1&x=2&z=%00y&bad=%zz&empty";
	struct form f = form_parse(a, text, sizeof(text) - 1);

	CU_ASSERT_EQUAL(f.n, 6);
	CU_ASSERT_STRING_EQUAL(form_get(&f, "scope"), "a b c");
	CU_ASSERT_STRING_EQUAL(form_duplicate(&f), "x");
	CU_ASSERT_EQUAL(form_count(&f, "x"), 2);
	CU_ASSERT_EQUAL(f.fields[3].value_len, 2);
	CU_ASSERT_STRING_EQUAL(form_get(&f, "bad"), "%zz");
	CU_ASSERT_STRING_EQUAL(form_get(&f, "empty"), "");
	CU_ASSERT_PTR_NULL(form_get(&f, "none"));
}

static void urls_keep_their_path(void)
{
	struct url u;
	struct err err = { 0 };

	CU_ASSERT(url_parse("https://[::1]:8443/a/%2e%2e?b", &u, &err));
	CU_ASSERT(u.tls);
	CU_ASSERT_STRING_EQUAL(u.host, "::1");
	CU_ASSERT_EQUAL(u.port, 8443);
	CU_ASSERT_STRING_EQUAL(u.target, "/a/%2e%2e?b");
	CU_ASSERT(!url_parse("ftp://x", &u, &err));
	CU_ASSERT(!url_parse("http://x:99999/", &u, &err));
	CU_ASSERT(!url_parse("http://", &u, &err));
}

static const char *const colours[] = { "red", "green", NULL };
static const struct conf_key number_item = { .type = CONF_INT };
static const struct conf_key keys[] = {
	{ .name = "ready", .type = CONF_STRING, .required = true, .help = "URL to wait for" },
	{ .name = "colour", .type = CONF_STRING, .allowed = colours },
	{ .name = "numbers", .type = CONF_LIST, .items = &number_item },
	{ .name = "wait", .type = CONF_DURATION },
	{ 0 },
};

static void mistake(const char *yaml, const char *complaint)
{
	struct err err = { 0 };
	AUTO(conf) struct conf *c = conf_parse("t.yaml", yaml, strlen(yaml), &err);

	CU_ASSERT(!c || !conf_check(c, keys, NULL, &err));
	CU_ASSERT_STRING_EQUAL(err.text, complaint);
}

static void yaml_mistakes_have_a_place(void)
{
	mistake("ready: x\nredy: y\n",
		"t.yaml:2:1: unknown key 'redy': did you mean 'ready'? allowed: ready, colour, "
		"numbers, wait");
	mistake("colour: red\n", "t.yaml:1:1: missing key 'ready': URL to wait for");
	mistake("ready: 12\n",
		"t.yaml:1:1: 'ready' must be a string, not an integer: put it in quotes");
	mistake("ready: x\nnumbers:\n  - 1\n  - two\n",
		"t.yaml:4:5: the item must be an integer, not a string");
	mistake("ready: x\nwait: soon\n", "t.yaml:2:1: 'wait' must be a duration such as 90d, "
					  "15m, 10s or 250ms, not a string");
	mistake("ready: x\ncolour: gren\n",
		"t.yaml:2:1: unknown value 'gren': did you mean 'green'? allowed: red, green");
}

static void yaml_scalars_have_types(void)
{
	static const char yaml[] = "a: 1\nb: '1'\nc: true\nd: ~\ne: 1.5\nf: |\n  x: 1\ng: 90d\n"
				   "h: {z: 1, y: 2}\ni: 0x10\nj: 1.2.3\n";
	struct err err = { 0 };
	AUTO(conf) struct conf *c = conf_parse("t", yaml, sizeof(yaml) - 1, &err);
	AUTO(char) char *text = c ? json_dumps(conf_root(c), JSON_COMPACT) : NULL;

	CU_ASSERT_STRING_EQUAL(text, "{\"a\":1,\"b\":\"1\",\"c\":true,\"d\":null,\"e\":1.5,"
				     "\"f\":\"x: 1\\n\",\"g\":\"90d\",\"h\":{\"z\":1,\"y\":2},"
				     "\"i\":16,\"j\":\"1.2.3\"}");
	CU_ASSERT_EQUAL(conf_duration_ms(conf_get(conf_root(c), "g"), 0),
			90 * INT64_C(86400000));
	CU_ASSERT_EQUAL(conf_duration_ms(conf_get(conf_root(c), "b"), 0), 1000);
}

static void packed_trees_come_back(void)
{
	static const char text[] = "{\"z\":[1,-2,true,false,null,\"\",\"a\\u0000b\"],\"a\":{},"
				   "\"l\":[]}";
	AUTO(json_t) json_t *tree = json_loads(text, JSON_ALLOW_NUL, NULL);
	AUTO(json_t) json_t *real = json_real(1.5);
	AUTO_BUF packed = { 0 };
	AUTO_BUF none = { 0 };

	CU_ASSERT(conf_pack(tree, &packed));
	AUTO(json_t) json_t *back = conf_unpack(packed.p);
	AUTO(char) char *again = json_dumps(back, JSON_COMPACT);
	CU_ASSERT_STRING_EQUAL(again, text);
	CU_ASSERT(!conf_pack(real, &none));
}

/* Memory of a request: the last piece grows in place, others move and keep what they hold. */
static void a_buf_grows_in_an_arena(void)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO_BUF first = { .arena = a };
	AUTO_BUF second = { .arena = a };

	for (int i = 0; i < 5000; i++) {
		buf_int(&first, i % 10);
		buf_int(&second, -(i % 10));
	}
	const char *one = buf_keep(&first), *two = buf_keep(&second);
	CU_ASSERT_EQUAL(strlen(one), 5000);
	CU_ASSERT_EQUAL(strlen(two), 9500);
	CU_ASSERT(!strncmp(one, "0123456789", 10) && !strcmp(one + 4990, "0123456789"));
	CU_ASSERT(!strncmp(two, "0-1-2-3-4-5-6-7-8-9", 19));
	CU_ASSERT_STRING_EQUAL(buf_keep(&first), "");
}

/* Parent and child draw from the same pool before the fork, and must not after it. */
/* To the byte, whatever pieces it comes in. */
static void a_buf_keeps_its_limit(void)
{
	static const char text[] = "0123456789abcdef0123456789abcdef0123456789abcdef";

	for (size_t piece = 1; piece <= 40; piece++) {
		AUTO_BUF b = { .limit = 40 };
		size_t n = 0;

		for (; n + piece <= b.limit; n += piece)
			buf_add(&b, text + n, piece);
		CU_ASSERT(!b.overflow && b.n == n);
		buf_add(&b, text + n, b.limit - n);
		CU_ASSERT(!b.overflow && b.n == b.limit);
		buf_char(&b, '!');
		CU_ASSERT(b.overflow && b.n == b.limit && !strncmp(b.p, text, b.n));
	}
}

static void a_forked_child_draws_its_own(void)
{
	struct rng system = { 0 };
	uint64_t mine, theirs = 0;
	int ends[2];

	rng_bytes(&system, &mine, sizeof(mine));
	CU_ASSERT(!pipe(ends));
	pid_t child = fork();
	rng_bytes(&system, &mine, sizeof(mine));
	if (!child) {
		ssize_t n = write(ends[1], &mine, sizeof(mine));
		_exit(n != sizeof(mine));
	}
	CU_ASSERT_EQUAL(read(ends[0], &theirs, sizeof(theirs)), sizeof(theirs));
	waitpid(child, NULL, 0);
	close(ends[0]);
	close(ends[1]);
	CU_ASSERT_NOT_EQUAL(mine, theirs);
}

/* FIPS 180-4's example and RFC 4231's second case, each twice: what is prepared is used again. */
static void hashes_are_known(void)
{
	static const char text[] = "what do ya want for nothing?";
	unsigned char h[SHA512_BYTES];

	for (int i = 0; i < 2; i++) {
		AUTO_BUF hex = { 0 };

		hash_sha256("abc", 3, h);
		buf_hex(&hex, h, 4);
		CU_ASSERT_EQUAL(hash_hmac(HASH_SHA256, "Jefe", 4, text, strlen(text), h), 32);
		buf_hex(&hex, h, 4);
		CU_ASSERT_EQUAL(hash_hmac(HASH_SHA512, "Jefe", 4, text, strlen(text), h), 64);
		buf_hex(&hex, h, 4);
		CU_ASSERT_STRING_EQUAL(hex.p, "ba7816bf5bdcc146164b7a7b");
	}
}

static void seeds_repeat_and_clocks_move(void)
{
	struct rng a = { .seed = 42 }, b = { .seed = 42 };
	char one[UUID_LEN + 1], two[UUID_LEN + 1];
	struct clk c = { 0 };

	rng_uuid(&a, one);
	rng_uuid(&b, two);
	CU_ASSERT_STRING_EQUAL(one, two);
	rng_uuid(&b, two);
	CU_ASSERT_STRING_NOT_EQUAL(one, two);
	clk_set_ms(&c, 1000000);
	clk_freeze(&c, true);
	int64_t now = clk_now_ms(&c);
	clk_advance_ms(&c, 90 * INT64_C(86400000));
	CU_ASSERT_EQUAL(clk_now_ms(&c) - now, 90 * INT64_C(86400000));
}

static void serve(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	(void)ctx;
	if (!strcmp(rq->path, "/slow"))
		rp->delay_ms = 30;
	if (!strcmp(rq->path, "/reset"))
		rp->fault = WEB_FAULT_RESET;
	if (!strcmp(rq->path, "/cut")) {
		rp->fault = WEB_FAULT_TRUNCATE;
		rp->fault_bytes = 3;
	}
	char *text =
		arena_printf(rq->arena, "%s %s [%s] %s%s", rq->method, rq->target, rq->body,
			     web_header(rq, "x-one") ? web_header(rq, "x-one") : "-",
			     rq->too_large ? " too large" : "");
	web_set(rq, rp, "X-Kept", "%s", "yes");
	web_text(rq, rp, 200, "text/plain", text, strlen(text));
}

static void request(struct web *w, const char *method, const char *path, const char *body,
		    struct wire_answer *ret)
{
	static const char *const headers[] = { "X-One: 1", NULL };
	struct err err = { 0 };
	char url[256];

	snprintf(url, sizeof(url), "%s%s", web_origin(w), path);
	CU_ASSERT(wire_request(method, url, headers, body, strlen(body), NULL, ret, &err));
}

static void conversation(int threads)
{
	struct err err = { 0 };
	struct web *w = web_start(
		&(struct web_options) { .handle = serve, .threads = threads, .body_limit = 64 },
		&err);
	AUTO_ANSWER plain = { 0 }, slow = { 0 }, reset = { 0 }, cut = { 0 }, big = { 0 };
	char large[100];

	CU_ASSERT_PTR_NOT_NULL(w);
	if (!w)
		return;
	request(w, "POST", "/a/../%2e?q=%20", "hello", &plain);
	CU_ASSERT_EQUAL(plain.status, 200);
	CU_ASSERT_STRING_EQUAL(plain.body, "POST /a/../%2e?q=%20 [hello] 1");
	CU_ASSERT_STRING_EQUAL(wire_header(&plain, "x-kept"), "yes");
	request(w, "GET", "/slow", "", &slow);
	CU_ASSERT_EQUAL(slow.status, 200);
	CU_ASSERT(slow.took_us >= 30000);
	request(w, "GET", "/reset", "", &reset);
	CU_ASSERT_EQUAL(reset.status, 0);
	request(w, "GET", "/cut", "", &cut);
	CU_ASSERT(cut.truncated);
	CU_ASSERT_STRING_EQUAL(cut.body, "GET");
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = 0;
	request(w, "POST", "/", large, &big);
	CU_ASSERT_PTR_NOT_NULL(strstr(big.body, "too large"));
	web_stop(w);
}

/* Answers /N/VALUE: N times the first byte of the body, X-Kept: VALUE; /N/ has no such header. */
static void serve_size(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	char *value, body[64];
	size_t n = strtoul(rq->path + 1, &value, 10);

	(void)ctx;
	memset(body, *rq->body, sizeof(body));
	web_text(rq, rp, 200, "text/plain", body, n);
	if (value[1])
		web_set(rq, rp, "X-Kept", "%s", value + 1);
}

/* Header lines are kept from one answer to the next like it, and nothing else of it is. */
static void each_answer_is_its_own(void)
{
	static const struct {
		const char *path, *body, *want, *header;
	} rows[] = {
		{ "/4/one", "a", "aaaa", "one" },  { "/4/one", "b", "bbbb", "one" },
		{ "/4/two", "c", "cccc", "two" },  { "/4/", "d", "dddd", NULL },
		{ "/5/two", "e", "eeeee", "two" }, { "/3/two", "f", "fff", "two" },
		{ "/0/two", "", "", "two" },	   { "/4/one", "g", "gggg", "one" },
	};
	struct err err = { 0 };
	struct web *w =
		web_start(&(struct web_options) { .handle = serve_size, .threads = 1 }, &err);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_ANSWER got = { 0 };
		request(w, "POST", rows[i].path, rows[i].body, &got);
		const char *kept = wire_header(&got, "X-Kept");
		CU_ASSERT_STRING_EQUAL(got.body, rows[i].want);
		CU_ASSERT_EQUAL(got.body_len, strlen(rows[i].want));
		CU_ASSERT_STRING_EQUAL(kept ? kept : "-",
				       rows[i].header ? rows[i].header : "-");
	}
	web_stop(w);
}

/* The thread that answers. */
static void serve_thread(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	char *text = arena_printf(rq->arena, "%ld", (long)gettid());

	(void)ctx;
	web_text(rq, rp, 200, "text/plain", text, strlen(text));
}

static struct wire_line *line_to(const struct web *w)
{
	struct wire_to to = { .host = "127.0.0.1", .port = web_port(w) };
	struct err err = { 0 };

	return wire_open(&to, &err);
}

/* The body of an answer on an open line; "" when none comes in time. */
static void asked_on(struct wire_line *l, char ret[32])
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	char got[1000] = "";

	CU_ASSERT(wire_say(l, request, sizeof(request) - 1));
	long n = wire_hear(l, got, sizeof(got) - 1, 5000);
	const char *body = n > 0 ? strstr(got, "\r\n\r\n") : NULL;
	snprintf(ret, 32, "%s", body ? body + 4 : "");
}

/* Of a burst of connections each thread gets some; the chance that none is a thousand millionth. */
static void threads_share_connections(void)
{
	enum { BURST = 64 };
	struct err err = { 0 };
	struct web *w =
		web_start(&(struct web_options) { .handle = serve_thread, .threads = 2 }, &err);
	struct wire_line *lines[BURST];
	char by[BURST][32];
	int of_first = 0;

	for (int i = 0; i < BURST; i++)
		lines[i] = line_to(w);
	for (int i = 0; i < BURST; i++) {
		asked_on(lines[i], by[i]);
		CU_ASSERT_STRING_NOT_EQUAL(by[i], "");
		of_first += !strcmp(by[0], by[i]);
		wire_close(lines[i]);
	}
	CU_ASSERT(of_first < BURST);
	web_stop(w);
}

/* However many threads share it, a port is one server's. */
static void a_port_is_taken_once(void)
{
	struct web_options o = { .handle = serve_thread, .threads = 2 };
	struct err err = { 0 };
	struct web *w = web_start(&o, &err);

	o.port = web_port(w);
	CU_ASSERT_PTR_NULL(web_start(&o, &err));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "cannot listen"));
	web_stop(w);
}

static void server_and_raw_client_agree(void)
{
	conversation(0);
	conversation(1);
	conversation(2);
}

int main(void)
{
	static const struct {
		const char *name;
		void (*play)(void);
	} tests[] = {
		{ "json text is valid UTF-8", json_text_is_valid_utf8 },
		{ "base64 goes there and back", base64_goes_there_and_back },
		{ "base64 is as others write it", base64_is_as_others_write_it },
		{ "JSON text is escaped everywhere", json_text_is_escaped_everywhere },
		{ "a form keeps duplicates and zeros", a_form_keeps_duplicates_and_zeros },
		{ "URLs keep their path", urls_keep_their_path },
		{ "YAML mistakes have a place", yaml_mistakes_have_a_place },
		{ "YAML scalars have types", yaml_scalars_have_types },
		{ "packed trees come back", packed_trees_come_back },
		{ "a buf grows in an arena", a_buf_grows_in_an_arena },
		{ "a buf keeps its limit", a_buf_keeps_its_limit },
		{ "a forked child draws its own", a_forked_child_draws_its_own },
		{ "hashes are known", hashes_are_known },
		{ "seeds repeat and clocks move", seeds_repeat_and_clocks_move },
		{ "server and raw client agree", server_and_raw_client_agree },
		{ "each answer is its own", each_answer_is_its_own },
		{ "threads share connections", threads_share_connections },
		{ "a port is taken once", a_port_is_taken_once },
	};

	CU_initialize_registry();
	CU_pSuite suite = CU_add_suite("base", NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		CU_add_test(suite, tests[i].name, tests[i].play);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
