/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values-answer.c - words of templates: the request, its codes, errors and pages.
 */
#include "idp-sim/values.h"

#include <string.h>

static bool get_param(struct exchange *x, const char *arg, struct value *v)
{
	const char *s = arg ? form_get(&x->form, arg) : NULL;

	if (!s && arg)
		s = form_get(&x->query, arg);
	return set_str(v, s);
}

static bool get_device_code(struct exchange *x, const char *arg, struct value *v)
{
	return x->device && set_str(v, x->device->record.key);
}

static bool get_user_code(struct exchange *x, const char *arg, struct value *v)
{
	return x->device && set_str(v, x->device->user_code);
}

static bool get_device_expires_in(struct exchange *x, const char *arg, struct value *v)
{
	return x->device && set_int(v, (x->device->expires_ms - x->device->created_ms) / 1000);
}

static bool get_interval(struct exchange *x, const char *arg, struct value *v)
{
	return x->device && set_int(v, x->device->interval_s);
}

static bool get_error(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && x->error->error && *x->error->error && set_str(v, x->error->error);
}

static bool get_error_description(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && x->error->description &&
	       set_str(v, template_text(x->error->description, x, x->arena));
}

static bool get_error_number(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && x->error->number ? set_int(v, x->error->number) : false;
}

static bool get_error_no_uri(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->error && x->error->no_uri);
}

/* A rate limit that nobody reaches. */
static bool get_rate_remaining(struct exchange *x, const char *arg, struct value *v)
{
	return set_int(v, 1199 - (int64_t)rng_below(&x->idp->rng, 10));
}

static bool get_token_jti(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->token_jti);
}

/* The number, or 0 for a success: Entra's x-ms-clitelem. */
static bool get_error_or_zero(struct exchange *x, const char *arg, struct value *v)
{
	return set_int(v, x->error ? x->error->number : 0);
}

static bool get_error_code(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && set_str(v, x->error->code);
}

static bool get_suberror(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && set_str(v, x->error->suberror);
}

static bool get_error_claims(struct exchange *x, const char *arg, struct value *v)
{
	return x->error && x->error->claims &&
	       set_str(v, template_text(x->error->claims, x, x->arena));
}

static bool get_parameter(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->parameter);
}

static bool get_word(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->word);
}

static bool get_state(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->state);
}

static bool get_code(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->code);
}

static bool get_sign_in(struct exchange *x, const char *arg, struct value *v)
{
	return x->sign_in && set_str(v, exchange_sign_in_id(x));
}

static bool get_sign_in_ends(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->sign_in_ends);
}

static bool get_signed_in(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->signed_in);
}

static bool get_browser_ends(struct exchange *x, const char *arg, struct value *v)
{
	return set_bool(v, x->browser_ends);
}

static bool get_browser_cookie(struct exchange *x, const char *arg, struct value *v)
{
	x->browser_cookie_placed = true;
	return set_str(v, x->browser_cookie);
}

static bool get_sign_in_session(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->session_id);
}

static bool get_page_title(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->page_title);
}

static bool get_page_message(struct exchange *x, const char *arg, struct value *v)
{
	return set_str(v, x->page_message);
}

/* base64url of a JSON object as Keycloak's client_data has it. */
static bool get_client_data(struct exchange *x, const char *arg, struct value *v)
{
	const char *uri = x->sign_in ? x->sign_in->redirect_uri : x->redirect_uri;
	const char *state = x->sign_in ? x->sign_in->state : x->state;
	AUTO_BUF json = { 0 };
	AUTO_BUF text = { 0 };

	if (uri) {
		buf_str(&json, "{\"ru\":");
		buf_json(&json, uri, strlen(uri));
		buf_str(&json, ",\"rt\":\"code\"");
		if (state) {
			buf_str(&json, ",\"st\":");
			buf_json(&json, state, strlen(state));
		}
		buf_char(&json, '}');
	} else {
		buf_str(&json, "{}");
	}
	buf_b64url(&text, json.p, json.n);
	return set_str(v, arena_dup(x->arena, text.p, text.n));
}

const struct slot answer_slots[] = {
	{ "browser_cookie", get_browser_cookie },
	{ "browser_ends", get_browser_ends },
	{ "client_data", get_client_data },
	{ "code", get_code },
	{ "device_code", get_device_code },
	{ "device_expires_in", get_device_expires_in },
	{ "error", get_error },
	{ "error_claims", get_error_claims },
	{ "error_code", get_error_code },
	{ "error_description", get_error_description },
	{ "error_no_uri", get_error_no_uri },
	{ "error_number", get_error_number },
	{ "error_or_zero", get_error_or_zero },
	{ "interval", get_interval },
	{ "page_message", get_page_message },
	{ "page_title", get_page_title },
	{ "param", get_param },
	{ "parameter", get_parameter },
	{ "rate_remaining", get_rate_remaining },
	{ "sign_in", get_sign_in },
	{ "sign_in_ends", get_sign_in_ends },
	{ "sign_in_session", get_sign_in_session },
	{ "signed_in", get_signed_in },
	{ "state", get_state },
	{ "suberror", get_suberror },
	{ "token_jti", get_token_jti },
	{ "user_code", get_user_code },
	{ "word", get_word },
	{ 0 },
};
