/* store_help.h - a store in a folder of its own, for tests. */
#ifndef TALLY_TEST_STORE_HELP_H
#define TALLY_TEST_STORE_HELP_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/store.h"

struct folder {
	char path[512];
	struct store *store;
};

static inline void folder_make(struct folder *f)
{
	const char *tmp = getenv("TMPDIR");

	memset(f, 0, sizeof *f);
	assert_true((size_t)snprintf(f->path, sizeof f->path, "%s/tally-store-XXXXXX", tmp ? tmp : "/tmp") < sizeof f->path);
	assert_non_null(mkdtemp(f->path));
}

static inline void folder_open(struct folder *f)
{
	assert_int_equal(store_open(&(struct store_config){.path = f->path}, &f->store), OK);
}

static inline void folder_close(struct folder *f)
{
	store_close(f->store);
	f->store = NULL;
}

static inline void folder_remove(struct folder *f)
{
	char name[1024];
	struct dirent *d;
	DIR *dir;

	folder_close(f);
	if (!(dir = opendir(f->path)))
		return;
	while ((d = readdir(dir))) {
		(void)snprintf(name, sizeof name, "%s/%s", f->path, d->d_name);
		(void)unlink(name);
	}
	closedir(dir);
	(void)rmdir(f->path);
}

static inline int folder_setup(void **state)
{
	struct folder *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	folder_make(f);
	folder_open(f);
	*state = f;
	return 0;
}

static inline int folder_teardown(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

static inline struct span text(const char *s)
{
	return SPAN(s, strlen(s));
}

static inline struct txn *writing(struct folder *f)
{
	struct txn *t = NULL;

	assert_int_equal(store_write(f->store, &t), OK);
	return t;
}

static inline struct txn *reading(struct folder *f)
{
	struct txn *t = NULL;

	assert_int_equal(store_read(f->store, &t), OK);
	return t;
}

static inline bool holds(struct txn *t, enum table table, const char *key, const char *value)
{
	struct span v;

	return store_get(t, table, text(key), &v) == OK && span_eq(v, text(value));
}

#endif
