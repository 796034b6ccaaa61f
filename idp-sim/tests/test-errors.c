/* SPDX-License-Identifier: Apache-2.0 */
/* Every error that a provider's table lists can be brought about, and is what the table says.
 */
#include "idp-sim/program/recipes.h"
#include "idp-sim/program/table.h"
#include "idp-sim/text.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

static const char *const *names;

static bool play_one(struct idp *s, const struct provider *p, const struct oauth_error *e,
		     unsigned ways[3])
{
	__attribute__((cleanup(play_done))) struct play play = { 0 };
	struct outcome got = { 0 };
	struct err err = { 0 };

	play_init(&play, s, p);
	play.error = e;
	bool good = reproduce(&play, &got, &err) && got.agrees;
	ways[good ? got.way : WAY_NONE]++;
	if (!good)
		printf("\n    %s: %s%s%s: %s; last answer %d %.300s", p->name, error_code(e),
		       e->variant ? "@" : "", e->variant ? e->variant : "", err.text,
		       got.answer.status, got.answer.body ? got.answer.body : "");
	else if (getenv("SHOW_WAYS") && got.way == WAY_TROUBLE)
		printf("\n    %s: %s%s%s: by trouble", p->name, error_code(e),
		       e->variant ? "@" : "", e->variant ? e->variant : "");
	wire_answer_done(&got.answer);
	return good;
}

static struct idp *start(void)
{
	struct err err = { 0 };
	struct idp *s = idp_start(
		&(struct idp_options) {
			.providers = names, .control_port = -1, .threads = 1, .seed = 7 },
		&err);

	CU_ASSERT_PTR_NOT_NULL(s);
	return s;
}

static void every_listed_error_can_be_reproduced(void)
{
	struct idp *s = start();

	for (size_t i = 0; s && i < s->n_providers; i++) {
		const struct provider *p = s->providers[i];
		unsigned ways[3] = { 0 };
		for (size_t k = 0; k < p->n_errors; k++)
			CU_ASSERT(play_one(s, p, &p->errors[k], ways));
		printf("\n    %s: %u for their natural reason, %u by trouble, %u not ", p->name,
		       ways[WAY_NATURE], ways[WAY_TROUBLE], ways[WAY_NONE]);
	}
	idp_stop(s);
}

/* ---- --fail CODE ---- */

enum { MAX_STEPS = 64 };

struct steps {
	const char *v[MAX_STEPS];
	size_t n;
};

/* Every step at which nature gives an error that a person who types the word can mean: all of
 * that code, or of that situation. */
static void natural_steps(struct idp *s, const struct provider *p, const struct oauth_error *e,
			  struct steps *ret)
{
	for (size_t i = 0; i < p->n_errors; i++) {
		__attribute__((cleanup(play_done))) struct play play = { 0 };
		const struct oauth_error *o = &p->errors[i];
		bool meant = e->code ? o->code && !strcmp(o->code, e->code)
				     : o->situation == e->situation;
		if (!meant)
			continue;
		play_init(&play, s, p);
		play.error = o;
		ret->n += natural_flows(&play, ret->v + ret->n, MAX_STEPS - ret->n);
	}
	/* Where the dialect has no words of its own for it, it says those of a wider situation. */
	for (const struct recipe *r = recipes; !e->code && r->situation; r++)
		if (!strcmp(r->situation, situation_names[e->situation]) && ret->n < MAX_STEPS)
			ret->v[ret->n++] = r->flow;
}

/* A client is judged before the grant, and a person on the first page or the next. */
static const char *const kindred[] = {
	"token password client_credentials device_code refresh_token authorization_code "
	"introspect revoke",
	"sign_in consent",
};

static bool is_natural(const struct steps *all, const char *step, bool of_client)
{
	for (size_t i = 0; i < all->n; i++) {
		if (!strcmp(all->v[i], step))
			return true;
		if (!strcmp(step, "token") && text_lists(kindred[0], all->v[i]))
			return true; /* refused before the grant was looked at */
		for (size_t k = !of_client; k < ARRAY_LEN(kindred); k++)
			if (text_lists(kindred[k], all->v[i]) && text_lists(kindred[k], step))
				return true;
	}
	return false;
}

static bool is_of_client(const struct oauth_error *e)
{
	static const char *const words[] = { "client", "secret", "credential",
					     "basic",  "grant_", "assertion" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(situation_names[e->situation], words[i]) &&
		    !strstr(situation_names[e->situation], "other_client"))
			return true;
	return strstr(situation_names[e->situation], "auth_method") != NULL;
}

/* Armed by its word in a flow where nature gives it, an error has to come, and at a step where
 * nature gives it. */
static bool strikes(struct idp *s, const struct provider *p, const struct oauth_error *e,
		    unsigned *ret_natural)
{
	__attribute__((cleanup(play_done))) struct play play = { 0 };
	struct outcome got = { 0 };
	struct err err = { 0 };
	struct steps all = { 0 };
	const char *flow = NULL, *step;

	natural_steps(s, p, e, &all);
	play_init(&play, s, p);
	play.error = e;
	if (!natural_flows(&play, &flow, 1) || e->situation == S_subject_token_invalid ||
	    e->situation == S_interaction_required)
		return true; /* and no flow of ours exchanges tokens, or asks for silence */
	if (e->situation == S_public_client_credentials)
		flow = all.v[all.n++] = "client_credentials"; /* the recipe changes the grant */
	++*ret_natural;
	step = arm_and_play(&play, flow, &got, &err);
	bool good = step && got.agrees && is_natural(&all, step, is_of_client(e));
	if (!good)
		printf("\n    %s: %s (%s%s%s) armed for %s came at %s: %s; last answer %d "
		       "%.300s",
		       p->name, error_code(e), situation_names[e->situation],
		       e->variant ? "@" : "", e->variant ? e->variant : "", flow,
		       step ? step : "no step", err.text, got.answer.status,
		       got.answer.body ? got.answer.body : "");
	wire_answer_done(&got.answer);
	return good;
}

static void an_armed_error_strikes_where_nature_gives_it(void)
{
	struct idp *s = start();

	for (size_t i = 0; s && i < s->n_providers; i++) {
		const struct provider *p = s->providers[i];
		unsigned natural = 0;
		for (size_t k = 0; k < p->n_errors; k++)
			CU_ASSERT(strikes(s, p, &p->errors[k], &natural));
		printf("\n    %s: %u of %zu, each at its step ", p->name, natural, p->n_errors);
	}
	idp_stop(s);
}

/* The very code that was asked for, where Entra itself would say another one. */
static void the_code_that_was_asked_for_is_given(void)
{
	static const struct {
		const char *code, *flow, *step;
	} rows[] = {
		{ "AADSTS70011", "client_credentials", "client_credentials" },
		{ "AADSTS70011", "device_code", "device" },
		{ "AADSTS70011", "refresh_token", "password" },
		{ "AADSTS7000218", "device_code", "device_code" },
		{ "AADSTS65001", "authorization_code", "authorization_code" },
		{ "AADSTS700082", "refresh_token", "refresh_token" },
		{ "AADSTS50105", "authorization_code", "sign_in" },
	};
	static const char *const azure[] = { "azure", NULL };
	struct err err = { 0 };
	struct idp *s = idp_start(
		&(struct idp_options) {
			.providers = azure, .control_port = -1, .threads = 1, .seed = 7 },
		&err);

	for (size_t i = 0; s && i < ARRAY_LEN(rows); i++) {
		__attribute__((cleanup(play_done))) struct play play = { 0 };
		struct outcome got = { 0 };
		play_init(&play, s, s->providers[0]);
		play.error = provider_find_error(s->providers[0], rows[i].code);
		const char *step = arm_and_play(&play, rows[i].flow, &got, &err);
		CU_ASSERT(step && !strcmp(step, rows[i].step));
		if (!step || strcmp(step, rows[i].step) != 0)
			printf("\n    %s in %s came at %s", rows[i].code, rows[i].flow,
			       step ? step : "no step");
		wire_answer_done(&got.answer);
	}
	CU_ASSERT_PTR_NOT_NULL(s);
	idp_stop(s);
}

int main(int argc, char **argv)
{
	names = argc > 1 ? (const char *const *)argv + 1 : NULL;
	CU_initialize_registry();
	CU_pSuite suite = CU_add_suite("errors", NULL, NULL);
	CU_add_test(suite, "every listed error can be reproduced",
		    every_listed_error_can_be_reproduced);
	CU_add_test(suite, "an armed error strikes where nature gives it",
		    an_armed_error_strikes_where_nature_gives_it);
	CU_add_test(suite, "the code that was asked for is given",
		    the_code_that_was_asked_for_is_given);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	unsigned failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
