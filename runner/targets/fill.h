/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fill.h - replaces ${name} in texts and templates of a target file.
 *
 *	${issuer} ${idp} ${platform} ${pdp} ${upstream} ${bundle_url} ${url}   URLs of the lab
 *	${idp.host} ${idp.port} ${idp.authority} ${idp.scheme}                 their parts
 *	${gateway_listen} ${pdp_listen} ${service_listen}, with .host .port    where to listen
 *	${home} ${here} ${ca_file} ${client_id} ${audience} ${edition} ${provider}
 *${configuration}
 *	${port.NAME}        a free port of its own on the lab's address
 *	${env:NAME}         a secret of the environment; never shown in a report
 *	${anything}         of `settings`, of --set, or of the configuration group; such a value
 *			    may hold names itself
 *
 * "$${" stands for a literal "${". A name nobody knows is an error with line and column.
 */
#pragma once

#include "idp-sim/base/buf.h"
#include "idp-sim/base/err.h"
#include "suites/kit/target.h"

struct fill {
	json_t *values;	     /* name -> string; owned */
	const char *address; /* where ${port.NAME} is taken; borrowed */
};

/* Everything a lab hands over; settings: the file's. here: folder of the target file. */
void fill_init(struct fill *f, const struct lab_urls *urls, const json_t *settings,
	       const char *here);
void fill_done(struct fill *f);
void fill_set(struct fill *f, const char *name, const char *value);
/* Adds NAME.host, NAME.port, NAME.authority and NAME.scheme of a URL or host:port. */
void fill_set_url(struct fill *f, const char *name, const char *value);
bool fill_has(const struct fill *f, const char *name);
/* Appends text with its names replaced. what: said in complaints, with line and column. */
bool fill_text(struct fill *f, const char *what, const char *text, size_t n, struct buf *ret,
	       struct err *err) MUST_CHECK;
/* The same for one word; the caller frees. NULL with err. */
char *fill_word(struct fill *f, const char *what, const char *text, struct err *err) MUST_CHECK;
/* Are all names in text known? A "${?name}" asks and writes nothing. */
bool fill_complete(const struct fill *f, const char *text);
/* A free TCP port on address, 0 when there is none. */
int fill_free_port(const char *address);
