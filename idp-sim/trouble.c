/* SPDX-License-Identifier: Apache-2.0 */
/* Arming and matching. */
#include "idp-sim/trouble.h"

#include "idp-sim/base/buf.h"

#include <pthread.h>
#include <string.h>

enum { MAX_ARMED = 1000 };

/* One armed trouble; facts that are NULL match everything. */
struct armed {
	struct trouble t;
	int64_t left; /* uses left; -1: until cleared */
	struct facts facts;
	json_t *spec; /* owns the strings of facts */
	struct armed *next;
};

struct troubles {
	pthread_mutex_t lock;
	_Atomic int n;
	int last_id;
	struct armed *first; /* oldest first */
};

static const char *const kinds[] = { [TROUBLE_ERROR] = "error",
				     [TROUBLE_TOKEN] = "token",
				     [TROUBLE_DOCUMENT] = "document",
				     [TROUBLE_WIRE] = "wire" };

static const char *const token_words[] = { "iss",	"aud", "exp",	   "nbf",	"iat",
					   "nonce",	"kid", "alg-none", "alg-hs256", "key",
					   "signature", "azp", "drop",	   NULL };
static const char *const document_words[] = { "issuer", "drop",	 "double-slash",
					      "empty",	"stale", "unreachable",
					      NULL };
static const char *const wire_words[] = { "delay", "reset",	   "truncate", "bad-json",
					  "html",  "content-type", "429",      "500",
					  "502",   "503",	   "504",      NULL };
static const char *const *const words[] = { [TROUBLE_ERROR] = NULL,
					    [TROUBLE_TOKEN] = token_words,
					    [TROUBLE_DOCUMENT] = document_words,
					    [TROUBLE_WIRE] = wire_words };

struct troubles *troubles_new(void)
{
	struct troubles *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	pthread_mutex_init(&t->lock, NULL);
	return t;
}

static void armed_free(struct armed *a)
{
	json_decref(a->spec);
	free(a);
}

void troubles_free(struct troubles *t)
{
	if (!t)
		return;
	troubles_clear(t, 0);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

/* ---- arming ---- */

static bool has(const char *const *list, const char *word)
{
	for (; list && *list; list++)
		if (!strcmp(*list, word))
			return true;
	return false;
}

static void list_words(struct buf *out, const char *const *list, size_t n)
{
	for (size_t i = 0; n ? i < n : list[i] != NULL; i++)
		buf_printf(out, "%s%s", i ? ", " : "", list[i]);
}

/* Without a "kind" the word decides; a word of none is the situation of an error. */
static bool kind_of(const json_t *spec, const char *what, enum trouble_kind *ret,
		    struct err *err)
{
	const char *kind = conf_str(spec, "kind", NULL);
	AUTO_BUF allowed = { 0 };

	for (int i = TROUBLE_TOKEN; !kind && i <= TROUBLE_WIRE; i++)
		if (has(words[i], what))
			kind = kinds[i];
	if (!kind)
		kind = kinds[TROUBLE_ERROR];
	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i], kind))
			continue;
		*ret = i;
		if (!words[i] || has(words[i], what))
			return true;
		list_words(&allowed, words[i], 0);
		return fail(err, ERR_INPUT, "unknown %s trouble '%s'; allowed: %s", kind, what,
			    allowed.p);
	}
	list_words(&allowed, kinds, ARRAY_LEN(kinds));
	return fail(err, ERR_INPUT, "unknown kind '%s'; allowed: %s", kind, allowed.p);
}

static bool known_member(const char *name)
{
	static const char *const others[] = { "kind",	"what", "value", "code",
					      "number", "next", NULL };

	for (size_t i = 0; i < (size_t)N_SCOPES; i++)
		if (!strcmp(fact_names[i], name))
			return true;
	return has(others, name);
}

static bool check_members(const json_t *spec, struct err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)spec, name, value) {
		bool number = !strcmp(name, "number") || !strcmp(name, "next");
		if (!known_member(name))
			return fail(err, ERR_INPUT,
				    "unknown member '%s'; allowed: kind, what, value, code, "
				    "number, next, provider, tenant, endpoint, grant, "
				    "client_id, user",
				    name);
		if (json_is_null(value))
			continue;
		if (number ? !json_is_integer(value) : !json_is_string(value))
			return fail(err, ERR_INPUT, "'%s' has to be %s", name,
				    number ? "a whole number" : "a string");
	}
	return true;
}

static bool fill(struct armed *a, struct err *err)
{
	const char *what = conf_str(a->spec, "what", NULL);
	const char *value = conf_str(a->spec, "value", "");
	const char *code = conf_str(a->spec, "code", "");

	if (!what)
		return fail(err, ERR_INPUT, "a trouble needs 'what', for example \"delay\"");
	if (!check_members(a->spec, err) || !kind_of(a->spec, what, &a->t.kind, err))
		return false;
	if (strlen(what) >= sizeof(a->t.what) || strlen(value) >= sizeof(a->t.value) ||
	    strlen(code) >= sizeof(a->t.code))
		return fail(err, ERR_INPUT, "'what', 'value' or 'code' is too long");
	snprintf(a->t.what, sizeof(a->t.what), "%s", what);
	snprintf(a->t.value, sizeof(a->t.value), "%s", value);
	snprintf(a->t.code, sizeof(a->t.code), "%s", code);
	a->t.number = conf_int(a->spec, "number", -1);
	a->left = conf_int(a->spec, "next", -1);
	if (!a->left || a->left < -1)
		return fail(err, ERR_INPUT, "'next' has to be at least 1");
	for (size_t i = 0; i < (size_t)N_SCOPES; i++)
		fact_set(&a->facts, i, conf_str(a->spec, fact_names[i], NULL));
	return true;
}

bool troubles_arm(struct troubles *t, const json_t *spec, int *ret_id, struct err *err)
{
	if (!json_is_object(spec))
		return fail(err, ERR_INPUT, "a trouble is a JSON object");
	struct armed *a = calloc(1, sizeof(*a));
	if (!a)
		abort();
	a->spec = json_deep_copy(spec);
	if (t->n >= MAX_ARMED) {
		armed_free(a);
		return fail(err, ERR_INPUT, "%d troubles are armed already: clear some first",
			    MAX_ARMED);
	}
	if (!fill(a, err)) {
		armed_free(a);
		return false;
	}
	pthread_mutex_lock(&t->lock);
	struct armed **last = &t->first;
	while (*last)
		last = &(*last)->next;
	*last = a;
	a->t.id = ++t->last_id;
	t->n++;
	*ret_id = a->t.id;
	pthread_mutex_unlock(&t->lock);
	return true;
}

bool troubles_armed(const struct troubles *t)
{
	return t->n > 0;
}

static void drop(struct troubles *t, struct armed **at)
{
	struct armed *a = *at;

	*at = a->next;
	armed_free(a);
	t->n--;
}

bool troubles_clear(struct troubles *t, int id)
{
	bool found = !id;

	pthread_mutex_lock(&t->lock);
	for (struct armed **at = &t->first; *at;) {
		if (id && (*at)->t.id != id) {
			at = &(*at)->next;
			continue;
		}
		drop(t, at);
		found = true;
	}
	pthread_mutex_unlock(&t->lock);
	return found;
}

json_t *troubles_list(struct troubles *t)
{
	json_t *list = json_array();

	pthread_mutex_lock(&t->lock);
	for (const struct armed *a = t->first; a; a = a->next) {
		json_t *o = json_pack("{s:i, s:s, s:s}", "id", a->t.id, "kind",
				      kinds[a->t.kind], "what", a->t.what);
		json_object_update_missing(o, a->spec);
		if (a->left > 0)
			json_object_set_new(o, "next", json_integer(a->left));
		json_array_append_new(list, o);
	}
	pthread_mutex_unlock(&t->lock);
	return list;
}

/* ---- taking ---- */

static bool matches(const struct armed *a, const struct facts *f)
{
	for (size_t i = 0; i < (size_t)N_SCOPES; i++) {
		const char *want = fact(&a->facts, i), *got = fact(f, i);
		if (want && (!got || strcmp(want, got)))
			return false;
	}
	return true;
}

static void use(struct troubles *t, struct armed **at, struct trouble *ret)
{
	*ret = (*at)->t;
	if ((*at)->left > 0 && !--(*at)->left)
		drop(t, at);
}

bool trouble_take(struct troubles *t, enum trouble_kind kind, const struct facts *f,
		  bool (*applies)(void *ctx, const struct trouble *t), void *ctx,
		  struct trouble *ret)
{
	bool taken = false;

	if (!t->n)
		return false;
	pthread_mutex_lock(&t->lock);
	for (struct armed **at = &t->first; *at && !taken; at = &(*at)->next) {
		const struct armed *a = *at;
		if (a->t.kind != kind || !matches(a, f) || (applies && !applies(ctx, &a->t)))
			continue;
		use(t, at, ret);
		taken = true;
		break;
	}
	pthread_mutex_unlock(&t->lock);
	return taken;
}
