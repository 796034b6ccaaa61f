/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.h - who asks whom for what: what troubles are scoped by and the journal records.
 *
 * Strings are borrowed for the time of the call, NULL while not known.
 */
#pragma once

struct facts {
	const char *provider; /* "keycloak" */
	const char *tenant;   /* "platform" */
	const char *endpoint; /* "token", "device", "discovery", "jwks", "userinfo", ... */
	const char *grant;    /* "device_code", "password", ... at the token endpoint */
	const char *client_id;
	const char *user;      /* login name as registered: "alice" */
	const char *situation; /* the error that was answered: "invalid_scope"; NULL: none */
	const char *code;      /* its code, "AADSTS70011"; NULL: none */
};
