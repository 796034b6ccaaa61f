/* SPDX-License-Identifier: Apache-2.0 */
/* Target files: what is refused and how, filling, starting, typing, asking. */
#include "idp-sim/base/file.h"
#include "idp-sim/base/web.h"
#include "runner/targets/adapter.h"
#include "runner/targets/fill.h"
#include "runner/targets/target.h"
#include "suites/kit/child.h"

#include <CUnit/Basic.h>
#include <string.h>

static char dir[] = "/tmp/gauntlet-targets-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[200];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static struct loaded *load(const char *text, const char *const *set, struct err *err)
{
	if (!file_write(path_of("t.yaml"), text, strlen(text), 0600, err))
		return NULL;
	return target_load(path_of("t.yaml"), set, err);
}

static bool contains(const char *text, const char *part)
{
	bool found = strstr(text, part) != NULL;

	if (!found)
		printf("\n  '%s'\n  lacks '%s'\n", text, part);
	return found;
}

static void mistakes_are_named_with_their_place(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "target: x\nkind: gatway\ncommand: [sh]\n", "t.yaml:2:" },
		{ "target: x\nkind: gatway\ncommand: [sh]\n", "gateway" },
		{ "target: x\nkind: gateway\ncomand: [sh]\n", "did you mean 'command'" },
		{ "kind: gateway\ncommand: [sh]\n", "target" },
		{ "target: x\nkind: gateway\n", "'command'" },
		{ "target: x\nkind: pdp\ncommand: [sh]\n", "adapter" },
		{ "target: x\nkind: cli\ncommand: [sh]\n", "verbs" },
		{ "target: x\nkind: cli\ncommand: [sh]\nverbs: {login: [a, 1]}\n",
		  "t.yaml:4:" },
		{ "target: x\nkind: gateway\ncommand: [gauntlet-no-such]\n", "t.yaml:3:11: " },
		{ "target: x\nkind: gateway\ncommand: [sh]\nneeds: [no-such-program]\n",
		  "'no-such-program' is not on this machine" },
		{ "target: x\nkind: cli\nattach: {url: 'http://h'}\nverbs: {a: [b]}\n",
		  "cannot be attached" },
		{ "target: x\nkind: platform\nsurfaces: [cli, door]\ncommand: [sh]\n"
		  "verbs: {a: [b]}\n",
		  "t.yaml:3:17: " },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		AUTO(loaded) struct loaded *l = load(rows[i].text, NULL, &err);

		CU_ASSERT_PTR_NULL(l);
		CU_ASSERT(contains(err.text, rows[i].says));
	}
}

static void settings_are_filled_by_set(void)
{
	static const char text[] = "target: x\nkind: gateway\ncommand: [sh]\n"
				   "settings: {workers: 1, level: 'warn'}\n";
	static const char *const good[] = { "workers=4", NULL };
	static const char *const bad[] = { "worker=4", NULL };
	struct err err = { 0 };
	AUTO(loaded) struct loaded *l = load(text, good, &err), *no = NULL;

	CU_ASSERT_PTR_NOT_NULL(l);
	if (l)
		CU_ASSERT_STRING_EQUAL(conf_str(target_file_of(l)->settings, "workers", ""),
				       "4");
	no = load(text, bad, &err);
	CU_ASSERT_PTR_NULL(no);
	CU_ASSERT(contains(err.text, "did you mean 'workers'"));
}

static void names_are_filled(void)
{
	const struct lab_urls urls = {
		.gateway_listen = "127.0.3.1:4711",
		.issuer = "http://127.0.3.1:80/azure/v2.0",
		.home = "/tmp",
	};
	static const char text[] =
		"listen ${gateway_listen.host} ${gateway_listen.port};\n"
		"$host $${kept} ${issuer} ${issuer.authority} ${env:GAUNTLET_T}";
	static const char want[] = "listen 127.0.3.1 4711;\n$host ${kept} "
				   "http://127.0.3.1:80/azure/v2.0 127.0.3.1:80 s3cret";
	static const char typo[] = "a\n  ${gateway_listn}";
	struct fill f;
	struct err err = { 0 };
	AUTO_BUF b = { 0 };

	setenv("GAUNTLET_T", "s3cret", 1);
	fill_init(&f, &urls, NULL, "/here");
	f.address = "127.0.0.1";
	CU_ASSERT(fill_text(&f, "t", text, strlen(text), &b, &err));
	CU_ASSERT_STRING_EQUAL(b.p, want);
	CU_ASSERT_FALSE(fill_text(&f, "x.conf", typo, strlen(typo), &b, &err));
	CU_ASSERT(contains(err.text, "x.conf:2:3: unknown ${gateway_listn}"));
	CU_ASSERT(contains(err.text, "did you mean ${gateway_listen}"));
	buf_reset(&b);
	CU_ASSERT(fill_text(&f, "t", "${port.a}-${port.a}", 19, &b, &err));
	CU_ASSERT(strncmp(b.p, strchr(b.p, '-') + 1, strlen(strchr(b.p, '-') + 1)) == 0);
	fill_done(&f);
}

static struct lab_urls lab(char *listen, size_t n)
{
	snprintf(listen, n, "127.0.0.1:%d", fill_free_port("127.0.0.1"));
	return (struct lab_urls) { .gateway_listen = listen,
				   .pdp_listen = listen,
				   .home = dir,
				   .platform = "http://127.0.0.1:9" };
}

static void a_server_is_started_and_ended(void)
{
	char listen[40];
	const struct lab_urls urls = lab(listen, sizeof listen);
	struct err err = { 0 };
	void *instance = NULL;
	AUTO(loaded)
	struct loaded *l =
		load("target: web\nkind: gateway\nversion_command: [python3, --version]\n"
		     "command: [python3, -m, http.server, --bind, '${gateway_listen.host}',\n"
		     "  '${gateway_listen.port}']\nready: {url: '${url}/'}\n",
		     NULL, &err);
	const struct target *t;

	CU_ASSERT_PTR_NOT_NULL(l);
	if (!l)
		return;
	t = target_of(l);
	CU_ASSERT(*t->version == '3');
	CU_ASSERT(t->start(t->ctx, &urls, &instance, &err));
	if (!instance) {
		printf("%s\n", err.text);
		return;
	}
	CU_ASSERT(t->alive(t->ctx, instance));
	t->stop(t->ctx, instance);
}

static void a_server_that_never_gets_ready_says_its_last_words(void)
{
	static const struct {
		const char *command, *says;
	} rows[] = {
		{ "echo no route >&2; exit 7", "no route" },
		{ "exec sleep 60", " s for GET http" },
		{ "echo out of cheese >&2; exec sleep 60", "out of cheese" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char listen[40], text[300];
		const struct lab_urls urls = lab(listen, sizeof listen);
		struct err err = { 0 };
		void *instance = NULL;
		AUTO(loaded) struct loaded *l = NULL;
		const struct target *t;

		snprintf(text, sizeof text,
			 "target: x\nkind: gateway\ncommand: [sh, -c, '%s']\n"
			 "ready: {url: '${url}/', timeout: 900ms}\n",
			 rows[i].command);
		l = load(text, NULL, &err);
		CU_ASSERT_PTR_NOT_NULL(l);
		if (!l)
			continue;
		t = target_of(l);
		CU_ASSERT_FALSE(t->start(t->ctx, &urls, &instance, &err));
		CU_ASSERT(contains(err.text, rows[i].says));
	}
}

static void ok(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	web_text(rq, rp, 200, "application/json", ctx, strlen(ctx));
}

static void ok_to_another(void *ctx, struct web_request *rq, struct web_reply *rp)
{
	ok(ctx, rq, rp);
	web_set(rq, rp, "X-Request-ID", "somebody-elses");
}

static void somebody_elses_listener_is_not_the_target(void)
{
	static char answer[] = "{}";
	struct web_options o = { .threads = 1, .handle = ok, .ctx = answer };
	struct err err = { 0 };
	struct web *other = web_start(&o, &err);
	AUTO(loaded)
	struct loaded *l = load(
		"target: x\nkind: gateway\ncommand: [sleep, '60']\nready: {url: '${url}/'}\n",
		NULL, &err);
	void *instance = NULL;
	char listen[40];

	CU_ASSERT_PTR_NOT_NULL(other);
	CU_ASSERT_PTR_NOT_NULL(l);
	if (l && other) {
		const struct target *t = target_of(l);
		struct lab_urls urls = lab(listen, sizeof listen);

		snprintf(listen, sizeof listen, "127.0.0.1:%d", web_port(other));
		CU_ASSERT_FALSE(t->start(t->ctx, &urls, &instance, &err));
		CU_ASSERT(contains(err.text, "not the target, listens on"));
	}
	web_stop(other);
}

static void optional_words_come_as_a_whole_or_not_at_all(void)
{
	static const char text[] =
		"target: x\nkind: cli\ncommand: [echo]\nconfig: '${home}/c.yaml'\n"
		"verbs:\n  login: [auth, login, --base-url, '${platform}', [--scope, "
		"'${scope}'],\n"
		"    [--no-browser, '${?no_browser}']]\n";
	static const struct {
		const char *args[3], *out;
	} rows[] = {
		{ { NULL }, "-v auth login --base-url http://127.0.0.1:9\n" },
		{ { "scope=a b", "no_browser=1", NULL },
		  "-v auth login --base-url http://127.0.0.1:9 --scope a b --no-browser\n" },
	};
	char listen[40];
	const struct lab_urls urls = lab(listen, sizeof listen);
	struct err err = { 0 };
	void *instance = NULL;
	AUTO(loaded) struct loaded *l = load(text, NULL, &err);
	const struct target *t;

	CU_ASSERT_PTR_NOT_NULL(l);
	if (!l)
		return;
	t = target_of(l);
	CU_ASSERT(t->start(t->ctx, &urls, &instance, &err));
	for (size_t i = 0; instance && i < ARRAY_LEN(rows); i++) {
		const struct command cmd = { .verb = "login",
					     .args = rows[i].args,
					     .global = "-v" };
		struct ran ran = { 0 };
		void *running = t->begin(t->ctx, instance, &cmd, &err);

		CU_ASSERT_PTR_NOT_NULL(running);
		if (!running)
			continue;
		CU_ASSERT(t->finish(t->ctx, running, &ran, &err));
		CU_ASSERT_STRING_EQUAL(ran.out, rows[i].out);
		ran_done(&ran);
	}
	t->stop(t->ctx, instance);
}

static void a_group_lays_its_settings_over_the_others(void)
{
	static const char text[] =
		"target: x\nkind: cli\ncommand: [echo, '${speed}']\nconfig: '${home}/c.yaml'\n"
		"settings: {speed: stated}\nverbs: {status: [now]}\nconfigurations:\n"
		"  default: {settings: {speed: usual}}\n  slow-refresh: {settings: {speed: 3}}\n";
	static const struct {
		const char *group, *out;
	} rows[] = { { NULL, "usual now\n" },
		     { "slow-refresh", "3 now\n" },
		     { "auth-off", "stated now\n" } };
	char listen[40];
	struct lab_urls urls = lab(listen, sizeof listen);
	struct err err = { 0 };
	AUTO(loaded) struct loaded *l = load(text, NULL, &err);

	CU_ASSERT_PTR_NOT_NULL(l);
	for (size_t i = 0; l && i < ARRAY_LEN(rows); i++) {
		const struct target *t = target_of(l);
		const struct command cmd = { .verb = "status" };
		struct ran ran = { 0 };
		void *instance = NULL, *running;

		urls.configuration = rows[i].group;
		CU_ASSERT(t->start(t->ctx, &urls, &instance, &err));
		running = t->begin(t->ctx, instance, &cmd, &err);
		CU_ASSERT_PTR_NOT_NULL(running);
		if (running && t->finish(t->ctx, running, &ran, &err))
			CU_ASSERT_STRING_EQUAL(ran.out, rows[i].out);
		ran_done(&ran);
		t->stop(t->ctx, instance);
	}
}

/* What the adapter reads out of that answer to its question. */
static void expect_decision(const char *adapter, const struct question *q,
			    void (*handle)(void *, struct web_request *, struct web_reply *),
			    const char *answer, bool answered, bool allowed)
{
	const struct adapter *a = adapter_find(adapter);
	struct web_options o = { .threads = 1,
				 .handle = handle,
				 .ctx = (char *)(uintptr_t)answer };
	struct decision d = { 0 };
	struct err err = { 0 };
	struct web *pdp = web_start(&o, &err);
	struct pdp_door door = { .prefix = "X-NMP-", .reach = { .timeout_ms = 2000 } };

	CU_ASSERT_PTR_NOT_NULL(a);
	CU_ASSERT_PTR_NOT_NULL(pdp);
	if (a && pdp) {
		door.url = web_origin(pdp);
		CU_ASSERT(a->decide(&door, q, &d, &err));
		CU_ASSERT_EQUAL(d.answered, answered);
		CU_ASSERT_EQUAL(d.allowed, allowed);
		json_decref(d.body);
	}
	web_stop(pdp);
}

/* Only a JSON boolean in an answer of status 200 is a decision. */
static void only_a_boolean_is_a_decision(void)
{
	static const struct {
		const char *adapter, *answer;
		bool answered, allowed;
	} rows[] = {
		{ "nemo", "{\"result\":{\"allowed\":true}}", true, true },
		{ "nemo", "{\"result\":{\"allowed\":false}}", true, false },
		{ "nemo", "{\"result\":{\"allowed\":\"false\"}}", false, false },
		{ "opa", "{}", false, false },
		{ "opa", "{\"result\":{\"allowed\":true}}", true, true },
		{ "opa", "not JSON", false, false },
		{ "authzen", "{\"decision\":true}", true, true },
		{ "authzen", "{\"decision\":1}", false, false },
		{ "ext-authz", "", true, true },
		{ "forward-auth", "", true, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(json_t)
		json_t *in =
			json_pack("{s:s, s:[s,s], s:s, s:s}", "principal_id", "alice",
				  "principal_groups", "a", "b", "method", "GET", "path", "/x");
		const struct question q = { .entrypoint = "allow", .input = in };

		expect_decision(rows[i].adapter, &q, ok, rows[i].answer, rows[i].answered,
				rows[i].allowed);
	}
}

/* AuthZEN: one evaluation a permission, all of them needed; an answer with another request's
 * number is no answer. */
static void each_permission_is_evaluated(void)
{
	static const struct {
		const char *answer;
		bool answered, allowed;
	} rows[] = {
		{ "{\"evaluations\":[{\"decision\":true},{\"decision\":true}]}", true, true },
		{ "{\"evaluations\":[{\"decision\":true},{\"decision\":false}]}", true, false },
		{ "{\"evaluations\":[{\"decision\":true}]}", false, false },
		{ "{\"evaluations\":[{\"decision\":true},{\"decision\":\"true\"}]}", false,
		  false },
		{ "{\"decision\":true}", false, false },
		{ "{\"not mine\":true,\"decision\":true}", false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool stranger = strstr(rows[i].answer, "not mine") != NULL;
		AUTO(json_t)
		json_t *in = json_pack("{s:s, s:s}", "principal_id", "alice", "workspace", "w");
		const struct question q = { .entrypoint = "has_permissions", .input = in };

		if (!stranger)
			json_object_set_new(in, "permissions", json_pack("[s, s]", "a", "b"));
		expect_decision("authzen", &q, stranger ? ok_to_another : ok, rows[i].answer,
				rows[i].answered, rows[i].allowed);
	}
}

int main(void)
{
	CU_pSuite s;
	unsigned failed;

	if (!mkdtemp(dir) || CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite("targets", NULL, NULL);
	CU_ADD_TEST(s, mistakes_are_named_with_their_place);
	CU_ADD_TEST(s, settings_are_filled_by_set);
	CU_ADD_TEST(s, names_are_filled);
	CU_ADD_TEST(s, a_server_is_started_and_ended);
	CU_ADD_TEST(s, a_server_that_never_gets_ready_says_its_last_words);
	CU_ADD_TEST(s, somebody_elses_listener_is_not_the_target);
	CU_ADD_TEST(s, optional_words_come_as_a_whole_or_not_at_all);
	CU_ADD_TEST(s, a_group_lays_its_settings_over_the_others);
	CU_ADD_TEST(s, only_a_boolean_is_a_decision);
	CU_ADD_TEST(s, each_permission_is_evaluated);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	file_remove_tree(dir);
	return failed != 0;
}
