/* SPDX-License-Identifier: Apache-2.0 */
/* Which key when: first, rotated, withdrawn, forged. */
#include "idp-sim/keys.h"

#include "idp-sim/base/file.h"
#include "idp-sim/keys-private.h"
#include "idp-sim/change.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { FIXED_RSA = 12, FIXED_EC = 3, KEYS_LIMIT = 4 << 20, MOST_BITS = 8192 };

struct keys {
	char name[200], file[4096], alg[16]; /* file "": the built-in keys */
	enum kid_style kid;
	unsigned start; /* the fixed key this name begins with */
	/* What the file or the program has, until the keys are made of it: see ready(). */
	EVP_PKEY *signing_pkey, *encryption_pkey;
	_Atomic bool made;
	_Atomic(struct key *) first;
	struct key *encryption; /* the head of the list when there is one */
	struct key *tricks;	/* newest first, never in the list above */
	unsigned rotations;
	pthread_mutex_t lock; /* of changes; readers need none */
};

AUTO_KIND(BIO, BIO, BIO_free_all);

/* The providers of a default start never share a key. */
static unsigned start_of(const char *name)
{
	static const char *const known[] = { "azure", "okta", "keycloak" };
	unsigned hash = 2166136261u;

	for (unsigned i = 0; i < ARRAY_LEN(known); i++)
		if (!strcmp(name, known[i]))
			return i;
	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	return hash;
}

static EVP_PKEY *fixed(const struct keys *k, const char *alg, unsigned nth)
{
	bool ec = !strcmp(alg, "ES256");
	unsigned n = ec ? FIXED_EC : FIXED_RSA;
	char name[40];

	if (!strcmp(alg, "RSA-OAEP"))
		return key_built_in("sim-enc.pem");
	if (nth >= n)
		return key_generate(alg);
	snprintf(name, sizeof(name), ec ? "sim-es256-%c.pem" : "sim-2026-%c.pem",
		 'a' + (int)((k->start + nth) % n));
	return key_built_in(name);
}

/* ---- the file: "# NAME ALG" lines, each followed by a private key in PEM; later is newer */

/* The nth key of that name and alg in the text, or NULL. */
static EVP_PKEY *find_in_file(const struct keys *k, const char *text, const char *alg,
			      unsigned nth)
{
	AUTO_BUF mark = { 0 };

	buf_printf(&mark, "# %s %s\n", k->name, alg);
	for (const char *at = text; (at = strstr(at, mark.p)); at += mark.n)
		if (!nth--)
			return key_read_pem(at + mark.n, strlen(at + mark.n));
	return NULL;
}

static EVP_PKEY *add_to_file(const struct keys *k, struct buf *text, const char *alg,
			     struct err *err)
{
	AUTO(EVP_PKEY) EVP_PKEY *pkey = key_generate(alg);
	AUTO(BIO) BIO *out = BIO_new(BIO_s_mem());
	char *pem = NULL;

	if (!pkey || !out ||
	    !PEM_write_bio_PKCS8PrivateKey(out, pkey, NULL, NULL, 0, NULL, NULL)) {
		fail_openssl(err, "cannot make a key");
		return NULL;
	}
	buf_printf(text, "# %s %s\n", k->name, alg);
	long n = BIO_get_mem_data(out, &pem);
	buf_add(text, pem, (size_t)n);
	if (!file_write(k->file, text->p, text->n, 0600, err))
		return NULL;
	return MOVE(pkey);
}

/* The nth key from the file, which gets it when it has none. Several simulators may start on
 * one file, so it is read and extended under a lock beside it. */
static EVP_PKEY *from_file(const struct keys *k, const char *alg, unsigned nth, struct err *err)
{
	AUTO_BUF lock = { 0 };
	AUTO_BUF text = { 0 };
	AUTO(char) char *old = NULL;
	struct stat st;
	size_t n;

	buf_printf(&lock, "%s.lock", k->file);
	AUTO(fd) int fd = open(lock.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		fail_errno(err, "cannot lock the keys in '%s'", k->file);
		return NULL;
	}
	if (!stat(k->file, &st)) {
		if (!file_read(k->file, KEYS_LIMIT, &old, &n, err))
			return NULL;
		EVP_PKEY *found = find_in_file(k, old, alg, nth);
		if (found)
			return found;
		buf_add(&text, old, n);
	}
	return add_to_file(k, &text, alg, err);
}

/* ---- the list ---- */

static void push(struct keys *k, struct key *key)
{
	if (k->encryption) {
		key->next = k->encryption->next;
		__atomic_store_n(&k->encryption->next, key, __ATOMIC_RELEASE);
	} else {
		key->next = k->first;
		k->first = key;
	}
	change_note();
}

static bool is_usable(const EVP_PKEY *pkey)
{
	int bits = EVP_PKEY_get_bits(pkey);

	return EVP_PKEY_is_a(pkey, "RSA") ? bits <= MOST_BITS
					  : EVP_PKEY_is_a(pkey, "EC") && bits == 256;
}

static EVP_PKEY *find_pkey(struct keys *k, const char *alg, unsigned nth, struct err *err)
{
	struct err why = { 0 };
	EVP_PKEY *pkey = *k->file ? from_file(k, alg, nth, &why) : fixed(k, alg, nth);

	if (pkey && is_usable(pkey))
		return pkey;
	if (pkey)
		fail(err, ERR_CRYPTO, "cannot use a key that is neither RSA nor P-256");
	else if (why.kind)
		*err = why;
	else
		fail_openssl(err, "cannot make a key");
	EVP_PKEY_free(pkey);
	return NULL;
}

static struct key *key_of(struct keys *k, EVP_PKEY *pkey, const char *alg, struct err *err)
{
	const char *slash = strrchr(k->name, '/');
	struct key *key = key_new(pkey, alg, k->kid, slash ? slash + 1 : k->name, err);

	if (key)
		key->published = true;
	return key;
}

static struct key *make(struct keys *k, const char *alg, unsigned nth, struct err *err)
{
	EVP_PKEY *pkey = find_pkey(k, alg, nth, err);

	return pkey ? key_of(k, pkey, alg, err) : NULL;
}

/* The first keys of a tenant are made when the first of them is asked for: describing a key takes
 * as long as signing with it, and most tenants are never asked. */
static void ready(struct keys *k)
{
	struct err err;

	if (k->made)
		return;
	pthread_mutex_lock(&k->lock);
	if (!k->made) {
		struct key *signing = key_of(k, MOVE(k->signing_pkey), k->alg, &err);

		if (k->encryption_pkey)
			k->encryption = key_of(k, MOVE(k->encryption_pkey), "RSA-OAEP", &err);
		if (!signing)
			abort(); /* a key of a good kind: only memory can be gone */
		k->first = k->encryption;
		push(k, signing);
		k->made = true;
	}
	pthread_mutex_unlock(&k->lock);
}

static const struct key *find_alg(struct keys *k, const char *alg)
{
	for (const struct key *key = k->first; key; key = key->next)
		if (!strcmp(key->alg, alg))
			return key;
	return NULL;
}

struct keys *keys_new(const struct keys_options *o, struct err *err)
{
	struct keys *k = calloc(1, sizeof(*k));

	if (!k)
		abort();
	pthread_mutex_init(&k->lock, NULL);
	snprintf(k->name, sizeof(k->name), "%s", o->name);
	snprintf(k->file, sizeof(k->file), "%s", o->file ? o->file : "");
	snprintf(k->alg, sizeof(k->alg), "%s", o->alg ? o->alg : "RS256");
	k->kid = o->kid;
	k->start = start_of(o->name);
	k->signing_pkey = find_pkey(k, k->alg, 0, err);
	if (k->signing_pkey && o->encryption_key)
		k->encryption_pkey = find_pkey(k, "RSA-OAEP", 0, err);
	if (k->signing_pkey && (k->encryption_pkey || !o->encryption_key))
		return k;
	keys_free(k);
	return NULL;
}

static void free_list(struct key *key)
{
	while (key) {
		struct key *next = key->next;
		key_free(key);
		key = next;
	}
}

void keys_free(struct keys *k)
{
	if (!k)
		return;
	EVP_PKEY_free(k->signing_pkey);
	EVP_PKEY_free(k->encryption_pkey);
	free_list(k->first);
	free_list(k->tricks);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

const char *keys_name(const struct keys *k)
{
	return k->name;
}

size_t keys_rotations(struct keys *k)
{
	size_t n;

	pthread_mutex_lock(&k->lock);
	n = k->rotations;
	pthread_mutex_unlock(&k->lock);
	return n;
}

void keys_secret(struct keys *k, const char *label, unsigned char ret[64])
{
	const struct key *oldest = NULL;

	ready(k);
	for (const struct key *key = k->first; key; key = key->next)
		if (!strcmp(key->alg, k->alg))
			oldest = key;
	key_derive(oldest, label, ret);
}

/* HMAC keys follow from the oldest signing key, so they need no place in a file. */
static struct key *derived(struct keys *k, const char *alg)
{
	unsigned char secret[64];

	keys_secret(k, alg, secret);
	return key_new_hmac(alg, secret, sizeof(secret));
}

const struct key *keys_current(struct keys *k, const char *alg)
{
	const struct key *found;
	struct err err;

	ready(k);
	found = find_alg(k, alg ? alg : k->alg);
	if (found)
		return found;
	pthread_mutex_lock(&k->lock);
	found = find_alg(k, alg);
	if (!found) {
		struct key *made = *alg == 'H' ? derived(k, alg) : make(k, alg, 0, &err);
		if (made)
			push(k, made);
		found = made;
	}
	pthread_mutex_unlock(&k->lock);
	return found;
}

const struct key *keys_first(struct keys *k)
{
	ready(k);
	return k->first;
}

const struct key *keys_find(struct keys *k, const char *kid)
{
	ready(k);
	for (const struct key *key = k->first; key && kid; key = key->next)
		if (!strcmp(key->kid, kid))
			return key;
	return NULL;
}

const struct key *keys_rotate(struct keys *k, bool publish, struct err *err)
{
	ready(k);
	pthread_mutex_lock(&k->lock);
	struct key *key = make(k, k->alg, k->rotations + 1, err);
	if (key) {
		k->rotations++;
		key->published = publish;
		push(k, key);
	}
	pthread_mutex_unlock(&k->lock);
	return key;
}

void keys_retire_old(struct keys *k)
{
	const struct key *current = keys_current(k, NULL);

	for (struct key *key = k->first; key; key = key->next)
		if (key != current && !strcmp(key->use, "sig"))
			key->published = false;
	change_note();
}

/* ---- keys that must not be trusted ---- */

static struct key *make_trick(struct keys *k, enum key_trick trick, const struct key *current)
{
	static const char *const names[] = { "sim-other.pem", "sim-unpublished.pem" };
	struct err err;
	struct key *key;

	if (trick == KEY_HS256_PUBLIC) {
		AUTO(char) char *pem = key_public_pem(current);
		key = key_new_hmac("HS256", pem, strlen(pem));
	} else {
		key = key_new(key_built_in(names[trick]), "RS256", k->kid, k->name, &err);
	}
	if (!key)
		abort(); /* built-in keys that cannot be read: a broken build */
	if (trick != KEY_UNPUBLISHED)
		memcpy(key->kid, current->kid, sizeof(key->kid));
	return key;
}

/* Whether a trick that was made before still goes with the current key. */
static bool fits(const struct key *key, enum key_trick trick, const struct key *current)
{
	if (trick == KEY_UNPUBLISHED)
		return !strcmp(key->alg, "RS256") && strcmp(key->kid, current->kid) != 0;
	return !strcmp(key->kid, current->kid) &&
	       !strcmp(key->alg, trick == KEY_OTHER ? "RS256" : "HS256");
}

const struct key *keys_trick(struct keys *k, enum key_trick trick)
{
	const struct key *current = keys_current(k, NULL);
	struct key *key;

	pthread_mutex_lock(&k->lock);
	for (key = k->tricks; key && !fits(key, trick, current); key = key->next)
		;
	if (!key) {
		key = make_trick(k, trick, current);
		key->next = k->tricks;
		k->tricks = key;
	}
	pthread_mutex_unlock(&k->lock);
	return key;
}
