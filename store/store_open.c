#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/folder.h"
#include "store/inside.h"
#include "store/pages.h"

static const char *const names[TABLE_COUNT] = {
#define X(name, lmdb, key, value) lmdb,
	TABLE_TABLE(X)
#undef X
};

static enum err there(const char *path)
{
	char name[4096];

	if ((size_t)snprintf(name, sizeof name, "%s/data.mdb", path) >= sizeof name)
		return ERR_INVALID;
	return access(name, R_OK) == 0 ? OK : store_code(errno);
}

static enum err take_lock(const char *path, int *out)
{
	char name[4096];

	if ((size_t)snprintf(name, sizeof name, "%s/lock", path) >= sizeof name)
		return ERR_INVALID;
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return store_code(errno);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		enum err e = errno == EWOULDBLOCK ? ERR_LOCKED : store_code(errno);
		close(fd);
		return e;
	}
	*out = fd;
	return OK;
}

/* LMDB maps the file and trusts what it reads there: nothing of it is opened before its first pages, nothing of it is walked before all. */
static enum err look_first(const struct store_config *config)
{
	const struct pages_ops ops = {config->say, config->ctx};
	char name[4096];
	uint64_t txnid;

	if ((size_t)snprintf(name, sizeof name, "%s/data.mdb", config->path) >= sizeof name)
		return ERR_INVALID;
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return store_code(errno);
	enum err e = pages_meta(fd, &ops, &txnid);
	close(fd);
	return e;
}

/* As of a reader's transaction, since a writer may be at work. */
static enum err look_through(struct store *s, const struct store_config *config)
{
	const struct pages_ops ops = {config->say, config->ctx};
	struct pages_found found = {0};
	enum err e = ERR_CONFLICT;
	MDB_txn *mdb;
	int fd, rc = mdb_env_get_fd(s->env, &fd);

	for (int i = 0; rc == 0 && e == ERR_CONFLICT && i < 10; i++) {
		if ((rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &mdb)) == MDB_MAP_RESIZED && (rc = mdb_env_set_mapsize(s->env, 0)) == 0)
			rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &mdb);
		if (rc != 0)
			break;
		e = pages_check(fd, mdb_txn_id(mdb), &ops, &found);
		mdb_txn_abort(mdb);
	}
	if (rc != 0)
		return store_code(rc);
	return e == OK && found.problems ? ERR_CORRUPT : e == ERR_CONFLICT ? ERR_BUSY : e;
}

static enum err open_tables(struct store *s, MDB_txn *mdb, unsigned flags)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		int rc = mdb_dbi_open(mdb, names[i], flags, &s->dbi[i]);
		if (rc == MDB_NOTFOUND)
			return ERR_CORRUPT; /* our schema, and a table of it is missing */
		if (rc != 0)
			return store_code(rc);
	}
	return OK;
}

/* ERR_NOT_FOUND: an empty environment, or one whose maker died before its first commit. */
static enum err check_schema(struct store *s)
{
	MDB_txn *mdb;
	MDB_dbi meta, root;
	MDB_stat stat;
	MDB_val key = {6, (void *)(uintptr_t)"schema"}, value;
	struct span schema;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &mdb);
	enum err e;

	if (rc == MDB_MAP_RESIZED && (rc = mdb_env_set_mapsize(s->env, 0)) == 0)
		rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &mdb);
	if (rc != 0)
		return store_code(rc);
	if ((rc = mdb_dbi_open(mdb, NULL, 0, &root)) != 0 || (rc = mdb_stat(mdb, root, &stat)) != 0) {
		e = store_code(rc);
		goto abort;
	}
	if (stat.ms_entries == 0) {
		e = ERR_NOT_FOUND;
		goto abort;
	}
	e = ERR_CORRUPT;
	if (mdb_dbi_open(mdb, names[TABLE_META], 0, &meta) != 0 || mdb_get(mdb, meta, &key, &value) != 0)
		goto abort;
	/* In every version this row begins with its number and ends with its sum. */
	if (inside_row(TABLE_META, key, value, &schema) != OK || schema.n < 4)
		goto abort;
	if (get_u32be(schema.p) != STORE_SCHEMA) {
		e = get_u32be(schema.p) > STORE_SCHEMA ? ERR_VERSION : get_u32be(schema.p) > 0 ? ERR_OLDER : ERR_CORRUPT;
		goto abort;
	}
	if ((e = open_tables(s, mdb, 0)) != OK)
		goto abort;
	return store_code(mdb_txn_commit(mdb)); /* keeps the handles; a reader's commit writes nothing */
abort:
	mdb_txn_abort(mdb);
	return e;
}

/* Of a new store, or those that an older one lacks: so far every version only added tables. */
static enum err create_tables(struct store *s, const char *path)
{
	uint8_t schema[4];
	char parent[4096];
	MDB_txn *mdb;
	int rc = mdb_txn_begin(s->env, NULL, 0, &mdb);

	if (rc != 0)
		return store_code(rc);
	enum err e = open_tables(s, mdb, MDB_CREATE);
	if (e != OK) {
		mdb_txn_abort(mdb);
		return e;
	}
	put_u32be(schema, STORE_SCHEMA);
	rc = inside_put(mdb, s->dbi[TABLE_META], TABLE_META, SPAN("schema", 6), SPAN(schema, sizeof schema), 0);
	if (rc != 0) {
		mdb_txn_abort(mdb);
		return store_code_write(s, rc);
	}
	if ((e = store_code_write(s, mdb_txn_commit(mdb))) != OK)
		return e;
	if ((size_t)snprintf(parent, sizeof parent, "%s/..", path) >= sizeof parent)
		return ERR_INVALID;
	e = folder_sync(AT_FDCWD, path);
	return e == OK ? folder_sync(AT_FDCWD, parent) : e;
}

static enum err open_environment(struct store *s, const struct store_config *config)
{
	size_t map = (size_t)(config->map_size ? config->map_size : STORE_MAP_DEFAULT);
	int rc, dead;

	if ((rc = mdb_env_create(&s->env)) != 0)
		return store_code(rc);
	if ((rc = mdb_env_set_mapsize(s->env, map)) != 0 || (rc = mdb_env_set_maxdbs(s->env, TABLE_COUNT)) != 0)
		return store_code(rc);
	if ((rc = mdb_env_open(s->env, config->path, MDB_NOTLS | (config->readonly ? MDB_RDONLY : 0u), 0600)) != 0)
		return store_code_write(s, rc);
	if ((rc = mdb_reader_check(s->env, &dead)) != 0)
		return store_code(rc);
	return look_through(s, config);
}

enum err store_open(const struct store_config *config, struct store **out)
{
	struct store *s = calloc(1, sizeof *s);
	enum err e = OK;

	if (!s)
		return ERR_MEMORY;
	s->lock = -1;
	if (!config->readonly && mkdir(config->path, 0700) != 0 && errno != EEXIST)
		e = store_code(errno);
	if (config->readonly)
		e = there(config->path); /* else LMDB leaves a lock file where no store is */
	else if (e == OK)
		e = take_lock(config->path, &s->lock);
	if (e == OK && (e = look_first(config)) == ERR_NOT_FOUND && !config->readonly && !config->existing)
		e = OK; /* LMDB makes it */
	if (e == OK)
		e = open_environment(s, config);
	if (e == OK && (e = check_schema(s)) == ERR_NOT_FOUND && !config->readonly && !config->existing)
		e = create_tables(s, config->path);
	if (e == ERR_OLDER && !config->readonly)
		e = create_tables(s, config->path);
	if (e != OK) {
		store_close(s);
		return e;
	}
	*out = s;
	return OK;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	mdb_env_close(s->env); /* NULL is fine */
	if (s->lock >= 0)
		close(s->lock);
	free(s);
}
