/* SPDX-License-Identifier: Apache-2.0 */
/* errors - the errors of a provider; explain - one of them, for whoever meets it. */
#include "idp-sim/base/buf.h"
#include "idp-sim/program/command.h"
#include "idp-sim/program/table.h"

#include <string.h>

static const char *const usual[] = { "azure", "okta", "keycloak", NULL };

enum { MAX_LOADED = 16, WIDTH = 96 };

struct loaded {
	struct provider *v[MAX_LOADED];
	size_t n;
};

static void loaded_done(struct loaded *l)
{
	for (size_t i = 0; i < l->n; i++)
		provider_free(l->v[i]);
}

static bool load(struct loaded *l, const char *const *names, struct err *err)
{
	for (; *names && l->n < MAX_LOADED; names++) {
		struct provider *p = provider_load(*names, err);
		if (!p)
			return false;
		l->v[l->n++] = p;
	}
	return true;
}

/* ---- errors ---- */

static bool as_json;
static const struct flag errors_flags[] = {
	{ "json", FLAG_SWITCH, &as_json, NULL, "for programs" },
	{ 0 },
};

static const char *const place_order[] = {
	"device endpoint",
	"token endpoint, while polling",
	"token endpoint, refresh",
	"token endpoint, password",
	"token endpoint, authorization code",
	"authorization endpoint",
	"device page",
	"scopes",
	"client",
	"permissions and policies",
	"userinfo",
	"introspection, revocation, sign-out",
	"any endpoint",
};

static void print_row(const struct oauth_error *e)
{
	AUTO_BUF when = { 0 };

	buf_str(&when, error_when(e));
	if (e->variant)
		buf_printf(&when, "%s(%s)", when.n ? " " : "", e->variant);
	printf("    %3d  %-27s %-25s %-31.31s %s\n", e->status, error_code(e),
	       e->error ? e->error : "", when.p ? when.p : "", error_sure(e));
}

static void print_place(const struct provider *p, const char *place)
{
	bool any = false;

	for (size_t i = 0; i < p->n_errors; i++) {
		if (strcmp(error_place(&p->errors[i]), place) != 0)
			continue;
		if (!any)
			printf(" %s%s%s\n", ink(INK_BOLD), place, ink(INK_PLAIN));
		any = true;
		print_row(&p->errors[i]);
	}
}

static void print_errors(const struct provider *p)
{
	const char *example = p->n_errors ? error_code(&p->errors[p->n_errors / 2]) : "CODE";

	printf("%s: %zu errors. \"sure\" says how the words are known: live seen, doc "
	       "official, log "
	       "pasted,\nopen no.\n\n",
	       p->name, p->n_errors);
	printf(" %sstatus  %-27s %-25s %-31s sure%s\n", ink(INK_DIM), "code", "error", "when",
	       ink(INK_PLAIN));
	for (size_t i = 0; i < ARRAY_LEN(place_order); i++)
		print_place(p, place_order[i]);
	printf("\n idp-sim explain %s      what it means, why it happens, how to fix it\n"
	       " idp-sim reproduce %s    the request to send and the answer\n",
	       example, example);
}

static json_t *error_json(const struct provider *p, const struct oauth_error *e,
			  struct arena *a)
{
	json_t *tested = json_array();

	for (size_t i = 0; i < e->tested.n; i++)
		json_array_append_new(tested, json_string(e->tested.v[i]));
	return json_pack("{s:s, s:s, s:s*, s:s, s:i, s:s*, s:s, s:s, s:s, s:s, s:s*, s:s, s:o}",
			 "provider", p->name, "code", error_code(e), "variant", e->variant,
			 "situation", situation_names[e->situation], "status", e->status,
			 "error", e->error, "when", error_when(e), "means", error_means(e),
			 "fix", error_fix(e), "sure", error_sure(e), "source", e->source,
			 "text", error_text(p, e, a), "tested", tested);
}

static void print_json(const struct loaded *l)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(json_t) json_t *list = json_array();

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->v[i]->n_errors; k++)
			json_array_append_new(list,
					      error_json(l->v[i], &l->v[i]->errors[k], a));
	AUTO(char) char *text = json_dumps(list, JSON_INDENT(2));
	printf("%s\n", text);
}

static int run_errors(int argc, char **argv)
{
	__attribute__((cleanup(loaded_done))) struct loaded l = { 0 };
	struct err err = { 0 };

	if (!load(&l, argc ? (const char *const *)argv : usual, &err))
		return complain_err(&err);
	if (as_json)
		print_json(&l);
	for (size_t i = 0; !as_json && i < l.n; i++) {
		if (i)
			putchar('\n');
		print_errors(l.v[i]);
	}
	return EXIT_FINE;
}

const struct command command_errors = { "errors", "[PROVIDER ...]",
					"list the errors that a provider gives", run_errors,
					errors_flags };

/* ---- explain ---- */

static const char *only_provider;
static const struct flag explain_flags[] = {
	{ "provider", FLAG_TEXT, &only_provider, "NAME|FILE", "look there only" },
	{ 0 },
};

/* Words broken at blanks, each further line under the first. */
static void print_field(const char *label, const char *text)
{
	enum { INDENT = 12 };
	int column = INDENT;

	printf("  %s%-10s%s", ink(INK_DIM), label, ink(INK_PLAIN));
	while (*text) {
		int n = (int)strcspn(text, " \n");
		if (column > INDENT && column + n >= WIDTH) {
			printf("\n%*s", INDENT, "");
			column = INDENT;
		}
		printf("%.*s", n, text);
		column += n + 1;
		text += n;
		if (*text)
			putchar(' ');
		text += strspn(text, " \n");
	}
	putchar('\n');
}

/* How the other providers say the same. */
static void print_elsewhere(const struct loaded *l, const struct found *f)
{
	enum { SHOWN = 42 };
	AUTO(arena) struct arena *a = arena_new();
	bool any = false;

	for (size_t i = 0; i < l->n; i++) {
		const struct oauth_error *e =
			next_error(l->v[i], situation_names[f->error->situation], 0);
		if (l->v[i] == f->provider || !e)
			continue;
		AUTO_BUF line = { 0 };
		const char *text = error_text(l->v[i], e, a);
		buf_printf(&line, "%-10s %d %s%s%s  %.*s%s", l->v[i]->name, e->status,
			   e->error ? e->error : "", e->code ? " " : "", e->code ? e->code : "",
			   SHOWN, text, strlen(text) > SHOWN ? "..." : "");
		printf("%s  %s%-10s%s%s\n", any ? "" : "\n", ink(INK_DIM),
		       any ? "" : "elsewhere", ink(INK_PLAIN), line.p);
		any = true;
	}
}

/* Who plays it: rows of a suite that the provider's file names. */
static void print_tested(const struct oauth_error *e)
{
	AUTO_BUF ids = { 0 };

	for (size_t i = 0; i < e->tested.n; i++)
		buf_printf(&ids, "%s%s", i ? ", " : "", e->tested.v[i]);
	if (ids.n)
		print_field("tested by", ids.p);
}

static void explain(const struct loaded *l, const struct found *f)
{
	AUTO(arena) struct arena *a = arena_new();
	const struct oauth_error *e = f->error;
	const char *text = error_text(f->provider, e, a);

	print_title(f->provider, e);
	if (*text)
		printf("  %s\n\n", text);
	print_field("means", error_means(e));
	print_field("happens", e->causes ? e->causes : error_when(e));
	print_field("fix", error_fix(e));
	print_elsewhere(l, f);
	printf("\n  %ssee it%s    idp-sim reproduce %s%s%s\n", ink(INK_DIM), ink(INK_PLAIN),
	       error_code(e), only_provider ? " --provider " : "",
	       only_provider ? only_provider : "");
	print_tested(e);
	if (e->source)
		print_field("source", e->source);
}

static int run_explain(int argc, char **argv)
{
	__attribute__((cleanup(loaded_done))) struct loaded l = { 0 };
	const char *const one[] = { only_provider, NULL };
	struct err err = { 0 };

	if (argc != 1)
		return complain(EXIT_USAGE,
				"explain takes one code: AADSTS70011, invalid_scope");
	if (!load(&l, only_provider ? one : usual, &err))
		return complain_err(&err);
	const struct found f = find_error(l.v, l.n, argv[0]);
	if (!f.error)
		return complain_unknown(argv[0]);
	explain(&l, &f);
	return EXIT_FINE;
}

const struct command command_explain = { "explain", "CODE",
					 "say what an error means and how it is fixed",
					 run_explain, explain_flags };
