/* vault.c - small secrets at rest, in a folder of ours or in memory.
 * A file is a magic, B2b("tally.vault.v1", body) and the body: u8 length of the name, name, secret. So damage shows, and a file
 * moved under another name is not taken for that one. With a passphrase all of it is sealed. */
#include "keys/vault.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys/folder.h"
#include "keys/hash.h"
#include "keys/sealed.h"

#define SECRET_MOST 65536u /* the largest we keep are some hundred bytes */
#define MAGIC 8
#define HEAD (MAGIC + 32)

struct item {
	char name[FOLDER_NAME + 1];
	struct buf secret;
};

struct vault { /* in guarded memory because of the key */
	int folder; /* -1: in memory */
	char *passphrase;
	struct sealed_key key;
	struct item *items;
	size_t count;
};

static const uint8_t magic[MAGIC] = "tallyvt1";

/* ---- the content of a file ---- */

static enum err add_plain(const char *name, struct span secret, struct buf *out)
{
	uint8_t *at, len = (uint8_t)strlen(name);
	enum err e = buf_room(out, HEAD + 1u + len + secret.n, &at);
	struct id sum;

	if (e)
		return e;
	memcpy(at, magic, MAGIC);
	at[HEAD] = len;
	memcpy(at + HEAD + 1, name, len);
	if (secret.n)
		memcpy(at + HEAD + 1 + len, secret.p, secret.n);
	hash_one(&sum, "tally.vault.v1", SPAN(at + HEAD, 1u + len + secret.n));
	memcpy(at + MAGIC, sum.b, sizeof sum.b);
	return OK;
}

static enum err read_plain(const char *name, struct span file, struct buf *out)
{
	size_t len = strlen(name), skip = HEAD + 1 + len;
	struct id sum;

	if (file.n < MAGIC || memcmp(file.p, magic, MAGIC - 1) != 0)
		return ERR_CORRUPT;
	if (file.p[MAGIC - 1] != magic[MAGIC - 1])
		return ERR_VERSION;
	if (file.n < skip)
		return ERR_CORRUPT;
	hash_one(&sum, "tally.vault.v1", SPAN(file.p + HEAD, file.n - HEAD));
	if (memcmp(sum.b, file.p + MAGIC, sizeof sum.b) != 0)
		return ERR_CORRUPT;
	if (file.p[HEAD] != len || memcmp(file.p + HEAD + 1, name, len) != 0)
		return ERR_CORRUPT;
	return buf_add(out, file.p + skip, file.n - skip);
}

static enum err add_file(struct vault *v, const char *name, struct span secret, struct buf *out)
{
	uint8_t salt[SEALED_SALT];
	struct buf plain = {0};
	enum err e;

	if (!v->passphrase)
		return add_plain(name, secret, out);
	randombytes_buf(salt, sizeof salt);
	e = add_plain(name, secret, &plain);
	if (!e)
		e = sealed_make_with(&v->key, buf_span(&plain), v->passphrase, salt, out);
	buf_free(&plain);
	return e;
}

/* A plain file in a vault with a passphrase is refused as well: anybody could have put it there. */
static enum err read_file(struct vault *v, const char *name, struct span file, struct buf *out)
{
	struct buf plain = {0};
	enum err e;

	if (!v->passphrase)
		return sealed_is(file) ? ERR_CRYPT : read_plain(name, file, out);
	e = sealed_open_with(&v->key, file, v->passphrase, &plain);
	if (!e)
		e = read_plain(name, buf_span(&plain), out);
	buf_free(&plain);
	return e == ERR_INVALID ? ERR_CRYPT : e;
}

static enum err put_in_folder(struct vault *v, const char *name, struct span secret)
{
	struct buf file = {0};
	enum err e = add_file(v, name, secret, &file);

	if (!e)
		e = folder_put(v->folder, name, buf_span(&file));
	buf_free(&file);
	return e;
}

static enum err get_from_folder(struct vault *v, const char *name, struct buf *out)
{
	struct buf file = {0};
	enum err e = folder_get(v->folder, name, &file);

	if (!e)
		e = read_file(v, name, buf_span(&file), out);
	buf_free(&file);
	return e;
}

/* ---- in memory ---- */

static struct item *find_item(const struct vault *v, const char *name)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->items[i].name, name) == 0)
			return &v->items[i];
	return NULL;
}

static enum err put_in_memory(struct vault *v, const char *name, struct span secret)
{
	struct item *item = find_item(v, name), *more;
	struct buf copy = {0};
	enum err e = buf_add(&copy, secret.p, secret.n);

	if (e)
		return e;
	if (!item) {
		more = reallocarray(v->items, v->count + 1, sizeof *more); /* moves the pointers, not the secrets */
		if (!more) {
			buf_free(&copy);
			return ERR_MEMORY;
		}
		v->items = more;
		item = &more[v->count++];
		*item = (struct item){0};
		memcpy(item->name, name, strlen(name) + 1);
	}
	buf_free(&item->secret);
	item->secret = copy;
	return OK;
}

static void drop_from_memory(struct vault *v, const char *name)
{
	struct item *item = find_item(v, name);

	if (!item)
		return;
	buf_free(&item->secret);
	*item = v->items[--v->count];
}

static enum err list_memory(const struct vault *v, struct folder_names *l)
{
	enum err e = OK;

	for (size_t i = 0; !e && i < v->count; i++)
		e = folder_names_add(l, v->items[i].name);
	return e;
}

/* ---- both ---- */

static enum err make(struct vault **out)
{
	struct vault *v;

	if (sodium_init() < 0)
		return ERR_IO;
	v = sodium_malloc(sizeof *v);
	if (!v)
		return ERR_MEMORY;
	memset(v, 0, sizeof *v);
	v->folder = -1;
	*out = v;
	return OK;
}

static enum err set_passphrase(struct vault *v, const char *passphrase)
{
	size_t n = strlen(passphrase) + 1;

	v->passphrase = sodium_malloc(n);
	if (!v->passphrase)
		return ERR_MEMORY;
	memcpy(v->passphrase, passphrase, n);
	return OK;
}

enum err vault_folder(const char *path, const char *passphrase, struct vault **out)
{
	struct vault *v;
	enum err e;

	if (passphrase && !*passphrase)
		return ERR_INVALID;
	e = make(&v);
	if (e)
		return e;
	e = folder_open(path, &v->folder);
	if (!e && passphrase)
		e = set_passphrase(v, passphrase);
	if (e)
		vault_free(v);
	else
		*out = v;
	return e;
}

enum err vault_memory(struct vault **out)
{
	return make(out);
}

void vault_free(struct vault *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->count; i++)
		buf_free(&v->items[i].secret);
	free(v->items);
	sodium_free(v->passphrase);
	if (v->folder >= 0)
		close(v->folder);
	sodium_free(v); /* wipes */
}

enum err vault_put(struct vault *v, const char *name, struct span secret)
{
	if (!folder_name_valid(name))
		return ERR_INVALID;
	if (secret.n > SECRET_MOST)
		return ERR_LIMIT;
	return v->folder < 0 ? put_in_memory(v, name, secret) : put_in_folder(v, name, secret);
}

enum err vault_get(struct vault *v, const char *name, struct buf *out)
{
	struct buf secret = {0};
	struct item *item;
	enum err e;

	if (!folder_name_valid(name))
		return ERR_INVALID;
	if (v->folder >= 0) {
		e = get_from_folder(v, name, &secret);
	} else {
		item = find_item(v, name);
		e = item ? buf_add(&secret, item->secret.p, item->secret.n) : ERR_NOT_FOUND;
	}
	if (e) {
		buf_free(&secret);
		return e;
	}
	buf_free(out);
	*out = secret;
	return OK;
}

enum err vault_drop(struct vault *v, const char *name)
{
	if (!folder_name_valid(name))
		return ERR_INVALID;
	if (v->folder >= 0)
		return folder_drop(v->folder, name);
	drop_from_memory(v, name);
	return OK;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The list is taken first, so that fn may put and drop. */
enum err vault_each(struct vault *v, const char *prefix, enum err (*fn)(void *ctx, const char *name), void *ctx)
{
	struct folder_names l = {0};
	enum err e = v->folder < 0 ? list_memory(v, &l) : folder_list(v->folder, &l);

	if (!e && l.n)
		qsort(l.name, l.n, sizeof *l.name, compare_names);
	for (size_t i = 0; !e && i < l.n; i++)
		if (strncmp(l.name[i], prefix, strlen(prefix)) == 0)
			e = fn(ctx, l.name[i]);
	folder_names_free(&l);
	return e;
}
